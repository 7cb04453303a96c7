"""Docstrings name their subjects: few pronouns in any room, and imperatives first."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.unit.parsed import nodes

pytestmark = pytest.mark.xdist_group("parsed")

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("client", "common", "emulators", "functions", "local", "streamer")
FOLDERS = sorted({str(path.parent.relative_to(ROOT)) for room in ROOMS for path in (ROOT / room).rglob("*.py")})
PRONOUN = re.compile(r"\b(what|who|whoever|whose|that|it|them|nobody|somebody|one|there)\b", re.IGNORECASE)
MOST_PRONOUNS = 0.04
"""Of the words of a sentence, on average."""
LEAST_SENTENCES = 40
"""Of a folder, with all below: the average of fewer is that of a single docstring."""
DESCRIBES = re.compile(
    r"\W*(a|all|an|and|as|at|by|each|every|for|from|how|if|in|its?|no|nobody|none|not|of|on|one|only|that|the|there|these"
    r"|this|those|to|two|what|when|where|whether|which|who|with|without)\b",
    re.IGNORECASE,
)
"""First words of docstrings that describe a thing in place of telling what to do."""
MOST_DESCRIBED = 0.02
LEAST_WORDS = 8
Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@cache
def documented(room: str) -> tuple[tuple[Documented, str], ...]:
    """List everything in a room that has a docstring, with the docstring."""
    found = (node for path in sorted((ROOT / room).rglob("*.py")) for node in nodes(path))
    return tuple((node, text) for node in found if isinstance(node, Documented) and (text := ast.get_docstring(node)))


def sentences(text: str) -> Iterator[list[str]]:
    """Yield the words of each sentence long enough to judge."""
    for sentence in re.split(r"(?<=[.:;])\s+", text):
        if len(words := sentence.split()) >= LEAST_WORDS:
            yield words


@cache
def shares(path: Path) -> tuple[float, ...]:
    """Count the pronouns among the words of each sentence in the docstrings of a file."""
    texts = [ast.get_docstring(node) or "" for node in nodes(path) if isinstance(node, Documented)]
    return tuple(len(PRONOUN.findall(" ".join(words))) / len(words) for text in texts for words in sentences(text))


@pytest.mark.parametrize("folder", FOLDERS)
def test_few_words_of_docstrings_are_pronouns(folder: str) -> None:
    found = [share for path in sorted((ROOT / folder).rglob("*.py")) for share in shares(path)]
    assert len(found) < LEAST_SENTENCES or sum(found) / len(found) < MOST_PRONOUNS


@pytest.mark.parametrize("room", ROOMS)
def test_a_function_is_told_what_to_do(room: str) -> None:
    """By an imperative; what is read as a property may be called by its name."""
    first = [
        f"{node.name}: {text.splitlines()[0]}"
        for node, text in documented(room)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_property(node)
    ]
    described = [line for line in first if DESCRIBES.match(line.partition(": ")[2])]
    assert len(described) <= MOST_DESCRIBED * len(first), described


def is_property(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("property" in ast.unparse(decorator) for decorator in node.decorator_list)
