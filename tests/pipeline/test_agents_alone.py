"""Each agent runs alone, as started by the platform: its archive, its requirements, functions-framework."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import requests

from local.entry_points import ENTRY_POINTS, FOLDERS
from local.sockets import free_port
from local.stack import Stack
from tests.conftest import PATIENCE_S, eventually
from tests.pipeline.archives import linked, unpack

FURTHER = [pytest.param(name, marks=pytest.mark.nightly) for name in FOLDERS]
"""Entry points of an archive that another of the same module shows to be whole."""


@pytest.mark.parametrize("service", [*(name for name in ENTRY_POINTS if name not in FOLDERS), *FURTHER])
def test_an_agent_answers_from_its_archive_alone(service: str, stack: Stack, tmp_path: Path) -> None:
    """With its agent's own requirements each entry point answers, and refuses a stranger."""
    archive = unpack(FOLDERS.get(service, service), tmp_path / "archive")
    python = linked(archive / "requirements.txt", tmp_path / "venv")
    answer = first_answer(service, stack, archive, python, tmp_path / "log")
    assert answer.status_code == 401, answer.text
    assert answer.json()["code"] in {"token_missing", "key_missing"}


def first_answer(service: str, stack: Stack, archive: Path, python: Path, log: Path) -> requests.Response:
    """Start a service as the platform does, send a request, and stop the service."""
    port = free_port()
    env = {**stack.environment_of(service), "PYTHONPATH": ""}
    command = [str(python), "-m", "functions_framework", "--target", ENTRY_POINTS[service], "--port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=archive, env=env, stdout=output, stderr=output, start_new_session=True)
    try:
        answer: list[requests.Response] = []

        def answers() -> bool:
            assert process.poll() is None, log.read_text()
            try:
                answer[:] = [ask(service, port)]
            except requests.ConnectionError:
                return False
            return True

        eventually(answers, PATIENCE_S, log.read_text)
        return answer[0]
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def ask(service: str, port: int) -> requests.Response:
    """What a stranger would ask of it."""
    url = f"http://127.0.0.1:{port}"
    if service == "api_gateway":
        return requests.get(f"{url}/api/v1/podcasts", timeout=30)
    event = {"ce-id": "1", "ce-type": "x", "ce-source": "//aethercast/workflows/w", "ce-specversion": "1.0"}
    path = "/v1/speech" if service == "model_serving" else "/"
    return requests.post(
        url + path, json={}, headers=event if service in {"orchestrator", "dead_letters"} else {}, timeout=30
    )
