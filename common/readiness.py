"""Readiness: an instance answering here has its settings, its client libraries and its connections.

The first podcast after a start should not pay for all of that. Libraries are loaded while an instance starts, where
`LOAD_ON_START` says so: before its server forks, so nothing here may then start a thread or open a connection. The rest
is done by whoever asks first, at `/` or at `/wake`: whoever starts an instance, or has it woken ahead of need
(common/waking.py). Each is done once, so repeated requests cost nothing.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Final

from flask import Response

from common import oidc
from common.clients import publisher_client, storage_client, tasks_client
from common.errors import ServiceBroken
from common.problems import READY, json_response, problem
from common.settings import Settings
from common.store import access

LIBRARIES: Final = {
    "firestore": ("google.cloud.firestore", "google.cloud.firestore_v1.services.firestore.transports"),
    "events": ("google.cloud.pubsub_v1", "google.pubsub_v1.services.publisher.transports"),
    "tasks": ("google.cloud.tasks_v2.services.cloud_tasks.transports",),
    "storage": ("google.cloud.storage",),
    "models": ("common.services",),
    "keys": (),
}
"""Need -> the modules that its first use would import. Any other need is a module itself."""


def load_on_start(*needs: str) -> None:
    """Import what the needs take, where the setting says so."""
    if Settings.from_env().load_on_start:
        for need in ("common.grpc_channels", "common.pools", "grpc._interceptor", *needs):
            for module in LIBRARIES.get(need, (need,)):
                importlib.import_module(module)


def readiness(settings: Settings, *needs: str) -> Response:
    """200 once all `needs` are there, else the problem: firestore, events, tasks, storage, models (a connection to
    model serving), keys (those that callers' tokens are signed with), or names of modules."""
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
        case "models":
            from common.services import private_service  # which loads more than most services need

            private_service(settings, settings.model_serving_url).connect()
        case "keys":
            oidc.fetch_keys(settings)
        case module:
            importlib.import_module(module)
