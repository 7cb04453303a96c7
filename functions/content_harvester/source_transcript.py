"""Words of several speakers or writers, with their names: captions, transcripts of podcasts, saved chats.

Captions come as WebVTT (https://www.w3.org/TR/webvtt1/), SubRip, SubViewer, SubStation Alpha, TTML
(https://www.w3.org/TR/ttml2/) or JSON, chats as JSON exported by programs; notebooks are JSON, too. No format is taken
at its word: lines with times are captions, and in JSON the list with the most words, under whichever of the usual
names, is the transcript.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from common.text.blocks import Block, BlockKind
from common.text.conversation import spoken
from functions.content_harvester.charsets import decode
from functions.content_harvester.source import Document, Source, Unreadable

_PAUSE_S = 2.0
_PARAGRAPH = 700
"""Characters; a longer paragraph ends with its sentence."""
_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d\d)[.,](\d{1,3})"
_TIMES = re.compile(rf"\s{{0,20}}{_TIME}\s{{0,20}}(?:-->|,)\s{{0,20}}{_TIME}")
_IS_SCRIPT = re.compile(r"[\ufeff\s]{0,100}\[Script Info\]")
_SCRIPT_TITLE = re.compile(r"^Title:(?! *Default)(.{0,200})$", re.MULTILINE)
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_VOICE = re.compile(r"<v(?:\.[^\s>]{0,100})?[ \t]+([^<>]{1,100})>")
_TAG = re.compile(r"</?[^<>\n]{0,200}>|\{\\[^{}]{0,100}\}")
_NOISE = re.compile(
    r"\[[^\[\]]{1,60}\]|\([^()a-z]{2,60}\)|\((?:music|applause|laughter|laughs|laughing)[^()]{0,40}\)|[♪♫#]+[^♪♫]{0,200}[♪♫]+|[♪♫]",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\[([^\W\d_][\w .'-]{0,38})\]:?\s+(?=\w)")
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*$")


@dataclass(frozen=True)
class Cue:
    """The words said from `start` to `end`, in seconds, and their speaker, where known.

    `turns`: another speaks than before, whoever it is.
    """

    text: str
    speaker: str = ""
    start: float = 0.0
    end: float = 0.0
    turns: bool = False


def read_transcript(document: Document) -> Source:
    """The paragraphs or speakers' lines of captions or of a chat. Raises Unreadable."""
    text = decode(document.data, document.charset)
    title, left_out = "", dict[str, int]()
    if _IS_SCRIPT.match(text):
        title, blocks = (_SCRIPT_TITLE.findall(text) or [""])[0].strip(), blocks_of_cues(list(_of_script(text)))
    elif text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
        title, blocks, left_out = _of_json(text)
    elif text.lstrip("\ufeff \t\r\n")[:1] == "<":
        title, blocks = "", blocks_of_cues(list(_of_timed_text(text)))
    else:
        found = re.match(r"\ufeff?WEBVTT[ \t]+(?:-[ \t]*)?(\S[^\n]{0,200})", text)
        title = found[1] if found and ":" not in found[1] else ""
        blocks = blocks_of_cues(list(_cues(text)))
    return Source.of_blocks(
        blocks, title=title or document.stem, url=document.url, author=None, date=None, left_out=left_out
    )


def _of_script(text: str) -> Iterator[Cue]:
    """The cues of SubStation Alpha, whose events name their columns first; the words are the last column."""
    names: list[str] = []
    for line in text[text.rfind("[Events]") :].splitlines():
        kind, _, values = line.partition(":")
        if kind == "Format":
            names = [name.strip().lower() for name in values.split(",")]
        elif kind == "Dialogue" and names:
            fields = dict(zip(names, values.split(",", len(names) - 1), strict=False))
            start, end = (re.fullmatch(_TIME, fields.get(name, "").strip()) for name in ("start", "end"))
            if start and end and not re.search(r"\{[^{}]*\\p[1-9]", fields.get("text", "")):  # which draws a shape
                lines = re.split(r"\\[Nn]", re.sub(r"\{[^{}]{0,500}\}|\\h", " ", fields.get("text", "")))
                for cue in cues_of_lines(lines, _seconds(start.groups()), _seconds(end.groups())):
                    yield replace(cue, speaker=cue.speaker or (fields.get("name") or fields.get("actor") or "").strip())


