"""Markdown as blocks, by way of its equivalent HTML. https://spec.commonmark.org/, with GitHub's additions.

Tags never meant as HTML stay plain words: `List<String>`, "the <main> element". An indented line is a line of text here
and not code, as people indent paragraphs; and a number is an item's only where items count from the first on, so that
"1936." stays a year.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from common.text.typed.signs import BULLETS
from functions.content_harvester import markup
from functions.content_harvester.brackets import brackets_plugin
from functions.content_harvester.html_elements import BLOCKS

_PHRASES = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "br",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "mark",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "picture",
        "source",
        "center",
    ]
)
_FLOW = (BLOCKS - {"caption", "hgroup"}) | {
    "audio", "dialog", "dir", "form", "head", "iframe", "link", "menu", "meta", "nav", "param", "script",
    "search", "style", "svg", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "title", "tr", "video",
}  # fmt: skip
_VOID = frozenset(["br", "img", "input", "wbr", "hr", "source", "meta", "link", "param"])
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]{0,30})\b([^<>]{0,2000})>")
_NESTING = 60
_DEEP_ITEM = re.compile(r"^([ \t]{40})[ \t]+(?=[-+*\d])", re.MULTILINE)
_DEEP_QUOTATION = re.compile(r"^((?: {0,3}>){9})[ >]+", re.MULTILINE)
"""What is deeper than the reader goes, which leaves out all below."""
_ADMONITION = re.compile(
    r"^ {0,3}(?::{3,}[ \t]*(?:\{?[\w -]{0,40}\}?)(?:\[.{0,100}\])?|(?:!!!|\?\?\?)\+?[ \t]+\w+.{0,100})[ \t]*$",
    re.MULTILINE,
)
_ALERT = re.compile(r"^( {0,3}> ?)\[!\w{3,12}\][+-]?[ \t]*(.*)$", re.MULTILINE)
_MARKS_OF_PROGRAMS = [
    (re.compile(r"\{\{[<%].{0,500}?[>%]\}\}|\{%.{0,300}?%\}|(?m:^)%%.{1,2000}?%%[ \t]*(?m:$)", re.DOTALL), ""),
    (
        re.compile(
            r"\{\{[ \t][^{}\n]{1,200}\}\}|\{\{\[\[\w{1,20}\]\]\}\}[ \t]?"
            r"|(?<![\w%])%%(?=[^\s%])[^%\n]{1,500}(?<=[^\s%])%%(?!\w)"
        ),
        "",
    ),
    (re.compile(r"\[!\[[^\[\]\n]{0,100}\]\([^()\s]{1,500}\)\]\([^()\s]{1,500}\)"), ""),  # badges
    (re.compile(r"^=== \"([^\"\n]{1,80})\"[ \t]*$", re.MULTILINE), r"\n\1:\n"),  # tabs
    (
        re.compile(
            r"^(?:--8<--.{0,200}|\*\[[^\[\]\n]{1,40}\]:[ \t].{1,200}|\{/\*.{0,500}\*/\}"
            r"|export[ \t](?:const|default)\b.{1,500}"
            r"|[ \t]*[\w-]{1,30}::[ \t].{0,300}|(?:#[\w/-]{1,60}[ \t]*){1,20})$",
            re.MULTILINE,
        ),
        "",
    ),
    (re.compile(r"(?<=[)\]`*])\{[ \t]?[.#:][^{}\n]{1,100}\}"), ""),
    (re.compile(r"^([^\s:#>|*+-][^\n]{0,80})\n:[ \t]{1,4}(?=\S)", re.MULTILINE), r"\1: "),  # a term and its definition
    (re.compile(r"^([ \t]*[-*][ \t]+)(?:TODO|DONE|LATER|NOW|DOING)[ \t]+(?=\S)", re.MULTILINE), r"\1"),
    (re.compile(r"[ \t]?[\U0001f4c5\u2705\u23f3\U0001f6eb\u2795][ \t]?\d{4}-\d\d-\d\d"), ""),  # days of tasks
    (re.compile(r"!\[\[[^\[\]\n]{1,200}\]\]"), ""),
    (
        re.compile(r"\[\[(?:[^\[\]|\n]{1,200}\|)?([^\[\]|#\n]{1,200})(?:#[^\[\]|\n]{0,200})?\]\]"),
        r"\1",
    ),  # links of wikis
    (re.compile(r"(?<![=\w])==(?=[^\s=])([^=\n]{1,300})==(?![=\w])"), r"\1"),
    (
        re.compile(
            r"^(?:[*-][ \t]+TOC[ \t]*\n)?[ \t]*\{:[^{}\n]{1,200}\}[ \t]*$|^\[(?:TOC|\[_TOC_\])\][ \t]*$", re.MULTILINE
        ),
        "",
    ),
    (
        re.compile(r"[ \t]+(?:\{[#.][^{}\n]{1,100}\}|\^[a-z][a-z0-9-]{3,40})[ \t]*$", re.MULTILINE),
        "",
    ),  # names to link to
    (re.compile(r"[ \t]?\[-?@[\w][^\[\]\n]{1,200}\]"), ""),  # citations
    (re.compile(r"^import[ \t].{1,200}from[ \t]+['\"].{1,200}['\"];?[ \t]*$", re.MULTILINE), ""),
]
"""What Hugo, Jekyll, Obsidian, Pandoc, Docusaurus and wikis write into Markdown, and what is said of it."""
_LANGUAGES_OF_TEXT = frozenset(["markdown", "md", "text", "txt", "plain", "plaintext"])
"""What a fence is said to hold, where it holds a text: such as chat programs give them to be copied."""
_EMOJI = re.compile(r"(?<![\w:]):[a-z][a-z0-9_+-]{1,30}:(?![\w:])")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE_END = re.compile(r"[^\W\d_]{2}[.!?](?:\s|$)")
_DUNDER = re.compile(r"(?<![\w`\\])__(\w{1,40})__(?=[.(]\w|\(\))")


_HIGHLIGHTED = [
    (re.compile(rf"\{{(?:%-?[ \t]*|\{{[<%][ \t]*){begun}\b[^{{}}\n]{{0,100}}\}}"), said)
    for begun, said in (
        ("highlight", "\n```code\n"), (r"(?:end|/[ \t]*)highlight", "\n```\n"),
        ("comment", "\n<!--\n"), (r"(?:end|/[ \t]*)comment", "\n-->\n"),
    )
]  # fmt: skip
"""Programs and notes to oneself in Jekyll's and Hugo's marks."""
_FENCED = re.compile(r"(^ {0,3}(?:```|~~~)[^\n]*\n.*?^ {0,3}(?:```|~~~)[ \t]*$)", re.MULTILINE | re.DOTALL)
_BULLET = re.compile(rf"^([ \t]*)[{BULLETS}]\ufe0f?[ \t]+(?=\S)", re.MULTILINE)
_BOLD_LINE = re.compile(
    r"^(?:\*\*|__)(?P<title>[^*_\n]{1,80}?)(?P<mark>[?.:!;,…]?)(?:\*\*|__)(?P<after>:?)[ \t]*\n(?=[^\s>|#*+-])",
    re.MULTILINE,
)
_LETTERS = re.compile(r"^([ \t]*)\((?:[a-z]|[ivx]{2,4})\)[ \t]+(?=\S)", re.MULTILINE)
_COMPONENT = re.compile(r"</?[A-Z][A-Za-z.]{0,40}(?:[ \t\n][^<>]{0,500})?/?>")
_IMPORTED = re.compile(r"^import[ \t].{1,200}from[ \t]+['\"]", re.MULTILINE)
"""What MDX has of programs: https://mdxjs.com/docs/what-is-mdx/"""
_FACTS = re.compile(r"(?<=\n\n)(?:[A-Z][\w /-]{0,30}:[ \t]+[^\n]{1,100}\n){2,12}(?=\n)")
"""Names with their values, as Notion sets them below a title, a line each."""
_CLAUSES = re.compile(r"^ {0,3}\d{1,2}(?:\.\d{1,2})+\.?[ \t]+(?=\S)", re.MULTILINE)
_LOOSE_BOLD = re.compile(r"^([ \t]*(?:[-*+] )?)\*\*[ \t]+([^*\n]{1,40}?)[ \t]*\*\*(?=[ \t])", re.MULTILINE)
"""Bold type that Markdown does not take for such, for the space in it: "** § 1º** It is …"."""
_BOLD_LABEL = re.compile(r"^ {0,3}(?P<sign>\*\*|__)[^*_\n]{2,40}(?::(?P=sign)|(?P=sign)\s?:)[ \t]+(?=\S)", re.MULTILINE)
"""Of rows: '**Present:** Ann'."""
_ASKED = re.compile(r"^(?:\*\*)?[QAPRDF]\d{0,3}(?:\*\*)?[.:]", re.MULTILINE)


