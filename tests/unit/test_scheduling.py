"""Tests sharing a process run on a single worker."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

from tests.scheduling import LONGEST, ByGroup, largest_first, scope_of


def test_a_module_stays_together_a_group_too_and_unit_tests_are_single() -> None:
    weaver, unit = "tests/pipeline/test_weaver.py", "tests/unit/test_wire.py::test_packets[a@b]"
    assert scope_of(f"{weaver}::test_one") == scope_of(f"{weaver}::test_two[x::y@z]") == weaver
    assert scope_of("tests/streaming/test_door.py::test_one") == scope_of("tests/streaming/test_watch.py::test_two")
    assert scope_of("tests/streaming/test_door.py::test_one") != scope_of("tests/pipeline/test_engines.py::test_one")
    assert scope_of(unit) == unit


def test_what_takes_minutes_begins_first_then_the_largest_groups() -> None:
    chaos, isolated = "tests/chaos/test_chaos.py::test_a", "tests/pipeline/test_isolated.py::test_b[1]"
    weaver = [f"tests/pipeline/test_weaver.py::test_{number}" for number in range(3)]
    single = "tests/unit/test_wire.py::test_packets[a@b]"
    assert largest_first([single, weaver[0], chaos, *weaver[1:], isolated]) == [chaos, isolated, *weaver, single]
    assert {scope_of(chaos), scope_of(isolated)} == set(LONGEST)  # by whatever names the modules call them


def test_the_scheduler_asks_for_a_tests_scope_by_the_name_that_xdist_calls() -> None:
    assert ByGroup._split_scope is not LoadScopeScheduling._split_scope
    assert "_split_scope" in vars(LoadScopeScheduling)
