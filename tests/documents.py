"""Small documents of each kind, made by the usual programs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import docx
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from functions.content_harvester.source import Document

TIDES = (
    "Twice a day, along most of the world's coasts, the sea walks up the beach and walks away again.",
    "Tides are caused by the gravity of the Moon and, to a lesser degree, of the Sun.",
    "As the Earth turns, each coast passes through both bulges in the course of a day.",
    "These strong tides are called spring tides, although they have nothing to do with the season.",
)


def case(name: str) -> bytes:
    """A document from a past failure, as handed in."""
    return (Path(__file__).parent / "unit" / "sources" / name).read_bytes()


def webpage(markup: str | bytes, content_type: str = "text/html; charset=utf-8") -> Document:
    data = markup.encode() if isinstance(markup, str) else markup
    return Document(data, content_type, "tides", "https://sea.example/tides")


def pdf(*pages: list[str], title: str = "", password: str = "") -> Document:
    """A PDF with these lines of text on its pages."""
    writer = PdfWriter()
    font = DictionaryObject(
        {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
         NameObject("/BaseFont"): NameObject("/Helvetica")}
    )  # fmt: skip
    for lines in pages:
        page = writer.add_blank_page(612, 792)
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
        )
        content = DecodedStreamObject()
        shown = "".join(f"({line}) Tj 0 -14 Td " for line in lines)
        content.set_data(f"BT /F1 12 Tf 72 720 Td {shown} ET".encode("latin-1"))
        page[NameObject("/Contents")] = writer._add_object(content)
    if title:
        writer.add_metadata({"/Title": title, "/Author": "Jane Doe", "/CreationDate": "D:20250304120000Z"})
    if password:
        writer.encrypt(password)
    written = io.BytesIO()
    writer.write(written)
    return Document(written.getvalue(), "application/pdf", "tides.pdf")


def word(*texts: str, title: str = "") -> bytes:
    written = io.BytesIO()
    document = docx.Document()
    document.core_properties.author = "Jane Doe"
    if title:
        document.add_heading(title, 0)
    for text in texts:
        document.add_paragraph(text)
    document.add_table(1, 1).cell(0, 0).text = "a table"
    document.save(written)
    return written.getvalue()


def epub(*chapters: str, spine: str = "", mimetype: bytes = b"application/epub+zip") -> bytes:
    items = "".join(
        f'<item id="c{n}" href="text/c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(chapters))
    )
    spine = spine or "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    files = {
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<metadata><dc:title>Tides</dc:title><dc:creator>Jane Doe</dc:creator><dc:date>2025-03-04T00:00</dc:date>"
        f"</metadata><manifest>{items}</manifest><spine>{spine}</spine></package>",
        **{
            f"OEBPS/text/c{n}.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><body>{chapter}</body></html>'
            for n, chapter in enumerate(chapters)
        },
    }
    return archive(files, mimetype)


def archive(files: dict[str, str], mimetype: bytes = b"") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as opened:
        if mimetype:
            opened.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        for name, content in files.items():
            opened.writestr(name, content)
    return written.getvalue()


PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass(frozen=True)
class PdfText:
    """A line of text at its place on a page, in points from the lower left corner."""

    text: str
    x: float
    y: float
    size: float
    font: str = "Helvetica"
    turned: bool = False
    matrix: str = "1 0 0 1"
    """How it is turned, slanted and stretched (ISO 32000, 9.4.4), unless it is `turned` by a quarter."""

    def drawn(self) -> str:
        shown = self.text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        matrix = "0 1 -1 0" if self.turned else self.matrix
        return f"BT /{self.font} {self.size} Tf {matrix} {self.x} {self.y} Tm ({shown}) Tj ET"


@dataclass(frozen=True)
class PdfBox:
    """A rectangle with a border, its corner lower left in points; without a height or a width a line."""

    x: float
    y: float
    width: float
    height: float
    filled: bool = False

    def drawn(self) -> str:
        if self.filled:
            return f"0.9 g {self.x} {self.y} {self.width} {self.height} re f 0 g"
        if self.width and self.height:
            return f"{self.x} {self.y} {self.width} {self.height} re S"
        return f"{self.x} {self.y} m {self.x + self.width} {self.y + self.height} l S"


def laid_out_pdf(
    *pages: Sequence[PdfText | PdfBox],
    size: tuple[float, float] = (612, 792),
    title: str | None = None,
    author: str | None = None,
    indirect_date: bool = False,
    broken: int | None = None,
    ascent: int | None = None,
) -> Document:
    """A PDF of pages with positioned text, and boxes; that of the page numbered `broken` cannot be had.

    With `ascent` its fonts say that their letters reach so high, in thousandths of their size.
    """
    writer = PdfWriter()
    fonts = DictionaryObject()
    for name in {text.font for page in pages for text in page if isinstance(text, PdfText)}:
        font = DictionaryObject(
            {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
             NameObject("/BaseFont"): NameObject(f"/{name}"), NameObject("/Encoding"): NameObject("/WinAnsiEncoding")}
        )  # fmt: skip
        if ascent is not None:
            font[NameObject("/FontDescriptor")] = DictionaryObject(
                {NameObject("/Type"): NameObject("/FontDescriptor"), NameObject("/FontName"): NameObject(f"/{name}"),
                 NameObject("/Flags"): NumberObject(32), NameObject("/Ascent"): NumberObject(ascent),
                 NameObject("/Descent"): NumberObject(-ascent // 4)}
            )  # fmt: skip
        fonts[NameObject(f"/{name}")] = font
    for texts in pages:
        page = writer.add_blank_page(*size)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        content = DecodedStreamObject()
        content.set_data("\n".join(text.drawn() for text in texts).encode("cp1252"))
        page[NameObject("/Contents")] = writer._add_object(content)
    if broken is not None:
        writer.pages[broken][NameObject("/Type")] = NameObject("/Nothing")
    if title is not None:
        writer.add_metadata({"/Title": title})
    if author is not None:
        writer.add_metadata({"/Author": author})
    if indirect_date:
        date = writer._add_object(TextStringObject("D:20250304120000Z"))
        writer._info[NameObject("/CreationDate")] = date  # type: ignore[index]
    written = io.BytesIO()
    writer.write(written)
    return Document(written.getvalue(), "application/pdf", "lamp.pdf")


_STYLES = {
    "Title": "Title", "Heading1": "heading 1", "Heading2": "heading 2", "TOC1": "toc 1", "Caption": "caption",
    "ListBullet": "List Bullet", "Quote": "Quote",
}  # fmt: skip


def word_xml(body: str, *, strict: bool = False, title: str = "") -> bytes:
    """A DOCX file whose body is written out, in `w:` and `m:` elements; Strict Open XML has names of its own."""
    word = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    words = word if strict else "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    office = (
        "http://purl.oclc.org/ooxml/officeDocument"
        if strict
        else "http://schemas.openxmlformats.org/officeDocument/2006"
    )
    names = f'xmlns:w="{words}" xmlns:m="{office}/math" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{style}"><w:name w:val="{name}"/></w:style>'
        for style, name in _STYLES.items()
    )
    relation = '<Relationship Id="{}" Type="' + office + '/relationships/{}" Target="{}"/>'
    package = "http://schemas.openxmlformats.org/package/2006"
    return archive(
        {
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
            f"{relation.format('r1', 'officeDocument', 'word/document.xml')}</Relationships>",
            "word/document.xml": f"<w:document {names}><w:body>{body}<w:sectPr/></w:body></w:document>",
            "word/styles.xml": f"<w:styles {names}>{styles}</w:styles>",
            "word/_rels/document.xml.rels": f'<Relationships xmlns="{package}/relationships">'
            f"{relation.format('r1', 'styles', 'styles.xml')}</Relationships>",
            "docProps/core.xml": f'<c:coreProperties xmlns:c="{package}/metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></c:coreProperties>',
        }
    )


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*parts: str, style: str = "") -> str:
    style = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{style}{''.join(part if part.startswith('<') else run(part) for part in parts)}</w:p>"


def table(*rows: tuple[str, ...]) -> str:
    cells = (
        "".join(f"<w:tc>{cell if cell.startswith('<') else paragraph(cell)}</w:tc>" for cell in row) for row in rows
    )
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def presentation(*slides: str, notes: str = "") -> bytes:
    """A PPTX file of these slides, each the shapes on it in `p:` and `a:` elements."""
    names = (
        'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    numbers = range(1, len(slides) + 1)
    order = "".join(f'<p:sldId id="{255 + number}" r:id="r{number}"/>' for number in reversed(numbers))
    targets = "".join(f'<Relationship Id="r{n}" Type="{kind}/slide" Target="slides/slide{n}.xml"/>' for n in numbers)
    files = {
        "ppt/presentation.xml": f"<p:presentation {names}><p:sldIdLst>{order}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": f"<Relationships {relations}>{targets}</Relationships>",
    }
    for number, shapes in zip(numbers, slides, strict=True):
        tree = f"<p:cSld><p:spTree>{shapes}</p:spTree></p:cSld>"
        files[f"ppt/slides/slide{number}.xml"] = f"<p:sld {names}>{tree}</p:sld>"
        if notes:
            target = f'<Relationship Id="n" Type="{kind}/notesSlide" Target="../notesSlides/n.xml"/>'
            files[f"ppt/slides/_rels/slide{number}.xml.rels"] = f"<Relationships {relations}>{target}</Relationships>"
            said = f"<p:cSld><p:spTree>{shape('body', notes)}</p:spTree></p:cSld>"
            files["ppt/notesSlides/n.xml"] = f"<p:notes {names}>{said}</p:notes>"
    return archive(files)


def shape(kind: str, *texts: str) -> str:
    paragraphs = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in texts)
    place = f'<p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>'
    return f"<p:sp>{place}<p:txBody>{paragraphs}</p:txBody></p:sp>"


def open_document(body: str, kind: str = "text", before: str = "") -> bytes:
    """An OpenDocument whose text, slides or sheets are written out, and what is `before` its body."""
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "style", "draw", "presentation")
    )
    names += ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    content = (
        f"<office:document-content {names}>{before}<office:body><office:{kind}>{body}</office:{kind}></office:body>"
    )
    mimetype = f"application/vnd.oasis.opendocument.{kind}".encode()
    return archive({"content.xml": f"{content}</office:document-content>"}, mimetype)


def with_files(data: bytes, files: dict[str, bytes]) -> bytes:
    """An archive with further files in it, or others of the same names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(packed, "w") as made:
        kept = {name: given.read(name) for name in given.namelist()}
        for name, content in (kept | files).items():
            made.writestr(name, content)
    return packed.getvalue()
