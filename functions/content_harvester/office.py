"""The common part of Office documents (ECMA-376), whichever of its two namespaces they are written in."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from common.text.blocks import Block, BlockKind
from common.text.tables import MAX_CELL_CHARACTERS
from functions.content_harvester.archives import Archive
from functions.content_harvester.source import Unreadable
from functions.content_harvester.whole_sentences import sentences

_NO_TITLE = re.compile(
    r"untitled.*|microsoft word.*|powerpoint.*|.*\.(docx?|pptx?|rtf|dotx?)|(slide|document|title) ?\d*", re.I
)
_NO_AUTHOR = re.compile(
    r"python-docx|openpyxl|(?:microsoft (?:office )?|windows |default )?user|admin(?:istrator)?|owner|.", re.I
)
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
FORMULA = "\ue001"
"""Stands for a formula that cannot be said, until its sentence is left out."""


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: etree._Element | None, name: str) -> str | None:
    """Return an attribute by its name without its namespace."""
    if element is None:
        return None
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """Return the first child of that name, and of this child the first of the next name."""
    for name in path:
        element = next((part for part in element if local(part) == name), None) if element is not None else None
    return element


def parts_of(element: etree._Element | None, *path: str) -> Iterator[etree._Element]:
    """Yield the children of child(element, *path), none where no such element exists."""
    found = child(element, *path)
    yield from found if found is not None else ()


def related(archive: Archive, part: str) -> dict[str, str]:
    """Return the references of a part: paths in the archive by their ids, and the path of the first of a kind by the
    kind's name."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, str] = {}
    if not archive.has(path):
        return found
    for relation in archive.xml(path):
        target = relation.get("Target") or ""
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found[relation.get("Id") or ""] = whole
        found.setdefault((relation.get("Type") or "").rpartition("/")[2], whole)
    return found


def diagram_texts(archive: Archive, path: str | None) -> list[etree._Element]:
    """Return the texts of a diagram (SmartArt), which are in a part of their own, in the order in which they were
    written."""
    whole = archive.xml(path).iter() if path and archive.has(path) else ()
    points = (part for part in whole if str(part.tag).endswith("}pt"))  # without its bracket the code of a language
    return [text for point in points if (text := child(point, "t")) is not None]


def facts(archive: Archive) -> dict[str, str]:
    """Read title, creator and dates from a document's properties, without a program's leftovers."""
    try:
        root = archive.xml("docProps/core.xml")
    except Unreadable:
        return {}
    told = {local(part): " ".join((part.text or "").split()) for part in root}
    if _NO_TITLE.fullmatch(told.get("title", "")):
        del told["title"]
    if _NO_AUTHOR.fullmatch(told.get("creator", "")):
        del told["creator"]
    return {name: value for name, value in told.items() if value}


def first_heading(blocks: Sequence[Block]) -> str:
    """Return the heading of the first rank that a text begins with, which is its title where it has no other."""
    first = next((block for block in blocks if block.text), None)
    return first.text if first is not None and first.kind is BlockKind.HEADING and first.level == 1 else ""


def is_layout(cells: Sequence[etree._Element], texts: Mapping[etree._Element, str], table: str) -> bool:
    """Tell whether a table sets texts side by side: a letter, a form or a newsletter is often a single `table`."""
    filled = [cell for cell in cells if texts[cell]]
    if len(filled) < 2 or any(len(texts[cell]) > MAX_CELL_CHARACTERS for cell in filled):
        return True
    nested = any(local(part) == table for cell in filled for part in cell.iter())
    several = sum(
        sum(local(part) in {"p", "h", "list"} and any(part.itertext()) for part in cell) > 1 for cell in filled
    )
    return nested or several * 3 > len(filled)


def formula(element: etree._Element) -> str:
    """Return a formula in words: a letter or a power as written, else only a mark of its presence."""
    text = "".join(part.text or "" for part in element.iter() if local(part) == "t").strip()
    if local(element) == "oMath" and re.fullmatch(r"[^\W\d_](?:\^?\d)?|\d+", text):
        return re.sub(r"\^(\d)", lambda power: power[1].translate(_SUPERSCRIPT), text)
    return FORMULA


def without_formulas(text: str) -> tuple[str, int]:
    """Return a text without its sentences with formulas, and the number of formulas in those."""
    if FORMULA not in text:
        return text, 0
    kept = [sentence for sentence in sentences(text) if FORMULA not in sentence]
    return " ".join(kept), text.count(FORMULA)


def chosen(element: etree._Element) -> Iterator[etree._Element]:
    """Yield the children of an element; of alternatives the first that has text."""
    for part in element:
        if local(part) == "AlternateContent":
            ways = [way for way in part if local(way) in {"Choice", "Fallback"}]
            way = next((way for way in ways if any(local(text) == "t" for text in way.iter())), None)
            yield from way if way is not None else ()
        else:
            yield part
