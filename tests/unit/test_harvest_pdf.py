"""What is heard of a PDF, and in which order: papers, slides, columns, notes, and damaged files."""

from __future__ import annotations

import io
from itertools import pairwise, zip_longest

import pytest
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject

from common.text.blocks import BlockKind
from functions.content_harvester import source_pdf
from functions.content_harvester.source import Document, Source, Unreadable
from functions.content_harvester.source_pdf import read_pdf
from tests.documents import PLACES, PdfText, laid_out_pdf, pdf

PROSE = (
    "The keeper climbed the tower each evening and lit the lamp before the first boats",
    "came home from the banks, and nobody else in the harbour had the key to the stair",
    "that winds up to the lantern, for the council had decided so after the great fire.",
)


def texts(source: Source, kind: BlockKind = BlockKind.PARAGRAPH) -> list[str]:
    return [block.text for block in source.blocks if block.kind is kind]


def column(left: float, top: float, *lines: str, size: float = 10, step: float = 13) -> list[PdfText]:
    return [PdfText(line, left, top - number * step, size) for number, line in enumerate(lines)]


def paper(*, references: str = "References", numbered: bool = True) -> list[list[PdfText]]:
    """Two pages as a journal sets them, in two columns."""
    left = [f"Line {number} of the left side tells of the" for number in PLACES]
    right = [f"Line {number} of the right side tells of the" for number in PLACES]
    first = [
        PdfText("The lamps of the outer harbour", 150, 740, 18, font="Helvetica-Bold"),
        PdfText("Ann Other and Ben Else", 220, 715, 11),
        PdfText("Institute of Light, University of Whitby", 200, 700, 10),
        PdfText("{ann,ben}@light.example", 230, 686, 10),
        PdfText("Abstract", 140, 650, 11, font="Helvetica-Bold"),
        *column(60, 630, *left),
        *column(320, 650, *right),
        PdfText("1", 60, 115, 6),
        PdfText("The book is kept by the harbour office.", 66, 110, 8),
        PdfText("17", 300, 40, 9),
    ]
    second = [
        PdfText("2 Method" if numbered else "Method", 60, 740, 12, font="Helvetica-Bold"),
        *column(60, 720, *PROSE[0].split(" and "), "and wrote it down in the book of the har-", "bour each morning."),
        PdfText("L = P / 4d", 100, 640, 10),
        PdfText("our player 2 has the ball", 100, 626, 6),
        PdfText("Figure 2: The lamp as it is seen from the sea.", 60, 610, 9),
        PdfText(references, 320, 740, 12, font="Helvetica-Bold"),
        *column(320, 720, "[1] A. Other. On wicks. In Proc. Lamps,", "pp. 1-9, 2001.", "[2] B. Else. On oil. 2003."),
        PdfText("18", 300, 40, 9),
    ]
    return [first, second]


@pytest.mark.parametrize(
    "references", ["References", "REFERENCES", "Bibliography", "Literaturverzeichnis", "Références"]
)
def test_of_a_paper_its_text_is_heard_and_nothing_else(references: str) -> None:
    source = read_pdf(laid_out_pdf(*paper(references=references)))
    assert source.title == "The lamps of the outer harbour"
    assert texts(source, BlockKind.HEADING) == ["Method"]
    for unheard in (
        "@",
        "Institute",
        "Ann Other",
        "Abstract",
        "book is kept",
        "L =",
        "Figure 2",
        "wicks",
        "17",
        "18",
        "ball",
    ):
        assert unheard not in source.text
    assert "the book of the harbour each morning." in source.text
    assert {kind: source.left_out[kind] for kind in ("reference", "caption", "footnote", "math")} == {
        "reference": 2, "caption": 1, "footnote": 1, "math": 1
    }  # fmt: skip


@pytest.mark.parametrize("by_rows", [False, True])
def test_columns_are_read_one_after_the_other_however_they_are_drawn(by_rows: bool) -> None:
    page = paper()[0]
    drawn = sorted(page, key=lambda text: (-text.y, text.x)) if by_rows else page
    words = read_pdf(laid_out_pdf(drawn)).text
    told = [words.index(f"Line {number} of the {side}") for side in ("left", "right") for number in PLACES]
    assert all(before < after for before, after in pairwise(told))


def test_headers_that_alternate_are_left_out() -> None:
    pages = [
        [
            PdfText(("The lamps", "A. Other")[number % 2], 60, 780, 9),
            *column(60, 740, *PROSE),
            PdfText(f"{number}", 300, 30, 9),
        ]
        for number in range(1, 5)
    ]  # fmt: skip
    source = read_pdf(laid_out_pdf(*pages))
    assert "A. Other" not in source.text
    assert "The lamps" not in source.text
    assert source.text.count("key to the stair") == 4


@pytest.mark.parametrize(
    ("before", "after", "word"),
    [
        ("it was a well-", "known lamp", "well-known"),
        ("the state-of-the-", "art lamp", "state-of-the-art"),
        ("they began to ex-", "ploit the lamp", "exploit"),
        ("it was over-", "turned, over and over", "overturned"),
        ("found by a so-", "called keeper", "so-called"),
        ("it gave a so-", "lution of salt", "solution"),
        ("it is allow-", "able there", "allowable"),
        ("nobody had the har-", "bour's key", "harbour's"),
        ("the lamp of Whitby-", "Sandsend", "Whitby-Sandsend"),
    ],
)
def test_a_word_that_a_line_ends_is_whole_again(before: str, after: str, word: str) -> None:
    lines = column(60, 740, *PROSE[:2], f"for so long that nobody could say why {before}", f"{after} was lit.")
    assert word in read_pdf(laid_out_pdf(lines)).text


def test_a_word_is_whole_again_however_often_its_pieces_stand_at_the_ends_of_lines() -> None:
    wide = (
        "They asked for so long, and so many, and so often, algorithmic ques-",
        "tions of the DISTRICT, and then more ques-",
        "tions still, which nobody who lived by the sea within that DIS-",
        "TRICT had ever thought of asking anybody at all.",
    )
    assert "algorithmic questions of the DISTRICT, and then more questions still" in (
        text := read_pdf(laid_out_pdf(column(60, 740, *PROSE, *wide))).text
    )
    assert "within that DISTRICT had" in text


