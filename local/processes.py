"""Child processes that never outlive their parent: started in the background, watched, stopped in order."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from local.entry_points import ROOT

STOP_TIMEOUT_S = 12.0
"""How long a process may take to stop; the streamer tells its listeners first, and has 8 s for it."""


class Child:
    """One process of the stack, its output in a log file. `pass_fds` are sockets that it inherits.

    An `unhurried` process has only the processor time left by others.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        log: Path,
        pass_fds: Sequence[int] = (),
        unhurried: bool = False,
    ) -> None:
        self.name = name
        self.log = log
        self._command, self._env, self._pass_fds = list(command), dict(env), tuple(pass_fds)
        self._unhurried = unhurried
        self.process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        with self.log.open("a") as log:
            return subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if self.name == "cloud" else log,
                stderr=log,
                pass_fds=self._pass_fds,
                process_group=0,  # Ctrl-C is the launcher's to handle, in its order
                preexec_fn=self._begin,  # noqa: PLW1509 - it takes no lock
                text=True,
            )

    def _begin(self) -> None:
        if sys.platform == "linux":
            _die_with_parent()
        if self._unhurried:
            _give_way()

    def restart(self) -> None:
        """Start the process again with the same command, sockets and environment, after it was killed."""
        self.process.wait()
        self.process = self._start()

    def kill(self) -> None:
        """SIGKILL to the process and to all its descendants, also after the process itself is gone."""
        _signal(self.process.pid, signal.SIGKILL)
        self.process.wait()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Give the process, and all it has started, no processor time while the block runs."""
        group = self.process.pid
        _signal(group, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal(group, signal.SIGCONT)

    def terminate(self) -> None:
        """Ask the process to end (SIGTERM), without waiting."""
        if self.process.poll() is None:
            self.process.terminate()

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for survivors after STOP_TIMEOUT_S."""
        self.terminate()
        self.await_end()

    def await_end(self) -> None:
        """Wait for the requested end; SIGKILL for survivors after STOP_TIMEOUT_S."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(STOP_TIMEOUT_S)
        self.kill()

    def last_words(self, lines: int = 15) -> str:
        """Return the end of its log, for a message about why it died."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def _signal(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody of the group is left
        os.killpg(group, number)


def _die_with_parent() -> None:
    """Have the kernel end this process when its parent is gone, however that ended (prctl(2), PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _give_way() -> None:
    """Have this process run only while no other of the stack wants to (sched(7), SCHED_IDLE).

    Linux weighs whole sessions against each other first, so this holds among those of one session: children have a
    process group of their own, and no session.
    """
    os.nice(19)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # not everywhere allowed
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
