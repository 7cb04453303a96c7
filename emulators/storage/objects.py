"""What a storage emulator keeps: buckets and objects with generations, preconditions and hashes."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import google_crc32c

from emulators.journal import Journal


class StorageError(Exception):
    """An answer other than success: an HTTP `status`, Google's `reason`, and a sentence."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status, self.reason, self.message = status, reason, message


@dataclass
class Object:
    """One object. `generation` changes with the content, `metageneration` with the metadata."""

    bucket: str
    name: str
    content: bytes
    content_type: str
    generation: int
    metageneration: int
    created: str
    updated: str
    settings: dict[str, Any] = field(default_factory=dict)
    """What the client set beside the content: metadata, cacheControl, contentDisposition, …"""
    components: int = 0
    """Of how many objects it was composed; 0 for one that was uploaded."""

    @property
    def crc32c(self) -> str:
        return base64.b64encode(google_crc32c.value(self.content).to_bytes(4, "big")).decode()

    @property
    def etag(self) -> str:
        return f"{self.generation:x}-{self.metageneration:x}"

    @property
    def md5(self) -> str:
        return base64.b64encode(hashlib.md5(self.content, usedforsecurity=False).digest()).decode()


@dataclass(frozen=True)
class Preconditions:
    """Conditions on the present object (generation 0: there is none). None: no such condition."""

    generation: int | None = None
    not_generation: int | None = None
    metageneration: int | None = None
    not_metageneration: int | None = None

    @classmethod
    def of(cls, arguments: Mapping[str, str], suffix: str = "") -> Preconditions:
        """Read the preconditions in the query of a request: `ifGenerationMatch` and its kin."""

        def read(name: str) -> int | None:
            value = arguments.get(f"if{suffix}{name}")
            return None if value is None else int(value)

        return cls(
            read("GenerationMatch"),
            read("GenerationNotMatch"),
            read("MetagenerationMatch"),
            read("MetagenerationNotMatch"),
        )

    def check(self, found: Object | None, *, reading: bool = False) -> None:
        """Raise StorageError 412 where one does not hold, or 304 where a read is for something newer alone."""
        generation = found.generation if found else 0
        metageneration = found.metageneration if found else 0
        failed = (self.generation is not None and self.generation != generation) or (
            self.metageneration is not None and self.metageneration != metageneration
        )
        unwanted = (self.not_generation is not None and self.not_generation == generation) or (
            self.not_metageneration is not None and self.not_metageneration == metageneration
        )
        if unwanted and reading and not failed:
            raise StorageError(304, "notModified", "Not Modified")
        if failed or unwanted:
            raise StorageError(412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.")


@dataclass(frozen=True)
class Replacing:
    """Whether an object may be replaced: `require` raises StorageError where not. `first`: before preconditions."""

    require: Callable[[], None]
    first: bool


class Objects:
    """All buckets and objects, thread-safe, kept in a journal where that has a file."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lock = threading.RLock()
        self._buckets: dict[str, dict[str, Any]] = {}
        self._objects: dict[tuple[str, str], Object] = {}
        self._generation = 0
        for key, value in journal.items():
            self._load(key, value)

    def reset(self) -> None:
        with self._lock:
            self._buckets.clear()
            self._objects.clear()
            self._journal.clear()

    # Buckets

    def create_bucket(self, name: str, settings: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            if name in self._buckets:
                raise StorageError(409, "conflict", "Your previous request to create the named bucket succeeded.")
            return self._keep_bucket(name, {"timeCreated": _now(), **_settings_of_bucket(settings)})

    def bucket(self, name: str) -> dict[str, Any]:
        with self._lock:
            if name not in self._buckets:
                raise StorageError(404, "notFoundBucket", "The specified bucket does not exist.")
            return self._buckets[name]

    def buckets(self) -> list[dict[str, Any]]:
        with self._lock:
            return [self._buckets[name] for name in sorted(self._buckets)]

    def patch_bucket(self, name: str, settings: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            merged = {**self.bucket(name), **_settings_of_bucket(settings)}
            return self._keep_bucket(name, {key: value for key, value in merged.items() if value is not None})

    def delete_bucket(self, name: str) -> None:
        with self._lock:
            self.bucket(name)
            if any(bucket == name for bucket, _ in self._objects):
                raise StorageError(409, "conflict", "The bucket you tried to delete is not empty.")
            self._journal.write(deletes=[f"bucket/{name}"])
            del self._buckets[name]

    # Objects

    def put(
        self,
        bucket: str,
        name: str,
        content: bytes,
        settings: dict[str, Any],
        preconditions: Preconditions,
        components: int = 0,
        replacing: Replacing | None = None,
    ) -> Object:
        """Write a new generation. The hashes that the client gives in `settings` must be the content's.

        Over an existing object, `replacing` decides on the replacement.
        """
        settings = {key: value for key, value in settings.items() if value is not None}
        if not 1 <= len(name.encode()) <= _MAX_NAME_BYTES or "\n" in name or "\r" in name:
            raise StorageError(400, "invalid", f"An object's name has 1 to {_MAX_NAME_BYTES} bytes and no line break.")
        with self._lock:
            self.bucket(bucket)
            taken = self._objects.get((bucket, name))
            if taken and replacing and replacing.first:
                replacing.require()
            preconditions.check(taken)
            if taken and replacing:
                replacing.require()
            self._generation = max(self._generation + 1, int(datetime.now(UTC).timestamp() * 1e6))
            now = _now()
            content_type = settings.pop("contentType", None) or "application/octet-stream"
            given = settings.pop("crc32c", None), settings.pop("md5Hash", None)
            new = Object(
                bucket, name, content, content_type, self._generation, 1, now, now, _settable(settings), components
            )
            for kind, wanted, found in (("crc32c", given[0], new.crc32c), ("md5Hash", given[1], new.md5)):
                if wanted is not None and wanted != found:
                    raise StorageError(400, "invalid", f"Provided {kind} {wanted!r} is not the content's, {found!r}.")
            return self._keep(new)

    def get(
        self,
        bucket: str,
        name: str,
        preconditions: Preconditions | None = None,
        generation: int | None = None,
    ) -> Object:
        """Return the object, of the named generation if any. Raises StorageError 404, 412 or 304."""
        with self._lock:
            self.bucket(bucket)
            found = self._objects.get((bucket, name))
            if found is None or generation not in {None, found.generation}:
                raise StorageError(404, "notFound", f"No such object: {bucket}/{name}")
            if preconditions:
                preconditions.check(found, reading=True)
            return found

    def patch(
        self,
        bucket: str,
        name: str,
        settings: dict[str, Any],
        preconditions: Preconditions,
        generation: int | None = None,
    ) -> Object:
        """Change what is said about an object; None removes a field, or a key of its metadata."""
        with self._lock:
            found = self.get(bucket, name, generation=generation)
            preconditions.check(found)
            merged = {**found.settings, **_settable(settings)}
            if settings.get("metadata"):
                merged["metadata"] = {**(found.settings.get("metadata") or {}), **settings["metadata"]}
                merged["metadata"] = {key: value for key, value in merged["metadata"].items() if value is not None}
            content_type = merged.pop("contentType", None) or found.content_type
            return self._keep(
                replace(
                    found,
                    settings={key: value for key, value in merged.items() if value is not None},
                    content_type=content_type,
                    metageneration=found.metageneration + 1,
                    updated=_now(),
                )
            )

    def delete(
        self, bucket: str, name: str, preconditions: Preconditions | None = None, generation: int | None = None
    ) -> None:
        with self._lock:
            found = self.get(bucket, name, generation=generation)
            if preconditions:
                preconditions.check(found)
            self._journal.write(deletes=[f"object/{bucket}/{name}"])
            del self._objects[bucket, name]

    def matching(self, bucket: str, prefix: str, start: str, end: str) -> Iterator[Object]:
        """Yield the objects of a bucket by name, from `start` on and before `end` (empty: no such bound)."""
        with self._lock:
            self.bucket(bucket)
            names = sorted(name for held, name in self._objects if held == bucket and name.startswith(prefix))
            found = [self._objects[bucket, name] for name in names if name >= start and (not end or name < end)]
        yield from found

    def _keep(self, kept: Object) -> Object:
        facts = {key: value for key, value in asdict(kept).items() if key != "content"}
        header = json.dumps(facts).encode()
        record = len(header).to_bytes(4, "big") + header + kept.content
        self._journal.write([(f"object/{kept.bucket}/{kept.name}", record)])
        self._objects[kept.bucket, kept.name] = kept
        return kept

    def _keep_bucket(self, name: str, settings: dict[str, Any]) -> dict[str, Any]:
        kept = {**settings, "name": name, "id": name, "kind": "storage#bucket", "updated": _now()}
        kept["metageneration"] = str(int(kept.get("metageneration", 0)) + 1)
        self._journal.write([(f"bucket/{name}", json.dumps(kept).encode())])
        self._buckets[name] = kept
        return kept

    def _load(self, key: str, value: bytes) -> None:
        kind, _, rest = key.partition("/")
        if kind == "bucket":
            self._buckets[rest] = json.loads(value)
            return
        length = int.from_bytes(value[:4], "big")
        facts = json.loads(value[4 : 4 + length])
        loaded = Object(**facts, content=value[4 + length :])
        self._objects[loaded.bucket, loaded.name] = loaded
        self._generation = max(self._generation, loaded.generation)


_MAX_NAME_BYTES = 1024
_SETTABLE = frozenset({"contentType", "metadata", "cacheControl", "contentDisposition", "contentLanguage"})
# What names the object and what the client read before; the emulator knows the one storage class.
_IGNORED = frozenset({"name", "bucket", "kind", "id"})
_BUCKET_SETTABLE = frozenset({"cors", "labels", "location", "locationType", "iamConfiguration"})


def _settable(settings: dict[str, Any]) -> dict[str, Any]:
    if settings.get("storageClass", "STANDARD") != "STANDARD":
        raise StorageError(501, "notImplemented", f"not implemented here: storageClass {settings['storageClass']}")
    if unknown := settings.keys() - _SETTABLE - _IGNORED - {"storageClass"}:
        raise StorageError(501, "notImplemented", f"not implemented here: object field {', '.join(sorted(unknown))}")
    return {key: value for key, value in settings.items() if key in _SETTABLE}


def _settings_of_bucket(settings: dict[str, Any]) -> dict[str, Any]:
    if unknown := settings.keys() - _BUCKET_SETTABLE - _IGNORED:
        raise StorageError(501, "notImplemented", f"not implemented here: bucket field {', '.join(sorted(unknown))}")
    return {key: value for key, value in settings.items() if key in _BUCKET_SETTABLE}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
