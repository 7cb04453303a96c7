"""HTML as its blocks, for every source of HTML: articles, items of feeds, Markdown.

https://html.spec.whatwg.org/multipage/#toc-semantics. Code, formulas and tables unfit for telling are left out, and
counted. A sentence with a formula goes as a whole, for without the formula the sentence would say something else.

Trees are walked without recursion, each element once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from lxml import etree, html

from common.text.blocks import Block, BlockKind
from common.text.conversation import with_speakers
from common.text.lines import joined
from common.text.sentences import ended
from common.text.tables import sentences_of, spread
from common.text.typed import typed_blocks
from common.text.typed.hand_broken import told_lines
from functions.content_harvester import printed
from functions.content_harvester.by_hand import is_item, reads_as_heading, with_items
from functions.content_harvester.html_elements import BLOCKS, KINDS, shallow

FORMULA, CODE, TABLE, NOTE, REFERENCE, CONTENTS = "⌬", "⌨", "⊞", "⁑", "⁂", "⁜"
"""What stands for a formula, and before the text of what is left out, while a page is taken apart."""
_LEFT_OUT = {CODE: "code", TABLE: "table", NOTE: "footnote", REFERENCE: "reference", CONTENTS: "contents"}

_UNTOLD = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "svg",
        "canvas",
        "audio",
        "video",
        "map",
        "select",
        "option",
        "optgroup",
        "button",
        "input",
        "textarea",
        "datalist",
        "progress",
        "meter",
        "head",
        "title",
        "math",
        "rp",
        "rt",
        "menu",
        "dialog",
        "nav",
    ]
)
_BLOCKS = BLOCKS | {"dir", "form"}
_KINDS = {
    **KINDS,
    "figcaption": BlockKind.CAPTION,
    "caption": BlockKind.CAPTION,
    "summary": BlockKind.HEADING,
}
_NOTES = re.compile(
    r"\b(footnotes?|doc-endnotes|endnotes|reflist|references|\w*bibliography|ltx_biblist)\b", re.IGNORECASE
)
_STANZA = re.compile(
    r"(?:^|\s)(?:stanza|strophe|strofa|estrofa|estrofe|poem|poetry|poema|poesia|poesie|gedicht|verses?|line-?group|lg)"
    r"(?:\s|$)",
    re.IGNORECASE,
)
_AROUND = frozenset(["body", "main", "article", "section", "div"])
_BELOW_A_HEADING = frozenset(["p", "ul", "ol", "div", "blockquote", "table"])
_CODE_CLASS = re.compile(
    r"\b(code|codehilite|highlight|hljs|prettyprint|brush|sourceCode|prism|console|terminal|lang(uage)?-\w+)\b"
)
_CODE_LINE = re.compile(
    r"[;{}]\s*$|^\s*(#include|import\s|from\s.*\simport\s|def\s|class\s\w|return\b|function\b|var\s|let\s\w+\s*=|const\s"
    r"|\$\s|>>>\s|//|/\*|\*/|#!|@\w+$|</?\w)|[=!<>+-]=|=>|->|::|\w\(\)|\)\s*[;{:]|^\s*[\w.\[\]]+\s*=\s*\S"
)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)"
    r"|text-indent\s*:\s*-\d{3}|(?:left|top|right)\s*:\s*-\d{4}|clip\s*:\s*rect\(\s*[01](?:px)?\b"
    r"|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    r"|(?<!-)color\s*:\s*(?P<color>[#\w(),. ]{3,30}?)\s*;[^{}]{0,200}?"
    r"background(?:-color)?\s*:\s*(?P=color)\s*(?:;|!|$)",
    re.IGNORECASE,
)
_SIZE = re.compile(r"(?<![\w-])font(-size)?\s*:\s*([^;!]{1,100})", re.IGNORECASE)
_RELATIVE = re.compile(r"[\d.]+(?:em|%)|inherit|smaller|larger", re.IGNORECASE)
_BACK = re.compile(r"#_?\w*(?:ref|anc|back)\w*\s|\s_?(?:ftn|edn|cmnt|sdfootnote|sdendnote)\w*\d", re.IGNORECASE)
_MARK_OF_NOTE = re.compile(r"\[?(?:(?:note |nb )?\d{1,3}|[a-z]|[ivx]{1,4}|[*†‡§¶]{1,3})\]?|[↩↑^]", re.IGNORECASE)
_BRACKETED = re.compile(r"\[[^\[\]]{1,40}\]")
_TEX = re.compile(
    r"\$\$[^$]{1,2000}\$\$|\\\([^\n]{1,500}?\\\)|\\\[.{1,2000}?\\\]|\$[^$\n]{0,200}\\[a-zA-Z][^$\n]{0,200}\$", re.DOTALL
)
_SAID_FORMULA, _SAID_SIGNS = 30, 3
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[^a-z\s])")
_ANCHOR = re.compile(r"\s*(\[ ?edit[^\]]{0,40}\]|[¶#§🔗])\s*$")
_PAGES = re.compile(r":\s?(?:pp?\.\s?)?[\divxl]{1,6}(?:\s?[–—,-]\s?[\divxl]{1,6}){0,4}")
"""Raised behind the number of a note: on which pages of it."""
_PLAYER = re.compile(
    r"(?:^|\s)(?:(?:vjs|jw|mejs|plyr|yvp)(?:-|__)[\w-]+|jp-(?:InputPrompt|Output|RenderedText)[\w-]*|"
    r"(?:in|out)put_prompt|output_wrapper)"
)
"""What players of film and sound call their buttons, menus and clocks, and notebooks what their programs print."""
_RAISED = str.maketrans("0123456789+-\u2212()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾")
_ITEM_CHARACTERS = 600
"""Paragraphs of an item are one with it up to that; what is longer is a text of its own."""
_PROSE = frozenset([BlockKind.PARAGRAPH, BlockKind.QUOTATION])
_WIDEST_VERSE = 90
_A_SENTENCE = 5
"""Words that a cell has more of where it holds a sentence, rather than a fact."""
_NOT_SETTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def parse(markup: str) -> html.HtmlElement:
    """Return a page or a fragment as a tree, ready for blocks(). Raises lxml's errors, for an empty page too."""
    markup = shallow(re.sub(r"^\s{0,100}<\?xml[^>]{0,200}>", "", markup))
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    root = html.document_fromstring(markup, parser)
    prepare(root)
    return root


