"""The embedded Cloud Tasks' additions to the service: billing, persistence, reset, disorder, missing features named."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import tasks_v2

from emulators.delivery import FaultInjector
from emulators.grpc_service import ApiError
from emulators.identity import Identity
from emulators.journal import Journal
from emulators.meter import Meter
from emulators.tasks import TasksEmulator
from emulators.tasks.throttle import Throttle
from tests.conformance.http_target import HttpTarget, Received, answers
from tests.conformance.tasks_backend import LOCATION, QUIET_S, Start, Tasks, connected
from tests.conftest import eventually


def test_every_created_task_is_counted(tasks: Tasks, target: HttpTarget, meter: Meter) -> None:
    queue = tasks.queue()
    name = tasks.create(queue, target.url(), "once").name
    with pytest.raises(exceptions.AlreadyExists):
        tasks.create(queue, target.url(), "once")
    assert meter.by_resource("tasks") == {name: 1}


def test_the_journal_brings_everything_back(
    start_tasks: Start, identity: Identity, target: HttpTarget, tmp_path: Path
) -> None:
    target.answer = answers(500)
    journal = Journal(tmp_path / "tasks.sqlite")
    emulator = TasksEmulator(Meter(), journal, identity)
    with connected(emulator.start()) as before:
        queue = before.queue(retry_config={"min_backoff": timedelta(seconds=1)})
        done = before.create(queue, target.url(), "done").name
        before.client.delete_task(name=done)
        target.next()
        before.create(queue, target.url("/kept"), "kept", http_request={"body": b"kept"})
        target.next()
        eventually(lambda: before.client.get_task(name=f"{queue}/tasks/kept").response_count == 1)
    emulator.stop()
    target.answer = answers(200)
    after = start_tasks(journal=journal)
    with pytest.raises(exceptions.AlreadyExists):
        after.create(queue, target.url(), "done")
    received = target.next()
    assert (received.path, received.body) == ("/kept", b"kept")
    assert received.headers["x-cloudtasks-taskretrycount"] == "1"


SERVE = """
import sys, time
from pathlib import Path
from emulators.identity import Identity
from emulators.journal import Journal
from emulators.meter import Meter
from emulators.tasks import TasksEmulator
from emulators.tasks.throttle import Throttle
folder = Path(sys.argv[1])
print(TasksEmulator(Meter(), Journal(folder / "tasks.sqlite"), Identity(folder)).start(), flush=True)
time.sleep(60)
"""


def test_a_killed_emulator_dispatches_what_was_not_done(start_tasks: Start, target: HttpTarget, tmp_path: Path) -> None:
    released = threading.Event()
    target.answer = lambda _: 200 if released.wait(30) else 500
    command = [sys.executable, "-c", SERVE, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            with connected(int(process.stdout.readline())) as before:
                before.create(before.queue(), target.url(), "under-way", http_request={"body": b"survives"})
                target.next()
        finally:
            os.kill(process.pid, signal.SIGKILL)
    released.set()
    start_tasks(journal=Journal(tmp_path / "tasks.sqlite"))
    received = target.next()
    assert (received.body, received.headers["x-cloudtasks-taskname"]) == (b"survives", "under-way")


def test_reset_forgets_everything(identity: Identity, target: HttpTarget, tmp_path: Path) -> None:
    target.answer = answers(500)
    journal = Journal(tmp_path / "tasks.sqlite")
    emulator = TasksEmulator(Meter(), journal, identity)
    with connected(emulator.start()) as tasks:
        tasks.create(tasks.queue(retry_config={"min_backoff": timedelta(seconds=0.2)}), target.url())
        target.next()
        emulator.reset()
        assert list(tasks.client.list_queues(parent=LOCATION)) == []
        assert target.quiet(QUIET_S)
    emulator.stop()
    assert journal.items() == []


def test_stop_abandons_what_is_under_way_and_leaves_no_thread(identity: Identity, target: HttpTarget) -> None:
    released = threading.Event()
    answered: list[bool] = []

    def answer(_: Received) -> int:
        answered.append(released.wait(30))
        return 200

    target.answer = answer
    emulator = TasksEmulator(Meter(), Journal(None), identity)
    with connected(emulator.start()) as tasks:
        tasks.create(tasks.queue(), target.url())
        target.next()
        emulator.stop()
        assert answered == [], "it did not wait for the answer"
    released.set()
    assert "TasksEmulator" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.parametrize(
    ("missing", "config"),
    [
        ("Task.app_engine_http_request", {"app_engine_http_request": {"relative_uri": "/"}}),
        ("Task.retry_config", {"retry_config": {"max_attempts": 1}}),
        ("HttpRequest.oauth_token", {"http_request": {"oauth_token": {"service_account_email": "a@example.com"}}}),
    ],
)
def test_what_is_missing_is_named(tasks: Tasks, missing: str, config: dict[str, Any]) -> None:
    with pytest.raises(exceptions.MethodNotImplemented, match=missing):
        tasks.create(tasks.queue(), "http://127.0.0.1/", **config)


def test_a_missing_field_of_a_queue_is_named(tasks: Tasks) -> None:
    with pytest.raises(exceptions.MethodNotImplemented, match="stackdriver_logging_config"):
        tasks.queue(stackdriver_logging_config={"sampling_ratio": 1.0})


def test_a_missing_method_is_named(tasks: Tasks) -> None:
    with pytest.raises(exceptions.MethodNotImplemented, match="GetIamPolicy"):
        tasks.client.get_iam_policy(request={"resource": tasks.queue()})


def test_disorder_repeats_and_loses_but_dispatches_all(start_tasks: Start, target: HttpTarget) -> None:
    tasks = start_tasks(time_scale=0.1, disorder=FaultInjector(Random(1), probability=0.5, max_delay_s=0.2))
    queue = tasks.queue()
    expected = [f"task-{number}" for number in range(20)]
    for task_id in expected:
        tasks.create(queue, target.url(), task_id)
    arrived: list[str] = []
    while set(arrived) != set(expected):
        arrived.append(target.next().headers["x-cloudtasks-taskname"])
    assert len(arrived) > len(expected)
    assert list(dict.fromkeys(arrived)) != expected


def test_a_queue_that_is_new_or_was_idle_ramps_up() -> None:
    now = 1000.0
    throttle = Throttle(time_scale=1, clock=lambda: now, ramps=True)
    limits = tasks_v2.RateLimits(max_dispatches_per_second=500, max_burst_size=100)

    def at_once() -> int:
        return next(number for number in range(1000) if throttle.hold_s(limits) > 0)

    assert at_once() == 5
    assert throttle.hold_s(limits) == pytest.approx(0.2)
    for _ in range(20):
        throttle.speed_up()
    now += 1
    assert at_once() == 25, "each that has succeeded lets one more go"
    now += 20
    assert at_once() == 25
    now += 31
    assert at_once() == 5, "it was idle"


def test_a_queue_may_rest_and_then_goes_on() -> None:
    now = 1000.0
    throttle = Throttle(time_scale=1, clock=lambda: now)
    limits = tasks_v2.RateLimits(max_dispatches_per_second=500, max_burst_size=100)
    throttle.rest(2.0)
    assert throttle.hold_s(limits) == pytest.approx(2.0)
    now += 2
    assert throttle.hold_s(limits) == 0


def test_a_ramp_delays_and_loses_nothing(start_tasks: Start, target: HttpTarget) -> None:
    tasks = start_tasks(ramps=True, disorder=FaultInjector(Random(3), probability=0.5, max_delay_s=0.0, max_rest_s=0.1))
    queue = tasks.queue()
    names = {tasks.create(queue, target.url()).name.rpartition("/")[2] for _ in range(12)}
    arrived: set[str] = set()
    while arrived != names:
        arrived.add(target.next().headers["x-cloudtasks-taskname"])


def test_who_delivers_by_hand_takes_what_a_paused_queue_holds(
    identity: Identity, meter: Meter, target: HttpTarget, tmp_path: Path
) -> None:
    journal = Journal(tmp_path / "tasks.sqlite")
    emulator = TasksEmulator(meter, journal, identity)
    with connected(emulator.start()) as tasks:
        paused, other = tasks.queue(), tasks.queue()
        for queue in (paused, other):
            tasks.client.pause_queue(name=queue)
        for name in ("second", "first"):
            tasks.create(paused, target.url(), name, http_request={"body": name.encode()})
        kept = tasks.create(other, target.url(), "kept").name
        assert [task.http_request.body for task in emulator.take(paused)] == [b"first", b"second"]
        assert emulator.take(paused) == []
        with pytest.raises(exceptions.AlreadyExists):
            tasks.create(paused, target.url(), "first")
        tasks.client.resume_queue(name=paused)
        assert target.quiet(QUIET_S)
        assert [task.name for task in emulator.take(other)] == [kept]
        with pytest.raises(ApiError):
            emulator.take(f"{LOCATION}/queues/unknown")
    emulator.stop()
    assert not [name for name, _ in journal.items() if name.startswith("task/")]
