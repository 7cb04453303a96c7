"""What is heard: a segment of sound, and podcasts made of copies in Firestore and Cloud Storage."""

from __future__ import annotations

import itertools
import os
import random
import uuid
from array import array
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import urllib3
from google.cloud import firestore

from common.contract import PACKET_MS, PACKET_SAMPLES
from common.names import gs_uri, segment_object
from common.ogg import write_opus
from common.opus import encode, lookahead
from common.records import Segment
from common.states import STAGES, SegmentState, StageState, StreamState, WorkflowState
from common.store import paths
from common.tokens import new_token, token_hash

SEGMENT_PACKETS: Final = 500
"""A spoken turn of 10 s."""
SEGMENT_S: Final = SEGMENT_PACKETS * PACKET_MS / 1000
UPLOADING: Final = 4
_BATCH = 400
_TEXT = "Twice a day, along most of the world's coasts, the sea walks up the beach and walks away again. " * 2


@dataclass(frozen=True)
class Sound:
    """One segment, of which every podcast here is made: its packets, apart and joined."""

    packets: Sequence[bytes]
    data: bytes
    ends: Sequence[int]
    """Where each packet ends in `data`."""
    pre_skip: int

    @property
    def file(self) -> bytes:
        """As VFA stores it: Ogg Opus."""
        return write_opus(self.packets, self.pre_skip, serial=1)


def make_sound() -> Sound:
    """Ten seconds of noise, so that the encoder has use for all of its 32 kbit/s."""
    noise = array("h", random.Random(1).randbytes((SEGMENT_PACKETS + 8) * PACKET_SAMPLES * 2))
    quiet = array("h", (sample >> 3 for sample in noise))
    packets = list(itertools.islice(encode([quiet.tobytes()]), SEGMENT_PACKETS))
    return Sound(packets, b"".join(packets), list(itertools.accumulate(map(len, packets))), lookahead())


class Podcasts:
    """Puts podcasts where the streamer finds them."""

    def __init__(self, project: str, bucket: str, sound: Sound) -> None:
        self.db = firestore.Client(project=project)
        self._http = urllib3.PoolManager(maxsize=UPLOADING)
        self._bucket, self._sound, self._file = bucket, sound, sound.file

    def make(self, count: int, segments: int, forged: int | None = None) -> list[str]:
        """So many podcasts of so many segments; the ids of their workflows. Those after `forged` are scripted only.

        The audio of all segments is stored.
        """
        ready = segments if forged is None else forged
        workflows = [uuid.uuid4().hex for _ in range(count)]
        with ThreadPoolExecutor(UPLOADING) as pool:
            for _ in pool.map(self._upload, itertools.product(workflows, range(segments))):
                pass
        self._write(
            (self.db.document(*paths.segment(workflow, index)), self._segment(workflow, index, forged=index < ready))
            for workflow, index in itertools.product(workflows, range(segments))
        )
        told = _workflow(segments, over=ready == segments)
        self._write((self.db.document(*paths.workflow(workflow)), told) for workflow in workflows)
        return workflows

    def open_streams(self, workflows: Iterable[str]) -> list[str]:
        """A stream for each workflow named; their ids."""
        streams = [(new_token(), workflow) for workflow in workflows]
        self._write(
            (self.db.document(*paths.stream(token_hash(stream))), _stream(workflow)) for stream, workflow in streams
        )
        return [stream for stream, _ in streams]

    def forge(self, workflow: str, index: int) -> float:
        """Commit a segment as VFA does; the time in seconds since the epoch, as kept by Firestore."""
        facts = self._forged(workflow, index)
        written: Any = self.db.document(*paths.segment(workflow, index)).update(facts, timeout=30).update_time
        return float(written.timestamp())

    def _segment(self, workflow: str, index: int, *, forged: bool) -> dict[str, Any]:
        said = {"kind": "turn", "speaker": "Ada", "voice": "a", "language": "en", "text": _TEXT, "chapter": "Tides"}
        segment = Segment.of({"index": index, "state": SegmentState.SCRIPTED, **said}).document()
        return segment | (self._forged(workflow, index) if forged else {})

    def _forged(self, workflow: str, index: int) -> dict[str, Any]:
        return {
            "state": SegmentState.FORGED,
            "audio": gs_uri(self._bucket, segment_object(workflow, index)),
            "packets": SEGMENT_PACKETS,
            "pre_skip": self._sound.pre_skip,
            "duration_ms": SEGMENT_PACKETS * PACKET_MS,
            "forged_at": datetime.now(UTC),
        }

    def _upload(self, which: tuple[str, int]) -> None:
        # Thousands of objects: by plain requests, which cost a tenth of what the client library's do
        query = urlencode({"uploadType": "media", "name": segment_object(*which)})
        url = f"{os.environ['STORAGE_EMULATOR_HOST']}/upload/storage/v1/b/{self._bucket}/o?{query}"
        answer = self._http.request("POST", url, body=self._file, headers={"Content-Type": "audio/ogg"}, timeout=60)
        if answer.status != 200:
            raise RuntimeError(f"an upload was answered {answer.status}")

    def _write(self, documents: Iterable[tuple[firestore.DocumentReference, dict[str, Any]]]) -> None:
        remaining = iter(documents)
        while some := list(itertools.islice(remaining, _BATCH)):
            batch = self.db.batch()
            for reference, document in some:
                batch.set(reference, document)
            batch.commit(timeout=60)


def _workflow(segments: int, *, over: bool) -> dict[str, Any]:
    return {
        "title": "The tides",
        "state": WorkflowState.COMPLETED if over else WorkflowState.GENERATING,
        "stages": dict.fromkeys(STAGES, StageState.DONE if over else StageState.RUNNING),
        "segments_total": segments,
        "error": None,
    }


def _stream(workflow: str) -> dict[str, Any]:
    return {
        "workflow_id": workflow,
        "owner": "bench",
        "state": StreamState.OPEN,
        "generation": 0,
        "resume_hash": None,
        "expires_at": datetime.now(UTC) + timedelta(hours=2),
    }