def prepare(root: etree._Element) -> None:  # noqa: PLR0912 - a case for each kind of element
    """Put marks for formulas and code, take marks of notes away, and set text laid out by other means than
    paragraphs in paragraphs: in `pre`, or in a table without recognisable columns."""
    _drop_hidden(root)
    for element in list(root.iter(etree.Element)):
        if element.tag == "a" and (note := _note_behind(element)) is not None:
            note.text = settable(f"{NOTE} {note.text or ''}")
        if (said := _said_instead(element)) is not None:
            replace(element, said, closing_up=element.tag == "a" and not said)
            continue
        if _is_stanza(element):
            _join_lines(element)
        match element.tag:
            case "sup":
                _raise(element)
            case "q":
                _set_in_marks(element)
            case "p" if _is_heading(element):
                element.tag = "h6"
            case "p" if _is_line_of_contents(element):
                _mark_lines_of_contents(element)
            case "p" if "MsoCaption" in (element.get("class") or ""):
                element.tag = "figcaption"
            case "li" if mark := _note(element):
                element.text = settable(f"{mark} {element.text or ''}")
            case "pre":
                _prepare_preformatted(element)
            case "ul" | "ol" if _is_contents(element):
                _mark_contents(element)
            case "table" if _is_layout(element):
                _as_divisions(element)


def _set_in_marks(quoted: etree._Element) -> None:
    """Set words that are quoted within a sentence in marks, as browsers do: an extractor parts the sentence there."""
    quoted.tag = "span"
    quoted.text = f"“{quoted.text or ''}"
    if len(quoted):
        quoted[-1].tail = f"{quoted[-1].tail or ''}”"
    else:
        quoted.text += "”"


def _said_instead(element: etree._Element) -> str | None:
    """Return the words in place of a formula, a mark or struck-out words; None for any other element."""
    names = element.get("class") or ""
    match element.tag:
        case "math":
            return said_formula(element) or FORMULA
        case "script" if (element.get("type") or "").startswith("math/"):
            return FORMULA
        case "span" | "div" if re.search(r"\b(katex|MathJax|mwe-math-element)\b", names):
            math = next(element.iter("math"), None)
            return (said_formula(math) if math is not None else "") or FORMULA
        case "span" | "div" if re.fullmatch(r"math( inline| block)?", names):
            return _formula("".join(element.itertext()))
        case "img" if "math" in names or (element.get("alt") or "").startswith("{\\"):
            return ""
        case "span" if "mw-editsection" in names:
            return ""
        case "div" | "span" | "ul" if _PLAYER.search(names):
            return ""
        case "del" | "s" | "strike":
            return ""
        case "a" if _is_mark_of_note(element):
            return ""
    return None


