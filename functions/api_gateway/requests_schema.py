"""What may be asked for: the bodies of requests, checked field by field."""

# ruff: noqa: RUF001 - signs of the International Phonetic Alphabet are meant

from __future__ import annotations

import base64
import binascii
import json
import unicodedata
from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from common import contract
from common.errors import BadRequest, SourceRefused
from common.names import parse_gs_uri
from common.outbound.links import parse_link
from common.pronunciations import is_ipa, is_sayable
from common.text.cleaning import clean, seen, visible
from common.text.scripts import has_words, mostly_latin
from functions.api_gateway.own_script import Line, lines_of

MAX_ERRORS = 20
"""How many wrong fields are told: a body can have millions."""


def _readable(text: str) -> str:
    """Refuse a title or topic that no voice for Latin script can speak, or that has control characters."""
    if not has_words(text):
        raise ValueError("has no word in it")
    if not mostly_latin(text):
        raise ValueError("is in a script that no voice here can read (only Latin script is)")
    return _on_one_line(text)


def _on_one_line(text: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in text):
        raise ValueError("has control characters in it")
    return visible(text).strip()  # overrides of the direction, say, that came along with what was copied


def _shown(name: str) -> str:
    """Return the name of a file as it is shown: systems let names have any character at all."""
    shown = seen(name)
    if not shown:
        raise ValueError("has nothing in it that can be seen")
    return shown


def _of_a_source(text: str) -> str:
    """Count a source's characters as the harvester does, once cleaned: a later refusal is made at once."""
    characters = len(clean(text))
    if characters > contract.MAX_TEXT_CHARACTERS:
        raise ValueError(f"has {characters:,} characters; {contract.MAX_TEXT_CHARACTERS:,} is the most")
    return text


SPOKEN = AfterValidator(_readable)
Title = Annotated[str, Field(min_length=1, max_length=contract.MAX_TITLE_CHARACTERS), SPOKEN]
Minutes = Annotated[int, Field(ge=contract.MIN_MINUTES, le=contract.MAX_MINUTES)]
Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
TEXT_LENGTH = WithJsonSchema({"type": "string", "minLength": 1, "maxLength": contract.MAX_TEXT_CHARACTERS})
"""Told by the schema, checked by `_of_a_source`."""
Engine = Annotated[str, Field(min_length=1, max_length=40, description="Its name, as GET /api/v1/engines has it.")]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)


class Host(Model):
    name: Annotated[str, Field(min_length=1, max_length=contract.MAX_HOST_NAME_CHARACTERS), SPOKEN]
    voice: Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    persona: Annotated[
        str,
        Field(
            max_length=contract.MAX_PERSONA_CHARACTERS,
            description="Who this is and how they talk; told to voices and to model writers.",
        ),
        AfterValidator(_on_one_line),
    ] = ""


def _of_words(text: str) -> str:
    if not is_sayable(text):
        raise ValueError("has other signs than letters, digits, spaces, hyphens, apostrophes, full stops and commas")
    return text


def _of_sounds(text: str) -> str:
    if not is_ipa(text):
        raise ValueError("has other signs than the International Phonetic Alphabet (and needs no strokes around it)")
    return text


