"""Transcripts, chats and discussions in JSON, as programs export these: each message with its speaker or author.

Chats, speech recognizers, podcasts and notebooks have their own JSON each. No format is taken at its word: the list
with the most words, under whichever of the usual names, is the transcript.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from common.text.blocks import Block, BlockKind
from functions.content_harvester.cues import TIME, Cue, blocks_of_cues, seconds
from functions.content_harvester.replies import discussions
from functions.content_harvester.source import Unreadable

_SAID = ("body", "text", "content", "utf8", "message", "transcript", "value", "parts", "markdown", "cooked", "sentence")
_ALSO_SAID = ("display", "elements", "displayText", "punctuated_word", "word")
"""Of what Azure recognised, Rev, Deepgram, and Google."""
_SPEAKER = (
    *("speaker", "speaker_name", "speaker_label", "speaker_id", "from", "author", "sender", "sender_name", "role"),
    *(
        "speakerTag",
        "speakerLabel",
        "speakerId",
        "user_profile",
        "username",
        "name",
        "user",
        "owner",
        "account",
        "creator",
    ),
)
_NUMBERED = "\ue003"
"""Before a speaker's number as the program counts, until all of them are known."""
_NAME_OF = (
    "nickname",
    "real_name",
    "display_name",
    "displayName",
    "globalName",
    "name",
    "username",
    "login",
    "role",
    "user",
    "id",
)
_START, _END = ("start", "startTime", "start_time", "tStartMs", "offset"), ("end", "endTime", "end_time")
_UNHEARD_ROLES = {"system", "tool", "function", "developer", "critic"}
_UNHEARD_CONTENT = {
    *("code", "thoughts", "reasoning_recap", "execution_output", "user_editable_context", "model_editable_context"),
    *("tether_browsing_display", "tether_quote", "system_error"),
}
"""What chat programs keep beside what was said: their thoughts, and what they asked of other programs."""
_OF_DISCORD = re.compile(
    r"GuildMemberJoin|Recipient(?:Add|Remove)|Channel\w{1,40}|Call|UserPremium\w{1,40}|ThreadCreated"
)
"""Kinds of messages by nobody. https://discord.com/developers/docs/resources/message#message-object-message-types"""
_CITED = re.compile(
    "\\s?<(?:@[!&]?|#|a?:\\w{1,40}:)\\d{5,20}>|\ue200[^\ue201]{0,500}\ue201|【[^【】]{1,40}†[^【】]{0,80}】|[\ue000-\uf8ff]"
)
_WAYS = ("alternatives", "nBest")
_INNER = ("message", "comment")
"""Under which some programs keep what was said, beside who has said it."""
_TITLES = ("title", "name", "subject")
_NAMES = frozenset([*_SAID, *_ALSO_SAID, *_SPEAKER, *_START, *_END, *_WAYS])
_DEPTH = 12


def of_json(text: str) -> tuple[str, list[Block], dict[str, int]]:
    """Return the title, blocks and the counts of things left out of a transcript or chat in JSON. Raises Unreadable."""
    try:
        told = json.loads(text, object_hook=_known)
    except RecursionError:
        raise _no_transcript() from None
    except ValueError:
        told = _json_lines(text)
    conversations = [_conversation(one) for one in _several(told)]
    conversations = [one for one in conversations if one[1]]
    if isinstance(told, dict) and isinstance(told.get("cells"), list):
        return _of_notebook(told["cells"])
    conversations = discussions(told) or conversations
    if not conversations:
        raise _no_transcript()
    blocks: list[Block] = []
    left_out: dict[str, int] = {}
    for title, entries in conversations:
        if len(conversations) > 1 and title:
            blocks.append(Block(BlockKind.HEADING, title, 1))
        blocks += _of_entries(entries, left_out)
    return (conversations[0][0] if len(conversations) == 1 else ""), _counted_from_one(blocks), left_out


def _counted_from_one(blocks: list[Block]) -> list[Block]:
    """Count speakers that are numbers from one, as some programs count from zero."""
    first = 0 if any(block.speaker == f"{_NUMBERED}0" for block in blocks) else 1
    return [
        replace(block, speaker=f"Speaker {int(block.speaker.removeprefix(_NUMBERED)) + 1 - first}")
        if block.speaker.startswith(_NUMBERED)
        else block
        for block in blocks
    ]


def _known(told: dict[str, Any]) -> dict[str, Any]:
    """Return an object with its names of ours as most programs write them: some begin them with a capital."""
    for name in [name for name in told if name[:1].isupper()]:
        plain = name[0].lower() + name[1:]
        if plain in _NAMES and plain not in told:
            told[plain] = told.pop(name)
    return told


