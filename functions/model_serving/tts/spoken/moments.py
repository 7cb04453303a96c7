"""Dates, times of day and durations, as each language writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from babel.dates import get_day_names, get_month_names

from common.languages.pack import Pack
from functions.model_serving.tts.spoken.nouns import Nouns, any_of
from functions.model_serving.tts.spoken.numerals import SPACE, Numerals

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], "str | None"]]
"""A pattern, and what is said for what it matches: None where that was something else after all."""
_NO_DIGIT_BEFORE: Final = r"(?<![\w./-])"
_HOUR: Final = r"(2[0-3]|24(?=[:.]00)|[01]?\d)"
_MINUTES: Final = r"([0-5]\d)"
_ISO: Final = re.compile(
    r"(?<![\w.-])(\d{4})(?P<mark>[-/])(0[1-9]|1[0-2])(?P=mark)([0-2]\d|3[01])"
    r"(?:[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?)?(?![\w-])"
)
"""https://www.rfc-editor.org/rfc/rfc3339"""
_MONTH_OF_YEAR: Final = re.compile(r"(?<![\w.,-])((?:19|20)\d\d)-(0[1-9]|1[0-2])(?![\w-]|[.,]\d)")
_SHORT_DATE = re.compile(rf"(){_NO_DIGIT_BEFORE}(\d{{1,2}})(/)(\d{{1,2}})/(\d{{2}})(?![\w/-]|\.\d)")
"""Only with strokes: with dots it may be a version, with hyphens a telephone number."""
_SENTENCE_END = re.compile(r"\s+[A-ZÀ-Þ]|\s*$")

_UNTIL_MONTH: Final = (
    r"TÜV(?: bis)?|HU|haltbar bis|MOT(?: to| until)?|EXP\.?:?|expires|use by|CT(?: ok)? jusqu'au|ITV(?: hasta)?"
    r"|cad\.:?|caducidad:?"
    r"|scad\.:?|scadenza:?|rev\.|revisione|val\.:?|validade:?|venc\.:?"
)
"""Words of adverts and packs before a month and a year of two or four digits."""


