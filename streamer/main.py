"""The streamer's routes.

    /api/v1/podcasts/stream          WebSocket: a podcast, as it is made
    /asf/internal/notify_new_audio   POST, our own services only: a finished audio object for a stream
    /                                the player
    /healthz /readyz /metrics        for the platform
    /wake                            POST: nothing but to be there

A WebSocket is a request for as long as its opening handshake takes; then the stream server has the socket, and the
thread that shook hands is free for the next. So a few threads are enough for any number of listeners.
"""

from __future__ import annotations

import os
import socket
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_sock import Sock
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from common.errors import AethercastError, BadRequest, Forbidden, NotFound
from common.logs import configure_logs
from common.oidc import require_caller
from common.problems import json_response, problem
from common.settings import Settings
from common.tokens import token_hash
from common.waking import PATH as WAKE
from streamer import tickets
from streamer.metrics import exposition, registry
from streamer.net.admission import (
    WEBSOCKET_VERSION,
    ConnectionLimiter,
    handshake_refusal,
    origin_allowed,
    turn_away,
)
from streamer.player_files import player_files
from streamer.server import StreamServer

STREAM_PATH = "/api/v1/podcasts/stream"
_NEEDS = ("google_cloud_project", "gateway_url", "streamer_url")
_HANDSHAKE_OPTIONS = "HTTP_SEC_WEBSOCKET_EXTENSIONS"


class NoThread:
    """Stand in for the thread that simple-websocket would read with: the stream server reads."""

    name = ""

    def __init__(self, target: Any) -> None:
        del target

    def start(self) -> None:
        return


class WithoutDeflate:
    """Take permessage-deflate out of the handshake: simple-websocket would accept any offer of a browser's."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        environ.pop(_HANDSHAKE_OPTIONS, None)
        return self._app(environ, start_response)


def create_app(settings: Settings, server: StreamServer) -> Flask:
    """Make the WSGI app; `server` is started by gunicorn's worker (gunicorn.conf.py), not here."""
    app = Flask("streamer", static_folder=None)
    app.config["SOCK_SERVER_OPTIONS"] = {"thread_class": NoThread}
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024
    app.register_blueprint(player_files(settings))
    _check_handshakes(app, settings, server)
    _accept_listeners(app, settings, server)
    _report_health(app, server)
    _answer_errors(app)

    @app.post("/asf/internal/notify_new_audio")
    def notify_new_audio() -> Response:
        """Play the object at `filepath` (`gs://…`) to the stream of `stream_id`."""
        require_caller(request, settings, audience=settings.streamer_url, allowed=settings.notify_callers)
        stream_id, filepath = _attachment(request.get_json(silent=True))
        tickets.attach(settings, stream_id, filepath)
        server.attach(token_hash(stream_id), filepath)
        return json_response({"status": "attached"}, 202)

    app.wsgi_app = WithoutDeflate(app.wsgi_app)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app


def _check_handshakes(app: Flask, settings: Settings, server: StreamServer) -> None:
    """Turn away pages of other origins, and handshakes that are none, before anything else looks at a request."""

    @app.before_request
    def check_origin() -> Response | None:
        if request.path != STREAM_PATH or origin_allowed(
            request.headers.get("Origin"), request.host, settings.cors_origins
        ):
            return None
        server.counts.turned_away["origin_not_allowed"] += 1
        return problem(Forbidden("origin_not_allowed", "Pages of this origin may not listen here."))

    @app.before_request
    def check_handshake() -> Response | None:
        if request.path != STREAM_PATH or not request.environ.get("HTTP_UPGRADE"):
            return None
        refusal = handshake_refusal(request.headers)
        if refusal is None:
            return None
        server.counts.turned_away[refusal.code] += 1
        answer = problem(refusal)
        answer.headers["Sec-WebSocket-Version"] = WEBSOCKET_VERSION  # RFC 6455, section 4.4
        return answer


