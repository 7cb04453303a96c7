"""Quotas and usage of a key: no route without a bound, and what a key used is told to it, once and whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from werkzeug.test import Client

from functions.api_gateway import engines, usage
from functions.api_gateway.operations import OPERATIONS, OWNER, Operation
from functions.model_serving import tts
from local import keys
from tests.pipeline.by_hand import ByHand, by_hand

pytestmark = pytest.mark.filterwarnings("ignore:The return_immediately flag:DeprecationWarning")
TEXT = "The tide is the rise and fall of the sea. The Moon pulls at the water, and the water goes with it."
AT_ONCE, MINUTES, READS = 3, 12, 30
UNCOUNTED = [row for row in OPERATIONS if row.name and not row.counted]
"""What is no costly request."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ByHand]:
    with (
        pytest.MonkeyPatch.context() as patch,
        by_hand(
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


def ask(agents: ByHand, key: str, minutes: int = 1) -> Any:
    body = {"text": TEXT, "minutes": minutes, "language": "en"}
    return agents.call("POST", "/generate", json=body, headers={"X-Idempotency-Key": key})


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def used(agents: ByHand) -> dict[str, Any]:
    answer = agents.call("GET", "", at="/api/v1/usage")
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def test_a_key_has_so_many_podcasts_in_the_making_and_no_more(agents: ByHand) -> None:
    for number in range(AT_ONCE):
        assert ask(agents, f"{number}").status_code == 202
    refused = ask(agents, "one more")
    assert refusal(refused) == (429, "podcasts_too_many")
    assert int(refused.headers["Retry-After"]) > 0
    assert ask(agents, "0").status_code == 202, "a repetition makes nothing"
    assert used(agents)["in_the_making"] == AT_ONCE
    agents.drain()
    assert ask(agents, "one more").status_code == 202, "a refusal has used up the key of its request"


def test_a_key_asks_for_so_many_minutes_a_day_and_no_more(agents: ByHand) -> None:
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


def test_what_was_made_is_told_once_whatever_is_repeated(agents: ByHand) -> None:
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
    }
    assert told["limits"] == {
        "requests_per_minute": 10_000,
        "podcasts_at_once": AT_ONCE,
        "minutes_a_day": MINUTES,
        "usd_a_day": 0.5,
    }


def test_speech_costs_a_key_so_much_a_day_and_no_more(agents: ByHand, monkeypatch: pytest.MonkeyPatch) -> None:
    described = {"speech": [{"engine": "espeak", "price_per_million_characters": 1e4}]}
    monkeypatch.setattr(engines, "described", lambda _: described)
    usage.prices_at.cache_clear()
    try:
        workflow_id = str(ask(agents, "first").json["cpoa_workflow_id"])
        agents.drain()
        spoken = sum(segment["characters"] for segment in agents.segments(workflow_id))
        assert used(agents)["days"][0]["speech_usd"] == pytest.approx(spoken / 100)
        assert refusal(ask(agents, "second")) == (429, "money_used_up")
    finally:
        usage.prices_at.cache_clear()


@pytest.mark.parametrize("row", UNCOUNTED, ids=lambda row: row.name)
def test_no_route_is_without_a_bound(agents: ByHand, row: Operation) -> None:
    """Whatever counts as no costly request has a pace: of a key, or of a feed."""
    address = row.path.format(workflow_id="0" * 32, name="episode.ogg", token=f"{row.name:A<43}", share_id="0" * 16)
    headers = {"Authorization": f"Bearer {keys.create(agents.settings, row.name)}"} if row.by == OWNER else {}
    client = Client(agents.apps["api_gateway"])
    for _ in range(2 * READS + 2):  # a minute may end meanwhile
        answer = client.open(address, method=row.method, headers=headers)
        if answer.status_code == 429:
            break
    assert refusal(answer) == (429, "requests_too_many")
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_days_are_a_number(agents: ByHand) -> None:
    for days in ("0", "61", "-1", "x", "1e1", "٣"):
        answer = agents.call("GET", f"?days={days}", at="/api/v1/usage")
        assert refusal(answer) == (400, "days_invalid")
