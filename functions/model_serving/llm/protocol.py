"""Interface of every writer: dialogue out of sources, turn by turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from common import languages
from common.errors import BadRequest, EngineRefused
from common.styles import STYLES
from common.text.blocks import Block
from functions.model_serving.engine_calls import Calls


@dataclass(frozen=True)
class Source:
    """A text as a subject of the podcast, in paragraphs parted by blank lines; and in blocks, where known."""

    text: str
    title: str = ""
    url: str | None = None
    author: str | None = None
    date: str | None = None
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Turn:
    """A host's words at a stretch. `source` is the index of the source behind the words, None where of none.

    `kind` is "turn", "close" for the last one, or "cold_open" for a greeting, which no writer wrote. `chapter` is the
    title of the turn's chapter.
    """

    speaker: str
    text: str
    chapter: str
    source: int | None = None
    kind: str = "turn"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Request:
    """A script to be written. `hosts` are one or two names, in the order of their first turns; `personas` describes
    each host, in the words of the person asking for the podcast, or nothing.

    `said` holds the turns committed already: the greeting, and after a broken-off attempt the attempt's turns. `focus`
    says what to dwell on, for whom, and what to leave out, in the words of the person asking for the podcast. `calls`
    are those of earlier attempts, and go on being counted.
    """

    title: str
    language: str
    minutes: float
    style: str
    hosts: tuple[str, ...]
    sources: tuple[Source, ...]
    said: tuple[Turn, ...] = ()
    personas: tuple[str, ...] = ()
    focus: str = ""
    calls: Calls = field(default_factory=Calls, compare=False)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Request:
        """Read a request's JSON. Raises BadRequest where something is missing or of the wrong kind."""
        try:
            request = cls(
                title=str(body["title"]),
                language=str(body["language"]),
                minutes=float(body["minutes"]),
                style=str(body["style"]),
                hosts=tuple(str(host["name"]) for host in body["hosts"]),
                personas=tuple(str(host.get("persona") or "") for host in body["hosts"]),
                sources=tuple(_source(source) for source in body["sources"]),
                said=tuple(
                    Turn(str(turn["speaker"]), str(turn["text"]), str(turn["chapter"]), None, str(turn["kind"]))
                    for turn in body["said"]
                ),
                focus=str(body.get("focus") or ""),
                calls=Calls(made=int(body.get("calls", 0))),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadRequest("request_malformed", f"This is not a request for a dialogue: {error!r}.") from None
        if not request.hosts or not request.sources or request.style not in STYLES or request.minutes <= 0:
            raise BadRequest("request_malformed", "A dialogue has hosts, sources, minutes and one of the known styles.")
        return request


class Writer(Protocol):
    def write(self, request: Request) -> Iterator[Turn]:
        """Return the turns after those `said`, each as soon as complete, to the last, which is the close.

        Raises EngineRefused for permanently unusable sources, EngineBusy when a quota is used up, EngineBroken for
        everything else; turns given out before stand, and another call with these turns in `said` goes on after them.
        """
        ...


def require_known(language: str) -> None:
    """Raise EngineRefused for a language without podcasts."""
    if language not in languages.LANGUAGES:
        known = ", ".join(languages.LANGUAGES)
        raise EngineRefused("engine_language_unknown", f"Podcasts are written in {known} only.")


def said_since_greeting(said: Sequence[Turn]) -> Sequence[Turn]:
    """Return the turns already committed without the greeting."""
    return [turn for turn in said if turn.kind != "cold_open"]


def _source(source: Mapping[str, Any]) -> Source:
    return Source(
        text=str(source["text"]),
        title=str(source.get("title") or ""),
        url=source.get("url"),
        author=source.get("author"),
        date=source.get("date"),
        blocks=tuple(map(Block.from_json, source.get("blocks") or ())),
    )
