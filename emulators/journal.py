"""A durable dictionary: the state an emulator must find again after the stack was stopped or killed."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

logger = logging.getLogger(__name__)


class NotKept(Exception):
    """A write unable to outlive this process; nothing of the write was done."""


class Journal:
    """String keys to bytes, written through to one SQLite file; without a path nothing is kept.

    Survives SIGKILL of the process (SQLite's write-ahead log), not a power cut: fsync is left out for speed.
    """

    def __init__(self, path: Path | None) -> None:
        self._lock = Lock()
        self._db: sqlite3.Connection | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=OFF")
            self._db.execute("CREATE TABLE IF NOT EXISTS journal (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID")

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
