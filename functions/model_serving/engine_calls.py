"""Calls of every model over a network: bounded, begun again while nothing has come of the call, failures typed.

A stream is begun again only before its first piece: anything later was heard or said already, and going on after a
piece is the business of code knowing its content (llm/dialogue/writer.py for words; a task's next attempt for sound).

Calls possibly paid for are counted, and under a budget (`counted`), no more than the budget are made.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeVar

import requests
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay
from urllib3.exceptions import HTTPError, NewConnectionError

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


@dataclass
class Calls:
    """The calls of one piece of work: how many were `made`, and how many may be, None for any number. Of a language
    model, the tokens billed for the calls, too, where known."""

    budget: int | None = None
    made: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    @property
    def left(self) -> bool:
        return self.budget is None or self.made < self.budget

    def allow(self, more: int) -> None:
        """Widen a budget that is not spent."""
        if self.budget is not None and self.left:
            self.budget += more


_calls: ContextVar[Calls | None] = ContextVar("calls", default=None)


@contextmanager
def counted(budget: int | None = None) -> Iterator[Calls]:
    """Count the calls made in this block, in this thread, and allow no more than the budget."""
    calls = Calls(budget)
    token = _calls.set(calls)
    try:
        yield calls
    finally:
        _calls.reset(token)


def current_calls() -> Calls:
    """Return the count of the enclosing block; outside of any, a count without a reader."""
    return _calls.get() or Calls()


class TurnedDown(EngineRefused):
    """A request in a form not taken by the engine. `told`: the beginning of the engine's answer, to be searched for the
    fault, and never handed on, since the answer may quote the key."""

    def __init__(self, detail: str, told: str = "") -> None:
        super().__init__("engine_text_refused", detail)
        self.told = told


class Throttled(EngineBusy):
    """A used-up quota, with the seconds after which the engine says to come back, if the engine says so."""

    def __init__(self, detail: str, retry_after_s: float | None = None) -> None:
        super().__init__("engine_busy", detail)
        self.retry_after_s = retry_after_s


def begun(start: Callable[[], Iterator[Piece]]) -> Iterator[Piece]:
    """Yield the pieces from `start()`. After a failure before the first piece, `start()` is called again, three times
    in all, in 30 s, as far as the budget goes.

    Raises the last start's error; EngineRefused at once, since a repetition would raise the same, and where no budget
    is left to begin with.
    """
    calls = current_calls()
    if not calls.left:
        raise EngineRefused("engine_calls_spent", "This was asked of the engine as often as it may be.")
    bounds = stop_after_attempt(ATTEMPTS) | stop_after_delay(LONGEST_TRYING_S)
    for attempt in Retrying(
        stop=lambda state: not calls.left or bounds(state),
        wait=_wait_s,
        retry=retry_if_exception_type((EngineBusy, EngineBroken)),
        reraise=True,
    ):
        with attempt, _paid(calls):
            pieces = start()
            first = next(pieces, None)
    if first is not None:
        yield first
        yield from pieces


@contextmanager
def _paid(calls: Calls) -> Iterator[None]:
    """Count a call, unless the engine turns the call away, and so bills nothing."""
    calls.made += 1
    try:
        yield
    except Throttled:
        calls.made -= 1
        raise
    except (EngineRefused, EngineBroken) as error:
        calls.made -= error.code in _NOT_PAID
        raise


_NOT_PAID: Final = {
    "engine_key_refused", "engine_model_unknown", "engine_text_refused", "engine_unreachable", "engine_voice_unknown",
}  # fmt: skip


def _wait_s(state: RetryCallState) -> float:
    """Return the wait: what the engine says, else a random part of a doubling time. Raises where it is too long."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, Throttled) and error.retry_after_s is not None:
        if error.retry_after_s > LONGEST_WAIT_S:
            raise error
        return error.retry_after_s + random.uniform(0, 0.1)  # noqa: S311 - so that not all come back at once
    return random.uniform(0, min(LONGEST_WAIT_S, BACKOFF_S * 2 ** (state.attempt_number - 1)))  # noqa: S311


