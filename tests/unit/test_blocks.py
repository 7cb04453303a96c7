"""Blocks of a text: through JSON and back, and as the plain text that they make."""

from __future__ import annotations

import json
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.text.blocks import Block, BlockKind, paragraphs_of, plain_text
from common.text.own_numbers import without_own_numbers

ANY_BLOCK = st.builds(
    Block, st.sampled_from(BlockKind), st.text(max_size=40), st.integers(0, 6), st.text(max_size=4), st.text(max_size=8)
)


@given(ANY_BLOCK)
def test_a_block_comes_back_from_json_as_it_was(block: Block) -> None:
    assert Block.from_json(json.loads(json.dumps(block.as_json()))) == block


@given(ANY_BLOCK)
def test_a_cleaned_block_is_one_paragraph_and_is_clean(block: Block) -> None:
    cleaned = block.cleaned()
    assert "\n\n" not in cleaned.text
    assert cleaned.cleaned() == cleaned
    assert "\n" not in cleaned.text or block.kind in {BlockKind.VERSE, BlockKind.CODE}


def test_a_line_is_told_with_its_speaker_and_an_item_without_its_number() -> None:
    blocks = (
        Block(BlockKind.LINE, "Where were you?", speaker="ANNA"),
        Block(BlockKind.ITEM, "keep snakes.", level=1, marker="(b)"),
    )
    assert plain_text(blocks) == "ANNA: Where were you?\n\nkeep snakes."
    assert paragraphs_of("One.\n\n\nTwo\nlines.") == (
        Block(BlockKind.PARAGRAPH, "One."),
        Block(BlockKind.PARAGRAPH, "Two lines."),
    )


LISTED: Final = (
    ("I - natos:", "a) os de cá;", "b) os de lá;", "II - naturalizados:", "a) os que pedem;", "§ 1º Aos outros nada.",
     "§ 2º São eleitores:", "I - os maiores;", "II - os capazes."),
    ("(1) the door;", "(2) the gate;", "(3) the yard."),
)  # fmt: skip


def test_numbers_of_items_behind_their_signs_are_no_words_and_tell_the_depth() -> None:
    told = without_own_numbers([Block(BlockKind.ITEM, text, 1) for text in LISTED[0]])
    assert [(block.kind.value, block.level, block.text) for block in told] == [
        ("item", 1, "natos:"), ("item", 2, "os de cá;"), ("item", 2, "os de lá;"), ("item", 1, "naturalizados:"),
        ("item", 2, "os que pedem;"), ("paragraph", 0, "Aos outros nada."), ("paragraph", 0, "São eleitores:"),
        ("item", 1, "os maiores;"), ("item", 1, "os capazes."),
    ]  # fmt: skip
    told = without_own_numbers([Block(BlockKind.ITEM, text, 1) for text in LISTED[1]])
    assert [block.text for block in told] == ["the door;", "the gate;", "the yard."]


@pytest.mark.parametrize(
    "texts",
    [("I - said no", "went home"), ("a) one", "c) three"), ("V. Woolf wrote it", "I. Newton did not"), ("a) one",)],
)
def test_what_does_not_count_is_left_as_it_is(texts: tuple[str, ...]) -> None:
    blocks = [Block(BlockKind.ITEM, text, 1) for text in texts]
    assert without_own_numbers(blocks) == blocks
