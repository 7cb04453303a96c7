"""The real terraform, offline: formatting, validation, plans, applies, tests and destroys against the stand-in
cloud."""

from __future__ import annotations

import json
import re

import pytest

from tests.terraform.extract_schema import SCHEMA_FILE, types_in_use
from tests.terraform.mistakes import MISTAKES, Mistake
from tests.terraform.offline import AGAIN, EVERYTHING, Offline

pytestmark = pytest.mark.xdist_group("deployment")

EXAMPLES = ["hobby", "production", "own-engines"]


def test_the_schema_holds_the_types_in_use_and_no_others() -> None:
    providers = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))["provider_schemas"].values()
    held = {
        "resource": {name for provider in providers for name in provider["resource_schemas"]},
        "data": {name for provider in providers for name in provider["data_source_schemas"]},
    }
    assert held == types_in_use(), "run: python -m tests.terraform.extract_schema"


def test_format(undeployed: Offline) -> None:
    assert undeployed("fmt", "-check", "-recursive", "-diff").stdout == ""


def test_validate(undeployed: Offline) -> None:
    verdict = undeployed.json("validate", "-json")
    assert verdict["valid"]
    assert verdict["diagnostics"] == []


def test_its_own_tests_pass(undeployed: Offline) -> None:
    """`terraform/tests/*.tftest.hcl`, which run likewise where the registry can be reached."""
    assert " 0 failed" in undeployed("test").stdout


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_found(mistake: Mistake, undeployed: Offline) -> None:
    with mistake.planted(undeployed.configuration):
        verdict = undeployed("validate", check=False)

    assert verdict.returncode == 1
    assert mistake.told in verdict.stdout + verdict.stderr


@pytest.mark.nightly  # test_places.py plans them each time
@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_can_be_planned(example: str, undeployed: Offline) -> None:
    undeployed("plan", f"-var-file=examples/{example}.tfvars")


def test_a_second_apply_has_nothing_to_do(deployment: Offline) -> None:
    again = deployment("plan", "-detailed-exitcode", *EVERYTHING, check=False)
    assert again.returncode == 0, again.stdout + again.stderr


def test_keys_of_engines_reach_no_state(terraform: Offline) -> None:
    key = "sk-a-key-that-nobody-may-read"
    secrets = "-target=google_secret_manager_secret_version.engine_key"
    terraform("apply", "-auto-approve", secrets, "-var-file=examples/own-engines.tfvars", f"-var=speech_api_key={key}")

    files = [file for file in terraform.configuration.rglob("*") if file.is_file()]

    assert any(file.name == "terraform.tfstate" for file in files)
    assert not [file for file in files if key.encode() in file.read_bytes()]


@pytest.mark.nightly
def test_keys_of_our_own_are_made_and_reach_no_state(terraform: Offline) -> None:
    terraform("apply", "-auto-approve", *EVERYTHING)

    told = [str(values.get("secret_data_wo")) for values in terraform.cloud.told.values()]
    keys = {key for key in told if re.fullmatch(r"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}){2}", key)}
    files = [file for file in terraform.configuration.rglob("*") if file.is_file()]

    assert len(keys) == 2
    assert not [file for file in files for key in keys if key.encode() in file.read_bytes()]


@pytest.mark.nightly
def test_another_tick_is_made_when_it_is_asked_for_and_only_then(terraform: Offline) -> None:
    def tick(*arguments: str) -> str:
        terraform("apply", "-auto-approve", *arguments, *EVERYTHING)
        [job] = terraform.cloud.of_type("google_cloud_scheduler_job")
        return str(job["http_target"][0]["headers"]["X-Aethercast-Signature"])

    first = tick()
    assert tick() == first
    assert tick("-replace=terraform_data.tick_token") != first


@pytest.mark.nightly
def test_the_streamer_is_built_when_its_source_changes_and_only_then(terraform: Offline) -> None:
    def apply() -> list[list[str]]:
        terraform("apply", "-auto-approve", "-target=terraform_data.streamer_image")
        return [build["images"] for build in terraform.builds()]

    [image] = apply()
    assert apply() == [image]

    (terraform.tree / "web" / "another_page.html").write_text("<p>", encoding="utf-8")

    assert len(apply()) == 2
    assert apply()[1] != image


@pytest.mark.nightly
def test_after_a_destroy_queues_and_the_role_can_have_other_names(again: Offline) -> None:
    """And the orchestrator enqueues into the renamed queues, and the streamer has the role; the destroy leaves
    nothing."""
    names = {queue["name"] for queue in again.cloud.of_type("google_cloud_tasks_queue")}
    assert names == {f"{name}-2" for name in ("harvest", "weave", "forge", "urgent", "master", "editions", "webhooks")}
    given = [
        function["service_config"][0]["environment_variables"]["QUEUE_SUFFIX"]
        for function in again.cloud.of_type("google_cloudfunctions2_function")
    ]
    assert set(given) == {"-2"}
    [role] = again.cloud.of_type("google_project_iam_custom_role")
    assert role["role_id"] == "aethercast_listener_2"

    again("destroy", "-auto-approve", *AGAIN)

    assert again.cloud.resources == {}