def said_formula(math: etree._Element) -> str:
    """Return the words for MathML, where its formula is a name or a short sum on one line; else none.

    https://www.w3.org/TR/mathml-core/
    """
    if not len(math):
        return _formula(math.get("alttext") or math.text or "").replace(FORMULA, "")
    parts = [(part.tag.rpartition("}")[2].rpartition(":")[2], part.text or "") for part in math.iter(etree.Element)]
    plain = {"math", "mi", "mn", "mo", "mrow", "mstyle", "mtext", "mspace", "semantics", "annotation"}
    signs = sum(name == "mo" for name, _ in parts)
    if signs > _SAID_SIGNS or any(name not in plain for name, _ in parts):
        return ""
    return _formula("".join(text for name, text in parts if name != "annotation")).replace(FORMULA, "")


def _formula(written: str) -> str:
    """Return a formula as said aloud, where the formula is a name or a short sum, else the mark of a formula."""
    written = " ".join(written.split())
    return (
        FORMULA
        if re.search(r"[\\{}_^]", written.replace("^2", "²").replace("^3", "³")) or len(written) > _SAID_FORMULA
        else written
    )


def _is_mark_of_note(link: etree._Element) -> bool:
    """Tell whether a link is the number of a note right behind a word: it leads to a place on its page."""
    target = link.get("href") or ""
    text = "".join(link.itertext()).strip()
    if not target.startswith("#") or len(text) > 10 or not _MARK_OF_NOTE.fullmatch(text):
        return False
    before = link.getprevious()
    parent = link.getparent()
    ahead = (before.tail if before is not None else parent.text if parent is not None else "") or ""
    return text[0] in "[↩↑^*†‡§¶" or ahead[-1:].isalnum() or ahead[-1:] in tuple('.,;:!?)”"’')


def _note_behind(link: etree._Element) -> etree._Element | None:
    """Return the paragraph of a note that begins with its mark, which leads back to the text: as office programs write
    it."""
    target = f"{link.get('href') or ''} {link.get('id') or ''} {link.get('name') or ''}"
    if not target.startswith("#") or not _BACK.search(target):
        return None
    at = link
    while (around := at.getparent()) is not None and at.getprevious() is None and not (around.text or "").strip():
        if around.tag == "p":
            return around if _MARK_OF_NOTE.fullmatch("".join(link.itertext()).strip()) else None
        at = around
    return None


def _is_line_of_contents(paragraph: etree._Element) -> bool:
    """Tell whether a paragraph is a link into its own page alone, and stands beside another such."""
    beside = (paragraph.getprevious(), paragraph.getnext())
    return _is_way_within(paragraph) and any(
        one is not None and one.tag == "p" and _is_way_within(one) for one in beside
    )


def _mark_lines_of_contents(first: etree._Element) -> None:
    """Put one mark in the place of paragraphs in a row that are a list of contents."""
    others = []
    for line in first.itersiblings():
        if line.tag != "p" or not _is_way_within(line):
            break
        others.append(line)
    _mark_contents(first)
    for line in others:
        replace(line, "")


def _is_way_within(paragraph: etree._Element) -> bool:
    link = paragraph.find(".//a")
    if link is None or not (link.get("href") or "").startswith("#"):
        return False
    letters = _letters(paragraph)
    return 3 < letters == sum(_letters(one) for one in paragraph.iter("a"))


def _is_contents(listed: etree._Element) -> bool:
    """Tell whether a list is of links into its own page alone."""
    links = list(listed.iter("a"))
    return (
        len(links) > 1
        and all((link.get("href") or "").startswith("#") for link in links)
        and sum(map(_letters, links)) == _letters(listed)
    )


def _mark_contents(listed: etree._Element) -> None:
    """Put a mark in the place of a list of contents, and of the heading above it."""
    above = listed.getprevious()
    if above is not None and printed.CONTENTS.fullmatch("".join(above.itertext()).strip().rstrip(":")):
        replace(above, "")
    for child in list(listed):
        listed.remove(child)
    listed.tag, listed.text = "p", CONTENTS