def _of_timed_text(text: str) -> Iterator[Cue]:
    """The cues of TTML: its paragraphs, their agents by name. Raises Unreadable."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(text.lstrip("\ufeff \t\r\n").encode(), parser)
    except (etree.LxmlError, ValueError):
        raise Unreadable("source_unreadable", "These captions are damaged.") from None
    agents = {agent.get(_XML_ID): " ".join("".join(agent.itertext()).split()) for agent in root.iter("{*}agent")}
    for number, paragraph in enumerate(root.iter("{*}p")):
        for line in paragraph.iter("{*}br"):
            line.tail = f" {line.tail or ''}"
        start, end = (_clock(paragraph.get(name, "")) for name in ("begin", "end"))
        who = next((agents.get(part.get(name)) for part in (paragraph, *paragraph.iterancestors(), *paragraph)
                    for name in part.attrib if str(name).endswith("}agent")), "")  # fmt: skip
        at = float(number) if start is None else start
        for cue in cues_of_lines(["".join(paragraph.itertext())], at, at + 1 if end is None else end):
            yield replace(cue, text=" ".join(cue.text.split()), speaker=cue.speaker or who or "")


def _clock(written: str) -> float | None:
    """A time of TTML in seconds: "00:00:03.45", or "3.45s"."""
    if offset := re.fullmatch(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h)", written):
        return float(offset[1]) * {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}[offset[2]]
    clock = re.fullmatch(_TIME, written)
    return _seconds(clock.groups()) if clock else None


def _cues(text: str) -> Iterator[Cue]:
    """The cues of a file of captions: the lines after each line of times, up to a blank line."""
    lines: list[str] | None = None
    times = (0.0, 0.0)
    for line in [*text.splitlines(), ""]:
        found = _TIMES.match(line)
        if found or not line.strip():
            if lines:
                yield from cues_of_lines(_without_number(lines, bool(found)), *times)
            lines = [] if found else None
            if found:
                times = _seconds(found.groups()[:4]), _seconds(found.groups()[4:])
        elif lines is not None:
            lines.append(line)


def _without_number(lines: list[str], followed: bool) -> list[str]:
    """Files without blank lines between their cues have the next cue's number before its times."""
    return lines[:-1] if followed and lines[-1].strip().isdigit() else lines


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = parts
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + float(f"0.{fraction}")


def cues_of_lines(lines: Sequence[str], start: float, end: float) -> Iterator[Cue]:
    """A cue for each voice or turn in the lines of one."""
    speaker, words, turns = "", list[str](), False
    for line in lines:
        parts = _VOICE.split(line)
        for number, part in enumerate(parts):
            said = html.unescape(_TAG.sub("", part)).strip()
            named = part.strip() if number % 2 else ""
            turn = said.startswith((">>", "- ", "– ", "— ")) and not number % 2
            if turn:
                said = re.sub(r"^(?:>>|[-–—])\s*", "", said)
            label = spoken(said) if not named else None
            bracketed = _LABEL.match(said) if not named else None
            if (named or turn or label or bracketed) and words:
                yield Cue(" ".join(words), speaker, start, end, turns)
                speaker, words, turns = "", [], False
            turns = turns or turn
            if named:
                speaker = named
            elif label and len(label[0].split()) <= 3 and label[0][0].isupper():
                speaker, said = label
                words.append(said)
            elif bracketed and bracketed[1].istitle():
                speaker = bracketed[1]
                words.append(said[bracketed.end() :])
            elif said:
                words.append(said)
    if words:
        yield Cue(" ".join(words), speaker, start, end, turns)


def blocks_of_cues(cues: Sequence[Cue]) -> list[Block]:
    """Cues joined to the words of one breath: until another speaks, a while is silent, or a paragraph is full.

    Captions that roll repeat the line before; the repeated line is said once. Where a speaker is named now and then,
    the lines after are theirs; the lines before the first name are without a speaker.
    """
    named = any(cue.speaker for cue in cues)
    blocks: list[Block] = []
    pending, speaker, end, last = "", "", 0.0, ""
    for cue in _unrolled(cues):
        text = " ".join(_NOISE.sub(" ", cue.text).split())
        if not text or (text == last and cue.start <= end + _PAUSE_S):
            continue
        last = text
        other = cue.turns or (bool(cue.speaker) and cue.speaker != speaker)
        silent = cue.start - end > _PAUSE_S and bool(_SENTENCE_END.search(pending) or cue.start - end > 2 * _PAUSE_S)
        full = len(pending) > _PARAGRAPH and bool(_SENTENCE_END.search(pending))
        if pending and (other or silent or full):
            blocks.append(_said(pending, speaker))
            pending = ""
        if named and (cue.speaker or cue.turns):
            speaker = cue.speaker
        pending, end = f"{pending} {text}".strip(), cue.end
    if pending:
        blocks.append(_said(pending, speaker))
    return blocks


