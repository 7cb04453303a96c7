"""Numbers in a language's notation, and the words for these numbers.

Words come from num2words (https://github.com/savoirfairelinux/num2words); here is a language's use of these words: the
gender of one and two, years, decimals, fractions and powers.
"""

# ruff: noqa: RUF001 - raised digits, dashes and fraction strokes are what this is about

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from common.languages.pack import Reading

SPACE: Final = r"[ \u00a0\u2009\u202f]"
RAISED: Final = "⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
_WHOLE: Final = ("swiss", "indian", "grouped", "foreign", "mixed", "spaced", "plain")
_MAX_DIGITS: Final = 15
_VULGAR: Final = "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_FRACTION = re.compile(r"(\d{1,4})[/⁄](\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3}){1,2}|\d{1,4})(?![\d/⁄]|[.,]\d)")
_AFTER_WHOLE = re.compile(rf"{SPACE}?([{_VULGAR}])|{SPACE}(\d{{1,2}})[/⁄](\d{{1,3}})(?![\w/⁄]|[.,]\d)")
_OFTEN_IMPROPER: Final = (2, 3, 4, 8)
_PAIR = re.compile(r"(\d{1,4})/(\d{1,4})(?![\w/]|[.,]\d)")
_YEARS = re.compile(r"((?:1[1-9]|20)\d\d)/((?:1[1-9]|20)\d\d)(?![\w/]|[.,]\d)")
_SHARE = re.compile(r"/(\d{1,4})(?![\w/]|[.,]\d)")
_POWER = re.compile(rf"(\^\(?|[eE](?=[-−+]?\d{{1,3}}(?!\w)))([-−+]?)(\d{{1,6}})\)?|([{RAISED}]{{1,6}})")


@dataclass(frozen=True)
class Number:
    """A number in a text. `words` agree with nothing yet (Numerals.agreeing); `end` is the number's end in the text.

    `whole` and `cents` are the digits before and after the decimal sign; a fraction or a power has neither. `halved`: a
    whole number, or none, and one half.
    """

    value: Decimal
    words: str
    end: int
    whole: str = ""
    cents: str = ""
    grouped: bool = False
    halved: bool = False

    @property
    def plain(self) -> bool:
        """Tell whether the number is whole and in digits."""
        return bool(self.whole) and not self.cents


