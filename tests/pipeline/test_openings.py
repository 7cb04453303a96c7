"""Openings voiced beforehand: voiced once and kept, committed with later podcasts, and never mixed or doubled."""

from __future__ import annotations

import base64
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest
from flask import Flask

from client.aethercast import Accepted
from common import openings, waking
from common.contract import STYLES
from common.errors import ServiceBroken
from common.languages import pack_of
from common.names import episode_object, segment_object
from common.ogg import read_opus
from common.records import Segment, Wishes
from common.settings import Settings
from common.states import SegmentState
from common.store import openings as kept
from common.store import rate_limits, segments, writes
from common.tokens import token_hash
from common.wire import unpack_packets
from functions.api_gateway import generating
from local import keys
from streamer.player_files import player_files
from tests.pipeline.manual_delivery import ManualDelivery

TEXT = "The tide rises and falls twice a day. The moon is the main reason for it. The sun helps a little."
ACCEPTED: dict[str, Any] = {"stream_id": "", "websocket_url": "", "cpoa_workflow_id": "", "status_url": ""}
USUAL: dict[str, Any] = {"text": TEXT, "minutes": 1, "language": "en"}


def asked(agents: ManualDelivery, key: str, opening: str = "", **more: Any) -> Any:
    path = f"/generate?opening={opening}" if opening else "/generate"
    answer = agents.call("POST", path, json=USUAL | more, headers={"X-Idempotency-Key": key})
    assert answer.status_code == 202, answer.text
    return answer.json


def voice_greeting(agents: ManualDelivery, key: str, **more: Any) -> str:
    """A podcast with its greeting voiced, and everything else undone."""
    workflow_id = str(asked(agents, key, **more)["cpoa_workflow_id"])
    for delivery in list(agents.collect()):
        agents.waiting.remove(delivery)
        assert agents.deliver(delivery) == 200
    for delivery in [each for each in agents.collect() if "-forge-" in each.name]:
        agents.waiting.remove(delivery)
        assert agents.deliver(delivery) == 200
    agents.collect()
    agents.waiting.clear()
    return workflow_id


def opening_now(agents: ManualDelivery, **choices: Any) -> Any:
    answer = agents.call("POST", "/opening", at="/api/v1", json={"language": "en", **choices})
    assert answer.status_code == 200, answer.text
    return answer.json["opening"]


def spoken(agents: ManualDelivery) -> int:
    """How often an engine was asked: each time it stores an object."""
    return sum(agents.cloud.meter.by_resource("storage_writes", ".opus").values())


def packets_of(agents: ManualDelivery, workflow_id: str) -> list[bytes]:
    """The packets of a podcast, wherever each segment's are."""
    objects = agents.objects()
    found = []
    for segment in agents.segments(workflow_id):
        found += read_opus(segment.get("sound") or objects[segment_object(workflow_id, segment["index"])]).packets
    return found


def test_a_greeting_is_voiced_once_and_later_podcasts_are_committed_with_its_sound(agents: ManualDelivery) -> None:
    assert asked(agents, "first")["opening"] is None
    agents.drain()
    before = spoken(agents)
    second = asked(agents, "second")
    workflow_id = second["cpoa_workflow_id"]
    script = agents.segments(workflow_id)
    assert [segment["state"] for segment in script] == ["FORGED", "FORGED", "SCRIPTED"]
    assert all(segment["text"] and segment["engine"] == "espeak" for segment in script[:2])
    voiced = list(chain.from_iterable(read_opus(segment["sound"]).packets for segment in script[:2]))
    assert second["opening"] == {"digest": openings.digest_of(voiced), "packets": len(voiced)}
    deliveries = agents.drain()
    assert not [delivery.name for delivery in deliveries if delivery.name.endswith(("-forge-00000", "-forge-00001"))]
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    heard = packets_of(agents, workflow_id)
    assert heard[: len(voiced)] == voiced
    assert read_opus(agents.objects()[episode_object(workflow_id, "episode.ogg")]).packets == heard
    assert spoken(agents) - before == len(agents.segments(workflow_id)) - 2
    assert asked(agents, "second")["opening"] == second["opening"], "told again to whoever asks again"


