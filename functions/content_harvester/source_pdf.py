"""A PDF's text, as a person would read it aloud. PDFium draws what ISO 32000 means; pages and blocks are ours."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime

import pypdfium2 as pdfium
from pypdfium2 import raw

from common.contract import MAX_TEXT_CHARACTERS
from common.text.blocks import BlockKind
from functions.content_harvester.pdf_blocks import Found, find_blocks
from functions.content_harvester.pdf_front import WORK
from functions.content_harvester.pdf_page import Page, read_page
from functions.content_harvester.source import OCR, Document, Source, Unreadable

MAX_PAGES = 1_000
_MOST_FIELDS = 5_000
"""A page with more is no form that anybody filled in; its text is read alone."""
_NO_AUTHOR = re.compile(
    r"|[a-z0-9./_-]+|(?i:admin(?:istrator)?|user|authors?|unknown|anonymous|owner|default|"
    r".*\b(?:press|publish\w*|journals?|verlag|elsevier|springer|wiley|ieee|acm|arxiv|jstor|ssrn|researchgate)\b.*|"
    r"association (?:for|of)\b.*)"
)
"""The name of an account, of nobody, or of who publishes."""
_NO_TITLE = re.compile(
    r"untitled|(?:microsoft )?(?:word|powerpoint|excel)\b.*|.*\.(?:docx?|dvi|tex|pdf|indd|qxd|ps|rtf|odt|pptx?|xlsx?|"
    r"txt|html?)|title|document\d*|slide \d+|\S*[\d_]\S*|<.*>|no job name|notes|proceedings of.*|arxiv:.*|.{1,2}|"
    r"[a-z]+(?:-[a-z]+)+|(?:final|draft|template|print|scan)\b.*|[\W\d_]+|.*\b\d+\.\.\d+|doi:.*",
    re.IGNORECASE,
)

_NO_TEXT = f"There is no text in this PDF: its pages are pictures. {OCR} can add it."

_NO_LETTERS = (
    "The fonts of this PDF do not say which letters they show: what can be read of it is signs without a meaning. "
    f"{OCR} can read its pages as pictures."
)


def read_pdf(document: Document) -> Source:
    """Return the text of a PDF. Raises Unreadable."""
    try:
        opened = pdfium.PdfDocument(document.data)
    except pdfium.PdfiumError as error:
        if error.err_code == raw.FPDF_ERR_PASSWORD:
            raise Unreadable("source_unreadable", "This PDF is locked with a password.") from None
        raise Unreadable("source_unreadable", "This PDF is damaged.") from None
    with closing(opened):
        if len(opened) > MAX_PAGES:
            raise Unreadable("source_too_large", f"This PDF has more than {MAX_PAGES:,} pages.")
        damaged = Counter[str]()
        pages = list(_pages(opened, damaged))
        facts = opened.get_metadata_dict()
    if not pages and damaged:
        raise Unreadable("source_unreadable", "This PDF is damaged.")
    if _is_unmapped(pages):
        raise Unreadable("source_unreadable", _NO_LETTERS)
    found = find_blocks(pages) if pages else Found([], "", Counter())
    if not found.blocks:
        written = any(page.lines for page in pages)
        raise Unreadable("source_empty", "There are only figures in this PDF." if written else _NO_TEXT)
    while found.blocks[-1].kind is BlockKind.HEADING and len(found.blocks) > 1:  # over what is left out
        found.blocks.pop()
    return Source.of_blocks(
        found.blocks,
        title=_title(facts.get("Title", ""), found) or document.stem,
        url=document.url,
        author=_author(facts.get("Author", "")),
        date=_day(facts.get("CreationDate")),
        left_out=found.left_out + damaged,
    )


def _pages(opened: pdfium.PdfDocument, damaged: Counter[str]) -> Iterator[Page]:
    """Yield the pages that can be read. Raises Unreadable, once there is more text than any source may have."""
    characters = 0
    gutter = None
    for number in range(len(opened)):
        read = _read(opened, number, gutter)
        if read is None:
            damaged["damaged page"] += 1
            continue
        gutter = read.gutter
        characters += sum(len(line.text) for line in read.lines)
        if characters > 2 * MAX_TEXT_CHARACTERS:
            raise Unreadable("source_too_large", f"It has more than {MAX_TEXT_CHARACTERS:,} characters of text.")
        yield read


def _read(opened: pdfium.PdfDocument, number: int, gutter: float | None) -> Page | None:
    """Return a page with the entries of its form and its annotations; None for a damaged page.

    What annotations look like is no part of a page's own content (ISO 32000, 12.5.5). Made a part of it by PDFium, the
    letters of some pages are lost, which are read without.
    """
    page = raw.FPDF_LoadPage(opened, number)
    if not page:
        return None
    read = read_page(page, number, gutter)
    fields = raw.FPDFPage_GetAnnotCount(page)
    is_written = fields <= _MOST_FIELDS and any(_is_written(page, at) for at in range(fields))
    if is_written:
        raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
    raw.FPDF_ClosePage(page)
    page = raw.FPDF_LoadPage(opened, number) if is_written else None
    if not page:
        return read
    filled_in = read_page(page, number, gutter)
    raw.FPDF_ClosePage(page)
    return filled_in if _unknown(filled_in) <= _unknown(read) else read


def _is_written(page: raw.FPDF_PAGE, at: int) -> bool:
    annotation = raw.FPDFPage_GetAnnot(page, at)
    if not annotation:
        return False
    kind = raw.FPDFAnnot_GetSubtype(annotation)
    raw.FPDFPage_CloseAnnot(annotation)
    return kind in {raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT}


def _is_unmapped(pages: Sequence[Page]) -> bool:
    """Tell whether so many letters are control codes or none at all that the fonts map to no letters (ISO 32000,
    9.10)."""
    letters = sum(not letter.isspace() for page in pages for line in page.lines for letter in line.text)
    return sum(map(_unknown, pages)) > 0.1 * letters


def _unknown(page: Page) -> int:
    """Return the number of letters that are none."""
    return sum(
        letter == "\ufffd" or unicodedata.category(letter) in {"Cc", "Cn"}
        for line in page.lines
        for letter in line.text
    )


def _title(told: str, found: Found) -> str:
    """Return the document's own title, unless left over from the program that wrote the file; else the title as set."""
    told = " ".join(told.split())
    if not told or _NO_TITLE.fullmatch(told):
        return found.title
    if found.title and (work := WORK.match(told)) and not re.match(r"\s*[:–-]|\w", told[work.end() :]):
        return found.title  # "Diplomarbeit Ann Other"
    first = " ".join([found.title, *(block.text for block in found.blocks[:8])]).lower()
    begun = re.match(re.escape(found.title) + r"\s+[-–|]\s+", told, re.IGNORECASE) if found.title else None
    behind = told[begun.end() :] if begun else told  # "The lamp - Journal of Light, Transactions on"
    words = re.findall(r"[^\W\d_]{3,}", behind.lower())
    if found.title and words and sum(word in first for word in words) * 2 < len(words):
        return found.title
    if len(words) < 3 <= len(found.title.split()) and not any(word in found.title.lower() for word in words):
        return found.title  # "System model", left over from what was written before
    return told


def _author(told: str) -> str | None:
    """Tell who wrote the document, unless that is the name of an account or of a publisher."""
    told = " ".join(told.replace("{", "").replace("}", "").split())
    return None if _NO_AUTHOR.fullmatch(told) else told


def _day(raw_date: str | None) -> str | None:
    found = re.match(r"D:(\d{8})", raw_date or "")
    try:
        return datetime.strptime(found[1], "%Y%m%d").date().isoformat() if found else None
    except ValueError:
        return None
