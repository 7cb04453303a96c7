"""Nouns counted by numbers: units of measure and currencies, by their signs in a text.

Named, put into the plural and divided by one another as CLDR prescribes (https://cldr.unicode.org), through Babel.
Nouns without a name in CLDR are named by a pack. (pint knows more units, in English alone; its names in other languages
are Babel's.)
"""

# ruff: noqa: RUF001 - Greek letters and primes are what this is about

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.numbers import get_currency_name
from babel.units import format_compound_unit, format_unit

from common.languages.pack import Pack
from functions.model_serving.tts.spoken.numerals import SPACE, Numerals

_LENGTH: Final = "length-meter"
_MASS: Final = "mass-gram"
_CLDR: Final = {
    "km": "length-kilometer", "m": _LENGTH, "dm": "length-decimeter", "cm": "length-centimeter",
    "mm": "length-millimeter", "µm": "length-micrometer", "nm": "length-nanometer", "km²": "area-square-kilometer",
    "m²": "area-square-meter", "cm²": "area-square-centimeter", "ft²": "area-square-foot", "ft³": "volume-cubic-foot",
    "mi²": "area-square-mile", "in²": "area-square-inch", "yd²": "area-square-yard",
    "bbl": "volume-barrel", "m³": "volume-cubic-meter",
    "cm³": "volume-cubic-centimeter", "km³": "volume-cubic-kilometer", "ha": "area-hectare", "ft": "length-foot",
    "mi": "length-mile", "kg": "mass-kilogram", "g": _MASS, "mg": "mass-milligram", "µg": "mass-microgram",
    "t": "mass-tonne", "lb": "mass-pound", "lbs": "mass-pound", "oz": "mass-ounce", "yd": "length-yard",
    "l": "volume-liter", "L": "volume-liter", "dl": "volume-deciliter", "dL": "volume-deciliter",
    "cl": "volume-centiliter", "cL": "volume-centiliter", "ml": "volume-milliliter", "mL": "volume-milliliter",
    "hl": "volume-hectoliter", "ly": "length-light-year", "s": "duration-second", "ms": "duration-millisecond",
    "µs": "duration-microsecond", "ns": "duration-nanosecond", "min": "duration-minute", "h": "duration-hour",
    "km/h": "speed-kilometer-per-hour", "kph": "speed-kilometer-per-hour", "mph": "speed-mile-per-hour",
    "m/s": "speed-meter-per-second", "m/s²": "acceleration-meter-per-square-second", "kn": "speed-knot",
    "bit": "digital-bit", "kB": "digital-kilobyte", "KB": "digital-kilobyte", "MB": "digital-megabyte",
    "GB": "digital-gigabyte", "ac": "area-acre", "TB": "digital-terabyte", "PB": "digital-petabyte",
    "Mbit": "digital-megabit",
    "Gbit": "digital-gigabit", "kbit": "digital-kilobit", "Hz": "frequency-hertz", "kHz": "frequency-kilohertz",
    "MHz": "frequency-megahertz", "GHz": "frequency-gigahertz", "W": "power-watt", "mW": "power-milliwatt",
    "kW": "power-kilowatt", "MW": "power-megawatt", "GW": "power-gigawatt", "hp": "power-horsepower",
    "kWh": "energy-kilowatt-hour", "J": "energy-joule", "kJ": "energy-kilojoule", "cal": "energy-calorie",
    "kcal": "energy-kilocalorie", "eV": "energy-electronvolt", "A": "electric-ampere", "mA": "electric-milliampere",
    "V": "electric-volt", "Ω": "electric-ohm", "F": "electric-farad", "Pa": "pressure-pascal", "N": "force-newton",
    "hPa": "pressure-hectopascal", "kPa": "pressure-kilopascal", "MPa": "pressure-megapascal",
    "bar": "pressure-bar", "mbar": "pressure-millibar", "mmHg": "pressure-millimeter-ofhg",
    "psi": "pressure-pound-force-per-square-inch", "atm": "pressure-atmosphere", "K": "temperature-kelvin",
    "mol": "concentr-mole", "ppm": "concentr-part-per-1e6", "ppb": "concentr-part-per-1e9", "lx": "light-lux",
    "lm": "light-lumen", "px": "graphics-pixel", "Bq": "energy-becquerel", "Sv": "energy-sievert",
    "Gy": "energy-gray", "T": "magnetic-tesla", "Da": "mass-dalton", "Nm": "torque-newton-meter",
    "″": "length-inch", "′": "length-foot", "dpi": "graphics-dot-per-inch", "MP": "graphics-megapixel",
    "mcg": "mass-microgram", "yds": "length-yard",
    "H": "electric-henry", "S": "electric-siemens",
}  # fmt: skip
"""Symbols of all languages -> what CLDR calls the units."""
_PREFIXED: Final = {
    "W": "nµT", "Wh": "MGT", "J": "mµMGT", "V": "mkµMn", "Ω": "kMmGµ", "F": "mµnp", "A": "µnpk", "eV": "mkMGT",
    "mol": "mµnkp", "M": "mµnp", "Bq": "kMGTm", "Sv": "mµn", "Gy": "mµ", "T": "mµn", "Da": "kM", "N": "kmµM",
    "Hz": "Tm",
    "Pa": "GmµT", "l": "µn", "L": "µn", "g": "np", "Ah": "m", "s": "pf", "U": "mkµ", "H": "mµn", "S": "mµ", "Eq": "mµ",
    "IU": "mµkM", "UI": "mµkM", "IE": "mµk", "val": "m", "m": "pf", "bar": "k", "cal": "M", "bit": "T",
}  # fmt: skip
"""Units -> the prefixes that they are met with, where CLDR has no name for the two together."""
_PREFIXES: Final = {"f": -15, "p": -12, "n": -9, "µ": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12}
_SPACED: Final = frozenset((*"AKNTFJ", "ac"))
"""Signs of units that, written at a number, are more often something else: 10K, 3A, 802.11ac."""
_NEVER_ALONE: Final = frozenset(("M", "U", "H", "S", "Eq", "val"))
"""Signs that are units only with a prefix, or divided by another."""
_FEW_LETTERS: Final = r"[A-Za-zÀ-ÿµμΩΩ%]"
_PER = re.compile(rf"\s?/\s?(?=(\d{{1,7}}{SPACE}?)?({_FEW_LETTERS}{{1,20}}[²³23]?))")
_ISO: Final = frozenset(
    (
        "USD", "EUR", "GBP", "JPY", "CNY", "CHF", "CAD", "AUD", "NZD", "HKD", "SGD", "INR", "BRL", "MXN", "SEK", "NOK",
        "DKK", "PLN", "CZK", "HUF", "RON", "RUB", "UAH", "TRY", "KRW", "ZAR", "ILS", "ARS", "CLP", "COP", "AED", "SAR",
        "THB", "IDR", "TWD", "PEN", "UYU", "BOB", "PYG", "VND", "PHP", "MYR", "EGP", "NGN", "KES", "PKR", "MAD", "XOF",
        "XAF", "ISK", "BGN", "RSD", "QAR", "KWD", "GEL", "KZT",
    )
)  # fmt: skip
"""https://www.iso.org/iso-4217-currency-codes.html"""
_SIGNS: Final = {
    "US$": "USD", "$US": "USD", "$CA": "CAD", "RMB": "CNY", "Rs.": "INR", "Rs": "INR", "A$": "AUD", "AU$": "AUD",
    "C$": "CAD", "CA$": "CAD", "HK$": "HKD", "NZ$": "NZD", "S$": "SGD",
    "R$": "BRL", "MX$": "MXN", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₪": "ILS", "₴": "UAH", "zł": "PLN",
    "Kč": "CZK", "฿": "THB", "NT$": "TWD", "₫": "VND", "₦": "NGN", "₱": "PHP", "₵": "GHS", "₸": "KZT", "₡": "CRC",
    "₲": "PYG", "₼": "AZN", "₾": "GEL", "֏": "AMD", "৳": "BDT", "₮": "MNT", "៛": "KHR", "₭": "LAK",
}  # fmt: skip
"""Signs that tell the country, as "$" alone does not."""
_SAME_SIGN: Final = {"₤": "£", "＄": "$", "￥": "¥", "￡": "£"}
"""Other ways to write a sign."""


