"""Wikitext as Markdown, for its reader: a page copied or exported out of MediaWiki.

https://www.mediawiki.org/wiki/Help:Formatting. Templates are not looked up: of a few the words are said, the others are
left out, and with them what is drawn beside a text. Each character is looked at a bounded number of times.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from functions.content_harvester.printed import ELSEWHERE

_BRACES = re.compile(r"\{\{|\}\}|\{\||\|\}(?!\})|\[\[|\]\]")
_PAIRS = {"{{": "}}", "{|": "|}", "[[": "]]"}
_MARKS = re.compile(r"</?nowiki ?/?>|\{\{\{[^{}]{0,100}\}\}\}|__[A-Z]{3,20}__|<ref\b[^<>]{0,200}/>", re.IGNORECASE)
_UNTOLD = {
    "comment": (re.compile(r"<!--"), "-->"),
    "footnote": (re.compile(r"<ref\b[^<>]{0,200}(?<!/)>"), "</ref>"),
    "math": (re.compile(r"<math\b[^<>]{0,200}>"), "</math>"),
    **{
        tag: (re.compile(rf"<{tag}\b[^<>]{{0,200}}>"), f"</{tag}>")
        for tag in ("gallery", "timeline", "syntaxhighlight", "source", "score")
    },
}
"""What begins and ends so is not told; in place of a formula stands another, for its sentence goes with it."""
_BESIDE = re.compile(
    r":?(?:file|image|category|datei|bild|kategorie|fichier|catégorie|archivo|imagen|categoría|ficheiro|imagem|"
    r"categoria|immagine|[a-z]{2,3}):",
    re.IGNORECASE,
)
_LINK = re.compile(r"\[(?:https?:)?//[^\s\[\]]{1,300}(?:[ \t]+([^\[\]\n]{1,300}))?\]")
_HEADING = re.compile(r"^(={1,6})[ \t]*(\S[^\n]{0,200}?)[ \t]*\1[ \t]*$", re.MULTILINE)
_ITEM = re.compile(r"^([*#:;]{1,6})[ \t]*(?=\S)", re.MULTILINE)
_ASIDE = re.compile(
    rf"^## (?:{ELSEWHERE}|notes|references|einzelnachweise|notes et références|referencias|referências|note)\n"
    r"(?:(?!## ).*\n?)*",
    re.MULTILINE | re.IGNORECASE,
)


def is_wikitext(name: str, text: str = "") -> bool:
    """Tell whether a text is wikitext: by its name, else by links, bold words and headings or templates."""
    if name.lower().endswith((".wiki", ".wikitext", ".mediawiki")):
        return True
    return "[[" in text and "'''" in text and ("{{" in text or _HEADING.search(text) is not None)


def markdown_of_wikitext(text: str, left_out: Counter[str]) -> str:
    """Return the text as Markdown; notes and tables are counted."""
    text = _MARKS.sub("", text)
    for kind, (begin, end) in _UNTOLD.items():
        text, count = _without(text, begin, end, r"$$\x$$" if kind == "math" else "")
        left_out["footnote"] += count if kind == "footnote" else 0
    text = _unbraced(text, left_out)
    text = _LINK.sub(lambda link: link[1] or "", text)
    text = re.sub(r"'{2,5}", "", text)
    text = _ITEM.sub(lambda item: _item(item[1]), text)
    text = _HEADING.sub(lambda heading: f"\n{'#' * len(heading[1])} {heading[2]}\n", text)
    return _ASIDE.sub("", text)


def _without(text: str, begin: re.Pattern[str], end: str, instead: str) -> tuple[str, int]:
    """Cut everything between a beginning and its end out of a text, and count the cuts."""
    kept: list[str] = []
    at = 0
    while (begun := begin.search(text, at)) and (stop := text.find(end, begun.end())) >= 0:
        kept += [text[at : begun.start()], instead]
        at = stop + len(end)
    return "".join([*kept, text[at:]]), len(kept) // 2


def _unbraced(text: str, left_out: Counter[str]) -> str:
    """Return a text with the words of its links and of some templates; what is never closed stands for itself."""
    opened: list[tuple[str, list[str]]] = [("", [])]
    at = 0
    for mark in _BRACES.finditer(text):
        opened[-1][1].append(text[at : mark.start()])
        at = mark.end()
        if mark[0] in _PAIRS:
            opened.append((mark[0], []))
        elif _PAIRS.get(opened[-1][0]) == mark[0]:
            sign, inside = opened.pop()
            left_out["table"] += sign == "{|"
            opened[-1][1].append("" if sign == "{|" else _said(sign, "".join(inside).split("|")))
        else:
            opened[-1][1].append(mark[0])
    opened[-1][1].append(text[at:])
    return "".join(part for sign, inside in opened for part in (sign, *inside))


def _said(sign: str, parts: Sequence[str]) -> str:
    """Return the words for a link or a template."""
    name, said = parts[0].strip(), [part.strip() for part in parts[1:]]
    if sign == "[[":
        return "" if _BESIDE.match(name) else said[-1] if said else name.lstrip("#")
    plain = [part for part in said if "=" not in part]
    match name.lower():
        case "convert" | "cvt" if len(plain) > 1:
            return f"{plain[0]} {plain[1]}"
        case "lang" | "nowrap" | "quote" | "blockquote" | "small" | "nobr" if plain:
            return plain[-1]
    return ""


def _item(signs: str) -> str:
    if signs[-1] in ":;":
        return "\n"
    return f"{'    ' * (len(signs) - 1)}{'1.' if signs[-1] == '#' else '-'} "
