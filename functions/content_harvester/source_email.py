"""E-mails: what their senders wrote, without quotations, signatures and footers (RFC 5322, MIME).

A mailbox (RFC 4155) is the conversation that its messages are, each said by its sender.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime

from lxml import etree

from common.contract import MAX_TEXT_CHARACTERS
from common.text.blocks import Block, BlockKind
from common.text.sentences import ended
from common.text.typed import typed_blocks
from functions.content_harvester import markup
from functions.content_harvester.charsets import decode
from functions.content_harvester.mail_ends import without_end
from functions.content_harvester.source import Document, Source, Unreadable

MAX_MESSAGES = 1_000
"""The first of a mailbox, which take seconds to take apart; the rest is counted."""
_ENVELOPE = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\r\n\r\n))From \S.{0,200}\d\d:\d\d.{0,40}\r?\n")
_WROTE = re.compile(
    r"(?:On|Am|Le|El|Em|Il(?: giorno)?)\b.{4,300}(?:wrote|schrieb.{0,80}|a écrit|escribió|escreveu|ha scritto)\s?:",
    re.DOTALL,
)
_BARELY_WROTE = re.compile(r"\S.{0,80}(?:wrote|writes|schrieb|a écrit|escribió|escreveu|ha scritto)\s?:")
"""Right above what is quoted."""
_ARMOUR = re.compile(
    r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:Hash: .{1,80}\n)?|-----BEGIN PGP SIGNATURE-----[^-]{0,20000}"
    r"(?:-----END PGP SIGNATURE-----)?"
)
"""RFC 9580, the cleartext signature framework."""
_MARK = re.compile(
    r"-{2,}\s?(?:original|forwarded|weitergeleitet|ursprüngliche|message (?:original|transféré)).{0,40}-{2,}",
    re.IGNORECASE,
)
_FORWARD = re.compile(r"\s*(?:Fwd?|WG|TR|RV|ENC|I)\s?:", re.IGNORECASE)
_REPLY = re.compile(r"\s*(?:(?:Re|Rép|RIF|Fwd?|AW|WG|TR|RV|RE|SV|ENC|R|I)\s?:\s*)+", re.IGNORECASE)
_FROM = r"[ \t*_]*(?:From|Von|De|Da)\s?:.{1,300}"
_SENT = r"[ \t*_]*(?:Sent|Date|Gesendet|Datum|Envoyé|Enviado(?: el| em)?|Enviada em|Inviato|Data|Fecha)\s?:.{1,200}"
_OTHER_FIELD = r"[ \t*_]*(?:To|Cc|Subject|An|Betreff|À|Objet|Para|Asunto|Assunto|A|Oggetto)\s?:.{0,400}"
_HEADER = re.compile(rf"^{_FROM}(?:\n{_OTHER_FIELD}){{0,3}}\n{_SENT}(?:\n{_OTHER_FIELD}){{0,4}}$", re.MULTILINE)
"""The header of the message that is answered or handed on, as Outlook and others put it above its text."""
_QUOTATIONS = (
    "//blockquote[@type='cite'] | //*[contains(@class, 'gmail_quote') or contains(@class, 'yahoo_quoted')"
    " or contains(@class, 'protonmail_quote')]"
)
_SIGNATURES = "//*[contains(@class, 'gmail_signature') or contains(@class, 'moz-signature')]"
_FOOTER = re.compile(
    r"unsubscribe|thanks for reading.{0,80}subscribe|subscribe for free to receive|"
    r"you(?:.re| are) receiving this|you received this (?:e-?mail|message)|"
    r"sie (?:erhalten|bekommen) diese|vous recevez ce|recib(?:es?|iste) este|"
    r"(?:está|estás) (?:recibiendo|a receber)|recebeu? est|ricevi quest|hai ricevuto quest|"
    r"(?:view|read|open) (?:this |it |the )?(?:e-?mail |message |post |newsletter |issue )?"
    r"(?:online|on the web|in (?:your |a )?browser)|"
    r"(?:manage|update) your (?:e-?mail )?(?:preferences|subscription)|abbestellen|im browser (?:an)?sehen|"
    r"désabonne|dans (?:votre|le) navigateur|dar(?:se|te) de baja|en (?:tu|el) navegador|cancelar a (?:inscrição|"
    r"subscrição)|no navegador|disiscriv|annulla l.iscrizione|nel browser",
    re.IGNORECASE,
)
_FOOTER_CHARACTERS = 250
_SENTENCE = 6
_LINKED = re.compile(
    r"(?:read|learn|find out|see|show) more|continue reading|(?:mehr|hier) (?:lesen|erfahren)|weiterlesen|zum artikel|"
    r"lire la suite|en savoir plus|leer más|seguir leyendo|saber más|l(?:er|eia) mais|saiba mais|"
    r"leggi (?:di più|tutto)|continua a leggere|scopri di più|share|subscribe|comment|restack|leave a comment",
    re.IGNORECASE,
)
"""Buttons of newsletters."""
_LINK = re.compile(r"https?://\S+")
_LINK_BEHIND = re.compile(
    r"[ \t]*(?:\(\s?https?://[^\s()]{1,2000}\s?\)|<https?://[^\s<>]{1,2000}>|\[\s?https?://[^\s\[\]]{1,2000}\s?\])"
)
"""Where a word leads, in the plain text of a mail: https://www.rfc-editor.org/rfc/rfc3986#appendix-C"""
_STARRED = re.compile(r"^\*\*[ \t]+(?=\S)", re.MULTILINE)
"""How a program for newsletters sets a heading in plain text."""
_ELSEWHERE = re.compile(
    r"(?:(?:facebook|twitter|x|instagram|linkedin|youtube|tiktok|mastodon|bluesky|threads|whatsapp|telegram|pinterest|"
    r"spotify|website|web ?site|webseite|site (?:web|internet)|sitio web|sito(?: web)?|rss|e-?mail|share|tweet|forward)"
    r"(?:[\s,.;|·•/*_-]{1,8}|$)){2,12}",
    re.IGNORECASE,
)
"""Where else there is news of whoever sent a newsletter."""