def test_a_page_gets_the_very_packets_before_the_click(agents: ManualDelivery) -> None:
    assert opening_now(agents) is None
    voice_greeting(agents, "first")
    told = opening_now(agents)
    first, packets = unpack_packets(base64.b64decode(told["sound"]))
    assert (first, len(packets)) == (0, told["packets"])
    assert told["packets"] == sum(segment["packets"] for segment in told["segments"])
    assert asked(agents, "second")["opening"] == {name: told[name] for name in ("digest", "packets")}
    others: list[dict[str, Any]] = [
        {"style": "story"},
        {"language": "de"},
        {"hosts": [{"name": "Mary"}]},
        {"hosts": [{"name": "Ada", "voice": "second"}]},
        {"hosts": [{"name": "Ada", "persona": "a harbour pilot"}]},
        {"pronunciations": [{"written": "Hello", "said": "hullo"}]},
    ]
    assert [opening_now(agents, **choices) for choices in others] == [None] * len(others)
    said = opening_now(agents, pronunciations=[{"written": "Aethercast", "said": "ether cast"}])
    assert [segment["text"] for segment in said["segments"]] == ["Hello."], "as far as it is the same"
    assert opening_now(agents, pronunciations=[{"written": "Leigh", "said": "lee"}]) == told, "nothing of it says so"


def test_a_first_visit_has_the_usual_opening_from_where_the_page_comes_from(agents: ManualDelivery) -> None:
    app = Flask(__name__)
    app.register_blueprint(player_files(agents.settings))

    def usual(language: str) -> Any:
        answer = app.test_client().get("/opening.json", headers={"Accept-Language": language})
        assert answer.status_code == 200
        return answer.json

    choices = {"style": STYLES[0]}
    assert usual("en") == {"choices": choices, "opening": None}
    voice_greeting(agents, "first")
    told = opening_now(agents, **choices)
    assert usual("en-GB,en;q=0.9") == {"choices": choices, "opening": told}
    assert asked(agents, "second", **choices)["opening"]["digest"] == told["digest"]
    assert usual("de") == {"choices": choices, "opening": None}


def sampled(agents: ManualDelivery, **choices: Any) -> Any:
    answer = agents.call("POST", "/sample", at="/api/v1", json={"language": "en", **choices})
    assert answer.status_code == 200, answer.text
    return answer.json["opening"]


def characters_used(agents: ManualDelivery) -> int:
    days = agents.call("GET", "", at="/api/v1/usage").json["days"]
    return sum(sum(day["characters"].values()) for day in days)


def test_a_voice_is_heard_before_it_is_chosen_and_paid_for_once(agents: ManualDelivery) -> None:
    chosen = [{"name": "Ada", "voice": "second"}]
    before = characters_used(agents)
    sample = sampled(agents, hosts=chosen)
    said = "".join(segment["text"] for segment in sample["segments"])
    assert said == "Hello.Welcome to Aethercast. I'm Ada."
    assert (sampled(agents, hosts=chosen), opening_now(agents, hosts=chosen)) == (sample, sample)
    assert characters_used(agents) - before == len(said)
    assert asked(agents, "first", hosts=chosen)["opening"]["digest"] == sample["digest"]
    assert sampled(agents, hosts=[{"name": "Ada"}])["digest"] != sample["digest"]
    assert not [name for name in agents.objects() if name.endswith(".opus")], "it is kept where openings are"


@pytest.mark.parametrize("wrong", [{"speech_engine": "nobody"}, {"hosts": [{"name": "Ada", "voice": "nobody"}]}])
def test_no_voice_is_heard_that_is_not_on_offer(agents: ManualDelivery, wrong: dict[str, Any]) -> None:
    answer = agents.call("POST", "/sample", at="/api/v1", json={"language": "en", **wrong})
    assert answer.status_code == 400


def test_a_program_gets_the_very_packets_with_the_answer(agents: ManualDelivery) -> None:
    """And so does whoever repeats a request, or asks for the sound only then, at whatever time."""
    assert asked(agents, "first", opening="sound")["opening"] is None, "nothing of it was voiced"
    voice_greeting(agents, "second")
    told = opening_now(agents)
    answer = asked(agents, "third", opening="sound")
    assert answer["opening"] == told
    described = {name: told[name] for name in ("digest", "packets")}
    assert [asked(agents, "third", opening=form)["opening"] for form in ("digest", "")] == [described, described]
    agents.drain()
    assert asked(agents, "third", opening="sound")["opening"] == told
    assert packets_of(agents, answer["cpoa_workflow_id"])[: told["packets"]] == Accepted(**ACCEPTED, opening=told).sound


