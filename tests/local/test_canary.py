"""The canary: a podcast through a whole stack proves it, and what does not work is told by the step that found it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx2
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


class Doubles:
    """A deployment in which all goes well, but what is `broken`."""

    def __init__(self, broken: str) -> None:
        self.broken = broken

    def __enter__(self) -> Doubles:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        if name == self.broken:
            raise KeyError("an answer that nobody foresaw")
        answers = {
            "generate": SimpleNamespace(workflow_id="w", websocket_url="ws://w", stream_id="s"),
            "wait": SimpleNamespace(workflow_id="w", state="COMPLETED", error=None),
            "podcast": SimpleNamespace(artifacts={"mp3": "there"}),
            "segments": [],
            "new_feed": "http://127.0.0.1:9/feed",
        }
        return lambda *_, **__: answers.get(name)


BROKEN = {
    "generate": "ask",
    "listen_through": "hear",
    "quiet": "hear",
    "wait": "finish",
    "segments": "finish",
    "download": "files",
    "new_feed": "feed",
    "webhook": "webhook",
    "delete": "delete",
}


@pytest.mark.parametrize("broken", BROKEN)
def test_whatever_goes_wrong_is_told_by_its_step(
    broken: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def listen_through(_: str, __: str, heard: Any) -> Iterator[Any]:
        yield heard.take(json.dumps({"type": "progress", "stage": "weave"}))
        if broken == "quiet":
            monkeypatch.setattr(canary, "FIRST_SOUND_S", 0.0)
            yield heard.take(json.dumps({"type": "keepalive"}))
            raise AssertionError("it is waited for without end")
        if broken == "listen_through":
            raise OSError("reset")
        heard.packets[0] = b"x"
        yield None
        yield heard.take(json.dumps({"type": "stream_end", "packets": 1}))

    document = SimpleNamespace(raise_for_status=lambda: SimpleNamespace(json=lambda: {"openapi": "3.1.0"}))
    monkeypatch.setattr(httpx2, "get", lambda *_, **__: document)
    monkeypatch.setattr(canary, "connected", lambda *_: Doubles(broken))
    monkeypatch.setattr(canary, "listen_through", listen_through)
    monkeypatch.setattr(canary, "TOLD_S", 0.0)
    if broken in {"new_feed", "webhook", "delete"}:
        monkeypatch.setattr(canary, "files", lambda *_: None)
    options = ["--feed"] if broken == "new_feed" else []
    options += ["--webhook-url", "http://x", "--webhook-port", str(free_port())] if broken == "webhook" else []
    assert canary.main(["--api", "http://api.test", "--key", "k", *options]) == 1
    out, err = capsys.readouterr()
    failed = json.loads(out)["failed"]
    assert (failed["step"], failed["look_at"]) == (BROKEN[broken], canary.LOOK[BROKEN[broken]])
    assert "Traceback" not in err
    assert broken != "quiet" or "stage weave" in failed["why"]


@pytest.mark.parametrize(
    ("arguments", "step"),
    [
        (("--api", "http://[", "--key", "k"), "reach"),
        (("--api", "no-address", "--key", "k"), "reach"),
        (("--api", "http://127.0.0.1:9", "--key", "k"), "reach"),
        (("--api", "http://127.0.0.1:9", "--key", "clé"), "ask"),
    ],
)
def test_what_is_no_address_and_no_key_is_told_in_words(
    arguments: tuple[str, ...], step: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert canary.main(list(arguments)) == 1
    assert json.loads(capsys.readouterr().out)["failed"]["step"] == step


def test_what_answers_there_may_be_somebody_else(capsys: pytest.CaptureFixture[str], stack: Stack) -> None:
    """The player's address, say, where the API's was meant."""
    assert canary.main(["--api", stack.endpoints.player_url, "--key", "k"]) == 1
    assert json.loads(capsys.readouterr().out)["failed"]["step"] == "reach"


def test_a_port_that_is_taken_is_no_traceback(capsys: pytest.CaptureFixture[str], stack: Stack) -> None:
    port = stack.endpoints.api_url.rpartition(":")[2]
    command = ["--api", stack.endpoints.api_url, "--key", "k", "--webhook-url", "http://x", "--webhook-port", port]
    assert canary.main(command) == 1
    assert f"port {port}" in json.loads(capsys.readouterr().out)["failed"]["why"]


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
