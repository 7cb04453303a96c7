"""What a target receives. https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler"""

from __future__ import annotations

import re
from dataclasses import dataclass

from google.cloud import tasks_v2 as t

from emulators.delivery import Answer
from emulators.tasks.configs import schedule_time

_REPLACED_HEADERS = re.compile(r"host|content-length|user-agent|x-(google|appengine|cloudtasks)-.*", re.IGNORECASE)


@dataclass(eq=False)
class Task:
    """A task that is not done yet."""

    config: t.Task
    previous: Answer | None = None
    """How the last attempt ended, if this process made it."""


def headers_of(task: Task, queue: t.Queue) -> dict[str, str]:
    """Return the task's own headers, without those that the service sets, and the service's."""
    config = task.config
    own = config.http_request.headers.items()
    headers = {header: value for header, value in own if not _REPLACED_HEADERS.fullmatch(header)}
    headers |= {
        "User-Agent": "Google-Cloud-Tasks",
        "X-CloudTasks-QueueName": queue.name.rpartition("/")[2],
        "X-CloudTasks-TaskName": config.name.rpartition("/")[2],
        "X-CloudTasks-TaskRetryCount": str(config.dispatch_count),
        "X-CloudTasks-TaskExecutionCount": str(config.response_count),
        "X-CloudTasks-TaskETA": f"{schedule_time(config).ToNanoseconds() / 1e9:.6f}",
    }
    if task.previous is not None:
        headers["X-CloudTasks-TaskRetryReason"] = task.previous.reason
        if task.previous.status is not None:
            headers["X-CloudTasks-TaskPreviousResponse"] = str(task.previous.status)
    return headers
