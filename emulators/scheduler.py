"""Cloud Scheduler on this machine, as far as used here: addresses called regularly, with an OIDC token."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping

import httpx2

from emulators.delivery import IdTokens

logger = logging.getLogger(__name__)


class Scheduler:
    """Calls each job's address every so many seconds. A call that fails is logged; the next one is the retry."""

    def __init__(self, id_tokens: IdTokens) -> None:
        self._id_tokens = id_tokens
        self._over = threading.Event()

    def add(self, url: str, email: str, every_s: float, headers: Mapping[str, str]) -> None:
        """Begin a job: POST to `url` every so many seconds, with `headers` and a token of the account `email`."""
        threading.Thread(target=self._run, args=(url, email, every_s, headers), daemon=True).start()

    def stop(self) -> None:
        self._over.set()

    def _run(self, url: str, email: str, every_s: float, headers: Mapping[str, str]) -> None:
        while not self._over.wait(every_s):
            token = self._id_tokens.id_token(email, url)
            try:
                answer = httpx2.post(
                    url, headers={**headers, "Authorization": f"Bearer {token}"}, timeout=60, trust_env=False
                )
                answer.raise_for_status()
            except httpx2.HTTPError as error:
                logger.warning("a scheduled call failed: %s", error)
