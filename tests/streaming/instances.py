"""Streamers as processes, served as in production, and a balancer in front of several."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
import uuid
from pathlib import Path

import requests
from prometheus_client.parser import text_string_to_metric_families

from local.processes import Child
from tests.conftest import ROOT, eventually
from tests.streaming.harness import ORCHESTRATOR, PROJECT, STREAMER, StreamerHarness

PATH = "/api/v1/podcasts/stream"


class Instance:
    """One streamer. `settings` are those of common/settings.py, by their names in the environment."""

    def __init__(self, harness: StreamerHarness, folder: Path, **settings: str) -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=2048) as bound:  # the process alone holds it afterwards
            self.port = int(bound.getsockname()[1])
            self.url = f"http://127.0.0.1:{self.port}"
            self.stream = f"ws://127.0.0.1:{self.port}{PATH}"
            env = {
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "GOOGLE_CLOUD_PROJECT": PROJECT,
                "GATEWAY_URL": harness.gateway_url,
                "STREAMER_URL": self.url,
                "NOTIFY_CALLERS": ORCHESTRATOR,
                "GOOGLE_APPLICATION_CREDENTIALS": harness.key_file(STREAMER),
                **harness.env,
                **settings,
            }
            command = [sys.executable, "-m", "gunicorn", "-c", "streamer/gunicorn.conf.py"]
            command += ["--bind", f"fd://{bound.fileno()}", "streamer.main:app"]
            log = folder / f"streamer-{uuid.uuid4().hex[:8]}.log"
            self._log = log
            self.child = Child("streamer", command, env=env, log=log, pass_fds=[bound.fileno()])

    def await_ready(self) -> None:
        eventually(self._ready, otherwise=self.child.last_words)

    def terminate(self) -> None:
        """SIGTERM, as the platform sends it; returns at once."""
        self.child.process.send_signal(signal.SIGTERM)

    def await_end(self, within_s: float) -> int:
        """The exit status, once the process has ended. Raises TimeoutExpired."""
        return self.child.process.wait(within_s)

    def log(self) -> str:
        """All that it has logged so far."""
        return self._log.read_text()

    def metrics(self) -> dict[str, float]:
        """Every sample of /metrics, by name and labels: `asf_disconnects_total{reason="left"}`."""
        text = requests.get(f"{self.url}/metrics", timeout=10).text
        found = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
                found[f"{sample.name}{{{labels}}}" if labels else sample.name] = float(sample.value)
        return found

    def _ready(self) -> bool:
        status = self.child.process.poll()
        assert status is None, f"ended with {status}: {self.child.last_words()}"
        try:
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except requests.RequestException:
            return False


class Balancer:
    """Hands each connection to the next of `instances`, a list that may change; TCP alone, as it comes."""

    def __init__(self, instances: list[Instance]) -> None:
        self.instances = instances
        self._taken = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="balancer", daemon=True)

    def __enter__(self) -> Balancer:
        self._thread.start()
        started = asyncio.start_server(self._carry, "127.0.0.1", 0, backlog=256)
        self._server = asyncio.run_coroutine_threadsafe(started, self._loop).result(10)
        self.stream = f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}{PATH}"
        return self

    def __exit__(self, *exc: object) -> None:
        async def stop() -> None:
            self._server.close()
            carrying = asyncio.all_tasks() - {asyncio.current_task()}
            for task in carrying:
                task.cancel()
            await asyncio.gather(*carrying, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._taken += 1
        try:
            instance = self.instances[self._taken % len(self.instances)]
            there, here = await asyncio.open_connection("127.0.0.1", instance.port)
        except OSError:
            writer.transport.abort()
            return
        await asyncio.gather(_pipe(reader, here), _pipe(there, writer))


async def _pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(65536):
            sink.write(data)
            await sink.drain()
    sink.close()
