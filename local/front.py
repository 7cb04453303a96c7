"""Cloud Run's front on this machine: what stands between a caller and a service, in the service's own process."""

from __future__ import annotations

from typing import Any

import functions_framework

from local.entry_points import ENTRY_POINTS, source_of


def service_app(name: str) -> Any:
    """The WSGI application of the service `name` behind its front, served by functions-framework as in the cloud."""
    return functions_framework.create_app(target=ENTRY_POINTS[name], source=str(source_of(name)))
