"""No fact is lost on the way to the voice: an independent reader finds in the words what was written in figures.

The reader knows the six languages by a table of its own, and number words by text2num
(https://github.com/allo-media/text2num). It finds back values, signs, units, currencies, dates and times.
"""

# ruff: noqa: RUF001 - minus signs and Greek letters are what this is about

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from babel.dates import get_month_names
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from text_to_num import text2num

from common.languages import LANGUAGES, pack_of
from functions.model_serving.tts.speakable import speakable

GOLDEN: Final = Path(__file__).parent / "golden" / "said.txt"


@dataclass(frozen=True)
class Reader:
    """What a hearer of one language knows. Nouns by their sign, by the beginning that all forms share."""

    point: str
    signs: dict[str, str]
    currencies: dict[str, str]
    units: dict[str, str]
    scales: dict[str, tuple[str, int]]
    """Written abbreviations -> the word, and its power of ten."""
    before: bool
    """Currencies are written before the number."""
    plain: dict[str, str]
    """Forms of one, two and hundreds that text2num does not know -> those that it knows."""


READERS: Final = {
    "en": Reader(
        "point", {"-": "minus", "+": "plus", "<": "less than", "±": "plus or minus", "≥": "at least"},
        {"$": "dollar", "€": "euro", "£": "pound", "CHF": "Swiss franc"},
        {"µg": "microgram", "mg": "milligram", "km/h": "kilometers? per hour", "kΩ": "kiloohm", "%": "percent",
         "°C": "degrees? Celsius", "m²": "square meter", "mg/kg": "milligrams? per kilogram", "µs": "microsecond"},
        {"bn": ("billion", 9), "m": ("million", 6), "K": ("thousand", 3), " trillion": ("trillion", 12)}, True, {},
    ),
    "de": Reader(
        "Komma", {"-": "minus", "+": "plus", "<": "weniger als", "±": "plus minus", "≥": "mindestens"},
        {"$": "Dollar", "€": "Euro", "£": "Pfund", "CHF": "Schweizer Franken"},
        {"µg": "Mikrogramm", "mg": "Milligramm", "km/h": "Kilometer pro Stunde", "kΩ": "Kiloohm", "%": "Prozent",
         "°C": "Grad Celsius", "m²": "Quadratmeter", "mg/kg": "Milligramm pro Kilogramm", "µs": "Mikrosekunde"},
        {" Mrd.": ("Milliarde", 9), " Mio.": ("Million", 6), " Tsd.": ("tausend", 3)}, False,
        {r"\beine?\b": "eins", r"(?<=tausend)ein\b": "eins"},
    ),
    "fr": Reader(
        "virgule", {"-": "moins", "+": "plus", "<": "moins de", "±": "plus ou moins", "≥": "au moins"},
        {"$": "dollar", "€": "euro", "£": "livre", "CHF": "francs? suisse"},
        {"µg": "microgramme", "mg": "milligramme", "km/h": "kilomètres? par heure", "kΩ": "kiloohm",
         "%": "pour cent", "°C": "degrés? Celsius", "m²": "mètres? carré", "mg/kg": "milligrammes? par kilogramme",
         "µs": "microseconde"},
        {" Md": ("milliard", 9), " M": ("million", 6), " k": ("mille", 3)}, False, {r"\bune\b": "un"},
    ),
    "es": Reader(
        "coma", {"-": "menos", "+": "más", "<": "menos de", "±": "más menos", "≥": "como mínimo"},
        {"$": "dólar", "€": "euro", "£": "libra", "CHF": "francos? suizo"},
        {"µg": "microgramo", "mg": "miligramo", "km/h": "kilómetros? por hora", "kΩ": "kiloohmio", "%": "por ciento",
         "°C": "grados? Celsius", "m²": "metros? cuadrado", "mg/kg": "miligramos? por kilogramo", "µs": "microsegundo"},
        {" mil millones de ": ("mil millones", 9), " M": ("mill[oó]n", 6), " k": ("mil", 3)}, False,
        {r"\b(?:una|un)\b": "uno", r"veinti(?:ún|una)\b": "veintiuno", r"ientas\b": "ientos"},
    ),
    "it": Reader(
        "virgola", {"-": "meno", "+": "più", "<": "meno di", "±": "più o meno", "≥": "almeno"},
        {"$": "dollar", "€": "euro", "£": "sterlin", "CHF": "(?:franco|franchi) svizzer"},
        {"µg": "microgramm", "mg": "milligramm", "km/h": "chilometr[oi] orar", "kΩ": "chiloohm", "%": "per cento",
         "°C": "grad[oi] Celsius", "m²": "metr[oi] quadrat", "mg/kg": "milligramm[oi] per chilogramm",
         "µs": "microsecond"},
        {" mld ": ("miliard", 9), " mln ": ("milion", 6), " mila ": ("mi(?:la|lle)", 3)}, False,
        {r"\b(?:una|un)\b": "uno", "centott": "centoott"},
    ),
    "pt": Reader(
        "vírgula", {"-": "menos", "+": "mais", "<": "menos de", "±": "mais ou menos", "≥": "no mínimo"},
        {"R$": "rea", "€": "euro", "£": "libra", "CHF": "francos? suíço"},
        {"µg": "micrograma", "mg": "miligrama", "km/h": "quilômetros? por hora", "kΩ": "quiloohm", "%": "por cento",
         "°C": "graus? Celsius", "m²": "metros? quadrado", "mg/kg": "miligramas? por quilograma",
         "µs": "microssegundo"},
        {" bi": ("bilh", 9), " mi": ("milh", 6), " mil": ("mil", 3)}, True,
        {r"\buma\b": "um", r"\bduas\b": "dois", r"entas\b": "entos"},
    ),
}  # fmt: skip


