"""Pronunciations of a request, a show and an owner: kept, carried by each podcast from its beginning, and heard."""

from __future__ import annotations

from typing import Any

import pytest
from google.cloud import firestore

from client.aethercast import Aethercast
from common.settings import Settings
from local import keys
from local.stack import Stack
from local.stack_settings import PROJECT
from tests.conftest import LONG_WORD, ApiClient

SCRIPT = [
    {"speaker": "Ada", "text": "The tide rises twice a day."},
    {"speaker": "Ben", "text": "Nginx serves the tables of the harbour."},
]
NGINX = {"written": "Nginx", "said": LONG_WORD}
LEIGH = {"written": "Leigh", "ipa": "li", "said": "lee"}


@pytest.fixture(scope="module")
def db(stack: Stack) -> firestore.Client:
    return firestore.Client(project=PROJECT)


@pytest.fixture
def api(api_client: ApiClient) -> Any:
    """The client of an owner of their own."""
    with Aethercast(
        api_client.api.removesuffix("/api/v1/podcasts"), keys.create(Settings(google_cloud_project=PROJECT), "says-it")
    ) as client:
        yield client


def wished(db: firestore.Client, workflow_id: str) -> list[dict[str, Any]]:
    found = db.document("workflows", workflow_id).get().to_dict() or {}
    return list(found["request"].get("pronunciations", []))


def test_what_is_kept_is_carried_by_podcasts_that_are_asked_for_later(api: Aethercast, db: firestore.Client) -> None:
    assert api.keep_pronunciations([LEIGH], {"Harbour": [NGINX]}) == api.pronunciations()
    made = api.generate(script=SCRIPT, show="Harbour", pronunciations=[{"written": "Leigh", "said": "lay"}])
    api.keep_pronunciations([])
    assert api.pronunciations().shows == {}
    assert wished(db, made.workflow_id) == [{"written": "Leigh", "said": "lay"}, NGINX]
    podcast = api.wait(made.workflow_id, within_s=180, every_s=0.1)
    assert (podcast.state, podcast.show) == ("COMPLETED", "Harbour")

    # The transcript keeps what is written; what is heard takes as long as what is said
    [told] = [segment for segment in api.segments(made.workflow_id) if "Nginx" in segment.text]
    assert LONG_WORD not in told.text
    again = api.remake(made.workflow_id, pronunciations=[{"written": "Nginx", "said": "it"}])
    assert wished(db, again.workflow_id)[0] == {"written": "Nginx", "said": "it"}
    remade = api.wait(again.workflow_id, within_s=180, every_s=0.1)
    assert (remade.state, remade.show) == ("COMPLETED", "Harbour")
    before, after = (
        {segment.text: segment for segment in api.segments(one)} for one in (made.workflow_id, again.workflow_id)
    )
    assert before.keys() == after.keys()
    assert (before[told.text].duration_ms or 0) - (after[told.text].duration_ms or 0) > 1_000
    same = before.keys() - {told.text}
    assert all(before[text].forged_at == after[text].forged_at for text in same), "nothing else was voiced again"


def test_a_show_that_nothing_is_kept_for_is_one_like_any_other(api: Aethercast) -> None:
    api.keep_pronunciations([LEIGH], {"Harbour": [NGINX]})
    made = api.generate(script=SCRIPT, show="Streets")
    assert api.podcast(made.workflow_id).show == "Streets"
    api.cancel(made.workflow_id)
