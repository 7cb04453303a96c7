"""An operation of the gateway: the fields of a row of the table in operations.py, and their consequences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from flask import Response
from pydantic import BaseModel

from functions.api_gateway import requests_schema as requests

OWNER: Final = "owner"
"""Whoever has an API key, or an ID token: called with `owner`."""
EVERYBODY: Final = "everybody"

Handler = Callable[..., Response]


@dataclass(frozen=True)
class Answer:
    """The answer to a caller where all is well. `body` is a model for JSON, a media type for anything else, or
    nothing."""

    status: HTTPStatus
    meaning: str
    body: type[BaseModel] | str | None = None


@dataclass(frozen=True, eq=False)
class Operation:
    """One method of one address. An operation without a `name` is in no document.

    `handler` is called with settings and request, with the owner if the operation has an owner, with the parts of the
    path, and with `asked`, the request's body, if the operation has a body.
    """

    method: str
    path: str
    handler: Handler
    answer: Answer
    name: str = ""
    summary: str = ""
    by: str = OWNER
    """OWNER, EVERYBODY, or the setting that says which of our own services."""
    asks: type[requests.Model] | None = None
    """The request's body."""
    query: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The parameters after the `?`, as JSON Schemas."""
    once: bool = False
    """Takes an `X-Idempotency-Key`: repeated, it is done once."""
    wakes: bool = False
    """Its caller may soon want a podcast to be made: everything that this takes is woken (common/waking.py)."""
    counted: bool = False
    """Against the quota of the caller's key, whatever the answer."""
    weight: int = 1
    """Where it is not counted: as how many requests its rate limit takes it."""
    counts: bool = False
    """Its handler commits the count with its own writes (quotas.py)."""
    shared: bool = False
    """Open to who has a share of the podcast, too: reads and hears, changes nothing."""
    refusals: tuple[HTTPStatus, ...] = ()
    """Problems of its own, beside those that follow from the fields above."""

    @property
    def problems(self) -> set[HTTPStatus]:
        """All statuses of the operation's possible answers where something is wrong."""
        found = {*self.refusals, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE}
        if self.by != EVERYBODY:
            found |= {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
        if "{" in self.path:
            found.add(HTTPStatus.NOT_FOUND)
        if self.asks or self.query:
            found.add(HTTPStatus.BAD_REQUEST)
        if self.asks:
            found.add(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if self.once:
            found |= {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}
        if self.by == OWNER or "{token}" in self.path:  # what counts against no quota has a rate limit (rate_limit.py)
            found.add(HTTPStatus.TOO_MANY_REQUESTS)
        return found
