"""Name the path of each document, in the parts that `Client.document` and `Client.collection` take.

In parts, since an id may hold a slash, which would split a path given as a single string.
"""

from __future__ import annotations

from common.records import segment_id

Path = tuple[str, ...]

WORKFLOWS: Path = ("workflows",)
STREAMS: Path = ("streams",)
FEEDS: Path = ("feeds",)
SHARES: Path = ("shares",)
PLACES: Path = ("places",)
API_KEYS: Path = ("api_keys",)
PRONUNCIATIONS: Path = ("pronunciations",)
OPENINGS: Path = ("openings",)
RATE_LIMITS: Path = ("rate_limits",)
USAGE: Path = ("usage",)
REMOVALS: Path = ("removals",)
WORK: Path = ("idempotency",)


def workflow(workflow_id: str) -> Path:
    return (*WORKFLOWS, workflow_id)


def segments(workflow_id: str) -> Path:
    return (*workflow(workflow_id), "segments")


def segment(workflow_id: str, index: int) -> Path:
    return (*segments(workflow_id), segment_id(index))


def stream(stream_hash: str) -> Path:
    return (*STREAMS, stream_hash)


def feed(token_hash: str) -> Path:
    return (*FEEDS, token_hash)


def share(share_id: str) -> Path:
    return (*SHARES, share_id)


def place(workflow_id: str) -> Path:
    return (*PLACES, workflow_id)


def api_key(key_hash: str) -> Path:
    return (*API_KEYS, key_hash)


def pronunciations(owner_hash: str) -> Path:
    return (*PRONUNCIATIONS, owner_hash)


def opening(key: str) -> Path:
    return (*OPENINGS, key)


def rate_limit(key_hash: str, window: int, shard: int = 0) -> Path:
    return (*RATE_LIMITS, f"{key_hash}:{window}:{shard}" if shard else f"{key_hash}:{window}")


def usage(key_hash: str, day: str, shard: int | None = None) -> Path:
    return (*USAGE, f"{key_hash}:{day}" if shard is None else f"{key_hash}:{day}:{shard}")


def removal(workflow_id: str) -> Path:
    return (*REMOVALS, workflow_id)


def work(record_id: str) -> Path:
    return (*WORK, record_id)
