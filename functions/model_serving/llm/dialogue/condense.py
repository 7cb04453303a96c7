"""Sources longer than the text shown to a model at once, made short enough: piece by piece, side by side."""

from __future__ import annotations

import contextvars
import logging
from collections.abc import Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Final

from common.errors import AethercastError
from common.logs import fields
from functions.model_serving.llm.dialogue.asking import Asked
from functions.model_serving.llm.dialogue.language_model import Prompt, PromptTooLong
from functions.model_serving.llm.dialogue.prompting import focus, kept_in, render, title_of
from functions.model_serving.llm.material.foreign import language_to_read
from functions.model_serving.llm.material.paragraphs import paragraphs
from functions.model_serving.llm.material.selection import Selection, parts_of
from functions.model_serving.llm.protocol import Request, Source
from functions.model_serving.llm.speaking_rate import CHARACTERS_A_WORD, characters

logger = logging.getLogger(__name__)

_PIECE: Final = 24_000
"""Characters that are condensed at once, where the model is shown as many."""
_LEAST: Final = 1_200
"""Characters that even the shortest of many sources is given."""


def fitting(model: Asked, request: Request, limit: int, pool: Executor) -> list[Source]:
    """Return the request's sources in no more than about `limit` characters: unchanged, or condensed by the model.

    Pieces not condensed by the model are cut down to their most telling passages. Raises PromptTooLong where a piece is
    more than the model takes at once.
    """
    if _fits(request.sources, limit):
        return list(request.sources)
    pieces = [_pieces(source.text, min(_PIECE, limit)) for source in request.sources]
    model.allow(2 * sum(map(len, pieces)))
    waiting = [
        _begun(model, request, source, parts, share, pool) if len(source.text) > _LEAST else None
        for source, parts, share in zip(request.sources, pieces, _shares(request.sources, limit), strict=True)
    ]
    return [
        replace(source, text="\n\n".join(piece.result() for piece in condensing)) if condensing else source
        for source, condensing in zip(request.sources, waiting, strict=True)
    ]


def shortened(sources: Sequence[Source], limit: int, request: Request) -> list[Source]:
    """Return the sources in about `limit` characters, without a model: by the passages saying most of the sources."""
    if _fits(sources, limit):
        return list(sources)
    shares = _shares(sources, limit)
    return [
        replace(source, text=_extract(source.text, share, request))
        for source, share in zip(sources, shares, strict=True)
    ]


def _fits(sources: Sequence[Source], limit: int) -> bool:
    return sum(len(source.text) for source in sources) <= limit


def _shares(sources: Sequence[Source], limit: int) -> list[int]:
    """Tell how much of `limit` each source gets, by its length."""
    whole = sum(len(source.text) for source in sources)
    return [limit * len(source.text) // whole for source in sources]


def _begun(
    model: Asked, request: Request, source: Source, pieces: Sequence[str], target: int, pool: Executor
) -> list[Future[str]]:
    """Return the pieces of a source, each on its way to being condensed."""
    share = max(_LEAST, target) // len(pieces)
    return [
        pool.submit(contextvars.copy_context().run, _piece, model, request, source, piece, number, len(pieces), share)
        for number, piece in enumerate(pieces)
    ]


def _piece(model: Asked, request: Request, source: Source, piece: str, number: int, count: int, share: int) -> str:
    prompt = render(
        "condense",
        number=number + 1,
        count=count,
        title=" ".join(kept_in(source.title).split()) or "Untitled",
        words=round(share / CHARACTERS_A_WORD),
        subject=title_of(request),
        focus=focus(request),
        text=kept_in(piece),
    )
    try:
        text = "".join(model.stream(Prompt("You condense texts faithfully.", prompt, max_tokens=share // 2)))
        if text.strip():
            return text[: 2 * share]
    except PromptTooLong:
        raise
    except AethercastError as error:
        logger.warning("a piece was not condensed", extra=fields(error=error.code))
    return _extract(piece, share, request)


def _pieces(text: str, longest: int) -> Sequence[str]:
    """Return the text in pieces short enough to be shown at once, cut where a paragraph ends."""
    pieces = []
    while len(text) > longest:
        cut = text.rfind("\n", longest // 2, longest)
        cut = longest if cut < 0 else cut
        pieces.append(text[:cut])
        text = text[cut:].lstrip()
    return [*pieces, text]


def _extract(text: str, share: int, request: Request) -> str:
    """Return the passages saying most of a text, about `share` characters long; its beginning, where none can be
    told."""
    language = language_to_read(text, request.language)
    selection = Selection(language, request.title, focus=request.focus)
    seconds_a_character = 1 / characters(1, language)
    parts = parts_of([list(paragraphs(text, 0, language=language))], 1, language)
    return (
        "\n\n".join(
            passage.text
            for part in parts
            for passage in selection.choose(part, share * seconds_a_character / len(parts), opens=False)
        )
        or text[:share]
    )