def test_while_services_start_a_greeting_has_a_breath_more_that_is_voiced_once_and_no_page_has_to_know_of(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice_greeting(agents, "first")
    told = opening_now(agents)
    monkeypatch.setattr(waking.Waker, "starting", lambda self, settings: True)
    assert asked(agents, "second", opening="sound")["opening"] == told, "the breath was not voiced before"
    agents.drain()
    before = spoken(agents)
    assert opening_now(agents) == told, "for what is known of a later click"
    answer = asked(agents, "third")
    assert answer["opening"] == {name: told[name] for name in ("digest", "packets")}
    workflow_id = answer["cpoa_workflow_id"]
    script = agents.segments(workflow_id)
    assert [segment["state"] for segment in script] == ["FORGED", "FORGED", "FORGED", "SCRIPTED"]
    assert script[2]["text"] == pack_of("en").settling
    assert script[3]["text"].startswith("Today's subject: ")
    whole = asked(agents, "third", opening="sound")["opening"]
    sound = Accepted(**ACCEPTED, opening=whole).sound
    assert len(sound) == whole["packets"] == told["packets"] + script[2]["packets"]
    agents.drain()
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    assert packets_of(agents, workflow_id)[: whole["packets"]] == sound
    assert spoken(agents) - before == len(agents.segments(workflow_id)) - 3
    draft = asked(agents, "draft", draft=True)["cpoa_workflow_id"]
    assert len(agents.segments(draft)) == 3, "nobody waits for it"


@pytest.mark.parametrize("query", ["opening=all", "opening=SOUND", "openings=sound", "opening=sound%00"])
def test_an_answer_in_no_form_there_is_is_refused_before_anything_is_made(agents: ManualDelivery, query: str) -> None:
    answer = agents.call("POST", f"/generate?{query}", json=USUAL)
    assert answer.status_code == 400
    assert answer.json["code"] in {"opening_invalid", "parameter_unknown"}
    assert not list(agents.db.collection("workflows").stream())


def test_what_somebody_made_their_own_is_nobody_elses(agents: ManualDelivery) -> None:
    mary = [{"name": "Mary"}]
    voice_greeting(agents, "first", hosts=mary)
    keys.create(agents.settings, "another", 10, "another-key")
    answer = agents.call(
        "POST", "/opening", at="/api/v1", json={"language": "en", "hosts": mary},
        headers={"Authorization": "Bearer another-key"},
    )  # fmt: skip
    assert answer.json == {"opening": None}
    assert opening_now(agents, hosts=mary)["packets"]


def test_another_version_of_the_engines_is_another_voice() -> None:
    segment = Segment(
        index=1, kind="cold_open", speaker="Ada", voice="first", language="en", chapter="", state=SegmentState.SCRIPTED,
        text="Welcome to Aethercast. I'm Ada.",
    )  # fmt: skip

    def key(version: str, **more: Any) -> str | None:
        settings = Settings(speech_version=version)
        return openings.key_of(settings, "owner", Wishes(minutes=1, style="story"), replace(segment, **more))

    assert key("1") == key("1")
    assert None is not key("2") != key("1")
    assert [key("1", **more) for more in ({"text": "Welcome."}, {"index": 2}, {"kind": "turn"})] == [None] * 3


def test_two_first_podcasts_at_the_same_moment_keep_one_greeting(agents: ManualDelivery) -> None:
    ids = [asked(agents, key)["cpoa_workflow_id"] for key in ("one", "two")]
    agents.drain_in_pairs()
    assert [agents.workflow(workflow_id)["state"] for workflow_id in ids] == ["COMPLETED"] * 2
    assert len(list(agents.db.collection("openings").stream())) == 2
    assert opening_now(agents)["packets"]


@pytest.mark.parametrize("dies", ["before it keeps", "after it has kept"])
def test_a_forge_that_dies_around_the_keeping_is_harmless(
    dies: str, agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = kept.keep
    died: list[bool] = []

    def dying(*args: Any) -> bool:
        done = "after" in dies and keep(*args)
        if len(died) < 2:
            died.append(True)
            raise KeyboardInterrupt  # as a killed process: nothing of the agent's own comes after it
        return done or keep(*args)

    monkeypatch.setattr(kept, "keep", dying)
    workflow_id = str(asked(agents, "first")["cpoa_workflow_id"])
    deliver = agents.deliver

    def delivered(delivery: Any) -> int:
        try:
            return deliver(delivery)
        except KeyboardInterrupt:
            return 500

    monkeypatch.setattr(agents, "deliver", delivered)
    agents.drain()
    assert died
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    heard = packets_of(agents, workflow_id)
    assert read_opus(agents.objects()[episode_object(workflow_id, "episode.ogg")]).packets == heard
    agents.generate(TEXT, key="second")
    agents.drain()
    assert bool(opening_now(agents)) or dies == "before it keeps"


def test_a_draft_is_silent_until_it_is_approved_and_then_says_the_kept_greeting(agents: ManualDelivery) -> None:
    voice_greeting(agents, "first")
    draft = asked(agents, "draft", draft=True)
    workflow_id = draft["cpoa_workflow_id"]
    assert draft["opening"] is None
    agents.drain()
    before = spoken(agents)
    script = agents.segments(workflow_id)
    assert {segment["state"] for segment in script} == {"SCRIPTED"}
    agents.call("POST", f"/{workflow_id}/approve", json={"segments": []})
    agents.drain()
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    assert spoken(agents) - before == len(script) - 2
    assert [bool(segment.get("characters")) for segment in agents.segments(workflow_id)][:3] == [False, False, True]


def test_podcasts_made_of_others_keep_and_get_their_openings_and_are_deleted_whole(agents: ManualDelivery) -> None:
    agents.generate(TEXT * 4)
    agents.drain()
    source = str(asked(agents, "second", text=TEXT + " Neap tides come in between. " * 8)["cpoa_workflow_id"])
    agents.drain()
    remade = agents.call("POST", f"/{source}/remake", json={"segments": [{"index": 3, "text": "Well."}]})
    said = [{"written": "Aethercast", "said": "ether cast"}]
    otherwise = agents.call("POST", f"/{source}/remake", json={"segments": [], "pronunciations": said})
    before = spoken(agents)
    agents.drain()
    new, other = (answer.json["cpoa_workflow_id"] for answer in (remade, otherwise))
    assert [agents.workflow(each)["state"] for each in (new, other)] == ["COMPLETED"] * 2
    assert spoken(agents) - before == 2, "of the one its edited turn, of the other its second breath"
    assert [segment.get("sound") for segment in agents.segments(new)[:2]] == [
        segment.get("sound") for segment in agents.segments(source)[:2]
    ]
    assert [bool(segment.get("characters")) for segment in agents.segments(other)[:2]] == [False, True]
    for workflow_id in {each.id for each in agents.db.collection("workflows").stream()}:
        assert agents.call("DELETE", f"/{workflow_id}").status_code == 204
    agents.sweep()
    assert agents.everything() == []


def test_a_script_of_ones_own_has_no_greeting(agents: ManualDelivery) -> None:
    voice_greeting(agents, "first")
    body = {"script": "Ada: Hello.\nBen: Welcome.", "language": "en"}
    answer = agents.call("POST", "/generate", json=body)
    assert answer.json["opening"] is None
    assert [segment["kind"] for segment in agents.segments(answer.json["cpoa_workflow_id"])] == ["turn", "turn"]


# One commit


def test_a_refused_request_leaves_nothing_behind_and_one_that_is_let_in_is_counted_once(agents: ManualDelivery) -> None:
    keys.create(agents.settings, "frugal", 2, "frugal-key")
    headers = {"Authorization": "Bearer frugal-key"}

    def ask(key: str) -> Any:
        return agents.call("POST", "/generate", json=USUAL, headers={**headers, "X-Idempotency-Key": key})

    answers = [ask(key) for key in ("a", "a", "b", "c", "d", "e", "f")]  # over two minutes at the most
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 3
    assert all(answer.headers["RateLimit-Remaining"] == "0" and answer.headers["Retry-After"] for answer in refused)
    made = {answer.json["cpoa_workflow_id"] for answer in answers if answer.status_code == 202}
    assert {each.id for each in agents.db.collection("workflows").stream()} == made
    assert {name.split("/")[1] for name in agents.objects()} == made
    counted = sum((each.to_dict() or {})["count"] for each in agents.db.collection("rate_limits").stream())
    assert counted == len(answers) - len(refused)


def test_of_the_same_request_at_the_same_moment_one_podcast_is_made_and_nothing_else_stays(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready, barrier = segments.creations, threading.Barrier(2)

    def both(*args: Any) -> Any:
        barrier.wait(30)
        return ready(*args)

    with monkeypatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(segments, "creations", both)
        answers = list(pool.map(lambda _: asked(agents, "same"), "12"))
    [workflow_id] = {answer["cpoa_workflow_id"] for answer in answers}
    assert len({answer["stream_id"] for answer in answers}) == 2
    streams = [(each.to_dict() or {})["workflow_id"] for each in agents.db.collection("streams").stream()]
    assert streams == [workflow_id] * 2
    assert {name.split("/")[1] for name in agents.objects()} == {workflow_id}
    agents.drain()
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"


@pytest.mark.parametrize("landed", [False, True])
def test_a_commit_whose_answer_is_lost_is_found_out_by_who_asks_again(
    landed: bool, agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = writes.commit
    lost: list[bool] = []

    def losing(settings: Settings, *with_it: Any) -> Any:
        if len(with_it) > 3 and not lost:
            lost.append(True)
            if landed:
                commit(settings, *with_it)
            raise ServiceBroken("store_unreachable", "The store cannot be reached just now; ask again.")
        return commit(settings, *with_it)

    monkeypatch.setattr(writes, "commit", losing)
    headers = {"X-Idempotency-Key": "lost"}
    assert agents.call("POST", "/generate", json=USUAL, headers=headers).status_code in {502, 503}
    workflow_id = asked(agents, "lost")["cpoa_workflow_id"]
    assert [each.id for each in agents.db.collection("workflows").stream()] == [workflow_id]
    agents.drain()
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"


def test_the_count_of_a_busy_key_is_spread_and_holds(agents: ManualDelivery) -> None:
    """A document counts at most a call a second of the key's allowance."""
    keys.create(agents.settings, "many", 150, "many-key")
    headers = {"Authorization": "Bearer many-key"}
    answers = [agents.call("GET", "", headers=headers) for _ in range(12)]
    counts = {each.id: (each.to_dict() or {})["count"] for each in agents.db.collection("rate_limits").stream()}
    assert sum(counts.values()) == 12
    assert len({name.split(":", 2)[2] if name.count(":") > 1 else "0" for name in counts}) > 1
    left = [150 - int(answer.headers["RateLimit-Remaining"]) for answer in answers]
    assert left == sorted(left) or len({name.split(":")[1] for name in counts}) > 1  # the minute has turned
    window = int(next(iter(counts)).split(":")[1])
    key = token_hash("many-key")
    assert rate_limits.used(agents.settings, key, window, range(3)) == sum(
        count for name, count in counts.items() if name.split(":")[1] == str(window)
    )


def test_an_instance_remembers_what_it_has_found(agents: ManualDelivery) -> None:
    voice_greeting(agents, "first")
    opening_now(agents)
    before = agents.cloud.meter.by_resource("firestore_reads", "/openings/")
    asked(agents, "second")
    assert agents.cloud.meter.by_resource("firestore_reads", "/openings/") == before
    assert len(openings.remembered) == 2


def test_a_text_that_was_not_stored_beside_its_podcast_is_stored_when_asked_for_again(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*args: Any, **more: Any) -> Any:
        raise ServiceBroken("storage_unreachable", "An object could not be stored.")

    headers = {"X-Idempotency-Key": "first"}
    with monkeypatch.context() as patch:
        patch.setattr(generating, "create_object", failing)
        assert agents.call("POST", "/generate", json=USUAL, headers=headers).status_code == 502
    assert agents.collect() == [], "nobody is told to read what is not there"
    workflow_id = asked(agents, "first")["cpoa_workflow_id"]
    agents.drain()
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    assert {name.split("/")[1] for name in agents.objects()} == {workflow_id}
    before = agents.cloud.meter.by_resource("storage_writes", "/input")
    asked(agents, "first")
    assert agents.cloud.meter.by_resource("storage_writes", "/input") == before
