"""Whatever queues send at once has a place at the target: Cloud Run's front answers 429 to a surplus request."""

from __future__ import annotations

from typing import Any

import pytest

from common.policy import POLICIES
from tests.terraform.extract_schema import ROOT
from tests.terraform.offline import Offline

pytestmark = pytest.mark.xdist_group("deployment")

OTHERS = sorted({path.stem for path in (ROOT / "terraform" / "examples").glob("*.tfvars")} - {"production"})
ASKS_MODELS = ("weave", "forge", "urgent")
"""Queues whose every task has a call of the model serving agent open."""


@pytest.mark.parametrize(
    "example", [None, "production", *(pytest.param(name, marks=pytest.mark.nightly) for name in OTHERS)]
)
def test_queues_send_no_more_than_there_are_places(example: str | None, undeployed: Offline) -> None:
    sent, places = planned(undeployed, *([f"-var-file=examples/{example}.tfvars"] if example else []))
    together = {agent: sum(sent[queue] for queue in policy.queues) for agent, policy in POLICIES.items()}
    crowded = {agent: (at_once, places[agent]) for agent, at_once in together.items()}
    assert {agent: both for agent, both in crowded.items() if both[0] > both[1]} == {}
    assert sum(sent[queue] for queue in ASKS_MODELS) < places["model_serving"], "one is left for the gateway"


def test_a_queue_that_sends_more_than_there_are_places_is_refused(undeployed: Offline) -> None:
    for too_many in ('-var=concurrency={"harvest": 41}', '-var=max_instances={"model_serving": 11}'):
        refused = undeployed("plan", too_many, check=False)
        assert refused.returncode == 1
        assert "max_instances" in refused.stdout + refused.stderr


def planned(undeployed: Offline, *arguments: str) -> tuple[dict[str, int], dict[str, int]]:
    """How many tasks each queue has under way at once, and how many requests each function takes."""
    undeployed("plan", "-out=places.tfplan", *arguments)
    resources = undeployed.json("show", "-json", "places.tfplan")["planned_values"]["root_module"]["resources"]

    def of_type(name: str) -> list[dict[str, Any]]:
        return [dict(resource) for resource in resources if resource["type"] == name]

    sent = {
        queue["index"]: int(queue["values"]["rate_limits"][0]["max_concurrent_dispatches"])
        for queue in of_type("google_cloud_tasks_queue")
    }
    places = {}
    for function in of_type("google_cloudfunctions2_function"):
        [config] = function["values"]["service_config"]
        places[function["index"]] = int(config["max_instance_count"] * config["max_instance_request_concurrency"])
    return sent, places
