"""Every language from end to end, recognized by its sources; and a clear refusal of others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from google.cloud import firestore

from common.store import paths
from local.podcast import SAMPLE
from local.stack_settings import PROJECT
from tests.conftest import Program

TEXTS = {path.suffixes[0][1:]: path for path in sorted((Path(__file__).parents[1] / "unit" / "texts").glob("*.txt"))}
TEXTS["en"] = SAMPLE


def test_a_podcast_is_in_the_language_of_its_sources(program: Program) -> None:
    assert TEXTS.keys() == {"en", "es", "fr", "de", "pt", "it"}
    accepted = {language: program.generate(text=path.read_text()[:350], minutes=1) for language, path in TEXTS.items()}
    with ThreadPoolExecutor(len(accepted)) as pool:
        heard = dict(zip(accepted, pool.map(program.hear, accepted.values()), strict=True))
    for language, answer in accepted.items():
        assert heard[language].whole()
        assert program.show(answer["cpoa_workflow_id"])["language"] == language
        segments = firestore.Client(project=PROJECT).collection(*paths.segments(answer["cpoa_workflow_id"]))
        turns = [segment.to_dict() or {} for segment in segments.stream()]
        assert {turn["language"] for turn in turns if turn["kind"] != "cold_open"} == {language}
        assert {turn["state"] for turn in turns} == {"FORGED"}


def test_a_language_without_a_voice_is_refused_by_name(program: Program) -> None:
    text = "Tidvattnet stiger och sjunker två gånger om dagen längs kusterna, och månen är den viktigaste orsaken. "
    accepted = program.generate(text=text * 3, minutes=1)
    podcast = program.await_state(accepted["cpoa_workflow_id"], "FAILED")
    assert podcast["error"]["code"] == "language_unsupported"
    assert "Swedish" in podcast["error"]["message"]
