"""The public API over the real emulators: callers, refusals, and whose podcast is whose."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from google.auth.transport.requests import Request as AuthRequest
from google.oauth2 import service_account
from websockets.sync.client import connect
from websockets.typing import Origin
from werkzeug.exceptions import NotFound

from common.contract import MAX_SEGMENT
from common.settings import Settings
from common.tokens import token_hash
from functions.api_gateway.main import ROUTES
from functions.api_gateway.operation import OWNER
from functions.api_gateway.operations import OPERATIONS
from local import keys
from local.listener import start
from local.stack import Stack
from local.stack_settings import PROJECT
from tests.conftest import ApiClient

TEXT = "The tide rises and falls twice a day. The moon is the main reason for it. The sun helps a little."
MIB = 1024 * 1024


def refused(response: requests.Response) -> tuple[int, str]:
    """Status and code of a problem, checked to be whole (RFC 9457) and to give nothing away."""
    assert response.headers["Content-Type"] == "application/problem+json", response.text
    problem = response.json()
    assert problem["status"] == response.status_code
    assert problem["type"] == f"urn:aethercast:problem:{problem['code']}"
    assert problem["title"]
    assert problem["detail"]
    assert "Traceback" not in response.text
    return response.status_code, str(problem["code"])


def key_hash(caller: requests.Session) -> str:
    return token_hash(str(caller.headers["Authorization"]).removeprefix("Bearer "))


@pytest.fixture(scope="module")
def podcast(api_client: ApiClient) -> str:
    """A finished podcast of the program's."""
    accepted = api_client.generate(text=TEXT, title="Tides", minutes=1)
    api_client.await_state(accepted["cpoa_workflow_id"], "COMPLETED")
    return str(accepted["cpoa_workflow_id"])


# Who may call


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "key_missing"),
        ("", "key_missing"),
        ("Bearer", "key_missing"),
        ("Bearer ", "key_missing"),
        ("Basic d3Jvbmc6", "key_missing"),
        ("Bearer wrong", "key_wrong"),
        ("Bearer " + "x" * 5000, "key_wrong"),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", "/generate"), ("DELETE", "/" + "0" * 32)])
def test_nobody_calls_without_a_key(
    api_client: ApiClient, method: str, path: str, header: str | None, code: str
) -> None:
    headers = {} if header is None else {"Authorization": header}
    response = requests.request(method, api_client.api + path, headers=headers, timeout=30)
    assert refused(response) == (401, code)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_key_is_refused(api_client: ApiClient) -> None:
    http = api_client.another("grace")
    assert http.get(api_client.api, timeout=30).status_code == 200
    keys.revoke(Settings(google_cloud_project=PROJECT), key_hash(http)[:16])
    assert refused(http.get(api_client.api, timeout=30)) == (403, "key_revoked")


def test_a_key_has_its_quota_and_is_told_how_it_stands(api_client: ApiClient) -> None:
    """Three requests fall into two minutes at most, so a quota of one is exceeded."""
    http = api_client.another("frugal", 1)
    answers = [http.post(f"{api_client.api}/generate", json={}, timeout=30) for _ in range(3)]
    for answer in answers:
        assert answer.headers["RateLimit-Limit"] == "1"
        assert answer.headers["RateLimit-Remaining"] == "0"
        assert 1 <= int(answer.headers["RateLimit-Reset"]) <= 60
    over = [answer for answer in answers if answer.status_code == 429]
    assert over
    assert refused(over[0]) == (429, "rate_limited")
    assert 1 <= int(over[0].headers["Retry-After"]) <= 60
    assert {refused(answer) for answer in answers if answer not in over} == {(400, "request_invalid")}


