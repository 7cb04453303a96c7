"""The verbatim writer, without additions or omissions: every sentence of the sources, in order, read aloud.

One host reads, or each speaker of a dialogue is a host. Headings become chapters, and are read where a list or a table
is right below, which means nothing without, or its contrary: "Don't". Code, notes and references, which no
listener could follow, the numbers of clauses, and passages in another language, which no voice here could read, are the
exception; the words read are not changed, but for a mark where a block ends without one and another follows in the same
turn.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from typing import Final

from common.errors import EngineRefused
from common.languages import pack_of
from common.logs import fields
from common.text.blocks import Block, BlockKind, paragraphs_of
from common.text.plain.clauses import without_numbers
from common.text.scripts import has_words
from common.text.sentences import ended, sentences
from functions.model_serving.llm.dialogue.cast import Cast
from functions.model_serving.llm.material.foreign import in_another_language, readable_sources
from functions.model_serving.llm.material.paragraphs import JOINING_WORD
from functions.model_serving.llm.protocol import Request, Source, Turn, require_known, said_since_greeting
from functions.model_serving.llm.speaking_rate import seconds
from functions.model_serving.tts.speakable import require_latin_script

logger = logging.getLogger(__name__)

LONGEST_S: Final = 3 * 3600.0
"""What is beyond is left out."""
_LONGEST_TURN: Final = 450
"""Characters that are voiced at once, unless a sentence is longer."""
_UNREAD: Final = frozenset({BlockKind.CODE, BlockKind.FOOTNOTE, BlockKind.REFERENCE})
_LISTED: Final = frozenset({BlockKind.ITEM, BlockKind.TABLE, BlockKind.TERM})
_CLOSING: Final = ")]\"'”’»%"
_PAUSES: Final = (":", ";", ",")


class Narrator:
    """See the module. The same request makes the same script, so a script can be continued after any turn."""

    def write(self, request: Request) -> Iterator[Turn]:
        require_known(request.language)
        require_latin_script(" ".join(source.text[:20_000] for source in request.sources))
        readable_sources([source.text for source in request.sources], request.language)
        return islice(_turns(request), len(said_since_greeting(request.said)), None)


def _turns(request: Request) -> Iterator[Turn]:
    """Yield the whole script after the greeting."""
    left_s, turn = LONGEST_S, None
    for turn in _narrated(request):
        left_s -= seconds(turn.text, request.language)
        if left_s < 0:
            logger.warning("the end of a long text is left out", extra=fields(chapter=turn.chapter))
            yield Turn(request.hosts[0], pack_of(request.language).phrases.unfinished, turn.chapter, None)
            break
        yield turn
    if turn is None:
        raise EngineRefused("engine_text_empty", "There is no sentence in these sources that could be read aloud.")
    close = pack_of(request.language).phrases.goodbye.format(title=request.title.rstrip(".!?… "))
    yield Turn(request.hosts[0], close, turn.chapter, None, "close")


def _narrated(request: Request) -> Iterator[Turn]:
    cast = Cast(request.hosts)
    first = True
    for number, source in enumerate(request.sources):
        chapter = source.title if len(request.sources) > 1 else ""
        speaker, text = request.hosts[0], ""
        before: Block | None = None
        for block, following in pairwise([*_blocks(source, request.language), None]):
            assert block is not None  # noqa: S101 - the last alone is none
            host = cast.host(block.speaker, next_host=_next_host(speaker, request.hosts)) if block.speaker else ""
            new = block.kind == BlockKind.HEADING or (host or request.hosts[0]) != speaker
            if new and text:
                yield Turn(speaker, _closed(text), chapter, number)
                text, first = "", False
            if block.kind == BlockKind.HEADING:
                chapter = block.text or chapter
                before = block
                if following and following.kind in _LISTED:
                    speaker, text = request.hosts[0], block.text.rstrip()
                continue
            speaker = host or request.hosts[0]
            if text and block.kind != BlockKind.VERSE and not (ended(text) or text.endswith(_PAUSES)):
                text += "" if JOINING_WORD.search(text) else _mark(before, block)
            before = block
            for joint, part in _units(block, request.language):
                if (
                    text
                    and not text.endswith(":")
                    and (ended(text) if first else len(text) + len(part) >= _LONGEST_TURN)
                    and (ended(text) or len(text) >= 2 * _LONGEST_TURN)
                ):
                    yield Turn(speaker, _closed(text), chapter, number)
                    text, first = "", False  # the first turn is short, so that it is soon heard
                text = f"{text}{joint}{part}" if text else part
        if text:
            yield Turn(speaker, _closed(text), chapter, number)
            first = False


def _mark(before: Block | None, block: Block) -> str:
    """Return the mark after a block without one: a colon before the list that it leads into, be it "shall not" or
    "Don't"; a semicolon between items that are parts of a sentence."""
    into_rows = before is not None and before.kind == BlockKind.HEADING
    deeper = before is None or before.kind != BlockKind.ITEM or before.level < block.level
    if into_rows or (block.kind == BlockKind.ITEM and deeper):
        return ":"
    if block.kind == BlockKind.ITEM and block.text[:1].islower():
        return ";"
    return "," if block.kind == BlockKind.PARAGRAPH and block.text[:1].islower() else "."


def _closed(text: str) -> str:
    """Return a turn's text, with a full stop behind a last word without any mark, as a voice ends."""
    open_ended = ended(text) or JOINING_WORD.search(text) or not (text[-1].isalnum() or text[-1] in _CLOSING)
    return text if open_ended else f"{text}."


def _units(block: Block, language: str) -> Iterator[tuple[str, str]]:
    """Yield the sentences of a block, or its verses, each with what parts it from the text before."""
    if block.kind != BlockKind.VERSE:
        yield from ((" ", sentence) for sentence in sentences(" ".join(block.text.split()), language))
        return
    for number, line in enumerate(block.text.split("\n")):
        yield "\n" if number else "\n\n", line


def _blocks(source: Source, language: str) -> Iterator[Block]:
    for block in without_numbers(source.blocks or paragraphs_of(source.text)):
        if block.kind in _UNREAD or not has_words(block.text):
            continue
        if in_another_language(block.text, language):
            logger.warning("a passage in another language is left out", extra=fields(characters=len(block.text)))
            continue
        yield block


def _next_host(speaker: str, hosts: Sequence[str]) -> str:
    return hosts[(hosts.index(speaker) + 1) % len(hosts)]
