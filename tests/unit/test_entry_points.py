"""Every entry that is called at least once does its work once: each has to say here how."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from functions.api_gateway.operation import Operation
from functions.api_gateway.operations import OPERATIONS
from local.entry_points import ENTRY_POINTS, ROOT, source_of

HOW = {
    "api_gateway": "common.idempotency.begin",  # what takes a key; the other routes change nothing or may be repeated
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

AT_ONCE = "common.idempotency.at_once"
"""The same in one commit: `generate`."""
ONCE = [operation for operation in OPERATIONS if operation.once]
"""What a customer asks for once, though it be asked several times."""
MAY_BE_REPEATED = {
    *("rename", "delete", "cancel", "openStream", "createFeed", "revokeFeeds", "keepPronunciations", "approve"),
    *("share", "revokeShare", "keepPlace", "keepMoment", "forgetMoment"),
    *("opening", "sample"),  # which ask, and change nothing that is not the same afterwards
}
"""What changes something and takes no key: asked again it does the same, or gives another right like the first."""


def test_every_entry_is_listed() -> None:
    assert HOW.keys() == ENTRY_POINTS.keys()


@pytest.mark.parametrize("service", HOW)
def test_an_entry_goes_the_way_that_makes_it_idempotent(service: str) -> None:
    assert HOW[service] in reached_from(module_of(service), ENTRY_POINTS[service])


def test_whatever_changes_something_takes_a_key_or_may_be_repeated() -> None:
    changing = {operation.name for operation in OPERATIONS if operation.name and operation.method != "GET"}
    assert changing == {operation.name for operation in ONCE} | MAY_BE_REPEATED


@pytest.mark.parametrize("operation", ONCE, ids=lambda operation: operation.name)
def test_an_operation_with_a_key_claims_its_work(operation: Operation) -> None:
    module, name = operation.handler.__module__, operation.handler.__name__
    assert {HOW["api_gateway"], AT_ONCE} & reached_from(module, name)
    assert f"{module}.{name}" in reached_from(module_of("api_gateway"), "api_gateway")


@pytest.mark.parametrize("service", [name for name, how in HOW.items() if how.endswith("run_task")])
def test_an_agent_that_works_for_a_queue_does_nothing_but_hand_over(service: str) -> None:
    """There is no way past `run_task`."""
    tree = ast.parse(source_of(service).read_text())
    [entry] = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == ENTRY_POINTS[service]]
    called = {
        node.func.id for node in ast.walk(entry) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called <= {"run_task", "settings", "partial"}
    assert "run_task" in called


def module_of(service: str) -> str:
    return ".".join(source_of(service).relative_to(ROOT).with_suffix("").parts)


def reached_from(module: str, name: str) -> set[str]:
    """All that a function of an agent's `module` comes to, as "module.name": named imports, their imports, and so on as
    far as the agent goes."""
    reached: set[str] = set()
    ahead = [(module, name)]
    while ahead:
        module, name = ahead.pop()
        if f"{module}.{name}" not in reached:
            reached.add(f"{module}.{name}")
            ahead += named_in(module).get(name, ())
    return reached


@cache
def named_in(module: str) -> dict[str, set[tuple[str, str]]]:
    """Of each definition of an agent's module, the functions and constants that it names, by module and name."""
    file = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    if not module.startswith("functions.") or not file.exists():
        return {}
    tree = ast.parse(file.read_text())
    imported: dict[str, tuple[str, str]] = {}
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            imported |= {alias.asname or alias.name: (str(node.module), alias.name) for alias in node.names}
            modules |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name: alias.name for alias in node.names}
    found: dict[str, set[tuple[str, str]]] = {}
    for statement in tree.body:
        named = {
            imported.get(node.id, (module, node.id)) for node in ast.walk(statement) if isinstance(node, ast.Name)
        } | {
            (modules[node.value.id], node.attr)
            for node in ast.walk(statement)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules
        }
        found |= dict.fromkeys(defined_by(statement), named)
    return found


def defined_by(statement: ast.stmt) -> set[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets):
            return {target.id for target in targets if isinstance(target, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()
