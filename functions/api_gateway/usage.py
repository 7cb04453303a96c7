"""Usage of a key: how many podcasts and minutes, what they cost, and how much of its quotas is left.

Limits are looked at before a podcast is made, and the podcast's minutes are counted by the commit of the podcast.
Requests at the very same moment may so pass a limit together: by no more than a minute's requests.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import Request, Response, g

from common.contract import MAX_MINUTES
from common.errors import AethercastError, BadRequest, RateLimited
from common.problems import json_response
from common.records import Usage, Workflow
from common.settings import Settings
from common.store import segments as scripts
from common.store import usage, workflows
from common.store.writes import Write
from common.styles import STYLES
from functions.api_gateway import engines
from functions.api_gateway.ownership import owned
from functions.api_gateway.requests_schema import GenerateRequest

DEFAULT_DAYS, MAX_DAYS = 30, 60
_DAY_S = 24 * 3600
_COME_BACK_S = 60
"""When to ask again with as many podcasts in the making as there may be: one takes a minute or a few."""
_CHARACTERS_A_MINUTE = 900
_PRICES_KEPT_S = 600


@dataclass(frozen=True)
class Quota:
    """One quota as it is told: `left` of `limit`, until `reset_s` seconds from now; `window_s`: 0, at a time."""

    name: str
    limit: int
    left: int
    window_s: int = 0
    reset_s: int = 0


def show(settings: Settings, request: Request, owner: str) -> Response:
    """Show this key's requests, use, costs and quotas, day by day (UTC)."""
    today = datetime.now(UTC).date()
    found = usage.since(settings, g.key_hash, today - timedelta(days=_days(request) - 1))
    prices = _prices(settings) if any(day.characters for day in found.values()) else {}
    return json_response(
        {
            "limits": {
                "requests_per_minute": g.quota,
                "podcasts_at_once": settings.podcasts_at_once or None,
                "minutes_a_day": settings.minutes_a_day or None,
                "usd_a_day": settings.usd_a_day or None,
            },
            "in_the_making": usage.in_the_making(settings, g.key_hash),
            "days": [_described(day, used, prices) for day, used in found.items()],
        }
    )


