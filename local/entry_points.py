"""What is deployed: the entry points of every function, by the folder that each lives in."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

ENTRY_POINTS = {
    "api_gateway": "api_gateway",
    "orchestrator": "orchestrate",
    "dead_letters": "bury",
    "sweeper": "sweep",
    "content_harvester": "harvest_task",
    "script_weaver": "weave_script_task",
    "voice_forge": "forge_voice_task",
    "model_serving": "serve_models",
    "mastering": "master_task",
    "editions": "make_editions_task",
    "webhooks": "deliver_webhook_task",
}
"""Service -> entry point. A service is named after its folder, but for those of FOLDERS."""

FOLDERS = {
    "dead_letters": "orchestrator",
    "sweeper": "orchestrator",
    "editions": "mastering",
    "webhooks": "api_gateway",
}

UNHURRIED = {"editions"}
"""What nobody waits for. Here it has a process of its own, and only the time that the others leave of the processor: in
the cloud no podcast's encoder slows the first sound of another, and on one machine none is to, either.
"""


def source_of(name: str) -> Path:
    """Return the main.py that a service starts from."""
    return ROOT / "functions" / FOLDERS.get(name, name) / "main.py"
