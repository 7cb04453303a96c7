"""A web page's article, without its surroundings: trafilatura finds the article, `markup` reads its blocks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy

import trafilatura
from lxml import etree

from common.text.blocks import BlockKind
from common.text.scripts import mostly_latin
from common.text.sentences import ended
from functions.content_harvester import markup
from functions.content_harvester.by_hand import reads_as_heading
from functions.content_harvester.charsets import decode
from functions.content_harvester.heads import blocks_of_telegram
from functions.content_harvester.page_facts import author_of, is_behind_paywall, paper_of, site_of, title_of
from functions.content_harvester.page_furniture import check_is_no_notice, without_furniture, without_offer
from functions.content_harvester.saved_page import page_in
from functions.content_harvester.source import Document, Lead, Source, Unreadable, web_link

MIN_CHARACTERS = 200
"""Fewer than that are a notice, unless they are about what the page is called."""
_SENTENCE = 50
_TABLE_MARK = 100
_BESIDE_THE_TEXT = re.compile(
    r"infobox|navbox|sidebar|metadata|toc\b|calendar|presentation|none\b|vcard|ambox|mbox", re.IGNORECASE
)
"""Tables that nobody reads with the article."""
_COMMENT = re.compile("comment", re.IGNORECASE)
_PHRASES = frozenset(
    [
        *(
            "a",
            "abbr",
            "b",
            "bdi",
            "bdo",
            "cite",
            "code",
            "dfn",
            "em",
            "font",
            "i",
            "ins",
            "kbd",
            "mark",
            "q",
            "ruby",
        ),
        *("rb", "rt", "rp", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr"),
    ]
)
_WHOLE_PAPER = 15_000
"""Characters. With fewer the page of a paper has its abstract alone."""
_TEASER = 3_000
"""Characters. A page that says it is for subscribers, with fewer, shows everybody else its beginning."""
_NOTICE = re.compile(
    r"\b(javascript|cookies?|captcha|your browser|log ?in|sign ?in|subscribe|access denied|not found|forbidden)\b",
    re.IGNORECASE,
)
_PART_OF_TEXT = re.compile(r"body|content|text|article|chunk", re.IGNORECASE)
_PROSE_OF_A_PART = 200
_GALLERY = re.compile(r"(?:^|[\s_-])(?:gallery|slideshow|carousel)(?:[\s_-]|$)", re.IGNORECASE)
_PROSE_AROUND = 1_000
_AT_THE_TOP = 4
"""Blocks among which a document's title is told once more."""
_FRAME = "//*[@role='navigation' or @role='contentinfo' or @role='banner' or @role='search']"
_EXPORTED = (
    "//body[contains(@class, 'doc-content')] | //article[starts-with(@class, 'page ')]"
    " | //body[not(.//*[@class or @id or self::article or self::section or self::main])]"
)
"""Google Docs; Notion; Apple's notes, and pages written by hand."""
_EXPORTER = re.compile(
    r"Microsoft|LibreOffice|OpenOffice|Cocoa|pandoc|Typora|Evernote|Scrivener|AbiWord|TextEdit|Google", re.IGNORECASE
)
_OF_A_SITE = ("script", "nav", "form", "iframe", "button", "input", "select", "aside", "footer", "noscript", "video")
_CONSENT = (
    "//*[self::div or self::section or self::aside or self::dialog]["
    + " or ".join(
        f"contains(translate(concat(@class, ' ', @id), 'CGDPR', 'cgdpr'), '{word}')"
        for word in ("cookie", "consent", "gdpr")
    )
    + "]"
)
# What trafilatura calls by the names of TEI, by those of HTML. https://tei-c.org/release/doc/tei-p5-doc/en/html/
_HTML = {
    "quote": "blockquote",
    "lb": "br",
    "row": "tr",
    "cell": "td",
    "hi": "span",
    "ref": "a",
    "graphic": "img",
    "del": "s",
}


