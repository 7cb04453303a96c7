"""A running stack, as its own parts find it."""

from __future__ import annotations

import select
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

from local.stack import Stack


def test_functions_leave_it_to_their_callers_to_close_a_connection(stack: Stack) -> None:
    """Or one may write to a connection in the moment in which it is closed; gunicorn's own patience is 2 s."""
    with ExitStack() as held:
        kept = []
        for url in (stack.urls["api_gateway"], stack.urls["editions"]):  # the shared process, and one of its own
            connection = held.enter_context(closing(HTTPConnection(urlsplit(url).netloc, timeout=30)))
            connection.request("GET", "/")
            connection.getresponse().read()
            kept.append(connection.sock)
        closed, _, _ = select.select(kept, [], [], 4)
    assert not closed
