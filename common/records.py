"""Define the records in Firestore, field by field, each with its writer, time and unit.

    workflows/{workflow_id}                   Workflow           a requested podcast
    workflows/{workflow_id}/segments/{00042}  Segment            a spoken turn
    streams/{sha256(stream_id)}               Stream             a listener's right to hear a podcast
    feeds/{sha256(token)}                     Feed               a private address of an owner's podcasts
    shares/{share_id}                         Share              a link by which others hear one podcast
    places/{workflow_id}                      Place              where its owner has come to in a podcast
    api_keys/{sha256(key)}                    ApiKey             a caller's key of the public API
    pronunciations/{sha256(owner)}            Pronunciations     how an owner has words said
    rate_limits/{sha256(key)}:{minute}        RateLimit          calls with a key in a minute
    usage/{sha256(key)}:{day}[:{shard}]       Usage              what was asked for, made and spent with a key in a day
    openings/{sha256}                         Opening            a breath of a greeting, voiced beforehand
    removals/{workflow_id}                    Removal            a deleted podcast, until its removal is complete
    idempotency/{agent}:{key}                 IdempotencyRecord  a piece of work (common/idempotency.py)

Small documents, so that no document is hot and no transaction contended: `create()` is the lock, preconditions on the
version guard transitions (common/states.py), and fan-in is an aggregation count. Only common/store reads and writes
records. Tokens and keys are stored as their SHA-256. Firestore deletes a document after its `expires_at`.

A script's length is stored in a single place, `segments_total` of the workflow, when the writer has finished: a model
cannot mark its last turn, as only the end of the answer shows which turn was last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NotRequired, Self, TypedDict

from common.contract import STYLES
from common.shapes import BY_KEY, LATER, Record, Shape, missing, only_if, part
from common.states import (
    SEGMENT,
    STAGE,
    STAGES,
    STREAM,
    WORK,
    WORKFLOW,
    Lifecycle,
    SegmentState,
    StageState,
    StreamState,
    WorkflowState,
    WorkState,
)

if TYPE_CHECKING:
    from common.text.blocks import StoredBlock

LONG_AGO: Final = datetime.fromtimestamp(0, UTC)
"""When something came to be, or expired, whose document does not say."""


def segment_id(index: int) -> str:
    """Write an index in five digits, so that names sort like numbers: 42 -> "00042"."""
    return f"{index:05d}"


class Failure(TypedDict):
    """Why something ended: `code` is stable and for programs, `message` for people."""

    code: str
    message: str


class Host(TypedDict):
    """A host as requested; empty fields mean the defaults (common/hosts.py)."""

    name: str
    voice: NotRequired[str]
    persona: NotRequired[str]


class Pronunciation(TypedDict):
    """How a word, or a few, are said: in other words, in IPA for voices that read it, or both."""

    written: str
    said: NotRequired[str]
    ipa: NotRequired[str]
    any_case: NotRequired[bool]
    """Whether "NGINX" is meant by "Nginx", too."""


class Input(TypedDict):
    """A text or file of the request: the name of its object, its own name and its media type."""

    object: str
    name: str
    content_type: str


class Webhook(TypedDict):
    """The address for news of the end, and the secret of its signature."""

    url: str
    secret: str


class StoredEvent(TypedDict):
    """An event yet to be told (events.Event), kept with the work that had it happen."""

    type: str
    workflow_id: str
    data: NotRequired[dict[str, Any]]
    subject: NotRequired[str]


class Source(TypedDict):
    """A source by its own account. `left_out` counts what was not read, by kind: {"reference": 31, "table": 2}; it is
    absent in older documents."""

    title: str
    url: str | None
    author: str | None
    date: str | None
    left_out: NotRequired[dict[str, int]]


class SourceProblem(TypedDict):
    """A source without usable text: its link or name, and the failure."""

    url: str
    code: str
    message: str


class SourceText(Source):
    """A source with its whole text, cleaned; and in blocks (common/text/blocks.py), where its reader knew them.

    The blocks are absent in older documents.
    """

    text: str
    blocks: NotRequired[list[StoredBlock]]


def account_of(source: SourceText) -> Source:
    """Return a source without its text: its part kept on the workflow, and shown."""
    return {
        "title": source["title"],
        "url": source["url"],
        "author": source["author"],
        "date": source["date"],
        "left_out": source.get("left_out", {}),
    }


class Material(TypedDict):
    """The material of a script: the object `sources.json` of a workflow, for the weaver. Harvester; gateway for a
    continued podcast."""

    language: str
    title: str
    sources: list[SourceText]
    problems: list[SourceProblem]


@dataclass(frozen=True, kw_only=True)
class Wishes(Shape):
    """The request. Gateway, once."""

    topic: str | None = None
    urls: list[str] = field(default_factory=list)
    inputs: list[Input] = field(default_factory=list)
    title: str | None = None
    minutes: int = field(metadata=missing(5))
    language: str | None = None
    """Two letters; None: as the sources have it."""
    style: str = field(metadata=missing(STYLES[0]))
    focus: str = field(default="", metadata=LATER)
    """What to dwell on, for whom, and what to leave out."""
    draft: bool = field(default=False, metadata=LATER)
    """The script waits for approval before it is voiced."""
    hosts: list[Host] | None = None
    """In the order in which they speak first; None: the default ones."""
    pronunciations: list[Pronunciation] = field(default_factory=list, metadata=LATER)
    """Those of the request, of its show and of its owner as they were then: later edits of these change nothing."""
    show: str | None = field(default=None, metadata=LATER)
    """The show that it is an episode of, by its name; None: of none, or asked for before this was kept."""
    webhook: Webhook | None = None
    speech_engine: str | None = None
    language_engine: str | None = None
    """Engines, by the names that the operator offers them under; None: the default ones."""


@dataclass(frozen=True, kw_only=True)
class Workflow(Record):
    """A requested podcast. Its `id` is 32 hexadecimal digits, made of the request that asked for it, and when."""

    owner: str = field(metadata=missing(""))
    """Gateway, once: the owner of the API key, or the person of the ID token."""
    key: str = field(default="", metadata=LATER)
    """Gateway, once: the hash of the key, or the person, that it was asked for with."""
    state: WorkflowState = field(metadata=missing(""))
    """Gateway: GENERATING, CANCELLED. Orchestrator: COMPLETED, FAILED."""
    stages: dict[str, StageState] = field(
        default_factory=lambda: dict.fromkeys(STAGES, StageState.PENDING), metadata=BY_KEY
    )
    """How far it is, for people. Gateway at first, then harvester and weaver of their own, orchestrator of all."""
    title: str = field(metadata=missing(""))
    """Gateway: a guess. Harvester: as asked for, or as the sources have it. In a record it is `renamed`, if that is
    set."""
    renamed: str = field(default="", metadata=LATER)
    """Gateway: what the owner renames it to, which stands before what a harvester that is just reading finds."""
    renames: int = field(default=0, metadata=LATER)
    """Gateway: how often the owner has given it another title. Only grows."""
    language: str = field(metadata=missing(""))
    """Two letters. Gateway: a guess. Harvester: as asked for, or as the sources have it."""
    request: Wishes = field(metadata=part(Wishes))
    made_of: str | None = field(default=None, metadata=LATER)
    """Gateway, once: the workflow that this was remade or continued from."""
    sources: list[Source] = field(default_factory=list)
    """Harvester; gateway for a podcast that is made of another."""
    source_problems: list[SourceProblem] | None = field(default=None, metadata=LATER)
    """Harvester: sources that gave nothing."""
    segments_total: int | None = None
    """Weaver, when the script is complete; gateway for one that is remade."""
    language_calls: int = field(default=0, metadata=LATER)
    """Weaver: how often a language model was asked in attempts that failed. Only grows."""
    starting: bool = field(default=False, metadata=LATER)
    """Gateway, once: services were still being started when it was asked for, so its greeting has a breath more."""
    approved: bool = field(default=False, metadata=LATER)
    """Gateway, once: the owner lets the script of a draft be voiced."""
    wanted: int = field(default=0, metadata=LATER)
    """Orchestrator: segments, from the first on, that somebody is about to hear. Only grows."""
    artifacts: dict[str, str] | None = field(default=None, metadata=BY_KEY)
    """Mastering: `gs://` addresses by the kind of file (common/artifacts.py). MP3 and M4A follow the others."""
    artifact_bytes: dict[str, int] = field(default_factory=dict, metadata={**LATER, **BY_KEY})
    """Mastering: the sizes of the same files."""
    files_due: datetime | None = field(default=None, metadata=LATER)
    """When the sweeper sees to it that the files of the present title are all there, and no others are left. Gateway
    with each title, mastering with its files; orchestrator: none, once that is so."""
    notes: str = field(default="", metadata=LATER)
    """Mastering: show notes, HTML."""
    duration_ms: int | None = None
    """Mastering: of the whole episode, in milliseconds."""
    error: Failure | None = None
    """Orchestrator, with FAILED."""
    created_at: datetime = field(metadata=missing(LONG_AGO))
    """Gateway, once."""
    completed_at: datetime | None = field(default=None, metadata=LATER)
    """Whoever moves it out of GENERATING, at that moment."""
    expires_at: datetime = field(metadata=missing(LONG_AGO))
    """Gateway, once: `created_at` and the retention."""

    def __post_init__(self) -> None:
        if self.renamed:
            object.__setattr__(self, "title", self.renamed)

    def states(self) -> dict[str, tuple[Lifecycle, str]]:
        stages = {f"stages.{stage}": (STAGE, state) for stage, state in self.stages.items()}
        return {"state": (WORKFLOW, self.state), **stages}

    @property
    def generating(self) -> bool:
        """Tell whether the podcast is still in the making."""
        return self.state == WorkflowState.GENERATING

    @property
    def draft(self) -> bool:
        """Tell whether nothing may be voiced yet, for the owner is still to approve the script."""
        return self.generating and self.request.draft and not self.approved

    @property
    def audible(self) -> bool:
        """Tell whether listeners have, or will have, something to hear."""
        return self.state in {WorkflowState.GENERATING, WorkflowState.COMPLETED}

    def at(self, **stages: StageState) -> Self:
        """Copy the workflow with some stages in other states."""
        return replace(self, stages={**self.stages, **stages})


@dataclass(frozen=True, kw_only=True)
class Segment(Record):
    """A spoken turn, or a breath of the cold open: the unit of voicing, retrying and storing."""

    index: int = field(metadata=missing(0))
    """Its place in the script, from 0. Once, as everything down to `expires_at`: the gateway of the cold open, and of a
    podcast that is made again; the weaver of what follows."""
    kind: str = field(metadata=missing("turn"))
    """`cold_open`, `turn` or `close`."""
    speaker: str = field(metadata=missing(""))
    """The host's name."""
    voice: str = field(metadata=missing(""))
    language: str = field(metadata=missing(""))
    chapter: str = field(metadata=missing(""))
    """The title of its chapter; empty before the first."""
    source: int | None = field(default=None, metadata=only_if(lambda segment: segment.kind != "cold_open"))
    """Which of the workflow's sources it tells of, where that is one."""
    pause_before_ms: int = field(default=0, metadata=only_if(lambda segment: segment.kind != "cold_open"))
    """Silence that it begins with, in milliseconds."""
    expires_at: datetime | None = None
    """As the workflow's."""
    text: str = field(metadata=missing(""))
    """What is said. Orchestrator: an apology. Voice forge: what was meant, if that was voiced after all."""
    weaver: str = field(default="", metadata=LATER)
    """Script weaver, once: a random name for the attempt, by which it knows its own turn after a lost answer."""
    meant: str | None = field(default=None, metadata=LATER)
    """Orchestrator: what was to be said where an apology is."""
    apology: bool = field(default=False, metadata=LATER)
    """Orchestrator: whether it was given up once, and apologized for."""
    state: SegmentState = field(metadata=missing(""))
    """SCRIPTED at first. Voice forge: FORGED, FAILED. Orchestrator: SCRIPTED again, for an apology or another voice."""
    error: Failure | None = field(default=None, metadata=LATER)
    """Voice forge, with FAILED; kept when it is apologized for."""
    audio: str | None = field(default=None, metadata=LATER)
    """Its Ogg Opus object, `gs://…`. Voice forge, as everything below, with FORGED; gateway where sound is copied."""
    sound: bytes = field(default=b"", metadata=LATER)
    """Its Ogg Opus itself, in the place of `audio`, of a segment that somebody may wait for: one of the first, whether
    voiced for this podcast or beforehand. Some ten kilobytes. Gateway, once; voice forge."""
    packets: int = field(default=0, metadata=only_if(lambda segment: segment.voiced))
    """Opus packets of 20 ms."""
    pre_skip: int = field(default=0, metadata=only_if(lambda segment: segment.voiced))
    """Samples at 48 kHz that a decoder leaves out at its beginning (RFC 7845, section 4.2)."""
    duration_ms: int = field(default=0, metadata=only_if(lambda segment: segment.voiced))
    engine: str = field(default="", metadata=only_if(lambda segment: segment.voiced))
    """Who voiced it."""
    characters: int = field(default=0, metadata=only_if(lambda segment: segment.voiced))
    """Of text that the engine was given, which is what it is paid for."""
    calls: int = field(default=0, metadata=LATER)
    """How many calls of a paid engine it has cost in all. Voice forge, with FORGED and FAILED."""
    embedded: bool = field(default=False, metadata=LATER)
    """Orchestrator: whether the embedded voice speaks it, because its engine says nothing, not even an apology."""
    forging_at: datetime | None = field(default=None, metadata=only_if(lambda segment: segment.voiced))
    """When an engine was asked."""
    forged_at: datetime | None = field(default=None, metadata=only_if(lambda segment: segment.voiced))
    """When the sound was there."""

    def states(self) -> dict[str, tuple[Lifecycle, str]]:
        return {"state": (SEGMENT, self.state)}

    @property
    def voiced(self) -> bool:
        """Tell whether the sound is stored."""
        return self.state == SegmentState.FORGED