def test_a_key_may_have_a_quota_of_nothing(api_client: ApiClient) -> None:
    http = api_client.another("onlooker", 0)
    assert refused(http.post(f"{api_client.api}/generate", json={}, timeout=30)) == (429, "rate_limited")


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("GET", f"/{'0' * 32}/segments"), ("POST", "/../feeds")])
def test_what_reads_or_stores_much_counts_as_well(stack: Stack, api_client: ApiClient, method: str, path: str) -> None:
    """Counted by a write each, whatever the answer."""
    http = api_client.another("frugal", 1)
    answers = [http.request(method, api_client.api + path, timeout=30) for _ in range(3)]
    assert (429, "rate_limited") in {refused(answer) for answer in answers if not answer.ok}
    counted = stack.billable_by_resource("firestore_writes", f"rate_limits/{key_hash(http)}")
    assert sum(counted.values()) == 3


OF_ONE_PODCAST: list[tuple[str, str, Any]] = [
    ("GET", "", None),
    ("PATCH", "", {"title": "Mine"}),
    ("DELETE", "", None),
    ("POST", "/cancel", None),
    ("POST", "/stream", None),
    ("POST", "/remake", {"segments": [{"index": 0, "remove": True}]}),
    ("POST", "/continue", {"chapter": 1}),
    ("GET", "/segments", None),
    ("PATCH", "/segments", {"segments": [{"index": 0, "text": "Mine."}]}),
    ("POST", "/approve", {"segments": [{"index": 0, "text": "Mine."}]}),
    ("GET", "/place", None),
    ("PUT", "/place", {"position_ms": 1}),
    ("PUT", "/moments/1", None),
    ("DELETE", "/moments/1", None),
    ("GET", "/usage", None),
    ("GET", "/events", None),
    ("GET", "/audio", None),
    ("GET", "/files/episode.mp3", None),
    ("POST", "/shares", {"days": 7}),
    ("GET", "/shares", None),
    ("DELETE", f"/shares/{'0' * 16}", None),
]


def test_every_route_to_a_podcast_is_tried_by_another_owner() -> None:
    routes = {
        (
            route.method,
            route.path.partition("{workflow_id}")[2].format(name="episode.mp3", share_id="0" * 16, segment=1),
        )
        for route in OPERATIONS
        if "{workflow_id}" in route.path and route.by == OWNER
    }
    assert routes == {(method, path) for method, path, _ in OF_ONE_PODCAST}


@pytest.mark.parametrize(("method", "path", "body"), OF_ONE_PODCAST)
def test_another_owners_podcast_is_as_good_as_none(
    api_client: ApiClient, podcast: str, method: str, path: str, body: Any
) -> None:
    http = api_client.another("mallory")
    for workflow_id in (podcast, "0" * 32):
        url = f"{api_client.api}/{workflow_id}{path}"
        response = http.request(method, url, json=body, allow_redirects=False, timeout=30)
        assert refused(response) == (404, "podcast_unknown")
    assert podcast not in http.get(api_client.api, timeout=30).text


