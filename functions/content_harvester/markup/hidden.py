"""Elements invisible to readers, a hiding place of instructions to machines."""

from __future__ import annotations

import re

from lxml import etree

from functions.content_harvester.markup.trees import letters_of, replace

_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|text-indent\s*:\s*-\d{3}|(?:left|top|right)\s*:\s*-\d{4}|clip\s*:\s*rect\(\s*[01](?:px)?\b"
    r"|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    r"|(?<!-)color\s*:\s*(?P<color>[#\w(),. ]{3,30}?)\s*;[^{}]{0,200}?"
    r"background(?:-color)?\s*:\s*(?P=color)\s*(?:;|!|$)",
    re.IGNORECASE,
)
_SIZE = re.compile(r"(?<![\w-])font(-size)?\s*:\s*([^;!]{1,100})", re.IGNORECASE)
_RELATIVE = re.compile(r"[\d.]+(?:em|%)|inherit|smaller|larger", re.IGNORECASE)


def drop_hidden(root: etree._Element) -> None:
    """Drop elements invisible to readers, a hiding place of instructions to machines.

    Behind an open dialog a page hides all of itself from screen readers alone; once the dialog is closed, the page is
    read.
    """
    for element in root.xpath("//*[@hidden or @aria-hidden or contains(@style, ':')]"):
        if _has_size(element) is False:
            _drop_sizeless(element)
        if element.get("aria-hidden") == "true" and not _HIDING.search(element.get("style") or ""):
            if element.tag in {"html", "body"} or 2 * letters_of(element) > letters_of(root):
                continue
        elif element.get("hidden") is None and not _HIDING.search(element.get("style") or ""):
            continue
        replace(element, " ")


def _has_size(element: etree._Element) -> bool | None:
    """Tell whether an element sets its letters in a size at all, None where they have that of the element around."""
    found = list(_SIZE.finditer(element.get("style") or ""))
    if not found or (found[-1][1] and _RELATIVE.match(found[-1][2]) and found[-1][2].strip("0.%em ")):
        return None
    return not (found[-1][1] and re.fullmatch(r"[0.]+(?:[a-z]+|%)?\s*", found[-1][2], re.IGNORECASE))


def _drop_sizeless(element: etree._Element) -> None:
    """Drop the letters of an element in no size, but for what sets one of its own: so mails close up their tables."""
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, part in walk:
        if event == "end":
            part.tail = part.tail if part is element else None
        elif part is not element and _has_size(part):
            walk.skip_subtree()
        else:
            part.text = None
