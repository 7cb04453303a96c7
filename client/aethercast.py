"""Aethercast's API for Python programs: one module to copy, which needs httpx2 and tenacity and nothing else of ours.

    with Aethercast("https://api.example.com", "KEY") as api:
        made = api.generate(topic="tides", minutes=3)
        podcast = api.wait(made.workflow_id)
        api.download(podcast.workflow_id, Path("tides.ogg"))

A busy or unreachable API is asked again, with jitter; a podcast asked for twice over is made once, since each method
making a podcast sends one idempotency key with all its attempts. An answer is the API's own where the body is problem
details of the API's own types, or JSON of the requested shape; whatever else stands between may answer anything, and
such an answer is as good as none.
"""

from __future__ import annotations

import base64
import mimetypes
import struct
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import accumulate
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TypeVar

import httpx2
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter

ATTEMPTS: Final = 5
TIMEOUT_S: Final = 30.0
_PODCASTS, _FEEDS, _PRONUNCIATIONS = "/api/v1/podcasts", "/api/v1/feeds", "/api/v1/pronunciations"
_LONGEST_RETRY_AFTER_S = 60.0
_PROBLEM: Final = "urn:aethercast:problem:"
T = TypeVar("T")


class AethercastError(Exception):
    """An answer that is an error: `code` is stable, `detail` is for people, `status` is HTTP's, 0 for no answer."""

    def __init__(self, status: int, code: str, detail: str, retry_after: float = 0.0) -> None:
        super().__init__(f"{code}: {detail}")
        self.status, self.code, self.detail, self.retry_after = status, code, detail, retry_after

    @property
    def passing(self) -> bool:
        """Tell whether asking again may help."""
        return self.status in {0, 429} or self.status >= 500


@dataclass(frozen=True)
class Stream:
    """The right to listen once: send `{"type": "start", "stream_id": …}` over the WebSocket."""

    stream_id: str
    websocket_url: str


@dataclass(frozen=True)
class Accepted(Stream):
    """A podcast being made, and the right to hear it meanwhile."""

    cpoa_workflow_id: str
    status_url: str
    opening: dict[str, Any] | None = None
    """`digest` and `packets` of the sound that it begins with, where that was voiced before; with `with_sound`, its
    `segments` and `pre_skip` as well. The stream begins with the same packets: whoever has played an opening of this
    digest starts it with `next_packet` after them."""

    @property
    def sound(self) -> list[bytes]:
        """The Opus packets (20 ms each) that the podcast begins with, numbered from 0: none unless asked for."""
        if not self.opening or "sound" not in self.opening:
            return []
        message = base64.b64decode(self.opening["sound"])
        _, count = struct.unpack_from(">IH", message)
        lengths = struct.unpack_from(f">{count}H", message, 6)
        ends = accumulate(lengths, initial=6 + 2 * count)
        return [message[begin : begin + length] for begin, length in zip(ends, lengths, strict=False)]

    @property
    def workflow_id(self) -> str:
        return self.cpoa_workflow_id


@dataclass(frozen=True)
class Podcast:
    """State of a podcast. `state` is GENERATING, COMPLETED, FAILED or CANCELLED; `artifacts` are links, once the
    podcast is COMPLETED; `segments` counts those written and voiced, and is None in lists; `minutes` is the length
    asked for, `show` what it is an episode of. Each of the `sources` has a title, url, author, date, and under
    `left_out` the numbers of things not read: `{"reference": 31, "table": 2}`."""

    workflow_id: str
    state: str
    title: str
    language: str
    created_at: str
    stages: dict[str, str]
    sources: list[dict[str, Any]]
    source_problems: list[dict[str, str]] = field(default_factory=list)
    duration_ms: int | None = None
    error: dict[str, str] | None = None
    segments: dict[str, int | None] | None = None
    draft: bool = False
    minutes: int | None = None
    show: str | None = None
    artifacts: dict[str, str] | None = None


