"""What the public API answers with, as JSON Schemas with an example each: the `components` of its OpenAPI document."""

from __future__ import annotations

from typing import Any


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def described(example: dict[str, Any] | None = None, /, **properties: Any) -> dict[str, Any]:
    """An object that has all of these properties."""
    schema = {"type": "object", "required": list(properties), "properties": properties}
    return {**schema, "examples": [example]} if example else schema


_TEXT = {"type": "string"}
_ID = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_COUNT = {"type": "integer", "minimum": 0}
_LANGUAGES = {"type": "array", "items": _TEXT}
_MAYBE_COUNT = {"type": ["integer", "null"], "minimum": 0}
_TIME = {"type": "string", "format": "date-time"}
_MAYBE_TIME = {"type": ["string", "null"], "format": "date-time"}
_STREAM = {"stream_id": {**_TEXT, "description": "Opens one WebSocket, once."}, "websocket_url": _TEXT}
_STAGE = {"enum": ["PENDING", "RUNNING", "DONE", "FAILED"]}
_PODCAST = {
    "workflow_id": _ID,
    "state": {"enum": ["GENERATING", "COMPLETED", "FAILED", "CANCELLED"]},
    "title": _TEXT,
    "language": _TEXT,
    "created_at": _TIME,
    "stages": described(harvest=_STAGE, weave=_STAGE, forge=_STAGE, master=_STAGE),
    "duration_ms": {**_MAYBE_COUNT, "description": "How long the finished episode is."},
    "error": {"oneOf": [{"type": "null"}, described(code=_TEXT, message=_TEXT)]},
    "sources": {"type": "array", "items": {"type": "object"}},
}
_ARTIFACTS = {
    "type": ["object", "null"],
    "additionalProperties": _TEXT,
    "description": "The finished files by their kind, as links that work for a while; browsers save them.",
}

_EXAMPLE_ID = "4fd5b9d0f0c148a4a9a4f3bd1a1c7a5e"
_EXAMPLE_STREAM = {
    "stream_id": "6cSQnZB1vLr3m0fGzqHnJ9xkP2aTtUeWyVdRiOoLsKM",
    "websocket_url": "wss://listen.example.com/api/v1/podcasts/stream",
}
_EXAMPLE_PODCAST = {
    "workflow_id": _EXAMPLE_ID,
    "state": "GENERATING",
    "title": "Tides",
    "language": "en",
    "created_at": "2026-05-04T09:30:00.123456+00:00",
    "stages": {"harvest": "DONE", "weave": "RUNNING", "forge": "RUNNING", "master": "PENDING"},
    "duration_ms": None,
    "error": None,
    "sources": [{"title": "Tide", "url": "https://en.wikipedia.org/wiki/Tide"}],
}
_EXAMPLE_SEGMENT = {
    "index": 1,
    "kind": "turn",
    "speaker": "Ada",
    "text": "So, what is a tide?",
    "chapter": "Tides",
    "source": 0,
    "state": "FORGED",
    "packets": 81,
    "duration_ms": 1620,
    "scripted_at": "2026-05-04T09:30:01.000000+00:00",
    "forging_at": "2026-05-04T09:30:01.100000+00:00",
    "forged_at": "2026-05-04T09:30:01.200000+00:00",
}
_EXAMPLE_ENGINES: dict[str, list[dict[str, Any]]] = {
    "speech": [
        {
            "engine": "espeak",
            "languages": ["en", "es"],
            "voices": [{"name": "first", "languages": ["en", "es"]}, {"name": "second", "languages": ["en", "es"]}],
            "more_voices": False,
            "streams": True,
            "price_per_million_characters": 0.0,
        }
    ],
    "language": [{"engine": "extractive", "languages": ["en", "es"]}],
}
_EXAMPLE_PROBLEM = {
    "type": "urn:aethercast:problem:request_invalid",
    "title": "The request is malformed",
    "status": 400,
    "code": "request_invalid",
    "detail": "minutes: Input should be less than or equal to 60",
    "errors": [{"field": "minutes", "message": "Input should be less than or equal to 60"}],
}

SCHEMAS = {
    "Accepted": described(
        {
            "status": "GENERATING",
            "cpoa_workflow_id": _EXAMPLE_ID,
            **_EXAMPLE_STREAM,
            "status_url": f"https://api.example.com/api/v1/podcasts/{_EXAMPLE_ID}",
        },
        status={"const": "GENERATING"},
        cpoa_workflow_id=_ID,
        **_STREAM,
        status_url=_TEXT,
    ),
    "Stream": described(_EXAMPLE_STREAM, **_STREAM),
    "Podcast": described(
        {**_EXAMPLE_PODCAST, "segments": {"written": 12, "voiced": 9, "total": None}, "artifacts": None},
        **_PODCAST,
        segments=described(written=_COUNT, voiced=_COUNT, total=_MAYBE_COUNT),
        artifacts=_ARTIFACTS,
    ),
    "Engines": described(
        _EXAMPLE_ENGINES,
        speech={"type": "array", "minItems": 1, "items": ref("SpeechEngine")},
        language={"type": "array", "minItems": 1, "items": described(engine=_TEXT, languages=_LANGUAGES)},
    ),
    "SpeechEngine": described(
        _EXAMPLE_ENGINES["speech"][0],
        engine=_TEXT,
        languages=_LANGUAGES,
        voices={"type": "array", "items": described(name=_TEXT, languages=_LANGUAGES)},
        more_voices={"type": "boolean", "description": "Whether it has voices besides, by names of its own."},
        streams={"type": "boolean", "description": "Whether sound comes before the whole turn is spoken."},
        price_per_million_characters={"type": ["number", "null"], "description": "In US dollars, where it is known."},
    ),
    "ListedPodcast": described(_EXAMPLE_PODCAST, **_PODCAST),
    "Feed": described(
        {"url": "https://api.example.com/api/v1/feeds/6cSQnZB1vLr3m0fGzqHnJ9xkP2aTtUeWyVdRiOoLsKM/rss.xml"}, url=_TEXT
    ),
    "Script": described({"segments": [_EXAMPLE_SEGMENT]}, segments={"type": "array", "items": ref("Segment")}),
    "Segment": described(
        _EXAMPLE_SEGMENT,
        index=_COUNT,
        kind={"enum": ["cold_open", "turn", "close"]},
        speaker=_TEXT,
        text=_TEXT,
        chapter=_TEXT,
        source=_MAYBE_COUNT,
        state={"enum": ["SCRIPTED", "FORGED", "FAILED"]},
        packets={**_MAYBE_COUNT, "description": "Of 20 ms each, once it is FORGED."},
        duration_ms=_MAYBE_COUNT,
        scripted_at=_TIME,
        forging_at=_MAYBE_TIME,
        forged_at=_MAYBE_TIME,
    ),
    "Page": described(
        {"podcasts": [_EXAMPLE_PODCAST], "next_page_token": None},
        podcasts={"type": "array", "items": ref("ListedPodcast")},
        next_page_token={"type": ["string", "null"], "description": "Ask for the next page with it; null: no more."},
    ),
    "Problem": {
        **described(type=_TEXT, title=_TEXT, status={"type": "integer"}, code=_TEXT, detail=_TEXT),
        "properties": {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "code": {**_TEXT, "description": "Stable: for programs."},
            "detail": {**_TEXT, "description": "For people."},
            "errors": {"type": "array", "items": described(field=_TEXT, message=_TEXT)},
        },
        "description": "RFC 9457 problem details.",
        "examples": [_EXAMPLE_PROBLEM],
    },
}
