"""Lists of contents: links into their own page alone."""

from __future__ import annotations

from lxml import etree

from functions.content_harvester import printed
from functions.content_harvester.markup.trees import CONTENTS, letters_of, replace


def is_line_of_contents(paragraph: etree._Element) -> bool:
    """Tell whether a paragraph is a link into its own page alone, and stands beside another such."""
    beside = (paragraph.getprevious(), paragraph.getnext())
    return _is_way_within(paragraph) and any(
        one is not None and one.tag == "p" and _is_way_within(one) for one in beside
    )


def mark_lines_of_contents(first: etree._Element) -> None:
    """Put one mark in the place of paragraphs in a row that are a list of contents."""
    others = []
    for line in first.itersiblings():
        if line.tag != "p" or not _is_way_within(line):
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
    """Tell whether a list is of links into its own page alone."""
    links = list(listed.iter("a"))
    return (
        len(links) > 1
        and all((link.get("href") or "").startswith("#") for link in links)
        and sum(map(letters_of, links)) == letters_of(listed)
    )


def mark_contents(listed: etree._Element) -> None:
    """Put a mark in the place of a list of contents, and of the heading above it."""
    above = listed.getprevious()
    if above is not None and printed.CONTENTS.fullmatch("".join(above.itertext()).strip().rstrip(":")):
        replace(above, "")
    for child in list(listed):
        listed.remove(child)
    listed.tag, listed.text = "p", CONTENTS
