"""Programs that run beside a test: browsers and what they need."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from typing import Any


@contextlib.contextmanager
def running(command: list[str], environment: dict[str, str], **more: Any) -> Iterator[subprocess.Popen[Any]]:
    """A program over the block, which is ended by force where it does not go within 10 s."""
    process = subprocess.Popen(
        command,
        env={"PATH": os.environ["PATH"], **environment},
        **{"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **more},
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
