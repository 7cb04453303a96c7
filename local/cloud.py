"""The embedded cloud as one process: `python -m local.cloud [--data-dir DIR]`.

Starts the emulators on free ports of the loopback interface, prints one line of JSON that says where, and serves until
SIGTERM, SIGINT or the end of its standard input. Beside the emulators an admin address answers, a secret in its path:

    GET  /billable?containing=TEXT   what would have been billed, by operation (emulators/meter.py)
    POST /reset                      empties every emulator
    POST /service-accounts {email}   the key file of a service account
    POST /jobs {url, email, every_s, headers}   calls an address regularly, as Cloud Scheduler does
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import signal
import sys
import tempfile
import threading
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from emulators.cloud import SERVICES, EmbeddedCloud
from emulators.delivery import FaultInjector
from emulators.firestore.indexes import Index, Indexes
from emulators.http_server import HttpServer
from emulators.journal import Unusable
from emulators.loopback import loopback_only
from local.bucket_roles import bucket_grants
from local.network import delays_of
from local.sockets import lasting_port

ADMIN_SECRET = "AETHERCAST_ADMIN_SECRET"  # noqa: S105 - a name
"""The variable with the secret of the admin address, by which it is the same after a restart; without it, any."""

TTL_FIELDS = dict.fromkeys(
    ("idempotency", "openings", "places", "rate_limits", "segments", "shares", "streams", "usage", "workflows"),
    "expires_at",
)
"""Collection id -> the field whose time ends its documents, as terraform/firestore.tf has it."""

INDEXES: dict[str, list[Index]] = {
    "workflows": [
        (("owner", False), ("created_at", True)),
        (("state", False), ("created_at", False)),
    ],
    "segments": [(("state", False), ("index", False))],
}
"""Collection id -> its composite indexes, as terraform/firestore.tf has them: paths, each with whether it descends."""

SINGLE_FIELDS: dict[str, tuple[str, ...]] = {
    "api_keys": (),
    "feeds": ("owner",),
    "idempotency": (),
    "openings": (),
    "places": (),
    "pronunciations": (),
    "rate_limits": (),
    "removals": ("due",),
    "segments": ("forged_at", "index", "state"),
    "shares": ("workflow_id",),
    "streams": ("workflow_id",),
    "usage": ("key",),
    "workflows": ("files_due", "key", "state"),
}
"""Collection id -> the fields that are indexed by themselves, for queries ask for no others; likewise. Every index of a
document is written with it, and one on ever later times bounds how many documents are written a second."""


class Cloud(EmbeddedCloud):
    """The emulators of a stack, with Firestore's indexes and times to live of terraform/firestore.tf."""

    def __init__(self, directory: Path | None, scratch: Path, **how: Any) -> None:
        super().__init__(directory, scratch, ttl_fields=TTL_FIELDS, indexes=Indexes(INDEXES, SINGLE_FIELDS), **how)


def admin_app(cloud: Cloud) -> Flask:
    app = Flask(__name__)

    @app.get("/billable")
    def billable() -> Response:
        return jsonify(cloud.meter.totals(request.args.get("containing", "")))

    @app.get("/billable/<operation>")
    def billable_by_resource(operation: str) -> Response:
        return jsonify(cloud.meter.by_resource(operation, request.args.get("containing", "")))

    @app.post("/reset")
    def reset() -> Response:
        cloud.reset()
        return Response(status=204)

    @app.post("/service-accounts")
    def service_account() -> Response:
        return jsonify({"file": str(cloud.identity.service_account_file(request.get_json()["email"]))})

    @app.post("/jobs")
    def job() -> Response:
        wanted = request.get_json()
        cloud.scheduler.add(wanted["url"], wanted["email"], wanted["every_s"], wanted["headers"])
        return Response(status=204)

    return app


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.cloud", description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="keep all state here; without it, nothing outlives the process")
    parser.add_argument("--seed", type=int, default=0, help="of the disorder")
    parser.add_argument("--disorder", type=float, help="the probability of each kind of trouble with a delivery")
    parser.add_argument("--queues-ramp", action="store_true", help="have queues that are new or were idle start slowly")
    parser.add_argument("--accounts", action="store_true", help="let services do with the bucket what they are granted")
    parser.add_argument(
        "--taken-is-forbidden", action="store_true", help="answer 403 for a taken name, where 412 is due"
    )
    parser.add_argument("--network", type=Path, metavar="DIR", help="have delays as DIR says (local/network.py)")
    options = parser.parse_args()
    over = threading.Event()

    def stop(signum: int, frame: FrameType | None) -> None:
        over.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with tempfile.TemporaryDirectory(prefix="aethercast-cloud-") as scratch:
        disorder = FaultInjector(Random(options.seed), options.disorder) if options.disorder else None  # noqa: S311
        try:
            cloud = Cloud(
                options.data_dir,
                Path(scratch),
                disorder=disorder,
                queues_ramp=options.queues_ramp,
                grants=bucket_grants() if options.accounts else None,
                taken_is_forbidden=options.taken_is_forbidden,
                delays=delays_of(options.network, "cloud") if options.network else None,
            )
        except (Unusable, OSError) as error:  # of the latter, a directory or a file of it that may not be written
            raise SystemExit(str(error)) from None
        ports = _lasting_ports(options.data_dir)
        endpoints = cloud.start(**{service: ports[service] for service in SERVICES})
        secret = os.environ.get(ADMIN_SECRET) or secrets.token_urlsafe(16)
        behind_secret = DispatcherMiddleware(NotFound(), {f"/{secret}": admin_app(cloud)})
        admin = HttpServer(loopback_only(behind_secret, pages=False))
        admin_url = f"http://127.0.0.1:{admin.start(ports['admin'])}/{secret}"
        print(json.dumps({**endpoints, "ADMIN_URL": admin_url}), flush=True)
        threading.Thread(target=_until_input_ends, args=(over,), daemon=True).start()
        over.wait()
        admin.stop()
        cloud.stop()


def _lasting_ports(folder: Path | None) -> dict[str, int]:
    """Return the ports of all servers here: the same at each start over the same data, so clients find the servers
    again; any free ports where nothing is kept."""
    names = (*SERVICES, "admin")
    if folder is None:
        return dict.fromkeys(names, 0)
    folder.mkdir(parents=True, exist_ok=True)
    return {name: lasting_port(folder / "ports.json", f"cloud {name}") for name in names}


def _until_input_ends(over: threading.Event) -> None:
    """Wait for the end of the input, whose other end the launcher holds: then nothing is left to do here."""
    sys.stdin.read()
    over.set()


if __name__ == "__main__":
    main()
