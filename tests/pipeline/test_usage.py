"""Quotas and usage of a key: no route without a bound, and each key's use reported to the key, once and whole."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from google.cloud.firestore_v1 import Increment
from werkzeug.test import Client

from common.contract import MAX_FEEDS, MAX_REQUEST_BYTES
from common.errors import EngineRefused
from common.policy import POLICIES
from common.services import Service
from common.store import usage as store_usage
from common.store import workflows
from functions.api_gateway import callers, engines, following, quotas, sharing, usage
from functions.api_gateway.operation import OWNER, Operation
from functions.api_gateway.operations import OPERATIONS
from functions.model_serving import tts
from functions.model_serving.llm.dialogue.language_model import Prompt
from functions.model_serving.llm.dialogue.writer import DialogueWriter
from functions.model_serving.llm.engines.extractive.writer import ExtractiveWriter
from local import keys
from tests.fakes.language import Novelist
from tests.pipeline.manual_delivery import ManualDelivery, manual_delivery

TEXT = "The tide is the rise and fall of the sea. The Moon pulls at the water, and the water goes with it."
AT_ONCE, MINUTES, READS = 3, 12, 30
UNCOUNTED = [row for row in OPERATIONS if row.name and not row.counted]
"""What is no costly request."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ManualDelivery]:
    with (
        pytest.MonkeyPatch.context() as patch,
        manual_delivery(
            tmp_path_factory.mktemp("cloud"),
            patch,
            PODCASTS_AT_ONCE=str(AT_ONCE),
            MINUTES_A_DAY=str(MINUTES),
            READS_PER_MINUTE=str(READS),
            USD_A_DAY="0.5",
        ) as agents,
    ):
        yield agents


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tts, "speak", lambda *_, **__: [b"\xf8\xff\xfe"] * 10)  # what is said is no matter here


def ask(agents: ManualDelivery, key: str, minutes: int = 1) -> Any:
    body = {"text": TEXT, "minutes": minutes, "language": "en"}
    return agents.call("POST", "/generate", json=body, headers={"X-Idempotency-Key": key})


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def used(agents: ManualDelivery) -> dict[str, Any]:
    answer = agents.call("GET", "", at="/api/v1/usage")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def test_a_key_has_so_many_podcasts_in_the_making_and_no_more(agents: ManualDelivery) -> None:
    for number in range(AT_ONCE):
        assert ask(agents, f"{number}").status_code == 202
    refused = ask(agents, "one more")
    assert refusal(refused) == (429, "podcasts_too_many")
    assert int(refused.headers["Retry-After"]) > 0
    assert ask(agents, "0").status_code == 202, "a repetition makes nothing"
    assert used(agents)["in_the_making"] == AT_ONCE
    agents.drain()
    assert ask(agents, "one more").status_code == 202, "a refusal has used up the key of its request"


def test_a_key_asks_for_so_many_minutes_a_day_and_no_more(agents: ManualDelivery) -> None:
    first = ask(agents, "first", MINUTES - 2)
    assert first.status_code == 202
    assert f'"minutes";q={MINUTES};w=86400' in first.headers["RateLimit-Policy"]
    assert '"minutes";r=2;t=' in first.headers["RateLimit"]
    assert first.headers["RateLimit-Policy"].startswith(f'"requests";q={10_000};w=60, "podcasts";q={AT_ONCE}, ')
    refused = ask(agents, "second", 3)
    assert refusal(refused) == (429, "minutes_used_up")
    assert 0 < int(refused.headers["Retry-After"]) <= 24 * 3600
    assert ask(agents, "third", 2).status_code == 202, "what was refused is not counted"
    lines = [{"speaker": "Ada", "text": "The sea comes and goes, and nobody can stop it. " * 20}]
    script = agents.call("POST", "/generate", json={"script": lines})
    assert refusal(script) == (429, "minutes_used_up")
    assert not [name for name in agents.objects() if name.split("/")[1] not in str(agents.everything())]


def test_a_text_read_aloud_counts_as_long_as_it_is(agents: ManualDelivery) -> None:
    body = {"text": TEXT * 200, "style": "narration", "language": "en"}
    assert refusal(agents.call("POST", "/generate", json=body)) == (429, "minutes_used_up")
    short = agents.call("POST", "/generate", json={**body, "text": TEXT})
    assert short.status_code == 202
    assert used(agents)["days"][0]["minutes"] == 1


