"""Plan of a podcast's chapters: asked of the model, checked, and at worst made without the model."""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, ValidationError

from common.errors import EngineBroken, EngineRefused
from common.logs import fields
from common.text.detection import is_foreign
from common.text.links import title_without_links
from functions.model_serving.llm.dialogue.language_model import LanguageModel, Prompt
from functions.model_serving.llm.dialogue.nearly_json import values_in
from functions.model_serving.llm.dialogue.prompting import (
    OUTLINE_SCHEMA,
    example_title,
    focus,
    numbered,
    render,
    system,
    title_of,
)
from functions.model_serving.llm.material.paragraphs import paragraphs
from functions.model_serving.llm.material.selection import parts_of
from functions.model_serving.llm.material.sentences import passages
from functions.model_serving.llm.material.transitions import Transitions, opening_words
from functions.model_serving.llm.protocol import Request, Source

logger = logging.getLogger(__name__)

SECONDS_A_CHAPTER: Final = 150.0
MAX_CHAPTERS: Final = 24
_TRIES: Final = 2


@dataclass(frozen=True)
class Chapter:
    """One chapter to be written. `sources` are indices into the request's; `weight` is its share of the time."""

    title: str
    purpose: str
    sources: tuple[int, ...]
    weight: float = 1.0


def _name(title: Any) -> Any:
    return title_without_links(title) if isinstance(title, str) else title


class _Chapter(BaseModel):
    title: Annotated[str, BeforeValidator(_name), StringConstraints(min_length=2, max_length=120)]
    purpose: Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)] = ""
    sources: list[int] = []
    weight: Annotated[float, Field(ge=0.25, le=4)] = 1.0


class _Outline(BaseModel):
    chapters: Annotated[list[_Chapter], Field(min_length=1, max_length=2 * MAX_CHAPTERS)]


def chapters_for(seconds_left: float) -> int:
    """Tell how many chapters there is time for."""
    return max(1, min(MAX_CHAPTERS, round(seconds_left / SECONDS_A_CHAPTER)))


def plan(
    model: LanguageModel, request: Request, material: Sequence[Source], told: Sequence[str], seconds_left: float
) -> list[Chapter]:
    """Return the chapters for the time left; `told` are the titles of the chapters written already.

    Raises EngineBusy as the model does, and EngineRefused where the model will not answer at all. In place of an
    unusable plan, the sources' own order is the plan.
    """
    count = chapters_for(seconds_left)
    if count > 1:
        for _ in range(_TRIES):
            try:
                outline = _asked(model, request, material, told, seconds_left, count)
                return _checked(outline, len(material), told, request.language)
            except (ValueError, EngineBroken, EngineRefused) as error:
                if isinstance(error, EngineRefused) and error.code != "engine_text_refused":
                    raise
                logger.warning("no usable plan", extra=fields(error=str(error)[:200]))
    return without_model(request, material, told, count)


def without_model(request: Request, material: Sequence[Source], told: Sequence[str], count: int) -> list[Chapter]:
    """Chapters in the sources' own order, by the sources' own headings."""
    texts = [
        list(paragraphs(source.text, number, source.title, language=request.language))
        for number, source in enumerate(material)
    ]
    parts = parts_of(texts, count * SECONDS_A_CHAPTER / 60, request.language)
    transitions = Transitions(request.language, request.title, random.Random(0))  # noqa: S311 - the same each time
    made: dict[str, Chapter] = {}
    for part in parts[len(told) * len(parts) // (len(told) + count) :][:count]:
        first = part.paragraphs[0]
        found = [passage for paragraph in part.paragraphs[:8] for passage in passages(paragraph, request.language)]
        title = first.heading
        if found and (not title or title in made or title in told):
            title = transitions.topic(found) or opening_words(found[0], request.language)
        if title:
            purpose = opening_words(found[0], request.language) if found else ""
            made.setdefault(title, Chapter(title, purpose, (first.source,)))
    return list(made.values()) or [Chapter(request.title, "", tuple(range(len(material))))]


def _asked(
    model: LanguageModel,
    request: Request,
    material: Sequence[Source],
    told: Sequence[str],
    seconds_left: float,
    count: int,
) -> _Outline:
    """Return the model's plan. Raises ValueError where its answer is none."""
    prompt = render(
        "outline",
        title=title_of(request),
        style_name=request.style,
        count=count,
        minutes=round(seconds_left / 60),
        told=f"Told already, and not to be told again: {'; '.join(told)}\n" if told else "",
        focus=focus(request),
        sources=numbered(enumerate(material)),
        example_title=example_title(request.language),
    )
    answer = "".join(model.stream(Prompt(system(request), prompt, 400 + 150 * count, OUTLINE_SCHEMA)))
    wrong = "the answer holds no object"
    for value in values_in(answer):
        try:
            return _Outline.model_validate({"chapters": value} if isinstance(value, list) else value)
        except ValidationError as error:
            wrong = str(error)
    raise ValueError(wrong)


def _checked(outline: _Outline, sources: int, told: Sequence[str], language: str) -> list[Chapter]:
    """Return the plan without chapters named twice and without non-existent sources. Raises ValueError if nothing is
    left, and for a plan in another language."""
    if is_foreign(". ".join(chapter.title for chapter in outline.chapters), language):
        raise ValueError("the plan is in another language")
    seen = {title.casefold() for title in (*told, example_title(language))}
    chapters = []
    for chapter in outline.chapters[:MAX_CHAPTERS]:
        if chapter.title.casefold() in seen:
            continue
        seen.add(chapter.title.casefold())
        known = tuple(number - 1 for number in chapter.sources if 1 <= number <= sources)
        chapters.append(Chapter(chapter.title, chapter.purpose, known or tuple(range(sources)), chapter.weight))
    if not chapters:
        raise ValueError("the plan has no new chapter")
    return chapters
