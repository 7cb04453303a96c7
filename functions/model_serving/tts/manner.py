"""How a turn is to be spoken, in words, for the voices that can be told."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from pathlib import Path


def manner(style: str, persona: str) -> str:
    """What a voice is told for a podcast of this style and a host who is this `persona`, if anybody.

    The persona is a stranger's words: in quotes that it cannot get out of.
    """
    told = _styles()[style]
    if persona:
        told += f" Who speaks is described as {json.dumps(persona, ensure_ascii=False)}; let it colour the voice only."
    return told


@cache
def _styles() -> dict[str, str]:
    return tomllib.loads((Path(__file__).parent / "manners.toml").read_text())
