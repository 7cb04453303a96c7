"""reStructuredText as blocks, by docutils: READMEs and manuals of Python. https://docutils.sourceforge.io/rst.html

Nothing is read from other files, and nothing is passed on raw. Sphinx's additions are told where they have words.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from docutils import nodes
from docutils.core import publish_parts
from docutils.parsers.rst import Directive, directives

from functions.content_harvester import markup

_ROLE = re.compile(
    r":(?!math:|code:)[a-z][\w:+.-]{0,40}:`[~!.]?([^`<\n]{1,300}?)[ \t]*(?:<[^`>\n]{1,300}>)?`", re.IGNORECASE
)
_SUBSTITUTION = re.compile(r"(?<![\w|])\|[\w-][\w -]{0,40}\|_?(?![\w|])")
_SETTINGS = {
    "_disable_config": True,
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 5,
    "warning_stream": False,
    "syntax_highlight": "none",
    "embed_stylesheet": False,
    "stylesheet_path": None,
    "line_length_limit": 1_000_000,
}


class _Anything(dict[str, Any]):
    """Options known to Sphinx, but not to docutils: each is taken as it is."""

    def __bool__(self) -> bool:
        return True

    def __getitem__(self, name: str) -> Any:
        return directives.unchanged


class _Container(Directive):  # type: ignore[misc]  # docutils says no types
    """A directive of Sphinx whose content is a text: a hint, a change, a tab of several."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[Any] = _Anything()

    def run(self) -> list[nodes.Node]:
        box = nodes.container()
        if self.arguments and not re.fullmatch(r"[\w.-]*", self.arguments[0]):
            box += nodes.paragraph("", self.arguments[0])
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


for _name in (
    *("seealso", "versionadded", "versionchanged", "deprecated", "tabs", "tab", "tab-set", "tab-item", "dropdown"),
    *("details", "collapse", "only", "card", "grid", "grid-item", "grid-item-card", "rst-class", "centered"),
):
    directives.register_directive(_name, _Container)


def blocks_of_restructured(text: str) -> tuple[dict[str, str], markup.Told]:
    """Read the title, author and date of a text, where named, and its blocks. Raises lxml's errors."""
    plain = _SUBSTITUTION.sub("", _ROLE.sub(r"\1", text))
    parts = publish_parts(plain, writer="html5", settings_overrides=_SETTINGS)
    about = markup.parse(f"<body>{parts['docinfo']}</body>")
    said = {name: _words(about.find(f".//dd[@class='{name}']")) for name in ("author", "date")}
    body = markup.parse(f"<body>{parts['body'] or '<p></p>'}</body>")
    notes = body.xpath("//aside[contains(@class, 'footnote ')]")
    citations = body.xpath("//div[@class='citation-list']//div[@role='doc-biblioentry']")
    for element in body.xpath(
        "//aside[contains(@class, 'footnote-list')] | //div[@class='citation-list'] | //a[@role='doc-noteref']"
        " | //a[@role='doc-biblioref']"
    ):
        markup.replace(element, "", closing_up=element.tag == "a")
    told = markup.blocks(body)
    told.left_out["footnote"] += len(notes)
    told.left_out["reference"] += len(citations)
    return {"title": re.sub(r"<[^<>]*>", "", parts["title"]), **said}, told


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
