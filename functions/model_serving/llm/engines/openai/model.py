"""Any server of OpenAI's `/v1/chat/completions`: Ollama, vLLM, llama.cpp, OpenAI and others, at LANGUAGE_BASE_URL.

https://platform.openai.com/docs/api-reference/chat-streaming. The schema goes into the prompt alone: these servers
differ most in `response_format`, and the reader of turns forgives much. A field refused by a server is left out from
then on (dialect.py); answers are read as servers really answer (answers.py).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from common.errors import AethercastError, EngineBroken, EngineRefused, Misconfigured
from common.logs import fields
from common.pools import FreshAdapter
from common.settings import Settings
from functions.model_serving.engine_calls import (
    Throttled,
    asked,
    broke_off,
    error_in,
    error_of_status,
    kind_told,
    refusal_of,
)
from functions.model_serving.llm.dialogue.language_model import Prompt, PromptTooLong, Truncated
from functions.model_serving.llm.dialogue.refusals import context_tokens, told_by, too_long
from functions.model_serving.llm.engines.openai.answers import Failed, Malformed, events, pieces
from functions.model_serving.llm.engines.openai.dialect import Dialect
from functions.model_serving.silence import Patience

logger = logging.getLogger(__name__)

_DEFAULT_MODEL: Final = "gpt-4o-mini"
_ENGINE: Final = "The language server"
_ABOUT_THE_REQUEST: Final = frozenset({400, 413, 415, 422, 429, 500, 501})
"""Where a refusal may be about what we ask for: llama.cpp says 500 of a template without a system role."""
_REFUSES = re.compile(
    r"support|recogni[sz]ed|permitted|allowed|unknown|unexpected|invalid|extra|too large", re.IGNORECASE
)
"""In a failure told with the status 200: it may be about what we ask for."""
_SAYS_NOTHING: Final = 20
"""Characters of a refusal: "Bad Request" does not say what it is about."""
_ENDED_EARLY: Final = frozenset({"length", "max_tokens", "model_length", "max_output_tokens"})
_REFUSED: Final = frozenset(
    {"refusal", "content_filter", "sensitive", "safety", "recitation", "blocklist", "prohibited_content"}
)
_FAILED: Final = frozenset({"error", "abort", "aborted", "network_error", "cancelled"})
_SHORTEST_CUT: Final = 4_000
"""Characters of a prompt, below which no server cuts it."""
_MOST_A_TOKEN: Final = 8.0
"""Characters: prose of these languages has 3 to 5 a token."""
_DENSER: Final = 1.6
"""So many times more characters a token than in the server's best prompt: it has not counted all of this one."""
_A_LITTLE_DENSER: Final = 1.1
"""So many times are enough where the count is a round one, as limits are: by chance one count in 1,024 is."""


