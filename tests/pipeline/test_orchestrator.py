"""The pipeline under deliveries that are repeated, reordered, late, lost and dead: it ends, once, and never hangs."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from random import Random
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable
from google.cloud.firestore_v1 import DocumentReference
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from werkzeug.test import Client, TestResponse

from common import authenticator
from common.artifacts import FILES
from common.events import Event, publish
from common.idempotency import request_hash
from common.names import episode_object, parse_gs_uri, segment_object
from common.ogg import read_opus
from common.policy import OPENING, POLICIES
from common.services import Service, private_service
from functions.mastering import show_notes
from functions.model_serving.llm.engines.extractive.writer import ExtractiveWriter
from functions.model_serving.llm.protocol import Request, Turn
from functions.orchestrator import pipeline, sweeper
from local.podcast import SAMPLE
from tests.pipeline.manual_delivery import ACCOUNT, INVOKERS, URLS, ManualDelivery, PendingDelivery

TEXT = (
    "The tide is the rise and fall of the sea. The Moon pulls at the water, and the water follows it around the Earth. "
    "Twice a month the Sun and the Moon pull together, and the tides are highest. Sailors have known this for ages."
)


@pytest.fixture(scope="module")
def undisturbed(running: ManualDelivery) -> dict[str, Any]:
    """What a podcast is, but for its editions, when every letter is delivered once and in order."""
    running.reset()
    running.without = ("editions",)
    return delivered(running)


@pytest.fixture(scope="module")
def all_undisturbed(running: ManualDelivery) -> dict[str, Any]:
    running.reset()
    return delivered(running)


def delivered(agents: ManualDelivery) -> dict[str, Any]:
    workflow_id = agents.generate(TEXT)
    agents.drain()
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    return made(agents, workflow_id)


def made(agents: ManualDelivery, workflow_id: str) -> dict[str, Any]:
    """What came of a podcast: its words, its sound, its objects, and how often each was written.

    Names are without the id of the workflow, which is another each time.
    """
    segments, objects = agents.segments(workflow_id), agents.objects()
    heard = [read_opus(objects[segment_object(workflow_id, segment["index"])]).packets for segment in segments]
    assert [len(packets) for packets in heard] == [segment["packets"] for segment in segments]
    assert read_opus(objects[episode_object(workflow_id, "episode.ogg")]).packets == list(chain.from_iterable(heard))
    words = ("index", "kind", "speaker", "voice", "text", "chapter", "state")
    return {
        "segments": [tuple(segment[word] for word in words) for segment in segments],
        "sound": heard,
        "objects": sorted(name.replace(workflow_id, "") for name in objects),
        "writes": {
            name.replace(workflow_id, ""): times
            for name, times in agents.writes().items()
            if not name.endswith(workflow_id)
        },
        "records": sorted(
            (name.replace(workflow_id, ""), record["state"]) for name, record in agents.records().items()
        ),
    }


def test_all_goes_well(all_undisturbed: dict[str, Any]) -> None:
    assert len(all_undisturbed["segments"]) > 3
    assert all(segment[-1] == "FORGED" for segment in all_undisturbed["segments"])
    assert all(state == "COMPLETED" for _, state in all_undisturbed["records"])
    once = {name: times for name, times in all_undisturbed["writes"].items() if "/segments/" not in name}
    assert set(once.values()) == {1}


def test_all_that_is_stored_of_a_podcast_goes_when_its_time_has_come(all_agents: ManualDelivery) -> None:
    all_agents.generate(TEXT)
    all_agents.drain()
    kept = [collection for collection in all_agents.db.collections() if collection.id != "api_keys"]
    stored = [snapshot for collection in kept for snapshot in collection.stream()]
    stored += all_agents.db.collection_group("segments").stream()
    assert len({snapshot.reference.parent.id for snapshot in stored}) == 7
    assert [snapshot.reference.path for snapshot in stored if not (snapshot.to_dict() or {}).get("expires_at")] == []


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.nightly) for seed in (1, 2))])
def test_any_order_and_any_repetition_give_the_same_podcast(
    seed: int, all_agents: ManualDelivery, all_undisturbed: dict[str, Any]
) -> None:
    workflow_id = all_agents.generate(TEXT)
    all_agents.drain(Random(seed), repeats=0.3, lost_answers=0.2)
    assert all_agents.workflow(workflow_id)["state"] == "COMPLETED"
    assert made(all_agents, workflow_id) == all_undisturbed


def test_every_delivery_twice_at_once_gives_the_same_podcast(
    all_agents: ManualDelivery, all_undisturbed: dict[str, Any]
) -> None:
    workflow_id = all_agents.generate(TEXT)
    all_agents.drain_in_pairs()
    assert all_agents.workflow(workflow_id)["state"] == "COMPLETED"
    assert made(all_agents, workflow_id) == all_undisturbed


def test_while_a_new_version_is_rolled_out_voices_are_had_from_either(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A field unknown to the version before is missed neither where unsent nor where unanswered."""
    parts = Service._parts

    def between_versions(self: Service, path: str, body: dict[str, Any], read: Any, timeout: Any, _: Any) -> Any:
        unknown = {"pause_before_ms", "style", "persona", "return_sound"}

        def read_without(answer: dict[str, Any]) -> Any:
            assert answer.pop("other_words", False) is False
            asked.append(path)
            return read(answer)

        known = {name: value for name, value in body.items() if name not in unknown}
        # Neither reads nor sends heartbeats
        return parts(self, path, known, read_without, timeout, {"Accept": "*/*"})

    asked: list[str] = []
    monkeypatch.setattr(Service, "_parts", between_versions)
    workflow_id = agents.generate(TEXT)
    until(agents, f"{workflow_id}-master")
    assert {segment["state"] for segment in agents.segments(workflow_id)} == {"FORGED"}
    assert "/v1/speech" in asked