@pytest.mark.parametrize(("style", "counted"), [("narration", 175), ("conversation", None)])
def test_what_a_text_read_aloud_has_beyond_what_was_asked_for_counts_once_it_is_made(
    agents: ManualDelivery, style: str, counted: int | None
) -> None:
    """How long files and pages are is not known before."""
    workflow_id = str(ask(agents, "first", 5).json["cpoa_workflow_id"])
    asked_for = workflows.read(agents.settings, workflow_id)
    workflow = replace(asked_for, request=replace(asked_for.request, style=style))
    [write] = store_usage.made(workflow, 3 * 3_600_000)
    assert write.fields.get("minutes") == (counted if counted is None else Increment(counted))


def test_what_was_made_is_told_once_whatever_is_repeated(agents: ManualDelivery) -> None:
    workflow_id = str(ask(agents, "first", 2).json["cpoa_workflow_id"])
    ask(agents, "first", 2)
    agents.drain_in_pairs()
    assert agents.call("PATCH", f"/{workflow_id}", json={"title": "Ebb and flow"}).status_code == 200
    agents.drain()
    told = used(agents)
    assert told["in_the_making"] == 0
    [day] = told["days"]
    podcast = agents.workflow(workflow_id)
    spoken = sum(segment["characters"] for segment in agents.segments(workflow_id))
    assert day == {
        "date": datetime.now(UTC).date().isoformat(),
        "podcasts": 1,
        "minutes": 2,
        "finished": 1,
        "duration_ms": podcast["duration_ms"],
        "characters": {"espeak": spoken},
        "speech_usd": 0.0,
        "language": {},
    }
    assert told["limits"] == {
        "requests_per_minute": 10_000,
        "podcasts_at_once": AT_ONCE,
        "minutes_a_day": MINUTES,
        "usd_a_day": 0.5,
    }


class Billed:
    """A model reporting its bill with each answer, possibly out of credit from a later answer on."""

    def __init__(self, answers: int) -> None:
        self.credit = answers
        self.asked = self.answered = 0

    def stream(self, prompt: Prompt) -> Iterator[str]:
        self.asked += 1
        if self.answered == self.credit:
            raise EngineRefused("engine_unpaid", "The account has no credit left.")
        self.answered += 1
        try:
            yield Novelist()(prompt.system, prompt.user)
        finally:  # nobody reads an answer further than needed
            prompt.billed(1_000, 100)