def value_of(words: str, language: str) -> Decimal:
    """The value of number words: whole ones, and decimals digit by digit or as one number."""
    reader = READERS[language]
    for form, known in reader.plain.items():
        words = re.sub(form, known, words)
    whole, comma, decimals = words.partition(f" {reader.point} ")
    value = Decimal(_whole(whole, language))
    if not comma:
        return value
    single = [_whole(word, language) for word in decimals.split()] if _digits_only(decimals, language) else []
    return Decimal(f"{value}.{''.join(map(str, single)) if single else _whole(decimals, language)}")


def _digits_only(words: str, language: str) -> bool:
    try:
        return all(0 <= _whole(word, language) <= 9 for word in words.split())
    except ValueError:
        return False


def _whole(words: str, language: str) -> int:
    """text2num knows no compound of German and Italian behind a million; a person adds the two."""
    head, million, tail = (
        re.split(r"\b([Mm]illion(?:en)?|milion[ei])\b", words, maxsplit=1)
        if (language in {"de", "it"} and re.search(r"\b([Mm]illion(?:en)?|milion[ei])\b", words))
        else ("", "", words)
    )
    if million:
        tail = re.sub(r"^\s*e\s", "", tail).strip()
        return int(text2num(head.strip(), language)) * 10**6 + (_whole(tail, language) if tail else 0)
    return int(text2num(words.strip(), language))


def written(value: Decimal, language: str, *, grouped: bool) -> str:
    """A number as people of a language write it."""
    text = f"{value:,}" if grouped else str(value)
    return text if not pack_of(language).reading.decimal_comma else text.translate(str.maketrans(",.", ".,"))


VALUES = st.decimals(min_value=0, max_value=9_999_999, places=0) | st.decimals(
    min_value=0, max_value=999_999, allow_nan=False, places=1
)
languages = pytest.mark.parametrize("language", LANGUAGES)
quick = settings(max_examples=12, deadline=None, derandomize=True, phases=(Phase.generate,))


def heard(text: str, language: str, noun: str, sign: str) -> Decimal:
    """The value that is heard, once its sign and its noun were."""
    said = speakable(text, language)
    reader = READERS[language]
    if sign:
        assert said.startswith(f"{reader.signs[sign]} "), (text, said)
        said = said.removeprefix(f"{reader.signs[sign]} ")
    found = re.search(rf" (?:{noun})\w*$", said)
    assert found, (text, said)
    return value_of(said[: found.start()], language)


@languages
@quick
@given(st.data())
def test_a_value_its_sign_and_its_unit_are_heard(language: str, data: st.DataObject) -> None:
    reader = READERS[language]
    value, unit = data.draw(VALUES), data.draw(st.sampled_from(sorted(reader.units)))
    sign = data.draw(st.sampled_from(["", *reader.signs]))
    gap = data.draw(st.sampled_from(["", " ", "\u00a0", "\u202f"]))
    mark = data.draw(st.sampled_from(["-", "−"])) if sign == "-" else sign
    text = f"{mark}{written(value, language, grouped=data.draw(st.booleans()))}{gap}{unit}"
    assert heard(text, language, reader.units[unit], sign) == value, text


