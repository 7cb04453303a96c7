"""Text as it is written becomes text as it is said: numbers, dates, money, units, abbreviations, links and symbols.

For engines that read what is there, letter by letter; hosted voices do this themselves, better for knowing the whole
sentence, but for links (`links_spoken`). Numbers are put into words by num2words
(https://github.com/savoirfairelinux/num2words). What comes out has no digit and no symbol left in it.
"""

# ruff: noqa: RUF001 - dashes, minus signs and quotation marks are what this is about

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Final

from common.errors import EngineRefused
from common.text.citations import without_citations
from common.text.scripts import has_words, is_latin, mostly_latin
from functions.model_serving.tts.speakable_words import WORDS, Words

_MAX_DIGITS: Final = 15
_LINK = re.compile(r"(?:https?://|www\.)(?:www\.)?([\w-]+(?:\.[\w-]+)+)[^\s)\]>»”\"]*(?<![.,;:!?])", re.IGNORECASE)
_MAIL = re.compile(r"([\w.+-]+)@([\w-]+(?:\.[\w-]+)+)")
_MARKDOWN_LINK = re.compile(r"!?\[([^\]]{0,300})\]\([^)\s]{0,2000}\)")
_ISO_DATE = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DATE = re.compile(r"(\b[Dd]er\s)?(?<![\w./-])(\d{1,2})([./-])(\d{1,2})\3(\d{4})(?![\w/-]|\.\d)")
_SHORT_DATE = re.compile(r"()(?<![\w./-])(\d{1,2})(/)(\d{1,2})/(\d{2})(?![\w/-]|\.\d)")
"""Only with strokes: with dots it may be a version, with hyphens a telephone number."""
_GERMAN_DATE = re.compile(r"\b([Aa]m|[Vv]om|[Bb]is|[Zz]um|[Ss]eit|[Dd]e[rmn])\s(\d{1,2})\.(\d{1,2})\.(?!\d)")
_TIME = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b(?:\s?(?:Uhr|h)\b)?")
_TIME_OF_DAY = re.compile(r"\b([01]?\d|2[0-3])\.([0-5]\d)\s?(?:Uhr|h|horas|heures)\b")
_HOURS = re.compile(r"(?<![\w.,])([01]?\d|2[0-3])\s?(?:Uhr|h)(?:\s?([0-5]\d))?\b(?!\s?\d)")
_ITALIAN_TIME = re.compile(r"\b([Oo]re|[Aa]lle|[Dd]alle|[Ll]e)\s+([01]?\d|2[0-3])\.([0-5]\d)(?!\d|[.,]\d)")
_ROMAN = re.compile(r"\b(\w+)(\s)(X{0,3}(?:IX|IV|V?I{0,3}))(?:(e|ᵉ)?\b|\b(?=\.))(\.(?=\s[a-zäöü]))?")
_LONG_NUMBER = re.compile(rf"\d{{{_MAX_DIGITS + 1},}}")
_NUMERO = re.compile(r"(?<!\w)(?:No\.|Nr\.|n\.|n\.º|nº|n°|núm\.)\s?(?=\d)")
_SENTENCE_END = re.compile(r"\s+[A-ZÀ-Þ]|\s*$")
_VULGAR = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"}
_DROPPED_CATEGORIES = {"Cc", "Cf", "Co", "Cs", "Cn", "So", "Sk", "Mn"}


def require_latin_script(text: str) -> None:
    """Raise EngineRefused unless most letters of `text` are Latin: the only script that the voices here can read."""
    if not has_words(text):
        raise EngineRefused("engine_text_empty", "There is nothing in this text that could be spoken.")
    if not mostly_latin(text):
        raise EngineRefused("engine_script_unreadable", "This text is in a script that no voice here can read.")


def speakable(text: str, language: str) -> str:
    """The same text in words of `language`, two letters, one of six. Meant for one turn: what is hardest to read of
    the 5,000 characters that a turn may have takes 0.2 s."""
    words = WORDS[language]
    text = links_spoken(unicodedata.normalize("NFC", text), language)
    text = _only_latin(text)
    text = _NUMERO.sub(f"{words.symbols['#']} ", text)
    text = _abbreviations(language).sub(lambda found: _written_out(found, words), text)
    text = _Numbers(language, words).spelled(text)
    for symbol, name in words.currencies.items():
        text = text.replace(symbol, f" {name.split('|')[1]} ")
    text = text.replace("%", f" {words.percent} ")
    text = "".join(f" {words.symbols[each]} " if each in words.symbols else each for each in text)
    return _tidy(text)


