"""Who is let in, the pages and their headers, and the platform's addresses."""

from __future__ import annotations

import http.client
import posixpath
import re
import socket
import struct
from contextlib import ExitStack, closing, suppress

import pytest
import requests
from websockets.exceptions import InvalidStatus

from streamer.catalog.segment_audio import SMALL
from streamer.net.admission import ConnectionLimiter, origin_allowed
from streamer.net.heads import HEAD_WITHIN_S
from streamer.net.receiver import TokenBucket
from tests.conftest import eventually
from tests.streaming.conftest import NewInstance
from tests.streaming.harness import StreamerHarness
from tests.streaming.instances import PATH, Instance
from tests.streaming.listeners import PATIENCE_S, WebSocketListener, in_order, start

pytestmark = pytest.mark.xdist_group("streaming")


def test_there_are_so_many_seats_in_all_and_for_each_address(
    harness: StreamerHarness, new_streamer: NewInstance
) -> None:
    instance = new_streamer(MAX_CONNECTIONS="3", MAX_CONNECTIONS_PER_ADDRESS="2", TRUSTED_PROXIES="1")
    instance.await_ready()
    podcast = harness.podcast(segments=1)

    def come(forwarded: str) -> WebSocketListener:
        return WebSocketListener(
            instance.stream, start(podcast.ticket()), additional_headers={"X-Forwarded-For": forwarded}
        )

    def turned_away(forwarded: str) -> str:
        with come(forwarded) as listener:
            assert listener.wait_for_end() == 1013
        assert listener.heard.messages[-1]["retryable"]
        return str(listener.heard.messages[-1]["code"])

    with come("198.51.100.1") as first, come("198.51.100.1"):
        assert turned_away("198.51.100.1") == "address_exhausted"
        # What a client itself claims to be counts for nothing: our proxy adds where it was called from
        assert turned_away("203.0.113.9, 198.51.100.1") == "address_exhausted"
        with come("198.51.100.2"):
            assert turned_away("198.51.100.3") == "connections_exhausted"
        first.wait_for_packets(50)
    eventually(lambda: instance.metrics()["asf_connections"] == 0)
    podcast.end()
    with come("198.51.100.1") as next_one:  # seats that became free are given again
        assert next_one.wait_for_end() == 1000


def test_behind_a_load_balancer_the_address_is_the_one_that_it_was_called_from(
    harness: StreamerHarness, new_streamer: NewInstance
) -> None:
    """The front appends the peer and itself, behind the client's own claims:
    https://cloud.google.com/load-balancing/docs/https#x-forwarded-for_header"""
    instance = new_streamer(MAX_CONNECTIONS_PER_ADDRESS="1", TRUSTED_PROXIES="2")
    instance.await_ready()
    podcast = harness.podcast(segments=1)
    balancer = "34.111.7.7"

    def come(claimed: str, called_from: str) -> WebSocketListener:
        forwarded = ",".join(filter(None, (claimed, called_from, balancer)))
        return WebSocketListener(
            instance.stream, start(podcast.ticket()), additional_headers={"X-Forwarded-For": forwarded}
        )

    with come("", "198.51.100.1"):
        with come("203.0.113.9", "198.51.100.1") as again:
            assert again.wait_for_end() == 1013
        with come("198.51.100.1", "198.51.100.2") as another:
            another.wait_for_packets(1)
    podcast.end()


def test_pages_of_other_origins_are_refused(harness: StreamerHarness, streamer: Instance) -> None:
    for origin in ("https://evil.example", "null", f"http://127.0.0.1:{streamer.port}.evil.example"):
        with pytest.raises(InvalidStatus) as refused:
            WebSocketListener(streamer.stream, origin=origin)
        assert refused.value.response.status_code == 403
    podcast = harness.podcast(segments=1)
    podcast.end()
    with WebSocketListener(streamer.stream, start(podcast.ticket()), origin=streamer.url) as listener:
        assert listener.wait_for_end() == 1000


def test_origins_by_hand() -> None:
    allowed = ("https://player.example",)
    assert origin_allowed(None, "here:80", allowed)
    assert origin_allowed("https://player.example", "here:80", allowed)
    assert origin_allowed("http://here:80", "here:80", allowed)
    assert not origin_allowed("https://player.example.evil", "here:80", allowed)
    assert not origin_allowed("", "here:80", allowed)
    assert not origin_allowed("null", "here:80", allowed)
    assert not origin_allowed("null", "", allowed), "as HTTP/1.0 may come, without a Host"


