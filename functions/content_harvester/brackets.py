"""Brackets in Markdown that are no link's: told as they stand before a link is looked for behind each of them.

Where a text has many, the parser would look from each to the paragraph's end.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

_MANY: Final = 100
"""Brackets of a paragraph: with fewer, each is the parser's."""
_DEEPEST: Final = 4
"""Brackets in each other that may be links: pictures in links, in lists of notes."""


def brackets_plugin(reader: MarkdownIt) -> None:
    """Let brackets without an end, or deep in others, be text."""
    reader.inline.ruler.before("link", "bracket", _bracket)


def _bracket(state: StateInline, silent: bool) -> bool:
    at = state.pos + state.src.startswith("![", state.pos)
    if state.src[at : at + 1] != "[" or at not in _of_no_link(state.src):
        return False
    if not silent:
        state.pending += state.src[state.pos : at + 1]
    state.pos = at + 1
    return True


@lru_cache(maxsize=2)
def _of_no_link(text: str) -> frozenset[int]:
    """Find the places of brackets that can begin no link."""
    if text.count("[") < _MANY:
        return frozenset()
    opened: list[int] = []
    linked: set[int] = set()
    escaped = False
    for at, letter in enumerate(text):
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == "[":
            opened.append(at)
        elif letter == "]" and opened:
            begun = opened.pop()
            if len(opened) < _DEEPEST:
                linked.add(begun)
    return frozenset(at for at, letter in enumerate(text) if letter == "[" and at not in linked)
