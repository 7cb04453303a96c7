"""A web page's article, without its surroundings: trafilatura finds the article, `markup.py` reads its blocks."""

from __future__ import annotations

import re
from copy import deepcopy

import trafilatura
from lxml import etree

from common.text.scripts import mostly_latin
from functions.content_harvester import markup
from functions.content_harvester.charsets import decode
from functions.content_harvester.page_facts import author_of, is_behind_paywall, paper_of, site_of, title_of
from functions.content_harvester.saved_page import page_in
from functions.content_harvester.source import Document, Lead, Source, Unreadable, web_link

MIN_CHARACTERS = 200
"""Fewer than that are a notice, unless they are about what the page is called."""
_SENTENCE = 50
_TABLE_MARK = 100
_WHOLE_PAPER = 15_000
"""Characters. With fewer the page of a paper has its abstract alone."""
_TEASER = 3_000
"""Characters. A page that says it is for subscribers, with fewer, shows everybody else its beginning."""
_NOTICE = re.compile(
    r"\b(javascript|cookies?|captcha|your browser|log ?in|sign ?in|subscribe|access denied|not found|forbidden)\b",
    re.IGNORECASE,
)
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
    """The main text of an HTML page; for a paper's page with an abstract alone, the link of the paper, too.

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
    title = title_of(page) or document.stem
    _mark_tables(page)
    paper = web_link(paper_of(page, document.url))
    behind_paywall = is_behind_paywall(page)
    try:
        told = _article(page, title)
    except Unreadable:
        if paper is None:
            raise
        return [], [Lead(paper)]
    source = Source.of_blocks(
        told.blocks,
        title=title,
        url=document.url,
        author=author_of(facts.author) or site_of(page),
        date=facts.date,
        left_out=told.left_out,
    )
    if behind_paywall and len(source.text) < _TEASER:
        source.left_out["part for subscribers"] = 1
    if paper and len(source.text) < _WHOLE_PAPER:
        return [], [Lead(paper, source)]
    return [source], []


def _mark_tables(page: etree._Element) -> None:
    """Put a mark in the place of each table of facts, to be counted where the table belongs to the article."""
    for table in list(page.iter("table")):
        text = " ".join("".join(table.itertext()).split())[:_TABLE_MARK]
        for child in list(table):
            table.remove(child)
        table.tag, table.text = "p", markup.settable(f"{markup.TABLE} {text}")


def _article(page: etree._Element, title: str) -> markup.Told:
    """The page's article: of several ways to find the article, the first with a text related to the page's title.

    A notice about cookies is often longer than the text, and a text may stand in an element named an aside.
    """
    first = None
    for look in (_as_it_is, _without_frame, _everything):
        told = look(deepcopy(page) if look is not _everything else page)
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


def _as_it_is(page: etree._Element) -> markup.Told:
    return _extracted(page, favor_recall=False)


def _without_frame(page: etree._Element) -> markup.Told:
    for notice in page.xpath(_CONSENT):
        if notice.getparent() is not None:
            notice.drop_tree()
    for aside in page.iter("aside"):
        aside.tag = "div"
    return _extracted(page, favor_recall=True)


def _everything(page: etree._Element) -> markup.Told:
    for notice in page.xpath(f"{_CONSENT} | //header | //footer | //nav | //aside"):
        if notice.getparent() is not None:
            notice.drop_tree()
    return markup.blocks(page)


def _extracted(page: etree._Element, *, favor_recall: bool) -> markup.Told:
    found = trafilatura.bare_extraction(
        page, include_comments=False, include_tables=False, include_formatting=True, favor_recall=favor_recall
    )
    if found is None or isinstance(found, dict) or found.body is None:
        return markup.Told()
    return markup.blocks(_as_html(found.body))


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
    """Whether a text shares a word of some weight with its title."""
    words = {word for word in re.findall(r"\w{3,}", title.lower()) if word not in _SMALL}
    if not words or not mostly_latin(title):
        return True
    return any(word in words for word in re.findall(r"\w{3,}", text.lower()))
