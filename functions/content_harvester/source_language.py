"""The language and script of sources, and whether a voice exists to read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from common import languages
from common.errors import SourceRefused
from common.languages.others import NAMES
from common.text.detection import PASSAGE_CHARACTERS, likely_languages
from common.text.scripts import dominant_script, mostly_latin
from functions.content_harvester.source import Source, Unreadable

_SAMPLES = 12
_DOUBT = 0.25
"""With less of the votes than this for any language there is a voice for, a text is taken to be in another."""
_LETTERS_TO_BE_SURE = 60


def check_script(text: str) -> None:
    """Raise Unreadable "script_unreadable" for a text mostly in another script than Latin."""
    if not mostly_latin(text):
        raise Unreadable(
            "script_unreadable",
            f"This text is written mostly in {dominant_script(text)} script; no voice here reads any but Latin.",
        )


def language_of(sources: Sequence[Source], *, asked: str | None, likely: str) -> str:
    """Return the language to tell sources in: the language `asked` for, else the language of most of the text.

    `likely` is taken where a text is too short to tell. Raises SourceRefused "language_unsupported" where most of it is
    surely in a language without podcasts.
    """
    if asked:
        return asked
    votes: Counter[str] = Counter()
    for source in sources:
        for language, score in _detected(source.text):
            votes[language] += int(score * len(source.text))
    letters = sum(letter.isalpha() for source in sources for letter in source.text[:PASSAGE_CHARACTERS])
    supported = {language: votes[language] for language in languages.LANGUAGES if votes[language]}
    if sum(supported.values()) < _DOUBT * votes.total() and letters >= _LETTERS_TO_BE_SURE:
        best = votes.most_common(1)[0][0]
        name = NAMES.get(best, f"a language with the code {best!r}")
        raise SourceRefused(
            "language_unsupported",
            f"The sources seem to be in {name}; podcasts can be made in {', '.join(languages.LANGUAGES)}.",
        )
    return max(supported, key=lambda language: supported[language], default=likely)


def _detected(text: str) -> Iterator[tuple[str, float]]:
    """Languages and how likely each is, for passages from all over a text."""
    passages = [paragraph[:PASSAGE_CHARACTERS] for paragraph in text.split("\n\n") if len(paragraph) > 40] or [text]
    step = max(1, len(passages) // _SAMPLES)
    for passage in passages[::step][:_SAMPLES]:
        yield from likely_languages(passage).items()