def read_webpage(document: Document) -> tuple[list[Source], list[Lead]]:
    """Return the main text of an HTML page; for a paper's page with an abstract alone, the link of the paper, too.

    Raises Unreadable.
    """
    document = page_in(document)
    try:
        page = markup.parse(decode(document.data, document.charset))
    except (etree.LxmlError, ValueError):
        raise Unreadable("source_empty", "There is no text on this page to speak of.") from None
    facts = trafilatura.extract_metadata(
        page, default_url=document.url, date_config={"original_date": True, "extensive_search": False}
    )
    title = title_of(page)
    if chat := blocks_of_telegram(page):
        named = page.findtext(".//div[@class='text bold']") or document.stem
        return [Source.of_blocks(chat, title=named, url=document.url, author=None, date=None)], []
    of_an_office = _is_of_an_office(page)
    tables = _marked_tables(page, fewest=1 if of_an_office else 2)
    _part_articles(page)
    _join_parts(page)
    _drop_galleries(page)
    _paragraphs_of_divisions(page)
    paper = web_link(paper_of(page, document.url))
    behind_paywall = is_behind_paywall(page)
    try:
        told = _article(page, title, tables, of_an_office=of_an_office, handed_in=document.url is None)
        check_is_no_notice(title, told.blocks)
    except Unreadable:
        if paper is None:
            raise
        return [], [Lead(paper)]
    author = author_of(facts.author)
    blocks, offered = without_offer(told.blocks)
    blocks = without_furniture(blocks, author, told.left_out)
    if not title and len(blocks) > 1 and (blocks[0].kind is BlockKind.HEADING or reads_as_heading(blocks[0])):
        title = blocks[0].text
    source = Source.of_blocks(
        [block for number, block in enumerate(blocks) if number >= _AT_THE_TOP or block.text != title],
        title=title or document.stem,
        url=document.url,
        author=author or site_of(page),
        date=facts.date,
        left_out=told.left_out,
    )
    if (behind_paywall or offered) and len(source.text) < _TEASER:
        source.left_out["part for subscribers"] = 1
    if paper and len(source.text) < _WHOLE_PAPER:
        return [], [Lead(paper, source)]
    return [source], []


def _marked_tables(page: etree._Element, *, fewest: int) -> dict[str, list[str]]:
    """Put a mark in the place of each table of facts, to be counted or told where the table belongs to the article.

    Find the sentences of tables that can be heard, where a table has as many at least, by the key behind the mark.
    """
    told: dict[str, list[str]] = {}
    shown = sum(map(_shown_letters, page.iter("body")))
    for number, table in enumerate(list(page.iter("table"))):
        names = f"{table.get('class') or ''} {table.get('id') or ''} {table.get('role') or ''}"
        sentences = None if _BESIDE_THE_TEXT.search(names) else _told_of(table, shown)
        if sentences and len(sentences) >= fewest:
            told[str(number)] = sentences
        text = " ".join("".join(table.itertext()).split())[:_TABLE_MARK]
        for child in list(table):
            table.remove(child)
        table.tag, table.text = "p", markup.settable(f"{markup.TABLE}{number} {text}")
    return told


def _told_of(table: etree._Element, shown: int) -> list[str] | None:
    """Return a table's sentences; however large the table is, where a page shows hardly more than that."""
    return markup.sentences_of_table(table, limited=2 * _shown_letters(table) < shown)


def _shown_letters(element: etree._Element) -> int:
    return sum(len(text.strip()) for text in element.xpath(".//text()[not(parent::script or parent::style)]"))


def _part_articles(page: etree._Element) -> None:
    """Let articles side by side be sections of a page, where none is most of the page: an extractor takes the first for
    the page's. Elsewhere on a page stand the teasers of others."""
    longest = max(page.iter("article"), key=_letters_of, default=None)
    parent = longest.getparent() if longest is not None else None
    if longest is None or parent is None:
        return
    beside = [article for article in parent.iterchildren("article") if not _COMMENT.search(article.get("class") or "")]
    if 3 * _letters_of(longest) < 2 * sum(map(_letters_of, beside)):
        for article in beside:
            article.tag = "section"


