"""Any server of OpenAI's `/v1/chat/completions`: Ollama, vLLM, llama.cpp, OpenAI and others, at LANGUAGE_BASE_URL.

https://platform.openai.com/docs/api-reference/chat-streaming. The answer comes as server-sent events. The schema goes
into the prompt alone: `response_format` is what these servers differ most in, and the reader of turns forgives much.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any, Final

import requests

from common.errors import EngineBroken, EngineRefused, Misconfigured
from common.logs import fields
from common.pools import FreshAdapter
from common.settings import Settings
from functions.model_serving.engine_calls import begun, broke_off, post
from functions.model_serving.llm.dialogue.language_model import Prompt, Truncated

logger = logging.getLogger(__name__)

SILENCE_S: Final = 60.0
"""Between two pieces: a server on one's own machine may take as long to load its model."""
_DEFAULT_MODEL: Final = "gpt-4o-mini"
_ENGINE: Final = "The language server"


class OpenAIModel:
    """One session for all threads."""

    def __init__(self, settings: Settings) -> None:
        if not settings.language_base_url:
            raise Misconfigured("setting_missing", "set LANGUAGE_BASE_URL, such as http://localhost:11434")
        self._url = settings.language_base_url.rstrip("/").removesuffix("/v1") + "/v1/chat/completions"
        self._model = settings.language_model or _DEFAULT_MODEL
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, FreshAdapter(pool_maxsize=32))
        if settings.language_api_key:
            self._session.headers["Authorization"] = f"Bearer {settings.language_api_key}"

    def stream(self, prompt: Prompt) -> Iterator[str]:
        body = {
            "model": self._model,
            "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
            "max_tokens": prompt.max_tokens,
            "temperature": 0.8,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        return begun(lambda: self._written(body))

    def _written(self, body: dict[str, Any]) -> Iterator[str]:
        finish = ""
        with post(self._session, self._url, body, engine=_ENGINE, timeout_s=SILENCE_S) as response:
            for event in _events(response):
                if usage := event.get("usage"):
                    self._bill(usage)
                for choice in event.get("choices") or ():
                    finish = choice.get("finish_reason") or finish
                    if piece := (choice.get("delta") or {}).get("content"):
                        yield str(piece)
        match finish:
            case "length":
                raise Truncated
            case "content_filter":
                raise EngineRefused("engine_text_refused", "The language model will not write about this.")
            case "":
                raise EngineBroken("engine_broke_off", f"{_ENGINE} broke off in mid-answer.")

    def _bill(self, usage: dict[str, Any]) -> None:
        logger.info(
            "language billed",
            extra=fields(
                engine="openai",
                model=self._model,
                input_tokens=usage.get("prompt_tokens"),
                output_tokens=usage.get("completion_tokens"),
            ),
        )


def _events(response: requests.Response) -> Iterator[dict[str, Any]]:
    """The events of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html), until `[DONE]`.

    Raises EngineBroken where the stream breaks off, or holds what is no event of this API.
    """
    try:
        for line in response.iter_lines(chunk_size=None):
            if not line.startswith(b"data:"):
                continue
            data = line[5:].strip()
            if data == b"[DONE]":
                return
            event = json.loads(data)
            if not isinstance(event, dict) or "error" in event:
                raise EngineBroken("engine_failed", f"{_ENGINE} failed in mid-answer.")
            yield event
    except requests.RequestException as error:
        raise broke_off(_ENGINE, error) from None
    except ValueError:
        raise EngineBroken("engine_malformed", f"{_ENGINE} answered with what is no JSON.") from None
