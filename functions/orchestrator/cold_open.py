"""What can be said before anything was read: a greeting from the request alone, and an apology when a turn fails.

The only words that the orchestrator puts into a podcast; everything else is the script weaver's.
"""

from __future__ import annotations

from typing import Any

from common.documents import new_segment
from common.hosts import hosts_of
from common.languages import pack_of


def greeting(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    """The first segments of this workflow, in its language as far as that is known yet."""
    host = hosts_of(workflow)[0]
    title = workflow["title"].rstrip(".!?… ")
    return [
        new_segment(
            index,
            kind="cold_open",
            speaker=host["name"],
            voice=host["voice"],
            language=workflow["language"],
            text=breath.format(host=host["name"], title=title),
            chapter="",
            expires_at=workflow["expires_at"],
        )
        for index, breath in enumerate(pack_of(workflow["language"]).greeting)
    ]


def apology(workflow: dict[str, Any]) -> str:
    """What is said in place of a turn that no engine would voice."""
    return pack_of(workflow["language"]).apology
