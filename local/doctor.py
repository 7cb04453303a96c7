"""What stands in the way of a deployment, said before it begins, with the mend of each; nothing is changed.

    nox -s doctor -- [--project my-project] [--region us-central1] [--var-file terraform/examples/hobby.tfvars]

Reads what Terraform reads by itself (terraform/terraform.tfvars, terraform/*.auto.tfvars), then the given files. Asks
Google's APIs with the operator's own credentials. The exit status is 1 where something would fail the apply, for
pipelines to stop there. What could not be looked at is said to be unknown, and does not count.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import hcl2
from lark.exceptions import LarkError

from common.policy import POLICIES
from local.commands import DATABASE, REGION, ending, project_id, region_id
from local.google_apis import Google, LoggedOut, NotAnswered, login

GOOD, LOOK, WRONG, UNKNOWN = "good", "look", "wrong", "unknown"
FOLDER = Path(__file__).parents[1] / "terraform"
TERRAFORM = (1, 11)
"""terraform/versions.tf"""
APIS = frozenset(
    {
        *("artifactregistry", "cloudbuild", "cloudfunctions", "cloudresourcemanager", "cloudscheduler", "cloudtasks"),
        *("firebaserules", "firestore", "iam", "iamcredentials", "logging", "monitoring", "pubsub", "run"),
        *("secretmanager", "serviceusage", "storage"),
    }
)
"""What every deployment uses: terraform/apis.tf."""
RIGHTS = (
    "artifactregistry.repositories.create",
    "artifactregistry.repositories.setIamPolicy",
    "cloudbuild.builds.create",
    "cloudfunctions.functions.create",
    "cloudfunctions.functions.setIamPolicy",
    "cloudscheduler.jobs.create",
    "cloudtasks.queues.create",
    "cloudtasks.queues.setIamPolicy",
    "datastore.databases.create",
    "datastore.indexes.create",
    "datastore.indexes.update",
    "firebaserules.releases.create",
    "firebaserules.rulesets.create",
    "iam.roles.create",
    "iam.serviceAccounts.actAs",
    "iam.serviceAccounts.create",
    "iam.serviceAccounts.setIamPolicy",
    "logging.logMetrics.create",
    "monitoring.alertPolicies.create",
    "monitoring.dashboards.create",
    "monitoring.uptimeCheckConfigs.create",
    "pubsub.subscriptions.create",
    "pubsub.subscriptions.setIamPolicy",
    "pubsub.topics.create",
    "pubsub.topics.setIamPolicy",
    "resourcemanager.projects.setIamPolicy",
    "run.services.create",
    "run.services.setIamPolicy",
    "secretmanager.secrets.create",
    "secretmanager.secrets.setIamPolicy",
    "secretmanager.versions.add",
    "serviceusage.services.enable",
    "storage.buckets.create",
)
"""What makes every deployment. Who makes a bucket may do everything with it: https://cloud.google.com/storage/docs/access-control/iam#convenience-values"""
RIGHTS_OF = {
    "alert_email": ("monitoring.notificationChannels.create",),
    "domain": (
        "compute.backendServices.create",
        "compute.globalAddresses.create",
        "compute.globalForwardingRules.create",
        "compute.regionNetworkEndpointGroups.create",
        "compute.securityPolicies.create",
        "compute.sslCertificates.create",
        "compute.sslPolicies.create",
        "compute.targetHttpProxies.create",
        "compute.targetHttpsProxies.create",
        "compute.urlMaps.create",
    ),
    "protect_data": ("datastore.backupSchedules.create",),
}
"""Variable that is set -> what it takes besides."""
REGIONAL = (
    ("cloudfunctions", "v2", "Cloud Functions"),
    ("cloudscheduler", "v1", "Cloud Scheduler"),
    ("cloudtasks", "v2", "Cloud Tasks"),
    ("firestore", "v1", "Firestore"),
)
"""API, its version, and what people call it: each tells where it is."""
BUILDS_EVERYWHERE = frozenset(
    {"us-central1", "us-west2", "europe-west1", "asia-east1", "australia-southeast1", "southamerica-east1"}
)
"""Where new projects may build, too: https://cloud.google.com/build/docs/locations#restricted_regions_for_some_projects"""
VARIABLES: dict[str, Any] = {
    "alert_email": "",
    "billing_account": "",
    "cpu_quota": 20,
    "database": "(default)",
    "domain": "",
    "domain_restricted": False,
    "engine_keys": [],
    "engine_settings": {},
    "google_engines": [],
    "language_engine": "extractive",
    "more_language_engines": [],
    "project": "",
    "protect_data": False,
    "queue_suffix": "",
    "region": "us-central1",
    "speech_requests_per_minute": 0,
    "trace": False,
    "vertex_location": "global",
}
"""What is looked at here of terraform/variables.tf, with the defaults there."""
PATTERNS = {
    "billing_account": r"([0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6})?",
    "database": DATABASE,
    "queue_suffix": r"(-[a-z0-9]{1,20})?",
    "vertex_location": rf"global|us|eu|{REGION}",
}
"""What becomes part of an address or a path; the same as Terraform's, by a test."""
UNLIMITED = -1
"""https://github.com/googleapis/googleapis/blob/master/google/api/quota.proto"""
GEMINI = "gemini-3.5-flash-lite"
"""functions/model_serving/llm/engines/gemini/model.py"""


