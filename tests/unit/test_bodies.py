"""Large requests at once: as many as an instance has memory for, and of one caller no more than half of them."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from flask import Request

from common.contract import MAX_REQUEST_BYTES
from functions.api_gateway.bodies import AT_ONCE_BYTES, SMALL_BYTES, LargeRequestsTooMany, Room

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
