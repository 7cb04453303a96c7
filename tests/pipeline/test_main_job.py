"""The main job, end to end over real parts: a text or a page goes in, a podcast is heard while it is being made."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import requests
from flask import Flask, Response
from werkzeug.serving import make_server

from common.contract import PACKET_MS
from common.events import PODCAST_AWAITED
from common.ogg import read_opus, write_opus
from common.policy import LEASE, OPENING
from local.listener import Heard, StreamBroken
from local.podcast import SAMPLE
from local.stack import Stack
from tests.conftest import PATIENCE_S, ApiClient, editions, eventually, left_of

TEXT = SAMPLE.read_text()


@pytest.fixture(scope="module")
def heard(api_client: ApiClient) -> tuple[str, Heard]:
    """A podcast about the sample text, listened to from the first moment: its id, and what was heard."""
    with editions(api_client.stack):
        accepted = api_client.generate(text=TEXT, minutes=2)
        workflow_id = accepted["cpoa_workflow_id"]
        heard = api_client.hear(accepted)
        api_client.await_state(workflow_id, "COMPLETED")
        eventually(lambda: {"mp3", "m4a"} <= (api_client.show(workflow_id)["artifacts"] or {}).keys(), PATIENCE_S)
    return workflow_id, heard


def test_every_packet_is_heard_once_and_in_order(heard: tuple[str, Heard]) -> None:
    _, podcast = heard
    assert podcast.whole()
    assert podcast.repeated == 0
    assert len(podcast.packets) * PACKET_MS > 5_000


def test_the_greeting_comes_first_and_two_hosts_speak(heard: tuple[str, Heard]) -> None:
    _, podcast = heard
    segments = podcast.segments()
    assert segments[0]["kind"] == "cold_open"
    assert len({segment["speaker"] for segment in segments}) == 2
    assert segments[-1]["kind"] == "close"
    assert len({segment["chapter"] for segment in segments[1:]}) > 1


def test_the_transcript_is_the_script_and_follows_the_packet_clock(
    api_client: ApiClient, heard: tuple[str, Heard]
) -> None:
    workflow_id, podcast = heard
    script = api_client.http.get(f"{api_client.api}/{workflow_id}/segments", timeout=30).json()["segments"]
    said = podcast.segments()
    assert [segment["text"] for segment in said] == [segment["text"] for segment in script]
    position = 0
    for segment in said:
        assert segment["firstPacket"] == position
        position += segment["packets"]
    assert position == len(podcast.packets)


def test_independent_readers_accept_what_was_heard(heard: tuple[str, Heard], tmp_path: Path) -> None:
    _, podcast = heard
    path = tmp_path / "podcast.ogg"
    packets = [podcast.packets[number] for number in range(len(podcast.packets))]
    path.write_bytes(write_opus(packets, podcast.pre_skip, serial=1))
    probe = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name,channels,sample_rate:format=duration"]
    shown = subprocess.run([*probe, "-of", "csv=p=0", path], capture_output=True, text=True, check=True).stdout.split()
    assert shown[0] == "opus,48000,1"
    assert float(shown[1]) == pytest.approx(len(packets) * PACKET_MS / 1000, abs=0.02)
    info = subprocess.run(["opusinfo", path], capture_output=True, text=True, check=True)
    assert "WARNING" not in info.stdout + info.stderr


def test_the_finished_file_has_the_very_packets_that_were_heard(
    api_client: ApiClient, heard: tuple[str, Heard]
) -> None:
    workflow_id, podcast = heard
    shown = api_client.show(workflow_id)
    episode = read_opus(requests.get(shown["artifacts"]["audio"], timeout=30).content)
    assert episode.packets == [podcast.packets[number] for number in range(len(podcast.packets))]
    assert shown["duration_ms"] == len(podcast.packets) * PACKET_MS
    assert set(shown["stages"].values()) == {"DONE"}


def renewals(api_client: ApiClient, workflow_id: str) -> int:
    """How often the forging of a segment took so long that its lease had to be renewed: not once on a quiet machine."""
    segments = api_client.http.get(f"{api_client.api}/{workflow_id}/segments", timeout=30).json()["segments"]
    spans = [[datetime.fromisoformat(one[end]) for end in ("forging_at", "forged_at")] for one in segments]
    return sum((end - began) // (LEASE / 3) for began, end in spans)


def test_every_billable_operation_of_a_segment_is_counted(
    stack: Stack, api_client: ApiClient, heard: tuple[str, Heard]
) -> None:
    """At most 4 Firestore writes, 1 task, 2 messages and 1 storage write a segment; 1 read by the streamer.

    Two segments of an opening that was voiced beforehand cost no more than their documents. A segment about to be heard
    and not voiced yet costs a second task, ahead of others, a message for the task, and one that says it is voiced.
    """
    workflow_id, podcast = heard
    count = len(podcast.segments())

    def of(operation: str, containing: str) -> int:
        found = stack.billable_by_resource(operation, workflow_id)
        return sum(times for resource, times in found.items() if containing in resource)

    segment_writes = of("firestore_writes", "/segments/") + of("firestore_writes", "voice_forge:")
    assert segment_writes <= 4 * count + renewals(api_client, workflow_id)
    voiced = of("storage_writes", "/segments/")
    assert voiced in {count, count - 2}
    tasks = of("tasks", "-forge-")
    assert voiced <= tasks <= 2 * voiced
    asked_for = of("pubsub_messages", PODCAST_AWAITED)
    assert asked_for <= count
    # and one each for request, sources, script, mastering
    assert of("pubsub_messages", "") - asked_for - (tasks - voiced) <= 2 * count + 5
    # The one streamer reads each segment once, for however many listeners; mastering once for the episode, once for its
    # MP3 and once for its M4A. The first segments are read with their documents
    assert of("storage_reads", "/segments/") == 4 * (count - OPENING)


def test_a_second_listener_costs_no_further_storage_read(stack: Stack, api_client: ApiClient) -> None:
    accepted = api_client.generate(text=TEXT, minutes=1)
    workflow_id = accepted["cpoa_workflow_id"]
    second = api_client.http.post(f"{api_client.api}/{workflow_id}/stream", timeout=30).json()
    heard: list[Heard] = []
    listeners = [Thread(target=lambda take=take: heard.append(api_client.hear(take))) for take in (accepted, second)]
    for listener in listeners:
        listener.start()
    for listener in listeners:
        listener.join(PATIENCE_S)
    api_client.await_state(workflow_id, "COMPLETED")
    assert len(heard) == 2
    assert heard[0].packets == heard[1].packets
    reads = stack.billable_by_resource("storage_reads", f"{workflow_id}/segments/")
    assert sum(reads.values()) == 2 * (len(heard[0].segments()) - OPENING)  # the streamer, and mastering


def test_the_same_idempotency_key_is_the_same_podcast(api_client: ApiClient) -> None:
    first, second = (api_client.generate(key="again", text="One sentence is said only once.", minutes=1) for _ in "12")
    assert first["cpoa_workflow_id"] == second["cpoa_workflow_id"]
    assert first["stream_id"] != second["stream_id"]
    response = api_client.http.post(
        f"{api_client.api}/generate", json={"text": "Another."}, headers={"X-Idempotency-Key": "again"}, timeout=30
    )
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")


def test_cancelling_stops_the_work_and_tells_the_listener(api_client: ApiClient) -> None:
    accepted = api_client.generate(text=TEXT * 200, minutes=30)
    workflow_id = accepted["cpoa_workflow_id"]
    assert api_client.http.post(f"{api_client.api}/{workflow_id}/cancel", timeout=30).json()["state"] == "CANCELLED"
    with pytest.raises(StreamBroken, match="cancelled"):
        api_client.hear(accepted)


def test_what_was_voiced_of_a_cancelled_podcast_can_be_heard(api_client: ApiClient) -> None:
    workflow_id = api_client.generate(text=TEXT * 200, minutes=30)["cpoa_workflow_id"]
    podcast = f"{api_client.api}/{workflow_id}"
    voiced = lambda: api_client.http.get(podcast, timeout=30).json()["segments"]["voiced"]  # noqa: E731
    eventually(lambda: voiced() > 0, PATIENCE_S)
    api_client.http.post(f"{podcast}/cancel", timeout=30).raise_for_status()
    stream = api_client.http.post(f"{podcast}/stream", timeout=30)
    assert stream.status_code == 201
    with pytest.raises(StreamBroken, match="cancelled"):
        api_client.hear(stream.json())


def test_deleting_leaves_nothing_behind(stack: Stack, api_client: ApiClient) -> None:
    accepted = api_client.generate(text=TEXT, minutes=1)
    workflow_id = accepted["cpoa_workflow_id"]
    api_client.await_state(workflow_id, "COMPLETED")
    assert api_client.http.delete(f"{api_client.api}/{workflow_id}", timeout=60).status_code == 204
    assert api_client.http.get(f"{api_client.api}/{workflow_id}", timeout=30).status_code == 404
    # Its editions may just have been begun, which then find nothing
    eventually(lambda: not left_of(stack, workflow_id), PATIENCE_S, lambda: str(left_of(stack, workflow_id)))


# Bad input

BAD_REQUESTS: list[tuple[Any, int, str]] = [
    ({}, 400, "request_invalid"),
    ({"topic": "x" * 301}, 400, "request_invalid"),
    ({"topic": "tides", "minutes": 0}, 400, "request_invalid"),
    ({"topic": "tides", "minutes": "soon"}, 400, "request_invalid"),
    ({"topic": "tides", "language": "tlh"}, 400, "request_invalid"),
    ({"topic": "潮汐"}, 400, "request_invalid"),
    ({"topic": "tides", "colour": "red"}, 400, "request_invalid"),
    ({"urls": ["ftp://example.com/"]}, 400, "request_invalid"),
    ({"documents": [{"name": "a.pdf", "data": "not base64!"}]}, 400, "request_invalid"),
    ([], 400, "request_malformed"),
]


@pytest.mark.parametrize(("body", "status", "code"), BAD_REQUESTS, ids=[str(body)[:40] for body, *_ in BAD_REQUESTS])
def test_a_bad_request_is_refused_precisely(api_client: ApiClient, body: Any, status: int, code: str) -> None:
    response = api_client.http.post(f"{api_client.api}/generate", json=body, timeout=30)
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["Content-Type"] == "application/problem+json"
    if code == "request_invalid":
        assert response.json()["errors"]


def test_malformed_json_is_refused(api_client: ApiClient) -> None:
    response = api_client.http.post(
        f"{api_client.api}/generate", data=b'{"topic":', headers={"Content-Type": "application/json"}, timeout=30
    )
    assert (response.status_code, response.json()["code"]) == (400, "request_malformed")


def test_an_enormous_request_is_refused(api_client: ApiClient) -> None:
    response = api_client.http.post(f"{api_client.api}/generate", data=b"x" * 13_000_000, timeout=30)
    assert (response.status_code, response.json()["code"]) == (413, "request_too_large")


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic d3Jvbmc6", "Bearer "])
def test_a_wrong_key_is_refused(api_client: ApiClient, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    response = requests.get(api_client.api, headers=headers, timeout=30)
    assert response.status_code == 401
    assert response.json()["code"] in {"key_missing", "key_wrong"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("PUT", "/generate", 405), ("GET", "/" + "0" * 32, 404), ("GET", "/..%2f", 404)],
)
def test_a_wrong_address_is_a_problem_too(api_client: ApiClient, method: str, path: str, status: int) -> None:
    response = api_client.http.request(method, api_client.api + path, timeout=30)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.fixture(scope="module")
def website() -> Iterator[str]:
    """A web server of this machine, for good pages and bad ones."""
    app = Flask("website")

    @app.get("/tides")
    def tides() -> str:
        paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in TEXT.split("\n\n")[1:])
        return (
            f"<html><head><title>Tides</title></head><body><article><h1>Tides</h1>{paragraphs}</article></body></html>"
        )

    @app.get("/empty")
    def empty() -> str:
        return "<html><body></body></html>"

    @app.get("/image")
    def image() -> Response:
        return Response(b"\x89PNG\r\n\x1a\n" + bytes(100), mimetype="image/png")

    @app.get("/enormous")
    def enormous() -> Response:
        return Response((b"<p>" + b"x" * 65536 for _ in range(400)), mimetype="text/html")

    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_a_web_page_becomes_a_podcast(api_client: ApiClient, website: str) -> None:
    accepted = api_client.generate(urls=[f"{website}/tides"], minutes=1)
    assert api_client.hear(accepted).whole()
    podcast = api_client.await_state(accepted["cpoa_workflow_id"], "COMPLETED")
    assert podcast["sources"][0]["url"] == f"{website}/tides"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/missing", "source_not_found"),
        ("/empty", "source_empty"),
        ("/image", "source_not_text"),
        ("/enormous", "source_too_large"),
    ],
)
def test_a_bad_page_fails_the_podcast_and_the_listener_hears_why(
    api_client: ApiClient, website: str, path: str, code: str
) -> None:
    accepted = api_client.generate(urls=[website + path], minutes=1)
    with pytest.raises(StreamBroken, match=code):
        api_client.hear(accepted)
    podcast = api_client.await_state(accepted["cpoa_workflow_id"], "FAILED")
    assert podcast["error"]["code"] == code
    assert podcast["stages"]["harvest"] == "FAILED"


def test_a_text_that_no_voice_can_read_fails_the_podcast(api_client: ApiClient) -> None:
    accepted = api_client.generate(title="Tides", text="潮汐是海水的周期性涨落。" * 40, minutes=1)
    podcast = api_client.await_state(accepted["cpoa_workflow_id"], "FAILED")
    assert podcast["error"]["code"] in {"script_unreadable", "language_unsupported"}
