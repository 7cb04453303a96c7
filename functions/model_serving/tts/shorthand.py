"""Abbreviations beside numbers, written out before numbers are read: days and months, laws and scripture, the sizes of
things, doses, and names of files and sites.

Each abbreviation is one only in its place ("Sat." before a time, "S." behind a paragraph's number), so each rule is a
pattern of that place; the words are the pack's, and those of days and months CLDR's.
"""

# ruff: noqa: RUF001 - dashes, primes and signs of sizes are what this is about

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Final

from common.languages import pack_of
from common.languages.pack import Pack

Rule = tuple[re.Pattern[str], "str | Callable[[re.Match[str]], str]"]
_ENDINGS: Final = (
    "com|org|net|edu|gov|int|io|dev|app|ai|tv|info|biz|eu|de|fr|es|it|pt|br|uk|ch|at|nl|us|ca|mx|ar|md|txt|pdf|docx?"
    "|xlsx?|pptx?|csv|json|xml|ya?ml|toml|ini|cfg|py|js|ts|java|cpp|go|rs|sh|exe|zip|tar|gz|jpe?g|png|gif|svg|mp3|mp4"
    "|wav|ogg|html?|css|log"
)
"""Of the names of sites and files."""
_NAME = re.compile(
    rf"(?<![\w@/.-])([A-Za-z0-9][\w-]*(?:\.[\w-]+)*\.(?P<ending>{_ENDINGS}))(?![\w]|\.\w|-\w)(?:/[\w./?=&%#-]*\w)?"
)
_UNIT: Final = r"(?:\s?(?:mm|cm|dm|km|m|ft|px|pixels?|Pixel|Zoll|pouces)\b|\s?in\b(?!\s[a-z])|['′]|[\"″])"
_LENGTH: Final = rf"(?:\d{{1,2}}['′]\s?\d{{1,2}}[\"″]|\d+(?:[.,]\d+)?(?:{_UNIT})?)"
_SIZE = re.compile(rf"(?<![\w.,-])(?<!\d['′])(?!0x){_LENGTH}(?:\s?[x×]\s?{_LENGTH}){{1,2}}(?![\w.]\w)")
_SIGN_OF_SIZE = re.compile(r"\s?[x×]\s?(?=\d)")
_PIXELS = re.compile(r"\d{3,5}×\d{3,5}")
_SO_MANY_TIMES = re.compile(
    r"(?<![\w.,/])(?<![=+(]\s)(\d{1,3}(?:[.,]\d{1,2})?)\s?x(?=\s+(?:[^\W\d_]{2}|s/)|/[^\W\d_]|-[^\W\d_]{2}|[,.;:!?)](?!\w)|\s*$)"
)
_SMALL: Final = r"(?=[\d,;)/–-]|\s+[a-zà-ÿ\d]|\s?[–-])"
"""What shows that a dot belongs to an abbreviation, and ends no sentence."""


def written_out(text: str, language: str) -> str:
    """Write out the abbreviations in `text` that stand beside numbers."""
    for pattern, said in _rules(language):
        text = pattern.sub(said, text)
    return text


@cache
def _rules(language: str) -> tuple[Rule, ...]:
    pack = pack_of(language)
    return (
        *_names(pack),
        *_spans_of_months(pack),
        *_days(pack),
        *_months(pack),
        *_spans(pack),
        *_citations(pack),
        *_behind_and_before_numerals(pack),
        *_sizes(pack),
    )


def _names(pack: Pack) -> Iterator[Rule]:
    dot = f" {pack.reading.dot} "
    words = pack.stop_words | pack.nouns.function_words  # a full stop without a space: "the end.it began"

    def said(found: re.Match[str]) -> str:
        if found["ending"] in words:
            return found[0]
        return found[1].replace("_", " ").replace(".", dot)

    yield _NAME, said


