"""The pipeline as it is deployed: each function alone with its own account, and queues that are new.

In one process all share an account, so only here is a missing right noticed.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from common.artifacts import FILES
from common.contract import PACKET_MS
from local.stack import Options, Stack
from tests.conftest import BRIEF_VOICE, PATIENCE_S, ApiClient, eventually

TEXT = (
    "The tide is the rise and fall of the sea. The Moon pulls at the water, and the water goes with it. "
    "Sailors have known this for ages."
)


@pytest.mark.xdist_group("isolated")
@pytest.mark.parametrize(
    ("podcasts", "voice", "longer_than_s"),
    [(1, BRIEF_VOICE, 2), pytest.param(6, {}, 30, marks=pytest.mark.nightly)],
    ids=["one", "six"],  # the turns of one are more than a new queue lets go
)
def test_every_account_has_the_rights_that_it_needs_and_every_podcast_is_heard(
    podcasts: int, voice: dict[str, str], longer_than_s: int
) -> None:
    """Where a taken name is answered by 403; by 412 it is in every other stack (and by both in test_taken_names.py)."""
    environment = tuple(voice.items())
    options = Options(
        isolate=True, private_addresses=True, queues_ramp=True, taken_is_forbidden=True, environment=environment
    )
    with Stack(options) as stack:
        api_client = ApiClient(stack)
        asked = [api_client.generate(text=TEXT, minutes=1) for _ in range(podcasts)]
        with ThreadPoolExecutor(podcasts) as listeners:
            heard = list(listeners.map(api_client.hear, asked))
        assert all(one.whole() for one in heard)
        assert all(len(one.packets) * PACKET_MS > longer_than_s * 1000 for one in heard)
        for accepted in asked:
            workflow_id = accepted["cpoa_workflow_id"]
            api_client.await_state(workflow_id, "COMPLETED")
            eventually(
                lambda workflow_id=workflow_id: api_client.show(workflow_id)["artifacts"].keys() == FILES.keys(),  # type: ignore[misc]
                PATIENCE_S,
            )
            assert api_client.http.delete(f"{api_client.api}/{workflow_id}", timeout=60).status_code == 204
