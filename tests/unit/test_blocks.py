"""Blocks of a text: through JSON and back, and as the plain text that they make."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from common.text.blocks import Block, BlockKind, paragraphs_of, plain_text

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