def _note(item: etree._Element) -> str:
    """Return the mark for an item of a list of notes or references."""
    for around in (item.getparent(), item.getparent().getparent() if item.getparent() is not None else None):
        if around is not None and around.tag in {"ol", "ul", "section", "div"}:
            names = f"{around.get('class') or ''} {around.get('role') or ''} {around.get('id') or ''}"
            if found := _NOTES.search(names):
                return NOTE if "note" in found[0].lower() else REFERENCE
    return ""


def _drop_hidden(root: etree._Element) -> None:
    """Drop elements invisible to readers, a hiding place of instructions to machines.

    Behind an open dialog a page hides all of itself from screen readers alone; once the dialog is closed, the page is
    read.
    """
    for element in root.xpath("//*[@hidden or @aria-hidden or contains(@style, ':')]"):
        if _has_size(element) is False:
            _drop_sizeless(element)
        if element.get("aria-hidden") == "true" and not _HIDING.search(element.get("style") or ""):
            if element.tag in {"html", "body"} or 2 * _letters(element) > _letters(root):
                continue
        elif element.get("hidden") is None and not _HIDING.search(element.get("style") or ""):
            continue
        replace(element, " ")


def _has_size(element: etree._Element) -> bool | None:
    """Tell whether an element sets its letters in a size at all, None where they have that of the element around."""
    found = list(_SIZE.finditer(element.get("style") or ""))
    if not found or (found[-1][1] and _RELATIVE.match(found[-1][2]) and found[-1][2].strip("0.%em ")):
        return None
    return not (found[-1][1] and re.fullmatch(r"[0.]+(?:[a-z]+|%)?\s*", found[-1][2], re.IGNORECASE))


def _drop_sizeless(element: etree._Element) -> None:
    """Drop the letters of an element in no size, but for what sets one of its own: so mails close up their tables."""
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, part in walk:
        if event == "end":
            part.tail = part.tail if part is element else None
        elif part is not element and _has_size(part):
            walk.skip_subtree()
        else:
            part.text = None


def _letters(element: etree._Element) -> int:
    return sum(len(text.strip()) for text in element.itertext() if text)


def _is_heading(paragraph: etree._Element) -> bool:
    """Tell whether a paragraph is all bold, reads as a heading, and stands above another that is not bold."""
    after, around = paragraph.getnext(), paragraph.getparent()
    if not _is_bold(paragraph) or after is None or after.tag not in _BELOW_A_HEADING or _is_bold(after):
        return False
    text = " ".join("".join(paragraph.itertext()).split())
    return around is not None and around.tag in _AROUND and reads_as_heading(Block(BlockKind.PARAGRAPH, text))


def _is_bold(element: etree._Element) -> bool:
    only = element[0] if len(element) == 1 else None
    if only is None or only.tag not in {"b", "strong"} or only.find(".//br") is not None:
        return False
    return not (element.text or "").strip() and not (only.tail or "").strip()


def _is_stanza(element: etree._Element) -> bool:
    """Tell whether an element is called a poem or a stanza, and holds nothing but its lines, a paragraph each."""
    if len(element) < 2 or not _STANZA.search(element.get("class") or ""):
        return False
    between = [element.text, *(line.tail for line in element)]
    return not any(map(str.strip, filter(None, between))) and all(map(_is_line, element))


def _is_line(element: etree._Element) -> bool:
    broken = any(part.tag in BLOCKS or part.tag == "br" for part in element.iterdescendants(etree.Element))
    return element.tag in {"p", "div"} and not broken and _letters(element) < _WIDEST_VERSE


def _join_lines(stanza: etree._Element) -> None:
    """Set the lines of a stanza in one paragraph."""
    for line in list(stanza)[1:]:
        stanza.insert(stanza.index(line), etree.Element("br"))
    for line in list(stanza):
        if line.tag != "br":
            line.tag = "span"
    stanza.tag = "p"


def _as_divisions(table: etree._Element) -> None:
    inner = table.iter("tbody", "thead", "tfoot", "tr", "td", "th", "caption")
    for part in [table, *(part for part in inner if next(part.iterancestors("table")) is table)]:
        part.tag = "div"


def settable(text: str) -> str:
    """Return a text that lxml lets be set: without the controls that its parser has let through."""
    return _NOT_SETTABLE.sub("", text)


