"""The authenticator of our requests: no message can stand for another, and only our keys sign."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as some
from werkzeug.test import EnvironBuilder

from common import authenticator
from common.errors import Misconfigured
from common.settings import Settings
from common.tokens import token_hash

SETTINGS = Settings(authenticator_key="the key", tick_token_sha256=token_hash("a-token"))
CALLER, TARGET = "tasks@project.test", "http://forge.test"
HEADERS = {"X-Idempotency-Key": "w-forge-00001", "X-Workflow-ID": "w"}
BODY = b'{"index": 1}'
MESSAGE = {"caller": CALLER, "target": TARGET, "headers": HEADERS, "body": BODY}


def signed(settings: Settings = SETTINGS, lifetime: timedelta = timedelta(hours=1), **other: Any) -> str:
    return authenticator.sign(settings, **{**MESSAGE, **other}, lifetime=lifetime)


def holds(value: str | None, settings: Settings = SETTINGS, method: str = "POST", **other: Any) -> bool:
    """Whether an authenticator is valid for a message, or for a different message."""
    message = {**MESSAGE, **other}
    headers = dict(message["headers"]) | ({authenticator.HEADER: value} if value is not None else {})
    environ = EnvironBuilder(method=method, headers=headers, data=message["body"]).get_environ()
    return authenticator.holds(Request(environ), settings, caller=message["caller"], target=message["target"])


def test_what_we_sign_holds() -> None:
    assert holds(signed())


def test_it_is_made_as_the_module_says() -> None:
    """Computed here from RFC 2104 and the docstring alone, so that no two versions of a service can differ."""
    version, expires, mac = signed().split(",")
    covered = ["w-forge-00001", "w", None, None, None, None]
    told = json.dumps([int(expires), CALLER, "POST", TARGET, covered, hashlib.sha256(BODY).hexdigest()])
    digest = hmac.new(b"the key", told.encode(), hashlib.sha256).digest()
    assert (version, mac) == ("v1", base64.urlsafe_b64encode(digest).decode().rstrip("="))


@pytest.mark.parametrize(
    "other",
    [
        {"caller": "events@project.test"},
        {"target": "http://forge.test/v1/speech"},
        {"target": authenticator.TICKS},
        {"method": "GET"},
        {"body": b'{"index": 2}'},
        {"body": b""},
        {"headers": HEADERS | {"X-Idempotency-Key": "w-forge-00002"}},
        {"headers": HEADERS | {"X-Workflow-ID": "v"}},
        {"headers": HEADERS | {"ce-id": "w"}},
        {"headers": {"X-Workflow-ID": "w"}},
        {"headers": {"X-Idempotency-Key": "w", "X-Workflow-ID": "w-forge-00001"}},
    ],
    ids=str,
)
def test_it_is_good_for_nothing_else(other: dict[str, Any]) -> None:
    assert not holds(signed(), **other)


def test_a_header_that_says_nothing_of_what_is_asked_may_be_added() -> None:
    assert holds(signed(), headers=HEADERS | {"X-CloudTasks-TaskRetryCount": "3", "Content-Type": "application/json"})


def test_what_has_expired_is_over_and_no_later_end_can_be_written_into_it() -> None:
    assert not holds(signed(lifetime=timedelta(seconds=-1)))
    _, expires, mac = signed(lifetime=timedelta(seconds=-1)).split(",")
    assert not holds(f"v1,{int(expires) + 3600},{mac}")


def test_two_keys_are_valid_while_they_are_changed() -> None:
    new = replace(SETTINGS, authenticator_key="the next key")
    both = replace(new, authenticator_other_key="the key")
    for old_or_new in (SETTINGS, new):
        assert holds(signed(old_or_new), both)
    assert holds(signed(both), new)
    assert not holds(signed(both), SETTINGS)
    assert not holds(signed(SETTINGS), new)


def test_without_a_key_nothing_is_signed_and_nothing_holds() -> None:
    """Else whoever signs with the empty key would be believed."""
    none = replace(SETTINGS, authenticator_key="")
    with pytest.raises(Misconfigured, match="AUTHENTICATOR_KEY"):
        signed(none)
    told = authenticator._told(4_000_000_000, CALLER, "POST", TARGET, ["w-forge-00001", "w", *[None] * 4], BODY)
    assert not holds(f"v1,4000000000,{authenticator._mac('', told)}", none)
    assert not holds("tick,", replace(none, tick_token_sha256=""))


def test_a_tick_is_good_for_ticks_alone() -> None:
    assert holds("tick,a-token", target=authenticator.TICKS)
    assert not holds("tick,a-token")
    for wrong in ("tick,another", "tick,", "tick", "tick,a-token ", "Tick,a token", "tick,a-token,a token", "a-token"):
        assert not holds(wrong, target=authenticator.TICKS)


_, EXPIRES, MAC = signed(lifetime=timedelta(days=1)).split(",")
MALFORMED = {
    "nothing": None,
    "empty": "",
    "another version": f"v2,{EXPIRES},{MAC}",
    "no version": f"{EXPIRES},{MAC}",
    "no expiry": f"v1,,{MAC}",
    "a sign before it": f"v1,+{EXPIRES},{MAC}",
    "digits of another script": f"v1,{EXPIRES.translate({ord('1'): 0x661})},{MAC}",
    "more digits than Python reads": f"v1,{'9' * 5000},{MAC}",
    "no mac": f"v1,{EXPIRES},",
    "half a mac": f"v1,{EXPIRES},{MAC[:20]}",
    "padding": f"v1,{EXPIRES},{MAC}=",
    "space": f"v1, {EXPIRES}, {MAC}",
    "one more": f"v1,{EXPIRES},{MAC},{MAC}",
    "sent twice": f"v1,{EXPIRES},{MAC},v1,{EXPIRES},{MAC}",
    "another's": f"v1,{EXPIRES},{'A' * 43}",
}


@pytest.mark.parametrize("malformed", MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed_is_none(malformed: str | None) -> None:
    assert not holds(malformed)


@given(some.text(some.characters(codec="latin-1", exclude_categories=["C"])))
def test_nothing_that_is_sent_makes_it_stumble(value: str) -> None:
    assert not holds(value)