def test_words_that_are_driven_apart_to_fill_a_line_are_no_table() -> None:
    def driven(y: float, *words: str) -> list[PdfText]:
        return [PdfText(word, 60 + 100 * at, y, 10) for at, word in enumerate(words)]

    apart = driven(688, "before", "unless", "listed") + driven(675, "within", "orders", "making")
    source = read_pdf(laid_out_pdf([*column(60, 740, *PROSE), *apart, *column(60, 662, "mixture, or salt.")]))
    assert "before unless listed within orders making mixture, or salt." in source.text


def test_dots_that_lead_to_a_number_are_a_colon_and_each_line_an_item_of_its_own() -> None:
    prices = ["Oil for a lamp .............. 9600", "Wicks . . . . . . . . . . . 9601", "Name ......................."]
    text = read_pdf(laid_out_pdf(column(60, 740, *PROSE, *prices))).text
    assert "Oil for a lamp: 9600\n\nWicks: 9601\n\nName" in text
    assert "..." not in text


def test_a_head_that_returns_on_many_pages_is_left_out_however_large() -> None:
    head = PdfText("Harbour Office, Whitby", 60, 760, 18)
    ends = [[f"{place} {words}" for words in ("is a harbour.", "is near.")] for place in PLACES[:6]]
    pages = [[head, *column(60, 700, *end, *PROSE, *end[::-1])] for end in ends]
    source = read_pdf(laid_out_pdf(*pages))
    assert "Harbour Office" not in source.text
    assert source.left_out["running head"] == 6


@pytest.mark.parametrize("size", [(792, 612), (595, 842)])
def test_slides_are_points_and_not_one_breath(size: tuple[int, int]) -> None:
    slides = [
        column(60, 560, title, *points, size=20, step=40)
        for title, *points in (
            ("Why the ferry is late", "Tides of the sound", "One engine instead of two"),
            ("What we propose", "A second engine by June", "Radar on the pier"),
            ("What it costs", "Engine: 40,000", "Nothing for fewer stops"),
        )
    ]
    source = read_pdf(laid_out_pdf(*slides, size=size))
    assert source.title == "Why the ferry is late"
    assert texts(source, BlockKind.HEADING) == ["What we propose", "What it costs"]
    assert "A second engine by June" in texts(source, BlockKind.ITEM)


def table(rows: int, columns: tuple[int, ...] = (60, 200, 340), top: float = 600) -> list[PdfText]:
    places = [PLACES[row % len(PLACES)] for row in range(rows)]
    return [PdfText(f"{place} {x}", x, top - 14 * row, 10) for row, place in enumerate(places) for x in columns]


def test_a_table_is_told_row_by_row_where_it_stands() -> None:
    source = read_pdf(laid_out_pdf([*column(60, 740, *PROSE), *table(6), *column(60, 400, *PROSE)]))
    assert texts(source, BlockKind.TABLE)[:2] == [
        "first 60, first 200, first 340.",
        "second 60, second 200, second 340.",
    ]
    assert [block.text for block in source.blocks[:: len(source.blocks) - 1]] == [" ".join(PROSE)] * 2
    assert "table" not in source.left_out


def cells(y: float, *texts: str) -> list[PdfText]:
    return [PdfText(text, x, y, 10) for x, text in zip((60, 200, 340), texts, strict=False) if text]


def test_cells_of_several_lines_are_told_one_after_the_other() -> None:
    rows = [
        *cells(600, "Lamp", "Keeper", "Why"),
        *cells(580, "Outer harbour", "Ann Other, who has", "Nobody else has"),
        *cells(568, "and its pier", "the key", "the key to the"),
        *cells(556, "", "", "stair"),
        *cells(536, "Inner harbour", "Ben Else", "He lives there"),
        *cells(524, "the mill, too", "and the sea", "is his"),
    ]
    source = read_pdf(laid_out_pdf([*column(60, 740, *PROSE), *rows, *column(60, 400, *PROSE)]))
    assert texts(source, BlockKind.TABLE) == [
        "Lamp, Keeper, Why.",
        "Outer harbour and its pier, Ann Other, who has the key, Nobody else has the key to the stair.",
        "Inner harbour the mill, too, Ben Else and the sea, He lives there is his.",
    ]


@pytest.mark.parametrize(
    "below",
    [
        ("motor kind", "of oil", "cold as ice"),  # names a row as the one above does
        ("The mill", "of oil", "cold as ice"),
        ("", "+17", "cold as ice"),
        ("", "Of oil", "Cold as ice"),
    ],
)
def test_rows_that_stand_close_are_rows(below: tuple[str, str, str]) -> None:
    rows = [*cells(600, "motor size", "Two feet", "Warm"), *cells(588, *below), *cells(576, "motor name", "Ann", "No")]
    source = read_pdf(laid_out_pdf([*column(60, 740, *PROSE), *rows, *column(60, 400, *PROSE)]))
    assert texts(source, BlockKind.TABLE)[0] == "motor size, Two feet, Warm."


def test_a_table_too_large_to_hear_is_left_out_and_its_text_stays() -> None:
    pages = [[*column(60, 740, *PROSE * 12), *column(60, 60, f"The end of {place}.")] for place in PLACES[:4]]
    source = read_pdf(laid_out_pdf(*pages, table(40, top=740)))
    assert source.left_out["table"] == 1
    assert not texts(source, BlockKind.TABLE)
    assert "The end of fourth." in source.text


def test_of_a_paper_only_tables_of_words_are_heard() -> None:
    figures = [PdfText(f"{row}.{x}", x, 560 - 14 * row, 10) for row in range(6) for x in (60, 120, 180)]
    words = [PdfText(f"{place} lamp", x, 440 - 14 * row, 10) for row, place in enumerate(PLACES[:3]) for x in (60, 180)]
    first, second = paper()
    kept = [text for text in second if text.y > 620 or text.x > 300]
    source = read_pdf(laid_out_pdf(first, [*kept, *figures, PdfText("The lamps are these:", 60, 460, 10), *words]))
    assert texts(source, BlockKind.TABLE) == [
        "first lamp: first lamp.",
        "second lamp: second lamp.",
        "third lamp: third lamp.",
    ]
    assert source.left_out["table"] == 1


FORM = (
    *(
        "Harbour office",
        "Summary",
        "Department of Lamps",
        "office@harbour.example",
        "Name:",
        "Ann Other",
        "$ 12.00",
        "4",
    ),
    *(
        "Copyright 2025",
        "7 Wages and salaries . . . . . . . . 7",
        "8 Interest . . . . . . . . 8",
        "References",
        "x = y",
    ),
)


