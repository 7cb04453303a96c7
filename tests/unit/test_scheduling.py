"""Tests sharing a process run on a single worker."""

from __future__ import annotations

from collections import Counter

from xdist.scheduler import LoadScopeScheduling

from tests.scheduling import LONGEST, TOGETHER, ByGroup, largest_first, scopes_of

WEAVER = [f"tests/pipeline/test_weaver.py::test_{name}" for name in ("one", "two[x::y@z]", "three")]
UNITS = [f"tests/unit/test_wire.py::test_packets[{number}@b]" for number in range(2 * TOGETHER + 1)]


def test_a_module_stays_together_a_group_too_and_unit_tests_a_few_at_a_time() -> None:
    door, watch = "tests/streaming/test_door.py::test_one", "tests/streaming/test_watch.py::test_two"
    scopes = scopes_of([*WEAVER, door, *UNITS, watch])
    assert len({scopes[test] for test in WEAVER}) == 1
    assert scopes[door] == scopes[watch] != scopes[WEAVER[0]]
    assert [scopes[test] for test in UNITS] == sorted(scopes[test] for test in UNITS), "one after the other"
    assert sorted(Counter(scopes[test] for test in UNITS).values()) == [1, TOGETHER, TOGETHER]


def test_who_asks_for_the_shared_stack_shares_its_worker_too() -> None:
    feeds, places = "tests/pipeline/test_feeds.py::test_one", "tests/pipeline/test_places.py::test_two"
    real, engines = "tests/browser/test_real_stack.py::test_three", "tests/pipeline/test_engines.py::test_four"
    scopes = scopes_of([feeds, places, real, engines])
    assert {scopes[test] for test in (feeds, places, real)} == {"stack"}
    assert scopes[engines] == "engines", "which has stacks of its own"


def test_what_takes_minutes_begins_first_then_the_largest_groups_and_unit_tests_last() -> None:
    chaos, isolated = "tests/chaos/test_chaos.py::test_a", "tests/security/test_as_deployed.py::test_b[1]"
    tracing = "tests/pipeline/test_tracing.py::test_one"
    ordered = largest_first([*UNITS, tracing, WEAVER[0], chaos, *WEAVER[1:], isolated])
    assert ordered == [chaos, isolated, *WEAVER, tracing, *UNITS]
    assert scopes_of(ordered) == scopes_of([*UNITS, *ordered[: -len(UNITS)]]), "whoever asks, in whichever order"
    assert {scopes_of(ordered)[test] for test in (chaos, isolated)} == set(LONGEST)  # whatever the modules call them


def test_the_scheduler_asks_for_a_tests_scope_by_the_name_that_xdist_calls() -> None:
    assert ByGroup._split_scope is not LoadScopeScheduling._split_scope
    assert "_split_scope" in vars(LoadScopeScheduling)
