"""Topics for questions about a passage, and for chapter titles: names and nouns, as in the text, article and all.

No tagger: a word after an article and before a full stop, a comma or a function word is a noun, not an adjective with
its noun still to come. Uncertain words are left alone; other things can be asked.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Final

from common.languages import pack_of
from functions.model_serving.llm.material.ranking import terms

_CAPITALIZED = r"[A-ZÀ-ÖØ-Þ][\w’'-]*\w"
_AFTER = r"(?=(?P<after>[,;:.!?)]|\s[\w’']+))"
_JOINT = r"(?:of the|of|de la|de l['’]|de|da|do|di|du|del|della|von der|von|van der|van|der|the)"
_NAME = re.compile(
    rf"(?<=[^\s.!?:;«“\"(–—-] )(?P<article>[a-zà-ÿ]+ )?"
    rf"(?P<name>{_CAPITALIZED}(?:\s(?:{_JOINT}\s?)?{_CAPITALIZED}){{0,3}}){_AFTER}"
)
_NUMERAL: Final = re.compile(r"[IVXLCDM]+")
_MAX_NAME: Final = 40


def names(text: str, language: str) -> list[str]:
    """Proper names, and in German nouns, the most often named and then the longest first; "the Moon", "Galileo"."""
    known = pack_of(language).nouns
    found = []
    for match in _NAME.finditer(text):
        name, before = match["name"], (match["article"] or "").strip()
        if {name, name.removesuffix("s")} & known.not_names or _NUMERAL.fullmatch(name) or len(name) > _MAX_NAME:
            continue
        if match["after"] == "." and f"{name}." in pack_of(language).reading.abbreviations:
            continue
        if not _complete(match["after"], language, joined=" " in name) or before in known.fused:
            continue
        if _denied(text, match.start("name"), language) or _shouted(text, match.start("name"), name):
            continue
        if name.split()[0].lower() in pack_of(language).stop_words or {*name.split()} & known.not_nouns:
            continue
        if known.with_article:
            for article in known.articles:
                if re.search(rf"\b{article.capitalize()} {re.escape(name)}\b", text):
                    before = article  # it begins a sentence elsewhere, article and all
        found.append(f"{before} {name}" if before in known.articles else name)
    with_article = {name.partition(" ")[2] for name in found if name.partition(" ")[0] in known.articles}
    return _by_weight([name for name in found if name not in with_article], text, language)


def nouns(text: str, language: str) -> list[str]:
    """Common nouns after an article, in the same order; with the article in English, where no case or gender shows."""
    known, stop_words = pack_of(language).nouns, pack_of(language).stop_words
    found = []
    for match in _noun(language).finditer(text):
        name = match["name"]
        first, last = name.split()[0], name.split()[-1]
        if {first, last} & (stop_words | known.not_nouns) or last.endswith(known.not_noun_endings):
            continue
        if _complete(match["after"], language):
            found.append(f"{match['article']}{name}" if known.with_article else name)
    return _by_weight(found, text, language)


@cache
def _noun(language: str) -> re.Pattern[str]:
    """Return the pattern of an article and a following noun."""
    known = pack_of(language).nouns
    articles = "|".join(sorted(known.articles))
    return re.compile(rf"(?<![\w’'-])(?P<article>(?:{articles}) )(?P<name>{known.noun}){_AFTER}")


def often(candidate: str, text: str, language: str) -> int:
    """Tell how often the text has the candidate's rarest word."""
    counts = Counter(terms(text, language))
    return min((counts[term] for term in terms(candidate, language)), default=0)


def _denied(text: str, at: int, language: str) -> bool:
    """Tell whether there is none of what is named: nobody asks about "no machine"."""
    before = text[max(0, at - 20) : at].rstrip().rpartition(" ")[2].lower()
    return before in pack_of(language).context.negations


def _shouted(text: str, at: int, name: str) -> bool:
    """Tell whether a word in capitals stands among others: they name nothing."""
    before = text[max(0, at - 30) : at].rstrip(" \"“«„'(").rpartition(" ")[2]
    return name.isupper() and before.isupper() and len(before) > 1


def _complete(after: str, language: str, *, joined: bool = False) -> bool:
    """Tell whether the following text shows the noun to be complete, without a further noun."""
    if not after[0].isspace():
        return True
    word = after.strip().lower()
    return joined or word in pack_of(language).nouns.function_words or word in pack_of(language).stop_words


def _by_weight(found: list[str], text: str, language: str) -> list[str]:
    times = {candidate: often(candidate, text, language) for candidate in found}
    return sorted(times, key=lambda candidate: (-times[candidate], -len(candidate), text.find(candidate)))
