"""A share is good for one podcast and until its time; any alteration makes a share worthless."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from common import authenticator, shares
from common.errors import AethercastError, Misconfigured
from common.settings import Settings

SETTINGS = Settings(authenticator_key="the key")
ID, PODCAST, OTHER = "0123456789abcdef", "a" * 32, "b" * 32
SOON = datetime.now(UTC) + timedelta(days=1)
SHARE = shares.token(SETTINGS, ID, PODCAST, SOON)


def refusal(shown: str, workflow_id: str = PODCAST, settings: Settings = SETTINGS) -> str:
    with pytest.raises(AethercastError) as refused:
        shares.verified(settings, shown, workflow_id)
    return refused.value.code


def test_it_names_itself_and_is_the_same_each_time() -> None:
    assert shares.verified(SETTINGS, SHARE, PODCAST) == ID
    assert shares.token(SETTINGS, ID, PODCAST, SOON) == SHARE


def test_it_is_good_for_no_other_podcast() -> None:
    assert refusal(SHARE, OTHER) == "share_wrong"


@pytest.mark.parametrize("at", range(len(SHARE)))
def test_nothing_in_it_can_be_altered(at: int) -> None:
    other = "1" if SHARE[at] != "1" else "2"
    assert refusal(SHARE[:at] + other + SHARE[at + 1 :]) == "share_wrong"


@pytest.mark.parametrize(
    "shown",
    ["", "share_", SHARE[:-1], SHARE + "A", SHARE.replace("_", "."), "share_" + "9" * 500],
    ids=["nothing", "its prefix", "too short", "too long", "other signs", "numbers"],  # each worker has another SHARE
)
def test_what_is_no_share_is_refused(shown: str) -> None:
    assert refusal(shown) == "share_wrong"


def test_it_expires_and_its_time_cannot_be_put_off() -> None:
    past = shares.token(SETTINGS, ID, PODCAST, datetime.now(UTC) - timedelta(seconds=2))
    assert refusal(past) == "share_expired"
    expires = past.split("_")[2]
    assert refusal(past.replace(expires, str(int(time.time()) + 1000))) == "share_wrong"


def test_it_outlives_one_change_of_the_key_and_no_second() -> None:
    changed = Settings(authenticator_key="the next", authenticator_other_key="the key")
    assert shares.verified(changed, SHARE, PODCAST) == ID
    assert refusal(SHARE, settings=Settings(authenticator_key="a third", authenticator_other_key="the next"))
    assert refusal(SHARE, settings=Settings()) == "share_wrong"
    with pytest.raises(Misconfigured):
        shares.token(Settings(), ID, PODCAST, SOON)


def test_an_authenticator_of_our_services_is_no_share() -> None:
    """Both are made with one key."""
    headers = {"X-Workflow-ID": PODCAST}
    signed = authenticator.sign(
        SETTINGS, caller=ID, target=PODCAST, headers=headers, body=b"share", lifetime=timedelta(days=1)
    )
    _, expires, mac = signed.split(",")
    assert refusal(f"share_{ID}_{expires}_{mac}") == "share_wrong"
