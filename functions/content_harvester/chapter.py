"""The blocks of a chapter of an e-book: XHTML with words of its own for the kinds of notes and pages.

https://www.w3.org/TR/epub-33/, https://www.w3.org/TR/epub-ssv-11/. Trees are walked without recursion.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass, field

from lxml import etree
from lxml import html as lxml_html

from common.text.blocks import Block, BlockKind
from functions.content_harvester.charsets import decode
from functions.content_harvester.html_elements import BLOCKS, KINDS, shallow
from functions.content_harvester.markup import said_formula
from functions.content_harvester.tables import sentences_of

_EPUB_TYPE = ("{http://www.idpf.org/2007/ops}type", "epub:type", "role")
_UNHEARD = frozenset(
    [
        "head",
        "script",
        "style",
        "nav",
        "svg",
        "audio",
        "video",
        "iframe",
        "img",
        "rt",
        "rp",
        "form",
        "template",
    ]
)
_VOID = r"area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr"
_BLOCKS = BLOCKS | {"td", "th", "tr"}
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
_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§¶]{1,3}|[a-z])[\])]?")
_FORMULA = "\ue001"
_ITEM_CHARACTERS = 600
_A_TEXT = 400
"""Characters: what is longer below a picture, or in place of a program, is a text by itself."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ“\"(])")


def parse(data: bytes) -> etree._Element | None:
    """A chapter as a tree, None where the chapter is empty. Read as XML, as required; else as browsers read HTML."""
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


@dataclass
class _Open:
    """A block element being read: the kind of its words, and whether some have been read."""

    kind: BlockKind
    level: int = 0
    number: int | None = None
    begun: bool = False


@dataclass
class Chapter:
    """The blocks of a chapter, and the numbers of things left out, by kind."""

    blocks: list[Block] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def read_chapter(root: etree._Element) -> Chapter:
    """The blocks of a tree given by parse()."""
    return _Walk().through(root)


