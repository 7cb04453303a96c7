"""Plain text and Markdown: the text to be read aloud, and its title.

Most plain text is no Markdown, and its characters stand for themselves: `x * y`, `List<String>`, "1936." at the
beginning of a line. So a text is read as Markdown (https://spec.commonmark.org/) only where it is called Markdown, or
contains marks never written without meaning Markdown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from common.names import OWN_TEXT
from common.text.blocks import Block, BlockKind
from common.text.titles import without_subject
from common.text.typed import typed_blocks
from functions.content_harvester import markup
from functions.content_harvester.articles import without_byline
from functions.content_harvester.back_matter import without_back_matter
from functions.content_harvester.charsets import decode
from functions.content_harvester.clippings import blocks_of_clippings
from functions.content_harvester.cues import blocks_of_cues
from functions.content_harvester.heads import blocks_of_headed
from functions.content_harvester.lightweight import (
    is_asciidoc,
    is_org,
    is_restructured,
    markdown_of_asciidoc,
    markdown_of_org,
)
from functions.content_harvester.patience import patience
from functions.content_harvester.printed import without_contents, without_licence, without_pages
from functions.content_harvester.source import Document, Source
from functions.content_harvester.speakers import said_by_roles, with_roles_apart
from functions.content_harvester.stamped import cues_of_stamped
from functions.content_harvester.textile import is_textile, markdown_of_textile
from functions.content_harvester.wikitext import is_wikitext, markdown_of_wikitext

_MAX_TITLE = 120
_NO_TITLE = re.compile(r"https?://|[^\W\d_]{3}[.!?] ")
"""In a link, or in more than a sentence, there is no title."""
_FRONT_MATTER_LINES = 60
_TEX_QUOTES = re.compile(r"(?<!`)``(?=[^\s`])([^`\n]{1,200}?)''(?!')")
"""As typewriters and TeX quote: no code."""
_STARS = re.compile(r"^(\*{2,5})[ \t]+(?=[^\s*])(?![^\n]*\*\*)", re.MULTILINE)
"""Items below items, as pads and wikis have them."""
_FENCE = re.compile(r"(`{3,}|~{3,})[ \t]*(markdown|md|text|txt|plaintext)?[ \t]*$", re.IGNORECASE)
_MEANS_MARKDOWN = re.compile(
    r"^ {0,3}#{1,6}[ \t]+\S|^ {0,3}(?:```|~~~)|\[[^\[\]\n]{1,200}\]\((?:https?:|/|#|\.)[^()\s]{0,500}\)"
    r"|^ {0,3}\|?(?:[ \t]*:?-{3,}:?[ \t]*\|){1,40}[ \t:|-]*$|\*\*[\w¿¡\"«“„(][^*\n]{0,200}\*\*"
    r"|^\[\^?[^\[\]\n]{1,50}\]:[ \t]",
    re.MULTILINE,
)
_MEANS_HTML = re.compile(
    r"\s{0,100}<(p|div|h[1-6]|ul|ol|article|section|table|span|main|blockquote)\b[^<>]{0,500}>", re.I
)
_MARKS = re.compile(rb"[][#<>|`*_~$\\{}]|^[ \t]*(?:[-+=]{3}|[-+][ \t])", re.MULTILINE)
_TIMED = re.compile(
    r"^(\*\*[^*\n]{1,40}\*\*[: \t]{0,4}|[^\W\d_][\w .'-]{0,40}:[ \t]{0,4})?[\[(]\d{1,2}:\d\d(?::\d\d)?[\])][ \t]+",
    re.MULTILINE,
)
"""The time of what is said, in a transcript as Markdown."""
_AS_MARKDOWN = (
    (is_org, markdown_of_org),
    (is_asciidoc, markdown_of_asciidoc),
    (is_textile, markdown_of_textile),
)
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d.{0,20}")
_QUICKLY = 200_000
_PATIENCE_S = 4.0
"""Of the processor, with a parser of which the time can grow with the square of a line's length."""


