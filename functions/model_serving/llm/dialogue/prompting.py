"""The prompts, each in a file of its own under prompts/, filled in from a request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, Final

from common.languages import pack_of
from common.styles import STYLES, Style
from common.text.cleaning import visible
from functions.model_serving.llm.protocol import Request, Source, Turn

_FOLDER: Final = Path(__file__).parent / "prompts"


_NUMBER: Final = re.compile(r"((?:^|[\u2028\u2029])\s*)\[(\d+)\]", re.MULTILINE)
_MESSAGES: Final = re.compile(
    r"<[|\uff5c][^|\uff5c<>\n]{0,60}[|\uff5c]>|<[|\uff5c]|[|\uff5c]>|</?(?:start|end)_of_turn>|</?s>|<[be]os>|<</?SYS>>"
    r"|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]",
    re.IGNORECASE,
)
"""Of ChatML, Llama, Mistral, Gemma and DeepSeek: https://huggingface.co/docs/transformers/chat_templating."""


def _objects(**properties: Any) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "object", "properties": properties, "required": [*properties]}}


_TEXT: Final = {"type": "string"}
TURNS_SCHEMA: Final = _objects(speaker=_TEXT, text=_TEXT, source={"type": ["integer", "null"]})
OUTLINE_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "chapters": _objects(
            title=_TEXT,
            purpose=_TEXT,
            sources={"type": "array", "items": {"type": "integer"}},
            weight={"type": "number"},
        )
    },
    "required": ["chapters"],
}
"""What a plan and turns look like, in the few words of JSON Schema that every model with schemas knows."""


def render(name: str, **values: object) -> str:
    """Return the prompt of a given name with its blanks filled. Raises KeyError for a blank without a value."""
    return _template(name).substitute({blank: str(value) for blank, value in values.items()})


def system(request: Request) -> str:
    """Return the writer's role, audience and manner: the same for every prompt of a podcast."""
    first, *others = request.hosts
    return render(
        "system",
        language_name=language_name(request.language),
        hosts_named=_named(request.hosts),
        style=_style(STYLES[request.style], first, others),
        personas=_personas(request),
        first=first,
    )


def _named(hosts: Sequence[str]) -> str:
    *others, last = hosts
    number = ("one host", "two hosts", "three hosts", "four hosts")[len(others)]
    return f"{number}, {', '.join(others)} and {last}" if others else f"{number}, {last}"


def _style(style: Style, first: str, others: Sequence[str]) -> str:
    if not others:
        return Template(style.one_host).substitute(first=first, second=first)
    told = Template(style.two_hosts).substitute(first=first, second=others[0])
    more = " and ".join(others[1:])
    return f"{told} {Template(style.more_hosts).substitute(more=more)}" if more else told


def _personas(request: Request) -> str:
    """Return the hosts' personas. A stranger's words: each in quotes, from which no word can get out."""
    described = [(host, persona) for host, persona in zip(request.hosts, request.personas, strict=False) if persona]
    lines = "\n".join(f"{host}: {json.dumps(persona, ensure_ascii=False)}" for host, persona in described)
    return render("personas", described=lines) if lines else ""


def focus(request: Request) -> str:
    """Return the requested focus of the podcast. A stranger's words, in quotes, from which no word can get out; nothing
    where no focus was given."""
    return render("focus", focus=json.dumps(request.focus, ensure_ascii=False)) + "\n" if request.focus else ""


def example_title(language: str) -> str:
    """Return the placeholder of a chapter's title in the prompt for a plan: no title, where a model repeats the
    placeholder."""
    return f"Three to seven words in {language_name(language)}"


def language_name(language: str) -> str:
    return pack_of(language).name


def transcript(turns: Sequence[Turn], characters: int) -> str:
    """Return the end of the dialogue so far, up to so many characters."""
    lines: list[str] = []
    for turn in reversed(turns):
        characters -= len(turn.text)
        if characters < 0 and lines:
            break
        lines.append(f"{turn.speaker}: {turn.text}")
    return "\n".join(reversed(lines)) or "(nothing yet)"


def numbered(sources: Iterable[tuple[int, Source]]) -> str:
    """Sources in the form shown to a model, by number from 1; none can begin another, or a message of its own."""
    return "\n\n".join(f"[{number + 1}] {_heading(source)}\n{kept_in(source.text)}" for number, source in sources)


def _heading(source: Source) -> str:
    facts = ", ".join(fact for fact in (source.title, source.author, source.date) if fact)
    return " ".join(kept_in(facts).split()) or "Untitled"


def title_of(request: Request) -> str:
    """Return the podcast's title, on one line: a stranger's, where it was taken from a page."""
    return " ".join(kept_in(request.title).split())


def kept_in(text: str) -> str:
    """Return a stranger's text that stays in its place: without what begins a source here, what parts the messages of
    models (a server may read such marks in the midst of a text, too), and what nobody sees."""
    return _NUMBER.sub(r"\1(\2)", _MESSAGES.sub(" ", visible(text)))


@cache
def _template(name: str) -> Template:
    return Template((_FOLDER / f"{name}.txt").read_text())
