"""Names of things in Cloud Storage and Cloud Tasks: known before the thing exists, so making the same thing twice is
harmless."""

from __future__ import annotations

from typing import Final

from common.records import segment_id

OWN_TEXT: Final = "text"
"""What a pasted text is called among the inputs of a request, where files have names of their own."""


def workflow_prefix(workflow_id: str) -> str:
    """Return the beginning of the names of a workflow's objects."""
    return f"workflows/{workflow_id}/"


def request_prefix(digits: str) -> str:
    """Return the beginning of the names of all objects of a request's workflows, whose ids share these `digits`."""
    return f"workflows/{digits}"


def workflow_of(name: str) -> str:
    """Return the id of the workflow that an object's name belongs to."""
    return name.split("/")[1]


def segment_object(workflow_id: str, index: int) -> str:
    """Return the Ogg Opus object of one segment."""
    return f"workflows/{workflow_id}/segments/{segment_id(index)}.opus"


def sources_object(workflow_id: str) -> str:
    """Return the clean sources, JSON, as the harvester leaves them for the weaver."""
    return f"workflows/{workflow_id}/sources.json"


def input_object(workflow_id: str, number: int) -> str:
    """Return a text or document that came with the request."""
    return f"workflows/{workflow_id}/input/{number:03d}"


def episode_object(workflow_id: str, name: str) -> str:
    """Return a finished artifact: `episode.ogg`, `transcript.vtt`, …"""
    return f"workflows/{workflow_id}/episode/{name}"


def episode_file(workflow_id: str, renames: int, name: str) -> str:
    """Return a finished artifact of one title: in a folder for each but the first, which most podcasts keep."""
    return episode_object(workflow_id, f"{renames}/{name}" if renames else name)


def gs_uri(bucket: str, name: str) -> str:
    return f"gs://{bucket}/{name}"


def parse_gs_uri(uri: str) -> tuple[str, str]:
    """`gs://bucket/a/b` -> ("bucket", "a/b"). Raises ValueError for anything else."""
    scheme, _, rest = uri.partition("://")
    bucket, _, name = rest.partition("/")
    if scheme != "gs" or not bucket or not name:
        raise ValueError(f"not a Cloud Storage object: {uri!r}")
    return bucket, name