# What is asked for


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, ""),
        ({"title": "Only a title"}, ""),
        ({"topic": ""}, "topic"),
        ({"topic": "   "}, "topic"),
        ({"topic": "x" * 301}, "topic"),
        ({"topic": "?!"}, "topic"),
        ({"topic": "潮汐"}, "topic"),
        ({"topic": "tides\u0000"}, "topic"),
        ({"topic": "tides\ud800"}, "topic"),
        ({"topic": 7}, "topic"),
        ({"topic": ["tides"]}, "topic"),
        ({"topic": "tides", "minutes": 0}, "minutes"),
        ({"topic": "tides", "minutes": 181}, "minutes"),
        ({"topic": "tides", "minutes": "5"}, "minutes"),
        ({"topic": "tides", "minutes": True}, "minutes"),
        ({"topic": "tides", "minutes": 1.5}, "minutes"),
        ({"topic": "tides", "language": "tlh"}, "language"),
        ({"topic": "tides", "style": "rap"}, "style"),
        ({"topic": "tides", "colour": "red"}, "colour"),
        ({"topic": "tides", "colo\ud800ur": "red"}, ""),
        ({"topic": "tides", "hosts": []}, "hosts"),
        ({"topic": "tides", "hosts": [{"name": "Ada"}] * 3}, "hosts"),
        ({"topic": "tides", "hosts": [{"name": "Ada"}] * 2}, "hosts"),
        ({"topic": "tides", "hosts": [{"name": "Ada", "voice": "../../etc"}]}, "hosts.0.voice"),
        ({"topic": "tides", "hosts": [{"name": "Ada"}, {"name": "Ben", "voice": "Kore"}]}, "hosts.1.voice"),
        ({"topic": "tides", "hosts": [{"name": "A" * 41}]}, "hosts.0.name"),
        ({"topic": "tides", "hosts": [{"name": "Ada", "persona": "x" * 301}]}, "hosts.0.persona"),
        ({"topic": "tides", "hosts": [{"name": "Ada", "persona": "a sailor\nBen: a cook"}]}, "hosts.0.persona"),
        ({"topic": "tides", "speech_engine": "google"}, "speech_engine"),
        ({"topic": "tides", "speech_engine": ""}, "speech_engine"),
        ({"topic": "tides", "language_engine": "gemini"}, "language_engine"),
        ({"text": ""}, "text"),
        ({"text": "x" * 2_000_001}, "text"),
        ({"urls": "https://example.com/"}, "urls"),
        ({"urls": ["ftp://example.com/"]}, "urls"),
        ({"urls": ["http://["]}, "urls"),
        ({"urls": ["https://example.com/" + "x" * 2000]}, "urls.0"),
        ({"urls": ["https://example.com/"] * 51}, "urls"),
        ({"documents": [{"name": "a.pdf"}]}, "documents.0.data"),
        ({"documents": [{"name": "a.pdf", "data": "not base64!"}]}, "documents.0.data"),
        ({"documents": [{"name": "", "data": "QQ=="}]}, "documents.0.name"),
    ],
    ids=lambda value: ascii(value)[:50],
)
def test_a_wrong_field_is_named(api_client: ApiClient, body: dict[str, Any], field: str) -> None:
    response = api_client.http.post(f"{api_client.api}/generate", json=body, timeout=30)
    assert refused(response) == (400, "request_invalid")
    assert field in {error["field"] for error in response.json()["errors"]}


