"""Weights of voices that no package carries: fetched once, whole or not at all, and the same bytes for everybody.

A file is known by its path, length and SHA-256. Whatever came before a connection broke is kept beside it (`.part`) and
continued, where the server takes ranges (RFC 9110, section 14); processes in need of the same file wait for each other;
and a file with another checksum is never used. In the cloud the files are in the audio bucket.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final, Protocol

import requests

from common.errors import AethercastError, EngineBroken
from common.settings import Settings

PREFIX: Final = "voices/"
"""Of the names of weights in the audio bucket."""
BUCKET: Final = "bucket"
NOWHERE: Final = "none"
TRIES: Final = 5
"""In a row that bring no more of a file than `_PROGRESS` of it: a line that breaks often is no reason to give up."""
_PROGRESS: Final = 0.01
_WRONG_SUMS: Final = 2
"""What came whole with another checksum so often is not the file that is meant."""
_LONGEST_WAIT_S: Final = 4.0
_PATIENCE: Final = (5, 20)
"""Seconds to connect, and between two pieces."""
_PIECE: Final = 64 * 1024
"""What of an answer is lost with its connection, at most."""

Told = Callable[[int, int], None]
"""Is told how many bytes of a file are here, and of how many."""


def silently(_done: int, _whole: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class File:
    """A file of weights: its path at every source, the last part of which is its name here, and its size in bytes."""

    path: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


class Source(Protocol):
    """A place that files come from."""

    def address(self, file: File) -> str:
        """Return the place of a file, for people."""
        ...

    def read(self, file: File, offset: int) -> Iterator[bytes]:
        """Return the file from `offset` on; a first piece of nothing means from its beginning all the same. Raises
        _Final where another try would end alike, OSError or ServiceBroken for whatever may pass."""
        ...


class _Final(Exception):
    """A failure that another try cannot mend."""


class Web:
    """A server of files below `base`, an address."""

    def __init__(self, base: str) -> None:
        self._base = base.rstrip("/")

    def address(self, file: File) -> str:
        return f"{self._base}/{file.path}"

    def read(self, file: File, offset: int) -> Iterator[bytes]:
        # A compressed answer would have other ranges
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})
        with requests.get(self.address(file), headers=headers, stream=True, timeout=_PATIENCE) as answer:
            if answer.status_code in {401, 403, 404, 410}:
                raise _Final(f"the server says {answer.status_code}")
            if answer.status_code == 416:  # there is less than we have: it cannot be of this file
                yield b""
                return
            answer.raise_for_status()
            goes_on = answer.status_code == 206 and answer.headers.get("Content-Range", "").startswith(
                f"bytes {offset}-"
            )
            if not goes_on:
                yield b""
            yield from answer.iter_content(_PIECE)


class Bucket:
    """The audio bucket, where all files lie side by side, as they do here."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def address(self, file: File) -> str:
        return f"gs://{self._settings.audio_bucket}/{PREFIX}{file.name}"

    def read(self, file: File, offset: int) -> Iterator[bytes]:
        from common.blobs import read_object
        from common.errors import NotFound

        try:
            whole = read_object(self._settings, f"{PREFIX}{file.name}")
        except NotFound:
            raise _Final("nobody has put it there") from None
        yield b""
        yield whole


class Weights:
    """The files in `folder`, fetched from `source`, None where nothing may be fetched. `otherwise`: what a person can
    do instead."""

    def __init__(self, folder: Path, source: Source | None, *, published: Source, otherwise: str) -> None:
        self._folder = folder
        self._source = source
        self._published = published
        self._otherwise = otherwise

    def present(self, file: File) -> bool:
        return _is_whole(self._folder / file.name, file)

    def path(self, file: File, told: Told = silently) -> Path:
        """Return the file on this machine, fetched if need be. Raises EngineBroken, with a detail for the person in
        charge."""
        path = self._folder / file.name
        if _is_whole(path, file):
            return path
        if self._source is None:
            raise self._missing(file, "downloads are switched off")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with _only_one(self._folder / f"{file.name}.lock"):
                if not _is_whole(path, file):  # another process may have been here meanwhile
                    self._fetch(file, path, self._source, told)
        except OSError as error:
            raise self._missing(file, f"the folder cannot be written to ({error.strerror or error})") from None
        return path

    def _fetch(self, file: File, path: Path, source: Source, told: Told) -> None:
        part = path.with_name(f"{file.name}.part")
        why, wrong, vain, most = "", 0, 0, _size(part)
        while vain < TRIES and wrong < _WRONG_SUMS:
            if vain or wrong:
                time.sleep(min(_LONGEST_WAIT_S, 0.1 * 2**vain))
            try:
                _go_on(source, file, part, told)
            except _Final as error:
                raise self._missing(file, str(error)) from None
            except (requests.RequestException, AethercastError) as error:
                why = f"the connection failed ({type(error).__name__})"
            except OSError as error:
                with suppress(OSError):
                    part.unlink()  # nobody else should suffer from a full disk
                raise self._missing(file, f"it could not be written ({error.strerror or error})") from None
            else:
                why = "the server ended early"
            have = _size(part)
            if have < file.size:
                vain = 0 if have - most > _PROGRESS * file.size else vain + 1
                most = max(most, have)
            elif _sum(part) == file.sha256:
                part.replace(path)
                return
            else:
                part.unlink()
                why, wrong, most = "what came has another checksum", wrong + 1, 0
        raise self._missing(file, why)

    def _missing(self, file: File, why: str) -> EngineBroken:
        source = self._source or self._published
        detail = (
            f"The voice's file {file.name} ({file.size / 1e6:.0f} MB) is not here: {why}. Put what is at "
            f"{source.address(file)} into {self._folder}, or {self._otherwise}."
        )
        return EngineBroken("engine_weights_missing", detail)


def folder_of(settings: Settings) -> Path:
    """Return the place for weights on this machine, made at the first fetch: by the settings, else among the user's
    caches."""
    if settings.voice_weights_folder:
        return Path(settings.voice_weights_folder).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aethercast" / "voices"


def source_of(settings: Settings, published: Source) -> Source | None:
    """Return the source according to the settings: the bucket, another server, nowhere, else where they are
    published."""
    match settings.voice_weights:
        case "":
            return published
        case name if name == BUCKET:
            return Bucket(settings)
        case name if name == NOWHERE:
            return None
        case base:
            return Web(base)


def _is_whole(path: Path, file: File) -> bool:
    """Tell whether the file is there; its checksum was right when it got its name."""
    try:
        return path.stat().st_size == file.size
    except OSError:
        return False


def _size(path: Path) -> int:
    """So many bytes are there, none where there is no such file."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def _only_one(lock: Path) -> Iterator[None]:
    """Wait until no other process or thread is within, and keep others out."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _go_on(source: Source, file: File, part: Path, told: Told) -> None:
    """Add to `part` whatever is missing of the file, at most."""
    have = _size(part)
    if have >= file.size:
        return
    pieces = source.read(file, have)
    first = next(pieces, b"")  # nothing is written before there is something to write
    if not first:
        part.unlink(missing_ok=True)
        have = 0
    with part.open("ab") as out:
        for piece in chain([first], pieces):
            have += len(piece)
            if have > file.size:
                raise requests.ConnectionError("longer than it should be")
            out.write(piece)
            told(have, file.size)
        out.flush()
        os.fsync(out.fileno())  # its name, which comes next, promises that all of it is there


def _sum(path: Path) -> str:
    with path.open("rb") as whole:
        return hashlib.file_digest(whole, "sha256").hexdigest()