class _Walk:
    def __init__(self) -> None:
        self._chapter = Chapter()
        self._open = [_Open(BlockKind.PARAGRAPH)]
        self._words: list[str] = []

    def through(self, root: etree._Element) -> Chapter:
        walk = etree.iterwalk(root, events=("start", "end"))
        skipped = None
        for event, element in walk:
            tag = name_of(element)
            if event == "start":
                if self._skip(element, tag, whole=element is root or tag == "body"):
                    skipped = element
                    walk.skip_subtree()
                    continue
                self._begin(element, tag)
                self._words.append(_flat(element.text))
            else:
                if element is not skipped and tag in _BLOCKS:
                    self._end()
                    self._open.pop()
                skipped = None if element is skipped else skipped
                if element is not root:
                    self._words.append(_flat(element.tail))
        self._end()
        return self._chapter

    def _skip(self, element: etree._Element, tag: str, *, whole: bool) -> bool:
        """Whether an element is not read; a noticeable omission is counted."""
        types = types_of(element)
        if not tag or tag in _UNHEARD or element.get("hidden") is not None or types & _MARKS:
            return True
        if _PAGE_CLASS.search(element.get("class") or "") and len(_text(element)) < 12:
            return True
        if tag in {"sup", "a"} and _is_mark(element, tag):
            return True
        if tag == "math":
            self._words.append(said_formula(element) or _FORMULA)
            return True
        if tag == "object" and len(_text(element)) < _A_TEXT:  # else it is told in place of what only programs show
            return True
        if tag == "table":
            return self._table(element)
        if tag == "pre":
            self._end()
            self._preformatted(element)
            return True
        kind = next((_LEFT_OUT[name] for name in [tag, *sorted(types)] if name in _LEFT_OUT), None)
        if kind is None or (kind == "caption" and (whole or len(_text(element)) > _A_TEXT)):
            return False
        self._end()
        if _text(element):
            notes = sum(
                name_of(child) == "li" or bool(types_of(child) & {"footnote", "endnote"}) for child in element.iter()
            )
            self._chapter.left_out[kind] += max(1, notes) if kind in {"footnote", "reference"} else 1
        return True

    def _begin(self, element: etree._Element, tag: str) -> None:
        if tag == "br":
            self._words.append("\n")
        if tag not in _BLOCKS:
            return
        self._end()
        around = self._open[-1]
        kind = KINDS.get(tag)
        if tag == "li":
            opened = _Open(BlockKind.ITEM, max(1, around.level), around.number)
            if around.number is not None:
                around.number += 1
        elif tag in {"ol", "ul"}:
            depth = around.level + 1 if around.kind is BlockKind.ITEM else 1
            start = element.get("start") or "1"
            number = int(start) if re.fullmatch(r"\d{1,6}", start) else 1
            opened = _Open(BlockKind.ITEM, depth, number if tag == "ol" else None)
        elif kind is BlockKind.HEADING:
            opened = _Open(kind, int(tag[1]))
        elif kind is not None:
            opened = _Open(kind)
        else:
            opened = around if around.kind is BlockKind.ITEM else _Open(around.kind, around.level)
        self._open.append(opened)

    def _end(self) -> None:
        """Close the block whose words were collected."""
        lines = [" ".join(line.split()) for line in "".join(self._words).split("\n")]
        self._words.clear()
        lines = [line for line in lines if line]
        if not lines:
            return
        within = self._open[-1]
        verse = (
            within.kind in {BlockKind.PARAGRAPH, BlockKind.QUOTATION} and len(lines) > 1 and max(map(len, lines)) < 90
        )
        text = self._told("\n".join(lines) if verse else " ".join(lines))
        if not text:
            return
        blocks = self._chapter.blocks
        if within.kind is BlockKind.ITEM and within.begun and blocks and blocks[-1].kind is BlockKind.ITEM:
            last = blocks[-1]
            if len(last.text) + len(text) < _ITEM_CHARACTERS:
                blocks[-1] = Block(last.kind, f"{last.text} {text}", last.level, last.marker)
            else:
                blocks.append(Block(BlockKind.PARAGRAPH, text))
            return
        marker = f"{within.number}." if within.kind is BlockKind.ITEM and within.number is not None else ""
        blocks.append(Block(BlockKind.VERSE if verse else within.kind, text, within.level, marker))
        within.begun = True

    def _told(self, text: str) -> str:
        """A text without its sentences with formulas."""
        if _FORMULA not in text:
            return text
        self._chapter.left_out["math"] += text.count(_FORMULA)
        return " ".join(sentence for sentence in _SENTENCE.split(text) if _FORMULA not in sentence)

    def _table(self, table: etree._Element) -> bool:
        """Tell a table of figures row by row; a table used to lay out text is read like any other element."""
        cells = [cell for cell in table.iter() if name_of(cell) in {"td", "th"}]
        headed = any(name_of(cell) == "th" for cell in cells)
        if any(name_of(child) == "table" for child in table.iterdescendants()):
            return False
        if not headed and (len(cells) < 4 or max((len(_text(cell)) for cell in cells), default=0) > 200):
            return False
        self._end()
        rows = [
            [_text(cell) for cell in row if name_of(cell) in {"td", "th"}]
            for row in table.iter()
            if name_of(row) == "tr"
        ]
        first = next(row for row in table.iter() if name_of(row) == "tr")
        told = sentences_of(rows, headed=all(name_of(cell) == "th" for cell in first))
        if told is None:
            self._chapter.left_out["table"] += 1
        else:
            self._chapter.blocks += [Block(BlockKind.TABLE, sentence) for sentence in told]
        return True

    def _preformatted(self, element: etree._Element) -> None:
        text = "".join(element.itertext())
        if any(name_of(child) == "code" for child in element.iter()) or re.search(
            r"[;{}]\s*$|\w\(.*\)", text, re.MULTILINE
        ):
            self._chapter.left_out["code"] += 1
        elif text.strip():
            self._chapter.blocks.append(Block(BlockKind.VERSE, text))


def name_of(element: etree._Element) -> str:
    """An element's name without its namespace; nothing for what is no element."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def types_of(element: etree._Element) -> set[str]:
    """The words of `epub:type` and `role` about an element."""
    return {word for name in _EPUB_TYPE for word in (element.get(name) or "").lower().split()}


def _text(element: etree._Element) -> str:
    return " ".join("".join(element.itertext(etree.Element)).split())


def _is_mark(element: etree._Element, tag: str) -> bool:
    """Whether an element is the mark of a note: small and raised, and a link."""
    text = _text(element)
    if not _MARK.fullmatch(text):
        return False
    raised = tag == "sup" or any(name_of(child) == "sup" for child in element) or name_of(element.getparent()) == "sup"
    links = tag == "a" or any(name_of(child) == "a" for child in element) or text.strip("*†‡§¶") == ""
    local = "#" in "".join(child.get("href") or "" for child in element.iter())
    return (raised and links) or (local and text.startswith(("[", "(")))


def _flat(text: str | None) -> str:
    return re.sub(r"[\t\n\r ]+", " ", text) if text else ""
