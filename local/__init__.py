"""The launcher, which runs everything on a single machine: the embedded cloud (emulators/), the functions and the
streamer.

Only `tests/` and `noxfile.py` import this package; the product reaches the emulators over the network, as in the cloud.
"""

import os
import sys
from types import TracebackType

# What is done between fork and exec for a child (processes.py) takes a real fork, which gRPC's own handlers do not
# survive where a channel is in use: the child dies of "epoll_wait: Bad file descriptor" (grpc issue 43055). gRPC reads
# this once, when it is imported.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "false")


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Tell of what ended a command: Ctrl-C, which may come while its libraries are loaded, in a word."""
    if issubclass(kind, KeyboardInterrupt):
        print("\nStopped.", file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)


if sys.argv[0] == "-m":  # as it is while `python -m local.SOMETHING` looks for its module
    sys.excepthook = _tell