def _join_parts(page: etree._Element) -> None:
    """Join the parts of an article that bear the same name, and stand around advertisements: an extractor takes the
    first."""
    for article in page.iter("article"):
        parts: dict[str, list[etree._Element]] = {}
        for part in article.iter("div", "section"):
            name = part.get("class") or ""
            if _PART_OF_TEXT.search(name) and not _COMMENT.search(name) and _prose_in(part) > _PROSE_OF_A_PART:
                parts.setdefault(name, []).append(part)
        whole = sum(_letters_of(paragraph) for paragraph in article.iter("p"))
        for first, *others in parts.values():
            if others and 10 * sum(map(_prose_in, [first, *others])) > 9 * whole:  # else more stands between them
                for part in others:
                    first.extend(list(part))


def _drop_galleries(page: etree._Element) -> None:
    """Drop pictures with their captions in a row that stand within a longer text, as if they were part of it."""
    for gallery in list(page.iter("div", "section", "figure", "ul")):
        around = list(gallery.iterancestors("div", "section", "article", "main"))
        if _GALLERY.search(gallery.get("class") or "") and sum(map(_prose_in, around)) >= _PROSE_AROUND:
            markup.replace(gallery, "")


def _prose_in(element: etree._Element) -> int:
    """Return the letters of an element's own paragraphs."""
    return sum(_letters_of(paragraph) for paragraph in element.iterchildren("p"))


def _letters_of(element: etree._Element) -> int:
    return sum(map(len, element.itertext()))


def _paragraphs_of_divisions(page: etree._Element) -> None:
    """Let divisions side by side with sentences, and nothing but phrases, be paragraphs where no paragraphs stand
    beside: an extractor glues divisions."""
    told: dict[etree._Element, list[etree._Element]] = {}
    for division in page.iter("div"):
        if all(child.tag in _PHRASES for child in division.iterdescendants()):
            text = " ".join("".join(division.itertext()).split())
            parent = division.getparent()
            if parent is not None and len(text) >= _SENTENCE and ended(text):
                told.setdefault(parent, []).append(division)
    for parent, divisions in told.items():
        if len(divisions) > 1 and parent.find("p") is None:
            for division in divisions:
                division.tag = "p"


def _article(
    page: etree._Element, title: str, tables: Mapping[str, Sequence[str]], *, of_an_office: bool, handed_in: bool
) -> markup.Told:
    """Return the page's article: of several ways to find the article, the first with a text related to the page's
    title.

    A notice about cookies is often longer than the text, and a text may stand in an element named an aside. A document
    of an office program is all its text, however short where somebody hands it in.
    """
    first = None
    ways = [_as_it_is, _without_frame, _everything]
    if of_an_office:
        ways.insert(0, _everything)
        for frame in page.xpath("//div[@title='header' or @title='footer']"):  # LibreOffice, on each page
            markup.replace(frame, "")
        if handed_in and (told := markup.blocks(deepcopy(page), tables=tables)).blocks:
            return told
    for look in ways:
        told = look(deepcopy(page), tables)
        text = " ".join(block.text for block in told.blocks)
        about = _about(text, title)
        sentence = max((len(block.text) for block in told.blocks if block.text.lower() != title.lower()), default=0)
        if about and (len(text) >= MIN_CHARACTERS or (sentence >= _SENTENCE and not _NOTICE.search(text))):
            return told
        if first is None and len(text) >= MIN_CHARACTERS:
            first = told
    if first is None:
        raise Unreadable("source_empty", "There is no text on this page to speak of.")
    return first


