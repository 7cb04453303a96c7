"""AI Model Serving (AIMS): the only caller of models. Speech at /v1/speech, dialogue at /v1/dialogue, and the abilities
of the engines on offer at /v1/engines.

A request names its `engine`; whether its caller's caller may have this engine is the gateway's business.

Speech is synthesized, encoded to Opus piece by piece and stored under a name known beforehand: so a repeated request
makes the object only once. Speech is stored once whole: an object in the making can be read by nobody. Dialogue is
answered a line a turn, each as soon as the writer has completed the turn:

    {"type": "turn", "kind": …, "speaker": …, "text": …, "chapter": …, "source": …}
    {"type": "calls", "calls": …}                before an error: how often a model was asked, all attempts together
    {"type": "spent", "engine": …, "calls": …, "input_tokens": …, "output_tokens": …}
                                                 what this attempt has asked of a model so far, whenever it is more
    {"type": "end"}                              the script is complete

Both take long, so both answer with heartbeats (common/heartbeats.py); speech for callers declaring support for
heartbeats.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import functions_framework
from flask import Request, Response

from common import languages, tracing
from common.beside import beside
from common.blobs import create_object, object_metadata
from common.contract import PACKET_MS
from common.contract import STYLES as STYLE_NAMES
from common.errors import AethercastError, BadRequest, EngineBroken, NotFound
from common.heartbeats import beating, wanted
from common.logs import configure_logs, fields, log_context
from common.names import gs_uri
from common.ogg import write_opus
from common.oidc import require_invoker
from common.opus import lookahead
from common.problems import json_response, problem
from common.readiness import load_on_start, readiness
from common.services import ATTEMPT
from common.settings import Settings
from common.styles import STYLES
from common.waking import PATH as WAKE
from functions.model_serving import llm, tts
from functions.model_serving.engine_calls import counted
from functions.model_serving.tts.protocol import SpeechEngine
from functions.model_serving.tts.turns import awaited

logger = logging.getLogger(__name__)

NEEDS = ("storage", "av")
load_on_start(*NEEDS, *tts.libraries(), *llm.libraries())
_loading = threading.Lock()


@cache
def settings() -> Settings:
    return Settings.from_env(
        needs=(
            "google_cloud_project",
            "audio_bucket",
            "model_serving_url",
            "model_serving_callers",
            "authenticator_key",
        )
    )


@cache
def speech_engine(name: str) -> SpeechEngine:
    return tts.engine(Settings.of_engine("speech", name))


@cache
def writer(name: str) -> llm.Writer:
    return llm.engine(Settings.of_engine("language", name))


@functions_framework.http
def serve_models(request: Request) -> Response:
    """Answer every request to a model, from our own services alone."""
    configure_logs(settings().log_level)
    with log_context(agent="model_serving"):
        try:
            if request.path in {"/", "/healthz", WAKE}:
                return ready()
            require_invoker(
                request,
                settings(),
                audience=settings().model_serving_url,
                allowed=settings().model_serving_callers,
            )
            body = request.get_json(silent=True)
            if not isinstance(body, dict):
                raise BadRequest("request_malformed", "The body is a JSON object.")
            match request.path:
                case "/v1/speech" if wanted(request):
                    body["retried"] |= ATTEMPT in request.headers
                    caller = {tracing.HEADER: request.headers.get(tracing.HEADER, "")}
                    return beating(_traced(caller, body))
                case "/v1/speech":
                    *_, answer = speak(body)
                    return json_response(answer)
                case "/v1/dialogue":
                    return beating(dialogue(body))
                case "/v1/engines":
                    return json_response(engines())
            raise NotFound("address_unknown", "There is nothing at this address.")
        except Exception as error:  # noqa: BLE001 - the edge: whatever it was, the caller gets a problem, not a trace
            return problem(error)


def _traced(caller: dict[str, str], body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    with tracing.work(settings(), "speech", headers=caller):
        yield from speak(body)


def ready() -> Response:
    """Load everything for which the first text would otherwise wait, once, however many ask; no model is asked
    anything."""
    with _loading:
        return _loaded()


@cache
def _loaded() -> Response:
    lookahead()
    for name in settings().offered("speech"):
        if isinstance(engine := speech_engine(name), tts.Warmable):
            engine.warm_up()
    for name in settings().offered("language"):
        writer(name)
    return readiness(settings(), *NEEDS)


def speak(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Voice a segment into an Ogg Opus object, unless the object exists already; its facts either way.

    With `return_sound`, what was made just now is in the answer, which is then given twice: at once, while the object
    is being stored, for somebody waits for it; and when it is stored. A caller who leaves in between leaves it to be
    stored all the same.

    Without the name of an `object` nothing is stored: a sample, whose caller keeps it.

    An existing object may say `other_words`: those of an attempt given up that came to its end all the same. The caller
    may be of the version before, and know nothing of pauses before a turn, styles, personas, pronunciations and calls:
    how many of a paid engine a request may cost, and in the answer, or the error, how many the request did cost.
    """
    name = body["engine"] or settings().speech_engine
    engine = speech_engine(name)
    spoken = hashlib.sha256(json.dumps([name, body["text"], body["voice"], body["language"]]).encode()).hexdigest()
    if body["retried"]:  # an earlier attempt may have paid the engine and died before it could say so
        found = object_metadata(settings(), body["object"])
        if found:
            yield _facts(body["object"], found, spoken)
            return
    with counted(body.get("calls")) as calls, awaited(bool(body.get("return_sound"))):
        try:
            with tracing.call("voice", engine=name):
                packets = list(
                    tts.speak(
                        engine,
                        body["text"],
                        voice=body["voice"],
                        language=body["language"],
                        pause_before_ms=body.get("pause_before_ms", 0),
                        pause_ms=body["pause_ms"],
                        pronunciations=body.get("pronunciations", ()),
                        style=tts.style_prompt(body.get("style", STYLE_NAMES[0]), body.get("persona", "")),
                    )
                )
        except AethercastError as error:
            error.calls = calls.made
            raise
    metadata = {
        "packets": str(len(packets)),
        "pre_skip": str(lookahead()),
        "engine": name,
        "characters": str(len(body["text"])),
        "spoken": spoken,
    }
    audio = write_opus(packets, lookahead(), serial=1)
    if not body["object"]:
        yield {**_facts("", metadata, spoken), "calls": calls.made, **_handed_over(audio)}
        return
    storing = beside(create_object, settings(), body["object"], audio, content_type="audio/ogg", metadata=metadata)
    sound: dict[str, Any] = {}
    if body.get("return_sound"):
        sound = _handed_over(audio)
        yield {**_facts(body["object"], metadata, spoken), "calls": calls.made, **sound}
    stored = storing.result()
    logger.info("voiced", extra=fields(packets=len(packets), characters=len(body["text"]), new=stored.new))
    yield {**_facts(body["object"], stored.metadata, spoken), "calls": calls.made, **(sound if stored.new else {})}


