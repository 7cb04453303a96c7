"""Office documents as they are heard: DOCX, PPTX, OpenDocument, RTF and spreadsheets."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import openpyxl
import pytest

from common.text.blocks import Block, BlockKind
from common.text.tables import sentences_of, spread
from functions.content_harvester.kinds import kind_of
from functions.content_harvester.sandbox import read
from functions.content_harvester.source import Document, Source, Unreadable
from tests.documents import archive, open_document, paragraph, presentation, run, shape, table, with_files, word_xml

EVENING = "The keeper climbed the tower each evening and lit the lamp."
KEY = "Nobody else had the key to the stair."


def only(data: bytes | str, name: str = "lamp", content_type: str = "") -> Source:
    document = Document(data if isinstance(data, bytes) else data.encode(), content_type, name)
    (source,) = read(kind_of(document), document).sources
    return source


def control(content: str) -> str:
    return f"<w:sdt><w:sdtPr/><w:sdtContent>{content}</w:sdtContent></w:sdt>"


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("parts", "heard"),
    [
        (["The lamp was ", f'<w:ins w:id="1">{run("not ")}</w:ins>', "lit."], "The lamp was not lit."),
        (["The lamp was ", f"<w:del>{run('never ')}</w:del>", "lit."], "The lamp was lit."),
        (["She is ", control(run("Ann Other")), "."], "She is Ann Other."),
        (["See ", f'<w:fldSimple w:instr="REF x">{run("page 4")}</w:fldSimple>', "."], "See page 4."),
        (["See ", "<w:r><w:instrText>REF x</w:instrText></w:r>", "page 4."], "See page 4."),
        (["The ", f"<w:smartTag>{run('Whitby')}</w:smartTag>", " lamp."], "The Whitby lamp."),
        (["The ", f"<w:hyperlink>{run('harbour')}</w:hyperlink>", " lamp."], "The harbour lamp."),
        (["A", "<w:r><w:tab/></w:r>", "well", "<w:r><w:noBreakHyphen/></w:r>", "lit lamp."], "A well-lit lamp."),
        (["Shown", "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>", " lamp."], "Shown lamp."),
        (["It falls with ", "<m:oMath><m:r><m:t>d^2</m:t></m:r></m:oMath>", " alone."], "It falls with d² alone."),
    ],
)
def test_every_word_of_a_sentence_is_heard(parts: list[str], heard: str, strict: bool) -> None:
    assert only(word_xml(paragraph(EVENING) + paragraph(*parts), strict=strict)).text == f"{EVENING}\n\n{heard}"


@pytest.mark.parametrize(
    "body",
    [
        control(paragraph(EVENING) + paragraph(KEY)),
        table((paragraph(EVENING) + paragraph(KEY),)),
        table((paragraph(EVENING) + paragraph("Left."), paragraph(KEY) + paragraph("Right."))),
        paragraph(EVENING, f"<w:r><w:pict><w:txbxContent>{paragraph(KEY)}</w:txbxContent></w:pict></w:r>"),
        paragraph(
            EVENING,
            f"<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>{paragraph(KEY)}</w:txbxContent></mc:Choice>"
            f"<mc:Fallback><w:txbxContent>{paragraph(KEY)}</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>",
        ),
    ],
)
def test_text_is_heard_once_whatever_frames_it(body: str) -> None:
    text = only(word_xml(body)).text
    assert (text.count(EVENING), text.count(KEY)) == (1, 1)


def test_a_sentence_with_a_formula_is_left_out_whole() -> None:
    source = only(word_xml(paragraph(EVENING, " It is ", "<m:oMath><m:r><m:t>a=b+c</m:t></m:r></m:oMath>", " wide.")))
    assert (source.text, source.left_out) == (EVENING, {"math": 1})


def test_headings_lists_and_contents_are_told_by_their_styles() -> None:
    body = (
        paragraph("The lamp", style="Heading1") + paragraph("The lamp 3", style="TOC1") + paragraph(EVENING)
        + paragraph("Oil", style="Heading2") + paragraph("One jar", style="ListBullet")
        + paragraph("Figure 1: a jar", style="Caption") + paragraph(KEY, style="Quote")
    )  # fmt: skip
    source = only(word_xml(body))
    assert source.title == "The lamp"
    assert source.left_out == {"contents": 1, "caption": 1}
    assert source.blocks == (
        Block(BlockKind.PARAGRAPH, EVENING),
        Block(BlockKind.HEADING, "Oil", 2),
        Block(BlockKind.ITEM, "One jar", 1),
        Block(BlockKind.QUOTATION, KEY),
    )


@pytest.mark.parametrize(
    ("properties", "style", "title"),
    [
        ("The book", "", "The book"),
        ("Document1", "Heading1", "Set"),
        ("", "Title", "Set"),
        ("", "", "lamp"),
        ("Old", "Title", "Set"),
    ],
)
def test_the_title_is_the_one_that_a_reader_sees(properties: str, style: str, title: str) -> None:
    body = (paragraph("Set", style=style) if style else "") + paragraph(EVENING)
    assert only(word_xml(body, title=properties), "lamp.docx").title == title


def test_a_small_table_is_told_and_a_large_one_counted() -> None:
    fees = table(("Season", "Fee"), ("Summer", "four shillings a night"), ("Winter", "nothing at all"))
    large = table(*[(f"{row}", "boats") for row in range(40)])
    source = only(word_xml(paragraph(EVENING * 20) + fees + large))
    assert source.text.endswith("Season: Summer, Fee: four shillings a night.\n\nSeason: Winter, Fee: nothing at all.")
    assert source.left_out == {"table": 1}
    assert "39: boats." in only(word_xml(large)).text  # where there is nothing else, it is told


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("Name", "Ann Other"), ("Born", "Whitby")], ["Name: Ann Other.", "Born: Whitby."]),
        (
            [("", "Oil", "Gas"), ("1936", "3", "4"), ("1937", "2", "5")],
            ["1936, Oil: 3, Gas: 4.", "1937, Oil: 2, Gas: 5."],
        ),
        ([("1", "2"), ("3", "4")], None),
        ([], None),
    ],
)
def test_a_row_is_a_sentence(rows: list[tuple[str, ...]], told: list[str] | None) -> None:
    assert sentences_of(rows) == told


def test_the_words_of_a_diagram_on_a_slide_are_heard() -> None:
    frame = '<p:graphicFrame><d:relIds xmlns:d="urn:d" r:dm="rId9"/></p:graphicFrame>'
    points = "".join(
        f"<d:pt><d:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></d:t></d:pt>" for text in ("Ebb", "", "Flood")
    )
    rels = (
        '<Relationships><Relationship Id="rId9" Type="x/diagramData" Target="../diagrams/data1.xml"/></Relationships>'
    )
    parts = {
        "ppt/diagrams/data1.xml": f'<d:m xmlns:d="urn:d" xmlns:a="urn:a">{points}</d:m>'.encode(),
        "ppt/slides/_rels/slide1.xml.rels": rels.encode(),
    }
    slides = presentation(shape("title", "The tide") + frame)
    assert [block.text for block in only(with_files(slides, parts)).blocks] == ["Ebb", "Flood"]


def test_the_words_of_a_diagram_in_a_text_are_heard_below_it() -> None:
    frame = '<w:r><w:drawing><d:relIds xmlns:d="urn:d" xmlns:o="urn:o" o:dm="rId9"/></w:drawing></w:r>'
    points = "".join(
        f"<d:pt><d:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></d:t></d:pt>" for text in ("Ebb", "", "Flood")
    )
    rels = '<Relationships><Relationship Id="rId9" Type="x/diagramData" Target="diagrams/data1.xml"/></Relationships>'
    parts = {
        "word/diagrams/data1.xml": f'<d:m xmlns:d="urn:d" xmlns:a="urn:a">{points}</d:m>'.encode(),
        "word/_rels/document.xml.rels": rels.encode(),
    }
    blocks = only(with_files(word_xml(paragraph(EVENING) + paragraph(frame) + paragraph(KEY)), parts)).blocks
    assert [block.text for block in blocks] == [EVENING, "Ebb", "Flood", KEY]


def test_a_picture_in_rtf_of_unknown_length_is_no_reason_to_refuse_the_text() -> None:
    assert only(rf"{{\rtf1 {EVENING}\par{{\pict\bin ffd8ff}}\par {KEY}}}", "lamp.rtf").text == f"{EVENING}\n\n{KEY}"


def merged(cells: Sequence[str]) -> str:
    """A row of cells: "2:Ann" is over two columns, and "^" goes on from above."""
    told = []
    for cell in cells:
        span, _, text = cell.rpartition(":")
        properties = f'<w:gridSpan w:val="{span or 1}"/>' + ("<w:vMerge/>" if text == "^" else "")
        told.append(f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph('' if text == '^' else text)}</w:tc>")
    return f"<w:tr>{''.join(told)}</w:tr>"


@pytest.mark.parametrize(
    ("rows", "heard"),
    [
        ([["3:Fees of the lamp"], ["Season", "Fee", "By"], ["Summer", "four", "ship"], ["Winter", "two", "boat"]],
         ["Fees of the lamp.", "Season: Summer, Fee: four, By: ship.", "Season: Winter, Fee: two, By: boat."]),
        ([["Season", "Fee", "By"], ["3:On paper"], ["Summer", "four", "ship"], ["Winter", "2:nothing"]],
         ["On paper.", "Season: Summer, Fee: four, By: ship.", "Season: Winter, Fee: nothing."]),
        ([["Season", "Fee", "By"], ["2:any", "ship"], ["Winter", "two", "boat"]],
         ["Season: any, By: ship.", "Season: Winter, Fee: two, By: boat."]),
        ([["Season", "2:", "Fee"], ["Summer", "2:", "four"], ["Winter", "2:", "two shillings a night"]],
         ["Season: Summer, Fee: four.", "Season: Winter, Fee: two shillings a night."]),
    ],
    ids=["title", "group", "columns", "gap"],
)  # fmt: skip
def test_a_cell_over_several_columns_is_below_its_own(rows: list[list[str]], heard: list[str]) -> None:
    body = f"<w:tbl>{''.join(map(merged, rows))}</w:tbl>"
    assert [block.text for block in only(word_xml(paragraph(EVENING) + body)).blocks][1:] == heard


def test_what_stands_beside_several_rows_is_said_with_each_unless_it_is_long() -> None:
    deep = [[("Day", 1, 1), ("Time", 1, 1), ("For", 1, 1)], [("Monday", 1, 2), ("9:00", 1, 1), ("all " * 20, 1, 2)],
            [("10:00", 1, 1)], [("Friday", 1, 1), ("9:00", 1, 1), ("some", 1, 1)]]  # fmt: skip
    told = sentences_of(spread(deep))
    assert told is not None
    assert told[1:] == ["Day: Monday, Time: 10:00.", "Day: Friday, Time: 9:00, For: some."]


def test_spans_beyond_all_columns_and_rows_cost_little() -> None:
    assert len(spread([[("a", 10**9, 10**9)] * 50, [("b", 1, 1)]])) == 2


def test_an_open_document_may_be_flat() -> None:
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    names += ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    body = f"<office:body><office:text><text:p>{EVENING}</text:p></office:text></office:body>"
    flat = (
        f"<?xml version='1.0'?><office:document {names}><office:meta><dc:title>The lamp</dc:title></office:meta>{body}"
    )
    source = only(f"{flat}</office:document>", "lamp.fodt")
    assert (source.title, source.text) == ("The lamp", EVENING)


@pytest.mark.parametrize("name", ["Reference list", "Literaturliste", "Liste de références", "Lista de referencias"])
def test_a_list_of_references_is_left_out_with_its_heading_whatever_that_calls_it(name: str) -> None:
    works = paragraph("Smith, D. (2013). Tides of the north. Climate Dynamics, 41, 3325.", style="Bibliography")
    source = only(word_xml(paragraph(EVENING) + paragraph(name, style="Heading1") + works))
    assert (source.text, source.left_out) == (EVENING, {"reference": 1})


CELL = "<table:table-cell>{}</table:table-cell>"


@pytest.mark.parametrize(
    ("cells", "heard"),
    [
        (["<text:p>Oil</text:p><text:p>and gas</text:p>", *(f"<text:p>{word}</text:p>" for word in ("four", "x", "y"))],
         ["Oil and gas: four.", "x: y."]),
        (["<text:p>Oil</text:p><text:p>Gas</text:p>", "<text:p>four</text:p><text:p>two</text:p>"],
         ["Oil", "Gas", "four", "two"]),
        ([f"<text:p>Oil</text:p><table:table><table:table-row>{CELL.format('<text:p>in</text:p>')}</table:table-row>"
          "</table:table>", "<text:p>four</text:p>"], ["Oil", "in", "four"]),
    ],
    ids=["paragraphs", "columns of text", "a table within"],
)  # fmt: skip
def test_what_a_cell_of_an_open_document_holds_is_told_once_and_apart(cells: list[str], heard: list[str]) -> None:
    pairs = [cells[number : number + 2] for number in range(0, len(cells), 2)]
    rows = "".join(f"<table:table-row>{''.join(map(CELL.format, pair))}</table:table-row>" for pair in pairs)
    body = f"<text:p>{EVENING}</text:p><table:table>{rows}</table:table>"
    assert [block.text for block in only(open_document(body)).blocks][1:] == heard


def test_slides_are_heard_in_the_order_in_which_they_are_shown() -> None:
    second = (
        shape("body", "Radar on the pier", "Fewer stops") + shape("title", "What we propose") + shape("sldNum", "2")
    )
    source = only(presentation(second, shape("ctrTitle", "Why the ferry is late"), notes=KEY))
    assert source.title == "Why the ferry is late"
    assert source.blocks == (
        Block(BlockKind.PARAGRAPH, KEY),
        Block(BlockKind.HEADING, "What we propose", 1),
        Block(BlockKind.ITEM, "Radar on the pier", 1),
        Block(BlockKind.ITEM, "Fewer stops", 1),
        Block(BlockKind.PARAGRAPH, KEY),
    )


def test_an_open_document_is_read() -> None:
    note = "<text:note><text:note-body><text:p>a note</text:p></text:note-body></text:note>"
    deleted = "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
    source = only(
        open_document(
            f'{deleted}<text:p text:style-name="Title">The lamp</text:p><text:h text:outline-level="2">Oil</text:h>'
            f"<text:p>The keeper<text:s/>climbed <text:span>the tower</text:span>.{note}</text:p>"
            "<text:list><text:list-item><text:p>One jar</text:p></text:list-item></text:list>"
        )
    )
    assert (source.title, source.left_out) == ("The lamp", {"footnote": 1})
    assert source.blocks == (
        Block(BlockKind.HEADING, "Oil", 2),
        Block(BlockKind.PARAGRAPH, "The keeper climbed the tower."),
        Block(BlockKind.ITEM, "One jar", 1),
    )


def test_an_open_presentation_is_its_slides() -> None:
    def frame(kind: str, text: str) -> str:
        return f'<draw:frame presentation:class="{kind}"><draw:text-box>{text}</draw:text-box></draw:frame>'

    def slide(title: str, *points: str) -> str:
        listed = "".join(f"<text:list-item><text:p>{point}</text:p></text:list-item>" for point in points)
        outline = frame("outline", f"<text:list>{listed}</text:list>")
        return f"<draw:page>{frame('title', f'<text:p>{title}</text:p>')}{outline}{frame('footer', '7')}</draw:page>"

    source = only(open_document(slide("The lamp", EVENING) + slide("The key", KEY), "presentation"))
    assert source.title == "The lamp"
    assert source.text == f"{EVENING}\n\nThe key\n\n{KEY}"


def test_an_open_spreadsheet_is_told_row_by_row_however_often_its_cells_are_repeated() -> None:
    def row(*cells: str) -> str:
        told = "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in cells)
        return f'<table:table-row>{told}<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'

    empty = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
    sheet = f'<table:table table:name="Lamps">{row("Place", "Height")}{row("Cape", "12")}{empty}</table:table>'
    assert only(open_document(sheet, "spreadsheet")).text == "Place: Cape, Height: 12."


def test_rich_text_is_read() -> None:
    source = only(
        r"{\rtf1\ansi{\info{\title The lamp}{\author Ann Other}}\pard L'\'e9t\'e9 \b came\b0 .\par \u8212? home.\par}"
    )
    assert (source.title, source.author) == ("The lamp", "Ann Other")
    assert source.text == "L'été came.\n\n— home."


def test_tables_and_items_of_rich_text_are_told_and_hidden_words_are_not() -> None:
    rows = "".join(
        rf"\trowd\cellx1\cellx2\cellx3 \intbl {a}\cell {b}\cell {c}\cell\row"
        for a, b, c in (("Boat", "Year", "Owner"), ("Anna", "1950", "Tom"), ("Zoe", "1960", "Max"))
    )
    words = (
        r"The lamp {\v not }is lit.{\deleted  Gone.}\par We need:\par 1.\tab sand\par 2.\tab stones\par either | or\par"
    )
    source = only(rf"{{\rtf1\ansi {words} {rows}\pard\par}}")
    assert [(block.kind, block.text) for block in source.blocks] == [
        (BlockKind.PARAGRAPH, "The lamp is lit."),
        (BlockKind.PARAGRAPH, "We need:"),
        (BlockKind.ITEM, "sand"),
        (BlockKind.ITEM, "stones"),
        (BlockKind.PARAGRAPH, "either | or"),
        (BlockKind.TABLE, "Boat: Anna, Year: 1950, Owner: Tom."),
        (BlockKind.TABLE, "Boat: Zoe, Year: 1960, Owner: Max."),
    ]


@pytest.mark.parametrize("parted", [",", ";", "\t"])
def test_a_spreadsheet_is_told_row_by_row(parted: str) -> None:
    rows = [("Year", "Height"), ("1951", "30 metres"), ("1952", "31 metres")]
    told = "Year: 1951, Height: 30 metres.\n\nYear: 1952, Height: 31 metres."
    assert only("\n".join(parted.join(row) for row in rows), "lamp.csv").text == told
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.create_sheet("Hidden").sheet_state = "hidden"
    written = io.BytesIO()
    workbook.save(written)
    source = only(written.getvalue(), "lamp.xlsx")
    assert (source.text, source.left_out) == (told, {"sheet": 1})


@pytest.mark.parametrize("strict", [False, True])
def test_a_workbook_is_read_in_either_form_with_who_wrote_it(strict: bool) -> None:
    workbook = openpyxl.Workbook()
    for row in [("The lamps of Whitby",), ("As counted in spring",), ("Year", "Height"), ("1951", "30 metres")]:
        workbook.active.append(row)
    workbook.properties.creator, workbook.properties.title = "Ann Other", "Lamps"
    written = io.BytesIO()
    workbook.save(written)
    data = written.getvalue()
    if strict:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            files = {name: opened.read(name) for name in opened.namelist()}
        for known, said in (
            ("http://schemas.openxmlformats.org/spreadsheetml/2006/", "http://purl.oclc.org/ooxml/spreadsheetml/"),
            ("http://schemas.openxmlformats.org/officeDocument/2006/", "http://purl.oclc.org/ooxml/officeDocument/"),
        ):
            files = {name: content.replace(known.encode(), said.encode()) for name, content in files.items()}
        data = archive({name: content.decode() for name, content in files.items()})
    source = only(data, "a.xlsx")
    assert (source.title, source.author) == ("Lamps", "Ann Other")
    assert source.text.split("\n\n") == [
        "The lamps of Whitby.",
        "As counted in spring.",
        "Year: 1951, Height: 30 metres.",
    ]


def test_a_style_of_programs_is_left_out_and_a_plain_heading_is_one() -> None:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{said}"/></w:style>'
        for name, said in (("H", "Heading"), ("C", "Source Code"), ("P", "Preformatted Text"))
    )
    body = "".join(
        [paragraph("Why", style="H"), paragraph(EVENING), paragraph("x = 1", style="C"),
         paragraph("y = f(x)", style="C"), paragraph(KEY, style="P"), paragraph(EVENING)]
    )  # fmt: skip
    data = word_xml(body)
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        known = opened.read("word/styles.xml")
    source = only(
        with_files(data, {"word/styles.xml": known.replace(b"</w:styles>", styles.encode() + b"</w:styles>")})
    )
    assert (source.title, source.text, source.left_out) == ("Why", f"{EVENING}\n\n{KEY}\n\n{EVENING}", {"code": 1})


def test_of_a_large_spreadsheet_what_is_not_told_is_counted() -> None:
    source = only("Place,Height\n" + "".join(f"place {row},{row} metres\n" for row in range(500)), "lamp.csv")
    assert source.left_out == {"row": 300}


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "picture"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "transcript"),
        (b"\0\0\0\x20ftypisom", "transcript"),
        (b"\0\0\0\x20ftypheic", "picture"),
        (b"ID3\x04\0", "transcript"),
        (bytes(60) + b"BOOKMOBI", "EPUB"),
        (b"%!PS-Adobe-3.0", "PDF"),
        (b"\x1f\x8b\x08\0", "ZIP"),
        (b"% of tides\n\\documentclass{article}", "PDF"),
        (b'<?xml version="1.0"?><opml><body/></opml>\n', "feeds"),
        (OLD_OFFICE, "old Office"),
        (OLD_OFFICE + "WordDocument".encode("utf-16-le"), "DOCX"),
        (OLD_OFFICE + "__substg1.0_1000001F".encode("utf-16-le"), "EML"),
        (archive({"Index/Document.iwa": "", "preview.jpg": ""}), "Pages"),
        (archive({"index.xml": "", "QuickLook/Preview.pdf": "%PDF-1.4"}), "Pages"),
        (OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "password"),
    ],
)
def test_what_cannot_be_read_is_called_by_its_name(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as raised:
        kind_of(Document(data))
    assert said in raised.value.detail


def test_deep_and_damaged_files_are_unreadable() -> None:
    deep = control("<w:p>" + "<w:smartTag>" * 5_000 + run(KEY) + "</w:smartTag>" * 5_000 + "</w:p>")
    for data in (word_xml(deep), word_xml("<w:p>")[:-30], word_xml("</w:p>")):
        with pytest.raises(Unreadable):
            only(data)


BUILT = "The harbour was built in 1795, and has been enlarged twice since."


def bold(text: str) -> str:
    return f"<w:r><w:rPr><w:b/></w:rPr><w:t>{text}</w:t></w:r>"


def test_a_word_document_set_by_hand_is_read_as_it_looks() -> None:
    parts = (bold("The harbour"), "by Jane Doe", bold("1. The quay"), BUILT, "We need:", "- sand", "- stones")
    listed = [bold("References"), "Berg, A. (2019). Harbours. Dover.", "Klein, T. (2020). Quays. Dover."]
    told = only(word_xml("".join(map(paragraph, [*parts, *listed]))))
    assert told.title == "The harbour"
    assert told.left_out == {"reference": 2}
    assert told.blocks == (
        Block(BlockKind.PARAGRAPH, "by Jane Doe"),
        Block(BlockKind.HEADING, "The quay", 2),
        Block(BlockKind.PARAGRAPH, BUILT),
        Block(BlockKind.PARAGRAPH, "We need:"),
        Block(BlockKind.ITEM, "sand", 1),
        Block(BlockKind.ITEM, "stones", 1),
    )


@pytest.mark.parametrize(
    "texts",
    [
        (bold("The quay is cracked."), BUILT),
        (bold("Note: ") + run("nobody was hurt"), BUILT),
        (bold("To be done:"), BUILT),
        (bold("Anna"), bold("Zoe")),
        ("- alone", BUILT),
        ("– Who is there?", "– Only me."),
        ("1936. A year.", "1938. Another."),
    ],
)
def test_what_is_bold_or_begins_with_a_sign_for_another_reason_is_a_paragraph(texts: tuple[str, ...]) -> None:
    told = only(word_xml("".join(map(paragraph, texts))))
    assert {block.kind for block in told.blocks} == {BlockKind.PARAGRAPH}


def test_an_open_document_set_by_hand_is_read_as_it_looks() -> None:
    styles = (
        '<office:automatic-styles><style:style style:name="T1"><style:text-properties fo:font-weight="bold"/>'
        "</style:style></office:automatic-styles>"
    )
    body = (
        f'<text:p>{BUILT}</text:p><text:p><text:span text:style-name="T1">The quay</text:span></text:p>'
        f"<text:p>{BUILT} Twice.</text:p><text:p>1) sand</text:p><text:p>2) stones</text:p>"
    )
    told = only(open_document(body, before=styles))
    assert [(block.kind, block.text) for block in told.blocks[1:]] == [
        (BlockKind.HEADING, "The quay"),
        (BlockKind.PARAGRAPH, f"{BUILT} Twice."),
        (BlockKind.ITEM, "sand"),
        (BlockKind.ITEM, "stones"),
    ]


def test_a_spreadsheet_is_told_as_it_shows_its_figures_and_with_its_title_once() -> None:
    workbook = openpyxl.Workbook()
    for row in (
        ["Boats of the harbour"],
        [],
        ["Boat", "Cost", "Share"],
        ["Gull", 1234.5, 0.25],
        ["Tern", 9.999, 0.1234],
    ):
        workbook.active.append(row)
    for number in (4, 5):
        workbook.active[f"B{number}"].number_format, workbook.active[f"C{number}"].number_format = (
            '#,##0.00 "€"',
            "0.0%",
        )
    written = io.BytesIO()
    workbook.save(written)
    assert [block.text for block in only(written.getvalue(), "boats.xlsx").blocks] == [
        "Boats of the harbour.", "Boat: Gull, Cost: 1234.50 €, Share: 25.0%.",
        "Boat: Tern, Cost: 10.00 €, Share: 12.3%.",
    ]  # fmt: skip
