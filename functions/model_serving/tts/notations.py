"""Notations that are no numbers and no abbreviations: ratings, formulas, powers, moves of chess, signs before dates.

Each is put into numbers and words of a language before its numbers are read; a notation is one only in its place
("8/10" behind "rated", "0-0" among moves of chess), so each rule is a pattern of that place.
"""

# ruff: noqa: RUF001 - signs of mathematics, dashes and stars are what this is about

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

from common.languages import pack_of
from common.languages.pack import Pack, Reading

Rule = tuple[re.Pattern[str], "str | Callable[[re.Match[str]], str]"]
_STARS = re.compile(r"(?<![★⭐✭✮✰☆✩\w])(\d{1,3}(?:[.,]\d)?\s?)?([★⭐✭✮✰]{1,10})([½⯨]?)([☆✩✰]{0,9})\ufe0f?")
_MOST_OF: Final = frozenset((3, 4, 5, 6, 10, 20, 30, 100))
"""What ratings and grades are commonly out of."""
_OUT_OF_ITSELF: Final = frozenset((5, 6, 10, 30, 100))
_SHARE = re.compile(r"(?<![\w.,/])(\d{1,3})((?:[.,]\d{1,2})?)\s?/\s?(\d{1,3})(?![\w/°]|[.,]\d)")
_POWER = re.compile(r"(?<=[\w)\]])\^[({]([^(){}]{1,30})[)}]")
_TEN_TO_THE_MINUS = re.compile(r"(?:(?<=[×·⋅*x]\s)|(?<=[×·⋅*]))10\s?[−-](\d{1,2})(?![\d,.]\d|\d)")
"""As formulas come out of PDFs and pages, which know no raised numbers."""
_MIXED = re.compile(r"(?<![\w.,/-])(\d{1,3})-([1-9]\d?)/(2|3|4|8|16|32|64)(?![\w/])")
_EQUATED = re.compile(r"(?<![\w.,/])(\d{1,6})\s?/\s?(\d{1,6})(?=\s?=)")
_BY_EXPONENT = re.compile(
    r"(?<=\d)([ \u00a0\u202f]?[kmµncdGM]?[A-Za-zΩ]{1,3}[²³]?)"
    r"((?:[ \u00a0\u202f·⋅](?:[kmµncd]?(?:g|m|[lL]|mol|s|h|J|W|K|Pa|V|eq)|min|d|ha|yr)⁻[¹²³])+)(?!\w)"
)
"""Units that a quantity is divided by: "5 mg kg⁻¹", "9.8 m s⁻²"."""
_PER_SO_MUCH = re.compile(
    r"(?<=\d)([ \u00a0\u202f]?(?:[kmµ]?g|[kmµ]?mol|k?cal|kJ|I[UE]|UI|[mcdµ]?[lL](?:/(?:min|h))?))"
    r"/(\d{1,4}(?:[.,]\d{1,2})?)(?=\s?(?:h|min|m²|m2|[mdc]?[lL]|k?g|k?cal|kJ|Tage?|days?)(?!\w))"
)
"""What a dose or a rate is of, where it is not one of it: "4 g/24 h", "60 mL/min/1.73 m²"."""
_SETS = re.compile(r"(?<![\w/.,])[0-7]/[0-7](?:(?:,| e| et| y| and| und)? [0-7]/[0-7])+(?![\w/]|[.,]\d)")
"""Of tennis, each by its games."""
_SET: Final = re.compile("6/[0-4]|[0-4]/6|7/[56]|[56]/7")
_MINUS_X = re.compile(r"(?<![\w)\]°%-])(?:-(?=[xyz](?![\w-]))|−(?=[a-zA-Zα-ω](?![\w-])))")
_THOUSANDS = re.compile(r"([$€£¥]\s?)(\d{1,3}),(\d{3})(?!\d|[.,]\d)")
"""Money has no three decimals: a comma is of thousands there, as in Latin America and in English."""
_NO_ZERO = re.compile(r"(?<=[=<>≤≥]\s)([-−+]?)[.,](?=\d)|(?<=[=<>≤≥])([-−+]?)[.,](?=\d)")
_SHORT_NUMBER: Final = r"(?:1\d\d|[2-9]11|999|988|000)(?![\w%]|[.,:-]\d|\s(?:people|Personen|Menschen|[^\W\d_]{3,}s\b))"
"""Of an emergency service, or an information."""
_SQUARE: Final = "[a-h][1-8]"
_RESULT: Final = r"(?:=(?P<becomes>[A-Z]))?(?P<check>\+\+|[+#])?(?P<mark>[!?]{0,2})(?![\w+#])"