class Pronunciation(Model):
    """How a word is said: `said`, in other words, or `ipa`, for voices that read IPA; with both, the other voices have
    `said`. Whole words are meant, in this case unless `any_case`. Transcripts keep what is written."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"written": "Nginx", "said": "engine x"}, {"written": "Loughborough", "ipa": "ˈlʌfbərə"}]
        }
    )

    written: Annotated[str, Field(min_length=1, max_length=contract.MAX_WRITTEN_CHARACTERS), SPOKEN]
    said: Annotated[str, Field(max_length=contract.MAX_SAID_CHARACTERS), AfterValidator(_of_words)] = ""
    ipa: Annotated[str, Field(max_length=contract.MAX_SAID_CHARACTERS), AfterValidator(_of_sounds)] = ""
    any_case: bool = False

    @model_validator(mode="after")
    def _is_said(self) -> Pronunciation:
        if not (self.said or self.ipa):
            raise ValueError("give what is said, or its ipa")
        if self.said:
            _readable(self.said)
        return self


Lexicon = Annotated[list[Pronunciation], Field(max_length=contract.MAX_PRONUNCIATIONS)]


def _written_once(entries: list[Pronunciation]) -> list[Pronunciation]:
    seen = set()
    for entry in entries:
        key = (entry.written.casefold() if entry.any_case else entry.written, entry.any_case)
        if key in seen:
            raise ValueError(f"{entry.written!r} is said in two ways")
        seen.add(key)
    return entries


Pronouncing = Annotated[Lexicon, AfterValidator(_written_once)]


class KeptPronunciations(Model):
    """How words are said from now on: in all podcasts, and in those of a show, by its name."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "pronunciations": [{"written": "Nginx", "said": "engine x", "any_case": True}],
                    "shows": {"Harbour news": [{"written": "Leigh", "said": "lee"}]},
                }
            ]
        }
    )

    pronunciations: Pronouncing = []
    shows: Annotated[
        dict[Annotated[str, Field(min_length=1, max_length=contract.MAX_SHOW_CHARACTERS), SPOKEN], Pronouncing],
        Field(max_length=contract.MAX_SHOWS),
    ] = {}

    @model_validator(mode="after")
    def _are_not_too_many(self) -> KeptPronunciations:
        count = len(self.pronunciations) + sum(map(len, self.shows.values()))
        if count > contract.MAX_KEPT_PRONUNCIATIONS:
            raise ValueError(f"{count} pronunciations; {contract.MAX_KEPT_PRONUNCIATIONS} is the most, shows and all")
        return self


class Document(Model):
    name: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_shown)]
    content_type: Annotated[str, Field(max_length=200, pattern="^[ -~]*$")] = "application/octet-stream"
    data: Annotated[str, Field(min_length=1, description="The file, base64.")]

    @field_validator("data")
    @classmethod
    def _is_base64(cls, data: str) -> str:
        try:
            base64.b64decode(data, validate=True)
        except binascii.Error:
            raise ValueError("is not base64") from None
        return data

    def content(self) -> bytes:
        return base64.b64decode(self.data)


class Webhook(Model):
    """Whom to tell when the podcast is COMPLETED or FAILED, signed as https://www.standardwebhooks.com has it."""

    url: Annotated[str, Field(min_length=8, max_length=contract.MAX_URL_CHARACTERS)]
    secret: Annotated[
        str,
        Field(
            pattern=r"^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
            description="24 to 64 random bytes of yours, in base64 after `whsec_`.",
        ),
    ]

    @field_validator("url")
    @classmethod
    def _is_a_link(cls, url: str) -> str:
        try:
            parse_link(url, any_port=True)
        except SourceRefused as error:
            raise ValueError(error.detail) from None
        return url


class ScriptLine(Model):
    """What one speaker says at a stretch."""

    speaker: Annotated[str, Field(max_length=contract.MAX_HOST_NAME_CHARACTERS)] = ""
    text: Annotated[str, Field(min_length=1, max_length=contract.MAX_TEXT_CHARACTERS)]
    chapter: Annotated[str, Field(max_length=contract.MAX_TITLE_CHARACTERS)] = ""


