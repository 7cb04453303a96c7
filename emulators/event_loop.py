"""The event loop of all emulators of a process, in a thread of its own while at least one of them runs.

They share it, for gRPC has one poller a process, which wakes every loop in it for every call: with a loop for each
emulator a call woke three threads, two of them for nothing.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from threading import Lock, Thread

THREAD = "emulators"
"""The name of its thread."""


class SharedLoop:
    """One event loop, started for its first user and ended, with all of its tasks, after the last."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._users = set[object]()
        """Held until they leave: whoever started one may have kept nothing but its address."""
        self._thread: Thread
        self._loop: asyncio.AbstractEventLoop
        self._unused: asyncio.Event

    def enter(self, user: object) -> asyncio.AbstractEventLoop:
        """Return the running loop, to be left again by `leave`."""
        with self._lock:
            if not self._users:
                running = Future[None]()
                self._thread = Thread(target=lambda: asyncio.run(self._run(running)), name=THREAD, daemon=True)
                self._thread.start()
                running.result()
            self._users.add(user)
            return self._loop

    def leave(self, user: object) -> None:
        with self._lock:
            self._users.discard(user)
            if not self._users:
                self._loop.call_soon_threadsafe(self._unused.set)
                self._thread.join()

    async def _run(self, running: Future[None]) -> None:
        self._loop, self._unused = asyncio.get_running_loop(), asyncio.Event()
        running.set_result(None)
        await self._unused.wait()
