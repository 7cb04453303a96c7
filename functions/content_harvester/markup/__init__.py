"""HTML as its blocks, for every source of HTML: articles, items of feeds, Markdown.

https://html.spec.whatwg.org/multipage/#toc-semantics. Code, formulas and tables unfit for telling are left out, and
counted. First a tree is prepared (`prepared`): marks stand for omitted parts, and hidden parts are gone; then its
blocks are told (`told`).

Trees are walked without recursion, each element once.
"""

from __future__ import annotations

from functions.content_harvester.markup.formulas import without_formulas
from functions.content_harvester.markup.preformatted import looks_like_code
from functions.content_harvester.markup.prepared import parse, prepare
from functions.content_harvester.markup.tables import sentences_of_table
from functions.content_harvester.markup.told import Told, blocks
from functions.content_harvester.markup.trees import TABLE, replace, settable

__all__ = [
    "TABLE",
    "Told",
    "blocks",
    "looks_like_code",
    "parse",
    "prepare",
    "replace",
    "sentences_of_table",
    "settable",
    "without_formulas",
]
