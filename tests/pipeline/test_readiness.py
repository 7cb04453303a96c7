"""A first request finds its imports loaded since the instance's start, where the setting says so."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

FIRST_USE = """
import importlib, json, sys
importlib.import_module("functions.{agent}.main")
loaded = set(sys.modules)
from common import clients
for make in {uses}:
    eval(make)
print(json.dumps(sorted(set(sys.modules) - loaded)))
"""
CLIENTS = {
    "firestore": "clients.firestore_client('project', '(default)')",
    "events": "clients.publisher_client()",
    "tasks": "clients.tasks_client('127.0.0.1:1')",
    "storage": "clients.storage_client('project')",
}
ENGINES = [
    f"sys.modules['functions.model_serving.main'].{engine}"
    for engine in ("speech_engine('google').warm_up()", "writer('gemini')")
]
NOWHERE = dict.fromkeys(("FIRESTORE_EMULATOR_HOST", "PUBSUB_EMULATOR_HOST"), "127.0.0.1:1") | {
    "STORAGE_EMULATOR_HOST": "http://127.0.0.1:1",
    "SPEECH_ENGINE": "google",
    "LANGUAGE_ENGINE": "gemini",
    "GOOGLE_CLOUD_PROJECT": "project",
}


def imported_at_first_use(agent: str, uses: list[str], load_on_start: str) -> list[str]:
    """The modules that making ready imports, in a process of its own."""
    code = FIRST_USE.format(agent=agent, uses=uses)
    env = {**os.environ, **NOWHERE, "LOAD_ON_START": load_on_start}
    answer = subprocess.run(
        [sys.executable, "-c", code], env=env, check=False, capture_output=True, text=True, timeout=60
    )
    assert answer.returncode == 0, answer.stderr
    return list(json.loads(answer.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("agent", "uses"),
    [
        ("orchestrator", [CLIENTS["firestore"], CLIENTS["tasks"]]),
        ("script_weaver", [CLIENTS["firestore"], CLIENTS["events"], CLIENTS["storage"]]),
        ("model_serving", [CLIENTS["storage"], *ENGINES]),
    ],
)
def test_a_first_request_imports_nothing_where_libraries_are_loaded_at_the_start(agent: str, uses: list[str]) -> None:
    assert imported_at_first_use(agent, uses, "true") == []


def test_a_laptop_loads_what_it_uses() -> None:
    assert "google.genai" in imported_at_first_use("model_serving", ENGINES, "false")
