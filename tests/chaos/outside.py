"""The world outside: a page used as a source, and a customer's server for webhooks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler

from tests.websites import answer, website


@dataclass(frozen=True)
class Outside:
    """A server on this machine with a /page and a /hook; `told` are the ids of the podcasts reported to the server."""

    url: str
    told: set[str]


@contextmanager
def outside(text: str) -> Iterator[Outside]:
    """The outside world, with a page of the given `text`."""
    told: set[str] = set()

    def hook(handler: BaseHTTPRequestHandler) -> None:
        told.add(handler.headers["webhook-id"])
        answer(b"", status=204)(handler)

    with website() as site:
        site.pages = {"/page": answer(text, "text/plain; charset=utf-8"), "/hook": hook}
        yield Outside(site.url, told)