@dataclass(frozen=True)
class Finding:
    """One check: its state (GOOD, LOOK, WRONG or UNKNOWN), its result, and how to mend a fault."""

    level: str
    about: str
    found: str
    mend: str = ""


@dataclass(frozen=True)
class Plan:
    """What is to be deployed where; `told` are the variables of a tfvars file, those of VARIABLES of their types."""

    project: str
    region: str
    told: dict[str, Any]

    def variable(self, name: str) -> Any:
        return self.told.get(name, VARIABLES[name])


Check = Callable[[Google, Plan], Iterator[Finding]]


def project(google: Google, plan: Plan) -> Iterator[Finding]:
    """Whether the project is there."""
    try:
        found = google.get("cloudresourcemanager", f"v3/projects/{plan.project}")
    except NotAnswered as refused:
        if refused.status == 0:
            mend = "Check the network, and HTTPS_PROXY where there is a proxy."
            yield Finding(WRONG, "network", f"Google cannot be reached from here: {refused}", mend)
            return
        if refused.status not in {403, 404} or refused.reason == "SERVICE_DISABLED":
            raise
        mend = "Check its ID (not its name or number), and that you are signed in as somebody who may see it."
        yield Finding(WRONG, "project", f"{plan.project} is not there, or not for you to see.", mend)
        return
    if found.get("state") == "ACTIVE":
        yield Finding(GOOD, "project", f"{plan.project} is there.")
    else:
        yield Finding(WRONG, "project", f"{plan.project} is {found.get('state')}.", "Restore it, or take another.")


def billing(google: Google, plan: Plan) -> Iterator[Finding]:
    """Whether somebody pays."""
    if google.get("cloudbilling", f"v1/projects/{plan.project}/billingInfo").get("billingEnabled"):
        yield Finding(GOOD, "billing", "enabled")
    else:
        link = f"https://console.cloud.google.com/billing/linkedaccount?project={plan.project}"
        yield Finding(WRONG, "billing", "No billing account is linked to the project.", f"Link one: {link}")


def budget(google: Google, plan: Plan) -> Iterator[Finding]:
    """Whether the operator may have the billing account's budget alert made, which belongs to no project."""
    account, right = plan.variable("billing_account"), "billing.budgets.create"
    if not account:
        return
    try:
        asked = {"permissions": [right]}
        given = google.post("cloudbilling", f"v1/billingAccounts/{account}:testIamPermissions", asked)
    except NotAnswered as refused:
        if refused.status not in {403, 404} or refused.reason == "SERVICE_DISABLED":
            raise
        found = f"There is no billing account {account}, or not for you to see."
        yield Finding(WRONG, "budget", found, "Correct `billing_account`, or leave it out.")
        return
    if right in given.get("permissions", []):
        yield Finding(GOOD, "budget", "You may have a budget alert made.")
    else:
        mend = "Have roles/billing.costsManager given to you there, or leave `billing_account` out."
        yield Finding(WRONG, "budget", f"You lack {right} on billing account {account}.", mend)