class Moments:
    """Says the dates and times of a single language."""

    def __init__(self, language: Pack, numerals: Numerals, nouns: Nouns) -> None:
        self._reading, self._numerals, self._nouns = language.reading, numerals, nouns
        self.months = get_month_names("wide", locale=language.locale.replace("-", "_"))
        article = self._reading.nominative_article
        self._article = rf"(\b{either_case(article)}\s)?" if article else "()"
        self._days = "|".join(get_day_names("wide", locale=language.locale.replace("-", "_")).values())
        self._hours = "|".join({*self._reading.hour_marks, nouns.named("duration-hour", Decimal(2)).said})

    def rules(self) -> Iterator[Rule]:
        """Yield the rules in the order in which they are tried: what is most particular comes first."""
        yield from self._dates()
        yield from self._times()

    def _dates(self) -> Iterator[Rule]:
        reading = self._reading
        yield _ISO, self._iso
        yield _MONTH_OF_YEAR, self._month_of_year
        yield re.compile(rf"(){_NO_DIGIT_BEFORE}(\d{{1,2}})([./-])(\d{{1,2}})\3(\d{{4}})(?![\w/-]|\.\d)"), self._numeric
        yield _SHORT_DATE, self._numeric
        if reading.ordinal_dot:
            yield (
                re.compile(rf"(){_NO_DIGIT_BEFORE}([0-3]\d)(\.)([01]\d)\.(\d\d)(?![\w/-]|\.\d)"),
                self._of_this_century,
            )
        if reading.ordinal_dot:
            yield re.compile(rf"(){_NO_DIGIT_BEFORE}(\d{{1,2}})(\.)\s(\d{{1,2}})\.\s?(\d{{4}})(?!\w)"), self._numeric
        if reading.before_date and reading.ordinal_dot:
            yield re.compile(rf"{_NO_DIGIT_BEFORE}(\d{{1,2}})\.(\d{{1,2}})\.(\d\d)?(?!\d)"), self._without_year
            yield re.compile(rf"{_NO_DIGIT_BEFORE}(\d{{1,2}})\.(\d{{1,2}})\.()(?=[,;)]|\s?[–-]\s?\d)"), self._listed
        elif reading.before_date:
            yield re.compile(r"(?<![\w.,/-])(\d{1,2})/(\d{1,2})(?![\w/]|[.,]\d)"), self._of_this_year
        yield (
            re.compile(r"(?<![\w.,/-])(0[1-9]|1[0-2])/((?:20)?[2-9]\d)(?![\w/]|[.,]\d)"),
            lambda m: self._month_with_year(m) if ends_in(_UNTIL_MONTH, m) else None,
        )
        if reading.before_month:
            yield re.compile(r"(?<![\w.,/-])(0[1-9]|1[0-2])/((?:19|20)\d\d)(?![\w/]|[.,]\d)"), self._month_before_year

    def _times(self) -> Iterator[Rule]:
        reading = self._reading
        point = "," if reading.decimal_comma else r"\."
        yield (
            re.compile(r"(?<![\w.,:])(\d{1,3})\s?h\s?(\d{1,2})\s?m(?:in)?(?:\s?(\d{1,2})\s?s)?(?!\w)"),
            self._lasting,
        )
        minutes = f"(?:{SPACE}(?:min|{self._nouns.named('duration-minute', Decimal(5)).said})\\b)?"
        yield re.compile(rf"(?<![\w.,:])(\d{{1,2}}):{_MINUTES}{point}(\d{{1,3}})(?![\w:]){minutes}"), self._in_minutes
        marks = any_of(reading.hour_marks)
        any_case, capitals = r"(?P<half>[aApP])\.?\s?[mM]\b(?P<dot>\.?)", r"(?P<half>[AP])\.?M\b(?P<dot>\.?)"
        half = f"(?:{any_case if reading.day_halves else capitals})"
        yield (
            re.compile(
                rf"(?<![\w.:,])(\d{{1,2}}):{_MINUTES}:{_MINUTES}(?:[.,](\d{{1,3}}))?(?![\w:])"
                rf"(?:\s?{half}|\s?(?:{self._hours})(?!\w))?"
            ),
            self._to_the_second,
        )
        no_digit = r"(?<![\w.:,])(?<!\d/)"
        yield re.compile(rf"{no_digit}{_HOUR}:{_MINUTES}(?![\d:])\s?{half}"), self._of_day
        yield re.compile(rf"{no_digit}{_HOUR}\.{_MINUTES}\s?{half}"), self._of_day
        if reading.day_halves:
            yield re.compile(rf"{no_digit}(1[0-2]|0?[1-9])\s?{half}"), self._of_day
        if reading.bare_hours:
            pattern = rf"(?<![\w.,]){_HOUR}\s?({marks})(?:\s?{_MINUTES}(?!\s?min))?\b(?!\s?\d(?!\d?\s?min))"
            yield re.compile(pattern), self._of_bare_hour
        else:
            yield re.compile(rf"(?<![\w.,]){_HOUR}h{_MINUTES}(?!\w)"), self._of_day
        if reading.before_time:
            before = "|".join(reading.before_time)
            pattern = rf"(?<![\w.,]){_HOUR}\.{_MINUTES}(?!\d|[.,]\d)"
            yield re.compile(pattern), lambda m: self._of_day(m) if ends_in(before, m) else None
        if reading.lasting:
            yield (
                re.compile(rf"(?<![\w.:,/])(\d{{1,3}}):{_MINUTES}\s(?:{reading.lasting})(?!\w)"),
                lambda m: f"{self._counted('duration-hour', int(m[1]))} {self._counted('duration-minute', int(m[2]))}",
            )
        yield re.compile(rf"(?<![\w.:,]){_HOUR}:{_MINUTES}Z\b"), lambda m: f"{self._of_day(m)} UTC"
        yield (
            re.compile(rf"(?<![\w.:,]){_HOUR}:{_MINUTES}(?:\s?(?:{marks})\b|(?![\w:]|[.,]\d))"),
            self._of_day,
        )
        yield re.compile(rf"(?<![\w.:,]){_HOUR}\.{_MINUTES}\s?(?:{marks})\b"), self._of_day
        later = rf"{SPACE}?(?:[–-]|{re.escape(reading.to)}){SPACE}?{_HOUR}(?:\.{_MINUTES})?\s?(?:{marks})\b"
        yield re.compile(rf"(?<![\w.:,]){_HOUR}\.{_MINUTES}(?={later})"), self._of_day

    def _iso(self, found: re.Match[str]) -> str | None:
        year, month, day = (int(found[group]) for group in (1, 3, 4))
        said = self.date(year, month, day)
        if not found[5]:
            return said
        clock = self.time(int(found[5]), found[6])
        if found[7] and int(found[7]):
            clock += f" {self._seconds(found[7])}"
        zone = ""
        if found[8]:
            zone = f" UTC{self._offset(found[8])}"
        return f"{said}, {clock}{zone}"

    def _offset(self, zone: str) -> str:
        """Tell how far a time is from UTC: "+05:30"."""
        hours, minutes = ("0", "0") if zone == "Z" else (zone[1:3], zone[-2:])
        if not int(hours + minutes):
            return ""
        sign = self._reading.symbols["+"] if zone[0] == "+" else self._reading.minus
        said = [sign, self._numerals.cardinal(int(hours))]
        if int(minutes):
            said.append(self._numerals.cardinal(int(minutes)))
        return "".join(f" {each}" for each in said)

    def _month_of_year(self, found: re.Match[str]) -> str | None:
        """Return the month of "2025-03"; "2010-11" is more often two years."""
        year, month = int(found[1]), int(found[2])
        if month > year % 100:
            return None
        said = self._reading.date.format(day="", month=self.months[month], year=self._numerals.year(year))
        return said.replace(" ,", "").removeprefix(" de ").strip()

    def _numeric(self, found: re.Match[str]) -> str:
        """Day, month and year; in America the month comes first with strokes, if the number can be a month."""
        _, first, sign, second, written = found.groups()
        day, month, year = int(first), int(second), int(written)
        if len(written) == 2:
            year += 1900 if year >= 69 else 2000  # as POSIX has it
        if self._reading.month_first and ((sign != "." and day <= 12) or month > 12):
            day, month = month, day
        article = self._reading.nominative_article
        if article and re.search(r"(?:^|[:(])\s*$", found.string[max(0, found.start() - 3) : found.start()]):
            day_alone = self._numerals.ordinal(day) + self._reading.ordinal_alone[0]  # "Stand: 1.4.2024"
            return self.date(year, month, day).replace(self.day(day, nominative=False), day_alone, 1)
        return self.date(year, month, day, nominative=bool(article) and ends_in(article, found))

    def _of_this_century(self, found: re.Match[str]) -> str | None:
        """Return a date of two digits each, unless it is a version."""
        if ends_in("Version|v|Release", found) or not (1 <= int(found[4]) <= 12 and 1 <= int(found[2]) <= 31):
            return None
        return self._numeric(found)

    def _without_year(self, found: re.Match[str]) -> str | None:
        """Return a date such as "am 3.5.", and with two digits of a year behind words usual before dates."""
        if not ends_in("|".join(self._reading.before_date), found):
            return None
        day, month = int(found[1]), int(found[2])
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        nominative = ends_in(self._reading.nominative_article, found)
        if found[3]:
            return self.date(2000 + int(found[3]), month, day, nominative=nominative)
        end = "." if not found.string[found.end() :].strip() else ""
        return f"{self.day(day, nominative=nominative)} {self.months[month]}{end}"

    def _listed(self, found: re.Match[str]) -> str | None:
        """Return a day and its month in a list or a range, where the dots behind both show what they are."""
        day, month = int(found[1]), int(found[2])
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        return f"{self.day(day, nominative=False)} {self.months[month]}"

    def _of_this_year(self, found: re.Match[str]) -> str | None:
        """Return a day and its month with a stroke between: sure behind "le" or "on", and where it could be no
        fraction."""
        first, second = int(found[1]), int(found[2])
        if self._reading.month_first:
            month, day, sure = first, second, second > 12 or first > second
        else:
            day, month, sure = first, second, first > 12 and len(found[2]) == 2
        sure = sure or (first == second and first > 4)
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        before = ends_in("|".join(self._reading.before_date), found)
        if ends_in(self._days, found):
            sure = before = True
        of = re.match(r"\s(?:of|de|des|du|d['’]|del|della|dei|da|do|das|dos)\b", found.string[found.end() :][:8])
        likely = before and not of and (sure or "0" in {found[1][0], found[2][0]})
        if not likely and not (sure and first > 12):
            return None
        said = self._reading.date.format(day=self.day(day, nominative=True), month=self.months[month], year="")
        return re.sub(r",? (?:de )?$", "", said)

    def _month_before_year(self, found: re.Match[str]) -> str | None:
        """Return the month of "since 03/2024"; behind other words the number of a law may be."""
        if not ends_in(self._reading.before_month, found):
            return None
        return self._month_with_year(found)

    def _month_with_year(self, found: re.Match[str]) -> str:
        between = " de " if "de {year}" in self._reading.date else " "
        year = int(found[2]) + (2000 if len(found[2]) == 2 else 0)
        return f"{self.months[int(found[1])]}{between}{self._numerals.year(year)}"

    def date(self, year: int, month: int, day: int, *, nominative: bool = False) -> str:
        """Say a date, or three numbers where these form no date."""
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return " ".join(map(self._numerals.cardinal, (day, month, year)))
        said = self.day(day, nominative=nominative)
        return self._reading.date.format(day=said, month=self.months[month], year=self._numerals.year(year))

    def day(self, day: int, *, nominative: bool) -> str:
        """Return the day of a month, as said before the month's name."""
        if self._reading.day == "first":
            first = self._reading.first[0] if self._reading.first else self._numerals.ordinal(1)
            return first if day == 1 else self._numerals.cardinal(day)
        return self._numerals.ordinal(day) + ("" if nominative else self._reading.day_ending)

    def time(self, hour: int, minutes: str | None) -> str:
        """Say a time of day."""
        hours = self._reading.hours.get(hour) or self._numerals.cardinal(hour)
        between, full = (hour == 1 and self._reading.one_hour) or self._reading.hour
        return hours + full if minutes in {None, "00"} else hours + between + self._minutes(int(minutes or 0))

    def _minutes(self, minutes: int) -> str:
        zero = f"{self._reading.zero_minute} " if self._reading.zero_minute and minutes < 10 else ""
        return zero + self._numerals.cardinal(minutes)

    def _of_day(self, found: re.Match[str]) -> str:
        hour, *minutes = found.groups()[: 2 if found.re.groups > 1 else 1]
        groups = found.groupdict()
        if not groups.get("half"):
            return self.time(int(hour), minutes[0] if minutes else None)
        minute = minutes[0] if minutes and minutes[0] and minutes[0].isdigit() else None
        said = self._reading.hours.get(int(hour)) or self._numerals.cardinal(int(hour))
        if minute and int(minute):
            between = ((int(hour) == 1 and self._reading.one_hour) or self._reading.hour)[0]
            said += between + self._minutes(int(minute))
        return f"{said} {self._half_of_day(found)}"

    def _of_bare_hour(self, found: re.Match[str]) -> str | None:
        hour, mark, minutes = found.groups()
        before = self._reading.before_hour
        if before and mark == "h" and not minutes:
            to = rf"(?:[–-]|{re.escape(self._reading.to)})"
            until = re.match(rf"\s?{to}\s?{_HOUR}\s?h\b", found.string[found.end() :])
            if not until and not ends_in(rf"(?:{before})|\d{{1,2}}\s?(?:h\s?)?{to}", found):
                return None
        return self.time(int(hour), minutes)

    def _half_of_day(self, found: re.Match[str]) -> str:
        halves = self._reading.day_halves or ("A M", "P M")
        half = halves[found["half"] in "pP"]
        if len(halves) > 2 and half == halves[1] and 8 <= int(found[1]) <= 11:
            half = halves[2]
        ends = found["dot"] and _SENTENCE_END.match(found.string, found.end())
        return f"{half}." if ends else half

    def _to_the_second(self, found: re.Match[str]) -> str:
        hour, minute, second = int(found[1]), int(found[2]), found[3]
        if found["half"] or found[0].endswith("Uhr"):
            between = ((hour == 1 and self._reading.one_hour) or self._reading.hour)[0]
            clock = (self._reading.hours.get(hour) or self._numerals.cardinal(hour)) + between + self._minutes(minute)
            clock += f" {self._reading.symbols['&']} {self._seconds(second, found[4])}"
            return f"{clock} {self._half_of_day(found)}" if found["half"] else clock
        parts = [("duration-hour", hour), ("duration-minute", minute)]
        said = [self._counted(name, count) for name, count in parts]
        said.append(self._seconds(second, found[4]))
        return " ".join(said)

    def _lasting(self, found: re.Match[str]) -> str:
        units = ("duration-hour", "duration-minute", "duration-second")
        return " ".join(
            self._counted(unit, int(count)) for unit, count in zip(units, found.groups(), strict=True) if count
        )

    def _in_minutes(self, found: re.Match[str]) -> str:
        return f"{self._counted('duration-minute', int(found[1]))} {self._seconds(found[2], found[3])}"

    def _seconds(self, written: str, cents: str | None = None) -> str:
        if cents:
            seconds = self._nouns.named("duration-second", Decimal(5)).said
            return f"{self._numerals.decimal(str(int(written)), cents)} {seconds}"
        return self._counted("duration-second", int(written))

    def _counted(self, cldr: str, count: int) -> str:
        noun = self._nouns.named(cldr, Decimal(count))
        return f"{self._numerals.agreeing(self._numerals.cardinal(count), feminine=noun.feminine)} {noun.said}"


def either_case(word: str) -> str:
    """Return a pattern of a word, with a small or a capital letter."""
    return f"[{word[0].upper()}{word[0]}]{re.escape(word[1:])}"


def ends_in(words: str, found: re.Match[str]) -> bool:
    """Tell whether any of these `words` (a pattern) stands right before the match, in any case."""
    before = found.string[max(0, found.start() - 40) : found.start()]
    return bool(re.search(rf"(?:^|\W)(?:{words})\s{{0,3}}$", before, re.IGNORECASE))
