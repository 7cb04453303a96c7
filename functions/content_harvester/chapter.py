"""A chapter of an e-book as HTML to be read as any other: without parts that no voice reads, each kind counted.

XHTML has words of its own for notes, marks and pages: https://www.w3.org/TR/epub-33/,
https://www.w3.org/TR/epub-ssv-11/.
"""

from __future__ import annotations

import html
import re
from collections import Counter

from lxml import etree
from lxml import html as lxml_html

from functions.content_harvester.charsets import decode
from functions.content_harvester.html_elements import shallow
from functions.content_harvester.markup import Told, blocks, prepare, replace
from functions.content_harvester.markup.notes import note_behind

_EPUB_TYPE = ("{http://www.idpf.org/2007/ops}type", "epub:type", "role")
_VOID = r"area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr"
_LEFT_OUT = {
    "figcaption": "caption", "caption": "caption",
    "footnote": "footnote", "endnote": "footnote", "rearnote": "footnote", "doc-footnote": "footnote",
    "doc-endnote": "footnote", "footnotes": "footnote", "endnotes": "footnote", "rearnotes": "footnote",
    "doc-endnotes": "footnote", "bibliography": "reference", "doc-bibliography": "reference",
    "toc": "contents", "doc-toc": "contents", "loi": "contents", "lot": "contents", "landmarks": "contents",
    "index": "index", "doc-index": "index",
    "cover": "imprint", "titlepage": "imprint", "halftitlepage": "imprint", "imprint": "imprint",
    "copyright-page": "imprint", "colophon": "imprint", "doc-colophon": "imprint",
}  # fmt: skip
"""Names of elements, and what `epub:type` and `role` say of them, and as what they are counted."""
_MARKS = frozenset(["noteref", "doc-noteref", "pagebreak", "doc-pagebreak", "backlink", "doc-backlink"])
_PAGE_CLASS = re.compile(r"\b(?:pagenum|page-?number|pageno|pagebreak|pb)\b", re.IGNORECASE)
_WAY_CLASS = re.compile(
    r"(?:^|\s)(?:(?:prev(?:ious)?|next|up|parent)-?_?link|nav-?_?(?:header|footer|bar|links?|buttons?)|navigation|family-?links"
    r"|related-links|relbar)(?:\s|$)",
    re.IGNORECASE,
)
"""How programs that make a book of pages (DITA, DocBook, Sphinx) call the links to the pages before and after."""
_TITLE_CLASS = re.compile(
    r"(?:^|\s)(?:chapter|chap|part|section)[-_]?(?:title|head(?:ing)?|name|number|num|no)(?:[\s_-]|$)", re.IGNORECASE
)
"""What InDesign and publishers call the paragraph that is a chapter's heading."""
_A_TITLE = 100
_NOTE_CLASS = re.compile(r"(?:^|\s)_?(?:id)?(?:foot|end)notes?(?:\s|$)", re.IGNORECASE)
"""What programs call a note, or the notes of a chapter, as a class alone."""
_OF_NOTES = frozenset(["div", "aside", "p", "section", "dl", "ol", "ul", "table"])
_NOTE_LINK = re.compile(r"#\w*(?:footnote|endnote|ftn|fn)\w*-?\d+", re.IGNORECASE)
_WAYS = frozenset(["prev", "previous", "next", "up", "contents"])
_A_WAY = 200
_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§¶]{1,3}|[a-z])[\])]?")
_A_TEXT = 400
"""Characters: what is longer below a picture, or in place of a program, is a text by itself."""


def parse(data: bytes) -> etree._Element | None:
    """Return a chapter as a tree, None where the chapter is empty. Read as XML, as required; else as browsers read
    HTML."""
    declared = re.match(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.-]+)", data[:400].lstrip(b"\xef\xbb\xbf"))
    markup = decode(data, declared[1].decode("ascii") if declared else None)
    markup = shallow(re.sub(r"^\s*<\?xml[^>]{0,400}\?>", "", markup))
    if not markup.strip():
        return None
    unescaped = re.sub(r"&(?!(?:amp|lt|gt|quot|apos);)\w{2,32};", lambda name: html.unescape(name[0]), markup)
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        return etree.fromstring(unescaped.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        opened = re.sub(rf"<(?!(?:{_VOID})\b)(\w+)((?:\s[^<>]*)?)/>", r"<\1\2></\1>", markup)
        parser = lxml_html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, encoding="utf-8")
        try:
            return lxml_html.document_fromstring(opened.encode("utf-8", "replace"), parser)
        except etree.LxmlError:
            return None


