"""Language servers as they are: refusals, answers, failures and cuts of each, from a real server on this machine.

The shapes are those of OpenAI, Azure, Ollama, vLLM, llama.cpp, LM Studio, OpenRouter, Groq, DeepSeek, Mistral and
Gemini's compatible API; the words of their refusals are shortened.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from common.errors import AethercastError, EngineBroken, EngineBusy, EngineRefused
from common.settings import Settings
from functions.model_serving import llm
from functions.model_serving.engine_calls import Calls
from functions.model_serving.llm.dialogue import asking
from functions.model_serving.llm.dialogue.asking import Asked
from functions.model_serving.llm.dialogue.language_model import Prompt, PromptTooLong, Truncated
from functions.model_serving.llm.dialogue.prompting import TURNS_SCHEMA
from functions.model_serving.llm.engines.gemini.model import GeminiModel
from functions.model_serving.llm.engines.openai.model import OpenAIModel, chat_url
from functions.model_serving.llm.protocol import Request, Source, Turn
from local.podcast import SAMPLE
from tests.fakes.language import FakeChatServer, FakeGemini, Novelist, sse

ANSWER = '{"speaker": "Ada", "text": "Twice a day the sea walks up the beach.", "source": 1}'
PROMPT = Prompt("You write.", "Write about the sea.", 500, TURNS_SCHEMA)
GREETING = Turn("Ada", "Hello, and welcome.", "", None, "cold_open")
Refusal = Callable[[dict[str, Any]], tuple[int, Any] | None]


class Server(FakeChatServer):
    """Refuses the requests of `refuses`, and answers with the bytes of `raw`, if any."""

    def __init__(self, refuses: Refusal | None = None, raw: list[bytes] | None = None, **more: Any) -> None:
        super().__init__(**{"author": lambda _system, _prompt: ANSWER, **more})
        self._turns_down, self._raw = refuses, raw

    def refuses(self, body: dict[str, Any]) -> tuple[int, bytes] | None:
        refused = self._turns_down(body) if self._turns_down else None
        if refused is None:
            return None
        status, value = refused
        return status, value if isinstance(value, bytes) else json.dumps(value).encode()

    def answer(self, body: dict[str, Any], path: str) -> Iterator[bytes]:
        if self._raw is None:
            messages = body["messages"]
            whole = {"messages": [{"content": ""}, *messages] if len(messages) == 1 else messages, "stream": True}
            if not body["stream"]:
                return iter([json.dumps(message(ANSWER)).encode()])
            return super().answer(whole, path)
        return iter(self._raw)


def model_of(server: FakeChatServer, **settings: Any) -> OpenAIModel:
    return OpenAIModel(Settings(language_base_url=server.url, language_api_key="sk-secret", **settings))


def written(model: Any) -> str:
    return "".join(Asked(model, Calls(), 100).stream(PROMPT))


def delta(finish: str | None = None, **fields: Any) -> bytes:
    return sse({"choices": [{"index": 0, "delta": fields, "finish_reason": finish}]})


def message(text: str, **fields: Any) -> dict[str, Any]:
    said = {"role": "assistant", "content": text, **fields}
    return {"object": "chat.completion", "choices": [{"index": 0, "message": said, "finish_reason": "stop"}]}


def openai_error(text: str, **fields: Any) -> dict[str, Any]:
    return {"error": {"message": text, "type": "invalid_request_error", **fields}}


def when(condition: Callable[[dict[str, Any]], bool], status: int, error: Any) -> Refusal:
    return lambda body: (status, error) if condition(body) else None


def has(name: str) -> Callable[[dict[str, Any]], bool]:
    return lambda body: name in body


def from_system(body: dict[str, Any]) -> bool:
    return bool(body["messages"][0]["role"] == "system")


UNSUPPORTED = (
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
)
REFUSALS: dict[str, Refusal] = {
    "openai: max_tokens": when(has("max_tokens"), 400, openai_error(UNSUPPORTED, param="max_tokens")),
    "openai: temperature": when(
        has("temperature"), 400, openai_error("Unsupported value: 'temperature' does not support 0.8 with this model.")
    ),
    "openai: system": when(
        from_system, 400, openai_error("Unsupported value: 'messages[0].role' does not support 'system'.")
    ),
    "openai: not streamed to the unverified": when(
        lambda body: body["stream"], 400, openai_error("Your organization must be verified to stream this model.")
    ),
    "openai: answers of a length": when(
        lambda body: body.get("max_tokens", 0) > 400,
        400,
        openai_error("max_tokens is too large: 500. This model supports at most 400 completion tokens."),
    ),
    "deepseek: answers of a length": when(
        lambda body: body.get("max_tokens", 0) > 256,
        400,
        openai_error("Invalid max_tokens value, the valid range of max_tokens is [1, 256]"),
    ),
    "dashscope: answers of a length": when(
        lambda body: body.get("max_tokens", 0) > 256, 400, openai_error("Range of max_tokens should be [1, 256]"),
    ),
    "bedrock: answers of a length": when(
        lambda body: body.get("max_tokens", 0) > 256, 400,
        openai_error("The maximum tokens you requested exceeds the model limit of 256. Try again with a lower value."),
    ),
    "groq: answers of a length": when(
        lambda body: body.get("max_tokens", 0) > 256, 400,
        openai_error("`max_tokens` must be less than or equal to `256`, less than the `context_window` of this model"),
    ),
    "an unknown role": when(
        from_system, 400, openai_error("Unknown role: system. Supported roles are user, assistant")
    ),
    "an older one: stream_options": when(
        has("stream_options"), 400, {"error": {"message": "Unrecognized request argument supplied: stream_options"}}
    ),
    "mistral: stream_options": when(
        has("stream_options"),
        422,
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "Not permitted"}]},
    ),
    "vllm: system": when(
        from_system, 400, {"object": "error", "message": "System role not supported", "type": "BadRequestError"}
    ),
    "vllm: roles alternate": when(
        from_system, 400, {"object": "error", "message": "Conversation roles must alternate user/assistant/..."}
    ),
    "llama.cpp: system, as a failure of its own": when(
        from_system, 500, {"error": {"code": 500, "message": "System role not supported at row 1"}}
    ),
    "gemma: system": when(
        from_system, 400, [{"error": {"code": 400, "message": "Developer instruction is not enabled for this model"}}]
    ),
    "a gateway that says so with 200": when(has("max_tokens"), 200, openai_error(UNSUPPORTED, param="max_tokens")),
    "a proxy that says so in an event": when(
        has("stream_options"),
        200,
        b'data: {"error": {"message": "Unknown parameter: stream_options", "code": 400}}\n\ndata: [DONE]\n\n',
    ),
    "a gateway that does not say": when(has("temperature"), 400, b"Bad Request"),
    "all at once": lambda body: next(
        ((400, openai_error(text)) for name, text in (
            ("max_tokens", UNSUPPORTED),
            ("temperature", "Unsupported value: 'temperature'"),
            ("stream_options", "Unknown parameter: 'stream_options'"),
        ) if name in body),
        (400, openai_error("System role not supported")) if from_system(body) else None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("refuses", REFUSALS.values(), ids=REFUSALS)
def test_what_a_server_does_not_take_is_left_out_and_never_asked_for_again(refuses: Refusal) -> None:
    with Server(refuses) as server:
        model = model_of(server)
        assert written(model) == ANSWER
        asked = len(server.requests)
        assert asked <= 5
        assert written(model) == ANSWER
        assert len(server.requests) == asked + 1
        told = " ".join(each["content"] for each in server.requests[-1]["messages"])
        assert PROMPT.system in told
        assert PROMPT.user in told


def test_a_refusal_of_the_text_itself_is_asked_once() -> None:
    with (
        Server(lambda _body: (400, openai_error("The response was filtered.", code="content_filter"))) as server,
        pytest.raises(EngineRefused, match="content_filter") as raised,
    ):
        written(model_of(server))
    assert "filtered" not in raised.value.detail
    assert len(server.requests) == 1


DONE = b"data: [DONE]\n\n"
HALF = len(ANSWER) // 2
TWO = [delta(content=ANSWER[:HALF]), delta(content=ANSWER[HALF:])]
ANSWERS: dict[str, list[bytes]] = {
    "role first, usage without choices last": [
        delta(role="assistant", content=""), *TWO, delta("stop"),
        sse({"choices": [], "usage": {"prompt_tokens": 9}}), DONE,
    ],
    "azure: what it thinks of the prompt": [
        sse({"choices": [], "prompt_filter_results": [{"prompt_index": 0}]}), *TWO, delta("stop"), DONE,
    ],
    "openrouter: comments": [b": OPENROUTER PROCESSING\n\n"] * 3 + [*TWO, delta("stop"), DONE],
    "empty data": [b"data:\n\n", b"data: \n\n", *TWO, b"data:\n\n", delta("stop"), DONE],
    "pings": [b'event: ping\ndata: {"type": "ping"}\n\n', b"id: 7\nretry: 3000\n\n", *TWO, delta("stop"), DONE],
    "line ends of windows": [piece.replace(b"\n", b"\r\n") for piece in (*TWO, delta("stop"), DONE)],
    "line ends cut in two": [part for piece in TWO for part in (piece[:-2] + b"\r", b"\n\r\n")] + [delta("stop"), DONE],
    "byte by byte": [bytes([byte]) for piece in (*TWO, delta("stop"), DONE) for byte in piece],
    "no space after the colon": [piece.replace(b"data: ", b"data:") for piece in (*TWO, delta("stop"), DONE)],
    "a mark of byte order": [b"\xef\xbb\xbf" + TWO[0], TWO[1], delta("stop"), DONE],
    "an event over several lines": [
        b"data: " + json.dumps(message(ANSWER), indent=1).replace("\n", "\ndata: ").encode() + b"\n\n", DONE,
    ],
    "no reason for the end": [*TWO, DONE],
    "no mark of the end": [*TWO, delta("stop")],
    "together: eos": [*TWO, delta("eos"), DONE],
    "with a content of null": [delta(role="assistant", content=None), *TWO, delta("stop", content=None), DONE],
    "deepseek, vllm: thoughts in a field": [
        delta(reasoning_content="What shall I say?", content=None), *TWO, delta("stop"), DONE,
    ],
    "ollama, openrouter: thoughts in a field": [
        delta(reasoning="What?", reasoning_details=[{"text": "What?"}], content=""), *TWO, delta("stop"), DONE,
    ],
    "mistral: parts, and thoughts among them": [
        delta(content=[{"type": "thinking", "thinking": [{"type": "text", "text": ANSWER.replace("sea", "draft")}]}]),
        delta(content=[{"type": "text", "text": ANSWER}]), delta("stop"), DONE,
    ],
    "thoughts in the text, cut in two": [
        delta(content="<thi"), delta(content="nk>" + ANSWER + "</th"), delta(content="ink>"), *TWO,
        delta("stop"), DONE,
    ],
    "a call of a tool that nobody offered": [
        delta(tool_calls=[{"index": 0, "function": {"name": "turn", "arguments": ANSWER[:HALF]}}]),
        delta(tool_calls=[{"index": 0, "function": {"arguments": ANSWER[HALF:]}}]), delta("tool_calls"), DONE,
    ],
    "a second choice that nobody asked for": [
        *TWO, sse({"choices": [{"index": 1, "delta": {"content": "Another."}}]}), delta("stop"), DONE,
    ],
    "objects a line, without a mark of an event": [json.dumps(each).encode() + b"\n" for each in (
        {"choices": [{"index": 0, "delta": {"content": ANSWER}}]},
        {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
    )],
    "ollama: its own form": [json.dumps(each).encode() + b"\n" for each in (
        {"model": "m", "message": {"role": "assistant", "content": ANSWER[:HALF]}, "done": False},
        {"model": "m", "message": {"content": ANSWER[HALF:]}, "done": True, "done_reason": "stop"},
    )],
    "events of nothing, lists of them, and a mark of the end in marks": [
        b"data: null\n\n", sse([json.loads(piece.removeprefix(b"data: ")) for piece in TWO]), b'data: "[DONE]"\n\n',
    ],
    "a choice that is none of a list, and a part that is a text": [
        sse({"choices": {"index": 0, "delta": ANSWER}}), delta("stop"), DONE,
    ],
    "the older form of a call": [
        delta(function_call={"name": "turn", "arguments": ANSWER}), delta("function_call"), DONE,
    ],
    "no stream": [json.dumps(message(ANSWER)).encode()],
    "no stream, over several lines": [json.dumps(message(ANSWER), indent=2).encode()],
    "an older completion": [sse({"choices": [{"index": 0, "text": ANSWER, "finish_reason": "stop"}]}), DONE],
}  # fmt: skip


@pytest.mark.parametrize("raw", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_read_as_servers_give_it(raw: list[bytes]) -> None:
    with Server(raw=raw) as server:
        assert written(model_of(server)).strip() == ANSWER
        assert len(server.requests) == 1


FAILURES: dict[str, tuple[list[bytes], type[AethercastError], str]] = {
    "openrouter": (
        [delta(content=ANSWER), sse({"error": {"code": 502, "message": "the key sk-secret"}, "choices": []})],
        EngineBroken, "502",
    ),
    "openrouter: no credit": (
        [sse({"error": {"code": 402, "message": "Insufficient credits"}, "choices": []})], EngineRefused, "no credit",
    ),
    "lm studio": ([b'event: error\ndata: {"error": {"message": "Model unloaded."}}\n\n'], EngineBroken, "failed"),
    "lm studio: an address that it does not know": (
        [b'{"error": "Unexpected endpoint or method."}'], EngineBroken, "failed",
    ),
    "llama.cpp": ([b'error: {"code": 503, "message": "Loading model"}\n\n'], EngineBusy, "503"),
    "vllm": (
        [sse({"object": "error", "message": "x", "type": "InternalServerError", "code": 500})],
        EngineBroken, "InternalServerError",
    ),
    "ollama": ([sse({"error": "model requires more system memory"})], EngineBroken, "failed"),
    "openai": (
        [delta(content=ANSWER), sse({"error": {"message": "x", "code": "rate_limit_exceeded"}})],
        EngineBroken, "rate_limit_exceeded",
    ),
    "openai: will not": ([delta(refusal="I'm sorry."), delta("stop"), DONE], EngineRefused, "will not"),
    "azure, openai: filtered": ([*TWO, delta("content_filter"), DONE], EngineRefused, "content_filter"),
    "deepseek: overloaded": ([*TWO, delta("insufficient_system_resource"), DONE], EngineBusy, "insufficient"),
    "mistral: the end of what it remembers": ([*TWO, delta("model_length"), DONE], Truncated, "limit"),
    "openrouter: error": ([*TWO, delta("error"), DONE], EngineBroken, "failed"),
    "a page of a proxy": ([b"<html><body>Bad gateway</body></html>"], EngineBroken, "no JSON"),
    "nothing": ([b""], EngineBroken, "broke off"),
    "no end": (TWO, EngineBroken, "broke off"),
    "half an event": ([TWO[0], b'data: {"choices": [{"index"'], EngineBroken, "no JSON"),
}  # fmt: skip


@pytest.mark.parametrize(("raw", "error", "told"), FAILURES.values(), ids=FAILURES)
def test_a_failure_in_an_answer_is_told_by_its_kind_and_never_its_words(
    raw: list[bytes], error: type[AethercastError], told: str
) -> None:
    with Server(raw=raw) as server, pytest.raises(error) as raised:
        "".join(model_of(server).stream(PROMPT))
    assert told in raised.value.detail
    for words in ("sk-secret", "memory", "Insufficient credits", "unloaded", "sorry", "endpoint"):
        assert words not in raised.value.detail


@pytest.mark.parametrize(
    ("status", "error", "code", "told"),
    [
        (
            401,
            openai_error("Incorrect API key: sk-secret", code="invalid_api_key"),
            "engine_key_refused",
            "invalid_api_key",
        ),
        (402, openai_error("Insufficient Balance"), "engine_unpaid", "402"),
        (
            429,
            openai_error("You exceeded your quota", code="insufficient_quota"),
            "engine_unpaid",
            "insufficient_quota",
        ),
        (429, openai_error("Rate limit reached", code="rate_limit_exceeded"), "engine_busy", "rate_limit_exceeded"),
        (498, openai_error("Flex tier is full"), "engine_busy", "498"),
        (529, openai_error("Overloaded"), "engine_busy", "529"),
        (404, openai_error('model "x" not found, try pulling it first'), "engine_model_unknown", "404"),
        (524, b"<html>", "engine_failed", "524"),
    ],
)
def test_a_status_is_told_with_the_kind_that_the_server_says(status: int, error: Any, code: str, told: str) -> None:
    with Server(lambda _body: (status, error)) as server, pytest.raises(AethercastError, match=code) as raised:
        "".join(model_of(server).stream(PROMPT))
    assert told in raised.value.detail
    assert "sk-secret" not in raised.value.detail


TOO_LONG: dict[str, tuple[int, Any, int | None]] = {
    "openai": (400, openai_error("This model's maximum context length is 4096 tokens. However, your messages "
                                 "resulted in 9000 tokens.", code="context_length_exceeded"), 4096),
    "vllm": (400, {"object": "error", "message": "This model's maximum context length is 4096 tokens. However, you "
                   "requested 9500 tokens (9000 in the messages, 500 in the completion)."}, 4096),
    "llama.cpp": (400, {"error": {"code": 400, "message": "the request exceeds the available context size",
                                  "type": "exceed_context_size_error", "n_prompt_tokens": 9000, "n_ctx": 4096}}, 4096),
    "lm studio": (400, {"error": "The number of tokens to keep from the initial prompt is greater than the context "
                        "length (n_keep: 9000 >= n_ctx: 4096). Try a larger context length."}, 4096),
    "groq": (413, openai_error("Request too large on tokens per minute (TPM): Limit 6000, Requested 12000"), 6000),
    "mistral": (400, {"message": "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 "
                      "maximum context length"}, 32768),
    "gemini": (400, [{"error": {"code": 400, "message": "The input token count (1,200,000) exceeds the maximum number "
                                "of tokens allowed (1,048,576)."}}], 1_048_576),
    "tgi, together": (422, {"error": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. "
                            "Given: 9000 `inputs` tokens and 500 `max_new_tokens`"}, 4096),
    "one that does not say how long": (400, openai_error("Please reduce the length of the messages."), None),
}  # fmt: skip


@pytest.mark.parametrize(("status", "error", "tokens"), TOO_LONG.values(), ids=TOO_LONG)
def test_a_prompt_that_is_too_long_is_told_from_one_that_is_refused(
    status: int, error: Any, tokens: int | None
) -> None:
    short = replace(PROMPT, max_tokens=64)
    with Server(lambda _body: (status, error)) as server, pytest.raises(PromptTooLong) as raised:
        "".join(model_of(server).stream(short))
    assert raised.value.tokens == tokens


# Patience


def test_the_first_token_may_take_longer_than_any_other() -> None:
    class Loading(Server):
        def answer(self, body: dict[str, Any], path: str) -> Iterator[bytes]:
            yield b": loading the model\n\n"
            self.closing.wait(1.5)
            yield from super().answer(body, path)

    with Loading() as server:
        assert written(model_of(server, language_first_token_s=60.0, language_silence_s=1.2)) == ANSWER


@pytest.mark.parametrize("begun", [False, True])
def test_signs_of_life_are_no_answer(begun: bool) -> None:
    class Alive(Server):
        def answer(self, body: dict[str, Any], path: str) -> Iterator[bytes]:
            if begun:
                yield TWO[0]
            while not self.closing.wait(0.05):
                yield b": still here\n\n"

    seconds = {"language_first_token_s": 60.0 if begun else 0.2, "language_silence_s": 0.2 if begun else 60.0}
    began = time.monotonic()
    with Alive() as server, pytest.raises(EngineBroken, match="engine_slow"):
        "".join(model_of(server, **seconds).stream(PROMPT))
    assert time.monotonic() - began < 30


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("http://localhost:11434", "http://localhost:11434/v1/chat/completions"),
        ("http://localhost:1234/v1/", "http://localhost:1234/v1/chat/completions"),
        ("https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/chat/completions"),
        ("https://api.groq.com/openai/v1", "https://api.groq.com/openai/v1/chat/completions"),
        (
            "https://generativelanguage.googleapis.com/v1beta/openai/",
            "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions",
        ),
        (
            "https://us.openai.azure.com/openai/deployments/mine/chat/completions?api-version=2024-10-21",
            "https://us.openai.azure.com/openai/deployments/mine/chat/completions?api-version=2024-10-21",
        ),
    ],
)
def test_an_address_may_be_given_as_each_server_tells_it(base: str, url: str) -> None:
    assert chat_url(base) == url


# What the writer makes of it


def request(minutes: float = 3, **more: Any) -> Request:
    source = Source(SAMPLE.read_text() * 4, "Why the sea breathes")
    asked = Request("Tides", "en", minutes, "conversation", ("Ada", "Ben"), (source,), (GREETING,))
    return replace(asked, **more)


def writer(server: FakeChatServer, **settings: Any) -> llm.Writer:
    return llm.engine(Settings(language_engine="openai", language_base_url=server.url, **settings))


CONTEXT = 2_048


def tokens_of(body: dict[str, Any]) -> int:
    return sum(len(each["content"]) for each in body["messages"]) // 4


class Small(Server):
    """A model with little context, whose server says so, or cuts what is longer and says nothing."""

    def __init__(self, *, cuts: bool) -> None:
        super().__init__(None if cuts else self._too_long, author=Novelist())

    def _too_long(self, body: dict[str, Any]) -> tuple[int, Any] | None:
        asked = tokens_of(body) + body["max_tokens"]
        told = f"This model's maximum context length is {CONTEXT} tokens. However, you requested {asked} tokens."
        return (400, openai_error(told)) if asked > CONTEXT else None

    def end(self, why: str, tokens: int, read: int = 0) -> Iterator[bytes]:
        return super().end(why, tokens, min(tokens_of(self.requests[-1]), CONTEXT))


@pytest.mark.parametrize(("characters", "cut"), [(8_192, False), (12_288, True)])
def test_a_round_count_of_tokens_is_a_cut_only_where_the_prompt_has_more(characters: int, cut: bool) -> None:
    """A prompt of 2,048 tokens is answered as any other: a count in 1,024 is of such a size."""
    with Small(cuts=True) as server:
        server.author = lambda _system, _prompt: "Yes."
        model = OpenAIModel(Settings(language_engine="openai", language_base_url=server.url))
        for written in ("x" * 5_000, "x" * characters):
            try:
                list(model.stream(Prompt("", written, 100)))
                told = False
            except PromptTooLong as error:
                assert error.silently
                told = True
        assert told == cut


@pytest.mark.parametrize("cuts", [False, True])
def test_sources_are_made_as_short_as_the_server_takes(cuts: bool) -> None:
    with Small(cuts=cuts) as server:
        writes = writer(server)
        turns = list(writes.write(request(6)))
        assert turns[-1].kind == "close"
        assert len({turn.chapter for turn in turns}) > 1
        chapters = [body for body in server.requests if "Write this chapter" in body["messages"][-1]["content"]]
        assert tokens_of(chapters[-1]) < CONTEXT
        server.requests.clear()
        assert list(writes.write(request(6)))[-1].kind == "close"
        assert all(tokens_of(body) <= CONTEXT for body in server.requests)  # from then on


@pytest.mark.parametrize(
    "answer",
    [
        "I would rather not.",
        '{"speaker": "Ada", "text": "He said: "well, it is: "here"", and left."}',
        '{"speaker": "Ada", "text": "Salt marshes trap the mud that every flood brings in."}',
    ],
)
def test_a_model_that_is_of_no_use_is_asked_a_bounded_number_of_times_in_all_attempts_together(answer: str) -> None:
    calls = Calls()
    last: AethercastError | None = None
    with Server(author=lambda _system, _prompt: answer) as server:
        for _attempt in range(8):
            try:
                list(writer(server, language_calls=6).write(request(language="es", calls=calls)))
            except EngineRefused as final:
                last = final
                break
            except EngineBroken as broken:
                assert broken.detail
    assert isinstance(last, EngineRefused)
    assert last.code in {"engine_calls_spent", "engine_language_wrong"}
    assert len(server.requests) == calls.made <= 6 + 2 * 2
    assert "The language model" in last.detail


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but I can't help with that request.",
        '{"speaker": "Ada", "text": "I\'m sorry, but I can\'t assist with that request."}',
        'Sure! Here it is:\n\n{"speaker": "Ada", "text": "As an AI language model, I cannot write this script."}',
    ],
)
def test_a_refusal_in_words_is_not_spoken_and_not_asked_for_again(answer: str) -> None:
    calls = Calls()
    with Server(author=lambda _system, _prompt: answer) as server:
        with pytest.raises(EngineRefused, match="will not write about this") as refused:
            list(writer(server).write(request(calls=calls)))
        assert refused.value.code == "engine_text_refused"
        assert calls.made <= 4  # for the opening, while the plan is asked for


def test_a_word_about_the_task_among_turns_is_left_out() -> None:
    said = "As an AI language model, I cannot record audio."
    novelist = Novelist()

    def author(system: str, prompt: str) -> str:
        answer = novelist(system, prompt)
        return f'{{"speaker": "Ada", "text": "{said}"}}\n{answer}' if "Plan these" not in prompt else answer

    with Server(author=author) as server:
        turns = list(writer(server).write(request()))
    assert len(turns) > 3
    assert not [turn for turn in turns if said in turn.text]


def test_an_answer_without_an_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_LONGEST_ANSWER", 20_000)
    endless = [delta(content="mud " * 1_000)] * 40
    with Server(raw=endless) as server, pytest.raises(EngineBroken, match="had no end"):
        written(model_of(server))


def test_no_turn_in_another_language_is_spoken() -> None:
    """Not one, though some sentences alone would not tell."""
    texts = [
        "Eelgrass meadows shelter young fish before they are big enough for the open bay.",
        "Peat below the marsh holds carbon for as long as the sea covers it.",
        "Salt marshes trap the mud that every flood brings in, layer upon layer, note 16.",
        "Crabs dig burrows, and through them air reaches the roots of the grass.",
    ]
    answers = itertools.cycle(texts)

    def author(_system: str, _prompt: str) -> str:
        return "\n".join(json.dumps({"speaker": "Ada", "text": next(answers)}) for _ in range(3))

    turns: list[Turn] = []
    with Server(author=author) as server, pytest.raises(EngineRefused, match="does not write in Spanish"):
        turns.extend(writer(server).write(request(language="es")))
    assert turns == []


def test_a_server_that_is_away_costs_no_calls() -> None:
    calls = Calls()
    with Server(lambda _body: (503, {"error": "loading"})) as server:
        for _attempt in range(20):
            with pytest.raises(EngineBusy):
                list(writer(server, language_calls=1).write(request(calls=calls)))
    assert calls.made == 0


def test_the_calls_of_earlier_attempts_come_with_the_request() -> None:
    body = {"title": "T", "language": "en", "minutes": 3, "style": "conversation", "hosts": [{"name": "Ada"}]}
    asked = Request.from_json({**body, "sources": [{"text": "The sea."}], "said": [], "calls": 12})
    assert asked.calls.made == 12


def test_a_podcast_whose_calls_are_spent_ends_with_what_was_told() -> None:
    with Server(author=Novelist()) as server:
        turns = list(writer(server, language_calls=-6).write(request(20)))
    assert turns[-1].kind == "close"
    assert len({turn.chapter for turn in turns}) > 3


# Gemini


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("thinkingConfig", "Thinking level is not supported for this model."),
        ("responseJsonSchema", "JSON mode is not enabled for this model"),
        ("temperature", "temperature is not supported"),
    ],
)
def test_what_a_model_of_gemini_does_not_take_is_left_out(
    field: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = {"error": {"code": 400, "message": told, "status": "INVALID_ARGUMENT"}}
    with FakeGemini(author=lambda _system, _prompt: ANSWER) as server:
        refuses = when(lambda body: field in body["generationConfig"], 400, error)

        def refusal(body: dict[str, Any]) -> tuple[int, bytes] | None:
            refused = refuses(body)
            return (refused[0], json.dumps(refused[1]).encode()) if refused else None

        monkeypatch.setattr(server, "refuses", refusal)
        model = GeminiModel(Settings(language_base_url=server.url, language_api_key="k"))
        for _ in range(2):
            assert written(model) == ANSWER
        assert len(server.requests) == 3


def test_a_prompt_too_long_for_gemini_is_told_with_how_long_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    told = "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."
    error = json.dumps({"error": {"code": 400, "message": told, "status": "INVALID_ARGUMENT"}}).encode()
    with FakeGemini() as server, pytest.raises(PromptTooLong) as raised:
        monkeypatch.setattr(server, "refuses", lambda _body: (400, error))
        written(GeminiModel(Settings(language_base_url=server.url, language_api_key="k")))
    assert raised.value.tokens == 1_048_576
