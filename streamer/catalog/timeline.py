"""The timeline of one podcast: its segments in order, a growing list shared by all listeners.

Documents are applied in whatever order and however often they come; the timeline grows only where the next segment
follows on without a gap. Nothing here waits or calls anybody.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from common.states import STAGES, SegmentState, StageState, WorkflowState
from common.wire import progress
from streamer import frames
from streamer.catalog.segment_audio import SegmentAudio

DEFAULT_PRE_SKIP = 312
"""Samples: libopus' lookahead at 48 kHz, for those who come before the first segment does."""


@dataclass(eq=False)
class Segment:
    """Hold a segment ready to be heard: packets `first_packet` to `end`, the latter not included.

    `audio` is None while not in memory.
    """

    document: dict[str, Any]
    first_packet: int
    audio: SegmentAudio | None = None
    fetching: bool = False
    awaited: bool = False
    """Whether somebody had nothing left to hear when it became ready."""
    sound: bytes = field(init=False)
    """Its Ogg Opus, where the document has it: of an opening that was voiced beforehand."""
    index: int = field(init=False)
    packets: int = field(init=False)
    end: int = field(init=False)

    def __post_init__(self) -> None:
        self.sound = bytes(self.document.get("sound") or b"")
        self.index = int(self.document["index"])
        self.packets = int(self.document["packets"])
        self.end = self.first_packet + self.packets


@dataclass(frozen=True)
class Failure:
    """The reason for an early end. `retryable`: coming back may help."""

    code: str
    message: str
    retryable: bool = False


@dataclass(eq=False)
class Timeline:
    """Hold the known state of a workflow. `total` is the final number of segments, once known."""

    key: str
    title: str = ""
    total: int | None = None
    failure: Failure | None = None
    gone: bool = False
    """Whether the workflow was deleted."""
    known: bool = False
    """Whether the workflow's document has been seen."""
    over: bool = False
    """Whether the workflow has ended, in one way or another."""
    packets: int = 0
    """How many packets are ready, from the beginning on."""
    segments: list[Segment] = field(default_factory=list)
    stages: dict[str, str] = field(default_factory=dict)
    sources: str = ""
    """The sources it is made from, as far as the request names them."""
    _ahead: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def pre_skip(self) -> int:
        return int(self.segments[0].document["pre_skip"]) if self.segments else DEFAULT_PRE_SKIP

    @property
    def complete(self) -> bool:
        """Whether every segment of the podcast is ready."""
        return self.total is not None and len(self.segments) >= self.total

    @property
    def settled(self) -> bool:
        """Whether nothing more can change for a listener."""
        return self.failure is not None or (self.complete and self.over)

    def segment_at(self, packet: int) -> Segment | None:
        """Find the ready segment of a packet, by the packet's number."""
        if packet >= self.packets:
            return None
        return self.segments[bisect_right(self.segments, packet, key=lambda segment: segment.first_packet) - 1]

    def apply_workflow(self, document: dict[str, Any] | None) -> list[bytes]:
        """Apply the workflow's document, None after a deletion. Return `progress` frames for stages with news."""
        self.known = True
        if document is None:
            if not self.complete:
                self.gone = True
                self.failure = Failure("podcast_unknown", "This podcast is no longer there.")
            return []
        self.title = document.get("renamed") or document.get("title") or ""
        self.sources = _sources(document.get("request") or {})
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
        return self._progress(moved)

    def ends_early(self, document: dict[str, Any] | None) -> bool:
        """Tell whether the workflow's document says that no more will be made, while something is missing here."""
        return document is not None and not self.complete and _failure(document) is not None

    def apply_segment(self, document: dict[str, Any]) -> bool:
        """Apply a segment's document, and return whether the timeline has grown."""
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
        """Return `progress` frames for every stage begun, for a new listener."""
        return self._progress(self.stages)

    def _progress(self, stages: dict[str, str]) -> list[bytes]:
        """Return frames for these stages' states; none for a pending stage."""
        details = {"harvest": {"detail": self.sources}} if self.sources else {}
        begun = {stage: state for stage, state in stages.items() if state != StageState.PENDING}
        return [frames.text(progress(stage, state, **details.get(stage, {}))) for stage, state in begun.items()]


def _sources(request: dict[str, Any]) -> str:
    """Name the links' hosts and the documents: the first, and the number of others."""
    hosts = [url.split("/")[2].rpartition("@")[2] for url in request.get("urls") or [] if url.count("/") >= 2]
    names = [str(stored["name"]) for stored in request.get("inputs") or [] if stored.get("name") != "text"]
    first, *more = list(dict.fromkeys([*hosts, *names])) or [""]
    return f"{first} and {len(more)} more" if more else first


def _failure(document: dict[str, Any]) -> Failure | None:
    match document.get("state"):
        case WorkflowState.CANCELLED:
            return Failure("podcast_cancelled", "This podcast was cancelled.")
        case WorkflowState.FAILED:
            error = document.get("error") or {}
            return Failure(
                str(error.get("code") or "podcast_failed"),
                str(error.get("message") or "This podcast could not be made."),
            )
    return None
