"""Roman numerals: of kings, wars, chapters and centuries, where they are sure to be numbers."""

from __future__ import annotations

import re
from typing import Final

from common.languages.pack import Pack
from functions.model_serving.tts.spoken.nouns import Nouns
from functions.model_serving.tts.spoken.numerals import Numerals

_VALUES: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
PATTERN: Final = re.compile(
    r"(?<![\w.'’-])(M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3}))(?<=[IVXLCDM])"
    r"(?:(er|re|ère|ème|nde|nd|e|ᵉ)?(?![\w'’]))(\.(?=\s[a-zäöü]|[,;:)]))?(?!\.\w)"
)
_WORD_BEFORE = re.compile(r"(\w[\w.]*)\s$")
_LISTED = re.compile(r"(?<=\s)[IVXLCDM]{1,7}(?:er|e|ᵉ)?(?:,\s|,?\s(?:and|to|or|und|bis|oder|et|à|ou|y|a|al|o|e|ed)\s)$")
_BETWEEN: Final = "and|to|or|und|bis|oder|et|à|ou|y|a|al|o|e|ed"
_RANGE = re.compile(r"(?<![\w.'’-])([IVXLCDM]{1,7})(er|e|ᵉ)?[-–](?=[IVXLCDM]{1,7}(?:er|e|ᵉ)?(?![\w'’-]))")
_SOVEREIGN = re.compile(
    r"(?:Alexander|Benedict|Benedikt|Benedetto|Benedicto|Bento|Benoît|Konrad|Rudolf|Alejandro|Alfonso|Amadeo|Carl|Carlos|Carlo|Charles|Karl|Constantine|Edward|Eduardo|Elisabeth"
    r"|Elizabeth|Elisabetta|Élisabeth|Katharina|Catalina|Catarina|Caterina|Margarethe|Isabel|Felipe|Filippo|Philip|Philippe|Philipp|Fernando|Ferdinand|Francis|Francisco|François|Franz"
    r"|Francesco|Frederick|Friedrich|Federico|George|Georg|Giovanni|Gregorio|Gregory|Gustav|Henri|Henrique|Henry"
    r"|Heinrich|Enrique|Enrico|Jaime|James|Jean|John|Johannes|João|Juan|José|Joseph|Josef|Léopold|Leopold|Leo|Louis"
    r"|Ludwig|Luis|Luís|Luigi|Manuel|Maximilian|Maximiliano|Napoleon|Napoléon|Napoleón|Napoleone|Nicholas|Nikolaus|Nicolás"
    r"|Nicola|Otto|Paul|Pablo|Paulo|Paolo|Pedro|Peter|Pierre|Pietro|Pius|Pie|Pio|Pío|Ramsés|Ramses|Richard|Ricardo"
    r"|Sancho|Umberto|Victor|Víctor|Vittorio|Emanuele|Léon|León|Leone|Leão|Christian|Clemens|Clément|Innocent|Innozenz|Urban|Harald|Gustaf|Mehmed|Wilhelm|William|Guillermo|Guillaume|Guilherme|Darius|Xerxes)$"
)
"""Behind whom a lone I, V or X is a number."""
_QUEEN = re.compile(
    "(?:Elisabeth|Elisabetta|Elizabeth|Isabel|Élisabeth|Katharina|Catalina|Catarina|Caterina|Margarethe|Maria|María)$"
)
_IN_A_NAME = re.compile(r"[.,;:)!?]|\sof\b|$")


