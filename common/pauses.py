"""The silence between two turns: known when the second turn is written, and kept with the turn, so always the same.

Every segment ends with a breath; the rest depends on the following turn, and so begins the next segment.
"""

from __future__ import annotations

from common.records import Segment

BREATHS_MS = {"cold_open": 250, "turn": 150, "close": 800}
"""Of silence at the end of a segment, by its kind."""
CHAPTER_MS = 750
SAME_SPEAKER_MS = 100
"""Who goes on only draws breath."""
_ANSWERED_MS = {"?": 100, "…": 150, ":": 150, "!": 200}
"""By what the turn before ends with: what is still to be answered is followed sooner."""
_STATED_MS = 250


def pause_before(turn: Segment, before: Segment) -> int:
    """Milliseconds of silence at the start of `turn`, beyond the breath at the end of `before`."""
    if before.chapter and turn.chapter != before.chapter:
        return CHAPTER_MS
    if turn.speaker == before.speaker:
        return SAME_SPEAKER_MS
    return _ANSWERED_MS.get(before.text.rstrip(" »”“\"'")[-1:], _STATED_MS)