@languages
@quick
@given(st.data())
def test_an_amount_its_scale_and_its_currency_are_heard(language: str, data: st.DataObject) -> None:
    reader = READERS[language]
    value, currency = data.draw(VALUES), data.draw(st.sampled_from(sorted(reader.currencies)))
    sign = data.draw(st.sampled_from(["", "-", "+", "<"]))
    scale = data.draw(st.sampled_from(["", *reader.scales]))
    number = f"{written(value, language, grouped=data.draw(st.booleans()))}{scale}"
    gap = " " if currency.isalpha() or not scale else ""
    text = f"{sign}{currency}{number}" if reader.before else f"{sign}{number}{gap}{currency}".replace("  ", " ")
    word, power = reader.scales.get(scale, ("", 0))
    of = rf"(?:{word})\w*(?: d[ei] | d'| )" if word else ""
    said = speakable(text, language)
    if word and value == 1 and re.search(rf"(?:^|{reader.signs.get(sign, '')} ){word}", said):
        assert re.search(rf"{of}{reader.currencies[currency]}", said), (text, said)  # "mil euros"
        return
    assert heard(text, language, f"{of}{reader.currencies[currency]}", sign) * 10**power == value * 10**power, text


@languages
@quick
@given(st.data())
def test_both_ends_of_a_range_are_heard(language: str, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, 998))
    high = data.draw(st.integers(low + 1, 999))
    dash = data.draw(st.sampled_from(["–", "-", " – "]))
    said = speakable(f"{low}{dash}{high} mg", language)
    first, _, second = said.partition(f" {TO[language]} ")
    assert value_of(first, language) == low, said
    assert value_of(second.rsplit(" ", 1)[0], language) == high, said


