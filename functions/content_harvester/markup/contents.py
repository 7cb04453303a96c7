"""Lists of contents: links into their own page alone, or below a heading that says what they are.

Those of a book lead to its other files.
"""

from __future__ import annotations

from lxml import etree

from functions.content_harvester import printed
from functions.content_harvester.markup.trees import CONTENTS, letters_of, replace

_A_LINE = 120
"""Letters: what is longer is a text with a link in it."""


def is_line_of_contents(paragraph: etree._Element) -> bool:
    """Tell whether a paragraph is a link into its own page alone and stands beside another such, or is the first of
    lines with links below a heading for contents."""
    before, after = paragraph.getprevious(), paragraph.getnext()
    if _is_way_within(paragraph):
        return any(one is not None and one.tag == "p" and _is_way_within(one) for one in (before, after))
    return _is_headed(paragraph) and after is not None and after.tag == "p" and _lead(paragraph, after)


def mark_lines_of_contents(first: etree._Element) -> None:
    """Put one mark in the place of paragraphs in a row that are a list of contents."""
    others = []
    headed = _is_headed(first)
    for line in first.itersiblings():
        if line.tag != "p" or not (_is_way_within(line) or (headed and _lead(line))):
            break
        others.append(line)
    mark_contents(first)
    for line in others:
        replace(line, "")


def _is_way_within(paragraph: etree._Element) -> bool:
    link = paragraph.find(".//a")
    if link is None or not (link.get("href") or "").startswith("#"):
        return False
    letters = letters_of(paragraph)
    return 3 < letters == sum(letters_of(one) for one in paragraph.iter("a"))


def is_contents(listed: etree._Element) -> bool:
    """Tell whether a list or a table is of links: into its own page alone, or below a heading for contents."""
    if _is_headed(listed):
        parts = [part for part in listed.iter("tr" if listed.tag == "table" else "li") if letters_of(part)]
        if len(parts) > 1 and _lead(*parts):
            return True
    if listed.tag == "table":
        return False
    links = list(listed.iter("a"))
    if len(links) < 2:
        return False
    within = all((link.get("href") or "").startswith("#") for link in links)
    return within and sum(map(letters_of, links)) == letters_of(listed)


def mark_contents(listed: etree._Element) -> None:
    """Put a mark in the place of a list of contents, and of the heading above it."""
    if _is_headed(listed):
        replace(listed.getprevious(), "")
    for child in list(listed):
        listed.remove(child)
    listed.tag, listed.text = "p", CONTENTS


def _is_headed(element: etree._Element) -> bool:
    above = element.getprevious()
    text = "".join(above.itertext()).strip().rstrip(":") if above is not None else ""
    return printed.CONTENTS.fullmatch(text) is not None


def _lead(*lines: etree._Element) -> bool:
    """Tell whether each line is short, and has a link within its page or its book."""
    return all(
        letters_of(line) < _A_LINE and any(":" not in (link.get("href") or ":") for link in line.iter("a"))
        for line in lines
    )
