"""The machine that is measured on: cores, limits, and the use of both by a process (proc(5))."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")
PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
FILES: Final = 1 << 16


@dataclass(frozen=True)
class Usage:
    """The use of a process and its children: CPU in seconds since they began, memory in bytes, threads.

    `system_s` is the kernel's part: on the loopback interface that is the receivers' work too.
    """

    cpu_s: float
    system_s: float
    resident: int
    threads: int


def share_cores() -> tuple[int, set[int]]:
    """The core for the server, and those for everything else; this process and its children keep to the latter.

    Raises SystemExit on a machine with a single core.
    """
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        raise SystemExit("Two cores are needed: one for the server, and one for the load.")
    server, others = cores[-1], set(cores[:-1])
    os.sched_setaffinity(0, others)
    return server, others


def raise_file_limit() -> None:
    """Have room for a few thousand sockets, here and in what is started from here."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def usage(pid: int) -> Usage:
    """The use of `pid` and all its descendants."""
    processes = [pid]
    for each in processes:
        processes += _children(each)
    cpu_s, system_s, resident, threads = 0.0, 0.0, 0, 0
    for each in processes:
        # The name, in brackets, may hold spaces; what follows it is counted from field 3 on
        values = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        cpu_s += (int(values[11]) + int(values[12])) * TICK_S
        system_s += int(values[12]) * TICK_S
        threads += int(values[17])
        resident += int(values[21]) * PAGE_BYTES
    return Usage(cpu_s, system_s, resident, threads)


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    return [int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()]
