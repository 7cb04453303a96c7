"""How Cloud Tasks dispatches, as relied on by Aethercast: requests, tokens, retries, rates.

https://cloud.google.com/tasks/docs/creating-http-target-tasks
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from google.cloud import tasks_v2

from emulators.delivery import backoff_s
from emulators.tasks.throttle import Throttle
from tests.conformance.http_target import HttpTarget, answers
from tests.conformance.tasks_backend import QUIET_S, Start, Tasks, exists
from tests.conftest import eventually


def test_a_task_is_dispatched_with_its_request_and_the_service_headers(tasks: Tasks, target: HttpTarget) -> None:
    queue = tasks.queue()
    headers = {"Content-Type": "application/json", "X-Workflow-ID": "w1", "User-Agent": "mine", "Host": "elsewhere"}
    request = {"http_method": tasks_v2.HttpMethod.PUT, "headers": headers, "body": b'{"a": 1}'}
    before = time.time()
    created = tasks.create(queue, target.url("/work?x=1"), "w1-forge-00001", http_request=request)
    received = target.next()
    assert created.name == f"{queue}/tasks/w1-forge-00001"
    assert (received.method, received.path, received.body) == ("PUT", "/work?x=1", b'{"a": 1}')
    assert (received.headers["content-type"], received.headers["x-workflow-id"]) == ("application/json", "w1")
    assert target.url().startswith(f"http://{received.headers['host']}")
    assert received.headers["user-agent"] == "Google-Cloud-Tasks"
    assert received.headers["x-cloudtasks-queuename"] == queue.rpartition("/")[2]
    assert received.headers["x-cloudtasks-taskname"] == "w1-forge-00001"
    assert received.headers["x-cloudtasks-taskretrycount"] == "0"
    assert received.headers["x-cloudtasks-taskexecutioncount"] == "0"
    assert before - 1 < float(received.headers["x-cloudtasks-tasketa"]) < time.time()
    assert "x-cloudtasks-taskpreviousresponse" not in received.headers
    eventually(lambda: not exists(tasks, created.name))
    assert target.quiet(QUIET_S)


@pytest.mark.parametrize("audience", ["", "https://elsewhere.example"])
def test_a_dispatch_carries_a_signed_token(tasks: Tasks, target: HttpTarget, tmp_path: Path, audience: str) -> None:
    token = {"service_account_email": "invoker@example.com", "audience": audience}
    tasks.create(tasks.queue(), target.url("/work"), http_request={"oidc_token": token})
    scheme, _, signed = target.next().headers["authorization"].partition(" ")
    key = load_pem_private_key((tmp_path / "identity/key.pem").read_bytes(), password=None).public_key()
    assert isinstance(key, RSAPublicKey)
    claims = jwt.decode(signed, key, algorithms=["RS256"], audience=audience or target.url("/work"))
    assert (scheme, claims["email"]) == ("Bearer", "invoker@example.com")


def test_a_task_waits_for_its_schedule_time(tasks: Tasks, target: HttpTarget) -> None:
    due = time.time() + 0.4
    schedule_time = datetime.fromtimestamp(due, UTC)
    created = tasks.create(tasks.queue(), target.url(), schedule_time=schedule_time)
    assert created.schedule_time == schedule_time
    received = target.next()
    assert time.time() >= due
    assert abs(float(received.headers["x-cloudtasks-tasketa"]) - due) < 0.01


def test_a_failed_task_is_retried_and_told_why(start_tasks: Start, target: HttpTarget) -> None:
    target.answer = answers(500, 404, 200)
    tasks = start_tasks(time_scale=0.1)
    name = tasks.create(tasks.queue(), target.url()).name
    attempts = [target.next() for _ in range(3)]
    assert [a.headers["x-cloudtasks-taskretrycount"] for a in attempts] == ["0", "1", "2"]
    assert [a.headers["x-cloudtasks-taskexecutioncount"] for a in attempts] == ["0", "1", "2"]
    assert [a.headers.get("x-cloudtasks-taskpreviousresponse") for a in attempts] == [None, "500", "404"]
    assert attempts[1].headers["x-cloudtasks-taskretryreason"] == "Internal Server Error"
    eventually(lambda: not exists(tasks, name))


def test_the_interval_doubles_then_grows_linearly_up_to_the_maximum() -> None:
    intervals = [backoff_s(retry, minimum_s=10, maximum_s=300, doublings=3) for retry in range(1, 9)]
    assert intervals == [10, 20, 40, 80, 160, 240, 300, 300]
    assert backoff_s(5000, 0.1, 3600, doublings=16) == 3600


def test_retries_keep_their_intervals_and_end_with_the_attempts(start_tasks: Start, target: HttpTarget) -> None:
    target.answer = answers(500)
    tasks = start_tasks(time_scale=0.01)
    backoff = {"min_backoff": timedelta(seconds=5), "max_backoff": timedelta(seconds=15), "max_doublings": 1}
    queue = tasks.queue(retry_config={"max_attempts": 4, **backoff})
    name = tasks.create(queue, target.url()).name
    attempts = [target.next() for _ in range(4)]
    gaps = [later.at - earlier.at for earlier, later in pairwise(attempts)]
    assert all(gap > least for gap, least in zip(gaps, (0.045, 0.095, 0.145), strict=True))
    eventually(lambda: not exists(tasks, name))
    assert target.quiet(QUIET_S)


@pytest.mark.parametrize(
    ("max_attempts", "seconds", "least", "most"), [(2, 100, 3, 110), (-1, 100, 3, 110), (40, 20, 40, 40)]
)
def test_retries_end_when_both_limits_are_reached(
    start_tasks: Start, target: HttpTarget, max_attempts: int, seconds: int, least: int, most: int
) -> None:
    """At a hundred times the pace, a retry every 10 ms."""
    target.answer = answers(500)
    tasks = start_tasks(time_scale=0.01)
    retry = {"max_attempts": max_attempts, "max_retry_duration": timedelta(seconds=seconds)}
    backoff = {"min_backoff": timedelta(seconds=1), "max_backoff": timedelta(seconds=1)}
    name = tasks.create(tasks.queue(retry_config={**retry, **backoff}), target.url()).name
    eventually(lambda: not exists(tasks, name))
    attempts = 0
    while not target.quiet(0.05):
        attempts += 1
    assert least <= attempts <= most


def test_an_unreachable_target_is_tried_again(start_tasks: Start, target: HttpTarget) -> None:
    gone = HttpTarget()
    gone.close()
    tasks = start_tasks()
    created = tasks.create(tasks.queue(), gone.url())
    eventually(lambda: tasks.client.get_task(name=created.name).dispatch_count > 1)
    assert tasks.client.get_task(name=created.name).response_count == 0


def test_a_dispatch_that_is_not_answered_in_time_is_made_again(start_tasks: Start, target: HttpTarget) -> None:
    released = threading.Event()
    target.answer = lambda _: 200 if released.wait(30) else 500
    tasks = start_tasks(time_scale=0.02)
    tasks.create(tasks.queue(), target.url(), dispatch_deadline={"seconds": 15})
    target.next()
    second = target.next()
    released.set()
    assert second.headers["x-cloudtasks-taskretryreason"] == "DEADLINE_EXCEEDED"
    assert second.headers["x-cloudtasks-taskexecutioncount"] == "0"


def test_dispatches_keep_to_the_rate(tasks: Tasks, target: HttpTarget) -> None:
    queue = tasks.queue(rate_limits={"max_dispatches_per_second": 10})
    begun = time.monotonic()
    for _ in range(14):
        tasks.create(queue, target.url())
    arrivals = [target.next().at for _ in range(14)]
    assert arrivals[-1] - begun > 0.39, "ten at once, and four at a tenth of a second each"


def test_a_burst_goes_at_once_and_the_rest_at_the_rate() -> None:
    now = 1000.0
    throttle = Throttle(time_scale=1, clock=lambda: now)
    limits = tasks_v2.RateLimits(max_dispatches_per_second=10, max_burst_size=10)
    assert [throttle.hold_s(limits) for _ in range(10)] == [0] * 10
    assert throttle.hold_s(limits) == pytest.approx(0.1)
    now += 0.25
    assert [throttle.hold_s(limits) for _ in range(2)] == [0, 0]
    assert throttle.hold_s(limits) == pytest.approx(0.05)
    now += 3600
    assert [throttle.hold_s(limits) for _ in range(10)] == [0] * 10, "tokens are saved up for one burst, not more"
    assert throttle.hold_s(limits) > 0


def test_concurrent_dispatches_are_bounded(tasks: Tasks, target: HttpTarget) -> None:
    released = threading.Event()
    target.answer = lambda _: 200 if released.wait(30) else 500
    queue = tasks.queue(rate_limits={"max_concurrent_dispatches": 2})
    for _ in range(5):
        tasks.create(queue, target.url())
    target.next(), target.next()
    assert target.quiet(QUIET_S)
    released.set()
    for _ in range(3):
        target.next()


def test_an_overloaded_target_slows_the_queue(tasks: Tasks, target: HttpTarget) -> None:
    target.answer = answers(503, 200)
    queue = tasks.queue(retry_config={"min_backoff": timedelta(seconds=1)})
    tasks.create(queue, target.url("/refused"))
    refused = target.next()
    eventually(lambda: any(task.response_count for task in tasks.client.list_tasks(parent=queue)))
    tasks.create(queue, target.url("/next"))
    following = target.next()
    assert following.path == "/next"
    assert following.at - refused.at > 0.09