def _accept_listeners(app: Flask, settings: Settings, server: StreamServer) -> None:
    """Hand the WebSockets of listeners to the server, as many as may be connected at once."""
    limiter = ConnectionLimiter(settings.max_connections, settings.max_connections_per_address)

    @Sock(app).route(STREAM_PATH)  # type: ignore[untyped-decorator]
    def stream(ws: Any) -> None:
        ws.connected = False  # flask-sock must not say goodbye, and gunicorn has nothing left to close
        address = request.remote_addr or ""
        refusal = limiter.enter(address)
        if refusal:
            server.counts.turned_away[refusal] += 1
            turn_away(ws.sock, refusal)
        else:
            server.accept(_taken_from(ws.sock), on_end=lambda: limiter.leave(address))

    @app.get(STREAM_PATH)
    def not_a_websocket() -> Response:
        return problem(BadRequest("websocket_expected", "This address speaks WebSocket (wss://)."))


def _report_health(app: Flask, server: StreamServer) -> None:
    """Answer the platform's probes, whoever wakes this service, and a collector of metrics."""
    metrics = registry(server.counts, server.gauges)

    @app.get("/healthz")
    def healthz() -> Response:
        return json_response({"status": "alive"}) if server.alive else json_response({"status": "lost"}, 503)

    @app.get("/readyz")
    def readyz() -> Response:
        ready = server.healthy and not server.draining
        return json_response({"status": "ready" if ready else "not ready"}, 200 if ready else 503)

    @app.post(WAKE)
    def wake() -> Response:
        """Answer a call that had this instance started ahead of need."""
        return Response(status=204)

    @app.get("/metrics")
    def prometheus() -> Response:
        """Serve a collector beside this process, and no caller from the platform's front door."""
        if "X-Forwarded-For" in request.headers:
            raise NotFound("address_unknown", "There is nothing here.")
        return Response(exposition(metrics), content_type="text/plain; version=0.0.4; charset=utf-8")


def _answer_errors(app: Flask) -> None:
    """Answer whatever a request fails with as a problem of the contract."""

    @app.errorhandler(ConnectionError)
    def gone(caught: ConnectionError) -> Response:
        """End a request whose client has gone in the middle of its handshake: there is nobody to tell."""
        return Response(status=400)

    @app.errorhandler(AethercastError)
    def refused(caught: AethercastError) -> Response:
        return problem(caught)

    @app.errorhandler(HTTPException)
    def not_here(caught: HTTPException) -> Response | HTTPException:
        return problem(NotFound("address_unknown", "There is nothing here.")) if caught.code == 404 else caught


def _taken_from(held: socket.socket) -> socket.socket:
    """Take the connection out of the web server's socket object, which is left with a dead end in its place.

    A web server closes its connection when the request is over, and gunicorn shuts it down first, which reaches every
    copy.
    """
    taken = held.dup()
    here, there = socket.socketpair()
    with here, there:
        os.dup2(here.fileno(), held.fileno(), inheritable=False)
    return taken


def _attachment(body: Any) -> tuple[str, str]:
    stream_id, filepath = (body.get("stream_id"), body.get("filepath")) if isinstance(body, dict) else (None, None)
    if not isinstance(stream_id, str) or not isinstance(filepath, str) or not 1 <= len(stream_id) <= 200:
        raise BadRequest("body_malformed", "Send stream_id and filepath as JSON.")
    if len(filepath) > 1024 or not _is_object(filepath):
        raise BadRequest("filepath_malformed", "filepath is an object of Cloud Storage: gs://bucket/name.")
    return stream_id, filepath


def _is_object(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
    except ValueError:  # brackets that hold no address
        return False
    return parts.scheme == "gs" and bool(parts.netloc) and len(parts.path) >= 2


settings = Settings.from_env(needs=_NEEDS)
configure_logs(settings.log_level)
server = StreamServer(settings)
app = create_app(settings, server)
