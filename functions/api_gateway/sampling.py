"""How a voice sounds, to be heard before it is chosen: the opening of a podcast with it, voiced where it never was.

It is kept as any opening is (common/openings.py): who asks next hears the same at no cost, and a podcast with this
voice begins with it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from flask import Request, Response

from common import openings
from common.beside import side_by_side
from common.hosts import hosts_of
from common.pauses import BREATHS_MS
from common.policy import POLICIES
from common.problems import json_response
from common.records import Segment, Workflow
from common.services import private_service
from common.settings import Settings
from common.store import openings as kept
from common.store import usage as spent
from common.store import writes
from functions.api_gateway import engines, usage
from functions.api_gateway.opening import podcast_of
from functions.api_gateway.requests_schema import OpeningRequest

_TIMEOUT_S: Final = 30.0


def sample(settings: Settings, request: Request, owner: str, asked: OpeningRequest) -> Response:
    """The opening of these choices, voiced now as far as it is not kept."""
    engines.require_offered(settings, asked)
    podcast = podcast_of(settings, request, owner, asked)
    opening = openings.begun(settings, podcast)
    keys = {segment.index: openings.key_of(settings, owner, podcast.request, segment) for segment in opening.segments}
    missing = [segment for segment in opening.segments[opening.voiced :] if keys[segment.index]]
    if missing:
        usage.require_money(settings)
        side_by_side([partial(_voice, settings, podcast, segment, str(keys[segment.index])) for segment in missing])
        opening = openings.begun(settings, podcast)
    return json_response({"opening": opening.with_sound()})


def _voice(settings: Settings, podcast: Workflow, segment: Segment, key: str) -> None:
    """Have a breath voiced, count it, and keep it; should this end before that, it is voiced once more another time."""
    personas = {host["name"]: host["persona"] for host in hosts_of(podcast.request)}
    speech = private_service(settings, settings.model_serving_url).post(
        "/v1/speech",
        {
            "engine": podcast.request.speech_engine,
            "text": segment.text,
            "voice": segment.voice,
            "language": segment.language,
            "style": podcast.request.style,
            "persona": personas.get(segment.speaker, ""),
            "pronunciations": podcast.request.pronunciations,
            "pause_ms": BREATHS_MS[segment.kind],
            "object": "",
            "retried": False,
            "calls": POLICIES["voice_forge"].calls_an_attempt,
            "return_sound": True,
        },
        read=_Sound.read,
        timeout=_TIMEOUT_S,
    )
    voiced = replace(segment, packets=speech.packets, pre_skip=speech.pre_skip, engine=speech.engine)
    writes.commit(settings, *spent.voiced(podcast, segment.index, speech.engine, speech.characters))
    if speech.version == settings.speech_version:  # else of a model serving of another version, whose voice this is not
        kept.keep(settings, openings.opening_of(settings, key, speech.sound, voiced))


@dataclass(frozen=True)
class _Sound:
    """AIMS's answer: Ogg Opus, its packets and pre-skip, what voiced it, and what that was given."""

    sound: bytes
    packets: int
    pre_skip: int
    engine: str
    characters: int
    version: str

    @staticmethod
    def read(answer: Any) -> _Sound:
        """Read the answer. Raises KeyError, TypeError or ValueError for anything else."""
        return _Sound(
            sound=base64.b64decode(answer["sound"], validate=True),
            packets=int(answer["packets"]),
            pre_skip=int(answer["pre_skip"]),
            engine=str(answer["engine"]),
            characters=int(answer["characters"]),
            version=str(answer["version"]),
        )
