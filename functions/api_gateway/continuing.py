"""More about one chapter: a new podcast from the statements of that chapter's sources not told in the podcast yet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from flask import Request, Response

from common.blobs import create_object, read_object
from common.errors import BadRequest, Unprocessable
from common.idempotency import Outcome
from common.names import sources_object
from common.records import Material, Segment, SourceText, Workflow, account_of
from common.settings import Settings
from common.states import StageState
from common.store import segments
from common.text.blocks import Block, BlockKind, plain_text
from common.text.plain import blocks_of
from common.text.sentences import breaths, ended, one_line, sentences
from functions.api_gateway import usage
from functions.api_gateway.derived import derive, descendant
from functions.api_gateway.generating import requested
from functions.api_gateway.requests_schema import ContinueRequest

_LEAST_CHARACTERS = 200
"""Less than that is no podcast: two or three sentences."""
_LEAST_QUOTED = 20
"""Characters of a sentence: shorter ones are not quoted by themselves, and may be anybody's."""


def go_on(settings: Settings, request: Request, owner: str, workflow_id: str, asked: ContinueRequest) -> Response:
    """Return a new podcast with more about `chapter`, counted from 1 as in chapters.json, of so many `minutes`."""

    def make(workflow: Workflow, new_id: str) -> Outcome:
        return _continued(settings, workflow, new_id, asked)

    return derive(settings, request, owner, workflow_id, "continue", make)


def _continued(settings: Settings, workflow: Workflow, new_id: str, asked: ContinueRequest) -> Outcome:
    """Return the outcome of a continuation: sources stored beforehand, as the harvester would have left them; the rest
    is the usual way."""
    script = segments.script(settings, workflow.id)
    title, turns = _chapter(script, workflow.title, asked.chapter)
    material: Material = json.loads(read_object(settings, sources_object(workflow.id)))
    told = {turn.source for turn in turns if turn.source is not None}
    chosen = [source for number, source in enumerate(material["sources"]) if number in told or not told]
    said = [turn.text for turn in script]
    rest = [_rest(source, said, workflow.language) for source in chosen]
    sources = [source for source in rest if len(source["text"]) >= _LEAST_CHARACTERS]
    if not sources:
        raise Unprocessable("nothing_untold", "The sources of this chapter say nothing more than was told.")
    usage.require_room(settings, asked.minutes)
    left = json.dumps({**material, "sources": sources, "title": title}, ensure_ascii=False).encode()
    create_object(settings, sources_object(new_id), left, content_type="application/json")
    new = descendant(settings, workflow, new_id).at(harvest=StageState.DONE, forge=StageState.RUNNING)
    new = replace(
        new,
        title=title,
        request=replace(new.request, title=title, minutes=asked.minutes),
        sources=[account_of(source) for source in sources],
    )
    return requested(settings, new)


def _chapter(script: list[Segment], podcast: str, number: int) -> tuple[str, list[Segment]]:
    """Return the title and the turns of a chapter. Turns before the first titled chapter bear the podcast's own
    title."""
    chapters = [(title, list(turns)) for title, turns in groupby(script, key=lambda turn: turn.chapter or podcast)]
    if number > len(chapters):
        raise BadRequest("chapter_unknown", f"This podcast has {len(chapters)} chapters.")
    return chapters[number - 1]


def _rest(source: SourceText, said: Sequence[str], language: str) -> SourceText:
    """Return a source without its sentences already said; the account of its parts stays."""
    blocks = [Block.from_json(block) for block in source.get("blocks") or ()]
    left = untold(blocks or blocks_of(source["text"], language), said, language)
    return {**source, "text": plain_text(left), "blocks": [block.as_json() for block in left]}


def untold(blocks: Sequence[Block], script: Iterable[str], language: str) -> list[Block]:
    """`blocks` without the sentences said word for word by turns of `script`; a retelling in other words leaves all.

    Sentences are looked for singly; a list, which is told as a whole, as a whole, and with the sentence leading into
    the list. Headings under which nothing is left are gone.
    """
    said = _key(" ".join(script))
    left: list[Block] = []
    for listed, group in groupby(blocks, key=lambda block: block.kind == BlockKind.ITEM):
        run = list(group)
        if not listed:
            left += [_without(block, said, language) for block in run]
            lead_in = run[-1]
        elif _key("".join(one_line(item.text) for item in run)) not in said:
            if left and lead_in.kind == BlockKind.PARAGRAPH:
                left[-1] = _with_lead_in(left[-1], lead_in, language)
            left += [_without(item, said, language) if ended(item.text) else item for item in run]
    return _without_empty_headings([block for block in left if block.text])


def _without(block: Block, said: str, language: str) -> Block:
    """Return a block without its sentences already said; of other kinds than prose all or nothing."""
    if block.kind == BlockKind.HEADING:
        return block
    parts = _parts(block, language)
    new = [part for part in parts if len(part) < _LEAST_QUOTED or _key(part) not in said]
    return block if len(new) == len(parts) else replace(block, text=" ".join(new))


def _with_lead_in(left: Block, lead_in: Block, language: str) -> Block:
    """Return the rest of a paragraph, with its last sentence, which leads into a remaining list."""
    if left == lead_in:
        return left
    last = _parts(lead_in, language)[-1]
    return left if left.text.endswith(last) else replace(left, text=f"{left.text} {last}".strip())


def _parts(block: Block, language: str) -> list[str]:
    text = one_line(block.text)
    if block.kind in {BlockKind.VERSE, BlockKind.TABLE, BlockKind.CODE}:
        return [text]
    return [part for sentence in sentences(text, language) for part in breaths(sentence)]


def _without_empty_headings(blocks: Sequence[Block]) -> list[Block]:
    left: list[Block] = []
    for block in blocks:
        while left and block.kind == left[-1].kind == BlockKind.HEADING and block.level <= left[-1].level:
            left.pop()
        left.append(block)
    while left and left[-1].kind == BlockKind.HEADING:
        left.pop()
    return left


def _key(text: str) -> str:
    """Letters and digits alone: between items of a list a writer puts marks of its own."""
    return "".join(filter(str.isalnum, text.lower()))