@languages
@quick
@given(st.data())
def test_a_date_is_heard(language: str, data: st.DataObject) -> None:
    date = data.draw(st.dates(datetime.date(1101, 1, 1), datetime.date(2099, 12, 31)))
    form = data.draw(st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"]))
    text = date.strftime("%m/%d/%Y" if language == "en" and form == "%d/%m/%Y" else form)
    said = speakable(text, language)
    month = get_month_names("wide", locale=pack_of(language).locale.replace("-", "_"))[date.month]
    around = re.fullmatch(rf"(?:(.+?) (?:de )?{month} (?:de )?(.+)|{month} (\S+), (.+))", said)
    assert around, (text, said)
    assert around[2 if around[2] else 4] == speakable_year(date.year, language)
    first = {"fr": "premier", "es": "primero", "it": "primo", "pt": "primeiro"}.get(language)
    day = around[1] or around[3]
    if language in {"en", "de"}:
        assert day in {ordinals(language)[date.day] + ending for ending in ("", "n", "r")}, said
    else:
        assert day == first if date.day == 1 else value_of(day, language) == date.day, said


def speakable_year(year: int, language: str) -> str:
    from num2words import num2words

    lang = pack_of(language).reading.num2words
    return str(num2words(year, lang=lang, to="year")).replace(",", "").replace("dicotto", "diciotto")


def ordinals(language: str) -> list[str]:
    from num2words import num2words

    return [str(num2words(day, lang=language, to="ordinal")) for day in range(32)]


@languages
@quick
@given(st.data())
def test_a_time_of_day_is_heard(language: str, data: st.DataObject) -> None:
    hour, minute = data.draw(st.integers(0, 23)), data.draw(st.integers(1, 59))
    said = speakable(f"{hour}:{minute:02}", language)
    between = {"en": " (?:oh )?", "de": " Uhr ", "fr": "(?: heures? )", "es": " y ", "it": " e ", "pt": " e "}[language]
    splits = [(said[: found.start()], said[found.end() :]) for found in re.finditer(between, said)]
    assert (Decimal(hour), Decimal(minute)) in [_pair(parts, language) for parts in splits], said


TO: Final = {"en": "to", "de": "bis", "fr": "à", "es": "a", "it": "a", "pt": "a"}
OUT_OF: Final = {"en": "out of", "de": "von", "fr": "sur", "es": "de", "it": "su", "pt": "de"}
RATED: Final = {
    "en": ("Rated", "stars"), "de": ("Bewertung:", "Sternen"), "fr": ("Note :", "étoiles"),
    "es": ("Puntuación:", "estrellas"), "it": ("Voto:", "stelle"), "pt": ("Nota:", "estrelas"),
}  # fmt: skip
LASTING: Final = {
    "en": ("hours?", "minutes?", "seconds?"), "de": ("Stunden?", "Minuten?", "Sekunden?"),
    "fr": ("heures?", "minutes?", "secondes?"), "es": ("horas?", "minutos?", "segundos?"),
    "it": ("or[ae]", "minut[io]", "second[io]"), "pt": ("horas?", "minutos?", "segundos?"),
}  # fmt: skip
CHAPTER: Final = {
    "en": "chapter", "de": "Kapitel", "fr": "chapitre", "es": "capítulo", "it": "capitolo", "pt": "capítulo",
}  # fmt: skip
POWER: Final = {
    "en": "to the power of", "de": "hoch", "fr": "puissance", "es": "elevado a", "it": "elevato a", "pt": "elevado a",
}  # fmt: skip
CHESS: Final = {  # pieces as they are written and said; takes, check, mate
    "en": ("QRBN", ("queen", "rook", "bishop", "knight"), "takes", "check", "checkmate"),
    "de": ("DTLS", ("Dame", "Turm", "Läufer", "Springer"), "schlägt", "Schach", "matt"),
    "fr": ("DTFC", ("dame", "tour", "fou", "cavalier"), "prend", "échec", "mat"),
    "es": ("DTAC", ("dama", "torre", "alfil", "caballo"), "por", "jaque", "jaque mate"),
    "it": ("DTAC", ("donna", "torre", "alfiere", "cavallo"), "prende", "scacco", "scacco matto"),
    "pt": ("DTBC", ("dama", "torre", "bispo", "cavalo"), "captura", "xeque", "xeque-mate"),
}  # fmt: skip


@languages
@quick
@given(st.data())
def test_a_rating_and_the_best_one_are_heard(language: str, data: st.DataObject) -> None:
    most = data.draw(st.sampled_from([5, 6, 10, 20, 100]))
    given = data.draw(st.integers(1, most))
    before, stars = RATED[language]
    behind = data.draw(st.booleans())
    said = speakable(f"{given}/{most} {stars}" if behind else f"{before} {given}/{most}", language)
    number = said.removesuffix(f" {stars}") if behind else said.partition(" ")[2]
    first, out_of, second = number.partition(f" {OUT_OF[language]} ")
    assert out_of, said
    assert [value_of(first, language), value_of(second, language)] == [given, most], said


@languages
def test_stars_are_counted(language: str) -> None:
    for stars in range(2, 6):
        said = speakable(f"{'★' * stars}{'☆' * (5 - stars)}", language)
        assert value_of(said.split()[0], language) == stars, said
        assert said.endswith(RATED[language][1]) or stars == 5, said
        assert OUT_OF[language] in said or stars == 5, said


@languages
@quick
@given(st.data())
def test_each_digit_of_a_number_to_call_or_to_pay_is_heard(language: str, data: st.DataObject) -> None:
    digits = data.draw(st.text("0123456789", min_size=8, max_size=10))
    text = data.draw(
        st.sampled_from([f"Tel. {digits[:4]} {digits[4:]}", f"IBAN DE{digits[:2]} {digits[2:6]} 1234 5678"])
    )
    said = speakable(text, language).replace(",", "").split()
    names = {speakable(f"{digit}", language): str(digit) for digit in range(10)}
    heard_digits = "".join(names[word] for word in said if word in names)
    assert heard_digits == "".join(filter(str.isdigit, text)), said


@languages
@quick
@given(st.data())
def test_how_long_something_lasts_is_heard(language: str, data: st.DataObject) -> None:
    hours, minutes, seconds = (
        data.draw(st.integers(2, 23)),
        data.draw(st.integers(2, 59)),
        data.draw(st.integers(2, 59)),
    )
    said = speakable(f"{hours}:{minutes:02}:{seconds:02}", language)
    found = re.fullmatch("(.+) {} (.+) {} (.+) {}".format(*LASTING[language]), said)
    assert found, said
    assert [value_of(part, language) for part in found.groups()] == [hours, minutes, seconds], said


@languages
@quick
@given(st.data())
def test_each_part_of_a_version_and_an_address_is_heard(language: str, data: st.DataObject) -> None:
    parts = data.draw(st.lists(st.integers(1, 255), min_size=4, max_size=4))
    said = speakable(".".join(map(str, parts)), language)
    dot = {"en": "dot", "de": "Punkt", "fr": "point", "es": "punto", "it": "punto", "pt": "ponto"}[language]
    assert [value_of(part, language) for part in said.split(f" {dot} ")] == parts, said


@languages
@quick
@given(st.data())
def test_powers_are_heard_however_they_are_written(language: str, data: st.DataObject) -> None:
    base, exponent = data.draw(st.integers(2, 99)), data.draw(st.integers(4, 30))
    minus = data.draw(st.booleans())
    raised = f"{'⁻' if minus else ''}{str(exponent).translate(str.maketrans('0123456789', '⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
    plain = f"{'-' if minus else ''}{exponent}"
    text = data.draw(
        st.sampled_from([f"{base}{raised}", f"{base}^{plain}", f"{base}^({plain})", f"{base}^{{{plain}}}"])
    )
    first, power, second = speakable(text, language).partition(f" {POWER[language]} ")
    assert power, text
    sign = f"{READERS[language].signs['-']} "
    assert second.startswith(sign) == minus, second
    assert [value_of(first, language), value_of(second.removeprefix(sign), language)] == [base, exponent], text


@languages
@quick
@given(st.data())
def test_chapters_in_roman_numerals_are_heard(language: str, data: st.DataObject) -> None:
    number = data.draw(st.integers(2, 39))  # "chapter I" may go on with what I did
    tens, ones = "X" * (number // 10), ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[number % 10]
    said = speakable(f"{CHAPTER[language]} {tens}{ones}", language)
    assert value_of(said.removeprefix(CHAPTER[language]).strip(), language) == number, said


@languages
@quick
@given(st.data())
def test_a_move_of_chess_is_heard(language: str, data: st.DataObject) -> None:
    letters, pieces, takes, check, mate = CHESS[language]
    piece, file, rank = (
        data.draw(st.integers(0, 3)),
        data.draw(st.sampled_from("abcdefgh")),
        data.draw(st.integers(1, 8)),
    )
    mark = data.draw(st.sampled_from(["", "+", "#"]))
    said = speakable(f"{letters[piece]}x{file}{rank}{mark}", language)
    ends = {"": "", "+": f", {check}", "#": f", {mate}"}[mark]
    assert said == f"{pieces[piece]} {takes} {file} {speakable(str(rank), language)}{ends}"


@languages
@quick
@given(st.data())
def test_years_counted_backwards_are_a_range(language: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(120, 998))
    second = data.draw(st.integers(101, first - 1))
    era = {
        "en": "BC", "de": "v. Chr.", "fr": "av. J.-C.", "es": "a. C.", "it": "a.C.", "pt": "a.C.",
    }[language]  # fmt: skip
    said = speakable(f"{first}–{second} {era}", language)
    begin, to, end = said.partition(f" {TO[language]} ")
    assert to, said
    end = re.split(r" (?:BC|vor|avant|antes|avanti)\b", end)[0]
    assert [value_of(begin, language), value_of(end, language)] == [first, second], said


def _written(language: str) -> list[str]:
    """The written lines of golden/said.txt (test_tts_speakable.py holds what is said), but for those with links."""
    lines = GOLDEN.read_text().splitlines()
    own = [line.removeprefix(f"{language}: ") for line in lines if line.startswith(f"{language}: ")]
    return [line for line in own if "@" not in line]


by_day_a_third = pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.nightly)])


