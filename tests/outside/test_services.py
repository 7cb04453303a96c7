"""Calls between our own services, against a server that has a bad day: accepted answers, and refused ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from google.auth.credentials import Credentials
from google.oauth2 import id_token

from common import services
from common.errors import (
    AethercastError,
    BadRequest,
    Busy,
    EngineBroken,
    EngineBusy,
    EngineRefused,
    NotFound,
    Refused,
    ServiceAway,
    ServiceBroken,
    Unauthenticated,
)
from common.heartbeats import LINES
from common.problems import MEDIA_TYPE, problem
from common.services import JSON, Service
from tests.websites import Page, Website, answer, redirect, website


class Somebody(Credentials):
    """Credentials that are always good."""

    def before_request(self, request: Any, method: str, url: str, headers: Any) -> None:
        headers["Authorization"] = "Bearer token"

    def refresh(self, request: Any) -> None:
        return


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Website]:
    monkeypatch.setattr(id_token, "fetch_id_token_credentials", lambda *_: Somebody())
    with website() as running:
        yield running


def told(error: AethercastError) -> Page:
    """The answer of a service raising `error`."""
    said = problem(error)
    return answer(said.get_data(), MEDIA_TYPE, status=said.status_code)


def cut(text: str, media_type: str, status: int = 200, *, announced: bool = True) -> Page:
    """An answer that ends early: before its announced length, or where none was announced, as if that were its end."""

    def page(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", media_type)
        if announced:
            handler.send_header("Content-Length", str(2 * len(text)))
        handler.end_headers()
        handler.wfile.write(text.encode())

    return page


def problem_of(code: object, kind: str, detail: object = "No.") -> str:
    return json.dumps({"type": kind, "code": code, "detail": detail})


READY = answer('{"status": "ready"}', JSON)
PAGE = answer("<html>A front's own words.</html>", "text/html; charset=UTF-8", status=403)
OURS = "urn:aethercast:problem:engine_busy"


def ask(site: Website, here: Page, root: Page) -> Any:
    """The result of a call answered with `here`, of a service with `root` at `/`."""
    site.pages = {"/": root, "/asked": here}
    try:
        return Service(site.url).post("/asked", {}, read=lambda said: int(said["number"]), timeout=5)
    except AethercastError as error:
        return type(error)


@pytest.mark.parametrize("status", [200, 201])
def test_an_answer_of_the_known_shape_is_the_answer(site: Website, status: int) -> None:
    number = answer('{"number": 7}', "application/json; charset=utf-8", status=status)
    assert ask(site, number, PAGE) == 7
    assert site.asked == ["/asked"]  # nothing more is asked where all is well


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (BadRequest("request_invalid", ""), Refused),
        (EngineRefused("engine_text_refused", ""), EngineRefused),
        (Busy("state_changed", ""), Busy),
        (EngineBusy("engine_busy", ""), EngineBusy),
        (EngineBroken("engine_failed", ""), EngineBroken),
        (ServiceBroken("storage_unreachable", ""), ServiceBroken),
        # These are said of the call and not of the work
        (Unauthenticated("token_invalid", ""), ServiceBroken),
        (NotFound("address_unknown", ""), ServiceBroken),
    ],
    ids=repr,
)
def test_an_error_keeps_its_type_from_service_to_service(
    site: Website, error: AethercastError, raised: type[AethercastError]
) -> None:
    assert ask(site, told(error), PAGE) is raised


NOT_OURS = {
    "a page": answer("<html></html>", status=200),
    "nothing": answer("", JSON),
    "no JSON": answer("number", JSON),
    "JSON of another shape": answer('{"status": "ok"}', JSON),
    "JSON of another kind": answer('["number"]', JSON),
    "a field of another kind": answer('{"number": "many"}', JSON),
    "JSON by another name": answer('{"number": 7}', "text/plain"),
    "half an answer": cut('{"number": 7}', JSON),
    "half an error": cut(problem_of("engine_busy", OURS), MEDIA_TYPE, 504),
    "a way to somebody else": redirect("/"),
    "an error in JSON": answer('{"code": "engine_busy", "detail": "No."}', JSON, status=400),
    "a problem without a code": answer('{"type": "about:blank", "title": "No"}', MEDIA_TYPE, status=404),
    "a problem of somebody else": answer(problem_of("engine_busy", "about:blank"), MEDIA_TYPE, status=400),
    "a problem whose type is another's": answer(problem_of("busy", OURS), MEDIA_TYPE, status=400),
    "a problem without words": answer(problem_of("engine_busy", OURS, None), MEDIA_TYPE, status=400),
    "a problem with a number for a code": answer(problem_of(7, "urn:aethercast:problem:7"), MEDIA_TYPE, status=400),
    "a problem that is none": answer("[]", MEDIA_TYPE, status=400),
    **{str(status): answer("<html></html>", status=status) for status in (401, 403, 404, 413, 500, 502, 504)},
}


@pytest.mark.parametrize("what", NOT_OURS)
def test_what_is_not_a_services_own_answer_is_a_failure_of_one_that_is_there(site: Website, what: str) -> None:
    assert ask(site, NOT_OURS[what], READY) is ServiceBroken
    assert ask(site, NOT_OURS[what], told(ServiceBroken("store_unreachable", ""))) is ServiceBroken


@pytest.mark.parametrize("status", [429, 503])
def test_a_front_whose_service_is_there_may_be_busy(site: Website, status: int) -> None:
    assert ask(site, answer("<html></html>", status=status), READY) is Busy


@pytest.mark.parametrize("root", [*NOT_OURS, "429", "503", "a page that cannot be had"])
@pytest.mark.parametrize("status", [403, 503])
def test_a_service_that_does_not_answer_at_its_root_is_away(site: Website, status: int, root: str) -> None:
    there = NOT_OURS.get(root) or answer("<html></html>", status=int(root) if root.isdigit() else 404)
    assert ask(site, answer("<html></html>", status=status), there) is ServiceAway


def test_where_nobody_listens_the_service_is_away(site: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_RETRIES", services._RETRIES.new(backoff_factor=0.01, backoff_jitter=0.0))
    url = site.url
    site.close()
    with pytest.raises(ServiceAway):
        Service(url).post("/asked", {}, read=dict, timeout=5)


TURN = '{"type": "turn", "text": "The tide."}\n'


def messages(site: Website, here: Page) -> list[Any]:
    """The items of a stream, the final error last, if any."""
    said: list[Any] = []
    site.pages = {"/": READY, "/asked": here}
    try:
        with Service(site.url).stream("/asked", {}, timeout=5) as arriving:
            said += arriving
    except AethercastError as error:
        said.append(type(error))
    return said


def test_a_stream_is_its_lines(site: Website) -> None:
    [first, second] = messages(site, answer(2 * TURN, LINES))
    assert first == second == {"type": "turn", "text": "The tide."}


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("half", [TURN + TURN[:12], TURN + "[1]\n", TURN + "7", TURN + "<html>\n"])
def test_a_line_that_is_cut_or_none_of_ours_ends_a_stream_as_broken(site: Website, half: str, announced: bool) -> None:
    assert messages(site, cut(half, LINES, announced=announced))[-1] is ServiceBroken


def test_a_stream_that_ends_before_its_time_between_two_lines_is_broken(site: Website) -> None:
    assert messages(site, cut(TURN, LINES))[-1] is ServiceBroken


@pytest.mark.parametrize("media_type", [JSON, "text/html; charset=utf-8"])
def test_what_is_no_stream_has_no_lines(site: Website, media_type: str) -> None:
    assert messages(site, answer(TURN, media_type)) == [ServiceBroken]
