"""Patience with an engine answering piece by piece: long for the first piece, short between two.

A socket's timeout is the same for all of an answer, and signs of life other than an answer keep the timeout from
passing. A watch beside the reader has a time for each.
"""

from __future__ import annotations

import time
from contextlib import suppress
from threading import Condition, Thread
from types import TracebackType
from typing import Self

import requests


class Patience:
    """Ends the reading of `response`, within the block, where nothing is `heard` for too long: from then on the reader
    meets the end of the answer, or a failure, and `lost` says why."""

    def __init__(self, response: requests.Response, first_s: float, silence_s: float) -> None:
        self._response = response
        self._silence_s = silence_s
        self._until = time.monotonic() + first_s
        self._changed = Condition()
        self._begun = self._over = False
        self.lost = False

    def heard(self) -> None:
        """Note a piece of the answer."""
        with self._changed:
            self._until = time.monotonic() + self._silence_s
            if not self._begun:  # the watch sleeps for longer; later it looks for itself
                self._begun = True
                self._changed.notify()

    def __enter__(self) -> Self:
        Thread(target=self._watch, daemon=True, name="patience").start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._over = True
            self._changed.notify()

    def _watch(self) -> None:
        with self._changed:
            while not self._over and (left := self._until - time.monotonic()) > 0:
                self._changed.wait(left)
            if self._over:
                return
            self.lost = True
        with suppress(OSError, ValueError, RuntimeError):  # it has ended by itself meanwhile
            self._response.raw.shutdown()