@dataclass(frozen=True)
class Noun:
    """A counted noun, in the grammatical number of its count; `cents` are the name of its hundredth parts, if said.

    `measures` holds for units of something that there is a part of: "a quarter of a liter", not "of a percent".
    """

    said: str
    feminine: bool = False
    cents: str = ""
    measures: bool = False


class Nouns:
    """The nouns of one language."""

    def __init__(self, language: Pack, numerals: Numerals) -> None:
        self._reading, self._numerals = language.reading, numerals
        reading = language.reading
        self._locale = Locale.parse(language.locale, sep="-")
        self._feminine = re.compile(reading.feminine or r"(?!)")
        self._named = reading.named_units
        self._units: dict[str, str | None] = {**dict.fromkeys(self._named), **_CLDR, **reading.units}
        for base, prefixes in _PREFIXED.items():
            for prefix in prefixes if base in self._units else ():
                self._units.setdefault(f"{prefix}{base}", f"{prefix}|{base}")
        for written, same in (("m2", "m²"), ("m3", "m³"), ("km2", "km²"), ("cm3", "cm³"), ("cm2", "cm²")):
            self._units[written] = self._units[same]
        self._unit = re.compile(
            rf"({any_of(self._units.keys() - _NEVER_ALONE)}|U(?=/))"
            rf"(?![\w²³⁻]|(?<![^\W\d_]{2})[.&]\w|(?<=[A-Z])(?<!\w\w) \d)"
        )
        self._by_sign = {**_SIGNS, **{code: code for code in _ISO}}
        for own in reading.currencies:
            self._by_sign.pop(own, None)
        signs = any_of(self.money_signs)
        unit = rf"(?:{any_of(self._units)})(?![\w²³⁻])"
        self._per_product = re.compile(rf"\s?/\s?\(({unit}(?:[·⋅*. ]{unit}){{1,3}})\)")
        self._times = re.compile(rf"[·⋅]({unit})")
        self._before = re.compile(rf"({signs})\s?(?=[-−–+]?[.\d])")
        self._after = re.compile(rf"\s?({signs})(?!\w)")
        self._end_of_sentence = re.compile(r"\s*$" if reading.ordinal_dot else r"\s*$|\s+[A-ZÀ-Þ]")
        self._word = re.compile(rf"{SPACE}([^\W\d_]{{3,14}})(?=/[^\W\d_])")
        money = (*reading.currencies.values(), *reading.cents.values())
        self._money_words = frozenset(word for names in money for word in names.split("|"))
        self._degrees = re.compile(r"\s?°\s?(?:([CF])(?!\w)|(?=K\b))?")

    @property
    def money_signs(self) -> tuple[str, ...]:
        """What may be written before a number."""
        return (*self._reading.currencies, *self._by_sign, *_SAME_SIGN)

    def currency_before(self, text: str, at: int) -> re.Match[str] | None:
        return self._before.match(text, at)

    def currency_after(self, text: str, at: int) -> re.Match[str] | None:
        return self._after.match(text, at)

    def currency(self, sign: str, value: Decimal) -> Noun:
        """Name a currency, in the number taken by `value`; its cents only where the currency has commonly spoken
        ones."""
        sign = _SAME_SIGN.get(sign, sign)
        one, many = self._names(sign)
        cents = self._reading.cents.get(sign, "")
        said = one if self.is_one(value) else many
        return Noun(said, self.is_feminine(one), cents)

    def unit(self, text: str, at: int, value: Decimal) -> tuple[Noun, int] | None:
        """Name the unit written `at` a place behind a number, with all its divisors."""
        reading = self._reading
        if degrees := self._degrees.match(text, at):
            one, many = reading.degrees.split("|")
            scale = {"C": " Celsius", "F": " Fahrenheit"}.get(degrees[1] or "", "")
            return Noun((one if self.is_one(value) else many) + scale), degrees.end()
        for sign, name in (("%", reading.percent), ("‰", reading.permille)):
            start = at + (text[at : at + 1] in " \u00a0\u2009\u202f")
            if text[start : start + 1] == sign:
                per, end = self.per(text, start + 1)
                return Noun(name + per), end
        gap = re.compile(r"[ \u00a0\u2009\u202f]|-(?=[^\W\d_]{2}|[mgVAWlt]-)").match(text, at)
        start = gap.end() if gap else at
        found = self._unit.match(
            text.replace("μ", "µ").replace("Ω", "Ω") if "μ" in text or "Ω" in text else text, start
        )
        if not found or (not gap and found[1] in _SPACED) or (gap and found[1] in reading.attached_units):
            return None
        joined = bool(gap) and text[at] == "-" and not reading.decimal_comma
        noun = self._noun(found[1], Decimal(1) if joined else value)
        end = found.end()
        if not found[1].endswith(".") and re.match(r"\.(?:\s[a-zà-ÿ\d+]|[,;:)])", text[end : end + 3]):  # "5 lb. of"
            end += 1
        if found[1].endswith(".") and self._end_of_sentence.match(text, end):
            end -= 1
        while times := self._times.match(text.replace("μ", "µ").replace("Ω", "Ω"), end):  # "N·m"
            noun = f"{self._noun(found[1], Decimal(1))} {self._noun(times[1], value)}"
            end = times.end()
        per, end = self.per(text, end, of=found[1])
        return Noun(f"{noun}{per}", self.is_feminine(self._noun(found[1], Decimal(1))), measures=True), end

    def per(self, text: str, at: int, *, known: bool = False, of: str = "") -> tuple[str, int]:
        """Say what something is divided by: "/kg", "/m²", "/100 km", "/day"; nothing is by its own unit (`of`)."""
        said = ""
        for _ in range(3):
            if product := self._per_product.match(text, at):  # "W/(m·K)"
                first, *others = re.split(r"[·⋅*. ]", product[1])
                names = [self._per_unit(self._units[first] or first), *(self._noun(one, Decimal(1)) for one in others)]
                said += f" {' '.join(names)}"
                at = product.end()
                break
            found = _PER.match(text, at)
            if not found:
                break
            sign = found[2].replace("μ", "µ").replace("Ω", "Ω")
            if found[1] and sign == of:  # "8GB/256GB"
                break
            if found[1] and sign in self._units:
                said += f" {self._reading.per} {self._many(int(found[1]), sign)}"
                at = found.end(2)
            elif found[1]:
                break
            elif sign in self._units:
                said += f" {self._per_unit(self._units[sign] or sign)}"
                at = found.end(2)
                if re.match(r"\.(?:\s[a-zà-ÿ]|[,;:)])", text[at : at + 3]):  # "20 €/Std."
                    at += 1
                while times := self._times.match(text, at):  # "W/m·K"
                    said += f" {self._noun(times[1], Decimal(1))}"
                    at = times.end()
            elif not known and sign.isalpha() and len(sign) > 2:
                said += f" {self._reading.per}"
                at = found.end()
                break
            else:
                break
        return said, at

    def word_per(self, text: str, at: int) -> tuple[str, int] | None:
        """Say a word behind a number and what it is divided by: "cells/µL", "cents/mile"."""
        if not (word := self._word.match(text, at)):
            return None
        per, end = self.per(text, word.end(), known=word[1] not in self._money_words)
        return (f"{word[1]}{per}", end) if per else None

    def is_one(self, value: Decimal) -> bool:
        """Tell whether CLDR has the singular with this number."""
        return str(self._locale.plural_form(abs(value))) == "one"

    def is_feminine(self, noun: str) -> bool:
        return bool(self._feminine.search(noun.partition(" ")[0]))

    def named(self, cldr: str, value: Decimal) -> Noun:
        """Name what CLDR calls so: "duration-minute"."""
        return Noun(self._cldr(cldr, value), self.is_feminine(self._cldr(cldr, Decimal(1))))

    def _names(self, sign: str) -> tuple[str, str]:
        if sign in self._reading.currencies:
            one, many = self._reading.currencies[sign].split("|")
            return one, many
        code = self._by_sign[sign]
        names = [get_currency_name(code, count=count, locale=self._locale) for count in (1, 5)]
        if self._reading.names_in_lower_case:
            names = [name[:1].lower() + name[1:] for name in names]
        return names[0], names[1]

    def _noun(self, sign: str, value: Decimal) -> str:
        cldr = self._units[sign]
        if cldr is None:
            one, many = self._named[sign].split("|")
            return one if self.is_one(value) else many
        prefix, bar, base = cldr.partition("|")
        if bar:
            noun = self._noun(base, value)
            return f"{self._reading.prefixes[_PREFIXES[prefix]]}{noun[:1].lower()}{noun[1:]}"
        return self._cldr(cldr, value)

    def _many(self, count: int, sign: str) -> str:
        """Return a count of units and their name."""
        noun, one = self._noun(sign, Decimal(count)), self._noun(sign, Decimal(1))
        words = self._numerals.agreeing(self._numerals.cardinal(count), feminine=self.is_feminine(one))
        return f"{words} {noun}"

    def _cldr(self, name: str, value: Decimal) -> str:
        return _counted(name, "" if value == value.to_integral_value() else "0.5", self.is_one(value), self._locale)

    def _per_unit(self, cldr: str) -> str:
        if "|" in cldr or cldr in self._named:
            sign = cldr.replace("|", "")
            return f"{self._reading.per} {self._noun(sign, Decimal(1))}"
        return _divided_by(cldr, self._locale)


@lru_cache(maxsize=1024)
def _counted(unit: str, _fraction: str, one: bool, locale: Locale) -> str:
    """Return the name of a unit, without the number put before the name by Babel."""
    written = format_unit(1 if one else 5, unit, "long", format="0", locale=locale)
    return _without_number(written)


@lru_cache(maxsize=1024)
def _divided_by(unit: str, locale: Locale) -> str:
    # No name of its own stands for what is divided, as "kilometers per hour" does even for meters
    divided = _LENGTH if unit == _MASS else _MASS
    whole = format_compound_unit(5, divided, denominator_unit=unit, length="long", locale=locale) or ""
    return whole.removeprefix(format_unit(5, divided, "long", locale=locale)).strip().replace("’", "'")


def _without_number(written: str) -> str:
    return re.sub(r"[\d\u00a0\s]*\d[\u00a0\s]*", "", written, count=1).replace("\u00a0", " ").strip()


def any_of(words: Iterable[str] | Mapping[str, object]) -> str:
    """Return a pattern of any of these, the longest first, so none hides in another."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or r"(?!)"
