"""Openings voiced beforehand: the first breaths of a greeting depend on engine, voice, language, host and style alone.

Each such breath is voiced by the first podcast that begins with it, and kept. A podcast that comes later is committed
with the sound in its segments' documents, so that its first packet takes neither a task nor an engine. A breath is kept
under a digest of all that its sound depends on, the version of the engines among it (`SPEECH_VERSION`): an upgraded
voice is another one. `create()` keeps a breath once, whoever else voices it at the same moment.

What a podcast's owner made different from the default (host, persona, pronunciations) is kept for that owner alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final

from common.cold_open import before_title, greeting
from common.contract import PACKET_MS
from common.hosts import DEFAULT_HOSTS, hosts_of
from common.languages import pack_of
from common.ogg import read_opus
from common.pronunciations import in_text
from common.records import Opening, Segment, Wishes, Workflow
from common.settings import Settings
from common.states import SegmentState
from common.store import openings as kept
from common.wire import pack_packets

_MOST: Final = 64
"""Breaths that an instance remembers: a few kilobytes each."""
_FORM: Final = 1
"""Counts changes of what is kept of a breath, and of the silence after it."""


def key_of(settings: Settings, owner: str, request: Wishes, segment: Segment) -> str | None:
    """Return the id of the breath that a segment says, None for a segment that says anything else."""
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
    """Return the segment with the kept sound, for which no engine was asked."""
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
    """Return the parts of a voiced segment to keep, for as long as a podcast is kept."""
    return Opening(
        id=key,
        sound=sound,
        packets=segment.packets,
        pre_skip=segment.pre_skip,
        engine=segment.engine,
        expires_at=datetime.now(UTC) + timedelta(days=settings.retention_days),
    )


def packets_of(sounds: list[bytes]) -> list[bytes]:
    """Return the Opus packets of several breaths, in order."""
    return [packet for sound in sounds for packet in read_opus(sound).packets]


def digest_of(packets: list[bytes]) -> str:
    """Return a digest by which an opening that was heard already is known again in a podcast."""
    return hashlib.sha256(pack_packets(0, packets)).hexdigest()


@dataclass(frozen=True)
class Begun:
    """The first segments of a podcast, of which the first `voiced` have their sound."""

    segments: list[Segment]
    voiced: int
    usual: int
    """The segments that every podcast of the same choices begins with."""

    @cached_property
    def packets(self) -> list[bytes]:
        return packets_of([segment.sound for segment in self.segments[: self.voiced]])

    def described(self) -> dict[str, Any] | None:
        """Describe the usual sound, as a page may know of that alone, for the answer to a request; None without."""
        usual = sum(segment.packets for segment in self.segments[: min(self.voiced, self.usual)])
        return _described(self.packets[:usual])

    def with_sound(self) -> dict[str, Any] | None:
        """Describe all the sound, with its words, and with the sound itself as the stream would send it."""
        described = _described(self.packets)
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


def _described(packets: list[bytes]) -> dict[str, Any] | None:
    return {"digest": digest_of(packets), "packets": len(packets)} if packets else None


def begun(settings: Settings, workflow: Workflow) -> Begun:
    """Return the greeting of a new podcast, with the kept sound of its first breaths. Nothing of a draft is voiced."""
    script, usual = greeting(workflow), len(before_title(workflow.language))
    if workflow.draft:
        return Begun(script, 0, usual)
    keys = [key_of(settings, workflow.owner, workflow.request, segment) for segment in script]
    found = _kept(settings, [key for key in keys if key])
    voiced = 0
    while voiced < len(script) and (opening := found.get(keys[voiced] or "")):
        script[voiced] = voiced_with(script[voiced], opening)
        voiced += 1
    return Begun(script, voiced, usual)


def _breaths(segment: Segment) -> dict[int, str]:
    """Return the breaths of a host's greeting that do not name the podcast's title, by their place."""
    kept = (*before_title(segment.language), pack_of(segment.language).settling)
    return {index: breath.format(host=segment.speaker) for index, breath in enumerate(kept)}


_USUAL_NAMES: Final = frozenset(host["name"] for host in DEFAULT_HOSTS)


def _kept(settings: Settings, keys: list[str]) -> dict[str, Opening]:
    """Find the kept breaths among these; a found breath is remembered, as none ever changes."""
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
