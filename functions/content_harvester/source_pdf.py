"""A PDF's text, its lines joined to paragraphs again, without the headers and footers of its pages.

ISO 32000 knows letters at places, not paragraphs: what follows is what a reader's eye does.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections import Counter
from datetime import datetime
from itertools import chain

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from functions.content_harvester.source import Document, Source, Unreadable

MAX_PAGES = 1_000


def read_pdf(document: Document) -> Source:
    """The text of a PDF. Raises Unreadable."""
    try:
        reader = PdfReader(io.BytesIO(document.data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("source_unreadable", "This PDF is locked with a password.")
        if len(reader.pages) > MAX_PAGES:
            raise Unreadable("source_too_large", f"This PDF has more than {MAX_PAGES:,} pages.")
        pages = [page.extract_text().splitlines() for page in reader.pages]
        metadata = reader.metadata
    except PyPdfError:
        raise Unreadable("source_unreadable", "This PDF is damaged.") from None
    text = _paragraphs(_without_running_lines(pages))
    if not text:
        raise Unreadable("source_empty", "There is no text in this PDF: perhaps its pages are pictures.")
    return Source.of(
        text,
        title=(metadata.title if metadata else None) or document.stem,
        url=document.url,
        author=metadata.author if metadata else None,
        date=_day(metadata.creation_date_raw if metadata else None),
    )


def _without_running_lines(pages: list[list[str]]) -> list[list[str]]:
    """The pages without the first and last lines that return on most of them, page numbers apart."""
    edges = Counter(chain.from_iterable({_pattern(line) for line in (*page[:2], *page[-2:])} for page in pages))
    running = {pattern for pattern, times in edges.items() if times > 2 and times * 2 > len(pages)}
    return [[line for line in page if _pattern(line) not in running] for page in pages]


def _pattern(line: str) -> str:
    return re.sub(r"\d+", "#", line.strip())


def _paragraphs(pages: list[list[str]]) -> str:
    """Lines joined: a paragraph ends at a blank line, or at a line that ends a sentence well before the margin."""
    lines = [unicodedata.normalize("NFKC", line).strip() for page in pages for line in page]
    lengths = sorted(len(line) for line in lines if line)
    margin = lengths[len(lengths) * 3 // 4] if lengths else 0
    text = ""
    for line in lines:
        if not line:
            text = text.rstrip() + "\n\n"
        elif text.endswith("-") and line[0].islower():
            text = text[:-1] + line
        else:
            text += line
        if line and line[-1] in '.!?:”"»' and len(line) < 0.8 * margin:
            text += "\n\n"
        elif line and not text.endswith("-"):
            text += " "
    return text.strip()


def _day(raw: str | None) -> str | None:
    found = re.match(r"D:(\d{8})", raw or "")
    try:
        return datetime.strptime(found[1], "%Y%m%d").date().isoformat() if found else None
    except ValueError:
        return None