def links_spoken(text: str, language: str) -> str:
    """The same text with each link and address said by its name, and without the marks of citations."""
    words = WORDS[language]
    text = _MARKDOWN_LINK.sub(r"\1", text)
    text = _LINK.sub(lambda found: found[1].replace(".", f" {words.dot} "), text)
    text = _MAIL.sub(lambda found: f"{found[1]} {words.at} {found[2].replace('.', f' {words.dot} ')}", text)
    return without_citations(text)


def _written_out(found: re.Match[str], words: Words) -> str:
    """What an abbreviation stands for; one that a list ends with keeps the full stop that it shares with a sentence."""
    full = words.abbreviations[found[0]]
    ends_list = found[0] in {"etc.", "usw.", "ecc."} and _SENTENCE_END.match(found.string, found.end())
    return f"{full}." if ends_list else full


class _Numbers:
    """Puts the numbers of one language into words."""

    def __init__(self, language: str, words: Words) -> None:
        self._language = language
        self._words = words
        point, group = (",", "[. \u00a0\u202f]") if words.decimal_comma else (r"\.", ",")
        number = rf"\d{{1,3}}(?:{group}\d{{3}}){{1,4}}(?!\d)(?:{point}\d+)?|\d+(?:[.,]\d+)?"
        self._group = re.compile(rf"{group}(?=\d{{3}}(?!\d))")
        scale = rf"(?:\s+({'|'.join(words.scales)}))?"
        units = "|".join(map(re.escape, words.units))
        currencies = "|".join(re.escape(sign) for sign in sorted(words.currencies, key=len, reverse=True))
        ordinal = {"en": "st|nd|rd|th", "fr": "er|re|ère|e|ème|nd|nde"}.get(language, r"\.?º|\.?ª")
        months = "|".join(words.months)
        self._rules: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
            (_ISO_DATE, lambda m: self._date(int(m[1]), int(m[2]), int(m[3]))),
            (_DATE, self._numeric_date),
            (_SHORT_DATE, self._numeric_date),
            *self._local_dates_and_times(),
            (_TIME, self._time),
            (_TIME_OF_DAY, self._time),
            (re.compile(rf"({currencies})\s?({number}){scale}(?!\w)"), lambda m: self._money(m[2], m[1], m[3])),
            (re.compile(rf"({number}){scale}\s?(?:de\s)?({currencies})"), lambda m: self._money(m[1], m[3], m[2])),
            (re.compile(rf"\b(\d{{1,9}})({ordinal})(?!\w)"), lambda m: self._ordinal(int(m[1]), m[2])),
            (re.compile(rf"(\b[Dd]er\s)?\b(\d{{1,2}})\.(?=\s(?:{months}))"), self._german_day),
            (re.compile(rf"({number})\s?[–—-]\s?(?=\d)"), lambda m: f"{self._cardinal(m[1])} {words.to} "),
            (re.compile(rf"({number})\s?%"), lambda m: f"{self._cardinal(m[1])} {words.percent}"),
            (re.compile(rf"({number})\s?°\s?(C|F)?(?!\w)"), self._degrees),
            (re.compile(rf"({number})\s?({units})(?![\w²/])"), self._unit),
            (re.compile(r"(?<![\w/])(\d{1,2})/(\d{1,2})(?![\w/])"), lambda m: self._fraction(int(m[1]), int(m[2]))),
            (re.compile(r"\b(1[1-9]|20)(\d0)s\b"), self._decade),
            (re.compile(r"(?<=\w)-(?=\d)|(?<=\d)-(?=\w)"), lambda _: ""),
            (re.compile(number), lambda m: self._cardinal(m[0])),
        )

    def spelled(self, text: str) -> str:
        text = _LONG_NUMBER.sub(lambda found: " ".join(found[0]), text)
        for written, said in _VULGAR.items():
            text = text.replace(written, f" {said} ")
        text = _ROMAN.sub(self._roman, text)
        text = re.sub(r"(?<![\w.])-(?=\d)", "− ", text).replace("−", f" {_MINUS[self._language]} ")
        for rule, said_as in self._rules:
            text = rule.sub(lambda found, said_as=said_as: f" {said_as(found)} ", text)  # type: ignore[misc]
        return text

    def _cardinal(self, written: str) -> str:
        digits = self._group.sub("", written).replace(",", ".")
        whole, _, fraction = digits.partition(".")
        if (whole.startswith("0") and len(whole) > 1) or len(whole) > _MAX_DIGITS:
            return self._digits(whole + fraction)
        is_year = len(written) == 4 and "1100" <= written <= "2099"
        said = self._to_words(int(whole), "year" if is_year else "cardinal")
        if not fraction:
            return said
        as_number = self._language not in {"en", "de"} and len(fraction) <= 3 and not fraction.startswith("0")
        return f"{said} {self._words.point} {self._to_words(int(fraction)) if as_number else self._digits(fraction)}"

    def _digits(self, digits: str) -> str:
        return " ".join(self._to_words(int(digit)) for digit in digits)

    def _to_words(self, number: int, to: str = "cardinal") -> str:
        from num2words import num2words

        return str(num2words(number, lang=_NUM2WORDS[self._language], to=to)).replace(",", "")

    def _ordinal(self, number: int, ending: str) -> str:
        if self._language == "fr" and number == 1:
            return "premier" if ending == "er" else "première"
        ordinal = self._to_words(number, "ordinal")
        if ending.endswith("ª"):
            ordinal = " ".join(re.sub("o$", "a", word) for word in ordinal.split())
        return ordinal

    def _decade(self, found: re.Match[str]) -> str:
        tens = self._to_words(int(found[2]))
        plural = re.sub("y$", "ies", tens) if found[2] != "00" else "hundreds"
        return f"{self._to_words(int(found[1]))} {plural}" if self._language == "en" else self._cardinal(found[0][:-1])

    def _german_day(self, found: re.Match[str]) -> str:
        if self._language != "de":
            return f"{found[1] or ''}{self._cardinal(found[2])}"
        return f"{found[1] or ''}{self._ordinal(int(found[2]), '')}{'' if found[1] else 'n'}"

    def _local_dates_and_times(self) -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]:
        """What in another language would be something else."""
        match self._language:
            case "de":
                return ((_GERMAN_DATE, self._german_date), (_HOURS, self._time))
            case "it":
                return ((_ITALIAN_TIME, lambda m: f"{m[1]} {self._time(m)}"),)
            case "fr" | "pt":
                return ((_HOURS, self._time),)
        return ()

    def _numeric_date(self, found: re.Match[str]) -> str:
        """Day, month and year; with strokes in English the month comes first, as in America, if it can be one."""
        article, first, sign, second, written = found.groups()
        day, month, year = int(first), int(second), int(written)
        if len(written) == 2:
            year += 1900 if year >= 69 else 2000  # as POSIX has it
        if self._language == "en" and ((sign != "." and day <= 12) or month > 12):
            day, month = month, day
        return f"{article or ''}{self._date(year, month, day, nominative=bool(article))}"

    def _german_date(self, found: re.Match[str]) -> str:
        before, day, month = found[1], int(found[2]), int(found[3])
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return f"{before} {self._cardinal(found[2])} {self._cardinal(found[3])}"
        said = self._ordinal(day, "") + ("" if before.lower() == "der" else "n")
        end = "." if not found.string[found.end() :].strip() else ""
        return f"{before} {said} {self._words.months[month - 1]}{end}"

    def _date(self, year: int, month: int, day: int, *, nominative: bool = False) -> str:
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return " ".join(self._to_words(part) for part in (day, month, year))
        if self._language == "en":
            said = self._ordinal(day, "")
        elif self._language == "de":
            said = self._ordinal(day, "") + ("" if nominative else "n")
        else:
            said = self._ordinal(1, "er") if day == 1 else self._to_words(day)
        return self._words.date.format(day=said, month=self._words.months[month - 1], year=self._to_words(year, "year"))

    def _time(self, found: re.Match[str]) -> str:
        """Of the last two groups: hours, and minutes, if any."""
        hour, minutes = found.groups()[-2:]
        between, full = self._words.hour
        hours = _FEMININE.get(self._language, {}).get(int(hour)) or self._to_words(int(hour))
        if int(hour) == 1:
            between, full = (after.replace("heures", "heure").replace("horas", "hora") for after in (between, full))
        return hours + full if minutes in {None, "00"} else hours + between + self._to_words(int(minutes))

    def _money(self, written: str, symbol: str, scale: str | None) -> str:
        one, many = self._words.currencies[symbol].split("|")
        if scale:
            of = "" if scale == self._words.scales[0] else self._words.of
            return f"{self._cardinal(written)} {scale} {of}{many}"
        whole, point, cents = written.partition("," if self._words.decimal_comma else ".")
        name = one if whole == "1" else many
        if point and len(cents) == 2 and whole:
            return f"{self._cardinal(whole)} {name}" + (f" {self._to_words(int(cents))}" if int(cents) else "")
        return f"{self._cardinal(written)} {name}"

    def _degrees(self, found: re.Match[str]) -> str:
        scale = {"C": " Celsius", "F": " Fahrenheit"}.get(found[2] or "", "")
        return f"{self._cardinal(found[1])} {self._words.degrees}{scale}"

    def _unit(self, found: re.Match[str]) -> str:
        one, many = self._words.units[found[2]].split("|")
        return f"{self._cardinal(found[1])} {one if found[1] == '1' else many}"

    def _fraction(self, above: int, below: int) -> str:
        half = _FRACTIONS.get((above, below))
        return half[self._language] if half else f"{self._to_words(above)} / {self._to_words(below)}"

    def _roman(self, found: re.Match[str]) -> str:
        """Numbers of kings, wars and centuries; a lone I is a word, and V and X are names."""
        before, _, roman, suffix, stop = found.groups()
        if len(roman) < 2:
            return found[0]
        century = before.lower() in _BEFORE_CENTURY
        number = _roman_value(roman)
        ordinal = self._to_words(number, "ordinal")
        if self._language == "fr" and suffix:
            return f"{before} {ordinal}"
        counted = before.capitalize() in _COUNTED
        if not (before[0].isupper() or century or counted):
            return found[0]
        if self._language == "en" and not counted:
            return f"{before} the {ordinal}"
        if self._language == "de" and not counted:
            return f"{before} der {ordinal.capitalize()}"
        by_rank = self._language == "it" or (self._language in {"es", "pt"} and number <= 10 and not century)
        return f"{before} {ordinal if by_rank else self._to_words(number)}{stop or ''}"