def test_connections_are_counted_out_again() -> None:
    limiter = ConnectionLimiter(limit=3, limit_per_address=2)
    assert [limiter.enter("a"), limiter.enter("a"), limiter.enter("a")] == [None, None, "address_exhausted"]
    assert [limiter.enter("b"), limiter.enter("c")] == [None, "connections_exhausted"]
    limiter.leave("a")
    assert [limiter.enter("c"), limiter.enter("a")] == [None, "connections_exhausted"]


def test_tokens_flow_in_up_to_a_limit() -> None:
    bucket = TokenBucket(a_second=2, at_once=3, now=0)
    assert [bucket.spend(0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.spend(0.5), bucket.spend(0.5)] == [True, False]
    assert [bucket.spend(100) for _ in range(4)] == [True, True, True, False]


def test_compression_is_not_agreed_to(streamer: Instance) -> None:
    with WebSocketListener(streamer.stream) as listener:
        assert "Sec-WebSocket-Extensions" in listener.socket.request.headers
        assert "Sec-WebSocket-Extensions" not in listener.socket.response.headers


# Pages


def test_the_player_is_served_with_headers_that_guard_it(harness: StreamerHarness, streamer: Instance) -> None:
    page = requests.get(streamer.url, timeout=10)
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "{" not in policy
    assert harness.env["STORAGE_EMULATOR_HOST"] in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    worker = requests.get(f"{streamer.url}/worker.js", timeout=10)
    assert worker.headers["Content-Security-Policy"] == policy, "all that the page fetches, its worker fetches"


@pytest.mark.parametrize("path", ["/", "/app.js", "/nowhere", "/healthz", "/metrics", PATH, "/config.json"])
def test_every_answer_has_the_headers(streamer: Instance, path: str) -> None:
    answer = requests.get(streamer.url + path, timeout=10)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_scripts_are_served_as_scripts_and_asked_for_again(streamer: Instance) -> None:
    script = requests.get(f"{streamer.url}/app.js", timeout=10)
    assert script.headers["Content-Type"].startswith("text/javascript")
    assert script.headers["Cache-Control"] == "no-cache"
    unchanged = {"If-None-Match": script.headers["ETag"]}
    assert requests.get(f"{streamer.url}/app.js", headers=unchanged, timeout=10).status_code == 304


def test_what_the_page_names_is_kept_for_good_and_the_page_itself_is_asked_for_again(streamer: Instance) -> None:
    page = requests.get(streamer.url, timeout=10)
    assert page.headers["Cache-Control"] == "no-cache"
    assert page.headers["Content-Encoding"] == "gzip"
    unchanged = {"If-None-Match": page.headers["ETag"]}
    assert requests.get(streamer.url, headers=unchanged, timeout=10).status_code == 304

    named = re.findall(r'<(?:link|script)[^>]* (?:href|src)="([^"]+)"', page.text)
    [version] = {name.split("/")[1] for name in named if name.startswith("v/")}
    assert [name for name in named if not name.startswith("v/")] == ["manifest.webmanifest"], "it has a start page"
    for name in named:
        answer = requests.get(f"{streamer.url}/{name}", timeout=10)
        kept = "no-cache" if name == "manifest.webmanifest" else "public, max-age=31536000, immutable"
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, kept), name

    modules = [name.removeprefix(f"v/{version}/") for name in named if name.endswith(".js")]
    imported = {
        posixpath.normpath(posixpath.join(posixpath.dirname(module), one))
        for module in modules
        for one in re.findall(r'from "(\.[^"]+)"', requests.get(f"{streamer.url}/{module}", timeout=10).text)
    }
    assert imported <= set(modules), "all are fetched at once"


def test_a_page_of_another_version_is_served_what_there_is_and_keeps_it_not(streamer: Instance) -> None:
    answer = requests.get(f"{streamer.url}/v/0123456789abcdef/app.js", timeout=10)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
    assert requests.get(f"{streamer.url}/v/0123456789abcdef/tests/wire.test.js", timeout=10).status_code == 404


def test_the_configuration_is_not_kept(streamer: Instance) -> None:
    answer = requests.get(f"{streamer.url}/config.json", timeout=10)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "api_base" in answer.json()


@pytest.mark.parametrize(
    "path",
    [
        "/../common/settings.py",
        "/..%2fcommon/settings.py",
        "/%2e%2e/common/settings.py",
        "/fonts/../../README.md",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/app.js%00.html",
        "/..\\README.md",
        "/tests/page.test.js",
        "/node_modules/.package-lock.json",
    ],
)
def test_nothing_beside_the_player_is_served(streamer: Instance, path: str) -> None:
    with socket.create_connection(("127.0.0.1", streamer.port), timeout=10) as sock:  # as clients tidy paths up
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while piece := sock.recv(65536):
            answer += piece
    assert answer.split(b" ", 2)[1] in {b"404", b"400", b"308"}, answer[:300]
    assert b"root:" not in answer
    assert b"import" not in answer


