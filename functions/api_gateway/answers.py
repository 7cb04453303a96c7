"""What the API answers with where all is well, each as a model with an example.

Handlers answer with plain dictionaries: a check of every answer would be work for nothing at run time. The models are
what the OpenAPI document is made of, and tests/pipeline/test_answers.py holds every real answer to them. They are built
when first asked for, which no instance does that only answers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from common.contract import SegmentKind, SegmentState, StageState, WorkflowState

Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Count = Annotated[int, Field(ge=0)]
Languages = list[str]

_ID = "4fd5b9d0f0c148a4a9a4f3bd1a1c7a5e"
_DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_STREAM = {
    "stream_id": "6cSQnZB1vLr3m0fGzqHnJ9xkP2aTtUeWyVdRiOoLsKM",
    "websocket_url": "wss://listen.example.com/api/v1/podcasts/stream",
}
_PODCAST = {
    "workflow_id": _ID,
    "state": "GENERATING",
    "draft": False,
    "title": "Tides",
    "language": "en",
    "created_at": "2026-05-04T09:30:00.123456+00:00",
    "minutes": 5,
    "show": None,
    "stages": {"harvest": "DONE", "weave": "RUNNING", "forge": "RUNNING", "master": "PENDING"},
    "duration_ms": None,
    "error": None,
    "sources": [
        {
            "title": "Tide",
            "url": "https://en.wikipedia.org/wiki/Tide",
            "author": None,
            "date": None,
            "left_out": {"reference": 31, "table": 2},
        }
    ],
    "source_problems": [
        {
            "url": "https://sea.example/gone",
            "code": "source_not_found",
            "message": "sea.example: there is nothing here.",
        }
    ],
}
_SEGMENT = {
    "index": 1,
    "kind": "turn",
    "speaker": "Ada",
    "text": "So, what is a tide?",
    "chapter": "Tides",
    "source": 0,
    "state": "FORGED",
    "packets": 81,
    "duration_ms": 1620,
    "engine_calls": 1,
    "scripted_at": "2026-05-04T09:30:01.000000+00:00",
    "forging_at": "2026-05-04T09:30:01.100000+00:00",
    "forged_at": "2026-05-04T09:30:01.200000+00:00",
}
_SHARE = {
    "id": "9f86d081884c7d65",
    "token": f"share_9f86d081884c7d65_1780000000_{_STREAM['stream_id']}",
    "created_at": "2026-05-01T12:00:00+00:00",
    "expires_at": "2026-05-31T12:00:00+00:00",
}
_SPEECH_ENGINE = {
    "engine": "espeak",
    "languages": ["en", "es"],
    "voices": [{"name": "first", "languages": ["en", "es"]}, {"name": "second", "languages": ["en", "es"]}],
    "more_voices": False,
    "streams": True,
    "price_per_million_characters": 0.0,
}


def _example(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class Answer(BaseModel):
    model_config = ConfigDict(defer_build=True)


class Stream(Answer):
    model_config = _example(_STREAM)

    stream_id: Annotated[str, Field(description="Opens one WebSocket, once.")]
    websocket_url: str


class KnownOpening(Answer):
    digest: Annotated[str, Field(description="SHA-256 of its packets as a binary message of the stream.")]
    packets: Annotated[int, Field(ge=1, description="Of 20 ms each, from packet 0 on.")]


class OpeningSegment(Answer):
    index: Count
    kind: SegmentKind
    speaker: str
    text: str
    packets: Count


class Opening(KnownOpening):
    pre_skip: Annotated[Count, Field(description="Samples of 48 kHz to be dropped at the start.")]
    segments: list[OpeningSegment]
    sound: Annotated[str, Field(description="Base64 of a binary message of the stream: all packets, from 0 on.")]


class KeptOpening(Answer):
    model_config = _example(
        {
            "opening": {
                "digest": _DIGEST,
                "packets": 51,
                "pre_skip": 312,
                "segments": [{"index": 0, "kind": "cold_open", "speaker": "Ada", "text": "Hello.", "packets": 51}],
                "sound": "AAAAAAABAAP4//4=",
            }
        }
    )

    opening: Annotated[Opening | None, Field(description="null: it was not voiced before.")]


class Accepted(Answer):
    model_config = _example(
        {
            "status": "GENERATING",
            "cpoa_workflow_id": _ID,
            **_STREAM,
            "status_url": f"https://api.example.com/api/v1/podcasts/{_ID}",
            "opening": {"digest": _DIGEST, "packets": 214},
        }
    )

    status: Literal["GENERATING"]
    cpoa_workflow_id: Id
    stream_id: Annotated[str, Field(description="Opens one WebSocket, once.")]
    websocket_url: str
    status_url: str
    opening: Annotated[
        Opening | KnownOpening | None,
        Field(
            description="The sound that it begins with is there already; null: none is. Whoever has heard an opening "
            "of the same digest may start the stream at the packet after it. Asked for with `?opening=sound`, its "
            "packets and words come with it.",
        ),
    ]


class Stages(Answer):
    harvest: StageState
    weave: StageState
    forge: StageState
    master: StageState


class Failure(Answer):
    code: Annotated[str, Field(description="Stable: for programs.")]
    message: Annotated[str, Field(description="For people.")]


class Source(Answer):
    title: str
    url: str | None
    author: str | None
    date: Annotated[str | None, Field(description="As the source gives it, ISO 8601 where that is known.")]
    left_out: Annotated[
        dict[str, int],
        Field(description="What of it is not told, and how many: code, table, math, footnote, reference and others."),
    ]


class SourceProblem(Answer):
    """A source that gave nothing to tell."""

    url: Annotated[str, Field(description="Its link, or its file's name.")]
    code: Annotated[str, Field(description="Stable: for programs.")]
    message: Annotated[str, Field(description="For people.")]


class ListedPodcast(Answer):
    model_config = _example(_PODCAST)

    workflow_id: Id
    state: WorkflowState
    draft: Annotated[bool, Field(description="Nothing is voiced until its script is approved.")]
    title: str
    language: str
    created_at: datetime
    minutes: Annotated[int, Field(ge=1, description="How long it was asked to be.")]
    show: Annotated[str | None, Field(description="The name of the show that it is an episode of.")]
    stages: Stages
    duration_ms: Annotated[Count | None, Field(description="How long the finished episode is.")]
    error: Failure | None
    sources: list[Source]
    source_problems: list[SourceProblem]


class Progress(Answer):
    written: Count
    voiced: Count
    total: Count | None


class Podcast(ListedPodcast):
    model_config = _example(
        {**_PODCAST, "segments": {"written": 12, "voiced": 9, "total": None}, "artifacts": None},
    )

    segments: Progress
    artifacts: Annotated[
        dict[str, str] | None,
        Field(description="The finished files by their kind, as links that work for a while; browsers save them."),
    ]


class Page(Answer):
    model_config = _example({"podcasts": [_PODCAST], "places": {_ID: 64_000}, "next_page_token": None})

    podcasts: list[ListedPodcast]
    places: Annotated[
        dict[str, Count],
        Field(description="Where you have come to, in milliseconds, by workflow_id; as far as is kept."),
    ]
    next_page_token: Annotated[str | None, Field(description="Ask for the next page with it; null: no more.")]


class Segment(Answer):
    model_config = _example(_SEGMENT)

    index: Count
    kind: SegmentKind
    speaker: str
    text: str
    chapter: str
    source: Count | None
    state: SegmentState
    packets: Annotated[Count | None, Field(description="Of 20 ms each, once it is FORGED.")]
    duration_ms: Count | None
    engine_calls: Annotated[Count, Field(description="Of a paid speech engine, all attempts together.")]
    scripted_at: datetime
    forging_at: datetime | None
    forged_at: datetime | None


class Script(Answer):
    model_config = _example({"segments": [_SEGMENT]})

    segments: list[Segment]


class Voice(Answer):
    name: str
    languages: Languages


class SpeechEngine(Answer):
    model_config = _example(_SPEECH_ENGINE)

    engine: str
    languages: Languages
    voices: list[Voice]
    more_voices: Annotated[bool, Field(description="Whether it has voices besides, by names of its own.")]
    streams: Annotated[bool, Field(description="Whether sound comes before the whole turn is spoken.")]
    price_per_million_characters: Annotated[float | None, Field(description="In US dollars, where it is known.")]


class LanguageEngine(Answer):
    engine: str
    languages: Languages


class Engines(Answer):
    model_config = _example(
        {"speech": [_SPEECH_ENGINE], "language": [{"engine": "extractive", "languages": ["en", "es"]}]}
    )

    speech: Annotated[list[SpeechEngine], Field(min_length=1)]
    language: Annotated[list[LanguageEngine], Field(min_length=1)]


class Limits(Answer):
    requests_per_minute: Annotated[Count, Field(description="Costly ones.")]
    podcasts_at_once: Annotated[Count | None, Field(description="In the making; null, here and below: any number.")]
    minutes_a_day: Count | None
    usd_a_day: float | None


class Asked(Answer):
    calls: Count
    input_tokens: Annotated[Count, Field(description="As far as the model says how many it bills.")]
    output_tokens: Count


class UsedDay(Answer):
    date: str
    podcasts: Annotated[Count, Field(description="Asked for.")]
    minutes: Annotated[Count, Field(description="As long as they were to be.")]
    finished: Count
    duration_ms: Annotated[Count, Field(description="As long as they became.")]
    characters: Annotated[
        dict[str, int],
        Field(description="Voiced that day, by engine: of failed, cancelled and unfinished podcasts, too."),
    ]
    speech_usd: Annotated[float | None, Field(description="What these cost, in US dollars; null: not known.")]
    language: Annotated[dict[str, Asked], Field(description="What language models were asked, by engine; likewise.")]


class Usage(Answer):
    model_config = _example(
        {
            "limits": {"requests_per_minute": 60, "podcasts_at_once": 20, "minutes_a_day": 1000, "usd_a_day": None},
            "in_the_making": 1,
            "days": [
                {
                    "date": "2026-05-04",
                    "podcasts": 3,
                    "minutes": 15,
                    "finished": 2,
                    "duration_ms": 601_240,
                    "characters": {"google": 9_120},
                    "speech_usd": 0.2736,
                    "language": {"gemini": {"calls": 7, "input_tokens": 41_300, "output_tokens": 5_870}},
                }
            ],
        }
    )

    limits: Limits
    in_the_making: Count
    days: list[UsedDay]


class Pronunciation(Answer):
    written: str
    said: str | None = None
    ipa: str | None = None
    any_case: bool | None = None


class KeptPronunciations(Answer):
    model_config = _example(
        {
            "pronunciations": [{"written": "Nginx", "said": "engine x", "any_case": True}],
            "shows": {"Harbour news": [{"written": "Leigh", "said": "lee"}]},
        }
    )

    pronunciations: list[Pronunciation]
    shows: dict[str, list[Pronunciation]]


class Place(Answer):
    model_config = _example({"position_ms": 64_000})

    position_ms: Annotated[Count, Field(description="On the podcast's clock; 0: at its beginning.")]


class PlaceAndMoments(Place):
    model_config = _example({"position_ms": 64_000, "moments": [3, 17]})

    moments: Annotated[list[Count], Field(description="Turns of the script that are kept, by their index.")]


class PodcastUsage(Answer):
    model_config = _example({"characters": {"google": 4310}, "engine_calls": 41, "speech_usd": 0.1293})

    characters: Annotated[dict[str, Count], Field(description="Voiced so far, by the engine that was given them.")]
    engine_calls: Annotated[Count, Field(description="Of a paid speech engine, all attempts together.")]
    speech_usd: Annotated[float | None, Field(description="Of these characters; null where a price is not known.")]


class Feed(Answer):
    model_config = _example(
        {"url": f"https://api.example.com/api/v1/feeds/{_STREAM['stream_id']}/rss.xml", "qr": "<svg …>"}
    )

    url: str
    qr: Annotated[str, Field(description="The address as a QR code: an SVG document.")]


class ListedFeed(Answer):
    model_config = _example({"created_at": "2026-05-01T12:00:00+00:00", "key": "3a7bd3e2360a"})

    created_at: datetime
    key: Annotated[str | None, Field(description="The ID of the key that it was made with; null: with none.")]


class Feeds(Answer):
    model_config = _example({"feeds": [{"created_at": "2026-05-01T12:00:00+00:00", "key": "3a7bd3e2360a"}]})

    feeds: list[ListedFeed]


class Share(Answer):
    model_config = _example(_SHARE)

    id: str
    token: Annotated[str, Field(description="Stands in a key's place, where the podcast is read and heard.")]
    created_at: datetime
    expires_at: datetime


class Shares(Answer):
    model_config = _example({"shares": [_SHARE]})

    shares: list[Share]


class FieldError(Answer):
    field: str
    message: str


class Problem(Answer):
    """RFC 9457 problem details."""

    model_config = _example(
        {
            "type": "urn:aethercast:problem:request_invalid",
            "title": "The request is malformed",
            "status": 400,
            "code": "request_invalid",
            "detail": "minutes: Input should be less than or equal to 60",
            "errors": [{"field": "minutes", "message": "Input should be less than or equal to 60"}],
        }
    )

    type: str
    title: str
    status: int
    code: Annotated[str, Field(description="Stable: for programs.")]
    detail: Annotated[str, Field(description="For people.")]
    errors: list[FieldError] = []


# To our own services


class SignedUrl(Answer):
    url: str


class SignedSegmentUrl(Answer):
    index: Count
    url: str


class SignedUrls(Answer):
    urls: list[SignedSegmentUrl]
    expires_at: datetime


class Awaited(Answer):
    awaited: int


class Removed(Answer):
    removed: bool


class Ready(Answer):
    status: Literal["ready"]