def error_of_status(
    status: int, engine: str, retry_after: str | None = None, told: str = "", kind: str = ""
) -> AethercastError:
    """Return the typed error of an HTTP status, with the engine's own name of the error as `kind`. The engine's own
    words, with their beginning in `told`, are not handed on: the words may quote the key, or the text."""
    how = f"{status}, {kind}" if kind else f"{status}"
    if status == 402 or not _UNPAID.isdisjoint(kind.split(", ")):
        return EngineRefused("engine_unpaid", f"The account at {engine} has no credit left ({how}).")
    if status == 429:
        return Throttled(f"{engine} takes no more requests for now ({how}).", seconds_of(retry_after))
    if status in {498, 503, 529}:
        return Throttled(f"{engine} is overloaded ({how}).", seconds_of(retry_after))
    if status in {401, 403}:
        return EngineRefused("engine_key_refused", f"{engine} does not accept our key ({how}).")
    if status == 404:
        return EngineRefused("engine_model_unknown", f"{engine} does not know the model or voice that is set ({how}).")
    if status in {408, 409, 425} or (status >= 500 and status != 501 and not _ABOUT_REQUEST.search(told)):
        return EngineBroken("engine_failed", f"{engine} failed ({how}).")
    if status in _MEANT:
        told = f"{_MEANT[status]} {told.replace(str(status), '')}"
    return TurnedDown(f"{engine} turned the request down ({how}).", told)


_MEANT: Final = {406: "media type", 413: "too large", 415: "media type"}
"""All there is to say with these (RFC 9110, sections 15.5.7, 15.5.14 and 15.5.16)."""
_ABOUT_REQUEST: Final = re.compile(r"\b(?:un|not )supported\b|\btoo long\b", re.IGNORECASE)
"""Words of servers to which whatever goes wrong is a failure of their own."""
_UNPAID: Final = frozenset({"insufficient_quota", "billing_not_active", "billing_hard_limit_reached"})
_KIND = re.compile(r"[A-Za-z][A-Za-z]*(?:[_.][A-Za-z]+)+|[A-Z][a-z]+(?:[A-Z][a-z]+)+")
"""A word for programs, and no key: `context_length_exceeded`, `BadRequestError`."""


def kind_told(error: Any) -> str:
    """Return the kind of failure according to an engine's own error, by its `code`, `type` and `param`; "" where the
    error names none in words made for programs."""
    if not isinstance(error, dict):
        return ""
    told = [str(error[name]) for name in ("code", "type", "status", "param") if error.get(name) is not None]
    return ", ".join(dict.fromkeys(word for word in told if len(word) <= 60 and _KIND.fullmatch(word)))


def seconds_of(retry_after: str | None) -> float | None:
    """Return a Retry-After header in seconds from now (RFC 9110, section 10.2.3): a number, or a date."""
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
    """POST JSON for an answer read as it comes; the caller closes the answer. `timeout_s` is between two pieces of the
    answer.

    Raises EngineRefused, EngineBusy or EngineBroken for every answer but a success, which some frameworks call 201.
    """
    response = asked(session, url, body, engine=engine, timeout_s=timeout_s)
    if not 200 <= response.status_code < 300:
        with response:
            told = refusal_of(response)
            kind = kind_told(error_in(told))
            retry_after = response.headers.get("Retry-After")
            raise error_of_status(response.status_code, engine, retry_after, told[:_BEGINNING], kind)
    return response


def asked(session: requests.Session, url: str, body: object, *, engine: str, timeout_s: float) -> requests.Response:
    """Ask as `post`, but for callers reading every answer, refusals too. Raises EngineBroken where none comes."""
    try:
        return session.post(url, json=body, timeout=(CONNECT_TIMEOUT_S, timeout_s), stream=True, allow_redirects=False)
    except requests.ConnectTimeout:
        raise EngineBroken("engine_unreachable", f"{engine} cannot be reached.") from None
    except requests.Timeout:
        raise EngineBroken("engine_slow", f"{engine} did not answer in {timeout_s:.0f} s.") from None
    except requests.RequestException as error:
        if isinstance(getattr(error.args[0] if error.args else None, "reason", None), NewConnectionError):
            raise EngineBroken("engine_unreachable", f"{engine} cannot be reached.") from None
        raise EngineBroken("engine_broke_off", f"{engine} broke off before it answered.") from None


_BEGINNING: Final = 2_000
_LONGEST_REFUSAL: Final = 64 * 1024
"""Bytes."""


def refusal_of(response: requests.Response) -> str:
    """Return the engine's message in an answer with another status than 200."""
    try:
        return str(response.raw.read(_LONGEST_REFUSAL, decode_content=True), "utf-8", "replace")
    except (OSError, HTTPError):
        return ""


def error_in(told: str) -> Any:
    """Return the content of a refusal: the object called `error` by most servers, or the whole answer; its text where
    the answer is no JSON."""
    try:
        value = json.loads(told)
    except ValueError:
        return told
    return value.get("error") or value if isinstance(value, dict) else value


def broke_off(engine: str, error: Exception) -> EngineBroken:
    """Return the typed error for a failure in mid-answer."""
    if isinstance(error, requests.Timeout) or "timed out" in str(error):
        return EngineBroken("engine_slow", f"{engine} fell silent in mid-answer.")
    return EngineBroken("engine_broke_off", f"{engine} broke off in mid-answer.")
