"""A text read aloud: every sentence, in order, by one host or by its speakers, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pytest

from common.errors import EngineRefused
from common.languages import pack_of
from common.text.blocks import Block, BlockKind
from common.text.sentences import sentences
from functions.model_serving.llm import narrator
from functions.model_serving.llm.narrator import Narrator
from functions.model_serving.llm.protocol import Request, Source, Turn

GREETING = Turn("Ada", "Hello.", "", None, "cold_open")
TEXTS = sorted((Path(__file__).parent / "texts").glob("*.txt"))


def request(
    *sources: Source, language: str = "en", hosts: Sequence[str] = ("Ada", "Ben"), said: Sequence[Turn] = ()
) -> Request:
    return Request("Tides", language, 5, "narration", tuple(hosts), sources, (GREETING, *said))


def blocks(*told: tuple[BlockKind, str] | tuple[BlockKind, str, str]) -> Source:
    made = tuple(Block(each[0], each[1], speaker=each[2] if len(each) > 2 else "") for each in told)
    return Source("\n\n".join(block.text for block in made), "A text", blocks=made)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_every_sentence_is_read_in_order_and_no_other(path: Path) -> None:
    language, text = path.suffixes[0][1:], path.read_text()
    *turns, close = Narrator().write(request(Source(text, "A text"), language=language))
    read = " ".join(turn.text for turn in turns)
    assert [word.rstrip(".") for word in read.split()] == [word.rstrip(".") for word in text.split()]
    assert {turn.speaker for turn in turns} == {"Ada"}
    assert close.kind == "close"
    assert len(list(sentences(turns[0].text, language))) == 1  # soon to be heard
    assert all(len(turn.text) <= 450 or len(list(sentences(turn.text, language))) == 1 for turn in turns)


def test_headings_are_chapters_and_what_nobody_could_follow_is_left_out() -> None:
    source = blocks(
        (BlockKind.PARAGRAPH, "It begins."),
        (BlockKind.HEADING, "One"),
        (BlockKind.PARAGRAPH, "You need:"),
        (BlockKind.ITEM, "flour"),
        (BlockKind.ITEM, "eggs"),
        (BlockKind.CODE, "make cake"),
        (BlockKind.FOOTNOTE, "See below."),
        (BlockKind.HEADING, "Two"),
        (BlockKind.QUOTATION, "It was good."),
        (BlockKind.REFERENCE, "Baker, 1990."),
    )
    *turns, _ = Narrator().write(request(source))
    assert [(turn.chapter, turn.text) for turn in turns] == [
        ("", "It begins."), ("One", "You need: flour; eggs."), ("Two", "It was good."),
    ]  # fmt: skip


@pytest.mark.parametrize("item", ["a tent (for four)", "a “tent”", "the «tent»"])
def test_what_ends_with_a_bracket_or_a_quotation_has_no_end_mark_yet(item: str) -> None:
    source = blocks((BlockKind.PARAGRAPH, "It begins."), (BlockKind.ITEM, item), (BlockKind.PARAGRAPH, "Then rest."))
    *turns, _ = Narrator().write(request(source))
    assert turns[1].text == f"{item}. Then rest."


def test_what_governs_a_list_is_read_with_it() -> None:
    source = blocks(
        (BlockKind.PARAGRAPH, "It begins."),
        (BlockKind.HEADING, "Not allowed"),
        (BlockKind.ITEM, "sawing"),
        (BlockKind.ITEM, "hammering"),
        (BlockKind.PARAGRAPH, "unless the owner has agreed"),
        (BlockKind.PARAGRAPH, "The tenant shall not"),
        (BlockKind.ITEM, "smoke"),
        (BlockKind.HEADING, "Never"),
        (BlockKind.TABLE, "Monday: closed"),
    )
    *turns, _ = Narrator().write(request(source))
    assert [turn.text for turn in turns[1:]] == [
        "Not allowed: sawing; hammering, unless the owner has agreed. The tenant shall not: smoke.",
        "Never: Monday: closed.",
    ]


def test_who_hears_three_hours_of_a_longer_text_is_told_so() -> None:
    text = "\n\n".join(f"Sentence number {number} of a very long text is not the last one." for number in range(4_000))
    *_, last, close = Narrator().write(request(blocks(*((BlockKind.PARAGRAPH, each) for each in text.split("\n\n")))))
    assert (last.text, close.kind) == (pack_of("en").phrases.unfinished, "close")


def test_a_dialogue_is_read_by_its_speakers() -> None:
    lines = [("Mary", "Who goes there?"), ("Tom", "It is I."), ("Mary", "Come in. It is late."), ("Ann", "And I.")]
    source = blocks((BlockKind.PARAGRAPH, "At night."), *((BlockKind.LINE, text, name) for name, text in lines))
    *turns, _ = Narrator().write(request(source))
    assert [turn.text for turn in turns] == ["At night.", *(text for _, text in lines)]
    assert turns[1].speaker == turns[3].speaker != turns[2].speaker
    named = blocks(*((BlockKind.LINE, text, name) for name, text in lines[:3]))
    *turns, _ = Narrator().write(request(named, hosts=("Tom", "Mary")))
    assert [turn.speaker for turn in turns] == ["Mary", "Tom", "Mary"]


@pytest.mark.parametrize("at", [1, 3])
def test_it_is_gone_on_with_after_any_turn(at: int) -> None:
    asked = request(Source(TEXTS[0].read_text(), "A text"), language=TEXTS[0].suffixes[0][1:])
    whole = list(Narrator().write(asked))
    said = list(islice(whole, at))
    rest = request(*asked.sources, language=asked.language, said=said)
    assert [*said, *Narrator().write(rest)] == whole


def test_three_hours_are_read_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrator, "LONGEST_S", 60.0)
    turns = list(Narrator().write(request(Source("The tide rises and falls twice a day. " * 100))))
    assert 10 < len(" ".join(turn.text for turn in turns)) / 15.8 < 70
    assert turns[-1].kind == "close"


def test_a_text_of_which_nothing_can_be_read_is_refused() -> None:
    with pytest.raises(EngineRefused):
        list(Narrator().write(request(blocks((BlockKind.CODE, "make cake")))))


GERMAN = "Das Wasser kommt zweimal am Tag, und die Boote liegen nicht mehr im Schlick, sondern schwimmen wieder."
ENGLISH = "The water comes in twice a day, and the boats that were lying in the mud are afloat again."


@pytest.mark.parametrize(("language", "other"), [("en", GERMAN), ("de", ENGLISH)])
def test_a_passage_in_another_language_is_read_by_no_voice_of_this_one(language: str, other: str) -> None:
    ours = {"en": ENGLISH, "de": GERMAN}[language]
    source = blocks(*((BlockKind.PARAGRAPH, text) for text in (ours, ours, other, ours)))
    read = " ".join(turn.text for turn in Narrator().write(request(source, language=language)))
    assert read.count(ours) == 3
    assert other not in read


@pytest.mark.parametrize(("language", "other"), [("en", GERMAN), ("fr", ENGLISH), ("de", ENGLISH)])
def test_sources_in_another_language_than_asked_for_are_refused_in_words(language: str, other: str) -> None:
    with pytest.raises(EngineRefused, match="does not translate") as refused:
        list(Narrator().write(request(Source(other, "A text"), language=language)))
    assert refused.value.code == "engine_language_other"


def test_a_turn_ends_as_a_sentence_and_no_mark_parts_a_word_from_the_item_that_it_joins() -> None:
    blocks = (
        Block(BlockKind.PARAGRAPH, "The deposit is not returned if"),
        Block(BlockKind.ITEM, "the boat is late, or", 1),
        Block(BlockKind.ITEM, "the boat is wet", 1),
        Block(BlockKind.HEADING, "Licence", 2),
        Block(BlockKind.PARAGRAPH, "MIT (2024)"),
    )
    source = Source("\n\n".join(block.text for block in blocks), blocks=blocks)
    turns = list(Narrator().write(Request("Boats", "en", 2, "narration", ("Ada",), (source,))))
    assert [turn.text for turn in turns[:-1]] == [
        "The deposit is not returned if: the boat is late, or the boat is wet.", "MIT (2024).",
    ]  # fmt: skip
