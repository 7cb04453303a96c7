"""The trace of a podcast: a span for each, over tasks, events and calls; and none unless asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from common import tracing
from common.settings import Settings
from tests.conftest import ROOT
from tests.pipeline.manual_delivery import ManualDelivery, manual_delivery

TEXT = "The tide rises twice a day. The moon pulls the water, and the shore meets it. Nobody waits for long."


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ManualDelivery, Path]]:
    """Agents by hand, tracing into a file."""
    folder = tmp_path_factory.mktemp("traced")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tracing, "_tracer", None)
        with manual_delivery(folder, patch, TRACES_TO=str(folder / "spans")) as agents:
            yield agents, folder / "spans"


def spans(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_podcast_is_one_trace_that_bears_its_id(traced: tuple[ManualDelivery, Path]) -> None:
    agents, file = traced
    agents.reset()
    workflow_id = agents.generate(TEXT)
    agents.drain(Random(1))
    found = spans(file)
    assert {span["context"]["trace_id"] for span in found} == {f"0x{workflow_id}"}
    by_id = {span["context"]["span_id"]: span for span in found}
    root = f"0x{workflow_id[:16]}"

    def asked_by(span: dict[str, Any]) -> list[str]:
        """The names of a span's callers, the next first."""
        parent = span["parent_id"]
        return [] if parent == root else [by_id[parent]["name"], *asked_by(by_id[parent])]

    voiced = [span for span in found if span["name"] == "voice"]
    assert voiced
    for span in voiced:  # speech, by the forge, for a task that an event had led to
        chain = asked_by(span)
        assert chain[:4] == ["speech", "POST /v1/speech", "answer to /v1/speech", "voice_forge"], chain
        assert chain[4] in {"podcast.requested", "script.segment_ready"}
    weaving = next(span for span in found if span["name"] == "script_weaver")
    assert "content.harvested" in asked_by(weaving)
    names = {span["name"] for span in found}
    assert {"POST /api/v1/podcasts/generate", "Commit", "Publish", "content_harvester", "mastering"} <= names


def test_a_context_of_another_trace_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_tracer", None)
    settings, mine, other = Settings(traces_to=str(tmp_path / "spans")), "1" * 32, "2" * 32
    for told in (f"00-{other}-{'3' * 16}-01", f"00-{mine}-{'3' * 16}-00", "garbled", ""):
        with tracing.work(settings, "forge", mine, {"traceparent": told}):
            assert tracing.carrier()["traceparent"].startswith(f"00-{mine}-")
    assert {span["parent_id"] for span in spans(tmp_path / "spans")} == {f"0x{'1' * 16}"}
    assert tracing.work(settings, "forge", "no id", {"traceparent": "garbled"}) is tracing._OFF


def test_without_a_setting_nothing_is_traced_loaded_or_sent() -> None:
    program = """
import sys
from common import grpc_channels, pools, tracing
from common.settings import Settings
with tracing.work(Settings(), "forge", "1" * 32, {"traceparent": "00-%s-%s-01" % ("1" * 32, "3" * 16)}):
    with tracing.call("Commit"):
        assert tracing.carrier() == {}
        tracing.begun("RunQuery")()
assert not [name for name in sys.modules if name.startswith("opentelemetry")], "loaded"
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
