"""Cloud Run's front on this machine: what stands between a caller and a service, in the service's own process."""

from __future__ import annotations

from typing import Any

from local.entry_points import ENTRY_POINTS, source_of
from local.front_faults import behind_front


def service_app(name: str) -> Any:
    """The WSGI application of the service `name` behind its front, served by functions-framework as in the cloud."""
    import functions_framework  # not with the others: the streamer is served without

    return behind_front(functions_framework.create_app(target=ENTRY_POINTS[name], source=str(source_of(name))), name)


def streamer_app() -> Any:
    """The streamer's, likewise. Importing it makes the app, as in its container."""
    from streamer.main import app

    return behind_front(app, "streamer")
