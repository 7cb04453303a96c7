"""How an agent behaves whatever its work is: retries, their number, and the final outcome."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import flask
import pytest
from werkzeug.test import EnvironBuilder

from common import agent
from common.agent import Outcome, Task, run_task
from common.clients import database
from common.errors import (
    AethercastError,
    BadRequest,
    Busy,
    EngineBroken,
    EngineBusy,
    EngineRefused,
    NotFound,
    ServiceAway,
    ServiceBroken,
    SourceRefused,
    WorkflowGone,
)
from common.events import Event
from common.policy import PATIENCE, POLICIES
from common.settings import Settings
from emulators.firestore import FirestoreEmulator
from emulators.journal import Journal
from emulators.meter import Meter

SETTINGS = Settings(google_cloud_project="agents-of-the-tests", tasks_invoker="tasks@invoker.test")
DONE = Event("work.done", "w")
GIVEN_UP = Event("agent.failed", "w")


@pytest.fixture(scope="module")
def emulator() -> Iterator[None]:
    firestore = FirestoreEmulator(Meter(), Journal(None))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{firestore.start()}")
        yield
    firestore.stop()


class Queue:
    """Delivers a task repeatedly until the agent reports success; its work always raises `error`, if any.

    `statuses` are the answers, `tried` and `given_up` count calls, and `told` is what was published.
    """

    def __init__(self, patch: pytest.MonkeyPatch, name: str, error: Exception | None) -> None:
        self.tried = self.given_up = 0
        self.statuses: list[int] = []
        self.told: list[Event] = []
        self.error = error
        self.key = f"{name}-{type(error).__name__}"
        self._name = name
        patch.setattr(agent, "require_invoker", lambda *_, **__: None)  # tests/security/test_internal_entries.py
        patch.setattr(agent, "publish", lambda _, *events: self.told.extend(events))

    def deliver(self) -> flask.Response:
        headers = [("X-Idempotency-Key", self.key), ("X-Workflow-ID", "w")]
        request = flask.Request(EnvironBuilder(method="POST", json={}, headers=headers).get_environ())
        with flask.Flask(__name__).app_context():
            answer = run_task(request, SETTINGS, agent=self._name, url="", work=self._work, given_up=self._given_up)
        self.statuses.append(answer.status_code)
        return answer

    def drain(self) -> dict[str, Any]:
        """The last answer."""
        while (answer := self.deliver()).status_code != 200:
            assert len(self.statuses) < 50, "for ever"
        return dict(answer.json or {})

    def _work(self, task: Task) -> Outcome:
        self.tried += 1
        if self.error:
            raise self.error
        return Outcome({"attempt": task.attempt}, events=(DONE,))

    def _given_up(self, task: Task, error: AethercastError) -> Outcome:
        self.given_up += 1
        return Outcome({"error": error.code}, events=(GIVEN_UP,), failed=True)


each_agent = pytest.mark.parametrize("name", POLICIES)


@pytest.mark.usefixtures("emulator")
@each_agent
@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (EngineBroken("engine_failed", ""), 502, "engine_failed"),
        (ServiceBroken("store_unreachable", ""), 502, "store_unreachable"),
        (NotFound("object_missing", ""), 404, "object_missing"),
        (ZeroDivisionError(), 502, "internal"),
    ],
    ids=repr,
)
def test_what_is_broken_is_tried_as_often_as_the_policy_has_it(
    name: str, error: Exception, status: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Queue(monkeypatch, name, error)
    assert queue.drain() == {"state": "FAILED", "result": {"error": code}}
    assert (queue.tried, queue.given_up) == (POLICIES[name].attempts, 1)
    assert queue.statuses == [status] * (POLICIES[name].attempts - 1) + [200]
    assert queue.told == [GIVEN_UP]


@pytest.mark.usefixtures("emulator")
@each_agent
def test_what_is_busy_is_no_failure_and_is_given_up_in_the_end_all_the_same(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Queue(monkeypatch, name, Busy("state_changed", ""))
    assert queue.drain() == {"state": "FAILED", "result": {"error": "state_changed"}}
    assert (queue.tried, queue.given_up) == (2 * POLICIES[name].attempts, 1)
    assert set(queue.statuses[:-1]) == {503}


@pytest.mark.usefixtures("emulator")
@pytest.mark.parametrize(
    ("name", "error"),
    [
        *((name, ServiceAway()) for name in POLICIES),
        *((name, EngineBusy("engine_busy", "")) for name in ("script_weaver", "voice_forge")),
    ],
    ids=repr,
)
def test_what_could_not_be_asked_is_waited_for_as_long_as_patience_lasts(
    name: str, error: Busy, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, policy = Queue(monkeypatch, name, error), POLICIES[name]
    for _ in range(2 * policy.attempts_in_all):
        assert queue.deliver().status_code == error.status
    assert queue.given_up == 0
    monkeypatch.setattr(agent, "PATIENCE", timedelta(0))
    waited = queue.tried
    assert queue.drain() == {"state": "FAILED", "result": {"error": error.code}}
    assert (queue.tried - waited, queue.given_up) == (policy.attempts, 1)


@pytest.mark.usefixtures("emulator")
def test_many_podcasts_share_an_engine_that_takes_few_and_none_of_their_turns_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Forty podcasts have a turn to be voiced at once. The engine takes so many a minute, in which the queue comes back
    to the rest oftener than any work may be begun."""
    quota, comes_back = 36, POLICIES["voice_forge"].attempts_in_all + 1

    class Turn(Queue):
        def _work(self, task: Task) -> Outcome:
            nonlocal quota
            if not quota:
                raise EngineBusy("engine_busy", "")
            quota -= 1
            return super()._work(task)

    waiting = [Turn(monkeypatch, "voice_forge", None) for _ in range(40)]
    for number, turn in enumerate(waiting):
        turn.key = f"podcast-{number}-forge-00001"
    for _ in range(comes_back):
        waiting = [turn for turn in waiting if turn.deliver().status_code != 200]
    assert len(waiting) == 4
    quota = 36
    assert [turn.drain()["state"] for turn in waiting] == ["COMPLETED"] * 4
    assert [turn.given_up for turn in waiting] == [0] * 4, "somebody hears an apology"


