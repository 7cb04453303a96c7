"""Cloud Tasks' queues and tasks as Aethercast relies on them, after its reference.

https://cloud.google.com/tasks/docs/reference/rpc/google.cloud.tasks.v2
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud import tasks_v2

from emulators.tasks import names
from tests.conformance.http_target import HttpTarget
from tests.conformance.tasks_backend import LOCATION, QUIET_S, Start, Tasks, exists
from tests.conftest import eventually


def test_a_queue_gets_the_defaults_and_exists_once(tasks: Tasks) -> None:
    name = tasks.queue()
    queue = tasks.client.get_queue(name=name)
    limits, retry = queue.rate_limits, queue.retry_config
    assert queue.state == tasks_v2.Queue.State.RUNNING
    assert (limits.max_dispatches_per_second, limits.max_burst_size) == (500, 100)
    assert limits.max_concurrent_dispatches == 1000
    assert (retry.max_attempts, retry.max_doublings) == (100, 16)
    backoff: list[Any] = [retry.max_retry_duration, retry.min_backoff, retry.max_backoff]
    assert backoff == [timedelta(0), timedelta(seconds=0.1), timedelta(hours=1)]
    with pytest.raises(exceptions.AlreadyExists):
        tasks.client.create_queue(request={"parent": LOCATION, "queue": {"name": name}})
    assert [known.name for known in tasks.client.list_queues(parent=LOCATION)] == [name]
    tasks.client.delete_queue(name=name)
    with pytest.raises(exceptions.NotFound):
        tasks.client.get_queue(name=name)


def test_update_changes_what_its_mask_names_and_creates_what_is_missing(tasks: Tasks) -> None:
    name = tasks.queue(retry_config={"max_attempts": 7})
    update = {"name": name, "rate_limits": {"max_concurrent_dispatches": 3}, "retry_config": {"max_attempts": 9}}
    mask = {"paths": ["rate_limits.max_concurrent_dispatches"]}
    queue = tasks.client.update_queue(request={"queue": update, "update_mask": mask})
    assert (queue.rate_limits.max_concurrent_dispatches, queue.retry_config.max_attempts) == (3, 7)
    created = tasks.client.update_queue(request={"queue": {"name": f"{LOCATION}/queues/new"}})
    assert tasks.client.get_queue(name=f"{LOCATION}/queues/new") == created


@pytest.mark.parametrize("queue_id", ["", "a_b", "x" * 101, "a b"])
def test_a_queue_name_outside_the_rules_is_refused(tasks: Tasks, queue_id: str) -> None:
    with pytest.raises(exceptions.InvalidArgument):
        tasks.client.create_queue(request={"parent": LOCATION, "queue": {"name": f"{LOCATION}/queues/{queue_id}"}})


@pytest.mark.parametrize("task_id", ["a b", "a.b", "x" * 501, "a/b"])
def test_a_task_name_outside_the_rules_is_refused(tasks: Tasks, task_id: str) -> None:
    with pytest.raises(exceptions.InvalidArgument):
        tasks.create(tasks.queue(), "http://127.0.0.1/", task_id)


def test_an_unknown_queue_is_not_found(tasks: Tasks) -> None:
    with pytest.raises(exceptions.NotFound):
        tasks.create(f"{LOCATION}/queues/missing", "http://127.0.0.1/")


@pytest.mark.parametrize(
    "config",
    [
        {"dispatch_deadline": {"seconds": 14}},
        {"dispatch_deadline": {"seconds": 1801}},
        {"schedule_time": datetime.now(UTC) + timedelta(days=31)},
        {"http_request": {"url": "ftp://example.com"}},
        {"http_request": {"url": "http://example.com/" + "x" * 2083}},
        {"http_request": {"http_method": tasks_v2.HttpMethod.GET, "body": b"x"}},
        {"http_request": {"body": b"x" * 1024 * 1024}},
    ],
)
def test_a_task_that_cannot_work_is_refused(tasks: Tasks, config: dict[str, Any]) -> None:
    with pytest.raises(exceptions.InvalidArgument):
        tasks.create(tasks.queue(), "http://127.0.0.1/", **config)


def test_a_task_without_a_name_gets_one(tasks: Tasks, target: HttpTarget) -> None:
    queue = tasks.queue()
    names = {tasks.create(queue, target.url()).name for _ in range(2)}
    assert len(names) == 2
    assert {f"{queue}/tasks/{target.next().headers['x-cloudtasks-taskname']}" for _ in range(2)} == names


def test_a_name_is_taken_while_the_task_waits_and_after_it_succeeded(tasks: Tasks, target: HttpTarget) -> None:
    queue = tasks.queue()
    name = tasks.create(queue, target.url(), "once").name
    with pytest.raises(exceptions.AlreadyExists):
        tasks.create(queue, target.url(), "once")
    target.next()
    eventually(lambda: not exists(tasks, name))
    with pytest.raises(exceptions.AlreadyExists):
        tasks.create(queue, target.url(), "once")
    assert target.quiet(QUIET_S)


def test_a_name_may_be_used_again_after_its_time(
    start_tasks: Start, target: HttpTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(names, "time", SimpleNamespace(time=lambda: now))
    tasks = start_tasks(name_reuse_s=3600)
    queue = tasks.queue()
    later = {"schedule_time": datetime.now(UTC) + timedelta(hours=1)}
    tasks.client.delete_task(name=tasks.create(queue, target.url(), "again", **later).name)
    with pytest.raises(exceptions.AlreadyExists):
        tasks.create(queue, target.url(), "again")
    now += 3601
    tasks.create(queue, target.url(), "again")
    assert target.next().headers["x-cloudtasks-taskname"] == "again"


def test_a_paused_queue_keeps_its_tasks(tasks: Tasks, target: HttpTarget) -> None:
    queue = tasks.queue()
    assert tasks.client.pause_queue(name=queue).state == tasks_v2.Queue.State.PAUSED
    name = tasks.create(queue, target.url()).name
    assert target.quiet(QUIET_S)
    assert [task.name for task in tasks.client.list_tasks(parent=queue)] == [name]
    assert tasks.client.resume_queue(name=queue).state == tasks_v2.Queue.State.RUNNING
    target.next()


def test_a_task_can_be_run_at_once_although_it_is_scheduled_and_its_queue_paused(
    tasks: Tasks, target: HttpTarget
) -> None:
    queue = tasks.queue()
    tasks.client.pause_queue(name=queue)
    name = tasks.create(queue, target.url(), schedule_time=datetime.now(UTC) + timedelta(hours=1)).name
    assert tasks.client.run_task(name=name).name == name
    target.next()
    eventually(lambda: not exists(tasks, name))
    with pytest.raises(exceptions.NotFound):
        tasks.client.run_task(name=name)


def test_purging_and_deleting_end_tasks_and_keep_their_names(tasks: Tasks, target: HttpTarget) -> None:
    queue = tasks.queue()
    tasks.client.pause_queue(name=queue)
    deleted, purged = (tasks.create(queue, target.url(), task_id).name for task_id in ("deleted", "purged"))
    tasks.client.delete_task(name=deleted)
    assert tasks.client.purge_queue(name=queue).purge_time is not None
    assert list(tasks.client.list_tasks(parent=queue)) == []
    tasks.client.resume_queue(name=queue)
    assert target.quiet(QUIET_S)
    for task_id in ("deleted", "purged"):
        with pytest.raises(exceptions.AlreadyExists):
            tasks.create(queue, target.url(), task_id)
    with pytest.raises(exceptions.NotFound):
        tasks.client.delete_task(name=purged)


def test_a_body_is_shown_only_in_full(tasks: Tasks, target: HttpTarget) -> None:
    queue = tasks.queue()
    tasks.client.pause_queue(name=queue)
    created = tasks.create(queue, target.url(), http_request={"body": b"secret"})
    assert created.http_request.body == tasks.client.get_task(name=created.name).http_request.body == b""
    full = {"name": created.name, "response_view": tasks_v2.Task.View.FULL}
    assert tasks.client.get_task(request=full).http_request.body == b"secret"


def test_tasks_are_listed_page_by_page(tasks: Tasks, target: HttpTarget) -> None:
    queue = tasks.queue()
    tasks.client.pause_queue(name=queue)
    names = {tasks.create(queue, target.url()).name for _ in range(5)}
    pages = list(tasks.client.list_tasks(request={"parent": queue, "page_size": 2}).pages)
    assert [len(page.tasks) for page in pages] == [2, 2, 1]
    assert {task.name for page in pages for task in page.tasks} == names
