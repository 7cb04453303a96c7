"""What all tests share: a running stack a worker, and a program using the stack's public API."""

from __future__ import annotations

import asyncio
import gc
import os
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

import local  # noqa: F401 - before anything imports gRPC, which is to leave the forks of children alone

if TYPE_CHECKING:  # a stack and Google's clients are loaded by the tests that start one, as that takes a second
    from local.listener import Heard
    from local.stack import Stack
    from tests.pipeline.manual_delivery import ManualDelivery

ROOT = Path(__file__).resolve().parents[1]

os.environ.setdefault("SPEECH_ENGINE", "espeak")
"""Who speaks in the stacks of tests, where it does not matter: fifteen times as fast as the default voice."""

BRIEF_VOICE = {"PYTHONPATH": str(ROOT / "tests" / "brief_voice")}
"""The environment of a stack whose voice says two words of each turn alone."""
LONG_WORD = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch"
"""A single word that takes seconds: the way to a long sound where the voice is brief."""

# By day the same examples each time, so that what fails is a change's doing; the night looks for new ones.
# How fast examples come says nothing about the code on a machine that runs several test workers on two cores.
SHARED_CORES: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
hypothesis_settings.register_profile("by-day", max_examples=12, derandomize=True, **SHARED_CORES)
hypothesis_settings.register_profile("by-night", max_examples=400, **SHARED_CORES)  # `nox -s nightly` chooses it
hypothesis_settings.load_profile("by-day")

PATIENCE_S = 180.0
"""How long to wait, on a machine that runs much else, for what takes seconds on one that does not."""


class ApiClient:
    """A program that uses a stack's public API, as a customer's would."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.api = f"{stack.endpoints.api_url}/api/v1/podcasts"
        self.begun: list[tuple[requests.Session, str]] = []
        """Who asked for which podcast, by its workflow's id."""
        self.http = self._session(stack.endpoints.api_key)

    def _session(self, key: str) -> requests.Session:
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {key}"

        def note(response: requests.Response, **_: Any) -> None:
            if response.status_code == 202:
                self.begun.append((session, response.json()["cpoa_workflow_id"]))

        session.hooks["response"].append(note)
        return session

    def delete_begun(self) -> None:
        """Delete every requested podcast, so that its making ends."""
        for session, workflow_id in self.begun:
            session.delete(f"{self.api}/{workflow_id}", timeout=60)
        self.begun.clear()

    def another(self, owner: str, requests_per_minute: int | None = None) -> requests.Session:
        """Open a session with a new API key of `owner`."""
        from common.settings import Settings
        from local import keys
        from local.stack_settings import PROJECT

        return self._session(keys.create(Settings(google_cloud_project=PROJECT), owner, requests_per_minute))

    def generate(self, key: str | None = None, **body: Any) -> dict[str, Any]:
        """Ask for a podcast; the accepted answer."""
        headers = {"X-Idempotency-Key": key or uuid.uuid4().hex}
        response = self.http.post(f"{self.api}/generate", json=body, headers=headers, timeout=30)
        assert response.status_code == 202, response.text
        return dict(response.json())

    def hear(self, accepted: dict[str, Any]) -> Heard:
        """Listen to the end. Raises StreamBroken on a stream cut short."""
        from local.listener import Heard, listen, start

        heard = Heard()
        for _ in listen(accepted["websocket_url"], heard, start(accepted["stream_id"])):
            pass
        return heard

    def show(self, workflow_id: str) -> dict[str, Any]:
        return dict(self.http.get(f"{self.api}/{workflow_id}", timeout=30).json())

    def await_state(self, workflow_id: str, *states: str, within_s: float = PATIENCE_S) -> dict[str, Any]:
        """Wait for a podcast to reach any of `states`; the podcast."""
        podcast: dict[str, Any] = {}

        def reached() -> bool:
            podcast.update(self.show(workflow_id))
            return podcast["state"] in states

        eventually(reached, within_s, lambda: f"still {podcast}")
        return podcast


def eventually(
    holds: Callable[[], bool], within_s: float = PATIENCE_S, otherwise: Callable[[], str] = lambda: ""
) -> None:
    """Return soon after `holds()`, and fail when it does not within the time: of use for a promise of time.

    The longer it takes, the more seldom is asked: each look at a stack costs the processor time being waited for.
    """
    began = time.monotonic()
    while not holds():
        waited = time.monotonic() - began
        assert waited < within_s, f"not within {within_s} s: {otherwise()}"
        time.sleep(min(0.25, 0.02 + waited / 10))