def of_podcast(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """Show the characters given to the voices of a podcast so far, and their cost at today's prices."""
    made = owned(settings, owner, workflow_id).created_at
    # What was copied from another podcast, or voiced before there was this one, was paid for there
    script = [each for each in scripts.script(settings, workflow_id) if not (each.forged_at and each.forged_at < made)]
    characters: Counter[str] = Counter()
    for segment in script:
        if segment.voiced and segment.characters:
            characters[segment.engine] += segment.characters
    used = Usage(key="", day="", characters=characters)
    return json_response(
        {
            "characters": dict(characters),
            "engine_calls": sum(segment.calls for segment in script),
            "speech_usd": _cost(used, _prices(settings) if characters else {}),
        }
    )


def require_room(settings: Settings, minutes: int) -> None:
    """Raise RateLimited where one more podcast of so many minutes is beyond a quota of the caller's key.

    The quotas are told with the answer, whatever it will be.
    """
    reset = _until_midnight()
    if settings.podcasts_at_once:
        now = usage.in_the_making(settings, g.key_hash)
        _tell(Quota("podcasts", settings.podcasts_at_once, settings.podcasts_at_once - now - 1))
        if now >= settings.podcasts_at_once:
            detail = f"This key has {now} podcasts in the making, and may have no more at a time; drafts count, too."
            raise RateLimited("podcasts_too_many", detail, _COME_BACK_S)
    if settings.minutes_a_day:
        left = settings.minutes_a_day - usage.of_day(settings, g.key_hash, datetime.now(UTC).date()).minutes
        _tell(Quota("minutes", settings.minutes_a_day, left - minutes, _DAY_S, reset))
        if minutes > left:
            most = settings.minutes_a_day
            detail = f"This key may ask for {most} minutes of podcasts a day; {max(0, left)} are left."
            raise RateLimited("minutes_used_up", detail, reset)
    require_money(settings)


def require_money(settings: Settings) -> None:
    """Raise RateLimited where today's podcasts of the caller's key have cost the daily limit."""
    if settings.usd_a_day:
        reset = _until_midnight()
        spent = usage.spent_on_day(settings, g.key_hash, datetime.now(UTC).date())
        left_usd = settings.usd_a_day - (_cost(spent, _prices(settings)) or 0.0)
        _tell(Quota("usd-cents", round(settings.usd_a_day * 100), math.floor(left_usd * 100), _DAY_S, reset))
        if left_usd <= 0:
            detail = f"What was made with this key today has cost the {settings.usd_a_day:.2f} dollars that it may."
            raise RateLimited("money_used_up", detail, reset)


def begun(workflow: Workflow, minutes: int) -> tuple[Write, ...]:
    """Return the creation of a podcast, and its count, for one commit."""
    return workflows.creation(workflow), usage.asked(workflow.key, minutes)


def minutes_of(asked: GenerateRequest) -> int:
    """Tell how long a podcast is to be, in minutes: as asked for, or as its own script or a text to be read aloud is.

    How long files and pages to be read aloud are, nobody knows yet: what is more than asked for is counted once made.
    """
    if asked.lines:
        return math.ceil(sum(len(line.text) for line in asked.lines) / _CHARACTERS_A_MINUTE)
    if STYLES[asked.style].verbatim and asked.text and not (asked.topic or asked.urls or asked.documents):
        return min(MAX_MINUTES, math.ceil(len(asked.text) / _CHARACTERS_A_MINUTE))
    return asked.minutes


def headers() -> dict[str, str]:
    """Return the quotas that this request has met, as structured fields.

    https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ (draft 10); beside them the three
    `RateLimit-*` of its earlier drafts, of requests a minute.
    """
    earlier = g.get("rate_limit", {})
    told = list(g.get("quotas", []))
    if earlier:
        limit, left, reset = (int(earlier[f"RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset"))
        told.insert(0, Quota("requests", limit, left, 60, reset))
    if not told:
        return {}
    policies = (f'"{each.name}";q={each.limit}' + (f";w={each.window_s}" if each.window_s else "") for each in told)
    states = (f'"{each.name}";r={max(0, each.left)}' + (f";t={each.reset_s}" if each.reset_s else "") for each in told)
    return {**earlier, "RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(states)}


def _tell(quota: Quota) -> None:
    g.quotas = [*g.get("quotas", []), quota]


def _described(day: str, used: Usage, prices: dict[str, float | None]) -> dict[str, Any]:
    return {
        "date": day,
        "podcasts": used.podcasts,
        "minutes": used.minutes,
        "finished": used.finished,
        "duration_ms": used.duration_ms,
        "characters": dict(used.characters),
        "speech_usd": _cost(used, prices),
        "language": {
            engine: {
                "calls": calls,
                "input_tokens": used.input_tokens.get(engine, 0),
                "output_tokens": used.output_tokens.get(engine, 0),
            }
            for engine, calls in used.calls.items()
        },
    }


def _cost(used: Usage, prices: dict[str, float | None]) -> float | None:
    """Sum the cost of the engines' speech, in US dollars; None where an engine's price is not known."""
    cost = 0.0
    for engine, characters in used.characters.items():
        price = prices.get(engine)
        if price is None:
            return None
        cost += characters / 1e6 * price
    return round(cost, 6)


def _prices(settings: Settings) -> dict[str, float | None]:
    """US dollars for a million characters, by engine; none where model serving cannot be asked just now."""
    try:
        return prices_at(settings, int(time.monotonic() // _PRICES_KEPT_S))
    except AethercastError:
        return {}


@lru_cache(maxsize=2)
def prices_at(settings: Settings, _period: int) -> dict[str, float | None]:
    described = engines.described(settings)["speech"]
    return {engine["engine"]: engine["price_per_million_characters"] for engine in described}


def _days(request: Request) -> int:
    text = request.args.get("days", str(DEFAULT_DAYS))
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= MAX_DAYS):
        raise BadRequest("days_invalid", f"days is a number from 1 to {MAX_DAYS}.")
    return int(text)


def _until_midnight() -> int:
    now = datetime.now(UTC)
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC)
    return max(1, round((midnight - now).total_seconds()))
