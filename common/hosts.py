"""Who speaks: the hosts of a podcast, by name, voice and persona."""

from __future__ import annotations

from typing import Any

DEFAULT_HOSTS = ({"name": "Ada", "voice": "first"}, {"name": "Ben", "voice": "second"})
"""`first` and `second` are the voices that every speech engine has in every language, chosen to be told apart."""


def hosts_of(workflow: dict[str, Any]) -> list[dict[str, str]]:
    """The hosts of a workflow, each with a `name`, a `voice` and a `persona`, in the order they speak first."""
    asked: list[dict[str, str]] = workflow["request"].get("hosts") or [dict(host) for host in DEFAULT_HOSTS]
    return [
        {
            "name": host["name"],
            "voice": host.get("voice") or default["voice"],
            "persona": host.get("persona") or "",
        }
        for host, default in zip(asked, DEFAULT_HOSTS, strict=False)
    ]
