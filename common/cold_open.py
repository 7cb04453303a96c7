"""The words possible before any source was read: a greeting from the request alone, and an apology when a turn fails.

The gateway commits the greeting with the podcast. The apology is the orchestrator's; everything else is the script
weaver's.
"""

from __future__ import annotations

from itertools import takewhile

from common.hosts import hosts_of
from common.languages import pack_of
from common.records import Segment, Workflow
from common.states import SegmentState
from common.text.titles import with_title


def greeting(workflow: Workflow) -> list[Segment]:
    """Return the first segments of this workflow, in its language as far as that is known yet."""
    host = hosts_of(workflow.request)[0]
    return [
        Segment(
            index=index,
            kind="cold_open",
            speaker=host["name"],
            voice=host["voice"],
            language=workflow.language,
            text=with_title(breath, workflow.title, workflow.language, host=host["name"]),
            chapter="",
            state=SegmentState.SCRIPTED,
            expires_at=workflow.expires_at,
        )
        for index, breath in enumerate(breaths(workflow.language, starting=workflow.starting))
    ]


def breaths(language: str, *, starting: bool) -> tuple[str, ...]:
    """Write a greeting of {host} and {title}, longer where services are only just `starting`."""
    pack = pack_of(language)
    first = before_title(language)
    return (*first, *((pack.settling,) if starting else ()), *pack.greeting[len(first) :])


def before_title(language: str) -> tuple[str, ...]:
    """Return the breaths before the first that names the podcast's title."""
    return tuple(takewhile(lambda breath: "{title}" not in breath, pack_of(language).greeting))


def apology(workflow: Workflow) -> str:
    """Return the words in place of a turn refused by every engine."""
    return pack_of(workflow.language).apology