def rights(google: Google, plan: Plan) -> Iterator[Finding]:
    """Whether the operator may make what Terraform makes."""
    needed = {*RIGHTS, *(right for name, more in RIGHTS_OF.items() if plan.variable(name) for right in more)}
    asked = {"permissions": sorted(needed)}
    given = google.post("cloudresourcemanager", f"v3/projects/{plan.project}:testIamPermissions", asked)
    missing = sorted(needed - set(given.get("permissions", [])))
    if missing:
        found = f"You lack {', '.join(missing)}."
        yield Finding(WRONG, "rights", found, "Have an owner of the project give you roles/owner there.")
    else:
        yield Finding(GOOD, "rights", "You may make everything that is needed.")


def apis(google: Google, plan: Plan) -> Iterator[Finding]:
    """Which of the APIs are enabled: Terraform enables the rest."""
    path, page, enabled = f"v1/projects/{plan.project}/services", "", set[str]()
    while True:
        answer = google.get("serviceusage", path, filter="state:ENABLED", pageSize="200", pageToken=page)
        enabled |= {one["config"]["name"].removesuffix(".googleapis.com") for one in answer.get("services", [])}
        page = answer.get("nextPageToken", "")
        if not page:
            break
    missing = sorted((APIS | more_apis(plan)) - enabled)
    found = f"Terraform will enable {', '.join(missing)}." if missing else "All are enabled."
    yield Finding(GOOD, "APIs", found)


def more_apis(plan: Plan) -> set[str]:
    """What the plan's variables ask for besides: terraform/apis.tf."""
    engines = {"text_to_speech": "texttospeech", "vertex_ai": "aiplatform"}
    return {
        *(["compute"] if plan.variable("domain") else []),
        *(["billingbudgets"] if plan.variable("billing_account") else []),
        *(["cloudtrace", "telemetry"] if plan.variable("trace") else []),
        *(engines[one] for one in plan.variable("google_engines") if one in engines),
    }


def policies(google: Google, plan: Plan) -> Iterator[Finding]:
    """Which policies of an organization would refuse what is made."""

    def effective(constraint: str) -> list[dict[str, Any]]:
        name = f"v2/projects/{plan.project}/policies/{constraint}:getEffectivePolicy"
        try:
            return list(google.get("orgpolicy", name).get("spec", {}).get("rules", []))
        except NotAnswered as refused:
            if refused.status == 404:  # no such constraint here
                return []
            raise

    domains = effective("iam.allowedPolicyMemberDomains")
    members = effective("iam.managed.allowedPolicyMembers")
    restricted = any(rule.get("values") or rule.get("denyAll") for rule in domains)
    restricted = restricted or any(rule.get("enforce") for rule in members)
    if restricted and not plan.variable("domain_restricted"):
        mend = "Set `domain_restricted = true`: https://cloud.google.com/run/docs/authenticating/public"
        yield Finding(WRONG, "policies", "Your organization lets no policy name allUsers.", mend)
    if any(rule.get("enforce") for rule in effective("run.managed.requireInvokerIam")) and restricted:
        mend = "Have `run.managed.requireInvokerIam` lifted for this project: gateway and streamer are for everybody."
        yield Finding(WRONG, "policies", "Nor may a service go without its check of invokers.", mend)
    if any(rule.get("enforce") for rule in effective("iam.disableServiceAccountCreation")):
        mend = "Have `iam.disableServiceAccountCreation` lifted for this project."
        yield Finding(WRONG, "policies", "No service account may be made.", mend)
    for constraint, value in (("run.allowedIngress", "all"), ("cloudfunctions.allowedIngressSettings", "ALLOW_ALL")):
        if _refused(effective(constraint), value):
            mend = f"Have `{constraint}` allow {value} for this project: other functions do not count as internal."
            yield Finding(WRONG, "policies", "No service may be called from outside its network.", mend)
    services = effective("gcp.restrictServiceUsage")
    forbidden = [api for api in sorted(APIS | more_apis(plan)) if _refused(services, f"{api}.googleapis.com")]
    if forbidden:
        mend = "Have `gcp.restrictServiceUsage` allow them for this project."
        yield Finding(WRONG, "policies", f"These APIs may not be used: {', '.join(forbidden)}.", mend)
    places = effective("gcp.resourceLocations")
    names = (plan.region, f"in:{plan.region}-locations", "in:global-locations")
    allowed = [value for rule in places for value in rule.get("values", {}).get("allowedValues", [])]
    if any(_refused(places, name) for name in names[:2]) and not set(names) & set(allowed):
        found = f"Resources may be in {', '.join(allowed)} only." if allowed else f"None may be in {plan.region}."
        yield Finding(WRONG, "policies", found, "Choose another `region`.")
    elif allowed and not set(names) & set(allowed):
        found = f"Resources may be in {', '.join(allowed)} only."
        mend = f"See whether {plan.region} is among them, or choose another `region`."
        yield Finding(LOOK, "policies", found, mend)
    yield Finding(GOOD, "policies", "All that matter here were looked at.")