def blocks_of_markdown(text: str) -> markup.Told:
    """Return the blocks of a Markdown text. Raises lxml's errors where nothing is left."""
    if _IMPORTED.search(text):
        text = _COMPONENT.sub("", text)
    for mark, said in _HIGHLIGHTED if "highlight" in text or "comment" in text else ():
        text = mark.sub(said, text)
    text = "".join(each if number % 2 else _lines_apart(each) for number, each in enumerate(_FENCED.split(text)))
    text = _DEEP_QUOTATION.sub(r"\1", _DEEP_ITEM.sub(r"\1", text))
    for mark, said in _MARKS_OF_PROGRAMS:
        text = mark.sub(said, text)
    text = _DUNDER.sub(r"\\_\\_\1\\_\\_", _ALERT.sub(r"\1\2\n\1", _ADMONITION.sub("", text)))
    reader = (
        MarkdownIt("commonmark", {"html": True, "maxNesting": _NESTING})
        .enable(["table", "strikethrough"])
        .disable("code")
    )
    reader.use(brackets_plugin).use(footnote_plugin).use(tasklists_plugin).use(
        dollarmath_plugin, allow_space=False, allow_digits=False
    )
    tokens = [told for token in reader.parse(text) for told in _unfenced(token, reader, text)]
    _spare_numbers(tokens)
    closed = {name.lower() for name in re.findall(r"</([A-Za-z][A-Za-z0-9-]{0,30})\s{0,10}>", text)}
    for token in tokens:
        if token.type == "html_block":
            _spare_block(token, closed)
        for child in token.children or ():
            if child.type == "text":
                child.content = _EMOJI.sub("", child.content)
        if token.type == "inline":
            _spare_inline(token.children or [])
    rendered = reader.renderer.render(tokens, reader.options, {})
    return markup.blocks(markup.parse(f"<body>{rendered}</body>"), is_document=True)