_NUM2WORDS: Final = {"en": "en", "es": "es", "fr": "fr", "de": "de", "pt": "pt_BR", "it": "it"}
_MINUS: Final = {"en": "minus", "es": "menos", "fr": "moins", "de": "minus", "pt": "menos", "it": "meno"}
_FEMININE: Final = {
    "es": {1: "una", 21: "veintiuna"},
    "fr": {1: "une", 21: "vingt et une"},
    "pt": {1: "uma", 2: "duas", 21: "vinte e uma", 22: "vinte e duas"},
    "it": {1: "una"},
}
"""Hours are, in the Romance languages."""
_FRACTIONS: Final = {
    (1, 2): {"en": "one half", "es": "un medio", "fr": "un demi", "de": "ein halb", "pt": "meio", "it": "un mezzo"},
    (1, 4): {"en": "one quarter", "es": "un cuarto", "fr": "un quart", "de": "ein Viertel", "pt": "um quarto",
             "it": "un quarto"},
    (3, 4): {"en": "three quarters", "es": "tres cuartos", "fr": "trois quarts", "de": "drei Viertel",
             "pt": "três quartos", "it": "tre quarti"},
    (1, 3): {"en": "one third", "es": "un tercio", "fr": "un tiers", "de": "ein Drittel", "pt": "um terço",
             "it": "un terzo"},
    (2, 3): {"en": "two thirds", "es": "dos tercios", "fr": "deux tiers", "de": "zwei Drittel", "pt": "dois terços",
             "it": "due terzi"},
}  # fmt: skip
_BEFORE_CENTURY: Final = frozenset(("siglo", "século", "il", "del", "nel", "dal", "al", "sul"))
_COUNTED: Final = frozenset(
    (
        "War",
        "Part",
        "Chapter",
        "Act",
        "Book",
        "Phase",
        "Type",
        "Volume",
        "Title",
        "Article",
        "Appendix",
        "Stage",
        "Level",
        "Kapitel",
        "Teil",
        "Band",
        "Typ",
        "Weltkrieg",
        "Artikel",
        "Stufe",
    )
)


def _roman_value(roman: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[letter] for letter in roman]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))


@cache
def _abbreviations(language: str) -> re.Pattern[str]:
    longest_first = sorted(WORDS[language].abbreviations, key=len, reverse=True)
    return re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def _only_latin(text: str) -> str:
    """Without the words of other scripts: a voice would name their letters one by one."""
    if text.isascii():
        return text
    kept = ("" if character.isalpha() and not is_latin(character) else character for character in text)
    return re.sub(r"\(\s*[,;:/–-]*\s*\)", "", "".join(kept))


def _tidy(text: str) -> str:
    """Punctuation that a voice makes pauses of, and no other sign."""
    text = re.sub(r"[()\[\]{}]|\s[–—-]+(?=\s)|[—]|\.{2,}|…", ", ", text)
    text = re.sub(r"[*_`~^|<>\\\"“”„«»#]+", " ", text)
    text = text.replace("’", "'").replace("‘", "'").replace("/", " ")
    text = "".join(" " if unicodedata.category(each) in _DROPPED_CATEGORIES else each for each in text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"\s+([,;:.!?])", r"\1", text)
    text = re.sub(r"[,;:]+(?=[,;:.!?])", "", text)
    return text.strip(" ,;:")
