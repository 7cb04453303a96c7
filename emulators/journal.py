"""A durable dictionary: the state an emulator must find again after the stack was stopped or killed."""

from __future__ import annotations

import fcntl
import logging
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import IO

logger = logging.getLogger(__name__)

_ENDING_S = 3.0


class NotKept(Exception):
    """A write unable to outlive this process; nothing of the write was done."""


class Unusable(RuntimeError):
    """A data directory, or a file in it, with which nothing can be started; the text says why."""


def hold(directory: Path) -> IO[str]:
    """Keep a data directory from every other process until the returned file is closed, or this process ends.

    Two that went on from the same state would each undo what the other tells as done. One that is just ending is
    waited for. Raises Unusable, OSError.
    """
    directory.mkdir(parents=True, exist_ok=True)
    held = (directory / "in-use").open("w")
    until = time.monotonic() + _ENDING_S
    while not _locked(held):
        if time.monotonic() > until:
            held.close()
            raise Unusable(f"{directory} is in use: stop what runs over it, or choose another directory.")
        time.sleep(0.05)
    return held


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Journal:
    """String keys to bytes, written through to one SQLite file; without a path nothing is kept.

    Survives SIGKILL of the process (SQLite's write-ahead log), not a power cut: fsync is left out for speed.
    """

    def __init__(self, path: Path | None) -> None:
        """Open the file. Raises Unusable for one that is no journal, or that cannot be written."""
        self._lock = Lock()
        self._db: sqlite3.Connection | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
                self._db.execute("PRAGMA journal_mode=WAL")
                self._db.execute("PRAGMA synchronous=OFF")
                self._db.execute("CREATE TABLE IF NOT EXISTS journal (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")
            except sqlite3.Error as error:
                raise Unusable(f"{path} cannot be used: {error}.") from error

    def items(self) -> list[tuple[str, bytes]]:
        """Everything kept, in key order."""
        if self._db is None:
            return []
        with self._lock:
            return self._db.execute("SELECT key, value FROM journal ORDER BY key").fetchall()

    def write(self, puts: Iterable[tuple[str, bytes]] = (), deletes: Iterable[str] = ()) -> None:
        """Apply all puts and deletes as one transaction. Raises NotKept where none could be: on a full disk, say.

        To be called before the same is done in memory, and before any caller is told of its completion.
        """
        if self._db is None:
            return
        with self._lock:
            try:
                self._db.execute("BEGIN")
                self._db.executemany("INSERT OR REPLACE INTO journal VALUES (?, ?)", puts)
                self._db.executemany("DELETE FROM journal WHERE key = ?", ((key,) for key in deletes))
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise NotKept(f"The data directory does not take it: {error}.") from error

    def write_if_possible(self, puts: Iterable[tuple[str, bytes]] = (), deletes: Iterable[str] = ()) -> None:
        """Apply all as `write` does, where a failure is no loss: a task already done is merely done again."""
        try:
            self.write(puts, deletes)
        except NotKept as error:
            logger.warning("after a restart something will be done again: %s", error)

    def clear(self) -> None:
        if self._db is not None:
            with self._lock:
                self._db.execute("DELETE FROM journal")

    def close(self) -> None:
        if self._db is not None:
            with self._lock:
                self._db.close()
                self._db = None