def test_a_form_loses_nothing() -> None:
    small = PdfText("See the back of this form.", 60, 300, 6)
    told = read_pdf(laid_out_pdf([*column(60, 740, *FORM, step=20), small], [*column(60, 740, *PROSE)]))
    heard = f"{told.title}\n{told.text}\n{' '.join(block.marker for block in told.blocks)}"
    for said in (*FORM, small.text):
        assert said.lstrip("78 ").rstrip(". 78") in heard
    assert not told.left_out


def test_what_a_slide_is_called_may_return() -> None:
    slides = [
        [PdfText("How the lamp is lit", 60, 560, 24), *column(60, 480, f"The {place} wick is trimmed", size=16),
         PdfText("The lamp company", 60, 40, 10)]
        for place in PLACES[:5]
    ]  # fmt: skip
    source = read_pdf(laid_out_pdf(*slides, size=(792, 612)))
    assert source.text.count("How the lamp is lit") >= 4
    assert "company" not in source.text


def test_what_returns_at_another_height_is_no_running_head() -> None:
    pages = [
        column(60, 740 - 60 * number, "Answer yes or no.", *(f"{place} of {number}" for place in PLACES[:7]))
        for number in range(1, 6)
    ]
    source = read_pdf(laid_out_pdf(*pages))
    assert f"{source.title} {source.text}".count("Answer yes or no.") == 5


def test_of_a_paper_a_sentence_with_a_sign_is_heard_and_a_formula_is_not() -> None:
    first, second = paper()
    said = column(
        60, 560, "The light grows as d < 4 holds for each of the", "lamps, and nobody in the harbour knows why."
    )
    source = read_pdf(laid_out_pdf(first, [*second, *said]))
    assert "The light grows as d < 4 holds for each of the lamps" in source.text
    assert "L = P" not in source.text


def test_of_a_paper_a_sentence_of_many_signs_is_not_heard_whatever_is_said_between_them() -> None:
    first, second = paper()
    said = column(
        60, 560, "We denote the lamps of the harbour by L = K and the", "keepers by M = N where each of it has k > 4",
        "and every other light of the same row has d < 9 at noon.",
    )  # fmt: skip
    source = read_pdf(laid_out_pdf(first, [*second, *said]))
    assert "denote the lamps" not in source.text
    assert source.left_out["math"] >= 1


def test_what_has_neither_abstract_nor_references_begins_with_its_text_all_the_same() -> None:
    title = PdfText("INTERFERENCE OF THE LIGHTS OF TWO HARBOURS", 60, 760, 12)
    above = column(
        60, 720, "Ann Keeper, Tom Rower, and Maud Lampwright", "Department of Light, University of Whitby, Whitby, UK",
        "Institute of Lamps, University of Hull, Hull, UK", step=24,
    )  # fmt: skip
    said = column(
        60, 620, *(f"the light of {place} is seen from the sea, and it is known that" for place in PLACES), "it is."
    )
    source = read_pdf(laid_out_pdf([title, *above, *said]))
    assert source.title.startswith("INTERFERENCE")
    assert source.text.startswith("the light of")


def test_a_licence_that_the_text_speaks_of_is_no_imprint() -> None:
    first, second = paper()
    said = column(
        60,
        500,
        "Their plans are licensed under terms of",
        *(f"the {place} of all harbours, and each of" for place in PLACES),
    )
    source = read_pdf(laid_out_pdf([*first, *said], second))
    assert "licensed under terms" in source.text


@pytest.mark.parametrize(
    "said",
    [
        "A preliminary version of this paper was read in Whitby in 2003.",
        "An extended abstract of this work appeared in the Lamps of 2003.",
        "A short version of this article is in the book of the harbour.",
        "Key Words and Phrases: lamps, towers, harbours",
        "Additional Key Words and Phrases: lamps, towers, harbours",
        "Index Terms—lamps, towers, harbours",
        "Schlüsselwörter: Lampen, Türme, Häfen",
        "Mots-clés : lampes, tours, ports",
        "Palabras clave: lámparas, torres, puertos",
        "Palavras-chave: lâmpadas, torres, portos",
        "Parole chiave: lampade, torri, porti",
    ],
)
def test_where_a_paper_was_read_before_and_its_key_words_are_not_heard(said: str) -> None:
    first, second = paper()
    source = read_pdf(laid_out_pdf([*first, *column(60, 470, said)], second))
    assert said[:20] not in source.text
    assert "Line tenth of the right side" in source.text


def test_key_words_below_their_heading_are_not_heard() -> None:
    first, second = paper()
    listed = [f"{place} lamps, {place} towers, {place} harbours," for place in PLACES[:6]]
    source = read_pdf(laid_out_pdf([*first, *column(60, 470, "Keywords"), *column(60, 440, *listed)], second))
    assert "first towers" not in source.text
    said = column(60, 440, "The first towers stand at the sea. Nobody", "keeps a lamp in them, and that is why.")
    assert "first towers stand" in read_pdf(laid_out_pdf([*first, *column(60, 470, "Keywords"), *said], second)).text


def test_a_version_that_a_paper_speaks_of_is_heard() -> None:
    first, second = paper()
    said = column(
        60, 470, "We keep a preliminary version of this lamp and", "of the tower, as the harbour wants it to be so."
    )
    assert "preliminary version of this lamp" in read_pdf(laid_out_pdf([*first, *said], second)).text


def test_lines_that_are_drawn_in_pieces_are_one_column() -> None:
    lines = []
    for number, place in enumerate(PLACES):
        top = 700 - 39 * number
        lines += [
            PdfText(f"The {place} lamp of all the harbours on this coast is lit early", 60, top, 10),
            PdfText(f"{place} begins with a few words", 60, top - 13, 10),
            PdfText("and ends with some", 260, top - 13, 10),
            PdfText("in the tower.", 60, top - 26, 10),
        ]
    words = read_pdf(laid_out_pdf(lines)).text
    for place in PLACES:
        assert f"{place} begins with a few words and ends with some in the tower." in words


def test_a_table_beside_columns_of_text_does_not_hide_them() -> None:
    rows = [
        PdfText(f"{place} of the {name} side, all as long", x, 700 - 13 * row, 10)
        for row, place in enumerate(PLACES) for name, x in (("left", 30), ("right", 210))
    ]  # fmt: skip
    table = [PdfText(f"{row}{x}", x, 700 - 13 * row, 10) for row in range(5) for x in (440, 520)]
    words = read_pdf(laid_out_pdf([*rows, *table])).text
    told = [words.index(f"{place} of the {name}") for name in ("left", "right") for place in PLACES]
    assert told == sorted(told)


