"""Send HTTP requests to links of strangers: over guarded connections, within one deadline, redirects not followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

import httpcore2

from common.outbound.connections import GuardedBackend, Resolver, resolve, tls_context
from common.outbound.links import Link


class GuardedRequests:
    """Requests that share guarded connections. Made by `guarded_requests`."""

    def __init__(self, pool: httpcore2.ConnectionPool) -> None:
        self._pool = pool

    def send(
        self, method: str, link: Link, headers: Mapping[str, str], body: bytes | None = None
    ) -> AbstractContextManager[httpcore2.Response]:
        """Send a request; the block over the answer reads as much of the body as needed.

        Raises SourceRefused or SourceBroken for an address (common/outbound/connections.py), else httpcore2's errors.
        """
        url = httpcore2.URL(
            scheme=link.scheme.encode(), host=link.host.encode(), port=link.port, target=link.target.encode()
        )
        sent = [(name.encode(), value.encode()) for name, value in {**headers, "Host": link.authority}.items()]
        return self._pool.stream(method, url, headers=sent, content=body)


@contextmanager
def guarded_requests(
    deadline: float,
    *,
    private: bool,
    resolver: Resolver = resolve,
    network: httpcore2.NetworkBackend | None = None,
) -> Iterator[GuardedRequests]:
    """Send requests until `deadline` on the monotonic clock, to public addresses only (to any with `private`).

    `network` makes the connections to checked addresses: by default, sockets.
    """
    backend = GuardedBackend(
        deadline=deadline, private=private, resolver=resolver, network=network or httpcore2.SyncBackend()
    )
    with httpcore2.ConnectionPool(ssl_context=tls_context(), network_backend=backend) as pool:
        yield GuardedRequests(pool)
