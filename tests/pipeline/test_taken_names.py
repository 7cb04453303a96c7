"""A name that is taken, in whichever way Cloud Storage says so: who died after storing goes on, and nothing is lost.

An account that may create and not delete is told 412 or 403; Google does not say which check comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from typing import Any

import pytest
from google.cloud.storage import Blob
from google.cloud.storage.exceptions import InvalidResponse
from google.cloud.storage.fileio import BlobWriter
from requests import Response

from common.artifacts import FILES
from common.blob_writer import compose_object, object_writer
from common.blobs import create_object
from common.errors import Busy, ServiceBroken
from common.idempotency import Claim, Outcome
from common.names import episode_object
from common.policy import POLICIES
from functions.mastering.prefetch import packets_of_turns
from tests.pipeline.manual_delivery import ACCOUNT, ManualDelivery, manual_delivery

TEXT = (
    "The tide is the rise and fall of the sea. The Moon pulls at the water, and the water follows it around the Earth. "
    "Twice a month the Sun and the Moon pull together, and the tides are highest. Sailors have known this for ages."
)
STORES = ("objectViewer", "objectCreator")
"""What each agent may do that stores."""


@pytest.fixture(scope="module", params=[False, True], ids=["412", "403"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManualDelivery]:
    with (
        pytest.MonkeyPatch.context() as patch,
        manual_delivery(
            tmp_path_factory.mktemp("cloud"), patch, roles=STORES, taken_is_forbidden=request.param
        ) as agents,
    ):
        yield agents


@pytest.fixture
def agents(all_agents: ManualDelivery) -> ManualDelivery:
    """With that of the editions, which stores as well."""
    return all_agents


def whole(agents: ManualDelivery, workflow_id: str) -> bool:
    """Whether the podcast is finished, with every due file, each of the reported size."""
    workflow, stored = agents.workflow(workflow_id), agents.objects()
    assert (workflow["state"], workflow["error"]) == ("COMPLETED", None)
    assert all(segment["state"] == "FORGED" and not segment.get("apology") for segment in agents.segments(workflow_id))
    sizes = {kind: len(stored[episode_object(workflow_id, file.name)]) for kind, file in FILES.items()}
    return bool(workflow["artifact_bytes"] == sizes)


def refusal() -> InvalidResponse:
    """How the client hands on that a piece of an upload was refused."""
    answer = Response()
    answer.status_code = HTTPStatus.PRECONDITION_FAILED
    return InvalidResponse(answer, "Precondition failed")


AT_LENGTH = pytest.mark.parametrize(
    "running",
    [pytest.param(False, id="412", marks=pytest.mark.nightly), pytest.param(True, id="403")],
    indirect=True,
    scope="module",
)
"""By day by the answer that other tests' repetitions do not get."""


