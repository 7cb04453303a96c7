"""Markup other than Markdown, known by its name or by its signs; and AsciiDoc and Org as Markdown, for its reader.

https://docs.asciidoctor.org/asciidoc/latest/syntax-quick-reference/, https://orgmode.org/worg/org-syntax.html
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ORG = re.compile(
    r"\s{0,20}(?:#\+(?:title|author|date|options|startup|setupfile|begin_\w{1,20}):?\s"
    r"|\* \S.{0,200}\n[ \t]*:PROPERTIES:)",
    re.IGNORECASE,
)
_ASCIIDOC = re.compile(r"(?:\s|//[^\n]{0,200}\n){0,20}= \S[^\n]{0,200}\n(?:[^\n]{1,200}\n){0,5}\n")
_ASCIIDOC_FENCES = frozenset(["----", "....", "++++"])
_ANCHOR = re.compile(r"[ \t]?\[\[[\w:.-]{1,80}(?:,[^\[\]\n]{0,100})?\]\]")
_TERM = re.compile(r"[ \t]*(?P<term>[^\s:|][^:\n]{0,80})(?::{2,4}|;;)(?:[ \t]+(?P<said>\S.*))?$")
_ASCIIDOC_TABLE = "|==="
_CELL = re.compile(r"(?:^|[ \t])(?:\d{0,2}(?:\.\d{1,2})?[*+])?[<^>.]{0,3}[a-z]?\|(?=\s|$|[^|])")
_DIRECTIVE = re.compile(r"^\.\. (?:[a-z][a-z0-9-]{1,30}::|_[^\n:]{1,80}:(?: |$))", re.MULTILINE)
_UNDERLINED = re.compile(r"^\S[^\n]{0,200}\n([=\-~^\"'#*+`])\1{2,200}[ \t]*$", re.MULTILINE)
_FACT = re.compile(r"#\+(title|author|date):[ \t]*(\S[^\n]{0,200})", re.IGNORECASE)


def is_restructured(name: str, text: str) -> bool:
    """Tell whether a text is reStructuredText: by its name, else by a directive and an underlined heading."""
    if name.lower().endswith((".rst", ".rest")):
        return True
    return ".. " in text and _DIRECTIVE.search(text) is not None and _UNDERLINED.search(text) is not None


def is_org(name: str, text: str) -> bool:
    """Tell whether a text is in Org's markup: by its name, else by its beginning."""
    return name.lower().endswith(".org") or _ORG.match(text) is not None


def is_asciidoc(name: str, text: str) -> bool:
    """Tell whether a text is AsciiDoc: by its name, else by its beginning."""
    return name.lower().endswith((".adoc", ".asciidoc", ".asc")) or _ASCIIDOC.match(text) is not None


def markdown_of_org(text: str) -> tuple[dict[str, str], str]:
    """Return the facts of an Org text, by name, and the text as Markdown."""
    facts = {name.lower(): said.strip() for name, said in _FACT.findall(text[:5_000])}
    told: list[str] = []
    until = ""
    for line in text.split("\n"):
        begun = re.match(r"[ \t]*(?:#\+begin_(\w{1,20})|:(properties|logbook):[ \t]*$)", line, re.IGNORECASE)
        if until:
            is_end = re.match(rf"[ \t]*{until}[ \t]*$", line, re.IGNORECASE) is not None
            until = "" if is_end else until
            told += ["```"] if is_end and told[-1:] != [""] else []
        elif begun and begun[2]:
            until, told = ":end:", [*told, ""]
        elif begun and begun[1].lower() in {"src", "example", "comment", "export"}:
            until, told = rf"#\+end_{begun[1]}", [*told, "```code"]
        elif not re.match(r"[ \t]*(?:#\+|# |:[\w-]{1,30}:[ \t])", line):
            told.append(_org_line(line))
    return facts, "\n".join(told)


_ORG_HEADING = re.compile(
    r"(\*{1,6})[ \t]+(?:(?:TODO|DONE|NEXT|WAITING)[ \t]+)?(?:\[#\w\][ \t]+)?(.*?)(?:[ \t]+(?::[\w@]+)+:)?[ \t]*$"
)
_ORG_MARKS = [
    (re.compile(r"\[\[[^\[\]\n]{1,500}\]\[([^\[\]\n]{1,300})\]\]"), r"\1"),
    (
        re.compile(
            r"\[\[(?:file|id|attachment):[^\[\]\n]{1,500}\]\]|\[fn:[\w-]{1,40}\]"
            r"|[<\[]\d{4}-\d\d-\d\d[^<>\[\]\n]{0,40}[>\]]"
        ),
        "",
    ),
    (re.compile(r"(?<![\w/])([/*_=~+])(?=\S)([^\n]{1,300}?)(?<=\S)\1(?![\w/])"), r"\2"),
]