def _is_of_an_office(page: etree._Element) -> bool:
    """Tell whether a page is a document that a program for notes or texts exported, or as plain as one: nothing of a
    site is around it, no programs, menus or forms."""
    if any(part.get("role") != "doc-toc" for part in page.iter(*_OF_A_SITE)) or page.xpath(_FRAME):
        return False
    if not (
        page.xpath(_EXPORTED)
        or _EXPORTER.search(" ".join(page.xpath("//meta[@name='generator' or @name='Generator']/@content")))
    ):
        return False
    linked = sum(_letters_of(link) for link in page.iter("a"))
    return 4 * linked < sum(_letters_of(body) for body in page.iter("body"))


def _as_it_is(page: etree._Element, tables: Mapping[str, Sequence[str]]) -> markup.Told:
    return _extracted(page, tables, favor_recall=False)


def _without_frame(page: etree._Element, tables: Mapping[str, Sequence[str]]) -> markup.Told:
    for notice in page.xpath(_CONSENT):
        if notice.getparent() is not None:
            notice.drop_tree()
    for aside in page.iter("aside"):
        aside.tag = "div"
    return _extracted(page, tables, favor_recall=True)


def _everything(page: etree._Element, tables: Mapping[str, Sequence[str]]) -> markup.Told:
    for notice in page.xpath(f"{_CONSENT} | {_FRAME} | //header | //footer | //nav | //aside"):
        if notice.getparent() is not None:
            notice.drop_tree()
    return markup.blocks(page, tables=tables)


def _extracted(page: etree._Element, tables: Mapping[str, Sequence[str]], *, favor_recall: bool) -> markup.Told:
    found = trafilatura.bare_extraction(
        page, include_comments=False, include_tables=False, include_formatting=True, favor_recall=favor_recall
    )
    if found is None or isinstance(found, dict) or found.body is None or _is_glued(found.body, page):
        return markup.Told()
    return markup.blocks(_as_html(found.body), tables=tables)


def _is_glued(body: etree._Element, page: etree._Element) -> bool:
    """Tell whether an extractor without an article put the whole page into a paragraph, where the page has several."""
    if len(body) != 1 or body[0].tag != "p" or len(body[0]):
        return False
    words = "".join((body[0].text or "").split())
    longest = max(
        (_own_letters(element) for element in page.iter("p", "div", "td", "li", "article", "body")), default=0
    )
    return len(words) > longest


def _own_letters(element: etree._Element) -> int:
    """Return the letters of an element and of the phrases in it, not of the blocks in it."""
    phrases = (child for child in element if child.tag in _PHRASES)
    told = [
        element.text,
        *(child.tail for child in element),
        *(text for phrase in phrases for text in phrase.itertext()),
    ]
    return sum(len("".join(text.split())) for text in told if text)


def _as_html(body: etree._Element) -> etree._Element:
    body.tag = "body"
    for element in body.iter(etree.Element):
        rend = element.get("rend") or ""
        match element.tag:
            case "head":
                element.tag = rend if re.fullmatch(r"h[1-6]", rend) else "h2"
            case "list":
                element.tag = rend if rend in {"ul", "ol", "dl"} else "ul"
            case "item":
                element.tag = rend[:2] if rend[:2] in {"dt", "dd"} else "li"
            case tag:
                element.tag = _HTML.get(tag, tag)
    return body


_SMALL = frozenset(
    [
        "the",
        "and",
        "for",
        "with",
        "from",
        "that",
        "this",
        "what",
        "how",
        "why",
        "who",
        "are",
        "was",
        "not",
        "you",
        "your",
        "der",
        "die",
        "das",
        "und",
        "ein",
        "les",
        "des",
        "que",
        "los",
        "las",
        "del",
        "una",
        "por",
        "com",
        "per",
    ]
)


def _about(text: str, title: str) -> bool:
    """Tell whether a text shares a word of some weight with its title."""
    words = {word for word in re.findall(r"\w{3,}", title.lower()) if word not in _SMALL}
    if not words or not mostly_latin(title):
        return True
    return any(word in words for word in re.findall(r"\w{3,}", text.lower()))