@pytest.mark.usefixtures("emulator")
def test_to_have_waited_takes_nothing_from_the_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    queue, policy = Queue(monkeypatch, "voice_forge", ServiceAway()), POLICIES["voice_forge"]
    queue.key = "another"
    for _ in range(policy.attempts_in_all):
        queue.deliver()
    waited = queue.tried
    queue.error = EngineBroken("engine_failed", "")
    assert queue.drain()["result"] == {"error": "engine_failed"}
    assert queue.tried - waited == policy.attempts


def test_patience_ends_before_a_podcast_counts_as_stuck_and_outlasts_a_binding() -> None:
    assert timedelta(minutes=10) <= PATIENCE < timedelta(seconds=Settings().sweep_fail_after_s)


@pytest.mark.usefixtures("emulator")
@pytest.mark.parametrize(
    "error",
    [EngineRefused("engine_text_refused", ""), SourceRefused("source_empty", ""), BadRequest("request_malformed", "")],
    ids=repr,
)
def test_what_is_refused_is_tried_once(error: AethercastError, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(monkeypatch, "voice_forge", error)
    assert queue.drain() == {"state": "FAILED", "result": {"error": error.code}}
    assert (queue.tried, queue.given_up, queue.statuses) == (1, 1, [200])


@pytest.mark.usefixtures("emulator")
def test_of_what_was_deleted_no_record_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(monkeypatch, "voice_forge", WorkflowGone())
    assert queue.drain() == {"state": "GONE"}
    assert (queue.tried, queue.given_up, queue.told) == (1, 0, [])
    assert not database(SETTINGS).document("idempotency/voice_forge:voice_forge-WorkflowGone").get().exists


@pytest.mark.usefixtures("emulator")
def test_what_is_done_is_told_again_and_not_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(monkeypatch, "voice_forge", None)
    assert queue.drain() == queue.drain() == {"state": "COMPLETED", "result": {"attempt": 1}}
    assert (queue.tried, queue.told) == (1, [DONE, DONE])
