"""Bytes as text, as browsers read them. https://encoding.spec.whatwg.org/"""

from __future__ import annotations

import pytest

from functions.content_harvester.charsets import decode
from functions.content_harvester.kinds import Kind
from functions.content_harvester.sandbox import read, read_in_sandbox
from functions.content_harvester.source import Document, Unreadable
from tests.documents import TIDES, case
from tests.websites import article

PASSAGES = {
    "en": "The café’s naïve owner said “no” — it’s a cliché, and the price was £5.",
    "es": "El niño comió una piña en el jardín; ¿qué pasó años después? «Nada», dijo la señora Muñoz.",
    "fr": "L’été, les élèves déçus mangèrent des gâteaux; où était le garçon? « Là-bas », répondit Noël.",
    "de": "Die Flut kömmt früh; über die Straße läuft ein größerer Käfer. „Ja“, sagte er übermütig.",
    "pt": "A maré não é só água; o coração das mães bate à porta. São três irmãos e uma avó.",
    "it": "La città è bella perché c’è il mare; però così non può andare più giù. Né là né qui.",
}
CENTRAL, BALTIC = "Příliš žluťoučký kůň a zażółć", "Žuvėdra skrenda virš jūros"
TURKISH = "Güneş doğdu, ışık yayıldı"  # noqa: RUF001


@pytest.mark.parametrize("text", PASSAGES.values(), ids=PASSAGES)
@pytest.mark.parametrize("times", [1, 40])
def test_western_text_that_says_nothing_of_itself_is_read_as_it_was_written(text: str, times: int) -> None:
    for encoding in ("windows-1252", "utf-8", "utf-16", "utf-16-le", "utf-16-be"):
        written = (text * times).encode(encoding)
        assert decode(written, None) == text * times, encoding


@pytest.mark.parametrize(
    "text",
    [
        "L’œuf de la poule, le cœur de bœuf : 3 €.".replace("’", "'"),
        "La vivienda nueva cuesta 2212 €, y según los datos la usada 1800 €, o 90 € más.",
        "Ei kostar 4 €, og to går på 7 €.",
    ],
)
def test_the_euro_of_iso_8859_15_is_no_reason_to_read_another_script(text: str) -> None:
    assert decode(text.encode("iso-8859-15"), None) == text


@pytest.mark.parametrize("text", ["½ l Milch und ½kg Mehl für größere Käfer", "¾ d'heure d'été, et ¼ après"])
def test_fractions_stay_fractions(text: str) -> None:
    assert decode(text.encode("cp1252"), None) == text


@pytest.mark.parametrize("line", case("short-lines.txt").decode().splitlines())
def test_a_line_or_a_word_in_windows_1252_is_read_as_it_was_written(line: str) -> None:
    assert decode(line.encode("cp1252"), None) == line


@pytest.mark.parametrize(
    ("encodings", "text"),
    [
        (
            ("windows-1250", "iso-8859-2", "cp852"),
            "Zjawisko to dotyczy osób, które w dni wolne śpią dłużej niż zwykle.",
        ),
        (
            ("windows-1250", "iso-8859-2", "cp852"),
            "A tengerparton minden reggel erős szél fúj, és nő a hullámok ereje.",
        ),
        (("windows-1250", "iso-8859-2", "cp852"), "Těch několik žáků přišlo do školy později než ostatní děti."),
        (("windows-1250", "iso-8859-2", "cp852"), "Na otoku je šest kuća, a svaka ima vrt iz kojega se vidi more."),
        (("windows-1250", "iso-8859-2"), "Dimineaţa pescarii ies pe mare şi aşteaptă să se lumineze de ziuă."),
        (("windows-1254", "iso-8859-9", "cp857"), "Bana yine yalan söyledin, çünkü güneş söndüğünde kimse yoktu."),
        (("windows-1257", "iso-8859-4"), "Žuvėdros skrenda virš jūros, o žvejai grįžta į uostą prieš aušrą."),
    ],
)
def test_the_language_tells_in_what_places_letters_are(encodings: tuple[str, ...], text: str) -> None:
    for encoding in encodings:
        assert decode((text * 3).encode(encoding), None) == text * 3, encoding


def test_the_language_is_known_to_confined_readers_too() -> None:
    text = "Zjawisko to dotyczy osób, które w dni wolne śpią dłużej niż zwykle, a rano wstają późno. "
    page = f"<html><body><p>{text * 4}</p></body></html>".encode("windows-1250")
    (source,) = read_in_sandbox(Kind.WEBPAGE, Document(page, "text/html", "a")).sources
    assert text.strip() in source.text


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be"])
def test_utf_32_needs_no_mark(encoding: str) -> None:
    assert decode(PASSAGES["fr"].encode(encoding), None) == PASSAGES["fr"]


