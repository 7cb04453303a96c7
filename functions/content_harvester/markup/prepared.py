"""A tree made ready to be told: marks for formulas, code and notes, paragraphs for text laid out by other means."""

from __future__ import annotations

import re

from lxml import etree, html

from functions.content_harvester.html_elements import shallow
from functions.content_harvester.markup.contents import (
    is_contents,
    is_line_of_contents,
    mark_contents,
    mark_lines_of_contents,
)
from functions.content_harvester.markup.formulas import formula, said_formula
from functions.content_harvester.markup.hidden import drop_hidden
from functions.content_harvester.markup.notes import is_mark_of_note, mark_of_item, note_behind
from functions.content_harvester.markup.paragraphs import is_heading, is_stanza, join_lines
from functions.content_harvester.markup.preformatted import prepare_preformatted
from functions.content_harvester.markup.tables import is_layout, set_in_divisions
from functions.content_harvester.markup.trees import FORMULA, NOTE, replace, settable

_BRACKETED = re.compile(r"\[[^\[\]]{1,40}\]")
_PAGES = re.compile(r":\s?(?:pp?\.\s?)?[\divxl]{1,6}(?:\s?[–—,-]\s?[\divxl]{1,6}){0,4}")
"""Raised behind the number of a note: on which pages of it."""
_PLAYER = re.compile(
    r"(?:^|\s)(?:(?:vjs|jw|mejs|plyr|yvp)(?:-|__)[\w-]+|jp-(?:InputPrompt|Output|RenderedText)[\w-]*|"
    r"(?:in|out)put_prompt|output_wrapper)"
)
"""What players of film and sound call their buttons, menus and clocks, and notebooks what their programs print."""
_RAISED = str.maketrans("0123456789+-\u2212()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾")


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
    drop_hidden(root)
    for element in list(root.iter(etree.Element)):
        if element.tag == "a" and (note := note_behind(element)) is not None:
            note.text = settable(f"{NOTE} {note.text or ''}")
        if (said := _said_instead(element)) is not None:
            replace(element, said, closing_up=element.tag == "a" and not said)
            continue
        if is_stanza(element):
            join_lines(element)
        match element.tag:
            case "sup":
                _raise(element)
            case "q":
                _set_in_marks(element)
            case "p" if is_heading(element):
                element.tag = "h6"
            case "p" if is_line_of_contents(element):
                mark_lines_of_contents(element)
            case "p" if "MsoCaption" in (element.get("class") or ""):
                element.tag = "figcaption"
            case "li" if mark := mark_of_item(element):
                element.text = settable(f"{mark} {element.text or ''}")
            case "pre":
                prepare_preformatted(element)
            case "ul" | "ol" | "table" if is_contents(element):
                mark_contents(element)
            case "table" if is_layout(element):
                set_in_divisions(element)


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
            return formula("".join(element.itertext()))
        case "img" if "math" in names or (element.get("alt") or "").startswith("{\\"):
            return ""
        case "span" if "mw-editsection" in names:
            return ""
        case "div" | "span" | "ul" if _PLAYER.search(names):
            return ""
        case "del" | "s" | "strike":
            return ""
        case "a" if is_mark_of_note(element):
            return ""
    return None


def _set_in_marks(quoted: etree._Element) -> None:
    """Set words that are quoted within a sentence in marks, as browsers do: an extractor parts the sentence there."""
    quoted.tag = "span"
    quoted.text = f"“{quoted.text or ''}"
    if len(quoted):
        quoted[-1].tail = f"{quoted[-1].tail or ''}”"
    else:
        quoted.text += "”"


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