def stars_counted(text: str, language: str) -> str:
    """Say how many stars there are: "★★★★☆", "5★"."""
    reading = pack_of(language).reading
    one, many, *most = reading.stars.split("|")

    def counted(found: re.Match[str]) -> str:
        if found[1]:
            return f"{found[1].strip()} {one if found[1].strip() == '1' else many}"
        given = f"{len(found[2])}{' 1/2' if found[3] else ''}"
        if found[4]:
            return f"{given} {reading.out_of} {len(found[2]) + bool(found[3]) + len(found[4])} {(*most, many)[0]}"
        return f"{given} {one if given == '1' else many}" if len(found[2]) > 1 else found[0]

    return _STARS.sub(counted, text) if not text.isascii() else text


def in_words_and_numbers(text: str, language: str) -> str:
    """Put the notations of `text` into words and numbers."""
    for pattern, said in _rules(language):
        text = pattern.sub(said, text)
    return _chess(language)(text)


@cache
def _rules(language: str) -> tuple[Rule, ...]:
    reading = pack_of(language).reading
    return (*_own(pack_of(language)), *_formulas(reading), *_ratings(reading), *_signs(reading), *_moments(reading))


def _formulas(reading: Reading) -> Iterator[Rule]:
    def raised(found: re.Match[str]) -> str:
        exponent = found[1].strip()
        return f"^{exponent}" if re.fullmatch(r"[-−+]?\d{1,4}|\w", exponent) else f" {reading.power} {exponent} "

    yield _POWER, raised
    yield _TEN_TO_THE_MINUS, r"10^-\1"
    yield _BY_EXPONENT, lambda m: m[1] + re.sub(r"[ \u00a0\u202f·⋅](\w+?)⁻([¹²³])", _divided, m[2])
    yield _SETS, lambda m: m[0].replace("/", "-") if _are_sets(m[0]) else m[0]
    yield _MIXED, lambda m: f"{m[1]} {m[2]}/{m[3]}" if int(m[2]) < int(m[3]) else m[0]
    yield _EQUATED, lambda m: m[0] if int(m[1]) < int(m[2]) else f"{m[1]} ÷ {m[2]}"
    yield _MINUS_X, f"{reading.minus} "
    if reading.decimal_comma:
        yield _THOUSANDS, r"\1\2\3"
        yield _NO_ZERO, lambda m: f"{m[1] or m[2] or ''}0,"


def _divided(unit: re.Match[str]) -> str:
    return f"/{unit[1]}{unit[2].replace('¹', '')}"


def _are_sets(results: str) -> bool:
    """Tell whether these are results of sets, of which at least one could be no part of a whole."""
    each = re.findall(r"\d/\d", results)
    return all(map(_SET.fullmatch, each)) and any(result[0] > result[2] for result in each)


def _ratings(reading: Reading) -> Iterator[Rule]:
    rated = re.compile(rf"\b(?:{reading.rated})\b[^\w.;]{{0,4}}(?:\w+[ \u00a0]){{0,2}}$", re.IGNORECASE)
    nouns = "|".join((*reading.stars.split("|"), *reading.points.split("|")))
    counted = re.compile(rf"[ \u00a0-](?:{nouns})n?\b", re.IGNORECASE)

    dated = re.compile(rf"\b(?:{'|'.join(reading.before_date)})\s$" if reading.before_date else r"(?!)")

    def out_of(found: re.Match[str]) -> str:
        given, most = int(found[1]), int(found[3])
        if (
            given > most
            or most not in _MOST_OF
            or dated.search(found.string[max(0, found.start() - 20) : found.start()])
        ):
            return found[0]
        if (
            found[2]
            or (given == most and most in _OUT_OF_ITSELF)
            or counted.match(found.string, found.end())
            or (most > 4 and rated.search(found.string[max(0, found.start() - 40) : found.start()]))
        ):
            return f"{found[1]}{found[2]} {reading.out_of} {found[3]}"
        return found[0]

    yield _SHARE, out_of