@pytest.mark.parametrize("later_first", [False, True], ids=["ours first", "the later first"])
def test_a_podcast_is_made_whose_events_tasks_and_documents_are_of_two_versions(
    later_first: bool, agents: ManualDelivery, undisturbed: dict[str, Any]
) -> None:
    """As while a version is rolled out or back: each asks for everything in its own words, and has documents of its
    own. Nothing is done twice, and the other version's fields are kept to the end."""
    workflow_id = agents.generate(TEXT)
    added_to: set[str] = set()
    while agents.collect():
        added_to |= add_to_documents(agents)
        delivery = agents.waiting.pop(0)
        both = [delivery, of_a_later_version(agents, delivery)]
        for one in reversed(both) if later_first else both:
            assert 200 <= agents.deliver(one) < 300, one.name
    unknown = of_a_later_version(agents, letter_of(agents, "podcast.of_a_later_version", workflow_id))
    assert 200 <= agents.deliver(unknown) < 300
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    outcome = made(agents, workflow_id)
    assert {name: outcome[name] for name in ("segments", "sound", "objects", "records")} == {
        name: undisturbed[name] for name in ("segments", "sound", "objects", "records")
    }
    kept = {path for path, fields in documents(agents).items() if LATER in fields}
    assert len(added_to) > 10
    assert kept >= added_to


def test_nothing_that_comes_after_the_end_changes_anything(
    all_agents: ManualDelivery, all_undisturbed: dict[str, Any]
) -> None:
    workflow_id = all_agents.generate(TEXT)
    deliveries = all_agents.drain()
    before = all_agents.workflow(workflow_id)
    for delivery in reversed(deliveries):
        assert 200 <= all_agents.deliver(delivery) < 300
    all_agents.drain(Random(1))
    assert all_agents.workflow(workflow_id) == before
    assert made(all_agents, workflow_id) == all_undisturbed


