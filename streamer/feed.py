"""A feed: what there is to hear of one workflow, as a growing list of segments that all its listeners share.

It is fed with documents in whatever order and however often they come, and grows only where the next segment follows
on without a gap. Nothing here waits or calls anybody.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from common.states import STAGES, SegmentState, StageState, WorkflowState
from common.wire import error, progress
from streamer import frames
from streamer.audio import SegmentAudio

DEFAULT_PRE_SKIP = 312
"""Samples: libopus' lookahead at 48 kHz, told to those who come before the first segment does."""


@dataclass(eq=False)
class Segment:
    """A segment that is ready to be heard: packets `first_packet` to `end`, the latter not its own any more.

    `audio` is None while it is not in memory.
    """

    document: dict[str, Any]
    first_packet: int
    audio: SegmentAudio | None = None
    fetching: bool = False
    awaited: bool = False
    """Whether somebody had nothing left to hear when it became ready."""
    index: int = field(init=False)
    packets: int = field(init=False)
    end: int = field(init=False)

    def __post_init__(self) -> None:
        self.index = int(self.document["index"])
        self.packets = int(self.document["packets"])
        self.end = self.first_packet + self.packets


@dataclass(frozen=True)
class Failure:
    """Why there will be nothing more to hear. `retryable`: it may be worth coming back."""

    code: str
    message: str
    retryable: bool = False

    def frame(self) -> bytes:
        return frames.text(error(self.code, self.message, retryable=self.retryable))


@dataclass(eq=False)
class Feed:
    """What is known of one workflow. `total` is how many segments it will have, once that is known."""

    key: str
    title: str = ""
    total: int | None = None
    failure: Failure | None = None
    known: bool = False
    """Whether the workflow's document has been seen."""
    over: bool = False
    """Whether the workflow has ended, in one way or another."""
    packets: int = 0
    """How many packets are ready, from the beginning on."""
    segments: list[Segment] = field(default_factory=list)
    stages: dict[str, str] = field(default_factory=dict)
    reading: str = ""
    """What it is made from, as far as the request itself says."""
    _ahead: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def pre_skip(self) -> int:
        return int(self.segments[0].document["pre_skip"]) if self.segments else DEFAULT_PRE_SKIP

    @property
    def complete(self) -> bool:
        """Whether every segment there will ever be is ready."""
        return self.total is not None and len(self.segments) >= self.total

    @property
    def settled(self) -> bool:
        """Whether nothing more can change that concerns a listener."""
        return self.failure is not None or (self.complete and self.over)

    def segment_at(self, packet: int) -> Segment | None:
        """The ready segment that holds a packet, by its number."""
        if packet >= self.packets:
            return None
        return self.segments[bisect_right(self.segments, packet, key=lambda segment: segment.first_packet) - 1]

    def take_workflow(self, document: dict[str, Any] | None) -> list[bytes]:
        """Take the workflow's document in, None where it is gone. Returns frames that tell what has moved on."""
        self.known = True
        if document is None:
            if not self.complete:
                self.failure = Failure("podcast_unknown", "This podcast is no longer there.")
            return []
        self.title = document.get("title") or ""
        self.reading = _reading(document.get("request") or {})
        self.over = document.get("state") != WorkflowState.GENERATING
        total = document.get("segments_total")
        if isinstance(total, int):
            self.total = total
        # Who has, or will have, every packet has no harm from what failed after them
        self.failure = None if self.complete else _failure(document)
        stages = document.get("stages") or {}
        moved = {
            stage: stages[stage] for stage in STAGES if stage in stages and stages[stage] != self.stages.get(stage)
        }
        self.stages.update(moved)
        return self._told(moved)

    def take_segment(self, document: dict[str, Any]) -> bool:
        """Take a segment's document in, and say whether there is more to hear now."""
        index = document.get("index")
        if document.get("state") != SegmentState.FORGED or not isinstance(index, int) or index < len(self.segments):
            return False
        self._ahead[index] = document
        grown = False
        while (following := self._ahead.pop(len(self.segments), None)) is not None:
            self.segments.append(Segment(following, self.packets))
            self.packets = self.segments[-1].end
            grown = True
        if self.complete:
            self.failure = None
        return grown

    def progress_so_far(self) -> list[bytes]:
        """For one who comes now: frames that tell how far each stage is that has begun."""
        return self._told(self.stages)

    def _told(self, stages: dict[str, str]) -> list[bytes]:
        """How far these stages are; of one that has not begun there is nothing to tell."""
        details = {"harvest": {"detail": self.reading}} if self.reading else {}
        begun = {stage: state for stage, state in stages.items() if state != StageState.PENDING}
        return [frames.text(progress(stage, state, **details.get(stage, {}))) for stage, state in begun.items()]


def _reading(request: dict[str, Any]) -> str:
    """The links' hosts and the documents' names: the first of them, and how many more there are."""
    hosts = [url.split("/")[2].rpartition("@")[2] for url in request.get("urls") or [] if url.count("/") >= 2]
    names = [str(stored["name"]) for stored in request.get("inputs") or [] if stored.get("name") != "text"]
    first, *more = list(dict.fromkeys([*hosts, *names])) or [""]
    return f"{first} and {len(more)} more" if more else first


def _failure(document: dict[str, Any]) -> Failure | None:
    match document.get("state"):
        case WorkflowState.CANCELLED:
            return Failure("podcast_cancelled", "This podcast was cancelled.")
        case WorkflowState.FAILED:
            told = document.get("error") or {}
            return Failure(
                str(told.get("code") or "podcast_failed"),
                str(told.get("message") or "This podcast could not be made."),
            )
    return None