@pytest.mark.parametrize("end", ["FAILED", "CANCELLED"])
def test_what_was_spent_on_a_podcast_that_nobody_gets_is_told(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    model = Billed(answers=2 if end == "FAILED" else 100)
    monkeypatch.setattr(ExtractiveWriter, "write", lambda _, asked: DialogueWriter(model, agents.settings).write(asked))
    workflow_id = str(ask(agents, end, 5).json["cpoa_workflow_id"])
    if end == "CANCELLED":
        while not any(turn["kind"] == "turn" and turn["state"] == "FORGED" for turn in agents.segments(workflow_id)):
            deliveries = agents.collect()
            assert agents.deliver(deliveries.pop(0)) == 200
        assert agents.call("POST", f"/{workflow_id}/cancel").status_code == 200
    agents.drain()
    assert agents.workflow(workflow_id)["state"] == end
    spoken = sum(segment.get("characters", 0) for segment in agents.segments(workflow_id))
    assert spoken > 0
    assert agents.call("DELETE", f"/{workflow_id}").status_code == 204
    [day] = used(agents)["days"]
    assert day["finished"] == 0
    assert day["characters"] == {"espeak": spoken}
    asked = {"calls": model.asked, "input_tokens": 1_000 * model.answered, "output_tokens": 100 * model.answered}
    assert day["language"] == {"extractive": asked}


def test_speech_costs_a_key_so_much_a_day_and_no_more(agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch) -> None:
    described = {"speech": [{"engine": "espeak", "price_per_million_characters": 1e4}]}
    monkeypatch.setattr(engines, "described", lambda _: described)
    usage.prices_at.cache_clear()
    try:
        workflow_id = str(ask(agents, "first").json["cpoa_workflow_id"])
        agents.drain()
        spoken = sum(segment["characters"] for segment in agents.segments(workflow_id))
        assert used(agents)["days"][0]["speech_usd"] == pytest.approx(spoken / 100)
        assert refusal(ask(agents, "second")) == (429, "money_used_up")
        sample = agents.call("POST", "/sample", at="/api/v1", json={"language": "en", "hosts": [{"name": "Mary"}]})
        assert refusal(sample) == (429, "money_used_up")
        answer = agents.call("GET", f"/{workflow_id}/usage").json
        assert answer == {"characters": {"espeak": spoken}, "engine_calls": 0, "speech_usd": round(spoken / 100, 6)}
    finally:
        usage.prices_at.cache_clear()


def test_a_podcast_that_is_made_again_has_cost_what_was_voiced_for_it(agents: ManualDelivery) -> None:
    first = str(ask(agents, "first").json["cpoa_workflow_id"])
    agents.drain()
    edit: dict[str, Any] = {"index": 3, "text": "The Moon it is."}
    remade = agents.call("POST", f"/{first}/remake", json={"segments": [edit]}).json["cpoa_workflow_id"]
    agents.drain()
    assert agents.workflow(remade)["state"] == "COMPLETED"
    assert agents.call("GET", f"/{remade}/usage").json["characters"] == {"espeak": len(edit["text"])}


@pytest.mark.parametrize("row", UNCOUNTED, ids=lambda row: row.name)
def test_no_route_is_without_a_bound(agents: ManualDelivery, row: Operation) -> None:
    """Whatever counts as no costly request has a rate limit: of a key, or of a feed."""
    address = row.path.format(
        workflow_id="0" * 32, name="episode.ogg", token=f"{row.name:A<43}", share_id="0" * 16, segment=1
    )
    headers = {"Authorization": f"Bearer {keys.create(agents.settings, row.name)}"} if row.by == OWNER else {}
    client = Client(agents.apps["api_gateway"])
    for _ in range(2 * READS + 2):  # a minute may end meanwhile
        answer = client.open(address, method=row.method, headers=headers)
        if answer.status_code == 429:
            break
    assert refusal(answer) == (429, "requests_too_many")
    assert 0 < int(answer.headers["Retry-After"]) <= 60


class Coming(BytesIO):
    """A body that is on its way: who reads it waits."""

    def __getattribute__(self, name: str) -> Any:
        assert not name.startswith("read"), "it was waited for"
        return super().__getattribute__(name)


@pytest.mark.parametrize("announced", [{"CONTENT_LENGTH": "1000"}, {"HTTP_TRANSFER_ENCODING": "chunked"}], ids=str)
@pytest.mark.parametrize(
    ("method", "path", "key", "status"),
    [
        ("POST", "/api/v1/podcasts/generate", "", (401, "key_missing")),
        ("POST", "/api/v1/podcasts/generate", "Bearer wrong", (401, "key_wrong")),
        ("PUT", "/api/v1/podcasts/generate", "", (405, "method_not_allowed")),
        ("POST", "/nowhere", "", (404, "address_unknown")),
        ("POST", "/internal/v1/signed-urls", "", (401, "token_missing")),
        ("GET", f"/api/v1/feeds/{'x' * 43}/rss.xml", "", (404, "feed_unknown")),
    ],
)
def test_no_stranger_holds_a_thread_with_a_body_that_comes_slowly(
    agents: ManualDelivery, announced: dict[str, str], method: str, path: str, key: str, status: tuple[int, str]
) -> None:
    answer = Client(agents.apps["api_gateway"]).open(
        path,
        method=method,
        headers={"Authorization": key, "Content-Type": "application/json"},
        input_stream=Coming(),
        environ_overrides={**announced, "wsgi.input_terminated": True},
    )
    assert refusal(answer) == status


def test_a_body_of_unannounced_length_that_is_too_large_is_answered_as_such(agents: ManualDelivery) -> None:
    answer = agents.call(
        "POST",
        "/generate",
        headers={"Content-Type": "application/json"},
        input_stream=BytesIO(b" " * (MAX_REQUEST_BYTES + 100)),
        environ_overrides={"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True},
    )
    assert refusal(answer) == (413, "request_too_large")


@pytest.fixture
def shared(agents: ManualDelivery) -> tuple[str, list[dict[str, str]]]:
    """A podcast, and the headers of two who have a share of it each."""
    workflow_id = str(ask(agents, "shared").json["cpoa_workflow_id"])
    made = [agents.call("POST", f"/{workflow_id}/shares", json={}).json for _ in range(2)]
    return workflow_id, [{"Authorization": f"Bearer {one['token']}"} for one in made]


def test_more_shares_give_no_more_of_what_costs(
    agents: ManualDelivery, shared: tuple[str, list[dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers, "SHARE_QUOTA", 4)
    monkeypatch.setattr(quotas, "time", SimpleNamespace(time=time.time().__float__))  # one minute for all of it
    workflow_id, friends = shared
    answered = [agents.call("GET", f"/{workflow_id}/segments", headers=friend) for friend in friends * 3]
    assert [answer.status_code for answer in answered] == [200, 200, 200, 200, 429, 429]
    assert refusal(answered[-1]) == (429, "rate_limited")
    assert agents.call("GET", f"/{workflow_id}/segments").status_code == 200, "the owner has a quota of their own"


def test_more_shares_hold_no_more_threads(agents: ManualDelivery, shared: tuple[str, list[dict[str, str]]]) -> None:
    workflow_id, friends = shared
    followed = [agents.call("GET", f"/{workflow_id}/events", headers=friends[0]) for _ in range(following.AT_ONCE)]
    try:
        assert {answer.status_code for answer in followed} == {200}
        refused = agents.call("GET", f"/{workflow_id}/events", headers=friends[1])
        assert refusal(refused) == (429, "events_too_many")
        agents.call("GET", f"/{workflow_id}/events").close()
    finally:
        for answer in followed:
            answer.close()


def test_a_podcast_has_so_many_shares_and_no_more(
    agents: ManualDelivery, shared: tuple[str, list[dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "MAX_SHARES", 2)
    shares = f"/{shared[0]}/shares"
    assert refusal(agents.call("POST", shares, json={})) == (409, "shares_too_many")
    first, _ = agents.call("GET", shares).json["shares"]
    assert agents.call("DELETE", f"{shares}/{first['id']}").status_code == 204
    assert agents.call("POST", shares, json={}).status_code == 201


def test_an_owner_has_so_many_feeds_and_no_more(agents: ManualDelivery) -> None:
    made = [agents.call("POST", "/feeds", at="/api/v1") for _ in range(MAX_FEEDS + 1)]
    assert {answer.status_code for answer in made[:-1]} == {201}
    assert refusal(made[-1]) == (409, "feeds_too_many")
    agents.call("DELETE", "/feeds", at="/api/v1")
    assert agents.call("POST", "/feeds", at="/api/v1").status_code == 201


def test_a_feed_that_reads_a_hundred_podcasts_counts_as_ten_requests(agents: ManualDelivery) -> None:
    url = agents.call("POST", "/feeds", at="/api/v1").json["url"]
    client = Client(agents.apps["api_gateway"])
    codes = [client.get(urlsplit(url).path).status_code for _ in range(2 * READS // 10 + 1)]  # a minute may end
    assert codes[0] == 200
    assert codes[-1] == 429


def test_days_are_a_number(agents: ManualDelivery) -> None:
    for days in ("0", "61", "-1", "x", "1e1", "٣"):
        answer = agents.call("GET", f"?days={days}", at="/api/v1/usage")
        assert refusal(answer) == (400, "days_invalid")


AN_ATTEMPT, AT_MOST = POLICIES["voice_forge"].calls_an_attempt, POLICIES["voice_forge"].calls


@pytest.mark.parametrize(
    ("embedded", "deaths", "cost"), [(False, 1, 4 + AN_ATTEMPT), (False, 3, AT_MOST), (True, 1, 4)]
)
def test_an_attempt_that_died_counts_as_paid_but_where_nothing_is_paid(
    agents: ManualDelivery, monkeypatch: pytest.MonkeyPatch, embedded: bool, deaths: int, cost: int
) -> None:
    """The dead attempt cannot report its cost any more; the embedded voice, which takes over in the end, costs
    nothing; and an attempt that was left no call made none."""
    workflow_id = str(ask(agents, "died").json["cpoa_workflow_id"])
    while not (forging := [delivery for delivery in agents.collect() if delivery.agent == "voice_forge"]):
        assert agents.deliver(agents.waiting.pop(0)) == 200
    turn = int(json.loads(forging[0].body)["index"])
    document = agents.db.document(f"workflows/{workflow_id}/segments/{turn:05}")
    document.update({"calls": 4, "embedded": embedded})
    with monkeypatch.context() as patch:
        patch.setattr(Service, "post_early", dies)
        for _ in range(deaths):
            with pytest.raises(SystemExit):
                agents.deliver(forging[0])
    assert agents.deliver(forging[0]) == 200
    voiced = document.get().to_dict() or {}
    assert (voiced["state"], voiced["calls"]) == ("FORGED", cost)


def dies(*_: Any, **__: Any) -> None:
    raise SystemExit