@by_day_a_third
@languages
def test_whatever_digit_is_another_another_is_heard(language: str, step: int) -> None:
    """Of each number its last digit, in everything that people write numbers in."""
    for text in _written(language)[::step]:
        said = speakable(text, language)
        for found in re.finditer(r"\d(?!\d)", text):
            other = str((int(found[0]) + 1) % 10)
            if text[: found.start()].endswith(_SAID_ONLY_WHERE_NOT_ZERO):
                continue
            changed = f"{text[: found.start()]}{other}{text[found.end() :]}"
            assert speakable(changed, language) != said, (text, found.start())


_SAID_ONLY_WHERE_NOT_ZERO: Final = ("T10:00:0",)
_SIGNS: Final = re.compile("[<>≤≥±≈−%‰€$£¥₤₹₩₦µμΩ²³⁻⁺×√≠½¾¼^]|°(?! [a-z])")


@by_day_a_third
@languages
def test_whatever_sign_is_missing_something_is_not_heard(language: str, step: int) -> None:
    for text in _written(language)[::step]:
        said = speakable(text, language).replace(" ", "")
        for found in _SIGNS.finditer(text):
            without = text[: found.start()] + text[found.end() :]
            assert speakable(without, language).replace(" ", "") != said, (text, found.start())


def _pair(parts: tuple[str, str], language: str) -> tuple[Decimal, Decimal] | None:
    try:
        return value_of(parts[0], language), value_of(parts[1], language)
    except ValueError:
        return None
