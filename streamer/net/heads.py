"""A gunicorn worker whose threads never wait for a request's head: it is collected first, by a deadline.

gthread gives a connection a thread as soon as a byte is there, and the thread then waits for the rest, as long as
something comes now and then: as many clients as there are threads, each with a byte every few seconds, and nobody else
is served. Here a thread takes what has arrived and puts the connection back among those that are waited for by epoll.

Nor do they wait for a body that nobody has read: gthread reads it to its end before the connection goes on, for as long
as something of it comes now and then. Here such a connection ends with its answer.

And gthread closes connections on the one loop that all others wait for, each for up to two seconds until its client has
closed, too: whoever does not would have nobody accepted meanwhile. Here the thread that has served one closes it.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Any, Final
from weakref import WeakKeyDictionary

from gunicorn import util  # type: ignore[import-untyped]
from gunicorn.workers import gthread  # type: ignore[import-untyped]

HEAD_WITHIN_S: Final = 10.0
LINGERING: Final = 8
"""Threads, of all that serve, that may wait for clients to close; who is closed besides is not waited for."""
_END = b"\r\n\r\n"
_MOST = 64 * 1024
"""Bytes of a head that are collected; gunicorn's parser, which allows less, refuses what is longer."""


class HeadFirstWorker(gthread.ThreadWorker):  # type: ignore[misc]
    """See the module. A connection without a complete head ten seconds after its first byte is closed."""

    pending_conns: deque[Any]
    """Of gthread: connections on which it waits for more, those soonest due first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._heads: WeakKeyDictionary[Any, Head] = WeakKeyDictionary()
        self._may_linger = threading.BoundedSemaphore(LINGERING)

    def handle(self, conn: Any) -> Any:
        """Serve a connection in a thread, and close it there unless it goes on."""
        goes_on = self._serve(conn)
        if not goes_on:
            self._close(conn.sock)
        return goes_on

    def finish_request(self, conn: Any, served: Any) -> None:
        """Take a connection back from its thread, on the loop."""
        if served.cancelled() or served.exception() or served.result():
            super().finish_request(conn, served)
        else:
            self.nr_conns -= 1

    def _keepalive_after(self, conn: Any, keepalive: Any) -> bool:
        """Tell whether a connection goes on after an answer: not where some of the request's body is unread."""
        return bool(keepalive) and getattr(conn.parser.mesg.body.reader, "length", None) == 0

    def _close(self, sock: Any) -> None:
        """Close a connection so that its last answer arrives, though the client may be sending yet (RFC 9112, 9.6)."""
        if not self._may_linger.acquire(blocking=False):
            util.close(sock)
            return
        try:
            util.close_graceful(sock)
        finally:
            self._may_linger.release()

    def _serve(self, conn: Any) -> Any:
        """Serve a connection whose head is complete; defer it where more is to come, end it where it is late."""
        if conn.initialized and conn.parser.unreader.buf.getvalue():
            return super().handle(conn)  # the next request has come with the body of the one before
        head = self._heads.setdefault(conn, Head())
        try:
            complete = head.take_from(conn.sock)
        except OSError:
            return False
        if not complete:
            return gthread._DEFER if time.monotonic() < head.until else False
        del self._heads[conn]
        if not head.data:
            return False
        conn.data_ready = True
        conn.init()
        conn.parser.unreader.unread(bytes(head.data))
        return super().handle(conn)

    def murder_pending(self) -> None:
        """Close who has begun a request and is late with its head, be it silent or still saying a byte now and then.

        To gthread they wait as idle connections do, for longer and anew after each byte. It closes from the left, up to
        the first that is in time.
        """
        for conn in self.pending_conns:
            if (head := self._heads.get(conn)) and head.data:
                conn.timeout = min(conn.timeout, head.until)
        self.pending_conns = deque(sorted(self.pending_conns, key=lambda conn: conn.timeout))
        super().murder_pending()


class Head:
    """The beginning of a request, as far as it has come."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.until = time.monotonic() + HEAD_WITHIN_S

    def take_from(self, sock: Any) -> bool:
        """Take what has arrived, without waiting; tell whether that is all there will be of the head."""
        sock.setblocking(False)
        while _END not in self.data and len(self.data) < _MOST:
            if not self.data:
                self.until = time.monotonic() + HEAD_WITHIN_S
            try:
                piece = sock.recv(_MOST)
            except BlockingIOError:
                return False
            if not piece:
                return True
            self.data += piece
        return True
