"""Elements of a tree, and the marks in the place of its omitted parts."""

from __future__ import annotations

import re

from lxml import etree

from functions.content_harvester.html_elements import BLOCKS

FORMULA, CODE, TABLE, NOTE, REFERENCE, CONTENTS = "⌬", "⌨", "⊞", "⁑", "⁂", "⁜"
"""What stands for a formula, and before the text of what is left out, while a page is taken apart."""
SET_APART = BLOCKS | {"dir", "form"}
_NOT_SETTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONG = 2_000
"""Characters: a text before an element that is not copied for each that is replaced behind it."""


def settable(text: str) -> str:
    """Return a text that lxml lets be set: without the controls that its parser has let through."""
    return _NOT_SETTABLE.sub("", text)


def replace(element: etree._Element, text: str, *, closing_up: bool = False) -> None:
    """Put `text` in the place of an element, right behind what stands before it where `closing_up`."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    ahead = (before.tail if before is not None else parent.text) or ""
    if len(ahead) > _LONG:
        tail = element.tail
        element.clear()
        element.tag, element.text, element.tail = "span", settable(text), settable(tail or "")
        return
    text += element.tail or ""
    ahead = settable((ahead.rstrip() if closing_up else ahead) + text)
    if before is not None:
        before.tail = ahead
    else:
        parent.text = ahead
    parent.remove(element)


def letters_of(element: etree._Element) -> int:
    return sum(len(text.strip()) for text in element.itertext() if text)


def number_of(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,6}", text.strip()) else otherwise
