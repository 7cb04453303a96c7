"""The spoken part of a model's text: no name of the speaker, no stage direction, no markup, mark or address.

A direction is told from an aside by its words ("laughs", "pause") or by its place: between sentences, where an aside
would be a sentence of its own, with a capital letter or an end mark. "John (of the Beatles) sang." stays whole.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from common.text.citations import without_citations
from common.text.cleaning import visible
from common.text.links import without_links
from common.text.speakers import is_label, label_of
from common.text.typed.signs import CROSSES

_VERBS: Final = (
    r"laugh|chuckl|giggl|snicker|sigh|paus|smil|smirk|grin|gasp|nod(?:s|ding)\b|shrug|wink|lean(?:s|ing)\b|whisper|cough"
    r"|sniff|groan|clears? \w+ throat|excited|thoughtful|sarcastic|lach(?:t|end)\b|schmunzel|seufz|nickt\b|rires?\b"
    r"|rit\b|riant\b|soupir|sourit|souriant|risas?\b|(?:se )?ríe\b|riendo|suspir|sonrí|asiente\b|risos?\b|sorri|ride\b"
    r"|ridendo|risat|sospir|annuisce\b|scoff|snort|exhal|inhal|takes? a (?:deep )?breath|inaudible|crosstalk"
)
_SOUNDS: Final = (
    r"music|jingle|sfx|sound effect|applaus|beat\b|silence|fades?\b|intro\b|outro\b|musik|musique|música|musica"
)
_ANYWHERE = re.compile(
    rf"\[[^\[\]\n]{{0,30}}\b(?:{_VERBS}|{_SOUNDS})[^\[\]\n]{{0,30}}\]"
    rf"|\((?:\w+ly )?(?:{_VERBS})\w*(?: \w+){{0,3}}\)|\((?:{_SOUNDS})\w*\)"
    rf"|(?P<sign>[*_~])(?:\w+ly |[A-Z]\w+ )?(?:{_VERBS})\w*(?: \w+){{0,3}}(?P=sign)"
    rf"|\{{(?:\w+ly )?(?:{_VERBS}|{_SOUNDS})\w*(?: \w+){{0,3}}\}}|<+(?:{_VERBS})\w*>+|[♪♫][^♪♫\n]{{0,30}}[♪♫]",
    re.IGNORECASE,
)
_SOLELY_DIRECTED = re.compile(
    rf"[⟨〈⟪\u2039]\s?(?:\w+ly )?(?:{_VERBS}|{_SOUNDS})\w*(?: \w+){{0,3}}\s?[⟩〉⟫\u203a]"
    rf"|(?:^|(?<=[.!?…] ))(?:/|--?|—|–)\s?(?:\w+ly )?(?:{_VERBS})\w*(?: \w+){{0,2}}\s?(?:/|--?|—|–)(?=\s)",
    re.IGNORECASE,
)
"""Directions in marks that else are quotation marks, dashes and strokes: their words tell them."""
_BRACKETS: Final = "\u3010\u3011\uff08\uff09"
"""Of East Asian typefaces, which some models mix in."""
_NARROW = str.maketrans(_BRACKETS, "[]()")
_PARTED = re.compile(r"(?<=\w) +(?=[,.](?:\s|$))|(?<=[–—]) +[–—](?=\s)")
"""What a direction leaves around its place."""
_BETWEEN_SENTENCES = re.compile(
    r"(?P<before>^|[.!?…][\"'”’»)]*\s)\s*"
    r"(?:\((?=[^\W\d_])(?P<aside>[^()\n]{2,40})\)|\*(?P<starred>[^*\n.!?]{2,40})\*|\[(?!\d)[^\[\]\n]{2,40}\])"
    r"(?=\s*(?:$|[-–—\"'“«¿¡(\[*]|[^\W\d_a-zß-ÿ]))"
)
_BREAK = re.compile(r"<{1,2}/?[A-Za-z][^<>]{0,80}>{1,2}")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
_LATEX = re.compile(r"\\(?:text(?:bf|it|tt)?|emph|mathrm)\{([^{}]*)\}|\\[()\[\]]")
_NOTE = re.compile(
    r"[\s,]*[(\[]\s*(?:word count|words|sources?|quellen?|fuentes?|fontes?|fonti)\s*[:#]?\s*\d[\d\s,]*[)\]]"
    r"|\s*\[\d{1,3}†[^\[\]]{0,30}\]|\[[^\[\]\n]{0,20}[\u3040-\u9fff\uac00-\ud7af][^\[\]\n]{0,20}\]\s*",
    re.IGNORECASE,
)
"""What a model notes for its reader, and directions in a script that no voice here reads."""
_MARKUP = re.compile(r"\*{1,3}|_{2,3}|`+|^\s*#+\s*|^\s*(?:\d{1,2}[.)]|[-*•])\s+|^\s*>\s+", re.MULTILINE)
_FORMULA = re.compile(r"\$(?=[^\s$\d])([^$\n]{1,80}?)(?<=\S)\$(?!\d)")
_PICTURES: Final = {"So", "Sk", "Cs", "Co", "Cn"}


def spoken(text: str, names: Iterable[str] = ()) -> str:
    """Take everything unspeakable out of a turn; `names` are the possible labels at its beginning."""
    text = _ENTITY.sub(
        lambda entity: html.unescape(entity[0]), visible(text).replace("<![CDATA[", "").replace("]]>", "")
    )
    text = _BREAK.sub(" ", _LATEX.sub(r"\1", text))
    text = without_label(text, names)
    text = _SOLELY_DIRECTED.sub(" ", without_citations(without_links(text)))
    text = without_directions(_NOTE.sub("", text.translate(_NARROW)))
    text = without_label(text, names)
    text = _MARKUP.sub("", _FORMULA.sub(r"\1", text)).replace("|", " ")
    text = "".join(sign for sign in text if not _is_picture(sign))
    return " ".join(text.split())


def without_label(text: str, names: Iterable[str]) -> str:
    """Take the speaker's name from before the speech: "Ada:", "**Ben (amused):**", "Host 1:"."""
    found = label_of(text)
    return found[1] if found and is_label(found[0], names) else text


def without_directions(text: str, *, named_only: bool = False) -> str:
    """Take stage directions out of what somebody says: "(laughs)"; `named_only` leaves those that only their place
    tells from asides."""
    text = text.translate(_NARROW)
    if (found := _ANYWHERE.sub(" ", text)) != text:
        text = _PARTED.sub("", re.sub(r" {2,}", " ", found))
    if named_only:
        return text
    before = ""
    while before != text:
        before, text = text, _BETWEEN_SENTENCES.sub(_unless_said, text)
    return text


def _unless_said(found: re.Match[str]) -> str:
    """Leave what is a sentence by itself: "(It was cold.)", "*Never.*"."""
    inside = found["aside"] or found["starred"] or ""
    if inside and (inside[0].isupper() or inside.rstrip()[-1] in ".!?…" or any(map(str.isdigit, inside))):
        return found[0]
    return f"{found['before']} "


def _is_picture(sign: str) -> bool:
    """Tell whether a sign is an emoji or the like, and no letter, mark or unit ("°", "©" are said)."""
    return (
        sign > "\u2000"
        and sign not in CROSSES
        and (unicodedata.category(sign) in _PICTURES or sign in "\u200d\ufe0f\u20e3")
    )