def test_every_file_bears_the_last_title_whenever_that_was_given(
    all_agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Titles come during the making, in the midst of the mastering, and afterwards."""
    workflow_id = all_agents.generate(TEXT)

    def rename(title: str) -> bool:
        return bool(all_agents.call("PATCH", f"/{workflow_id}", json={"title": title}).status_code == 200)

    until(all_agents, "script.completed")
    assert rename("Ebb")
    until(all_agents, f"{workflow_id}-master")
    notes = show_notes.html_notes
    with monkeypatch.context() as patch:
        patch.setattr(show_notes, "html_notes", lambda episode: notes(episode) if rename("Flow") else "")
        [mastering] = [delivery for delivery in all_agents.waiting if delivery.agent == "mastering"]
        assert all_agents.deliver(mastering) == 503, "what was made under the title before is not taken for that of now"
    until(all_agents, "podcast.mastered")
    assert rename("Slack water")
    all_agents.drain(Random(1), repeats=0.3, lost_answers=0.2)
    workflow, objects = all_agents.workflow(workflow_id), all_agents.objects()
    assert workflow["state"] == "COMPLETED"
    files = {kind: objects[parse_gs_uri(uri)[1]] for kind, uri in workflow["artifacts"].items()}
    assert files.keys() == FILES.keys()
    assert {kind: len(data) for kind, data in files.items()} == workflow["artifact_bytes"]
    readers: list[tuple[Any, str, str]] = [(OggOpus, "audio", "title"), (MP3, "mp3", "TIT2"), (MP4, "m4a", "\xa9nam")]
    for reader, kind, tag in readers:
        assert list(reader(io.BytesIO(files[kind])).tags[tag]) == ["Slack water"], kind
    for kind in ("chapters", "notes_html", "notes_md"):
        assert b"Slack water" in files[kind]
        assert b"Flow" not in files[kind]
    assert "Slack water" in workflow["notes"]


def test_what_comes_after_a_cancellation_costs_nothing_more(agents: ManualDelivery) -> None:
    workflow_id = agents.generate(TEXT)
    until(agents, "script.completed")
    voiced = len(agents.cloud.meter.by_resource("storage_writes", "/segments/"))
    assert agents.call("POST", f"/{workflow_id}/cancel").status_code == 200
    agents.drain(Random(1), repeats=0.3)
    assert agents.workflow(workflow_id)["state"] == "CANCELLED"
    assert len(agents.cloud.meter.by_resource("storage_writes", "/segments/")) == voiced


def test_a_podcast_that_is_cancelled_while_it_is_read_is_not_written(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Request] = []

    def write(_: ExtractiveWriter, request: Request) -> Iterator[Turn]:
        asked.append(request)
        yield from ()

    monkeypatch.setattr(ExtractiveWriter, "write", write)
    workflow_id = agents.generate(TEXT)
    until(agents, "content.harvested")
    [harvested] = [delivery for delivery in agents.waiting if delivery.name.startswith("content.harvested")]
    assert agents.deliver(harvested) == 200
    agents.waiting.remove(harvested)
    assert any(delivery.agent == "script_weaver" for delivery in agents.collect())
    greeted = len(agents.segments(workflow_id))
    assert agents.call("POST", f"/{workflow_id}/cancel").status_code == 200
    agents.drain()
    assert agents.workflow(workflow_id)["state"] == "CANCELLED"
    assert len(agents.segments(workflow_id)) == greeted
    assert asked == []


def test_a_podcast_that_is_cancelled_while_it_is_written_gets_one_turn_more_at_the_most(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow_id = agents.generate(TEXT)
    until(agents, "content.harvested")
    greeted = len(agents.segments(workflow_id))

    def write(_: ExtractiveWriter, request: Request) -> Iterator[Turn]:
        for number in range(5):
            yield Turn(request.hosts[0], f"This is turn {number}.", "Tides")
            if number == 0:
                assert agents.call("POST", f"/{workflow_id}/cancel").status_code == 200

    monkeypatch.setattr(ExtractiveWriter, "write", write)
    agents.drain()
    assert agents.workflow(workflow_id)["state"] == "CANCELLED"
    assert len(agents.segments(workflow_id)) <= greeted + 1


def test_how_work_stands_is_told_to_those_who_give_it(agents: ManualDelivery) -> None:
    workflow_id = agents.generate(TEXT)
    until(agents, "content.harvested")
    status = f"/v1/tasks/{workflow_id}-harvest"
    harvester = Client(agents.apps["content_harvester"])

    def asked(path: str, caller: str) -> TestResponse:
        """As a person asks, who has no key of ours: the token is in both headers, one of which the platform leaves."""
        bearer = f"Bearer {agents.cloud.identity.id_token(caller, URLS['content_harvester'])}"
        return harvester.get(path, headers={"Authorization": bearer, "X-Serverless-Authorization": bearer})

    answer = asked(status, INVOKERS["tasks"])
    assert answer.status_code == 200
    assert {"state": "COMPLETED", "attempt": 1}.items() <= (answer.json or {}).items()
    unknown = asked("/v1/tasks/none", INVOKERS["tasks"])
    assert (unknown.status_code, (unknown.json or {})["code"]) == (404, "task_unknown")
    assert asked(status, ACCOUNT).status_code == 403
    assert harvester.get(status).status_code == 403


def test_a_continued_podcast_whose_request_was_lost_is_driven_on(agents: ManualDelivery) -> None:
    original = agents.generate(SAMPLE.read_text(encoding="utf-8"))
    agents.drain()
    answer = agents.call("POST", f"/{original}/continue", json={"chapter": 1, "minutes": 1})
    assert answer.status_code == 202, answer.text
    workflow_id = str(answer.json["cpoa_workflow_id"])
    agents.collect()
    agents.waiting.clear()
    sweep_later(agents, workflow_id)
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"


def test_what_comes_after_a_deletion_leaves_nothing_behind(agents: ManualDelivery) -> None:
    workflow_id = agents.generate(TEXT)
    until(agents, "script.completed")
    assert agents.call("DELETE", f"/{workflow_id}").status_code == 204
    agents.drain(Random(1), repeats=0.3)
    agents.sweep()
    assert agents.everything() == []


def test_the_cold_open_is_scripted_before_anybody_reads_the_sources(agents: ManualDelivery) -> None:
    """Were it not, a quick harvester and weaver would find no script to go on after, and give the podcast up.

    The gateway does so with the podcast; the version before leaves this to the orchestrator.
    """
    workflow_id = agents.generate(TEXT)
    [event] = agents.collect()
    meter = agents.cloud.meter
    breaths = ["00000", "00001", "00002"]
    tasks = {*(f"{workflow_id}-forge-{breath}" for breath in breaths), f"{workflow_id}-harvest"}
    scripted = agents.db.collection(f"workflows/{workflow_id}/segments")
    assert [segment.id for segment in scripted.stream()] == breaths
    agents.deliver(event)
    assert {name.rpartition("/")[2] for name in meter.by_resource("tasks")} == tasks
    for segment in scripted.stream():
        segment.reference.delete()
    meter.reset()
    pipeline.requested(agents.settings, workflow_id, {})
    written = list(meter.by_resource("firestore_writes", "/segments/"))
    assert [name.rpartition("/")[2] for name in written] == breaths


@pytest.mark.parametrize(
    "lost",
    ["podcast.requested", "-harvest", "content.harvested", "-weave", "script.segment_ready", "-forge-",
     "voice.segment_ready", "-master", "podcast.mastered"],
)  # fmt: skip
def test_the_sweeper_drives_on_whatever_was_lost(
    lost: str, agents: ManualDelivery, undisturbed: dict[str, Any]
) -> None:
    """Every letter of a kind is lost, once: a queue was purged, say."""
    workflow_id = agents.generate(TEXT)
    drop(agents, lost)
    assert agents.workflow(workflow_id)["state"] == "GENERATING"
    sweep_later(agents, workflow_id)
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    assert made(agents, workflow_id) == undisturbed


def test_the_sweeper_fails_what_stays_quiet_whatever_it_does(agents: ManualDelivery) -> None:
    workflow_id = agents.generate(TEXT)
    now = datetime.now(UTC)
    swept = []
    for minutes in range(0, 40, 5):
        swept.append(sweeper.sweep(agents.settings, now + timedelta(minutes=minutes)))
        agents.collect()
        agents.waiting.clear()
    assert [kind for kind in swept[-1] if any(found[kind] for found in swept)] == ["driven_on", "failed"]
    workflow = agents.workflow(workflow_id)
    assert (workflow["state"], workflow["error"]["code"]) == ("FAILED", "stuck")
    agents.drain()


def test_a_workflow_that_cannot_be_looked_after_holds_no_other_up(agents: ManualDelivery) -> None:
    agents.generate(TEXT)
    agents.db.document("workflows/torn").set({"state": "GENERATING", "created_at": datetime(2020, 1, 1, tzinfo=UTC)})
    swept = sweeper.sweep(agents.settings, datetime.now(UTC) + timedelta(minutes=5))
    assert swept == {**dict.fromkeys(swept, 0), "driven_on": 1, "troubled": 1}


def test_the_sweeper_looks_at_every_workflow(agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "PAGE", 2)
    for number in range(5):
        agents.generate(TEXT, key=str(number))
    assert sweeper.sweep(agents.settings, datetime.now(UTC) + timedelta(minutes=5))["driven_on"] == 5


def test_the_sweeper_drives_on_what_it_can_at_once_and_then_the_rest(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch, undisturbed: dict[str, Any]
) -> None:
    monkeypatch.setattr(sweeper, "DRIVEN_ON_AT_ONCE", 2)
    workflow_id = agents.generate(TEXT)
    drop(agents, "-forge-")
    sweeper.sweep(agents.settings, datetime.now(UTC) + timedelta(minutes=5))
    asked = [delivery.name for delivery in agents.collect() if delivery.agent == "voice_forge"]
    assert [name.partition("-again-")[0] for name in asked] == [f"{workflow_id}-forge-0000{index}" for index in "01"]
    sweep_later(agents, workflow_id)
    assert made(agents, workflow_id) == undisturbed


def test_a_sweep_that_is_cut_off_has_done_something_of_everything(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many podcasts are to be looked after, deleted ones have their turn."""
    workflow_id = agents.generate(TEXT)
    assert agents.call("DELETE", f"/{workflow_id}").status_code == 204
    for number in range(3):
        agents.generate(TEXT, key=str(number))
    driven_on = iter("1")

    def drive_on(*_: Any, **__: Any) -> None:
        if next(driven_on, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr(sweeper, "_drive_on", drive_on)
    with pytest.raises(KeyboardInterrupt):
        sweeper.sweep(agents.settings, datetime.now(UTC) + timedelta(minutes=5))
    assert not agents.db.document(f"removals/{workflow_id}").get().exists


def test_an_event_that_cannot_be_handled_fails_its_workflow_and_is_told(agents: ManualDelivery) -> None:
    workflow_id = agents.generate(TEXT)
    [event] = agents.collect()
    assert 200 <= agents.bury(event) < 300
    workflow = agents.workflow(workflow_id)
    assert (workflow["state"], workflow["error"]["code"]) == ("FAILED", "event_undeliverable")


def test_an_event_that_comes_while_firestore_is_out_is_to_come_again(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    workflow_id = agents.generate(TEXT)
    [event] = agents.collect()

    def out(*_: Any, **__: Any) -> None:
        raise ServiceUnavailable("out")

    with monkeypatch.context() as patch:
        patch.setattr(DocumentReference, "get", out)
        assert (agents.deliver(event), agents.bury(event)) == (502, 502)
    assert agents.workflow(workflow_id)["state"] == "GENERATING"
    assert 200 <= agents.bury(event) < 300
    assert agents.workflow(workflow_id)["state"] == "FAILED"


def test_a_dead_letter_after_the_end_changes_nothing(agents: ManualDelivery) -> None:
    workflow_id = agents.generate(TEXT)
    deliveries = agents.drain()
    event = next(delivery for delivery in deliveries if delivery.agent == "orchestrator")
    assert 200 <= agents.bury(event) < 300
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"


UNSPEAKABLE = {"text": "潮汐是海水的周期性涨落。"}
VOICELESS = {"voice": "nobody"}
FIRST_TURN = 3
"""The cold open comes first, in three breaths."""


def scripted(agents: ManualDelivery, change: dict[str, str]) -> str:
    """A podcast whose first turn after the greeting, not voiced yet, is changed; its workflow's id."""
    workflow_id = agents.generate(TEXT)
    until(agents, "script.segment_ready")
    if change:
        agents.db.document(f"workflows/{workflow_id}/segments/{FIRST_TURN:05}").update(change)
    return workflow_id


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.nightly)])
def test_a_turn_that_no_engine_voices_is_apologized_for_once(seed: int, agents: ManualDelivery) -> None:
    workflow_id = scripted(agents, UNSPEAKABLE)
    agents.drain(Random(seed), repeats=0.3, lost_answers=0.2)
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    said = [segment["text"] for segment in agents.segments(workflow_id)]
    assert [text for text in said if "sorry" in text] == [said[FIRST_TURN]]


