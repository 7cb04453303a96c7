"""Podcasts by hosted engines, end to end: the whole system, and servers of this machine in place of theirs."""

from __future__ import annotations

import base64
import itertools
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from google.cloud import firestore

from common.contract import PACKET_MS
from common.policy import POLICIES
from local.listener import Heard, listen, start
from local.podcast import SAMPLE
from local.stack import Options, Stack
from local.stack_settings import PROJECT
from tests.conftest import BRIEF_VOICE, ApiClient, leave_editions
from tests.fakes.language import FakeChatServer, FakeGemini, FakeLanguage, Novelist
from tests.fakes.speech import MS_A_CHARACTER, FakeSpeechServer, tone
from tests.fakes.web import Fault

pytestmark = pytest.mark.xdist_group("engines")
KEY = "sk-secret"

LANGUAGE_FAULTS: list[Fault] = ["500", "cut", "", "malformed", ("429", "0"), "quotes"]
SPEECH_FAULTS: list[Fault] = ["", "500", "cut", ("429", "0"), "", "503", "cut"]

BREAD = (Path(__file__).parents[1] / "unit" / "texts" / "bread.de.txt").read_text()
SEA = "Zweimal am Tag steigt das Meer an den Küsten und fällt wieder, denn der Mond zieht das Wasser an. "
GERMAN = {"Brot.md": f"# {BREAD}", "Meer.md": f"# Warum das Meer atmet\n\n{SEA * 5}"}


@dataclass
class Hosted:
    """A running system with the two servers as engines, and Gemini's on request."""

    language: FakeChatServer
    gemini: FakeGemini
    speech: FakeSpeechServer
    stack: Stack
    api_client: ApiClient


@pytest.fixture(scope="module")
def running() -> Iterator[Hosted]:
    with FakeChatServer() as language, FakeGemini() as gemini, FakeSpeechServer() as speech:
        environment = {
            **BRIEF_VOICE,
            "LANGUAGE_ENGINE": "openai",
            "LANGUAGE_BASE_URL": language.url,
            "LANGUAGE_API_KEY": KEY,
            "SPEECH_ENGINE": "openai",
            "SPEECH_BASE_URL": speech.url,
            "SPEECH_API_KEY": KEY,
            "SPEECH_MODEL": "kokoro",
            "SPEECH_VOICES": "af_heart,om_adam",
            "SPEECH_ENGINES": "espeak",
            "LANGUAGE_ENGINES": "extractive,gemini",
            "LANGUAGE_GEMINI_BASE_URL": gemini.url,
            "LANGUAGE_GEMINI_API_KEY": KEY,
        }
        with Stack(Options(environment=tuple(environment.items()))) as stack:
            leave_editions(stack)
            yield Hosted(language, gemini, speech, stack, ApiClient(stack))


@pytest.fixture
def hosted(running: Hosted) -> Hosted:
    """The system, with nothing ordered or noted that a test before has left."""
    for server in (running.language, running.gemini, running.speech):
        server.faults.clear()
        server.requests.clear()
    running.language.author = running.gemini.author = Novelist()
    running.speech.sound = tone
    return running


def script_of(hosted: Hosted, accepted: dict[str, Any]) -> list[dict[str, Any]]:
    url = f"{hosted.api_client.api}/{accepted['cpoa_workflow_id']}/segments"
    return list(hosted.api_client.http.get(url, timeout=30).json()["segments"])


def test_a_podcast_is_written_and_voiced_by_them(hosted: Hosted) -> None:
    accepted = hosted.api_client.generate(text=SAMPLE.read_text(), minutes=2)
    heard = hosted.api_client.hear(accepted)
    assert heard.whole()
    script = script_of(hosted, accepted)
    assert [segment["text"] for segment in heard.segments()] == [segment["text"] for segment in script]
    asked = [(body["input"], body["voice"]) for body in hosted.speech.requests]
    assert sorted(asked) == sorted(
        (segment["text"], {"Ada": "af_heart", "Ben": "om_adam"}[segment["speaker"]]) for segment in script
    )
    spoken_ms = sum(MS_A_CHARACTER * len(segment["text"]) for segment in script)
    pauses_ms = len(heard.packets) * PACKET_MS - spoken_ms
    assert 200 * len(script) < pauses_ms < 600 * len(script)


def test_the_first_turn_is_heard_while_the_script_is_still_being_written(hosted: Hosted) -> None:
    """The model is held back before its second answer until a listener has heard a turn of its first."""
    novelist, heard_one = Novelist(), Event()

    def held_back(system: str, prompt: str) -> str:
        if "Write this chapter" in prompt:
            assert heard_one.wait(60)
        return novelist(system, prompt)

    hosted.language.author = held_back
    accepted = hosted.api_client.generate(text=SAMPLE.read_text(), minutes=2)
    heard = Heard()
    for _ in listen(accepted["websocket_url"], heard, start(accepted["stream_id"])):
        if len(heard.segments()) > 1:
            heard_one.set()
    assert heard.whole()
    assert heard_one.is_set()


