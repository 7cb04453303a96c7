"""More about a chapter is what was not told: a quoted sentence is known again, however the source marks it."""

from __future__ import annotations

import pytest

from functions.api_gateway.continuing import untold
from functions.model_serving.llm.engines.extractive.writer import ExtractiveWriter
from functions.model_serving.llm.material.sentences import paragraphs, passages
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
        ("The tide rises, " * 40 + "and falls.", ("The tide rises, " * 26).strip()),
    ],
    ids=lambda text: text[:40],
)
def test_a_sentence_that_was_said_is_not_told_again(source: str, said: str) -> None:
    script = [f"So, Ben, here is the first thing. {said}"]
    for text in (f"{source} {REST}", f"{REST}\n\n{source}", f"{source}\n\n{REST}"):
        left = untold(text, script, "en")
        assert REST in left
        assert said not in " ".join(left.split())
        assert len(left) < len(text) - 30


def test_what_was_not_said_stays_as_it_was() -> None:
    text = "# Tides\n\nThe sea[1] comes  in\nand goes out again.\n\nOk. Yes."
    assert untold(text, ["Ok. The Moon pulls on the water."], "en") == text


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
    left = untold(text, script, "en")
    again = [
        sentence
        for paragraph in paragraphs(left, 0)
        for passage in passages(paragraph, "en")
        for sentence in passage.sentences
    ]
    assert 0 < len(again) < 2 * len(names)
    assert not [sentence for sentence in again if sentence in said]