@dataclass(frozen=True, kw_only=True)
class Stream(Record):
    """A listener's right to hear a workflow, over a single connection at a time. Its `id` is the stream id's hash."""

    workflow_id: str = field(metadata=missing(""))
    """Gateway, once, as `owner` and `expires_at`."""
    owner: str = field(metadata=missing(""))
    state: StreamState = field(metadata=missing(""))
    """Gateway: OPEN. Streamer: CLAIMED, CLOSED."""
    generation: int = field(default=0)
    """Streamer: how many connections it has had."""
    resume_hash: str | None = None
    """Streamer: of the secret that the next connection is had for; made of the last one shown and `resume_salt`."""
    resume_salt: str = field(default="", metadata=LATER)
    shown_hash: str = field(default="", metadata=LATER)
    """Streamer: of the token that was shown last, good again until the next is, with `shown_at`."""
    shown_at: datetime = field(default=LONG_AGO, metadata=LATER)
    key: str = field(default="", metadata=LATER)
    """Gateway, once: the hash of the API key that it was had with, or the name of the share (common/shares.py); it is
    good for no longer than that. Empty: a person's, or an older one."""
    audio: str | None = field(default=None, metadata=LATER)
    """Streamer: a finished object, `gs://…`, to be heard in the workflow's place."""
    expires_at: datetime = field(metadata=missing(LONG_AGO))

    def states(self) -> dict[str, tuple[Lifecycle, str]]:
        return {"state": (STREAM, self.state)}