def test_a_million_wrong_fields_are_answered_with_a_few(api_client: ApiClient) -> None:
    body = {f"field{number}": 0 for number in range(100_000)}
    response = api_client.http.post(f"{api_client.api}/generate", json=body, timeout=60)
    assert refused(response) == (400, "request_invalid")
    assert len(response.content) < 10_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"topic":',
        b"[]",
        b'"topic"',
        b"null",
        b'{"topic": "\xff"}',
        b"[" * 100_000,
        b'{"minutes": ' + b"9" * 10_000 + b"}",
    ],
    ids=lambda body: ascii(body)[:30],
)
@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_what_is_no_json_object_is_refused(api_client: ApiClient, body: bytes, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    response = api_client.http.post(f"{api_client.api}/generate", data=body, headers=headers, timeout=30)
    assert refused(response) == (400, "request_malformed")


@pytest.mark.parametrize("key", ["", "k" * 201, "schlüssel".encode("latin-1").decode("latin-1"), "a\tb"])
def test_a_wrong_idempotency_key_is_refused(api_client: ApiClient, key: str) -> None:
    headers = {"X-Idempotency-Key": key}
    response = api_client.http.post(f"{api_client.api}/generate", json={"text": TEXT}, headers=headers, timeout=30)
    assert refused(response) == (400, "idempotency_key_invalid")


def test_an_idempotency_key_is_one_callers_alone(api_client: ApiClient) -> None:
    """The same key of two callers is two podcasts, and neither learns of the other."""
    mine = api_client.generate(key="shared", text=TEXT, minutes=1)
    http = api_client.another("heidi")
    theirs = http.post(
        f"{api_client.api}/generate",
        json={"text": "Other words.", "minutes": 1},
        headers={"X-Idempotency-Key": "shared"},
        timeout=30,
    )
    assert theirs.status_code == 202
    assert theirs.json()["cpoa_workflow_id"] != mine["cpoa_workflow_id"]


def test_a_repeated_request_is_the_same_podcast_even_when_it_is_done(api_client: ApiClient) -> None:
    first = api_client.generate(key="done", text=TEXT, minutes=1)
    api_client.await_state(first["cpoa_workflow_id"], "COMPLETED")
    again = api_client.generate(key="done", text=TEXT, minutes=1)
    assert again["cpoa_workflow_id"] == first["cpoa_workflow_id"]
    assert api_client.hear(again).whole()


# How large, and where to


def test_an_enormous_request_is_refused_before_it_is_read(api_client: ApiClient) -> None:
    """The caller announces 100 GB, sends none of it, and has the answer."""
    address = urlsplit(api_client.api)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
    connection.putrequest("POST", f"{address.path}/generate")
    connection.putheader("Authorization", str(api_client.http.headers["Authorization"]))
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", str(100 * 1024**3))
    connection.endheaders()
    response = connection.getresponse()
    assert (response.status, json.load(response)["code"]) == (413, "request_too_large")
    connection.close()


def test_an_enormous_request_that_does_not_say_so_is_refused_too(api_client: ApiClient) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"text": "'
        for _ in range(13):
            yield b"x" * MIB
        yield b'"}'

    headers = {"Content-Type": "application/json", "Authorization": api_client.http.headers["Authorization"]}
    response = requests.post(f"{api_client.api}/generate", data=pieces(), headers=headers, timeout=60)
    assert refused(response) == (413, "request_too_large")


ADDRESSES = {
    "/": "GET",
    "/healthz": "GET",
    "/api/v1/openapi.json": "GET",
    "/api/v1/podcasts": "GET",
    "/api/v1/podcasts/generate": "POST",
    f"/api/v1/podcasts/{'0' * 32}/cancel": "POST",
    f"/api/v1/podcasts/{'0' * 32}/stream": "POST",
    f"/api/v1/podcasts/{'0' * 32}": "PATCH",
    f"/api/v1/podcasts/{'0' * 32}/remake": "POST",
    f"/api/v1/podcasts/{'0' * 32}/continue": "POST",
    f"/api/v1/podcasts/{'0' * 32}/events": "GET",
    f"/api/v1/podcasts/{'0' * 32}/files/cover.jpg": "GET",
    "/api/v1/feeds": "DELETE",
    f"/api/v1/feeds/{'x' * 43}/rss.xml": "GET",
    f"/api/v1/podcasts/{'0' * 32}/segments": "GET",
    f"/api/v1/podcasts/{'0' * 32}/audio": "GET",
    "/internal/v1/signed-urls": "POST",
    "/internal/v1/signed-url": "POST",
    "/internal/v1/awaited": "POST",
}


@pytest.mark.parametrize(("path", "takes"), ADDRESSES.items())
@pytest.mark.parametrize("method", ["PUT", "TRACE"])
def test_a_wrong_method_is_told_the_right_ones(api_client: ApiClient, path: str, takes: str, method: str) -> None:
    response = api_client.http.request(method, api_client.stack.endpoints.api_url + path, timeout=30)
    assert refused(response) == (405, "method_not_allowed")
    assert takes in response.headers["Allow"].split(", ")


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/v2/podcasts", "/api/v1/podcasts/a/b/c", "/internal", "/.env", "/%00", "/api/v1/podcasts/%2e%2e/x"],
)
def test_an_unknown_address_is_not_found(api_client: ApiClient, path: str) -> None:
    response = api_client.http.get(api_client.stack.endpoints.api_url + path, timeout=30)
    assert refused(response) == (404, "address_unknown")


