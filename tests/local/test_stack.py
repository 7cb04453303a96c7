"""A running stack, as its own parts find it."""

from __future__ import annotations

import itertools
import select
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import requests

from local import iam
from local.sockets import listen
from local.stack import READY_TIMEOUT_S, Options, Stack
from tests.conftest import eventually


@pytest.mark.parametrize("service", iam.INVOKERS)
def test_the_front_of_a_private_service_turns_a_stranger_away_in_html(service: str, stack: Stack) -> None:
    """As Cloud Run's does, so as not to be taken for the service's own answer."""
    eventually(lambda: answers(stack.urls[service]))  # listeners do not wait for all of them
    another = next(name for name in iam.INVOKERS if iam.INVOKERS[name] != iam.INVOKERS[service])
    for headers in ({}, {"Authorization": "Bearer x"}, stack.as_invoker(another)):
        answer = requests.post(stack.urls[service], json={}, headers=headers, timeout=30)
        assert answer.status_code in {401, 403}
        assert answer.headers["Content-Type"].startswith("text/html")
    passed = requests.post(stack.urls[service], json={}, headers=stack.as_invoker(service), timeout=30)
    assert passed.status_code not in {401, 403} or passed.headers["Content-Type"] == "application/problem+json"


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=30).status_code > 0
    except requests.ConnectionError:
        return False


def test_what_waits_from_the_last_run_is_believed(tmp_path: Path) -> None:
    """The signing key is kept with the data; without a data folder, the key is new each time."""

    def key(folder: Path | None) -> str:
        return Stack(Options(data_dir=folder))._authenticator_key()

    assert key(tmp_path) == key(tmp_path) != key(None) != key(None)
    assert [(file.name, oct(file.stat().st_mode)[-3:]) for file in tmp_path.iterdir()] == [("authenticator.key", "600")]


@pytest.mark.parametrize("isolate", [False, True])
def test_what_waits_from_the_last_run_finds_its_address(tmp_path: Path, isolate: bool) -> None:
    """A task names its target address, and is signed for the address: MP3 and M4A of the last run, say."""

    def urls(folder: Path | None) -> dict[str, str]:
        return Stack(Options(data_dir=folder, isolate=isolate))._function_urls("http://127.0.0.1:8081")

    first = urls(tmp_path)
    assert len(set(first.values())) == len(first)
    assert urls(tmp_path) == first
    held = urlsplit(first["editions"]).port
    with listen(int(held or 0)):
        again = urls(tmp_path)
    assert [name for name in first if again[name] != first[name]] == ["editions"]
    assert urls(tmp_path) == again


def test_a_long_start_says_what_it_waits_for_and_waits_for_what_listeners_need(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However long the start takes, while every process lives; and not for what was told to give way."""
    told: list[str] = []
    now = itertools.count(0.0, 30.0)  # half a minute passes between any two looks
    asked: list[str] = []

    def answers(url: str, _: object) -> bool:
        asked.append(url)
        return len(asked) > 10

    stack = Stack(Options(streamer=False, tell=told.append))
    stack.urls = {"orchestrator": "http://slow.test", "editions": "http://giving-way.test"}
    monkeypatch.setattr(stack, "as_invoker", lambda _: {})
    monkeypatch.setattr("local.stack.answers", answers)
    monkeypatch.setattr("local.stack.time", SimpleNamespace(monotonic=lambda: next(now), sleep=lambda _: None))
    monkeypatch.setattr("local.stack.READY_TIMEOUT_S", 1e6)
    stack._wait_until_ready()
    assert set(asked) == {"http://slow.test/"}
    assert set(told) == {"Still waiting for orchestrator …"}
    assert READY_TIMEOUT_S >= 300


def test_functions_leave_it_to_their_callers_to_close_a_connection(stack: Stack) -> None:
    """Or a client may write to a connection being closed; gunicorn's own patience is 2 s."""
    with ExitStack() as held:
        kept = []
        for url in (stack.urls["api_gateway"], stack.urls["editions"]):  # the shared process, and one of its own
            connection = held.enter_context(closing(HTTPConnection(urlsplit(url).netloc, timeout=30)))
            connection.request("GET", "/")
            connection.getresponse().read()
            kept.append(connection.sock)
        closed, _, _ = select.select(kept, [], [], 4)
    assert not closed