def test_references_without_a_heading_are_references() -> None:
    first, second = paper()
    kept = [text for text in second if text.x < 300]
    entries = column(320, 720, *(f"[{number}] A. Other. On wicks, 20{number}0." for number in range(1, 6)))
    source = read_pdf(laid_out_pdf(first, [*kept, *entries]))
    assert source.left_out["reference"] == 5
    assert "wicks" not in source.text


def test_three_columns_beside_each_other_are_columns() -> None:
    heads = [("left", 30), ("middle", 220), ("right", 410)]
    rows = [
        PdfText(f"{place} of the {name} side, all as long", x, 700 - 13 * row, 10)
        for row, place in enumerate(PLACES) for name, x in heads
    ]  # fmt: skip
    words = read_pdf(laid_out_pdf(rows)).text
    told = [words.index(f"{place} of the {name}") for name, _ in heads for place in PLACES]
    assert told == sorted(told)


def test_a_letter_beyond_the_first_plane_is_one_letter() -> None:
    writer = PdfWriter(
        clone_from=io.BytesIO(laid_out_pdf(column(60, 740, "The tower has ~ lamps, and all are lit.")).data)
    )
    letters = DecodedStreamObject()
    letters.set_data(b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <7E> <D835DC5D> endbfchar")
    font = writer.pages[0]["/Resources"]["/Font"]["/Helvetica"]  # type: ignore[index]
    font[NameObject("/ToUnicode")] = writer._add_object(letters)
    written = io.BytesIO()
    writer.write(written)
    source = read_pdf(type(pdf())(written.getvalue()))
    assert source.text == "The tower has \U0001d45d lamps, and all are lit."


def test_a_pdf_whose_fonts_map_to_no_letters_is_refused() -> None:
    signs = ["".join(chr(1 + (number * 7 + at) % 8) for at in range(40)) for number in range(6)]
    with pytest.raises(Unreadable) as raised:
        read_pdf(laid_out_pdf([PdfText("The lamps of the harbour", 60, 760, 18), *column(60, 700, *signs)]))
    assert (raised.value.code, "fonts" in raised.value.detail) == ("source_unreadable", True)


def test_a_document_that_is_one_table_is_told() -> None:
    rows = [
        PdfText(f"{place} of {x}", x, 700 - 14 * row, 10) for row, place in enumerate(PLACES) for x in (60, 200, 340)
    ]
    assert f"{PLACES[3]} of 200" in read_pdf(laid_out_pdf(rows)).text


def test_lists_keep_their_items() -> None:
    lines = [
        *column(60, 740, *PROSE),
        *column(72, 690, "• Trim the wick at noon.", "• Never leave the lamp alone in a", "  storm."),
    ]
    assert texts(read_pdf(laid_out_pdf(lines)), BlockKind.ITEM) == [
        "Trim the wick at noon.", "Never leave the lamp alone in a storm."
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("x", "size", "every", "first"),
    [(540, 10, 1, 1), (30, 10, 1, 1), (48, 6, 1, 61), (30, 8, 5, 5)],
    ids=["right of it", "left of it", "small and close, going on from the page before", "every fifth"],
)
def test_numbers_of_lines_in_the_margin_are_not_heard(x: float, size: float, every: int, first: int) -> None:
    """As in manuscripts under review, proofs, court transcripts and bills."""
    lines = [*PROSE * 10]
    numbered = range(every - 1, len(lines), every)
    margin = [PdfText(str(first + place * every), x, 740 - 20 * line, size) for place, line in enumerate(numbered)]
    set_lines = column(62, 740, *lines, step=20)
    drawn = [one for pair in zip_longest(margin, set_lines) for one in pair if one] if size < 8 else margin + set_lines
    assert read_pdf(laid_out_pdf(drawn)).text == " ".join(lines)


def test_numbers_of_the_rows_of_a_table_and_of_items_are_heard() -> None:
    rows = [
        PdfText(text, x, 740 - 20 * row, 10)
        for row in range(12)
        for text, x in ((str(row + 1), 60), (f"{PLACES[row % 10]} boat", 120), (f"{row * 7 + 31} barrels", 300))
    ]
    assert "11, first boat, 101 barrels." in read_pdf(laid_out_pdf(rows)).text
    listed = [PdfText(str(number + 1), 40, 740 - 39 * number, 10) for number in range(12)]
    items = [text for number in range(12) for text in column(60, 740 - 39 * number, *PROSE)]
    told = read_pdf(laid_out_pdf([*listed, *items])).text
    assert all(f"{number} The keeper" in told for number in range(1, 13))


def test_marks_of_notes_are_not_heard() -> None:
    line = [
        PdfText("The lamp was lit", 60, 680, 10),
        PdfText("12", 136, 684, 6),
        PdfText("until the war.", 150, 680, 10),
    ]
    assert "The lamp was lit until the war." in read_pdf(laid_out_pdf([*column(60, 740, *PROSE), *line])).text


def test_a_page_on_its_side_is_read_and_a_stamp_along_the_margin_is_not() -> None:
    lines = [*column(60, 740, *PROSE), PdfText("stamped 2025", 30, 300, 10, turned=True)]
    assert read_pdf(laid_out_pdf(lines)).text == " ".join(PROSE)
    turned = [
        PdfText(line.text, 100 + 13 * number, 60, 10, turned=True) for number, line in enumerate(column(0, 0, *PROSE))
    ]
    assert read_pdf(laid_out_pdf(turned)).text == " ".join(PROSE)


def test_one_bad_page_costs_itself_alone() -> None:
    document = laid_out_pdf(
        column(60, 740, *PROSE), column(60, 740, "Lost."), column(60, 740, *reversed(PROSE)), broken=1
    )
    source = read_pdf(document)
    assert source.left_out["damaged page"] == 1
    assert PROSE[1] in source.text


def test_a_pdf_may_be_cut_off_or_say_its_date_elsewhere() -> None:
    data = pdf(list(PROSE), title="The lamp").data
    source = read_pdf(laid_out_pdf(column(60, 740, *PROSE), title="The lamp", indirect_date=True))
    assert (source.title, source.date) == ("The lamp", "2025-03-04")
    cut = type(pdf())(data[: data.rindex(b"xref")], "application/pdf", "lamp.pdf")
    assert PROSE[0] in read_pdf(cut).text


@pytest.mark.parametrize(
    "title",
    [
        "Microsoft Word - lamp_final2.doc",
        "untitled",
        "paper.dvi",
        "lamp_v3",
        "Slide 1",
        "",
        "arXiv:math/0411343v1 [math.DS] 15 Nov 2004",
        "6489122611071476 1..10",
        "1471-2458-9-12.indd 1..10",
        "doi:",
    ],
)
def test_what_a_program_left_as_a_title_is_none(title: str) -> None:
    heading = PdfText("The lamps of the outer harbour", 60, 770, 18)
    assert read_pdf(laid_out_pdf([heading, *column(60, 740, *PROSE)], title=title)).title == heading.text


def test_two_words_that_are_not_in_the_title_as_it_is_set_are_none() -> None:
    page = [PdfText("The lamps of the outer harbour", 60, 770, 18), *column(60, 740, "The system has a model.", *PROSE)]
    assert read_pdf(laid_out_pdf(page, title="System Model")).title == "The lamps of the outer harbour"
    assert read_pdf(laid_out_pdf(page, title="Harbour lamps")).title == "Harbour lamps"


@pytest.mark.parametrize(
    "account",
    [
        "ibm",
        "chris.q",
        "z",
        "fda/cder",
        "Association for Lamp Studies",
        "IEEE",
        "Administrator",
        "Lamp Journals",
        "Verlag des Lichts",
        "",
    ],
)
def test_an_account_or_a_publisher_is_no_author(account: str) -> None:
    page = column(60, 740, *PROSE)
    assert read_pdf(laid_out_pdf(page, author=account)).author is None
    assert read_pdf(laid_out_pdf(page, author="Ann Other {et al.}")).author == "Ann Other et al."


@pytest.mark.parametrize(
    "kind",
    ["Research Article", "ORIGINAL ARTICLE", "Case report", "Übersichtsarbeit", "Article original", "Artigo original"],
)
def test_the_kind_of_an_article_is_no_part_of_its_title(kind: str) -> None:
    page = [PdfText(kind, 60, 790, 18), PdfText("Lamps of the harbour", 60, 770, 18), *column(60, 740, *PROSE)]
    assert read_pdf(laid_out_pdf(page, size=(612, 812))).title == "Lamps of the harbour"


def test_a_title_may_end_as_the_kind_of_an_article_is_called() -> None:
    page = [PdfText("Lamps for", 60, 790, 18), PdfText("Communication", 60, 770, 18), *column(60, 740, *PROSE)]
    assert read_pdf(laid_out_pdf(page, size=(612, 812))).title == "Lamps for Communication"


@pytest.mark.parametrize(
    "work", ["Masterarbeit", "PhD Thesis", "Mémoire de master", "Tesis doctoral", "Tese de doutorado", "Tesi di laurea"]
)
def test_what_a_student_s_work_is_called_is_no_part_of_its_title(work: str) -> None:
    page = [PdfText(work, 60, 790, 18), PdfText("Lamps of the harbour", 60, 770, 18), *column(60, 740, *PROSE)]
    for told in (None, f"{work} Ann Other", work):
        assert read_pdf(laid_out_pdf(page, size=(612, 812), title=told)).title == "Lamps of the harbour"
    told = f"{work}: Lamps of the harbour"
    assert read_pdf(laid_out_pdf(page, size=(612, 812), title=told)).title == told


def test_a_title_is_whole_where_words_of_it_are_set_taller() -> None:
    page = [
        PdfText("The lamps that are", 60, 790, 18),
        PdfText("fed with oleum", 60, 770, 19.8),
        *column(60, 740, *PROSE),
    ]
    assert read_pdf(laid_out_pdf(page, size=(612, 812))).title == "The lamps that are fed with oleum"


@pytest.mark.parametrize(
    "head",
    [
        "Competing interests",
        "Funding",
        "Autorenbeiträge",
        "Conflits d'intérêts",
        "Financiación",
        "Financiamento",
        "Conflitto di interessi",
    ],
)
@pytest.mark.parametrize("font", ["Helvetica", "Helvetica-Bold"])
def test_what_a_journal_asks_for_below_a_paper_is_not_heard(head: str, font: str) -> None:
    first, second = paper()
    kept = [text for text in second if text.x < 300]
    heads = [PdfText(head, 320, 740, 10, font=font), PdfText("Outlook", 320, 690, 10, font=font)]
    paid, said = "A. O. was paid by the lamp office.", "The lamps stay lit, as each keeper says."
    told = [heads[0], *column(320, 715, paid), heads[1], *column(320, 665, said)]
    source = read_pdf(laid_out_pdf(first, [*kept, *told]))
    assert (head in source.text, "paid" in source.text, "stay lit" in source.text) == (False, False, True)
    assert source.left_out["back matter"] == 2


def test_a_long_list_of_references_in_small_type_makes_no_headings_of_the_text() -> None:
    title = PdfText("The lamps of the outer harbour", 60, 760, 18)
    abstract = PdfText("Abstract", 60, 720, 10, font="Helvetica-Bold")
    lines = (f"The keeper of the {place} lamp told us that the light of the" for place in PLACES * 2)
    head = PdfText("References", 60, 750, 10, font="Helvetica-Bold")
    entries = (f"[{n}] A. Other. On the wicks of lamps and their oil, pp. 1-9, 2001." for n in range(1, 70))
    listed = column(60, 735, *entries, size=7, step=9)
    source = read_pdf(laid_out_pdf([title, abstract, *column(60, 705, *lines, "harbour.", step=17)], [head, *listed]))
    assert source.text.count("light of the The keeper") == 2 * len(PLACES) - 1
    assert not texts(source, BlockKind.HEADING)


def test_a_heading_over_what_is_left_out_is_not_heard_at_the_end() -> None:
    page = [*column(60, 740, *PROSE), PdfText("Notes", 60, 600, 16, font="Helvetica-Bold")]
    assert not read_pdf(laid_out_pdf(page)).text.endswith("Notes")


@pytest.mark.parametrize("behind", [" - Journal of Light, IEEE Transactions on", " | Wiley Online Library"])
def test_a_journal_behind_the_title_is_no_part_of_it(behind: str) -> None:
    page = [PdfText("Lamps of the harbour", 60, 770, 18), *column(60, 740, *PROSE)]
    assert read_pdf(laid_out_pdf(page, title=f"Lamps of the Harbour{behind}")).title == "Lamps of the harbour"


def test_a_title_as_large_as_its_text_is_known_by_its_weight() -> None:
    heads = [
        PdfText(text, 60, 770 - 13 * n, 10, font="Helvetica-Bold") for n, text in enumerate(("LAMPS OF", "A HARBOUR"))
    ]
    assert read_pdf(laid_out_pdf([*heads, *column(60, 744, *PROSE)])).title == "LAMPS OF A HARBOUR"


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.4 garbage" * 1000, b"%PDF-1.4\n" + b"[" * 1_000_000])
def test_a_damaged_pdf_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable) as raised:
        read_pdf(type(pdf())(data))
    assert raised.value.code == "source_unreadable"


@pytest.mark.parametrize(
    ("lines", "said"), [(["1 = 2", "3.14", "0 0 1"], "only figures"), ([], "pictures")], ids=["figures", "pictures"]
)
def test_a_pdf_without_words_is_called_what_it_is(lines: list[str], said: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read_pdf(laid_out_pdf(column(60, 740, *lines)))
    assert (raised.value.code, said in raised.value.detail) == ("source_empty", True)


def test_a_list_of_contents_alone_is_told() -> None:
    lines = column(
        60, 740, "Contents", *(f"The {place} lamp . . . . . . . . {number}" for number, place in enumerate(PLACES))
    )
    for foot in ("9", "Harbour Office"):
        source = read_pdf(laid_out_pdf([*lines, PdfText(foot, 300, 100, 10)]))
        assert "The third lamp" in source.text
        assert not source.left_out


def test_the_last_words_of_lines_that_are_drawn_apart_stay_with_their_lines() -> None:
    lines = [f"The keeper of lamp {number} went up the stair at dusk" for number in PLACES]
    ends = [PdfText(word, 420 + 11 * (number % 5), 700 - 13 * number, 10) for number, word in
            enumerate(["and lit it then,", "and went down,", "as she was told,", "and slept well,"] * 2)]  # fmt: skip
    words = read_pdf(laid_out_pdf([*column(60, 700, *lines), *ends])).text
    assert "at dusk and lit it then, The keeper" in words


def test_a_text_beside_a_table_on_its_lines_is_read_by_itself() -> None:
    text = [
        "The lamps of the harbour were lit each evening by",
        "people who lived in the tower, which is told of by",
        "those who saw it, and which ended with the great",
        "fire of that year, after which the council bought",
        "a machine that lights all of them at once, and",
        "nobody has lived in the tower since that time.",
    ]
    rows = [
        PdfText(cell, 340 + 60 * place, 700 - 13 * number, 10)
        for number, row in enumerate(["Year 1931 1951", "Lamps 30 31", "Boats 4 9", "Fires 1 0", "Keys 2 2", "Men 7 1"])
        for place, cell in enumerate(row.split())
    ]
    words = read_pdf(laid_out_pdf([*column(60, 700, *text), *rows])).text
    assert " ".join(text) in words
    assert "Year" in words


def test_a_list_beside_a_text_on_its_lines_is_read_by_itself() -> None:
    text = [
        "The lamps of the harbour were lit each evening by",
        "people who lived in the tower, and who wrote down",
        "each ship that came by in the book of the harbour,",
        "which is kept by the council since the great fire",
        "of that year, after which a machine was bought.",
        "Nobody has lived in the tower since that time.",
    ]
    listed = ["- A lamp", "- Oil for two", "weeks at sea", "- A book", "- Ink, if the", "old is dry"]
    words = read_pdf(laid_out_pdf([*column(60, 700, *text), *column(330, 700, *listed)])).text
    assert " ".join(text) in words
    assert "Oil for two weeks at sea" in words


def test_what_is_written_into_a_form_is_read() -> None:
    assert "Ann Other of Whitby" in read_pdf(filled_in_form()).text


def test_a_page_with_more_fields_than_any_form_is_read_without_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_pdf, "_MOST_FIELDS", 0)
    text = read_pdf(filled_in_form()).text
    assert "Name of the keeper" in text
    assert "Ann Other of Whitby" not in text


def filled_in_form() -> Document:
    document = laid_out_pdf([PdfText("Name of the keeper, as it is known to all:", 60, 700, 10)])
    writer = PdfWriter(clone_from=io.BytesIO(document.data))
    field = FreeText(text="Ann Other of Whitby", rect=(60, 660, 300, 690), font="Helvetica", font_size="12pt")
    writer.add_annotation(0, field)
    appearance = DecodedStreamObject()
    appearance.set_data(b"BT /Helvetica 10 Tf 2 8 Td (Ann Other of Whitby) Tj ET")
    resources = writer.pages[0]["/Resources"]
    appearance.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Form"),
                       NameObject("/BBox"): ArrayObject(map(NumberObject, (0, 0, 240, 30))),
                       NameObject("/Resources"): resources})  # fmt: skip
    placed = writer.pages[0]["/Annots"][0].get_object()  # type: ignore[index]
    placed[NameObject("/AP")] = DictionaryObject({NameObject("/N"): writer._add_object(appearance)})
    written = io.BytesIO()
    writer.write(written)
    return Document(written.getvalue())


