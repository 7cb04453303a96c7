"""Paragraphs in the place of headings, and elements in the place of a stanza."""

from __future__ import annotations

import re

from lxml import etree

from common.text.blocks import Block, BlockKind
from functions.content_harvester.by_hand import reads_as_heading
from functions.content_harvester.html_elements import BLOCKS
from functions.content_harvester.markup.trees import letters_of

_STANZA = re.compile(
    r"(?:^|\s)(?:stanza|strophe|strofa|estrofa|estrofe|poem|poetry|poema|poesia|poesie|gedicht|verses?|line-?group|lg)"
    r"(?:\s|$)",
    re.IGNORECASE,
)
_AROUND = frozenset(["body", "main", "article", "section", "div"])
_BELOW_A_HEADING = frozenset(["p", "ul", "ol", "div", "blockquote", "table"])
WIDEST_VERSE = 90


def is_heading(paragraph: etree._Element) -> bool:
    """Tell whether a paragraph is all bold, reads as a heading, and stands above another that is not bold."""
    after, around = paragraph.getnext(), paragraph.getparent()
    if not _is_bold(paragraph) or after is None or after.tag not in _BELOW_A_HEADING or _is_bold(after):
        return False
    text = " ".join("".join(paragraph.itertext()).split())
    return around is not None and around.tag in _AROUND and reads_as_heading(Block(BlockKind.PARAGRAPH, text))


def _is_bold(element: etree._Element) -> bool:
    only = element[0] if len(element) == 1 else None
    if only is None or only.tag not in {"b", "strong"} or only.find(".//br") is not None:
        return False
    return not (element.text or "").strip() and not (only.tail or "").strip()


def is_stanza(element: etree._Element) -> bool:
    """Tell whether an element is called a poem or a stanza, and holds nothing but its lines, a paragraph each."""
    if len(element) < 2 or not _STANZA.search(element.get("class") or ""):
        return False
    between = [element.text, *(line.tail for line in element)]
    return not any(map(str.strip, filter(None, between))) and all(map(_is_line, element))


def _is_line(element: etree._Element) -> bool:
    broken = any(part.tag in BLOCKS or part.tag == "br" for part in element.iterdescendants(etree.Element))
    return element.tag in {"p", "div"} and not broken and letters_of(element) < WIDEST_VERSE


def join_lines(stanza: etree._Element) -> None:
    """Set the lines of a stanza in one paragraph."""
    for line in list(stanza)[1:]:
        stanza.insert(stanza.index(line), etree.Element("br"))
    for line in list(stanza):
        if line.tag != "br":
            line.tag = "span"
    stanza.tag = "p"