@pytest.mark.parametrize("workflow_id", ["x", "0" * 31, "0" * 33, "Z" * 32, "%00", "..%2f..", "é" * 32, "0" * 4000])
def test_an_impossible_id_is_an_unknown_podcast(api_client: ApiClient, workflow_id: str) -> None:
    response = api_client.http.get(f"{api_client.api}/{workflow_id}", timeout=30)
    assert refused(response) in {(404, "podcast_unknown"), (404, "address_unknown")}


# What an owner does with podcasts


def test_a_podcast_is_shown_with_how_it_stands(api_client: ApiClient, podcast: str) -> None:
    shown = api_client.show(podcast)
    assert shown["state"] == "COMPLETED"
    assert shown["title"] == "Tides"
    assert shown["segments"]["written"] == shown["segments"]["voiced"] == shown["segments"]["total"] > 2
    assert shown["duration_ms"] > 0


def test_the_audio_is_a_redirect_to_a_link_that_works(api_client: ApiClient, podcast: str) -> None:
    response = api_client.http.get(f"{api_client.api}/{podcast}/audio", allow_redirects=False, timeout=30)
    assert response.status_code == 302
    assert requests.get(response.headers["Location"], timeout=30).content.startswith(b"OggS")


def test_a_finished_podcast_can_be_heard_again_but_not_cancelled(api_client: ApiClient, podcast: str) -> None:
    stream = api_client.http.post(f"{api_client.api}/{podcast}/stream", timeout=30)
    assert stream.status_code == 201
    assert api_client.hear(stream.json()).whole()
    response = api_client.http.post(f"{api_client.api}/{podcast}/cancel", timeout=30)
    assert refused(response) == (409, "podcast_ended")


def test_a_cancelled_podcast_of_which_nothing_was_voiced_has_no_sound(api_client: ApiClient) -> None:
    workflow_id = api_client.generate(text=TEXT, minutes=1, draft=True)["cpoa_workflow_id"]
    api_client.http.post(f"{api_client.api}/{workflow_id}/cancel", timeout=30).raise_for_status()
    assert refused(api_client.http.post(f"{api_client.api}/{workflow_id}/stream", timeout=30)) == (409, "podcast_ended")


def test_a_cancelled_podcast_has_no_file_and_can_be_cancelled_again(api_client: ApiClient) -> None:
    workflow_id = api_client.generate(text=TEXT * 200, minutes=30)["cpoa_workflow_id"]
    for _ in range(2):
        response = api_client.http.post(f"{api_client.api}/{workflow_id}/cancel", timeout=30)
        assert (response.status_code, response.json()["state"]) == (200, "CANCELLED")
    assert refused(api_client.http.get(f"{api_client.api}/{workflow_id}/audio", timeout=30)) == (
        409,
        "podcast_unfinished",
    )
    for status in (204, 404):
        assert api_client.http.delete(f"{api_client.api}/{workflow_id}", timeout=60).status_code == status


@pytest.fixture(scope="module")
def shelf(api_client: ApiClient) -> tuple[requests.Session, list[str]]:
    """A caller with five podcasts of their own, and their ids, newest first."""
    http = api_client.another("librarian")
    ids = []
    for title in ("Red tides", "Neap tides", "The moon", "Spring tides", "The sun"):
        response = http.post(
            f"{api_client.api}/generate", json={"text": TEXT, "title": title, "minutes": 1, "draft": True}, timeout=30
        )
        ids.append(response.json()["cpoa_workflow_id"])
        http.post(f"{api_client.api}/{ids[-1]}/cancel", timeout=30).raise_for_status()  # they are listed all the same
    return http, ids[::-1]


def pages(api_client: ApiClient, http: requests.Session, **query: Any) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = []
    token = None
    while True:
        more: dict[str, Any] = {"page_token": token} if token else {}
        answer = http.get(api_client.api, params={**query, **more}, timeout=30).json()
        found.append(answer["podcasts"])
        token = answer["next_page_token"]
        if not token:
            return found


