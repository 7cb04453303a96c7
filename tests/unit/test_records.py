"""Documents of other versions of this software: read, and written back with nothing lost.

`recorded/documents.json` holds documents as they were in Firestore before there were records: each state and kind.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from common import records
from common.records import LONG_AGO, Segment, Workflow
from common.shapes import Record
from common.states import STAGES, SegmentState, StageState, WorkflowState
from common.store import paths

RECORDED = json.loads((Path(__file__).parent / "recorded" / "documents.json").read_text(encoding="utf-8"))
LATER = {"colour": "blue", "ears": {"left": 1, "right": [2, None]}}
"""Fields of a version to come."""


def restored(value: Any) -> Any:
    """What was recorded, its times as times and its bytes as bytes."""
    match value:
        case {"$time": moment}:
            return datetime.fromisoformat(moment)
        case {"$bytes": encoded}:
            return base64.b64decode(encoded)
        case Mapping():
            return {name: restored(part) for name, part in value.items()}
        case list():
            return [restored(part) for part in value]
    return value


each_document = pytest.mark.parametrize(
    ("kind", "document"),
    [pytest.param(one["record"], restored(one["document"]), id=one["name"]) for one in RECORDED],
)


def shape(kind: str) -> type[Record]:
    found: type[Record] = getattr(records, kind)
    return found


KINDS = {name for name, found in vars(records).items() if isinstance(found, type) and issubclass(found, Record)} - {
    "Record"
}


def test_every_kind_of_record_was_recorded() -> None:
    assert {one["record"] for one in RECORDED} == KINDS


def test_the_list_of_records_has_all_that_there_are_and_where_they_are_kept() -> None:
    """The module's own text, which whoever looks for a document reads first."""
    listed = re.findall(r"^    (\w+)/\{\S+ +([A-Z]\w+) ", str(records.__doc__), re.MULTILINE)
    assert {kind for _, kind in listed} == KINDS
    collections = {path[0] for name, path in vars(paths).items() if name.isupper()}
    assert collections == {collection for collection, _ in listed}


@each_document
def test_a_document_of_the_version_before_is_written_back_as_it_was(kind: str, document: dict[str, Any]) -> None:
    record = shape(kind).of(document)
    assert record.document() == document
    assert record.unknown == {}, "a field without a name here"
    assert record.changes_since(record) == {}


@each_document
def test_what_a_later_version_has_added_is_kept(kind: str, document: dict[str, Any]) -> None:
    later = {**document, **LATER}
    if kind == "Workflow":
        later["request"] = {**document["request"], **LATER}
    record = shape(kind).of(later)
    assert record == shape(kind).of(document)
    assert record.document() == later
    if isinstance(record, Workflow):
        renamed = replace(record, title="Another")
        assert renamed.document() == {**later, "title": "Another"}
        assert renamed.changes_since(record) == {"title": "Another"}


@each_document
@pytest.mark.parametrize("null", [False, True])
def test_a_field_that_is_not_there_yet_has_a_default(null: bool, kind: str, document: dict[str, Any]) -> None:
    """Or is null, where null is no value."""
    for name in document:
        without = {**document, name: None} if null else {key: value for key, value in document.items() if key != name}
        record = shape(kind).of(without)
        assert hasattr(record, name)
        assert record == shape(kind).of(record.document())


def test_of_nothing_there_is_a_record_that_leads_nowhere() -> None:
    workflow = Workflow.of({})
    assert (workflow.generating, workflow.audible, workflow.artifacts) == (False, False, None)
    assert workflow.stages == dict.fromkeys(STAGES, StageState.PENDING)
    assert (workflow.request.urls, workflow.request.minutes, workflow.created_at) == ([], 5, LONG_AGO)


def test_a_change_touches_what_somebody_set_and_nothing_else() -> None:
    before = Workflow.of(
        {"state": "GENERATING", "stages": {"harvest": "DONE", "weave": "RUNNING"}, "artifacts": {"audio": "gs://a/1"}}
    )
    after = replace(before.at(weave=StageState.DONE), segments_total=0, artifacts={"audio": "gs://a/1", "mp3": "m"})
    assert after.changes_since(before) == {"stages.weave": "DONE", "segments_total": 0, "artifacts.mp3": "m"}
    ended = replace(before, state=WorkflowState.FAILED, error={"code": "stuck", "message": "It is."})
    assert ended.changes_since(before) == {"state": "FAILED", "error": {"code": "stuck", "message": "It is."}}
    assert before.changes_since(ended) == {"state": "GENERATING", "error": None}


def test_what_the_voice_of_a_turn_is_like_is_stored_even_where_it_is_nothing() -> None:
    """A streamer reads the pre-skip of every voiced turn, and that may be 0."""
    scripted = Segment.of({"index": 3, "kind": "turn", "state": "SCRIPTED", "text": "Hello."})
    voiced = replace(scripted, state=SegmentState.FORGED, audio="gs://a/3", packets=5)
    facts = {"packets": 5, "pre_skip": 0, "duration_ms": 0, "engine": "", "characters": 0}
    times = {"forging_at": None, "forged_at": None}
    assert voiced.changes_since(scripted) == {"state": "FORGED", "audio": "gs://a/3", **facts, **times}
    assert "packets" not in scripted.document()
