"""Telling a caller's own server of a podcast's end: signed, retried by the queue, on the public internet alone.

Signatures are those of Standard Webhooks (https://www.standardwebhooks.com), which has libraries for receivers. The
link is a stranger's as every source is, so the link goes through the same guard as sources: taken apart once, its
name resolved once, every address checked, no redirect followed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any

import httpcore2

from common.agent import Outcome, Task
from common.errors import AethercastError, Broken, Busy, Refused, SourceBroken, SourceRefused
from common.outbound.links import parse_link
from common.outbound.requests import guarded_requests
from common.records import Workflow
from common.settings import Settings
from common.states import WorkflowState
from common.store import workflows

AGENT = "webhooks"
DELIVERY_TIMEOUT_S = 10.0
"""For all of it: the look-up of the name, the connection, the answer."""
_TOLD = {WorkflowState.COMPLETED: "podcast.completed", WorkflowState.FAILED: "podcast.failed"}


def deliver(settings: Settings, task: Task) -> Outcome:
    """Deliver a podcast's result. Raises Busy or Broken to be tried again, Refused where retries are vain."""
    workflow = workflows.read(settings, task.workflow_id)
    webhook = workflow.request.webhook
    if workflow.generating:
        raise Busy("podcast_unended", "The end of this podcast is told, but not stored yet.")
    if workflow.state not in _TOLD or not webhook:
        return Outcome({"skipped": workflow.state})
    body = json.dumps(_message(settings, workflow), ensure_ascii=False, default=str).encode()
    status = _post(settings, webhook["url"], body, signed(webhook["secret"], task.workflow_id, body, time.time()))
    return Outcome({"status": status})


def undelivered(task: Task, error: AethercastError) -> Outcome:
    """Give up a delivery. The podcast stays as it is, whether or not its owner's server would hear of the end."""
    return Outcome({"error": error.code}, failed=True)


def signed(secret: str, message_id: str, body: bytes, now: float) -> dict[str, str]:
    """Return the headers of a delivery. The id is the same at each attempt, so that receivers recognise a
    repetition."""
    timestamp = str(int(now))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.digest(key, b".".join((message_id.encode(), timestamp.encode(), body)), hashlib.sha256)
    return {
        "Content-Type": "application/json",
        "User-Agent": "Aethercast/0.1",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _message(settings: Settings, workflow: Workflow) -> dict[str, Any]:
    return {
        "type": _TOLD[workflow.state],
        "timestamp": workflow.completed_at or datetime.now(UTC),
        "data": {
            "workflow_id": workflow.id,
            "state": workflow.state,
            "title": workflow.title,
            "duration_ms": workflow.duration_ms,
            "error": workflow.error,
            "status_url": f"{settings.gateway_url}/api/v1/podcasts/{workflow.id}",
        },
    }


def _post(settings: Settings, url: str, body: bytes, headers: dict[str, str]) -> int:
    """Return the status of the answer, a 2xx. Raises Broken for a possibly transient failure, Refused for a lasting
    one."""
    deadline = time.monotonic() + DELIVERY_TIMEOUT_S
    try:
        link = parse_link(url, any_port=True)
        with (
            guarded_requests(deadline, private=settings.harvest_private_addresses) as http,
            http.send("POST", link, headers, body) as response,
        ):
            status = int(response.status)  # what else the server answers is of no interest, and is not read
    except SourceRefused as error:
        raise Refused("webhook_refused", error.detail) from error
    except (SourceBroken, httpcore2.NetworkError, httpcore2.TimeoutException, httpcore2.ProtocolError) as error:
        raise Broken("webhook_unreachable", "The webhook's server cannot be reached.") from error
    if 200 <= status < 300:
        return status
    if status == 410:
        raise Refused("webhook_gone", "The webhook's server wants to hear no more of it.")
    raise Broken("webhook_unhappy", f"The webhook's server answers with HTTP {status}.")