def test_the_stream_is_no_page(streamer: Instance) -> None:
    answer = requests.get(streamer.url + PATH, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (400, "websocket_expected")
    assert requests.post(streamer.url + PATH, timeout=10).status_code == 405


def handshake(*more: str) -> bytes:
    return "\r\n".join(
        (f"GET {PATH} HTTP/1.1", "Host: here", "Upgrade: websocket", "Connection: Upgrade", *more, "", "")
    ).encode()


KEY, VERSION = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"
BROKEN_HANDSHAKES = {
    "an old version": (426, (KEY, "Sec-WebSocket-Version: 8")),
    "no version": (426, (KEY,)),
    "a version in words": (426, (KEY, "Sec-WebSocket-Version: thirteen")),
    "no key": (400, (VERSION,)),
    "a short key": (400, ("Sec-WebSocket-Key: c2hvcnQ=", VERSION)),
    "a key that is no base64": (400, ("Sec-WebSocket-Key: ????????????????????????", VERSION)),
}


@pytest.mark.parametrize("case", BROKEN_HANDSHAKES)
def test_a_broken_handshake_is_answered_and_leaves_no_trace(streamer: Instance, case: str) -> None:
    status, headers = BROKEN_HANDSHAKES[case]
    with socket.create_connection(("127.0.0.1", streamer.port), timeout=10) as sock:
        sock.sendall(handshake(*headers))
        answer = sock.recv(4096)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode()), answer
    assert b"Sec-WebSocket-Version: 13" in answer
    assert "Traceback" not in streamer.child.last_words()


def test_requests_that_are_begun_hold_no_thread(streamer: Instance) -> None:
    """Neither silent clients, nor clients sending a byte now and then: more of them than there are threads."""
    request = b"GET /healthz HTTP/1.1\r\nHost: here\r\n\r\n"
    with ExitStack() as begun:
        dripping = [
            begun.enter_context(socket.create_connection(("127.0.0.1", streamer.port), timeout=10)) for _ in range(40)
        ]
        for sent in range(1, 4):
            for sock in dripping:
                sock.sendall(request[sent - 1 : sent])
            assert requests.get(f"{streamer.url}/healthz", timeout=4).json() == {"status": "alive"}
        for sock in dripping:
            sock.sendall(request[3:])
        assert all(sock.recv(4096).startswith(b"HTTP/1.1 200") for sock in dripping), "slow ones are served as well"


def test_who_was_answered_and_does_not_close_holds_up_nobody(streamer: Instance) -> None:
    """However many: gunicorn's loop, which accepts, would wait for each of them for two seconds."""
    request = b"GET /healthz HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"
    with ExitStack() as held:
        answered = [
            held.enter_context(socket.create_connection(("127.0.0.1", streamer.port), timeout=10)) for _ in range(20)
        ]
        for sock in answered:
            sock.sendall(request)
        assert all(sock.recv(4096).startswith(b"HTTP/1.1 200") for sock in answered)
        assert requests.get(f"{streamer.url}/healthz", timeout=4).json() == {"status": "alive"}


@pytest.mark.parametrize(
    "begun",
    [
        b"POST /wake HTTP/1.1\r\nHost: here\r\nContent-Length: 60000\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: here\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
        b"POST /asf/internal/notify_new_audio HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n",
    ],
    ids=["announced", "expecting", "chunked"],
)
def test_a_body_that_nobody_reads_holds_no_thread(streamer: Instance, begun: bytes) -> None:
    """Whoever sends it a byte now and then, and whatever for: the answer does not wait for it, and ends the
    connection. More of them than there are threads."""
    with ExitStack() as held:
        dripping = [
            held.enter_context(socket.create_connection(("127.0.0.1", streamer.port), timeout=10)) for _ in range(40)
        ]
        for sock in dripping:
            sock.sendall(begun)
        for _ in range(3):
            for sock in dripping:
                with suppress(OSError):  # closed already
                    sock.sendall(b"x")
            assert requests.get(f"{streamer.url}/healthz", timeout=4).json() == {"status": "alive"}
        for sock in dripping:
            with suppress(ConnectionResetError):
                while sock.recv(4096):
                    pass


def test_a_connection_whose_request_was_read_goes_on(streamer: Instance) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", streamer.port, timeout=10)) as connection:
        ports = set()
        for method, path in (("POST", "/wake"), ("GET", "/healthz")) * 2:
            connection.request(method, path)
            answer = connection.getresponse()
            ports.add(connection.sock and connection.sock.getsockname())
            assert answer.read() or answer.status == 204
        assert len(ports) == 1


