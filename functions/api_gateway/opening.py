"""The opening of a podcast: the greeting, committed with the podcast, and its sound as far as that is kept already.

A page asks for the opening before anybody has clicked, and plays it in the click. A digest in the answer to the click
says whether the podcast has the very same packets: then the stream is heard from the packet after them. A program,
which knows of no click beforehand, may have the sound in the answer itself, before the streamer has an instance.

A podcast that is asked for while services are still being started begins with a breath more (common/cold_open.py). That
comes after those that a page has fetched before, and is not of their digest: the stream brings it, or the answer with
the sound.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate
from typing import Any, Final

from flask import Request, Response, g

from common.contract import DEFAULT_MINUTES
from common.languages.caller import spoken_by
from common.openings import Begun, begun
from common.problems import json_response
from common.records import Wishes, Workflow
from common.settings import Settings
from common.store import segments
from functions.api_gateway import engines, pronouncing
from functions.api_gateway.requests_schema import OpeningRequest

_MOST_BREATHS: Final = 8
"""More than any greeting has."""


def show(settings: Settings, request: Request, owner: str, asked: OpeningRequest) -> Response:
    """Return the opening that a podcast of these choices would begin with now, its sound as the stream would send
    it."""
    opening = begun(settings, podcast_of(settings, request, owner, asked))
    return json_response({"opening": opening.with_sound()})


def podcast_of(settings: Settings, request: Request, owner: str, asked: OpeningRequest) -> Workflow:
    """Return the podcast of these choices, as far as its opening depends on it."""
    language = asked.language or spoken_by(request)
    wishes = Wishes(
        minutes=DEFAULT_MINUTES,
        style=asked.style,
        hosts=[{"name": host.name, "voice": host.voice, "persona": host.persona} for host in asked.hosts or ()] or None,
        pronunciations=pronouncing.chosen(settings, owner, asked),
        **engines.chosen(settings, asked),
    )
    return replace(Workflow.of({}), owner=owner, key=g.key_hash, language=language, request=wishes)


def of_podcast(settings: Settings, workflow_id: str, packets: int) -> dict[str, Any] | None:
    """Return the opening of so many packets that a podcast was committed with, and its sound. None: the podcast is
    gone."""
    first = segments.following(settings, workflow_id, 0, _MOST_BREATHS)
    packets_before = accumulate((segment.packets for segment in first), initial=0)
    voiced = [segment for segment, before in zip(first, packets_before, strict=False) if before < packets]
    return Begun(voiced, len(voiced), len(voiced)).with_sound()
