"""Patience with a parser: so much of the processor, after which a document is read in a plainer way.

A parser may take a time that grows with the square of some line's length. The process of a document ends with its time
(`sandbox.py`), and with the process all that a plainer reader would have made of the document.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_AGAIN_S = 0.1
"""Until it is ended once more: what is raised within a callback of the garbage collector is lost."""


class _Over(BaseException):
    """No Exception, of which parsers catch all kinds."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """End what is inside after so many seconds of the processor, quietly. Only a main thread can be ended so."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*_: object) -> None:
        raise _Over

    before = signal.signal(signal.SIGVTALRM, end)
    try:
        with suppress(_Over):
            try:
                signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN_S)
                yield
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
