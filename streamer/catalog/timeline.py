"""The timeline of one podcast: its segments in order, a growing list shared by all listeners.

Documents are applied in whatever order and however often they come; the timeline grows only where the next segment
follows on without a gap. Nothing here waits or calls anybody.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from common import records
from common.states import STAGES, StageState, WorkflowState
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

    record: records.Segment
    first_packet: int
    audio: SegmentAudio | None = None
    fetching: bool = False
    awaited: bool = False
    """Whether somebody had nothing left to hear when it became ready."""
    index: int = field(init=False)
    packets: int = field(init=False)
    end: int = field(init=False)

    def __post_init__(self) -> None:
        self.index = self.record.index
        self.packets = self.record.packets
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
    stages: dict[str, StageState] = field(default_factory=dict)
    sources: str = ""
    """The sources it is made from, as far as the request names them."""
    _version: datetime | None = None
    """When the workflow last applied was written."""
    _ahead: dict[int, records.Segment] = field(default_factory=dict)

    @property
    def pre_skip(self) -> int:
        return self.segments[0].record.pre_skip if self.segments else DEFAULT_PRE_SKIP

    @property
    def complete(self) -> bool:
        """Tell whether every segment of the podcast is ready."""
        return self.total is not None and len(self.segments) >= self.total

    @property
    def settled(self) -> bool:
        """Tell whether nothing more can change for a listener."""
        return self.failure is not None or (self.complete and self.over)

    def segment_at(self, packet: int) -> Segment | None:
        """Find the ready segment of a packet, by the packet's number."""
        if packet >= self.packets:
            return None
        return self.segments[bisect_right(self.segments, packet, key=lambda segment: segment.first_packet) - 1]

    def apply_workflow(self, workflow: records.Workflow | None) -> list[bytes]:
        """Apply the workflow, None after a deletion. Return `progress` frames for stages with news."""
        self.known = True
        if workflow is None:
            if not self.complete:
                self.gone = True
                self.failure = Failure("podcast_unknown", "This podcast is no longer there.")
            return []
        self._version = workflow.version or self._version
        self.title = workflow.title
        self.sources = _sources(workflow.request)
        self.over = not workflow.generating
        if workflow.segments_total is not None:
            self.total = workflow.segments_total
        # Who has, or will have, every packet has no harm from what failed after them
        self.failure = None if self.complete else _failure(workflow)
        told = workflow.stages
        moved: dict[str, StageState] = {
            stage: told[stage] for stage in STAGES if stage in told and told[stage] != self.stages.get(stage)
        }
        self.stages.update(moved)
        return self._progress(moved)

    def knows_later(self, workflow: records.Workflow | None) -> bool:
        """Tell whether the workflow is older than the one last applied: what is read, and what the watch tells, may
        overtake each other."""
        read = workflow.version if workflow else None
        return read is not None and self._version is not None and read < self._version

    def ends_early(self, workflow: records.Workflow | None) -> bool:
        """Tell whether no more of the workflow will be made, while something is missing here."""
        return workflow is not None and not self.complete and _failure(workflow) is not None

    def apply_segment(self, segment: records.Segment) -> bool:
        """Apply a segment, and return whether the timeline has grown."""
        if not segment.voiced or segment.index < len(self.segments):
            return False
        self._ahead[segment.index] = segment
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

    def _progress(self, stages: Mapping[str, StageState]) -> list[bytes]:
        """Return frames for these stages' states; none for a pending stage."""
        details = {"harvest": self.sources}
        begun = {stage: state for stage, state in stages.items() if state != StageState.PENDING}
        return [frames.text(progress(stage, state, details.get(stage, ""))) for stage, state in begun.items()]


def _sources(request: records.Wishes) -> str:
    """Name the links' hosts and the documents: the first, and the number of others."""
    hosts = [url.split("/")[2].rpartition("@")[2] for url in request.urls if url.count("/") >= 2]
    names = [stored["name"] for stored in request.inputs if stored["name"] != "text"]
    first, *more = list(dict.fromkeys([*hosts, *names])) or [""]
    return f"{first} and {len(more)} more" if more else first


def _failure(workflow: records.Workflow) -> Failure | None:
    match workflow.state:
        case WorkflowState.CANCELLED:
            return Failure("podcast_cancelled", "This podcast was cancelled.")
        case WorkflowState.FAILED:
            error = workflow.error or {"code": "podcast_failed", "message": "This podcast could not be made."}
            return Failure(error["code"], error["message"])
    return None