@dataclass(frozen=True)
class Segment:
    """One turn: its speaker and words, and once FORGED, its length in packets of 20 ms. `engine_calls`: how often a
    paid speech engine was asked for the turn."""

    index: int
    kind: str
    speaker: str
    text: str
    chapter: str
    state: str
    source: int | None = None
    packets: int | None = None
    duration_ms: int | None = None
    engine_calls: int = 0
    scripted_at: str | None = None
    forging_at: str | None = None
    forged_at: str | None = None


@dataclass(frozen=True)
class Engine:
    """A choice for a request's `language_engine` or, if the engine has voices, `speech_engine`. `voices` are each a
    name and its languages; with `more_voices` the engine has others besides. The price is in US dollars, where
    known."""

    engine: str
    languages: list[str]
    voices: list[dict[str, Any]] | None = None
    more_voices: bool = False
    streams: bool = False
    price_per_million_characters: float | None = None


@dataclass(frozen=True)
class Usage:
    """What a key used: its `limits` (None: none), how many podcasts are `in_the_making`, and a dictionary for each of
    the `days` with any use, of which `speech_usd` is what their speech cost, where that is known."""

    limits: dict[str, float | int | None]
    in_the_making: int
    days: list[dict[str, Any]]


@dataclass(frozen=True)
class Pronunciations:
    """How words are said: `{"written": …, "said": …}` each, in all podcasts and in those of `shows`, by their names."""

    pronunciations: list[dict[str, Any]]
    shows: dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Share:
    """The right of whoever has `token` to hear and read one podcast: it stands in an API key's place. Times as ISO
    8601."""

    id: str
    token: str
    created_at: str
    expires_at: str


