"""An e-mail's text, without its quotations and signature (RFC 5322, MIME)."""

from __future__ import annotations

import re
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime

from common.text.blocks import Block, BlockKind
from functions.content_harvester.chapter import parse, read_chapter
from functions.content_harvester.charsets import decode
from functions.content_harvester.source import Document, Source, Unreadable

_WROTE = re.compile(
    r".{0,200}(?:wrote|schrieb.{0,80}|a écrit|escribió|escreveu|ha scritto)\s?:|"
    r"-{2,}\s?(?:original|forwarded).{0,40}-{2,}",
    re.IGNORECASE,
)


def read_email(document: Document) -> Source:
    """The text of a message. Raises Unreadable."""
    message = message_from_bytes(document.data, policy=policy.default)
    if not isinstance(message, EmailMessage):
        raise Unreadable("source_unreadable", "This e-mail is damaged.")
    left_out = Counter[str]()
    body = message.get_body(("plain", "html"))
    if not isinstance(body, EmailMessage):
        raise Unreadable("source_empty", "There is no text in this e-mail.")
    content = body.get_payload(decode=True)
    text = content if isinstance(content, bytes) else b""
    if body.get_content_type() == "text/html":
        blocks = _html(text, body.get_content_charset(), left_out)
    else:
        blocks = _plain(decode(text, body.get_content_charset()), left_out)
    left_out["attachment"] += sum(1 for _ in message.iter_attachments()) if message.is_multipart() else 0
    name, address = parseaddr(str(message.get("From", "")))
    return Source.of_blocks(
        blocks,
        title=str(message.get("Subject", "")).strip() or document.stem,
        url=document.url,
        author=name or address.partition("@")[0] or None,
        date=_day(message),
        left_out=+left_out,
    )


def _html(markup: bytes, charset: str | None, left_out: Counter[str]) -> list[Block]:
    root = parse(decode(markup, charset).encode())
    if root is None:
        return []
    read = read_chapter(root)
    left_out.update(read.left_out)
    return read.blocks


def _plain(text: str, left_out: Counter[str]) -> list[Block]:
    """The paragraphs that the sender wrote: not those quoted, nor the signature below two dashes."""
    text = re.split(r"(?m)^-- ?$", text.replace("\r\n", "\n"), maxsplit=1)[0]
    own = []
    for line in text.split("\n"):
        quoted = line.startswith(">") or _WROTE.fullmatch(line.strip())
        left_out["quoted line"] += bool(quoted)
        own.append("" if quoted else line)
    return [
        Block(BlockKind.PARAGRAPH, paragraph) for paragraph in re.split(r"\n\s*\n", "\n".join(own)) if paragraph.strip()
    ]


def _day(message: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(str(message["Date"])).date().isoformat() if message["Date"] else None
    except ValueError:
        return None
