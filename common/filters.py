"""libavfilter's filters in a row, fed with 16-bit mono PCM (https://ffmpeg.org/ffmpeg-filters.html). Needs PyAV."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import av
from av.filter import Graph


class Chain:
    """Filters one after the other, fed with 16-bit mono PCM at `rate`."""

    def __init__(self, rate: int, *filters: tuple[str, str]) -> None:
        self._rate = rate
        self._position = 0
        self._graph = Graph()
        self._graph.link_nodes(
            self._graph.add_abuffer(sample_rate=rate, format="s16", layout="mono"),
            *(self._graph.add(name, options) for name, options in filters),
            self._graph.add("abuffersink"),
        ).configure()

    def through(self, samples: bytes) -> Iterator[av.AudioFrame]:
        """Return the samples coming out after these, perhaps of earlier samples, or none yet."""
        frame = av.AudioFrame(format="s16", layout="mono", samples=len(samples) // 2)
        frame.planes[0].update(samples)
        frame.sample_rate = self._rate
        frame.pts = self._position
        self._position += frame.samples
        self._graph.push(frame)
        return self._pulled()

    def end(self) -> Iterator[av.AudioFrame]:
        """Return the samples held back by the filters."""
        self._graph.push(None)
        return self._pulled()

    def _pulled(self) -> Iterator[av.AudioFrame]:
        with suppress(av.BlockingIOError, av.EOFError):  # "not yet" and "no more"
            while True:
                frame = self._graph.pull()
                assert isinstance(frame, av.AudioFrame)  # noqa: S101 - there is nothing but audio in it
                yield frame