def _refused(rules: list[dict[str, Any]], value: str) -> bool:
    """Whether a list constraint certainly lets no `value` pass; who is in its groups ("in:…") is not known here."""
    for rule in rules:
        values = rule.get("values", {})
        allowed, denied = (
            {one.removeprefix("is:") for one in values.get(kind, [])} for kind in ("allowedValues", "deniedValues")
        )
        groups = any(one.startswith("in:") for one in allowed)
        if rule.get("denyAll") or value in denied or (allowed and not groups and value not in allowed):
            return True
    return False


def region(google: Google, plan: Plan) -> Iterator[Finding]:
    """Whether all that stands in the region is offered there, and may be built there."""
    everywhere, not_asked = set[str](), None
    for api, version, name in REGIONAL:
        try:
            answer = google.get(api, f"{version}/projects/{plan.project}/locations", pageSize="200")
        except NotAnswered as refused:
            if refused.reason != "SERVICE_DISABLED":
                raise
            not_asked = refused
            continue
        offered = {one["locationId"] for one in answer.get("locations", [])}
        everywhere = everywhere & offered if everywhere else offered
        if offered and plan.region not in offered:
            found = f"{name} is not offered in {plan.region}."
            yield Finding(WRONG, "region", found, f"Choose one of {', '.join(sorted(everywhere))}.")
            return
    if not_asked:
        raise not_asked
    if plan.region not in BUILDS_EVERYWHERE:
        found = f"Some new projects may not build in {plan.region}."
        mend = f"Should a build fail for lack of quota, choose one of {', '.join(sorted(BUILDS_EVERYWHERE))}."
        yield Finding(LOOK, "region", found, mend)
    else:
        yield Finding(GOOD, "region", f"{plan.region} has all of it.")


def cpu(google: Google, plan: Plan) -> Iterator[Finding]:
    """Whether a service may have the instances that the plan reckons with."""
    wanted = plan.variable("cpu_quota")
    given = _quota(google, plan, "run", "CpuAllocPerProjectRegion")
    given = given // 1000 if given is not None and given >= 1000 else given  # in thousandths of a CPU
    if given is None:
        yield Finding(UNKNOWN, "CPU", "Cloud Run does not say what it gives a service.")
    elif given == UNLIMITED:
        yield Finding(GOOD, "CPU", f"A service gets what it asks for in {plan.region}; {wanted} are reckoned with.")
    elif given < wanted:
        mend = f"Set `cpu_quota = {given}` and sizes that fit, or ask for more under IAM & Admin, Quotas."
        yield Finding(WRONG, "CPU", f"A service gets {given} CPU in {plan.region}, and {wanted} are asked for.", mend)
    else:
        yield Finding(GOOD, "CPU", f"A service gets {given} CPU in {plan.region}; {wanted} are reckoned with.")