def test_work_whose_workers_die_is_given_up_in_the_end(agents: ManualDelivery) -> None:
    """Died as often as is allowed, and once more: a text that kills its reader must not do so for ever."""
    workflow_id = scripted(agents, {})
    crashed(agents, f"voice_forge:{workflow_id}-forge-{FIRST_TURN:05}", POLICIES["voice_forge"].attempts_in_all)
    agents.drain()
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    assert "sorry" in agents.segments(workflow_id)[FIRST_TURN]["text"]


def test_a_listener_with_little_left_to_hear_has_the_next_turns_go_ahead(agents: ManualDelivery) -> None:
    """The streamer says so to the gateway, the gateway to the orchestrator. The same turns wait in the other queue,
    too, and each is voiced once."""
    workflow_id = agents.generate(SAMPLE.read_text(), minutes=2)
    while deliveries := [delivery for delivery in agents.collect() if "-forge-" not in delivery.name]:
        agents.deliver(deliveries[0])
        agents.waiting.remove(deliveries[0])
    waiting = Counter(delivery.name for delivery in agents.waiting)
    token = agents.cloud.identity.id_token(ACCOUNT, agents.settings.gateway_url)
    body = {"workflow_id": workflow_id, "segments": OPENING + 2}
    headers = {"Authorization": f"Bearer {token}"}
    assert agents.call("POST", "/internal/v1/awaited", at="", json=body, headers=headers).status_code == 200
    [told] = [delivery for delivery in agents.collect() if delivery.agent == "orchestrator"]
    agents.deliver(told)
    agents.deliver(told)
    agents.waiting.remove(told)
    overtaking = Counter(delivery.name for delivery in agents.collect()) - waiting
    assert overtaking == {f"{workflow_id}-forge-{index:05}": 1 for index in range(OPENING, OPENING + 2)}
    agents.drain(Random(1))
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    assert set(agents.cloud.meter.by_resource("storage_writes", "/segments/").values()) == {1}


