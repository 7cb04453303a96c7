"""The addresses of a running stack, and the file for other commands to find the stack."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import requests

from local.entry_points import ROOT

STATE_FILE = Path(os.environ.get("AETHERCAST_STATE_FILE", ROOT / ".aethercast" / "stack.json"))
"""Named elsewhere by tests, so that a stack which a person has started is none of their business."""


@dataclass(frozen=True)
class Endpoints:
    """Where a running stack is reached, and the key it takes."""

    player_url: str
    api_url: str
    websocket_url: str
    admin_url: str
    api_key: str
    pid: int


def answers(url: str, headers: Mapping[str, str] | None = None) -> bool:
    """Tell whether a server answers and lets us in; a function that takes only POST answers with an error, and does
    so."""
    try:
        return requests.get(url, headers=headers, timeout=5).status_code not in {401, 403, 503}
    except requests.RequestException:
        return False


def running() -> Endpoints | None:
    """Return the endpoints of the running stack of `nox -s local` on this checkout, if any."""
    try:
        found = Endpoints(**json.loads(STATE_FILE.read_text()))
        return found if answers(f"{found.player_url}/readyz") else None
    except (OSError, ValueError, TypeError):
        return None


@contextlib.contextmanager
def announced(endpoints: Endpoints) -> Iterator[None]:
    """Keep the state file while the block runs."""
    STATE_FILE.parent.mkdir(parents=True, exist_ok=True)
    STATE_FILE.write_text(json.dumps(asdict(endpoints)))
    try:
        yield
    finally:
        STATE_FILE.unlink(missing_ok=True)


def welcome(endpoints: Endpoints) -> str:
    """Return the message to the person at the terminal."""
    return f"""
Aethercast runs. Open the player:

    {endpoints.player_url}

or ask for a podcast:

    curl -s {endpoints.api_url}/api/v1/podcasts/generate \\
      -H 'Authorization: Bearer {endpoints.api_key}' \\
      -H 'Content-Type: application/json' \\
      -d '{{"topic": "tides", "minutes": 2}}'

Ctrl-C stops everything."""
