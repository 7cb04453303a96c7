"""An answer in a service's place is never taken for the service's, and podcasts are made all the same.

Every kind of answer that a front may give, at every edge over which our services call each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

import pytest

from common.errors import Broken, Busy
from common.names import gs_uri, segment_object
from common.ogg import read_opus
from common.policy import POLICIES
from common.states import WorkState
from functions.orchestrator import sweeper
from local.front_faults import BODIES, TORN, Fault
from streamer.catalog.fetch import Fetcher, SignedUrls
from tests.pipeline.manual_delivery import ManualDelivery, PendingDelivery

TEXT = "The tide is the rise and fall of the sea. The Moon pulls at the water, and the water goes with it."

ERRORS = tuple(Fault(status) for status in (401, 403, 404, 413, 429, 500, 502, 503, 504))
"""What Cloud Run's front has pages for."""
ODDITIES = tuple(Fault(status, body) for status in (302, 404, 503) for body in BODIES if body != "html")
SUCCESSES = (*(Fault(200, body) for body in BODIES), Fault(200, TORN))
"""What looks like an answer, and is none."""
SOUND = re.compile(r"\.(opus|ogg)$")
FAULTS = (*ERRORS, *ODDITIES, *SUCCESSES)


@pytest.fixture(scope="module")
def undisturbed(running: ManualDelivery) -> dict[str, Any]:
    """A podcast made with nothing in front of any service."""
    running.reset()
    workflow_id = running.generate(TEXT)
    running.finish(workflow_id)
    return made(running, workflow_id)


def made(agents: ManualDelivery, workflow_id: str) -> dict[str, Any]:
    """What came of a podcast: its words, its sound, and how often each segment's document and object was written.

    Names are without the id of the workflow, which is another each time.
    """
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    words = ("index", "kind", "speaker", "voice", "text", "chapter", "state", "apology")
    return {
        "segments": [tuple(segment.get(word) for word in words) for segment in agents.segments(workflow_id)],
        "sound": {
            name.replace(workflow_id, ""): read_opus(data).packets
            for name, data in agents.objects().items()
            if SOUND.search(name)
        },
        "writes": {
            name.replace(workflow_id, ""): times for name, times in agents.writes().items() if "/segments/" in name
        },
    }


def wait_for(agents: ManualDelivery, name: str) -> PendingDelivery:
    """Deliver in order until a letter of the given name waits, and remove the letter from the post."""
    while not any(name in delivery.name for delivery in agents.collect()):
        assert agents.deliver(agents.waiting.pop(0)) < 300
    [delivery] = [delivery for delivery in agents.waiting if name in delivery.name]
    agents.waiting.remove(delivery)
    return delivery


# Work that its agent has another service do


@pytest.mark.parametrize(
    ("name", "agent"), [("-weave", "script_weaver"), ("-forge-00000", "voice_forge")], ids=["weaver", "forge"]
)
def test_no_answer_in_the_place_of_the_models_ends_any_work(
    name: str, agent: str, agents: ManualDelivery, undisturbed: dict[str, Any]
) -> None:
    """More such answers than a task has attempts, one after the other: the work waits, and then is done as ever."""
    workflow_id = agents.generate(TEXT)
    delivery = wait_for(agents, name)
    taken = {}
    for fault in FAULTS:
        with agents.front("model_serving", fault):
            status = agents.deliver(delivery)
        record = agents.records().get(f"{agent}:{delivery.name}", {"state": "forgotten"})
        if status < 400 or record["state"] != WorkState.IN_PROGRESS:
            taken[str(fault)] = status, record["state"]
    assert taken == {}
    assert len(FAULTS) > POLICIES[agent].attempts_in_all
    assert agents.deliver(delivery) == 200
    agents.finish(workflow_id)
    assert made(agents, workflow_id) == undisturbed


@pytest.mark.parametrize(
    "status", [pytest.param(401, marks=pytest.mark.nightly), 403, pytest.param(404, marks=pytest.mark.nightly), 503]
)
def test_a_podcast_waits_for_its_models_and_is_made(
    status: int, agents: ManualDelivery, undisturbed: dict[str, Any]
) -> None:
    """Their front answers everything in the first seconds of a rollout."""
    workflow_id = agents.generate(TEXT)
    with agents.front("model_serving", Fault(status, times=12)) as answered:
        agents.finish(workflow_id)
    assert answered() == 12
    assert made(agents, workflow_id) == undisturbed


