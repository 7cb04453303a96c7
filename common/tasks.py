"""Work for an agent: named Cloud Tasks with an OIDC token, and with an authenticator of ours (common/authenticator.py).

A name is used once, so enqueueing twice is harmless.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from google.api_core import exceptions as google_errors
from google.cloud import tasks_v2
from google.protobuf import duration_pb2, timestamp_pb2

from common import authenticator, tracing
from common.clients import RETRY, TIMEOUT, tasks_client
from common.errors import ServiceBroken
from common.policy import POLICIES
from common.settings import Settings


def enqueue(
    settings: Settings,
    *,
    agent: str,
    url: str,
    name: str,
    key: str | None = None,
    workflow_id: str,
    body: dict[str, Any],
    delay: timedelta | None = None,
    urgent: bool = False,
) -> bool:
    """Create the task `name` for `agent` at `url`; False when the same queue has had a task of that name.

    `urgent`: somebody waits for it, so it goes ahead of the agent's other work, in a queue of its own. The same work
    may be in both queues: whichever task comes second finds it done.

    Headers: `X-Idempotency-Key` (the `key` of the work; the task's name unless given), `X-Workflow-ID`, and the
    authenticator. Raises ServiceBroken when the queue cannot be reached.
    """
    policy = POLICIES[agent]
    client = tasks_client(settings.cloud_tasks_emulator_host)
    queue_id = f"{policy.queues[-1] if urgent else policy.queue}{settings.queue_suffix}"
    queue = client.queue_path(settings.google_cloud_project, settings.location, queue_id)
    headers = {"Content-Type": "application/json", "X-Idempotency-Key": key or name, "X-Workflow-ID": workflow_id}
    headers |= tracing.carrier()
    data = json.dumps(body).encode()
    headers[authenticator.HEADER] = authenticator.sign(
        settings,
        caller=settings.tasks_invoker,
        target=url,
        headers=headers,
        body=data,
        lifetime=authenticator.MESSAGE_LIFETIME + (delay or timedelta()),
    )
    task = tasks_v2.Task(
        name=f"{queue}/tasks/{name}",
        http_request=tasks_v2.HttpRequest(
            url=url,
            http_method=tasks_v2.HttpMethod.POST,
            headers=headers,
            body=data,
            oidc_token=tasks_v2.OidcToken(service_account_email=settings.tasks_invoker, audience=url),
        ),
        dispatch_deadline=duration_pb2.Duration(seconds=int(policy.deadline.total_seconds())),
    )
    if delay:
        schedule_time = timestamp_pb2.Timestamp()
        schedule_time.FromDatetime(datetime.now(UTC) + delay)
        task.schedule_time = schedule_time
    try:
        client.create_task(request={"parent": queue, "task": task}, timeout=TIMEOUT, retry=RETRY)
    except google_errors.AlreadyExists:
        return False
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("queue_unreachable", "The task queue did not take the work.") from error
    return True
