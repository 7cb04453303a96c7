"""Cloud Run's front on this machine: what stands between a caller and a service, in the service's own process.

It asks local/iam.py about every request to a private service, and answers by itself, in HTML as the platform's own
does, where the caller may not reach that service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import functions_framework

from common.settings import Settings
from local import iam
from local.entry_points import ENTRY_POINTS, source_of

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def service_app(name: str) -> Wsgi:
    """The WSGI application of the service `name` behind its front."""
    return Front(name, function_app(name))


def function_app(name: str) -> Wsgi:
    """The WSGI application of the service `name` with nothing in front: functions-framework's, as in the cloud."""
    app: Wsgi = functions_framework.create_app(target=ENTRY_POINTS[name], source=str(source_of(name)))
    return app


class Front:
    """WSGI middleware: the platform's front of one service."""

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
    """The front's own answer, of which the service learns nothing: a page of HTML."""
    page = f"<html><head><title>{status}</title></head><body><h1>Error: {status[4:]}</h1></body></html>\n".encode()
    start_response(status, [("Content-Type", "text/html; charset=UTF-8"), ("Content-Length", str(len(page)))])
    return [page]