def test_the_numbers_of_ruled_paper_are_not_heard() -> None:
    said = {
        1: "IN THE COURT OF LIGHT",
        4: "THE LAMP, Petitioner,",
        6: "v. THE FOG.",
        9: "Tuesday, at one.",
        15: "Said:",
    }
    numbers = [PdfText(str(number), 60, 740 - 24 * number, 12) for number in range(1, 26)]
    lines = [PdfText(text, 120, 740 - 24 * number, 12) for number, text in said.items()]
    source = read_pdf(laid_out_pdf([*numbers, *lines]))
    assert not any(character.isdigit() for character in source.text + source.title)


def test_lines_that_leave_room_for_the_next_word_end_on_purpose() -> None:
    listed = ["The boats take", "Bread for a week", "Water for two", "A lamp"]
    page = [*column(60, 740, *PROSE[0].split(" and "), *PROSE[1].split(" and ")), *column(60, 600, *listed)]
    assert texts(read_pdf(laid_out_pdf(page)))[-4:] == listed


@pytest.mark.parametrize("heading", ["A lamp is lit", "2 years at sea", "I am the sea"])
def test_words_that_begin_a_heading_are_no_number_of_it(heading: str) -> None:
    title = PdfText("The lamps of the outer harbour", 60, 770, 20)
    page = [title, PdfText(heading, 60, 640, 14), *column(60, 740, *PROSE), *column(60, 610, *PROSE)]
    assert texts(read_pdf(laid_out_pdf(page)), BlockKind.HEADING) == [heading]


