"""A backstage a test worker, and a streamer shared by all tests leaving the streamer unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.streaming.backstage import Backstage
from tests.streaming.instances import Instance

NewInstance = Callable[..., Instance]


@pytest.fixture(scope="session")
def backstage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backstage]:
    with Backstage(tmp_path_factory.mktemp("backstage")) as running:
        yield running


@pytest.fixture(scope="session")
def streamer(backstage: Backstage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    instance = Instance(backstage, tmp_path_factory.mktemp("streamer"), MAX_CONNECTIONS_PER_ADDRESS="1000")
    try:
        instance.await_ready()
        yield instance
    finally:
        instance.child.stop()


@pytest.fixture
def new_streamer(backstage: Backstage, tmp_path: Path) -> Iterator[NewInstance]:
    """Starts a streamer of the test's own: its settings are the arguments. It may not be ready yet."""
    with ExitStack() as started:

        def start(behind: Backstage = backstage, **settings: str) -> Instance:
            instance = Instance(behind, tmp_path, **{"MAX_CONNECTIONS_PER_ADDRESS": "1000", **settings})
            started.callback(instance.child.kill)
            return instance

        yield start
