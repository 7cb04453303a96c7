"""An instance losing its processor between requests, and coming back: Cloud Run's request-based billing.

https://cloud.google.com/run/docs/configuring/billing-settings. Gunicorn takes a worker that was still for longer than
its timeout for dead; connections, tokens and loaded engines would be lost.
"""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import requests

from local.entry_points import ENTRY_POINTS
from local.sockets import free_port
from tests.conftest import PATIENCE_S, eventually
from tests.pipeline.archives import unpack
from tests.terraform.extract_schema import ROOT
from tests.terraform.offline import Offline
from tests.terraform.test_archives import archives

pytestmark = pytest.mark.xdist_group("deployment")

AGENT = "voice_forge"
TIMEOUT_S = 1
"""The service's timeout as the platform tells it, 180 s in the cloud: functions-framework hands it on to gunicorn."""
LOOK_S = 1.5
"""Gunicorn's arbiter looks after its workers once a second."""


class Instance:
    """An agent as it is deployed: its archive, the environment given by Terraform, and functions-framework."""

    def __init__(self, deployment: Offline, folder: Path) -> None:
        source = unpack(AGENT, folder / "archive")
        with zipfile.ZipFile(archives(deployment)[AGENT]) as archive:
            (source / "main.py").write_bytes(archive.read("main.py"))
        [config] = [
            function["service_config"][0]
            for function in deployment.cloud.of_type("google_cloudfunctions2_function")
            if function["name"] == "aethercast-voice-forge"
        ]
        secrets = {secret["key"]: "a-secret" for secret in config["secret_environment_variables"]}
        port = free_port()
        platform = {"PORT": str(port), "K_SERVICE": "aethercast-voice-forge", "FUNCTION_TARGET": ENTRY_POINTS[AGENT]}
        self._log = folder / "log"
        with self._log.open("w") as log:
            self._arbiter = subprocess.Popen(
                [sys.executable, "-m", "functions_framework", "--target", ENTRY_POINTS[AGENT]],
                cwd=source,
                env={
                    "PATH": os.environ["PATH"],
                    **config["environment_variables"],
                    **secrets,
                    **platform,
                    "CLOUD_RUN_TIMEOUT_SECONDS": str(TIMEOUT_S),
                },
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._url = f"http://127.0.0.1:{port}"
        eventually(self._listens, PATIENCE_S, self._log.read_text)

    def ask(self) -> int:
        """What a stranger's task is answered: nothing outside this machine is contacted."""
        return requests.post(self._url, json={}, timeout=10).status_code

    def workers(self) -> list[int]:
        return [child.pid for child in psutil.Process(self._arbiter.pid).children()]

    def freeze(self) -> None:
        for pid in (self._arbiter.pid, *self.workers()):
            os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Have the arbiter run first, in whose eyes the worker has then been still for as long as it was frozen."""
        frozen = self.workers()
        os.kill(self._arbiter.pid, signal.SIGCONT)
        time.sleep(LOOK_S)
        for pid in frozen:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def stop(self) -> None:
        os.killpg(self._arbiter.pid, signal.SIGKILL)
        self._arbiter.wait()

    def _listens(self) -> bool:
        assert self._arbiter.poll() is None, self._log.read_text()
        try:
            return bool(self.ask())
        except requests.ConnectionError:
            return False


@pytest.fixture
def instance(deployment: Offline, tmp_path: Path) -> Iterator[Instance]:
    running = Instance(deployment, tmp_path)
    yield running
    running.stop()


def test_a_worker_outlives_being_frozen_for_longer_than_its_services_timeout(instance: Instance) -> None:
    before = instance.workers()
    assert before
    instance.freeze()
    time.sleep(TIMEOUT_S + LOOK_S)
    with ThreadPoolExecutor(1) as caller:
        asked = caller.submit(instance.ask)
        instance.thaw()
        assert asked.result() == 401
    assert instance.workers() == before


def test_the_streamers_worker_has_no_timeout_either() -> None:
    assert runpy.run_path(str(ROOT / "streamer" / "gunicorn.conf.py"))["timeout"] == 0