@dataclass(frozen=True)
class _Mail:
    """Read a message's text, and the facts in its header."""

    blocks: list[Block]
    subject: str
    sender: str
    day: str | None


def read_email(document: Document) -> Source:
    """Return the text of a message, or the conversation of a mailbox. Raises Unreadable."""
    left_out = Counter[str]()
    messages = _messages(document.data)
    left_out["message"] += max(0, len(messages) - MAX_MESSAGES)
    mails = [mail for data in messages[:MAX_MESSAGES] if (mail := _mail(data, left_out)).blocks]
    if not mails:
        raise Unreadable("source_empty", "There is no text in this e-mail.")
    only = mails[0] if len(mails) == 1 else None
    subjects = list(dict.fromkeys(_REPLY.sub("", mail.subject, count=1) for mail in mails))
    title = subjects[0] if len(subjects) == 1 else ""
    return Source.of_blocks(
        only.blocks if only else _conversation(mails, left_out),
        title=title or document.stem,
        url=document.url,
        author=only.sender if only else None,
        date=mails[0].day,
        left_out=+left_out,
    )


def _messages(data: bytes) -> list[bytes]:
    """Return the messages of a mailbox, or the only one."""
    envelopes = list(_ENVELOPE.finditer(data))
    if not envelopes:
        return [data]
    ends = [*(found.start() for found in envelopes[1:]), len(data)]
    messages = (data[found.end() : end] for found, end in zip(envelopes, ends, strict=True))
    return [re.sub(rb"(?m)^>(>*From )", rb"\1", message) for message in messages]


def _conversation(mails: Sequence[_Mail], left_out: Counter[str]) -> Iterator[Block]:
    """Yield each sender's words, under the subjects, up to the limit of any source."""
    said, characters = "", 0
    for mail in mails:
        characters += sum(len(block.text) + len(mail.sender) + 4 for block in mail.blocks)
        if characters > MAX_TEXT_CHARACTERS:
            left_out["message"] += 1
            continue
        subject = _REPLY.sub("", mail.subject, count=1)
        if subject and subject != said:
            yield Block(BlockKind.HEADING, subject, 1)
        said = subject
        for block in mail.blocks:
            is_said = block.kind is BlockKind.PARAGRAPH and mail.sender
            yield replace(block, kind=BlockKind.LINE, speaker=mail.sender) if is_said else block


