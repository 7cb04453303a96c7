"""A segment, cut into frames: its pieces follow one another exactly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streamer.catalog.segment_audio import LARGE, SMALL
from tests.streaming.listeners import frames_of
from tests.unit.streamer.sound import audio_of, numbers


@given(
    total=st.integers(1, 350),
    first=st.integers(0, 2**31),
    offset=st.integers(0, 349),
    steps=st.lists(st.tuples(st.integers(0, 400), st.sampled_from([SMALL, LARGE])), max_size=40),
)
def test_pieces_of_a_segment_follow_one_another_exactly(
    total: int, first: int, offset: int, steps: list[tuple[int, int]]
) -> None:
    audio = audio_of(first, total)
    position = start = min(offset, total - 1)
    taken = b""
    for at_most, size in steps:
        piece = audio.take(position, at_most, size) if position < total else None
        if piece is not None:
            run, packets, messages = piece
            assert packets <= at_most
            assert messages == len(frames_of(bytes(run)))
            taken += run
            position += packets
    assert numbers(taken) == list(range(first + start, first + position))


@given(total=st.integers(1, 350), offset=st.integers(0, 349), size=st.sampled_from([SMALL, LARGE]))
def test_with_room_a_segment_is_always_taken_to_its_end(total: int, offset: int, size: int) -> None:
    audio, position = audio_of(0, total), min(offset, total - 1)
    while position < total:
        _, packets, _ = audio.take(position, total, size)
        assert packets > 0
        position += packets
