"""No link, redirect or DNS answer makes the harvester talk to anything but the public internet.

`Internet` is a network in a box: it takes connections to the addresses of its public servers to real servers on this
machine, and takes note of every other connection that is tried. The guard before the resolver is the product's own.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from dataclasses import replace

import httpcore2
import pytest

from common.errors import SourceRefused
from common.outbound.addresses import is_public
from common.outbound.connections import resolve
from functions.content_harvester.fetch import Fetcher
from tests.websites import Website, answer, redirect, website

PUBLIC_ADDRESS = "93.184.215.14"

NOT_PUBLIC = [
    # IPv4: loopback, private, link-local and metadata, carrier-grade NAT, this network, multicast, reserved
    *("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("169.254.169.254", "169.254.0.1", "100.64.0.1", "100.127.255.255", "0.0.0.0", "0.1.2.3"),  # noqa: S104
    *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("192.0.0.170", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1"),
    # IPv6: the same, and cloud metadata
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "fec0::1", "ff02::1"),
    *("100::1", "2001:db8::1", "3fff::1", "5f00::1", "4000::1"),
    # IPv4 in IPv6: mapped, compatible, translated, 6to4, NAT64 (well-known and local), Teredo, ORCHID
    *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8", "::127.0.0.1", "::ffff:0:127.0.0.1"),
    *("2002:7f00:1::", "2002:a9fe:a9fe::", "64:ff9b::7f00:1", "64:ff9b:1::7f00:1", "2001:0:53aa:64c::1", "2001:20::1"),
    "not an address",
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255", "2606:4700::1111", "2a00:1450::1"]

LINKS = [
    # what leads to this machine and its like
    ("http://127.0.0.1/", "source_not_public"),
    ("http://localhost/", "source_not_public"),
    ("http://localhost./", "source_not_public"),
    ("http://LOCALHOST/", "source_not_public"),
    ("http://[::1]/", "source_not_public"),
    ("http://[::]/", "source_not_public"),
    ("http://[::ffff:127.0.0.1]/", "source_not_public"),
    ("http://[::ffff:7f00:1]/", "source_not_public"),
    ("http://[0:0:0:0:0:ffff:a9fe:a9fe]/latest/meta-data/", "source_not_public"),
    ("http://[64:ff9b::a9fe:a9fe]/", "source_not_public"),
    ("http://[fd00:ec2::254]/latest/meta-data/", "source_not_public"),
    ("http://[fe80::1%25eth0]/", "source_url_invalid"),
    ("http://169.254.169.254/computeMetadata/v1/", "source_not_public"),
    ("http://10.0.0.1/", "source_not_public"),
    ("http://192.168.0.1/", "source_not_public"),
    ("http://0.0.0.0/", "source_not_public"),
    ("http://①②⑦.⓪.⓪.①/", "source_not_public"),
    ("http://127。0。0。1/", "source_not_public"),
    # numbers in disguise
    ("http://2130706433/", "source_url_invalid"),
    ("http://0x7f000001/", "source_url_invalid"),
    ("http://0x7f.0.0.1/", "source_url_invalid"),
    ("http://0177.0.0.1/", "source_url_invalid"),
    ("http://017700000001/", "source_url_invalid"),
    ("http://127.1/", "source_url_invalid"),
    ("http://127.0.0.1.1/", "source_url_invalid"),
    ("http://1.0x7f.0.0x1/", "source_url_invalid"),
    # who is the host?
    ("http://example.com@127.0.0.1/", "source_url_invalid"),
    ("http://127.0.0.1@example.com/", "source_url_invalid"),
    ("http://user:password@example.com/", "source_url_invalid"),
    ("http://example.com:80@127.0.0.1/", "source_url_invalid"),
    ("http://example.com\\@127.0.0.1/", "source_url_invalid"),
    ("http://127.0.0.1\\.example.com/", "source_url_invalid"),
    ("http://exa mple.com/", "source_url_invalid"),
    ("http://example.com\r\nHost: localhost/", "source_url_invalid"),
    ("http://exam\tple.com/", "source_url_invalid"),
    ("http://[::1/", "source_url_invalid"),
    ("http:///etc/passwd", "source_url_invalid"),
    ("http://", "source_url_invalid"),
    ("http://%31%32%37.0.0.1/", "source_url_invalid"),
    # other schemes and ports
    ("file:///etc/passwd", "source_url_invalid"),
    ("gopher://127.0.0.1:6379/_FLUSHALL", "source_url_invalid"),
    ("ftp://example.com/", "source_url_invalid"),
    ("data:text/html,hello", "source_url_invalid"),
    ("jar:http://example.com!/", "source_url_invalid"),
    ("//example.com/", "source_url_invalid"),
    ("http://example.com:22/", "source_url_invalid"),
    ("http://example.com:8080/", "source_url_invalid"),
    ("http://example.com:99999/", "source_url_invalid"),
    ("http://example.com:-1/", "source_url_invalid"),
]
RELATIVE = {"http:///etc/passwd", "http://", "//example.com/"}
"""In a `Location`, these are read relative to the page before."""


class Internet(httpcore2.NetworkBackend):
    """One public server, at PUBLIC_ADDRESS port 80; `strayed` holds every connection to anywhere else."""

    def __init__(self, site: Website) -> None:
        self._site = site
        self._sockets = httpcore2.SyncBackend()
        self.strayed: list[tuple[str, int]] = []

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        if (host, port) != (PUBLIC_ADDRESS, 80):
            self.strayed.append((host, port))
            raise httpcore2.ConnectError("not in this box")
        return self._sockets.connect_tcp("127.0.0.1", self._site.port, timeout)


def look_up(host: str, port: int) -> list[str]:
    """The one public name there is here; all other answers are the system's, as this test needs no DNS."""
    return [PUBLIC_ADDRESS] if host == "public.example" else resolve(host, port)


