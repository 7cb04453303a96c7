"""Language of a text, by the most frequent words of each language: no voice reads another language.

A text is suspected by the packs' words, which is quickly told of each passage, and then asked of a library: talk has
few of a language's own words. Texts that are short, or in doubt, are taken for the podcast's language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Final

from common import languages
from common.errors import EngineRefused
from common.languages import pack_of
from common.text.detection import is_foreign

_SAMPLE: Final = 300
"""Characters from the beginning, the middle and the end each: enough to have some frequent words in them."""
_LEAST: Final = 3
"""Words of another language that are no accident."""
_A_SENTENCE: Final = 10
"""Words: in so many there are some of a language's own."""
_SURELY: Final = 0.12
"""Of the words of a text: so many of a language's own are in no text of another."""


def in_another_language(text: str, language: str) -> bool:
    """Tell whether `text` is surely not in `language`, but in another language of podcasts."""
    return has_words_of_another(text, language) and is_foreign(_sample(text), language)


def has_words_of_another(text: str, language: str) -> bool:
    """Tell whether the frequent words in `text` are those of another language of podcasts: a suspicion."""
    words = _sample(text).lower().split()
    own = _own_words(tuple(languages.LANGUAGES))
    ours = sum(word in own[language] for word in words)
    if ours > _SURELY * len(words):
        return False
    theirs = max(sum(word in own[code] for word in words) for code in own if code != language)
    return theirs > 2 * ours and theirs >= (_LEAST if ours or len(words) < _A_SENTENCE else 2)


def readable_sources(texts: Sequence[str], language: str) -> list[int]:
    """Return the numbers of the texts not in another language than the podcast. Raises EngineRefused where all of them
    are."""
    readable = [number for number, text in enumerate(texts) if not in_another_language(text, language)]
    if not readable:
        asked, theirs = pack_of(language).name, pack_of(language_of(texts)).name
        raise EngineRefused(
            "engine_language_other",
            f"The podcast is to be in {asked}, and the sources are in {theirs}; this writer quotes, and does not "
            f"translate. Leave the language out, or choose a writer that is a language model.",
        )
    return readable


def language_of(texts: Sequence[str]) -> str:
    """Return the language with the most of its frequent words in `texts`."""
    counts: Counter[str] = Counter()
    for text in texts:
        words = _sample(text).lower().split()
        own = _own_words(tuple(languages.LANGUAGES))
        counts.update({code: sum(word in own[code] for word in words) for code in own})
    return counts.most_common(1)[0][0]


def language_to_read(text: str, language: str) -> str:
    """Return the language in which to take `text` apart: a model may be given a text in another `language` to
    translate."""
    return language_of([text]) if in_another_language(text, language) else language


def _sample(text: str) -> str:
    if len(text) <= 3 * _SAMPLE:
        return text
    middle = len(text) // 2
    return f"{text[:_SAMPLE]} {text[middle : middle + _SAMPLE]} {text[-_SAMPLE:]}"


@cache
def _own_words(codes: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Return the frequent words of each language not shared with any other of these."""
    frequent = {}
    for code in codes:
        known = pack_of(code)
        frequent[code] = known.stop_words | known.nouns.function_words | known.nouns.articles | known.context.narrative
    shared = Counter(word for words in frequent.values() for word in words)
    return {code: frozenset(word for word in words if shared[word] == 1) for code, words in frequent.items()}
