"""The cost page: computed from its settings, which are those of the deployment."""

from __future__ import annotations

import importlib.util
import tomllib
from types import ModuleType
from typing import Any

import hcl2
import pytest

from common.policy import OPENING
from tests.terraform.extract_schema import ROOT
from tests.terraform.offline import Offline

pytestmark = pytest.mark.xdist_group("deployment")

TERRAFORM = ROOT / "terraform"
GIVEN: dict[str, Any] = tomllib.loads((TERRAFORM / "costs.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("costs", TERRAFORM / "costs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_script_says(script: ModuleType) -> None:
    page = script.page(script.Costs(GIVEN))
    assert (TERRAFORM / "COSTS.md").read_text(encoding="utf-8") == page, "run: python terraform/costs.py"


def test_a_podcast_costs_its_operations(script: ModuleType) -> None:
    """By hand, for round prices."""
    price = dict.fromkeys(GIVEN["price"], 0.0) | {"firestore_writes": 1.0, "tasks": 0.5}
    costs = script.Costs(GIVEN | {"price": price})
    counted = GIVEN["measured"]["embedded"]["operations"]
    assert costs.podcast(cloud_engines=False) == counted["firestore_writes"] + 0.5 * counted["tasks"]


def test_an_instance_costs_while_it_is_busy(script: ModuleType) -> None:
    price = dict.fromkeys(GIVEN["price"], 0.0) | {"vcpu_second": 1.0, "gib_second": 0.1}
    run = GIVEN["measured"]["embedded"] | {"busy_s": {"model_serving": 10.0, "content_harvester": 1.0}}
    costs = script.Costs(GIVEN | {"price": price, "measured": GIVEN["measured"] | {"embedded": run}})
    assert costs.compute("embedded") == pytest.approx(10 * (2 + 0.1 * 1) + 1 * (1 + 0.1 * 2))


def test_the_first_sound_is_paid_for_in_documents_too(script: ModuleType) -> None:
    price = dict.fromkeys(GIVEN["price"], 0.0) | {"firestore_gib_month": 2.0**30}
    costs = script.Costs(GIVEN | {"price": price})
    run = GIVEN["measured"]["hosted"]
    assert costs.keeping() == pytest.approx(OPENING / run["segments"] * run["audio_bytes"])


def test_cpu_is_that_of_all_services_together(script: ModuleType) -> None:
    """Kept warm, for listeners, and filled by work: of two podcasts a second, whose editions take an instance each."""
    run = GIVEN["measured"]["hosted"] | {"busy_s": {"editions": 10.0, "model_serving": 4.0}, "seconds": 0.0}
    given = {"measured": GIVEN["measured"] | {"hosted": run}, "assumed": GIVEN["assumed"] | {"peak": 1}}
    costs = script.Costs(GIVEN | given)
    standing = GIVEN["warm"]["vcpu"] + GIVEN["streamer"]["production_vcpu"]
    assert costs.cpu_at_once(2 * 86_400) == pytest.approx(standing + 2 * (10 + 4 * 2 / 8))
    assert GIVEN["quota"]["cpu_at_once"] == _variable_default("cpu_quota")


def test_functions_are_as_large_as_they_are_deployed(deployment: Offline) -> None:
    sizes = {
        function["name"].removeprefix("aethercast-").replace("-", "_"): [
            float(config["available_cpu"]),
            _gib(config["available_memory"]),
            config["max_instance_request_concurrency"],
        ]
        for function in deployment.cloud.of_type("google_cloudfunctions2_function")
        for config in function["service_config"]
    }
    assert sizes == GIVEN["size"]


def test_what_is_kept_warm_is_what_is_paid_for(deployment: Offline) -> None:
    """The production example is warm."""
    warm = [
        (float(config["available_cpu"]), _gib(config["available_memory"]))
        for function in deployment.cloud.of_type("google_cloudfunctions2_function")
        for config in function["service_config"]
        if config["min_instance_count"]
    ]
    assert (sum(cpu for cpu, _ in warm), sum(gib for _, gib in warm)) == (GIVEN["warm"]["vcpu"], GIVEN["warm"]["gib"])


def test_the_streamer_is_that_of_the_default_and_that_of_the_production_example(deployment: Offline) -> None:
    default = _variable("streamer")
    assert float(default["cpu"].strip('"')) == GIVEN["streamer"]["vcpu"]
    assert _gib(default["memory"].strip('"')) == GIVEN["streamer"]["gib"]
    [service] = deployment.cloud.of_type("google_cloud_run_v2_service")
    limits = [container["resources"][0]["limits"] for container in service["template"][0]["containers"]]
    assert sum(float(one["cpu"]) for one in limits) == pytest.approx(GIVEN["streamer"]["production_vcpu"])
    assert sum(_gib(one["memory"]) for one in limits) == pytest.approx(GIVEN["streamer"]["production_gib"])


def test_conditions_of_alerts_are_counted(deployment: Offline) -> None:
    conditions = [
        one for policy in deployment.cloud.of_type("google_monitoring_alert_policy") for one in policy["conditions"]
    ]
    metered = [one for one in conditions if not one["condition_matched_log"]]
    assert len(metered) == GIVEN["assumed"]["alert_conditions"]


def test_limits_are_those_of_the_production_example(deployment: Offline) -> None:
    limits = {
        function["name"]: function["service_config"][0]["max_instance_count"]
        for function in deployment.cloud.of_type("google_cloudfunctions2_function")
    }
    [streamer] = deployment.cloud.of_type("google_cloud_run_v2_service")
    assert limits["aethercast-model-serving"] == GIVEN["quota"]["model_serving_instances"]
    at_once = {
        queue["name"]: queue["rate_limits"][0]["max_concurrent_dispatches"]
        for queue in deployment.cloud.of_type("google_cloud_tasks_queue")
    }
    assert at_once["forge"] + at_once["urgent"] == GIVEN["quota"]["forge_tasks_at_once"]
    assert at_once["weave"] == GIVEN["quota"]["weave_tasks_at_once"]
    assert at_once["editions"] == GIVEN["quota"]["editions_at_once"]
    assert streamer["template"][0]["scaling"][0]["max_instance_count"] == GIVEN["quota"]["streamer_instances"]


def _variable(name: str) -> dict[str, Any]:
    return dict(_variable_default(name))


def _variable_default(name: str) -> Any:
    [one] = [
        variable[f'"{name}"']
        for variable in hcl2.loads((TERRAFORM / "variables.tf").read_text(encoding="utf-8"))["variable"]
        if f'"{name}"' in variable
    ]
    return one["default"]


def _gib(memory: str) -> float:
    return float(memory.removesuffix("Gi")) if memory.endswith("Gi") else float(memory.removesuffix("Mi")) / 1024