def from_zero(number: int | None) -> int | None:
    return None if number is None else number - 1


@pytest.mark.parametrize("writer", [pytest.param("openai", marks=pytest.mark.nightly), "gemini"])
def test_in_another_language_each_turn_comes_with_the_source_it_is_from(hosted: Hosted, writer: str) -> None:
    """From the model's own number to the listener: the segment's document, its message, and the podcast's sources."""
    novelist, written = Novelist(), dict[str, int | None]()
    numbers = itertools.cycle((1, 2, None))

    def alternating(system: str, prompt: str) -> str:
        assert "podcast, in German" in system
        lines = novelist(system, prompt).splitlines()
        if "Plan these" in prompt:
            return "\n".join(lines)
        turns = [{**json.loads(line), "source": next(numbers)} for line in lines]
        written.update({turn["text"]: turn["source"] for turn in turns})
        return "\n".join(map(json.dumps, turns))

    model: FakeLanguage = hosted.gemini if writer == "gemini" else hosted.language
    model.author = alternating
    documents = [
        {"name": name, "content_type": "text/markdown", "data": base64.b64encode(text.encode()).decode()}
        for name, text in GERMAN.items()
    ]
    accepted = hosted.api_client.generate(documents=documents, minutes=2, language="de", language_engine=writer)
    heard = hosted.api_client.hear(accepted)
    assert heard.whole()
    script = script_of(hosted, accepted)
    assert script[0]["text"] == "Hallo."
    turns = [segment for segment in script if segment["kind"] == "turn"]
    assert [segment.get("source") for segment in turns] == [from_zero(written[segment["text"]]) for segment in turns]
    assert {segment.get("source") for segment in turns} == {0, 1, None}
    assert [segment.get("source") for segment in heard.segments()] == [segment.get("source") for segment in script]
    podcast = hosted.api_client.show(accepted["cpoa_workflow_id"])
    assert podcast["language"] == "de"
    assert [source["title"] for source in podcast["sources"]] == ["Warum Brot altbacken wird", "Warum das Meer atmet"]
    assert bool(hosted.gemini.requests) == (writer == "gemini") == (not hosted.language.requests)


def test_failures_of_both_engines_in_mid_podcast_are_not_heard_and_no_key_is_in_any_log(hosted: Hosted) -> None:
    """Not though what the engines answer quotes it."""
    hosted.language.faults.extend(LANGUAGE_FAULTS)
    hosted.speech.faults.extend(SPEECH_FAULTS)
    accepted = hosted.api_client.generate(text=SAMPLE.read_text(), minutes=3)
    heard = hosted.api_client.hear(accepted)
    assert heard.whole()
    assert heard.repeated == 0
    texts = [segment["text"] for segment in heard.segments()]
    assert len(set(texts)) == len(texts)
    assert texts == [segment["text"] for segment in script_of(hosted, accepted)]
    assert not any("sorry" in text for text in texts)
    assert not hosted.language.faults
    assert not hosted.speech.faults
    logs = "".join(path.read_text() for path in hosted.stack.logs.iterdir())
    assert KEY not in logs
    assert "language billed" in logs
    assert "speech billed" in logs


def test_a_model_that_refuses_fails_the_podcast_with_its_reason(hosted: Hosted) -> None:
    hosted.language.author = lambda _system, _prompt: ""
    hosted.language.faults.extend(["refuse"] * 50)
    accepted = hosted.api_client.generate(text=SAMPLE.read_text(), minutes=2)
    podcast = hosted.api_client.await_state(accepted["cpoa_workflow_id"], "FAILED")
    assert podcast["error"]["code"] == "engine_text_refused"


BUDGET = POLICIES["voice_forge"].calls


@pytest.mark.parametrize(
    ("fault", "at_most"),
    [
        ("json", 1),
        ("500", BUDGET),
        pytest.param("cut", BUDGET, marks=pytest.mark.nightly),
        pytest.param("401", 1, marks=pytest.mark.nightly),
    ],
)
def test_a_voice_that_never_speaks_costs_a_handful_of_calls_a_turn_and_the_embedded_one_takes_over(
    hosted: Hosted, fault: str, at_most: int
) -> None:
    if fault == "json":
        hosted.speech.sound = lambda _text, _voice: b'{"error": "CUDA out of memory"}'
    else:
        hosted.speech.faults.extend([fault] * 1_000)
    hosts = [{"name": f"Ada, {fault}"}, {"name": "Ben"}]  # of whom no opening is kept
    accepted = hosted.api_client.generate(text="The tide comes in twice a day.", minutes=1, hosts=hosts)
    heard = hosted.api_client.hear(accepted)
    assert heard.whole()
    script = script_of(hosted, accepted)
    asked = Counter(body["input"] for body in hosted.speech.requests)
    assert 1 <= max(asked.values()) <= at_most
    assert set(asked) <= {segment["text"] for segment in script}  # and nothing that would fail likewise
    assert engines_of(hosted, accepted) == {"espeak"}
    assert [segment["engine_calls"] for segment in script] == [
        0 if fault == "401" else asked[segment["text"]] for segment in script
    ]