def test_podcasts_are_listed_newest_first_page_by_page(
    api_client: ApiClient, shelf: tuple[requests.Session, list[str]]
) -> None:
    http, ids = shelf
    for limit, sizes in ((1, [1] * 5), (2, [2, 2, 1]), (5, [5]), (100, [5])):
        found = pages(api_client, http, limit=limit)
        assert [len(page) for page in found] == sizes
        assert [podcast["workflow_id"] for page in found for podcast in page] == ids


def test_a_search_finds_words_of_titles(api_client: ApiClient, shelf: tuple[requests.Session, list[str]]) -> None:
    http, _ = shelf

    def titles(**query: Any) -> list[str]:
        return [podcast["title"] for page in pages(api_client, http, **query) for podcast in page]

    assert titles(q="TIDES", limit=2) == ["Spring tides", "Neap tides", "Red tides"]
    assert titles(q="the sun") == ["The sun"]
    assert titles(q="mars") == []


def place(moment: str) -> str:
    """A page's token, as of a podcast of that moment."""
    return base64.urlsafe_b64encode(f"{moment} {'0' * 32}".encode()).decode()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": "0"}, "limit_invalid"),
        ({"limit": "101"}, "limit_invalid"),
        ({"limit": "-1"}, "limit_invalid"),
        ({"limit": "many"}, "limit_invalid"),
        ({"limit": ""}, "limit_invalid"),
        ({"limit": "٣"}, "limit_invalid"),
        ({"limit": "9" * 3000}, "limit_invalid"),
        ({"page_token": ""}, "page_token_invalid"),
        ({"page_token": "?"}, "page_token_invalid"),
        ({"page_token": "é"}, "page_token_invalid"),
        ({"page_token": "MjAyNi0wMS0wMQ=="}, "page_token_invalid"),  # a date without a time zone
        ({"page_token": place("9999-12-31T23:59:59-23:59")}, "page_token_invalid"),
        ({"page_token": place("0001-01-01T00:00:00+23:59")}, "page_token_invalid"),
        ({"page_tokn": ""}, "parameter_unknown"),
    ],
)
def test_a_wrong_query_is_refused(api_client: ApiClient, query: dict[str, str], code: str) -> None:
    assert refused(api_client.http.get(api_client.api, params=query, timeout=30)) == (400, code)


# The streamer's own routes


def as_service(stack: Stack, name: str, audience: str) -> requests.Session:
    """What calls as a service account of the stack does, with a token made out to `audience`."""
    file = stack.environment_of(name)["GOOGLE_APPLICATION_CREDENTIALS"]
    credentials = service_account.IDTokenCredentials.from_service_account_file(file, target_audience=audience)
    credentials.refresh(AuthRequest())
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {credentials.token}"
    return session


def test_the_streamer_gets_links_to_segments_that_work(stack: Stack, api_client: ApiClient, podcast: str) -> None:
    last = api_client.show(podcast)["segments"]["total"] - 1  # the first may have their sound in their documents
    http = as_service(stack, "streamer", stack.endpoints.api_url)
    url = f"{stack.endpoints.api_url}/internal/v1/signed-urls"
    answer = http.post(url, json={"workflow_id": podcast, "first": 0, "count": 16}, timeout=30).json()
    assert [signed["index"] for signed in answer["urls"]] == list(range(16))
    assert requests.get(answer["urls"][last]["url"], timeout=30).content.startswith(b"OggS")


