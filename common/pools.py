"""Pools of HTTP connections, used again only while likely to live.

A connection unused for a while may be lost without a word (a middlebox forgets it, an instance had no processor time
for its close): requests over such a connection are swallowed, and their senders wait for as long as their patience
lasts. So no connection idle for longer than IDLE_S is used again; and once a connection is found silent, all idle ones
are closed, for they went the same way: every repetition goes over a new connection.
"""

from __future__ import annotations

import time
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from common import tracing

IDLE_S: Final = 30.0


class _Fresh(HTTPConnection):
    """A connection counted as closed after idling too long; a pool then opens it anew."""

    _answered_at = 0.0

    @property
    def is_connected(self) -> bool:
        return super().is_connected and time.monotonic() - self._answered_at < IDLE_S

    def getresponse(self) -> Any:
        response = super().getresponse()
        self._answered_at = time.monotonic()
        return response


class _FreshHTTPS(_Fresh, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Fresh


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _FreshHTTPS


_POOLS: Final[dict[str, Any]] = {"http": _Pool, "https": _HTTPSPool}


def fresh_pools(**how: Any) -> PoolManager:
    """Return a PoolManager of such connections. Who finds one silent calls `clear`."""
    manager = PoolManager(**how)
    manager.pool_classes_by_scheme = _POOLS
    return manager


class FreshAdapter(HTTPAdapter):
    """Such connections for a session of requests."""

    def init_poolmanager(self, *args: Any, **how: Any) -> None:
        super().init_poolmanager(*args, **how)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def send(self, request: requests.PreparedRequest, *args: Any, **how: Any) -> requests.Response:
        try:
            with tracing.call(f"{request.method} {urlsplit(str(request.url)).path}"):
                request.headers.update(tracing.carrier())
                return super().send(request, *args, **how)
        except (requests.Timeout, requests.ConnectionError):
            self.close()  # those in use go on; none of those that are idle is used again
            raise
