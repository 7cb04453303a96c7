"""How a turn is to be spoken, in words, for the voices that can be told."""

from __future__ import annotations

import json

from common.styles import STYLES


def style_prompt(style: str, persona: str) -> str:
    """Say how to speak in a podcast of this style as a host who is this `persona`, if anybody.

    The persona is a stranger's words: in quotes that it cannot get out of.
    """
    prompt = STYLES[style].speech
    if persona:
        quoted = json.dumps(persona, ensure_ascii=False)
        prompt += f" Who speaks is described as {quoted}; let it colour the voice only."
    return prompt
