"""The direct way: a finished audio object, attached to a stream by one of our own services."""

from __future__ import annotations

import io
import itertools
import math
import struct
import time
from typing import Any

import av
import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from common import authenticator
from common.ogg import write_opus
from common.opus import decode
from common.settings import Settings
from local import iam
from tests.conftest import eventually
from tests.streaming.conftest import NewInstance
from tests.streaming.harness import ORCHESTRATOR, STRANGER, StreamerHarness, some_packets
from tests.streaming.instances import Instance
from tests.streaming.listeners import WebSocketListener, in_order, resume, start

pytestmark = pytest.mark.xdist_group("streaming")

ADDRESS = "/asf/internal/notify_new_audio"


def notify(streamer: Instance, token: str | None, body: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.post(streamer.url + ADDRESS, json=body, headers=headers, timeout=10)


@pytest.fixture(scope="module")
def token(harness: StreamerHarness, streamer: Instance) -> str:
    """By which the orchestrator calls the streamer."""
    return harness.id_token(ORCHESTRATOR, streamer.url)


def test_one_who_waits_hears_the_object(harness: StreamerHarness, streamer: Instance, token: str) -> None:
    ticket, packets = harness.podcast().ticket(), some_packets(1, 130)
    uri = harness.store("finished.ogg", write_opus(packets, 312, serial=1))
    with WebSocketListener(streamer.stream, start(ticket)) as listener:
        listener.wait_for_told("stream_metadata")
        answer = notify(streamer, token, {"stream_id": ticket, "filepath": uri})
        assert (answer.status_code, answer.json()) == (202, {"status": "attached"})
        assert listener.wait_for_end() == 1000
    assert in_order(listener.heard) == packets


def test_one_who_comes_later_hears_the_object_on_any_instance(
    harness: StreamerHarness, streamer: Instance, token: str
) -> None:
    ticket, packets = harness.podcast(segments=1).ticket(), some_packets(2, 700)
    uri = harness.store("later.ogg", write_opus(packets, 312, serial=1))
    assert notify(streamer, token, {"stream_id": ticket, "filepath": uri}).status_code == 202
    with WebSocketListener(streamer.stream, start(ticket, window_ms=2_000)) as first:
        first.wait_for_packets(80)
    with WebSocketListener(streamer.stream, resume(first.heard), first.heard) as second:
        assert second.wait_for_end() == 1000
    assert in_order(second.heard) == packets


def test_an_mp3_is_made_into_packets(harness: StreamerHarness, streamer: Instance, token: str) -> None:
    ticket = harness.podcast().ticket()
    uri = harness.store("finished.mp3", tone_mp3(seconds=3))
    with WebSocketListener(streamer.stream, start(ticket)) as listener:
        listener.wait_for_told("stream_metadata")
        assert notify(streamer, token, {"stream_id": ticket, "filepath": uri}).status_code == 202
        assert listener.wait_for_end() == 1000
    heard = in_order(listener.heard)
    assert 150 <= len(heard) <= 160  # 3 s, and what MP3 and Opus encoders each add at the ends
    assert loudest_frequency(b"".join(decode(heard))) == pytest.approx(440, abs=5)


@pytest.mark.parametrize(
    ("data", "code"), [(b"this is no audio", "audio_unreadable"), (b"OggS" + bytes(50), "audio_unreadable")]
)
def test_what_is_no_audio_is_said_to_be_none(
    harness: StreamerHarness, streamer: Instance, token: str, data: bytes, code: str
) -> None:
    ticket = harness.podcast().ticket()
    uri = harness.store("nonsense", data)
    with WebSocketListener(streamer.stream, start(ticket)) as listener:
        listener.wait_for_told("stream_metadata")
        notify(streamer, token, {"stream_id": ticket, "filepath": uri})
        assert listener.wait_for_end() == 1000
    assert listener.heard.messages[-1]["code"] == code


def test_who_has_heard_something_is_not_interrupted(harness: StreamerHarness, streamer: Instance, token: str) -> None:
    podcast = harness.podcast(segments=1)
    ticket = podcast.ticket()
    uri = harness.store("other.ogg", write_opus(some_packets(3, 50), 312, serial=1))
    with WebSocketListener(streamer.stream, start(ticket)) as listener:
        listener.wait_for_packets(50)
        assert notify(streamer, token, {"stream_id": ticket, "filepath": uri}).status_code == 202
        podcast.say()
        podcast.end()
        assert listener.wait_for_end() == 1000
    assert in_order(listener.heard) == podcast.packets


BAD_BODIES: list[tuple[Any, str]] = [
    ([], "body_malformed"),
    ({}, "body_malformed"),
    ({"stream_id": 1, "filepath": "gs://a/b"}, "body_malformed"),
    ({"stream_id": "", "filepath": "gs://a/b"}, "body_malformed"),
    ({"stream_id": "x", "filepath": "http://169.254.169.254/latest"}, "filepath_malformed"),
    ({"stream_id": "x", "filepath": "gs://bucket"}, "filepath_malformed"),
    ({"stream_id": "x", "filepath": "gs://a/" + "b" * 2000}, "filepath_malformed"),
]


@pytest.mark.parametrize(("body", "code"), BAD_BODIES, ids=[str(body)[:40] for body, _ in BAD_BODIES])
def test_a_bad_request_is_refused_precisely(streamer: Instance, token: str, body: Any, code: str) -> None:
    answer = notify(streamer, token, body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_an_unknown_stream_is_not_found(streamer: Instance, token: str) -> None:
    answer = notify(streamer, token, {"stream_id": "x" * 43, "filepath": "gs://a/b"})
    assert (answer.status_code, answer.json()["code"]) == (404, "stream_unknown")


def test_the_platforms_mark_is_no_signature_whatever_the_settings_say(
    harness: StreamerHarness, new_streamer: NewInstance
) -> None:
    """The streamer is public: nobody has checked a token before it."""
    ours = Settings(authenticator_key="the key")
    streamer = new_streamer(PLATFORM_CHECKS_TOKENS="true", AUTHENTICATOR_KEY=ours.authenticator_key)
    streamer.await_ready()
    marked = iam.without_signature(harness.id_token(ORCHESTRATOR, streamer.url))
    body, bearer = b'{"stream_id": "x", "filepath": "gs://a/b"}', f"Bearer {marked}"
    headers = {"Authorization": bearer, "Content-Type": "application/json"}
    headers[authenticator.HEADER] = authenticator.sign(
        ours,
        caller=ORCHESTRATOR,
        target=streamer.url + ADDRESS,
        headers={},
        body=body,
        lifetime=authenticator.CALL_LIFETIME,
    )
    for more in ({}, {"X-Serverless-Authorization": bearer}):
        answer = requests.post(streamer.url + ADDRESS, data=body, headers=headers | more, timeout=10)
        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


def test_only_our_own_services_may_call(harness: StreamerHarness, streamer: Instance) -> None:
    now = int(time.time())
    forged = jwt.encode(
        {"iss": "https://accounts.google.com", "email": ORCHESTRATOR, "email_verified": True, "aud": streamer.url}
        | {"iat": now, "exp": now + 600},
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
        algorithm="RS256",
        headers={"kid": "aethercast-local"},
    )
    unsigned = jwt.encode({"email": ORCHESTRATOR, "aud": streamer.url, "exp": now + 600}, "", algorithm="none")
    refused = {
        None: (401, "token_missing"),
        "nonsense": (401, "token_invalid"),
        forged: (401, "token_invalid"),
        unsigned: (401, "token_invalid"),
        harness.id_token(ORCHESTRATOR, "https://elsewhere.example"): (401, "token_invalid"),
        harness.id_token(STRANGER, streamer.url): (403, "caller_not_allowed"),
    }
    for token, expected in refused.items():
        answer = notify(streamer, token, {"stream_id": "x" * 43, "filepath": "gs://a/b"})
        assert (answer.status_code, answer.json()["code"]) == expected
    eventually(lambda: streamer.metrics()["asf_connections"] == 0)


def tone_mp3(seconds: int) -> bytes:
    """A sine of 440 Hz, stereo at 44.1 kHz as MP3s mostly are."""
    rate, target = 44_100, io.BytesIO()
    with av.open(target, "w", format="mp3") as container:
        stream = container.add_stream("mp3", rate=rate, layout="stereo")
        samples = [int(8000 * math.sin(2 * math.pi * 440 * at / rate)) for at in range(rate * seconds)]
        frame = av.AudioFrame(format="s16", layout="stereo", samples=len(samples))
        frame.planes[0].update(b"".join(struct.pack("<hh", value, value) for value in samples))
        frame.sample_rate = rate
        resampled = av.AudioResampler("s16p", "stereo", rate).resample(frame)
        for piece in (*resampled, None):
            container.mux(stream.encode(piece))
    return target.getvalue()


def loudest_frequency(pcm: bytes) -> float:
    """By the distance of upward zero crossings, in Hz."""
    samples: tuple[int, ...] = struct.unpack(f"<{len(pcm) // 2}h", pcm)[48_000:96_000]
    return sum(before < 0 <= after for before, after in itertools.pairwise(samples))