def test_a_turn_that_is_voiced_is_not_given_up(agents: ManualDelivery) -> None:
    """A worker arriving last of all, at a record saying all before it died."""
    workflow_id = agents.generate(TEXT)
    name = f"{workflow_id}-forge-{FIRST_TURN:05}"
    [delivery] = [delivery for delivery in agents.drain() if delivery.name == name]
    voiced = agents.segments(workflow_id)
    crashed(agents, f"voice_forge:{name}", POLICIES["voice_forge"].attempts_in_all)
    assert agents.deliver(delivery) == 200
    agents.drain()
    assert agents.segments(workflow_id) == voiced


def test_work_whose_workers_died_seldom_enough_is_done(agents: ManualDelivery, undisturbed: dict[str, Any]) -> None:
    workflow_id = scripted(agents, {})
    crashed(agents, f"voice_forge:{workflow_id}-forge-{FIRST_TURN:05}", POLICIES["voice_forge"].attempts_in_all - 1)
    agents.drain()
    assert made(agents, workflow_id)["segments"] == undisturbed["segments"]


@pytest.mark.parametrize("late", [False, True])
def test_a_recording_and_its_words_are_of_one_kind_whoever_stores_it_first(late: bool, agents: ManualDelivery) -> None:
    """A turn is given up while an engine is still at it: the recording comes before the apology's, or after."""
    workflow_id = scripted(agents, {})
    meant = agents.segments(workflow_id)[FIRST_TURN]
    crashed(agents, f"voice_forge:{workflow_id}-forge-{FIRST_TURN:05}", POLICIES["voice_forge"].attempts_in_all)
    if late:
        agents.drain()
    voice(agents, workflow_id, meant)
    agents.drain(Random(1), repeats=0.3)
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    segment = agents.segments(workflow_id)[FIRST_TURN]
    assert (segment["text"] == meant["text"]) is not late
    assert ("sorry" in segment["text"]) is late
    assert segment["characters"] == len(segment["text"])
    recording = agents.objects()[segment_object(workflow_id, FIRST_TURN)]
    assert segment["packets"] == len(read_opus(recording).packets)


