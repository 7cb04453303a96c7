"""The client for programs, against a running stack and against a server that is having a bad day."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2
import pytest

from client.aethercast import Aethercast, AethercastError
from common.contract import LANGUAGES
from common.hosts import VOICES
from common.ogg import read_opus
from local.podcast import SAMPLE
from local.stack import Stack
from tests.conftest import ApiClient

Answer = tuple[int, str, bytes]
"""Status, media type and body."""
PAGE = "text/html; charset=UTF-8"
TEXT = "The tide rises and falls twice a day. The Moon pulls on the water. The Sun pulls on it as well, though less."


@pytest.fixture
def api(stack: Stack) -> Iterator[Aethercast]:
    with Aethercast(stack.endpoints.api_url, stack.endpoints.api_key) as opened:
        yield opened


def test_a_program_has_a_podcast_made_and_keeps_it(api: Aethercast, tmp_path: Path) -> None:
    made = api.generate(text=TEXT, title="Tides and their causes", minutes=1)
    podcast = api.wait(made.workflow_id, within_s=180, every_s=0.1)
    assert podcast.state == "COMPLETED", podcast
    segments = api.segments(made.workflow_id)
    assert [segment.index for segment in segments] == list(range(len(segments)))
    assert {segment.state for segment in segments} == {"FORGED"}

    api.download(made.workflow_id, tmp_path / "episode.ogg")
    packets = read_opus((tmp_path / "episode.ogg").read_bytes()).packets
    assert len(packets) == sum(segment.packets or 0 for segment in segments)

    assert api.rename(made.workflow_id, "Ebb and flow explained").title == "Ebb and flow explained"
    assert [found.workflow_id for found in api.podcasts("flow ebb explained")] == [made.workflow_id]
    api.delete(made.workflow_id)
    with pytest.raises(AethercastError) as gone:
        api.podcast(made.workflow_id)
    assert (gone.value.status, gone.value.code, gone.value.passing) == (404, "podcast_unknown", False)


def test_the_engines_on_offer_are_known(api: Aethercast) -> None:
    engines = api.engines()
    assert [engine.engine for engine in engines["language"]] == ["extractive"]
    [speech] = engines["speech"]
    assert (speech.engine, speech.more_voices, speech.price_per_million_characters) == ("espeak", False, 0.0)
    assert speech.voices == [{"name": name, "languages": speech.languages} for name in VOICES]
    assert set(speech.languages) == set(LANGUAGES)


def test_what_is_asked_for_twice_is_made_once(api: Aethercast, api_client: ApiClient) -> None:
    first, second = (api.generate(text=TEXT, minutes=1, idempotency_key="twice-by-the-client") for _ in range(2))
    assert first.workflow_id == second.workflow_id
    assert first.stream_id != second.stream_id
    assert api_client.hear(vars(second)).whole()


def test_another_right_to_listen_and_none_to_stop_what_has_ended(api: Aethercast, api_client: ApiClient) -> None:
    made = api.generate(text=TEXT, minutes=1)
    api.wait(made.workflow_id, within_s=180, every_s=0.1)
    assert api_client.hear(vars(api.stream(made.workflow_id))).whole()
    with pytest.raises(AethercastError, match="podcast_ended"):
        api.cancel(made.workflow_id)


def test_a_podcast_leads_to_others_and_into_a_feed(api: Aethercast, api_client: ApiClient) -> None:
    made = api.generate(text=SAMPLE.read_text(), minutes=1)
    api.wait(made.workflow_id, within_s=180, every_s=0.1)
    edited = api.remake(made.workflow_id, [{"index": 1, "text": "So, what is a tide?"}], title="Tides, revised")
    more = api.more_about(made.workflow_id, 1, minutes=1)
    assert api_client.hear(vars(edited)).whole()
    assert api_client.hear(vars(more)).whole()
    assert api.segments(edited.workflow_id)[1].text == "So, what is a tide?"
    api.keep_moment(made.workflow_id, 1)
    assert api.moments(made.workflow_id) == [1]
    api.forget_moment(made.workflow_id, 1)
    assert api.moments(made.workflow_id) == []
    assert api.usage_of(made.workflow_id)["characters"]["espeak"] > 0
    assert (api.sample("third") or {})["segments"][0]["text"] == "Hello."
    feed = api.new_feed()
    assert httpx2.get(feed).headers["Content-Type"].startswith("application/rss+xml")
    api.revoke_feeds()
    assert httpx2.get(feed).status_code == 404


def test_a_refusal_names_what_is_wrong(api: Aethercast) -> None:
    with pytest.raises(AethercastError, match="request_invalid") as refused:
        api.generate(minutes=3)
    assert refused.value.status == 400


def test_the_beginning_is_heard_with_the_answer(api: Aethercast, api_client: ApiClient) -> None:
    api.wait(api.generate(text=TEXT, minutes=1).workflow_id)
    assert api.generate(text=TEXT, minutes=1).sound == []
    made = api.generate(text=TEXT, minutes=1, with_sound=True)
    heard = api_client.hear(vars(made))
    assert made.sound
    assert made.sound == [heard.packets[number] for number in range(len(made.sound))]


def test_what_passes_is_asked_again_under_the_same_key() -> None:
    fields = {"stream_id": "s", "websocket_url": "ws://x", "cpoa_workflow_id": "w", "status_url": "u", "later": 1}
    accepted = in_json(fields)
    answers = [
        problem_details(503, "store_unreachable", "…"),
        (502, PAGE, b"<html>Bad gateway</html>"),
        (202, *accepted),
    ]
    with server(answers) as (url, keys), Aethercast(url, "key") as api:
        assert api.generate(topic="tides").workflow_id == "w"
    assert len(keys) == 3
    assert len(set(keys)) == 1


@pytest.mark.parametrize("status", [200, 202, 302, 401, 403, 404, 413, 429, 500, 503])
@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        (PAGE, b"<html>A front's own words</html>"),
        (PAGE, b""),
        ("application/json", b'{"cpoa_workflow_id": "w", "stream'),
        ("application/json", b'{"error": {"code": 404}}'),
        ("application/json", b"[]"),
        ("application/problem+json", b'{"type": "about:blank", "code": "podcast_unknown", "detail": "No."}'),
    ],
    ids=["page", "nothing", "cut", "json", "list", "problem"],
)
def test_what_is_not_the_apis_own_answer_is_as_good_as_none(status: int, media_type: str, body: bytes) -> None:
    with server([(status, media_type, body)]) as (url, _), Aethercast(url, "key", attempts=1) as api:
        with pytest.raises(AethercastError, match="not_the_api") as passing:
            api.generate(topic="tides")
        assert (passing.value.status, passing.value.passing) == (0, True)


def test_a_deletion_is_done_when_the_api_says_so() -> None:
    with server([(200, PAGE, b"<html>Moved</html>"), (204, PAGE, b"")]) as (url, keys), Aethercast(url, "key") as api:
        api.delete("w")
    assert len(keys) == 2


def test_who_waits_for_a_podcast_waits_through_what_passes() -> None:
    fields = ("workflow_id", "title", "language", "created_at")
    podcast = dict.fromkeys(fields, "x") | {"state": "COMPLETED", "stages": {}, "sources": []}
    answers = [(404, PAGE, b"<html>Not here</html>")] * 3 + [(200, *in_json(podcast))]
    with server(answers) as (url, _), Aethercast(url, "key", attempts=1) as api:
        assert api.wait("w", every_s=0.01).state == "COMPLETED"


def test_what_does_not_pass_is_told_in_the_end() -> None:
    busy = problem_details(503, "store_unreachable", "Podcasts cannot be read just now.")
    told = pytest.raises(AethercastError, match="store_unreachable: Podcasts cannot be read")
    with server([busy] * 2) as (url, keys), Aethercast(url, "key", attempts=2) as api, told:
        api.podcast("w")
    assert len(keys) == 2


def test_an_api_that_is_not_there() -> None:
    with server([]) as (url, _):
        pass
    with Aethercast(url, "key", attempts=1) as api, pytest.raises(AethercastError, match="unreachable"):
        api.podcast("w")


def in_json(body: Mapping[str, object]) -> tuple[str, bytes]:
    return "application/json", json.dumps(body).encode()


def problem_details(status: int, code: str, detail: str) -> Answer:
    body = {"type": f"urn:aethercast:problem:{code}", "code": code, "detail": detail}
    return status, "application/problem+json", json.dumps(body).encode()


@contextmanager
def server(answers: Sequence[Answer]) -> Iterator[tuple[str, list[str | None]]]:
    """An API with the given answers in order; its URL, and the received idempotency keys."""
    keys: list[str | None] = []
    left = iter(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys.append(self.headers.get("X-Idempotency-Key"))
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, media_type, data = next(left)
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_POST = do_DELETE = do_GET

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{running.server_port}", keys
    finally:
        running.shutdown()
        running.server_close()
        thread.join()
