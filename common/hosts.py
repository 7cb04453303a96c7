"""Who speaks: the hosts of a podcast, by name, voice and persona."""

from __future__ import annotations

from typing import TypedDict

from common.records import Host, Wishes

VOICES = ("first", "second", "third", "fourth")
"""The voices that every speech engine has in every language, chosen to be told apart: of each host by place."""
DEFAULT_HOSTS = ({"name": "Ada", "voice": VOICES[0]}, {"name": "Ben", "voice": VOICES[1]})


class Presenter(TypedDict):
    """One host as they speak: the `persona` is empty unless requested."""

    name: str
    voice: str
    persona: str


def hosts_of(request: Wishes) -> list[Presenter]:
    """Return the hosts of a podcast, in the order they speak first."""
    asked: list[Host] = request.hosts or [Host(name=host["name"]) for host in DEFAULT_HOSTS]
    return [
        Presenter(
            name=host["name"],
            voice=host.get("voice") or voice,
            persona=host.get("persona") or "",
        )
        for host, voice in zip(asked, VOICES, strict=False)
    ]
