"""What is mastered: a podcast's turns, each at its place on the packet clock, and the chapters they make.

Times are whole packets of 20 ms counted from the start, so transcript, chapters and sound agree to the sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from google.api_core import exceptions as google_errors
from google.cloud.firestore_v1 import DocumentReference
from google.cloud.firestore_v1._helpers import LastUpdateOption

from common.clients import RETRY, TIMEOUT, database
from common.documents import SegmentState, WorkflowState, segments_ref, workflow_ref
from common.errors import Busy, ServiceBroken, WorkflowGone
from common.names import parse_gs_uri
from common.settings import Settings
from common.wire import PACKET_MS


@dataclass(frozen=True)
class Turn:
    """One spoken turn. `source` is an index into the episode's sources; `object_name` is where its packets are."""

    speaker: str
    text: str
    chapter: str
    source: int | None
    start_ms: int
    end_ms: int
    object_name: str


@dataclass(frozen=True)
class Chapter:
    """`url` is the source that the chapter tells of, where that is one."""

    title: str
    start_ms: int
    end_ms: int
    url: str | None


@dataclass(frozen=True)
class Episode:
    """A podcast whose every turn is voiced. `sources` as the harvester found them: title, url, author, date.

    `renames` counts its titles; the first is 0.
    """

    workflow_id: str
    title: str
    renames: int
    language: str
    created_at: datetime
    sources: list[dict[str, Any]]
    turns: list[Turn]
    pre_skip: int

    @property
    def duration_ms(self) -> int:
        return self.turns[-1].end_ms

    @property
    def speakers(self) -> list[str]:
        """The hosts, in the order in which they first speak."""
        return list(dict.fromkeys(turn.speaker for turn in self.turns))

    @property
    def chapters(self) -> list[Chapter]:
        """Turns that follow each other under one chapter title. What comes before the first bears the episode's own."""
        grouped = groupby(self.turns, key=lambda turn: turn.chapter or self.title)
        return [self._chapter(title, list(turns)) for title, turns in grouped]

    def _chapter(self, title: str, turns: list[Turn]) -> Chapter:
        told = {turn.source for turn in turns if turn.source is not None and turn.source < len(self.sources)}
        url = self.sources[told.pop()].get("url") if len(told) == 1 else None
        return Chapter(title, turns[0].start_ms, turns[-1].end_ms, url)


def read_episode(settings: Settings, workflow_id: str) -> tuple[Episode | None, dict[str, Any], DocumentReference]:
    """The episode, or None where its podcast has ended otherwise; with the workflow, and where that is.

    Raises WorkflowGone where there is no such podcast, ServiceBroken where not all of it is voiced yet.
    """
    db = database(settings)
    reference = workflow_ref(db, workflow_id)
    try:
        workflow = reference.get(retry=RETRY, timeout=TIMEOUT).to_dict()
        query = segments_ref(db, workflow_id).order_by("index")
        segments = [snapshot.to_dict() or {} for snapshot in query.stream(retry=RETRY, timeout=TIMEOUT)]
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "The segments cannot be read.") from error
    if workflow is None:
        raise WorkflowGone
    if workflow["state"] not in {WorkflowState.GENERATING, WorkflowState.COMPLETED}:
        return None, workflow, reference
    voiced = [segment for segment in segments if segment["state"] == SegmentState.FORGED]
    if not voiced or len(voiced) != workflow["segments_total"]:
        raise ServiceBroken("segments_missing", "Not every segment is voiced yet.")
    episode = Episode(
        workflow_id=workflow_id,
        title=workflow["title"],
        renames=workflow.get("renames", 0),
        language=workflow["language"],
        created_at=workflow["created_at"],
        sources=workflow["sources"],
        turns=_turns(voiced),
        pre_skip=voiced[0]["pre_skip"],
    )
    return episode, workflow, reference


def unchanged(reference: DocumentReference, episode: Episode) -> LastUpdateOption:
    """The precondition of storing what was made of `episode`: that its podcast stays as it is now.

    Raises WorkflowGone where it has been deleted since it was read, Busy where it has another title.
    """
    try:
        found = reference.get(["renames"], retry=RETRY, timeout=TIMEOUT)
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "The podcast cannot be read.") from error
    if not found.exists:
        raise WorkflowGone
    if (found.to_dict() or {}).get("renames", 0) != episode.renames:
        raise Busy("podcast_renamed", "This podcast has been given another title meanwhile.")
    return LastUpdateOption(found.update_time)


def _turns(segments: list[dict[str, Any]]) -> list[Turn]:
    turns, start = [], 0
    for segment in segments:
        end = start + segment["packets"] * PACKET_MS
        turns.append(
            Turn(
                speaker=segment["speaker"],
                text=" ".join(segment["text"].split()),
                chapter=segment["chapter"],
                source=segment.get("source"),
                start_ms=start,
                end_ms=end,
                object_name=parse_gs_uri(segment["audio"])[1],
            )
        )
        start = end
    return turns
