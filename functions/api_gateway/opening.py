"""The opening of a podcast: the greeting, committed with the podcast, and its sound as far as that is kept already.

A page asks for the opening before anybody has clicked, and plays it in the click. A digest in the answer to the click
says whether the podcast has the very same packets: then the stream is heard from the packet after them. A program,
which knows of no click beforehand, may have the sound in the answer itself, before the streamer has an instance.
"""

from __future__ import annotations

import base64
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import accumulate
from typing import Any, Final

from flask import Request, Response, g

from common import openings
from common.cold_open import greeting
from common.contract import DEFAULT_MINUTES
from common.problems import json_response
from common.records import Opening, Segment, Wishes, Workflow
from common.settings import Settings
from common.store import openings as kept
from common.store import segments
from common.wire import pack_packets
from functions.api_gateway import engines, pronouncing
from functions.api_gateway.languages import spoken_by
from functions.api_gateway.requests_schema import OpeningRequest

_MOST: Final = 64
"""Breaths that an instance remembers: a few kilobytes each."""
_MOST_BREATHS: Final = 8
"""More than any greeting has."""


@dataclass(frozen=True)
class Begun:
    """The first segments of a podcast, of which the first `voiced` have their sound."""

    segments: list[Segment]
    voiced: int

    @cached_property
    def packets(self) -> list[bytes]:
        return openings.packets_of([segment.sound for segment in self.segments[: self.voiced]])

    def described(self) -> dict[str, Any] | None:
        """What the answer to a request says of the sound there is; None where there is none."""
        if not self.packets:
            return None
        return {"digest": openings.digest_of(self.packets), "packets": len(self.packets)}

    def with_sound(self) -> dict[str, Any] | None:
        """The same with its words, and its sound as the stream would send it."""
        described = self.described()
        if described is None:
            return None
        said = self.segments[: self.voiced]
        return {
            **described,
            "pre_skip": said[0].pre_skip,
            "segments": [
                {
                    "index": segment.index,
                    "kind": segment.kind,
                    "speaker": segment.speaker,
                    "text": segment.text,
                    "packets": segment.packets,
                }
                for segment in said
            ],
            "sound": base64.b64encode(pack_packets(0, self.packets)).decode(),
        }


def begun(settings: Settings, workflow: Workflow) -> Begun:
    """The greeting of a new podcast, with the kept sound of its first breaths. Nothing of a draft is voiced."""
    script = greeting(workflow)
    if workflow.draft:
        return Begun(script, 0)
    keys = [openings.key_of(settings, workflow.owner, workflow.request, segment) for segment in script]
    found = _kept(settings, [key for key in keys if key])
    voiced = 0
    while voiced < len(script) and (opening := found.get(keys[voiced] or "")):
        script[voiced] = openings.voiced_with(script[voiced], opening)
        voiced += 1
    return Begun(script, voiced)


def show(settings: Settings, request: Request, owner: str, asked: OpeningRequest) -> Response:
    """The opening that a podcast of these choices would begin with now, its sound as the stream would send it."""
    opening = begun(settings, podcast_of(settings, request, owner, asked))
    return json_response({"opening": opening.with_sound()})


def podcast_of(settings: Settings, request: Request, owner: str, asked: OpeningRequest) -> Workflow:
    """The podcast of these choices, as far as its opening depends on it."""
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
    """The opening of so many packets that a podcast was committed with, and its sound. None: the podcast is gone."""
    first = segments.following(settings, workflow_id, 0, _MOST_BREATHS)
    packets_before = accumulate((segment.packets for segment in first), initial=0)
    voiced = [segment for segment, before in zip(first, packets_before, strict=False) if before < packets]
    return Begun(voiced, len(voiced)).with_sound()


def _kept(settings: Settings, keys: list[str]) -> dict[str, Opening]:
    """Those of these breaths that are kept; what was found once is remembered, for it never changes."""
    now = datetime.now(UTC)
    with _lock:
        found = {key: remembered[key] for key in keys if key in remembered and remembered[key].expires_at > now}
    missing = [key for key in keys if key not in found]
    if missing:
        read = kept.read(settings, missing)
        with _lock:
            remembered.update(read)
            while len(remembered) > _MOST:
                remembered.popitem(last=False)
        found |= read
    return found


remembered: OrderedDict[str, Opening] = OrderedDict()
"""Of this instance, by key."""
_lock = threading.Lock()