def voice(agents: ManualDelivery, workflow_id: str, segment: dict[str, Any]) -> None:
    """Voice a segment as its agent has it done, and go away before the answer."""
    asked = {"workflow_id": workflow_id, "engine": None, "pause_before_ms": 0, "pause_ms": 0, "retried": True}
    asked |= {"style": "conversation", "persona": ""}
    said = {fact: segment[fact] for fact in ("text", "voice", "language")}
    body = {**asked, **said, "object": segment_object(workflow_id, segment["index"])}
    aims = private_service(agents.settings, agents.settings.model_serving_url)
    aims.post("/v1/speech", body, read=dict, timeout=60)


def crashed(agents: ManualDelivery, record: str, times: int) -> None:
    """Leave the record as workers do that died so many times."""
    index = int(record.rpartition("-")[2])
    digest = request_hash({"workflow_id": record.partition(":")[2].partition("-")[0], "index": index})
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    left = {"state": "IN_PROGRESS", "owner": "dead", "attempt": times, "request_hash": digest}
    agents.db.document(f"idempotency/{record}").set({**left, "lease_expires": long_ago, "expires_at": long_ago})


def test_what_not_even_an_apology_is_voiced_of_the_embedded_voice_says(agents: ManualDelivery) -> None:
    workflow_id = scripted(agents, VOICELESS)
    meant = agents.segments(workflow_id)[FIRST_TURN]["text"]
    agents.drain(Random(1), repeats=0.3, lost_answers=0.2)
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    segment = agents.segments(workflow_id)[FIRST_TURN]
    assert (segment["state"], segment["text"], segment["engine"]) == ("FORGED", meant, "espeak")