def left_of(stack: Stack, workflow_id: str) -> list[str]:
    """The remains of a deleted podcast, but for the two notes of a final removal (tests/pipeline/test_removing.py)."""
    notes = ("removals/", "idempotency/api_gateway:")
    return [name for name in stack.remains(workflow_id) if not name.startswith(notes)]


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """A stack with a brief voice, shared by all tests leaving the stack running: tests/scheduling.py has one worker run
    them. Editions are made of podcasts that need theirs: see `editions`."""
    from local.stack import Options, Stack

    with Stack(Options(private_addresses=True, environment=tuple(BRIEF_VOICE.items()))) as running:
        leave_editions(running)
        yield running


def leave_editions(stack: Stack) -> None:
    """Have a stack make no editions from here on: they cost as much as half of all else that is made of a podcast."""
    queues, name = _queue_of_editions(stack)
    queues.pause_queue(name=name)


@contextmanager
def editions(stack: Stack) -> Iterator[None]:
    """Have the shared stack make the editions of what is asked for in the block, and of nothing before or after it."""
    queues, name = _queue_of_editions(stack)
    queues.purge_queue(name=name)
    queues.resume_queue(name=name)
    try:
        yield
    finally:
        leave_editions(stack)


def _queue_of_editions(stack: Stack) -> tuple[Any, str]:
    from common.clients import tasks_client
    from common.policy import POLICIES
    from local.stack_settings import LOCATION, PROJECT

    queues = tasks_client(stack.env["CLOUD_TASKS_EMULATOR_HOST"])
    return queues, queues.queue_path(PROJECT, LOCATION, POLICIES["editions"].queue)


@pytest.fixture(scope="session")
def api_client(stack: Stack) -> ApiClient:
    return ApiClient(stack)


CATEGORIES = {
    # folder of tests/: what a test in it may use
    "unit": "one module and its neighbours; no server, no stack, no browser, no other process",
    "outside": "the outside world, as servers and programs of the test's own that stall, lie and break off; no stack",
    "audio": "sound as independent readers hear it: ffmpeg, opusinfo, measures of loudness and intelligibility",
    "conformance": "an emulator or a stand-in, and the official client library",
    "pipeline": "agents over the embedded cloud",
    "streaming": "the streamer over the embedded cloud",
    "browser": "the player in a browser",
    "local": "the launcher and the commands",
    "security": "attacks on any of these",
    "chaos": "kills, outages and disorder on a whole stack",
    "terraform": "the deployment, offline",
}
"""A test module's category is the folder that it is in; `-m unit` selects it."""

HEAVY = {"stack", "api_client"}
"""Fixtures that no unit test may ask for."""


def pytest_configure(config: pytest.Config) -> None:
    for category, uses in CATEGORIES.items():
        config.addinivalue_line("markers", f"{category}: {uses}")
    config.addinivalue_line("markers", "nightly: repeats at length what a quicker test shows; `nox -s nightly` runs it")
    gc.disable()  # until everything is collected: of what is imported nothing is garbage, however often it is looked at


@cache
def category_of(path: Path) -> str:
    return path.relative_to(ROOT / "tests").parts[0]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test with its category. Raises UsageError for a module outside of all, or a unit test that is none."""
    category = category_of(item.path)
    if category not in CATEGORIES:
        raise pytest.UsageError(f"{item.path}: a test module belongs in one of {', '.join(CATEGORIES)}")
    if category == "unit" and HEAVY.intersection(getattr(item, "fixturenames", ())):
        raise pytest.UsageError(f"{item.nodeid} starts a stack: it is no unit test")
    item.add_marker(category)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the largest groups first, in each worker, whose order is the scheduler's."""
    if hasattr(config, "workerinput"):
        from tests.scheduling import largest_first

        of = {item.nodeid: item for item in items}
        items[:] = [of[nodeid] for nodeid in largest_first(list(of))]


def pytest_collection_finish() -> None:
    """Keep tests and modules out of the garbage collector's sight: all of them stay, and it looks at them often."""
    gc.collect()
    gc.freeze()
    gc.enable()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Have what a module's tests share made once, not once a worker, under `--dist loadgroup`."""
    from tests.scheduling import ByGroup  # which may not be installed where one test is run alone

    return ByGroup(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManualDelivery]:
    """Agents by hand, of a module that shares no stack with others."""
    from tests.pipeline.manual_delivery import manual_delivery

    with pytest.MonkeyPatch.context() as patch, manual_delivery(tmp_path_factory.mktemp("cloud"), patch) as agents:
        yield agents


@pytest.fixture
def all_agents(running: ManualDelivery) -> ManualDelivery:
    """The module's agents by hand, with nothing left of the test before."""
    running.reset()
    return running


@pytest.fixture
def agents(all_agents: ManualDelivery) -> ManualDelivery:
    """All agents but for that of the editions, which costs as much as half of the others and which nobody waits for."""
    all_agents.without = ("editions",)
    return all_agents


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Hide Playwright's loop, which it leaves marked as running in this thread, from tests that run loops of theirs."""
    if "browser" in item.path.parts:
        return (yield)
    left = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return (yield)
    finally:
        asyncio._set_running_loop(left)