def test_who_takes_too_long_over_a_request_is_closed(streamer: Instance) -> None:
    """Whether they say no more or a byte now and then; a connection without a request may wait for longer."""
    with ExitStack() as opened:
        idle, silent, dripping = (
            opened.enter_context(socket.create_connection(("127.0.0.1", streamer.port), timeout=10)) for _ in range(3)
        )
        for sock in (silent, dripping):
            sock.sendall(b"GET /healthz HTTP/1.1\r\n")
        for sock in (idle, silent, dripping):
            sock.setblocking(False)

        def closed(sock: socket.socket) -> bool:
            try:
                return sock.recv(1) == b""
            except BlockingIOError:
                return False
            except OSError:
                return True

        def both_closed() -> bool:
            with suppress(OSError):
                dripping.sendall(b"X")
            return closed(silent) and closed(dripping)

        eventually(both_closed, HEAD_WITHIN_S + PATIENCE_S)
        assert not closed(idle)


@pytest.mark.parametrize("sent", [b"", b"GET / HT", handshake(KEY, VERSION)], ids=["nothing", "a part", "a handshake"])
@pytest.mark.parametrize("reset", [True, False], ids=["reset", "closed"])
def test_who_connects_and_leaves_at_once_is_no_error(streamer: Instance, sent: bytes, reset: bool) -> None:
    before = len(streamer.log())
    for _ in range(200):
        with socket.create_connection(("127.0.0.1", streamer.port), timeout=10) as sock:
            sock.sendall(sent)
            if reset:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert requests.get(f"{streamer.url}/healthz", timeout=10).ok
    new = streamer.log()[before:]
    assert "Traceback" not in new
    assert "ERROR" not in new, new[:2000]


@pytest.mark.parametrize("origin", ["http://[", "null", "https://elsewhere.example"])
def test_a_page_of_no_known_origin_is_turned_away(streamer: Instance, origin: str) -> None:
    before = streamer.metrics().get('asf_turned_away_total{reason="origin_not_allowed"}', 0.0)
    answer = requests.get(streamer.url + PATH, headers={"Origin": origin}, timeout=10)
    assert (answer.status_code, answer.json()["code"]) == (403, "origin_not_allowed")
    assert streamer.metrics()['asf_turned_away_total{reason="origin_not_allowed"}'] == before + 1


def test_health_and_readiness(streamer: Instance) -> None:
    assert requests.get(f"{streamer.url}/healthz", timeout=10).json() == {"status": "alive"}
    assert requests.get(f"{streamer.url}/readyz", timeout=10).json() == {"status": "ready"}


# Metrics


def test_the_numbers_add_up(harness: StreamerHarness, new_streamer: NewInstance) -> None:
    instance = new_streamer()
    instance.await_ready()
    podcast = harness.podcast(segments=2)
    count = 5
    listeners = [WebSocketListener(instance.stream, start(podcast.ticket())) for _ in range(count)]
    for listener in listeners:
        listener.wait_for_packets(100)
        listener.say(
            type="client_metrics", played_ms=500, buffered_ms=1500, stalls=2, stalled_ms=300, first_audio_ms=400
        )
        listener.say(type="client_metrics", played_ms=600, buffered_ms=1400, stalls=1, stalled_ms=100)
    eventually(lambda: instance.metrics()["asf_client_buffer_seconds_count"] == 2 * count)
    during = instance.metrics()
    assert during["asf_connections"] == during["asf_listeners"] == during["asf_connects_total"] == count
    assert during["asf_feeds"] == 1
    assert during["asf_feed_memory_bytes"] > 100 * 80
    podcast.say()
    podcast.end()
    for listener in listeners:
        with listener:
            assert listener.wait_for_end() == 1000
        assert in_order(listener.heard) == podcast.packets
    eventually(lambda: instance.metrics()["asf_connections"] == 0)
    after = instance.metrics()
    assert after['asf_disconnects_total{reason="finished"}'] == count
    assert after["asf_stream_bytes_count"] == count
    assert after["asf_stream_bytes_sum"] == after["asf_sent_bytes_total"]
    assert after["asf_sent_bytes_total"] > count * len(podcast.packets) * 80
    assert after["asf_received_messages_total"] == count * 3
    assert after["asf_client_stalls_total"] == count * 3
    assert after["asf_client_stalled_seconds_total"] == pytest.approx(count * 0.4)
    assert after["asf_client_first_audio_seconds_count"] == count
    assert after["asf_segments_fetched_total"] == 3
    assert after["asf_ready_to_sent_seconds_count"] >= 1
    assert after["asf_sends_total"] >= 2 * count
    assert after["asf_sent_messages_total"] == count * len(podcast.packets) / SMALL
    assert after["asf_fetch_failures_total"] == 0