class Aethercast:
    """The API at `base_url`, asked with `api_key`. Every method raises AethercastError."""

    def __init__(self, base_url: str, api_key: str, *, timeout_s: float = TIMEOUT_S, attempts: int = ATTEMPTS) -> None:
        self._http = httpx2.Client(base_url=base_url, headers={"Authorization": f"Bearer {api_key}"}, timeout=timeout_s)
        self._retrying = Retrying(
            retry=retry_if_exception(lambda error: isinstance(error, AethercastError) and error.passing),
            stop=stop_after_attempt(attempts),
            wait=_wait,
            reraise=True,
        )

    def generate(
        self,
        *,
        topic: str | None = None,
        urls: Sequence[str] = (),
        text: str | None = None,
        documents: Sequence[Path | dict[str, str]] = (),
        minutes: int | None = None,
        pronunciations: Sequence[dict[str, Any]] = (),
        show: str | None = None,
        with_sound: bool = False,
        idempotency_key: str | None = None,
        **more: Any,
    ) -> Accepted:
        """Have a podcast made of a topic, links, documents or a text; `more` is any other field of the OpenAPI
        document.

        A document is the path of a file of any kind, or the `name`, `content_type` and base64 `data` of a file.
        `pronunciations` are `{"written": "Nginx", "said": "engine x"}` each, or with `ipa` and `any_case`; `show`
        names what it is an episode of. `with_sound` has the answer bring the sound that the podcast begins with,
        as far as there is any: heard before the streamer is reached. Raises OSError for an unreadable file.
        """
        sent = [_document(document) if isinstance(document, Path) else document for document in documents]
        spoken = {"pronunciations": list(pronunciations), "show": show}
        body = {
            "topic": topic,
            "urls": list(urls),
            "text": text,
            "documents": sent,
            "minutes": minutes,
            **spoken,
            **more,
        }
        return self._make("generate", body, idempotency_key, {"opening": "sound"} if with_sound else {})

    def remake(
        self,
        workflow_id: str,
        edits: Sequence[dict[str, Any]] = (),
        *,
        title: str | None = None,
        pronunciations: Sequence[dict[str, Any]] = (),
        idempotency_key: str | None = None,
    ) -> Accepted:
        """Make a finished podcast again, edited: `{"index": 3, "text": …}` or `{"index": 4, "remove": True}` each; or
        with some of its words said otherwise, as in `generate`."""
        body = {"segments": list(edits), "title": title, "pronunciations": list(pronunciations)}
        return self._make(f"{workflow_id}/remake", body, idempotency_key)

    def more_about(
        self, workflow_id: str, chapter: int, *, minutes: int | None = None, idempotency_key: str | None = None
    ) -> Accepted:
        """Return a podcast of the statements not told yet in the sources of a chapter, counted from 1."""
        return self._make(f"{workflow_id}/continue", {"chapter": chapter, "minutes": minutes}, idempotency_key)

    def edit_script(self, workflow_id: str, edits: Sequence[dict[str, Any]]) -> Podcast:
        """Edit the script of a draft, with edits as for `remake`."""
        return self._edit("PATCH", f"{workflow_id}/segments", edits)

    def approve(self, workflow_id: str, edits: Sequence[dict[str, Any]] = ()) -> Podcast:
        """Have a draft voiced, with its last edits."""
        return self._edit("POST", f"{workflow_id}/approve", edits)

    def engines(self) -> dict[str, list[Engine]]:
        """Return the engines on offer, by `speech` and `language`, the default ones first."""

        def read(answer: dict[str, Any]) -> dict[str, list[Engine]]:
            return {kind: [_read(Engine, entry) for entry in answer[kind]] for kind in ("speech", "language")}

        return self._ask("GET", "/api/v1/engines", read)

    def sample(self, voice: str, *, language: str = "en", speech_engine: str | None = None) -> dict[str, Any] | None:
        """Return a greeting in this voice, as packets of the stream: voiced now, where nobody has heard it yet."""
        body = {"language": language, "hosts": [{"name": "Ada", "voice": voice}], "speech_engine": speech_engine}
        opening: dict[str, Any] | None = self._ask("POST", "/api/v1/sample", lambda told: told["opening"], json=body)
        return opening

    def usage(self, days: int = 30) -> Usage:
        """Return this key's requests, use and costs in the last `days` (UTC)."""
        return self._ask("GET", "/api/v1/usage", lambda answer: _read(Usage, answer), params={"days": days})

    def podcast(self, workflow_id: str) -> Podcast:
        return self._ask("GET", f"{_PODCASTS}/{workflow_id}", _podcast)

    def podcasts(self, search: str = "") -> Iterator[Podcast]:
        """Yield all podcasts of this key's owner, newest first, or those with all words of `search` in their titles."""
        wanted = {"q": search} if search else {}
        while True:
            page, following = self._ask("GET", _PODCASTS, _page, params=wanted)
            yield from page
            if not following:
                return
            wanted["page_token"] = following

    def segments(self, workflow_id: str) -> list[Segment]:
        """Return the script, as far as written."""

        def read(answer: dict[str, Any]) -> list[Segment]:
            return [_read(Segment, entry) for entry in answer["segments"]]

        return self._ask("GET", f"{_PODCASTS}/{workflow_id}/segments", read)

    def wait(self, workflow_id: str, *, within_s: float = 3600.0, every_s: float = 1.0) -> Podcast:
        """Return the podcast once no longer GENERATING. Raises TimeoutError; transient failures until then are waited
        out."""
        deadline = time.monotonic() + within_s
        while True:
            try:
                podcast = self.podcast(workflow_id)
                if podcast.state != "GENERATING":
                    return podcast
            except AethercastError as error:
                if not error.passing or time.monotonic() > deadline:
                    raise
            if time.monotonic() > deadline:
                raise TimeoutError(f"{workflow_id} is still being made after {within_s:.0f} s")
            time.sleep(every_s)

    def stream(self, workflow_id: str) -> Stream:
        """Another right to listen."""
        return self._ask("POST", f"{_PODCASTS}/{workflow_id}/stream", lambda answer: _read(Stream, answer))

    def rename(self, workflow_id: str, title: str) -> Podcast:
        """Give the podcast another title; finished files get the title, too, a little later."""
        return self._ask("PATCH", f"{_PODCASTS}/{workflow_id}", _podcast, json={"title": title})

    def pronunciations(self) -> Pronunciations:
        """Tell how words are said in all of this owner's podcasts, and in those of a show."""
        return self._ask("GET", _PRONUNCIATIONS, lambda answer: _read(Pronunciations, answer))

    def keep_pronunciations(
        self, pronunciations: Sequence[dict[str, Any]], shows: Mapping[str, Sequence[dict[str, Any]]] | None = None
    ) -> Pronunciations:
        """Have words said so from now on, in the place of all kept pronunciations."""
        body = {"pronunciations": list(pronunciations), "shows": dict(shows or {})}
        return self._ask("PUT", _PRONUNCIATIONS, lambda answer: _read(Pronunciations, answer), json=body)

    def new_feed(self) -> str:
        """Return the address of a private feed of all of this owner's podcasts, told this once."""
        return self._ask("POST", _FEEDS, lambda answer: str(answer["url"]))

    def feeds(self) -> list[dict[str, Any]]:
        """Return the creation time of each of this owner's private feeds, and the ID of the key used for the
        creation."""
        return self._ask("GET", _FEEDS, lambda answer: list(answer["feeds"]))

    def revoke_feeds(self) -> None:
        """Take every private feed back."""
        self._ask("DELETE", _FEEDS, None)

    def share(self, workflow_id: str, days: int = 30) -> Share:
        """Let whoever has the share hear and read the podcast, for so many days."""
        body = {"days": days}
        return self._ask("POST", f"{_PODCASTS}/{workflow_id}/shares", lambda answer: _read(Share, answer), json=body)

    def shares(self, workflow_id: str) -> list[Share]:
        """Return the podcast's shares that are good."""

        def read(answer: dict[str, Any]) -> list[Share]:
            return [_read(Share, share) for share in answer["shares"]]

        return self._ask("GET", f"{_PODCASTS}/{workflow_id}/shares", read)

    def place(self, workflow_id: str) -> int:
        """Return the position that the owner has come to (ms), on whichever device."""
        return self._ask("GET", f"{_PODCASTS}/{workflow_id}/place", lambda answer: int(answer["position_ms"]))

    def keep_place(self, workflow_id: str, position_ms: int) -> None:
        """Keep the position for the owner's other devices. Each call is a write: once a minute will do."""
        path, body = f"{_PODCASTS}/{workflow_id}/place", {"position_ms": position_ms}
        self._ask("PUT", path, lambda answer: int(answer["position_ms"]), json=body)

    def moments(self, workflow_id: str) -> list[int]:
        """Return the turns of the script that the owner keeps as moments, by their index."""
        return self._ask("GET", f"{_PODCASTS}/{workflow_id}/place", lambda answer: list(answer["moments"]))

    def keep_moment(self, workflow_id: str, segment: int) -> None:
        """Keep a turn of the script, by its index."""
        self._ask("PUT", f"{_PODCASTS}/{workflow_id}/moments/{segment}", None)

    def forget_moment(self, workflow_id: str, segment: int) -> None:
        self._ask("DELETE", f"{_PODCASTS}/{workflow_id}/moments/{segment}", None)

    def usage_of(self, workflow_id: str) -> dict[str, Any]:
        """Return the characters that engines voiced of a podcast, and the cost of these in US dollars as far as
        known."""
        return self._ask("GET", f"{_PODCASTS}/{workflow_id}/usage", dict)

    def revoke_share(self, workflow_id: str, share_id: str) -> None:
        """Take a share back."""
        self._ask("DELETE", f"{_PODCASTS}/{workflow_id}/shares/{share_id}", None)

    def cancel(self, workflow_id: str) -> Podcast:
        """Stop making it."""
        return self._ask("POST", f"{_PODCASTS}/{workflow_id}/cancel", _podcast)

    def delete(self, workflow_id: str) -> None:
        self._ask("DELETE", f"{_PODCASTS}/{workflow_id}", None)

    def download(self, workflow_id: str, to: Path, kind: str = "audio") -> None:
        """Save one of a finished episode's files: `audio` (Ogg Opus), `mp3`, `m4a`, `transcript_vtt`, `cover`, …"""
        link = (self.podcast(workflow_id).artifacts or {}).get(kind)
        if link is None:
            raise AethercastError(409, "podcast_unfinished", f"There is no file of kind {kind}, or not yet.")
        try:
            with httpx2.stream("GET", link, timeout=TIMEOUT_S) as answer, to.open("wb") as file:
                answer.raise_for_status()
                for piece in answer.iter_bytes():
                    file.write(piece)
        except httpx2.HTTPError as error:
            raise AethercastError(0, "download_failed", str(error)) from error

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Aethercast:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _make(
        self, what: str, body: dict[str, Any], idempotency_key: str | None, params: Mapping[str, str] | None = None
    ) -> Accepted:
        asked = {name: value for name, value in body.items() if value not in (None, [])}
        sent = {"json": asked, "headers": {"X-Idempotency-Key": idempotency_key or uuid.uuid4().hex}, "params": params}
        return self._ask("POST", f"{_PODCASTS}/{what}", lambda answer: _read(Accepted, answer), **sent)

    def _edit(self, method: str, what: str, edits: Sequence[dict[str, Any]]) -> Podcast:
        """Send edits, done once even if sent again after a lost answer."""
        headers = {"X-Idempotency-Key": uuid.uuid4().hex}
        return self._ask(method, f"{_PODCASTS}/{what}", _podcast, json={"segments": list(edits)}, headers=headers)

    def _ask(self, method: str, path: str, read: Callable[[Any], T] | None, **more: Any) -> T:
        """Return the result of `read` on the answer's JSON; None where no answer is due, which a 204 says."""
        answer: T = self._retrying(self._ask_once, method, path, read, **more)
        return answer

    def _ask_once(self, method: str, path: str, read: Callable[[Any], Any] | None, **more: Any) -> Any:
        try:
            answer = self._http.request(method, path, **more)
        except httpx2.TransportError as error:
            raise AethercastError(0, "unreachable", str(error)) from error
        retry_after = answer.headers.get("Retry-After", "")
        retry_after_s = float(retry_after) if retry_after.isdigit() else 0.0
        try:
            if not answer.is_success:
                raise _problem(answer, retry_after_s)
            if read is None and answer.status_code == httpx2.codes.NO_CONTENT:
                return None
            if read is not None and _media_type(answer) == "application/json":
                return read(answer.json())
        except (ValueError, KeyError, TypeError):
            pass
        detail = f"What answered with HTTP {answer.status_code} was not the API."
        raise AethercastError(0, "not_the_api", detail, retry_after_s)


