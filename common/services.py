"""Calls between our own services: HTTP with an OpenID Connect token made out to the one that is called.

A public service gets it as it was sent. To a private one it is sent twice, with an authenticator of ours: the platform
checks the one in `X-Serverless-Authorization` and takes its signature away, and the service checks the one in
`Authorization`, or, should that have come without its signature as well, the authenticator (common/oidc.py).
https://cloud.google.com/run/docs/authenticating/service-to-service

A connection may be lost without a word (pools.py). So a caller may name several patiences: a call whose answer does not
begin within the first is made once more over a new connection, with the next. One that has begun is known to go on by
its heartbeats (heartbeats.py).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, cast

import google.auth.exceptions
import jwt
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2 import id_token
from urllib3.util.retry import Retry

from common import authenticator
from common.errors import (
    AethercastError,
    Busy,
    EngineBroken,
    EngineBusy,
    EngineRefused,
    NotFound,
    Refused,
    ServiceBroken,
)
from common.heartbeats import HEADER, LINES, SILENCE_S
from common.pools import IDLE_S, FreshAdapter
from common.settings import Settings

CONNECT_S: Final = 5.0
ATTEMPT: Final = "X-Attempt"
"""Header of a call that is made once more: what came of the first is not known."""
BEGINS_WITHIN_S: Final = (6.0, 14.0)
"""How soon an answer with heartbeats begins: at once, where the callee has a place free; else the platform lets the
call wait for one, or for a new instance, some 10 s (https://cloud.google.com/run/docs/about-instance-autoscaling)."""

Patience = float | tuple[float, ...]
"""Seconds for an answer to begin; of several, each but the last for an attempt that is not the last. The last is also
how long a part of an answer may take to come, heartbeats or not."""

# A connection that was refused was never used, so asking again repeats nothing; answers are the caller's to judge.
_RETRIES = Retry(total=None, connect=3, read=0, status=0, other=0, backoff_factor=0.2, backoff_jitter=0.2)


@cache
def service(url: str) -> Service:
    """The public service at `url`, its session shared by the threads of this process."""
    return Service(url)


@cache
def private_service(settings: Settings, url: str) -> Service:
    """The private service at `url`, likewise."""
    return Service(url, ToPrivate(settings))


class ToPrivate(requests.auth.AuthBase):
    """Adds what a private service asks for to a request that has its token: the last that is done to it."""

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

    def post(self, path: str, body: Any, *, timeout: Patience, headers: dict[str, str] | None = None) -> Any:
        """POST JSON, and return the JSON of the answer.

        Raises the same typed error that the service raised (Refused, Busy or Broken with its code), or ServiceBroken
        where it did not answer at all.
        """
        accept = {"Accept": f"{LINES}, application/json;q=0.9"}
        with self._request(path, body, timeout, {**accept, **(headers or {})}) as response:
            if response.headers.get("Content-Type") != LINES:
                return _json(response)
            answer = None
            for line in self._lines(response, timeout):  # to its end, so that the connection can be used again
                answer = json.loads(line)
                if answer.get("type") == "error":
                    raise error_from(answer["status"], answer["code"], answer["detail"])
            if answer is None:
                raise _broke_off()
            return answer

    @contextmanager
    def stream(
        self, path: str, body: Any, *, timeout: Patience, headers: dict[str, str] | None = None
    ) -> Iterator[Iterator[bytes]]:
        """POST JSON, and iterate over the answer's lines as they arrive."""
        with self._request(path, body, timeout, headers) as response:
            yield self._lines(response, timeout)

    def _lines(self, response: requests.Response, timeout: Patience) -> Iterator[bytes]:
        """The lines that say something. Raises ServiceBroken where the connection ends, is lost, or none comes."""
        patience = _each(timeout)[-1]
        _expect_within(response, SILENCE_S if HEADER in response.headers else patience)
        said_at = time.monotonic()
        try:
            for line in response.iter_lines(chunk_size=None):  # chunk_size None: hand on whatever has arrived
                if line:
                    yield line
                    said_at = time.monotonic()
                elif time.monotonic() - said_at > patience:
                    raise ServiceBroken("service_too_slow", "Another of our services takes too long.")
        except requests.RequestException as error:
            self._distrust()
            raise _broke_off() from error

    def _request(self, path: str, body: Any, timeout: Patience, headers: dict[str, str] | None) -> requests.Response:
        patience = _each(timeout)
        if time.monotonic() - self._answered_at > IDLE_S:  # then the connection is new, and the callee may be cold
            patience = patience[1:] or patience
        for attempt, begins_within_s in enumerate(patience, start=1):
            again = {ATTEMPT: str(attempt)} if attempt > 1 else {}
            try:
                response = self._session().post(
                    self._url + path,
                    json=body,
                    headers={**(headers or {}), **again},
                    timeout=(CONNECT_S, begins_within_s),
                    stream=True,
                )
                break
            except (requests.RequestException, google.auth.exceptions.GoogleAuthError) as error:
                if attempt == len(patience) or not isinstance(error, requests.ReadTimeout):
                    raise ServiceBroken("service_unreachable", "Another of our services did not answer.") from error
        self._answered_at = time.monotonic()
        if not response.ok:
            with response:
                raise _error_of(response)
        return response

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
            session.max_redirects = 0  # a token is for nobody else
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


def _json(response: requests.Response) -> Any:
    try:
        return response.json()
    except requests.RequestException as error:
        raise _broke_off() from error


def _broke_off() -> ServiceBroken:
    return ServiceBroken("service_broke_off", "Another of our services broke off in mid-answer.")


def _error_of(response: requests.Response) -> AethercastError:
    """The typed error that a problem+json answer stands for."""
    try:
        body = response.json()
        return error_from(response.status_code, str(body["code"]), str(body["detail"]))
    except (ValueError, KeyError, TypeError, requests.RequestException):
        detail = f"Another of our services answered {response.status_code}."
        return error_from(response.status_code, "service_failed", detail)


def error_from(status: int, code: str, detail: str) -> AethercastError:
    """The typed error of an HTTP status and a problem's code: how an error keeps its type from service to service."""
    by_engine = code.startswith("engine_")
    if status in {409, 429, 503}:
        return EngineBusy(code, detail) if by_engine else Busy(code, detail)
    if status == 404:
        return NotFound(code, detail)
    if 400 <= status < 500:
        return EngineRefused(code, detail) if by_engine else Refused(code, detail)
    return EngineBroken(code, detail) if by_engine else ServiceBroken(code, detail)