def _of_notebook(cells: Sequence[Any]) -> tuple[str, list[Block], dict[str, int]]:
    """Return the texts of a notebook, without its programs. https://nbformat.readthedocs.io/"""
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
        return [json.loads(line, object_hook=_known) for line in text.splitlines() if line.strip()]
    except ValueError:
        raise Unreadable("source_unreadable", "This JSON is damaged.") from None


def _several(told: Any) -> list[Any]:
    """Take an export of many chats for a list of chats, and anything else for a single chat."""
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
    """Tell whether each entry of a list is a single word, or a mark."""
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
    """Return the messages of a chat kept as a tree, from the first to the last shown."""
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
    """Yield all lists of objects with words, wherever they are."""
    if depth > _DEPTH:
        return
    if isinstance(told, list):
        entries = [entry for entry in told if isinstance(entry, dict)]
        if entries and any(_words(entry) for entry in entries):
            yield entries
            yield from _words_with_speakers(entries)
        elif told and all(isinstance(entry, str) for entry in told) and depth:
            return
        for entry in told:
            yield from _lists(entry, depth + 1)
    elif isinstance(told, dict):
        for name, value in told.items():
            if name not in _WAYS:
                yield from _lists(value, depth + 1)


def _words_with_speakers(entries: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yield the words of the likeliest ways, where only these name who speaks. Some tell all once more with the
    last."""
    found = []
    for way in map(_likeliest, entries):
        words = way.get("words") if way else None
        known = [word for word in words if isinstance(word, dict)] if isinstance(words, list) else []
        found += known if any(map(_who, known)) else []
    if found:
        yield found


def _words(entry: dict[str, Any]) -> str:
    if isinstance(entry.get("segs"), list):  # YouTube's: a caption of several pieces
        return "".join(str(piece.get("utf8", "")) for piece in entry["segs"] if isinstance(piece, dict))
    if inner := next((entry[name] for name in _INNER if isinstance(entry.get(name), dict)), None):
        return _words(inner)
    if likeliest := _likeliest(entry):
        return _words(likeliest)
    for name in (*_SAID, *_ALSO_SAID):
        if words := _flat(entry.get(name)):
            return words
    return ""


def _likeliest(entry: dict[str, Any]) -> dict[str, Any] | None:
    """Return the first of the ways in which a speech recognizer understood something."""
    ways: list[Any] = next((entry[name] for name in _WAYS if isinstance(entry.get(name), list)), [])
    return next((way for way in ways if isinstance(way, dict)), None)


def _flat(value: Any, depth: int = 0) -> str:
    """Return the words of a text, or of a list of its pieces; pictures, tools and calls have none."""
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
        for _ in range(2):
            if isinstance(value, dict):
                value = next((value[part] for part in _NAME_OF if value.get(part)), None)
        if name.startswith("speaker") and isinstance(value, str) and value.isdecimal():
            value = int(value[:9])
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{_NUMBERED}{value}" if name.startswith("speaker") and value >= 0 else ""
        if isinstance(value, str) and value.strip():
            return _shown(value.strip())
    inner = entry.get("message") or _likeliest(entry)
    return _who(inner) if isinstance(inner, dict) else ""


def _shown(name: str) -> str:
    if numbered := re.fullmatch(r"(?:SPEAKER|spk|speaker)[_ ]?(\d{1,3})", name):
        return f"{_NUMBERED}{int(numbered[1])}"
    return name.capitalize() if name in {"user", "assistant", "human", "model", "ai"} else name


def _at(entry: dict[str, Any], names: Sequence[str]) -> float | None:
    value = next((entry[name] for name in names if name in entry), None)
    if isinstance(entry.get("timestamp"), list) and len(entry["timestamp"]) == 2:  # of Hugging Face's pipelines
        value = entry["timestamp"][names is _END]
    if isinstance(entry.get("timestamps"), dict):  # of whisper.cpp
        value = entry["timestamps"].get("to" if names is _END else "from")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) / (1000 if "tStartMs" in entry else 1)
    if isinstance(value, str) and (found := re.fullmatch(TIME, value.strip())):
        return seconds(found.groups())
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
    """Tell whether an entry is kept beside what was said: a thought, a call of a program, or who has come and gone."""
    content = entry.get("content")
    kind = content.get("content_type") if isinstance(content, dict) else None
    to = entry.get("recipient") or "all"
    arrival = str(entry.get("subtype") or "").endswith(("_join", "_leave", "_topic", "_purpose", "_name"))
    by_nobody = _OF_DISCORD.fullmatch(str(entry.get("type"))) is not None
    return kind in _UNHEARD_CONTENT or to != "all" or entry.get("isThought") is True or arrival or by_nobody


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
