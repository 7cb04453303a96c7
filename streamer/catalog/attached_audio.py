"""A finished audio object, attached to a stream and played in its workflow's place.

Ogg Opus plays as it is. Anything else that FFmpeg reads, MP3 above all, is decoded and encoded anew: on a thread of the
lowest priority, so that listeners on the same core do not notice.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
from collections.abc import Iterator

from common.contract import SAMPLE_RATE
from common.errors import ServiceBroken, Unprocessable
from common.ogg import OggError, read_opus
from common.records import Segment
from common.states import SegmentState
from streamer.catalog.fetch import Fetcher
from streamer.catalog.segment_audio import SegmentAudio


def fetch_attached(fetcher: Fetcher, uri: str) -> tuple[Segment, SegmentAudio]:
    """Fetch an object as the only segment of a timeline, with its audio.

    Raises the fetcher's errors or Unprocessable.
    """
    packets, pre_skip = _packets(fetcher.object(uri))
    state, count = SegmentState.FORGED, len(packets)
    segment = Segment.of({"kind": "audio", "state": state, "packets": count, "pre_skip": pre_skip})
    return segment, SegmentAudio(segment, 0, packets)


def refetch_attached(fetcher: Fetcher, uri: str, segment: Segment) -> SegmentAudio:
    """Fetch the same object's audio again, after its eviction. Raises ServiceBroken where it is another."""
    found, audio = fetch_attached(fetcher, uri)
    if found.packets != segment.packets:
        raise ServiceBroken("audio_changed", "The audio was replaced while it was being heard.")
    return audio


def _packets(data: bytes) -> tuple[list[bytes], int]:
    """Return packets of 20 ms and the pre-skip in samples, of whatever audio this is."""
    if data.startswith(b"OggS"):
        with contextlib.suppress(OggError):  # else it may be Vorbis, or Opus in longer packets
            found = read_opus(data)
            if found.channels == 1:
                return found.packets, found.pre_skip
    return _transcoded(data)


def _transcoded(data: bytes) -> tuple[list[bytes], int]:
    import av

    from common.opus import encode, lookahead

    def pcm() -> Iterator[bytes]:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
        with av.open(io.BytesIO(data), "r") as container:
            for frame in (*container.decode(audio=0), None):
                for resampled in resampler.resample(frame):
                    yield bytes(resampled.planes[0])[: resampled.samples * 2]

    with _lowest_priority():
        try:
            return list(encode(pcm())), lookahead()
        except (av.FFmpegError, IndexError) as error:
            raise Unprocessable("audio_unreadable", "The attached object is not audio that can be played.") from error


@contextlib.contextmanager
def _lowest_priority() -> Iterator[None]:
    """Run this thread behind all others; Linux has a priority for each (sched(7))."""
    if sys.platform != "linux":
        yield
        return
    thread = threading.get_native_id()
    before = os.getpriority(os.PRIO_PROCESS, thread)
    os.setpriority(os.PRIO_PROCESS, thread, 19)
    try:
        yield
    finally:
        with contextlib.suppress(PermissionError):  # raising it again takes a right that a container may lack
            os.setpriority(os.PRIO_PROCESS, thread, before)