def speech(google: Google, plan: Plan) -> Iterator[Finding]:
    """Whether Google's voices take the load sent by the forge's queue."""
    if "text_to_speech" not in plan.variable("google_engines"):
        return
    told = plan.variable("speech_requests_per_minute")
    given = _quota(google, plan, "texttospeech", "Chirp3RequestsPerMinutePerProject")
    if given is None:
        yield Finding(UNKNOWN, "Chirp", "Text-to-Speech does not say how many requests it takes.")
    elif given == UNLIMITED:
        yield Finding(GOOD, "Chirp", "It takes any number of requests.")
    elif told == 0 or told > given:
        found = f"Chirp 3 HD takes {given} requests a minute; the queue " + (
            f"sends {told}." if told else "is not told of it."
        )
        yield Finding(LOOK, "Chirp", found, f"Set `speech_requests_per_minute = {given}`, or ask for more.")
    else:
        yield Finding(GOOD, "Chirp", f"It takes {given} requests a minute, and is sent {told}.")


def model(google: Google, plan: Plan) -> Iterator[Finding]:
    """Whether Gemini answers where it will be asked. Counting tokens is free."""
    by_default = plan.variable("language_engine") == "gemini"
    offered = by_default or "gemini" in plan.variable("more_language_engines")
    with_a_key = {"language_gemini", *(["language"] if by_default else [])} & set(plan.variable("engine_keys"))
    if "vertex_ai" not in plan.variable("google_engines") or not offered or with_a_key:
        return
    settings, place = plan.variable("engine_settings"), plan.variable("vertex_location")
    shared = settings.get("LANGUAGE_MODEL", "") if by_default else ""  # else it is another engine's
    name = settings.get("LANGUAGE_GEMINI_MODEL", shared) or GEMINI
    api = {"global": "aiplatform", "us": "aiplatform.us.rep", "eu": "aiplatform.eu.rep"}.get(
        place, f"{place}-aiplatform"
    )
    path = f"v1/projects/{plan.project}/locations/{place}/publishers/google/models/{quote(name, safe='')}:countTokens"
    try:
        google.post(api, path, {"contents": [{"role": "user", "parts": [{"text": "tides"}]}]})
    except NotAnswered as refused:
        if refused.status not in {400, 404}:
            raise
        mend = "Set `vertex_location`, or LANGUAGE_MODEL in `engine_settings`, to what is offered: "
        mend += "https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/model-versions"
        yield Finding(WRONG, "Gemini", f"{name} is not offered in {place}.", mend)
    else:
        yield Finding(GOOD, "Gemini", f"{name} answers in {place}.")


def database(google: Google, plan: Plan) -> Iterator[Finding]:
    """Whether the database's ID is free."""
    name = plan.variable("database")
    try:
        found = google.get("firestore", f"v1/projects/{plan.project}/databases/{name}")
    except NotAnswered as refused:
        if refused.status != 404 and refused.reason != "SERVICE_DISABLED":
            raise
        yield Finding(GOOD, "database", f"{name} is free.")
        return
    mend = "Unless it is this deployment's own: set `database` to another ID."
    yield Finding(LOOK, "database", f"{name} is there already, in {found.get('locationId')}.", mend)


def queues(google: Google, plan: Plan) -> Iterator[Finding]:
    """Whether the names of the queues are free."""
    suffix = plan.variable("queue_suffix")
    ours = {f"{name}{suffix}" for policy in POLICIES.values() for name in policy.queues}
    try:
        answer = google.get("cloudtasks", f"v2/projects/{plan.project}/locations/{plan.region}/queues", pageSize="1000")
    except NotAnswered as refused:
        if refused.reason != "SERVICE_DISABLED":
            raise
        answer = {}
    taken = sorted(ours & {one["name"].rpartition("/")[2] for one in answer.get("queues", [])})
    if taken:
        mend = "Unless they are this deployment's own: set `queue_suffix`, such as -2."
        yield Finding(LOOK, "queues", f"{', '.join(taken)} are there already.", mend)
    else:
        mend = (
            "If they were deleted in the last 3 days, by a destroy say, set another `queue_suffix`: that is not shown."
        )
        yield Finding(GOOD, "queues", "Their names are not in use.", mend)


CHECKS: tuple[Check, ...] = (
    project,
    billing,
    budget,
    rights,
    policies,
    apis,
    region,
    cpu,
    database,
    queues,
    model,
    speech,
)


