"""What parts two turns: how the first ends, who goes on, and whether a chapter is over."""

from __future__ import annotations

import pytest

from common.pauses import CHAPTER_MS, SAME_SPEAKER_MS, pause_before
from common.records import Segment


def turn(speaker: str, text: str, chapter: str = "One") -> Segment:
    return Segment.of({"speaker": speaker, "text": text, "chapter": chapter})


@pytest.mark.parametrize(
    ("ending", "pause_ms"),
    [("So it is.", 250), ("Is it?", 100), ("„Ist es so?“", 100), ("«¿Es así?»", 100), ("And…", 150), ("It is!", 200)],
)
def test_another_speaker_comes_in_as_the_turn_before_asks_for(ending: str, pause_ms: int) -> None:
    assert pause_before(turn("Ben", "Yes."), turn("Ada", ending)) == pause_ms


def test_who_goes_on_only_draws_breath_whatever_was_said() -> None:
    for ending in ("So it is.", "Is it?"):
        assert pause_before(turn("Ada", "Yes."), turn("Ada", ending)) == SAME_SPEAKER_MS


def test_a_chapter_ends_with_a_longer_pause_and_the_greeting_is_none() -> None:
    assert pause_before(turn("Ada", "Now.", "Two"), turn("Ada", "Is it?")) == CHAPTER_MS
    assert pause_before(turn("Ben", "Now.", "Two"), turn("Ada", "So it is.", "")) < CHAPTER_MS
