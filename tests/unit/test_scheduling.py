"""Tests that share what they start run on one worker."""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

from tests.scheduling import ByGroup, scope_of


def test_a_module_stays_together_a_group_too_and_unit_tests_are_single() -> None:
    weaver, unit = "tests/pipeline/test_weaver.py", "tests/unit/test_wire.py::test_packets[a@b]"
    assert scope_of(f"{weaver}::test_one") == scope_of(f"{weaver}::test_two[x::y@z]") == weaver
    assert scope_of("tests/streaming/test_door.py::test_one") == scope_of("tests/streaming/test_watch.py::test_two")
    assert scope_of("tests/streaming/test_door.py::test_one") != scope_of("tests/pipeline/test_engines.py::test_one")
    assert scope_of(unit) == unit


def test_the_scheduler_asks_for_a_tests_scope_by_the_name_that_xdist_calls() -> None:
    assert ByGroup._split_scope is not LoadScopeScheduling._split_scope
    assert "_split_scope" in vars(LoadScopeScheduling)