def is_quickly_read(document: Document) -> bool:
    """Tell whether a text is too short and plain to be hostile."""
    data = document.data
    return len(data) <= _QUICKLY and b"\0" not in data and not _MARKS.search(data) and not _is_markdown(document)


def read_text(document: Document) -> Source:
    """Return the text of a plain or Markdown file. Raises Unreadable."""
    left_out = Counter[str]()
    facts, text = _front_matter(_unfenced(decode(document.data, document.charset)))
    text = _TEX_QUOTES.sub(r"“\1”", text) if "``" in text else text
    of_library, text = without_licence(text, left_out)
    facts |= of_library
    if (clipped := blocks_of_clippings(text)) is not None:
        told = markup.Told(clipped[1])
        facts = {"title": document.stem, **clipped[0]}
    elif (chat := blocks_of_headed(text)) is not None:
        told = markup.Told(chat)
    elif (written := _in_another_markup(text, document.name)) is not None:
        said, told = written
        facts = {**said, **facts}
    else:
        told = _told(with_roles_apart(text), document)
    left_out.update(told.left_out)
    blocks = without_back_matter(said_by_roles(told.blocks), left_out)
    title = facts.get("title", "")
    if not title:
        title, blocks = _title(blocks)
    author, blocks = without_byline(blocks) if title else ("", blocks)
    if document.url is None and document.name != OWN_TEXT:
        title = title or document.stem
    return Source.of_blocks(
        blocks,
        title=title,
        url=document.url,
        author=facts.get("author") or author or None,
        date=_DAY.sub(r"\1", facts.get("date", "")) or None,
        left_out=left_out,
    )


def _in_another_markup(text: str, name: str) -> tuple[dict[str, str], markup.Told] | None:
    """Return the facts and blocks of a text in another markup than Markdown; None for any other text."""
    if is_restructured(name, text):
        from functions.content_harvester.restructured import blocks_of_restructured

        # What is deeper than anybody writes, or takes too long, is told as it stands.
        with patience(_PATIENCE_S), suppress(RecursionError):
            return blocks_of_restructured(text)
    if is_wikitext(name):
        return _of_wikitext(text)
    for is_it, as_markdown in _AS_MARKDOWN:
        if is_it(name, text):
            facts, text = as_markdown(text)
            return facts, _of_markdown(text)
    return _of_wikitext(text) if is_wikitext(name, text) else None


def _of_wikitext(text: str) -> tuple[dict[str, str], markup.Told]:
    left_out = Counter[str]()
    told = _of_markdown(markdown_of_wikitext(text, left_out))
    return {}, markup.Told(told.blocks, told.left_out + left_out)


def _told(text: str, document: Document) -> markup.Told:
    """Return the blocks of a text: as Markdown or HTML where meant so, else as typed."""
    if len(_STARS.findall(text)) > 1:
        text = _STARS.sub(lambda stars: f"{'  ' * (len(stars[1]) - 1)}* ", text)
    means_markdown = _MEANS_MARKDOWN.search(text) is not None
    if _is_markdown(document) and not means_markdown and (cues := cues_of_stamped(text)) is not None:
        return markup.Told(blocks_of_cues(cues))
    if _is_markdown(document) or means_markdown:
        return _of_markdown(text)
    if (begun := _MEANS_HTML.match(text)) and f"</{begun[1]}" in text:
        return markup.blocks(markup.parse(text), is_document=True)
    return _plain(text)


def _of_markdown(text: str) -> markup.Told:
    from functions.content_harvester.markdown import blocks_of_markdown

    if len(_TIMED.findall(text)) > 1:
        text = _TIMED.sub(r"\1", text)
    with patience(_PATIENCE_S), suppress(RecursionError):
        return blocks_of_markdown(text)
    return _plain(text)  # what takes too long is told as it stands


