"""API Gateway (APIGW): the public HTTPS API, and the internal routes by which our own services have done what only the
gateway may do: sign URLs, delete objects.

Each route is one function: of `generating.py`, `reading.py`, `changing.py` and `removing.py`, what owners may do with
podcasts; of `signing.py`, what the streamer may ask. This file finds the route, learns who is calling, and turns every
error into RFC 9457 problem+json.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial

import functions_framework
from flask import Request, Response, g
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge
from werkzeug.exceptions import MethodNotAllowed as WerkzeugMethodNotAllowed
from werkzeug.routing import Map, Rule

from common.agent import run_task, task_status
from common.errors import AethercastError, BadRequest, MethodNotAllowed, NotFound, TooLarge
from common.logs import configure_logs, log_context
from common.oidc import require_caller
from common.problems import json_response, problem
from common.readiness import readiness
from common.settings import Settings
from functions.api_gateway import (
    changing,
    continuing,
    engines,
    feeds,
    following,
    generating,
    openapi,
    reading,
    remaking,
    removing,
    signing,
)
from functions.api_gateway.bodies import bound
from functions.api_gateway.callers import owner_of
from functions.api_gateway.requests_schema import InvalidRequest

Route = Callable[..., Response]


def openapi_document(settings: Settings, request: Request) -> Response:
    return json_response(openapi.document(settings.gateway_url, id_tokens=bool(settings.id_token_client)))


def ready(settings: Settings, request: Request) -> Response:
    return readiness(settings, "firestore", "events", "storage")


OF_EVERYBODY = {openapi_document, ready, feeds.show, feeds.file}
"""The routes that ask for no key; a feed's address is one itself."""
OF_OUR_OWN = {
    signing.segment_urls: "signing_callers",
    signing.object_url: "signing_callers",
    removing.remove_again: "removal_callers",
}
"""The routes of our own services, and the setting that says of which."""
PODCAST = "/api/v1/podcasts/<string(length=32):workflow_id>"
FEED = "/api/v1/feeds/<string(length=43):token>"
ROUTES = Map(
    [
        Rule("/", endpoint=ready, methods=["GET"]),
        Rule("/healthz", endpoint=ready, methods=["GET"]),
        Rule("/api/v1/openapi.json", endpoint=openapi_document, methods=["GET"]),
        Rule("/api/v1/podcasts/generate", endpoint=generating.generate, methods=["POST"]),
        Rule("/api/v1/podcasts", endpoint=reading.list_page, methods=["GET"]),
        Rule(PODCAST, endpoint=reading.show, methods=["GET"]),
        Rule(PODCAST, endpoint=changing.rename, methods=["PATCH"]),
        Rule(PODCAST, endpoint=removing.delete, methods=["DELETE"]),
        Rule(f"{PODCAST}/cancel", endpoint=changing.cancel, methods=["POST"]),
        Rule(f"{PODCAST}/continue", endpoint=continuing.go_on, methods=["POST"]),
        Rule(f"{PODCAST}/remake", endpoint=remaking.remake, methods=["POST"]),
        Rule(f"{PODCAST}/stream", endpoint=generating.open_stream, methods=["POST"]),
        Rule(f"{PODCAST}/segments", endpoint=reading.segments, methods=["GET"]),
        Rule(f"{PODCAST}/events", endpoint=following.events, methods=["GET"]),
        Rule(f"{PODCAST}/audio", endpoint=reading.audio, methods=["GET"]),
        Rule(f"{PODCAST}/files/<name>", endpoint=reading.file, methods=["GET"]),
        Rule("/api/v1/engines", endpoint=engines.show, methods=["GET"]),
        Rule("/api/v1/feeds", endpoint=feeds.create, methods=["POST"]),
        Rule("/api/v1/feeds", endpoint=feeds.revoke_all, methods=["DELETE"]),
        Rule(f"{FEED}/rss.xml", endpoint=feeds.show, methods=["GET"]),
        Rule(f"{FEED}/<string(length=32):workflow_id>/<name>", endpoint=feeds.file, methods=["GET"]),
        Rule("/internal/v1/signed-urls", endpoint=signing.segment_urls, methods=["POST"]),
        Rule("/internal/v1/signed-url", endpoint=signing.object_url, methods=["POST"]),
        Rule("/internal/v1/removals", endpoint=removing.remove_again, methods=["POST"]),
    ],
    strict_slashes=False,
)


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
    """Every request to the public API."""
    configure_logs(settings().log_level)
    with log_context(agent="api_gateway"):
        try:
            response = _answer(request)
        except RequestEntityTooLarge:
            response = problem(
                TooLarge("request_too_large", f"A request has at most {settings().max_request_bytes} bytes.")
            )
            response.response = iter(
                (response.get_data(),)
            )  # before any plain answer the framework reads all of a body
        except HTTPException as error:
            response = problem(_of_routing(error))
        except InvalidRequest as error:
            response = problem(error, errors=error.errors)
        except Exception as error:  # noqa: BLE001 - the edge: whatever it was, the caller gets a problem, not a trace
            response = problem(error)
    return _with_headers(request, response)


@functions_framework.http
def deliver_webhook_task(request: Request) -> Response:
    """POST: deliver the webhook of the podcast that a task names. GET /v1/tasks/{task_id}: how that work stands."""
    from functions.api_gateway import webhooks

    url = settings().webhooks_url
    if request.method == "GET":
        return task_status(settings(), request, webhooks.AGENT, url=url)
    work = partial(webhooks.deliver, settings())
    return run_task(request, settings(), agent=webhooks.AGENT, url=url, work=work, given_up=webhooks.undelivered)


def _answer(request: Request) -> Response:
    if request.method == "OPTIONS":
        return Response(status=204)
    bound(request, settings().max_request_bytes)
    route: Route
    route, arguments = ROUTES.bind("", path_info=request.path).match(method=request.method)
    if route in OF_EVERYBODY:
        return route(settings(), request, **arguments)
    if route in OF_OUR_OWN:  # the gateway is public, so the platform checks nothing: this does
        allowed = getattr(settings(), OF_OUR_OWN[route])
        require_caller(request, settings(), audience=settings().gateway_url, allowed=allowed)
        return route(settings(), request)
    owner = owner_of(request, settings())
    with log_context(owner=owner, **arguments):
        return route(settings(), request, owner, **arguments)


def _of_routing(error: HTTPException) -> AethercastError:
    """What werkzeug refuses before a route is reached, in our words."""
    match error:
        case WerkzeugMethodNotAllowed():
            return MethodNotAllowed(error.valid_methods or ())
        case ClientDisconnected():
            return BadRequest("request_broken_off", "The request ended before its body did.")
        case _:
            return NotFound("address_unknown", "There is nothing at this address.")


def _with_headers(request: Request, response: Response) -> Response:
    """What every answer carries: it is data for a program, of no use to a browser that sniffs, frames or keeps it."""
    response.headers.update(g.get("rate_limit", {}))
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    response.headers["Vary"] = "Origin"
    origin = request.headers.get("Origin")
    if origin and origin in settings().cors_origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, PATCH, DELETE"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type, X-Idempotency-Key"
        response.headers["Access-Control-Expose-Headers"] = (
            "Location, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
        )
        response.headers["Access-Control-Max-Age"] = "3600"
    return response
