"""A Word document's text (ECMA-376, Office Open XML)."""

from __future__ import annotations

import io
import zipfile

import docx
from docx.opc.exceptions import PackageNotFoundError
from lxml.etree import LxmlError

from functions.content_harvester.archives import open_archive
from functions.content_harvester.source import Document, Source, Unreadable


def read_docx(document: Document) -> Source:
    """The paragraphs of a DOCX file, tables left out. Raises Unreadable."""
    open_archive(document.data).close()
    try:
        opened = docx.Document(io.BytesIO(document.data))
        paragraphs = [(paragraph.text, paragraph.style) for paragraph in opened.paragraphs]
        facts = opened.core_properties
        title, author, date = facts.title, facts.author, facts.modified or facts.created
    except (PackageNotFoundError, LxmlError, KeyError, ValueError, zipfile.BadZipFile):
        raise Unreadable("source_unreadable", "This Word document is damaged.") from None
    for number, (text, style) in enumerate(paragraphs):
        if style is not None and style.name == "Title" and text.strip():
            title = title or text
            del paragraphs[number]
            break
    return Source.of(
        "\n\n".join(text for text, _ in paragraphs),
        title=title or document.stem,
        url=document.url,
        author=author,
        date=date.date().isoformat() if date else None,
    )