class GenerateRequest(Model):
    """At least one of `topic`, `urls`, `text` and `documents`, or a `script` alone; everything else has a default."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"topic": "tides", "minutes": 3},
                {"text": "The tide rises and falls twice a day.", "title": "Tides", "minutes": 1, "language": "en"},
                {"script": "Ada: What is a tide?\nBen: The sea that rises and falls.", "language": "en"},
                {
                    "topic": "tides",
                    "hosts": [{"name": "Mary", "persona": "a harbour pilot, dry and patient"}, {"name": "Tom"}],
                },
            ]
        }
    )

    topic: Annotated[str, Field(min_length=2, max_length=contract.MAX_TOPIC_CHARACTERS), SPOKEN] | None = None
    urls: Annotated[
        list[Annotated[str, Field(min_length=4, max_length=contract.MAX_URL_CHARACTERS)]],
        Field(max_length=contract.MAX_SOURCES),
    ] = []
    text: Annotated[str, Field(min_length=1), AfterValidator(_of_a_source), TEXT_LENGTH] | None = None
    documents: Annotated[list[Document], Field(max_length=contract.MAX_SOURCES)] = []
    script: Annotated[
        str | list[ScriptLine] | None,
        Field(
            description="What is to be said, as it stands, instead of sources: lines, or a text with a speaker's name "
            "and a colon before what they say, or tags around it (`<Ada>…</Ada>`). Headings (`# …`) begin chapters.",
        ),
    ] = None
    title: Title | None = None
    minutes: Minutes = contract.DEFAULT_MINUTES
    language: contract.Language | None = None
    style: contract.Style = contract.STYLES[0]
    focus: Annotated[
        str,
        Field(
            max_length=contract.MAX_FOCUS_CHARACTERS,
            description="What to dwell on, for whom, and what to leave out. It changes what is told, not how.",
        ),
        AfterValidator(_on_one_line),
    ] = ""
    draft: Annotated[
        bool, Field(description="Write the script alone; it is voiced once it is approved, and nothing is paid before.")
    ] = False
    hosts: Annotated[list[Host], Field(min_length=1, max_length=contract.MAX_HOSTS)] | None = None
    speech_engine: Engine | None = None
    language_engine: Engine | None = None
    webhook: Webhook | None = None
    pronunciations: Pronouncing = []
    show: Annotated[
        Annotated[str, Field(min_length=1, max_length=contract.MAX_SHOW_CHARACTERS)] | None,
        Field(
            description="The show that it is an episode of; pronunciations kept for it are used, too.",
        ),
    ] = None

    @field_validator("urls")
    @classmethod
    def _are_links(cls, urls: list[str]) -> list[str]:
        for url in urls:
            if not url.startswith(("http://", "https://")):
                raise ValueError(f"{url[:80]!r} is not a link that begins with http:// or https://")
            urlsplit(url)  # raises ValueError where brackets hold no address
        return urls

    @field_validator("hosts")
    @classmethod
    def _have_names_of_their_own(cls, hosts: list[Host] | None) -> list[Host] | None:
        if hosts and len({host.name for host in hosts}) < len(hosts):
            raise ValueError("two hosts have the same name")
        return hosts

    @field_validator("script")
    @classmethod
    def _can_be_said(cls, script: str | list[ScriptLine] | None) -> str | list[ScriptLine] | None:
        """Counted before it is read."""
        if script is not None:
            characters = len(script) if isinstance(script, str) else sum(len(line.text) for line in script)
            if characters > contract.MAX_SCRIPT_CHARACTERS:
                most = f"{contract.MAX_SCRIPT_CHARACTERS:,}"
                raise ValueError(f"has {characters:,} characters; {most} is the most")
            if not mostly_latin(script_lines(script)[0].text):
                raise ValueError("is in a script that no voice here can read (only Latin script is)")
        return script

    @model_validator(mode="after")
    def _has_a_source(self) -> GenerateRequest:
        sources = self.topic or self.urls or self.text or self.documents
        if self.script is not None and sources:
            raise ValueError("a script is voiced as it stands: give no topic, urls, text or documents beside it")
        if self.script is None and not sources:
            raise ValueError("give a topic, urls, a text, documents or a script")
        return self

    @cached_property
    def lines(self) -> list[Line]:
        """What the script says, by whom; nothing where there is none."""
        names = [host.name for host in self.hosts or ()]
        return [] if self.script is None else script_lines(self.script, names)


class OpeningRequest(Model):
    """The choices of a podcast that its opening depends on, as a podcast would be asked for with them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"language": "en", "hosts": [{"name": "Mary"}]}]})

    language: contract.Language | None = None
    style: contract.Style = contract.STYLES[0]
    hosts: Annotated[list[Host], Field(min_length=1, max_length=contract.MAX_HOSTS)] | None = None
    speech_engine: Engine | None = None
    pronunciations: Pronouncing = []
    show: Annotated[str, Field(min_length=1, max_length=contract.MAX_SHOW_CHARACTERS)] | None = None

    @property
    def language_engine(self) -> None:
        """Nothing of an opening is written by a model."""
        return None


def script_lines(script: str | list[ScriptLine], hosts: Sequence[str] = ()) -> list[Line]:
    """Read a script. Raises ValueError."""
    if isinstance(script, str):
        return lines_of(script, hosts)
    return lines_of(json.dumps([line.model_dump() for line in script], ensure_ascii=False), hosts)


class RenameRequest(Model):
    """What may be changed of a podcast."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "Neap tides"}]})

    title: Title


class ShareRequest(Model):
    """For how long whoever has the link may listen."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"days": 7}]})

    days: Annotated[int, Field(ge=1, le=contract.MAX_SHARE_DAYS)] = contract.DEFAULT_SHARE_DAYS


