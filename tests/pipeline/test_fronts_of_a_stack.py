"""A podcast that is heard while fronts stand before every service. In a module of its own: it shares the stack."""

from __future__ import annotations

from local.front_faults import Fault
from local.stack import Stack
from tests.conftest import PATIENCE_S, ApiClient, eventually

TEXT = "The tide is the rise and fall of the sea. The Moon pulls at the water, and the water goes with it."


def test_a_podcast_is_heard_whole_though_fronts_stood_before_everybody(stack: Stack, api_client: ApiClient) -> None:
    with (
        stack.front("script_weaver", Fault(403, times=2)) as weaver,
        stack.front("orchestrator", Fault(401, times=2)) as orchestrator,
        stack.front("api_gateway", Fault(404, "empty", times=3, paths=("/internal/v1/signed-urls",))) as gateway,
    ):
        with stack.front("model_serving", Fault(404)) as models:
            accepted = api_client.generate(text=TEXT, minutes=1)
            eventually(lambda: models() > 6, PATIENCE_S)
        heard = api_client.hear(accepted)
        assert (weaver(), orchestrator(), gateway()) == (2, 2, 3)
    assert heard.whole()
    assert api_client.await_state(accepted["cpoa_workflow_id"], "COMPLETED", "FAILED")["state"] == "COMPLETED"
