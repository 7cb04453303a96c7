"""Notes and their marks, as sites and office programs write them."""

from __future__ import annotations

import re

from lxml import etree

from functions.content_harvester.markup.trees import NOTE, REFERENCE

_NOTES = re.compile(
    r"\b(footnotes?|doc-endnotes|endnotes|reflist|references|\w*bibliography|ltx_biblist)\b", re.IGNORECASE
)
_BACK = re.compile(
    r"#_?\w*(?:ref|anc|back)\w*\s|\s_?(?:ftn|edn|cmnt|sdfootnote|sdendnote|(?:fn|(?:foot|end)?note)(?!ref))\w*\d",
    re.IGNORECASE,
)
_MARK_OF_NOTE = re.compile(r"\[?(?:(?:note |nb )?\d{1,3}|[a-z]|[ivx]{1,4}|[*†‡§¶]{1,3})\]?|[↩↑^]", re.IGNORECASE)


def is_mark_of_note(link: etree._Element) -> bool:
    """Tell whether a link is the number of a note right behind a word: it leads to a place on its page."""
    target = link.get("href") or ""
    text = "".join(link.itertext()).strip()
    if not target.startswith("#") or len(text) > 10 or not _MARK_OF_NOTE.fullmatch(text):
        return False
    before = link.getprevious()
    parent = link.getparent()
    ahead = (before.tail if before is not None else parent.text if parent is not None else "") or ""
    return text[0] in "[↩↑^*†‡§¶" or ahead[-1:].isalnum() or ahead[-1:] in tuple('.,;:!?)”"’')


def note_behind(link: etree._Element) -> etree._Element | None:
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


def mark_of_item(item: etree._Element) -> str:
    """Return the mark for an item of a list of notes or references."""
    for around in (item.getparent(), item.getparent().getparent() if item.getparent() is not None else None):
        if around is not None and around.tag in {"ol", "ul", "section", "div"}:
            names = f"{around.get('class') or ''} {around.get('role') or ''} {around.get('id') or ''}"
            if found := _NOTES.search(names):
                return NOTE if "note" in found[0].lower() else REFERENCE
    return ""
