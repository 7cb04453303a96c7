"""Turns that an embedded engine speaks at a time: as many as there are cores, for one turn keeps one busy."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from common.errors import EngineBusy, EngineRefused

MAX_CHARACTERS: Final = 5_000
WAIT_S: Final = 10.0


class Turns:
    """Room for `most` turns at a time."""

    def __init__(self, most: int | None = None) -> None:
        self._free = threading.BoundedSemaphore(most or os.cpu_count() or 1)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Have room for one turn. Raises EngineBusy where there is none in time."""
        if not self._free.acquire(timeout=WAIT_S):
            raise EngineBusy("engine_busy", "All voices are speaking at the moment.")
        try:
            yield
        finally:
            self._free.release()


def require_short(text: str) -> None:
    """Raises EngineRefused for a turn of more than MAX_CHARACTERS."""
    if len(text) > MAX_CHARACTERS:
        detail = f"One turn of {len(text)} characters is more than the {MAX_CHARACTERS} that can be spoken at once."
        raise EngineRefused("engine_text_long", detail)
