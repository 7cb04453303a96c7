"""Voicing only what will be heard: with `LOOKAHEAD_SEGMENTS` set, no further ahead than that of the furthest listener.

The streamer asks for the addresses of segments ahead of need, and only as far as somebody has come; the gateway
publishes that as `podcast.wanted`, as does a request for the file (then all are wanted). How many segments are wanted
is a field of the workflow that only ever grows. Up to the lookahead beyond them segments are voiced, the others wait:
for the next such event, or for ever, at no cost.

A turn scripted while that number grows is never missed: either its event is handled after the growth and
reads it, or the turn was stored before, and is among those that the growth looks for.
"""

from __future__ import annotations

from common.records import Workflow
from common.settings import Settings
from common.store import segments, workflows

EVERYTHING = 1_000_000
"""More segments than any podcast has."""


def reach(settings: Settings, wanted: int) -> int:
    """Tell how many segments, from the first on, may be voiced when so many are `wanted`."""
    return wanted + settings.lookahead_segments if settings.lookahead_segments else EVERYTHING


def extend(settings: Settings, workflow: Workflow, wanted: int) -> list[int]:
    """Note that so many segments are wanted; the indexes of waiting segments due for the voice."""
    workflows.want(settings, workflow.id, wanted)
    return segments.waiting(settings, workflow.id, below=reach(settings, max(wanted, workflow.wanted)))