# A request chooses among those on offer


def engines_of(hosted: Hosted, accepted: dict[str, Any]) -> set[str]:
    """The engines of a podcast's voiced segments."""
    workflow_id = accepted["cpoa_workflow_id"]
    query = firestore.Client(project=PROJECT).collection(f"workflows/{workflow_id}/segments")
    return {segment.get("engine") for segment in query.stream() if segment.get("state") == "FORGED"}


def test_what_is_on_offer_is_told_the_default_ones_first(hosted: Hosted) -> None:
    engines = hosted.api_client.http.get(f"{hosted.stack.endpoints.api_url}/api/v1/engines", timeout=30).json()
    assert [engine["engine"] for engine in engines["speech"]] == ["openai", "espeak"]
    assert [engine["more_voices"] for engine in engines["speech"]] == [True, False]
    assert [engine["engine"] for engine in engines["language"]] == ["openai", "extractive", "gemini"]


def test_a_podcast_is_written_and_voiced_by_those_it_asks_for_and_so_is_what_is_made_of_it(hosted: Hosted) -> None:
    chosen = {"speech_engine": "espeak", "language_engine": "extractive"}
    accepted = hosted.api_client.generate(text=SAMPLE.read_text(), minutes=1, **chosen)
    assert hosted.api_client.hear(accepted).whole()
    assert engines_of(hosted, accepted) == {"espeak"}
    podcast = f"{hosted.api_client.api}/{accepted['cpoa_workflow_id']}"
    hosted.api_client.await_state(accepted["cpoa_workflow_id"], "COMPLETED")
    for path, body in (
        ("remake", {"segments": [{"index": 1, "text": "These words were never in the text."}]}),
        ("continue", {"chapter": 1, "minutes": 1}),
    ):
        made = hosted.api_client.http.post(f"{podcast}/{path}", json=body, timeout=30).json()
        assert hosted.api_client.hear(made).whole()
        assert engines_of(hosted, made) == {"espeak"}
    assert hosted.speech.requests == []
    assert hosted.language.requests == []


def test_voices_and_personas_are_those_asked_for(hosted: Hosted) -> None:
    hosts = [{"name": "Mary", "voice": "bf_emma", "persona": "a harbour pilot"}, {"name": "Tom", "voice": "first"}]
    accepted = hosted.api_client.generate(text=SAMPLE.read_text(), minutes=1, hosts=hosts, style="story")
    assert hosted.api_client.hear(accepted).whole()
    voices = {"Mary": "bf_emma", "Tom": "af_heart"}
    speakers = {segment["text"]: segment["speaker"] for segment in script_of(hosted, accepted)}
    assert set(speakers.values()) == set(voices)
    assert {body["input"]: body["voice"] for body in hosted.speech.requests} == {
        text: voices[speaker] for text, speaker in speakers.items()
    }
    assert all('Mary: "a harbour pilot"' in body["messages"][0]["content"] for body in hosted.language.requests)
    for body in hosted.speech.requests:  # and voices that can be told are told the same
        assert body["instructions"].startswith("Speak as a storyteller")
        assert ('"a harbour pilot"' in body["instructions"]) == (speakers[body["input"]] == "Mary")


@pytest.mark.parametrize(
    ("asked", "field", "allowed"),
    [
        ({"speech_engine": "google"}, "speech_engine", "openai or espeak"),
        ({"language_engine": "llama"}, "language_engine", "openai or extractive or gemini"),
        (
            {"speech_engine": "espeak", "hosts": [{"name": "Ada", "voice": "Kore"}]},
            "hosts.0.voice",
            "first or second or third or fourth",
        ),
    ],
)
def test_what_is_not_on_offer_is_refused_with_what_is(
    hosted: Hosted, asked: dict[str, Any], field: str, allowed: str
) -> None:
    response = hosted.api_client.http.post(
        f"{hosted.api_client.api}/generate", json={"topic": "tides", **asked}, timeout=30
    )
    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert error["field"] == field
    assert error["message"].endswith(f"choose {allowed}")
