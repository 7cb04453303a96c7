"""Start all emulators and print their addresses; Ctrl-C stops them.

python -m emulators [--data-dir DIR] [--firestore-port N] [--pubsub-port N] [--tasks-port N] [--storage-port N]
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import threading
from pathlib import Path

from emulators.cloud import SERVICES, EmbeddedCloud

_TITLES = {
    "FIRESTORE_EMULATOR_HOST": "Firestore",
    "PUBSUB_EMULATOR_HOST": "Pub/Sub",
    "CLOUD_TASKS_EMULATOR_HOST": "Cloud Tasks",
    "STORAGE_EMULATOR_HOST": "Cloud Storage",
    "OIDC_JWKS_URL": "Token service",
}


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGINT or SIGTERM; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m emulators", description="Start all emulators on this machine.")
    parser.add_argument("--data-dir", type=Path, help="keep all state here; without it, nothing outlives the process")
    for service in SERVICES:
        parser.add_argument(f"--{service}-port", type=int, default=0, metavar="N", help="default: any free port")
    options = parser.parse_args(arguments)
    over = threading.Event()
    for ends in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ends, lambda *_: over.set())
    with tempfile.TemporaryDirectory(prefix="emulators-") as scratch:
        try:
            cloud = EmbeddedCloud(options.data_dir, Path(scratch))
        except (OSError, RuntimeError) as error:
            print(f"emulators: {error}", file=sys.stderr)
            return 1
        try:
            addresses = cloud.start(**{service: getattr(options, f"{service}_port") for service in SERVICES})
        except (OSError, RuntimeError) as error:
            cloud.stop()
            print(f"emulators: {error}", file=sys.stderr)
            return 1
        for variable, address in addresses.items():
            print(f"{_TITLES[variable]:14} export {variable}={address}")
        print("Ctrl-C stops them.", flush=True)
        over.wait()
        cloud.stop()
    print("Stopped.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
