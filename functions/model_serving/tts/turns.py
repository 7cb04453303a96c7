"""Turns that an embedded engine speaks at a time: as many as there are cores, for one turn keeps one busy.

Room goes to the turn that somebody waits for in silence, then to whoever came first. Without an order a podcast's next
turn may come after all of its later ones, and the listener is out of sound meanwhile. Long turns that nobody waits for
yet give way in their middle.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import Final

from common.errors import EngineBusy, EngineRefused

MAX_CHARACTERS: Final = 5_000
WAIT_S: Final = 10.0
_awaited: ContextVar[bool] = ContextVar("awaited", default=False)


@contextmanager
def awaited(in_silence: bool) -> Iterator[None]:
    """Have the turns of this block, in this thread, go before those that nobody waits for yet."""
    token = _awaited.set(in_silence)
    try:
        yield
    finally:
        _awaited.reset(token)


class Turns:
    """Room for `most` turns at a time."""

    def __init__(self, most: int | None = None) -> None:
        self._free = most or os.cpu_count() or 1
        self._numbers = count()
        self._waiting: set[tuple[bool, int]] = set()
        self._changed = threading.Condition()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Have room for one turn. Raises EngineBusy where there is none in time."""
        self._enter(WAIT_S)
        try:
            yield
        finally:
            self._leave()

    def giving_way(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the pieces of a turn that has room. Between two of them a turn that nobody waits for lets those go
        before it that somebody does; there are few, and it waits for them as long as it takes."""
        for piece in pieces:
            yield piece
            if not _awaited.get() and any(not later for later, _ in tuple(self._waiting)):
                self._leave()
                self._enter(None)

    def _leave(self) -> None:
        with self._changed:
            self._free += 1
            self._changed.notify_all()

    def _enter(self, patience_s: float | None) -> None:
        with self._changed:
            place = (not _awaited.get(), next(self._numbers))
            self._waiting.add(place)
            try:
                if not self._changed.wait_for(lambda: self._free and min(self._waiting) == place, patience_s):
                    raise EngineBusy("engine_busy", "All voices are speaking at the moment.")
                self._free -= 1
            finally:
                self._waiting.remove(place)
                self._changed.notify_all()  # there may be room for the next as well


def require_short(text: str) -> None:
    """Raises EngineRefused for a turn of more than MAX_CHARACTERS."""
    if len(text) > MAX_CHARACTERS:
        detail = f"One turn of {len(text)} characters is more than the {MAX_CHARACTERS} that can be spoken at once."
        raise EngineRefused("engine_text_long", detail)
