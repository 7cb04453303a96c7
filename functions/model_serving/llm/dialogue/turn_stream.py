"""Turns out of a model's stream, each as soon as its last brace has come.

Asked for one JSON object a turn, models answer with exactly such objects, with an array of objects, with {"turns":
[...]}, or with any of these in a code fence. So no grammar of the whole is assumed: every innermost object is looked
at, and an object with a speaker and a text is a turn. Near-JSON is repaired, by json-repair; an object beyond repair is
dropped, and told, so that the writer can ask for the turn again. An answer without any turn so far is read anew at its
end: as JSON in strings, in pairs or keyed otherwise, else by its lines, "Ada: ...".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints, ValidationError, ValidationInfo, field_validator

from common.text.cleaning import visible
from common.text.scripts import has_words
from common.text.speakers import is_label, label_of
from functions.model_serving.llm.dialogue.nearly_json import object_of, values_of
from functions.model_serving.llm.dialogue.spoken import spoken

MAX_TURN: Final = 1_200
_LONGEST_OBJECT: Final = 20_000
_DEEPEST_INDENT: Final = 80
_LONGEST_NAME: Final = 3
"""Words of a name before a colon that is no host's."""


_PLACEHOLDERS: Final = frozenset({"string", "text", "<text>", "What is said."})


class SpokenTurn(BaseModel):
    """One turn as the model answers it. `source` is the number of the source it is from, 1 being the first."""

    speaker: str = ""
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=MAX_TURN)]
    source: int | None = None

    @field_validator("text", mode="before")
    @classmethod
    def _only_what_is_spoken(cls, text: Any, info: ValidationInfo) -> Any:
        """Join a list of sentences. Leave for pydantic to refuse a value of another type than text, a text of marks
        alone, and one taken over from the form that was asked for."""
        if isinstance(text, list) and all(isinstance(part, str) for part in text):
            text = " ".join(text)
        if not isinstance(text, str):
            return text
        said = spoken(text, filter(None, (*(info.context or ()), info.data.get("speaker", ""))))
        return said if has_words(said) and said not in _PLACEHOLDERS else ""

    @field_validator("source", mode="before")
    @classmethod
    def _a_number_or_nothing(cls, source: Any) -> int | None:
        """Return a reference without a number does not make a turn worthless."""
        try:
            return int(source)
        except (TypeError, ValueError):
            return None