def replace(element: etree._Element, text: str, *, closing_up: bool = False) -> None:
    """Put `text` in the place of an element, right behind what stands before it where `closing_up`."""
    parent = element.getparent()
    if parent is None:
        return
    text += element.tail or ""
    before = element.getprevious()
    ahead = (before.tail if before is not None else parent.text) or ""
    ahead = settable((ahead.rstrip() if closing_up else ahead) + text)
    if before is not None:
        before.tail = ahead
    else:
        parent.text = ahead
    parent.remove(element)


def _raise(element: etree._Element) -> None:
    """10<sup>6</sup> is 10⁶ and not 106; a number leading to a note is none."""
    text = "".join(element.itertext()).strip()
    if _PAGES.fullmatch(text):
        replace(element, "")
        return
    leads = element.find(".//a") is not None or next(element.iterancestors("a"), None) is not None
    if (
        "footnote-ref" in (element.get("class") or "")
        or _BRACKETED.fullmatch(text)
        or (re.fullmatch(r"[\d*†‡§]{1,3}", text) and (leads or text.strip("*†‡§") == ""))
    ):
        replace(element, "")
    elif re.fullmatch(r"[\d+\-\u2212()]{1,12}", text):
        replace(element, text.translate(_RAISED))


def _prepare_preformatted(element: etree._Element) -> None:
    text = "".join(element.itertext())
    names = " ".join(
        [
            element.get("class") or "",
            (element.getparent().get("class") if element.getparent() is not None else "") or "",
        ]
    )
    if element.find(".//code") is not None or _CODE_CLASS.search(names) or looks_like_code(text):
        element.text = settable(f"{CODE} {element.text or ''}")
        return
    for child in list(element):
        element.remove(child)
    element.tag, element.text = "div", None
    for paragraph in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.strip("\n")):
        part = etree.SubElement(element, "p")
        for number, line in enumerate(paragraph.split("\n")):
            if number:
                etree.SubElement(part, "br").tail = settable(line)
            else:
                part.text = settable(line)


def looks_like_code(text: str) -> bool:
    """Tell whether a third of the lines have a form found in programs only."""
    lines = [line[:500] for line in text.splitlines()[:200] if line.strip()]
    return 3 * sum(bool(_CODE_LINE.search(line)) for line in lines) >= max(1, len(lines))


def _is_layout(table: etree._Element) -> bool:
    """Tell whether a table sets text side by side or in a frame, rather than telling facts in rows and columns."""
    if table.get("role") in {"presentation", "none"}:
        return True
    if table.find(".//th") is not None or table.find("caption") is not None or table.find("thead") is not None:
        told = any(len(text.split()) > _A_SENTENCE and ended(text) for text in map(_in_a_line, table.iter("td")))
        return table.find(".//table") is not None or (told and _is_of_one_column(table))
    cells = [cell for cell in table.iter("td") if next(cell.iterancestors("table")) is table]
    if len(cells) < 2 or table.find(".//table") is not None or _is_of_one_column(table):
        return True
    if any(cell.find(f".//{tag}") is not None for cell in cells for tag in ("h1", "h2", "h3", "ul", "blockquote")):
        return True
    if any(_is_text(list(cell.iter("p"))) for cell in cells):
        return True
    return max(len("".join(cell.itertext())) for cell in cells) > 300


def _is_text(paragraphs: Sequence[etree._Element]) -> bool:
    """Tell whether a cell's paragraphs are a text: a program that writes a page sets each fact in a paragraph, too."""
    told = [" ".join("".join(paragraph.itertext()).split()) for paragraph in paragraphs]
    return sum(map(bool, told)) > 1 or any(len(text.split()) > _A_SENTENCE and ended(text) for text in told)


def _is_of_one_column(table: etree._Element) -> bool:
    """Tell whether no row has words in more than one cell: what stands below each other is a text."""
    return all(sum(_letters(cell) > 0 for cell in row.iterchildren("td", "th")) < 2 for row in table.iter("tr"))


@dataclass
class Told:
    """The blocks of a tree, and the numbers of things left out, by kind."""

    blocks: list[Block] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


@dataclass
class _Frame:
    """An element of blocks, and the kind of its words."""

    kind: BlockKind
    level: int = 0
    marker: str = ""
    begun: bool = False
    untold: bool = False
    count: int = 0
    numbering: str = ""


