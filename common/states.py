"""Define the states of records, and the table of legal transitions: common/store refuses all others.

    workflow   GENERATING -> COMPLETED   orchestrator: mastered
                          -> FAILED      orchestrator: an agent gave up, or nothing moved for too long
                          -> CANCELLED   gateway: stopped or deleted by its owner
    stage      PENDING -> RUNNING        gateway, orchestrator: the work was requested (may be skipped)
               PENDING, RUNNING -> DONE  harvester, weaver: their own; orchestrator: the others
                                -> FAILED orchestrator: together with the workflow
    segment    SCRIPTED -> FORGED        voice forge
                        -> FAILED        voice forge: given up
               FAILED -> SCRIPTED        orchestrator: an apology instead, or another voice
                      -> FORGED          voice forge: voiced after all
    stream     OPEN -> CLAIMED           streamer: the first connection; later ones leave it CLAIMED
               OPEN, CLAIMED -> CLOSED   streamer: heard to the end, or cut short for good
    work       IN_PROGRESS -> COMPLETED  the agent with the claim (common/idempotency.py), or at once
                           -> FAILED     likewise: refused, or out of attempts

Staying in a state is no transition. States of later versions lead nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from common.contract import STAGES, SegmentState, StageState, WorkflowState

__all__ = ["STAGES", "SegmentState", "StageState", "StreamState", "WorkState", "WorkflowState"]


class StreamState(StrEnum):
    OPEN = "OPEN"
    CLAIMED = "CLAIMED"
    CLOSED = "CLOSED"


class WorkState(StrEnum):
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Lifecycle:
    """The life of a kind of record: `first` states for creation, and the states `following` each."""

    first: frozenset[str]
    following: Mapping[str, frozenset[str]]

    def allows(self, before: str | None, after: str) -> bool:
        """Tell whether a record may go from the state `before` (None: not created yet) to `after`."""
        if before is None:
            return after in self.first
        return after == before or after in self.following.get(before, frozenset())


def _lifecycle(first: set[StrEnum], following: dict[StrEnum, set[StrEnum]]) -> Lifecycle:
    return Lifecycle(frozenset(first), {state: frozenset(states) for state, states in following.items()})


WORKFLOW = _lifecycle(
    {WorkflowState.GENERATING},
    {WorkflowState.GENERATING: {WorkflowState.COMPLETED, WorkflowState.FAILED, WorkflowState.CANCELLED}},
)
STAGE = _lifecycle(
    {StageState.PENDING, StageState.RUNNING, StageState.DONE},
    {
        StageState.PENDING: {StageState.RUNNING, StageState.DONE, StageState.FAILED},
        StageState.RUNNING: {StageState.DONE, StageState.FAILED},
    },
)
"""Begins further on where the request itself has brought it so far."""
SEGMENT = _lifecycle(
    {SegmentState.SCRIPTED, SegmentState.FORGED},
    {
        SegmentState.SCRIPTED: {SegmentState.FORGED, SegmentState.FAILED},
        SegmentState.FAILED: {SegmentState.SCRIPTED, SegmentState.FORGED},
    },
)
"""Begins FORGED in a podcast that is made again, where its sound is copied."""
STREAM = _lifecycle(
    {StreamState.OPEN},
    {StreamState.OPEN: {StreamState.CLAIMED, StreamState.CLOSED}, StreamState.CLAIMED: {StreamState.CLOSED}},
)
WORK = _lifecycle(
    {WorkState.IN_PROGRESS, WorkState.COMPLETED},
    {WorkState.IN_PROGRESS: {WorkState.COMPLETED, WorkState.FAILED}},
)