def _signs(reading: Reading) -> Iterator[Rule]:
    yield _PER_SO_MUCH, rf"\1 {reading.per} \2"
    yield re.compile(r"#(?=\d+-\d)"), f"{reading.symbols['#']} "
    yield re.compile(r"\+\s?/\s?[-−–](?=\s?\d)|\+-(?=\d)"), "±"
    yield re.compile(r"(?<![\w/])[fƒ]/(?=\d)"), "f "
    yield re.compile(r"(?<![\w/.,])(\d{1,3})/(\d{1,3})(?=\s(?:ans|años|anos|anni|Jahren?|years)\b)"), r"\1-\2"
    number = r"\d(?:[.,]\d)?"  # the ratio of a blood test is no sum of rupees
    yield (
        re.compile(rf"(?<!\w)INR(?=(?:\s[a-z]+)?\s?[:=<>]?\s?{number}(?:\s?[–-]\s?{number})?(?![\d%]|[.,]\d))"),
        "I N R",
    )
    yield re.compile(r"(?<!\w)PHP(?=\s?[4-9](?:\.\d{1,2}){0,2}(?![\w%]|[.,]\d))"), "P H P"  # the language
    yield (  # two prices
        re.compile(r"(?<![\w/.,])((?:R\$|US\$|[$€£])\s?)?(\d{1,3})/(\d{1,3})(?![\w/.,]\d)(\s?€)?(?!\s?/|\w)"),
        lambda m: f"{m[1] or ''}{m[2]}, {m[3]}{m[4] or ''}" if (m[1] or m[4]) and int(m[3]) > 4 else m[0],
    )
    yield (
        re.compile(
            r"(?<=\d)([\s-]?(?:oz|lbs?|mi|mph|in|ft|kg|km|cm|m|bit))/(?!100\b|1000\b)"
            r"(?=\d+(?:[.,]\d+)?\s?(?:mL|ml|g|kg|km/h|km|cm|m|lbs?|oz|mi|ft|in|mph|kHz)(?!\w))"
        ),
        r"\1, ",
    )
    measure = r"(?:[kMmµ]?[VWAΩ]|[kMG]?Hz|MP)"  # "12 V/2 A"
    yield re.compile(rf"(?<=\d)\s?({measure})/(\d+(?:[.,]\d+)?)\s?({measure})(?!\w)"), r" \1, \2 \3"
    yield re.compile(r"(?<![\w/.,])(\d{1,3})/([A-H])(?![\w/])"), r"\1-\2"  # the number of a house
    yield re.compile(r"[Ø⌀]\s?(?=\d)"), f"{reading.symbols['⌀']} "
    grade = r"(?<![^\W\d_])([A-D]{1,3}|F)"
    yield re.compile(rf"{grade}{'−' if reading.ordinal_dot else '[−-]'}(?=[,;.)]|\s|$)"), rf"\1 {reading.minus}"
    yield (
        re.compile(r"(\d{1,2})\s?(h|heures?|horas?|ore|ora|Std\.|hours?|hrs?)\s(?:(?:et|y|e|and|und)\s)?(?:1/2|½)"),
        r"\1½ \2",
    )
    yield re.compile(r"\$\s?(?=\d+(?:[.,]\d+)*\s(?:USD|MXN|COP|CLP|ARS|UYU|CAD|AUD|NZD|HKD|SGD)(?!\w))"), ""
    if reading.eras:
        yield re.compile(rf"(\d ?(?:{reading.eras}))\s?[–-]\s?(?=[\dA-Z])"), rf"\1 {reading.to} "
    if "SFr." in reading.currencies:
        yield re.compile(r"(?<![\w.])Fr\.\s?(?=\d+\.(?:\d\d(?![\d.])|[–-]))"), "CHF "
        yield re.compile(r"(?<=\d)\sFr\.(?=[,;:)]|\s[a-zäöü]|\s*$)"), " CHF"
    yield re.compile(r"([↑↓])(?=\s?[-−+]?\d)"), lambda m: f" {reading.symbols[m[1]]} "
    born, died = reading.born_died
    date = r"(?=(?:(?:um|ca\.|c\.|vers|hacia|circa)\s)?(?:\d{1,2}[. ]|[12]\d{3}\b))"
    yield re.compile(rf"(?<=\()\*\s?{date}"), f"{born} "
    yield re.compile(rf"[†✝]\s?{date}"), f"{died} "
    if reading.written_at:
        yield re.compile(r"(?<=[a-zà-ÿ])@(?=s?(?!\w))"), reading.written_at