@pytest.fixture
def site() -> Iterator[Website]:
    with website() as running:
        running.pages["/"] = answer("public text")
        yield running


@pytest.fixture
def internet(site: Website) -> Iterator[Internet]:
    """Checked after each test: whatever the outcome, no connection went astray."""
    box = Internet(site)
    yield box
    assert box.strayed == []


@pytest.fixture
def fetcher(internet: Internet) -> Fetcher:
    return Fetcher(timeout_s=20.0, max_bytes=10_000, resolver=look_up, network=internet)


def refusal(fetcher: Fetcher, link: str) -> str:
    """The code of the refusal; the answer does not tell where a name leads."""
    with pytest.raises(SourceRefused) as raised:
        fetcher.fetch(link)
    return raised.value.code


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_these_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_these_addresses_are_public(address: str) -> None:
    assert is_public(address)


def test_a_public_page_is_read(fetcher: Fetcher) -> None:
    assert fetcher.fetch("http://public.example").data == b"public text"


@pytest.mark.parametrize(("link", "code"), LINKS)
def test_every_link_of_the_corpus_is_refused(fetcher: Fetcher, link: str, code: str) -> None:
    assert refusal(fetcher, link) == code


@pytest.mark.parametrize(("link", "code"), [pair for pair in LINKS if pair[0] not in RELATIVE])
def test_no_redirect_leads_there_either(site: Website, fetcher: Fetcher, link: str, code: str) -> None:
    site.pages["/"] = redirect(link.replace("\r\n", "%0d%0a"))
    assert refusal(fetcher, "http://public.example/") == code
    assert site.asked == ["/"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_into_this_machine_is_refused(site: Website, fetcher: Fetcher, status: int) -> None:
    site.pages["/"] = redirect("/hop", status)
    site.pages["/hop"] = redirect(f"http://localhost:80/{status}", status)
    assert refusal(fetcher, "http://public.example/") == "source_not_public"
    assert site.asked == ["/", "/hop"]


@pytest.mark.parametrize("address", [address for address in NOT_PUBLIC if "%" not in address])
def test_a_name_that_leads_inside_is_refused(fetcher: Fetcher, address: str) -> None:
    inside = replace(fetcher, resolver=lambda host, port: [address])
    assert refusal(inside, "https://innocent.example/") == "source_not_public"


@pytest.mark.parametrize("addresses", [[PUBLIC_ADDRESS, "127.0.0.1"], ["::1", PUBLIC_ADDRESS]])
def test_a_name_with_addresses_on_both_sides_is_refused(fetcher: Fetcher, addresses: list[str]) -> None:
    assert (
        refusal(replace(fetcher, resolver=lambda host, port: addresses), "http://two.example/") == "source_not_public"
    )


def test_a_name_is_connected_to_where_it_was_checked(site: Website, fetcher: Fetcher) -> None:
    """DNS rebinding: public at the first look, of this machine at every other."""
    looks: list[str] = []

    def rebinding(host: str, port: int) -> list[str]:
        looks.append(host)
        return [PUBLIC_ADDRESS] if len(looks) == 1 else ["127.0.0.1"]

    assert replace(fetcher, resolver=rebinding).fetch("http://rebinding.example/").data == b"public text"
    assert looks == ["rebinding.example"]
    assert site.headers[0]["Host"] == "rebinding.example"


def test_each_hop_and_each_attempt_is_checked_anew(site: Website, fetcher: Fetcher) -> None:
    answers = iter([[PUBLIC_ADDRESS], ["127.0.0.1"]])
    site.pages["/"] = redirect("http://rebinding.example/again")
    rebinding = replace(fetcher, resolver=lambda host, port: next(answers))
    assert refusal(rebinding, "http://rebinding.example/") == "source_not_public"

    answers = iter([[PUBLIC_ADDRESS], ["169.254.169.254"]])
    site.pages["/"] = answer("", status=503)
    assert refusal(rebinding, "http://rebinding.example/") == "source_not_public"


def test_a_refusal_does_not_tell_what_is_inside(fetcher: Fetcher) -> None:
    with pytest.raises(SourceRefused) as raised:
        replace(fetcher, resolver=lambda host, port: ["10.1.2.3"]).fetch("http://inside.example/")
    assert "10.1.2.3" not in raised.value.detail


def test_what_is_behind_the_hash_is_no_host(fetcher: Fetcher) -> None:
    asked: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    refusal(replace(fetcher, resolver=resolver), "http://first.example#@second.example/")
    assert asked == ["first.example"]