def examine(google: Google, plan: Plan) -> Iterator[Finding]:
    """Look at everything, one thing after the other. Raises LoggedOut."""
    for check in CHECKS:
        try:
            for finding in check(google, plan):
                yield finding
                if finding.about == "network":
                    return  # nobody else will answer, either
        except NotAnswered as refused:
            about = check.__name__
            if refused.reason == "SERVICE_DISABLED":
                yield Finding(UNKNOWN, about, "The API that knows is not enabled yet.", str(refused))  # it says which
            else:
                yield Finding(UNKNOWN, about, f"This could not be looked at: {refused}")


def programs() -> Iterator[Finding]:
    """Whether the programs called by an apply are installed on this machine."""
    told = ""
    if shutil.which("terraform"):
        done = subprocess.run(
            ["terraform", "version", "-json"], capture_output=True, text=True, timeout=30, check=False
        )
        told = done.stdout
    version = re.search(r'"terraform_version":\s*"(\d+)\.(\d+)', told)
    if version is None:
        install = "https://developer.hashicorp.com/terraform/install"
        yield Finding(WRONG, "terraform", "It is not installed here.", f"Install it: {install}")
    elif (int(version[1]), int(version[2])) < TERRAFORM:
        yield Finding(WRONG, "terraform", f"It is {version[1]}.{version[2]}.", "Install 1.11 or newer.")
    else:
        yield Finding(GOOD, "terraform", f"{version[1]}.{version[2]}")
    if not (shutil.which("curl") or shutil.which("wget")):
        yield Finding(
            WRONG, "curl", "Neither curl nor wget is here.", "Install curl: the streamer's build is begun with it."
        )


def read_variables(path: Path) -> dict[str, Any]:
    """The variables of a file for Terraform, *.tfvars or *.json, those of VARIABLES of the types there. Raises
    ValueError for a file that is none, and for a value that Terraform would not take."""

    def plain(value: Any) -> Any:
        """Without the quotes that hcl2 leaves."""
        if isinstance(value, str):
            return value.strip('"')
        if isinstance(value, list):
            return [plain(one) for one in value]
        if isinstance(value, dict):
            return {name.strip('"'): plain(one) for name, one in value.items() if not name.startswith("__")}
        return value

    try:
        text = path.read_text(encoding="utf-8")
        told = dict(json.loads(text) if path.suffix == ".json" else plain(hcl2.loads(text)))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except (LarkError, TypeError, ValueError) as error:  # of UTF-8 and of JSON, too
        raise ValueError(f"{path} is no tfvars file: {str(error).partition(chr(10))[0]}") from None
    return {name: _typed(path, name, value) if name in VARIABLES else value for name, value in told.items()}


def read_by_itself(folder: Path) -> list[Path]:
    """The files that Terraform reads without being told to, each over those before it: https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence"""
    named = [folder / "terraform.tfvars", folder / "terraform.tfvars.json"]
    matching = [*folder.glob("*.auto.tfvars"), *folder.glob("*.auto.tfvars.json")]
    return [path for path in (*named, *sorted(matching)) if path.exists()]


def unknown(told: dict[str, Any]) -> Iterator[Finding]:
    """What is told of no variable of the deployment: a slip of the pen, mostly."""
    text = (Path(__file__).parents[1] / "terraform" / "variables.tf").read_text(encoding="utf-8")
    names = sorted(set(told) - set(re.findall(r'^variable "(\w+)"', text, re.MULTILINE)))
    if names:
        found = f"{', '.join(names)}: there is no such variable, and Terraform passes over it."
        yield Finding(LOOK, "variables", found, "Correct the name: terraform/README.md has all of them.")


def environment(plan: Plan) -> Iterator[Finding]:
    """A project of the environment's that Terraform would have its requests counted against, before its own."""
    name = "GOOGLE_CLOUD_QUOTA_PROJECT"
    project = os.environ.get(name)
    if project and project != plan.project:
        found = f"{name} is {project}, and comes before {plan.project}."
        yield Finding(LOOK, "environment", found, f"unset {name}")