def blocks(root: etree._Element, *, is_book: bool = False, tables: Mapping[str, Sequence[str]] | None = None) -> Told:
    """Return the blocks of a tree from parse() or prepare(). Tables are told in sentences where they can be.

    In a book short lines ended by `br` are verse; on pages many are not, and are looked at. `tables` are the sentences
    of tables whose place is marked by TABLE and their key.
    """
    told = _Walk(is_book, tables or {}).through(root)
    return Told(list(with_items(with_speakers(told.blocks))), told.left_out)


class _Walk:
    def __init__(self, is_book: bool, tables: Mapping[str, Sequence[str]]) -> None:
        self._is_book = is_book
        self._tables = tables
        self._told = Told()
        self._frames = [_Frame(BlockKind.PARAGRAPH)]
        self._words: list[str] = []
        self._broken: dict[int, list[str]] = {}
        """Places of blocks of prose that have lines ended by `br`, and these lines."""

    def through(self, root: etree._Element) -> Told:
        walk = etree.iterwalk(root, events=("start", "end"))
        skipped: etree._Element | None = None
        for event, element in walk:
            tag = element.tag
            if event == "start":
                if skipped is None and self._is_skipped(element):
                    skipped = element
                    walk.skip_subtree()
                elif skipped is None:
                    self._open(element)
                    self._say(element.text)
            else:
                if skipped is None and tag in _BLOCKS:
                    self._flush()
                    self._frames.pop()
                if skipped is element:
                    skipped = None
                if element is not root:
                    self._say(element.tail)
        self._flush()
        self._keep_verses()
        return self._told

    def _keep_verses(self) -> None:
        """Keep the lines of blocks in a row that are a poem together, whatever letters their lines begin with."""
        for _, run in groupby(enumerate(self._broken), lambda numbered: numbered[1] - numbered[0]):
            places = [place for _, place in run]
            lines = [line for place in places for line in self._broken[place]]
            if 2 * sum(map(ended, lines)) > len(lines):
                continue  # a sentence a line is prose
            for place, told in zip(places, told_lines([self._broken[place] for place in places]), strict=True):
                if [block.kind for block in told] == [BlockKind.VERSE]:
                    self._told.blocks[place] = told[0]

    def _is_skipped(self, element: etree._Element) -> bool:
        tag = element.tag
        if tag == "table":
            self._flush()
            self._table(element)
            return True
        return tag in _UNTOLD or not isinstance(tag, str)

    def _open(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in {"br", "hr"}:
            self._words.append("\n")
        if tag not in _BLOCKS:
            return
        self._flush()
        around = self._frames[-1]
        kind = _KINDS.get(tag) or around.kind
        frame = _Frame(kind, around.level if kind is around.kind else 0)
        if tag in {"ul", "ol"}:
            depth = around.level if around.kind is BlockKind.ITEM else 0
            frame = _Frame(BlockKind.ITEM, depth + 1)
            if tag == "ol":
                frame.numbering = element.get("type") or "1"
                frame.count = _number(element.get("start"), 1) - 1
        elif tag == "li":
            frame = self._item(element, around)
        elif kind is BlockKind.HEADING:
            frame.level = int(tag[1]) if tag[1].isdigit() else max(around.level, 6)
        elif around.kind is BlockKind.ITEM and kind is BlockKind.ITEM:
            frame = around  # a paragraph of an item is the item's
        self._frames.append(frame)

    @staticmethod
    def _item(element: etree._Element, around: _Frame) -> _Frame:
        marker = ""
        if around.numbering:
            around.count = _number(element.get("value"), around.count + 1)
            marker = _marker(around.count, around.numbering)
        return _Frame(BlockKind.ITEM, max(1, around.level), marker)

    def _say(self, text: str | None) -> None:
        if text:
            self._words.append(re.sub(r"[^\S\xa0]+", " ", text))

    def _flush(self) -> None:
        if not self._words:
            return
        text, frame = "".join(self._words), self._frames[-1]
        self._words.clear()
        for paragraph in re.split(r"\n[ \xa0]*(?:\n[ \xa0]*)+", text):
            lines = [line for given in paragraph.split("\n") if (line := given.strip())]
            if not lines:
                continue
            if frame.kind is BlockKind.PARAGRAPH and sum(map(is_item, lines)) > 1:
                typed = typed_blocks("\n".join(lines))
                if any(block.kind is BlockKind.ITEM for block in typed) and not frame.untold:
                    self._told.blocks += typed
                    continue
            block = joined(lines, frame.kind)
            if self._is_book and len(lines) > 1 and block.kind in _PROSE and max(map(len, lines)) < _WIDEST_VERSE:
                block = Block(BlockKind.VERSE, "\n".join(lines))
            self._emit(block, frame)
            if block.kind in _PROSE and len(lines) > 1 and self._told.blocks[-1:] == [block]:
                self._broken[len(self._told.blocks) - 1] = lines

    def _emit(self, block: Block, frame: _Frame) -> None:
        text = block.text
        if text[:1] == TABLE and (sentences := self._tables.get(text[1:].split(maxsplit=1)[0] if text[1:] else "")):
            self._told.blocks += [Block(BlockKind.TABLE, sentence) for sentence in sentences]
            return
        if text[:1] in _LEFT_OUT:
            self._told.left_out[_LEFT_OUT[text[0]]] += 1
            frame.untold = True
        if frame.untold:
            return
        text = without_formulas(text, self._told.left_out)
        if frame.kind is BlockKind.HEADING:
            text = _ANCHOR.sub("", text)
        if not text.strip():
            return
        if frame.kind is BlockKind.ITEM and frame.begun:
            before = self._told.blocks[-1]
            if (before.kind, before.level) == (BlockKind.ITEM, frame.level) and len(before.text) + len(
                text
            ) <= _ITEM_CHARACTERS:
                parted = ": " if text[0].isupper() and before.text[-1:].isalnum() else " "
                self._told.blocks[-1] = Block(before.kind, f"{before.text}{parted}{text}", before.level, before.marker)
            else:
                self._told.blocks.append(Block(BlockKind.PARAGRAPH, text))
            return
        marker = frame.marker if block.kind is BlockKind.ITEM else ""
        level = frame.level if block.kind in {BlockKind.ITEM, BlockKind.HEADING} else 0
        self._told.blocks.append(Block(block.kind, text, level, marker))
        frame.begun = True

    def _table(self, table: etree._Element) -> None:
        sentences = sentences_of_table(table)
        if sentences is None:
            self._told.left_out["table"] += any(cell.strip() for row in _cells(table) for cell in row)
            return
        self._told.blocks += [Block(BlockKind.TABLE, sentence) for sentence in sentences]


def sentences_of_table(table: etree._Element, *, limited: bool = True) -> list[str] | None:
    """Return a table's rows in sentences; None for one too large to be heard, where `limited`, or without a word."""
    first = next(table.iter("tr"), None)
    headed = first is not None and first.find("th") is not None and first.find("td") is None
    return sentences_of(_cells(table), headed=headed or None, limited=limited)


def _cells(table: etree._Element) -> list[list[str]]:
    return spread(
        [
            [
                (_in_a_line(cell), _span(cell, "colspan"), _span(cell, "rowspan"))
                for cell in row
                if cell.tag in {"td", "th"}
            ]
            for row in table.iter("tr")
        ]
    )


def _in_a_line(cell: etree._Element) -> str:
    """Return the words of a cell, its lines and paragraphs apart, its items after a comma."""
    words: list[str] = []
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        apart = " " if element.tag in _BLOCKS or element.tag == "br" else ""
        if event == "start":
            previous = element.getprevious()
            words += [", " if element.tag == "li" and previous is not None else apart, element.text or ""]
        else:
            words += [apart, (element.tail or "") if element is not cell else ""]
    return " ".join("".join(words).split()).replace(" ,", ",")


def _span(cell: etree._Element, name: str) -> int:
    return _number(cell.get(name), 1)


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,6}", text.strip()) else otherwise


def _marker(number: int, numbering: str) -> str:
    if numbering in {"a", "A"} and 1 <= number <= 26:
        return f"{chr(ord(numbering) + number - 1)}."
    if numbering in {"i", "I"} and 1 <= number < 40:
        roman = "x" * (number // 10) + ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"][number % 10]
        return f"{roman if numbering == 'i' else roman.upper()}."
    return f"{number}."


def without_formulas(text: str, left_out: Counter[str]) -> str:
    """Return a text without its sentences with formulas, which are counted."""
    text = _TEX.sub(FORMULA, text)
    if FORMULA not in text:
        return text
    left_out["math"] += text.count(FORMULA)
    return " ".join(sentence for sentence in _SENTENCE_END.split(text) if FORMULA not in sentence)
