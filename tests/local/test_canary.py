"""The canary: a podcast through a whole stack proves it, and what does not work is told by the step that found it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from common.settings import Settings
from local import canary, keys
from local.sockets import free_port
from local.stack import Stack
from local.stack_settings import PROJECT
from tests.conftest import left_of
from tests.fakes import google_cloud
from tests.fakes.google_cloud import DISABLED, FakeGoogle

LOGS = "logging/v2/entries:list"


@pytest.fixture
def google() -> Iterator[FakeGoogle]:
    with FakeGoogle() as fake:
        yield fake


def lines(*told: dict[str, Any]) -> dict[str, Any]:
    return {"entries": [{"jsonPayload": {"message": "tokens come", **one}} for one in told]}


REMOVED = {"signature": "removed", "platform_checks": True}
KEPT = {"signature": "kept", "platform_checks": True}


def test_a_deployment_that_works_is_proven_by_one_podcast(
    stack: Stack, google: FakeGoogle, capsys: pytest.CaptureFixture[str]
) -> None:
    google.answers[LOGS] = lines(REMOVED)
    key, port = keys.create(Settings(google_cloud_project=PROJECT), "canary"), free_port()
    status = canary.main(
        [
            *("--api", stack.endpoints.api_url, "--key", key, "--admin", stack.endpoints.admin_url, "--feed"),
            *("--webhook-url", f"http://127.0.0.1:{port}/", "--webhook-port", str(port)),
            *("--project", google_cloud.PROJECT),
        ],
        connect=google.google,
    )
    out, err = capsys.readouterr()
    assert status == 0, err
    told = json.loads(out)
    assert told["heard_s"] > 20
    assert 0 < told["first_sound_ms"] < told["completed_ms"]
    assert (told["webhook"], told["feed"]) == ("podcast.completed", "has the episode")
    assert told["mp3_bytes"] > 100_000
    assert told["operations"]["source"] == "counted"
    assert 0 < told["operations"]["dollars"] < 0.01
    assert len(told["waterfall"]) == told["segments"]
    assert all(row["forged_at"] <= row["sent_s"] + 1 for row in told["waterfall"]), "the clocks are one here"
    assert "takes their signatures away" in told["tokens"]
    assert not left_of(stack, told["workflow_id"])


@pytest.mark.parametrize(("step", "key", "path"), [("reach", "", "/nowhere"), ("ask", "no-key", "")])
def test_what_does_not_work_is_told_by_its_step_with_where_to_look(
    step: str, key: str, path: str, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    assert canary.main(["--api", stack.endpoints.api_url + path, "--key", key]) == 1
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert (told["failed"]["step"], told["failed"]["look_at"]) == (step, canary.LOOK[step])
    assert f"FAILED at `{step}`" in err


def test_a_turn_that_was_not_voiced_fails_it(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    """Which a listener hears as an apology, and an operator as nothing."""

    class Api:
        def wait(self, workflow_id: str, *, within_s: float) -> Any:
            return type("Podcast", (), {"state": "COMPLETED", "error": None})

        def segments(self, workflow_id: str) -> list[Any]:
            one = {"index": 4, "scripted_at": None, "forging_at": None, "forged_at": None, "state": "FAILED"}
            return [type("Segment", (), one)]

    with pytest.raises(canary.StepFailed, match=r"Turns \[4\]"):
        canary.finished(Api(), "w", canary.Run())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("logged", "words"),
    [
        (lines(), "No service has said"),
        (lines(REMOVED, REMOVED), "takes their signatures away"),
        (lines(KEPT), "verify in full"),
        (lines(KEPT, REMOVED), "both are believed"),
        (lines({"signature": "removed", "platform_checks": False}), "WRONG"),
        (lines({"signature": "kept", "platform_checks": False}), "Look at iam.tf"),
    ],
)
def test_what_becomes_of_tokens_is_told_in_words(logged: dict[str, Any], words: str, google: FakeGoogle) -> None:
    google.answers[LOGS] = logged
    assert words in canary.tokens(google.google(), datetime.now(UTC))


def test_what_is_wrong_with_tokens_fails_it_and_logs_out_of_reach_do_not(
    google: FakeGoogle, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canary, "prove", lambda *_: None)
    monkeypatch.setattr(canary, "operations", lambda *_: {})
    command = ["--api", "http://127.0.0.1:9", "--key", "k", "--project", google_cloud.PROJECT]
    for logged, status in ((lines({"signature": "removed", "platform_checks": False}), 1), (DISABLED, 0)):
        google.answers[LOGS] = logged
        assert canary.main(command, connect=google.google) == status
    assert "could not be asked" in capsys.readouterr().out