def _lines_apart(text: str) -> str:
    """Text with the lines apart that people end on purpose, and Markdown joins: items with other signs than its own,
    clauses, headings in bold type, questions and answers."""
    text = _LOOSE_BOLD.sub(r"\1**\2**", _BULLET.sub(r"\1- ", text))
    text = _FACTS.sub(lambda facts: facts[0].replace("\n", "\n\n"), text)
    text = _BOLD_LINE.sub(_headed, text)
    if len(_LETTERS.findall(text)) > 1:
        text = _LETTERS.sub(r"\1- ", text)
    for begun in (_CLAUSES, _ASKED, _BOLD_LABEL):
        if len(begun.findall(text)) > 1:
            text = begun.sub(r"\n\g<0>", text)
    return text


def _headed(line: re.Match[str]) -> str:
    """Return a line in bold type above a text: a heading, a question or its lead-in stands by itself."""
    if line["mark"] or line["after"]:
        return f"{line[0].rstrip()}\n\n"
    return f"###### {line['title']}\n\n"


def _unfenced(token: Token, reader: MarkdownIt, text: str) -> list[Token]:
    """Return a token, or those of the text that a fence holds: a chat program's answer, or what a lone fence
    swallows."""
    if token.type != "fence" or markup.looks_like_code(token.content):
        return [token]
    language = token.info.strip().partition(" ")[0].lower()
    if language in _LANGUAGES_OF_TEXT or (not language and (_is_open(token, text) or _is_prose(token.content))):
        return reader.parse(token.content)
    return [token]


