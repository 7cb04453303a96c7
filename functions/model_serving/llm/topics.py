"""What a passage can be asked after, and a chapter be named by: names and nouns, as they stand there, article and all.

No tagger: a word after an article and before a full stop, a comma or a function word is a noun, not an adjective that
one is still to come for. What does not pass for certain is left alone; there are other things to ask.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from functions.model_serving.llm.ranking import terms
from functions.model_serving.llm.stopwords import STOPWORDS

_CAPITALIZED = r"[A-ZÀ-ÖØ-Þ][\w’'-]*\w"
_AFTER = r"(?=(?P<after>[,;:.!?)]|\s[\w’']+))"
_JOINT = r"(?:of the|of|de la|de l['’]|de|da|do|di|du|del|della|von der|von|van der|van|der|the)"
_NAME = re.compile(
    rf"(?<=[^\s.!?:;«“\"(–—-] )(?P<article>[a-zà-ÿ]+ )?"
    rf"(?P<name>{_CAPITALIZED}(?:\s(?:{_JOINT}\s?)?{_CAPITALIZED}){{0,3}}){_AFTER}"
)
_NOUN: Final = {
    "en": re.compile(rf"\b(?P<article>the )(?P<name>[a-z]{{4,20}}(?: of (?:the |an? )?[a-z]{{4,20}})?){_AFTER}"),
    "de": re.compile(r"(?!)"),  # nouns are written as names are
}
_NOUN_AFTER_ARTICLE = re.compile(
    rf"\b(?P<article>el |la |los |las |le |les |os? |as? |il |lo |gli |i )(?P<name>[a-zà-öø-ÿ]{{5,20}}){_AFTER}"
)
ARTICLES: Final = {
    "en": frozenset({"the"}),
    "es": frozenset({"el", "la", "los", "las"}),
    "fr": frozenset({"le", "la", "les"}),
    "de": frozenset(),
    "pt": frozenset({"o", "a", "os", "as"}),
    "it": frozenset({"il", "lo", "la", "i", "gli", "le"}),
}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_FUSED: Final = _set("""
    del al du des au aux do da dos das no na nos nas ao à aos às pelo pela dello della dei degli delle alla allo ai
    agli alle nel nella nei nelle sul sulla dal dalla un une una uno um uma
""")
"""Prepositions and articles in one word, and indefinite ones: a name cannot be lifted out from behind them."""
_FUNCTION_WORDS: Final = _set("""
    of in on at to is it as by or an and but for was are has had can may not so than will de du des et en au aux un
    une est à y e o a con por para que se del di da do no na per in è si che il der die das und von
""")
_NO_NAMES: Final = _set("""
    January February March April May June July August September October November December Monday Tuesday Wednesday
    Thursday Friday Saturday Sunday God I Januar Februar März April Mai Juni Juli Oktober Dezember Montag Dienstag
    Mittwoch Donnerstag Freitag Samstag Sonntag Jahr Jahre Jahren Tag Tage Tagen Teil Art Zeit Menschen Prozent
""")
_NUMERAL: Final = re.compile(r"[IVXLCDM]+")
_MAX_NAME: Final = 40


def names(text: str, language: str) -> list[str]:
    """Proper names, and in German nouns, the most often named and then the longest first; "the Moon", "Galileo"."""
    found = []
    for match in _NAME.finditer(text):
        name, before = match["name"], (match["article"] or "").strip()
        if name in _NO_NAMES or _NUMERAL.fullmatch(name) or len(name) > _MAX_NAME:
            continue
        if not _complete(match["after"], language, joined=" " in name) or (before in _FUSED and language != "de"):
            continue
        if language == "en" and re.search(rf"\bThe {re.escape(name)}\b", text):
            before = "the"  # it begins a sentence elsewhere, article and all
        found.append(f"{before} {name}" if before in ARTICLES[language] else name)
    with_article = {name.partition(" ")[2] for name in found if name.partition(" ")[0] in ARTICLES[language]}
    return _by_weight([name for name in found if name not in with_article], text, language)


def nouns(text: str, language: str) -> list[str]:
    """Common nouns after an article, in the same order; with the article in English, where no case or gender shows."""
    pattern = _NOUN.get(language, _NOUN_AFTER_ARTICLE)
    found = []
    for match in pattern.finditer(text):
        name = match["name"]
        first, last = name.split()[0], name.split()[-1]
        if {first, last} & STOPWORDS[language] or (language == "en" and last.endswith("ing")):
            continue
        if match["article"].strip() in ARTICLES[language] and _complete(match["after"], language):
            found.append(f"{match['article']}{name}" if language == "en" else name)
    return _by_weight(found, text, language)


def often(candidate: str, text: str, language: str) -> int:
    """How often the text has the candidate's rarest word."""
    counts = Counter(terms(text, language))
    return min((counts[term] for term in terms(candidate, language)), default=0)


def _complete(after: str, language: str, *, joined: bool = False) -> bool:
    """Whether what follows shows that no further noun belongs to it."""
    if not after[0].isspace():
        return True
    word = after.strip().lower()
    return joined or word in _FUNCTION_WORDS or word in STOPWORDS[language]


def _by_weight(found: list[str], text: str, language: str) -> list[str]:
    times = {candidate: often(candidate, text, language) for candidate in found}
    return sorted(times, key=lambda candidate: (-times[candidate], -len(candidate), text.find(candidate)))