@dataclass(frozen=True, kw_only=True)
class Feed(Record):
    """A private feed. Gateway, once; its `id` is the hash of the token in its address."""

    owner: str = field(metadata=missing(""))
    key: str = field(default="", metadata=LATER)
    """The hash of the API key that it was made with, as a stream's."""
    created_at: datetime = field(metadata=missing(LONG_AGO))


@dataclass(frozen=True, kw_only=True)
class Share(Record):
    """The right of whoever has its link to hear and read one podcast (common/shares.py). Gateway, once."""

    workflow_id: str = field(metadata=missing(""))
    owner: str = field(metadata=missing(""))
    key: str = field(default="", metadata=LATER)
    """The hash of the API key that it was made with, as a stream's."""
    created_at: datetime = field(metadata=missing(LONG_AGO))
    expires_at: datetime = field(metadata=missing(LONG_AGO))


@dataclass(frozen=True, kw_only=True)
class Place(Record):
    """Where a podcast's owner has come to in it, and what they keep. Gateway; its `id` is the workflow's."""

    position_ms: int = field(metadata=missing(0))
    """On the podcast's clock; 0: at its beginning, or heard to its end."""
    moments: list[int] = field(default_factory=list, metadata=LATER)
    """Segments that were kept, by their index: each comes and goes alone, for devices do not ask each other."""
    expires_at: datetime = field(metadata=missing(LONG_AGO))
    """As the workflow's."""


