"""API Gateway (APIGW): the public HTTPS API, and the internal routes by which our own services have the gateway's
exclusive work done: sign URLs, delete objects.

The operations, with the callers of each, are the table in operations.py. This file finds the operation, identifies the
caller, counts the call, reads the request, and turns every error into RFC 9457 problem+json.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from functools import cache, partial
from http import HTTPStatus
from typing import Any

import functions_framework
from flask import Request, Response, g
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge
from werkzeug.exceptions import MethodNotAllowed as WerkzeugMethodNotAllowed
from werkzeug.routing import IntegerConverter, Map, Rule

from common import tracing, waking
from common.agent import run_task
from common.contract import MAX_REQUEST_BYTES, MAX_SEGMENT
from common.errors import AethercastError, BadRequest, MethodNotAllowed, NotFound, TooLarge
from common.logs import configure_logs, log_context
from common.oidc import require_caller
from common.problems import problem
from common.readiness import load_on_start
from common.settings import Settings
from common.tokens import token_hash
from functions.api_gateway import usage
from functions.api_gateway.bodies import Room, bound, is_unread, json_object
from functions.api_gateway.callers import owner_of
from functions.api_gateway.operation import EVERYBODY, OWNER, Operation
from functions.api_gateway.operations import NEEDS, OPERATIONS
from functions.api_gateway.quotas import admitted, spend
from functions.api_gateway.rate_limit import RateLimit
from functions.api_gateway.requests_schema import InvalidRequest, parse


class _Index(IntegerConverter):
    """A segment's index, in the digits that the OpenAPI document means: those of other scripts are none. The pattern
    holds the limit: what only the conversion after it refuses is answered 405 by werkzeug, where an address takes
    several methods."""

    regex = f"[0-9]{{1,{len(str(MAX_SEGMENT))}}}"


_IN_PATH = {
    "workflow_id": "<string(length=32):workflow_id>",
    "segment": "<index:segment>",
    "share_id": "<string(length=16):share_id>",
    "token": "<string(length=43):token>",
    "name": "<name>",
}
ROUTES = Map(
    [
        Rule(operation.path.format(**_IN_PATH), endpoint=operation, methods=[operation.method])
        for operation in OPERATIONS
    ],
    strict_slashes=False,
    converters={"index": _Index},
)

load_on_start(*NEEDS)
rate_limit, room = RateLimit(), Room()


@cache
def settings() -> Settings:
    return Settings.from_env(
        needs=(
            "google_cloud_project",
            "audio_bucket",
            "gateway_url",
            "model_serving_url",
            "webhooks_url",
            "websocket_url",
            "signing_callers",
            "removal_callers",
            "tasks_invoker",
            "events_invoker",
            "authenticator_key",
        )
    )


@functions_framework.http
def api_gateway(request: Request) -> Response:
    """Answer every request to the public API."""
    configure_logs(settings().log_level)
    began_ns = time.time_ns()
    with log_context(agent="api_gateway"):
        try:
            response = _answer(request)
        except RequestEntityTooLarge:
            most = f"A request has at most {MAX_REQUEST_BYTES / 1e6:.1f} MB."
            response = problem(TooLarge("request_too_large", most))
        except HTTPException as error:
            response = problem(_of_routing(error))
        except InvalidRequest as error:
            response = problem(error, errors=error.errors)
        except Exception as error:  # noqa: BLE001 - the edge: whatever it was, the caller gets a problem, not a trace
            response = problem(error)
    if response.status_code == HTTPStatus.ACCEPTED:  # whose podcast it is, a request for a new one learns at its end
        workflow_id = response.headers["Location"].rpartition("/")[2]
        with tracing.work(settings(), f"{request.method} {request.path}", workflow_id, began_ns=began_ns):
            pass
    if is_unread(request) and not response.is_streamed:
        response = _before_the_body(response)
    return _with_headers(request, response)


@functions_framework.http
def deliver_webhook_task(request: Request) -> Response:
    """POST: deliver the webhook of the podcast named by a task. GET /v1/tasks/{task_id}: the state of that work."""
    from functions.api_gateway import webhooks

    url = settings().webhooks_url
    work = partial(webhooks.deliver, settings())
    return run_task(request, settings(), agent=webhooks.AGENT, url=url, work=work, given_up=webhooks.undelivered)


def _before_the_body(response: Response) -> Response:
    """Return an answer that is sent while the body is unread: before any plain answer the framework reads all of a
    body, and whoever sends one slowly would hold a thread meanwhile, a stranger as well."""
    response.response = iter((response.get_data(),))
    return response


def _answer(request: Request) -> Response:
    if request.method == "OPTIONS":
        return Response(status=204)
    bound(request, MAX_REQUEST_BYTES)
    operation: Operation
    operation, given = ROUTES.bind("", path_info=request.path).match(method=request.method)
    if operation.by != OWNER:
        if operation.by != EVERYBODY:  # the gateway is public, so the platform checks nothing: this does
            allowed = getattr(settings(), operation.by)
            require_caller(request, settings(), audience=settings().gateway_url, allowed=allowed)
        elif "token" in given:
            rate_limit.spend(token_hash(given["token"]), settings().reads_per_minute, operation.weight)
        return operation.handler(settings(), request, **given, **_asked(operation, request))
    owner = owner_of(request, settings(), shared=operation.shared, workflow_id=given.get("workflow_id", ""))
    if operation.wakes:
        waking.waker.wake(settings())
    with log_context(owner=owner, **given):
        if operation.counted and not operation.counts:
            spend(settings())
        elif not operation.counted:
            rate_limit.spend(g.key_hash, settings().reads_per_minute, operation.weight)
        with admitted(settings(), request) if operation.counts else nullcontext(), room.held(request, g.key_hash):
            _require_known_parameters(request, operation)
            return operation.handler(settings(), request, owner, **given, **_asked(operation, request))


def _require_known_parameters(request: Request, operation: Operation) -> None:
    """Raise BadRequest for a parameter unknown to an operation with parameters; others take no notice of any."""
    unknown = sorted(request.args.keys() - operation.query.keys())
    if operation.query and unknown:
        known = ", ".join(operation.query)
        raise BadRequest("parameter_unknown", f"{unknown[0][:40]!r} is no parameter of this address: {known} are.")


def _asked(operation: Operation, request: Request) -> dict[str, Any]:
    """Return the request's body, for an operation with a request body."""
    return {"asked": parse(operation.asks, json_object(request))} if operation.asks else {}


def _of_routing(error: HTTPException) -> AethercastError:
    """Refusals of werkzeug before a route is reached, in our words."""
    match error:
        case WerkzeugMethodNotAllowed():
            return MethodNotAllowed(error.valid_methods or ())
        case ClientDisconnected():
            return BadRequest("request_broken_off", "The request ended before its body did.")
        case _:
            return NotFound("address_unknown", "There is nothing at this address.")


def _with_headers(request: Request, response: Response) -> Response:
    """Return the headers of every answer: an answer is data for a program, of no use to a browser sniffing, framing or
    keeping the answer."""
    response.headers.update(usage.headers())
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    response.headers["Vary"] = "Origin"
    origin = request.headers.get("Origin")
    if origin and origin in settings().cors_origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PUT, PATCH, DELETE"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, X-Idempotency-Key"
        response.headers["Access-Control-Expose-Headers"] = (
            "Location, Retry-After, RateLimit, RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
        )
        response.headers["Access-Control-Max-Age"] = "3600"
    return response
