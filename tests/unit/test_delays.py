"""The cloud's delays: the table, samples drawn from the table, and the stage before a service."""

from __future__ import annotations

import json
import os
import statistics
import time
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import run_wsgi_app

from common import waking
from common.settings import Settings
from emulators.delays import CLOUD, Delays
from local.entry_points import ENTRY_POINTS
from local.network import Network, Reach, Reached, kept_warm
from tests.conftest import eventually


@pytest.mark.parametrize("kind", CLOUD)
def test_what_is_drawn_has_the_median_and_the_tail_of_the_table(kind: str) -> None:
    delays = Delays("a seed", stretch=2.0)
    drawn = sorted(1000 * delays.draw(kind) / 2.0 for _ in range(4000))
    assert statistics.median(drawn) == pytest.approx(CLOUD[kind].p50_ms, rel=0.1)
    assert drawn[int(0.99 * len(drawn))] == pytest.approx(CLOUD[kind].p99_ms, rel=0.3)
    assert CLOUD[kind].source


def test_a_seed_says_what_is_drawn_and_the_log_tells_it(tmp_path: Path) -> None:
    kinds = [*CLOUD] * 3
    first, again = Delays("one", log=tmp_path / "log"), Delays("one")
    drawn = [first.draw(kind, f"about {kind}") for kind in kinds]
    assert drawn == [again.draw(kind) for kind in kinds]
    assert drawn != [Delays("two").draw(kind) for kind in kinds]
    told = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert [(line["kind"], line["about"], line["s"]) for line in told] == [
        (kind, f"about {kind}", seconds) for kind, seconds in zip(kinds, drawn, strict=True)
    ]


class Stage:
    """A service behind the stage, and the kinds of the delays before its answers."""

    def __init__(self, reach: Reach, service: str = "voice_forge") -> None:
        self._reach = reach
        self._app = Reached(self._serve, service, reach.folder)

    def ask(self, **headers: str) -> list[str]:
        """The kinds of the delays of a request."""
        before = len(self._told())
        environ = {"PATH_INFO": "/", "wsgi.input": None, **{f"HTTP_{name.upper()}": headers[name] for name in headers}}
        body, status, _ = run_wsgi_app(self._app, environ)
        assert (status, b"".join(body)) == ("200 OK", b"served")
        return [str(delay["kind"]) for delay in self._told()[before:]]

    def _told(self) -> list[dict[str, Any]]:
        return self._reach.delays()

    @staticmethod
    def _serve(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [b"served"]


NEAR = Network(stretch=0.00001)


@pytest.fixture
def reach(tmp_path: Path) -> Reach:
    return Reach(tmp_path, NEAR)


@pytest.mark.parametrize(("service", "start"), [("voice_forge", "start_function"), ("streamer", "start_container")])
def test_the_first_request_after_zero_waits_for_an_instance_and_no_later_one(
    reach: Reach, service: str, start: str
) -> None:
    stage = Stage(reach, service)
    assert stage.ask() == []  # a stack that is being started
    reach.scale_to_zero()
    assert stage.ask() == [start]
    assert stage.ask() == []


@pytest.mark.parametrize("service", ["api_gateway", "streamer"])
def test_a_new_instance_has_woken_nobody_yet(reach: Reach, monkeypatch: pytest.MonkeyPatch, service: str) -> None:
    woken: list[str] = []
    monkeypatch.setattr(waking, "_publish", lambda settings: woken.append("all"))
    monkeypatch.setattr(waking, "waker", waking.waker)
    stage = Stage(reach, service)
    for _ in range(2):
        reach.scale_to_zero()
        later = time.time() + 1.0  # for a file's time is that of the kernel's last tick
        os.utime(reach.folder / "zero", (later, later))
        stage.ask()
        for _ in range(2):
            waking.waker.wake(Settings())
    eventually(lambda: len(woken) == 2)


def test_a_service_that_is_kept_is_always_there(reach: Reach) -> None:
    stage = Stage(reach)
    reach.keep({"voice_forge"}, NEAR)
    reach.scale_to_zero()
    assert stage.ask() == []


def test_the_way_from_service_to_service_is_long_and_deliveries_have_come_it_already(reach: Reach) -> None:
    stage, identity = Stage(reach), "Bearer header.claims.signature"
    assert stage.ask(authorization=identity) == ["service_hop"]
    assert stage.ask(x_serverless_authorization=identity) == ["service_hop"]
    for agent in ("Google-Cloud-Tasks", "CloudPubSub-Google; (+https://cloud.google.com)", "Google-Cloud-Scheduler"):
        assert stage.ask(authorization=identity, user_agent=agent) == []
    assert stage.ask(authorization="Bearer local-key") == []  # a listener: that way is the listener's own


def test_a_socket_that_ends_with_stop_iteration_leaves_the_stage(reach: Reach) -> None:
    def serve(environ: Any, start_response: Any) -> list[bytes]:
        raise StopIteration

    stage = Reached(serve, "streamer", reach.folder)
    with pytest.raises(StopIteration):  # as gunicorn expects it of a WebSocket
        stage({"PATH_INFO": "/"}, lambda *_: None)  # type: ignore[arg-type]


def test_an_instance_is_paid_for_while_it_has_requests_or_is_started_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reach = Reach(tmp_path, NEAR)
    stage = Reached(lambda *_: [b""], "voice_forge", tmp_path)

    def clock_at(now: float) -> None:
        monkeypatch.setattr("local.network.time.time", lambda: now)

    def asked(now: float) -> Any:
        clock_at(now)
        return stage({"PATH_INFO": "/"}, lambda *_: None)  # type: ignore[arg-type]

    def ended(answer: Any, now: float) -> None:
        clock_at(now)
        answer.close()

    one, another = asked(100.0), asked(100.25)  # side by side: one stretch of time
    ended(one, 100.5)
    ended(another, 101.01)
    ended(asked(200.0), 200.0625)
    assert reach.busy_s(since=0.0) == {"voice_forge": pytest.approx(1.1 + 0.1)}
    assert reach.busy_s(since=150.0) == {"voice_forge": pytest.approx(0.1)}


def test_warm_keeps_what_terraform_keeps() -> None:
    kept = kept_warm()
    assert {"streamer", "api_gateway", "voice_forge", "model_serving"} <= kept
    assert kept <= {"streamer", *ENTRY_POINTS}
    assert "mastering" not in kept
