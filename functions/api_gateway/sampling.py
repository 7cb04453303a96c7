"""Samples of voices, to be heard before choosing: the opening of a podcast with a voice, voiced where not kept yet.

A sample is kept as any opening is (common/openings.py): the next listener hears the same at no cost, and a podcast with
this voice begins with the sample.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from flask import Request, Response

from common import openings, speech
from common.beside import side_by_side
from common.policy import POLICIES
from common.problems import json_response
from common.records import Segment, Workflow
from common.services import private_service
from common.settings import Settings
from common.speech import Speech
from common.store import openings as kept
from common.store import usage as spent
from common.store import writes
from functions.api_gateway import engines, usage
from functions.api_gateway.opening import podcast_of
from functions.api_gateway.requests_schema import OpeningRequest

_TIMEOUT_S: Final = 30.0


def sample(settings: Settings, request: Request, owner: str, asked: OpeningRequest) -> Response:
    """Return the opening of these choices, voiced now as far as it is not kept."""
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
    """Have a breath voiced, counted, and kept; should this process die in between, the breath is voiced again another
    time."""
    said = private_service(settings, settings.model_serving_url).post(
        speech.PATH,
        speech.wanted(podcast.request, segment, calls=POLICIES["voice_forge"].calls_an_attempt),
        read=Speech.read_sound,
        timeout=_TIMEOUT_S,
    )
    voiced = replace(segment, packets=said.packets, pre_skip=said.pre_skip, engine=said.engine)
    writes.commit(settings, *spent.voiced(podcast, segment.index, said.engine, said.characters))
    if said.version == settings.speech_version:  # else of a model serving of another version, whose voice this is not
        kept.keep(settings, openings.opening_of(settings, key, said.sound, voiced))