@dataclass(frozen=True, kw_only=True)
class Pronunciations(Record):
    """An owner's pronunciations. Gateway, whole each time; its `id` is the owner's hash."""

    owner: str = field(metadata=missing(""))
    kept: list[Pronunciation] = field(default_factory=list)
    """For all podcasts."""
    shows: dict[str, list[Pronunciation]] = field(default_factory=dict)
    """For those of a show, by its name."""


@dataclass(frozen=True, kw_only=True)
class ApiKey(Record):
    """A key of the public API. Operator, once (local/keys.py); its `id` is the key's hash."""

    owner: str = field(metadata=missing(""))
    created_at: datetime = field(metadata=missing(LONG_AGO))
    requests_per_minute: int | None = None
    """Its quota; None: the gateway's own."""
    revoked_at: datetime | None = field(default=None, metadata=LATER)
    """Operator, when it is taken back."""


@dataclass(frozen=True, kw_only=True)
class Opening(Record):
    """A breath of a greeting, as it was voiced for the first podcast that began with it. Voice forge, once; its `id` is
    a digest of all that the sound depends on (common/openings.py)."""

    sound: bytes = field(metadata=missing(b""))
    """Ogg Opus."""
    packets: int = field(metadata=missing(0))
    pre_skip: int = field(metadata=missing(0))
    engine: str = field(metadata=missing(""))
    """Who voiced it."""
    expires_at: datetime = field(metadata=missing(LONG_AGO))
    """When it is voiced anew."""