class PlaceRequest(Model):
    """Where the listener has come to."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"position_ms": 64_000}]})

    position_ms: Annotated[int, Field(ge=0, le=2 * contract.MAX_MINUTES * 60_000)]


class ContinueRequest(Model):
    """Which chapter more is to be told of."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"chapter": 2, "minutes": 3}]})

    chapter: Annotated[int, Field(ge=1, le=1000, description="Counted from 1, in the order of chapters.json.")]
    minutes: Minutes = contract.DEFAULT_MINUTES


class SegmentEdit(Model):
    """An edit of one segment of a script: another `text`, or its removal (`remove`)."""

    index: Annotated[int, Field(ge=0, le=100_000)]
    text: Annotated[str, Field(min_length=1, max_length=contract.MAX_TURN_CHARACTERS), SPOKEN] | None = None
    remove: bool = False

    @model_validator(mode="after")
    def _says_one_thing(self) -> SegmentEdit:
        if (self.text is None) is not self.remove:
            raise ValueError("give a text, or remove: true")
        return self


def _are_edited_once(segments: list[SegmentEdit]) -> list[SegmentEdit]:
    if len({segment.index for segment in segments}) < len(segments):
        raise ValueError("a segment is edited twice")
    return segments


class RemakeRequest(Model):
    """A script's edits, and other ways to say words of it; segments that neither is about stay as they are."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"segments": [{"index": 1, "text": "So, what is a tide?"}, {"index": 2, "remove": True}]},
                {"pronunciations": [{"written": "Leigh", "said": "lee"}]},
            ]
        }
    )

    segments: Annotated[list[SegmentEdit], Field(max_length=2000)] = []
    title: Title | None = None
    pronunciations: Pronouncing = []

    @model_validator(mode="after")
    def _changes_something(self) -> RemakeRequest:
        if not (self.segments or self.pronunciations):
            raise ValueError("give segments, or pronunciations")
        return self

    _edited_once = field_validator("segments")(_are_edited_once)


class EditRequest(Model):
    """Edits of a draft's script; segments that are not named stay as they are."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"segments": [{"index": 1, "text": "So, a tide?"}]}]})

    segments: Annotated[list[SegmentEdit], Field(max_length=2000)] = []

    _edited_once = field_validator("segments")(_are_edited_once)


class OfOurOwn(Model):
    """What another service of ours asks. Its version may be the one after ours, and say more."""

    model_config = ConfigDict(extra="ignore")


class SegmentUrlsRequest(OfOurOwn):
    """Links to `count` segments from number `first` on."""

    workflow_id: Id
    first: Annotated[int, Field(ge=0)]
    count: Annotated[int, Field(ge=1, le=contract.MAX_SIGNED_URLS)]


class AwaitedRequest(OfOurOwn):
    """Somebody is about to hear the turns before number `segments`."""

    workflow_id: Id
    segments: Annotated[int, Field(ge=1)]


class ObjectUrlRequest(OfOurOwn):
    """A link to one object of the audio bucket."""

    uri: str

    @field_validator("uri")
    @classmethod
    def _is_an_object(cls, uri: str) -> str:
        try:
            parse_gs_uri(uri)
        except ValueError:
            raise ValueError("is not a gs:// address of an object") from None
        return uri


class RemovalRequest(OfOurOwn):
    """The deleted podcast to be removed once more."""

    workflow_id: str


class InvalidRequest(BadRequest):
    """A body outside its schema. `errors` names each wrong field."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        first = errors[0]
        where = f"{first['field']}: " if first["field"] else ""
        super().__init__("request_invalid", where + first["message"])
        self.errors = errors


Some = TypeVar("Some", bound=Model)
_WORDS = {"extra_forbidden": "there is no such field"}
"""Where pydantic's are for its programmers rather than for a caller's."""


def parse(model: type[Some], body: Any) -> Some:
    """Read the body of a request. Raises InvalidRequest with the wrong fields, up to a number of them."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False, include_context=False)[:MAX_ERRORS]
        raise InvalidRequest(
            [
                {
                    "field": _printable(".".join(str(part) for part in one["loc"])),
                    "message": _WORDS.get(one["type"]) or one["msg"].removeprefix("Value error, "),
                }
                for one in wrong
            ]
        ) from None


def _printable(field: str) -> str:
    """Return the name of a field as it can be sent back: JSON has halves of surrogate pairs, UTF-8 has none."""
    return field[:200].encode("utf-8", "replace").decode()