def test_a_column_of_lists_and_text_is_a_column() -> None:
    left = column(60, 740, *(f"The keeper of the {place} lamp told us that" for place in PLACES))
    indented = [(320, "The light of the lamp was seen as far as"), (332, "once a day, it was lit by Ann and then"),
                (344, "if there was a fog, it was lit by nobody")] * 3  # fmt: skip
    right = [PdfText(text, x, 740 - 12 * number, 10) for number, (x, text) in enumerate(indented)]
    text = " ".join(read_pdf(laid_out_pdf([*left, *right])).text.split())
    assert text.index(PLACES[-1]) < text.index("The light")


@pytest.mark.parametrize(
    ("work", "thanks", "begins"),
    [
        ("A thesis submitted for the degree of Keeper", "Acknowledgments", "Abstract"),
        ("Thèse de doctorat en optique", "Remerciements", "Résumé"),
        ("Tesis de licenciatura", "Agradecimientos", "Introducción"),
        ("Dissertação apresentada ao programa", "Agradecimentos", "RESUMO"),
        ("Tesi di laurea magistrale", "Ringraziamenti", "Capitolo 1. Introduzione"),
        ("Masterarbeit im Fach Optik", "Eidesstattliche Erklärung", "Zusammenfassung"),
    ],
)
def test_a_thesis_begins_with_its_text(work: str, thanks: str, begins: str) -> None:
    title = [PdfText("The lamps of the outer harbour", 60, 740, 18), *column(60, 600, work, "Ann Other", "May 2020")]
    before = [PdfText(thanks, 60, 740, 14), *column(60, 700, "I thank all keepers who have lit my way at night.")]
    first = [PdfText(begins, 60, 740, 14), *column(60, 700, *PROSE)]
    pages = [[PdfText(f"Of the {place} lamp", 60, 740, 14), *column(60, 700, *PROSE)] for place in PLACES[:7]]
    source = read_pdf(laid_out_pdf(title, before, first, *pages))
    assert source.title == "The lamps of the outer harbour"
    assert source.text.startswith((begins, begins.partition(". ")[2] or begins))
    assert source.left_out["front matter"] == 1


