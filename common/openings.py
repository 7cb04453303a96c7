"""Openings voiced beforehand: the first breaths of a greeting depend on engine, voice, language, host and style alone.

Each such breath is voiced by the first podcast that begins with it, and kept. A podcast that comes later is committed
with the sound in its segments' documents, so that its first packet takes neither a task nor an engine. A breath is kept
under a digest of all that its sound depends on, the version of the engines among it (`SPEECH_VERSION`): an upgraded
voice is another one. `create()` keeps a breath once, whoever else voices it at the same moment.

What a podcast's owner made different from the default (host, persona, pronunciations) is kept for that owner alone.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Final

from common.contract import PACKET_MS
from common.hosts import DEFAULT_HOSTS, hosts_of
from common.languages import pack_of
from common.ogg import read_opus
from common.pronunciations import in_text
from common.records import Opening, Segment, Wishes
from common.settings import Settings
from common.states import SegmentState
from common.wire import pack_packets

_FORM: Final = 1
"""Counts changes of what is kept of a breath, and of the silence after it."""


def key_of(settings: Settings, owner: str, request: Wishes, segment: Segment) -> str | None:
    """The id of the breath that a segment says, None for a segment that says anything else."""
    if segment.kind != "cold_open" or segment.text != _breaths(segment).get(segment.index):
        return None
    personas = {host["name"]: host["persona"] for host in hosts_of(request)}
    persona = personas.get(segment.speaker, "")
    said = [entry for entry in request.pronunciations if in_text(segment.text, [entry])]
    everybodys = segment.speaker in _USUAL_NAMES and not persona and not said
    depends_on = {
        "form": _FORM,
        "version": settings.speech_version,
        "engine": request.speech_engine or settings.speech_engine,
        "voice": segment.voice,
        "language": segment.language,
        "text": segment.text,
        "style": request.style,
        "persona": persona,
        "pronunciations": said,
        "owner": "" if everybodys else owner,
    }
    return hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()


def voiced_with(segment: Segment, opening: Opening) -> Segment:
    """The segment with the kept sound, for which no engine was asked."""
    now = datetime.now(UTC)
    return replace(
        segment,
        state=SegmentState.FORGED,
        sound=opening.sound,
        packets=opening.packets,
        pre_skip=opening.pre_skip,
        duration_ms=opening.packets * PACKET_MS,
        engine=opening.engine,
        forging_at=now,
        forged_at=now,
    )


def opening_of(settings: Settings, key: str, sound: bytes, segment: Segment) -> Opening:
    """What to keep of a voiced segment, for as long as a podcast is kept."""
    return Opening(
        id=key,
        sound=sound,
        packets=segment.packets,
        pre_skip=segment.pre_skip,
        engine=segment.engine,
        expires_at=datetime.now(UTC) + timedelta(days=settings.retention_days),
    )


def packets_of(sounds: list[bytes]) -> list[bytes]:
    """The Opus packets of several breaths, in order."""
    return [packet for sound in sounds for packet in read_opus(sound).packets]


def digest_of(packets: list[bytes]) -> str:
    """A digest by which an opening that was heard already is known again in a podcast."""
    return hashlib.sha256(pack_packets(0, packets)).hexdigest()


def _breaths(segment: Segment) -> dict[int, str]:
    """The breaths of a host's greeting before the first that names the podcast's title, by their place."""
    opening = takewhile(lambda phrase: "{title}" not in phrase, pack_of(segment.language).greeting)
    return {index: phrase.format(host=segment.speaker) for index, phrase in enumerate(opening)}


_USUAL_NAMES: Final = frozenset(host["name"] for host in DEFAULT_HOSTS)
