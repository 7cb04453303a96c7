"""Furniture around a text that was printed to a file or copied: pages, contents, licences, what a mail answers."""

from __future__ import annotations

import pytest

from common.text.blocks import BlockKind
from functions.content_harvester.source import Document, Source
from functions.content_harvester.source_text import read_text

TIDE = "The tide comes in twice a day, and it goes out"


def read(text: str) -> Source:
    return read_text(Document(text.encode(), "text/plain"))


@pytest.mark.parametrize("number", ["", "Page 2\n", "                 - 2 -\n\n", "2\n"])
def test_a_sentence_goes_on_over_the_end_of_a_page(number: str) -> None:
    assert read(f"{TIDE}\n\n{number}\ftwice a day as well. Nobody owns it.").text == (
        f"{TIDE} twice a day as well. Nobody owns it."
    )


def test_a_page_that_ends_with_its_sentence_ends_a_paragraph() -> None:
    assert read(f"{TIDE}.\n\fNobody owns it, as they say.\f").text == f"{TIDE}.\n\nNobody owns it, as they say."


def test_heads_that_return_on_each_page_are_not_said() -> None:
    pages = "\f".join(
        f"RFC 1   Tides   May {number}\n\n{TIDE} {number}.\n\nHolm  [Page {number}]" for number in range(5)
    )
    assert read(pages).text == "\n\n".join(f"{TIDE} {number}." for number in range(5))


def test_contents_with_dots_are_left_out_and_prices_are_not() -> None:
    contents = read(f"Tides\n\nContents\n\n1. Why ........ 3\n2. Ebb ..... 7\n3. Flood . . . . . 12\n\n{TIDE}.")
    assert (contents.text, contents.left_out) == (f"{TIDE}.", {"contents": 1})
    prices = read("Fish soup ..... 9\nBread ..... 2\nTea ..... 3\n\nService is included in all of these prices.")
    assert "Bread" in prices.text
    assert not prices.left_out


def test_of_a_library_s_file_the_book_alone_is_read() -> None:
    source = read(
        "The Project Gutenberg eBook of Tides\n\nThis eBook is for the use of anyone anywhere.\n\nTitle: Tides\n\n"
        "Author: Ann Holm\n\n*** START OF THE PROJECT GUTENBERG EBOOK TIDES ***\n\n\nTIDES\n\n\nCHAPTER I.\n\n"
        f"{TIDE}.\n\n[Illustration: The pier]\n\n_Nobody_ owns it.\n\n    *       *       *       *\n\nIt rained.\n\n"
        "*** END OF THE PROJECT GUTENBERG EBOOK TIDES ***\n\nUpdated editions will replace the previous one."
    )
    assert (source.title, source.author) == ("Tides", "Ann Holm")
    assert [(block.kind, block.text) for block in source.blocks] == [
        (BlockKind.HEADING, "CHAPTER I."),
        (BlockKind.PARAGRAPH, f"{TIDE}."),
        (BlockKind.PARAGRAPH, "Nobody owns it."),
        (BlockKind.PARAGRAPH, "It rained."),
    ]
    assert source.left_out == {"licence": 1, "caption": 1}


def test_what_a_pasted_mail_answers_is_not_read_and_a_quotation_is() -> None:
    mail = read(
        "Hi Ann,\n\nthe ferry was late.\n\nOn Mon, 4 Mar 2024 at 10:00, Ann Holm <ann@holm.example> wrote:\n"
        "> Did you take the ferry?\n>> It is late.\n\nYours, Bo\n-- \nBo Lind\nHarbour office\n"
    )
    assert mail.text == "Hi Ann,\n\nthe ferry was late.\n\nYours, Bo"
    assert mail.left_out == {"quoted line": 2}
    wall = read("He wrote on the wall:\n\n> Nobody owns\n> the sea.\n\nAnd it was left there for years.")
    assert (wall.blocks[1].kind, wall.blocks[1].text) == (BlockKind.QUOTATION, "Nobody owns the sea.")


@pytest.mark.parametrize("goes_on", [True, False])
def test_heads_and_feet_of_the_pages_of_an_rfc_are_not_read(goes_on: bool) -> None:
    above, below = ("A cache may store", "a response.") if goes_on else ("A cache may.", "No cache must.")
    furniture = (
        "Larkin & Moreau        Standards Track        [Page 7]\n\fRFC 9999        The Tide Method       March 2024"
    )
    for between in (furniture, furniture.replace("\f", "\n")):
        source = read(f"Caching\n\n   {above}\n\n\n\n{between}\n\n\n   {below}\n\n   The end is near.")
        expected = [f"{above} {below}"] if goes_on else [above, below]
        assert [block.text for block in source.blocks] == [*expected, "The end is near."]


@pytest.mark.parametrize("end", ["", "\n\n", "\n\n(see", "\n\n- an item"])
def test_the_foot_of_a_page_may_end_a_text(end: str) -> None:
    source = read(f"Caching\n\nA cache may store a response.\n\nLarkin      Standards Track      [Page 7]\n{end}")
    assert source.blocks[0].text == "A cache may store a response."
    assert "Standards" not in source.text
