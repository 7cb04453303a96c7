"""Hosted voices, over real clients and servers on this machine that fail on order."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import grpc
import pytest

from common.contract import LANGUAGES
from common.errors import EngineBroken, EngineBusy, EngineRefused, Misconfigured
from common.settings import Settings
from functions.model_serving import engine_calls, tts
from functions.model_serving.tts.engines.google.engine import GoogleEngine
from functions.model_serving.tts.engines.openai import engine as openai_compatible
from functions.model_serving.tts.engines.openai.engine import OpenAIEngine
from tests.fakes.speech import MS_A_CHARACTER, FakeGoogleSpeech, FakeSpeechServer, tone

TEXT = "The tide comes in."
KEY = "sk-secret"


@pytest.fixture
def server() -> Iterator[FakeSpeechServer]:
    with FakeSpeechServer() as running:
        yield running


@pytest.fixture
def google() -> Iterator[FakeGoogleSpeech]:
    with FakeGoogleSpeech() as running:
        yield running


def settings(server: Any, **more: Any) -> Settings:
    return replace(Settings(), speech_base_url=server.url, speech_api_key=KEY, **more)


def spoken(engine: Any, text: str = TEXT, voice: str = "first", language: str = "en") -> bytes:
    return b"".join(engine.synthesize(text, engine.voice(voice, language)))


@pytest.mark.parametrize(
    ("name", "rate", "price", "more_voices"),
    [("espeak", 22_050, 0.0, False), ("google", 24_000, 30.0, True), ("openai", 24_000, None, True)],
)
def test_what_an_engine_has_to_offer_is_told_without_asking_anyone(
    name: str, rate: int, price: float | None, more_voices: bool
) -> None:
    known = replace(Settings(), speech_engine=name, speech_base_url="http://nobody.invalid")
    described = tts.engine(known).describe()
    assert (described.engine, described.sample_rate, described.streams) == (name, rate, True)
    assert (described.price_per_million_characters, described.more_voices) == (price, more_voices)
    assert described.languages == LANGUAGES
    offered = {(voice.name, voice.language) for voice in described.voices}
    assert offered >= set(product(("first", "second"), described.languages))


def test_a_speech_server_is_asked_for_pcm_by_model_voice_and_key(server: FakeSpeechServer) -> None:
    engine = OpenAIEngine(settings(server, speech_model="kokoro", speech_voices=("af_heart", "am_adam")))
    assert spoken(engine, voice="second") == tone(TEXT, "am_adam")
    assert server.requests == [{"model": "kokoro", "input": TEXT, "voice": "am_adam", "response_format": "pcm"}]
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("model", ["gpt-4o-mini-tts", "kokoro", "tts-1", "tts-1-hd", ""])
def test_a_speech_server_is_told_how_to_speak_unless_its_model_cannot_be(server: FakeSpeechServer, model: str) -> None:
    engine = OpenAIEngine(settings(server, speech_model=model))
    style = tts.style_prompt("story", 'a "dry" pilot')
    assert list(engine.synthesize(TEXT, engine.voice("first", "en"), style))
    told = None if model in {"tts-1", "tts-1-hd", ""} else style
    assert server.requests[0].get("instructions") == told
    assert style.startswith("Speak as a storyteller")
    assert r'"a \"dry\" pilot"' in style


@pytest.mark.parametrize("base", ["{}", "{}/", "{}/v1", "{}/v1/"])
def test_a_base_url_may_end_as_servers_document_it(server: FakeSpeechServer, base: str) -> None:
    engine = OpenAIEngine(replace(Settings(), speech_base_url=base.format(server.url)))
    assert spoken(engine)
    assert server.paths == ["/v1/audio/speech"]


def test_a_speech_server_needs_an_address() -> None:
    with pytest.raises(Misconfigured):
        OpenAIEngine(Settings())


def test_sound_is_handed_on_before_the_server_has_finished(server: FakeSpeechServer) -> None:
    server.faults.append("hang")
    engine = OpenAIEngine(settings(server))
    assert next(engine.synthesize(TEXT, engine.voice("first", "en")))  # the server is still holding the rest back


@pytest.mark.parametrize("faults", [["500"], ["429"], ["502", "503"], [("429", "0")], ["stall"]])
def test_a_passing_failure_is_not_noticed(
    server: FakeSpeechServer, faults: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_compatible, "SILENCE_S", 2.0)
    server.faults.extend(faults)
    assert spoken(OpenAIEngine(settings(server))) == tone(TEXT, "nova")
    assert len(server.requests) == len(faults) + 1


@pytest.mark.parametrize(
    ("faults", "error", "code", "asked"),
    [
        (["500"] * 5, EngineBroken, "engine_failed", 3),
        (["429"] * 5, EngineBusy, "engine_busy", 3),
        ([("429", "3600")] * 2, EngineBusy, "engine_busy", 1),
        (["401"] * 2, EngineRefused, "engine_key_refused", 1),
        (["400"] * 2, EngineRefused, "engine_text_refused", 1),
        (["404"] * 2, EngineRefused, "engine_model_unknown", 1),
        (["302"] * 2, EngineRefused, "engine_text_refused", 1),
        (["stall"] * 5, EngineBroken, "engine_slow", 3),
        (["cut"], EngineBroken, "engine_broke_off", 1),
        (["hang"], EngineBroken, "engine_slow", 1),
    ],
    ids=str,
)
def test_a_lasting_failure_is_told_by_type_after_a_bounded_number_of_tries(
    server: FakeSpeechServer,
    faults: list[Any],
    error: type[Exception],
    code: str,
    asked: int,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Long enough, on a machine that runs much else, for every answer that is to be taken
    monkeypatch.setattr(openai_compatible, "SILENCE_S", {"stall": 0.2, "hang": 2.0}.get(faults[0], 60.0))
    server.faults.extend(faults)
    with caplog.at_level(logging.DEBUG), pytest.raises(error) as raised:
        spoken(OpenAIEngine(settings(server)))
    assert raised.value.code == code  # type: ignore[attr-defined]
    assert len(server.requests) == asked
    assert KEY not in caplog.text + str(raised.value)


def test_what_would_come_too_late_is_not_tried(server: FakeSpeechServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai_compatible, "SILENCE_S", 0.2)
    monkeypatch.setattr(engine_calls, "LONGEST_TRYING_S", 0.1)
    server.faults.extend(["stall"] * 3)
    with pytest.raises(EngineBroken, match="engine_slow"):
        spoken(OpenAIEngine(settings(server)))
    assert len(server.requests) == 1


def test_a_server_that_cannot_be_reached_is_broken_not_refused() -> None:
    with FakeSpeechServer() as gone:
        pass
    with pytest.raises(EngineBroken, match="engine_unreachable"):
        spoken(OpenAIEngine(settings(gone)))


def test_chirp_is_streamed_as_pcm_in_the_language_asked_for(google: FakeGoogleSpeech) -> None:
    engine = GoogleEngine(settings(google))
    assert spoken(engine, voice="second", language="pt") == tone(TEXT, "pt-BR-Chirp3-HD-Charon")
    config, said = google.requests[0]
    assert (config.voice.name, config.voice.language_code) == ("pt-BR-Chirp3-HD-Charon", "pt-BR")
    assert config.streaming_audio_config.sample_rate_hertz == engine.describe().sample_rate
    assert said.text == TEXT


@pytest.mark.parametrize("voice", ["first", "en-GB-Neural2-A"])
def test_google_is_told_sounds_beside_a_text_that_stays_plain(google: FakeGoogleSpeech, voice: str) -> None:
    engine = GoogleEngine(settings(google))
    entries = [{"written": "Leigh", "said": "lee", "ipa": "li"}, {"written": "Nginx", "said": "engine x"}]
    list(tts.speak(engine, "Nginx, <b>Leigh</b>.", voice=voice, language="en", pronunciations=entries))
    [asked] = google.requests
    told, said = asked if voice == "first" else (asked.input, asked.input)
    [sound] = told.custom_pronunciations.pronunciations
    assert (sound.phrase, sound.pronunciation) == ("Leigh", "li")
    assert said.text == "engine x, <b>Leigh</b>."


def test_gemini_s_voices_are_told_how_to_speak(google: FakeGoogleSpeech) -> None:
    engine = GoogleEngine(settings(google, speech_model="gemini-2.5-flash-tts"))
    style = tts.style_prompt("debate", "")
    assert b"".join(engine.synthesize(TEXT, engine.voice("second", "fr"), style)) == tone(TEXT, "Charon")
    config, said = google.requests[0]
    voice = config.voice
    assert (voice.model_name, voice.name, voice.language_code) == ("gemini-2.5-flash-tts", "Charon", "fr-FR")
    assert (said.text, said.prompt) == (TEXT, style)
    assert engine.describe().price_per_million_characters is None


@pytest.mark.parametrize(("voice", "model"), [("first", ""), ("en-GB-Neural2-A", "gemini-2.5-flash-tts")])
def test_voices_of_google_that_cannot_be_told_how_to_speak_are_not(
    google: FakeGoogleSpeech, voice: str, model: str
) -> None:
    engine = GoogleEngine(settings(google, speech_model=model))
    assert list(engine.synthesize(TEXT, engine.voice(voice, "en"), tts.style_prompt("debate", "")))
    [asked] = google.requests
    config, said = asked if isinstance(asked, tuple) else (asked, asked.input)
    assert not config.voice.model_name
    assert "prompt" not in said


def test_other_voices_of_google_are_asked_for_in_one_piece(google: FakeGoogleSpeech) -> None:
    assert spoken(GoogleEngine(settings(google)), voice="en-GB-Neural2-A") == tone(TEXT, "en-GB-Neural2-A")
    assert google.requests[0].voice.language_code == "en-GB"


@pytest.mark.parametrize("voice", ["first", "en-GB-Neural2-A"])
def test_a_passing_failure_of_google_is_not_noticed(google: FakeGoogleSpeech, voice: str) -> None:
    google.faults.extend([grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED])
    assert spoken(GoogleEngine(settings(google)), voice=voice)
    assert len(google.requests) == 3


@pytest.mark.parametrize("voice", ["first", "en-GB-Neural2-A"])
@pytest.mark.parametrize(
    ("status", "error", "asked"),
    [
        (grpc.StatusCode.RESOURCE_EXHAUSTED, EngineBusy, 3),
        (grpc.StatusCode.INTERNAL, EngineBroken, 3),
        (grpc.StatusCode.INVALID_ARGUMENT, EngineRefused, 1),
        (grpc.StatusCode.NOT_FOUND, EngineRefused, 1),
        (grpc.StatusCode.PERMISSION_DENIED, EngineRefused, 1),
        (grpc.StatusCode.UNAUTHENTICATED, EngineRefused, 1),
    ],
    ids=str,
)
def test_a_lasting_failure_of_google_is_told_by_type(
    google: FakeGoogleSpeech, voice: str, status: grpc.StatusCode, error: type[Exception], asked: int
) -> None:
    google.faults.extend([status] * 5)
    with pytest.raises(error) as raised:
        spoken(GoogleEngine(settings(google)), voice=voice)
    assert "secret-project-17" not in str(raised.value)
    assert len(google.requests) == asked


@pytest.mark.parametrize("voice", ["first", "en-GB-Neural2-A"])
def test_a_voice_of_google_that_says_nothing_is_not_waited_for(
    google: FakeGoogleSpeech, voice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("functions.model_serving.tts.engines.google.engine._TIMEOUT_S", 0.3)
    google.faults.extend(["stall"] * 3)
    began = time.monotonic()
    with pytest.raises(EngineBroken, match="engine_slow"):
        spoken(GoogleEngine(settings(google)), voice=voice)
    assert time.monotonic() - began < 15


def test_a_voice_of_google_that_breaks_off_is_not_begun_again(google: FakeGoogleSpeech) -> None:
    google.faults.append("cut")
    with pytest.raises(EngineBroken):
        spoken(GoogleEngine(settings(google)))
    assert len(google.requests) == 1


@pytest.mark.parametrize("engine", [GoogleEngine, OpenAIEngine])
def test_what_no_engine_can_speak_is_refused_before_anyone_is_asked(server: FakeSpeechServer, engine: Any) -> None:
    voices = engine(settings(server))
    with pytest.raises(EngineRefused, match="engine_voice_unknown"):
        voices.voice("first", "tlh")
    for text in ("潮汐是海水的周期性涨落。" * 3, "A word. " * 1000):
        with pytest.raises(EngineRefused):
            spoken(voices, text)
    assert not server.requests


@pytest.mark.parametrize("name", ["google", "openai"])
def test_a_turn_of_a_hosted_voice_becomes_packets(
    name: str, server: FakeSpeechServer, google: FakeGoogleSpeech
) -> None:
    engine = tts.engine(replace(settings(google if name == "google" else server), speech_engine=name))
    packets = list(tts.speak(engine, TEXT, voice="first", language="en", pause_ms=200))
    assert len(packets) == pytest.approx((MS_A_CHARACTER * len(TEXT) + 200) / 20, abs=3)


@pytest.mark.parametrize("name", ["google", "openai"])
def test_no_voice_is_left_to_spell_out_a_link(name: str, server: FakeSpeechServer, google: FakeGoogleSpeech) -> None:
    engine = tts.engine(replace(settings(google if name == "google" else server), speech_engine=name))
    text = "Auf https://www.meer.example/a?b=1 [2], oder [hier](http://x.example): 3,5 m."
    list(tts.speak(engine, text, voice="first", language="de"))
    asked = google.requests[0][1].text if name == "google" else server.requests[0]["input"]
    assert asked == "Auf meer Punkt example, oder hier: 3,5 m."
