"""How gunicorn serves the streamer: one process, whose loop holds all sockets; threads for handshakes and pages alone.

    gunicorn -c streamer/gunicorn.conf.py --bind :8080 streamer.main:app

https://docs.gunicorn.org/en/stable/settings.html. gthread only: gevent and eventlet replace the socket module, and with
it the non-blocking writes that the stream server relies on.
"""

from __future__ import annotations

import gc
import signal
import socket
import struct
import threading
from typing import Any

worker_class = "streamer.net.heads.HeadFirstWorker"
workers = 1
threads = 32
worker_connections = 1100  # beyond the 1,000 listeners: pages and health checks
backlog = 2048
keepalive = 75  # longer than the load balancer in front keeps its own
timeout = 0  # the platform's liveness probe asks instead
graceful_timeout = 7  # for pages and handshakes; Cloud Run kills after 10 s
control_socket_disable = True
accesslog = None
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the heartbeat file must not touch a disk  # nosec: B108

DRAIN_S = 5.0
REQUEST_WITHIN_S = 10
"""For each part of a request: whoever begins one and says no more holds a thread, of which there are few."""


def when_ready(server: Any) -> None:
    """Connections inherit the timeout of the listening socket (socket(7), SO_RCVTIMEO); the loop never waits."""
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", REQUEST_WITHIN_S, 0))


def post_worker_init(worker: Any) -> None:
    """Start the server in the worker, after the fork that threads do not survive."""
    from streamer.main import server as stream_server

    gc.collect()
    gc.freeze()  # what was imported stays for good: no listener shall wait while it is looked through for garbage
    stream_server.start()

    def leave(signum: int, frame: Any) -> None:
        # At once: gunicorn itself waits for whoever has a connection open, up to graceful_timeout, before it goes on
        worker.handle_exit(signum, frame)
        threading.Thread(target=stream_server.drain, args=(DRAIN_S,), name="drain").start()

    signal.signal(signal.SIGTERM, leave)


def worker_exit(server: Any, worker: Any) -> None:
    """Nothing new is accepted any more. After SIGTERM the listeners have been told; after SIGINT they are now."""
    del server, worker
    from streamer.main import server as stream_server

    stream_server.drain(DRAIN_S)