class RomanNumerals:
    """Says the Roman numerals of one language. A lone I is a word, and V and X are names, but behind a chapter."""

    def __init__(self, language: Pack, numerals: Numerals, nouns: Nouns) -> None:
        reading = language.reading
        self._reading, self._numerals, self._is_feminine = reading, numerals, nouns.is_feminine
        self._small_words = language.stop_words | language.nouns.function_words | language.nouns.articles
        self._behind = re.compile(rf"\s({reading.behind_roman})" if reading.behind_roman else r"(?!)")
        centuries = "|".join(sorted({*reading.before_century, *reading.counted}, key=len, reverse=True))
        self._small = (
            re.compile(rf"(?i:\b(?:{reading.counted_small})\s)(?:[vx]|[ivx]{{2,6}})\b")
            if reading.counted_small
            else None
        )
        self._ranks = re.compile(
            rf"(?:[IVXL]{{1,7}}\s(?:{_BETWEEN})\s(?:(?:la|el|il|lo|a|o|das|die|der)\s)?)*[IVXL]{{1,7}}\s({reading.behind_roman})"
            if reading.behind_roman
            else r"(?!)"
        )
        """Further numerals, and the noun that all of them count."""
        self._list_of_ranks = re.compile(rf"\s(?:{_BETWEEN})\s(?:(?:la|el|il|lo|a|o|das|die|der)\s)?")
        self._ranges = re.compile(rf"(?i:\b(?:{centuries})[a-z]?\s)$")

    def apart(self, text: str) -> str:
        """Put the word of a range between Roman numerals, "siglos XVI-XVIII", those in small letters in capitals, "page
        xii", and those with the dot of an ordinal number in digits: "XIX. Jahrhundert"."""
        if self._small:
            text = self._small.sub(lambda found: _capital_numeral(found[0]), text)
        if self._reading.ordinal_dot:
            nouns = "|".join(self._reading.ordinal_nouns)
            text = re.sub(
                rf"(?<![\w.'’-])([IVX]{{1,6}})\.(?=\s(?:{nouns}))", lambda found: f"{_value(found[1])}.", text
            )
        return _RANGE.sub(
            lambda found: (
                f"{found[1]}{found[2] or ''} {self._reading.to} "
                if found[2]
                or self._ranges.search(text[max(0, found.start() - 40) : found.start()])
                or self._ranks.match(text, found.end())
                else found[0]
            ),
            text,
        )

    def said(self, found: re.Match[str]) -> str | None:
        """Say the numeral found, or None where the match may be a word."""
        reading = self._reading
        roman, suffix, stop = found.groups()
        number, ranks = _value(roman), set(roman) <= set("IVXL") and roman != "L"
        if suffix in reading.ordinal_suffixes and ranks:
            if number == 1 and reading.first:
                return reading.first[0 if suffix == "er" else 1]
            return self._numerals.ordinal(number)
        if suffix:
            return None
        if ranks and (noun := self._behind.match(found.string, found.end())):
            return self._rank_of(noun[1], number)
        if ranks and (listed := self._list_of_ranks.match(found.string, found.end())):  # "I e II guerra mondiale"
            noun = self._ranks.match(found.string, listed.end())
            if noun and not (roman == "I" and reading.pronoun_i):
                return self._rank_of(noun[1], number)
        if 1000 < number < 2100 and len(roman) > 3:  # "MMXXIV"
            return self._numerals.year(number) + (stop or "")
        before = found.string[max(0, found.start() - 60) : found.start()]
        if roman == "I" and reading.pronoun_i and _LISTED.search(before):  # "World War II, I think"
            return None
        word = _WORD_BEFORE.search(_before_list(found))
        if not word or not self._is_sure(found, word[1], number):
            return None
        before = word[1]
        if number > 100:
            return self._numerals.year(number)
        if reading.ranked and not self._counts(before) and not (reading.ordinal_dot and _is_model(found, before)):
            ordinal = self._numerals.ordinal(number)
            ranked = reading.ranked.format(ordinal=ordinal, Ordinal=ordinal.capitalize())
            return re.sub("^der ", "die ", ranked) if _QUEEN.match(before) else ranked
        if self._by_rank(before.lower(), number):
            said = self._numerals.ordinal(number)
            return (_feminine(said) if _QUEEN.match(before) else said) + (stop or "")
        return self._numerals.cardinal(number) + (stop or "")

    def _is_sure(self, found: re.Match[str], before: str, number: int) -> bool:
        """Tell whether a numeral behind this word is one, and no word or abbreviation."""
        reading, roman = self._reading, found[1]
        century, counted = before.lower() in reading.before_century, self._counts(before)
        if not ((before[0].isupper() and before.lower() not in self._small_words) or century or counted):
            return False
        if len(roman) < 2:
            sure = counted or (century and before.lower() not in reading.fused_before_century)
            if _SOVEREIGN.match(before):
                sure = not reading.pronoun_i or roman != "I" or bool(_IN_A_NAME.match(found.string, found.end()))
            return sure and roman in "IVX" and not (roman == "I" and before.islower() and reading.pronoun_i)
        if set(roman) & set("LCDM") and (len(roman) < 3 or number > 100) and not (counted or number > 1000):
            return False
        return not (set(roman) & set("CDM")) or len(roman) >= 4

    def _counts(self, before: str) -> bool:
        """Tell whether what is behind this word is a number of it: "chapter IV", "Parts I and II"."""
        counted = self._reading.counted
        return before.lower() in counted or before.lower().removesuffix("s") in counted

    def _by_rank(self, before: str, number: int) -> bool:
        reading = self._reading
        century, counted = before in reading.before_century, self._counts(before)
        return number <= reading.ranks_up_to and (reading.centuries_ranked or not century) and not counted

    def _rank_of(self, noun: str, number: int) -> str:
        """Return the ordinal number of "II Guerra Mundial"."""
        said, feminine = self._numerals.ordinal(number), self._is_feminine(noun.lower())
        if number == 1 and self._reading.first:
            return self._reading.first[feminine]
        if feminine:
            return _feminine(said)
        return re.sub(self._reading.shortened_ordinals or r"()(?!)", r"\1", said)


def _before_list(found: re.Match[str]) -> str:
    """Return the text before a numeral and all those that it is listed with: of "siglos XVIII y XIX" the first word."""
    before = found.string[max(0, found.start() - 60) : found.start()]
    while listed := _LISTED.search(before):
        before = before[: listed.start()]
    return before


def _is_model(found: re.Match[str], before: str) -> bool:
    """Tell whether a numeral without the dot of an ordinal number is of a thing: "VW Golf IV"."""
    dot = found[3] or found.string[found.end() : found.end() + 1] == "."
    return not dot and not _SOVEREIGN.match(before)


def _feminine(ordinal: str) -> str:
    return " ".join(re.sub("o$", "a", word) for word in ordinal.split())


def _capital_numeral(text: str) -> str:
    """Return the numeral at the end of "page xii" in capitals; a word is left as it is."""
    head, _, numeral = text.rpartition(" ")
    return f"{head} {numeral.upper()}" if PATTERN.fullmatch(numeral.upper()) else text


def _value(roman: str) -> int:
    values = [_VALUES[letter] for letter in roman]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))
