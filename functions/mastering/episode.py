"""What is mastered: a podcast's turns, each at its place on the packet clock, and the chapters they make.

Times are whole packets of 20 ms counted from the start, so transcript, chapters and sound agree to the sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from common.contract import PACKET_MS
from common.errors import Busy, ServiceBroken
from common.names import parse_gs_uri
from common.records import Segment, Source, Workflow
from common.settings import Settings
from common.store import segments, workflows


@dataclass(frozen=True)
class Turn:
    """One spoken turn. `source` is an index into the episode's sources; `object_name` is where its packets are,
    or they are in `sound`, Ogg Opus; `pause_ms` is silence at its beginning."""

    speaker: str
    text: str
    chapter: str
    source: int | None
    start_ms: int
    end_ms: int
    object_name: str
    sound: bytes = b""
    pause_ms: int = 0

    @property
    def speech_ms(self) -> int:
        """When the voice begins."""
        return min(self.start_ms + self.pause_ms, self.end_ms)


@dataclass(frozen=True)
class Chapter:
    """`url` is the chapter's single source, if any."""

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
    sources: list[Source]
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
        """Consecutive turns under a chapter title. Turns before the first chapter bear the episode's own title."""
        grouped = groupby(self.turns, key=lambda turn: turn.chapter or self.title)
        return [self._chapter(title, list(turns)) for title, turns in grouped]

    def _chapter(self, title: str, turns: list[Turn]) -> Chapter:
        told = {turn.source for turn in turns if turn.source is not None and turn.source < len(self.sources)}
        url = self.sources[told.pop()].get("url") if len(told) == 1 else None
        return Chapter(title, turns[0].start_ms, turns[-1].end_ms, url)


def read_episode(settings: Settings, workflow_id: str) -> tuple[Workflow, Episode | None]:
    """Return the workflow, and its episode, or None where it has ended otherwise.

    Raises WorkflowGone, ServiceBroken where not all of it is voiced yet.
    """
    workflow = workflows.read(settings, workflow_id)
    script = segments.script(settings, workflow_id)
    if not workflow.audible:
        return workflow, None
    voiced = [segment for segment in script if segment.voiced]
    if not voiced or len(voiced) != workflow.segments_total:
        raise ServiceBroken("segments_missing", "Not every segment is voiced yet.")
    episode = Episode(
        workflow_id=workflow_id,
        title=workflow.title,
        renames=workflow.renames,
        language=workflow.language,
        created_at=workflow.created_at,
        sources=workflow.sources,
        turns=list(_turns(voiced)),
        pre_skip=voiced[0].pre_skip,
    )
    return workflow, episode


def as_of_now(settings: Settings, workflow: Workflow) -> Workflow:
    """Return the workflow as read, for a change to be refused once the workflow has changed.

    Raises WorkflowGone for a workflow deleted since the read, Busy for a changed title.
    """
    now = workflows.read(settings, workflow.id, only=["renames"])
    if now.renames != workflow.renames:
        raise Busy("podcast_renamed", "This podcast has been given another title meanwhile.")
    return replace(workflow, version=now.version)


def _turns(voiced: Iterable[Segment]) -> Iterator[Turn]:
    start = 0
    for segment in voiced:
        end = start + segment.packets * PACKET_MS
        yield Turn(
            speaker=segment.speaker,
            text=" ".join(segment.text.split()),
            chapter=segment.chapter,
            source=segment.source,
            start_ms=start,
            end_ms=end,
            object_name="" if segment.sound else parse_gs_uri(str(segment.audio))[1],
            sound=segment.sound,
            pause_ms=segment.pause_before_ms,
        )
        start = end