def _days(pack: Pack) -> Iterator[Rule]:
    from babel.dates import get_day_names

    locale = pack.locale.replace("-", "_")
    wide = get_day_names("wide", locale=locale)
    short = {name.rstrip("."): wide[day] for day, name in get_day_names("abbreviated", locale=locale).items()}
    short |= {written.capitalize(): name.capitalize() for written, name in short.items()}
    any_day = _any_of(short)
    to, between = pack.reading.to, rf"(?:,|,?\s(?:{re.escape(pack.reading.symbols['&'])}|&))\s"

    def each(found: re.Match[str]) -> str:
        return re.sub(rf"(?<!\w)({any_day})(?!\w)\.?", lambda day: short[day[1]], found[0])

    yield (
        re.compile(rf"(?<![\w.])(?<!\d\s)({any_day})\.?\s?[–-]\s?({any_day})(?!\w)(?:\.{_SMALL})?"),
        lambda found: f"{short[found[1]]} {to} {short[found[2]]}",
    )
    yield re.compile(rf"(?<![\w.])(?<!\d\s)(?:{any_day})\.?(?:{between}(?:{any_day})(?!\w)(?:\.{_SMALL})?)+"), each
    yield re.compile(rf"(?<![\w.])(?<!\d\s)({any_day})\.(?!\s\d{{4}}\b){_SMALL}"), lambda found: short[found[1]]
    sure = _any_of(name for name in short if name.lower() not in pack.reading.days_like_words)
    yield (
        re.compile(rf"(?<![\w.])(?<!\d\s)({sure})\.(?=\s+[A-ZÀ-Þ]|\s*$|[:!?)»”\"])"),
        lambda found: f"{short[found[1]]}.",
    )
    marks = "|".join(map(re.escape, (*pack.reading.hour_marks, "am", "pm", "AM", "PM")))
    time = rf"(?=\s\d{{1,2}}(?:[:.h]\d\d|\s?[–-]\s?\d|\s?(?:{marks})\b))"
    yield re.compile(rf"(?<![\w.])(?<!\d\s)({any_day}){time}"), lambda found: short[found[1]]


def _short_months(locale: str) -> set[str]:
    from babel.dates import get_month_names

    return {name.rstrip(".") for name in get_month_names("abbreviated", locale=locale).values()}


def _spans_of_months(pack: Pack) -> Iterator[Rule]:
    """Yield the rules of two months in short with a dash between, which may be days as well: "gen.–mar."."""
    from babel.dates import get_month_names

    locale = pack.locale.replace("-", "_")
    wide = get_month_names("wide", locale=locale)
    short = {name.rstrip("."): wide[number] for number, name in get_month_names("abbreviated", locale=locale).items()}
    short |= {written.capitalize(): name for written, name in short.items()}
    either = _any_of(name for name in short if len(name) > 2)
    yield (
        re.compile(rf"(?<![\w.])(?<!\d )({either})\.?\s?[–-]\s?({either})(?!\w)(?:\.{_SMALL})?"),
        lambda found: f"{short[found[1]]} {pack.reading.to} {short[found[2]]}",
    )


