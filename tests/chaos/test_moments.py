"""The chaos run's plan of faults and its judgement of engines, without breaking anything."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from local.entry_points import ROOT
from tests.chaos.plan import MOMENTS, draw
from tests.chaos.run import VOICED_AT_ONCE, Run

CALLS = {
    # Firestore
    **dict.fromkeys(("delete", "commit"), "write"),
    **dict.fromkeys(("get", "get_all"), "get"),
    "stream": "query",
    # Cloud Storage
    **dict.fromkeys(("upload_from_string", "compose"), "storage POST"),
    **dict.fromkeys(("download_as_bytes", "reload", "list_blobs", "request"), "storage GET"),
    "open": "storage PUT",
    # Pub/Sub, Cloud Tasks, our own services, and Google's keys
    **dict.fromkeys(("publish", "result"), "publish"),
    "create_task": "enqueue",
    "post": "http POST",
    "post_early": "hand-over",
    "PyJWKClient": "keys",
    # Engines over a network: what asks them is the same as for those within
    **dict.fromkeys(("streaming_synthesize", "synthesize_speech"), "speech"),
    **dict.fromkeys(("Client", "HttpOptions"), "turn"),
}
"""The methods of clients, and makers of such, that are called with a timeout, as all are -> the moment they pass."""
WITHIN = {"acquire", "call", "run", "Retry", "Retrying", "OTLPSpanExporter"}
"""What has a timeout and goes nowhere: a lock, a process, how often to try, the call that `whole` names; or is waited
for by nobody: traces."""


def test_no_external_call_is_without_its_moment() -> None:
    called = {
        name
        for room in ("common", "functions", "streamer")
        for file in (ROOT / room).rglob("*.py")
        for name in with_timeout(file)
    }
    assert called - WITHIN == CALLS.keys()
    assert set(CALLS.values()) <= {moment.partition(" ")[2].rpartition(" ")[0] for moment in MOMENTS}


def with_timeout(file: Path) -> set[str]:
    """The calls of a file with a timeout or a retry policy."""
    calls = (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call))
    bounded = [_read_whole(call) or call.func for call in calls if any(map(bounds, call.keywords)) or _read_whole(call)]
    return {
        called.attr if isinstance(called, ast.Attribute) else called.id
        for called in bounded
        if isinstance(called, ast.Attribute | ast.Name)
    }


def _read_whole(call: ast.Call) -> ast.expr | None:
    """The call that the store's `whole` makes, with a timeout."""
    return call.args[0] if isinstance(call.func, ast.Name) and call.func.id == "whole" else None


def bounds(keyword: ast.keyword) -> bool:
    """Whether an argument is a timeout or a policy of retrying, or the store's `**PATIENCE`, which is both."""
    spread = keyword.arg is None and isinstance(keyword.value, ast.Name) and keyword.value.id == "PATIENCE"
    return spread or keyword.arg in {"timeout", "retry"}


@pytest.mark.parametrize(
    ("spoken", "struck", "stored", "kills", "troubles"),
    [
        (100, 0, 100, 0, 0),
        (125, 25, 100, 0, 0),  # each that failed once more
        (104, 0, 100, 1, 0),  # four were cut off by a kill
        (101, 0, 100, 0, 1),  # one was for nothing
        (100 + VOICED_AT_ONCE, 0, 100, 1, 0),
        (101 + VOICED_AT_ONCE, 0, 100, 1, 1),
        (101, 0, 101, 9, 1),  # one was done and paid for twice
    ],
)
def test_every_call_of_an_engine_is_explained(
    tmp_path: Path, spoken: int, struck: int, stored: int, kills: int, troubles: int
) -> None:
    run = Run(draw(seed=1, workflows=10), 10, tmp_path)
    run.report.segments = 100
    run.killed["model_serving"] = kills
    passed = {"speech before": spoken, "speech struck": struck, "storage POST after": stored, "dialogue before": 10}
    run.judge_engines(Counter({f"model_serving {moment}": times for moment, times in passed.items()}))
    assert len(run.report.troubles) == troubles


@pytest.mark.parametrize(("asked", "struck", "troubles"), [(10, 0, 0), (15, 5, 0), (18, 0, 0), (19, 0, 1)])
def test_every_script_that_is_asked_for_again_is_explained(
    tmp_path: Path, asked: int, struck: int, troubles: int
) -> None:
    run = Run(draw(seed=1, workflows=10), 10, tmp_path)
    run.killed["script_weaver"] = 1
    run.own_scripts = 2
    passed = {"dialogue before": asked - run.own_scripts, "dialogue struck": struck}
    run.judge_engines(Counter({f"model_serving {moment}": times for moment, times in passed.items()}))
    assert len(run.report.troubles) == troubles
