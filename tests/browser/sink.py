"""A sound card that nobody hears: a PulseAudio server of its own, with a single recorded sink.

https://www.freedesktop.org/wiki/Software/PulseAudio/Documentation/User/Modules/
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path

from common import contract
from tests.browser.programs import running
from tests.browser.scripted_podcast import TONES, frequency_hz
from tests.conftest import eventually

STARTS_WITHIN_S = 30
WINDOW_S = 0.05
NEAR_HZ = 25
SOUNDING = 0.01
"""Of full scale: the tones are at a third of it."""


def missing() -> list[str]:
    """The host's missing parts: each a package of Debian's."""
    found = {
        "pulseaudio": shutil.which("pulseaudio"),
        "pulseaudio-utils": shutil.which("parec"),
        "gstreamer1.0-pulseaudio": next(Path("/usr/lib").glob("*/gstreamer-1.0/libgstpulseaudio.so"), None),
    }
    return [package for package, there in found.items() if not there]


class Sink:
    """What programs in `environment` play is recorded from the beginning."""

    def __init__(self, folder: Path) -> None:
        self.environment = {"PULSE_SERVER": f"unix:{folder}/native", "XDG_RUNTIME_DIR": str(folder)}
        self.recording = folder / "heard.f32"

    def seconds(self) -> list[tuple[int | None, float]]:
        """Which second of a scripted podcast was heard, and for how long (s), one after the other; None for silence."""
        import numpy as np

        rate = contract.SAMPLE_RATE
        size = int(rate * WINDOW_S)
        samples = np.fromfile(self.recording, dtype="<f4")
        windows = samples[: len(samples) // size * size].reshape(-1, size)
        spectra = np.abs(np.fft.rfft(windows * np.hanning(size), n=4 * size))
        loudest = spectra.argmax(axis=1) * rate / (4 * size)
        heard = [
            _second(hz) if level > SOUNDING else None
            for hz, level in zip(loudest, np.abs(windows).max(axis=1), strict=True)
        ]
        return [(second, WINDOW_S * len(list(run))) for second, run in groupby(heard)]

    def played(self) -> list[tuple[int | None, float]]:
        """The same, from the first sound to the last."""
        found = self.seconds()
        sounding = [at for at, (second, _) in enumerate(found) if second is not None]
        return found[sounding[0] : sounding[-1] + 1] if sounding else []


def _second(hz: float) -> int:
    """The second whose tone this is; -1 for none."""
    nearest = min(range(TONES), key=lambda second: abs(frequency_hz(second) - hz))
    return nearest if abs(frequency_hz(nearest) - hz) < NEAR_HZ else -1


@contextlib.contextmanager
def recorded() -> Iterator[Sink]:
    """Such a sound card over the block."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        sink = Sink(Path(folder))
        home = {"HOME": folder, **sink.environment}
        rate = f"rate={contract.SAMPLE_RATE} channels=1"
        modules = (
            f"module-null-sink sink_name=ears format=float32le {rate}",
            f"module-native-protocol-unix auth-anonymous=1 socket={folder}/native",
        )
        server = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
        with running([*server, *(f"--load={module}" for module in modules)], home):
            eventually((Path(folder) / "native").exists, STARTS_WITHIN_S)
            record = ["parec", "--device=ears.monitor", "--raw", "--format=float32le", f"--rate={contract.SAMPLE_RATE}"]
            with sink.recording.open("wb") as into, running([*record, "--channels=1"], home, stdout=into):
                eventually(lambda: sink.recording.stat().st_size > 0, STARTS_WITHIN_S)
                yield sink


def gaps(played: list[tuple[int | None, float]]) -> float:
    """How long nothing was heard in the midst of it, in seconds."""
    return sum(length for second, length in played if second is None)


def in_order(played: list[tuple[int | None, float]]) -> list[int]:
    """List the seconds heard for longer than a step to the next takes."""
    heard = [second for second, length in played if second is not None and length > 2 * WINDOW_S]
    return heard[:1] + [after for before, after in pairwise(heard) if after != before]