def _unrolled(cues: Sequence[Cue]) -> Iterator[Cue]:
    """The cues, each without the words still shown from the cue before."""
    before = ""
    for cue in cues:
        text = " ".join(cue.text.split())
        if before and text.startswith(before):
            fresh = text[len(before) :].strip()
        else:
            fresh = text[_overlap(before, text) :].strip()
        before = text
        if fresh:
            yield replace(cue, text=fresh)


def _overlap(before: str, text: str) -> int:
    """The length of the beginning of `text` repeating the end of the text before, in whole words: three or more, as
    fewer are chance."""
    words, following = before.split()[-40:], text.split()[:40]
    for count in range(min(len(words), len(following)), 2, -1):
        if words[-count:] == following[:count]:
            return len(" ".join(following[:count]))
    return 0


def _said(text: str, speaker: str) -> Block:
    return Block(BlockKind.LINE, text, speaker=speaker) if speaker else Block(BlockKind.PARAGRAPH, text)


# JSON

_SAID = ("body", "text", "content", "utf8", "message", "transcript", "value", "parts", "markdown")
_ALSO_SAID = ("display", "elements")
"""Of what Azure recognised, and Rev."""
_SPEAKER = (
    *("speaker", "speaker_name", "speaker_label", "speaker_id", "from", "author", "sender", "sender_name", "role"),
    *("user_profile", "username", "name", "user"),
)
_NAME_OF = ("nickname", "real_name", "display_name", "globalName", "name", "username", "login", "role", "user", "id")
_START, _END = ("start", "startTime", "start_time", "tStartMs", "offset"), ("end", "endTime", "end_time")
_UNHEARD_ROLES = {"system", "tool", "function", "developer", "critic"}
_UNHEARD_CONTENT = {
    *("code", "thoughts", "reasoning_recap", "execution_output", "user_editable_context", "model_editable_context"),
    *("tether_browsing_display", "tether_quote", "system_error"),
}
"""What chat programs keep beside what was said: their thoughts, and what they asked of other programs."""
_CITED = re.compile("\ue200[^\ue201]{0,500}\ue201|【[^【】]{1,40}†[^【】]{0,80}】|[\ue000-\uf8ff]")
_WAYS = ("alternatives", "nBest")
_TITLES = ("title", "name", "subject")
_DEPTH = 12


def _of_json(text: str) -> tuple[str, list[Block], dict[str, int]]:
    """The title, blocks and the counts of things left out of a transcript or chat in JSON. Raises Unreadable."""
    try:
        told = json.loads(text)
    except RecursionError:
        raise _no_transcript() from None
    except ValueError:
        told = _json_lines(text)
    conversations = [_conversation(one) for one in _several(told)]
    conversations = [one for one in conversations if one[1]]
    if isinstance(told, dict) and isinstance(told.get("cells"), list):
        return _of_notebook(told["cells"])
    if not conversations:
        raise _no_transcript()
    blocks: list[Block] = []
    left_out: dict[str, int] = {}
    for title, entries in conversations:
        if len(conversations) > 1 and title:
            blocks.append(Block(BlockKind.HEADING, title, 1))
        blocks += _of_entries(entries, left_out)
    return (conversations[0][0] if len(conversations) == 1 else ""), blocks, left_out


def _of_notebook(cells: Sequence[Any]) -> tuple[str, list[Block], dict[str, int]]:
    """The texts of a notebook, without its programs. https://nbformat.readthedocs.io/"""
    from functions.content_harvester.markdown import blocks_of_markdown

    texts = [
        _flat(cell.get("source")) for cell in cells if isinstance(cell, dict) and cell.get("cell_type") == "markdown"
    ]
    if not any(map(str.strip, texts)):
        raise _no_transcript()
    told = blocks_of_markdown("\n\n".join(texts))
    told.left_out["code"] += sum(isinstance(cell, dict) and cell.get("cell_type") == "code" for cell in cells)
    first = told.blocks[0] if told.blocks else None
    title = first.text if first is not None and first.kind is BlockKind.HEADING else ""
    return title, told.blocks, dict(+told.left_out)


