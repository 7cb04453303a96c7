"""Quantities: a number, and what stands around it. One grammar, read from left to right:

    quantity := [comparison] [sign] [currency [sign]] number [scale] [currency | unit | "%" | degrees] ["/" unit …]
    range    := quantity dash quantity

A number without any of these may be a year.
"""

# ruff: noqa: RUF001 - dashes, signs and raised letters are what this is about

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from common.languages.pack import Pack
from functions.model_serving.tts.spoken.halves import Halves
from functions.model_serving.tts.spoken.nouns import Noun, Nouns, any_of
from functions.model_serving.tts.spoken.numerals import SPACE, Number, Numerals

Said = tuple[str, int]
"""Words, and where in the text what they stand for ends."""
_SIGN = re.compile(rf"(?<![\w)\]%°])(?:(-)|(−{SPACE}?|–(?=[\d$€£¥])|(?<=\d )–{SPACE}?)|(\+))(?=[^\W_]|[^\w\s,;:!?()-])")
_COMPARISON = re.compile(rf"([<>≤≥~≈±]|[<>]=){SPACE}?(?=[-−+]?[A-Z]{{0,3}}[^\s\w-]?{SPACE}?[.\d½¼¾⅓⅔])")
_DASH = re.compile(rf"({SPACE}?)([-–—−])({SPACE}?)(?=[^\w\s-]?\d|[½¼¾⅓⅔⅛⅜⅝⅞])")
_BELOW_ZERO = re.compile(r"(?:^|[\s(])[-−][\d.,]+$")
_PART_OF_NAME = re.compile(r"(?:[A-Z]-\d+|(?:Boeing|Airbus|Embraer|Tupolev|Antonov) [A-Z]?\d+)$")
"""What a hyphen joins more digits to, and no end of a range: "CVE-2024-3094"."""
_BEFORE_ONE_KIND: Final = re.compile(
    r"(?<!\w)[Aa]n?\s(?:[^\w\s]?\d[\d.,]*(?:[–-]|\sto\s))?[^\w\s]?(?:[A-Z]{1,3})?[^\w\s]?\s?$"
)
_BEFORE_KIND: Final = re.compile(
    r"(?<!\w)(?:the|this|that|its|his|her|their|our|my|your|each|every|another|any|one|new|old)\s$", re.IGNORECASE
)
_BEFORE_PRICE: Final = re.compile(_BEFORE_KIND.pattern.removesuffix("\\s$") + r"\s[^\w\s]$", re.IGNORECASE)
"""English has units in the singular where a number tells the kind of one thing: "a 10 km run", "the 9mm pistol"."""
_VOWEL: Final = re.compile("[aeio]|un(?!i)|hour")
_OF_DISTANCES: Final = re.compile(rf"[kK](?={SPACE}(?:km|mi|miles|rpm|h|hrs|hours|kWh|t|ha)(?![\w/]))")
_MORE: Final = re.compile(rf"(?:{SPACE}?[–-]{SPACE}?|{SPACE}(?:bis|oder|à|ou|a|o){SPACE})\d{{1,3}}(?=\s)")
"""The end of a range, or another number: "1-2 tablets"."""
_SURELY_COUNTED: Final = re.compile(
    r"Monat|Jahr|Tag|Woche|jour|mois|an|semaine|d[ií]a|mes|año|semana|giorno|mese|anno|settimana|mês|ano|pont?o|punto|gol"
    r"|pe(?:rsona|ssoa)s?|personnes|compress[ae]|gocce|goccia|capsul[ae]|bustin[ae]|cucchiai(?:o|n[oi])?|comprimidos?"
    r"|tabletas?|gotas?|c[áa]psulas?|cucharad(?:it)?as?|colher(?:es)?|gélules?|gouttes?|doses?|dosis|dosi|tass?es|ta(?:zz?as?|zze)"
    r"|xícaras?|ve[zc](?:es)?|volt[ae]|heures|horas|ore|minut[io]s?|figli[aoe]|hij[ao]s?|filh[ao]s?|camer[ae]"
    r"|mujer(?:es)?|donn[ae]|mulher(?:es)?"
)
"""Words that numbers count, whatever is before: "lost by 1 point"."""
_DIGITS: Final = re.compile(r"\d+")
_ENGLISH_SCALES: Final = {"m": 6, "mn": 6, "b": 9, "bn": 9, "tn": 12}
"""As sums with their currency in front have them in every language: "€5m"."""


