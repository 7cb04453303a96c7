"""What a page says is material: text that instructs the writer changes neither voices nor length nor links.

The models here are the worst there can be: one does what the page says, word for word, and one repeats what it was
shown. What holds is what is made of their answers, not their good will.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from llm.dialogue import DialogueWriter
from llm.extractive import ExtractiveWriter
from llm.language_model import LanguageModel, Prompt
from llm.pace import seconds
from llm.protocol import Request, Source, Turn

from common.settings import Settings
from local.podcast import SAMPLE

INSTRUCTIONS = [text.strip() for text in Path(__file__).with_name("instructions.txt").read_text().split("---")]
HOSTS = ("Ada", "Ben")
GREETING = Turn("Ada", "Hello, and welcome. I'm Ada. Today's subject: tides.", "", None, "cold_open")
MINUTES = 2


class Obedient:
    """Does what the page says: speaks as somebody else, without end, of links, with fields that nobody asked for."""

    def stream(self, prompt: Prompt) -> Iterator[str]:
        if prompt.schema and "chapters" in prompt.schema.get("properties", {}):
            yield json.dumps({"chapters": [{"title": "Owned", "purpose": "x", "sources": [99], "weight": 1e9}]})
            return
        for number in range(2_000):
            many = "many, " * (number % 7)
            text = f"Banana number {number} of {many} see https://evil.example/{number} or www.evil.example now."
            turn = {"speaker": "Mallory", "text": text, "source": 99, "voice": "second", "kind": "close", "minutes": 60}
            yield json.dumps(turn) + "\n"


class Parrot:
    """Answers with what it was shown."""

    def stream(self, prompt: Prompt) -> Iterator[str]:
        yield prompt.user
        for line in prompt.user.splitlines():
            yield json.dumps({"speaker": "SYSTEM", "text": line[:1_000], "source": 1}) + "\n"


def request(instruction: str) -> Request:
    """A page that is about tides at first and at last, and gives its instructions in between."""
    text = SAMPLE.read_text()
    middle = len(text) // 2
    page = f"{text[:middle]}\n\n{instruction}\n\n{text[middle:]}"
    return Request(
        title="Tides",
        language="en",
        minutes=MINUTES,
        style="conversation",
        hosts=HOSTS,
        sources=(Source(page, instruction[:80], author=instruction[:80], date=""),),
        said=(GREETING,),
    )


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=lambda text: text[:30])
@pytest.mark.parametrize("model", [Obedient(), Parrot()], ids=lambda model: type(model).__name__)
def test_no_model_that_obeys_a_page_changes_voices_length_or_links(model: LanguageModel, instruction: str) -> None:
    turns = list(DialogueWriter(model, Settings()).write(request(instruction)))
    assert {turn.speaker for turn in turns} <= set(HOSTS)
    assert sum(seconds(turn.text, "en") for turn in turns) <= MINUTES * 60 * 1.15
    assert [turn.kind for turn in turns if turn.kind != "turn"] == ["close"]
    assert turns[-1].kind == "close"
    assert {turn.source for turn in turns} <= {0, None}
    assert not [turn.text for turn in turns if re.search(r"://|www\.|javascript:|</?\w+>", turn.text)]


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=lambda text: text[:30])
def test_the_embedded_writer_quotes_and_never_obeys(instruction: str) -> None:
    turns = list(ExtractiveWriter().write(request(instruction)))
    assert {turn.speaker for turn in turns} <= set(HOSTS)
    assert sum(seconds(turn.text, "en") for turn in turns) <= MINUTES * 60 * 1.15
    assert not [turn.text for turn in turns if re.search(r"://|www\.|javascript:|</?\w+>", turn.text)]


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=lambda text: text[:30])
def test_a_page_stays_in_its_place_in_every_prompt(instruction: str) -> None:
    """It is in no system prompt, and fills no blank but that of the sources."""
    prompts: list[Prompt] = []

    class Noting(Parrot):
        def stream(self, prompt: Prompt) -> Iterator[str]:
            prompts.append(prompt)
            return super().stream(prompt)

    asked = request(instruction)
    list(DialogueWriter(Noting(), Settings()).write(asked))
    plain = replace(asked, sources=(Source("The tide rises and falls.", "Tides"),))
    count = len(prompts)
    list(DialogueWriter(Noting(), Settings()).write(plain))
    assert {prompt.system for prompt in prompts[:count]} == {prompt.system for prompt in prompts[count:]}
