"""Numbers, dates, times, money and units in words, as the pack of a language has them read (common/languages/pack.py).

Numbers themselves are put into words by num2words (https://github.com/savoirfairelinux/num2words). Months and units are
named, and units put into the plural, as CLDR has it (https://cldr.unicode.org), through Babel. Its currencies come with
their countries, which a text with a mere sign does not tell.
"""

# ruff: noqa: RUF001 - dashes and minus signs are what this is about

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Final

from common.languages.pack import Pack

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]

_MAX_DIGITS: Final = 15
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_NO_DIGIT_BEFORE: Final = r"(?<![\w./-])"
_SHORT_DATE = re.compile(rf"(){_NO_DIGIT_BEFORE}(\d{{1,2}})(/)(\d{{1,2}})/(\d{{2}})(?![\w/-]|\.\d)")
"""Only with strokes: with dots it may be a version, with hyphens a telephone number."""
_HOUR: Final = r"([01]?\d|2[0-3])"
_MINUTES: Final = r"([0-5]\d)"
_ROMAN = re.compile(r"\b(\w+)(\s)(X{0,3}(?:IX|IV|V?I{0,3}))(?:(e|ᵉ)?\b|\b(?=\.))(\.(?=\s[a-zäöü]))?")
_LONG_NUMBER = re.compile(rf"\d{{{_MAX_DIGITS + 1},}}")
_UNITS: Final = {
    "km/h": "speed-kilometer-per-hour", "mph": "speed-mile-per-hour", "km²": "area-square-kilometer",
    "m²": "area-square-meter", "km": "length-kilometer", "m": "length-meter", "cm": "length-centimeter",
    "mm": "length-millimeter", "ft": "length-foot", "kg": "mass-kilogram", "g": "mass-gram", "mg": "mass-milligram",
    "lb": "mass-pound", "ml": "volume-milliliter", "GB": "digital-gigabyte", "MB": "digital-megabyte",
    "GHz": "frequency-gigahertz", "MHz": "frequency-megahertz",
    "kWh": "energy-kilowatt-hour", "MW": "power-megawatt", "GW": "power-gigawatt", "ms": "duration-millisecond",
}  # fmt: skip
"""Symbols of all languages -> what CLDR calls the units."""
_VULGAR: Final = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"}


