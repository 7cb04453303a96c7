"""Every language from a source to the voice, recognized by its sources; and a clear refusal of others."""

from __future__ import annotations

import pytest

from common import languages
from local.podcast import SAMPLE
from tests.conftest import ROOT
from tests.pipeline.manual_delivery import ManualDelivery

TEXTS = {path.suffixes[0][1:]: path for path in sorted((ROOT / "tests" / "unit" / "texts").glob("*.txt"))}
TEXTS["en"] = SAMPLE


def test_each_language_has_its_text() -> None:
    assert TEXTS.keys() == set(languages.LANGUAGES)


@pytest.mark.parametrize(
    "language", ["de", "pt", *(pytest.param(name, marks=pytest.mark.nightly) for name in ("en", "es", "fr", "it"))]
)
def test_a_podcast_is_in_the_language_of_its_sources(agents: ManualDelivery, language: str) -> None:
    asked = {"text": TEXTS[language].read_text()[:350], "minutes": 1}
    workflow_id = agents.call("POST", "/generate", json=asked).json["cpoa_workflow_id"]
    agents.finish(workflow_id)
    podcast = agents.workflow(workflow_id)
    assert (podcast["state"], podcast["language"]) == ("COMPLETED", language)
    turns = agents.segments(workflow_id)
    assert {turn["language"] for turn in turns if turn["kind"] != "cold_open"} == {language}
    assert {turn["state"] for turn in turns} == {"FORGED"}


def test_a_language_without_a_voice_is_refused_by_name(agents: ManualDelivery) -> None:
    text = "Tidvattnet stiger och sjunker två gånger om dagen längs kusterna, och månen är den viktigaste orsaken. "
    workflow_id = agents.call("POST", "/generate", json={"text": text * 3, "minutes": 1}).json["cpoa_workflow_id"]
    agents.finish(workflow_id)
    podcast = agents.call("GET", f"/{workflow_id}").json
    assert podcast["state"] == "FAILED"
    assert podcast["error"]["code"] == "language_unsupported"
    assert "Swedish" in podcast["error"]["message"]
