"""A proxy whose connections can be lost without a word, as behind a forgetful middlebox.

The proxy passes TCP on, whatever the protocol above. A lost connection stays open and takes all bytes, but nothing
comes out any more and neither end is told: no FIN, no RST, as if all packets went astray. (A kernel
acknowledges all received bytes, so TCP's own timers notice nothing either: the most that can go wrong.)
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from types import TracebackType

_BYTES = 65536


class SilentProxy:
    """Stands before `behind` ("host:port"). Use as a context manager; `address` is where it listens."""

    def __init__(self, behind: str) -> None:
        self._host, _, port = behind.rpartition(":")
        self._port = int(port)
        self._held = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.address = f"127.0.0.1:{self._held.getsockname()[1]}"
        self.connections = 0
        """How many there have been."""
        self._lost = 0
        self._new_are_lost = False
        self._carrying: set[asyncio.Task[None]] = set()
        """Held here, for a loop forgets tasks that nobody waits for: the connection would be closed."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="silent proxy", daemon=True)

    def __enter__(self) -> SilentProxy:
        self._thread.start()
        started = asyncio.start_server(self._accept, sock=self._held)
        self._server = asyncio.run_coroutine_threadsafe(started, self._loop).result(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async def stop() -> None:
            self._server.close()
            carrying = list(self._carrying)
            for task in carrying:
                task.cancel()
            await asyncio.gather(*carrying, return_exceptions=True)
            await asyncio.sleep(0)  # in which their sockets are closed

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def lose(self, *, new_too: bool = False) -> None:
        """Lose every connection that there is; with `new_too`, also those to come, until it is called again.

        After the return, nothing comes out any more.
        """

        async def forget() -> None:
            self._lost = self.connections
            self._new_are_lost = new_too

        asyncio.run_coroutine_threadsafe(forget(), self._loop).result(10)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._carry(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        if self._new_are_lost:
            self._lost = number
        try:
            there, here = await asyncio.open_connection(self._host, self._port)
        except OSError:
            writer.transport.abort()
            return
        try:
            await asyncio.gather(self._pipe(number, reader, here), self._pipe(number, there, writer))
        except asyncio.CancelledError:
            for end in (here, writer):
                end.transport.abort()
            raise

    async def _pipe(self, number: int, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(_BYTES):
                if number > self._lost:
                    sink.write(data)
                    await sink.drain()
        if number > self._lost:  # the end of a lost connection gets no further either
            sink.close()