class SpokenNumbers:
    """Puts the numbers of one language into words."""

    def __init__(self, language: Pack) -> None:
        from babel import Locale
        from babel.dates import get_month_names

        self._reading = reading = language.reading
        self._locale = Locale.parse(language.locale, sep="-")
        self._units = {**_UNITS, **reading.units}
        self._months = get_month_names("wide", locale=self._locale)
        point, group = (",", "[. \u00a0\u202f]") if reading.decimal_comma else (r"\.", ",")
        self._number = rf"\d{{1,3}}(?:{group}\d{{3}}){{1,4}}(?!\d)(?:{point}\d+)?|\d+(?:[.,]\d+)?"
        self._group = re.compile(rf"{group}(?=\d{{3}}(?!\d))")
        article = reading.nominative_article
        self._article = rf"(\b{_either_case(article)}\s)?" if article else "()"
        self._rules = (*self._dates(), *self._times(), *self._amounts())

    def spelled(self, text: str) -> str:
        """Put every number in `text` into words; what is between them stays."""
        text = _LONG_NUMBER.sub(lambda found: " ".join(found[0]), text)
        for written, said in _VULGAR.items():
            text = text.replace(written, f" {said} ")
        text = _ROMAN.sub(self._roman, text)
        text = re.sub(r"(?<![\w.])-(?=\d)", "− ", text).replace("−", f" {self._reading.minus} ")
        for rule, said_as in self._rules:
            text = rule.sub(lambda found, said_as=said_as: f" {said_as(found)} ", text)  # type: ignore[misc]
        return text

    # The rules, in the order in which they are tried: what is most particular comes first

    def _dates(self) -> Iterator[Rule]:
        date = rf"{self._article}{_NO_DIGIT_BEFORE}(\d{{1,2}})([./-])(\d{{1,2}})\3(\d{{4}})(?![\w/-]|\.\d)"
        yield _ISO_DATE, lambda m: self._date(int(m[1]), int(m[2]), int(m[3]))
        yield re.compile(date), self._numeric_date
        yield _SHORT_DATE, self._numeric_date
        if self._reading.before_date:
            before = "|".join(map(_either_case, self._reading.before_date))
            yield re.compile(rf"\b({before})\s(\d{{1,2}})\.(\d{{1,2}})\.(?!\d)"), self._date_without_year

    def _times(self) -> Iterator[Rule]:
        marks = "|".join(map(re.escape, self._reading.hour_marks))
        if self._reading.bare_hours:
            pattern = rf"(?<![\w.,]){_HOUR}\s?(?:{marks})(?:\s?{_MINUTES})?\b(?!\s?\d)"
            yield re.compile(pattern), self._time
        if self._reading.before_time:
            before = "|".join(map(_either_case, self._reading.before_time))
            pattern = rf"\b({before})\s+{_HOUR}\.{_MINUTES}(?!\d|[.,]\d)"
            yield re.compile(pattern), lambda m: f"{m[1]} {self._time(m)}"
        yield re.compile(rf"\b{_HOUR}:{_MINUTES}\b(?:\s?(?:{marks})\b)?"), self._time
        yield re.compile(rf"\b{_HOUR}\.{_MINUTES}\s?(?:{marks})\b"), self._time

    def _amounts(self) -> Iterator[Rule]:
        reading, number = self._reading, self._number
        scale = rf"(?:\s+({_any(reading.scales)}))?"
        currencies, units = _any(reading.currencies), _any(self._units)
        yield re.compile(rf"({currencies})\s?({number}){scale}(?!\w)"), lambda m: self._money(m[2], m[1], m[3])
        yield re.compile(rf"({number}){scale}\s?(?:de\s)?({currencies})"), lambda m: self._money(m[1], m[3], m[2])
        ordinal = rf"\b(\d{{1,9}})({_any(reading.ordinal_suffixes)})(?!\w)"
        yield re.compile(ordinal), lambda m: self._ordinal(int(m[1]), m[2])
        yield re.compile(rf"{self._article}\b(\d{{1,2}})\.(?=\s(?:{_any(self._months.values())}))"), self._day_with_dot
        yield (
            re.compile(rf"({number})\s?[–—-]\s?(?=\d)"),
            lambda m: f"{self._cardinal(m[1])} {reading.to} ",
        )
        yield re.compile(rf"({number})\s?%"), lambda m: f"{self._cardinal(m[1])} {reading.percent}"
        yield re.compile(rf"({number})\s?°\s?(C|F)?(?!\w)"), self._degrees
        yield re.compile(rf"({number})\s?({units})(?![\w²/])"), self._unit
        yield re.compile(r"(?<![\w/])(\d{1,2})/(\d{1,2})(?![\w/])"), lambda m: self._fraction(int(m[1]), int(m[2]))
        yield re.compile(r"\b(1[1-9]|20)(\d0)s\b"), self._decade
        yield re.compile(r"(?<=\w)-(?=\d)|(?<=\d)-(?=\w)"), lambda _: ""
        yield re.compile(number), lambda m: self._cardinal(m[0])

    # What each comes to

    def _cardinal(self, written: str) -> str:
        whole, _, fraction = self._plain(written).partition(".")
        if (whole.startswith("0") and len(whole) > 1) or len(whole) > _MAX_DIGITS:
            return self._digits(whole + fraction)
        is_year = len(written) == 4 and "1100" <= written <= "2099"
        said = self._to_words(int(whole), "year" if is_year else "cardinal")
        if not fraction:
            return said
        as_number = self._reading.decimals_as_number and len(fraction) <= 3 and not fraction.startswith("0")
        return f"{said} {self._reading.point} {self._to_words(int(fraction)) if as_number else self._digits(fraction)}"

    def _plain(self, written: str) -> str:
        """The digits of a number, with a point before its decimals, if any."""
        return self._group.sub("", written).replace(",", ".")

    def _digits(self, digits: str) -> str:
        return " ".join(self._to_words(int(digit)) for digit in digits)

    def _to_words(self, number: int, to: str = "cardinal") -> str:
        from num2words import num2words

        return str(num2words(number, lang=self._reading.num2words, to=to)).replace(",", "")

    def _ordinal(self, number: int, ending: str = "") -> str:
        if self._reading.first and number == 1:
            masculine, feminine = self._reading.first
            return masculine if ending in {"", "er"} else feminine
        ordinal = self._to_words(number, "ordinal")
        if ending.endswith("ª"):
            ordinal = " ".join(re.sub("o$", "a", word) for word in ordinal.split())
        return ordinal

    def _decade(self, found: re.Match[str]) -> str:
        plural = self._reading.decades.get(found[2])
        return f"{self._to_words(int(found[1]))} {plural}" if plural else self._cardinal(found[0][:-1])

    def _day_with_dot(self, found: re.Match[str]) -> str:
        article = found[1] or ""
        if self._reading.ordinal_dot:
            return f"{article}{self._day(int(found[2]), nominative=bool(article))}"
        return f"{article}{self._cardinal(found[2])}"

    def _numeric_date(self, found: re.Match[str]) -> str:
        """Day, month and year; in America the month comes first with strokes, if it can be one."""
        article, first, sign, second, written = found.groups()
        day, month, year = int(first), int(second), int(written)
        if len(written) == 2:
            year += 1900 if year >= 69 else 2000  # as POSIX has it
        if self._reading.month_first and ((sign != "." and day <= 12) or month > 12):
            day, month = month, day
        return f"{article or ''}{self._date(year, month, day, nominative=bool(article))}"

    def _date_without_year(self, found: re.Match[str]) -> str:
        before, day, month = found[1], int(found[2]), int(found[3])
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return f"{before} {self._cardinal(found[2])} {self._cardinal(found[3])}"
        said = self._day(day, nominative=before.lower() == self._reading.nominative_article)
        end = "." if not found.string[found.end() :].strip() else ""
        return f"{before} {said} {self._months[month]}{end}"

    def _date(self, year: int, month: int, day: int, *, nominative: bool = False) -> str:
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return " ".join(self._to_words(part) for part in (day, month, year))
        said = self._day(day, nominative=nominative)
        month_name = self._months[month]
        return self._reading.date.format(day=said, month=month_name, year=self._to_words(year, "year"))

    def _day(self, day: int, *, nominative: bool) -> str:
        """The day of a month, as it is said before its name."""
        if self._reading.day == "first":
            return self._ordinal(1) if day == 1 else self._to_words(day)
        return self._ordinal(day) + ("" if nominative else self._reading.day_ending)

    def _time(self, found: re.Match[str]) -> str:
        """Of the last two groups: hours, and minutes, if any."""
        hour, minutes = found.groups()[-2:]
        hours = self._reading.hours.get(int(hour)) or self._to_words(int(hour))
        between, full = (int(hour) == 1 and self._reading.one_hour) or self._reading.hour
        return hours + full if minutes in {None, "00"} else hours + between + self._to_words(int(minutes))

    def _money(self, written: str, symbol: str, scale: str | None) -> str:
        one, many = self._reading.currencies[symbol].split("|")
        if scale:
            of = "" if scale == self._reading.scales[0] else self._reading.of
            return f"{self._cardinal(written)} {scale} {of}{many}"
        whole, point, cents = written.partition("," if self._reading.decimal_comma else ".")
        name = one if whole == "1" else many
        if point and len(cents) == 2 and whole:
            return f"{self._cardinal(whole)} {name}" + (f" {self._to_words(int(cents))}" if int(cents) else "")
        return f"{self._cardinal(written)} {name}"

    def _degrees(self, found: re.Match[str]) -> str:
        scale = {"C": " Celsius", "F": " Fahrenheit"}.get(found[2] or "", "")
        return f"{self._cardinal(found[1])} {self._reading.degrees}{scale}"

    def _unit(self, found: re.Match[str]) -> str:
        from babel.units import format_unit

        value = Decimal(self._plain(found[1]))
        written = format_unit(value, self._units[found[2]], "long", format="0.#########", locale=self._locale)
        return re.sub(r"\d+(?:\D\d+)?", self._cardinal(found[1]), written, count=1)

    def _fraction(self, above: int, below: int) -> str:
        said = self._reading.fractions.get((above, below))
        return said or f"{self._to_words(above)} / {self._to_words(below)}"

    def _roman(self, found: re.Match[str]) -> str:
        """Numbers of kings, wars and centuries; a lone I is a word, and V and X are names."""
        reading = self._reading
        before, _, roman, suffix, stop = found.groups()
        if len(roman) < 2:
            return found[0]
        century, counted = before.lower() in reading.before_century, before.lower() in reading.counted
        number = _roman_value(roman)
        ordinal = self._to_words(number, "ordinal")
        if suffix in reading.ordinal_suffixes:
            return f"{before} {ordinal}"
        if not (before[0].isupper() or century or counted):
            return found[0]
        if reading.ranked and not counted:
            return f"{before} {reading.ranked.format(ordinal=ordinal, Ordinal=ordinal.capitalize())}"
        by_rank = number <= reading.ranks_up_to and (reading.centuries_ranked or not century)
        return f"{before} {ordinal if by_rank else self._to_words(number)}{stop or ''}"


def _any(words: Iterable[str]) -> str:
    """A pattern of any of these, the longest first, so that none hides in another."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _either_case(word: str) -> str:
    return f"[{word[0].upper()}{word[0]}]{re.escape(word[1:])}"


def _roman_value(roman: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in roman]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))
