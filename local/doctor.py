"""What stands in the way of a deployment, said before it begins, with the mend of each; nothing is changed.

    nox -s doctor -- [--project my-project] [--region us-central1] [--var-file terraform/examples/hobby.tfvars]

Terraform itself reads the variables, as an apply would: the environment's (TF_VAR_…), terraform/terraform.tfvars,
terraform/*.auto.tfvars, then what is given here. Asks Google's APIs with the operator's own credentials. The exit
status is 1 where something would fail the apply, for pipelines to stop there. What could not be looked at is said to be
unknown, and does not count.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from common.policy import POLICIES
from local import needs
from local.commands import ending, project_id, region_id
from local.findings import GOOD, LOOK, UNKNOWN, WRONG, Check, Finding, Plan, Unread
from local.google_apis import Google, LoggedOut, NotAnswered, login
from local.policies import policies
from local.variables import Variables, read, terraform

FOLDER = Path(__file__).parents[1] / "terraform"
TERRAFORM = (1, 11)
"""terraform/versions.tf"""
RIGHTS = (
    "artifactregistry.repositories.create",
    "artifactregistry.repositories.setIamPolicy",
    "cloudbuild.builds.create",
    "cloudbuild.builds.get",
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
    "resourcemanager.projects.get",
    "resourcemanager.projects.setIamPolicy",
    "run.services.create",
    "run.services.setIamPolicy",
    "secretmanager.secrets.create",
    "secretmanager.secrets.setIamPolicy",
    "secretmanager.versions.add",
    "serviceusage.services.enable",
    "serviceusage.services.use",
    "storage.buckets.create",
)
"""What makes every deployment. Who makes a bucket may do everything with it: https://cloud.google.com/storage/docs/access-control/iam#convenience-values"""
RIGHTS_OF = {
    "alert_email": ("monitoring.notificationChannels.create",),
    "domain_restricted": ("run.services.update",),
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
VARIABLES = (
    *("alert_email", "billing_account", "concurrency", "cpu_quota", "database", "domain", "domain_restricted"),
    *("engine_keys", "engine_settings", "google_engines", "language_engine", "memory_quota", "more_language_engines"),
    *("project", "protect_data", "queue_suffix", "region", "speech_requests_per_minute", "trace", "vertex_location"),
)
"""What is looked at here of terraform/variables.tf."""
ID_HELD = timedelta(minutes=5)
"""https://cloud.google.com/firestore/docs/manage-databases#delete_a_database"""
NATIVE = "FIRESTORE_NATIVE"
FORGE_AT_ONCE = 40
"""terraform/queues.tf, where no quota is known."""
UNLIMITED = -1
"""https://github.com/googleapis/googleapis/blob/master/google/api/quota.proto"""


def project(google: Google, plan: Plan) -> Iterator[Finding]:
    """Tell whether the project is there."""
    try:
        found = google.get("cloudresourcemanager", f"v3/projects/{plan.project}")
    except NotAnswered as refused:
        if refused.status in {0, 429} or refused.status >= 500:
            mend = "Check the network, and HTTPS_PROXY where there is a proxy; else try again later."
            yield Finding(WRONG, "network", f"Google cannot be asked from here: {refused}", mend)
            return
        if refused.status not in {403, 404} or refused.reason in {"SERVICE_DISABLED", "SECURITY_POLICY_VIOLATED"}:
            raise
        if refused.reason == "USER_PROJECT_DENIED":
            mend = "Have roles/serviceusage.serviceUsageConsumer given to you there, or roles/owner."
            yield Finding(WRONG, "project", f"You may have no requests counted against {plan.project}.", mend)
            return
        mend = "Check its ID (not its name or number), and that you are signed in as somebody who may see it."
        yield Finding(WRONG, "project", f"{plan.project} is not there, or not for you to see.", mend)
        return
    if found.get("state") == "ACTIVE":
        yield Finding(GOOD, "project", f"{plan.project} is there.")
    else:
        yield Finding(WRONG, "project", f"{plan.project} is {found.get('state')}.", "Restore it, or take another.")


def billing(google: Google, plan: Plan) -> Iterator[Finding]:
    """Tell whether somebody pays."""
    if google.get("cloudbilling", f"v1/projects/{plan.project}/billingInfo").get("billingEnabled"):
        yield Finding(GOOD, "billing", "enabled")
    else:
        link = f"https://console.cloud.google.com/billing/linkedaccount?project={plan.project}"
        yield Finding(WRONG, "billing", "No billing account is linked to the project.", f"Link one: {link}")


def budget(google: Google, plan: Plan) -> Iterator[Finding]:
    """Tell whether the operator may have the billing account's budget alert made, which belongs to no project."""
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
    """Tell whether the operator may make Terraform's resources."""
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
    """Tell which of the APIs are enabled: Terraform enables the rest."""
    path, page, enabled = f"v1/projects/{plan.project}/services", "", set[str]()
    while True:
        answer = google.get("serviceusage", path, filter="state:ENABLED", pageSize="200", pageToken=page)
        enabled |= {one["config"]["name"].removesuffix(".googleapis.com") for one in answer.get("services", [])}
        page = answer.get("nextPageToken", "")
        if not page:
            break
    missing = sorted(needs.apis(plan) - enabled)
    found = f"Terraform will enable {', '.join(missing)}." if missing else "All are enabled."
    yield Finding(GOOD, "APIs", found)


def region(google: Google, plan: Plan) -> Iterator[Finding]:
    """Tell whether the region offers all regional services, and building is allowed in the region."""
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
    """Tell whether a service may have the CPU that the plan reckons with."""
    yield from _capacity(
        google, plan, "CPU", "CpuAllocPerProjectRegion", "cpu_quota", 1_000, plan.variable("cpu_quota")
    )


def memory(google: Google, plan: Plan) -> Iterator[Finding]:
    """Tell whether a service may have the memory that the plan reckons with."""
    wanted = plan.variable("memory_quota") or 2 * plan.variable("cpu_quota")
    yield from _capacity(google, plan, "GiB", "MemAllocPerProjectRegion", "memory_quota", 2**30, wanted)


def _capacity(
    google: Google, plan: Plan, unit: str, quota: str, variable: str, parts: int, wanted: float
) -> Iterator[Finding]:
    """Check Cloud Run's quota for a service, counted in so many `parts` of a unit (or in units, if few)."""
    about = {"CPU": "CPU", "GiB": "memory"}[unit]
    given = _quota(google, plan, "run", quota)
    given = given // parts if given is not None and given >= parts else given
    if given is None:
        yield Finding(UNKNOWN, about, f"Cloud Run does not say how much {about} it gives a service.")
    elif given == UNLIMITED:
        found = f"A service gets what it asks for in {plan.region}; {wanted} {unit} are reckoned with."
        yield Finding(GOOD, about, found)
    elif given < wanted:
        mend = f"Set `{variable} = {given}` and sizes that fit, or ask for more under IAM & Admin, Quotas."
        found = f"A service gets {given} {unit} in {plan.region}, and {wanted} are asked for."
        yield Finding(WRONG, about, found, mend)
    else:
        yield Finding(GOOD, about, f"A service gets {given} {unit} in {plan.region}; {wanted} are reckoned with.")


def speech(google: Google, plan: Plan) -> Iterator[Finding]:
    """Tell whether Google's voices take the load sent by the forge's queues: requests a minute, and streams at once."""
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
    streams = _quota(google, plan, "texttospeech", "ConcurrentStreamingSessionsPerProject")
    at_once = plan.variable("concurrency").get("forge", max(2, math.ceil(told / 60 * 3)) if told else FORGE_AT_ONCE)
    if streams is not None and UNLIMITED < streams < at_once:
        found = f"It speaks to {streams} at once, and {at_once} turns are voiced at once."
        yield Finding(LOOK, "Chirp", found, f"Set `concurrency = {{ forge = {streams} }}`, or ask for more.")


def model(google: Google, plan: Plan) -> Iterator[Finding]:
    """Tell whether Gemini answers in the region of later requests. Counting tokens is free."""
    name, place = needs.gemini(plan), plan.variable("vertex_location")
    if not name:
        return
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
        yield Finding(WRONG, "Gemini", f"{name} is not offered in {place}: {refused}", mend)
    else:
        yield Finding(GOOD, "Gemini", f"{name} answers in {place}.")


def database(google: Google, plan: Plan) -> Iterator[Finding]:
    """Tell whether the database's ID is free: a deleted database's is held for some minutes."""
    name = plan.variable("database")
    try:
        answer = google.get("firestore", f"v1/projects/{plan.project}/databases", showDeleted="true")
    except NotAnswered as refused:
        if refused.reason != "SERVICE_DISABLED":
            raise
        answer = {}
    mend = "Set `database` to another ID, such as podcasts."
    for one in answer.get("databases", []):
        deleted = one.get("deleteTime")
        if deleted and one.get("previousId") == name:
            if datetime.now(UTC) - datetime.fromisoformat(deleted) < ID_HELD:
                found = f"{name} was deleted at {deleted}, and its ID is free some minutes later."
                yield Finding(LOOK, "database", found, f"Wait. Or: {mend}")
                return
        elif not deleted and one["name"].rpartition("/")[2] == name:
            place, kind = one.get("locationId"), one.get("type", NATIVE)
            found = f"{name} is there already, in {place}"
            if place == plan.region and kind == NATIVE:
                yield Finding(LOOK, "database", f"{found}.", f"Unless it is this deployment's own: {mend}")
            else:
                found += "." if kind == NATIVE else f", of the type {kind}."
                yield Finding(WRONG, "database", f"{found} It is no deployment's in {plan.region}.", mend)
            return
    yield Finding(GOOD, "database", f"{name} is free.")


def queues(google: Google, plan: Plan) -> Iterator[Finding]:
    """Tell whether the names of the queues are free."""
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
    memory,
    database,
    queues,
    model,
    speech,
)


