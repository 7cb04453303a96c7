"""Calls between our own services: HTTP with an OpenID Connect token made out to the one that is called.

Between two services stands the platform, which answers for the one that is called as it sees fit: 401 and 403 in HTML
for the minutes that a binding takes to arrive, 404 while there is no revision, 429 and 503 when all are busy, 500, 502
and 504 for one that has crashed (https://cloud.google.com/run/docs/troubleshooting). So nothing is taken for a
service's own answer but what bears its mark:

    2xx, of the media type that was asked for, and of the shape     -> the answer
    problem+json of ours (common/problems.py)                       -> the error that the service raised
    anything else, and no answer at all: is the service there?
        it says so at its `/`, which costs nothing                  -> ServiceBroken; Busy for a 429 or 503
        it does not                                                 -> ServiceAway

A service that is there has been asked, and may have paid for what came to nothing: such failures are counted. One that
is away has not, and is waited for.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, TypeVar

import google.auth.exceptions
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2 import id_token
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

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
from common.logs import fields
from common.problems import read_problem
from common.readiness import READY

logger = logging.getLogger(__name__)

T = TypeVar("T")
JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"
CONNECT_TIMEOUT_S: Final = 5.0
THERE_TIMEOUT_S: Final = 3.0

# A connection that was refused was never used, so asking again repeats nothing; answers are the caller's to judge.
_RETRIES = Retry(total=None, connect=3, read=0, status=0, other=0, backoff_factor=0.2, backoff_jitter=0.2)


@cache
def service(url: str) -> Service:
    """The service at `url`, its session shared by the threads of this process."""
    return Service(url)


class Service:
    """One of our services, at the base URL `url`."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session_or_none: AuthorizedSession | None = None

    def post(
        self,
        path: str,
        body: Any,
        *,
        read: Callable[[Any], T],
        timeout: float,
        headers: dict[str, str] | None = None,
    ) -> T:
        """POST JSON, and return what `read` makes of the JSON of the answer. `timeout` is seconds for it to begin.

        `read` raises KeyError, TypeError or ValueError for what is not of the shape that it knows. Raises the same
        typed error that the service raised (Refused, Busy or Broken with its code), or one of those above.
        """
        with self._answer(path, body, timeout, headers, JSON) as response:
            try:
                return read(json.loads(response.content))
            except (KeyError, TypeError, ValueError) as error:
                raise self._error_for(response.status_code, "garbled") from error

    @contextmanager
    def stream(
        self, path: str, body: Any, *, timeout: float, headers: dict[str, str] | None = None
    ) -> Iterator[Iterator[dict[str, Any]]]:
        """POST JSON, and iterate over the objects of a NDJSON answer as they arrive. `timeout` is seconds between two.

        Whether the last of them is the last, only the protocol that they belong to can tell: a connection that is cut
        between two lines may look like one that was closed in order.
        """
        with self._answer(path, body, timeout, headers, NDJSON, stream=True) as response:
            yield self._messages(response)

    def _messages(self, response: requests.Response) -> Iterator[dict[str, Any]]:
        try:
            # chunk_size None: hand on whatever has arrived
            for line in filter(None, response.iter_lines(chunk_size=None)):
                yield dict(json.loads(line))
        except (requests.RequestException, TypeError, ValueError) as error:
            raise self._error_for(response.status_code, "broke off") from error

    def _answer(
        self,
        path: str,
        body: Any,
        timeout: float,
        headers: dict[str, str] | None,
        media_type: str,
        *,
        stream: bool = False,
    ) -> requests.Response:
        """An answer that bears the mark of a success of the service's own."""
        try:
            response = self._session().post(
                self._url + path,
                json=body,
                headers=headers,
                timeout=(CONNECT_TIMEOUT_S, timeout),
                stream=stream,
                allow_redirects=False,
            )
        except (requests.RequestException, google.auth.exceptions.GoogleAuthError) as error:
            raise self._error_for(None, "unreachable") from error
        if 200 <= response.status_code < 300 and _media_type(response) == media_type:
            return response
        with response:
            told = _problem(response)
            if told is not None:
                raise error_from(response.status_code, *told)
            raise self._error_for(response.status_code, "answered for")

    def _error_for(self, status: int | None, what: str) -> AethercastError:
        """The error for what is not an answer of the service's own, or not a whole one."""
        there = self._there()
        logger.warning("%s: %s", self._url, what, extra=fields(status=status, there=there))
        if not there:
            return ServiceAway()
        if status in {429, 503}:
            return Busy("service_busy", "Another of our services is busy.")
        return ServiceBroken("service_failed", "Another of our services did not answer as it should.")

    def _there(self) -> bool:
        """Whether the service itself answers at its `/` (common/readiness.py): that it is ready, or why it is not."""
        try:
            answer = self._session().get(
                f"{self._url}/", timeout=(THERE_TIMEOUT_S, THERE_TIMEOUT_S), allow_redirects=False
            )
            return _problem(answer) is not None or answer.json() == READY
        except (requests.RequestException, google.auth.exceptions.GoogleAuthError):
            return False

    def _session(self) -> AuthorizedSession:
        if self._session_or_none is None:
            try:
                credentials = id_token.fetch_id_token_credentials(self._url, Request())
            except google.auth.exceptions.GoogleAuthError as error:
                raise ServiceBroken("no_identity", "This service has no identity to call others with.") from error
            session = AuthorizedSession(credentials, refresh_timeout=10)
            session.trust_env = False  # there is no proxy between our services, and to look for one takes a while
            session.mount("http://", HTTPAdapter(pool_maxsize=64, max_retries=_RETRIES))
            session.mount("https://", HTTPAdapter(pool_maxsize=64, max_retries=_RETRIES))
            self._session_or_none = session
        return self._session_or_none


def _media_type(response: requests.Response) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _problem(response: requests.Response) -> tuple[str, str] | None:
    """Code and detail of the problem that the service tells, if it is the service that speaks, and to the end."""
    try:
        return read_problem(_media_type(response), response.content)
    except requests.RequestException:
        return None


def error_from(status: int, code: str, detail: str) -> AethercastError:
    """The typed error of an HTTP status and a problem's code: how an error keeps its type from service to service.

    401, 403, 404 and 405 are said of our call and not of the work: a key that is being rotated, a version that is being
    rolled out. The same work may well be asked for again.
    """
    by_engine = code.startswith("engine_")
    if status in {409, 429, 503}:
        return EngineBusy(code, detail) if by_engine else Busy(code, detail)
    if 400 <= status < 500 and status not in {401, 403, 404, 405}:
        return EngineRefused(code, detail) if by_engine else Refused(code, detail)
    return EngineBroken(code, detail) if by_engine else ServiceBroken(code, detail)