def test_a_title_page_is_left_out_where_a_text_follows_it_and_told_where_it_is_the_text() -> None:
    title = [PdfText("Lamps of the harbour", 60, 740, 18), *column(60, 600, "Harbour Office", "Whitby, May 2020")]
    pages = [[PdfText(f"Of the {place} lamp", 60, 740, 14), *column(60, 700, *PROSE)] for place in PLACES[:7]]
    told = read_pdf(laid_out_pdf(title, *pages))
    assert (told.title, "Whitby" in told.text) == ("Lamps of the harbour", False)
    assert "Whitby" in read_pdf(laid_out_pdf(title, *pages[:3])).text
    read = [title[0], *column(60, 600, *PROSE)]
    assert read_pdf(laid_out_pdf(read, *pages)).text.count("key to the stair") == 8


def test_all_title_pages_are_left_out_before_the_first_page_that_reads() -> None:
    """As in reports of offices: the authors, the client, and the address of the publisher."""
    title = [PdfText("Lamps of the harbour", 60, 740, 18), *column(60, 600, "Harbour Office", "Whitby, May 2020")]
    office = column(60, 740, *["Ann Other, Ben Else, Whitby Harbour Office, Council House, North Street 12"] * 8)
    pages = [[PdfText(f"Of the {place} lamp", 60, 740, 14), *column(60, 700, *PROSE * 3)] for place in PLACES]
    listed = [column(60, 740, *[f"{place.title()} Lamp, North Pier 4" for place in PLACES] * 4) for _ in PLACES]
    pages += pages[:6]
    told = read_pdf(laid_out_pdf(title, office, *pages))
    assert (told.title, "North Street" in told.text, told.blocks[0].text) == (title[0].text, False, "Of the first lamp")
    assert "Ninth Lamp" in read_pdf(laid_out_pdf(title, *listed, *listed)).text


def test_a_title_that_returns_above_each_page_is_the_title() -> None:
    pages = [
        [PdfText("Bibliography of Lamps", 200, 750, 11, font="Helvetica-Bold"), *column(60, 700, *PROSE, *PROSE)]
        for _ in range(4)
    ]
    told = read_pdf(laid_out_pdf(*pages))
    assert (told.title, "Bibliography" in told.text) == ("Bibliography of Lamps", False)


@pytest.mark.parametrize("figures", ["2.5 1st ~70%", "€ 1.2 bn", "1,200 km"])
def test_figures_set_large_are_no_title(figures: str) -> None:
    page = [PdfText("Lamps of the harbour", 60, 740, 16), PdfText(figures, 60, 640, 30), *column(60, 600, *PROSE)]
    assert read_pdf(laid_out_pdf(page)).title == "Lamps of the harbour"


@pytest.mark.parametrize("name", ["harbour-lamps", "the-lamps-of-whitby", "lamps_2020", "Microsoft Word - lamps.doc"])
def test_the_name_of_a_file_is_no_title(name: str) -> None:
    page = [PdfText("Lamps of the harbour", 60, 740, 18), *column(60, 700, *PROSE)]
    assert read_pdf(laid_out_pdf(page, title=name)).title == "Lamps of the harbour"


