"""Calls between our own services: HTTP with an OpenID Connect token made out to the called service.

A public service gets the token as sent. A private service gets the token twice, with an authenticator of ours: the
platform checks the one in `X-Serverless-Authorization` and takes its signature away, and the service checks the one in
`Authorization`, or, should that have come without its signature as well, the authenticator (common/oidc.py).
https://cloud.google.com/run/docs/authenticating/service-to-service

Between two services stands the platform, which may answer in place of the called service: 401 and 403 in HTML
for the minutes that a binding takes to arrive, 404 while there is no revision, 429 and 503 when all are busy, 500, 502
and 504 for one that has crashed (https://cloud.google.com/run/docs/troubleshooting). So nothing is taken for a
service's own answer but what bears its mark:

    2xx, of the media type that was asked for, and of the shape     -> the answer
    problem+json of ours (common/problems.py)                       -> the error that the service raised
    anything else, and no answer at all: does the service answer? its `/` tells, at no cost                  ->
    ServiceBroken; Busy for a 429 or 503 it does not                                                 -> ServiceAway

A service that is there has been asked, and may have paid for what came to nothing: such failures are counted. A
service away was not asked, and is waited for.

A connection may be lost without a word (pools.py). So a caller may name several patiences: a call whose answer does not
begin within the first is made once more over a new connection, with the next. A begun answer shows its progress by
heartbeats (heartbeats.py).
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, Final, TypeVar, cast

import google.auth.exceptions
import jwt
import requests
import urllib3
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2 import id_token
from urllib3.util.retry import Retry

from common import authenticator, tracing
from common.beside import beside
from common.errors import (
    AethercastError,
    Busy,
    EngineBroken,
    EngineBusy,
    EngineRefused,
    Refused,
    ServiceAway,
    ServiceBroken,
)
from common.heartbeats import HEADER, LINES, SILENCE_S
from common.logs import fields
from common.pools import IDLE_S, FreshAdapter
from common.problems import READY, read_problem
from common.settings import Settings

logger = logging.getLogger(__name__)

T = TypeVar("T")
JSON: Final = "application/json"
CONNECT_S: Final = 5.0
THERE_S: Final = 3.0
_PIECE_BYTES: Final = 65_536
ATTEMPT: Final = "X-Attempt"
"""Header of a call that is made once more: what came of the first is not known."""
BEGINS_WITHIN_S: Final = (6.0, 14.0)
"""How soon an answer with heartbeats begins: at once, where the callee has a place free; else the platform lets the
call wait for one, or for a new instance, some 10 s (https://cloud.google.com/run/docs/about-instance-autoscaling)."""

Patience = float | tuple[float, ...]
"""Seconds for an answer to begin; of several, each but the last for an attempt that is not the last. The last is also
how long a line of an answer may take to come, heartbeats or not, and how long an answer that has none may take."""

# A connection that was refused was never used, so asking again repeats nothing; answers are the caller's to judge.
_RETRIES = Retry(total=None, connect=3, read=0, status=0, other=0, backoff_factor=0.2, backoff_jitter=0.2)


@cache
def service(url: str) -> Service:
    """Return the public service at `url`, its session shared by the threads of this process."""
    return Service(url)


@cache
def private_service(settings: Settings, url: str) -> Service:
    """Return the private service at `url`, likewise."""
    return Service(url, ToPrivate(settings))


class ToPrivate(requests.auth.AuthBase):
    """Adds a private service's further header to a request with a token: the last that is done to it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        identity = request.headers["Authorization"]
        claims = jwt.decode(identity.partition(" ")[2], options={"verify_signature": False})  # our own
        request.headers["X-Serverless-Authorization"] = identity
        request.headers[authenticator.HEADER] = authenticator.sign(
            self._settings,
            caller=claims["email"],
            target=str(request.url),
            headers=request.headers,
            body=cast("bytes", request.body or b""),  # of JSON
            lifetime=authenticator.CALL_LIFETIME,
        )
        return request


class Service:
    """One of our services, at the base URL `url`. `auth` is done to every request."""

    def __init__(self, url: str, auth: requests.auth.AuthBase | None = None) -> None:
        self._url, self._auth = url.rstrip("/"), auth
        self._session_or_none: AuthorizedSession | None = None
        self._answered_at = 0.0

    def post(
        self,
        path: str,
        body: Any,
        *,
        read: Callable[[Any], T],
        timeout: Patience,
        headers: dict[str, str] | None = None,
    ) -> T:
        """POST JSON, and return the result of `read` on the JSON of the answer.

        `read` raises KeyError, TypeError or ValueError for an unknown shape. Raises the same typed error that the
        service raised (Refused, Busy or Broken with its code), or an error named above.
        """
        with tracing.call(f"answer to {path}"):
            *_, last = self._parts(path, body, read, timeout, headers)
            return last

    def post_early(
        self, path: str, body: Any, *, read: Callable[[Any], T], timeout: Patience
    ) -> tuple[T, Callable[[], T]]:
        """POST JSON as `post` does, to a service that answers twice: before it stores what it answers with, and after.

        Returns the first answer, and how to wait for the last, which comes on another thread meanwhile.
        """
        with tracing.call(f"answer to {path}"):
            parts = self._parts(path, body, read, timeout, None)
            first = next(parts)
        return first, beside(lambda: [first, *parts][-1]).result

    def _parts(
        self, path: str, body: Any, read: Callable[[Any], T], timeout: Patience, headers: dict[str, str] | None
    ) -> Iterator[T]:
        """Yield each part of an answer, at least one, to its end, so that the connection can be used again."""
        accept = {"Accept": f"{LINES}, {JSON};q=0.9"}
        with self._answer(path, body, timeout, {**accept, **(headers or {})}, (JSON, LINES)) as response:
            try:
                if _media_type(response) == JSON:
                    yield read(json.loads(_whole(response, _each(timeout)[-1])))
                    return
                told: Any = None
                for told in self._messages(response, timeout):
                    if told.get("type") == "error":
                        raise error_from(told["status"], told["code"], told["detail"], told.get("calls", 0))
                    yield read(told)
                if told is None:
                    raise ValueError("an answer without a line")
            except (requests.RequestException, KeyError, TypeError, ValueError) as error:
                raise self._error_for(response.status_code, "garbled") from error

    @contextmanager
    def stream(
        self, path: str, body: Any, *, timeout: Patience, headers: dict[str, str] | None = None
    ) -> Iterator[Iterator[dict[str, Any]]]:
        """POST JSON, and iterate over the objects of a NDJSON answer as they arrive.

        Whether the last object is the last, only the objects' protocol can tell: a connection cut between two lines may
        look closed in order.
        """
        with self._answer(path, body, timeout, headers, (LINES,)) as response:
            yield self._messages(response, timeout)

    def _messages(self, response: requests.Response, timeout: Patience) -> Iterator[dict[str, Any]]:
        """Yield the lines that say something. Raises what is above where the connection ends, is lost, or none
        comes."""
        patience = _each(timeout)[-1]
        _expect_within(response, SILENCE_S if HEADER in response.headers else patience)
        said_at, unfinished = time.monotonic(), b""
        try:
            for piece in response.iter_content(chunk_size=None):  # chunk_size None: hand on whatever has arrived
                *lines, unfinished = (unfinished + piece).split(b"\n")
                for line in filter(bytes.strip, lines):
                    yield dict(json.loads(line))
                    said_at = time.monotonic()
                if time.monotonic() - said_at > patience:
                    raise ServiceBroken("service_too_slow", "Another of our services takes too long.")
            if unfinished.strip():
                yield dict(json.loads(unfinished))
        except requests.RequestException as error:
            self._distrust()
            raise self._error_for(response.status_code, "broke off") from error
        except (TypeError, ValueError) as error:
            raise self._error_for(response.status_code, "garbled") from error

    def _answer(
        self,
        path: str,
        body: Any,
        timeout: Patience,
        headers: dict[str, str] | None,
        media_types: Collection[str],
    ) -> requests.Response:
        """Return an answer that bears the mark of a success of the service's own."""
        try:
            response = self._begun(path, body, timeout, headers or {})
        except (requests.RequestException, google.auth.exceptions.GoogleAuthError) as error:
            raise self._error_for(None, "unreachable") from error
        self._answered_at = time.monotonic()
        if 200 <= response.status_code < 300 and _media_type(response) in media_types:
            return response
        with response:
            told = _problem(response)
            if told is not None:
                raise error_from(response.status_code, *told)
            raise self._error_for(response.status_code, "answered for")

    def _begun(self, path: str, body: Any, timeout: Patience, headers: dict[str, str]) -> requests.Response:
        """Return an answer that has begun, to whichever attempt."""
        patience = _each(timeout)
        if time.monotonic() - self._answered_at > IDLE_S:  # then the connection is new, and the callee may be cold
            patience = patience[1:] or patience
        for attempt, begins_within_s in enumerate(patience, start=1):
            again = {ATTEMPT: str(attempt)} if attempt > 1 else {}
            try:
                return self._session().post(
                    self._url + path,
                    json=body,
                    headers={**headers, **again},
                    timeout=(CONNECT_S, begins_within_s),
                    stream=True,
                    allow_redirects=False,  # a token is for nobody else
                )
            except requests.ReadTimeout:
                if attempt == len(patience):
                    raise
        raise AssertionError("a call has at least one patience")

    def _error_for(self, status: int | None, what: str) -> AethercastError:
        """Return the error for a foreign or incomplete answer."""
        there = self._there()
        logger.warning("%s: %s", self._url, what, extra=fields(status=status, there=there))
        error: AethercastError
        if not there:
            error = ServiceAway()
        elif status in {429, 503}:
            error = Busy("service_busy", "Another of our services is busy.")
        else:
            error = ServiceBroken("service_failed", "Another of our services did not answer as it should.")
        if what != "answered for" and (there or status is not None):  # it was asked, and what came of that is not known
            error.calls = None
        return error

    def connect(self) -> None:
        """Have a token and a connection before the first call, as far as they can be had."""
        with suppress(ServiceBroken):
            self._there()

    def _there(self) -> bool:
        """Tell whether the service itself answers at its `/` (common/readiness.py): ready, or the reason against."""
        try:
            where, patience = f"{self._url}/", (THERE_S, THERE_S)
            with self._session().get(where, timeout=patience, allow_redirects=False, stream=True) as answer:
                told = _whole(answer, THERE_S)
                return read_problem(_media_type(answer), told) is not None or json.loads(told) == READY
        except (requests.RequestException, google.auth.exceptions.GoogleAuthError, ValueError):
            return False

    def _distrust(self) -> None:
        """Use no connection again that is idle now: one was lost."""
        self._session().close()

    def _session(self) -> AuthorizedSession:
        if self._session_or_none is None:
            try:
                credentials = id_token.fetch_id_token_credentials(self._url, Request())
            except google.auth.exceptions.GoogleAuthError as error:
                raise ServiceBroken("no_identity", "This service has no identity to call others with.") from error
            session = AuthorizedSession(credentials, refresh_timeout=10)
            session.auth = self._auth
            session.trust_env = False  # there is no proxy between our services, and to look for one takes a while
            for scheme in ("http://", "https://"):
                session.mount(scheme, FreshAdapter(pool_maxsize=64, max_retries=_RETRIES))
            self._session_or_none = session
        return self._session_or_none


def _each(patience: Patience) -> tuple[float, ...]:
    return patience if isinstance(patience, tuple) else (patience,)


def _expect_within(response: requests.Response, seconds: float) -> None:
    """Have each further read of an answer end within so many seconds: requests has one time for the first and these."""
    connection = response.raw.connection
    if connection is not None and connection.sock is not None:  # it is not ours any more where it ends with the answer
        connection.sock.settimeout(seconds)


def _media_type(response: requests.Response) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _whole(response: requests.Response, within_s: float) -> bytes:
    """Return the body of an answer, after its head. Raises ConnectionError where it ends early, or not in that time,
    for each read of it may be short and none the last."""
    deadline, body = time.monotonic() + within_s, bytearray()
    try:
        while piece := response.raw.read1(_PIECE_BYTES, decode_content=True):
            body += piece
            if time.monotonic() > deadline:
                response.close()
                raise requests.ConnectionError("the answer does not come to its end")
    except urllib3.exceptions.HTTPError as error:
        raise requests.ConnectionError(str(error)) from error
    return bytes(body)


def _problem(response: requests.Response) -> tuple[str, str] | None:
    """Code and detail of the service's own, complete problem."""
    try:
        return read_problem(_media_type(response), _whole(response, THERE_S))
    except requests.RequestException:
        return None


def error_from(status: int, code: str, detail: str, calls: int = 0) -> AethercastError:
    """Return the typed error of an HTTP status and a problem's code: how an error keeps its type from service to
    service.

    401, 403, 404 and 405 are said of our call and not of the work: a key in rotation, a version in rollout. The same
    work may well be asked for again.
    """
    by_engine = code.startswith("engine_")
    error: AethercastError
    if status in {409, 429, 503}:
        error = EngineBusy(code, detail) if by_engine else Busy(code, detail)
    elif 400 <= status < 500 and status not in {401, 403, 404, 405}:
        error = EngineRefused(code, detail) if by_engine else Refused(code, detail)
    else:
        error = EngineBroken(code, detail) if by_engine else ServiceBroken(code, detail)
    error.calls = calls
    return error