class Numerals:
    """Reads the numbers of a single language, and says these numbers."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        own, other = (r"\.", ",") if reading.decimal_comma else (",", r"\.")
        groups = "[.'’ \u00a0\u2009\u202f]" if reading.decimal_comma else "[,'’\u00a0\u2009\u202f]"
        self._written = re.compile(
            r"(?P<swiss>\d{1,3}(?:['’]\d{3}){1,4})\.(?P<s>\d+)"
            rf"|(?P<indian>{'(?!)' if reading.decimal_comma else ''}\d{{1,2}}(?:,\d{{2}}){{1,3}},\d{{3}})(?!\d)"
            rf"|(?P<grouped>\d{{1,3}}(?P<group>{groups})\d{{3}}(?:(?P=group)\d{{3}}){{0,3}})(?!\d)(?:{other}(?P<a>\d+))?"
            rf"|(?P<foreign>\d{{1,3}}(?P<mark>{other})\d{{3}}(?:(?P=mark)\d{{3}}){{1,3}})(?!\d)(?:{own}(?P<b>\d+))?"
            rf"|(?P<mixed>\d{{1,3}}(?:{other}\d{{3}}){{1,3}}){own}(?P<c>\d+)"
            r"|(?P<spaced>\d{1,3}(?: \d{3}){2,4})(?!\d)"
            r"|(?P<plain>\d+)(?:(?P<point>[.,])(?P<d>\d+))?"
            r"|\.(?P<e>\d+)"
        )
        self._point = "," if reading.decimal_comma else "."

    def read(self, text: str, at: int, *, version_dot: bool = True) -> Number | None:
        """Read the number beginning `at` a place of `text`, if any."""
        if text[at] in _VULGAR:
            return self._vulgar(text[at], at + 1)
        if (years := _YEARS.match(text, at)) and int(years[2]) == int(years[1]) + 1:  # "1999/2000"
            return Number(Decimal(2), f"{self.year(int(years[1]))} {self.year(int(years[2]))}", years.end())
        fraction = _FRACTION.match(text, at)
        if fraction:
            above, below = int(fraction[1]), int(re.sub(r"\D", "", fraction[2]))
            if said := self._fraction(above, below) or self._improper(above, below):
                value = Decimal(2) if self._reading.over in said.split() else Decimal(above) / below  # "28/32 °C"
                return Number(value, said, fraction.end(), halved=(above, below) == (1, 2))
        pair = _PAIR.match(text, at)
        if pair and (said := self._pair(pair[1], pair[2])):
            return Number(Decimal(2), said, pair.end())
        found = self._written.match(text, at)
        if not found:
            return None
        if found["e"] and (self._point == "," or text[at - 1 : at].isalnum()):
            return None
        whole = re.sub(
            r"\D",
            "",
            next((found[name] for name in _WHOLE if found[name]), "0"),
        )
        cents = next((found[name] for name in "sabcde" if found[name]), "")
        if len(whole) > _MAX_DIGITS or len(cents) > 2 * _MAX_DIGITS:
            return Number(Decimal(0), self.digits(whole + cents), found.end())
        point = self._reading.point
        if found["point"] and found["point"] != self._point and self._reading.decimal_comma and version_dot:
            point = self._reading.dot
        words = self.decimal(whole, cents, point)
        number = Number(
            Decimal(f"{whole}.{cents}" if cents else whole), words, found.end(), whole, cents, bool(found["group"])
        )
        if not cents:
            number = self._and_a_fraction(number, text)
        elif share := _SHARE.match(text, number.end):
            said = f"{words} {self._reading.over} {self.cardinal(int(share[1]))}"
            return Number(number.value, said, share.end())
        return self._raised(number, text)

    def decimal(self, whole: str, cents: str, point: str = "") -> str:
        """Say a number by its digits before and after the decimal sign."""
        said = self.digits(whole) if whole.startswith("0") and len(whole) > 1 else self.cardinal(int(whole))
        if not cents:
            return said
        at_once = self._reading.decimals_as_number and len(cents) <= 3 and not cents.startswith("0")
        return f"{said} {point or self._reading.point} {self.cardinal(int(cents)) if at_once else self.digits(cents)}"

    def cardinal(self, number: int) -> str:
        return _to_words(number, self._reading.num2words, "cardinal")

    def ordinal(self, number: int) -> str:
        return _to_words(number, self._reading.num2words, "ordinal")

    def year(self, number: int) -> str:
        return _to_words(number, self._reading.num2words, "year")

    def digits(self, digits: str) -> str:
        """Say digits one by one."""
        return " ".join(self.cardinal(int(digit)) for digit in digits)

    def agreeing(self, words: str, *, feminine: bool) -> str:
        """Put one, two and hundreds at the end of `words` into the gender of the following noun."""
        for ending, masculine, of_feminine in self._reading.agreement:
            words = re.sub(ending, of_feminine if feminine else masculine, words)
        return words

    def to_the_power(self, exponent: int) -> str:
        """Say the words after a number or a letter raised to this power."""
        reading = self._reading
        minus = f"{reading.minus} " if exponent < 0 else ""
        return reading.powers.get(exponent) or f"{reading.power} {minus}{self.cardinal(abs(exponent))}"

    def _fraction(self, above: int, below: int) -> str:
        """Say a proper fraction; nothing for what is none: 24/7, 120/80."""
        if not 0 < above < below:
            return ""
        one, _, many = self._reading.denominators.get(below, "").partition("|")
        if one:
            return f"{self.agreeing(self.cardinal(above), feminine=False)} {one if above == 1 else many}".strip()
        return f"{self.cardinal(above)} {self._reading.over} {self.cardinal(below)}"

    def _improper(self, above: int, below: int) -> str:
        """Say four thirds, seven quarters; nothing for a whole number, a date or 24/7."""
        if below not in _OFTEN_IMPROPER or above % below == 0 or not (above < 10 or above < 2 * below):
            return ""
        return f"{self.cardinal(above)} {self._reading.denominators[below].partition('|')[2]}"

    def _pair(self, first: str, second: str) -> str:
        """Say two numbers with a stroke and no fraction: 24/7, 2024/25; or a share such as 120/80."""
        if len(first) == 4 and "1100" <= first <= "2099":
            return f"{self.year(int(first))} {self.part(second)}"
        if len(first) < 3 and len(second) < 3:
            return f"{self.part(first)} {self.part(second)}"
        return f"{self.part(first)} {self._reading.over} {self.part(second)}"

    def part(self, digits: str) -> str:
        """Say a whole number in a row of whole numbers: digit by digit where its first digit is zero."""
        return self.digits(digits) if len(digits) > 1 and digits.startswith("0") else self.cardinal(int(digits))

    def _vulgar(self, character: str, end: int) -> Number:
        value = Decimal(str(unicodedata.numeric(character)))
        above, below = (int(digits) for digits in unicodedata.normalize("NFKC", character).split("⁄"))
        return Number(value, self._fraction(above, below), end, halved=character == "½")

    def _and_a_fraction(self, number: Number, text: str) -> Number:
        """Return a whole number and a following fraction: 2½, 1 3/4."""
        found = _AFTER_WHOLE.match(text, number.end)
        if not found:
            return number
        if found[1]:
            fraction = self._vulgar(found[1], found.end())
        elif said := self._fraction(int(found[2]), int(found[3])):
            halved = (found[2], found[3]) == ("1", "2")
            fraction = Number(Decimal(int(found[2])) / int(found[3]), said, found.end(), halved=halved)
        else:
            return number
        words = f"{number.words} {self._reading.symbols['&']} {fraction.words}"
        if fraction.halved and self._reading.joined_half:
            words = self.agreeing(number.words, feminine=False) + self._reading.joined_half
        return Number(number.value + fraction.value, words, found.end(), halved=fraction.halved)

    def _raised(self, number: Number, text: str) -> Number:
        found = _POWER.match(text, number.end)
        if not found:
            return number
        if found[4]:
            plain = unicodedata.normalize("NFKC", found[4]).replace("−", "-")
            if not re.fullmatch(r"[-+]?\d+", plain):
                return number
            exponent = int(plain)
        else:
            exponent = int(found[3]) * (1 if found[2] in {"", "+"} else -1)
        base = number.words
        if found[1] in {"e", "E"}:
            base += f" {self._reading.symbols['×']} {self.cardinal(10)}"
        return Number(Decimal(2), f"{base} {self.to_the_power(exponent)}", found.end())


_SLIPS = {
    "dicotto": "diciotto",
    "hunderteinstausend": "hunderteintausend",
    "veintiuno mil": "veintiún mil",
    "uno mil": "un mil",
}
"""Slips of num2words: in Italian for 118, in German for 401,000, in Spanish for 21,000, 31,000 and millions."""


@lru_cache(maxsize=4096)
def _to_words(number: int, language: str, to: str) -> str:
    from num2words import num2words

    said = str(num2words(number, lang=language, to=to)).replace(",", "")
    for slip, word in _SLIPS.items():
        said = said.replace(slip, word)
    return said
