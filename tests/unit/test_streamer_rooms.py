"""The streamer's rooms: sockets know no podcast, playback knows no socket, and no room is entered from below."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.unit.parsed import nodes

pytestmark = pytest.mark.xdist_group("parsed")

STREAMER = Path(__file__).resolve().parents[2] / "streamer"
MODULES = {
    ".".join(("streamer", *path.relative_to(STREAMER).with_suffix("").parts)): path
    for path in sorted(STREAMER.rglob("*.py"))
    if path.name != "__init__.py"
}
FLOORS, ARROWS = 7, 22
"""At most: the longest way down from main, and how many pairs of rooms import one another."""
CLOSED = {
    "net": {"playback", "catalog", "tickets", "server"},
    "playback": {"net", "server"},
    "catalog": {"net", "playback", "tickets", "server"},
}
"""By folder: the rooms that it may not import."""


def imported(path: Path) -> set[str]:
    """The streamer's modules that a module imports."""
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            found |= names & MODULES.keys()
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & MODULES.keys()
    return found


def room(module: str) -> str:
    """A folder is one room, and so is each module beside the folders."""
    return module.split(".")[1]


ROOMS = {
    name: {room(other) for module in MODULES if room(module) == name for other in imported(MODULES[module])} - {name}
    for name in map(room, MODULES)
}
"""By room: the rooms that it imports."""


@pytest.mark.parametrize("folder", CLOSED)
def test_a_folder_imports_none_that_is_closed_to_it(folder: str) -> None:
    assert ROOMS[folder], "it imports something, or this test reads nothing"
    assert not ROOMS[folder] & CLOSED[folder]


def test_sockets_stay_in_net() -> None:
    for module, path in MODULES.items():
        if room(module) in {"playback", "catalog"}:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
            assert not names & {"socket", "selectors", "ssl"}, path


def test_the_rooms_are_few_and_stand_on_one_another() -> None:
    def floor(name: str, above: tuple[str, ...] = ()) -> int:
        assert name not in above, f"a circle: {' -> '.join([*above, name])}"
        return 1 + max((floor(below, (*above, name)) for below in ROOMS[name]), default=0)

    assert max(map(floor, ROOMS)) <= FLOORS
    assert sum(map(len, ROOMS.values())) <= ARROWS


def test_no_modules_import_one_another_in_a_circle() -> None:
    @cache
    def below(module: str) -> frozenset[str]:
        return frozenset(imported(MODULES[module])).union(*map(below, imported(MODULES[module])))

    for module in MODULES:  # a circle would not end, and Python says so
        assert module not in below(module)
