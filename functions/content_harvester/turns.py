"""Places for simultaneous work, shared fairly among the owners asking for a place."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """So many `places`, the last given to no owner with another place.

    A free place goes to the owner with the fewest, of equals to the first to ask. So whatever an owner hands in, other
    owners wait for one piece of work at most.
    """

    def __init__(self, places: int) -> None:
        self._places = places
        self._changed = threading.Condition()
        self._working: Counter[str] = Counter()
        self._waiting: list[tuple[str, object]] = []

    @contextmanager
    def turn(self, owner: str, within_s: float) -> Iterator[None]:
        """Provide a place for as long as the context lasts. Raises TimeoutError where none is free `within_s`."""
        ticket = (owner, object())
        with self._changed:
            self._waiting.append(ticket)
            try:
                if not self._changed.wait_for(lambda: self._next() is ticket, within_s):
                    raise TimeoutError
                self._working[owner] += 1
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._working[owner] -= 1
                self._working += Counter()  # forgets those with none
                self._changed.notify_all()

    def _next(self) -> tuple[str, object] | None:
        """Find the ticket that is next, if any."""
        free = self._places - self._working.total()
        if not free or not self._waiting:
            return None
        ticket = min(self._waiting, key=lambda waiting: self._working[waiting[0]])
        return None if free == 1 < self._places and self._working[ticket[0]] else ticket
