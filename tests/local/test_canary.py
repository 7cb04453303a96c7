"""The canary: a podcast through a whole stack is the proof, and the failing step names each fault."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx2
import pytest

from client.aethercast import Aethercast
from common.settings import Settings
from functions.api_gateway.webhooks import signed
from local import canary, keys, listener, traces
from local.commands import INTERRUPTED
from local.sockets import free_port
from local.stack import Stack
from local.stack_settings import PROJECT
from tests.conftest import editions, left_of
from tests.fakes import google_cloud
from tests.fakes.deployment import PODCAST, WORKFLOW, FakeDeployment
from tests.fakes.google_cloud import DISABLED, FakeGoogle, refusal

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
    with editions(stack):
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
    assert told["heard_s"] > 5
    assert 0 < told["first_sound_ms"] < told["completed_ms"]
    assert (told["webhook"], told["feed"]) == ("podcast.completed", "has the episode")
    assert told["mp3_bytes"] > 100_000
    assert told["operations"]["source"] == "counted"
    assert 0 < told["operations"]["dollars"] < 0.01
    assert len(told["waterfall"]) == told["segments"]
    assert all(row["forged_at"] <= row["sent_s"] + 1 for row in told["waterfall"]), "the clocks are one here"
    assert "takes their signatures away" in told["tokens"]
    assert not left_of(stack, told["workflow_id"])


@pytest.mark.parametrize(("step", "key", "path"), [("reach", "k", "/nowhere"), ("ask", "no-key", "")])
def test_what_does_not_work_is_told_by_its_step_with_where_to_look(
    step: str, key: str, path: str, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    assert canary.main(["--api", stack.endpoints.api_url + path, "--key", key]) == 1
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert (told["failed"]["step"], told["failed"]["look_at"]) == (step, canary.LOOK[step])
    assert f"FAILED at `{step}`" in err


BROKEN = {
    "unbound": ("reach", "403 Forbidden", "a binding may take 7 minutes"),
    "moved": ("reach", "elsewhere: https://", "the address"),
    "key": ("ask", "unauthenticated", "the key"),
    "events": ("hear", "no stage of its making has begun", "the subscription's push errors"),
    "harvest": ("hear", "at stage harvest", "content-harvester"),
    "weave": ("hear", "at stage weave", "script-weaver"),
    "forge": ("hear", "at stage forge", "voice-forge"),
    "engine": ("hear", "writer_refused", "model-serving"),
    "streamer": ("hear", "This stream is not known", "the subscription's push errors"),
    "cut": ("hear", "ended early", "whether its address can be reached"),
    "packets": ("hear", "packets are missing", "the streamer"),
    "master": ("finish", "still being made", "mastering"),
    "failed": ("finish", "It was too much.", "mastering"),
    "apology": ("finish", "Turns [0] were not voiced", "mastering"),
    "episode": ("files", "404", "mastering"),
    "short": ("files", "has 2 packets, and 3 were heard", "mastering"),
    "mp3": ("files", "no MP3 yet", "editions"),
    "no mp3": ("files", "is none", "editions"),
    "feed": ("feed", "forbidden", "the gateway's logs"),
    "empty feed": ("feed", "not in the feed", "the gateway's logs"),
    "webhook": ("webhook", "Nothing came", "whether the address leads here"),
    "forged webhook": ("webhook", "Nothing came", "whether the address leads here"),
    "unsigned webhook": ("webhook", "Nothing came", "whether the address leads here"),
    "wrong webhook": ("webhook", "podcast.failed", "webhooks agent"),
    "delete": ("delete", "not_found", "is still there"),
}
"""What is broken -> the step that finds it, words of why, and words of where to look."""


WAITED_FOR = {
    **dict.fromkeys(("events", "harvest", "weave", "forge"), "FIRST_SOUND_S"),
    **dict.fromkeys(("master", "mp3"), "FILES_S"),
    **dict.fromkeys(("webhook", "forged webhook", "unsigned webhook"), "TOLD_S"),
}
"""What is broken and never comes -> the canary's patience for it."""


@pytest.mark.parametrize("broken", BROKEN)
def test_whatever_is_broken_is_told_by_its_step_with_where_to_look(
    broken: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "RESUME_ATTEMPTS", 1)
    if patience := WAITED_FOR.get(broken):
        monkeypatch.setattr(canary, patience, 0.2)
    step, why, where = BROKEN[broken]
    port = free_port()
    with FakeDeployment(broken) as deployment:
        command = ["--api", deployment.url, "--key", "k", "--feed"]
        hook = ["--webhook-url", f"http://127.0.0.1:{port}/", "--webhook-port", str(port)]
        assert canary.main(command + hook) == 1
    out, err = capsys.readouterr()
    failed = json.loads(out)["failed"]
    assert failed["step"] == step
    assert why in failed["why"]
    assert where in failed["look_at"]
    assert f"FAILED at `{step}`" in err
    assert "Traceback" not in err


