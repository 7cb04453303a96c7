"""`nox -s local`: start a stack, print its addresses, and keep running until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from local.endpoints import announced, running, welcome
from local.network import add_network_arguments, network_of
from local.stack import Options, Stack, StackError


def main() -> int:
    options = _options()
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    if there := running():
        print(f"A stack of this checkout runs already, at {there.player_url} (process {there.pid}).", file=sys.stderr)
        return 1
    try:
        print("Starting …", flush=True)
        with Stack(options) as stack, announced(stack.endpoints):
            print(welcome(stack.endpoints), flush=True)
            stack.wait()
    except StackError as error:
        print(f"Aethercast: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", flush=True)
    return 0


def _options() -> Options:
    parser = argparse.ArgumentParser(
        prog="nox -s local --",
        description="Run all of Aethercast on this machine: the player, the API, and the Google APIs behind them.",
        epilog="Prints where the player is and a ready-made request, then runs until Ctrl-C. Nothing listens beyond"
        " this machine.",
    )
    parser.add_argument(
        "--port", type=_port, default=8080, help="the player's port; the API's is the next (default 8080; 0: any)"
    )
    parser.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="keep podcasts here from one run to the next (default: forget all)"
    )
    parser.add_argument("--isolate", action="store_true", help="a process for every function, as in the cloud")
    parser.add_argument(
        "--allow-private", action="store_true", help="let links lead to this machine and private networks"
    )
    add_network_arguments(parser)
    given = parser.parse_args()
    return Options(
        player_port=given.port,
        api_port=given.port + 1 if given.port else 0,
        data_dir=given.data_dir,
        isolate=given.isolate,
        private_addresses=given.allow_private,
        tell=lambda what: print(what, flush=True),
        network=network_of(given),
    )


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) >= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port from 0 to 65534")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
