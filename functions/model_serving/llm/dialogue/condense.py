"""Sources that are longer than a model is shown at once, made short enough: piece by piece, side by side."""

from __future__ import annotations

import contextvars
import logging
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Final

from common.errors import AethercastError
from common.logs import fields
from functions.model_serving.llm.dialogue.language_model import LanguageModel, Prompt
from functions.model_serving.llm.dialogue.prompting import render
from functions.model_serving.llm.material.paragraphs import paragraphs
from functions.model_serving.llm.material.selection import Selection, parts_of
from functions.model_serving.llm.protocol import Request, Source
from functions.model_serving.llm.speaking_rate import CHARACTERS_A_WORD, characters

logger = logging.getLogger(__name__)

_PIECE: Final = 24_000
"""Characters that are condensed at once."""
_LEAST: Final = 1_200
"""Characters that even the shortest of many sources is given."""


def fitting(model: LanguageModel, request: Request, limit: int, pool: Executor) -> list[Source]:
    """The request's sources in no more than about `limit` characters: as they are, or condensed by the model.

    What the model does not condense is cut down to the passages that say most of it.
    """
    whole = sum(len(source.text) for source in request.sources)
    if whole <= limit:
        return list(request.sources)
    waiting = [
        _begun(model, request, source, limit * len(source.text) // whole, pool) if len(source.text) > _LEAST else None
        for source in request.sources
    ]
    return [
        replace(source, text="\n\n".join(piece.result() for piece in pieces)) if pieces else source
        for source, pieces in zip(request.sources, waiting, strict=True)
    ]


def _begun(model: LanguageModel, request: Request, source: Source, target: int, pool: Executor) -> list[Future[str]]:
    """The pieces of a source, each on its way to being condensed."""
    pieces = _pieces(source.text)
    share = max(_LEAST, target) // len(pieces)
    return [
        pool.submit(contextvars.copy_context().run, _piece, model, request, source, piece, number, len(pieces), share)
        for number, piece in enumerate(pieces)
    ]


def _piece(
    model: LanguageModel, request: Request, source: Source, piece: str, number: int, count: int, share: int
) -> str:
    prompt = render(
        "condense",
        number=number + 1,
        count=count,
        title=source.title or "Untitled",
        words=round(share / CHARACTERS_A_WORD),
        subject=request.title,
        text=piece,
    )
    try:
        text = "".join(model.stream(Prompt("You condense texts faithfully.", prompt, max_tokens=share // 2)))
        if text.strip():
            return text[: 2 * share]
    except AethercastError as error:
        logger.warning("a piece was not condensed", extra=fields(error=error.code))
    return _extract(piece, share, request)


def _pieces(text: str) -> Sequence[str]:
    """The text in pieces of a length that can be shown at once, cut where a paragraph ends."""
    pieces = []
    while len(text) > _PIECE:
        cut = text.rfind("\n", _PIECE // 2, _PIECE)
        cut = _PIECE if cut < 0 else cut
        pieces.append(text[:cut])
        text = text[cut:].lstrip()
    return [*pieces, text]


def _extract(text: str, share: int, request: Request) -> str:
    """The passages of a text that say most of it, about `share` characters long."""
    selection = Selection(request.language, request.title)
    seconds_a_character = 1 / characters(1, request.language)
    parts = parts_of([list(paragraphs(text, 0, language=request.language))], 1, request.language)
    return "\n\n".join(
        passage.text
        for part in parts
        for passage in selection.choose(part, share * seconds_a_character / len(parts), opens=False)
    )
