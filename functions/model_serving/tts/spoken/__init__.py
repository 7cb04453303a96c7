"""Numbers, dates, times, money, units and signs in words, as prescribed by the pack of a language.

A text is gone through once, from left to right: at each place where a number could begin, the rules are tried in the
order below, and the first fitting rule supplies the words. Words once supplied are never read again, and no rule looks
further than a few dozen characters, so the work grows with the length of a text and no faster.

(WeTextProcessing and NeMo's text processing know more kinds for some of these languages, not all six, and need pynini,
which is compiled against OpenFst and has no wheels for macOS on Intel or for Windows.)
"""

# ruff: noqa: RUF001 - dashes, signs and raised letters are what this is about

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from common.languages.pack import Pack
from functions.model_serving.tts.spoken.amounts import Amounts, Said
from functions.model_serving.tts.spoken.moments import Moments, Rule, ends_in
from functions.model_serving.tts.spoken.nouns import Nouns, any_of
from functions.model_serving.tts.spoken.numerals import RAISED, SPACE, Numerals
from functions.model_serving.tts.spoken.roman import PATTERN as ROMAN
from functions.model_serving.tts.spoken.roman import RomanNumerals

_PHONE = re.compile(
    r"(?<![\w.,+-])(?:"
    r"\+\d{1,3}(?:[ \u00a0-]?\(?\d{1,5}\)?){2,6}"  # in the way of https://www.itu.int/rec/T-REC-E.123
    r"|\(\d{2,5}\)[ \u00a0-]?\d{3,8}(?:[ .-]\d{2,5}){0,2}"
    r"|\d{3}[.-]\d{3}[.-]\d{4}"
    r"|\d{3}-\d{3}[1-9]|\d{3}-0\d{3}"
    r"|0\d(?:[ .]\d\d){4}"
    r"|0\d{1,4}[ -]\d{3,8}(?:[ -]\d{2,5}){0,3}|0\d{2,4}/\d{4,8}"
    r"|[1-9]\d \d{5}-\d{4}|0\d{2,4} / \d{2,8}(?: \d{2,4}){0,4}|\(\d{2,5}\)(?: \d{2,4}){2,4}"
    r"|0 ?800 \d{3} \d{3}|[89]00[ .]\d{3}[ .]?\d{3}"
    r"|0\d{1,3}/\d{6,8}|[1-9]\d{1,2} \d{2,3} \d{2} \d{2}|[1-9]\d{1,2} \d{3} \d{4}|[1-9]\d\d \d{7}"
    r")(?![\w-]|[.,]\d)"
)
_NETWORK = re.compile(r"(?<![\w.,])(\d{1,3}(?:\.\d{1,3}){3})(?:([/:])(\d{1,5}))?(?![\w.]*\.\d)(?!\d)")
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9a-fA-F:]*::|(?:[0-9a-fA-F]{1,4}:){7})[0-9a-fA-F:]{3,39}(?<!:)(?![\w:])")
"""https://www.rfc-editor.org/rfc/rfc5952"""
_HEXADECIMAL = re.compile(r"(?<!\w)(0x|#(?=[0-9a-fA-F]*\d))([0-9a-fA-F]{2,16})(?!\w)")
_BARE_UNIT = re.compile(
    r"(?<![\w/.,°%])(?<![\d²³½¼¾x][ \u00a0\u202f])(?:[µμmk]?g|t|k?m|[mµ]?[lL]|m?mol|[kMG]?Wh?|[MG]B|[MGk]bit|R?[€$£])"
    r"/(?:[kc]?m[²³]?|h|s|d?[lL]|kg|min|ha|kWh)(?![\w/²³]|\.\w)"
)
_ACCOUNT = re.compile(r"[A-Z]{2}\d{2}(?:[ \u00a0]?[A-Z\d]{4}){3,7}(?:[ \u00a0]?[A-Z\d]{1,3})?(?!\w)")
"""https://www.iso.org/standard/81090.html (IBAN)"""
_CARD = re.compile(r"(?<![\w.,-])\d{4}(?:([ -])\d{4})(?:\1\d{4}){2}(?![\w-]|[.,]\d)")
_NUMBERED = re.compile(r"\d[\d./ \u00a0-]{0,40}\d([A-Z]?)(?!\w|[.,]\d)")
_FREE_NUMBER: Final = r"(?:numero|número|n\.)(?: verde| gratuito)?:?"
_TOLL_FREE = re.compile(r"(?<![\w.,-])(\+?)1-(\d{3})-([A-Z]{4,10})(?!\w)")
_STANDARD = re.compile(r"(\d{3,5}):(\d{4})(?!\d)")
_IDENTIFIER = re.compile(r"\d[\dX]*(?:-[\dX]+)+(?!\w)|10\.\d{4,9}/[\w./-]*\w|\d{8,13}X?(?!\w)")
"""Behind a name of identifiers: of books, of journals, of papers (https://www.doi.org/the-identifier)."""
_IDENTIFIED: Final = r"(?:ISBN(?:-1[03])?|ISSN|ISMN|DOI|EAN|PMID|IBAN):?"
_OF_RECORDS: Final = (
    r"(?:SSN|[Aa]cc(?:oun)?t\.?(?: number)?|ZIP(?: code)?|EIN|VAT(?: no\.)?|Kto\.?|Konto"
    r"|BLZ|PLZ|USt-Id(?:Nr\.?)?|SIRET|SIREN|RCS(?: [A-Z]\w*)?"
    r"|CP|TVA|CIF|NIF|DNI"
    r"|P\. ?IVA|partita IVA|C\. ?F\.|CAP|CPF|CNPJ|CEP|RG|NIT|RUT|Tel\.?|Tél\.?|Telefon|Telefax|Fax"
    r"|telephone|téléphone|teléfono|telefono|telefone):?"
)
"""Behind these is what is read digit by digit, however long and whatever is between its groups."""
_NO_DIGIT: Final = r"\D"
_HYPHENED = re.compile(r"(\d{1,6})-(\d{1,6}(?:[.\u202f]\d{3})*)(?![\w-]|[.,]\d)")
_VERSION = re.compile(r"(?<![\w.,])([vV]\.?\s?)?(\d{1,5}(?:\.\d{1,5}){1,5})(?![\w.]*\.\d)(?!\d)")
_CHAIN = re.compile(r"(?<![\w.,-])\d{1,6}(?:-\d{1,8}){2,5}(?![\w-])")
_RATIO = re.compile(
    r"(?<![\w.,:])(\d{1,4}(?:[.,]\d{1,2})?)(?: : |:| :(?=\d))"
    r"(\d{1,3}(?:[ .,'’\u00a0\u202f]\d{3}){1,3}|\d{1,7}(?:[.,]\d{1,2})?)(?![\w:]|[.,]\d)"
)
_SCALE = re.compile(r"(?<![\w.,:])(1) ?: ?(\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3}){1,2})(?![\w:]|[.,]\d)")
"""Of a map: "1:50 000" is no time."""
_ISOTOPE = re.compile(rf"(?<![\w⁺⁻])([{RAISED[2:]}]{{1,3}})(ᵐ?)(?=[A-Z])")
_STROKES = re.compile(r"(?<![\w.,])(\d{1,2})(?:['′]\s?(\d{1,2}(?:\.\d+|[½¼¾])?)(?:\"|″|''|”)|\s?′)")
_STROKE = re.compile(
    r"(?<![\w.,/])(\d{1,3}(?:[.,]\d{1,2})?|\d{1,2}/\d{1,2}|\d{0,2}[½¼¾⅛⅜⅝⅞])(['′]|\"|″|'')(?![\w'’\"])"
)
_COMPASS = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:[.,]\d+)?)\s?°(?:\s?(\d{1,2})\s?[′'’])?(?:\s?(\d{1,2}(?:[.,]\d+)?)\s?(?:″|\"|”|''))?"
    r"\s?([NSEWO])(?!\w)"
)
_CHARGE = re.compile(r"(?<=[A-Za-z]\d)[²³⁴]?[⁺⁻](?!\w)")
_POWER_OF_LETTER = re.compile(
    rf"(?<=[^\W\d_])(?<![^\W\d_]{{3}})([{RAISED}]{{1,4}})|(?<=[^\W\d_])(⁻[{RAISED}]{{1,3}})|(?<=[)\]])([{RAISED}]{{1,4}})"
)
_LONG = re.compile(r"\d{16,}")
_LETTER_POWER = re.compile(r"(?<=[A-Za-z)])\^\(?([-−]?)(\d{1,4})\)?")
_POWER_OF_A_LETTER = re.compile(r"(?<=[A-Za-z\d)])\^(\w)(?!\w)")
_LISTED_ORDINALS = re.compile(r"(?:\d{1,3}\., )*(?:\d{1,3}\.(?: und| oder| bis| sowie) )+$")
_BECAME = re.compile(r"(?:\b([Ss]ie)\s)?\b[Ww][uie]rde\w*\s$")
_OF_A_PLAYER = re.compile(r"[A-ZÄÖÜ][\w.'’-]+\s\((?:\d{1,3}\.?(?:\+\d)?(?:[,/]\s?|\sund\s))*$")
_LISTS_ORDINALS = re.compile(r"(?: (?:und|oder|bis) \d{1,3}\.)+(?=\s[A-ZÄÖÜ])")
_OF_MATTER = re.compile(
    rf"(?<=\d){SPACE}?(?:[mkµ]?g|t|[MG]t){SPACE}[A-Z][A-Za-z]{{0,3}}\d?(?=/(?:km|kWh|MWh|[mdc]?l|[mdc]?L|kg|m[²³]|ha)(?!\w))"
)
"""Of what there is so much of each: "120 g CO2/km"."""
_PER_DONE = re.compile(r"\0/[\w²³]+")
_ELIDED = re.compile(r"[^\W\d_]['’]$")
_JOINED = re.compile(r"-(?=[^\W\d_]|\s)")
_UNTIL = re.compile(rf"(?:[–-]|{SPACE}[–-]{SPACE})(?=\d)")


class SpokenNumbers:
    """Puts the numbers of a single language into words."""

    def __init__(self, language: Pack) -> None:
        self._reading = reading = language.reading
        self._numerals = numerals = Numerals(reading)
        self._nouns = nouns = Nouns(language, numerals)
        self._amounts = Amounts(language, numerals, nouns)
        self._moments = Moments(language, numerals, nouns)
        self._small_words = language.stop_words | language.nouns.function_words
        self._roman = RomanNumerals(language, numerals, nouns)
        self._rules = tuple(self._all_rules())
        signs = any_of(nouns.money_signs)
        self._start = re.compile(
            rf"(?<!\d)\d|[{RAISED}½¼¾⅓⅔⅐⅑⅒⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞−–+±<>≤≥~≈^]|(?<![\w-])-|(?<!\w)\(\d|(?<!\w)[’']\d|(?<![\w.])\.\d"
            rf"|(?<![^\W\d_])(?:{signs})|(?<!\w)#(?=[\da-fA-F])|(?<![\w:])(?:[\da-fA-F]{{1,4}}:|::)"
            rf"|(?<!\w)[A-Z]{{2}}\d\d(?= ?[A-Z\d]{{4}})|(?<![\w.'’-])[IVXLCDM]+(?=\W|$|[eèrnᵉ])|\b[vV](?=\.?\s?\d)"
        )

    def spelled(self, text: str) -> str:
        """Put every number in `text` into words; what is between them stays."""
        text = _BARE_UNIT.sub(self._bare_unit, text)
        text = self._roman.apart(text)
        text = _OF_MATTER.sub(lambda m: m[0] + self._nouns.per(m.string, m.end())[0] + "\0", text)
        text = _PER_DONE.sub("", text)
        parts: list[str] = []
        at = 0
        while start := self._start.search(text, at):
            begin = start.start()
            parts.append(text[at:begin])
            said, at = self._said(text, begin) or (None, begin + 1)
            if said is None:
                parts.append(text[begin:at])
                continue
            if parts[-1].endswith("-") and text[begin - 2 : begin - 1].isalnum():  # "COVID-19"
                parts[-1] = parts[-1][:-1]
            elided = _ELIDED.search("".join(parts[-2:]))  # "l'8 marzo"
            parts.append(f"{'' if elided else ' '}{said} ")
            if joined := _JOINED.match(text, at):  # "10-year-old", "20th-century"
                at = joined.end()
        parts.append(text[at:])
        return "".join(parts)

    def _said(self, text: str, at: int) -> Said | None:
        for rule, said_as in self._rules:
            found = rule.match(text, at)
            if found and (said := said_as(found)) is not None:
                until = _UNTIL.match(text, found.end())
                return (f"{said} {self._reading.to}", until.end()) if until else (said, found.end())
        return self._amounts.read(text, at)

    def _all_rules(self) -> Iterator[Rule]:
        reading, numerals = self._reading, self._numerals
        yield _ACCOUNT, self._account
        yield _LONG, lambda m: numerals.digits(m[0])
        yield ROMAN, self._roman.said
        yield _LETTER_POWER, lambda m: numerals.to_the_power(int(m[2]) * (-1 if m[1] else 1))
        yield _POWER_OF_A_LETTER, lambda m: f"{reading.power} {m[1]}"
        yield _ISOTOPE, lambda m: numerals.cardinal(int(unicodedata.normalize("NFKC", m[1]))) + (" m " if m[2] else "")
        yield _POWER_OF_LETTER, self._raised
        yield _CHARGE, self._raised
        yield _SCALE, self._ratio
        if reading.before_ratio:
            yield (
                _RATIO,
                lambda m: self._ratio(m) if ends_in(rf"(?:{reading.before_ratio})(?:\W\w{{1,3}})?", m) else None,
            )
        yield from self._moments.rules()
        yield _NETWORK, self._network
        yield _IPV6, lambda m: f" {reading.colon} ".join(self._spelled(part) for part in m[0].split(":"))
        yield _HEXADECIMAL, self._hexadecimal
        yield _STANDARD, lambda m: self._standard(m) if ends_in("ISO|IEC|EN|DIN|NF|UNI|UNE|NBR|BS", m) else None
        yield _IDENTIFIER, lambda m: self._identifier(m) if ends_in(_IDENTIFIED, m) else None
        yield _TOLL_FREE, self._toll_free
        yield _NUMBERED, lambda m: self._numbered(m) if ends_in(rf"{_OF_RECORDS}(?:\s?[A-Z]{{2}})?", m) else None
        yield _CARD, self._chain
        yield (
            _HYPHENED,
            lambda m: (
                f"{numerals.part(m[1])} {numerals.part(re.sub(_NO_DIGIT, '', m[2]))}"
                if ends_in(rf"{re.escape(reading.symbols['#'])}|art(?:icle|[ií]culo|icolo|igo|ikel)", m)
                else None
            ),
        )
        yield _PHONE, self._phone
        yield _CHAIN, self._chain
        yield _COMPASS, self._bearing
        yield _STROKES, self._strokes
        yield _STROKE, self._stroke
        yield _VERSION, self._version
        yield from self._ordinals()
        yield from self._decades()
        yield _RATIO, self._ratio
        oh = reading.zero_minute
        yield (
            re.compile(r"(?<!\w)['’](\d\d)(?!\w)"),  # a year
            lambda m: f"{oh} {numerals.cardinal(int(m[1]))}" if oh and m[1] < "10" else numerals.part(m[1]),
        )

    # Ordinal numbers and decades

    def _ordinals(self) -> Iterator[Rule]:
        reading = self._reading
        suffixes = any_of(reading.ordinal_suffixes)
        yield (
            re.compile(
                rf"(?<![\w.,])(\d{{1,9}}|\d{{1,3}}(?:,\d{{3}})+)(?![eE][-−]\d{{1,3}}(?!\w))({suffixes})(?!\w)",
                re.IGNORECASE,
            ),
            self._with_suffix,
        )
        if reading.plain_ordinals:
            yield (
                re.compile(r"(?<![\w.,])(\d{1,3})([ao])(?=\s[a-zà-ÿ]{3})"),
                lambda m: self._with_suffix(m) if ends_in(reading.plain_ordinals, m) else None,
            )
            yield (
                re.compile(r"(?<![\w.,])(\d{1,3})°(?=\s[a-zà-ÿ]{3})"),
                lambda m: self._with_suffix(m) if ends_in(reading.plain_ordinals, m) else None,
            )
        if reading.degree_ordinals:
            yield re.compile(rf"(?<![\w.,])(\d{{1,2}})°(?=\s(?:{reading.degree_ordinals}))"), self._with_suffix
        months = any_of(self._moments.months.values())
        if reading.ordinal_dot:
            yield re.compile(rf"(?<![\w.,])(\d{{1,2}})\.\s?([–/-])\s?(\d{{1,2}})\.(?=\s(?:{months}))"), self._days
            nouns = "|".join(reading.ordinal_nouns)
            yield re.compile(rf"(?<![\w.,])(\d{{1,2}})\.\s?([–/-])\s?(\d{{1,2}})\.(?=\s(?:{nouns}))"), self._days
            yield (
                re.compile(rf"(?<![\w.,])(\d{{1,2}})\.\s({re.escape(reading.to)})\s(\d{{1,2}})\.(?=\s(?:{months}))"),
                self._days,
            )
            yield re.compile(r"(?<![\w.,])(\d{1,3})\.(?=\s?[^\W\d_])"), self._with_dot
            yield re.compile(r"(?<![\w.,])(\d{1,3})\.(?=[,;)])"), self._with_dot_alone
        if reading.day == "first":
            of = rf"(?:{re.escape(reading.date.split('}')[1].split('{')[0].strip())}\s)?"
            yield (
                re.compile(rf"(?<![\w.,:])(1)(?=\s{of}(?:{months})\b)"),
                self._first_of_month,
            )
        yield re.compile(rf"(?<![\w.,])(\d{{1,2}})\.(?=\s(?:{months}))"), lambda m: self._numerals.cardinal(int(m[1]))

    def _first_of_month(self, found: re.Match[str]) -> str:
        if _ELIDED.search(found.string[: found.start()][-2:]):  # "l'1 maggio"
            return self._numerals.cardinal(1)
        return self._moments.day(1, nominative=True)

    def _with_suffix(self, found: re.Match[str]) -> str:
        number = int(found[1].replace(",", ""))
        ending = found[2] if found.re.groups > 1 else ""
        if self._reading.first and number == 1:
            masculine, feminine = self._reading.first
            return masculine if ending in {"", "er", "ers"} else feminine
        ordinal = self._numerals.ordinal(number)
        shortened = self._reading.shortened_ordinals if not ending or ending.endswith(("º", "o")) else ""
        if shortened and re.match(r"\s(?!de\b|del\b|y\b)[a-zà-ÿ]", found.string[found.end() :][:5]):
            ordinal = re.sub(shortened, r"\1", ordinal)
        if ending.endswith(("ª", "a")):
            ordinal = " ".join(re.sub("o$", "a", word) for word in ordinal.split())
        return ordinal

    def _days(self, found: re.Match[str]) -> str:
        """Return the days of "5.–7. Mai" and "3./4. Oktober"."""
        between = self._reading.symbols["&"] if found[2] == "/" else self._reading.to
        nominative = ends_in("der|die|das", found)
        return f" {between} ".join(self._moments.day(int(found[at]), nominative=nominative) for at in (1, 3))

    def _with_dot_alone(self, found: re.Match[str]) -> str | None:
        """Return the ordinal number of "der 1., der 2." where an article shows that it is one."""
        before = found.string[max(0, found.start() - 40) : found.start()]
        declined = next((end for words, end in self._reading.ordinal_endings if re.search(words, before)), None)
        if declined is None and (became := _BECAME.search(before)):
            declined = "" if became[1] else "r"
        if declined is None and _OF_A_PLAYER.search(before):  # a minute
            declined = ""
        return None if declined is None else self._numerals.ordinal(int(found[1])) + declined

    def _with_dot(self, found: re.Match[str]) -> str | None:
        """Return the ordinal number of "am 3. Mai" and "im 19. Jahrhundert", and in the case required by the words
        before."""
        reading = self._reading
        before, after = found.string[max(0, found.start() - 40) : found.start()], found.string[found.end() :]
        before = _LISTED_ORDINALS.sub("", before)  # "der 3. und 4. Mai"
        if after.startswith((" und ", " oder ", " bis ")):
            before = re.sub(r"(?:\d{1,3}\., )+$", "", before)
        declined = next((end for words, end in reading.ordinal_endings if re.search(words, before)), None)
        noun = re.match(rf"\s?({'|'.join((*reading.ordinal_nouns, *self._moments.months.values()))})", after)
        lower = re.match(r"\s[a-zäöüß]", after)
        as_what = (
            before.endswith(("als ", "Als "))
            or bool(_BECAME.search(before) and lower)
            or bool(re.search(r"[A-ZÄÖÜ]\w+s\s$", before) and lower is None)
        )
        if declined is None and not before.strip():
            if listed := _LISTS_ORDINALS.match(after):  # "1. und 2. Klasse"
                counted = re.match(r"\s([A-ZÄÖÜ]\w+)", after[listed.end() :])
                feminine = bool(counted and self._nouns.is_feminine(counted[1]))
                return self._numerals.ordinal(int(found[1])) + reading.ordinal_alone[feminine]
            if not noun:  # the number of an item
                return None
        named = re.match(r"\s?([A-ZÄÖÜ]\w+)", after)
        in_list = (
            before.rstrip().endswith((",", "(")) and named is not None and named[1].lower() not in self._small_words
        )
        if declined is None and not (noun or as_what or in_list) and not (lower and not re.search(r"\w\s+$", before)):
            return None
        if declined is None and lower and (became := _BECAME.search(before)):
            declined = "" if became[1] else "r"
        neuter = bool(named and reading.neuter and re.search(reading.neuter, named[1]))
        if declined is None:
            alone = not before.strip() or before.rstrip()[-1] in ".,;:!?(" or as_what
            feminine = named is not None and self._nouns.is_feminine(named[1])
            declined = reading.ordinal_alone[feminine] if alone else reading.day_ending
        if declined == "r" and neuter:  # "ein viertes Kind"
            declined = "s"
        return self._numerals.ordinal(int(found[1])) + declined

    def _decades(self) -> Iterator[Rule]:
        if self._reading.month_first:
            months = "|".join(self._moments.months.values())
            day = rf"([12]?\d|3[01])(?![\d:/%]|[.,]\d|st|nd|rd|th|{SPACE}?(?:am|pm|a\.m|p\.m|%))"
            yield (
                re.compile(day),
                lambda m: (
                    self._numerals.ordinal(int(m[1]))
                    if int(m[1]) and ends_in(rf"(?:{months})(?:\s\d{{1,2}}\s?[–-])?", m)
                    else None
                ),
            )
        if self._reading.decades:
            yield re.compile(r"(?<![\w.,])['’]?(1[1-9]|20)?(\d0)['’]?s(?:['’](?!\w))?(?!\w)"), self._decade
        if self._reading.before_decade:  # "los 90s"
            yield (
                re.compile(r"(?<![\w.,])['’]?([2-9]0)['’]?s(?!\w)"),
                lambda m: self._numerals.cardinal(int(m[1])) if ends_in(self._reading.before_decade, m) else None,
            )
        if self._reading.decade_suffix:
            yield re.compile(rf"(?<![\w.,])['’]?(\d{{1,4}})({self._reading.decade_suffix})\b"), self._decade_of_suffix

    def _decade(self, found: re.Match[str]) -> str | None:
        plural = self._reading.decades.get(found[2])
        if not plural or (not found[1] and found[2] == "10"):
            return None
        if found[1] in {"20", None} and found[2] == "00":
            plural = self._reading.scales[3].split("|")[1] + "s"
            return f"{self._numerals.cardinal(2)} {plural}"
        return f"{self._numerals.cardinal(int(found[1]))} {plural}" if found[1] else plural

    def _decade_of_suffix(self, found: re.Match[str]) -> str:
        number = int(found[1])
        said = self._numerals.year(number) if number > 99 else self._numerals.cardinal(number)
        return said + found[2]

    # Numbers that are read digit by digit, or part by part

    def _phone(self, found: re.Match[str]) -> str | None:
        groups = re.findall(r"\d+", found[0])
        if not 7 <= sum(map(len, groups)) <= 16:
            return None
        if self._reading.decimal_comma and len(groups) < 4 and all(len(group) == 3 for group in groups[1:]):
            free = rf"(?:{self._reading.dialed or '(?!)'}|{_FREE_NUMBER})(?: il| el| al| o)*(?: l['’])?"
            if groups[0] in {"800", "900"} and ends_in(free, found):
                return ", ".join(map(self._numerals.digits, groups))
            return None  # "+1 234 567" inhabitants
        plus = f"{self._reading.symbols['+']} " if found[0].startswith("+") else ""
        return plus + ", ".join(map(self._numerals.digits, groups))

    def _toll_free(self, found: re.Match[str]) -> str:
        plus = f"{self._reading.symbols['+']} " if found[1] else ""
        return f"{plus}{self._numerals.digits('1')}, {self._numerals.digits(found[2])}, {found[3]}"

    def _numbered(self, found: re.Match[str]) -> str | None:
        groups = re.findall(r"\d+", found[0])
        if sum(map(len, groups)) < 4:
            return None
        return ", ".join(filter(None, (*map(self._numerals.digits, groups), found[1])))

    def _account(self, found: re.Match[str]) -> str:
        """Return the number of an account, by its groups."""
        return ", ".join(map(self._spelled, re.split(r"[ \u00a0]", found[0])))

    def _chain(self, found: re.Match[str]) -> str:
        parts = re.split("[- ]", found[0])
        if max(map(len, parts)) > 2:
            return ", ".join(map(self._numerals.digits, parts))
        return " ".join(map(self._numerals.part, parts))

    def _identifier(self, found: re.Match[str]) -> str:
        said = {"-": ",", ".": f" {self._reading.dot}", "/": f" {self._reading.slash}"}
        return "".join(
            said.get(each) or f" {self._numerals.digits(each) if each.isdecimal() else each.upper()}"
            for each in found[0]
        ).strip()

    def _ratio(self, found: re.Match[str]) -> str:
        said = []
        for part in found.groups():
            decimal = re.fullmatch(r"(\d+)[.,](\d{1,2})", part)
            said.append(
                self._numerals.decimal(*decimal.groups()) if decimal else self._numerals.part(re.sub(r"\D", "", part))
            )
        return f" {self._reading.ratio} ".join(said)

    def _version(self, found: re.Match[str]) -> str | None:
        parts = found[2].split(".")
        if not found[1] and (len(parts) < 3 or self._is_grouped(parts)):
            return None
        version = f"{self._reading.version} " if found[1] else ""
        return version + f" {self._reading.dot} ".join(map(self._numerals.part, parts))

    def _network(self, found: re.Match[str]) -> str | None:
        """Return an address of the Internet, the size of its network or its port."""
        if any(int(part) > 255 for part in found[1].split(".")):
            return None
        said = f" {self._reading.dot} ".join(map(self._numerals.part, found[1].split(".")))
        if not found[2]:
            return said
        between = self._reading.slash if found[2] == "/" else self._reading.colon
        return f"{said} {between} {self._numerals.part(found[3])}"

    def _bare_unit(self, found: re.Match[str]) -> str:
        """Return a quotient of units that no number is before: "in µg/m³"."""
        said = self._amounts.read(f"2 {found[0]}", 0)
        return said[0].partition(" ")[2] if said and said[1] == len(found[0]) + 2 else found[0]

    def _hexadecimal(self, found: re.Match[str]) -> str:
        sign = self._reading.symbols["#"] if found[1] == "#" else f"{self._numerals.cardinal(0)} x"
        return f"{sign} {self._spelled(found[2])}"

    def _spelled(self, text: str) -> str:
        """Letters and digits one by one."""
        return " ".join(self._numerals.digits(each) if each.isdecimal() else each.upper() for each in text)

    def _standard(self, found: re.Match[str]) -> str:
        """Return a standard and its year: ISO 9001:2015."""
        return f"{self._numerals.cardinal(int(found[1]))}, {self._numerals.year(int(found[2]))}"

    def _is_grouped(self, parts: list[str]) -> bool:
        return 1 <= len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:])

    # Angles and lengths that are written with strokes; raised numbers

    def _bearing(self, found: re.Match[str]) -> str:
        reading, said = self._reading, []
        names = (reading.degrees, *(self._names(unit) for unit in ("duration-minute", "duration-second")))
        for written, name in zip(found.groups()[:3], names, strict=True):
            if written:
                number = self._numerals.read(written.removeprefix("0") or "0", 0)
                one, many = name.split("|")
                if number:
                    said.append(f"{number.words} {one if number.value == Decimal(1) else many}")
        return " ".join([*said, reading.compass[found[4]]])

    def _names(self, unit: str) -> str:
        return "|".join(self._nouns.named(unit, Decimal(count)).said for count in (1, 5))

    def _strokes(self, found: re.Match[str]) -> str:
        """Feet and inches; minutes and seconds where there are as many as no foot has inches."""
        said = []
        angle = found.string[max(0, found.start() - 2) : found.start()].rstrip().endswith("°")
        lasting = found[2] and (angle or (found[2].isascii() and Decimal(found[2]) >= 12))
        units = ("duration-minute", "duration-second") if lasting else ("length-foot", "length-inch")
        for written, unit in zip(found.groups(), units, strict=True):
            number = self._numerals.read(written, 0) if written else None
            if number:
                noun = self._nouns.named(unit, number.value)
                said.append(f"{self._numerals.agreeing(number.words, feminine=noun.feminine)} {noun.said}")
        return " ".join(said)

    def _stroke(self, found: re.Match[str]) -> str | None:
        """Feet and inches alone; minutes and seconds where lengths are metric, but inches of screens. What a quotation
        ends with is neither."""
        before = found.string[max(0, found.start() - 200) : found.start()]
        mark, metric = found[2], self._reading.decimal_comma
        if metric and re.search(r"\b(?:années|anni|años|anos|Jahren?)\s$", before):
            return None
        quoted = re.search(r"(?<!\w)'(?=\w)", before) or (not metric and re.search(r"\b[A-Z]\w*\s$", before))
        if mark == "'" and quoted:
            return None
        if mark == '"' and _in_quotation(before):
            return None
        number = self._numerals.read(found[1], 0)
        if not number or number.end != len(found[1]):
            return None
        if mark in {"'", "′"}:
            lasting = re.search(r"(?:°|\(|\d['′],|\bthe)\s?$", before)  # an angle, minutes of a match
            unit = "duration-minute" if metric or lasting else "length-foot"
        else:
            unit = "duration-second" if metric and mark == "''" else "length-inch"
        part = not number.whole and number.value < 1
        noun = self._nouns.named(unit, Decimal(1) if part else number.value)
        of = self._reading.of if part else ""
        return f"{self._numerals.agreeing(number.words, feminine=noun.feminine)} {of}{noun.said}"

    def _raised(self, found: re.Match[str]) -> str | None:
        plain = unicodedata.normalize("NFKC", found[0]).replace("−", "-")
        if ion := re.fullmatch(r"(\d?)([+-])", plain):
            sign = self._reading.symbols["+"] if ion[2] == "+" else self._reading.minus
            return f"{self._numerals.part(ion[1])} {sign}" if ion[1] else sign
        return self._numerals.to_the_power(int(plain)) if re.fullmatch(r"[+-]?\d+", plain) else None


def _in_quotation(before: str) -> bool:
    """Tell whether a text ends within straight quotation marks; those right behind a digit are inches, outside any."""
    within = False
    for mark in re.finditer('(.?)"', before):
        within = not within and not mark[1].isnumeric()
    return within
