"""The settings of functions and streamer in a local stack (common/settings.py): the same for all of its services."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from local.endpoints import Endpoints
from local.entry_points import ROOT

PROJECT, LOCATION, BUCKET = "aethercast-local", "us-central1", "aethercast-audio"


def account(name: str) -> str:
    """Return the service account of a service."""
    return f"{name.replace('_', '-')}@{PROJECT}.iam.gserviceaccount.com"


def player_origins(player_url: str) -> list[str]:
    """Return the player's two addresses, as a service has two in the cloud."""
    return [player_url, at_localhost(player_url)]


def at_localhost(url: str) -> str:
    return url.replace("//127.0.0.1:", "//localhost:")


def speech_version(environment: Mapping[str, str]) -> str:
    """Return a digest of the engines and their settings, as Terraform makes of a deployment."""
    files = sorted(file for file in (ROOT / "functions" / "model_serving").rglob("*") if file.suffix in {".py", ".txt"})
    told = sorted((name, value) for name, value in environment.items() if name.startswith("SPEECH_"))
    digest = hashlib.sha256(json.dumps(told).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def settings_of(
    endpoints: Endpoints, urls: dict[str, str], *, isolated: bool, private_addresses: bool, authenticator_key: str
) -> dict[str, str]:
    """Return the environment with the addresses of all services. `urls` says where each function is reached."""

    def accounts(*names: str) -> str:
        """Tell who those functions are: a shared account in a shared process, their own when isolated."""
        return ",".join(map(account, names)) if isolated else account("functions")

    return {
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "LOCATION": LOCATION,
        "AUDIO_BUCKET": BUCKET,
        "GATEWAY_URL": endpoints.api_url,
        "STREAMER_URL": endpoints.player_url,
        "WEBSOCKET_URL": endpoints.websocket_url,
        **{f"{name.upper()}_URL": url for name, url in urls.items() if name != "api_gateway"},
        "TASKS_INVOKER": account("tasks-invoker"),
        "EVENTS_INVOKER": account("events-invoker"),
        "SCHEDULER_INVOKER": account("scheduler-invoker"),
        "WAKER": account("waker"),
        "MODEL_SERVING_CALLERS": accounts("api_gateway", "script_weaver", "voice_forge"),
        "AUTHENTICATOR_KEY": authenticator_key,
        "SIGNING_CALLERS": account("streamer"),
        "NOTIFY_CALLERS": accounts("orchestrator"),
        "REMOVAL_CALLERS": accounts("sweeper"),
        "MORE_WEBSOCKET_URLS": at_localhost(endpoints.websocket_url),
        "CORS_ORIGINS": ",".join(player_origins(endpoints.player_url)),
        "PLAYER_API_BASE": endpoints.api_url,
        "PLAYER_API_KEY": endpoints.api_key,
        # One person's machine: whoever is here may have it work as much as it can
        **dict.fromkeys(("REQUESTS_PER_MINUTE", "READS_PER_MINUTE"), "100000"),
        **dict.fromkeys(("PODCASTS_AT_ONCE", "MINUTES_A_DAY"), "0"),
        "RENAME_SETTLES_S": "2",
        "HARVEST_PRIVATE_ADDRESSES": str(private_addresses).lower(),
        "PYTHONPATH": str(ROOT),
    }
