"""In which order a first apply makes things: nothing before the APIs, rights and accounts that it needs are there.

What comes too early fails half of the time, and on a new project alone; so the order is read off Terraform's own graph.
"""

from __future__ import annotations

import re

import pytest

from tests.terraform.extract_schema import ROOT
from tests.terraform.offline import Offline

pytestmark = pytest.mark.xdist_group("deployment")

APIS, FIRST_APIS, RIGHTS = "time_sleep.apis", "time_sleep.first_apis", "time_sleep.rights"
AGENTS = "google_project_service_identity.agent"
INVOKERS = "google_cloud_run_v2_service_iam_binding.invoker"


@pytest.fixture(scope="module")
def before(undeployed: Offline) -> dict[str, set[str]]:
    """Resource or data source -> all that is there before it is made or read."""
    drawn = undeployed("graph").stdout
    direct: dict[str, set[str]] = {name: set() for name in re.findall(r'^  "([^"]+)" \[', drawn, re.MULTILINE)}
    for after, name in re.findall(r'^  "([^"]+)" -> "([^"]+)";', drawn, re.MULTILINE):
        direct[after].add(name)

    def above(name: str) -> set[str]:
        return direct[name].union(*(above(one) for one in direct[name]))

    return {name: above(name) for name in direct}


def test_nothing_is_made_before_its_api_is_there(before: dict[str, set[str]]) -> None:
    """Nor is an API enabled, or the project read, before those are there that tell of them."""
    made = {name for name in before if name.startswith("google_")}
    assert {name for name in made if APIS not in before[name]} == {
        "google_project_service.api",
        "google_project_service.first",
    }
    for name in ("google_project_service.api", "data.google_project.this"):
        assert FIRST_APIS in before[name], name


def test_nothing_is_built_before_the_builder_may(before: dict[str, set[str]]) -> None:
    """Nor deployed before it may read its keys: a right takes minutes to be seen."""
    for name in ("google_cloudfunctions2_function.agent", "terraform_data.streamer_image"):
        assert RIGHTS in before[name], name
    needed = {
        name
        for name in before
        if name.endswith(("_iam_member.builder", "_iam_member.builder_logs", "_iam_member.builder_sources"))
        or name.startswith("google_secret_manager_secret_iam_member.")
    }
    assert len(needed) == 6
    assert needed | {"google_project_iam_member.agent"} <= before[RIGHTS]
    text = (ROOT / "terraform" / "iam.tf").read_text(encoding="utf-8")
    [triggers] = re.findall(r'resource "time_sleep" "rights" \{.*?triggers = \{(.*?)\n  \}', text, re.DOTALL)
    for name in needed:
        if "secret" in name:
            assert f"keys({name})" in triggers, "a key that is added later is waited for, too"


def test_an_account_of_googles_is_there_before_it_is_named(before: dict[str, set[str]]) -> None:
    """https://github.com/hashicorp/terraform-provider-google/issues/7281"""
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "terraform").glob("*.tf")]
    naming = {
        f"{kind}.{name}"
        for text in files
        for kind, name, body in re.findall(r'^resource "(\w+)" "(\w+)" \{(.*?)^\}', text, re.MULTILINE | re.DOTALL)
        if "local.pubsub_agent" in body or "@gcp-sa-" in body
    }
    assert len(naming) == 3
    for name in naming:
        assert AGENTS in before[name], name


def test_nobody_is_called_before_the_caller_may(before: dict[str, set[str]]) -> None:
    calling = {
        name for name in before if name.startswith(("google_pubsub_subscription.", "google_cloud_scheduler_job."))
    }
    assert {name for name in calling if INVOKERS not in before[name]} == {"google_pubsub_subscription.inspection"}