def read_chapter(root: etree._Element) -> Told:
    """Return the blocks of a tree given by parse(), and the numbers of things left out, by kind."""
    for element in root.iter(etree.Element):
        element.tag = element.tag.rpartition("}")[2].lower()
    if _is_contents(root):
        return Told(left_out=Counter({"contents": 1}))
    for link in root.iter("a"):
        file, _, place = (link.get("href") or "").partition("#")
        if place and ":" not in file:
            link.set("href", f"#{place}")  # the files of a book are one text
    left_out = Counter[str]()
    unheard: list[etree._Element] = []
    walk = etree.iterwalk(root, events=("start",))
    for _, element in walk:
        if not isinstance(element.tag, str):
            continue
        if element.tag == "a" and (note := note_behind(element)) is not None:
            left_out["footnote"] += 1
            unheard.append(note)
        elif (kind := _kind_left_out(element)) or _is_mark(element):
            left_out[kind] += _count(element, kind)
            unheard.append(element)
            walk.skip_subtree()
        elif element.tag == "p" and _TITLE_CLASS.search(element.get("class") or "") and len(_text(element)) <= _A_TITLE:
            element.tag = "h2"
        elif element.tag in {"figcaption", "caption", "object"}:
            element.tag = "div"  # a text by itself
    if root in unheard:
        return Told(left_out=+left_out)
    for element in unheard:
        replace(element, "")
    prepare(root)
    told = blocks(root, is_book=True)
    return Told(told.blocks, +(told.left_out + left_out))


def _is_contents(root: etree._Element) -> bool:
    """Tell whether a chapter is hardly more than links into the book, its heading aside."""
    links = [link for link in root.iter("a") if (target := link.get("href")) and ":" not in target]
    linked = sum(len(_text(link)) for link in links if next(link.iterancestors("a"), None) is None)
    told = len(_text(root)) - sum(len(_text(part)) for part in root.iter("h1", "h2", "h3"))
    return len(links) > 2 and 5 * linked >= 4 * told > 0


def _kind_left_out(element: etree._Element) -> str:
    """Name the count of an element that is not read; empty for one that is."""
    kind = next((_LEFT_OUT[name] for name in [element.tag, *sorted(_types(element))] if name in _LEFT_OUT), "")
    if not kind and _NOTE_CLASS.search(element.get("class") or "") and element.tag in _OF_NOTES:
        return "footnote"
    if kind != "caption":  # the text of each element would be read once for every element around it
        return kind
    is_text = element.tag == "body" or element.getparent() is None or len(_text(element)) > _A_TEXT
    return "" if is_text else kind


def _count(element: etree._Element, kind: str) -> int:
    """Tell how many notes or references an element has; any other list is a paragraph, unless empty."""
    if kind not in {"footnote", "reference"}:
        return bool(kind and _text(element))
    parts = element.iter(etree.Element)
    return max(1, sum(bool(part.tag == "li" or _types(part) & {"footnote", "endnote"}) for part in parts))


def _is_mark(element: etree._Element) -> bool:
    """Tell whether an element is the mark of a note or of a page, or stands for what only programs show."""
    if _types(element) & _MARKS:
        return True
    if element.tag == "object":
        return len(_text(element)) < _A_TEXT  # else it is told in place of what only programs show
    if _PAGE_CLASS.search(element.get("class") or "") and len(_text(element)) < 12:
        return True
    if _is_way(element):
        return True
    return element.tag in {"sup", "a"} and _is_mark_of_note(element)


def _is_way(element: etree._Element) -> bool:
    """Tell whether an element leads from page to page: "Previous topic: The lamp"."""
    if element.tag == "a":
        return bool(_WAYS & set((element.get("rel") or "").lower().split()))
    named = _WAY_CLASS.search(element.get("class") or "") or (element.get("role") or "").lower() == "navigation"
    return bool(named) and element.find(".//a") is not None and len(_text(element)) < _A_WAY


def _types(element: etree._Element) -> set[str]:
    """Return the words of `epub:type` and `role` about an element."""
    return {word for name in _EPUB_TYPE for word in (element.get(name) or "").lower().split()}


def _text(element: etree._Element) -> str:
    return " ".join("".join(element.itertext(etree.Element)).split())


def _is_mark_of_note(element: etree._Element) -> bool:
    """Tell whether an element is the mark of a note: small and raised, and a link."""
    text = _text(element)
    if not _MARK.fullmatch(text):
        return False
    around = element.getparent()
    raised = element.tag == "sup" or element.find(".//sup") is not None or (around is not None and around.tag == "sup")
    links = element.tag == "a" or element.find(".//a") is not None or text.strip("*†‡§¶") == ""
    local = "#" in "".join(part.get("href") or "" for part in element.iter(etree.Element))
    named = element.tag == "a" and _NOTE_LINK.search(element.get("href") or "") is not None
    return (raised and links) or named or (local and text.startswith(("[", "(")))
