"""The WebSocket wire: messages survive the round trip, and no input does harm."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common import wire
from common.contract import SegmentKind, SegmentState
from common.records import Segment

packets = some.lists(some.binary(min_size=1, max_size=1275), min_size=1, max_size=60)


@given(some.integers(0, 2**32 - 1), packets)
def test_packets_come_out_as_they_went_in(first: int, sent: list[bytes]) -> None:
    assert wire.unpack_packets(wire.pack_packets(first, sent)) == (first, sent)


def test_the_header_is_big_endian_as_specified() -> None:
    assert wire.pack_packets(1, [b"ab", b"c"]) == bytes.fromhex("00000001 0002 0002 0001") + b"abc"


@given(some.binary(max_size=200))
def test_a_malformed_message_is_a_wire_error(message: bytes) -> None:
    try:
        first, found = wire.unpack_packets(message)
    except wire.WireError:
        return
    assert wire.pack_packets(first, found) == message


json_values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=12), inner, max_size=4),
)
TYPES = ["start", "resume", "pause_request", "resume_request", "client_metrics", "nonsense", 7, None]
FIELDS = ["stream_id", "resume_token", "next_packet", "window_ms", *sorted(wire.CLIENT_METRICS)]


@given(some.sampled_from(TYPES), some.dictionaries(some.sampled_from(FIELDS), json_values))
def test_a_client_message_is_understood_or_a_wire_error(kind: object, fields: dict[str, object]) -> None:
    try:
        understood = wire.parse_client_message(json.dumps({"type": kind, **fields}))
    except wire.WireError as error:
        assert error.code
    else:
        assert kind in TYPES[:5]
        assert understood is not None


@given(some.text(max_size=300) | some.binary(max_size=50))
def test_anything_else_is_a_wire_error(text: str | bytes) -> None:
    try:
        parsed = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        with pytest.raises(wire.WireError):
            wire.parse_client_message(text)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("[" * 100_000, "message_too_large"),
        ("[" * 4000, "message_malformed"),
        ('{"type":"start"}', "field_invalid"),
        ('{"type":"start","stream_id":""}', "field_invalid"),
        ('{"type":"start","stream_id":"é"}', "field_invalid"),
        ('{"type":"resume","resume_token":"a"}', "field_invalid"),
        ('{"type":"resume","resume_token":"a","next_packet":-1}', "field_invalid"),
        ('{"type":"resume","resume_token":"a","next_packet":true}', "field_invalid"),
        ('{"type":"start","stream_id":"a","window_ms":1}', "field_invalid"),
        ('{"type":"client_metrics","played_ms":NaN}', "field_invalid"),
        ('{"type":"client_metrics","played_ms":1e999}', "field_invalid"),
        (b"\x00", "binary_unexpected"),
    ],
)
def test_each_kind_of_bad_message_has_its_code(message: str | bytes, code: str) -> None:
    with pytest.raises(wire.WireError) as raised:
        wire.parse_client_message(message)
    assert raised.value.code == code


def test_the_good_ones_are_read() -> None:
    parse = wire.parse_client_message
    assert parse('{"type":"start","stream_id":"a"}') == wire.Start("a", 0, None)
    assert parse('{"type":"start","stream_id":"a","next_packet":9,"window_ms":5000}') == wire.Start("a", 9, 5000)
    assert parse('{"type":"resume","resume_token":"b","next_packet":3}') == wire.Resume("b", 3, None)
    assert parse('{"type":"pause_request"}') == wire.PauseRequest()
    assert parse('{"type":"resume_request"}') == wire.ResumeRequest()
    assert parse('{"type":"client_metrics","stalls":2,"other":"x"}') == wire.ClientMetrics({"stalls": 2.0})


PAGES_WIRE = (Path(__file__).resolve().parents[2] / "web" / "stream" / "wire.js").read_text(encoding="utf-8")
TURN = Segment(
    index=1,
    kind=SegmentKind.TURN,
    speaker="Ada",
    voice="first",
    language="en",
    chapter="",
    state=SegmentState.FORGED,
    text="Hello.",
    source=0,
    expires_at=datetime(2026, 5, 4, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("name", "fullest"),
    [
        ("StreamMetadata", wire.stream_metadata(workflow_id="w", title="Tides", pre_skip=312, resume_token="r")),
        ("Segment", wire.segment_message(TURN, 0)),
        ("Progress", wire.progress("harvest", "RUNNING", "sea.example")),
        ("Keepalive", wire.keepalive()),
        ("StreamEnd", wire.stream_end(50)),
        ("ErrorMessage", wire.error("podcast_failed", "It failed.")),
    ],
)
def test_the_page_reads_the_fields_that_are_sent_and_no_others(name: str, fullest: dict[str, Any]) -> None:
    assert pages_fields(name) == fullest.keys()


def pages_fields(name: str) -> set[str]:
    """List the fields of a message by its type in the page."""
    if inline := re.search(rf"@typedef \{{\{{(.*?)\}}\}} {name} \*/", PAGES_WIRE):
        return set(re.findall(r"(\w+): ", inline[1]))
    listed = re.search(rf"@typedef \{{object\}} {name}\b.*?\*/", PAGES_WIRE, re.DOTALL)
    assert listed is not None
    return set(re.findall(r"@property \{.*?\} \[?(\w+)", listed[0]))