def _problem(answer: httpx2.Response, retry_after_s: float) -> AethercastError:
    """Return the RFC 9457 problem details of the API. Raises KeyError, TypeError and ValueError for all else."""
    told = answer.json()
    code, detail = str(told["code"]), str(told["detail"])
    if _media_type(answer) != "application/problem+json" or told["type"] != _PROBLEM + code:
        raise ValueError
    return AethercastError(answer.status_code, code, detail, retry_after_s)


def _media_type(answer: httpx2.Response) -> str:
    return str(answer.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


def _wait(state: Any) -> float:
    """Return how long to wait: as long as the API asks for, else 0.2 s, 0.4 s, … with jitter."""
    error = state.outcome.exception()
    asked = min(error.retry_after, _LONGEST_RETRY_AFTER_S) if isinstance(error, AethercastError) else 0.0
    return max(asked, wait_exponential_jitter(initial=0.2, max=10.0, jitter=0.2)(state))


def _read(kind: type[T], body: dict[str, Any]) -> T:
    """Fields added by a later version are no harm to this version."""
    return kind(**{known.name: body[known.name] for known in fields(kind) if known.name in body})  # type: ignore[arg-type]


def _document(path: Path) -> dict[str, str]:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return {"name": path.name, "content_type": kind, "data": base64.b64encode(path.read_bytes()).decode()}


def _podcast(body: dict[str, Any]) -> Podcast:
    return _read(Podcast, body)


def _page(body: dict[str, Any]) -> tuple[list[Podcast], str | None]:
    return [_podcast(entry) for entry in body["podcasts"]], body["next_page_token"]
