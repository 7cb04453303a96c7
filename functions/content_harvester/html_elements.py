"""HTML's elements by their content, for every reader of HTML: pages, chapters of e-books, Markdown.

https://html.spec.whatwg.org/multipage/indices.html#elements-3
"""

from __future__ import annotations

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