def _months(pack: Pack) -> Iterator[Rule]:
    from babel.dates import get_month_names

    locale = pack.locale.replace("-", "_")
    of = "de " if "de {month}" in pack.reading.date else ""
    for number, name in get_month_names("wide", locale=locale).items():
        forms = {
            get_month_names("abbreviated", locale=locale)[number],
            get_month_names("abbreviated", "stand-alone", locale)[number],
            name[:4] if number in {7, 9} else "",  # "Sept.", "juil."
            name[:5] if number == 7 else "",  # "juill."
        }
        stems = {stem for form in forms if len(stem := form.rstrip(".")) > 2 and stem not in {name, name[:-1]}}
        behind = r"(?:(?<=\d )|(?<=\d(?:st|nd|rd|th|er) )|(?<=\d[º°] )|(?<=\d\. )|(?<=\d de ))"
        year = r"(?=\s(?:de\s)?(?:\d{4}\b|['’]\d\d\b))"
        if of:
            yield (
                re.compile(rf"(?<=\d )(?:{_any_of(stems | {name[:3]})})\.?(?=\s\d{{4}}\b)"),
                f"{of}{name} {of.strip()}",
            )
        yield re.compile(rf"{behind}(?:{_any_of(stems | {name[:3]})})\.?{year}"), name
        if not stems:
            continue
        weeks = {stem for stem in stems if f"{stem}." in pack.reading.units}
        if weeks and pack.reading.before_date:  # "il 2 sett.", but "2 sett. di vacanza"
            before = "|".join(pack.reading.before_date)
            yield (
                re.compile(rf"(\b(?:{before}|l['’])\s?\d{{1,2}} )(?:{_any_of(weeks)})(?:\.{_SMALL}|(?=\.))"),
                rf"\1{name}",
            )
            stems -= weeks
            if not stems:
                continue
        dot = r"\.?" if pack.reading.day == "ordinal" else r"\."
        either = _any_of({*stems, *(stem.capitalize() for stem in stems)})
        yield (
            re.compile(rf"(?<![\w.])(?:{either}){dot}(?=\s\d{{4}}\b|[–-](?:{_any_of(_short_months(locale))})\b)"),
            name,
        )
        if pack.reading.day == "ordinal":
            yield re.compile(rf"(?<![\w.])(?:{_any_of(stems)})\.?(?=\s\d{{1,2}}(?:st|nd|rd|th)?\b)"), name
        short = rf"(?:{_any_of(stems)})(?:\.{_SMALL}|\.(?=\s?[–-]\s?\d)|(?=\.))"
        yield re.compile(rf"(?:(?<=\d\. )|(?<=\d de )|(?<=\der )){short}"), name
        yield re.compile(rf"(?:(?<=\d )|(?<=\d[º°] )){short}"), f"{of}{name}"
        if alone := stems - pack.reading.months_like_words:
            yield re.compile(rf"(?<![\w.])(?:{_any_of(alone)})\.(?=[,;)/–-]|\s(?:\d|[a-zà-ÿ]))"), name


def _spans(pack: Pack) -> Iterator[Rule]:
    """Yield the dash between a day with its month and another: "June 3–July 5", "30.12.–2.1."."""
    from babel.dates import get_month_names

    names = _any_of(get_month_names("wide", locale=pack.locale.replace("-", "_")).values())
    to = pack.reading.to
    yield re.compile(rf"(?<=\d)\s?[–-]\s?(?=(?:{names})\s\d)"), f" {to} "
    yield re.compile(rf"(?<!\w)({names})\s?[–-]\s?(?=(?:{names})(?!\w))"), rf"\1 {to} "
    yield re.compile(rf"(?<=\d )({names})\s?[–-]\s?(?=\d{{1,2}}\.?\s(?:de\s)?(?:{names})\b)"), rf"\1 {to} "
    if pack.reading.ordinal_dot:
        yield re.compile(r"(?<![\w.])(\d{1,2}\.\d{1,2}\.)\s?[–-]\s?(?=\d{1,2}\.\d{1,2}\.)"), rf"\1, {to} "
        yield (
            re.compile(r"(?<![\w.])(\d{1,2})\.\s?/\s?(?=\d{1,2}\.(\d{1,2})\.)"),
            rf"\1.\2., {pack.reading.symbols['&']} ",
        )
        yield re.compile(r"(?<![\w.])(\d{1,2})\.\s?[–-]\s?(?=\d{1,2}\.(\d{1,2})\.)"), rf"\1.\2., {to} "


