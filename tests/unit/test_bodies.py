"""Large requests at once: as many as an instance has memory for, and of one caller no more than half of them."""

from __future__ import annotations

import json
from contextlib import ExitStack
from io import BytesIO

import pytest
from flask import Request

from common.contract import MAX_REQUEST_BYTES
from common.errors import BadRequest, TooLarge
from functions.api_gateway.bodies import AT_ONCE_BYTES, MAX_VALUES, SMALL_BYTES, LargeRequestsTooMany, Room, json_object
from functions.api_gateway.requests_schema import GenerateRequest, InvalidRequest, parse

MEMORY, TAKEN_BY_ITSELF, TIMES_A_BODY = 512 * 2**20, 256 * 2**20, 4


def request(size: int | None) -> Request:
    length = {"HTTP_TRANSFER_ENCODING": "chunked"} if size is None else {"CONTENT_LENGTH": str(size)}
    return Request({"REQUEST_METHOD": "POST", **length})


def test_the_largest_bodies_at_once_fit_an_instance() -> None:
    assert TAKEN_BY_ITSELF + TIMES_A_BODY * AT_ONCE_BYTES + 80 * TIMES_A_BODY * SMALL_BYTES <= MEMORY


@pytest.mark.parametrize("size", [MAX_REQUEST_BYTES, None])
def test_so_many_large_bodies_at_once_and_of_one_caller_half_of_them(size: int | None) -> None:
    room = Room()
    with ExitStack() as held:
        for who in ("ada", "ada", "ben"):
            held.enter_context(room.held(request(size), who))
        with pytest.raises(LargeRequestsTooMany), room.held(request(size), "ada"):
            pass
        with room.held(request(SMALL_BYTES), "ada"), room.held(request(size), "eve"):
            pass
        held.enter_context(room.held(request(size), "eve"))
        with pytest.raises(LargeRequestsTooMany), room.held(request(size), "mallory"):
            pass
    with room.held(request(size), "ada"), room.held(request(size), "ada"):
        pass


def test_a_failed_request_leaves_its_room() -> None:
    room = Room(2 * MAX_REQUEST_BYTES)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), room.held(request(MAX_REQUEST_BYTES), "ada"):
            raise ZeroDivisionError


def carrying(data: bytes) -> Request:
    environ = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": str(len(data))}
    return Request({**environ, "wsgi.input": BytesIO(data)})


@pytest.mark.parametrize(
    "data",
    [
        b'{"x":[' + b"[]," * MAX_VALUES + b"[]]}",
        b'{"x":[' + b"{}," * MAX_VALUES + b"{}]}",
        b'{"x":[' + b"1," * MAX_VALUES + b"1]}",
        b"{" + b'"a,\\"[":1,' * MAX_VALUES + b'"b":1}',
        b'{"x":' * (MAX_VALUES + 1),
        b"[" * (MAX_VALUES + 1),
    ],
    ids=lambda data: data[:12].decode(),
)
def test_a_body_of_very_many_values_is_refused_before_they_are_made(
    data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes many times its size in memory, and while they are made and checked no other thread gets to run."""
    monkeypatch.setattr(json, "loads", None)
    with pytest.raises(TooLarge):
        json_object(carrying(data))


@pytest.mark.parametrize("text", ["a, [b], {c}", '"a", ["b"], ', "\\,", '\\"', "é,漢🐌["], ids=ascii)
def test_what_stands_in_a_text_is_no_value(text: str) -> None:
    asked = {"text": text * MAX_VALUES}
    for escaped in (True, False):
        assert json_object(carrying(json.dumps(asked, ensure_ascii=escaped).encode())) == asked


@pytest.mark.parametrize("data", [b'{"a":"' + b'\\"' * 5_000_000, b'"' * 5_000_001, b"\\" * 5_000_000])
def test_a_text_without_an_end_is_gone_through_once(data: bytes) -> None:
    with pytest.raises(BadRequest):
        json_object(carrying(data))


def test_a_body_is_utf_8() -> None:
    """As RFC 8259 has it: in any other encoding the values could not be told from the texts before they are made."""
    with pytest.raises(BadRequest):
        json_object(carrying('{"text": "\u2222"}'.encode("utf-16")))


@pytest.mark.parametrize("wrong", [{"focus": "long " * 1000}, {"hosts": [{"name": "Ada", "persona": "long " * 1000}]}])
def test_a_line_that_is_too_long_is_not_gone_through(wrong: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    gone_through: list[str] = []

    def visible(text: str) -> str:
        gone_through.append(text)
        return text

    monkeypatch.setattr("functions.api_gateway.requests_schema.visible", visible)
    with pytest.raises(InvalidRequest):
        parse(GenerateRequest, {"text": "Tides.", **wrong})
    assert max(map(len, gone_through), default=0) < 1000