def test_a_turn_is_paid_for_once_however_often_the_answer_is_lost(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow_id = agents.generate(TEXT)
    delivery = wait_for(agents, "-forge-00000")
    with agents.front("model_serving", Fault(200, TORN, paths=("/v1/speech",))) as answered:
        for _ in range(3):
            assert agents.deliver(delivery) == 502
    assert answered() == 3
    assert agents.deliver(delivery) == 200
    [(_, times)] = [found for found in agents.writes().items() if "/segments/00000.opus" in found[0]]
    assert times == 1
    assert agents.segments(workflow_id)[0]["state"] == "FORGED"


# Calls that somebody waits for


def refusals(agents: ManualDelivery, service: str, call: Callable[[], Any]) -> dict[str, Any]:
    """What each kind of answer in the place of `service` makes of a call, where that is not to ask again."""
    taken = {}
    for fault in FAULTS:
        with agents.front(service, fault) as answered:
            try:
                taken[str(fault)] = call()
            except (Busy, Broken):
                pass
            except Exception as error:  # noqa: BLE001 - whatever it is, it is to be told
                taken[str(fault)] = error
            assert answered()
    return taken


def test_whoever_asks_which_engines_there_are_is_told_to_ask_again(agents: ManualDelivery) -> None:
    def ask() -> Any:
        answer = agents.call("GET", "/engines", at="/api/v1")
        if answer.status_code in {502, 503} and answer.headers["Retry-After"] and answer.json["code"]:
            raise Busy("told", "so")
        return answer.status_code, answer.json

    assert refusals(agents, "model_serving", ask) == {}
    assert agents.call("GET", "/engines", at="/api/v1").status_code == 200


def test_the_streamer_asks_the_gateway_again_for_urls(agents: ManualDelivery) -> None:
    fetcher, workflow_id, signed = Fetcher(agents.settings), agents.generate(TEXT), SignedUrls()
    wait_for(agents, "-weave")
    agents.drain()
    uri = gs_uri(agents.settings.audio_bucket, segment_object(workflow_id, 0))
    assert refusals(agents, "api_gateway", lambda: fetcher.sign_ahead(workflow_id, signed, 0)) == {}
    assert refusals(agents, "api_gateway", lambda: fetcher.object(uri)) == {}
    assert fetcher.sign_ahead(workflow_id, signed, 0)
    assert read_opus(fetcher.object(uri)).packets


def test_what_was_deleted_is_removed_by_a_sweep_that_reaches_the_gateway(agents: ManualDelivery) -> None:
    workflow_id = agents.generate(TEXT)
    assert agents.call("DELETE", f"/{workflow_id}").status_code == 204
    taken = {}
    for fault in FAULTS:
        if fault.body == TORN:  # then it is removed, and the answer lost
            continue
        with agents.front("api_gateway", fault):
            swept = agents.sweep()
        if (swept["removed"], swept["troubled"]) != (0, 1):
            taken[str(fault)] = swept
    assert taken == {}
    assert agents.sweep()["removed"] == 1
    assert not [name for name in agents.everything() if workflow_id in name]


# Deliveries


def test_what_a_front_answers_to_a_queue_or_a_topic_is_delivered_again(
    agents: ManualDelivery, undisturbed: dict[str, Any]
) -> None:
    workflow_id = agents.generate(TEXT)
    errors = cycle(fault for fault in FAULTS if fault.status >= 300)
    struck: set[str] = set()
    while agents.collect() and agents.workflow(workflow_id)["state"] == "GENERATING":
        delivery = agents.waiting.pop(0)
        kind = kind_of(delivery)
        if kind not in struck:
            struck.add(kind)
            for _ in range(4):
                fault = next(errors)
                with agents.front(delivery.agent, fault):
                    assert agents.deliver(delivery) == fault.status
        assert agents.deliver(delivery) < 300
    assert len(struck) > 8
    assert made(agents, workflow_id) == undisturbed


def test_what_a_front_took_with_a_success_of_its_own_is_asked_for_again(
    agents: ManualDelivery, undisturbed: dict[str, Any]
) -> None:
    """A queue and a topic believe any 2xx. The sweeper finds the lost work missing."""
    workflow_id = agents.generate(TEXT)
    lost: set[str] = set()
    for number in range(1, 10):
        while agents.collect() and agents.workflow(workflow_id)["state"] == "GENERATING":
            delivery = agents.waiting.pop(0)
            kind = kind_of(delivery)
            with agents.front(delivery.agent, Fault(200, times=0 if kind in lost else 1)):
                assert agents.deliver(delivery) < 300
            lost.add(kind)
        sweeper.sweep(agents.settings, datetime.now(UTC) + timedelta(minutes=3 * number))
    assert len(lost) > 8
    assert made(agents, workflow_id) == undisturbed


def kind_of(delivery: PendingDelivery) -> str:
    """The type of an event, or the agent of a task."""
    return delivery.name.partition(" ")[0] if delivery.agent == "orchestrator" else delivery.agent