@pytest.mark.parametrize(
    ("label", "encoding", "text"),
    [
        ("iso-8859-1", "windows-1252", PASSAGES["fr"]),
        ("ISO_8859-1", "windows-1252", PASSAGES["de"]),
        ("latin1", "windows-1252", PASSAGES["en"]),
        ("us-ascii", "windows-1252", PASSAGES["es"]),
        ("x-cp1252", "windows-1252", PASSAGES["pt"]),
        ("iso-8859-15", "iso-8859-15", "Für 5 € gibt’s Œuvres".replace("’", "'")),
        ("latin9", "windows-1252", "Año"),
        ("iso-8859-2", "iso-8859-2", "Příliš žluťoučký kůň"),
        ("windows-1250", "windows-1250", CENTRAL),
        ("windows-1257", "windows-1257", BALTIC),
        ("iso-8859-13", "iso-8859-13", BALTIC),
        ("iso-8859-9", "windows-1254", TURKISH),
        ("iso-8859-16", "iso-8859-16", "Țara și „țărmul”"),
        ("macintosh", "mac-roman", PASSAGES["fr"]),
        ("windows-1258", "windows-1258", "Àâ ăđơư"),
    ],
)
def test_a_label_means_what_browsers_take_it_for(label: str, encoding: str, text: str) -> None:
    assert decode(text.encode(encoding), label) == text
    page = f'<html><head><meta charset="{label}"></head><body>{text}</body></html>'
    assert text in decode(page.encode(encoding), None)
    feed = f'<?xml version="1.0" encoding="{label}"?><rss>{text}</rss>'
    assert text in decode(feed.encode(encoding), None)


@pytest.mark.parametrize("label", ["undefined", "no-such-charset", "none", "replacement", "x" * 500, "utf-16", "rot13"])
def test_a_label_that_nobody_knows_counts_for_nothing(label: str) -> None:
    assert decode(PASSAGES["es"].encode(), label) == PASSAGES["es"]
    assert decode(PASSAGES["es"].encode("windows-1252"), label) == PASSAGES["es"]


def test_a_label_that_is_wrong_ruins_no_text() -> None:
    assert decode(PASSAGES["fr"].encode(), "iso-8859-1") == PASSAGES["fr"]
    assert decode(PASSAGES["fr"].encode("windows-1252"), "utf-8") == PASSAGES["fr"]


@pytest.mark.parametrize("stray", [b"\xe9", b"\xff", b"\xc3", b"\x80\x80"])
def test_a_stray_byte_costs_itself_alone(stray: bytes) -> None:
    text = PASSAGES["fr"].encode()
    for at in (0, 10, len(text)):  # none of them within a letter
        assert decode(text[:at] + stray + text[at:], "utf-8").replace("\ufffd", "") == PASSAGES["fr"]


def test_the_handed_page_with_one_bad_byte_is_read() -> None:
    document = Document(case("charset-utf8-one-bad-byte.html"), "text/html; charset=utf-8", "a")
    (source,) = read(Kind.WEBPAGE, document).sources
    assert source.text.startswith("Le gardien montait à la tour chaque soir d’été")


def test_a_page_of_an_unknown_charset_is_read() -> None:
    page = article("La marée", *(f"Les marées sont causées par la lune, l'été: {text}" for text in TIDES))
    (source,) = read(Kind.WEBPAGE, Document(page.encode(), "text/html; charset=undefined", "a")).sources
    assert "causées par la lune, l'été" in source.text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Приливы и отливы вызваны притяжением Луны. ", "windows-1251"),
        ("Приливы и отливы вызваны притяжением Луны. ", "koi8-r"),
        ("<p class='tides of the sea'>Приливы и отливы вызваны притяжением Луны.</p> ", "mac-cyrillic"),
        ("潮汐是海水的周期性运动。", "gbk"),
    ],
)
def test_other_scripts_are_recognized_so_that_they_can_be_refused_by_name(text: str, encoding: str) -> None:
    assert decode((text * 5).encode(encoding), None).startswith(text.strip())


@pytest.mark.parametrize("data", [b"\0\1\2\3" * 9, b"MZ\x90\0\x03\0\0\0", bytes(100)])
def test_noughts_are_no_text(data: bytes) -> None:
    with pytest.raises(Unreadable):
        decode(data, None)
