"""The cache of audio keeps to its bound, and the segments heard last."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from streamer.catalog.audio_cache import AudioCache
from streamer.catalog.segment_audio import SMALL
from streamer.catalog.timeline import Segment
from tests.unit.streamer.sound import audio_of, ready_segment


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=60), st.integers(1, 60_000))
def test_the_cache_holds_no_more_than_it_may(steps: list[tuple[int, bool]], limit: int) -> None:
    cache = AudioCache(limit)
    segments = [Segment(ready_segment(index, 50 + 10 * index), 0) for index in range(10)]
    for index, put in steps:
        segment = segments[index]
        if put:
            audio = audio_of(0, segment.packets)
            cache.put(segment, audio)
            assert segment.audio is audio
        elif segment.audio is not None:
            segment.audio.take(0, 50, SMALL)
            cache.touch(segment)
            cache.remeasure()
            assert segment.audio is not None, "what was heard last stays"
        kept = [segment.audio for segment in segments if segment.audio is not None]
        assert cache.size == sum(audio.size for audio in kept)
        if put:
            assert cache.size <= limit or len(kept) == 1
    cache.drop(segments)
    assert cache.size == 0