def _moments(reading: Reading) -> Iterator[Rule]:
    """Quarters, zones, and times that athletes take."""
    yield re.compile(r"(?<![\w.,])(\d{1,3})\s?min\s?([0-5]?\d)s(?!\w)"), r"\1 min \2 s"
    yield re.compile(r"(?<![\w.,])(\d{1,3})m\s?([0-5]?\d)s(?!\w)"), r"\1 min \2 s"
    yield re.compile(r"(?<!\w)Q([1-4])\s?/\s?(\d{4}|\d\d)(?![\w/])"), r"Q\1 \2"
    yield (
        re.compile(r"\b(UTC|GMT)\s?([+−–-])\s?0?(\d{1,2})(?::00)?(?![\w:]|[.,]\d)"),
        lambda m: f"{m[1]} {reading.symbols['+'] if m[2] == '+' else reading.minus} {m[3]}",
    )
    point = "," if reading.decimal_comma else "."
    yield re.compile(r"(?<![\w.,])(\d{1,2})['′]([0-5]\d)(?:[\"″”]|''|'')(\d{1,3})(?!\w)"), rf"\1:\2{point}\3"
    yield (
        re.compile(r"(?<![\w.,])(\d{1,2})\s?h\s?([0-5]\d)['’′:]([0-5]\d)(?:''|[\"″”])?(?![\w.,]\d|\w)"),
        lambda m: f"{m[1]} h {m[2].removeprefix('0')} min {m[3].removeprefix('0')} s",
    )
    if reading.decimal_comma:
        yield re.compile(r"(?<![\w.,])(\d{1,3})\s?min\s?(\d{1,2})s(\d{1,3})(?!\w)"), r"\1 min \2,\3 s"
        yield re.compile(r"(?<![\w.,°])(\d{1,2})(?:[\"″]|s)(\d\d)(?![\w.,]\d|\w)"), r"\1,\2 s"
        yield re.compile(r"(?<![\w.,])(\d{1,4})\s?€(\d\d)(?!\d|[.,]\d|\s?€)"), r"\1,\2 €"


def _own(pack: Pack) -> Iterator[Rule]:
    """Yield the rules of what only this language writes so, and of what others write otherwise."""
    reading = pack.reading
    yield re.compile(r"(?<=\d)\s?([kMG]?t)(?=CO2)"), r" \1 "  # "5 MtCO2e"
    yield re.compile(r"(?<![\w-])50[-–]50(?![\w-])"), "50/50"
    yield re.compile(r"(?<=[\d.-])(alpha|beta|rc|pre|dev|preview)\.(?=\d)"), r" \1 "
    if reading.decimal_comma and not reading.ordinal_dot:  # the number of an item: "1° la parte, …"
        articles = "|".join(sorted(pack.nouns.articles | pack.nouns.fused, key=len, reverse=True))
        yield re.compile(rf"(^|[;:]\s|\n\s*)(\d|1\d)°\s(?=(?:{articles})\b)"), r"\1\2, "
    if reading.decimal_comma:
        yield re.compile(r"(?<![\w.,])([12])m(\d\d)(?!\w)"), r"\1 m \2"
    if reading.dialed:
        yield (
            re.compile(
                rf"(?i:\b(?:{reading.dialed}))\s{_SHORT_NUMBER}(?:(?:,|\s\w{{1,4}}(?:\s\w{{1,3}})?)\s{_SHORT_NUMBER})*"
            ),
            lambda m: re.sub(r"\d{3}", lambda number: " ".join(number[0]), m[0]),
        )
    yield from _days_with_strokes(pack)
    for written, otherwise in reading.notations:
        yield re.compile(written), otherwise