def examine(google: Google, plan: Plan) -> Iterator[Finding]:
    """Look at everything, each in its turn. Raises LoggedOut."""
    for check in CHECKS:
        about = check.__name__
        try:
            for finding in check(google, plan):
                yield finding
                if finding.about == "network":
                    return  # nobody else will answer, either
        except NotAnswered as refused:
            if refused.reason == "SERVICE_DISABLED":
                yield Finding(UNKNOWN, about, "The API that knows is not enabled yet.", str(refused))  # it says which
            else:
                yield Finding(UNKNOWN, about, f"This could not be looked at: {refused}")
        except Unread as unread:
            yield Finding(UNKNOWN, about, f"It depends on `{unread}`, whose value is not known.")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            found = f"This could not be looked at: what came is no answer ({type(error).__name__}: {error})"
            yield Finding(UNKNOWN, about, found)


def programs() -> Iterator[Finding]:
    """Tell whether the programs called by an apply are installed on this machine."""
    _, told = terraform(Path.cwd(), "version", "-json")
    version = re.search(r'"terraform_version":\s*"(\d+)\.(\d+)', told)
    if version is None:
        install = "https://developer.hashicorp.com/terraform/install"
        yield Finding(WRONG, "terraform", f"It is not installed here: {told.strip()}", f"Install it: {install}")
    elif (int(version[1]), int(version[2])) < TERRAFORM:
        yield Finding(WRONG, "terraform", f"It is {version[1]}.{version[2]}.", "Install 1.11 or newer.")
    else:
        yield Finding(GOOD, "terraform", f"{version[1]}.{version[2]}")
    if not (shutil.which("curl") or shutil.which("wget")):
        yield Finding(
            WRONG, "curl", "Neither curl nor wget is here.", "Install curl: the streamer's build is begun with it."
        )