def test_of_words_that_no_voice_can_say_the_embedded_one_says_an_apology(agents: ManualDelivery) -> None:
    workflow_id = scripted(agents, UNSPEAKABLE | VOICELESS)
    agents.drain(Random(1), repeats=0.3, lost_answers=0.2)
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    segment = agents.segments(workflow_id)[FIRST_TURN]
    assert "sorry" in segment["text"]
    assert segment["embedded"]


def test_a_turn_that_no_voice_at_all_says_fails_the_podcast(agents: ManualDelivery) -> None:
    workflow_id = scripted(agents, VOICELESS | {"language": "tlh"})
    agents.drain(Random(1), repeats=0.3)
    workflow = agents.workflow(workflow_id)
    assert (workflow["state"], workflow["stages"]["forge"]) == ("FAILED", "FAILED")
    assert workflow["error"]["code"] == "engine_voice_unknown"


def test_without_apologies_a_turn_that_no_engine_voices_fails_the_podcast(agents: ManualDelivery) -> None:
    workflow_id = scripted(agents, UNSPEAKABLE)
    drop(agents, "agent.failed")
    segment = agents.segments(workflow_id)[FIRST_TURN]
    error = segment["error"]
    told: pipeline.Told = {
        "agent": "voice_forge",
        "index": FIRST_TURN,
        "code": error["code"],
        "message": error["message"],
    }
    strict = replace(agents.settings, apologize_for_failed_segments=False)
    pipeline.advance(strict, "agent.failed", workflow_id, told)
    assert agents.workflow(workflow_id)["error"] == segment["error"]


