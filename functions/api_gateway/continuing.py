"""More about one chapter: a new podcast from what the sources of that chapter say and the podcast has not told yet."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from flask import Request, Response

from common.blobs import create_object, read_object
from common.errors import BadRequest, Unprocessable
from common.events import PODCAST_REQUESTED, Event
from common.idempotency import Outcome
from common.names import sources_object
from common.records import Material, Segment, SourceText, Workflow, account_of
from common.settings import Settings
from common.states import StageState
from common.store import segments, workflows
from common.text.sentences import breaths, one_line, sentences
from functions.api_gateway.derived import derive, descendant
from functions.api_gateway.requests_schema import ContinueRequest

_LEAST_CHARACTERS = 200
"""Less than that is no podcast: two or three sentences."""
_LEAST_QUOTED = 20
"""Characters of a sentence: shorter ones are not quoted by themselves, and may be anybody's."""


def go_on(settings: Settings, request: Request, owner: str, workflow_id: str, asked: ContinueRequest) -> Response:
    """A new podcast with more about `chapter`, counted from 1 as in chapters.json, of so many `minutes`."""

    def make(workflow: Workflow, new_id: str) -> Outcome:
        return _continued(settings, workflow, new_id, asked)

    return derive(settings, request, owner, workflow_id, "continue", make)


def _continued(settings: Settings, workflow: Workflow, new_id: str, asked: ContinueRequest) -> Outcome:
    """Its sources are stored beforehand, as the harvester would have left them; what follows is the usual way."""
    script = segments.script(settings, workflow.id)
    title, turns = _chapter(script, workflow.title, asked.chapter)
    material: Material = json.loads(read_object(settings, sources_object(workflow.id)))
    told = {turn.source for turn in turns if turn.source is not None}
    chosen = [source for number, source in enumerate(material["sources"]) if number in told or not told]
    said = [turn.text for turn in script]
    sources: list[SourceText] = [
        {**source, "text": untold(source["text"], said, workflow.language), "blocks": []} for source in chosen
    ]
    sources = [source for source in sources if len(source["text"]) >= _LEAST_CHARACTERS]
    if not sources:
        raise Unprocessable("nothing_untold", "The sources of this chapter say nothing more than was told.")
    left = json.dumps({**material, "sources": sources, "title": title}, ensure_ascii=False).encode()
    create_object(settings, sources_object(new_id), left, content_type="application/json")
    new = descendant(settings, workflow, new_id).at(harvest=StageState.DONE, forge=StageState.RUNNING)
    new = replace(
        new,
        title=title,
        request=replace(new.request, title=title, minutes=asked.minutes),
        sources=[account_of(source) for source in sources],
    )
    return Outcome(
        {"workflow_id": new_id},
        writes=(workflows.creation(new),),
        events=(Event(PODCAST_REQUESTED, new_id),),
    )


def _chapter(script: list[Segment], podcast: str, number: int) -> tuple[str, list[Segment]]:
    """The title and the turns of a chapter. What comes before the first titled one bears the podcast's own title."""
    chapters = [(title, list(turns)) for title, turns in groupby(script, key=lambda turn: turn.chapter or podcast)]
    if number > len(chapters):
        raise BadRequest("chapter_unknown", f"This podcast has {len(chapters)} chapters.")
    return chapters[number - 1]


def untold(text: str, script: Iterable[str], language: str) -> str:
    """`text` without the sentences that turns of `script` say word for word; one who retells in other words leaves all.

    They are looked for as they are quoted: one line, marks of citations gone, cut where a breath is taken.
    """
    said = " ".join(" ".join(turn.split()) for turn in script)
    left = []
    for paragraph in re.split(r"\n\s*\n", text):
        parts = [part for sentence in sentences(one_line(paragraph), language) for part in breaths(sentence)]
        new = [part for part in parts if len(part) < _LEAST_QUOTED or part not in said]
        left.append(paragraph if len(new) == len(parts) else " ".join(new))
    return "\n\n".join(filter(None, left)).strip()
