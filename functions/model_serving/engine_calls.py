"""How every model over a network is called: bounded, begun again while nothing has come of it, its failures typed.

A stream is begun again only before its first piece: what came later was heard or said already, and to go on after it is
the business of those who know what it was (llm/dialogue/writer.py for words; a task's next attempt for sound).
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay
from urllib3.exceptions import HTTPError

from common.errors import AethercastError, EngineBroken, EngineBusy, EngineRefused

ATTEMPTS: Final = 3
CONNECT_TIMEOUT_S: Final = 5.0
BACKOFF_S: Final = 0.5
"""The longest wait before the second try; it doubles."""
LONGEST_TRYING_S: Final = 30.0
"""Past this it is not tried again: who asks gives up in the end, and what comes later is paid for and not heard."""
LONGEST_WAIT_S: Final = 4.0
"""A queue has better patience than a caller that holds a connection: what takes longer is left to it."""

Piece = TypeVar("Piece")


class Throttled(EngineBusy):
    """A quota that is used up, with the seconds after which the engine says to come back, if it does."""

    def __init__(self, detail: str, retry_after_s: float | None = None) -> None:
        super().__init__("engine_busy", detail)
        self.retry_after_s = retry_after_s


def begun(start: Callable[[], Iterator[Piece]]) -> Iterator[Piece]:
    """What `start()` gives out. Where it fails before the first piece it is started again, three times in all, in 30 s.

    Raises what the last start raised; EngineRefused at once, for it would be raised again.
    """
    for attempt in Retrying(
        stop=stop_after_attempt(ATTEMPTS) | stop_after_delay(LONGEST_TRYING_S),
        wait=_wait_s,
        retry=retry_if_exception_type((EngineBusy, EngineBroken)),
        reraise=True,
    ):
        with attempt:
            pieces = start()
            first = next(pieces, None)
    if first is not None:
        yield first
        yield from pieces


def _wait_s(state: RetryCallState) -> float:
    """As long as the engine says, and else a random part of a time that doubles. Raises where that is too long."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, Throttled) and error.retry_after_s is not None:
        if error.retry_after_s > LONGEST_WAIT_S:
            raise error
        return error.retry_after_s + random.uniform(0, 0.1)  # noqa: S311 - so that not all come back at once
    return random.uniform(0, min(LONGEST_WAIT_S, BACKOFF_S * 2 ** (state.attempt_number - 1)))  # noqa: S311


def error_of_status(status: int, engine: str, retry_after: str | None = None, kind: str = "") -> AethercastError:
    """The typed error of an HTTP status, with the `kind` that the engine itself calls it. Its own words are not handed
    on: they may quote the key, or the text."""
    told = f"{status}, {kind}" if kind else f"{status}"
    if status == 402 or not _UNPAID.isdisjoint(kind.split(", ")):
        return EngineRefused("engine_unpaid", f"The account at {engine} has no credit left ({told}).")
    if status == 429:
        return Throttled(f"{engine} takes no more requests for now ({told}).", seconds_of(retry_after))
    if status in {498, 503, 529}:
        return Throttled(f"{engine} is overloaded ({told}).", seconds_of(retry_after))
    if status in {401, 403}:
        return EngineRefused("engine_key_refused", f"{engine} does not accept our key ({told}).")
    if status == 404:
        return EngineRefused("engine_model_unknown", f"{engine} does not know the model or voice that is set ({told}).")
    if status in {408, 409, 425} or status >= 500:
        return EngineBroken("engine_failed", f"{engine} failed ({told}).")
    return EngineRefused("engine_text_refused", f"{engine} turned the request down ({told}).")


_UNPAID: Final = frozenset({"insufficient_quota", "billing_not_active", "billing_hard_limit_reached"})
_KIND = re.compile(r"[A-Za-z][A-Za-z]*(?:[_.][A-Za-z]+)+|[A-Z][a-z]+(?:[A-Z][a-z]+)+")
"""A word for programs, and no key: `context_length_exceeded`, `BadRequestError`."""


def kind_told(error: Any) -> str:
    """What kind of failure an engine's own error says it is, by its `code`, `type` and `param`; "" where it is not said
    in words that are made for programs."""
    if not isinstance(error, dict):
        return ""
    told = [str(error[name]) for name in ("code", "type", "status", "param") if error.get(name) is not None]
    return ", ".join(dict.fromkeys(word for word in told if len(word) <= 60 and _KIND.fullmatch(word)))


def seconds_of(retry_after: str | None) -> float | None:
    """A Retry-After header in seconds from now (RFC 9110, section 10.2.3): a number, or a date."""
    if not retry_after:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def post(session: requests.Session, url: str, body: object, *, engine: str, timeout_s: float) -> requests.Response:
    """POST JSON for an answer that is read as it comes; the caller closes it. `timeout_s` is between two pieces of it.

    Raises EngineRefused, EngineBusy or EngineBroken for every answer but a 200.
    """
    response = asked(session, url, body, engine=engine, timeout_s=timeout_s)
    if response.status_code != 200:
        with response:
            kind = kind_told(error_in(response))
            raise error_of_status(response.status_code, engine, response.headers.get("Retry-After"), kind)
    return response


def asked(session: requests.Session, url: str, body: object, *, engine: str, timeout_s: float) -> requests.Response:
    """As `post`, but for whoever reads every answer, refusals too. Raises EngineBroken where none comes."""
    try:
        return session.post(url, json=body, timeout=(CONNECT_TIMEOUT_S, timeout_s), stream=True, allow_redirects=False)
    except requests.Timeout:
        raise EngineBroken("engine_slow", f"{engine} did not answer in {timeout_s:.0f} s.") from None
    except requests.RequestException:
        raise EngineBroken("engine_unreachable", f"{engine} cannot be reached.") from None


_ERROR_BYTES: Final = 64 * 1024


def error_in(response: requests.Response) -> Any:
    """What a refusal holds: the object that most servers call `error`, or all of it; its text where it is no JSON."""
    try:
        raw = response.raw.read(_ERROR_BYTES, decode_content=True)
    except (OSError, HTTPError):
        return None
    try:
        value = json.loads(raw)
    except ValueError:
        return raw.decode("utf-8", "replace")
    return value.get("error") or value if isinstance(value, dict) else value


def broke_off(engine: str, error: Exception) -> EngineBroken:
    """What a failure in mid-answer becomes."""
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return EngineBroken("engine_slow", f"{engine} fell silent in mid-answer.")
    return EngineBroken("engine_broke_off", f"{engine} broke off in mid-answer.")