def test_rows_that_differ_by_their_numbers_are_no_running_heads() -> None:
    """However the rows of a table are spread over pages: a head stands alone on its edge."""
    pages = [
        column(60, 740, *(f"Lamp {page * 20 + row} burns {row + 3} hours" for row in range(20))) for page in range(4)
    ]
    told = read_pdf(laid_out_pdf(*pages, title="Lamps")).text
    assert [f"Lamp {number} " in f"{told} " for number in range(80)] == [True] * 80


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_list_of_dates_beside_a_text_is_read_by_itself(side: str) -> None:
    """As in newsletters, without a rule between; the label of a paragraph stays beside the paragraph."""
    lines = [f"and the keeper of the {place} lamp went up the stair" for place in PLACES]
    dates = ["Friday, June 5", "Market", "Sunday, June 7", "Harbour closed", "Monday, June 8", "Council"]
    text_at, dates_at = (60, 420) if side == "right" else (240, 60)
    page = [
        PdfText(f"The harbour's news, {PROSE[0].lower()} in May", 60, 740, 10),
        *column(text_at, 700, "A lamp is lit at night", *lines),
        *(PdfText(date, dates_at + 10 * (at % 2), 687 - 19.5 * at, 10) for at, date in enumerate(dates)),
    ]
    told = read_pdf(laid_out_pdf(page, title="News")).text.replace("\n", " ")
    assert " ".join(lines) in told
    named = [
        PdfText(name, 60, 700 - 39 * at, 10)
        for at, name in enumerate(["North lamp", "South lamp", "West lamp", "Pier"])
    ]
    entries = column(
        200, 700, *[line for at in range(4) for line in (f"It {PROSE[0][11:60]}", *lines[2 * at : 2 * at + 2])]
    )
    told = read_pdf(laid_out_pdf([*named, *entries], title="Lamps")).text.replace("\n", " ")
    assert told.index("North lamp") < told.index("It ") < told.index("South lamp")


@pytest.mark.parametrize("place", ["University of Whitby", "Università di Pisa", "Fakultät für Optik", "The Institute"])
def test_where_a_work_was_written_is_no_part_of_its_title(place: str) -> None:
    page = [PdfText("Lamps of the harbour", 60, 790, 18), PdfText(place, 60, 770, 18), *column(60, 740, *PROSE)]
    assert read_pdf(laid_out_pdf(page, size=(612, 812))).title == "Lamps of the harbour"


def test_of_a_paper_headings_in_small_capitals_are_heard() -> None:
    first, second = paper()
    heads = [text if text.text != "2 Method" else PdfText("II. THE METHOD", 60, 740, 7) for text in second]
    assert texts(read_pdf(laid_out_pdf(first, heads)), BlockKind.HEADING) == ["THE METHOD"]


@pytest.mark.parametrize(
    "said",
    [
        ("HAL is a multi-disciplinary open access", "archive for the deposit and dissemination of documents."),
        ("JSTOR is a not-for-profit service that helps", "scholars. Your use of the JSTOR archive indicates"),
        ("See discussions, stats, and author profiles", "for this publication at: https://rg.example/1"),
        ("This article was downloaded by: [Whitby]", "On: 01 May 2020. Publisher: Harbour"),
        ("If you believe that this document breaches", "copyright please contact us, and we will look."),
        ("This is a PDF file of an unedited manuscript", "that has been accepted for publication."),
        ("Follow this and additional works at:", "https://lamps.example"),
        ("This paper can be downloaded without charge", "from the Social Lamps Network"),
    ],
)
def test_the_cover_of_an_archive_is_not_heard(said: tuple[str, str]) -> None:
    cover = [PdfText("Lamps, an archive of them", 60, 740, 24), *column(60, 700, "A. Other", "To cite this:", *said)]
    source = read_pdf(laid_out_pdf(cover, *paper()))
    assert source.title == "The lamps of the outer harbour"
    assert source.text.startswith("Line first of the left side")
    assert "Lamps, an archive" in read_pdf(laid_out_pdf(cover)).title


def test_a_first_page_with_an_abstract_is_no_cover() -> None:
    page = [*paper()[0], PdfText("This paper can be downloaded without charge.", 60, 60, 8)]
    assert "Line first of the left side" in read_pdf(laid_out_pdf(page, paper()[1])).text


@pytest.mark.parametrize("line", ["By Ann B. Other*", "Von Ann Other und Ben Else", "Por Ana Otra y Ben Éste"])
def test_of_a_paper_who_wrote_it_is_not_heard(line: str) -> None:
    first, second = paper()
    begun = [text for text in first if text.y < 640 or text.y > 720]
    told = [PdfText("Figure 3: The oil.", 60, 590, 9), PdfText("Keywords: lamps", 60, 560, 9)]
    source = read_pdf(laid_out_pdf([*begun, PdfText(line, 230, 690, 11)], [*second, *told]))
    assert line.split()[1] not in source.text
    assert "Line first of the left side" in source.text


def test_a_paper_that_speaks_of_a_thesis_is_none() -> None:
    title = PdfText("The lamps of the outer harbour", 60, 740, 18)
    said = [title, *column(60, 700, "The keepers asked for long what the", "thesis of the harbour said.", *PROSE * 6)]
    pages = [[PdfText("Introduction", 60, 740, 14), *column(60, 700, *PROSE)] for _ in range(8)]
    assert read_pdf(laid_out_pdf(said, *pages)).text.startswith("The keepers asked for long")


@pytest.mark.parametrize(
    "name", ["Methods", "Ergebnisse", "Matériel et méthodes", "Resultados", "Conclusões", "Metodi"]
)
def test_what_the_parts_of_papers_are_called_is_a_heading_however_it_is_set(name: str) -> None:
    page = [*column(60, 740, *PROSE), PdfText(name, 60, 680, 10), *column(60, 660, *PROSE)]
    assert texts(read_pdf(laid_out_pdf(page)), BlockKind.HEADING) == [name]


def test_short_items_are_no_headings_and_a_numbered_heading_is_no_item() -> None:
    steps = ["1. Wait until the boats are seen from the top of the tower, and no", "longer.", "2. Light the lamp",
             "3. Go down"]  # fmt: skip
    source = read_pdf(laid_out_pdf([*column(60, 740, *PROSE), *column(60, 680, *steps), *column(60, 600, *PROSE)]))
    assert texts(source, BlockKind.ITEM)[1:] == ["Light the lamp", "Go down"]
    parts = [
        *column(60, 740, "1. Lamps"),
        *column(60, 715, *PROSE),
        *column(60, 660, "2. Oil"),
        *column(60, 635, *PROSE),
    ]
    assert texts(read_pdf(laid_out_pdf(parts)), BlockKind.HEADING) == ["2. Oil"]  # the first is its title


def test_a_word_that_a_heading_s_line_ends_is_whole_again() -> None:
    title, text = PdfText("The lamps of Whitby", 60, 770, 24), column(60, 740, *PROSE)
    page = [title, *text, PdfText("Of the keeper of the har-", 60, 680, 14), PdfText("bour", 60, 664, 16)]
    source = read_pdf(laid_out_pdf([*page, *column(60, 630, *PROSE)]))
    assert texts(source, BlockKind.HEADING) == ["Of the keeper of the harbour"]
