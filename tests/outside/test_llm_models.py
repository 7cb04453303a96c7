"""Language models over a network: real clients, servers on this machine that fail on order, and every failure typed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from google.oauth2.credentials import Credentials

from common.errors import EngineBroken, EngineBusy, EngineRefused, Misconfigured
from common.settings import Settings
from functions.model_serving.engine_calls import Calls
from functions.model_serving.llm.dialogue.asking import Asked
from functions.model_serving.llm.dialogue.language_model import LanguageModel, Prompt, Truncated
from functions.model_serving.llm.dialogue.prompting import TURNS_SCHEMA
from functions.model_serving.llm.engines.gemini.model import GeminiModel
from functions.model_serving.llm.engines.openai.model import OpenAIModel
from tests.fakes.language import FakeChatServer, FakeGemini, FakeLanguage, sse, tokens_of

KEY = "sk-secret"
PROMPT = Prompt("You write.", "Write.", 500, TURNS_SCHEMA)
TEXT = '{"speaker": "Ada", "text": "Twice a day the sea walks up the beach and walks away again."}'


SETTINGS = Settings(language_api_key=KEY, language_first_token_s=2.0, language_silence_s=0.3)
"""An answer that is to be taken may begin late, on a machine that runs much else."""


def asked(model: LanguageModel) -> Asked:
    """The model as seen by a podcast with calls enough."""
    return Asked(model, Calls(), 100)


@pytest.fixture(params=[(FakeChatServer, OpenAIModel), (FakeGemini, GeminiModel)], ids=["openai", "gemini"])
def served(request: pytest.FixtureRequest) -> Iterator[tuple[FakeLanguage, LanguageModel]]:
    """Each server, and the model talking to the server; short of patience where every answer is to stall."""
    server_of, model_of = request.param
    stalls = request.node.callspec.params.get("faults", []).count("stall")
    settings = replace(SETTINGS, language_first_token_s=0.3) if stalls > 1 else SETTINGS
    with server_of(author=lambda _system, _prompt: TEXT) as server:
        yield server, asked(model_of(replace(settings, language_base_url=server.url)))


def test_an_answer_comes_piece_by_piece_and_its_tokens_are_billed(
    served: tuple[FakeLanguage, LanguageModel], caplog: pytest.LogCaptureFixture
) -> None:
    server, model = served
    with caplog.at_level(logging.INFO):
        pieces = list(model.stream(PROMPT))
    assert "".join(pieces) == TEXT
    assert len(pieces) > 5
    billed = [record.fields for record in caplog.records if record.message == "language billed"]  # type: ignore[attr-defined]
    assert [(bill["input_tokens"], bill["output_tokens"]) for bill in billed] == [(5, len(tokens_of(TEXT)))]
    assert server.prompts == ["Write."]


def test_words_are_handed_on_before_the_model_has_finished(served: tuple[FakeLanguage, LanguageModel]) -> None:
    server, model = served
    server.faults.append("hang")
    assert next(model.stream(PROMPT))


@pytest.mark.parametrize("faults", [["500"], ["429"], ["503", "502"], [("429", "0")], ["stall"]], ids=str)
def test_a_passing_failure_is_not_noticed(served: tuple[FakeLanguage, LanguageModel], faults: list[Any]) -> None:
    server, model = served
    server.faults.extend(faults)
    assert "".join(model.stream(PROMPT)) == TEXT
    assert len(server.requests) == len(faults) + 1


@pytest.mark.parametrize(
    ("faults", "error", "asked"),
    [
        (["500"] * 5, EngineBroken, 3),
        (["429"] * 5, EngineBusy, 3),
        ([("429", "3600")] * 3, EngineBusy, 1),
        (["401"] * 2, EngineRefused, 1),
        (["400"] * 2, EngineRefused, 1),
        (["stall"] * 5, EngineBroken, 3),
        (["cut"], EngineBroken, 1),
        (["hang"], EngineBroken, 1),
        (["malformed"], EngineBroken, 1),
        (["truncate"], Truncated, 1),
        (["refuse"], EngineRefused, 1),
    ],
    ids=str,
)
def test_a_lasting_failure_is_told_by_type_after_a_bounded_number_of_tries(
    served: tuple[FakeLanguage, LanguageModel],
    faults: list[Any],
    error: type[Exception],
    asked: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    server, model = served
    server.faults.extend(faults)
    with caplog.at_level(logging.DEBUG), pytest.raises(error) as raised:
        list(model.stream(PROMPT))
    assert len(server.requests) == asked
    assert KEY not in caplog.text + str(raised.value)


def gemini_answering(event: dict[str, Any], patch: pytest.MonkeyPatch) -> tuple[list[str], list[dict[str, Any]]]:
    """The result of a prompt answered by Gemini with a given event, and the request sent."""
    with FakeGemini() as server:
        patch.setattr(server, "answer", lambda _body, _path: iter([sse(event)]))
        model = GeminiModel(replace(SETTINGS, language_base_url=server.url))
        return list(model.stream(PROMPT)), server.requests


def test_gemini_is_held_to_the_schema_and_its_thoughts_are_kept_to_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [{"text": "What shall I say?", "thought": True}, {"text": TEXT}]
    answer = {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}]}
    written, [asked] = gemini_answering(answer, monkeypatch)
    assert written == [TEXT]
    assert asked["generationConfig"]["responseJsonSchema"] == TURNS_SCHEMA


def test_what_gemini_will_not_even_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineRefused, match="engine_text_refused"):
        gemini_answering({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}, monkeypatch)


def test_a_model_that_cannot_be_reached_is_broken_not_refused() -> None:
    with FakeChatServer() as gone:
        pass
    for model in (OpenAIModel, GeminiModel):
        with pytest.raises(EngineBroken):
            list(asked(model(replace(SETTINGS, language_base_url=gone.url))).stream(PROMPT))


def test_a_language_server_needs_an_address() -> None:
    with pytest.raises(Misconfigured):
        OpenAIModel(Settings())


def test_without_a_key_gemini_is_asked_on_vertex_as_this_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("google.auth.default", lambda *_args, **_more: (Credentials(token="ours"), "project"))
    with FakeGemini(author=lambda _system, _prompt: TEXT) as server:
        settings = replace(
            Settings(), language_base_url=server.url, google_cloud_project="project", location="europe-west3"
        )
        assert "".join(GeminiModel(settings).stream(PROMPT)) == TEXT
    assert "/projects/project/locations/global/publishers/google/models/" in server.paths[0], "whatever the region"
    assert server.headers[0]["Authorization"] == "Bearer ours"
    with pytest.raises(Misconfigured):
        list(GeminiModel(Settings()).stream(PROMPT))