class Amounts:
    """Says the quantities of one language."""

    def __init__(self, language: Pack, numerals: Numerals, nouns: Nouns) -> None:
        self._reading, self._numerals, self._nouns = language.reading, numerals, nouns
        self._halves = Halves(language, numerals, nouns)
        reading = language.reading
        self._small_words = (
            language.stop_words | language.nouns.function_words | language.nouns.fused | language.nouns.articles
        )
        hours = {nouns.named("duration-hour", Decimal(count)).said for count in (1, 2)}  # "ora" is also "now"
        self._no_nouns = self._small_words - hours
        self._times = reading.times.split("|")
        self._counted_word = re.compile(
            r"\s([A-ZÀ-Þ][^\W\d_]+)" if reading.ordinal_dot else r"\s([a-zà-ÿ]{3,})(?!['’\w])"
        )
        words = {word: power for power, names in reading.scales.items() for word in names.split("|")}
        self._scale_of = {**words, **reading.scale_signs}
        self._scale = re.compile(rf"(?:{SPACE}|-(?=[^\W\d_]{{3}}))?({any_of(self._scale_of)})(?!\w)")
        self._money_scale_of = {**self._scale_of, **reading.money_scale_signs}
        self._scale_behind_of = {**_ENGLISH_SCALES, **self._money_scale_of}
        self._scale_behind = re.compile(rf"({any_of(self._scale_behind_of)})(?![^\W_])")
        self._money_scale = re.compile(
            rf"(?:{SPACE}|-(?=[^\W\d_]{{3}}))?({any_of(self._money_scale_of)})(?![^\W_](?<![$€£¥]))"
        )
        self._crowd = {
            letter: re.compile(rf"{SPACE}?{letter}(?=\+?{SPACE}(?:{words}))")
            for letter, words in reading.crowds.items()
        }
        people = reading.crowds.get("m", "(?!)")
        self._of_3m = re.compile(rf"3M{SPACE}(?!{people})")
        self._millions = frozenset(
            name.rpartition(" ")[2] for power, names in reading.scales.items() if power > 3 for name in names.split("|")
        )
        self._era = re.compile(rf"{SPACE}(?:{reading.eras})" if reading.eras else r"(?!)")
        self._of = re.compile(rf"{SPACE}?(?:{any_of({reading.of.strip(), 'of'} - {''})})?")

    def read(self, text: str, at: int, shared: str = "") -> Said | None:
        """Say the quantity beginning `at` a place, if any. `shared`: the currency of a range with this quantity as its
        end."""
        reading, start, said = self._reading, at, []
        if found := _COMPARISON.match(text, at):
            said.append(reading.symbols[found[1]])
            at = found.end()
        sign, at = self._signed(text, at)
        currency, at = self._currency(text, at)
        if not sign:
            sign, at = self._signed(text, at) if currency else (sign, at)
        if at >= len(text) or not (number := self._numerals.read(text, at, version_dot=not currency)):
            return None
        if number.end - at == 0 or (at == start and text[at] == "." and text[at - 1 : at].isdigit()):
            return None
        said.append(sign)
        prefix = currency or shared
        if currency and (after := self._open_range(text, number)):
            end, words = after
            rest = self.read(text, end, currency)
            if rest:
                return " ".join(filter(None, [*said, number.words, words, rest[0]])), rest[1]
        halved = None if prefix or self._money_follows(text, number.end) else self._halves.read(text, at, number)
        counted, end = halved or self._counted(text, at, number, prefix)
        said.append(counted)
        if (at == 0 or not text[at - 1].isalpha()) and (dash := self._dash(text, number, end)):
            words, end = dash
            said.append(words)
        return " ".join(filter(None, said)), end

    def _signed(self, text: str, at: int) -> tuple[str, int]:
        found = _SIGN.match(text, at)
        if not found:
            return "", at
        return self._reading.symbols["+"] if found[3] else self._reading.minus, found.end()

    def _currency(self, text: str, at: int) -> tuple[str, int]:
        if text[at - 1 : at].isalnum():
            return "", at
        found = self._nouns.currency_before(text, at)
        return (found[1], found.end()) if found else ("", at)

    def _counted(self, text: str, at: int, number: Number, currency: str) -> Said:
        """Return a number and the noun counted, each in the form required by the other."""
        if text[at - 1 : at].isalpha() and not currency:  # "A380", "x86-64", "H2O"
            return self._year_or_number(number), number.end
        power, end = self._power(text, number.end, currency=bool(currency))
        scale = self._scale_name(power, number.value) if power else ""
        if power:  # "5 lakh crore", "3 mil M€"
            further, after = self._power(text, end, currency=bool(currency))
            if further > power:
                scale, power, end = f"{scale} {self._scale_name(further, Decimal(5))}", further, after
        one_of_a_kind = not self._reading.decimal_comma and bool(_BEFORE_ONE_KIND.search(text[max(0, at - 30) : at]))
        one_of_a_kind |= bool(currency) and not power and self._tells_price(text, at, number.end)
        if not currency and (part := self._part_of(text, end, number) or self._and_more(text, end, number, power)):
            return part
        noun: Noun | None = None
        if currency:
            noun = self._nouns.currency(currency, Decimal(1) if one_of_a_kind else self._counting(number, power))
        else:
            of = self._of.match(text, end)
            after = of.end() if of and of.end() > end + 1 else end
            if found := self._nouns.currency_after(text, after):
                noun = self._nouns.currency(found[1], Decimal(1) if one_of_a_kind else self._counting(number, power))
                currency, end = found[1], found.end()
            elif unit := self._nouns.unit(text, end, Decimal(2) if power else number.value):
                if one_of_a_kind or self._tells_kind(text, at, end, unit[1]):
                    unit = self._nouns.unit(text, end, Decimal(1)) or unit
                noun, end = unit
        per = ""
        if currency or (noun is None and not power and number.plain):
            per, end = self._nouns.per(text, end, known=not currency)
        if noun is None and not power and not per:
            words = self._before_word(text, number, at) if number.plain else self._year_or_number(number)
            words += self._of_millions(number, text, end)
            rate, end = self._nouns.word_per(text, end) or ("", end)
            return " ".join(filter(None, (words, rate))), end
        said = self._joined(number, power, scale, noun, money=bool(currency))
        if power and noun is None and number.plain and self._counts_feminine(text, end):  # "duas mil mulheres"
            said = f"{self._numerals.agreeing(number.words, feminine=True)} {scale}" if power == 3 else said
        return said + per, end

    def _tells_kind(self, text: str, at: int, begin: int, end: int) -> bool:
        """Tell whether a number with its unit written at it says which kind of a thing: "the 9mm pistol"."""
        if self._reading.decimal_comma or text[begin : begin + 1].isspace():
            return False
        word = self._counted_word.match(text, end)
        return (
            word is not None and word[1] not in self._no_nouns and bool(_BEFORE_KIND.search(text[max(0, at - 30) : at]))
        )

    def _tells_price(self, text: str, at: int, end: int) -> bool:
        """Tell whether a sum says which kind of a thing: "the $5 fee", not "the $5 paid"."""
        word = None if self._reading.decimal_comma else self._counted_word.match(text, end)
        return (
            word is not None
            and word[1] not in self._no_nouns
            and not word[1].endswith(("s", "ed", "ing", "en", "ly", "aid", "ent", "ame", "ent"))
            and bool(_BEFORE_PRICE.search(text[max(0, at - 30) : at]))
        )

    def _of_millions(self, number: Number, text: str, at: int) -> str:
        """Return the word between a number that ends in a million and what is counted: "deux millions d'habitants"."""
        word = self._counted_word.match(text, at)
        if not word or word[1] in self._no_nouns or not self._is_millions(number):
            return ""
        return f" {self._of_before(Noun(word[1]))}".rstrip()

    def _is_millions(self, number: Number) -> bool:
        return bool(self._reading.of) and number.words.rpartition(" ")[2] in self._millions

    def _counts_feminine(self, text: str, at: int) -> bool:
        word = self._counted_word.match(text, at)
        if not word or word[1] in self._no_nouns or not self._reading.agreement:
            return False
        return self._nouns.is_feminine(word[1].removesuffix("s") if self._reading.plural_s else word[1])

    def _power(self, text: str, at: int, *, currency: bool) -> tuple[int, int]:
        """Return the power of ten that is written behind a number, 0 if none is, and where it ends."""
        if currency and (behind := self._scale_behind.match(text, at)):
            return self._scale_behind_of[behind[1]], behind.end()
        money = currency or self._money_follows(text, at)
        if found := (self._money_scale if money else self._scale).match(text, at):
            return (self._money_scale_of if money else self._scale_of)[found[1]], found.end()
        if not currency and _OF_DISTANCES.match(text, at):
            return 3, at + 1
        for letter, pattern in self._crowd.items():  # "5k followers", "1,5 M d'habitants"
            if currency or (text[at - 1 : at + 1] == "3M" and self._is_3m(text, at - 1)):
                continue
            if found := pattern.match(text, at):
                return (3 if letter in "kK" else 6), found.end()
        return 0, at

    def _is_3m(self, text: str, at: int) -> bool:
        """Tell whether "3M" is the company: of people and jobs there are three million."""
        return (
            not text[at - 1 : at].isdigit()
            and text[at - 1 : at] not in {".", ","}
            and bool(self._of_3m.match(text, at))
        )

    def _part_of(self, text: str, at: int, number: Number) -> Said | None:
        """Return a fraction of a unit, where a language has a word between the two: "un quart de litre"."""
        if number.whole or not 0 < number.value < 1:
            return None
        unit = self._nouns.unit(text, at, Decimal(1))
        if unit and unit[0].measures and not self._reading.decimal_comma:  # "three quarters of an inch"
            if self._reading.over in number.words.split():
                return None
            if number.words.startswith(self._numerals.cardinal(1)):
                return f"{number.words} {unit[0].said}", unit[1]
            if text[at : at + 1] == "-":
                return None
            return f"{number.words} of {'an' if _VOWEL.match(unit[0].said) else 'a'} {unit[0].said}", unit[1]
        if not self._reading.of:
            return None
        if not unit or not unit[0].measures or self._reading.over in number.words.split():
            return None
        return f"{number.words} {self._of_before(unit[0])}{unit[0].said}", unit[1]

    def _and_more(self, text: str, at: int, number: Number, power: int) -> Said | None:
        """So many of a unit, and more: "90+ mph"."""
        unit = self._nouns.unit(text, at + 1, Decimal(2)) if text[at : at + 1] == "+" else None
        if unit is None or power or not number.plain:
            return None
        return f"{number.words} {self._reading.symbols['+']} {unit[0].said}", unit[1]

    @staticmethod
    def _counting(number: Number, power: int) -> Decimal:
        """Return the number deciding whether a currency is in the plural: of "$1.50" the 1."""
        if power:
            return Decimal(2)
        return Decimal(number.whole) if len(number.cents) == 2 and number.whole != "0" else number.value

    def _money_follows(self, text: str, at: int) -> bool:
        found = self._money_scale.match(text, at)
        if not found:
            return False
        of = self._of.match(text, found.end())
        return bool(self._nouns.currency_after(text, of.end() if of else found.end()))

    def _scale_name(self, power: int, value: Decimal) -> str:
        one, many = self._reading.scales[power].split("|")
        return one if self._nouns.is_one(value) else many

    def _joined(self, number: Number, power: int, scale: str, noun: Noun | None, *, money: bool) -> str:
        reading, numerals = self._reading, self._numerals
        if power:
            alone = number.plain and number.value == 1 and power in reading.bare_scales
            feminine = self._nouns.is_feminine(scale)
            words = (
                "" if alone else numerals.agreeing(number.words, feminine=feminine) if number.plain else number.words
            )
            of = self._of_before(noun) if noun and money and power > 3 else ""
            return " ".join(filter(None, [words, scale])) + (f" {of}{noun.said}" if noun else "")
        if noun is None:
            return self._year_or_number(number)
        if money and len(number.cents) == 2:
            return self._in_cents(number, noun)
        words = numerals.agreeing(number.words, feminine=noun.feminine) if number.plain else number.words
        if self._is_millions(number):
            words = f"{words} {self._of_before(noun)}".rstrip(" ")
            return f"{words}{'' if words.endswith(chr(39)) else ' '}{noun.said}"
        return f"{words} {_DIGITS.sub(lambda found: numerals.cardinal(int(found[0])), noun.said)}"

    def _of_before(self, noun: Noun) -> str:
        """Return the word before what there is a fraction or a million of."""
        elided = self._reading.elided_of and noun.said[:1].lower() in "aeiouhéè"
        return self._reading.elided_of if elided else self._reading.of

    def _in_cents(self, number: Number, noun: Noun) -> str:
        cents = int(number.cents)
        if number.value < 1 and cents and noun.cents:
            one, many = noun.cents.split("|")
            words = self._numerals.agreeing(self._numerals.cardinal(cents), feminine=self._nouns.is_feminine(one))
            return f"{words} {one if cents == 1 else many}"
        whole = self._numerals.agreeing(self._numerals.cardinal(int(number.whole)), feminine=noun.feminine)
        if self._reading.of and whole.rpartition(" ")[2] in self._millions:
            whole = f"{whole} {self._of_before(noun)}".rstrip(" ")
            return f"{whole}{'' if whole.endswith(chr(39)) else ' '}{noun.said}"
        return f"{whole} {noun.said}" + (f" {self._numerals.cardinal(cents)}" if cents else "")

    def _before_word(self, text: str, number: Number, at: int) -> str:
        """Return a number in the gender of the following word, where the number counts the word: not in "chapter 1
        tells"."""
        words = self._year_or_number(number)
        if not self._reading.agreement:
            return words
        before = re.search(r"([^\W\d_]+)\s$", text[max(0, at - 30) : at])
        after = self._counted_word.match(text, number.end)
        further = _MORE.match(text, number.end) if number.plain and number.value == 1 else None
        after = after or (self._counted_word.match(text, further.end()) if further else None)
        if not after:
            return words
        counts = not before or before[1].lower() in self._small_words or _SURELY_COUNTED.fullmatch(after[1])
        if not counts and not (self._reading.ordinal_dot and before and before[1].islower()):
            return words  # "chapter 1 tells"; German chapters have a capital letter
        if after[1] in self._times:
            return self._numerals.agreeing(words, feminine=True)
        if after[1] in self._no_nouns:  # "1 de cada 3"
            return words
        singular = after[1].removesuffix("s") if self._reading.plural_s else after[1]
        if further is None or self._reading.ordinal_dot:  # "ein bis zwei Tabletten"
            feminine = further is None and self._nouns.is_feminine(singular)
            return self._numerals.agreeing(words, feminine=feminine)
        singular = singular if self._reading.plural_s else re.sub("e$", "a", singular)
        return self._numerals.agreeing(words, feminine=True) if self._nouns.is_feminine(singular) else words

    def _year_or_number(self, number: Number) -> str:
        if number.plain and len(number.words) and self._is_year(number):
            return self._numerals.year(int(number.whole))
        return number.words

    def _is_year(self, number: Number) -> bool:
        return len(number.whole) == 4 and "1100" <= number.whole <= "2099" and not number.grouped

    # Ranges, scores, differences

    def _open_range(self, text: str, number: Number) -> tuple[int, str] | None:
        """Return the dash of "$5–10", with the currency said once, behind both."""
        found = _DASH.match(text, number.end)
        if not found or not text[found.end()].isdigit():
            return None
        word = self._between(text, number, found)
        return (found.end(), word) if word == self._reading.to else None

    def _dash(self, text: str, number: Number, end: int) -> Said | None:
        """Return the word for a dash between this quantity and a next."""
        found = _DASH.match(text, end)
        if not found:
            return None
        word = self._between(text, number, found)
        return None if word is None else (word, found.end())

    def _between(self, text: str, number: Number, dash: re.Match[str]) -> str | None:
        """Return the word of a dash: to, minus, or nothing at all, as in the name of a model; None for a pause."""
        reading = self._reading
        if dash[2] == "−":
            return reading.minus
        spaced = bool(dash[1] and dash[3])
        if bool(dash[1]) != bool(dash[3]):
            return None
        at = dash.end() if text[dash.end()].isnumeric() else dash.end() + 1
        following = self._numerals.read(text, at)
        if not following:
            return None
        if dash[2] == "-" and not spaced and _PART_OF_NAME.search(text[max(0, dash.start() - 30) : dash.start()]):
            return ""
        a, b = number.value, following.value
        if _BELOW_ZERO.search(text[max(0, number.end - 20) : number.end]):
            a = -a
        short_year = len(number.whole) == 4 and len(following.whole) == 2
        if dash[2] == "-" and spaced and re.match(rf"{SPACE}?=", text[following.end :]):
            return reading.minus
        if a < b or (short_year and not spaced):
            return None if dash[2] == "—" and spaced else reading.to
        if self._era.match(text, following.end):  # "500–400 BC"
            return reading.to
        if spaced:
            return reading.minus if dash[2] == "-" else None
        if dash[2] == "-" and max(len(number.whole), len(following.whole)) > 2:
            return ""
        return reading.ratio
