"""The stand-ins for OpenAI's two APIs, as OpenAI's own client finds them: our client and other clients talk to the same
server.

Google's are talked to by Google's clients already (test_tts_hosted.py, test_llm_models.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fakes.language import FakeChatServer
from tests.fakes.speech import FakeSpeechServer, tone
from tests.fakes.web import FakeEngine

if TYPE_CHECKING:  # takes seconds to load: for the worker that runs these tests, not for all that collect them
    import openai

TEXT = "Twice a day the sea walks up the beach and walks away again."


def client(server: FakeEngine) -> openai.OpenAI:
    import openai

    return openai.OpenAI(base_url=f"{server.url}/v1", api_key="sk-secret", max_retries=0)


def told(server: FakeChatServer) -> tuple[str, str | None, int]:
    """The text, the finish reason, and the number of billed tokens."""
    chunks = client(server).chat.completions.create(
        model="m",
        messages=[{"role": "system", "content": "You write."}, {"role": "user", "content": "Write."}],
        stream=True,
        stream_options={"include_usage": True},
    )
    text, reason, tokens = "", None, 0
    for chunk in chunks:
        for choice in chunk.choices:
            text += choice.delta.content or ""
            reason = choice.finish_reason or reason
        tokens = chunk.usage.completion_tokens if chunk.usage else tokens
    return text, reason, tokens


def test_a_chat_is_streamed_with_its_end_and_its_bill() -> None:
    with FakeChatServer(author=lambda _system, _prompt: TEXT) as server:
        text, reason, tokens = told(server)
    assert (text, reason) == (TEXT, "stop")
    assert tokens > 5


@pytest.mark.parametrize(("fault", "reason"), [("refuse", "content_filter"), ("truncate", "length")])
def test_a_chat_that_is_cut_short_says_why(fault: str, reason: str) -> None:
    with FakeChatServer(author=lambda _system, _prompt: TEXT) as server:
        server.faults.append(fault)
        text, ended, _ = told(server)
    assert ended == reason
    assert TEXT.startswith(text)
    assert 0 < len(text) < len(TEXT)


def test_speech_is_streamed_as_pcm() -> None:
    with FakeSpeechServer() as server:
        speech = client(server).audio.speech.with_streaming_response
        with speech.create(model="tts-1", voice="nova", input=TEXT, response_format="pcm") as answer:
            assert b"".join(answer.iter_bytes()) == tone(TEXT, "nova")


@pytest.mark.parametrize(
    ("fault", "error"),
    [("429", "RateLimitError"), ("401", "AuthenticationError"), ("500", "InternalServerError")],
)
def test_what_is_refused_is_refused_as_openai_does(fault: str, error: str) -> None:
    import openai

    with FakeChatServer() as server:
        server.faults.append(fault)
        with pytest.raises(getattr(openai, error)):
            told(server)
