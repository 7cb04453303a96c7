"""Chats that were saved as text, each message below or behind a head of its own: who wrote it, and when.

Zoom, Meet, and exporters of Discord, iMessage and Signal write them so; Telegram writes pages. Lines of WhatsApp and
the like, with the time before each name, are known wherever speakers are (`common/text/conversation.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from common.text.blocks import Block, BlockKind

_DAY = r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?(?:[ \u202f][AaPp][Mm])?"
_HEADS = [
    # 10:11:12 From Ann Miller to Everyone:
    re.compile(r"^\d\d:\d\d:\d\d[ \t]+From[ \t]+(?P<name>[^:\n]{1,60}?)(?:[ \t]+to[ \t]+[^:\n]{1,80})?[ \t]*:", re.M),
    # [03/03/2025 10:11] ann
    re.compile(rf"^\[{_DAY},? {_CLOCK}\] (?P<name>[^\n:\[\]()]{{1,40}}?)(?: \(pinned\))?$", re.M),
    # [2025-03-03 10:11] Ann:
    re.compile(rf"^\[?{_DAY}[ T]{_CLOCK}\]? (?P<name>[^\n:\[\]]{{1,40}}):(?=[ \t])", re.M),
    # Mar 03, 2025 10:11:12 AM, and the name below
    re.compile(rf"^[A-Z][a-z]{{2}} \d\d, \d{{4}} {{1,2}}{_CLOCK}[^\n]{{0,80}}\n(?P<name>[^\n:]{{1,40}})$", re.M),
    # From: Ann (+44123), with the fields of a message below
    re.compile(
        r"^From: (?P<name>[^\n(]{1,60}?)(?: \([^\n]{0,60}\))?\nType: (?:incoming|outgoing)\n"
        r"(?:(?:Sent|Received|To): [^\n]{0,200}\n){0,5}",
        re.M,
    ),
]
_MEET = re.compile(r"\A[^\n]{1,150} - Transcript\n[^\0]{0,3000}?^Transcript\n", re.M)
_MEETS_HEAD = re.compile(r"^(?P<name>[^\n:]{1,40}):(?=[ \t])", re.M)
_MEETS_END = re.compile(r"^(?:Meeting|Transcription) ended after [^\n]{0,60}$", re.M)
_RULED = re.compile(r"^={10,}\n[^=]{0,500}^={10,}\n?", re.M)
_UNSAID = re.compile(r"\s*(?:\{(?:Attachments|Embed|Reactions)\}[^\0]{0,5000}|<[^<>\n]{1,40}>|Joined the server\.)\s*")
_FEWEST, _ABOVE = 2, 500


def blocks_of_headed(text: str) -> list[Block] | None:
    """List what each person wrote; None for a text that is no such chat."""
    text = text.replace("\r\n", "\n")
    if meet := _MEET.match(text):
        return _told(_MEETS_END.sub("", text[meet.end() :]), _MEETS_HEAD)
    plain = _RULED.sub("", text).strip("\n")
    for head in _HEADS:
        if (found := _told(plain, head)) is not None:
            return found
    return None


def _told(text: str, head: re.Pattern[str]) -> list[Block] | None:
    found = list(head.finditer(text))
    if len(found) < _FEWEST or found[0].start() > _ABOVE:
        return None
    return list(_messages(text, found))


def _messages(text: str, heads: Sequence[re.Match[str]]) -> Iterator[Block]:
    if above := " ".join(text[: heads[0].start()].split()):
        yield Block(BlockKind.PARAGRAPH, above)
    ends = [*(head.start() for head in heads[1:]), len(text)]
    for head, end in zip(heads, ends, strict=True):
        said = " ".join(text[head.end() : end].split())
        if said and not _UNSAID.fullmatch(said):
            yield Block(BlockKind.LINE, said, speaker=head["name"].strip())


def blocks_of_telegram(page: etree._Element) -> list[Block]:
    """List the messages of a chat exported by Telegram as a page; of messages in a row only the first has a name."""
    blocks: list[Block] = []
    who = ""
    for part in page.xpath("//div[contains(@class, 'chat_page')]//div[@class='from_name' or @class='text']"):
        said = " ".join(" ".join(part.itertext()).split())
        if part.get("class") == "from_name":
            who = said
        elif said:
            blocks.append(Block(BlockKind.LINE, said, speaker=who))
    return blocks
