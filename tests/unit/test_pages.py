"""The project's pages agree with its code: states as coded, tests and files present, a single version."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from common import states

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "terraform" / "README.md",
    ROOT / "emulators" / "README.md",
]
ROOMS = "common|functions|streamer|local|emulators|tests|terraform|web|docs|client"
KINDS = ("workflow", "stage", "segment", "stream", "work")


@pytest.mark.parametrize("kind", KINDS)
def test_the_states_in_the_architecture_are_those_of_the_code(kind: str) -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    [diagram] = re.findall(rf"state {kind} \{{(.*?)\}}", page, re.DOTALL)
    drawn = set(re.findall(r"(\S+) --> (\w+)", diagram))
    life: states.Lifecycle = getattr(states, kind.upper())
    expected = {("[*]", state) for state in life.first}
    expected |= {(before, after) for before, following in life.following.items() for after in following}
    assert drawn == expected


def test_every_test_that_the_platform_page_names_exists() -> None:
    page = (ROOT / "docs" / "platform.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)
    assert len(named) > 20
    for file, test in named:
        assert re.search(rf"^def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), (file, test)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for path in re.findall(
        r"`((?:common|functions|streamer|local|emulators|tests|terraform|web|docs|client)/[\w./-]*)`", text
    ):
        if re.search(r"AGENT", path):
            continue
        assert (ROOT / path).exists(), f"{page.name} names {path}"
    for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text):
        assert (page.parent / link).exists(), f"{page.name} links to {link}"


def test_the_version_stands_in_one_place() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    for folder in ("common", "functions", "streamer", "local", "client"):
        for path in (ROOT / folder).rglob("*.py"):
            assert f'"{version}"' not in path.read_text(encoding="utf-8"), path


def test_the_hooks_before_a_commit_are_those_of_the_lint_session() -> None:
    [pinned] = re.findall(
        r"^ruff==(\S+)", (ROOT / "tests" / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE
    )
    hooks = re.findall(r"ruff==([\d.]+)", (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert set(hooks) == {pinned}


def test_the_figures_of_the_first_page_are_those_that_were_measured_last() -> None:
    """Row by row as on the page of all figures, with the same command."""
    rows = re.search(r"## What was measured.*?\n(\| what .*?)\n\n", (ROOT / "README.md").read_text(), re.DOTALL)
    assert rows is not None
    measured = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8").splitlines()
    assert [row for row in rows[1].splitlines() if row not in measured] == []


def test_every_session_and_benchmark_that_a_page_names_is_there() -> None:
    sessions = re.findall(
        r"^@nox\.session.*\ndef (\w+)", (ROOT / "noxfile.py").read_text(encoding="utf-8"), re.MULTILINE
    )
    benchmarks = {path.stem for path in (ROOT / "tests" / "bench").glob("*.py")}
    for page in [*PAGES, ROOT / "noxfile.py"]:
        text = page.read_text(encoding="utf-8")
        assert set(re.findall(r"nox -s (\w+)", text)) <= set(sessions), page.name
        assert set(re.findall(r"nox -s bench -- (\w+)", text)) <= benchmarks, page.name
    [listed] = re.findall(r'"""Measure: -- ([\w|]+);', (ROOT / "noxfile.py").read_text(encoding="utf-8"))
    assert set(listed.split("|")) == benchmarks - {"plot"}


def test_a_command_that_chooses_a_test_finds_it() -> None:
    for page in PAGES:
        for file, words in re.findall(r"nox -s \w+ -- (tests/[\w/]+\.py) -k (\w+)", page.read_text(encoding="utf-8")):
            assert re.search(rf"^def test_\w*{words}", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), words