@dataclass(frozen=True, kw_only=True)
class RateLimit(Record):
    """The count of costly requests with a key in a minute, or of a share of them (common/store/rate_limits.py).

    Gateway, with each request."""

    count: int = 0
    expires_at: datetime = field(metadata=missing(LONG_AGO))


@dataclass(frozen=True, kw_only=True)
class Usage(Record):
    """What was asked for, made and spent with a key in a day (UTC). Every number only grows.

    What engines were given is spread over the day's shards, documents of the same kind: it is counted turn by turn.
    """

    key: str = field(metadata=missing(""))
    """The key's hash; of a person, their own. Whoever counts, as `day` and `expires_at`."""
    day: str = field(metadata=missing(""))
    """ISO 8601."""
    podcasts: int = field(metadata=missing(0), default=0)
    """Asked for that day. Gateway, with each podcast."""
    minutes: int = field(metadata=missing(0), default=0)
    """Likewise, as long as they were to be."""
    finished: int = field(metadata=missing(0), default=0)
    """Finished that day. Mastering, with each podcast."""
    duration_ms: int = field(metadata=missing(0), default=0)
    """Likewise, as long as they became."""
    characters: Mapping[str, int] = field(default_factory=dict)
    """What speech engines voiced that day, by engine, whatever became of the podcasts. Voice forge, with each turn."""
    calls: Mapping[str, int] = field(default_factory=dict, metadata=LATER)
    """How often language models were asked that day, by engine, likewise. Weaver, after each attempt at a script."""
    input_tokens: Mapping[str, int] = field(default_factory=dict, metadata=LATER)
    """Likewise, what these calls were billed with, as far as the models said so."""
    output_tokens: Mapping[str, int] = field(default_factory=dict, metadata=LATER)
    expires_at: datetime = field(metadata=missing(LONG_AGO), default=LONG_AGO)


@dataclass(frozen=True, kw_only=True)
class Removal(Record):
    """A deleted podcast. Gateway: before the deletion of anything; deleted when all is removed."""

    due: datetime = field(metadata=missing(LONG_AGO))
    """When all work that was under way must have ended, and the podcast is to be removed once more."""


@dataclass(frozen=True, kw_only=True)
class IdempotencyRecord(Record):
    """A piece of work, written by its agent. Its `id` is `{agent}:{key}`."""

    state: WorkState = field(metadata=missing(""))
    owner: str = field(metadata=missing(""))
    """Who works on it: a random name for each attempt."""
    attempt: int = field(metadata=missing(1))
    """Counts from 1, crashes included."""
    failures: int = field(default=0, metadata=LATER)
    """How many attempts before this one failed and lived to say so."""
    waited: int = field(default=0, metadata=LATER)
    """How many attempts before this one ended because a service was away, or an engine's quota used up."""
    calls: int = field(default=0, metadata=LATER)
    """How many calls of an engine the attempts have cost. One that is under way, or that ended without a word, counts
    with as many as it may make."""
    request_hash: str = field(metadata=missing(""))
    """What was asked (idempotency.request_hash)."""
    lease_expires: datetime = field(metadata=missing(LONG_AGO))
    """When somebody else may take it up."""
    result: Mapping[str, Any] = field(default_factory=dict, metadata=only_if(lambda record: record.ended))
    """What it came to: a small JSON object."""
    events: list[StoredEvent] = field(default_factory=list, metadata=only_if(lambda record: record.ended))
    """What there is to tell of that, again for each who asks (events.Event)."""
    completed_at: datetime | None = field(default=None, metadata=LATER)
    expires_at: datetime = field(metadata=missing(LONG_AGO))

    def states(self) -> dict[str, tuple[Lifecycle, str]]:
        return {"state": (WORK, self.state)}

    @property
    def ended(self) -> bool:
        return self.state in {WorkState.COMPLETED, WorkState.FAILED}