def _org_line(line: str) -> str:
    if heading := _ORG_HEADING.match(line):
        return f"{'#' * len(heading[1])} {heading[2]}"
    for written, said in _ORG_MARKS:
        line = written.sub(said, line)
    return line


_HEAD = re.compile(
    r"(?:\s|//[^\n]{0,200}\n){0,20}= [^\n]{1,200}\n"
    r"(?P<author>[^\W\d_][^\n:<=*]{2,100}?)[ \t]*(?:<[^<>\n]{1,100}>)?\n(?:v?\d[^\n]{0,100}\n)?"
)
_NOT_TOLD = re.compile(
    r":!?[\w-]{1,40}!?:|//|\[[^\[\]\n]{0,200}\]$|(?:image|include|toc|video|icon)::|\.[A-Z]\S{0,60}(?: [^\n]{0,80})?$"
    r"|\+$|<<<$|={4,}$|\*{4,}$|_{4,}$|--$"
)
_REFERENCES = [
    (re.compile(r"(?:https?://|link:|mailto:|xref:)[^\s\[\]]{1,500}\[([^\[\]\n]{1,300})\]"), r"\1"),
    (re.compile(r"<<(?:[^<>,\n]{1,100},)?([^<>\n]{1,200})>>"), r"\1"),
    (
        re.compile(
            r"\(\(\([^()\n]{1,200}\)\)\)|footnote:\[[^\[\]\n]{1,500}\]|image:[^\s\[\]]{1,300}\[[^\[\]\n]{0,200}\]"
            r"|[ \t]\+$"
        ),
        "",
    ),
    (re.compile(r"(?<![\w*_#`])([*_`#])(?=\S)([^\n]{1,300}?)(?<=\S)\1(?![\w*_#`])"), r"\2"),
]


def markdown_of_asciidoc(text: str) -> tuple[dict[str, str], str]:
    """Read the author of an AsciiDoc text, if named, and the text as Markdown."""
    head = _HEAD.match(text)
    if head:
        text = text[: head.start("author")] + text[head.end() :]
    told: list[str] = []
    table: list[str] = []
    until = ""
    for line in text.split("\n"):
        stripped = line.rstrip()
        if until == _ASCIIDOC_TABLE:
            if stripped == until:
                until = ""
                told += ["", *_table_of_asciidoc(table), ""]
            else:
                table.append(stripped)
        elif until:
            until = "" if stripped == until else until
            told.append(line if until else "```")
        elif stripped == _ASCIIDOC_TABLE:
            until, table = stripped, []
        elif stripped in _ASCIIDOC_FENCES:
            until = stripped
            told.append("```code")
        elif not _NOT_TOLD.match(stripped):
            told.append(_asciidoc_line(line))
    if until == _ASCIIDOC_TABLE:  # without an end
        told += table
    return {"author": head["author"]} if head else {}, "\n".join(told)


def _table_of_asciidoc(lines: Sequence[str]) -> list[str]:
    """Return a table as Markdown: its first line counts and names the columns."""
    rows = [[cell.strip() for cell in _CELL.split(line)[1:]] for line in lines if line.startswith("|")]
    width = len(rows[0]) if rows else 0
    cells = [_asciidoc_line(cell) for row in rows for cell in row]
    more = any(line and not line.startswith("|") for line in lines)
    if width < 2 or len(cells) % width or more:
        return ["```code", *lines, "```"]
    return markdown_table([cells[at : at + width] for at in range(0, len(cells), width)])


def markdown_table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table in Markdown, whose first row names its columns."""
    head, *others = (f"| {' | '.join(row)} |" for row in rows)
    return [head, f"|{' --- |' * len(rows[0])}", *others]


def _asciidoc_line(line: str) -> str:
    line = _ANCHOR.sub("", line) if "[[" in line else line
    if term := _TERM.match(line):
        line = f"{term['term']}: {term['said'] or ''}".rstrip()
    if heading := re.match(r"(={1,6}) (\S.*)", line):
        return f"{'#' * len(heading[1])} {heading[2]}"
    if item := re.match(r"[ \t]*([*.-]{1,5})[ \t]+(?:\[[ x*]\][ \t]+)?(\S.*)", line):
        line = f"{'    ' * (len(item[1]) - 1)}{'1.' if item[1][0] == '.' else '-'} {item[2]}"
    for written, said in _REFERENCES:
        line = written.sub(said, line)
    return line
