"""Fetching: the answer, and the name of each kind of failure. Real servers, real sockets."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import pytest

from common.errors import AethercastError, SourceBroken, SourceRefused
from functions.content_harvester.fetch import ATTEMPTS, Fetcher
from tests.websites import Page, Website, answer, in_turn, redirect, website

LIMIT = 100_000


@pytest.fixture
def site() -> Iterator[Website]:
    with website() as running:
        yield running


@pytest.fixture
def fetcher() -> Fetcher:
    return Fetcher(timeout_s=2.0, max_bytes=LIMIT, private=True)


def refusal(fetcher: Fetcher, url: str) -> AethercastError:
    with pytest.raises(AethercastError) as raised:
        fetcher.fetch(url)
    return raised.value


def test_a_page_comes_with_what_is_said_of_it(site: Website, fetcher: Fetcher) -> None:
    site.pages["/a/report.txt"] = answer("héllo", "text/plain; charset=utf-8")
    document = fetcher.fetch(f"{site.url}/a/report.txt?x=1#part")
    assert document.data.decode() == "héllo"
    assert (document.media_type, document.charset, document.name) == ("text/plain", "utf-8", "report.txt")
    assert site.asked == ["/a/report.txt?x=1"]


def test_requests_name_themselves_and_carry_no_cookies(site: Website, fetcher: Fetcher) -> None:
    site.pages["/"] = redirect("/next")
    site.pages["/"] = answer(b"", status=302, Location="/next", Set_Cookie="a=b")
    site.pages["/next"] = answer("text")
    fetcher.fetch(site.url)
    assert site.headers[1]["User-Agent"].startswith("Aethercast/")
    assert "Cookie" not in site.headers[1]
    assert site.headers[1]["Host"] == f"127.0.0.1:{site.port}"


def test_redirects_are_followed_to_where_the_text_is(site: Website, fetcher: Fetcher) -> None:
    site.pages["/old"] = redirect("../new?a=b", 301)
    site.pages["/new"] = answer("text")
    assert fetcher.fetch(f"{site.url}/old").url == f"{site.url}/new?a=b"


def test_a_link_outside_ascii_is_encoded(site: Website, fetcher: Fetcher) -> None:
    site.pages["/caf%C3%A9"] = answer("text")
    assert fetcher.fetch(f"{site.url}/café").data == b"text"


def test_a_compressed_page_is_unpacked(site: Website, fetcher: Fetcher) -> None:
    text = "tides " * 10_000
    site.pages["/"] = answer(gzip.compress(text.encode()), Content_Encoding="gzip")
    assert fetcher.fetch(site.url).data.decode() == text


def slow_body(handler: BaseHTTPRequestHandler) -> None:
    """One byte at a time, each well within any timeout between two bytes."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    while True:
        handler.wfile.write(b" ")
        time.sleep(0.05)


def slow_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        handler.wfile.write(b"x")
        time.sleep(0.05)


def silence(handler: BaseHTTPRequestHandler) -> None:
    handler.rfile.read(1)  # until the other side hangs up


def broken_off(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"and then")


def no_http(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"220 mail.example.org ESMTP\r\n")