def variables(told: Variables) -> Iterator[Finding]:
    """List Terraform's complaints about the variables: values refused, and unknown names."""
    mend = "Correct it: terraform/README.md has all of them."
    for diagnostic in told.diagnostics:
        yield Finding(WRONG if diagnostic.fatal else LOOK, "variables", diagnostic.text, mend)


def environment(plan: Plan) -> Iterator[Finding]:
    """List variables of the environment that come before Terraform's own, or are not looked at here."""
    name = "GOOGLE_CLOUD_QUOTA_PROJECT"
    project = os.environ.get(name)
    if project and project != plan.project:
        found = f"{name} is {project}, and comes before {plan.project}."
        yield Finding(LOOK, "environment", found, f"unset {name}")
    if plan.told.get("domain_restricted") and not shutil.which("curl"):
        mend = "Install curl: the gateway is made public with it, after each deployment."
        yield Finding(WRONG, "curl", "It is not here, and wget cannot take its place.", mend)
    for name in sorted(name for name in os.environ if name.startswith("TF_CLI_ARGS")):
        found = f"{name} is set, and is not looked at here."
        yield Finding(LOOK, "environment", found, "Give the -var and -var-file in it here, too: --var, --var-file.")


def _quota(google: Google, plan: Plan, service: str, quota: str) -> int | None:
    """Look up a quota in the plan's region, UNLIMITED for a quota without a bound:
    https://docs.cloud.google.com/docs/quotas/reference/rest"""
    name = f"v1/projects/{plan.project}/locations/global/services/{service}.googleapis.com/quotaInfos/{quota}"
    told = google.get("cloudquotas", name).get("dimensionsInfos", [])
    here = [one for one in told if {plan.region, "global"} & set(one.get("applicableLocations", ["global"]))]
    values = [int(one["details"]["value"]) for one in here if "value" in one.get("details", {})]
    return values[0] if values else None


