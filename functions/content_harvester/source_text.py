"""Plain text and Markdown, which plain text nearly always is: what is to be read aloud of it, and its title.

https://spec.commonmark.org/. Code, HTML and pictures are left out, links keep their words. An indented line is a line
of text here and not code, as people indent paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from functions.content_harvester.charsets import decode
from functions.content_harvester.source import Document, Source

_MAX_TITLE = 120


def read_text(document: Document) -> Source:
    """The text of a plain or Markdown file. Raises Unreadable."""
    text = decode(document.data, document.charset)
    front_matter, text = _front_matter(text)
    title = ""
    paragraphs: list[str] = []
    for kind, paragraph in _blocks(text):
        if kind == "heading" and not title and not paragraphs:
            title = paragraph
        else:
            paragraphs.append(paragraph)
    if not title and len(paragraphs) > 1 and _reads_as_title(paragraphs[0]):
        title = paragraphs.pop(0)
    return Source.of(
        "\n\n".join(paragraphs),
        title=front_matter.get("title") or title,
        url=document.url,
        author=front_matter.get("author"),
        date=front_matter.get("date"),
    )


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The simple `name: value` lines of a YAML header, and the text after it."""
    found = re.match(r"---\s*\n(.{0,4000}?)\n---\s*\n", text, re.DOTALL)
    if not found:
        return {}, text
    values = re.findall(r"^(\w+):[ \t]*[\"']?(.+?)[\"']?[ \t]*$", found[1], re.MULTILINE)
    return {name.lower(): value for name, value in values}, text[found.end() :]


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Each heading and each paragraph, as ("heading" or "paragraph", its words)."""
    tokens = MarkdownIt("commonmark").enable("table").disable("code").parse(text)
    for before, token in pairwise(tokens):
        if token.type == "inline" and before.type in {"heading_open", "paragraph_open"}:
            words = "".join(map(_words, token.children or ())).strip()
            if words:
                yield before.type.removesuffix("_open"), words


def _words(token: Token) -> str:
    match token.type:
        case "text" | "code_inline" | "text_special":
            return token.content
        case "softbreak" | "hardbreak":
            return " "
        case _:
            return ""


def _reads_as_title(paragraph: str) -> bool:
    return len(paragraph) <= _MAX_TITLE and paragraph[-1] not in ".!:;,"