def _plain(text: str) -> markup.Told:
    left_out = Counter[str]()
    if "\n>" in text:
        from functions.content_harvester.source_email import own_words

        text = own_words(text, left_out)
    if (cues := cues_of_stamped(text)) is not None:
        return markup.Told(blocks_of_cues(cues))
    blocks = typed_blocks(without_contents(without_pages(text), left_out), left_out)
    if "\\" in text:
        blocks = [replace(block, text=markup.without_formulas(block.text, left_out)) for block in blocks]
    return markup.Told(blocks, left_out)


def _is_markdown(document: Document) -> bool:
    return document.media_type in {"text/markdown", "text/x-markdown"} or document.name.lower().endswith(
        (".md", ".markdown", ".mdx", ".qmd", ".rmd")
    )


def _unfenced(text: str) -> str:
    """Return a text of a single fenced block altogether, as chat programs give texts to be copied, without its
    fence."""
    text = text.strip("\ufeff \t\r\n")
    first, _, rest = text.partition("\n")
    fence = _FENCE.match(first.rstrip())
    if not fence or not rest.endswith(fence[1]):
        return text
    inside = rest[: -len(fence[1])]
    language = fence[2]
    return inside if language or fence[1] not in inside else text


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """Return the simple values of a YAML or TOML header, lists joined, and the text after the header."""
    fence, _, rest = text.partition("\n")
    fence = fence.rstrip()
    if fence not in {"---", "+++"}:
        return {}, text
    lines = rest.split("\n", _FRONT_MATTER_LINES)
    for number, line in enumerate(lines[:_FRONT_MATTER_LINES]):
        if line.rstrip() in {fence, "..." if fence == "---" else fence}:
            found = _values(lines[:number])
            found.setdefault("author", found.get("authors", ""))
            return found, "\n".join(lines[number + 1 :])
        if line and not re.match(r"[\w\"'-]{1,60}[ \t]*[:=]|[ \t#\[\]-]", line):
            break  # a line across the page, and no header
    return {}, text


def _values(lines: Sequence[str]) -> dict[str, str]:
    """Read names and values, of which a list or a folded text goes on in the lines below."""
    found: dict[str, str] = {}
    name = ""
    for line in lines:
        if line.startswith("["):
            break  # TOML's tables of further facts
        if begun := re.match(r"(\w{1,40})[ \t]*[:=][ \t]*(.*)", line):
            name, value = begun[1].lower(), begun[2].strip()
            listed = re.fullmatch(r"\[(.*)\]", value)
            values = listed[1].split(",") if listed else [re.sub(r"^[>|][+-]?$", "", value)]
            found[name] = ", ".join(filter(None, map(_unquoted, values)))
        elif name and (item := re.match(r"[ \t]*-[ \t]+(?:name:[ \t]*)?(\S.*)", line)):
            found[name] = ", ".join(filter(None, [found[name], _unquoted(item[1])]))
        elif name and (more := re.match(r"[ \t]+([^\s:]\S*(?: .*)?)$", line)):
            found[name] = f"{found[name]} {_unquoted(more[1])}".strip()
        else:
            name = ""
    return found


def _unquoted(value: str) -> str:
    return value.strip().strip("\"'")


def _title(blocks: list[Block]) -> tuple[str, list[Block]]:
    """Take the first heading for the title if the text begins with this heading; else the first line, if title-like."""
    if len(blocks) > 1 and blocks[0].kind in {BlockKind.HEADING, BlockKind.PARAGRAPH}:
        first = blocks[0]
        asks = first.kind is BlockKind.PARAGRAPH and first.text.endswith("?") and _ask_again(blocks[1:])
        if first.kind is BlockKind.HEADING or (_reads_as_title(first.text) and not asks):
            return without_subject(first.text), blocks[1:]
    return "", blocks


def _ask_again(blocks: Sequence[Block]) -> bool:
    """Tell whether further questions come as the first does, which then is no title, and wants its answer."""
    return any(block.kind is BlockKind.PARAGRAPH and block.text.endswith("?") for block in blocks)


def _reads_as_title(paragraph: str) -> bool:
    return len(paragraph) <= _MAX_TITLE and paragraph[-1] not in ".!:;," and not _NO_TITLE.search(paragraph)
