"""Manner of telling a source: by its main points, as a conversation, or from its beginning on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from enum import Enum, auto
from typing import Final

from common.languages import pack_of
from functions.model_serving.llm.material.paragraphs import Paragraph, Shape

_LOOKED_AT: Final = 40
"""Paragraphs: what a text is shows soon."""
_WORDS: Final = 80
_SPOKEN_TWICE: Final = 2
"""A text of fewer words than the first is no story, unless somebody answers in it."""
_QUOTES: Final = '"“«„”»‘'
_DASHES: Final = "—–-"
_WORD = re.compile(r"[^\W\d_]+")


class Telling(Enum):
    POINTS = auto()
    """What says most of it, with what leads from one to the next."""
    PAIRS = auto()
    """Questions, each with its whole answer."""
    READ_ON = auto()
    """A story, a play, a poem: without a gap and without a word between."""


def telling_of(paragraphs: Sequence[Paragraph], language: str) -> Telling:
    """Return the manner of telling the paragraphs of a source."""
    shown = paragraphs[:_LOOKED_AT]
    shapes = Counter(paragraph.shape for paragraph in shown)
    if shapes[Shape.PAIR] >= 2:
        return Telling.PAIRS
    if 2 * (shapes[Shape.VERSE] + shapes[Shape.LINE]) > len(shown):
        return Telling.READ_ON
    return Telling.READ_ON if _is_story(shown, language) else Telling.POINTS


def _is_story(paragraphs: Sequence[Paragraph], language: str) -> bool:
    """Tell whether the paragraphs tell of persons and their words; or begin as tales do."""
    prose = [paragraph for paragraph in paragraphs if paragraph.shape == Shape.PROSE]
    others = sum(paragraph.shape in {Shape.LIST, Shape.ROWS, Shape.PAIR} for paragraph in paragraphs)
    if not prose or others:
        return False
    context = pack_of(language).context
    first = " ".join(paragraph.text for paragraph in prose[:2])[:400].lower()
    if any(re.match(rf"\W*{opening}\b", first) for opening in context.once_upon_a_time):
        return True
    text = "\n".join(paragraph.text for paragraph in prose)
    spoken_ones = sum(paragraph.text[:1] in _QUOTES + _DASHES for paragraph in prose)
    words = _WORD.findall(text.lower())
    digits = sum(map(str.isdigit, text))
    headings = len({paragraph.heading for paragraph in prose} - {""})
    least = _WORDS if spoken_ones < _SPOKEN_TWICE else _WORDS // 2
    if len(words) < least or digits > 0.008 * len(text) or headings > 2 + len(prose) / 6:
        return False
    told = sum(word in context.narrative for word in words) / len(words)
    spoken = spoken_ones / len(prose)
    return told > 0.05 and (spoken >= 0.15 or told > 0.1)
