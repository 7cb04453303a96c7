"""Plain text read into blocks, and titles: typed text is recognized by kind, or left a paragraph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.languages import pack_of
from common.text.blocks import Block, BlockKind
from common.text.chess import begins_with_move, is_moves
from common.text.plain import blocks_of, told_apart
from common.text.sentences import sentences
from common.text.titles import title_of, whole_title, with_title
from functions.api_gateway.requests_schema import GenerateRequest


def shown(text: str, language: str = "en") -> list[str]:
    """Each block as "kind: text", its marker or speaker before it."""
    return [
        f"{block.kind}: {' '.join(filter(None, (block.marker, block.speaker, block.text)))}"
        for block in blocks_of(text, language)
    ]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("# Tides\n\nThe sea comes in.", ["heading: Tides", "paragraph: The sea comes in."]),
        ("Tides\n=====\n\nThe sea comes in.", ["heading: Tides", "paragraph: The sea comes in."]),
        ("The tides\n\nThe sea comes in.", ["heading: The tides", "paragraph: The sea comes in."]),
        ("You may not\n\nThe sea comes in.", ["paragraph: You may not", "paragraph: The sea comes in."]),
        (
            "You may not\n\n(a) swim;\n(b) dive.",
            ["paragraph: You may not", "item: (a) swim;", "item: (b) dive."],
        ),
        (
            "You may not (a) swim here; or (b) dive there. The sea is cold.",
            [
                "paragraph: You may not",
                "item: (a) swim here; or",
                "item: (b) dive there.",
                "paragraph: The sea is cold.",
            ],
        ),
        ("As said under point (a) or (b), you may.", ["paragraph: As said under point (a) or (b), you may."]),
        ("Buy:\n- milk\n- eggs\n  from hens", ["paragraph: Buy:", "item: milk", "item: eggs from hens"]),
        ("Buy: - milk - eggs from hens", ["paragraph: Buy:", "item: milk", "item: eggs from hens"]),
        (
            "1. Scope\n\n1.1 It is wide.\n\n1.2 It is deep.",
            ["heading: 1. Scope", "paragraph: 1.1 It is wide.", "paragraph: 1.2 It is deep."],
        ),
        ("3.5 Million people live here.", ["paragraph: 3.5 Million people live here."]),
        ("It was founded on\n12. May by friends.", ["paragraph: It was founded on 12. May by friends."]),
        ("```sh\nrm -r x\n\nls\n```\n\nIt is gone.", ["code: rm -r x\n\nls", "paragraph: It is gone."]),
        ("> All is well.\n> So far.", ["quotation: All is well. So far."]),
        (
            "Sea, sea,\ncome to me,\nas I to you,\nas good as new.",
            ["verse: Sea, sea,\ncome to me,\nas I to you,\nas good as new."],
        ),
        (
            "Q: Who?\n\nA: I.\n\nQ: Why?\n\nA: Why not.",
            ["line: Q Who?", "line: A I.", "line: Q Why?", "line: A Why not."],
        ),
        (
            "Ann: Who is it? Bob: It is I. Ann: Come in.",
            ["line: Ann Who is it?", "line: Bob It is I.", "line: Ann Come in."],
        ),
        (
            "Serves: four\n\nTime: an hour\n\nNote: it is hot.",
            ["item: Serves: four", "item: Time: an hour", "paragraph: Note: it is hot."],
        ),
        ("**Bold** and *oblique* words[1].", ["paragraph: Bold and oblique words."]),
        ("A\nlist of 2 * 3 * 4 and snake_case_names.", ["paragraph: A list of 2 * 3 * 4 and snake_case_names."]),
    ],
)
def test_what_people_type_is_taken_for_what_it_is(text: str, blocks: list[str]) -> None:
    assert shown(text) == blocks


def test_what_a_reader_told_stays_as_it_is() -> None:
    told = [
        Block(BlockKind.HEADING, "Never", level=2),
        Block(BlockKind.ITEM, "swim", level=1),
        Block(BlockKind.TERM, "Ebb"),
        Block(BlockKind.LINE, "Come in", speaker="Ann"),
        Block(BlockKind.CODE, "1. x"),
    ]
    assert told_apart(told, "en") == told


def test_numbered_clauses_of_a_reader_are_paragraphs_and_keep_their_lists() -> None:
    clauses = [
        Block(BlockKind.ITEM, "The hall is open.", level=1, marker="(1)"),
        Block(BlockKind.ITEM, "In it nobody may", level=1, marker="(2)"),
        Block(BlockKind.ITEM, "sing,", level=1, marker="1."),
        Block(BlockKind.ITEM, "dance.", level=1, marker="2."),
    ]
    kinds = [block.kind for block in told_apart(clauses, "en")]
    assert kinds == [BlockKind.PARAGRAPH, BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.ITEM]


@given(st.text('abcA .:;-*_()[]1<>/`#|?\n"«»', max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    """Letters are neither lost nor made up, but for those of labels, tags and fences."""
    letters = "".join(filter(str.isalpha, text))
    found = "".join(filter(str.isalpha, "".join(block.text + block.speaker for block in blocks_of(text, "en"))))
    assert len(found) <= len(letters)
    if not set(text) & set("`<>|-():.[]1"):
        assert found == letters


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Tides\n\nThe sea comes in.", "Tides"),
        ("**Tides**\nThe sea comes in.", "Tides"),
        ("Subject: Re: The new ferry\n\nDear all, it is here.", "The new ferry"),
        ("Betreff: Die neue Fähre\n\nHallo.", "Die neue Fähre"),
        ("Re-use of old ferries\n\nThey last.", "Re-use of old ferries"),
        ("What is a tide?\n\nThe sea comes in.", "What is a tide?"),
        ("The council closed the bridge. It will reopen in May.", "The council closed the bridge"),
        (
            "The council closed the bridge after three years of\ndispute about its price.",
            "The council closed the bridge after three years of dispute about its price",
        ),
        (
            "The council decided on Monday night, after a debate of four hours and against all advice, to close it.",
            "",
        ),
        ("", ""),
    ],
)
def test_a_title_is_a_line_or_a_whole_sentence_or_none(text: str, title: str) -> None:
    assert title_of(text, "en") == title


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Tides", "Today's subject: Tides."),
        ("Tides.", "Today's subject: Tides."),
        ("What is a tide?", "Today's subject: What is a tide?"),
        ('"Ice is slow."', 'Today\'s subject: "Ice is slow."'),
        ("The bridge is closed after three years of …", "Today's subject: The bridge is closed after three years."),
        ("The bridge is closed, and after three years of…", "Today's subject: The bridge is closed."),
        ("Of the…", "Today's subject: Of."),
    ],
)
def test_a_title_that_was_cut_is_said_without_its_loose_end(title: str, said: str) -> None:
    assert with_title("Today's subject: {title}.", title, "en") == said
    assert whole_title("Tides", "en") == "Tides"


def test_a_phrase_keeps_its_other_blanks() -> None:
    greeting = pack_of("de").greeting[1]
    assert with_title(greeting, "Gezeiten", "de", host="Ada") == "Willkommen bei Aethercast. Ich bin Ada."


def test_a_title_has_nothing_that_nobody_sees() -> None:
    """Marks turning the direction round, and controls: they would stand in lists, feeds and file names."""
    hidden = "First \u202eline\x00\x07 of \u2066it\u200b\n\nand more."
    assert title_of(hidden, "en") == "First line of it"
    assert title_of("\u202e\x00", "en") == ""
    body = {"text": "Tides rise.", "title": "Neap\u202e tides"}
    assert GenerateRequest.model_validate(body).title == "Neap tides"


@pytest.mark.parametrize(
    ("language", "moves", "remark"),
    [
        ("en", "1. e4 e5 2. Nf3 Nc6 3. Bb5 a6", "Only 4. Ba4 keeps the pressure."),
        ("de", "1. e4 e5 2. Sf3 Sc6 3. Lb5 a6", "Nur 4. La4 hält den Druck."),
        ("es", "1. e4 e5 2. Cf3 Cc6 3. Ab5 a6", "Solo 4. Aa4 mantiene la presión."),
        ("fr", "1. e4 e5 2. Cf3 Cc6 3. Fb5 a6", "Seul 4. Fa4 garde la pression."),
        ("it", "1. e4 e5 2. Cf3 Cc6 3. Ab5 a6", "Solo 4. Aa4 mantiene la pressione."),
        ("pt", "1. e4 e5 2. Cf3 Cc6 3. Bb5 a6", "Só 4. Ba4 mantém a pressão."),
        ("en", "14... O-O-O+ 15. exd8=Q# 1-0", "After 16... Kf8 it is over."),
    ],
)
def test_moves_of_chess_are_neither_items_nor_ends_of_sentences(language: str, moves: str, remark: str) -> None:
    assert is_moves(moves)
    assert not is_moves(remark)
    assert not begins_with_move("1. Preheat the oven to 180 °C.")
    assert not is_moves(f"{moves} and wins")
    assert blocks_of(f"{moves}\n\n{remark}", language) == [
        Block(BlockKind.PARAGRAPH, moves), Block(BlockKind.PARAGRAPH, remark)
    ]  # fmt: skip
    assert list(sentences(f"{moves}. {remark}", language)) == [f"{moves}.", remark]