@AT_LENGTH
@pytest.mark.parametrize("agent", ["content_harvester", "voice_forge", "mastering", "editions"])
def test_an_agent_that_died_after_storing_goes_on(
    agent: str, agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = Claim.commit
    died: set[str] = set()

    def dying(self: Claim, outcome: Outcome) -> None:
        record = self._record.id
        if record.startswith(f"{agent}:") and record not in died and not outcome.failed:
            died.add(record)
            raise ServiceBroken("store_unreachable", "The result could not be stored.")
        commit(self, outcome)

    monkeypatch.setattr(Claim, "commit", dying)
    workflow_id = agents.generate(TEXT)
    agents.drain()
    assert died
    assert whole(agents, workflow_id)
    assert all(record["attempt"] == 2 for name, record in agents.records().items() if name in died)


@AT_LENGTH
def test_a_mastering_that_died_with_half_of_its_files_goes_on(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: Counter[str] = Counter()

    def dying(*args: Any, at: str) -> Any:
        begun[at] += 1
        if begun[at] == 1 or (at, begun[at]) == ("editions", 3):
            raise ServiceBroken("storage_unreachable", "An object could not be read.")
        return packets_of_turns(*args)

    for module in ("ogg_episode", "editions"):
        monkeypatch.setattr(f"functions.mastering.{module}.packets_of_turns", partial(dying, at=module))
    workflow_id = agents.generate(TEXT)
    agents.drain()
    assert whole(agents, workflow_id)
    # Neither file that was stored is made again: an MP3 that fails, the MP3, an M4A that fails, the M4A
    assert begun == {"ogg_episode": 2, "editions": 4}


@AT_LENGTH
def test_a_file_whose_storing_was_not_answered_is_not_made_again(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was stored is sent again, as its answer is lost, and then refused for its own name: at the end of an upload
    and where parts are joined."""
    close, compose = BlobWriter.close, Blob.compose
    sent: list[str] = []

    def closed_twice(self: BlobWriter) -> None:
        close(self)
        sent.append(str(self._blob.name))
        raise refusal()

    def composed_twice(self: Blob, *args: Any, **settings: Any) -> None:
        compose(self, *args, **settings)
        sent.append(str(self.name))
        compose(self, *args, **settings)

    monkeypatch.setattr(BlobWriter, "close", closed_twice)
    monkeypatch.setattr(Blob, "compose", composed_twice)
    workflow_id = agents.generate(TEXT)
    agents.drain()
    assert whole(agents, workflow_id)
    names = [name.rpartition("/")[2] for name in sent]
    assert len([name for name in names if name.endswith(("ogg", "mp3", "m4a", ".body"))]) == len(names) == 4
    assert all(record["attempt"] == 1 for name, record in agents.records().items() if workflow_id in name)


def test_a_taken_name_is_told_as_such_however_it_is_written(agents: ManualDelivery) -> None:
    agents.bucket.blob("name").upload_from_string(b"theirs", content_type="text/plain")
    blob = agents.bucket.blob("described")
    blob.metadata = {"of": "them"}
    blob.upload_from_string(b"theirs, too")
    created = create_object(agents.settings, "described", b"ours", content_type="text/plain", metadata={"of": "us"})
    assert (created.new, created.metadata, created.size) == (False, {"of": "them"}, len(b"theirs, too"))
    with object_writer(agents.settings, "name", content_type="text/plain") as out:
        out.write(b"ours")  # as good as stored
    with (
        pytest.raises(Busy, match="object_exists"),
        object_writer(agents.settings, "name", content_type="text/plain"),
    ):
        raise refusal()  # of a piece of it, which is in time to do without the rest
    compose_object(agents.settings, "name", ["described"], content_type="text/plain")
    assert agents.objects() == {"name": b"theirs", "described": b"theirs, too"}


def test_who_may_not_store_at_all_is_told_so_and_gives_up(agents: ManualDelivery) -> None:
    workflow_id = agents.generate(TEXT)
    agents.bucket.blob("there").upload_from_string(b"1")
    agents.grants[ACCOUNT] = ("objectViewer",)
    try:
        with pytest.raises(ServiceBroken, match="storage_forbidden"):
            create_object(agents.settings, "new", b"ours", content_type="text/plain")
        with (
            pytest.raises(ServiceBroken, match="storage_forbidden"),
            object_writer(agents.settings, "new", content_type="text/plain") as out,
        ):
            out.write(b"ours")
        with pytest.raises(ServiceBroken, match="storage_forbidden"):
            compose_object(agents.settings, "new", ["there"], content_type="text/plain")
        agents.drain()
    finally:
        agents.grants[ACCOUNT] = STORES
    workflow = agents.workflow(workflow_id)
    assert (workflow["state"], workflow["error"]["code"]) == ("FAILED", "storage_forbidden")
    [harvest] = [record for name, record in agents.records().items() if name.startswith("content_harvester:")]
    assert harvest["attempt"] == POLICIES["content_harvester"].attempts