def test_nobody_else_gets_links(stack: Stack, api_client: ApiClient) -> None:
    url = f"{stack.endpoints.api_url}/internal/v1/signed-urls"
    body = {"workflow_id": "0" * 32, "first": 0, "count": 1}
    assert refused(requests.post(url, json=body, timeout=30)) == (401, "token_missing")
    assert refused(api_client.http.post(url, json=body, timeout=30)) == (401, "token_invalid")
    elsewhere = as_service(stack, "streamer", "https://example.com")
    assert refused(elsewhere.post(url, json=body, timeout=30)) == (401, "token_invalid")
    somebody = as_service(stack, "tasks-invoker", stack.endpoints.api_url)
    assert refused(somebody.post(url, json=body, timeout=30)) == (403, "caller_not_allowed")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("signed-urls", [], 400, "request_malformed"),
        ("signed-urls", {}, 400, "request_invalid"),
        ("signed-urls", {"workflow_id": "..", "first": 0, "count": 1}, 400, "request_invalid"),
        ("signed-urls", {"workflow_id": "0" * 32, "first": -1, "count": 1}, 400, "request_invalid"),
        ("signed-urls", {"workflow_id": "0" * 32, "first": 0, "count": 17}, 400, "request_invalid"),
        ("signed-urls", {"workflow_id": "0" * 32, "first": True, "count": 1}, 400, "request_invalid"),
        ("awaited", {"workflow_id": "0" * 32, "segments": 0}, 400, "request_invalid"),
        ("signed-url", {"uri": "https://example.com/"}, 400, "request_invalid"),
        ("signed-url", {"uri": "gs://somebody-elses/object"}, 403, "bucket_foreign"),
    ],
)
def test_the_streamers_mistakes_are_told_too(stack: Stack, path: str, body: Any, status: int, code: str) -> None:
    http = as_service(stack, "streamer", stack.endpoints.api_url)
    response = http.post(f"{stack.endpoints.api_url}/internal/v1/{path}", json=body, timeout=30)
    assert refused(response) == (status, code)


# What browsers are told


def test_a_page_of_either_address_of_the_streamer_calls_and_listens_where_it_came_from(
    stack: Stack, api_client: ApiClient, podcast: str
) -> None:
    for host in ("127.0.0.1", "localhost"):
        page = stack.endpoints.player_url.replace("127.0.0.1", host)
        opened = api_client.http.post(f"{api_client.api}/{podcast}/stream", headers={"Origin": page}, timeout=30)
        assert opened.headers["Access-Control-Allow-Origin"] == page
        grant = opened.json()
        assert grant["websocket_url"] == f"{page.replace('http', 'ws', 1)}/api/v1/podcasts/stream"
        with connect(grant["websocket_url"], origin=Origin(page), max_queue=None) as socket:  # or its goodbye waits
            socket.send(json.dumps(start(grant["stream_id"])))
            assert json.loads(socket.recv(timeout=30))["type"] == "stream_metadata"
        audio = api_client.show(podcast)["artifacts"]["audio"]
        fetched = requests.get(audio, headers={"Origin": page, "Range": "bytes=0-3"}, timeout=30)
        assert fetched.headers["Access-Control-Allow-Origin"] == page


def test_only_pages_of_allowed_origins_may_read_answers(stack: Stack, api_client: ApiClient) -> None:
    ours = {"Origin": stack.endpoints.player_url, "Access-Control-Request-Method": "POST"}
    preflight = requests.options(f"{api_client.api}/generate", headers=ours, timeout=30)
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == stack.endpoints.player_url
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    theirs = requests.options(f"{api_client.api}/generate", headers={"Origin": "https://evil.example"}, timeout=30)
    assert "Access-Control-Allow-Origin" not in theirs.headers
    assert theirs.headers["Vary"] == "Origin"


def test_answers_are_for_programs_and_kept_by_nobody(api_client: ApiClient) -> None:
    for response in (api_client.http.get(api_client.api, timeout=30), requests.get(api_client.api, timeout=30)):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert "max-age" in response.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_index_that_no_segment_has_is_no_address_whatever_the_method(method: str) -> None:
    """Werkzeug answered 405 to what it refuses after the pattern alone."""
    with pytest.raises(NotFound):
        ROUTES.bind("", path_info=f"/api/v1/podcasts/{'0' * 32}/moments/{MAX_SEGMENT + 1}").match(method=method)
    _, given = ROUTES.bind("", path_info=f"/api/v1/podcasts/{'0' * 32}/moments/{MAX_SEGMENT}").match(method=method)
    assert given["segment"] == MAX_SEGMENT
