"""No web page takes over a stack on this machine: not by a name of its own for it, nor by requests sent blindly."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin
from werkzeug.test import Client

from emulators.loopback import MORE_HOSTS, is_local, loopback_only
from emulators.storage.answers import json_answer
from local.stack import Stack

FOREIGN = (
    "evil.example",
    "evil.example:8080",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "10.0.0.7",
    "[::2]:80",
    "[",
)
NEARLY_OURS = (
    "[::1].evil.example",
    "[::1]evil.example:80",
    "[::1",
    "::1",
    "localhost:80@evil.example",
    "evil.example@localhost",
    "localhost/.evil.example",
    "localhost?.evil.example",
    "localhost#.evil.example",
    "127.0.0.1:80:evil.example",
    "127.0.0.1:80.evil.example",
    "127.1",
    "0x7f.0.0.1",
    "127.0.0.1,evil.example",
    "localhost evil.example",
    "..",
)
OURS = (
    "localhost",
    "LOCALHOST:80",
    "player.localhost:8080",
    "127.0.0.1:9000",
    "127.8.8.8",
    "[::1]:80",
    "localhost.",
    "",
)
A_PAGE = ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"})


def addresses(stack: Stack) -> dict[str, str]:
    """A page's targets, by name."""
    ours, storage = stack.endpoints, stack.env["STORAGE_EMULATOR_HOST"]
    return {
        "the key in the player's configuration": f"{ours.player_url}/config.json",
        "the player": ours.player_url,
        "the API": f"{ours.api_url}/api/v1/podcasts",
        "all objects": f"{storage}/storage/v1/b",
        "what the emulators count": f"{ours.admin_url}/billable",
    }


@pytest.mark.parametrize("host", FOREIGN)
def test_nothing_answers_to_a_foreign_name(stack: Stack, host: str) -> None:
    for name, address in addresses(stack).items():
        headers = {"Host": host, "Authorization": f"Bearer {stack.endpoints.api_key}"}
        answer = requests.get(address, headers=headers, timeout=10)
        assert answer.status_code in {400, 421}, name  # 400: gunicorn's, for what is no name at all
        assert stack.endpoints.api_key not in answer.text


def test_a_page_whose_name_leads_here_may_not_listen(stack: Stack) -> None:
    where = urlsplit(stack.endpoints.websocket_url)
    foreign = f"evil.example:{where.port}"
    with (
        socket.create_connection(("127.0.0.1", where.port or 80)) as sock,
        pytest.raises(InvalidStatus) as refused,
        connect(f"ws://{foreign}{where.path}", origin=Origin(f"http://{foreign}"), sock=sock),
    ):
        pass
    assert refused.value.response.status_code == 421


@pytest.mark.parametrize("headers", A_PAGE, ids=str)
def test_a_page_erases_and_writes_nothing(stack: Stack, headers: dict[str, str]) -> None:
    ours, storage = stack.endpoints, stack.env["STORAGE_EMULATOR_HOST"]
    blindly = {**headers, "Content-Type": "text/plain"}
    buckets = requests.get(f"{storage}/storage/v1/b", timeout=10).json()["items"]
    upload = f"{storage}/upload/storage/v1/b/{buckets[0]['name']}/o?uploadType=media&name=planted"
    assert requests.post(f"{ours.admin_url}/reset", headers=blindly, timeout=10).status_code == 403
    assert requests.post(upload, data="x", headers=blindly, timeout=10).status_code == 403
    assert requests.get(f"{storage}/storage/v1/b/{buckets[0]['name']}/o/planted", timeout=10).status_code == 404


def test_the_admin_address_has_to_be_known(stack: Stack) -> None:
    without_secret = stack.endpoints.admin_url.rpartition("/")[0]
    for route in ("reset", "service-accounts", "jobs"):
        assert requests.post(f"{without_secret}/{route}", json={}, timeout=10).status_code == 404


@pytest.mark.parametrize("host", [*FOREIGN, *NEARLY_OURS])
def test_foreign_names(host: str) -> None:
    assert not is_local(host)


@pytest.mark.parametrize("host", OURS)
def test_names_of_this_machine(host: str) -> None:
    assert is_local(host)


def test_further_names_may_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MORE_HOSTS, "laptop.example,me.tunnel.example")
    guarded = Client(loopback_only(json_answer({})))
    codes = [guarded.get("/", headers={"Host": host}).status_code for host in ("me.tunnel.example:443", "example")]
    assert codes == [200, 421]
