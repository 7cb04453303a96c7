"""Functions in one process: each a real functions-framework app, the gateway at `/`, the others at `/{service}`.

In the cloud each is a service of its own; here one process starts in a third of the time and memory. Run by gunicorn
(`gunicorn local.functions_host:app`), and by nothing else: importing this module imports every agent.
"""

from __future__ import annotations

from typing import Any

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from local.entry_points import ENTRY_POINTS, UNHURRIED
from local.front import service_app


def _rooted(app: Any) -> Any:
    """Lead `/{service}` to the root: a function would redirect a push or a task there to `/{service}/`."""

    def at_root(environ: dict[str, Any], start_response: Any) -> Any:
        environ["PATH_INFO"] = environ["PATH_INFO"] or "/"
        return app(environ, start_response)

    return at_root


others = [name for name in ENTRY_POINTS if name not in UNHURRIED | {"api_gateway"}]
app = DispatcherMiddleware(service_app("api_gateway"), {f"/{name}": _rooted(service_app(name)) for name in others})
