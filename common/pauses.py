"""The silence between two turns: known when the second is written, and kept with it, so that it is always the same.

Every segment ends with a breath (voice_forge); what is beyond that depends on what follows, and so begins the next.
"""

from __future__ import annotations

from common.records import Segment

CHAPTER_MS = 750
SAME_SPEAKER_MS = 100
"""Who goes on only draws breath."""
_ANSWERED_MS = {"?": 100, "…": 150, ":": 150, "!": 200}
"""By what the turn before ends with: what is still to be answered is followed sooner."""
_STATED_MS = 250


def pause_before(turn: Segment, before: Segment) -> int:
    """Milliseconds of silence that `turn` begins with, beyond the breath that `before` ends with."""
    if before.chapter and turn.chapter != before.chapter:
        return CHAPTER_MS
    if turn.speaker == before.speaker:
        return SAME_SPEAKER_MS
    return _ANSWERED_MS.get(before.text.rstrip(" »”“\"'")[-1:], _STATED_MS)
