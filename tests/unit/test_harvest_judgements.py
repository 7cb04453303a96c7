"""What is judged of the sources together: which repeat another, and in which language they are to be told."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.errors import SourceRefused
from functions.content_harvester.source import Source, Unreadable
from functions.content_harvester.source_duplicates import without_duplicates
from functions.content_harvester.source_language import check_script, language_of

ROOT = Path(__file__).resolve().parents[2]
TIDES = ROOT.joinpath("local", "sample.txt").read_text()
NEAP = "When the Sun and the Moon stand at a right angle, they partly cancel each other. " * 3

TEXTS = {
    "en": "Tides are caused by the gravity of the Moon and, to a lesser degree, of the Sun.",
    "es": "Las mareas son causadas por la gravedad de la Luna y, en menor medida, por la del Sol.",
    "fr": "Les marées sont causées par la gravité de la Lune et, dans une moindre mesure, du Soleil.",
    "de": "Die Gezeiten werden von der Schwerkraft des Mondes und, in geringerem Maße, der Sonne verursacht.",
    "pt": "As marés são causadas pela gravidade da Lua e, em menor grau, pela do Sol, e não pelo vento.",
    "it": "Le maree sono causate dalla gravità della Luna e, in misura minore, da quella del Sole.",
}


def language(*texts: str, asked: str | None = None, likely: str = "en") -> str:
    return language_of([Source(text) for text in texts], asked=asked, likely=likely)


def kept(*texts: str) -> list[int]:
    return [texts.index(source.text) for source in without_duplicates([Source(text) for text in texts])]


@pytest.mark.parametrize("code", TEXTS)
def test_each_language_is_recognized_by_a_sentence(code: str) -> None:
    assert language(TEXTS[code]) == code


def test_the_language_is_that_of_most_of_the_text() -> None:
    assert language(TEXTS["fr"], TIDES, TEXTS["de"]) == "en"


def test_the_language_asked_for_is_taken() -> None:
    assert language(TIDES, asked="it") == "it"


@pytest.mark.parametrize("text", ["Ok.", "Ada Lovelace, 1843", "xkcd qwrtz"])
def test_a_text_too_short_to_tell_is_in_a_language_there_is_a_voice_for(text: str) -> None:
    assert language(text, likely="de") in TEXTS


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("De getijden worden veroorzaakt door de zwaartekracht van de maan en in mindere mate van de zon.", "Dutch"),
        ("Pływy morskie są wywoływane przez grawitację Księżyca oraz, w mniejszym stopniu, Słońca.", "Polish"),
        ("Tidvatten orsakas av månens gravitation och, i mindre utsträckning, av solens.", "Swedish"),
    ],
)  # fmt: skip
def test_a_language_without_a_voice_is_refused_by_name(text: str, name: str) -> None:
    with pytest.raises(SourceRefused) as raised:
        language(text)
    assert raised.value.code == "language_unsupported"
    assert name in raised.value.detail


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Приливы и отливы вызваны притяжением Луны.", "Cyrillic"),
        ("潮汐是海水的周期性运动。", "Chinese"),
        ("潮汐は月の引力によって起こる海面の周期的な上下運動である。", "Japanese"),
        ("Tides と呼ばれる潮汐は、Moon の引力で起こる。", "Japanese"),
        ("조석은 달의 중력에 의해 일어난다.", "Korean"),
        ("المد والجزر ناتجان عن جاذبية القمر", "Arabic"),
        ("Οι παλίρροιες οφείλονται στη Σελήνη", "Greek"),  # noqa: RUF001
        ("ज्वार चंद्रमा के गुरुत्वाकर्षण से आता है", "Devanagari"),
    ],
)
def test_a_script_that_no_voice_reads_is_refused_by_name(text: str, script: str) -> None:
    with pytest.raises(Unreadable) as raised:
        check_script(text)
    assert raised.value.code == "script_unreadable"
    assert script in raised.value.detail


def test_a_few_foreign_words_are_fine() -> None:
    check_script("The Greek word παλίρροια and the Russian word прилив both mean tide, as 潮 does in Chinese.")
    check_script("1234 + 5678")


def test_the_same_text_is_told_once() -> None:
    assert kept(TIDES, NEAP, TIDES + "\n\nCopyright by the Sea Times.") == [1, 2]


def test_of_equals_the_first_stays() -> None:
    sources = without_duplicates([Source(NEAP, url="first"), Source(NEAP, url="second")])
    assert [source.url for source in sources] == ["first"]


def test_a_text_counts_its_copies() -> None:
    sources = without_duplicates(
        [Source(TIDES[:1500]), Source(TIDES, left_out={"table": 1}), Source(NEAP), Source(TIDES)]
    )
    assert [source.left_out for source in sources] == [{"table": 1, "copy": 2}, {}]


def test_an_excerpt_goes_where_the_whole_is() -> None:
    assert kept(TIDES[:1500], TIDES) == [1]


def test_texts_about_the_same_thing_stay() -> None:
    about = [*TEXTS.values(), NEAP]
    assert kept(*about) == list(range(len(about)))


def test_short_texts_are_compared_too() -> None:
    assert kept("One two.", "Three four.") == [0, 1]
