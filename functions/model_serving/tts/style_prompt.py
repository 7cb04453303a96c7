"""Instruction on how to speak a turn, in words, for voices open to instructions."""

from __future__ import annotations

import json

from common.styles import STYLES


def style_prompt(style: str, persona: str) -> str:
    """Say how to speak in a podcast of this style as a host with this `persona`, if any.

    The persona is a stranger's words: in quotes, from which no word can get out.
    """
    prompt = STYLES[style].speech
    if persona:
        quoted = json.dumps(persona, ensure_ascii=False)
        prompt += f" Who speaks is described as {quoted}; let it colour the voice only."
    return prompt
