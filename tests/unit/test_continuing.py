"""More about a chapter is what was not told: a quoted sentence is known again, however the source marks it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from common.text.blocks import Block, BlockKind, plain_text
from common.text.plain import blocks_of
from functions.api_gateway.continuing import untold
from functions.model_serving.llm.engines.extractive.writer import ExtractiveWriter
from functions.model_serving.llm.material.paragraphs import paragraphs
from functions.model_serving.llm.material.sentences import passages
from functions.model_serving.llm.protocol import Request, Source

REST = "Nobody has said this sentence about the harbour yet."


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("The tide rises and falls twice a day.", "The tide rises and falls twice a day."),
        ("The tide rises[1] and falls twice a day.[2][3]", "The tide rises and falls twice a day."),
        ("The tide rises [4–6] and falls twice a day.[note 7]", "The tide rises and falls twice a day."),
        ("The tide rises and falls\n   twice a day.", "The tide rises and falls twice a day."),
        ("- The tide rises and falls twice a day.", "The tide rises and falls twice a day."),
        ("As Dr. Smith wrote, the tide rises twice a day.", "As Dr. Smith wrote, the tide rises twice a day."),
        ("The tide rises, " * 40 + "and falls.", "The tide rises, " * 40 + "and falls."),
    ],
    ids=lambda text: text[:40],
)
def test_a_sentence_that_was_said_is_not_told_again(source: str, said: str) -> None:
    script = [f"So, Ben, here is the first thing. {said}"]
    for text in (f"{source} {REST}", f"{REST}\n\n{source}", f"{source}\n\n{REST}"):
        left = plain_text(untold(blocks_of(text, "en"), script, "en"))
        assert REST in left
        assert said not in " ".join(left.split())
        assert len(left) < len(text) - 30


def test_what_was_not_said_stays_as_it_was() -> None:
    blocks = blocks_of("# Tides\n\nThe sea[1] comes  in\nand goes out again.\n\nOk. Yes.", "en")
    assert untold(blocks, ["Ok. The Moon pulls on the water."], "en") == blocks


RULES = (
    Block(BlockKind.HEADING, "Rules", level=2),
    Block(BlockKind.PARAGRAPH, "Everybody is welcome in this house. The tenant shall not"),
    Block(BlockKind.ITEM, "smoke in the flat;", level=1, marker="(a)"),
    Block(BlockKind.ITEM, "keep snakes.", level=1, marker="(b)"),
    Block(BlockKind.HEADING, "Rent", level=2),
    Block(BlockKind.PARAGRAPH, "The rent is paid on the first day of each month."),
)


def test_a_list_that_was_said_is_gone_with_its_lead_in_and_its_heading() -> None:
    said = ["Everybody is welcome in this house. The tenant shall not: smoke in the flat; keep snakes."]
    assert untold(RULES, said, "en") == [*RULES[4:]]


def test_a_list_that_was_not_said_keeps_its_lead_in_and_its_kind() -> None:
    said = ["Everybody is welcome in this house.", "The rent is paid on the first day of each month."]
    left = untold(RULES, said, "en")
    assert left == [RULES[0], replace(RULES[1], text="The tenant shall not"), *RULES[2:4]]
    both = untold(RULES, ["The tenant shall not run."], "en")
    assert both == list(RULES)


@pytest.mark.parametrize("mark", ["", "[1]", " [2, 3]", "[citation needed]"])
def test_what_a_writer_quoted_of_a_source_it_does_not_find_there_again(mark: str) -> None:
    """The writer and the search for its quotations agree on where sentences end, for a whole source."""
    names = ("Fundy", "Saint-Malo", "Dr. Kelvin", "the U.S. coast", "Bristol", "Ushant")
    text = "\n\n".join(
        f"At {name} the tide{mark} number {part} comes in about {part + 3} times as high as anybody expects.{mark} "
        f"Those who fish off {name} in month {part} set out with it and come home on the flood, e.g. by night.{mark}"
        for part, name in enumerate(names)
    )
    request = Request("Tides", "en", 0.7, "conversation", ("Ada", "Ben"), (Source(text),))
    script = [turn.text for turn in ExtractiveWriter().write(request)]
    said = " ".join(script)
    left = plain_text(untold(blocks_of(text, "en"), script, "en"))
    again = [
        sentence
        for paragraph in paragraphs(left, 0, language="en")
        for passage in passages(paragraph, "en")
        for sentence in passage.sentences
    ]
    assert 0 < len(again) < 2 * len(names)
    assert not [sentence for sentence in again if sentence in said]
