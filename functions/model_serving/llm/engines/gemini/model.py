"""Gemini, by `google-genai`: with LANGUAGE_API_KEY through the Gemini API, else on Vertex AI as this service's account.

https://googleapis.github.io/python-genai/. Answers are streamed, and held to the prompt's schema, if any.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from common.errors import EngineBroken, EngineRefused, Misconfigured
from common.logs import fields
from common.settings import Settings
from functions.model_serving.engine_calls import error_of_status, kind_told
from functions.model_serving.llm.dialogue.language_model import ROOM_FOR_THOUGHTS, Prompt, PromptTooLong, Truncated
from functions.model_serving.llm.dialogue.refusals import SYSTEM_ROLE, context_tokens, told_by, too_long

if TYPE_CHECKING:
    from google import genai
    from google.genai import errors, types

logger = logging.getLogger(__name__)

_DEFAULT_MODEL: Final = "gemini-3.5-flash-lite"
"""Released on 21 July 2026, and retired on 21 July 2027 or later; offered in global, us and eu.
https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/model-versions"""
_ENGINE: Final = "Gemini"
_REFUSABLE: Final = {
    "thinking": re.compile(r"thinking|thought", re.IGNORECASE),
    "schema": re.compile(r"response_?(?:json_?)?schema|response_?mime_?type|json mode", re.IGNORECASE),
    "system": SYSTEM_ROLE,
    "temperature": re.compile(r"temperature", re.IGNORECASE),
}
"""What not every model takes, by how Google says so."""
_REFUSED: Final = frozenset(
    {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR", "LANGUAGE"}
)


class GeminiModel:
    """A single client for all threads, made at the first prompt."""

    def __init__(self, settings: Settings) -> None:
        from google import genai  # noqa: F401 - takes a second or two, better now than at the first prompt

        self._settings = settings
        self._model = settings.language_model or _DEFAULT_MODEL
        self._left_out: frozenset[str] = frozenset()

    @cached_property
    def _client(self) -> genai.Client:
        import httpx2
        from google import genai
        from google.genai import types

        # Its client has one time for both: the first token, and between two
        patience_s = max(self._settings.language_first_token_s, self._settings.language_silence_s)
        options = types.HttpOptions(
            base_url=self._settings.language_base_url or None,
            timeout=round(1000 * patience_s),
            retry_options=types.HttpRetryOptions(attempts=1),  # one policy for all engines: dialogue/asking.py
            httpx_client=httpx2.Client(timeout=patience_s, follow_redirects=False),
        )
        if self._settings.language_api_key:
            return genai.Client(api_key=self._settings.language_api_key, http_options=options)
        project, location = self._settings.google_cloud_project, self._settings.vertex_location
        if not project:
            raise Misconfigured("setting_missing", "set LANGUAGE_API_KEY, or GOOGLE_CLOUD_PROJECT for Vertex AI")
        return genai.Client(vertexai=True, project=project, location=location, http_options=options)

    def stream(self, prompt: Prompt) -> Iterator[str]:
        while True:
            try:
                yield from self._written(prompt)
            except _Unsupported as unsupported:  # said before the first piece
                self._left_out |= {unsupported.part}
                logger.info("the model takes less", extra=fields(model=self._model, without=unsupported.part))
            else:
                return

    def _written(self, prompt: Prompt) -> Iterator[str]:
        import httpx2
        from google.auth.exceptions import GoogleAuthError
        from google.genai import errors

        finish = ""
        usage = None
        client = self._client
        try:
            for chunk in client.models.generate_content_stream(
                model=self._model, contents=self._contents(prompt), config=self._config(prompt)
            ):
                usage = chunk.usage_metadata or usage
                finish = _finish_of(chunk) or finish
                if text := _text_of(chunk):
                    yield text
        except errors.APIError as error:
            raise self._refusal(error) from None
        except GoogleAuthError:
            raise EngineBroken("engine_no_identity", f"This service cannot say who it is to {_ENGINE}.") from None
        except httpx2.TimeoutException:
            raise EngineBroken("engine_slow", f"{_ENGINE} did not answer in time.") from None
        except httpx2.HTTPError:
            raise EngineBroken("engine_broke_off", f"{_ENGINE} cannot be reached, or broke off.") from None
        except (ValueError, errors.UnknownApiResponseError):
            raise EngineBroken("engine_malformed", f"{_ENGINE} answered with what is no JSON.") from None
        finally:
            self._bill(usage, prompt)
        if finish in _REFUSED:
            raise EngineRefused("engine_text_refused", f"{_ENGINE} will not write about this.")
        if finish == "MAX_TOKENS":
            raise Truncated
        if finish != "STOP":
            raise EngineBroken("engine_broke_off", f"{_ENGINE} broke off in mid-answer.")

    def _refusal(self, error: errors.APIError) -> Exception:
        """Return the typed form of an API error: _Unsupported for an error about an optional part of the request."""
        status, told = int(error.code or 500), told_by(error.message)
        if status == 400 and too_long(told):
            return PromptTooLong(_ENGINE, context_tokens(told))
        for part, said in _REFUSABLE.items():
            if status == 400 and part not in self._left_out and said.search(told):
                return _Unsupported(part)
        retry_after = getattr(error.response, "headers", {}).get("Retry-After") if error.response else None
        return error_of_status(status, _ENGINE, retry_after, kind=kind_told({"status": error.status}))

    def _contents(self, prompt: Prompt) -> str:
        return f"{prompt.system}\n\n{prompt.user}" if "system" in self._left_out else prompt.user

    def _config(self, prompt: Prompt) -> types.GenerateContentConfig:
        from google.genai import types

        schema = None if "schema" in self._left_out else prompt.schema
        return types.GenerateContentConfig(
            system_instruction=None if "system" in self._left_out else prompt.system,
            max_output_tokens=prompt.max_tokens + ROOM_FOR_THOUGHTS,
            temperature=None if "temperature" in self._left_out else 0.8,
            response_mime_type="application/json" if schema else None,
            response_json_schema=schema,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
            thinking_config=self._thinking(),
        )

    def _thinking(self) -> types.ThinkingConfig | None:
        """Ask for as little thinking as the model allows: it costs seconds before the first word, and gains a dialogue
        little.

        https://ai.google.dev/gemini-api/docs/thinking: 2.5 Flash has a budget, 3 and later have levels.
        """
        from google.genai import types

        if "flash" not in self._model or "thinking" in self._left_out:
            return None  # not every model takes the least
        if "2.5-flash" in self._model:
            return types.ThinkingConfig(thinking_budget=0)
        return types.ThinkingConfig(thinking_level=types.ThinkingLevel.MINIMAL)

    def _bill(self, usage: types.GenerateContentResponseUsageMetadata | None, prompt: Prompt) -> None:
        if usage:
            read, written = usage.prompt_token_count or 0, usage.candidates_token_count or 0
            written += usage.thoughts_token_count or 0
            told = fields(engine="gemini", model=self._model, input_tokens=read, output_tokens=written)
            logger.info("language billed", extra=told)
            prompt.billed(read, written)


class _Unsupported(Exception):
    """The model does not take the named `part` of a request."""

    def __init__(self, part: str) -> None:
        super().__init__(part)
        self.part = part


def _finish_of(chunk: types.GenerateContentResponse) -> str:
    """Return the reason of the answer's end here, if any: https://ai.google.dev/api/generate-content#FinishReason"""
    if chunk.prompt_feedback and chunk.prompt_feedback.block_reason:
        return "SAFETY"
    reason: Any = chunk.candidates[0].finish_reason if chunk.candidates else None
    return str(getattr(reason, "name", reason) or "")


def _text_of(chunk: types.GenerateContentResponse) -> str:
    content = chunk.candidates[0].content if chunk.candidates else None
    return "".join(part.text for part in (content.parts or ()) if part.text and not part.thought) if content else ""
