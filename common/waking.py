"""Waking: an instance of everything between a click and lasting sound is started ahead of need, all at once.

At zero instances each service would otherwise be started by the one before it, one cold start after the other. So when
somebody comes who may soon want a podcast, whoever sees them first publishes a single message on the topic `wakings`:
the streamer, whose page they open, or the gateway. Pub/Sub pushes it to every service side by side, at the path
`/wake`, in the name of an account that may do nothing else. That way neither may call any of them; and none but
Google's own services reach the agents from outside (terraform/functions.tf, `ingress`). The message carries no
authenticator of ours, for to be woken changes nothing, and the streamer has no key for one. No caller waits for
the message, and podcasts are made without any.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from flask import Request

from common.clients import RETRY, TIMEOUT, publisher_client
from common.oidc import require_invoker
from common.settings import Settings

if TYPE_CHECKING:
    from concurrent.futures import Future

logger = logging.getLogger(__name__)

PATH: Final = "/wake"
WOKEN: Final = ("orchestrator", "content_harvester", "script_weaver", "voice_forge", "model_serving", "streamer")
"""The services: terraform/waking.tf and local/provision.py push to them."""
EVERY_S: Final = 60.0
"""At most one message in so long from one instance. An idle instance is kept for longer."""
IDLE_S: Final = 600.0
"""After so long nobody can count on an idle instance: Cloud Run keeps one for 15 minutes at most.
https://cloud.google.com/run/docs/about-instance-autoscaling"""
EVENT: Final = "services.wake"
ATTRIBUTES: Final = {
    "ce-specversion": "1.0",
    "ce-id": EVENT,
    "ce-type": EVENT,
    "ce-source": "//aethercast/services",
    "Content-Type": "application/json",
}
"""A CloudEvent, for that is what the orchestrator's entry point takes."""
BODY: Final = b"{}"


class Waker:
    """Wakes on behalf of this instance. `clock` gives seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._woken_at = self._begun_at = -math.inf
        self._lock = threading.Lock()

    def wake(self, settings: Settings) -> None:
        """Have every service woken, unless that was done a moment ago. Returns at once, and never raises."""
        with self._lock:
            now = self._clock()
            if now - self._woken_at < EVERY_S:
                return
            if now - self._woken_at > IDLE_S:
                self._begun_at = now
            self._woken_at = now
        threading.Thread(target=_publish, args=(settings,), daemon=True).start()

    def starting(self, settings: Settings) -> bool:
        """Tell whether services may still be on their way up: this instance woke them no longer ago than they take, and
        had not for so long that they were left without an instance."""
        return self._clock() - self._begun_at < settings.starts_within_s


waker = Waker()


def require_waker(request: Request, settings: Settings, *, url: str) -> None:
    """Raise what `require_invoker` raises for anybody's call but the waker's to the service at `url`."""
    require_invoker(request, settings, audience=url, allowed=(settings.waker,), target=None)


def _publish(settings: Settings) -> None:
    """Publish in a thread of its own: the first use of the library takes a while."""
    try:
        publisher = publisher_client()
        topic = publisher.topic_path(settings.google_cloud_project, settings.wakings_topic)
        publisher.publish(topic, BODY, retry=RETRY, timeout=TIMEOUT, **ATTRIBUTES).add_done_callback(_log)
    except Exception:
        logger.warning("services could not be woken", exc_info=True)


def _log(published: Future[str]) -> None:
    if error := published.exception():
        logger.warning("services could not be woken: %s", error)