def _handed_over(audio: bytes) -> dict[str, Any]:
    return {"sound": base64.b64encode(audio).decode(), "version": settings().speech_version}


def dialogue(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the turns after those already `said`. Raises the writer's errors, EngineBroken for any other failure."""
    asked = llm.Request.from_json(body)
    told = before = replace(asked.calls)

    def spent() -> Iterator[dict[str, Any]]:
        nonlocal told
        now = replace(asked.calls)
        if now != told and body.get("tells_spending"):  # a weaver of the version before knows no such message
            told = now
            yield {
                "type": "spent",
                "engine": body["engine"] or settings().language_engine,
                "calls": now.made - before.made,
                "input_tokens": now.input_tokens,
                "output_tokens": now.output_tokens,
            }

    try:
        for turn in _writer_for(asked, body["engine"]).write(asked):
            yield from spent()
            yield {"type": "turn", **turn.as_json()}
        yield from spent()
        yield {"type": "end"}
    except AethercastError:
        yield from spent()
        if "calls" in body:  # a weaver of the version before knows no such message
            yield {"type": "calls", "calls": asked.calls.made}
        raise
    except Exception as error:
        logger.exception("unexpected error in the writer")
        raise EngineBroken("engine_failed", "The writer failed.") from error


def _writer_for(asked: llm.Request, engine: str) -> llm.Writer:
    if STYLES[asked.style].verbatim:
        return llm.Narrator()
    return writer(engine or settings().language_engine)


def engines() -> dict[str, Any]:
    """Describe each engine on offer and its abilities, the default ones first. No question goes over a network."""
    return {
        "speech": [_described(speech_engine(name).describe()) for name in settings().offered("speech")],
        "language": [{"engine": name, "languages": languages.LANGUAGES} for name in settings().offered("language")],
    }


def _described(engine: tts.Description) -> dict[str, Any]:
    languages: dict[str, list[str]] = {}
    for voice in engine.voices:
        languages.setdefault(voice.name, []).append(voice.language)
    return {
        "engine": engine.engine,
        "languages": list(engine.languages),
        "voices": [{"name": name, "languages": spoken} for name, spoken in languages.items()],
        "more_voices": engine.more_voices,
        "streams": engine.streams,
        "price_per_million_characters": engine.price_per_million_characters,
    }


def _facts(name: str, metadata: dict[str, str], spoken: str) -> dict[str, Any]:
    packets = int(metadata["packets"])
    return {
        "uri": gs_uri(settings().audio_bucket, name),
        "packets": packets,
        "pre_skip": int(metadata["pre_skip"]),
        "duration_ms": packets * PACKET_MS,
        "engine": metadata["engine"],
        "characters": int(metadata["characters"]),
        "other_words": metadata["spoken"] != spoken,
        "calls": 0,
    }