def _citations(pack: Pack) -> Iterator[Rule]:
    """Laws, article by paragraph, and scripture, chapter and verse."""
    reading = pack.reading
    if reading.in_laws:
        numbered = reading.symbols["#"]
        said = {**reading.in_laws, numbered: numbered}
        parts = _any_of(said)
        chain = re.compile(rf"(?:{parts})\s?(?=\d|[a-z]\b)")
        begun = r"(?:§§?\s?\d|\b(?:[Aa]rt|[Aa]bs|[Cc]o)(?:\.|\w+)\s?\d)"
        yield (
            re.compile(rf"{begun}[\d.]*[a-zº]*(?:,?\s(?:{parts})\s?(?:\d+[a-z]?\b|[a-z]\b))+"),
            lambda found: chain.sub(lambda part: f"{said[part[0].strip()]} ", found[0]),
        )
    if reading.scripture:
        verse = rf"\b((?:{reading.scripture})\.?) (\d{{1,3}})(?:[:.]|, ?)(\d{{1,3}})(?!\d|[.:,]\d|\s?[ap]\.?m\b)"
        after = "," if reading.agreement else ""  # "1. Kor" is no "ein"
        yield (
            re.compile(rf"(?:\b([1-5])\.? )?{verse}"),
            lambda found: f"{f'{found[1]}{after} ' if found[1] else ''}{found[2].rstrip('.')} {found[3]}, {found[4]}",
        )


def _behind_and_before_numerals(pack: Pack) -> Iterator[Rule]:
    for short, full in in_both_cases(pack.reading.before_numerals).items():
        yield (
            re.compile(rf"(?<![\w.])(?<!\d\s){re.escape(short)}\s?(?=(?:\d|[A-Z]\.?\s?\d|(?:[IVX]+|[IVXLC]{{2,}})\b))"),
            f"{full} ",
        )
    for short, full in pack.reading.behind_numerals.items():
        yield re.compile(rf"(?<=\d ){re.escape(short)}(?:{_SMALL}|(?=\s*$))"), full
    for short, full in pack.reading.behind_ranks.items():
        behind = rf"(?:(?<=[IVX] )|(?<=[IVX\d][{pack.reading.rank_endings}] )|(?<=[I1]er ))"
        yield re.compile(rf"{behind}{re.escape(short)}(?!\w)(?:{_SMALL}|(?=\s*$|[,:]|\s))"), full


def _sizes(pack: Pack) -> Iterator[Rule]:
    reading = pack.reading
    strokes = {"'": " ft", "′": " ft", '"': "in", "″": "in"} if not reading.decimal_comma else {}

    def by(found: re.Match[str]) -> str:
        size = found[0]
        if not re.search(_UNIT, size):
            if "×" in size and not (_PIXELS.fullmatch(size) and found.string[found.end() :].lstrip()[:1] != "="):
                return size  # a product
            if reading.scores_with_x and " x " in size:
                return _SIGN_OF_SIZE.sub(f" {reading.ratio} ", size)
        if strokes:
            size = re.sub(r"['′](?=\s?\d)", " ft ", size)
        for stroke, unit in strokes.items():
            size = size.replace(stroke, unit)
        return re.sub(r"(?<=\d) in$", "in", _SIGN_OF_SIZE.sub(f" {reading.by} ", size))

    one, _, many = (reading.times or f"{reading.symbols['×']}|{reading.symbols['×']}").partition("|")
    yield _SIZE, by
    yield _SO_MANY_TIMES, lambda found: f"{found[1]} {one if found[1] == '1' else many}"
    if reading.pressure:
        yield (
            re.compile(rf"\b(?i:({reading.pressure}))((?::|\s\w+){{0,3}}\s)(\d{{2,3}})/(\d{{1,3}})(?![\d/])"),
            lambda found: f"{found[1]}{found[2]}{found[3]} {reading.over} {found[4]}",
        )


def in_both_cases(abbreviations: Mapping[str, str]) -> dict[str, str]:
    """Return the same, and each of more than two letters with a capital letter as well."""
    capital = {
        short[0].upper() + short[1:]: full[0].upper() + full[1:]
        for short, full in abbreviations.items()
        if sum(map(str.isalpha, short)) > 2 and short[0].islower()
    }
    return {**capital, **abbreviations}


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern of any of these, the longest first, so none hides in another."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
