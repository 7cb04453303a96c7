"""Readiness: an instance answering here has its settings, its client libraries and its connections.

The first podcast after a start should not pay for all of that. Asked by whoever starts an instance; the work is done
once, so repeated requests cost nothing.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Final

from flask import Response

from common.clients import publisher_client, storage_client, tasks_client
from common.errors import ServiceBroken
from common.problems import json_response, problem
from common.settings import Settings
from common.store import access

READY: Final = {"status": "ready"}


def readiness(settings: Settings, *needs: str) -> Response:
    """200 once all `needs` are there, else the problem: firestore, events, tasks, storage, or names of modules."""
    try:
        for need in needs:
            _make_ready(settings, need)
    except ServiceBroken as error:
        return problem(error)
    return json_response(READY)


@cache
def _make_ready(settings: Settings, need: str) -> None:
    match need:
        case "firestore":
            access.ready(settings)
        case "events":
            publisher_client()
        case "tasks":
            tasks_client(settings.cloud_tasks_emulator_host)
        case "storage":
            storage_client(settings.google_cloud_project)
        case module:
            importlib.import_module(module)
