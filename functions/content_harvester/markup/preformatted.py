"""Preformatted text: code, or a text whose lines are kept."""

from __future__ import annotations

import re

from lxml import etree

from functions.content_harvester.markup.trees import CODE, settable

_CODE_CLASS = re.compile(
    r"\b(code|codehilite|highlight|hljs|prettyprint|brush|sourceCode|prism|console|terminal|lang(uage)?-\w+)\b"
)
_CODE_LINE = re.compile(
    r"[;{}]\s*$|^\s*(#include|import\s|from\s.*\simport\s|def\s|class\s\w|return\b|function\b|var\s|let\s\w+\s*=|const\s"
    r"|\$\s|>>>\s|//|/\*|\*/|#!|@\w+$|</?\w)|[=!<>+-]=|=>|->|::|\w\(\)|\)\s*[;{:]|^\s*[\w.\[\]]+\s*=\s*\S"
)


def prepare_preformatted(element: etree._Element) -> None:
    text = "".join(element.itertext())
    names = " ".join(
        [
            element.get("class") or "",
            (element.getparent().get("class") if element.getparent() is not None else "") or "",
        ]
    )
    if element.find(".//code") is not None or _CODE_CLASS.search(names) or looks_like_code(text):
        element.text = settable(f"{CODE} {element.text or ''}")
        return
    for child in list(element):
        element.remove(child)
    element.tag, element.text = "div", None
    for paragraph in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.strip("\n")):
        part = etree.SubElement(element, "p")
        for number, line in enumerate(paragraph.split("\n")):
            if number:
                etree.SubElement(part, "br").tail = settable(line)
            else:
                part.text = settable(line)


def looks_like_code(text: str) -> bool:
    """Tell whether a third of the lines have a form found in programs only."""
    lines = [line[:500] for line in text.splitlines()[:200] if line.strip()]
    return 3 * sum(bool(_CODE_LINE.search(line)) for line in lines) >= max(1, len(lines))
