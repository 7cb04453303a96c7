"""The table of legal transitions: each record goes through its life and never back."""

from __future__ import annotations

import re
from dataclasses import replace
from enum import StrEnum

import pytest

from common import states
from common.records import LONG_AGO, IdempotencyRecord, Segment, Stream, Wishes, Workflow
from common.shapes import Record
from common.states import Lifecycle, SegmentState, StageState, StreamState, WorkflowState, WorkState
from common.store.writes import IllegalTransition, change, creation, require_legal

KINDS: dict[str, tuple[Lifecycle, type[StrEnum]]] = {
    "workflow": (states.WORKFLOW, WorkflowState),
    "stage": (states.STAGE, StageState),
    "segment": (states.SEGMENT, SegmentState),
    "stream": (states.STREAM, StreamState),
    "work": (states.WORK, WorkState),
}


def in_state(kind: str, state: str) -> Record:
    workflow = Workflow(
        owner="",
        state=WorkflowState.GENERATING,
        title="",
        language="",
        request=Wishes.of({}),
        created_at=LONG_AGO,
        expires_at=LONG_AGO,
    )
    match kind:
        case "workflow":
            return replace(workflow, state=WorkflowState(state))
        case "stage":
            return workflow.at(weave=StageState(state))
        case "segment":
            return Segment.of({"state": state})
        case "stream":
            return Stream.of({"state": state})
        case _:
            return IdempotencyRecord.of({"state": state})


def pairs() -> list[tuple[str, str | None, str]]:
    """Every kind with every two states; None: not there yet."""
    return [
        (kind, before, after)
        for kind, (_, enum) in KINDS.items()
        for before in [None, *enum]
        for after in enum
    ]  # fmt: skip


@pytest.mark.parametrize(("kind", "before", "after"), pairs())
def test_the_store_refuses_what_the_table_does_not_have(kind: str, before: str | None, after: str) -> None:
    legal = KINDS[kind][0].allows(before, after)
    was, becomes = in_state(kind, before) if before else None, in_state(kind, after)
    refused = False
    try:
        change(("of", "a kind"), was, becomes) if was else creation(("of", "a kind"), becomes)
    except IllegalTransition as error:
        refused = True
        assert f"from {before or 'nothing'} to {after}" in error.detail
    assert refused is not legal


def test_the_table_in_words_is_the_table() -> None:
    """The module's own text says who makes each transition, and must not fall behind."""
    kind, sources, said = "", "", set()
    for line in str(states.__doc__).splitlines():
        found = re.match(r"    (?P<kind>\w+)? +(?P<before>[A-Z][A-Z_, ]*)?-> (?P<after>[A-Z_]+)", line)
        if found:
            kind, sources = found["kind"] or kind, found["before"] or sources
            said |= {(kind, before.strip(), found["after"]) for before in sources.split(",")}
    table = {
        (kind, str(before), str(after))
        for kind, (lifecycle, _) in KINDS.items()
        for before, following in lifecycle.following.items()
        for after in following
    }
    assert said == table


@pytest.mark.parametrize("kind", KINDS)
def test_no_end_leads_on_and_everything_can_end(kind: str) -> None:
    lifecycle, enum = KINDS[kind]
    ends = {state for state in enum if not any(lifecycle.allows(state, other) for other in enum if other != state)}
    assert ends
    for state in enum:
        reached, before = {state}, set[str]()
        while reached != before:
            before = set(reached)
            reached |= {other for known in before for other in enum if lifecycle.allows(known, other)}
        assert reached & ends, f"nothing ends from {state}"


def test_a_state_of_a_later_version_stays_and_leads_nowhere() -> None:
    paused = Workflow.of({"state": "PAUSED", "title": "Tides"})
    require_legal(paused, replace(paused, title="Ebb"))
    for state in WorkflowState:
        with pytest.raises(IllegalTransition):
            require_legal(paused, replace(paused, state=state))


def test_a_stream_may_be_closed_whatever_its_state() -> None:
    """For the store closes it without a look at the document (common/store/streams.py)."""
    assert all(states.STREAM.allows(state, StreamState.CLOSED) for state in StreamState)
