"""Every entry that is called at least once does its work once: each has to say here how."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from local.entry_points import ENTRY_POINTS, source_of

HOW = {
    "api_gateway": "common.idempotency.begin",  # `generate`; the other routes change nothing or may be repeated
    "content_harvester": "common.agent.run_task",
    "script_weaver": "common.agent.run_task",
    "voice_forge": "common.agent.run_task",
    "mastering": "common.agent.run_task",
    "editions": "common.agent.run_task",
    "webhooks": "common.agent.run_task",
    # Names that are used once, and preconditions (tests/pipeline/test_orchestrator.py delivers everything twice)
    "orchestrator": "common.tasks.enqueue",
    "dead_letters": "common.tasks.enqueue",
    "sweeper": "common.tasks.enqueue",
    # Objects that are created once, under names known beforehand
    "model_serving": "common.blobs.create_object",
}


def test_every_entry_is_listed() -> None:
    assert HOW.keys() == ENTRY_POINTS.keys()


@pytest.mark.parametrize("service", HOW)
def test_an_entry_goes_the_way_that_makes_it_idempotent(service: str) -> None:
    module, _, name = HOW[service].rpartition(".")
    assert any(calls(path, module, name) for path in source_of(service).parent.rglob("*.py"))


@pytest.mark.parametrize("service", [name for name, how in HOW.items() if how.endswith("run_task")])
def test_an_agent_that_works_for_a_queue_does_nothing_but_hand_over(service: str) -> None:
    """All that its entry does itself is to answer GET; there is no way past `run_task`."""
    tree = ast.parse(source_of(service).read_text())
    [entry] = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == ENTRY_POINTS[service]]
    called = {
        node.func.id for node in ast.walk(entry) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called <= {"run_task", "task_status", "settings", "partial"}
    assert "run_task" in called


def calls(path: Path, module: str, name: str) -> bool:
    """Whether the file imports that name and calls it."""
    tree = ast.parse(path.read_text())
    imports = any(
        isinstance(node, ast.ImportFrom) and node.module == module and name in {alias.name for alias in node.names}
        for node in ast.walk(tree)
    )
    return imports and any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(tree)
    )