def _no_transcript() -> Unreadable:
    return Unreadable("source_not_text", "This JSON is no feed, transcript or chat that can be read.")


def _json_lines(text: str) -> Any:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError:
        raise Unreadable("source_unreadable", "This JSON is damaged.") from None


def _several(told: Any) -> list[Any]:
    """An export of many chats is a list of chats; anything else is a single chat."""
    if isinstance(told, list) and told and all(isinstance(one, dict) and _is_chat(one) for one in told):
        return told
    return [told]


def _is_chat(told: dict[str, Any]) -> bool:
    return "mapping" in told or "chat_messages" in told or isinstance(told.get("messages"), list)


def _conversation(told: Any) -> tuple[str, list[dict[str, Any]]]:
    title = (
        next((str(told[name]) for name in _TITLES if isinstance(told.get(name), str)), "")
        if isinstance(told, dict)
        else ""
    )
    if isinstance(told, dict) and isinstance(told.get("mapping"), dict):
        return title, _branch(told)
    lists = [(sum(len(_words(entry)) for entry in entries), entries) for entries in _lists(told, 0)]
    most = max((length for length, _ in lists), default=0)
    whole = [entries for length, entries in lists if length and 4 * length >= 3 * most]
    best = max(whole, key=lambda entries: (any(map(_who, entries)), not _is_of_words(entries)), default=[])
    return title, list(_turns(best)) if _is_of_words(best) else best


def _is_of_words(entries: Sequence[dict[str, Any]]) -> bool:
    """Whether each entry of a list is a single word, or a mark."""
    return len(entries) > 1 and not any(re.search(r"\S\s+\S", _words(entry)) for entry in entries)


