"""Textile as Markdown, for its reader: https://textile-lang.com/doc/"""

from __future__ import annotations

import re

from functions.content_harvester.lightweight import markdown_table

_BLOCK = re.compile(
    r"(?P<name>h[1-6]|p|bq|bc|pre|fn\d{1,3})(?:[(\[{][^()\[\]{}\n]{0,80}[)\]}]|[<>=-]){0,4}\.{1,2} (?P<said>.*)"
)
_HEADING = re.compile(r"^h[1-6](?:\([^()\n]{0,40}\))?\. \S", re.MULTILINE)
_OTHER = re.compile(r"^(?:p|bq|bc)\. \S|^h[2-6]\. \S|\"[^\"\n]{1,100}\":https?://|^[*#]{1,3} \S", re.MULTILINE)
_ITEM = re.compile(r"(?P<sign>[*#]{1,6}) (?P<said>\S.*)")
_CELL = re.compile(r"(?:_|[<>=^~-]|\\\d{1,2}|/\d{1,2}){1,4}\. ")
_MARKS = [
    (re.compile(r"(?<=[\w.,;:!?\"”])\[\d{1,3}\]"), ""),  # notes
    (re.compile(r"!(?:[<>=]?)[^\s!()]{1,300}(?:\([^()\n]{0,200}\))?!(?::\S{1,300})?"), ""),  # pictures
    (re.compile(r"\"([^\"\n()]{1,200}?)(?:\([^()\n]{1,200}\))?\":(?:https?://|/|#|mailto:)\S{1,500}?(?=[.,;:!?)]*(?:\s|$))"),
     r"\1"),
    (re.compile(r"(?<![\w@])@([^@\n]{1,200})@(?![\w@])"), r"\1"),
    (re.compile(r"(?<!\w)%(?:\{[^{}\n]{1,100}\})?([^%\n]{1,300})%(?!\w)"), r"\1"),
    (re.compile(r"(?<![\w-])-(?=\S)[^-\n]{1,200}(?<=\S)-(?![\w-])"), ""),  # struck out
    (re.compile(r"(?<![\w*_?+^~])(\*{1,2}|_{1,2}|\?\?|[+^~])(?=[^\s*_])([^\n]{1,300}?)(?<=\S)\1(?![\w*_?+^~])"), r"\2"),
]  # fmt: skip


def is_textile(name: str, text: str) -> bool:
    """Tell whether a text is Textile: by its name, else by a heading and another of its signs."""
    if name.lower().endswith(".textile"):
        return True
    return bool(_HEADING.match(text.lstrip())) and len(_OTHER.findall(text)) > 1


def markdown_of_textile(text: str) -> tuple[dict[str, str], str]:
    """Return no facts, as Textile names none, and the text as Markdown."""
    return {}, "\n".join(line for block in re.split(r"\n[ \t]*\n", text) for line in [*_block(block), ""])


def _block(block: str) -> list[str]:
    lines = block.split("\n")
    begun = _BLOCK.match(lines[0])
    name = begun["name"] if begun else ""
    if begun:
        lines[0] = begun["said"]
    if name in {"bc", "pre"}:
        return ["```code", *lines, "```"]
    if name.startswith("fn"):
        return []
    rows = [line for line in lines if line.startswith("|")]
    if len(rows) > 1 and len(rows) == len(lines):
        cells = [row.strip().strip("|").split("|") for row in rows]
        return markdown_table([[_said(_CELL.sub("", cell, count=1)) for cell in row] for row in cells])
    told = [_line(line) for line in lines]
    if name.startswith("h"):
        return [f"{'#' * int(name[1])} {' '.join(told)}"]
    return [f"> {line}" for line in told] if name == "bq" else told


def _line(line: str) -> str:
    if item := _ITEM.match(line):
        depth = len(item["sign"])
        return f"{'    ' * (depth - 1)}{'1.' if item['sign'][-1] == '#' else '-'} {_said(item['said'])}"
    return _said(line)


def _said(line: str) -> str:
    for written, said in _MARKS:
        line = written.sub(said, line)
    return line
