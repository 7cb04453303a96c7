"""Many podcasts at an engine taking few requests: turns wait in the queue, and nobody hears an apology."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from common.policy import POLICIES
from tests.fakes.speech import FakeSpeechServer
from tests.fakes.web import Fault
from tests.pipeline.manual_delivery import ManualDelivery, manual_delivery

TEXT = "The tide is the rise and fall of the sea. The Moon pulls at the water, and the water follows it."


class Throttled(FakeSpeechServer):
    """Takes so many requests as are `left`, and turns all others away for a minute."""

    left = 0

    def fault_for(self, body: dict[str, Any]) -> Fault:
        self.left -= 1
        return "" if self.left >= 0 else ("429", "60")


@pytest.fixture(scope="module")
def engine() -> Iterator[Throttled]:
    with Throttled() as speech:
        yield speech


@pytest.fixture(scope="module")
def agents(engine: Throttled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManualDelivery]:
    settings: dict[str, Any] = {
        "SPEECH_ENGINE": "openai",
        "SPEECH_BASE_URL": engine.url,
        "SPEECH_API_KEY": "sk-secret",
        "SPEECH_MODEL": "kokoro",
        "SPEECH_VOICES": "af_heart,om_adam",
        "SPEECH_SAMPLE_RATE": "24000",
    }
    with (
        pytest.MonkeyPatch.context() as patch,
        manual_delivery(tmp_path_factory.mktemp("cloud"), patch, **settings) as agents,
    ):
        agents.reset()
        yield agents


@pytest.mark.parametrize("podcasts_at_once", [6, pytest.param(40, marks=pytest.mark.nightly)])
def test_of_many_podcasts_at_an_engine_that_takes_few_requests_none_apologizes(
    agents: ManualDelivery, engine: Throttled, podcasts_at_once: int
) -> None:
    """Most of their greetings are voiced at once, as the quota has it. The rest is turned away oftener than failing
    work may be begun, and is voiced as soon as the quota is there again."""
    podcasts = [  # of hosts of whom no opening is kept
        agents.generate(TEXT, key=f"podcast {number}", hosts=[{"name": "Ada", "persona": f"Pilot {number}"}])
        for number in range(podcasts_at_once)
    ]
    while events := [delivery for delivery in agents.collect() if delivery.agent == "orchestrator"]:
        for event in events:
            agents.waiting.remove(event)
            assert agents.deliver(event) < 300
    greetings = [delivery for delivery in agents.waiting if delivery.agent == "voice_forge"]
    assert len(greetings) >= podcasts_at_once

    def deliver() -> None:
        greetings[:] = [delivery for delivery in greetings if agents.deliver(delivery) != 200]

    engine.left = len(greetings) - 4
    deliver()
    assert len(greetings) == 4
    for _ in range(POLICIES["voice_forge"].attempts_in_all + 1):
        deliver()
    assert len(greetings) == 4
    engine.left = 4
    deliver()
    assert not greetings
    segments = [segment for workflow_id in podcasts for segment in agents.segments(workflow_id)]
    assert {(one["state"], one["engine"], one.get("apology", False)) for one in segments} == {
        ("FORGED", "openai", False)
    }
    assert {segment["calls"] for segment in segments} == {1}, "what was turned away is not paid for"
