"""Cloud Run's front on this machine: the stage between a caller and a service, in the service's own process.

The front asks local/iam.py about every request to a private service, and answers by itself, in HTML as the platform's
own does, where the caller may not reach that service; or with whatever answer a test has set for a while
(front_faults.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from common.settings import Settings
from emulators.loopback import loopback_only
from local import iam
from local.entry_points import ENTRY_POINTS, source_of
from local.front_faults import behind_front
from local.network import behind_network

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def service_app(name: str) -> Wsgi:
    """Return the WSGI application of the service `name` behind its front."""
    return loopback_only(behind_network(behind_front(Front(name, function_app(name)), name), name))


def streamer_app() -> Wsgi:
    """Return the streamer's, likewise. The import makes the app, as in its container."""
    from streamer.main import app

    return loopback_only(behind_network(behind_front(app, "streamer"), "streamer"))


def function_app(name: str) -> Wsgi:
    """Return the WSGI application of the service `name` with nothing in front: functions-framework's, as in the
    cloud."""
    import functions_framework  # not with the others: the streamer is served without

    app: Wsgi = functions_framework.create_app(target=ENTRY_POINTS[name], source=str(source_of(name)))
    return app


class Front:
    """WSGI middleware: the platform's check of a service's callers."""

    def __init__(self, name: str, app: Wsgi) -> None:
        self._name, self._app = name, app

    @cached_property
    def _settings(self) -> Settings:
        return Settings.from_env()  # when the first request comes: a service's own address may be known only then

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            if self._name in iam.INVOKERS:
                iam.admit(environ, self._name, self._settings)
        except iam.Denied as denied:
            return answer(start_response, denied.status)
        return self._app(environ, start_response)


def answer(start_response: Callable[..., Any], status: str) -> Iterable[bytes]:
    """Return the front's own answer, of which the service learns nothing: a page of HTML."""
    page = f"<html><head><title>{status}</title></head><body><h1>Error: {status[4:]}</h1></body></html>\n".encode()
    start_response(status, [("Content-Type", "text/html; charset=UTF-8"), ("Content-Length", str(len(page)))])
    return [page]