def _is_open(token: Token, text: str) -> bool:
    """Tell whether a fence has no end, and so holds all the rest."""
    last = text.rstrip().rpartition("\n")[2].strip()
    return bool(token.map) and token.content.rstrip().endswith(last) and not last.startswith(token.markup)


def _is_prose(text: str) -> bool:
    """Tell whether a text is of letters and sentences, rather than of commands, names and signs."""
    letters = sum(letter.isalpha() or letter.isspace() for letter in text)
    lines = sum(bool(line.strip()) for line in text.splitlines())
    is_written = letters > 0.9 * len(text) and len(_WORD.findall(text)) > 3 * lines
    return is_written and _SENTENCE_END.search(text) is not None


def _spare_inline(tokens: Sequence[Token]) -> None:
    """Let tags in a line be text, but for tags of phrases with a beginning and an end."""
    opened: list[Token] = []
    for token in tokens:
        found = _TAG.fullmatch(token.content) if token.type == "html_inline" else None
        if token.type != "html_inline" or token.content.startswith(("<!", "<?")):
            continue
        name = found[2].lower() if found else ""
        if found is None or name not in _PHRASES | {"details", "summary", "p", "div", "h1", "h2", "h3", "li", "ul"}:
            token.type = "text"
        elif found[1]:
            match = next((before for before in reversed(opened) if _name(before) == name), None)
            if match is not None:
                opened.remove(match)
        elif name not in _VOID and "=" not in found[3]:
            opened.append(token)
    for token in opened:
        token.type = "text"


def _name(token: Token) -> str:
    found = _TAG.fullmatch(token.content)
    return found[2].lower() if found else ""


def _spare_block(token: Token, closed: set[str]) -> None:
    """Let a block beginning with a tag be text, unless the tag has attributes, or an end somewhere."""
    found = _TAG.match(token.content.lstrip())
    if found is None:
        return
    name = found[2].lower()
    if found[1] or name in _VOID or "=" in found[3] or (name in _FLOW | _PHRASES and name in closed):
        return
    token.type, token.content = "text", token.content.strip()


def _spare_numbers(tokens: Sequence[Token]) -> None:
    """Let the numbers of items counted from elsewhere than the first on, or of a lone item, be words of the text."""
    opened: list[tuple[Token, list[Token]]] = []
    for token in tokens:
        match token.type:
            case "ordered_list_open" | "bullet_list_open":
                opened.append((token, []))
            case "list_item_open":
                opened[-1][1].append(token)
            case "ordered_list_close" | "bullet_list_close":
                beginning, items = opened.pop()
                if token.type == "ordered_list_close" and not _counts(items):
                    beginning.tag = token.tag = "div"
                    _as_text(tokens, items)


def _counts(items: Sequence[Token]) -> bool:
    numbers = [int(item.info or 0) for item in items]
    return len(numbers) > 1 and numbers[0] in {0, 1}


def _as_text(tokens: Sequence[Token], items: Sequence[Token]) -> None:
    for item in items:
        item.tag = "div"
        at = next(number for number, token in enumerate(tokens) if token is item)
        inline = next((token for token in tokens[at : at + 3] if token.type == "inline"), None)
        if inline is not None and inline.children:
            inline.children.insert(0, Token("text", "", 0, content=f"{item.info}{item.markup} "))
