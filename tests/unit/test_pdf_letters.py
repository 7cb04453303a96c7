"""Which letters of a PDF are read, and as which lines: those that stand aslant, lean, or are of a strange font."""

# ruff: noqa: RUF001 - the signs that documents are set with

from __future__ import annotations

import math

import pytest

from functions.content_harvester.source_pdf import read_pdf
from tests.documents import PdfText, laid_out_pdf

LINES = (
    "The keeper climbed the tower each evening and lit",
    "the lamp before the first boats came home from the",
    "banks, and nobody else had the key to the stair.",
)
TOLD = " ".join(LINES)


def turned_lines(degrees: float, *lines: str, x: float = 250, y: float = 450) -> list[PdfText]:
    """Lines of a text that is turned to the left."""
    angle = math.radians(degrees)
    across, along = math.cos(angle), math.sin(angle)
    matrix = f"{across:.5f} {along:.5f} {-along:.5f} {across:.5f}"
    return [
        PdfText(line, x + 13 * number * along, y - 13 * number * across, 10, matrix=matrix)
        for number, line in enumerate(lines)
    ]


@pytest.mark.parametrize("degrees", [-75, -44, -30, -8, -4, -1, 1, 4, 8, 30, 44, 75])
def test_a_text_that_stands_aslant_is_read_line_by_line(degrees: float) -> None:
    assert TOLD in read_pdf(laid_out_pdf(turned_lines(degrees, *LINES))).text


def test_texts_at_angles_of_their_own_are_read_one_after_the_other() -> None:
    cards = [f"The {name} card says that the lamp is lit" for name in ("first", "second", "third")]
    texts = [
        *turned_lines(-6, *(f"{cards[0]} {n} times" for n in "234"), x=60, y=740),
        *turned_lines(5, *(f"{cards[1]} {n} times" for n in "234"), x=60, y=500),
        *turned_lines(12, *(f"{cards[2]} {n} times" for n in "234"), x=60, y=200),
    ]
    text = " ".join(read_pdf(laid_out_pdf(texts)).text.split())
    assert [text.find(f"{card} 2 times {card} 3 times {card} 4 times") for card in cards].count(-1) == 0
    assert sorted(cards, key=text.find) == cards


@pytest.mark.parametrize(
    "aslant",
    [
        turned_lines(45, "DRAFT, not to be given to anybody else"),
        turned_lines(45, *("Ann", "Ben", "Cleo", "Dora", "Emil")),
        turned_lines(30, *["Printed for the harbour office"] * 5),
    ],
    ids=["watermark", "labels of a chart", "watermark said often"],
)
def test_watermarks_and_labels_aslant_are_not_read(aslant: list[PdfText]) -> None:
    upright = [PdfText(line, 60, 700 - 13 * n, 10) for n, line in enumerate(LINES * 3)]
    text = read_pdf(laid_out_pdf([*upright, *aslant])).text
    assert not any(line.text in text for line in aslant)
    assert TOLD in text


@pytest.mark.parametrize("matrix", ["1 0 0.21 1", "1 0 -0.21 1", "1.2 0 0.4 1"])
def test_letters_that_lean_to_look_italic_stand_upright(matrix: str) -> None:
    leaning = [PdfText(line, 60, 700 - 13 * n, 10, matrix=matrix) for n, line in enumerate(LINES)]
    assert TOLD in read_pdf(laid_out_pdf(leaning)).text


def test_letters_that_are_mirrored_twice_stand_upright() -> None:
    mirrored = [PdfText(line, 60, 700 - 13 * n, -10, matrix="-1 0 0 -1") for n, line in enumerate(LINES)]
    assert TOLD in read_pdf(laid_out_pdf(mirrored)).text


@pytest.mark.parametrize("ascent", [700, 900, 3_000, 20_000])
def test_a_font_that_says_to_be_tall_parts_no_lines(ascent: int) -> None:
    lines = [
        PdfText("The lamp", 60, 740, 18),
        *(PdfText(line, 60, 700 - 13 * n, 10) for n, line in enumerate(LINES)),
        *(PdfText(line, 60, 640 - 13 * n, 10) for n, line in enumerate(LINES)),
    ]
    source = read_pdf(laid_out_pdf(lines, ascent=ascent))
    assert source.title == "The lamp"
    assert [block.text for block in source.blocks] == [TOLD, TOLD]


@pytest.mark.parametrize(
    ("letter", "accent", "whole"),
    [
        ("e", "`", "è"),
        ("E", "`", "È"),
        ("u", "¨", "ü"),
        ("e", "´", "é"),
        ("a", "ˆ", "â"),
        ("n", "˜", "ñ"),
        ("c", "¸", "ç"),
    ],
)
@pytest.mark.parametrize("drawn", ["before", "after", "at the end"])
def test_an_accent_that_is_drawn_over_its_letter_is_no_sign_of_its_own(
    letter: str, accent: str, whole: str, drawn: str
) -> None:
    sign = PdfText(accent, 61.1, 702 if letter.isupper() else 700, 10)
    word, lines = PdfText(f"{letter} the lamp", 60, 700, 10), [PdfText(LINES[0], 60, 687, 10)]
    content = {"before": [sign, word, *lines], "after": [word, sign, *lines], "at the end": [word, *lines, sign]}
    text = read_pdf(laid_out_pdf(content[drawn])).text
    assert text.startswith(f"{whole} the lamp The keeper"), text


def test_a_sign_beside_its_letter_is_told() -> None:
    assert "it`s `a` lamp" in read_pdf(laid_out_pdf([PdfText("it`s `a` lamp of the keeper", 60, 700, 10)])).text


@pytest.mark.parametrize(("x", "y"), [(-300, 687), (700, 687), (60, 900), (60, -40)])
def test_what_stands_beside_the_page_is_not_read(x: float, y: float) -> None:
    lines = [PdfText(line, 60, 700 - 13 * n, 10) for n, line in enumerate(LINES)]
    text = read_pdf(laid_out_pdf([*lines, PdfText("Proof 7 of 9", x, y, 10)])).text
    assert text == TOLD