class TurnReader:
    """Parser of a stream: feed, then finish. `broken` counts objects looking like a turn without being a turn;
    `inside`: a turn is unfinished. `hosts` are the names with which turns may begin."""

    def __init__(self, hosts: Sequence[str] = ()) -> None:
        self._hosts = tuple(hosts)
        self._text = ""
        self._at = 0
        self._starts: list[int] = []
        self._quoted = self._escaped = False
        self._prose: list[str] = []
        self._answer: list[str] = []
        self._objects = self._found = 0
        self.broken = 0

    @property
    def inside(self) -> bool:
        return bool(self._starts)

    @property
    def prose(self) -> str:
        """What the answer says outside of any object."""
        return "".join(self._prose).strip()

    def feed(self, piece: str) -> list[SpokenTurn]:
        """Take more of the stream, and return the turns completed by this part."""
        self._text += piece
        self._answer.append(piece)
        found: list[SpokenTurn] = []
        while self._at < len(self._text):
            self._step(self._text[self._at], found)
            self._at += 1
        if not self._starts:
            self._prose.append(self._text)
            self._text, self._at = "", 0
        self._found += len(found)
        return found

    def finish(self, *, cut: bool = False) -> list[SpokenTurn]:
        """Return the turns told only by the end of the answer: a turn without its last brace; turns in JSON of another
        form, or in lines. An answer `cut` off ends within a turn, which is left out."""
        found: list[SpokenTurn] = []
        if not self._found and not cut and (found := self._otherwise()):
            self.broken = 0
            self._forget()
            return found
        if self._starts and not self._quoted and not cut:
            self._close(self._text[self._starts[-1] :], found)
            self._forget()
        if self._objects or self._starts:
            return found
        lines = _lines("".join(self._prose), self._hosts)
        return [turn for speaker, text in lines[: -1 if cut else None] if (turn := self._turn(speaker, text))]

    def _otherwise(self) -> list[SpokenTurn]:
        values = values_of("".join(self._answer))
        return [turn for value in values for said in _turns_in(value, self._hosts) if (turn := self._validated(said))]

    def _step(self, character: str, found: list[SpokenTurn]) -> None:
        if character == "\n" and self._starts and self._ends_here(found):
            return
        if self._quoted and character == "{" and self._begins_a_line():
            self._give_up()  # a text that never ended: here the next turn begins
        if self._quoted:
            if self._escaped:
                self._escaped = False
            elif character == "\\":
                self._escaped = True
            elif character == '"':
                self._quoted = False
        elif character == '"':
            self._quoted = bool(self._starts)
        elif character == "{":
            self._starts.append(self._at)
        elif character == "}" and self._starts:
            self._close(self._text[self._starts.pop() : self._at + 1], found)

    def _begins_a_line(self) -> bool:
        """Tell whether nothing of weight is before this character on its line; further back than indents go nobody
        looks, or an answer of a million braces would take hours."""
        return self._text[max(0, self._at - _DEEPEST_INDENT) : self._at].rstrip(" \t[").endswith("\n")

    def _ends_here(self, found: list[SpokenTurn]) -> bool:
        """Tell whether an object ends with this line although a quotation mark too many or too few says otherwise:
        where it looks like its end. Other line breaks are part of a text."""
        if not self._quoted:
            return False
        line = self._text[self._starts[-1] : self._at].rstrip(" \t\r,]")
        if not line.endswith("}") and len(line) < _LONGEST_OBJECT:
            return False
        self._close(line, found)
        self._forget()
        return True

    def _give_up(self) -> None:
        self.broken += 1
        self._forget()

    def _forget(self) -> None:
        self._starts.clear()
        self._quoted = self._escaped = False

    def _close(self, text: str, found: list[SpokenTurn]) -> None:
        self._objects += 1
        value = object_of(text)
        value = value and _as_asked(value)
        if value is None:
            self.broken += 1
        elif rows := _rows(value):
            found.extend(turn for row in rows if (turn := self._validated(row)))
        elif apart := _apart(value, self._hosts):
            found.extend(turn for each in apart if (turn := self._validated(each)))
        elif named := _by_name(value, self._hosts):
            found.extend(filter(None, (self._validated(named),)))
        elif _TEXT.isdisjoint(value) or _tells_a_failure(value):
            return  # what holds the turns, or something else altogether
        elif turn := self._validated(value):
            found.append(turn)
        elif not _is_mark(value):
            self.broken += 1

    def _turn(self, speaker: str, text: Any) -> SpokenTurn | None:
        return self._validated({"speaker": speaker, "text": text})

    def _validated(self, value: dict[str, Any]) -> SpokenTurn | None:
        named = {
            "speaker": next((visible(str(_inner(value[key], _SPEAKER))) for key in _SPEAKER if value.get(key)), ""),
            "text": next((_inner(value[key], _TEXTS) for key in _TEXTS if value.get(key)), None),
            "source": value.get("source"),
        }
        try:
            return SpokenTurn.model_validate(named, context=self._hosts)
        except ValidationError:
            return None


_SPEAKER: Final = ("speaker", "host", "name", "role", "character", "person", "speaker_name")
_TEXTS: Final = ("text", "line", "content", "dialogue", "says", "utterance")
_TEXT: Final = frozenset(_TEXTS)
"""What models call the fields that are asked for as "speaker" and "text"."""
_BESIDE_A_SPEAKER: Final = ("message", "speech", "sentence", "said", "words", "dialog", "quote", "spoken_text")
"""And some that are so only beside a speaker: {"message": "Out of credit."} is no turn."""
_DEEPEST: Final = 6


def _as_asked(value: dict[str, Any]) -> dict[str, Any]:
    """Return the same object, with the fields of a turn named as they are looked for: "Speaker", "message" beside
    one."""
    lowered = {key.casefold(): key for key in value}
    fields = {*_SPEAKER, *_TEXT, *_BESIDE_A_SPEAKER, "source"} & lowered.keys()
    known = {**value, **{name: value[lowered[name]] for name in fields}}
    if _TEXT.isdisjoint(known) and not fields.isdisjoint(_SPEAKER) and not fields.isdisjoint(_BESIDE_A_SPEAKER):
        known["text"] = next((value[lowered[name]] for name in _BESIDE_A_SPEAKER if name in fields), None)
    return known


def _tells_a_failure(value: dict[str, Any]) -> bool:
    """Tell whether an object is a server's message: {"error": …, "text": "Payment required"}."""
    return not any(value.get(name) for name in _SPEAKER) and not _OF_FAILURES.isdisjoint(value)


_OF_FAILURES: Final = frozenset({"error", "message", "status", "code", "detail"})
_MARK = re.compile(r"\s*[\[(<][^\[\]()<>\n]{1,40}[\])>]\s*")


def _is_mark(value: dict[str, Any]) -> bool:
    """Tell whether a turn is a whole one in which nothing is said: "[END]", "(music)"."""
    return any(isinstance(value.get(name), str) and _MARK.fullmatch(value[name]) for name in _TEXTS)


