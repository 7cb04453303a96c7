"""Calls between our own services: HTTP with an OpenID Connect token made out to the one that is called.

A public service gets it as it was sent. To a private one it is sent twice, with an authenticator of ours: the platform
checks the one in `X-Serverless-Authorization` and takes its signature away, and the service checks the one in
`Authorization`, or, should that have come without its signature as well, the authenticator (common/oidc.py).
https://cloud.google.com/run/docs/authenticating/service-to-service
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

import google.auth.exceptions
import jwt
import requests
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2 import id_token
from requests.adapters import HTTPAdapter
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
from common.settings import Settings

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

    def post(self, path: str, body: Any, *, timeout: float, headers: dict[str, str] | None = None) -> Any:
        """POST JSON, and return the JSON of the answer. `timeout` is seconds for the whole answer to begin.

        Raises the same typed error that the service raised (Refused, Busy or Broken with its code), or ServiceBroken
        where it did not answer at all.
        """
        with self._request(path, body, timeout, headers, stream=False) as response:
            return response.json()

    @contextmanager
    def stream(
        self, path: str, body: Any, *, timeout: float, headers: dict[str, str] | None = None
    ) -> Iterator[Iterator[bytes]]:
        """POST JSON, and iterate over the answer's lines as they arrive. `timeout` is seconds between two of them."""
        with self._request(path, body, timeout, headers, stream=True) as response:
            yield self._lines(response)

    def _lines(self, response: requests.Response) -> Iterator[bytes]:
        try:
            # chunk_size None: hand on whatever has arrived
            yield from (line for line in response.iter_lines(chunk_size=None) if line)
        except requests.RequestException as error:
            raise ServiceBroken("service_broke_off", "Another of our services broke off in mid-answer.") from error

    def _request(
        self, path: str, body: Any, timeout: float, headers: dict[str, str] | None, *, stream: bool
    ) -> requests.Response:
        try:
            response = self._session().post(
                self._url + path, json=body, headers=headers, timeout=(5, timeout), stream=stream
            )
        except (requests.RequestException, google.auth.exceptions.GoogleAuthError) as error:
            raise ServiceBroken("service_unreachable", "Another of our services did not answer.") from error
        if not response.ok:
            with response:
                raise _error_of(response)
        return response

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
            session.mount("http://", HTTPAdapter(pool_maxsize=64, max_retries=_RETRIES))
            session.mount("https://", HTTPAdapter(pool_maxsize=64, max_retries=_RETRIES))
            self._session_or_none = session
        return self._session_or_none


def _error_of(response: requests.Response) -> AethercastError:
    """The typed error that a problem+json answer stands for."""
    try:
        body = response.json()
        return error_from(response.status_code, str(body["code"]), str(body["detail"]))
    except (ValueError, KeyError, TypeError):
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
