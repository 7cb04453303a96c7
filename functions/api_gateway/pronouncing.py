"""An owner's pronunciations: those kept for all podcasts and for those of a show, and those of each podcast.

A podcast carries its own list from the moment of its request, so that no edit of the kept lists changes the voice of a
podcast in the making, of its editions, or of podcasts made again of it.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Request, Response

from common.problems import json_response
from common.pronunciations import merged
from common.records import Pronunciation, Pronunciations
from common.settings import Settings
from common.store import pronunciations
from functions.api_gateway.requests_schema import GenerateRequest, KeptPronunciations, OpeningRequest
from functions.api_gateway.requests_schema import Pronunciation as Asked


def show(settings: Settings, request: Request, owner: str) -> Response:
    """List all that the owner keeps."""
    return json_response(_told(pronunciations.read(settings, owner)))


def keep(settings: Settings, request: Request, owner: str, asked: KeptPronunciations) -> Response:
    """Keep these pronunciations from now on, in the place of all kept before."""
    kept = replace(
        pronunciations.read(settings, owner),
        kept=records(asked.pronunciations),
        shows={name: records(entries) for name, entries in asked.shows.items()},
    )
    pronunciations.keep(settings, kept)
    return json_response(_told(kept))


def chosen(settings: Settings, owner: str, asked: GenerateRequest | OpeningRequest) -> list[Pronunciation]:
    """Gather the pronunciations of a new podcast: the request's own, then those kept for its show, then the owner's
    for all podcasts."""
    kept = pronunciations.read(settings, owner)
    return merged(records(asked.pronunciations), kept.shows.get(asked.show or "", ()), kept.kept)


def records(entries: list[Asked]) -> list[Pronunciation]:
    """Entries as they are stored: without what is not given."""
    return [Pronunciation(**entry.model_dump(exclude_defaults=True)) for entry in entries]  # type: ignore[typeddict-item]


def _told(kept: Pronunciations) -> dict[str, object]:
    return {"pronunciations": kept.kept, "shows": kept.shows}