_MAY_HOLD_TURNS = re.compile(r"\s*[\[{]")


def _apart(value: dict[str, Any], hosts: Sequence[str]) -> list[dict[str, Any]]:
    """Return the turns within the text of a single one: the other hosts' lines, or a script in JSON; none where it is
    one."""
    text = next((value[key] for key in _TEXTS if isinstance(value.get(key), str)), "")
    if _MAY_HOLD_TURNS.match(text) and (inner := list(_turns_in(text, hosts))):
        return inner
    if ":" not in text or not hosts:
        return []
    names = "|".join(re.escape(form) for host in hosts for form in {host, host.split(" ", maxsplit=1)[0]})
    marks = rf"[*_\[(]{{0,3}}(?P<name>{names})[*_\])]{{0,3}}\s?:[*_]{{0,2}}\s+(?=\S)"
    labels = list(re.finditer(rf"(?:\n\s*|(?<=[.!?…\"”»)*])\s+){marks}", text))
    if not labels:
        return []
    ends = [label.start() for label in labels[1:]] + [len(text)]
    first = {**value, "text": text[: labels[0].start()]}
    return [
        first,
        *(
            {"speaker": label["name"], "text": text[label.end() : end], "source": value.get("source")}
            for label, end in zip(labels, ends, strict=True)
        ),
    ]


def _inner(value: Any, keys: Sequence[str]) -> Any:
    """Return a field's own value, or that of a field in it: {"speaker": {"name": "Ada"}}."""
    return next((value[key] for key in keys if value.get(key)), "") if isinstance(value, dict) else value


def _by_name(value: dict[str, Any], hosts: Sequence[str]) -> dict[str, Any] | None:
    """Return the turn of {"Ada": "What is said."}, alone or beside numbers: {"turn": 1, "Ada": "What is said."}."""
    words = [key for key, field in value.items() if isinstance(field, str)]
    if len(words) != 1 or words[0] in {*_SPEAKER, *_TEXT} or not is_label(words[0], hosts):
        return None
    return {"speaker": words[0], "text": value[words[0]], "source": value.get("source")}


