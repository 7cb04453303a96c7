"""What stands in boxes on a PDF page: tables with cells of several lines, forms, and frames beside a text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from common.text.blocks import BlockKind
from functions.content_harvester.source_pdf import read_pdf
from tests.documents import PdfBox, PdfText, laid_out_pdf

Drawn = PdfText | PdfBox

LEFTS, RIGHT = (60, 160, 260), 400
WIDE = "The lamps of the outer harbour are kept by the council, and each has a keeper of its own in winter."
"""A text over the whole page, of which the cells are no columns."""


def table(tops: Sequence[float], *rows: Sequence[Sequence[str]], left: float = 0) -> list[PdfText]:
    """Cells of lines, those of a row each centered between two of the `tops`."""
    return [
        PdfText(line, left + LEFTS[n] + 4, (top + bottom) / 2 + 6 * len(cell) - 10 - 12 * at, 10)
        for row, top, bottom in zip(rows, tops, tops[1:], strict=False)
        for n, cell in enumerate(row)
        for at, line in enumerate(cell)
    ]


def grid(tops: Sequence[float], drawn: str) -> list[PdfBox]:
    """The rules of a table, drawn in one of the ways of the programs that people write with."""
    rights = (*LEFTS[1:], RIGHT)
    if drawn == "rectangles":
        return [
            PdfBox(left, bottom, right - left, top - bottom)
            for left, right in zip(LEFTS, rights, strict=True)
            for top, bottom in pairwise(tops)
        ]
    across = [PdfBox(LEFTS[0], top, RIGHT - LEFTS[0], 0) for top in tops]
    upright = [*LEFTS, RIGHT] if drawn == "lines" else LEFTS[1:]
    return [*across, *(PdfBox(x, tops[-1], 0, tops[0] - tops[-1]) for x in upright)]


ROWS = (
    (
        ["North lamp"],
        ["Ann Other and", "her brother"],
        ["The banks, and in clear", "weather the light of", "the island"],
    ),
    (["South lamp"], ["Ben Else"], ["The river's mouth with", "its three buoys"]),
)
TOPS = (700, 680, 640, 610)
TOLD = [
    "Lamp, Kept by, What is to be seen from it.",
    "North lamp, Ann Other and her brother, The banks, and in clear weather the light of the island.",
    "South lamp, Ben Else, The river's mouth with its three buoys.",
]
HEAD = (["Lamp"], ["Kept by"], ["What is to be seen from it"])


@pytest.mark.parametrize("drawn", ["rectangles", "lines", "open at its sides"])
def test_a_table_s_cells_of_several_lines_are_told_whole(drawn: str) -> None:
    page: list[Drawn] = [
        PdfText(WIDE, 60, 740, 10),
        *grid(TOPS, drawn),
        *table(TOPS, HEAD, *ROWS),
        PdfText(WIDE, 60, 560, 10),
    ]
    blocks = read_pdf(laid_out_pdf(page, title="Lamps")).blocks
    assert [block.text for block in blocks] == [WIDE, *TOLD, WIDE]
    assert [block.kind for block in blocks[1:-1]] == [BlockKind.TABLE] * 3


def test_rows_that_no_rules_part_stay_rows() -> None:
    rows = [[f"{name} lamp", f"Keeper {name}", f"Light {name}"] for name in ("North", "South", "West", "East")]
    cells = [[row[n] for row in rows] for n in range(3)]
    tops = (700, 680, 610)
    page: list[Drawn] = [PdfText(WIDE, 60, 740, 10), *grid(tops, "lines"), *table(tops, HEAD, cells)]
    told = [block.text for block in read_pdf(laid_out_pdf(page, title="Lamps")).blocks if block.kind is BlockKind.TABLE]
    assert told[1:] == [f"{', '.join(row)}." for row in rows]


def test_a_cell_of_several_rows_is_told_before_them() -> None:
    texts = [
        ("Whitby", 60, 650), ("North lamp", 160, 670), ("shines at night and", 260, 676), ("in a fog", 260, 664),
        ("South lamp", 160, 630), ("shines at night", 260, 630),
    ]  # fmt: skip
    boxes = [PdfBox(60, 620, 100, 70), *(PdfBox(x, y, 100, 35) for x in (160, 260) for y in (655, 620))]
    page: list[Drawn] = [PdfText(WIDE, 60, 740, 10), *boxes, *(PdfText(text, x + 4, y, 10) for text, x, y in texts)]
    told = [block.text for block in read_pdf(laid_out_pdf(page, title="Lamps")).blocks]
    assert told == [WIDE, "Whitby", "North lamp: shines at night and in a fog.", "South lamp: shines at night."]


@pytest.mark.parametrize("filled", [False, True])
def test_a_text_in_a_frame_beside_others_is_told_by_itself(filled: bool) -> None:
    text = [f"the keeper of the {name} lamp went up the stair and" for name in ("first", "second", "third", "fourth")]
    frame = ["Dates to remember", "Friday: the harbour is", "closed to all boats", "Sunday: market"]
    page: list[Drawn] = [
        PdfText(WIDE, 60, 740, 10), PdfBox(360, 645, 180, 60, filled=filled),
        *(PdfText(line, 60, 690 - 13 * at, 10) for at, line in enumerate(text)),
        *(PdfText(line, 366, 690 - 13 * at, 10) for at, line in enumerate(frame)),
    ]  # fmt: skip
    told = read_pdf(laid_out_pdf(page, title="Lamps")).text.replace("\n", " ")
    assert " ".join(text[:3]) in told.replace("  ", " ")
    assert "the harbour is closed to all boats" in told


def test_a_form_loses_nothing() -> None:
    """Boxes that are in no rows are read as if they were not drawn."""
    boxes = [PdfBox(60, 600, 150, 90), PdfBox(210, 660, 150, 30), PdfBox(210, 600, 150, 60), PdfBox(60, 540, 90, 60),
             PdfBox(150, 540, 210, 60), PdfBox(360, 540, 90, 150), PdfBox(366, 560, 8, 8)]  # fmt: skip
    names = ("Sender", "Number", "Country", "Date", "Remarks", "Seal", "x")
    page: list[Drawn] = [
        PdfText(WIDE, 60, 740, 10), *boxes,
        *(PdfText(name, box.x + 2, box.y + box.height - (7 if name == "x" else 12), 8)
          for box, name in zip(boxes, names, strict=True)),
    ]  # fmt: skip
    told = read_pdf(laid_out_pdf(page, title="Lamps")).text
    assert all(name in told for name in names)


def test_a_drawing_of_countless_boxes_is_no_table() -> None:
    boxes = [PdfBox(x, y, 9, 9) for x in range(40, 560, 10) for y in range(100, 700, 10)]
    source = read_pdf(laid_out_pdf([PdfText(WIDE, 60, 740, 10), *boxes, *boxes], title="Lamps"))
    assert source.blocks[0].text == WIDE