def _days_with_strokes(pack: Pack) -> Iterator[Rule]:
    """Days to days, with the number of their month: "du 3 au 5/6", "6/1–8/31"."""
    from babel.dates import get_month_names

    months = get_month_names("wide", locale=pack.locale.replace("-", "_"))
    month, day = "(0?[1-9]|1[0-2])", r"(0?[1-9]|[12]\d|3[01])"
    if pack.reading.month_first:
        yield (
            re.compile(rf"(?<![\w/.,]){month}/{day}\s?[–-]\s?{month}/{day}(?![\w/]|[.,]\d)"),
            lambda m: (
                f"{months[int(m[1])]} {int(m[2])} {pack.reading.to} {months[int(m[3])]} {int(m[4])}"
                if max(int(m[2]), int(m[4])) > 12
                else m[0]
            ),
        )
    elif not pack.reading.ordinal_dot:
        of = "de " if "de {month}" in pack.reading.date else ""
        yield (
            re.compile(rf"\b((?:du|del|de|dal|do) {day} (?:au|al|a|ao) {day})/{month}(?![\w/])"),
            lambda m: f"{m[1]} {of}{months[int(m[4])]}",
        )


@cache
def _chess(language: str) -> Callable[[str], str]:
    """Say moves of chess, where a text has any that nothing else looks like.

    https://www.fide.com/FIDE/handbook/LawsOfChess.pdf, appendix C; pieces have letters in each language."""
    words = pack_of(language).reading.chess
    pieces = {**dict(zip("KQRBN", words.pieces, strict=True)), **dict(zip(words.letters, words.pieces, strict=True))}
    piece = f"[{''.join(pieces)}]"
    sure = re.compile(
        rf"(?<!\w)(?:(?:{piece}[a-h]?[1-8]?|[a-h])x{_SQUARE}(?!\w)|{piece}[a-h]?[1-8]?{_SQUARE}(?:=[A-Z])?[+#]|{_SQUARE}=[A-Z]"
        rf"|\d{{1,3}}\.(?:\.\.)?\s?(?:{piece}[a-h]?[1-8]?x?{_SQUARE}|[a-h](?:x[a-h])?[1-8]|([O0])-\1)(?!\w))"
    )
    number = re.compile(
        rf"(?<![\w.])(\d{{1,3}})\.(?:\.\.)?\s?(?=(?:{piece}[a-h]?[1-8]?x?{_SQUARE}|[a-h](?:x[a-h])?[1-8]|([O0])-\2)(?!\w))"
    )
    move = re.compile(
        rf"(?<![\w.])(?:(?P<piece>{piece})?(?P<from>[a-h]?[1-8]?)(?P<takes>x?)(?P<file>[a-h])(?P<rank>[1-8])"
        rf"|(?P<castles>[O0]-[O0](?:-[O0])?)){_RESULT}"
    )

    def said(found: re.Match[str]) -> str:
        if found["castles"]:
            parts = [words.castles[found["castles"].count("-") - 1]]
        else:
            origin = " ".join(found["from"])
            parts = [pieces.get(found["piece"] or "", ""), origin, words.takes if found["takes"] else ""]
            parts.append(f"{found['file']} {found['rank']}")
        if found["becomes"]:
            parts.append(f"{words.becomes} {pieces.get(found['becomes'], found['becomes'])}")
        check = {"#": f", {words.mate}", None: ""}.get(found["check"], f", {words.check}")
        return f"{' '.join(filter(None, parts))}{check}{found['mark'][:1]}"

    def spoken(text: str) -> str:
        return move.sub(said, number.sub(r"\1, ", text)) if sure.search(text) else text

    return spoken
