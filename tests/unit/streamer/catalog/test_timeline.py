"""A timeline: whatever documents come in whatever order, the timeline grows without gaps."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from common.records import Workflow
from streamer.catalog.timeline import Timeline
from tests.unit.streamer.sound import ready_segment


@given(st.permutations(range(8)), st.lists(st.integers(1, 100), min_size=8, max_size=8), st.integers(0, 900))
def test_a_timeline_grows_without_gaps_in_whatever_order(order: list[int], lengths: list[int], asked: int) -> None:
    timeline = Timeline("workflow")
    seen: set[int] = set()
    for index in order:
        assert not timeline.apply_segment(ready_segment(index, lengths[index], "SCRIPTED"))
        grown = timeline.apply_segment(ready_segment(index, lengths[index]))
        assert not timeline.apply_segment(ready_segment(index, lengths[index])), "told again, it is nothing new"
        seen.add(index)
        ready = next((index for index in range(9) if index not in seen), 8)
        assert len(timeline.segments) == ready
        assert grown == (index < ready)
        assert timeline.packets == sum(lengths[:ready])
    found = timeline.segment_at(asked)
    if asked >= sum(lengths):
        assert found is None
    else:
        assert found is not None
        assert found.first_packet <= asked < found.first_packet + found.packets


@given(st.permutations(["segment", "segment", "failed", "total"]))
def test_a_failure_counts_only_where_something_is_missing(order: list[str]) -> None:
    """However documents of a workflow and its segments overtake each other."""
    timeline, told = Timeline("workflow"), dict[str, Any](state="GENERATING")
    for event in order:
        if event == "segment":
            timeline.apply_segment(ready_segment(len(timeline.segments), 10))
            continue
        told |= {"state": "FAILED", "error": {"code": "x", "message": "y"}} if event == "failed" else {}
        told |= {"segments_total": 2} if event == "total" else {}
        timeline.apply_workflow(Workflow.of(told))
    assert timeline.complete
    assert timeline.failure is None
    assert timeline.settled