@pytest.mark.parametrize("lost", ["agent.failed", "-apology-", "-embedded-"])
def test_the_sweeper_drives_on_a_turn_that_was_given_up(lost: str, agents: ManualDelivery) -> None:
    workflow_id = scripted(agents, VOICELESS if lost == "-embedded-" else UNSPEAKABLE)
    drop(agents, lost)
    assert agents.workflow(workflow_id)["state"] == "GENERATING"
    sweep_later(agents, workflow_id)
    assert agents.workflow(workflow_id)["state"] == "COMPLETED"
    segment = agents.segments(workflow_id)[FIRST_TURN]
    embedded = lost == "-embedded-"
    assert (segment.get("embedded", False), "sorry" in segment["text"]) == (embedded, not embedded)


LATER = "of_a_later_version"


def of_a_later_version(agents: ManualDelivery, delivery: PendingDelivery) -> PendingDelivery:
    """The same event or task, as a later version puts it: with an added field, and an added header."""
    body = json.dumps({**json.loads(delivery.body or b"{}"), LATER: {"a": [1]}}).encode()
    event = delivery.agent == "orchestrator"
    headers = {**delivery.headers, "ce-later" if event else "X-Later": "1"}
    headers[authenticator.HEADER] = authenticator.sign(
        agents.settings,
        caller=INVOKERS["events" if event else "tasks"],
        target=agents.settings.events_topic if event else URLS[delivery.agent],
        headers=headers,
        body=body,
        lifetime=timedelta(minutes=1),
    )
    return replace(delivery, headers=headers, body=body)


def letter_of(agents: ManualDelivery, event_type: str, workflow_id: str) -> PendingDelivery:
    """An event that waits, of any type."""
    publish(agents.settings, Event(event_type, workflow_id))
    [delivery] = agents.collect()
    agents.waiting.clear()
    return delivery


def documents(agents: ManualDelivery) -> dict[str, dict[str, Any]]:
    """Every document of a podcast, by its path."""
    found = [one for name in ("workflows", "idempotency", "streams") for one in agents.db.collection(name).stream()]
    found += agents.db.collection_group("segments").stream()
    return {one.reference.path: one.to_dict() or {} for one in found}


def add_to_documents(agents: ManualDelivery) -> set[str]:
    """Add a later version's field to every document that has none; to which."""
    without = {path for path, fields in documents(agents).items() if LATER not in fields}
    for path in without:
        agents.db.document(path).update({LATER: 1})
    return without


def until(agents: ManualDelivery, event: str) -> None:
    """Deliver in order until an event of that type waits."""
    while not any(delivery.name.startswith(event) for delivery in agents.collect()):
        delivery = agents.waiting.pop(0)
        assert 200 <= agents.deliver(delivery) < 300


def drop(agents: ManualDelivery, lost: str) -> None:
    """Deliver everything but what has `lost` in its name, which is thrown away."""
    while agents.collect():
        delivery = agents.waiting.pop(0)
        if lost not in delivery.name:
            assert 200 <= agents.deliver(delivery) < 300


def sweep_later(agents: ManualDelivery, workflow_id: str) -> None:
    """Sweep as if five minutes later, and deliver what comes of it, until the workflow has ended or 10 times."""
    for number in range(1, 11):
        sweeper.sweep(agents.settings, datetime.now(UTC) + timedelta(minutes=2 * number))
        agents.drain()
        if agents.workflow(workflow_id)["state"] != "GENERATING":
            return
