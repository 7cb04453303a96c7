"""How Google itself is spoken to: each client over a renewed channel, with the keep-alive allowed by Google.

What becomes of a lost connection is tested over the emulators, in tests/pipeline/test_lost_connections.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import google.auth
import grpc
import pytest
from google.auth.credentials import AnonymousCredentials

from common import clients
from common.grpc_channels import RenewedChannel
from common.settings import Settings
from functions.model_serving.tts.engines.google.engine import GoogleEngine

CLIENTS: dict[str, tuple[str, Callable[[], Any]]] = {
    "firestore": (
        "firestore.googleapis.com",
        lambda: clients.firestore_client.__wrapped__("project", "(default)")._firestore_api,
    ),
    "pubsub": ("pubsub.googleapis.com", clients.publisher_client.__wrapped__),
    "tasks": ("cloudtasks.googleapis.com", lambda: clients.tasks_client.__wrapped__("")),
    "speech": ("texttospeech.googleapis.com", lambda: GoogleEngine(Settings())._client),
}


@pytest.mark.parametrize("name", CLIENTS)
def test_google_is_spoken_to_over_channels_of_their_own_that_are_kept_alive(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[str, dict[str, Any]]] = []

    def secure_channel(target: str, credentials: Any, options: Any = None, **_: Any) -> grpc.Channel:
        made.append((target, dict(options)))
        return grpc.insecure_channel("127.0.0.1:1")

    for variable in ("FIRESTORE_EMULATOR_HOST", "PUBSUB_EMULATOR_HOST"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(google.auth, "default", lambda *_, **__: (AnonymousCredentials(), "project"))
    monkeypatch.setattr(grpc, "secure_channel", secure_channel)
    host, client = CLIENTS[name]
    channel = client().transport.grpc_channel
    assert isinstance(channel, RenewedChannel)
    assert not made  # nothing is dialed, and no thread begun, before the first call
    channel.line()
    channel.renew()
    channel.line()
    assert [target.partition(":")[0] for target, _ in made] == [host] * 2
    for _, options in made:
        assert options["grpc.keepalive_time_ms"] == 30_000  # what Google's front ends allow, and no less
        assert options["grpc.http2.ping_timeout_ms"] == 5_000
        assert options["grpc.use_local_subchannel_pool"] == 1  # else it is the lost connection again
