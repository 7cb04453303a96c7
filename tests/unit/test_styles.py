"""A style is one row: every request, writer and voice follows common/styles.py."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import MutableMapping
from pathlib import Path
from string import Template
from typing import cast

import pytest

from common.contract import STYLES as CONTRACT
from common.settings import Settings
from common.styles import STYLES, DialogueMix, Style
from functions.model_serving import llm, tts
from functions.model_serving.llm.dialogue.prompting import system
from tests.unit.parsed import nodes

ROOT = Path(__file__).resolve().parents[2]
RIDDLE = Style("$first asks in riddles, $second guesses.", "$first asks in riddles.", "Whisper.", DialogueMix(0.9, 0))
TEXT = "The tide rises twice a day along most coasts. The Moon pulls the water of the oceans towards itself. " * 3


@pytest.fixture
def sixth(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setitem(cast("MutableMapping[str, Style]", STYLES), "riddle", RIDDLE)
    return "riddle"


def asked(style: str, hosts: tuple[str, ...] = ("Ada", "Ben")) -> llm.Request:
    body = {
        "title": "Tides",
        "language": "en",
        "minutes": 1,
        "style": style,
        "hosts": [{"name": name} for name in hosts],
        "sources": [{"text": TEXT}],
        "said": [],
    }
    return llm.Request.from_json(body)


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_a_style_is_told_to_writers_and_voices(style: Style) -> None:
    assert {*Template(style.two_hosts).get_identifiers()} == {"first", "second"}
    assert "$second" not in style.one_host
    assert style.speech.endswith(".")
    assert 0 <= style.mix.question + style.mix.lead_in <= 1


def test_nothing_else_knows_a_style_by_name() -> None:
    for folder in ("common", "functions", "local", "streamer"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if path.relative_to(ROOT) != Path("common/styles.py"):
                constants = {node.value for node in nodes(path) if isinstance(node, ast.Constant)}
                assert not constants & STYLES.keys(), path


def test_the_contract_has_the_styles_that_there_are() -> None:
    assert tuple(STYLES) == CONTRACT


def test_a_sixth_style_is_written_and_spoken_in(sixth: str) -> None:
    assert "Ada asks in riddles, Ben guesses." in system(asked(sixth))
    assert "Ada asks in riddles." in system(asked(sixth, ("Ada",)))
    assert tts.style_prompt(sixth, "") == "Whisper."
    assert len(list(llm.engine(Settings(language_engine="extractive")).write(asked(sixth)))) > 2


def test_a_sixth_style_can_be_asked_for() -> None:
    """In a process of its own, where the row is there before the gateway's schema is made."""
    code = """
from common import styles
styles.STYLES["riddle"] = styles.STYLES["story"]
from functions.api_gateway.requests_schema import GenerateRequest, parse
asked = parse(GenerateRequest, {"topic": "tides", "style": "riddle"})
print(asked.style, "riddle" in str(GenerateRequest.model_json_schema()))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["riddle", "True"]
