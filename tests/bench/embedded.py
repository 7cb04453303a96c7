"""A podcast in an embedded voice: nox -s bench -- embedded [ENGINE …] [--times N] [--minutes N] [--json FILE].

On a running stack, each function a process of its own, with a text of the project's own:

    first_packet_ms     the click until the first packet, p50 and p95 of so many podcasts, one after the other
    unvoiced_ms         of that, of the first one, no word of whose greeting was voiced beforehand
    two_at_once_stalls  how often a listener to either of two podcasts, made at the same time, is out of sound
    silent_s            and for how long in all
    made_s, heard_s     until the last packet of the later one was there, and how long the two are heard together

Then, in a process of its own, what an instance takes until the voice is loaded, beside nothing else:

    ready_s, ready_cpu_s, resident_mb
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from common.contract import PACKET_MS  # noqa: E402 - after the path is laid
from local.stack import Options, Stack  # noqa: E402
from tests.bench.pipeline import first_sound, made  # noqa: E402

ENGINES = ("hibari", "espeak")
LOADED = """
import resource, sys, time
began = time.monotonic()
from common.settings import Settings
from functions.model_serving import tts
engine = tts.engine(Settings(speech_engine=sys.argv[1]))
if isinstance(engine, tts.Warmable):
    engine.warm_up()
used = resource.getrusage(resource.RUSAGE_SELF)
print(time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", nargs="*", default=ENGINES)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    options = parser.parse_args()
    told: dict[str, Any] = {}
    for engine in options.engine:
        told[engine] = {**_heard(engine, options.times, options.minutes), **_loaded(engine)}
        print(engine, told[engine], flush=True)
    if options.json:
        options.json.write_text(json.dumps(told, indent=2) + "\n")
    return 0


def _heard(engine: str, times: int, minutes: float) -> dict[str, Any]:
    with Stack(Options(environment=(("SPEECH_ENGINE", engine),), isolate=True)) as stack:
        made_ms = [1000 * first_sound(stack, 1) for _ in range(times)]
        with ThreadPoolExecutor(2) as listeners:
            two = list(listeners.map(lambda _: made(stack, minutes), range(2)))
    return {
        "first_packet_ms": [round(statistics.median(made_ms)), round(statistics.quantiles(made_ms, n=20)[-1])],
        "unvoiced_ms": round(made_ms[0]),
        "two_at_once_stalls": [run.stalls() for run in two],
        "silent_s": [round(sum(run.silences()), 2) for run in two],
        "made_s": round(max(run.arrived[-1] - run.clicked for run in two), 1),
        "heard_s": round(sum(len(run.heard.packets) for run in two) * PACKET_MS / 1000, 1),
    }


def _loaded(engine: str) -> dict[str, float]:
    runs = []
    for _ in range(3):
        answer = subprocess.run(
            [sys.executable, "-c", LOADED, engine],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        runs.append([float(figure) for figure in answer.stdout.split()[-3:]])
        time.sleep(0.1)
    ready, cpu, resident = (statistics.median(each) for each in zip(*runs, strict=True))
    return {"ready_s": round(ready, 2), "ready_cpu_s": round(cpu, 2), "resident_mb": round(resident)}


if __name__ == "__main__":
    sys.exit(main())