def _mail(data: bytes, left_out: Counter[str]) -> _Mail:
    message = message_from_bytes(data, policy=policy.default)
    if not isinstance(message, EmailMessage):
        raise Unreadable("source_unreadable", "This e-mail is damaged.")
    subject = str(message.get("Subject", "")).strip()
    is_forward = bool(_FORWARD.match(subject))
    name, address = parseaddr(str(message.get("From", "")))
    sender = name or address.partition("@")[0]
    blocks = [block for part in _texts(message, left_out) for block in _blocks(part, sender, is_forward, left_out)]
    return _Mail(blocks, subject, sender, _day(message))


def _texts(message: EmailMessage, left_out: Counter[str]) -> Iterator[EmailMessage]:
    """Yield the parts of a message that are its text, in their order; the best of alternatives."""
    kind = message.get_content_type()
    if kind == "multipart/alternative":
        ways = [part for part in message.iter_parts() if isinstance(part, EmailMessage)]
        yield from _texts(_best(ways), left_out) if ways else ()
    elif message.is_multipart():
        parts = message.get_payload()
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, EmailMessage):
                yield from _texts(part, left_out)
    elif kind in {"text/plain", "text/html"} and not message.is_attachment():
        yield message
    elif message.get_content_type() != "text/calendar" and not message.get("Content-ID"):  # a picture within the text
        left_out["attachment"] += 1


def _best(ways: Sequence[EmailMessage]) -> EmailMessage:
    """Take the plain text, unless short beside the shown text, or half addresses, as of newsletters."""
    plain = next((way for way in ways if way.get_content_type() == "text/plain"), None)
    if plain is None or len(ways) == 1:
        return ways[-1]
    written = _decoded(plain)
    said = len(_LINK.sub("", written).split())
    shown = max(
        (len(re.sub(r"(?s)<(style|head)\b.{0,50000}?</\1|<[^<>]*>", " ", _decoded(way)).split())
         for way in ways if way.get_content_type() == "text/html"), default=0)  # fmt: skip
    is_whole = 2 * said >= shown and 25 * len(_LINK.findall(written)) <= said + 50
    return plain if is_whole else ways[-1]


def _decoded(part: EmailMessage) -> str:
    content = part.get_payload(decode=True)
    return decode(content, part.get_content_charset()).replace("\r\n", "\n") if isinstance(content, bytes) else ""


def _blocks(part: EmailMessage, sender: str, is_forward: bool, left_out: Counter[str]) -> list[Block]:
    """Return the blocks of a part that its sender wrote; of what is handed on, those of the message below, too."""
    text = _decoded(part)
    if part.get_content_type() == "text/html":
        return _html(text, sender, is_forward, left_out)
    if part.get_param("format") == "flowed":  # RFC 3676
        text = re.sub(r"(?m)(?<!^--) \n(?=[^>\n])", "" if part.get_param("delsp") == "yes" else " ", text)
    return _plain(text, sender, is_forward, left_out)


def _plain(text: str, sender: str, is_forward: bool, left_out: Counter[str]) -> list[Block]:
    text = _ARMOUR.sub("", text).replace("\n- -- ", "\n-- ")
    own, below = _parted(re.split(r"(?m)^-- ?$", text, maxsplit=1)[0])
    if below and (is_forward or not re.search(r"\w{2}", _unquoted(own, Counter()))):
        own, below = f"{own}\n\n{_HEADER.sub('', below)}", ""
    left_out["quoted line"] += sum(bool(line.strip()) for line in below.split("\n"))
    own = _STARRED.sub("", _LINK_BEHIND.sub("", _unquoted(own, left_out)))
    paragraphs = [lines.split("\n") for lines in re.split(r"\n[ \t]*\n", own)]
    return _without_footer(typed_blocks("\n\n".join("\n".join(lines) for lines in without_end(paragraphs, sender))))


