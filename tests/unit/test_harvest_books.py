"""The heard parts of an e-book, however its pages are written, and the parts left out."""

from __future__ import annotations

import io
import zipfile

import pytest

from common.contract import MAX_TEXT_CHARACTERS, SourceKind
from common.text.blocks import Block, BlockKind
from functions.content_harvester import archives, markup
from functions.content_harvester.kinds import kind_of
from functions.content_harvester.source import Document, Source, Unreadable
from functions.content_harvester.source_epub import read_epub
from tests.documents import archive, epub

EVENING = "The keeper climbed the tower each evening and lit the lamp before the boats came home."
KEY = "Nobody else had the key to the stair."


def book(*chapters: str, spine: str = "") -> Source:
    return read_epub(Document(epub(*chapters, spine=spine), "application/epub+zip", "lamp.epub"))


@pytest.mark.parametrize("times", [2, 2_000])
def test_a_chapter_named_often_is_told_once(times: int) -> None:
    """An EPUB's spine may name a file once (EPUB 3.3, 5.7.2); a book of 50,000 names took all the time."""
    assert book(f"<p>{EVENING}</p>", spine='<itemref idref="c0"/>' * times).text == EVENING


def changed(data: bytes, **files: bytes | None) -> bytes:
    """An archive with files set anew, or left out, at its end."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        content = {name: opened.read(name) for name in opened.namelist()}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as opened:
        for name, old in content.items():
            if name not in files:
                opened.writestr(name, old)
        for name, new in files.items():
            if new is not None:
                opened.writestr(name, new)
    return written.getvalue()


@pytest.mark.parametrize(
    "page",
    [
        f"<div>{EVENING}</div><div>{KEY}</div>",
        f"<div>{EVENING}<p>{KEY}</p></div>",
        f"<h5>{EVENING}</h5><section>{KEY}</section>",
        f"<table><tr><td><p>{EVENING}</p></td></tr></table><center>{KEY}</center>",
        f"<blockquote><p>{EVENING}</p></blockquote><article><span>{KEY}</span></article>",
        f"<p>{EVENING.replace(' ', '   ' * 30, 3)}</p>\n\n<p>{KEY}</p>",
    ],
)
def test_text_is_read_once_whatever_it_stands_in(page: str) -> None:
    assert book(page).text == f"{EVENING}\n\n{KEY}"


def test_lists_terms_and_verse_are_what_they_are() -> None:
    page = (
        f"<h1>Rules</h1><p>{EVENING}</p><ol><li><p>Trim the wick.</p></li>"
        "<li>Never leave.<ul><li>Not once.</li></ul></li></ol><dl><dt>Wick</dt><dd>What burns.</dd></dl>"
        "<p>The lamp is lit upon the hill<br/>and all the boats are coming still</p>"
    )
    assert book(page).blocks == (
        Block(BlockKind.HEADING, "Rules", 1),
        Block(BlockKind.PARAGRAPH, EVENING),
        Block(BlockKind.ITEM, "Trim the wick.", 1, "1."),
        Block(BlockKind.ITEM, "Never leave.", 1, "2."),
        Block(BlockKind.ITEM, "Not once.", 2),
        Block(BlockKind.TERM, "Wick"),
        Block(BlockKind.DEFINITION, "What burns."),
        Block(BlockKind.VERSE, "The lamp is lit upon the hill\nand all the boats are coming still"),
    )


@pytest.mark.parametrize(
    "stanza",
    [
        '<div class="stanza"><div class="verse indent0">The sea is calm.</div>\n<div>the tide is full</div></div>',
        '<div class="x linegroup"><p class="line">The sea is <i>calm</i>.</p><p>the tide is full</p></div>',
        "<p>The sea is calm.<br/>the tide is full</p>",
    ],
)
def test_a_stanza_is_one_however_its_lines_are_set(stanza: str) -> None:
    told = book(f"<p>{EVENING}</p>{stanza}<p>{KEY}</p>").blocks
    assert told[1] == Block(BlockKind.VERSE, "The sea is calm.\nthe tide is full")
    assert [block.text for block in told[::2]] == [EVENING, KEY]


def test_signs_that_part_scenes_are_not_said() -> None:
    assert book(f"<p>{EVENING}</p><p>* * *</p><hr/><p>⁂</p><p>___</p><p>{KEY}</p>").text == f"{EVENING}\n\n{KEY}"


LISTS: dict[str, list[tuple[str, ...]]] = {
    "footnote": [
        ("Notes", "1. See Berg, p. 3.", "2 Ibid., p. 4."),
        ("Anmerkungen", '<a href="c0.xhtml#r1">1</a> Vgl. Berg, S. 3.'),
        ("Notes de bas de page", "[1] Voir Berg."),
        ("Notas al pie", "* Véase Berg.", "† Ibid."),
        ("Notas de rodapé", "1. Ver Berg."),
        ("Note a piè di pagina", "1. Cfr. Berg."),
    ],
    "reference": [
        ("Bibliography", "Berg, Ann. Lamps. Dover, 2019.", "Klein, Tom. Quays. https://quay.example/"),
        ("Literaturverzeichnis", "Berg, A. (2019): Lampen. Kiel."),
        ("Références bibliographiques", "Berg, A., 2019a. Lampes."),
        ("Bibliografía", "Berg, A. Lámparas. 1901."),
        ("Referências", "BERG, A. Lâmpadas. 1999."),
        ("Riferimenti bibliografici", "Berg, A., Lampade, 1850."),
    ],
    "index": [
        ("Index", "lamp, 3, 4–6, 19", "lighthouse, 1, 8", "quay, see harbour"),
        ("Sachregister", "Lampe 3", "Leuchtturm 1, 8f.", "Kai 7"),
        ("Índice analítico", "faro, 1, 8", "lámpara, 3", "muelle, 4–6"),
    ],
    "contents": [("Contents", "The lamp", "The boats", "The end"), ("Indice", "La lampada", "Le barche", "La fine")],
    "imprint": [("Also by Ann Berg", "Quays", "Boats"), ("Du même auteur", "Quais", "Bateaux")],
}


@pytest.mark.parametrize(("kind", "listed"), [(kind, one) for kind, several in LISTS.items() for one in several])
def test_lists_at_the_end_of_a_book_are_known_by_their_headings_and_their_form(
    kind: str, listed: tuple[str, ...]
) -> None:
    heading, *entries = listed
    page = f"<h2>{heading}</h2>" + "".join(f"<p>{entry}</p>" for entry in entries)
    for chapters in ([f"<h1>One</h1><p>{EVENING}</p>{page}"], [f"<h1>One</h1><p>{EVENING}</p>", page]):
        source = book(*chapters)
        assert source.text == f"One\n\n{EVENING}"
        assert source.left_out == {kind: len(entries) if kind in {"footnote", "reference"} else 1}


@pytest.mark.parametrize(
    "page",
    [
        f"<h2>Notes</h2><p>{EVENING}</p><p>{KEY}</p>",
        f"<h2>Index</h2><p>{EVENING}</p><p>{KEY}</p><p>lamp, 3</p>",
        f"<h2>References</h2><p>{EVENING}</p>",
        "<h2>Also by Ann Berg</h2><p>This one she wrote at sea.</p>",
    ],
)
def test_a_chapter_that_is_only_called_so_is_told(page: str) -> None:
    assert book(page).left_out == {}


def test_what_each_chapter_begins_or_ends_with_is_not_said_again_and_again() -> None:
    head = "<p>From Lamps, version 2. © 2004. Licensed under a free licence.</p>"
    chapters = [f"<h1>Part {number}</h1>{head}<p>{EVENING} {number}</p><p>Back to the top</p>" for number in range(5)]
    source = book(*chapters, f"<p>{KEY}</p>")
    assert source.text == "\n\n".join([*(f"Part {number}\n\n{EVENING} {number}" for number in range(5)), KEY])
    assert source.left_out == {}
    assert book(*(f"<p>{EVENING} {number}</p><p>The end</p>" for number in range(3))).text.count("The end") == 3


@pytest.mark.parametrize("notes", ["<dl class='footnote'>{}</dl>", "<div>{}</div>"])
@pytest.mark.parametrize("mark", ["[1]", "1", "*"])
def test_notes_in_a_file_of_their_own_are_left_out(notes: str, mark: str) -> None:
    note = f'<p class="c8"><a href="c0.xhtml#fnref1" id="fn1">{mark}</a> From her letters.</p>'
    text = f'<p>{EVENING[:-1]}<a href="c1.xhtml#fn1" id="fnref1">{mark}</a>.</p>'
    source = book(text, notes.format(f"<dt>{note}</dt>" if "dl" in notes else note))
    assert (source.text, source.left_out) == (EVENING, {"footnote": 1})


@pytest.mark.parametrize("line", ["Jane Doe", "by Jane Doe", "VON JANE DOE", "Par Jane  Doe"])
def test_who_wrote_a_book_is_not_said_before_its_text(line: str) -> None:
    source = book(f"<h1>The tower</h1><p>{line}</p>", f"<h2>One</h2><p>{EVENING}</p><p>{line}</p>")
    assert source.author == "Jane Doe"
    assert source.text.split("\n\n") == ["The tower", "One", EVENING, " ".join(line.split())]


@pytest.mark.parametrize(
    ("line", "times"),
    [
        ("This is a test of several pages.", 1), ("Read more at www.lamps.example.", 0), ("Back to the top", 0),
        ("All rights reserved by Ann Berg.", 0), ("Do not copy without a license.", 0),
    ],
)  # fmt: skip
def test_a_sentence_that_each_chapter_begins_with_is_said_once(line: str, times: int) -> None:
    assert book(*(f"<p>{line}</p><p>{EVENING} {number}</p>" for number in range(5))).text.count(line) == times


@pytest.mark.parametrize("heading", ["Contents", "Inhalt", "Table des matières", "Índice", "Sumário", "Indice"])
@pytest.mark.parametrize(
    ("listed", "row"),
    [
        ("<table>{}</table>", '<tr><td><a href="c{0}.xhtml#a">Chapter {0}.</a></td><td>The lamp</td></tr>'),
        ("<ul>{}</ul>", '<li><a href="c{0}.xhtml">The lamp</a> {0}</li>'),
        ("{}", '<p class="toc"><a href="c{0}.xhtml">{0}</a> The lamp</p>'),
    ],
)
def test_contents_within_a_chapter_are_not_told(heading: str, listed: str, row: str) -> None:
    contents = listed.format("".join(map(row.format, range(1, 5))))
    source = book(f"<h1>Lamps</h1><p>{EVENING}</p><h2>{heading}</h2>{contents}<h2>One</h2><p>{KEY}</p>")
    assert source.text == f"Lamps\n\n{EVENING}\n\nOne\n\n{KEY}"
    assert source.left_out == {"contents": 1}
    assert "The lamp" in book(f"<h1>Lamps</h1><p>{EVENING}</p><h2>See</h2>{contents}<h2>One</h2><p>{KEY}</p>").text


def test_a_page_with_nothing_but_what_other_pages_have_is_told() -> None:
    assert book(*(f"<p>{EVENING}</p><p>{KEY}</p>" for _ in range(5))).text.count(KEY) == 5
    pages = [f"<h1>{number}</h1><p>Back to the top</p><p>{EVENING} {number}</p>" for number in range(5)]
    assert book(*pages, "<h1>Six</h1><p>Back to the top</p>").text.endswith("4\n\nSix\n\nBack to the top")


@pytest.mark.parametrize(
    "way",
    [
        '<div class="links"><div class="nextlink"><strong>Next topic:</strong> <a href="c2.xhtml">Keys</a></div></div>',
        '<div class="navfooter"><table><tr><td><a href="c0.xhtml">Zurück</a></td><td>Keys</td></tr></table></div>',
        '<p role="navigation">Suivant : <a href="c2.xhtml">Keys</a></p>',
        '<p><a rel="prev" href="c0.xhtml">Anterior</a> <a rel="next" href="c2.xhtml">Siguiente</a></p>',
    ],
)
def test_the_way_to_the_next_page_is_not_said(way: str) -> None:
    source = book(f"{way}<p>{EVENING}</p>{way}", f'<div class="next">{KEY}</div><p class="navigation">{EVENING}</p>')
    assert source.text == f"{EVENING}\n\n{KEY}\n\n{EVENING}"


def test_a_page_of_links_into_the_book_is_its_contents() -> None:
    links = "".join(f'<p><a href="c{n}.xhtml">Part {n}</a></p>' for n in range(4))
    source = book(f"<h1>What is in it</h1>{links}", f"<p>{EVENING}</p>")
    assert (source.text, source.left_out) == (EVENING, {"contents": 1})


@pytest.mark.parametrize(
    "mark",
    [
        '<a xmlns:epub="http://www.idpf.org/2007/ops" epub:type="noteref" href="#n1"><sup>12</sup></a>',
        '<sup><a href="notes.xhtml#n12">12</a></sup>',
        '<a href="#n12">[12]</a>',
        '<span xmlns:epub="http://www.idpf.org/2007/ops" epub:type="pagebreak" title="12">12</span>',
        '<span class="pagenum">12</span>',
        '<a role="doc-noteref" href="#n">*</a>',
    ],
)
def test_marks_of_notes_and_pages_stick_to_no_word(mark: str) -> None:
    note = (
        '<aside xmlns:epub="http://www.idpf.org/2007/ops" epub:type="footnote"><p>12. See the harbour book.</p></aside>'
    )
    source = book(f"<p>{EVENING}</p><p>The lamp burned oil until the war.{mark} Then gas came.</p>{note}")
    assert source.text == f"{EVENING}\n\nThe lamp burned oil until the war. Then gas came."
    assert source.left_out == {"footnote": 1}


def test_imprint_and_licence_are_not_heard_first() -> None:
    imprint = "<p>Copyright © 1936 by Ann Other. All rights reserved. ISBN 0-00-000000-0.</p>"
    licence = "<p>You may copy it.</p><p>*** START OF THE PROJECT GUTENBERG EBOOK LAMPS ***</p>"
    source = book(imprint, f"{licence}<p>{EVENING}</p>", f"<p>{KEY}</p>")
    assert source.text == f"{EVENING}\n\n{KEY}"
    assert source.left_out == {"imprint": 1, "licence": 1}


def test_sentences_with_formulas_are_left_out_whole() -> None:
    fraction = "<math><mfrac><mi>d</mi><mn>2</mn></mfrac></math>"
    source = book(f"<p>{EVENING} Its light is {fraction} far. {KEY}</p>")
    assert source.text == f"{EVENING} {KEY}"
    assert source.left_out == {"math": 1}


def test_a_text_in_place_of_a_formula_is_not_said() -> None:
    formula = "<math alttext='No other text'><msub><mi>d</mi><mn>2</mn></msub></math>"
    assert book(f"<p>{EVENING} Its light is {formula} far. {KEY}</p>").text == f"{EVENING} {KEY}"


@pytest.mark.parametrize(
    ("math", "said"),
    [
        ("<mi>d</mi>", "d"),
        ("<mrow><mi>n</mi><mo>=</mo><mn>12</mn></mrow>", "n=12"),
        ("<semantics><mi>d</mi><annotation encoding='application/x-tex'>\\mathit{d}</annotation></semantics>", "d"),
    ],
)
def test_the_name_of_a_quantity_is_said(math: str, said: str) -> None:
    assert book(f"<p>{EVENING} Its light is <math>{math}</math> far.</p>").text == f"{EVENING} Its light is {said} far."


def test_a_text_about_rights_is_no_imprint() -> None:
    about = "Whoever has the copyright gives the licence, and a licence says what others may do."
    assert book(f"<p>{EVENING}</p>", f"<p>{about}</p>").text == f"{EVENING}\n\n{about}"


def test_what_stands_in_place_of_a_program_is_read_where_it_is_a_text() -> None:
    quiz = "".join(f"<p>Question {number}: who has the key to the stair of the tower?</p>" for number in range(9))
    assert book(f"<p>{EVENING}</p><object data='quiz.xml'>{quiz}</object>").text.count("Question") == 9
    assert book(f"<p>{EVENING}</p><object data='a.swf'>Get a program.</object>").text == EVENING


def test_a_caption_as_long_as_a_text_is_one() -> None:
    figure = "<figure><img src='a.png'/><figcaption>{}</figcaption></figure>"
    assert book(f"<p>{KEY}</p>{figure.format(f'<p>{EVENING}</p>' * 6)}").text.count(EVENING) == 6
    short = book(f"<p>{KEY}</p>{figure.format(EVENING)}")
    assert (short.text, short.left_out) == (KEY, {"caption": 1})


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-8", "utf-16"])
def test_a_chapter_is_decoded_as_it_says(encoding: str) -> None:
    prolog = f'<?xml version="1.0" encoding="{encoding}"?>'
    page = prolog + "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>L'été, à la tour.</p></body></html>"
    data = changed(epub("<p></p>"), **{"OEBPS/text/c0.xhtml": page.encode(encoding)})
    assert read_epub(Document(data)).text == "L'été, à la tour."


@pytest.mark.parametrize(
    "page", ["<p>one<br>&nbsp;two", f"<title/><p>{KEY}</p>", f"<p>{KEY}<a id='x'/></p>", f"<p>{KEY}</div>"]
)
def test_a_chapter_need_not_be_right(page: str) -> None:
    assert book(page).text in {"one two", KEY}


def test_a_book_is_known_by_what_is_in_it() -> None:
    data = epub(f"<p>{EVENING}</p>", f"<p>{KEY}</p>")
    for odd in (changed(data, mimetype=b"application/epub+zip"), changed(data, mimetype=None)):
        assert kind_of(Document(odd)) is SourceKind.EPUB
        assert read_epub(Document(odd)).text == f"{EVENING}\n\n{KEY}"
    assert read_epub(Document(changed(data, **{"META-INF/container.xml": None}))).text == f"{EVENING}\n\n{KEY}"
    missing = read_epub(Document(changed(data, **{"OEBPS/text/c1.xhtml": None})))
    assert (missing.text, missing.left_out) == (EVENING, {"missing chapter": 1})


def test_a_locked_book_is_called_so() -> None:
    reference = b'<e:CipherReference URI="OEBPS/text/c0.xhtml"/>'
    cipher = b'<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#">' + reference + b"</encryption>"
    with pytest.raises(Unreadable) as raised:
        read_epub(Document(changed(epub(f"<p>{KEY}</p>"), **{"META-INF/encryption.xml": cipher})))
    assert "locked" in raised.value.detail


def test_what_is_too_much_of_a_book_is_said() -> None:
    source = book(f"<p>{EVENING}</p>", "<p>" + "word " * (MAX_TEXT_CHARACTERS // 5) + "</p>", f"<p>{KEY}</p>")
    assert source.text == EVENING
    assert source.left_out == {"chapter": 2}
    with pytest.raises(Unreadable) as raised:
        book("<p>" + "word " * (MAX_TEXT_CHARACTERS // 5) + "</p>")
    assert raised.value.code == "source_too_large"


BOMB = '<!DOCTYPE p [<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True)
) + "]><p>&i; "  # fmt: skip


@pytest.mark.parametrize(
    "page",
    [
        BOMB + KEY + "</p>",
        "<div>" * 20_000 + KEY,
        "<p>&" * 5_000 + KEY,
        "<" * 100_000,
        "[" * 200_000 + f" {KEY}",
    ],
)
def test_hostile_chapters_take_little(page: str) -> None:
    try:
        assert len(book(page, f"<p>{KEY}</p>").text) < 2_000_000
    except Unreadable as error:
        assert error.code in {"source_empty", "source_unreadable", "source_too_large"}


def test_a_zip_bomb_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_UNPACKED_BYTES", 100_000)
    data = archive({"META-INF/container.xml": "<a/>", "b.opf": " " * 100_001})
    with pytest.raises(Unreadable) as raised:
        read_epub(Document(data))
    assert raised.value.code == "source_too_large"


DEEP = [("<div>", "</div>"), ("<ul><li>", "</li></ul>"), ("<table><tr><td>", "</td></tr></table>")]


@pytest.mark.parametrize("depth", [90, 300, 3_000])
@pytest.mark.parametrize(("begin", "end"), [*DEEP, ("<blockquote>", "</blockquote>"), ("<span>", "</span>")])
def test_what_is_deep_in_other_elements_is_read(begin: str, end: str, depth: int) -> None:
    page = f"{begin * depth}<p>{EVENING}</p>{end * depth}<p>{KEY}</p>"
    assert book(page).text == f"{EVENING}\n\n{KEY}"
    told = markup.blocks(markup.parse(f"<html><body>{page}</body></html>"))
    assert [block.text for block in told.blocks] == [EVENING, KEY]


@pytest.mark.parametrize(
    ("mark", "note"),
    [
        ('<span><a class="_idFootnoteLink" href="c0.xhtml#footnote-000">1</a></span>', '<p class="Footnote">1 No.</p>'),
        ('<sup><a href="#n1">1</a></sup>', '<div class="footnote" id="n1"><p>1. No.</p></div>'),
        ('<a href="#fn3">3</a>', '<div class="endnotes"><p>3. No.</p></div>'),
    ],
)
def test_notes_named_by_a_class_alone_are_left_out_with_their_marks(mark: str, note: str) -> None:
    source = book(f"<p>{EVENING.removesuffix('.')}{mark}.</p>{note}")
    assert (source.text, source.left_out["footnote"]) == (EVENING, 1)


@pytest.mark.parametrize("name", ["Chapter-Title", "chapter_title ParaOverride-1", "chaptitle", "Section-Head"])
def test_a_paragraph_that_is_called_a_title_is_a_heading(name: str) -> None:
    told = book(f'<p class="{name}">The tower</p><p class="Body">{EVENING}</p>').blocks
    assert [block.kind for block in told] == [BlockKind.HEADING, BlockKind.PARAGRAPH]


OPF = '<dc:creator opf:role="{}" xmlns:opf="http://www.idpf.org/2007/opf">'
ROLES = [
    (OPF.format("aut") + "Ann</dc:creator>" + OPF.format("trl") + "Ben</dc:creator>", "Ann"),
    (OPF.format("edt") + "Ann</dc:creator>", "Ann"),
    ("<dc:creator>Ann</dc:creator><dc:creator>Ben</dc:creator>", "Ann, Ben"),
    ('<dc:creator id="a">Ann</dc:creator><dc:creator id="b">Ben</dc:creator>'
     '<meta refines="#a" property="role">aut</meta>'
     '<meta refines="#b" property="role">ill</meta>', "Ann"),
]  # fmt: skip


@pytest.mark.parametrize(("creators", "author"), ROLES)
def test_translators_are_no_authors(creators: str, author: str) -> None:
    with zipfile.ZipFile(io.BytesIO(epub(f"<p>{EVENING}</p>"))) as opened:
        package = opened.read("OEBPS/book.opf").decode().replace("<dc:creator>Jane Doe</dc:creator>", creators)
    data = changed(epub(f"<p>{EVENING}</p>"), **{"OEBPS/book.opf": package.encode()})
    assert read_epub(Document(data, "", "a.epub")).author == author
