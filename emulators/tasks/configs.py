"""The settings of queues and tasks: what is known here, the service's defaults, and its limits."""

from __future__ import annotations

import math

from google.cloud import tasks_v2 as t
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp

from emulators.grpc_service import invalid, seconds

# What is output only is ignored, as the service does, so that what was read can be changed and sent back.
SUPPORTED = {
    "Queue": frozenset({"name", "rate_limits", "retry_config", "state", "purge_time"}),
    "Task": frozenset(
        {
            *("name", "http_request", "schedule_time", "dispatch_deadline"),
            *("create_time", "dispatch_count", "response_count", "first_attempt", "last_attempt", "view"),
        }
    ),
    "HttpRequest": frozenset({"url", "http_method", "headers", "body", "oidc_token"}),
}
UPDATABLE = FieldMask(paths=["rate_limits", "retry_config"])

_BODY_METHODS = frozenset({t.HttpMethod.POST, t.HttpMethod.PUT, t.HttpMethod.PATCH})
_MAX_TASK_BYTES = 1024 * 1024
_MAX_URL = 2083
_MAX_AHEAD_S = 30 * 86400
_MAX_BURST = 100


def complete_queue(config: t.Queue) -> None:
    """Set the service's defaults on a queue, and raise ApiError for unacceptable settings."""
    limits, retry = config.rate_limits, config.retry_config
    limits.max_dispatches_per_second = limits.max_dispatches_per_second or 500.0
    limits.max_concurrent_dispatches = limits.max_concurrent_dispatches or 1000
    limits.max_burst_size = min(_MAX_BURST, math.ceil(limits.max_dispatches_per_second))
    if not 0 < limits.max_dispatches_per_second <= 500:
        raise invalid("rate_limits.max_dispatches_per_second must be above 0 and at most 500")
    if not 1 <= limits.max_concurrent_dispatches <= 5000:
        raise invalid("rate_limits.max_concurrent_dispatches must be from 1 to 5000")
    retry.max_attempts = retry.max_attempts or 100
    retry.max_doublings = retry.max_doublings or 16
    if "min_backoff" not in retry:
        retry.min_backoff = Duration(nanos=100_000_000)
    if "max_backoff" not in retry:
        retry.max_backoff = Duration(seconds=3600)
    if "max_retry_duration" not in retry:
        retry.max_retry_duration = Duration()
    if retry.max_attempts < -1 or retry.max_doublings < 0:
        raise invalid("retry_config.max_attempts must be at least -1, max_doublings at least 0")
    if not 0 <= seconds(retry.min_backoff) <= seconds(retry.max_backoff):
        raise invalid("retry_config must have 0 <= min_backoff <= max_backoff")


def complete_task(config: t.Task) -> None:
    """Set the service's defaults on a new task, and raise ApiError for unacceptable settings."""
    if "http_request" not in config:
        raise invalid("A task needs an http_request")
    request = config.http_request
    if not request.http_method:
        t.HttpRequest.pb(request).http_method = t.HttpMethod.POST
    if not request.url.startswith(("http://", "https://")) or len(request.url) > _MAX_URL:
        raise invalid(f"url must begin with http:// or https:// and have at most {_MAX_URL} characters")
    if request.body and request.http_method not in _BODY_METHODS:
        raise invalid("A body is allowed only with POST, PUT and PATCH")
    if "oidc_token" in request and not request.oidc_token.service_account_email:
        raise invalid("oidc_token needs a service_account_email")
    if "dispatch_deadline" not in config:
        config.dispatch_deadline = Duration(seconds=600)
    if not 15 <= seconds(config.dispatch_deadline) <= 1800:
        raise invalid("dispatch_deadline must be from 15 seconds to 30 minutes")

    now = Timestamp()
    now.GetCurrentTime()
    scheduled = schedule_time(config)
    if scheduled.ToNanoseconds() - now.ToNanoseconds() > _MAX_AHEAD_S * 1e9:
        raise invalid("schedule_time must be at most 30 days ahead")
    if scheduled.ToNanoseconds() < now.ToNanoseconds():
        scheduled.CopyFrom(now)
    t.Task.pb(config).create_time.CopyFrom(now)
    for output_only in ("dispatch_count", "response_count", "first_attempt", "last_attempt", "view"):
        t.Task.pb(config).ClearField(output_only)
    if t.Task.pb(config).ByteSize() > _MAX_TASK_BYTES:
        raise invalid(f"A task has at most {_MAX_TASK_BYTES} bytes")


def view_of(config: t.Task, view: t.Task.View) -> t.Task:
    """Return a copy of the task as a client sees it: without the body, unless in full."""
    shown = t.Task(config)
    t.Task.pb(shown).view = view or t.Task.View.BASIC
    if view != t.Task.View.FULL:
        t.Task.pb(shown).http_request.ClearField("body")
    return shown


def schedule_time(config: t.Task) -> Timestamp:
    """Return the task's own timestamp, to read or to set."""
    timestamp: Timestamp = t.Task.pb(config).schedule_time
    return timestamp
