"""HTML's elements by their content, for every reader of HTML: pages, chapters of e-books, Markdown.

https://html.spec.whatwg.org/multipage/indices.html#elements-3
"""

from __future__ import annotations

import re
from typing import Final

from common.text.blocks import BlockKind

BLOCKS: Final = frozenset([
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup",
    "hr", "html", "legend", "li", "main", "ol", "p", "pre", "section", "summary", "ul",
])  # fmt: skip
"""Elements whose text is apart from the text around."""
KINDS: Final = {
    **{f"h{level}": BlockKind.HEADING for level in range(1, 7)},
    "li": BlockKind.ITEM,
    "dt": BlockKind.TERM,
    "dd": BlockKind.DEFINITION,
    "blockquote": BlockKind.QUOTATION,
}
_DEEPEST: Final = 60
"""Containers in each other: with rows, cells and items, fewer elements than libxml2 reads into the depth (256)."""
_CONTAINER: Final = re.compile(
    r"<(/?)(?:article|b|blockquote|center|details|div|dl|em|fieldset|font|i|ol|section|small|span|strong|table|ul|"
    r"(?P<part>dd|dt|li|tbody|td|th|thead|tr))\b[^<>]{0,2000}>",
    re.IGNORECASE,
)


def shallow(markup: str) -> str:
    """Return a page without the containers that are deeper in each other than anybody writes by hand; what is in them
    stays.

    The parser reads no further than to its own depth, and leaves out all that is below.
    """
    depth = 0

    def kept(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag["part"] or tag[0].endswith("/>"):  # parts are often left without an end
            return tag[0] if depth <= _DEEPEST else " "
        depth += not tag[1]
        dropped = depth > _DEEPEST
        depth = max(0, depth - bool(tag[1]))
        return "<br/><br/>" if dropped else tag[0]

    return _CONTAINER.sub(kept, markup)