def main(arguments: list[str] | None = None, connect: Callable[[str], Google] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="nox -s doctor --", description=__doc__.partition("\n")[0])
    parser.add_argument("--project", type=project_id, help="ID of the Google Cloud project; default: the variables'")
    parser.add_argument("--region", type=region_id, help="default: the variables'")
    for option, written, metavar in (("--var", "-var={}".format, "NAME=VALUE"), ("--var-file", _file, "FILE")):
        parser.add_argument(
            option,
            dest="options",
            type=written,
            action="append",
            default=[],
            metavar=metavar,
            help="what Terraform will be told besides; may be repeated",
        )
    parser.add_argument("--json", action="store_true", help="tell the findings as JSON")
    options = parser.parse_args(arguments)
    findings = []
    for finding in examination(options, connect):
        findings.append(finding)
        if not options.json:
            print(_line(finding), flush=True)
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    return 1 if any(finding.level == WRONG for finding in findings) else 0


def _file(name: str) -> str:
    return f"-var-file={Path(name).resolve()}"


def examination(options: argparse.Namespace, connect: Callable[[str], Google] | None) -> Iterator[Finding]:
    """Look at this machine, then at the cloud, as far as somebody is signed in."""
    machine = list(programs())
    yield from machine
    given = {name: value for name in ("project", "region") if (value := getattr(options, name))}
    plan = Plan(given)
    if not any(finding.about == "terraform" and finding.level == WRONG for finding in machine):
        told = read(VARIABLES, [*options.options, *(f"-var={name}={value}" for name, value in given.items())], FOLDER)
        yield from variables(told)
        plan = Plan(given | (told.values or {}))
    if "project" not in plan.told:
        yield Finding(UNKNOWN, "project", "It is not known which: nothing of the cloud was looked at.", "--project ID")
        return
    yield from environment(plan)
    try:
        yield from examine(connect(plan.project) if connect else Google(login(), plan.project), plan)
    except LoggedOut as error:
        yield Finding(WRONG, "login", f"You are not signed in: {error}", _sign_in(plan))


def _sign_in(plan: Plan) -> str:
    """Say how to sign in, given the credentials that would come first."""
    name = "GOOGLE_APPLICATION_CREDENTIALS"
    if os.environ.get(name):
        return f"Correct {name}, which comes before every login, or unset it."
    then = f"gcloud auth application-default set-quota-project {plan.project}"
    return f"gcloud auth application-default login && {then}"


def _line(finding: Finding) -> str:
    """Return a finding for people; its mend is a line of its own."""
    level = finding.level.upper() if finding.level == WRONG else finding.level
    told = f"{level:8} {finding.about:10} {finding.found}"
    return f"{told}\n{'':19} {finding.mend}" if finding.mend else told


if __name__ == "__main__":
    raise SystemExit(ending(main))