def _parted(text: str) -> tuple[str, str]:
    """Return the text above the message that is answered or handed on, and the text of this message."""
    found = _HEADER.search(text)
    mark = next((line for line in text.split("\n") if _MARK.fullmatch(line.strip())), None)
    cuts = [found.start() if found else len(text), text.index(mark) if mark else len(text)]
    at = min(cuts)
    below = text[at:]
    return text[:at].rstrip(), below.replace(mark, "", 1) if mark else below


def own_words(text: str, left_out: Counter[str]) -> str:
    """Strip a pasted message of the answered message and its signature; any other text as it is."""
    lines = text.split("\n")
    begun = (at for at in range(1, len(lines)) if lines[at].startswith(">") and not lines[at - 1].startswith(">"))
    if not any(
        _WROTE.fullmatch(" ".join(lines[max(0, at - count) : at]).strip()) for at in begun for count in (1, 2, 3)
    ):
        return text
    return _unquoted(re.split(r"(?m)^-- ?$", text, maxsplit=1)[0], left_out)


def _unquoted(text: str, left_out: Counter[str]) -> str:
    """Strip a text of lines that begin with ">", and of the line that names their author."""
    kept: list[str] = []
    for line in text.split("\n"):
        if line.startswith(">"):
            left_out["quoted line"] += 1
            if (above := next((at for at in range(len(kept))[:-4:-1] if kept[at]), None)) is not None and (
                _BARELY_WROTE.fullmatch(kept[above].strip())
            ):
                kept[above] = ""
            kept.append("")
            continue
        kept.append(line)
        for count in (1, 2, 3):  # a long line is broken
            if _WROTE.fullmatch(" ".join(kept[-count:]).strip()):
                kept[-count:] = [""]
                break
    return "\n".join(kept)


def _html(text: str, sender: str, is_forward: bool, left_out: Counter[str]) -> list[Block]:
    try:
        page = markup.parse(text)
    except (etree.LxmlError, ValueError):
        return []
    for element in page.xpath(_SIGNATURES if is_forward else f"{_QUOTATIONS} | {_SIGNATURES}"):
        if element.getparent() is not None and _text(page) != _text(element):
            left_out["quoted line"] += "quote" in element.tag or "quote" in (element.get("class") or "")
            element.drop_tree()
    told = markup.blocks(page, is_document=True)
    left_out.update(told.left_out)
    own: list[Block] = []
    for block in told.blocks:
        if _HEADER.search(block.text) or _MARK.fullmatch(block.text.strip()):
            if own and not is_forward:
                left_out["quoted line"] += 1
                break
        elif not _WROTE.fullmatch(block.text):
            own.append(block)
    own = _without_footer(own)
    ends = without_end([[block.text] for block in own], sender)
    return [replace(block, text=" ".join(lines)) for block, lines in zip(own, ends, strict=True) if any(lines)]


def _without_footer(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks of a mail without its frame: buttons, sender and reason of the mail, an address below."""
    own: list[Block] = []
    last = max((number for number, block in enumerate(blocks) if _is_said(block)), default=-1)
    for number, block in enumerate(blocks):
        if _LINKED.fullmatch(block.text) or _ELSEWHERE.fullmatch(block.text):
            continue
        if len(block.text) >= _FOOTER_CHARACTERS or not _FOOTER.search(block.text):
            own.append(block)
        elif own and number > last:
            break
    return own


def _is_said(block: Block) -> bool:
    """Tell whether a block is a sentence, and of no footer."""
    return ended(block.text) and len(block.text.split()) > _SENTENCE and not _FOOTER.search(block.text)


def _text(element: etree._Element) -> str:
    return "".join("".join(element.itertext()).split())


def _day(message: EmailMessage) -> str | None:
    try:
        return parsedate_to_datetime(str(message["Date"])).date().isoformat() if message["Date"] else None
    except ValueError:
        return None
