"""The cost page: computed from its settings, which are those of the deployment."""

from __future__ import annotations

import importlib.util
import re
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


def by_hand() -> dict[str, float]:
    """Row of the page -> the figure in its first column, reckoned once more, plainly and by nobody else's formulas."""
    price, assumed, run = GIVEN["price"], GIVEN["assumed"], GIVEN["measured"]["embedded"]
    hosted, done = GIVEN["measured"]["hosted"], run["operations"]
    month_s = 30 * 24 * 60 * 60
    operations = done["firestore_reads"] * 0.03e-5 + done["firestore_writes"] * 0.09e-5
    operations += done["firestore_writes"] / 3 * 0.01e-5 + done["tasks"] * 0.40e-6
    operations += done["storage_reads"] * 0.0004e-3 + done["storage_writes"] * 0.005e-3
    operations += done["pubsub_messages"] * 2 * 1_024 / 2**40 * 40
    operations += (done["tasks"] + 2 * done["pubsub_messages"] + 2 * run["segments"]) * 0.40e-6
    busy = run["busy_s"]
    cpu_s = sum(busy.values()) + busy["model_serving"]  # which has two
    gib_s = sum(busy.values()) / 2 + busy["model_serving"] / 2 + 1.5 * busy["content_harvester"]
    functions = cpu_s * 0.000024 + gib_s * 0.0000025
    stored_gb = (2 * hosted["audio_bytes"] + hosted["seconds"] * 20_000) / 1e9
    documents_gib = 5 / hosted["segments"] * hosted["audio_bytes"] / 2**30
    keeping = stored_gb * 0.020 + documents_gib * 0.15 + 0.0001 * 0.50
    an_hour_gib = hosted["audio_bytes"] / hosted["seconds"] * 3_600 / 2**30
    an_instance = 3_600 * (0.000024 + 0.5 * 0.0000025)
    minutes = month_s / 60
    looks = 8 * (1.50 + minutes * 0.35e-6)
    checks = 2 * 6 * month_s * 0.30e-3  # if they were made every second
    rest = minutes * (0.03e-5 + 0.40e-6 + 0.1 * 0.000024) + 0.10 + 2 * 0.10
    warm = month_s * 0.0000025 * (7 + 1 + 5.0 + 0.5)
    warm_production = month_s * 0.0000025 * (7 + 2.1 + 5.0 + 1.125)
    production_hour = 3_600 * (2.1 * 0.000024 + 1.125 * 0.0000025)

    def a_month(a_day: int) -> float:
        together = min(600.0, max(1.0, a_day * hosted["seconds"] / 86_400))
        heard = hosted["seconds"] / 3_600 * (production_hour / together + an_hour_gib * 0.12)
        standing = rest + checks / 60 + looks + warm_production + 18.25 + 9.00
        return float(30 * a_day * (operations + functions + keeping + heard) + standing)

    assert assumed["alert_conditions"] == 8
    assert price["cloud_armor_month"] == 5 + 4
    return {
        "database, queues, events, storage": operations,
        "functions, at most": functions,
        "keeping it for a month, and logs": keeping,
        "with `trace`, more": hosted["spans"] * 0.20e-6,
        "**one podcast**": operations + functions + keeping,
        "an hour of one listener, who is alone": an_instance + an_hour_gib * 0.12,
        "an hour of one of 600": an_instance / 600 + an_hour_gib * 0.12,
        "a month at rest": rest,
        "and watched, every 15 minutes": checks / 900 + looks,
        "a month of `warm`, more": warm,
        "and watched every minute, more": checks / 60 - checks / 900,
        "a month of a `domain`, more": 18.25 + 9.00,
        "1,000": a_month(1_000),
        "100,000": a_month(100_000),
    }


def test_every_row_is_what_plain_arithmetic_says() -> None:
    page = (TERRAFORM / "COSTS.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([^|]+) \| \**\$ ([\d.,]+)\** \|", page, re.MULTILINE))
    expected = by_hand()
    assert rows.keys() == expected.keys()
    for row, told in rows.items():
        assert float(told.replace(",", "")) == pytest.approx(expected[row], rel=0.06), row  # of two digits


def test_every_row_and_every_limit_names_its_source() -> None:
    page = (TERRAFORM / "COSTS.md").read_text(encoding="utf-8")
    head, _, limits = page.partition("## Which limit")
    for row in re.findall(r"^\| (?!podcasts|---|\||\*|[\d,]+ \|)[^|]+\|.*\|$", head, re.MULTILINE):
        assert "](https://" in row or "likewise" in row or "as above" in row, row
    assert "costs.toml names where" in limits
    text = (TERRAFORM / "costs.toml").read_text(encoding="utf-8")
    for line in text.partition("[quota]")[2].splitlines()[1:]:
        assert re.search(r"# .*(https://|likewise|\.tf\b|\.tfvars)", line), line
    assert GIVEN["price"].keys() <= set(re.findall(r'price\["(\w+)"\]', (TERRAFORM / "costs.py").read_text())) | {
        name for run in GIVEN["measured"].values() for name in run["operations"]
    }, "a price that nothing is reckoned by"


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
    cpu, gib = costs.at_once(2 * 86_400)
    standing = GIVEN["warm"]["vcpu"] + GIVEN["streamer"]["production_vcpu"]
    assert cpu == pytest.approx(standing + 2 * (10 + 4 * 2 / 8))
    standing = GIVEN["warm"]["gib"] + GIVEN["streamer"]["production_gib"]
    assert gib == pytest.approx(standing + 2 * (10 * 0.5 + 4 * 1 / 8))
    assert GIVEN["quota"]["cpu_at_once"] == _variable_default("cpu_quota")
    assert GIVEN["quota"]["memory_gib_at_once"] == 2 * _variable_default("cpu_quota")


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
