"""Words of several speakers or writers, with their names: captions, transcripts of podcasts, saved chats.

Captions come as WebVTT (https://www.w3.org/TR/webvtt1/), SubRip, SubViewer, SubStation Alpha, TTML
(https://www.w3.org/TR/ttml2/), as programs counted them before these, or as JSON, as chats do. No format is taken at
its word: lines with times are captions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from lxml import etree

from functions.content_harvester.charsets import decode
from functions.content_harvester.cues import TIME, Cue, blocks_of_cues, cues_of_lines, seconds
from functions.content_harvester.messages import of_json
from functions.content_harvester.older_captions import read_older
from functions.content_harvester.source import Document, Source, Unreadable

_TIMES = re.compile(
    rf"\s{{0,20}}{TIME}(?:\s{{0,20}}-->|(?:(?<=[.,]\d)|(?<=[.,]\d\d)|(?<=[.,]\d\d\d))\s{{0,20}},)\s{{0,20}}{TIME}"
)
_IS_SCRIPT = re.compile(r"[\ufeff\s]{0,100}\[Script Info\]")
_SCRIPT_TITLE = re.compile(r"^Title:(?! *Default)(.{0,200})$", re.MULTILINE)
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_BREAK = "\ue004"


def read_transcript(document: Document) -> Source:
    """Return the paragraphs or speakers' lines of captions or of a chat. Raises Unreadable."""
    text = decode(document.data, document.charset)
    title, author, left_out = "", "", dict[str, int]()
    if (older := read_older(text)) is not None:
        title, author, blocks = older
    elif _IS_SCRIPT.match(text):
        title, blocks = (_SCRIPT_TITLE.findall(text) or [""])[0].strip(), blocks_of_cues(list(_of_script(text)))
    elif text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
        title, blocks, left_out = of_json(text)
    elif text.lstrip("\ufeff \t\r\n")[:1] == "<":
        title, blocks = "", blocks_of_cues(list(_of_timed_text(text)))
    else:
        found = re.match(r"\ufeff?WEBVTT[ \t]+(?:-[ \t]*)?(\S[^\n]{0,200})", text)
        title = found[1] if found and ":" not in found[1] else ""
        blocks = blocks_of_cues(list(_cues(text)))
    return Source.of_blocks(
        blocks, title=title or document.stem, url=document.url, author=author or None, date=None, left_out=left_out
    )


def _of_script(text: str) -> Iterator[Cue]:
    """Yield the cues of SubStation Alpha, whose events name their columns first; the words are the last column."""
    names: list[str] = []
    for line in text[text.rfind("[Events]") :].splitlines():
        kind, _, values = line.partition(":")
        if kind == "Format":
            names = [name.strip().lower() for name in values.split(",")]
        elif kind == "Dialogue" and names:
            fields = dict(zip(names, values.split(",", len(names) - 1), strict=False))
            start, end = (re.fullmatch(TIME, fields.get(name, "").strip()) for name in ("start", "end"))
            if start and end and not re.search(r"\{[^{}]*\\p[1-9]", fields.get("text", "")):  # which draws a shape
                lines = re.split(r"\\[Nn]", re.sub(r"\{[^{}]{0,500}\}|\\h", " ", fields.get("text", "")))
                for cue in cues_of_lines(lines, seconds(start.groups()), seconds(end.groups())):
                    yield replace(cue, speaker=cue.speaker or _actor(fields))


def _actor(fields: Mapping[str, str]) -> str:
    name = (fields.get("name") or fields.get("actor") or "").strip()
    return "" if name == "NTP" else name  # which programs write where nobody is named


def _of_timed_text(text: str) -> Iterator[Cue]:
    """Yield the cues of TTML: its paragraphs, their agents by name. Raises Unreadable."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(text.lstrip("\ufeff \t\r\n").encode(), parser)
    except (etree.LxmlError, ValueError):
        raise Unreadable("source_unreadable", "These captions are damaged.") from None
    agents = {agent.get(_XML_ID): " ".join("".join(agent.itertext()).split()) for agent in root.iter("{*}agent")}
    for number, paragraph in enumerate(root.iter("{*}p")):
        for line in paragraph.iter("{*}br"):
            line.tail = f"{_BREAK}{line.tail or ''}"
        start, end = (_clock(paragraph.get(name, "")) for name in ("begin", "end"))
        who = next((agents.get(part.get(name)) for part in (paragraph, *paragraph.iterancestors(), *paragraph)
                    for name in part.attrib if str(name).endswith("}agent")), "")  # fmt: skip
        at = float(number) if start is None else start
        lines = [" ".join(line.split()) for line in "".join(paragraph.itertext()).split(_BREAK)]
        for cue in cues_of_lines(lines, at, at + 1 if end is None else end):
            yield replace(cue, speaker=cue.speaker or who or "")


def _clock(written: str) -> float | None:
    """Return a time of TTML in seconds: "00:00:03.45", or "3.45s"."""
    if offset := re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)", written):
        return float(offset[1]) * {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}[offset[2]]
    clock = re.fullmatch(TIME, written)
    return seconds(clock.groups()) if clock else None


def _cues(text: str) -> Iterator[Cue]:
    """Yield the cues of a file of captions: the lines after each line of times, up to a blank line."""
    lines: list[str] | None = None
    times = (0.0, 0.0)
    for line in [*text.splitlines(), ""]:
        found = _TIMES.match(line)
        if found or not line.strip():
            if lines:
                yield from cues_of_lines(_without_number(lines, bool(found)), *times)
            lines = [] if found else None
            if found:
                times = seconds(found.groups()[:4]), seconds(found.groups()[4:])
        elif lines is not None:
            lines.append(line)


def _without_number(lines: list[str], followed: bool) -> list[str]:
    """Files without blank lines between their cues have the next cue's number before its times."""
    return lines[:-1] if followed and lines[-1].strip().isdigit() else lines