def endless_headers(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.wfile.write(b"X-Filler: " + b"x" * 1000 + b"\r\n")


FAILURES: list[tuple[str, Page, type[AethercastError], str]] = [
    ("missing", answer(b"", status=404), SourceRefused, "source_not_found"),
    ("gone", answer(b"", status=410), SourceRefused, "source_not_found"),
    ("forbidden", answer(b"", status=403), SourceRefused, "source_http_error"),
    ("server error", answer(b"", status=500), SourceBroken, "source_http_error"),
    ("too many requests", answer(b"", status=429), SourceBroken, "source_http_error"),
    ("circle", redirect("/"), SourceRefused, "source_http_error"),
    ("redirect to nowhere", answer(b"", status=302), SourceRefused, "source_http_error"),
    ("redirect to a file", redirect("file:///etc/passwd"), SourceRefused, "source_url_invalid"),
    ("too large", answer(b"x" * (LIMIT + 1)), SourceRefused, "source_too_large"),
    ("bomb", answer(gzip.compress(bytes(50_000_000)), Content_Encoding="gzip"), SourceRefused, "source_too_large"),
    ("unknown packing", answer(b"x", Content_Encoding="br"), SourceRefused, "source_unreadable"),
    ("damaged packing", answer(b"not gzip", Content_Encoding="gzip"), SourceRefused, "source_unreadable"),
    ("sound", answer(b"ID3", "audio/mpeg"), SourceRefused, "source_not_text"),
    ("to sign in", answer(b"", status=401), SourceRefused, "source_http_error"),
    ("broken off", broken_off, SourceBroken, "source_http_error"),
    ("another protocol", no_http, SourceBroken, "source_http_error"),
    ("endless headers", endless_headers, SourceBroken, "source_http_error"),
]


@pytest.mark.parametrize(("page", "kind", "code"), [case[1:] for case in FAILURES], ids=[case[0] for case in FAILURES])
def test_each_failure_has_its_name(
    site: Website, fetcher: Fetcher, page: Page, kind: type[AethercastError], code: str
) -> None:
    site.pages["/"] = page
    error = refusal(fetcher, site.url)
    assert (type(error), error.code) == (kind, code)
    assert error.detail.startswith(("127.0.0.1: ", "file:///"))


@pytest.mark.parametrize("place", ["/login?continue=x", "/users/sign_in", "/signin"])
def test_a_page_to_sign_in_is_not_the_text(site: Website, fetcher: Fetcher, place: str) -> None:
    site.pages["/document"] = redirect(place)
    site.pages[place.partition("?")[0]] = answer("Sign in")
    error = refusal(fetcher, f"{site.url}/document")
    assert "sign in" in error.detail
    assert fetcher.fetch(f"{site.url}{place}").data == b"Sign in"  # where it is what was asked for


@pytest.mark.parametrize("page", [slow_body, slow_headers, silence], ids=lambda page: page.__name__)
def test_no_server_takes_more_than_the_time_there_is(site: Website, page: Page) -> None:
    """Each of these would go on for as long as anybody waits."""
    site.pages["/"] = page
    error = refusal(Fetcher(timeout_s=0.3, max_bytes=LIMIT, private=True), site.url)
    assert (type(error), error.code) == (SourceBroken, "source_too_slow")


def test_a_passing_failure_is_tried_again(site: Website, fetcher: Fetcher) -> None:
    site.pages["/"] = in_turn(answer(b"", status=503), answer("text"))
    assert fetcher.fetch(site.url).data == b"text"


def test_a_lasting_failure_is_tried_a_few_times_and_a_final_one_once(site: Website, fetcher: Fetcher) -> None:
    site.pages["/down"] = answer(b"", status=503)
    refusal(fetcher, f"{site.url}/down")
    refusal(fetcher, f"{site.url}/missing")
    assert site.asked == ["/down"] * ATTEMPTS + ["/missing"]


def test_a_closed_port_and_an_unknown_name_are_unreachable(fetcher: Fetcher) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        error = refusal(fetcher, f"http://127.0.0.1:{closed.getsockname()[1]}")
    assert (type(error), error.code) == (SourceBroken, "source_unreachable")

    def no_such_name(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    error = refusal(Fetcher(2.0, LIMIT, resolver=no_such_name), "https://no-such-name.example")
    assert (type(error), error.code) == (SourceRefused, "source_unreachable")


def test_the_next_address_of_a_name_is_tried(site: Website) -> None:
    fetcher = Fetcher(2.0, LIMIT, private=True, resolver=lambda host, port: ["::1", "127.0.0.1"])
    site.pages["/"] = answer("text")
    assert fetcher.fetch(f"http://two-addresses.example:{site.port}/").data == b"text"
    assert site.headers[0]["Host"] == f"two-addresses.example:{site.port}"