class OpenAIModel:
    """A single session for all threads; fields refused by the server are remembered for all threads."""

    def __init__(self, settings: Settings) -> None:
        if not settings.language_base_url:
            raise Misconfigured("setting_missing", "set LANGUAGE_BASE_URL, such as http://localhost:11434")
        self._url = chat_url(settings.language_base_url)
        self._model = settings.language_model or _DEFAULT_MODEL
        self._first_s = settings.language_first_token_s
        self._silence_s = settings.language_silence_s
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, FreshAdapter(pool_maxsize=32))
        if settings.language_api_key:
            self._session.headers["Authorization"] = f"Bearer {settings.language_api_key}"
            if (urlsplit(self._url).hostname or "").endswith(".azure.com"):
                self._session.headers["api-key"] = settings.language_api_key
        self._dialect = Dialect()
        self._answered = False
        self._characters_a_token = _MOST_A_TOKEN / _DENSER

    def stream(self, prompt: Prompt) -> Iterator[str]:
        begun = False
        while True:
            try:
                for text in self._answer(prompt):
                    begun = True
                    yield text
            except Failed as failed:
                dialect = self._dialect
                about_request = not begun and _REFUSES.search(told_by(failed.error))
                adapted = dialect.without(failed.error, prompt) if about_request else None
                if adapted is None or adapted == dialect:
                    raise _failure(failed.error) from None
                self._learn(adapted, 200, failed.error)
            else:
                return

    def _answer(self, prompt: Prompt) -> Iterator[str]:
        """Yield the answer as it comes. Raises Failed for a failure that the server tells in place of it, or within
        it."""
        finish, usage, refused = "", None, False
        with self._begun(prompt) as response, Patience(response, self._first_s, self._silence_s) as patience:
            for event in _read(response, patience):
                usage = event.get("usage") or usage
                for piece in pieces(event):
                    patience.heard()
                    finish = piece.finish or finish
                    if piece.thought and not self._dialect.thinks:
                        self._dialect = replace(self._dialect, thinks=True)
                    refused = refused or piece.refused
                    if piece.text:
                        yield piece.text
                finish = finish or ("stop" if not event else "")
        self._answered = True
        if usage:
            self._count(usage, prompt)
        _require_whole("refusal" if refused else finish)

    def _begun(self, prompt: Prompt) -> requests.Response:
        """Return the answer to `prompt`, asked for in this server's dialect, which is learned by asking."""
        while True:
            dialect = self._dialect
            body = dialect.body(self._model, prompt)
            response = asked(self._session, self._url, body, engine=_ENGINE, timeout_s=self._first_s)
            if response.status_code == 200:
                return response
            with response:
                error = error_in(refusal_of(response))
            status = response.status_code
            adapted = dialect.without(error, prompt) if status in _ABOUT_THE_REQUEST else None
            if adapted is None and status in {400, 422} and len(told_by(error)) < _SAYS_NOTHING and not self._answered:
                adapted = dialect.plainest()
            if adapted is None or adapted == dialect:
                raise _refusal(status, error, response.headers.get("Retry-After"))
            self._learn(adapted, status, error)

    def _learn(self, adapted: Dialect, status: int, error: Any) -> None:
        logger.info("the language server takes less", extra=fields(status=status, kind=kind_told(error)))
        self._dialect = adapted

    def _count(self, usage: dict[str, Any], prompt: Prompt) -> None:
        """Bill the tokens. Raises PromptTooLong for too few tokens for the prompt: the prompt was cut."""
        logger.info(
            "language billed",
            extra=fields(
                engine="openai",
                model=self._model,
                input_tokens=usage.get("prompt_tokens"),
                output_tokens=usage.get("completion_tokens"),
            ),
        )
        tokens, characters = usage.get("prompt_tokens"), len(prompt.system) + len(prompt.user)
        prompt.billed(*(_tokens(usage.get(name)) for name in ("prompt_tokens", "completion_tokens")))
        if not isinstance(tokens, int) or tokens <= 0 or characters < _SHORTEST_CUT:
            return
        denser = _DENSER if tokens % 1024 else _A_LITTLE_DENSER
        if characters > denser * self._characters_a_token * tokens:
            raise PromptTooLong(_ENGINE, tokens, silently=True)
        self._characters_a_token = min(self._characters_a_token, characters / tokens)


def _tokens(told: Any) -> int:
    """Return a number of tokens as told by a server, which may tell anything."""
    return told if isinstance(told, int) and not isinstance(told, bool) and 0 <= told < 2**31 else 0


def chat_url(base_url: str) -> str:
    """Complete the address of a server as given by people: with `/v1` or without, or the address of completions itself,
    possibly with a query, as Azure's have."""
    base = base_url.rstrip("/")
    path = urlsplit(base).path
    if path.endswith("/chat/completions"):
        return base
    if path.endswith(("/v1", "/openai")):
        return f"{base}/chat/completions"
    return f"{base}/v1/chat/completions"


def _read(response: requests.Response, patience: Patience) -> Iterator[dict[str, Any]]:
    """Yield the events of an answer. Raises Failed, and the typed error of whatever else befalls the answer."""
    try:
        yield from events(response.iter_lines(chunk_size=None))
    except (requests.RequestException, HTTPError, OSError) as error:
        if patience.lost:
            raise _slow() from None
        raise broke_off(_ENGINE, error) from None
    except Malformed:
        if patience.lost:
            raise _slow() from None
        raise EngineBroken("engine_malformed", f"{_ENGINE} answered with what is no JSON.") from None
    if patience.lost:
        raise _slow()


def _failure(error: Any) -> AethercastError:
    """Return the error of a failure that came with the status 200."""
    code = error.get("code") if isinstance(error, dict) else None
    return _refusal(code if isinstance(code, int) and 400 <= code < 600 else 500, error, None)


def _slow() -> EngineBroken:
    return EngineBroken("engine_slow", f"{_ENGINE} said nothing for too long.")


def _refusal(status: int, error: Any, retry_after: str | None) -> AethercastError:
    if too_long(error) and status in _ABOUT_THE_REQUEST:
        return PromptTooLong(_ENGINE, context_tokens(error))
    return error_of_status(status, _ENGINE, retry_after, kind=kind_told(error))


def _require_whole(finish: str) -> None:
    """Raise the error of an incomplete answer. The servers' names for the end of a complete answer are without
    number."""
    if not finish:
        raise EngineBroken("engine_broke_off", f"{_ENGINE} broke off in mid-answer.")
    if finish in _ENDED_EARLY:
        raise Truncated
    if finish in _REFUSED:
        raise EngineRefused("engine_text_refused", f"The language model will not write about this ({finish}).")
    if finish in _FAILED:
        raise EngineBroken("engine_failed", f"{_ENGINE} failed in mid-answer ({finish}).")
    if finish == "insufficient_system_resource":
        raise Throttled(f"{_ENGINE} is overloaded ({finish}).")
