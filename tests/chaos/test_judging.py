"""A chaos run's judgement of the heard audio: another voice is excused by what was paid, and by nothing else."""

from __future__ import annotations

import pytest

from local.listener import Heard
from tests.chaos.customer import Podcast
from tests.chaos.run import CALLS, other_turns


def podcast(*turns: bytes, calls: int = 1) -> Podcast:
    """Of a packet for each letter of its turns."""
    packets = [bytes([one]) for one in b"".join(turns)]
    segments = [{"index": at, "packets": len(turn), "engine_calls": calls} for at, turn in enumerate(turns)]
    return Podcast(segments=segments, heard=Heard(packets=dict(enumerate(packets))))


@pytest.mark.parametrize("calls", [1, CALLS])
def test_turns_that_sound_otherwise_are_found_whatever_their_length(calls: int) -> None:
    calm = podcast(b"aaa", b"bb", b"cccc")
    assert other_turns(podcast(b"aaa", b"bb", b"cccc", calls=calls), calm) == []
    [other] = other_turns(podcast(b"aaa", b"xxxxx", b"cccc", calls=calls), calm)
    assert (other["index"], other["engine_calls"]) == (1, calls)
