"""A harness a test worker, and a streamer shared by all tests leaving the streamer unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.streaming.harness import StreamerHarness
from tests.streaming.instances import Instance

NewInstance = Callable[..., Instance]


@pytest.fixture(scope="session")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StreamerHarness]:
    with StreamerHarness(tmp_path_factory.mktemp("harness")) as running:
        yield running


@pytest.fixture(scope="session")
def streamer(harness: StreamerHarness, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    instance = Instance(harness, tmp_path_factory.mktemp("streamer"), MAX_CONNECTIONS_PER_ADDRESS="1000")
    try:
        instance.await_ready()
        yield instance
    finally:
        instance.child.stop()


@pytest.fixture
def new_streamer(harness: StreamerHarness, tmp_path: Path) -> Iterator[NewInstance]:
    """Starts a streamer of the test's own: its settings are the arguments. It may not be ready yet."""
    with ExitStack() as started:

        def start(behind: StreamerHarness = harness, **settings: str) -> Instance:
            instance = Instance(behind, tmp_path, **{"MAX_CONNECTIONS_PER_ADDRESS": "1000", **settings})
            started.callback(instance.child.kill)
            return instance

        yield start
