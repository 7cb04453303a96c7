"""Least privilege, as applied, against the table in terraform/README.md: neither has a right beyond the other's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from common.waking import WOKEN
from emulators.storage.rights import ROLES
from local.bucket_roles import BUCKET_ROLES
from local.entry_points import ENTRY_POINTS
from tests.terraform.extract_schema import ROOT
from tests.terraform.offline import Offline

pytestmark = pytest.mark.xdist_group("deployment")

GOOGLES = {
    "cloudbuild": "Cloud Build",
    "cloudscheduler": "Cloud Scheduler",
    "cloudtasks": "Cloud Tasks",
    "pubsub": "Pub/Sub",
}
"""Services of Google's that act by themselves -> their names."""

Right = tuple[str, str, str]
"""(who, role, on what), in the words of the table."""


def test_the_table_is_what_is_applied(deployment: Offline) -> None:
    assert rights(deployment) == set(table())


def test_only_the_gateway_signs(deployment: Offline) -> None:
    signers = {right for right in rights(deployment) if right[1] == "iam.serviceAccountTokenCreator"}
    assert signers == {("api_gateway", "iam.serviceAccountTokenCreator", "account api_gateway")}


def test_only_the_orchestrator_enqueues(deployment: Offline) -> None:
    assert {who for who, role, _ in rights(deployment) if role == "cloudtasks.enqueuer"} == {"orchestrator"}


def test_every_service_of_googles_that_acts_here_may(deployment: Offline) -> None:
    """Asked for by name, their accounts come without a role: queues, pushes and ticks would have no token.
    https://cloud.google.com/iam/docs/create-service-agents#grant-roles"""
    asked_for = {
        one["service"].partition(".")[0] for one in deployment.cloud.of_type("google_project_service_identity")
    }
    assert asked_for == GOOGLES.keys()
    agents = {(who, role) for who, role, _ in rights(deployment) if role.endswith(".serviceAgent")}
    assert agents == {(name, f"{service}.serviceAgent") for service, name in GOOGLES.items()}
    signing = {"google_cloud_tasks_queue", "google_pubsub_subscription", "google_cloud_scheduler_job"}
    assert signing <= {type_name for type_name, _ in deployment.cloud.resources}
    text = (ROOT / "terraform" / "iam.tf").read_text(encoding="utf-8")
    waited_for = text[text.index('resource "time_sleep" "rights"') :]
    assert "google_project_iam_member.agent," in waited_for, "and before the first build begins"


def test_only_the_queues_call_agents(deployment: Offline) -> None:
    """And the waker, denied everything else by the agents themselves: tests/pipeline/test_waking.py."""
    agents = {f"service {agent}" for agent in ("content_harvester", "script_weaver", "voice_forge", "mastering")}
    assert {who for who, _, what in rights(deployment) if what in agents} == {"tasks_invoker", "waker"}


def test_the_waker_knocks_where_somebody_may_soon_wait_and_can_do_nothing_else(deployment: Offline) -> None:
    its_own = {(role, what) for who, role, what in rights(deployment) if who == "waker"}
    assert its_own == {("run.invoker", f"service {name}") for name in WOKEN if name != "streamer"}


def test_nobody_else_is_let_in_by_hand(deployment: Offline) -> None:
    """Bindings name all callers of a service, and so refuse all others: a single member's would leave others in."""
    assert not deployment.cloud.of_type("google_cloud_run_v2_service_iam_member")


def test_every_function_and_nobody_else_has_the_key_of_our_authenticators(deployment: Offline) -> None:
    readers = {who for who, _, what in rights(deployment) if what.startswith("secret authenticator_")}
    functions = deployment.cloud.of_type("google_cloudfunctions2_function")
    assert readers == {_who(function["service_config"][0]["service_account_email"]) for function in functions}


def test_the_streamer_reads_no_bucket(deployment: Offline) -> None:
    assert not {what for who, _, what in rights(deployment) if who == "streamer" and "bucket" in what}


def test_a_stack_grants_on_the_bucket_what_is_granted_in_the_cloud(deployment: Offline) -> None:
    granted: dict[str, set[str]] = {}
    for who, role, what in rights(deployment):
        if what == "bucket audio":
            granted.setdefault(who, set()).add(role.removeprefix("storage."))
    runs_as = {
        values["name"].removeprefix("aethercast-").replace("-", "_"): _who(
            values["service_config"][0]["service_account_email"]
        )
        for values in deployment.cloud.of_type("google_cloudfunctions2_function")
    }
    assert runs_as.keys() == ENTRY_POINTS.keys()
    in_the_cloud = {service: granted[account] for service, account in runs_as.items() if account in granted}
    assert {service: set(roles) for service, roles in BUCKET_ROLES.items()} == in_the_cloud
    assert {role for roles in in_the_cloud.values() for role in roles} <= ROLES.keys()


def test_nobody_has_a_broad_role(deployment: Offline) -> None:
    broad = re.compile(r"(owner|editor|viewer|admin)$", re.IGNORECASE)
    assert not {right for right in rights(deployment) if broad.search(right[1]) and not right[1].startswith("storage.")}
    assert not {right for right in rights(deployment) if right[1].endswith("dmin")}


def rights(deployment: Offline) -> set[Right]:
    """Every binding of the stand-in cloud."""
    return {
        (_who(member), _role(values["role"]), _what(type_name, values))
        for (type_name, _), values in deployment.cloud.resources.items()
        if type_name.endswith(("_iam_member", "_iam_binding"))
        for member in values.get("members") or [values["member"]]
    }


def table() -> Iterator[Right]:
    """The rows of README.md's table, each name of a list for itself."""
    text = (ROOT / "terraform" / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| `([^|`]+)` \| ([^|]+) \| [^|]+ \|$", text, re.MULTILINE)
    for who, role, what in rows:
        kind, _, names = what.partition(" ")
        for one in who.split(", "):
            for name in names.split(", "):
                yield one, role, f"{kind} {name}"


def _who(member: str) -> str:
    if member == "allUsers":
        return "everybody"
    account, _, domain = member.removeprefix("serviceAccount:").partition("@")
    if domain.startswith("gcp-sa-"):
        return GOOGLES[domain.removeprefix("gcp-sa-").partition(".")[0]]
    return account.removeprefix("aethercast-").replace("-", "_")


def _role(role: str) -> str:
    return role.rpartition("/")[2]


def _what(type_name: str, values: dict[str, Any]) -> str:
    def short(name: str) -> str:
        return name.removeprefix("my-project-").removeprefix("aethercast-").replace("-", "_")

    match type_name:
        case "google_cloud_run_v2_service_iam_binding":
            return f"service {short(values['name'])}"
        case "google_cloud_tasks_queue_iam_member":
            return f"queue {values['name']}"
        case "google_pubsub_topic_iam_member":
            return f"topic {values['topic']}"
        case "google_pubsub_subscription_iam_member":
            return f"subscription {values['subscription']}"
        case "google_storage_bucket_iam_member":
            return f"bucket {short(values['bucket'])}"
        case "google_service_account_iam_member":
            return f"account {_who(values['service_account_id'].rpartition('/')[2])}"
        case "google_secret_manager_secret_iam_member":
            return f"secret {short(values['secret_id'])}"
        case "google_artifact_registry_repository_iam_member":
            return f"repository {values['repository']}"
        case "google_project_iam_member":
            [condition] = values["condition"] or [{"title": "everything"}]
            return f"project {condition['title'].replace('_', ' ')}"
    raise AssertionError(f"{type_name} has no words in the table")
