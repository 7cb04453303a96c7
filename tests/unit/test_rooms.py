"""Who may import whom: agents meet through events and tasks alone, and common/ knows none of them."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from local.entry_points import ENTRY_POINTS, FOLDERS
from tests.unit.parsed import nodes

pytestmark = pytest.mark.xdist_group("parsed")

ROOT = Path(__file__).resolve().parents[2]
AGENTS = sorted(path.parent for path in ROOT.glob("functions/*/main.py"))
ROOMS = {"functions", "streamer", "local", "emulators", "tests", "web", "terraform", "client"}


def imported(path: Path) -> set[str]:
    """The imported rooms of a file, wherever the import: top-level names, and agents as `functions.agent`."""
    modules: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {".".join(module.split(".")[: 2 if module.startswith("functions.") else 1]) for module in modules}


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def test_every_agent_is_deployed_and_there_are_no_others() -> None:
    assert len(AGENTS) > 6
    assert {agent.name for agent in AGENTS} == {FOLDERS.get(service, service) for service in ENTRY_POINTS}


@pytest.mark.parametrize("path", files("common"), ids=lambda path: path.name)
def test_common_imports_no_room(path: Path) -> None:
    assert not imported(path) & ROOMS


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.name)
def test_an_agent_imports_common_and_itself_alone(agent: Path) -> None:
    for path in agent.rglob("*.py"):
        ours = {name for name in imported(path) if name.partition(".")[0] in ROOMS}
        assert ours <= {f"functions.{agent.name}"}, path


def test_the_streamer_imports_common_and_itself_alone() -> None:
    for path in files("streamer"):
        assert not imported(path) & (ROOMS - {"streamer"}), path


def test_the_client_imports_nothing_of_ours() -> None:
    for path in files("client"):
        assert not imported(path) & (ROOMS | {"common"}), path


def test_the_product_does_not_know_the_embedded_cloud() -> None:
    for folder in ("functions", "streamer", "common"):
        for path in files(folder):
            assert not imported(path) & {"local", "emulators"}, path


def test_the_emulators_import_nothing_of_ours() -> None:
    for path in files("emulators"):
        assert not imported(path) & (ROOMS - {"emulators"} | {"common"}), path


def test_a_package_has_one_version() -> None:
    versions: dict[str, set[str]] = {}
    for path in [*ROOT.glob("functions/**/requirements.txt"), *ROOT.glob("*/requirements.txt")]:
        for line in path.read_text().splitlines():
            requirement = line.partition("#")[0].partition(";")[0].strip()
            if not requirement:
                continue
            pinned = re.fullmatch(r"([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^;\s]+)", requirement)
            assert pinned, f"{path.parent.name}: {requirement!r} is not pinned"
            versions.setdefault(pinned[1].lower().replace("_", "-"), set()).add(pinned[2])
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def modules(path: Path) -> set[str]:
    """Every module that a file imports, or takes a name of, by its full name."""
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


FIRESTORE = ("google.cloud.firestore", "google.cloud.firestore_v1")
STORE = {"common/clients.py", *(path.relative_to(ROOT).as_posix() for path in (ROOT / "common/store").glob("*.py"))}
WATCH = {path.relative_to(ROOT).as_posix() for path in (ROOT / "streamer").rglob("watch.py")}
"""The streamer's own speaker of Listen."""


@pytest.mark.parametrize("folder", ["common", "functions", "streamer"])
def test_only_the_store_and_the_watch_speak_firestore(folder: str) -> None:
    assert len(STORE) > 5
    assert len(WATCH) == 1
    for path in files(folder):
        if path.relative_to(ROOT).as_posix() in STORE | WATCH:
            continue
        used = modules(path)
        assert not [name for name in used if (name + ".").startswith(tuple(f"{one}." for one in FIRESTORE))], path
        assert not used & {"common.clients.database", "common.clients.firestore_client"}, path


def test_no_agent_takes_a_client_of_googles_cloud_into_its_own_hands() -> None:
    """But those who speak and write with its models: the engines of model serving."""
    for folder in ("functions", "streamer"):
        for path in files(folder):
            if "model_serving" in path.parts or path.relative_to(ROOT).as_posix() in WATCH:
                continue
            assert not [name for name in modules(path) if name.startswith(("common.clients", "google.cloud"))], path


