"""The first segments' sound is handed over while it is being stored: no caller waits for the second copy, or pays
twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from common import blobs
from common.errors import ServiceBroken
from common.idempotency import Claim
from common.names import episode_object, segment_object
from common.ogg import read_opus
from common.policy import OPENING
from common.services import Service
from tests.conftest import eventually
from tests.pipeline.manual_delivery import ManualDelivery, PendingDelivery

TEXT = "The tide rises and falls twice a day. The moon is the main reason for it. The sun helps a little."


def first_forging(agents: ManualDelivery) -> tuple[str, PendingDelivery]:
    """A new podcast, and the task of its first segment, which nobody has voiced beforehand."""
    workflow_id = agents.generate(TEXT)
    for delivery in list(agents.collect()):
        agents.waiting.remove(delivery)
        assert agents.deliver(delivery) == 200
    return workflow_id, next(each for each in agents.collect() if each.name.endswith("-forge-00000"))


def paid(agents: ManualDelivery) -> int:
    """How often an engine was asked and its sound stored."""
    return sum(agents.cloud.meter.by_resource("storage_writes", ".opus").values())


def assert_whole(agents: ManualDelivery, workflow_id: str) -> None:
    """Whatever has happened: the podcast was completed, and the episode holds the packets sent to listeners."""
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    objects, script = agents.objects(), agents.segments(workflow_id)
    sent = [each.get("sound") or objects[segment_object(workflow_id, each["index"])] for each in script]
    packets = [packet for sound in sent for packet in read_opus(sound).packets]
    assert read_opus(objects[episode_object(workflow_id, "episode.ogg")]).packets == packets


class Storing:
    """What becomes of the objects of segments: each attempt waits, or fails, as long as it is told to."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.may_go_on, self.begun, self.fails = threading.Event(), threading.Event(), False
        self.may_go_on.set()
        blob_of = blobs.blob_of

        def waiting(settings: Any, name: str) -> Any:
            if "/segments/" in name:
                self.begun.set()
                assert self.may_go_on.wait(30)
                if self.fails:
                    raise ServiceBroken("storage_unreachable", "An object could not be stored.")
            return blob_of(settings, name)

        patch.setattr(blobs, "blob_of", waiting)


@pytest.fixture
def storing(monkeypatch: pytest.MonkeyPatch) -> Storing:
    return Storing(monkeypatch)


def test_a_first_segment_is_heard_before_its_object_is_stored_and_its_task_ends_after(
    agents: ManualDelivery, storing: Storing
) -> None:
    workflow_id, delivery = first_forging(agents)
    storing.may_go_on.clear()
    with ThreadPoolExecutor(1) as queue:
        answer = queue.submit(agents.deliver, delivery)
        eventually(lambda: agents.segments(workflow_id)[0]["state"] == "FORGED")
        assert storing.begun.wait(30)
        assert read_opus(agents.segments(workflow_id)[0]["sound"]).packets
        assert segment_object(workflow_id, 0) not in agents.objects()
        assert not answer.done()
        storing.may_go_on.set()
        assert answer.result(30) == 200
    assert agents.objects()[segment_object(workflow_id, 0)] == agents.segments(workflow_id)[0]["sound"]


def test_later_segments_are_stored_first_and_carry_no_sound(agents: ManualDelivery) -> None:
    workflow_id = agents.generate(TEXT * 6)
    agents.drain()
    script = agents.segments(workflow_id)
    assert [bool(each.get("sound")) for each in script] == [each["index"] < OPENING for each in script]
    assert [bool(each.get("audio")) for each in script] == [each["index"] >= OPENING for each in script]
    assert len(script) > OPENING
    assert_whole(agents, workflow_id)


def test_what_cannot_be_stored_is_heard_all_the_same(agents: ManualDelivery, storing: Storing) -> None:
    workflow_id, delivery = first_forging(agents)
    storing.fails = True
    assert agents.deliver(delivery) == 200
    storing.fails = False
    assert agents.deliver(delivery) == 200, "told again"
    agents.waiting.remove(delivery)
    agents.drain()
    assert segment_object(workflow_id, 0) not in agents.objects()
    assert_whole(agents, workflow_id)


@pytest.mark.parametrize("handed_over", [False, True])
def test_a_forge_that_dies_around_the_hand_over_is_harmless(
    handed_over: bool, agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow_id, delivery = first_forging(agents)
    post_early = Service.post_early

    def dying(*args: Any, **more: Any) -> Any:
        if handed_over:
            _, stored = post_early(*args, **more)
            stored()  # a claim outlives its worker for longer than this takes
        raise KeyboardInterrupt  # as a killed process: nothing of the agent's own comes after it

    with monkeypatch.context() as patch:
        patch.setattr(Service, "post_early", dying)
        with pytest.raises(KeyboardInterrupt):
            agents.deliver(delivery)
    assert agents.segments(workflow_id)[0]["state"] == "SCRIPTED"
    agents.drain()
    assert_whole(agents, workflow_id)
    assert paid(agents) == len(agents.segments(workflow_id)), "what was stored is found, and not voiced again"


def test_a_claim_is_not_let_go_of_before_what_was_paid_for_is_stored(
    agents: ManualDelivery, storing: Storing, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow_id, delivery = first_forging(agents)
    storing.may_go_on.clear()

    def failing(claim: Claim, outcome: Any) -> None:
        threading.Timer(0.05, storing.may_go_on.set).start()
        raise ServiceBroken("store_unreachable", "The store cannot be reached just now; ask again.")

    with monkeypatch.context() as patch:
        patch.setattr(Claim, "commit", failing)
        assert agents.deliver(delivery) == 502
    assert segment_object(workflow_id, 0) in agents.objects()
    agents.drain()
    assert_whole(agents, workflow_id)
    assert paid(agents) == len(agents.segments(workflow_id))