def _rows(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the turns of a table by its columns: {"speakers": ["Ada", "Ben"], "texts": ["...", "..."]}, or each keyed
    by its rows; none where there are more speakers than texts or fewer, or where the texts name their speakers
    themselves."""
    speakers, texts, sources = (
        next((value[name] for key in keys for name in (key, f"{key}s") if value.get(name)), None)
        for keys in (_SPEAKER, _TEXTS, ("source",))
    )
    if isinstance(speakers, dict) and isinstance(texts, dict) and speakers.keys() == texts.keys():
        sources = [sources.get(row) for row in speakers] if isinstance(sources, dict) else sources
        speakers, texts = list(speakers.values()), list(texts.values())
    if not isinstance(speakers, list) or not isinstance(texts, list) or len(speakers) != len(texts):
        return []
    if not all(isinstance(each, str) for each in (*speakers, *texts)):
        return []
    if all((label := label_of(text)) and is_label(label[0], speakers) for text in texts):
        return []
    each_source = sources if isinstance(sources, list) and len(sources) == len(texts) else [sources] * len(texts)
    return [
        {"speaker": speaker, "text": text, "source": source}
        for speaker, text, source in zip(speakers, texts, each_source, strict=True)
    ]


def _turns_in(value: Any, hosts: Sequence[str], depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the turns of a value, in the order written, however they are nested: {"turns": "[{...}]"}, [["Ada",
    "..."]]."""
    if depth > _DEEPEST:
        return
    inner: list[Any] = []
    value = _as_asked(value) if isinstance(value, dict) else value
    match value:
        case str():
            inner = values_of(value)
        case [str(name), str(text)] if is_label(name, hosts) and not is_label(text, hosts):
            yield {"speaker": name, "text": text}
        case list():
            labelled = [label_of(each) if isinstance(each, str) else None for each in value]
            if labelled and all(label is not None and is_label(label[0], hosts) for label in labelled):
                yield from ({"speaker": label[0], "text": label[1]} for label in labelled if label is not None)
            else:
                inner = value
        case dict() if rows := _rows(value):
            yield from rows
        case dict() if not _TEXT.isdisjoint(value):
            if not _tells_a_failure(value):
                yield value
        case dict() if named := _by_name(value, hosts):
            yield named
        case dict():
            inner = list(value.values())
    for each in inner:
        yield from _turns_in(each, hosts, depth + 1)


_COUNTED = re.compile(r"^[\W_]*(?:\d{1,3}[.)]|[\[(]?\d{1,2}:\d\d(?::\d\d)?[\])]?)\s+")
_TEXT_KEY = re.compile(r"^(?:text|line|content|dialogue|says|utterance)\s*:\s*", re.IGNORECASE)
_SOURCE = re.compile(r"source\s*:\s*\d*", re.IGNORECASE)
_DASH = re.compile(r"\**\s+(?:[–—-]|[-=]?>|→)\s+")
_ROW = re.compile(r'"?([^",;\t]{1,40})"?\s*[,;\t]\s*"(.+)"\s*')
"""Ada,"What is said."; in such a table a mark within is doubled: RFC 4180."""
_TOML = re.compile(r'^(\w{4,12})\s*=\s*"', re.MULTILINE)
_SECTION = re.compile(r"\[\[?\w+\]\]?")
_PAIR = re.compile(r'\[\s*"([^"\n]{1,40})"\s*,\s*"((?:[^"\\]|\\.)*)"\s*\],?')
_NAMED_TAG = re.compile(r"<\w+\s[^<>\n]{0,40}?\b(?:speaker|name|host)\s*=\s*[\"']([^\"'<>]{1,40})[\"'][^<>\n]{0,40}>")
_TAG = re.compile(r"</?([A-Za-z][\w .-]{0,30})[^<>\n]{0,80}>")
"""<Ada>What is said.</Ada>, and tags of markup."""


def _lines(text: str, hosts: Sequence[str]) -> list[tuple[str, str]]:
    """Return the speakers and their words in a script of lines. Paragraphs after a line continue the line; but not the
    last, after a blank line: in such a paragraph a model bids its reader goodbye."""
    turns: list[tuple[str, list[str]]] = []
    loose: list[str] = []
    blank = False
    text = _TOML.sub(r'\1: "', text)
    text = _NAMED_TAG.sub(r"\n\1: ", _PAIR.sub(_paired, text))
    for raw in _TAG.sub(lambda tag: f"\n{tag[1]}: " if _is_name(tag[1], hosts) else " ", text).splitlines():
        line = raw.strip()
        if labelled := _labelled(line, hosts):
            if turns:
                turns[-1][1].extend(loose)
            loose, blank = [], False
            turns.append((labelled[0], [labelled[1]]))
        elif not any(map(str.isalnum, line)):
            blank = bool(turns and any(turns[-1][1]))
        elif line.startswith("|") or _SOURCE.fullmatch(line) or _SECTION.fullmatch(line):
            continue  # the head of a table; YAML; TOML
        elif turns and turns[-1][1] == [""]:
            turns[-1][1][:] = [_TEXT_KEY.sub("", line).strip("\"'")]
        elif blank or loose:
            loose.append(line)
        elif turns:
            turns[-1][1].append(line)
    return [(speaker, _unquoted("\n".join(said))) for speaker, said in turns]


def _unquoted(said: str) -> str:
    """Return the words without the marks around all of them."""
    inside = said[1:-1]
    around = said[:1] + said[-1:] in {'""', "“”", "„“", "«»", "»«"} and len(said) > 2
    return inside.strip() if around and not re.search(r'["“”„«»]', inside) else said


def _labelled(line: str, hosts: Sequence[str]) -> tuple[str, str] | None:
    """Return the speaker of a line, and the words there, if any: numbered or timed, in a row of a table, behind a dash,
    or with the name alone above the words."""
    if line.startswith("|"):
        cells = [cell.strip(" *_") for cell in line.strip("|").split("|")]
        named = (is_label(cell, hosts) and cell.casefold() not in _SPEAKER for cell in cells[:-1])
        at = next((at for at, is_named in enumerate(named) if is_named), None)
        return (cells[at], cells[at + 1]) if at is not None else None
    line = _COUNTED.sub("", line)
    if (row := _ROW.fullmatch(line)) and is_label(row[1], hosts):
        return row[1], row[2].replace('""', '"')
    labelled = label_of(line)
    if labelled and labelled[0].casefold() in _SPEAKER:  # YAML
        return (labelled[1].strip("\"'"), "") if is_label(labelled[1].strip("\"'"), hosts) else None
    if labelled and _is_name(labelled[0], hosts):
        return labelled
    name, dash, said = _DASH.sub("\0", line, count=1).partition("\0")
    name = name.strip("#*_[]() ")
    return (name, said) if (dash or not said) and is_label(name, hosts) else None


def _paired(found: re.Match[str]) -> str:
    """["Ada", "What is said."] as a line."""
    return f"\n{found[1]}: {found[2].replace(chr(92), '')}\n"


def _is_name(name: str, hosts: Sequence[str]) -> bool:
    """Tell whether the name is a host's, or written as a name: each of at most three words with a capital letter."""
    words = name.split()
    return is_label(name, hosts) or (
        len(words) <= _LONGEST_NAME and all(word[0].isupper() or word.isdigit() for word in words)
    )