STEP_OF = {
    "/api/v1/openapi.json": "reach",
    "/api/v1/podcasts/generate": "ask",
    f"{PODCAST}/segments": "finish",
    "/files/audio": "files",
    "/files/mp3": "files",
    "/api/v1/feeds": "feed",
    "/feed": "feed",
}
"""Path of a deployment -> the step that asks for it."""


@pytest.mark.parametrize("fault", ["500", "403", "drips"])
@pytest.mark.parametrize("path", STEP_OF)
def test_whatever_a_path_answers_its_step_fails_in_time(
    path: str, fault: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that sends a byte now and then keeps every patience awake but the step's own."""
    step = STEP_OF[path]
    monkeypatch.setattr(canary, "Aethercast", partial(Aethercast, attempts=1))
    if fault == "drips":
        monkeypatch.setitem(canary.STEPS_S, step, 0.3)
    with FakeDeployment(f"{fault} {path}") as deployment:
        assert canary.main(["--api", deployment.url + "/", "--key", "k", "--feed"]) == 1
    failed = json.loads(capsys.readouterr().out)["failed"]
    assert failed["step"] == step
    assert ("did not end within" if fault == "drips" else fault) in failed["why"]


def test_the_key_may_stand_in_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hidden from lists of processes, and from a pipeline's log of its commands."""
    monkeypatch.setenv("AETHERCAST_API_KEY", "k")
    with FakeDeployment() as deployment:
        assert canary.main(["--api", deployment.url]) == 0, capsys.readouterr().err
        assert {one for one in deployment.keys if one} == {"Bearer k"}
        monkeypatch.delenv("AETHERCAST_API_KEY")
        with pytest.raises(SystemExit) as ended:
            canary.main(["--api", deployment.url])
    assert ended.value.code == 2
    assert "AETHERCAST_API_KEY" in capsys.readouterr().err


def test_it_ends_within_the_hour_that_it_states() -> None:
    assert canary.STEPS_S.keys() == canary.LOOK.keys()
    assert sum(canary.STEPS_S.values()) < 3_600 - 120
    assert "within an hour" in str(canary.__doc__)


SPANS = [
    {
        "spanId": "1",
        "name": f"GET {PODCAST}",
        "startTime": "2026-01-01T00:00:00.25Z",
        "endTime": "2026-01-01T00:00:01Z",
    },
    {
        "spanId": "2",
        "name": "forge 17",
        "startTime": "2026-01-01T00:00:02.123456789Z",
        "endTime": "2026-01-01T00:00:04.123456789Z",
        "labels": {"service.name": "aethercast-voice-forge"},
    },
    {
        "spanId": "3",
        "name": "forge 18",
        "startTime": "2026-01-01T00:00:03Z",
        "endTime": "2026-01-01T00:00:04Z",
        "labels": {"service.name": "aethercast-voice-forge"},
    },
]


@pytest.mark.parametrize("written_late", [False, True])
def test_where_traces_are_on_it_tells_which_service_took_how_long(
    written_late: bool, google: FakeGoogle, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spans are sent in batches: the first may come after the podcast's end."""
    monkeypatch.setattr(traces, "ASK_EVERY_S", 0.0)
    google.answers[LOGS] = lines(REMOVED)
    path = f"cloudtrace/v1/projects/{google_cloud.PROJECT}/traces/{WORKFLOW}"
    google.late[path] = 2 if written_late else 0
    google.answers[path] = {"spans": SPANS}
    with FakeDeployment() as deployment:
        command = ["--api", deployment.url, "--key", "k", "--project", google_cloud.PROJECT]
        assert canary.main(command, connect=google.google) == 0
    out, err = capsys.readouterr()
    [asked, forged] = json.loads(out)["trace"]
    assert (asked["name"], asked["began_s"], asked["took_s"]) == ("GET /api/v1/podcasts/…", 0.0, 0.75)
    assert (forged["service"], forged["name"], forged["times"]) == ("aethercast-voice-forge", "forge …", 2)
    assert (forged["began_s"], forged["took_s"], forged["longest_s"]) == (1.873, 3.0, 2.0)
    assert "forge … (aethercast-voice-forge)" in err


@pytest.mark.parametrize(
    ("answer", "words"), [(DISABLED, "There is none"), (refusal(404), "There is none"), (refusal(403), "not be asked")]
)
def test_without_traces_it_says_so_and_fails_for_nothing(
    answer: Any, words: str, google: FakeGoogle, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traces, "WRITTEN_S", 0.0)
    monkeypatch.setattr(traces, "ASK_EVERY_S", 0.0)
    google.answers[LOGS] = lines(REMOVED)
    google.otherwise = answer
    with FakeDeployment() as deployment:
        command = ["--api", deployment.url, "--key", "k", "--project", google_cloud.PROJECT]
        assert canary.main(command, connect=google.google) == 0
    assert words in json.loads(capsys.readouterr().out)["trace"]


def test_a_deployment_of_fakes_works_where_nothing_is_broken(capsys: pytest.CaptureFixture[str]) -> None:
    with FakeDeployment() as deployment:
        assert canary.main(["--api", deployment.url, "--key", "k", "--feed"]) == 0, capsys.readouterr().err


def test_what_else_comes_to_the_webhooks_port_is_turned_away_in_silence(capfd: pytest.CaptureFixture[str]) -> None:
    """The port is open to strangers."""
    port = free_port()
    with canary.receiver(argparse.Namespace(webhook_url="http://x", webhook_port=port), "whsec_c2VjcmV0") as told:
        for body, headers in (
            (b"", {}),
            (b"no JSON", {"webhook-signature": "v1,?", "webhook-id": "1", "webhook-timestamp": "1"}),
            (b"[]", signed("whsec_YW5vdGhlcg==", "1", b"[]", 1.0)),
        ):
            answer = httpx2.post(f"http://127.0.0.1:{port}/", content=body, headers=headers)
            assert answer.status_code == 401
        assert told.empty()
        body = b'{"type": "podcast.completed"}'
        httpx2.post(f"http://127.0.0.1:{port}/", content=body, headers=signed("whsec_c2VjcmV0", "1", body, 1.0))
        assert told.get(timeout=5) == "podcast.completed"
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "step"),
    [
        (("--api", "http://[", "--key", "k"), "reach"),
        (("--api", "no-address", "--key", "k"), "reach"),
        (("--api", "http://127.0.0.1:9", "--key", "k"), "reach"),
        (("--api", "http://127.0.0.1:9", "--key", "clé"), "ask"),
        (("--api", "http://127.0.0.1:9", "--key", "-BEy7PEK4dT2gHAoKsjICeYQvipKEK8B5He2tSgs4lY"), "reach"),
    ],
)
def test_what_is_no_address_and_no_key_is_told_in_words(
    arguments: tuple[str, ...], step: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert canary.main(list(arguments)) == 1
    assert json.loads(capsys.readouterr().out)["failed"]["step"] == step


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("--minutes", "0"),
        ("--minutes", "100000"),
        ("--minutes", "1.5"),
        ("--webhook-port", "0"),
        ("--webhook-port", "65536"),
        ("--project", "../../x"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_asked(
    argument: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        canary.main(["--api", "http://127.0.0.1:9", "--key", "k", argument, value])
    assert ended.value.code == 2
    assert f"argument {argument}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("broken", "keep", "words"),
    [
        ("", (), "is deleted"),
        ("", ("--keep",), "is kept"),
        ("delete", (), "could not be deleted"),
        (f"drips {PODCAST}", (), "could not be deleted: it did not end within"),
    ],
)
def test_ctrl_c_ends_it_in_words_and_leaves_nothing_in_the_making(
    broken: str,
    keep: tuple[str, ...],
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(canary, "hear", stopped)
    monkeypatch.setattr(canary, "CLEANING_S", 0.5)
    with FakeDeployment(broken) as deployment:
        assert canary.main(["--api", deployment.url, "--key", "k", *keep]) == INTERRUPTED
        assert deployment.deleted == (not (keep or broken))
    out, err = capsys.readouterr()
    assert words in err
    assert out == ""


def test_what_answers_there_may_be_somebody_else(capsys: pytest.CaptureFixture[str], stack: Stack) -> None:
    """The player's address, say, where the API's was meant."""
    assert canary.main(["--api", stack.endpoints.player_url, "--key", "k"]) == 1
    assert json.loads(capsys.readouterr().out)["failed"]["step"] == "reach"


def test_a_port_that_is_taken_is_no_traceback(capsys: pytest.CaptureFixture[str], stack: Stack) -> None:
    port = stack.endpoints.api_url.rpartition(":")[2]
    command = ["--api", stack.endpoints.api_url, "--key", "k", "--webhook-url", "http://x", "--webhook-port", port]
    assert canary.main(command) == 1
    assert f"port {port}" in json.loads(capsys.readouterr().out)["failed"]["why"]


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


def test_a_deployment_that_refuses_the_platforms_tokens_is_told_by_both(
    google: FakeGoogle, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is delivered, and the logs say why: which lines to read is told, too."""
    monkeypatch.setattr(canary, "FIRST_SOUND_S", 0.2)
    monkeypatch.setattr(traces, "WRITTEN_S", 0.0)
    google.answers[LOGS] = lines({"signature": "removed", "platform_checks": False})
    with FakeDeployment("events") as deployment:
        command = ["--api", deployment.url, "--key", "k", "--project", google_cloud.PROJECT]
        assert canary.main(command, connect=google.google) == 1
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert told["failed"]["step"] == "hear"
    assert told["tokens"].startswith("WRONG")
    assert f"gcloud logging read 'jsonPayload.workflow_id=\"{WORKFLOW}\"' --project={google_cloud.PROJECT}" in err


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