def _turns(entries: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Words with their speakers, joined as far as the same speaks; a mark has none, and no space before."""
    speaker, said = "", ""
    spaced = any(not _words(entry).strip() for entry in entries)  # some tell spaces, too
    for entry in entries:
        who, word = _who(entry) or speaker, _words(entry)
        if not re.search(r"\w", word):
            said += word
            continue
        if who != speaker and said:
            yield {"speaker": speaker, "text": said}
            said = ""
        speaker = who
        said += word if spaced or not said else f" {word}"
    if said:
        yield {"speaker": speaker, "text": said}


def _branch(told: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of a chat kept as a tree, from the first to the last shown."""
    nodes = told["mapping"]
    messages: list[dict[str, Any]] = []
    at, seen = told.get("current_node") or next(reversed(nodes), None), set[str]()
    while isinstance(at, str) and at in nodes and at not in seen:
        seen.add(at)
        if isinstance(message := nodes[at].get("message"), dict):
            messages.append(message)
        at = nodes[at].get("parent")
    return messages[::-1]


def _lists(told: Any, depth: int) -> Iterator[list[dict[str, Any]]]:
    """All lists of objects with words, wherever they are."""
    if depth > _DEPTH:
        return
    if isinstance(told, list):
        entries = [entry for entry in told if isinstance(entry, dict)]
        if entries and any(_words(entry) for entry in entries):
            yield entries
        elif told and all(isinstance(entry, str) for entry in told) and depth:
            return
        for entry in told:
            yield from _lists(entry, depth + 1)
    elif isinstance(told, dict):
        for name, value in told.items():
            if name not in _WAYS:
                yield from _lists(value, depth + 1)


def _words(entry: dict[str, Any]) -> str:
    if isinstance(entry.get("segs"), list):  # YouTube's: a caption of several pieces
        return "".join(str(piece.get("utf8", "")) for piece in entry["segs"] if isinstance(piece, dict))
    if isinstance(entry.get("message"), dict):
        return _words(entry["message"])
    if likeliest := _likeliest(entry):
        return _words(likeliest)
    for name in (*_SAID, *_ALSO_SAID):
        if words := _flat(entry.get(name)):
            return words
    return ""


def _likeliest(entry: dict[str, Any]) -> dict[str, Any] | None:
    """The first of the ways in which a speech recognizer understood something."""
    ways: list[Any] = next((entry[name] for name in _WAYS if isinstance(entry.get(name), list)), [])
    return next((way for way in ways if isinstance(way, dict)), None)


def _flat(value: Any, depth: int = 0) -> str:
    """The words of a text, or of a list of its pieces; pictures, tools and calls have none."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and depth < 3:
        return "".join(_flat(piece, depth + 1) for piece in value)
    if (
        isinstance(value, dict)
        and depth < 3
        and value.get("type", "text") not in {"tool_use", "tool_result", "thinking"}
    ):
        return _flat(
            next((value[name] for name in ("parts", "text", "content", "value") if name in value), ""), depth + 1
        )
    return ""


def _who(entry: dict[str, Any]) -> str:
    for name in _SPEAKER:
        value = entry.get(name)
        if isinstance(value, dict):
            value = next((value[part] for part in _NAME_OF if value.get(part)), None)
        if isinstance(value, int) and not isinstance(value, bool):
            value = f"Speaker {value + 1}" if name.startswith("speaker") else None
        if isinstance(value, str) and value.strip():
            return _shown(value.strip())
    inner = entry.get("message") or _likeliest(entry)
    return _who(inner) if isinstance(inner, dict) else ""


def _shown(name: str) -> str:
    if numbered := re.fullmatch(r"(?:SPEAKER|spk|speaker)[_ ]?(\d{1,3})", name):
        return f"Speaker {int(numbered[1]) + 1}"
    return name.capitalize() if name in {"user", "assistant", "human", "model", "ai"} else name


def _at(entry: dict[str, Any], names: Sequence[str]) -> float | None:
    value = next((entry[name] for name in names if name in entry), None)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) / (1000 if "tStartMs" in entry else 1)
    if isinstance(value, str) and (found := re.fullmatch(_TIME, value.strip())):
        return _seconds(found.groups())
    return None


def _of_entries(entries: Sequence[dict[str, Any]], left_out: dict[str, int]) -> list[Block]:
    """Captions where they have times, else the messages of a chat, in Markdown."""
    if any(_at(entry, _START) is not None for entry in entries):
        return blocks_of_cues(list(_timed(entries)))
    blocks: list[Block] = []
    names = {entry["user"]: _who(entry) for entry in entries if isinstance(entry.get("user"), str)}
    for entry in entries:
        who = _who(entry)
        if who.lower() in _UNHEARD_ROLES or _is_beside(entry) or not (words := _words(entry).strip()):
            continue
        words = _CITED.sub("", _as_in_slack(words, names) if "ts" in entry else words)
        blocks += _message(words, who, left_out)
    return blocks


def _is_beside(entry: dict[str, Any]) -> bool:
    """Whether an entry is kept beside what was said: a thought, a call of a program, or who has come and gone."""
    content = entry.get("content")
    kind = content.get("content_type") if isinstance(content, dict) else None
    to = entry.get("recipient") or "all"
    arrival = str(entry.get("subtype") or "").endswith(("_join", "_leave", "_topic", "_purpose", "_name"))
    return kind in _UNHEARD_CONTENT or to != "all" or entry.get("isThought") is True or arrival


def _as_in_slack(words: str, names: Mapping[str, str]) -> str:
    """Words without Slack's marks. https://docs.slack.dev/messaging/formatting-message-text"""
    words = re.sub(r"<@(\w{1,30})(?:\|([^<>]{1,80}))?>", lambda found: found[2] or names.get(found[1], ""), words)
    words = re.sub(r"<(?:[^<>|]{1,2000}\|)([^<>]{1,300})>", r"\1", words)
    return html.unescape(re.sub(r"<(?:#\w+|!\w+|(https?:[^<>]{1,2000}))>", lambda found: found[1] or "", words))


def _timed(entries: Sequence[dict[str, Any]]) -> Iterator[Cue]:
    end = 0.0
    for entry in entries:
        start = _at(entry, _START)
        start = end if start is None else start
        length = entry.get("duration", entry.get("dur", 0))
        known_end = _at(entry, _END)
        end = (
            known_end if known_end is not None else start + (float(length) if isinstance(length, int | float) else 0.0)
        )
        if "dDurationMs" in entry:
            end = start + float(entry["dDurationMs"] or 0) / 1000
        if words := _words(entry).replace("\n", " ").strip():
            yield Cue(html.unescape(words), _who(entry), start, end)


def _message(words: str, who: str, left_out: dict[str, int]) -> list[Block]:
    from functions.content_harvester.markdown import blocks_of_markdown

    told = blocks_of_markdown(words)
    for kind, count in told.left_out.items():
        left_out[kind] = left_out.get(kind, 0) + count
    if not who:
        return told.blocks
    return [
        replace(block, kind=BlockKind.LINE, level=0, marker="", speaker=who)
        if block.kind is BlockKind.PARAGRAPH
        else block
        for block in told.blocks
    ]
