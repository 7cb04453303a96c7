"""Engines on offer for writing and speaking: the operator's choice, and whether a request asks for an offered engine.

The capabilities of each are known where the engines are reached, in model serving.
"""

from __future__ import annotations

from typing import Any, Protocol, TypedDict

from flask import Request, Response

from common.hosts import VOICES
from common.problems import json_response
from common.services import private_service
from common.settings import Settings
from functions.api_gateway.requests_schema import GenerateRequest, InvalidRequest, OpeningRequest

KINDS = ("speech", "language")
_OF_EVERY_ENGINE = {"", *VOICES}
_TIMEOUT_S = (3.0, 10.0)


def show(settings: Settings, request: Request, owner: str) -> Response:
    """Return the engines on offer, the default ones first: their voices, languages and prices."""
    return json_response(described(settings))


def require_offered(settings: Settings, asked: GenerateRequest | OpeningRequest) -> None:
    """Raise InvalidRequest for an engine or a voice not on offer, with the engines or voices on offer."""
    wishes = {kind: getattr(asked, f"{kind}_engine") for kind in KINDS}
    wrong = [
        {"field": f"{kind}_engine", "message": f"{wish!r} is not on offer: choose {_or(settings.offered(kind))}"}
        for kind, wish in wishes.items()
        if wish is not None and wish not in settings.offered(kind)
    ]
    if not wrong:
        wrong = _wrong_voices(settings, asked)
    if wrong:
        raise InvalidRequest(wrong)


class Asking(Protocol):
    """A request for a podcast: of a caller, or of the podcast from which another is made."""

    @property
    def speech_engine(self) -> str | None: ...

    @property
    def language_engine(self) -> str | None: ...


class Chosen(TypedDict):
    speech_engine: str
    language_engine: str


def chosen(settings: Settings, request: Asking) -> Chosen:
    """Return the engines of a podcast: those named by its request, if they are (still) on offer, else the default
    engines."""

    def named(kind: str, wish: str | None) -> str:
        offered = settings.offered(kind)
        return wish if wish in offered else offered[0]

    return {
        "speech_engine": named("speech", request.speech_engine),
        "language_engine": named("language", request.language_engine),
    }


def _wrong_voices(settings: Settings, asked: GenerateRequest | OpeningRequest) -> list[dict[str, str]]:
    """Return the wrong voices of a request. Only a caller naming a particular voice waits for model serving's list of
    voices."""
    named = {number: host.voice for number, host in enumerate(asked.hosts or []) if host.voice not in _OF_EVERY_ENGINE}
    if not named:
        return []
    name = asked.speech_engine or settings.speech_engine
    [engine] = [engine for engine in described(settings)["speech"] if engine["engine"] == name]
    voices = [voice["name"] for voice in engine["voices"]]
    return [
        {"field": f"hosts.{number}.voice", "message": f"{name} has no voice {voice!r}: choose {_or(voices)}"}
        for number, voice in named.items()
        if voice not in voices and not engine["more_voices"]
    ]


def described(settings: Settings) -> dict[str, Any]:
    """Return the engines on offer by their kinds, as model serving describes them. Raises ServiceBroken,
    ServiceAway."""

    def read(answer: Any) -> dict[str, Any]:
        return {kind: list(answer[kind]) for kind in KINDS}

    aims = private_service(settings, settings.model_serving_url)
    return aims.post("/v1/engines", {}, read=read, timeout=_TIMEOUT_S)


def _or(names: Any) -> str:
    return " or ".join(names)