SERVERS = ("http.server", "emulators.http_server", "tests.fakes.speech", "tests.fakes.web", "tests.websites.website")


@pytest.mark.parametrize("path", files("tests/unit"), ids=lambda path: path.name)
def test_a_unit_test_starts_no_server(path: Path) -> None:
    """Tests with servers of their own wait, for silences and lost connections: their place is tests/outside."""
    assert not [name for name in modules(path) if name.startswith(SERVERS)]


PRODUCT = ("common", "functions", "streamer", "local", "client", "emulators")


def test_no_modules_import_each_other_in_a_circle() -> None:
    found = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for room in PRODUCT for path in files(room)}
    named = {name.removesuffix(".__init__"): path for name, path in found.items()}
    below = {name: {other for other in _imported_of(path, named) if other != name} for name, path in named.items()}
    while free := {name for name, others in below.items() if not others & below.keys()}:
        below = {name: others for name, others in below.items() if name not in free}
    assert {name: others & below.keys() for name, others in below.items()} == {}


def _imported_of(path: Path, named: dict[str, Path]) -> set[str]:
    """List the modules of ours that a file imports or takes a name of."""
    return {name if name in named else name.rpartition(".")[0] for name in modules(path)} & named.keys()


PLANNED = sorted(
    path
    for room in PRODUCT
    for path in (ROOT / room).rglob("__init__.py")
    if path.parent.name in {"outbound", "store", "streamer"}
)
"""The packages whose own text lists their modules, and those of the folders in them."""


@pytest.mark.parametrize("package", PLANNED, ids=lambda path: path.parent.name)
def test_a_plan_of_a_package_names_every_module_and_no_other(package: Path) -> None:
    module = nodes(package)[0]
    assert isinstance(module, ast.Module)
    lines = re.findall(r"^ *(\w+(?:, \w+)*)(?:/|\.py)? {2,}\S", str(ast.get_docstring(module)), re.MULTILINE)
    planned = {name for line in lines for name in line.split(", ")}
    below = [path for path in package.parent.rglob("*") if path.suffix == ".py" or (path / "__init__.py").exists()]
    assert planned == {path.stem for path in below if path.stem.isidentifier()} - {"__init__"}


A_SCREEN = 60
"""Lines. A function that is longer is told in parts, each with a name."""


@pytest.mark.parametrize("room", PRODUCT)
def test_a_function_fits_on_a_screen(room: str) -> None:
    functions = [
        (f"{path.relative_to(ROOT)}: {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)
        for path in files(room)
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert functions
    assert [name for name, lines in functions if lines > A_SCREEN] == []


def test_no_constant_is_left_over() -> None:
    """Neither a limit without a check, nor a pattern without a match."""
    made: dict[str, Path] = {}
    used = {name for path in files("tests") for name in re.findall(r"\b[A-Z][A-Z0-9_]*\b", path.read_text())}
    for path in (path for folder in PRODUCT for path in files(folder)):
        module = nodes(path)[0]
        assert isinstance(module, ast.Module)
        for statement in module.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
            made |= {name.id: path for name in targets if isinstance(name, ast.Name) and name.id.isupper()}
        for node in nodes(path):
            match node:
                case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name) | ast.alias(name=name):
                    used.add(name)
                case ast.Constant(value=str(name)):
                    used.add(name)  # which generated files and load_on_start name
    assert {name: str(path.relative_to(ROOT)) for name, path in made.items() if name not in used} == {}


def test_the_emulators_are_published_whole() -> None:
    """By themselves, as a distribution with a version of its own (emulators/pyproject.toml)."""
    told = tomllib.loads((ROOT / "emulators" / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {path.parent.relative_to(ROOT) for path in files("emulators")}
    assert sorted(told["tool"]["setuptools"]["packages"]) == sorted(".".join(folder.parts) for folder in folders)
    parts = told["tool"]["setuptools"]["dynamic"]
    assert parts["version"] == {"attr": "emulators.__version__"}
    for name in (parts["dependencies"]["file"], told["project"]["readme"]):
        assert (ROOT / "emulators" / name).exists()
