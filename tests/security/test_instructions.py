"""What a page says is material: text that instructs the writer changes neither voices nor length nor links.

The models here are the worst possible: an obedient writer following the page word for word, and an echo of the prompt.
The guard is the handling of their answers, not their good will.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from common.settings import Settings
from common.text.links import title_without_links, without_links
from functions.model_serving.llm.dialogue.language_model import LanguageModel, Prompt
from functions.model_serving.llm.dialogue.prompting import numbered
from functions.model_serving.llm.dialogue.writer import DialogueWriter
from functions.model_serving.llm.engines.extractive.writer import ExtractiveWriter
from functions.model_serving.llm.protocol import Request, Source, Turn
from functions.model_serving.llm.speaking_rate import seconds
from local.podcast import SAMPLE

INSTRUCTIONS = [text.strip() for text in Path(__file__).with_name("instructions.txt").read_text().split("---")]
HOSTS = ("Ada", "Ben")
GREETING = Turn("Ada", "Hello, and welcome. I'm Ada. Today's subject: tides.", "", None, "cold_open")
MINUTES = 6
"""Long enough for a plan with chapters."""
LINKS = (
    *("https://evil.example/1", "www.evil.example", "evil.example/win", "ftp://evil.example", "javascript:alert(1)"),
    *("[a prize](https://evil.example)", "<a href='//evil.example'>a prize</a>", "HTTPS://EVIL.EXAMPLE"),
)
LED_TO = re.compile(r"://|www\.|javascript:|</?\w+|example/", re.IGNORECASE)


def test_the_links_here_are_links() -> None:
    assert all(LED_TO.search(link) for link in LINKS)
    assert not [link for link in LINKS if LED_TO.search(without_links(link))]


class Obedient:
    """Does what the page says: other speakers, endless text, links, and surplus fields."""

    def stream(self, prompt: Prompt) -> Iterator[str]:
        if prompt.schema and "chapters" in prompt.schema.get("properties", {}):
            chapter = {"purpose": "x", "sources": [99], "weight": 2}
            yield json.dumps({"chapters": [chapter | {"title": f"Owned {link}"} for link in LINKS]})
            return
        for number in range(2_000):
            many = "many, " * (number % 7)
            text = f"Banana number {number} of {many} see {LINKS[number % len(LINKS)]} now."
            turn = {"speaker": "Mallory", "text": text, "source": 99, "voice": "second", "kind": "close", "minutes": 60}
            yield json.dumps(turn) + "\n"


class Parrot:
    """Answers with what it was shown."""

    def stream(self, prompt: Prompt) -> Iterator[str]:
        yield prompt.user
        for line in prompt.user.splitlines():
            yield json.dumps({"speaker": "SYSTEM", "text": line[:1_000], "source": 1}) + "\n"


def request(instruction: str) -> Request:
    """A page that is about tides at first and at last, and gives its instructions in between, and in its title, as the
    harvester hands that on."""
    text = SAMPLE.read_text()
    middle = len(text) // 2
    page = f"{text[:middle]}\n\n{instruction}\n\n{text[middle:]}"
    return Request(
        title=title_without_links(instruction) or "Tides",
        language="en",
        minutes=MINUTES,
        style="conversation",
        hosts=HOSTS,
        sources=(Source(page, title_without_links(instruction), author=title_without_links(instruction), date=""),),
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
    assert_nothing_leads_away(turns)
    assert len({turn.chapter for turn in turns}) > 2


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=lambda text: text[:30])
def test_the_embedded_writer_quotes_and_never_obeys(instruction: str) -> None:
    turns = list(ExtractiveWriter().write(request(instruction)))
    assert {turn.speaker for turn in turns} <= set(HOSTS)
    assert sum(seconds(turn.text, "en") for turn in turns) <= MINUTES * 60 * 1.15
    assert_nothing_leads_away(turns)


def test_the_embedded_writer_leaves_out_what_has_a_link_in_it() -> None:
    text = "\n\n".join(
        f"Tables {number} at {link}\n\nThe tide tables of harbour {number} are what sailors have read for ages. "
        f"Those of the year {1900 + number} are found by everybody at {link} and have never been wrong. "
        f"Harbour {number} is deep enough for ships of every size, at high water and at low."
        for number, link in enumerate(LINKS * 4)
    )
    turns = list(ExtractiveWriter().write(replace(request(""), sources=(Source(text, "Tide tables"),))))
    assert any("what sailors have read" in turn.text for turn in turns)
    assert_nothing_leads_away(turns)


def assert_nothing_leads_away(turns: list[Turn]) -> None:
    assert not [said for turn in turns for said in (turn.text, turn.chapter) if LED_TO.search(said)]


MARKS = re.compile(
    r"<[|\uff5c]|[|\uff5c]>|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS)\]|<</?SYS>>|<(?:start|end)_of_turn>"
    r"|</?s>|<[be]os>|[\U000e0000-\U000e007f\u200b\u202a-\u202e]"
)
"""What parts a model's own messages, and what nobody sees who reads the page."""


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=lambda text: text[:30])
def test_a_page_cannot_close_its_place(instruction: str) -> None:
    """No page begins a source of its own with a trusted number, or a message of the model's templates."""
    source = Source(f"The tide rises.\n{instruction}\nIt falls.", instruction, author=instruction, date="")
    shown = numbered([(0, source), (1, Source("The moon pulls.", "The moon"))])
    assert [number for line in shown.splitlines() for number in re.findall(r"^\s*\[(\d+)\]", line)] == ["1", "2"]
    assert not MARKS.search(shown)
    assert "The tide rises." in shown
    assert "It falls." in shown


def test_what_a_page_says_of_brackets_stays() -> None:
    text = "See [2] for more, and <b>, a < b, [sic] and [3]."
    assert numbered([(0, Source(text, "Tides"))]) == f"[1] Tides\n{text}"


@pytest.mark.parametrize("instruction", INSTRUCTIONS, ids=lambda text: text[:30])
def test_a_page_stays_in_its_place_in_every_prompt(instruction: str) -> None:
    """It is in no system prompt, and parts no message of any other: not as a title taken from the page either."""
    prompts: list[Prompt] = []

    class Noting(Parrot):
        def stream(self, prompt: Prompt) -> Iterator[str]:
            prompts.append(prompt)
            return super().stream(prompt)

    asked = request(instruction)
    list(DialogueWriter(Noting(), Settings()).write(asked))
    harmless = replace(asked, title="Tides", sources=(Source("The tide rises and falls.", "Tides"),))
    assert not [prompt.user for prompt in prompts if MARKS.search(prompt.user)]
    count = len(prompts)
    list(DialogueWriter(Noting(), Settings()).write(harmless))
    assert {prompt.system for prompt in prompts[:count]} == {prompt.system for prompt in prompts[count:]}