def _typed(path: Path, name: str, value: Any) -> Any:
    """A value of the type of its default, converted where Terraform converts: https://developer.hashicorp.com/terraform/language/expressions/types#type-conversion"""
    taken: Any
    match VARIABLES[name]:
        case bool():
            taken = {"true": True, "false": False}.get(str(value).lower())
            wanted = "true or false"
        case int():
            taken = _number(value)
            wanted = "a number, 0 or more"
        case str():
            taken = str(value) if isinstance(value, str | int | float) else None
            wanted = "a text"
            if taken is not None and not re.fullmatch(PATTERNS.get(name, r".*"), taken):
                taken, wanted = None, "what variables.tf describes"
        case list():
            taken = value if isinstance(value, list) and all(isinstance(one, str) for one in value) else None
            wanted = "a list of texts"
        case _:
            whole = isinstance(value, dict) and all(isinstance(one, str | int | float) for one in value.values())
            taken = {key: str(one) for key, one in value.items()} if whole else None
            wanted = "a map of texts"
    if taken is None:
        raise ValueError(f"{path} is wrong about {name}: it is to be {wanted}")
    return taken


def _number(value: Any) -> int | float | None:
    """A number as Terraform takes it: written as one, or as a text that says it. None for any other value."""
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?([eE]\+?[0-9])?", str(value)):
        return None
    number = float(value)
    return int(number) if number.is_integer() else number


def _quota(google: Google, plan: Plan, service: str, quota: str) -> int | None:
    """What a quota is in the plan's region, UNLIMITED for one without a bound: https://docs.cloud.google.com/docs/quotas/reference/rest"""
    name = f"v1/projects/{plan.project}/locations/global/services/{service}.googleapis.com/quotaInfos/{quota}"
    told = google.get("cloudquotas", name).get("dimensionsInfos", [])
    here = [one for one in told if {plan.region, "global"} & set(one.get("applicableLocations", ["global"]))]
    values = [int(one["details"]["value"]) for one in here if "value" in one.get("details", {})]
    return values[0] if values else None


def main(arguments: list[str] | None = None, connect: Callable[[str], Google] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="nox -s doctor --", description=__doc__.partition("\n")[0])
    parser.add_argument("--project", type=project_id, help="ID of the Google Cloud project; default: the tfvars file's")
    parser.add_argument("--region", type=region_id, help="default: the tfvars file's, else us-central1")
    parser.add_argument(
        "--var-file",
        type=Path,
        action="append",
        default=[],
        help="what Terraform will be told besides terraform/terraform.tfvars; may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="tell the findings as JSON")
    options = parser.parse_args(arguments)
    try:
        told: dict[str, Any] = {}
        for path in (*read_by_itself(FOLDER), *options.var_file):
            told |= read_variables(path)
        if not (options.project or told.get("project")):
            parser.error("say which project: --project PROJECT")
        plan = Plan(
            options.project or project_id(told["project"]),
            options.region or region_id(told.get("region", VARIABLES["region"])),
            told,
        )
    except (ValueError, argparse.ArgumentTypeError) as error:
        parser.error(str(error))
    findings = []
    for finding in examination(plan, connect):
        findings.append(finding)
        if not options.json:
            print(_line(finding), flush=True)
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    return 1 if any(finding.level == WRONG for finding in findings) else 0


def examination(plan: Plan, connect: Callable[[str], Google] | None) -> Iterator[Finding]:
    """Look at this machine, then at the cloud, as far as somebody is signed in."""
    yield from programs()
    yield from unknown(plan.told)
    yield from environment(plan)
    try:
        yield from examine(connect(plan.project) if connect else Google(login(), plan.project), plan)
    except LoggedOut as error:
        then = f"gcloud auth application-default set-quota-project {plan.project}"
        yield Finding(
            WRONG, "login", f"You are not signed in: {error}", f"gcloud auth application-default login && {then}"
        )


def _line(finding: Finding) -> str:
    """A finding for people; its mend is a line of its own."""
    level = finding.level.upper() if finding.level == WRONG else finding.level
    told = f"{level:8} {finding.about:10} {finding.found}"
    return f"{told}\n{'':19} {finding.mend}" if finding.mend else told


if __name__ == "__main__":
    raise SystemExit(ending(main))
