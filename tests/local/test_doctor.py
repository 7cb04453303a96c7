"""The doctor: each obstacle to a deployment is found, reported with its mend, and left alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import hcl2
import pytest
from google.oauth2.credentials import Credentials

from common.settings import Settings
from local import doctor, google_apis, needs
from local.commands import INTERRUPTED, REGION, ending
from local.commands import PROJECT as PROJECT_ID
from local.findings import GOOD, LOOK, UNKNOWN, WRONG, Finding
from local.google_apis import Google, LoggedOut, address_of
from local.variables import Diagnostic, Variables, read
from tests.fakes.google_cloud import ACCOUNT, DISABLED, EVERY_RIGHT, PROJECT, FakeGoogle, quota, refusal

ROOT = Path(__file__).resolve().parents[2]
HERE = f"projects/{PROJECT}"
POLICIES = f"orgpolicy/v2/{HERE}/policies"
QUOTAS = f"cloudquotas/v1/{HERE}/locations/global/services"
PRODUCTION = ROOT / "terraform" / "examples" / "production.tfvars"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Terraform reads variables by itself: not those of whoever runs the tests."""
    folder = tmp_path_factory.mktemp("terraform")
    monkeypatch.setattr(doctor, "FOLDER", folder)
    for name in ("GOOGLE_CLOUD_QUOTA_PROJECT", "GOOGLE_APPLICATION_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(scope="session")
def variables(terraform_is_here: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """By default, and as the production example has them."""
    empty, project = tmp_path_factory.mktemp("empty"), f"-var=project={PROJECT}"
    told = {
        "default": read(doctor.VARIABLES, [project], empty).values,
        "production": read(doctor.VARIABLES, [f"-var-file={PRODUCTION}", project], empty).values,
    }
    return {name: values for name, values in told.items() if values}


Given = Callable[..., None]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, variables: dict[str, dict[str, Any]]) -> Given:
    """Have Terraform, which takes a second, have read these variables; the rest as in an example."""

    def have(example: str = "default", **values: Any) -> None:
        monkeypatch.setattr(doctor, "read", lambda *_: Variables(variables[example] | values))

    have()
    return have


@pytest.fixture
def cloud(given: Given, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGoogle]:
    monkeypatch.setattr(doctor, "programs", lambda: iter(()))  # whether they are here is another test's
    with FakeGoogle() as fake:
        yield fake


def examined(
    cloud: FakeGoogle, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, list[dict[str, str]]]:
    """The command's exit status and its findings."""
    status = doctor.main(["--project", PROJECT, "--json", *arguments], connect=cloud.google)
    return status, list(json.loads(capsys.readouterr().out))


def test_nothing_stands_in_the_way_of_a_new_project_and_nothing_is_changed_there(
    cloud: FakeGoogle, given: Given, capsys: pytest.CaptureFixture[str]
) -> None:
    given("production")
    status, found = examined(cloud, capsys)
    assert status == 0
    assert {one["level"] for one in found} == {GOOD}
    assert {one["about"] for one in found} >= {
        "project",
        "billing",
        "rights",
        "policies",
        "CPU",
        "memory",
        "Gemini",
        "Chirp",
    }
    assert all(headers["X-Goog-User-Project"] == PROJECT for _, _, headers in cloud.asked)
    questions = (":testIamPermissions", ":countTokens")
    assert all(method == "GET" or name.endswith(questions) for method, name, _ in cloud.asked)


def only(*values: str) -> dict[str, Any]:
    """A policy that allows these values."""
    return {"spec": {"rules": [{"values": {"allowedValues": [*values]}}]}}


def but(*values: str) -> dict[str, Any]:
    """A policy that denies these values."""
    return {"spec": {"rules": [{"values": {"deniedValues": [*values]}}]}}


def policy(constraint: str, rules: dict[str, Any]) -> dict[str, Any]:
    return {f"{POLICIES}/{constraint}:getEffectivePolicy": rules}


ENFORCED = {"spec": {"rules": [{"enforce": True}]}}
NONE = {"spec": {"rules": [{"denyAll": True}]}}
DATABASES = f"firestore/v1/{HERE}/databases"


def existing(name: str, **more: Any) -> dict[str, Any]:
    """The databases of a project with a database."""
    return {DATABASES: {"databases": [{"name": f"{HERE}/databases/{name}", **more}]}}


CASES: dict[str, tuple[dict[str, Any], str, str, str]] = {
    # What is so -> how it is answered, how grave that is, what is said, and its mend
    "no project": ({f"cloudresourcemanager/v3/{HERE}": refusal(403)}, WRONG, "not there", "signed in"),
    "deleted": ({f"cloudresourcemanager/v3/{HERE}": {"state": "DELETE_REQUESTED"}}, WRONG, "DELETE_REQ", "Restore"),
    "no billing": ({f"cloudbilling/v1/{HERE}/billingInfo": {}}, WRONG, "No billing account", "linkedaccount"),
    "no right to a budget": (
        {f"cloudbilling/v1/billingAccounts/{ACCOUNT}:testIamPermissions": {}},
        *(WRONG, "billing.budgets.create", "roles/billing.costsManager"),
    ),
    "no such account": (
        {f"cloudbilling/v1/billingAccounts/{ACCOUNT}:testIamPermissions": refusal(404)},
        *(WRONG, "no billing account", "billing_account"),
    ),
    "no right": (
        {f"cloudresourcemanager/v3/{HERE}:testIamPermissions": {"permissions": EVERY_RIGHT[1:]}},
        *(WRONG, EVERY_RIGHT[0], "roles/owner"),
    ),
    "no right to a load balancer": (
        {
            f"cloudresourcemanager/v3/{HERE}:testIamPermissions": {
                "permissions": [right for right in EVERY_RIGHT if not right.startswith("compute.url")]
            }
        },
        *(WRONG, "compute.urlMaps.create", "roles/owner"),
    ),
    "somebody else's account": (
        {f"cloudbilling/v1/billingAccounts/{ACCOUNT}:testIamPermissions": refusal(403)},
        *(WRONG, "not for you to see", "billing_account"),
    ),
    "CPU of another region": (
        {f"{QUOTAS}/run.googleapis.com/quotaInfos/CpuAllocPerProjectRegion": quota(8_000, "europe-west1")},
        *(UNKNOWN, "does not say", ""),
    ),
    "domain restricted": (
        policy("iam.allowedPolicyMemberDomains", only("C0")),
        *(WRONG, "allUsers", "domain_restricted = true"),
    ),
    "no accounts": (
        policy("iam.disableServiceAccountCreation", ENFORCED),
        *(WRONG, "No service account", "disableServiceAccountCreation"),
    ),
    "no accounts, by the newer constraint": (
        policy("iam.managed.disableServiceAccountCreation", ENFORCED),
        *(WRONG, "No service account", "iam.managed.disableServiceAccountCreation"),
    ),
    "other places": (
        policy("gcp.resourceLocations", only("europe-west1")),
        *(WRONG, "europe-west1 only", "region"),
    ),
    "a place whose name begins alike": (
        policy("gcp.resourceLocations", only("in:us-central12-locations")),
        *(LOOK, "in:us-central12-locations only", "region"),
    ),
    "no place": (
        policy("gcp.resourceLocations", only("in:global-locations")),
        *(LOOK, "in:global-locations only", "region"),
    ),
    "forbidden place": (
        policy("gcp.resourceLocations", but("in:us-central1-locations")),
        *(WRONG, "None may be in us-central1", "region"),
    ),
    "no calls from outside": (
        policy("run.allowedIngress", only("is:internal-and-cloud-load-balancing")),
        *(WRONG, "from outside", "run.allowedIngress"),
    ),
    "a network": (policy("run.allowedVPCEgress", only("all-traffic")), LOOK, "in a network", "lifted"),
    "a connector": (policy("cloudfunctions.requireVPCConnector", ENFORCED), WRONG, "in a network", "lifted"),
    "attestations": (policy("run.allowedBinaryAuthorizationPolicies", only("default")), LOOK, "attested", "lifted"),
    "old functions": (
        policy("cloudfunctions.restrictAllowedGenerations", only("1stGen")),
        *(WRONG, "2nd generation", "allow 2ndGen"),
    ),
    "no calls of functions from outside": (
        policy("cloudfunctions.allowedIngressSettings", only("ALLOW_INTERNAL_ONLY")),
        *(WRONG, "from outside", "allow ALLOW_ALL"),
    ),
    "own pools": (
        policy("cloudbuild.allowedWorkerPools", only("under:organizations/1")),
        *(WRONG, "own pool", "lifted"),
    ),
    "no schedules of ours": (
        policy("cloudscheduler.allowedTargetTypes", only("PUBSUB", "APPENGINE")),
        *(WRONG, "No schedule", "allow HTTP"),
    ),
    "buckets that keep": (policy("storage.retentionPolicySeconds", only("3600")), WRONG, "have to keep", "lifted"),
    "buckets that keep what is deleted": (
        policy("storage.softDeletePolicySeconds", only("604800")),
        *(WRONG, "another time", "allow 0 and 604800"),
    ),
    "no keys of one's own": (
        policy("gcp.restrictNonCmekServices", but("storage.googleapis.com", "bigquery.googleapis.com")),
        *(WRONG, "key of yours, which nothing here is given: storage.", "gcp.restrictNonCmekServices"),
    ),
    "forbidden APIs": (
        policy("gcp.restrictServiceUsage", but("aiplatform.googleapis.com")),
        *(WRONG, "not be used: aiplatform.", "gcp.restrictServiceUsage"),
    ),
    "other models": (
        policy("vertexai.allowedModels", only("publishers/google/models/gemini-2.0-flash-001:predict")),
        *(WRONG, "may not be asked", f"{needs.GEMINI}:predict"),
    ),
    "no models": (policy("vertexai.allowedModels", NONE), WRONG, "may not be asked", "vertexai.allowedModels"),
    "no load balancer": (
        policy("compute.restrictLoadBalancerCreationForTypes", only("in:INTERNAL")),
        *(WRONG, "No load balancer", "allow GLOBAL_EXTERNAL_MANAGED_HTTP_HTTPS"),
    ),
    "no global load balancer": (policy("compute.disableGlobalLoadBalancing", ENFORCED), WRONG, "global", "lifted"),
    "no Cloud Armor": (policy("compute.disableGlobalCloudArmorPolicy", ENFORCED), WRONG, "Cloud Armor", "lifted"),
    "no database there": (
        {f"firestore/v1/{HERE}/locations": {"locations": [{"locationId": "europe-west3"}]}},
        *(WRONG, "Firestore is not offered in us-central1", "one of europe-west3"),
    ),
    "no functions": (
        {f"cloudfunctions/v2/{HERE}/locations": {"locations": [{"locationId": "europe-west1"}]}},
        *(WRONG, "not offered in us-central1", "europe-west1"),
    ),
    "little CPU": (
        {f"{QUOTAS}/run.googleapis.com/quotaInfos/CpuAllocPerProjectRegion": quota(8_000, "us-central1")},
        *(WRONG, "8 CPU", "cpu_quota = 8"),
    ),
    "little memory": (
        {f"{QUOTAS}/run.googleapis.com/quotaInfos/MemAllocPerProjectRegion": quota(32 * 2**30, "us-central1")},
        *(WRONG, "32 GiB", "memory_quota = 32"),
    ),
    "few streams": (
        {f"{QUOTAS}/texttospeech.googleapis.com/quotaInfos/ConcurrentStreamingSessionsPerProject": quota(5)},
        *(LOOK, "speaks to 5 at once, and 10", "concurrency = { forge = 5 }"),
    ),
    "few requests": (
        {f"{QUOTAS}/texttospeech.googleapis.com/quotaInfos/Chirp3RequestsPerMinutePerProject": quota(100)},
        *(LOOK, "takes 100 requests", "speech_requests_per_minute = 100"),
    ),
    "no such model": (
        {f"aiplatform/v1/{HERE}/locations/global/publishers/google/models/{needs.GEMINI}:countTokens": refusal(404)},
        *(WRONG, "not offered in global", "vertex_location"),
    ),
    "a database": (
        existing("(default)", locationId="us-central1", type="FIRESTORE_NATIVE"),
        *(LOOK, "there already, in us-central1", "Unless it is this deployment's own: Set `database`"),
    ),
    "a database elsewhere": (
        existing("(default)", locationId="nam5", type="FIRESTORE_NATIVE"),
        *(WRONG, "there already, in nam5", "Set `database`"),
    ),
    "a database of another kind": (
        existing("(default)", locationId="us-central1", type="DATASTORE_MODE"),
        *(WRONG, "of the type DATASTORE_MODE", "Set `database`"),
    ),
    "a database that was there just now": (
        existing("u-1", previousId="(default)", locationId="nam5", deleteTime=f"{datetime.now(UTC):%FT%TZ}"),
        *(LOOK, "was deleted at", "Wait"),
    ),
    "queues": (
        {f"cloudtasks/v2/{HERE}/locations/us-central1/queues": {"queues": [{"name": "p/queues/forge"}]}},
        *(LOOK, "forge are there", "queue_suffix"),
    ),
    "a perimeter": (
        {
            f"cloudresourcemanager/v3/{HERE}": refusal(
                403, "SECURITY_POLICY_VIOLATED", "Request is prohibited by organization's policy."
            )
        },
        *(UNKNOWN, "prohibited by organization's policy", ""),
    ),
    "no quota of the project's": (
        {f"cloudresourcemanager/v3/{HERE}": refusal(403, "USER_PROJECT_DENIED")},
        *(WRONG, "counted against my-project", "roles/serviceusage.serviceUsageConsumer"),
    ),
    "not to be seen": ({f"cloudtasks/v2/{HERE}/locations/us-central1/queues": refusal(403)}, UNKNOWN, "looked at", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_stands_in_the_way_is_found_and_told_with_its_mend(
    case: str,
    cloud: FakeGoogle,
    given: Given,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doctor, "ID_HELD", timedelta(days=1))  # the cases are as old as the run of all tests
    answers, level, found, mend = CASES[case]
    cloud.answers |= answers
    given("production")
    status, findings = examined(cloud, capsys)
    [told] = [one for one in findings if one["level"] != GOOD]
    assert (told["level"], status) == (level, int(level == WRONG))
    assert found in told["found"]
    assert mend in told["mend"]


@pytest.mark.parametrize(
    "rules",
    [
        policy("vertexai.allowedModels", only("is:publishers/google")),
        policy("vertexai.allowedModels", only(f"publishers/google/models/{needs.GEMINI}:predict")),
        policy("compute.restrictLoadBalancerCreationForTypes", only("in:EXTERNAL")),
        policy("cloudfunctions.restrictAllowedGenerations", only("is:2ndGen")),
        policy("storage.softDeletePolicySeconds", only("0", "604800", "86400")),
        policy("gcp.resourceLocations", only("in:us-central1-locations")),
        policy("storage.uniformBucketLevelAccess", ENFORCED),
        policy("storage.publicAccessPrevention", ENFORCED),
        policy("iam.disableServiceAccountKeyCreation", ENFORCED),
        policy("iam.automaticIamGrantsForDefaultServiceAccounts", ENFORCED),
        policy("compute.requireOsLogin", ENFORCED),
        policy("compute.skipDefaultNetworkCreation", ENFORCED),
        policy("cloudbuild.useBuildServiceAccount", ENFORCED),
        existing("another", locationId="nam5"),
        existing("u-1", previousId="(default)", locationId="nam5", deleteTime="2026-01-01T00:00:00.123456789Z"),
    ],
    ids=lambda rules: next(iter(rules)).rpartition("/")[2],
)
def test_what_is_in_nobodys_way_is_not_spoken_of(
    rules: dict[str, Any], cloud: FakeGoogle, given: Given, capsys: pytest.CaptureFixture[str]
) -> None:
    given("production")
    cloud.answers |= rules
    status, findings = examined(cloud, capsys)
    assert (status, [one for one in findings if one["level"] != GOOD]) == (0, [])


def test_memory_is_reckoned_with_as_terraform_does(
    cloud: FakeGoogle, given: Given, capsys: pytest.CaptureFixture[str]
) -> None:
    for cpu, told, enough in ((20, 0, True), (21, 0, False), (20, 41, False), (30, 40, True)):
        given(cpu_quota=cpu, memory_quota=told)
        [memory] = [one for one in examined(cloud, capsys)[1] if one["about"] == "memory"]
        assert (memory["level"] == GOOD) == enough, (cpu, told)
    text = (ROOT / "terraform" / "services.tf").read_text(encoding="utf-8")
    assert "memory_quota = var.memory_quota == 0 ? 2 * var.cpu_quota : var.memory_quota" in text


def test_a_region_where_new_projects_may_not_build_is_told(
    cloud: FakeGoogle, given: Given, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of few, none says whether this project may: it is offered, and the build fails."""
    given(region="europe-west3")
    status, findings = examined(cloud, capsys)
    [told] = [one for one in findings if one["about"] == "region"]
    assert (status, told["level"]) == (0, LOOK)
    assert "europe-west1" in told["mend"]


LISTS = ("services", "locations", "databases", "queues", "dimensionsInfos", "spec", "permissions")
UNFORESEEN: tuple[Any, ...] = (
    *(refusal(429), refusal(500), refusal(400), (502, b"<html>Bad Gateway</html>"), (404, b"<html>not found</html>")),
    *(b"<html>Sign in to this network</html>", b"", b"[]", b"null", b'"text"', {}, (403, {"error": "text"})),
    *((403, {"error": None}), (403, {"error": {"details": [1, None]}}), (403, [])),
    *(dict.fromkeys(LISTS, wrong) for wrong in cast(tuple[Any, ...], (None, "text", [None], [[]], [{}], 1))),
)
"""Answers of what stands between, of a service in trouble, and of no form that is described."""


def test_whatever_an_api_answers_the_doctor_comes_to_its_end(
    cloud: FakeGoogle, given: Given, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And calls nothing wrong without having looked; but where no project can be seen, a pipeline fails."""
    monkeypatch.setattr(google_apis, "PAUSE_S", 0.0)
    given("production")
    well = {name: answer for name, answer in cloud.answers.items() if name.startswith("cloudresourcemanager")}
    for answer in UNFORESEEN:
        cloud.answers, cloud.otherwise = dict(well), answer
        _, findings = examined(cloud, capsys)
        wrong = {one["about"] for one in findings if one["level"] == WRONG}
        assert wrong <= {"billing", "budget", "Gemini"}, answer  # of which no answer is one, too
        assert findings[-1]["about"] == "speech" or findings[-1]["about"] in {"Chirp", "login"}, answer
        cloud.answers = {}
        assert examined(cloud, capsys)[0] == 1 or answer == {}, answer


def test_a_service_that_says_nothing_is_waited_for_once(
    cloud: FakeGoogle, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not four times, with all the others behind it."""
    monkeypatch.setattr(google_apis, "TIMEOUT_S", 0.3)
    cloud.silent = {"cloudbilling", "orgpolicy"}
    status, found = examined(cloud, capsys)
    unknown = {one["about"] for one in found if one["level"] == UNKNOWN}
    asked = [name.partition("/")[0] for _, name, _ in cloud.asked]
    assert (status, unknown) == (0, {"billing", "policies"})
    assert (asked.count("cloudbilling"), asked.count("orgpolicy")) == (1, 1)
    cloud.silent = {"cloudresourcemanager"}
    status, [only] = examined(cloud, capsys)
    assert (status, only["about"]) == (1, "network")


def test_a_service_that_says_come_back_in_an_hour_is_not_waited_for(
    cloud: FakeGoogle, given: Given, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google_apis, "PAUSE_S", 0.0)
    cloud.answers, cloud.otherwise, cloud.headers = {}, refusal(429), {"Retry-After": "3600"}
    status, [found] = examined(cloud, capsys)
    assert (status, found["about"], len(cloud.asked)) == (1, "network", 4)


def test_in_a_project_without_any_api_all_that_can_be_known_is(
    cloud: FakeGoogle, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.answers = {
        name: answer if name.startswith(("cloudresourcemanager", "cloudbilling")) else DISABLED
        for name, answer in cloud.answers.items()
    }
    cloud.otherwise = DISABLED
    status, found = examined(cloud, capsys)
    assert status == 0
    assert {one["about"] for one in found if one["level"] == GOOD} == {
        *("project", "billing", "rights"),
        *("database", "queues"),
    }
    assert all("not enabled yet" in one["found"] for one in found if one["level"] == UNKNOWN)


def test_a_quota_without_a_bound_is_in_nobodys_way(
    cloud: FakeGoogle, given: Given, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in cloud.answers if "/quotaInfos/" in name]:
        cloud.answers[name] = quota(-1, "us-central1")
    given("production")
    status, found = examined(cloud, capsys)
    assert status == 0
    assert {one["level"] for one in found} == {GOOD}


def test_what_variables_ask_for_is_enabled_besides(
    cloud: FakeGoogle, given: Given, capsys: pytest.CaptureFixture[str]
) -> None:
    engines = ["text_to_speech", "vertex_ai"]
    given(domain="a.example.com", trace=True, google_engines=engines, billing_account=ACCOUNT)
    _, found = examined(cloud, capsys)
    [apis] = [one["found"] for one in found if one["about"] == "APIs"]
    more = {"aiplatform", "billingbudgets", "cloudtrace", "compute", "telemetry", "texttospeech"}
    assert {*apis.removeprefix("Terraform will enable ").rstrip(".").split(", ")} == more | {"run"}
    text = (ROOT / "terraform" / "apis.tf").read_text(encoding="utf-8")
    conditional = text[text.index("var.domain ==") : text.index("# These let")]
    assert {
        name for told in re.findall(r"\[((?:\"\w+\"(?:, )?)+)\]", conditional) for name in told.split('"')[1::2]
    } == more


@pytest.mark.parametrize("location", ["global", "us", "eu", "europe-west4"])
def test_gemini_is_looked_for_where_its_client_will_ask(
    location: str, cloud: FakeGoogle, given: Given, capsys: pytest.CaptureFixture[str]
) -> None:
    from google import genai  # takes a second or two, which those who run other tests need not wait

    client = genai.Client(vertexai=True, project=PROJECT, location=location, credentials=Credentials(token="t"))
    given(language_engine="gemini", google_engines=["vertex_ai"], vertex_location=location)
    examined(cloud, capsys)
    [asked] = [name for _, name, _ in cloud.asked if name.endswith(":countTokens")]
    assert address_of(asked.partition("/")[0]) + "/" == client._api_client._http_options.base_url


@pytest.mark.parametrize(
    ("told", "model"),
    [
        ({"language_engine": "gemini", "engine_settings": {"LANGUAGE_MODEL": "a", "LANGUAGE_GEMINI_MODEL": "b"}}, "b"),
        ({"language_engine": "gemini", "engine_settings": {"LANGUAGE_MODEL": "a"}}, "a"),
        (
            {
                "language_engine": "openai",
                "more_language_engines": ["gemini"],
                "engine_settings": {"LANGUAGE_MODEL": "a"},
            },
            needs.GEMINI,
        ),
        ({"language_engine": "gemini", "engine_keys": ["language"]}, None),
        ({"more_language_engines": ["gemini"], "engine_keys": ["language_gemini"]}, None),
        ({"language_engine": "openai", "engine_settings": {"LANGUAGE_MODEL": "a"}}, None),
    ],
)
def test_the_model_looked_for_is_the_one_that_model_serving_will_ask(
    told: dict[str, Any],
    model: str | None,
    cloud: FakeGoogle,
    given: Given,
    variables: dict[str, dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Another engine's model is none of Gemini's, and with a key of its own Vertex AI is not asked at all."""
    given(google_engines=["vertex_ai"], **told)
    examined(cloud, capsys)
    asked = [name for _, name, _ in cloud.asked if name.endswith(":countTokens")]
    assert [name.rpartition("/")[2] for name in asked] == ([f"{model}:countTokens"] if model else [])
    values = variables["default"] | told
    env = {"LANGUAGE_ENGINE": values["language_engine"], "LANGUAGE_ENGINES": ",".join(values["more_language_engines"])}
    settings = Settings.of_engine("language", "gemini", env | values["engine_settings"])
    assert model in {settings.language_model or needs.GEMINI, None}


def test_who_is_not_signed_in_is_told_how(cloud: FakeGoogle, capsys: pytest.CaptureFixture[str]) -> None:
    def signed_out(_: str) -> Any:
        raise LoggedOut("no credentials")

    assert doctor.main(["--project", PROJECT], connect=signed_out) == 1
    assert "gcloud auth application-default login" in capsys.readouterr().out
    cloud.answers[f"cloudresourcemanager/v3/{HERE}"] = refusal(401, message="expired")
    status, found = examined(cloud, capsys)
    assert (status, found[-1]["about"]) == (1, "login")


CREDENTIALS: tuple[Any, ...] = (
    None,
    "no JSON",
    [],
    {},
    {"type": "authorized_user"},
    {"type": "service_account", "client_email": "me@example.com", "private_key": "none", "token_uri": "https://x"},
    {"type": "external_account", "audience": "//iam.googleapis.com/x"},
    {"type": "impersonated_service_account", "source_credentials": {}},
    {"type": "of-the-future"},
)
"""Content of a file of credentials, of which nobody can be signed in; None: there is no file."""


@pytest.mark.parametrize("content", CREDENTIALS)
def test_credentials_that_are_none_are_told_by_the_variable_that_names_them(
    content: Any, given: Given, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login would not help: the variable comes before it."""
    path = tmp_path / "credentials.json"
    if content is not None:
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    monkeypatch.setattr(doctor, "programs", lambda: iter(()))
    assert doctor.main(["--project", PROJECT, "--json"]) == 1
    [found] = json.loads(capsys.readouterr().out)
    assert (found["level"], found["about"]) == (WRONG, "login")
    assert "Correct GOOGLE_APPLICATION_CREDENTIALS" in found["mend"]


def test_a_workload_identity_whose_token_is_gone_is_told(
    given: Given, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a pipeline whose step came too late."""
    path = tmp_path / "credentials.json"
    path.write_text(
        json.dumps(
            {
                "type": "external_account",
                "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
                "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
                "token_url": "https://sts.googleapis.com/v1/token",
                "credential_source": {"file": str(tmp_path / "gone")},
            }
        )
    )
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    monkeypatch.setattr(doctor, "programs", lambda: iter(()))
    assert doctor.main(["--project", PROJECT, "--json"]) == 1
    [found] = json.loads(capsys.readouterr().out)
    assert (found["level"], found["about"]) == (WRONG, "login")
    assert "gone" in found["found"]


def test_an_api_that_is_not_enabled_yet_is_asked_against_another_quota(
    cloud: FakeGoogle, capsys: pytest.CaptureFixture[str]
) -> None:
    """The project of the credentials' owner, as far as the API allows: else nothing would be known of a new project."""
    cloud.not_enabled = {"cloudresourcemanager", "serviceusage", "orgpolicy"}
    cloud.only_by_quota = {"orgpolicy"}
    status, found = examined(cloud, capsys)
    levels = {one["about"]: one["level"] for one in found}
    assert (status, levels["project"], levels["rights"], levels["APIs"]) == (0, GOOD, GOOD, GOOD)
    [policies] = [one for one in found if one["about"] == "policies"]
    assert (policies["level"], policies["mend"]) == (UNKNOWN, DISABLED[1]["error"]["message"])


def test_it_asks_as_terraform_will_whatever_project_the_login_counts_against(
    cloud: FakeGoogle, capsys: pytest.CaptureFixture[str]
) -> None:
    """A login of last year names the project of last year, whose APIs are others."""

    def of_last_year(project: str) -> Google:
        login = Credentials(token="an-operators", quota_project_id="another-project")
        return Google(login, project, cloud.address)

    assert doctor.main(["--project", PROJECT], connect=of_last_year) == 0, capsys.readouterr().out
    assert {headers.get("X-Goog-User-Project") for _, _, headers in cloud.asked} == {PROJECT}


def test_where_google_cannot_be_reached_it_says_so_and_fails(
    cloud: FakeGoogle, capsys: pytest.CaptureFixture[str]
) -> None:
    """A signed-in user is not asked to sign in, and no pipeline takes the failure for a healthy project."""

    def pick(google: Google, _: str) -> Google:
        return google

    nowhere = Google(Credentials(token="an-operators"), PROJECT, lambda _: "http://127.0.0.1:9")
    no_token = Google(
        Credentials(None, "refresh", token_uri="http://127.0.0.1:9", client_id="c", client_secret="s"), PROJECT
    )
    for google in (nowhere, no_token):
        assert doctor.main(["--project", PROJECT, "--json"], connect=partial(pick, google)) == 1
        [only] = json.loads(capsys.readouterr().out)
        assert (only["level"], only["about"]) == (WRONG, "network")


def test_what_terraform_does_not_take_is_told_and_nothing_is_judged_by_it(
    cloud: FakeGoogle, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Independent checks are made all the same."""
    refused = Variables(None, (Diagnostic(True, "my.tfvars, line 1: no"), Diagnostic(False, "a slip")))
    monkeypatch.setattr(doctor, "read", lambda *_: refused)
    status, found = examined(cloud, capsys)
    levels = {one["about"]: one["level"] for one in found}
    assert status == 1
    assert [one["level"] for one in found if one["about"] == "variables"] == [WRONG, LOOK]
    assert {about for about, level in levels.items() if level == GOOD} == {"project", "billing"}
    assert all("is not known" in one["found"] for one in found if one["level"] == UNKNOWN)
    assert doctor.main(["--json"], connect=cloud.google) == 1
    assert [one["about"] for one in json.loads(capsys.readouterr().out)] == ["variables", "variables", "project"]


def test_without_terraform_the_rest_is_looked_at(
    cloud: FakeGoogle, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object) -> Variables:
        raise AssertionError("there is no Terraform to read")

    monkeypatch.setattr(doctor, "read", nobody)
    monkeypatch.setattr(doctor, "programs", lambda: iter([Finding(WRONG, "terraform", "It is not installed here.")]))
    status, found = examined(cloud, capsys)
    assert status == 1
    assert {one["about"] for one in found if one["level"] == GOOD} == {"project", "billing"}


def test_a_quota_project_of_the_environment_is_told_for_terraform_takes_it(
    cloud: FakeGoogle, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment's project comes before the provider's: terraform/README.md."""
    for project, levels in ((PROJECT, []), ("another-project", [LOOK])):
        monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", project)
        _, found = examined(cloud, capsys)
        told = [one for one in found if one["about"] == "environment"]
        assert [one["level"] for one in told] == levels
        assert all("another-project" in one["found"] for one in told)


def test_curl_alone_opens_a_companys_gateway(
    cloud: FakeGoogle, given: Given, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """terraform/call.sh takes wget for all else."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for restricted, status in ((False, 0), (True, 1)):
        given(domain_restricted=restricted)
        told, findings = examined(cloud, capsys)
        assert (told, any(one["about"] == "curl" for one in findings)) == (status, restricted)


def test_what_terraform_is_told_by_its_arguments_variable_is_not_passed_over(
    cloud: FakeGoogle, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CLI_ARGS_apply", "-var-file=another.tfvars")
    status, found = examined(cloud, capsys)
    [told] = [one for one in found if one["level"] == LOOK]
    assert (status, told["found"].split()[0]) == (0, "TF_CLI_ARGS_apply")
    assert "--var-file" in told["mend"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--project", ""),
        ("--project", "../../v1/x"),
        ("--project", "My Project"),
        ("--project", "123456"),
        ("--project", "example.com:my-project"),
        ("--project", PROJECT, "--region", "us-central1/../.."),
        ("--project", PROJECT, "--region", "us-central1-a"),
    ],
)
def test_what_is_no_project_and_no_region_is_told_before_anybody_is_asked(
    arguments: tuple[str, ...], cloud: FakeGoogle, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        doctor.main(list(arguments), connect=cloud.google)
    assert ended.value.code == 2
    assert "project" in capsys.readouterr().err
    assert not cloud.asked


def test_what_is_known_is_told_at_once_and_ctrl_c_is_no_traceback(
    cloud: FakeGoogle, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> Iterator[Finding]:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "CHECKS", (*doctor.CHECKS[:2], stopped))
    assert ending(partial(doctor.main, ["--project", PROJECT], connect=cloud.google)) == INTERRUPTED
    out, err = capsys.readouterr()
    assert [line.split()[:2] for line in out.splitlines()] == [["good", "project"], ["good", "billing"]]
    assert err == "\nStopped.\n"


def test_ids_are_what_terraform_takes_for_ids() -> None:
    text = (ROOT / "terraform" / "variables.tf").read_text(encoding="utf-8")
    terraforms = {name: pattern for pattern, name in re.findall(r'regex\("\^(.*)\$", var\.(\w+)\)', text)}
    assert terraforms["project"] == PROJECT_ID
    assert terraforms["region"] == REGION
    assert f"forge_at_once = var.speech_requests_per_minute == 0 ? {doctor.FORGE_AT_ONCE} :" in (
        ROOT / "terraform" / "queues.tf"
    ).read_text(encoding="utf-8")


def test_for_people_each_finding_is_a_line_and_its_mend_another(
    cloud: FakeGoogle, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.answers[f"cloudbilling/v1/{HERE}/billingInfo"] = {}
    assert doctor.main(["--project", PROJECT], connect=cloud.google) == 1
    lines = capsys.readouterr().out.splitlines()
    number = next(number for number, line in enumerate(lines) if line.startswith("WRONG"))
    assert "billing" in lines[number]
    assert lines[number + 1].strip().startswith("Link one")


def test_terraform_and_something_to_call_with_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [one.about for one in doctor.programs() if one.level == WRONG] == ["terraform", "curl"]
    (tmp_path / "terraform").write_bytes(b"\x7fELF of another machine")
    (tmp_path / "terraform").chmod(0o755)
    assert "not installed here" in next(doctor.programs()).found, "nor is one that does not run"
    for name, says in (("terraform", '{"terraform_version": "1.9.8"}'), ("curl", "")):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{says}'\n")
        (tmp_path / name).chmod(0o755)
    [old] = [one for one in doctor.programs() if one.level == WRONG]
    assert "1.9" in old.found


RIGHT_OF = {
    # Type of resource -> the right that makes one
    "artifact_registry_repository": "artifactregistry.repositories.create",
    "artifact_registry_repository_iam_member": "artifactregistry.repositories.setIamPolicy",
    "cloud_run_v2_service": "run.services.create",
    "cloud_run_v2_service_iam_binding": "run.services.setIamPolicy",
    "cloud_scheduler_job": "cloudscheduler.jobs.create",
    "cloud_tasks_queue": "cloudtasks.queues.create",
    "cloud_tasks_queue_iam_member": "cloudtasks.queues.setIamPolicy",
    "cloudfunctions2_function": "cloudfunctions.functions.create",
    "compute_backend_service": "compute.backendServices.create",
    "compute_global_address": "compute.globalAddresses.create",
    "compute_global_forwarding_rule": "compute.globalForwardingRules.create",
    "compute_managed_ssl_certificate": "compute.sslCertificates.create",
    "compute_region_network_endpoint_group": "compute.regionNetworkEndpointGroups.create",
    "compute_security_policy": "compute.securityPolicies.create",
    "compute_ssl_policy": "compute.sslPolicies.create",
    "compute_target_http_proxy": "compute.targetHttpProxies.create",
    "compute_target_https_proxy": "compute.targetHttpsProxies.create",
    "compute_url_map": "compute.urlMaps.create",
    "firebaserules_release": "firebaserules.releases.create",
    "firebaserules_ruleset": "firebaserules.rulesets.create",
    "firestore_backup_schedule": "datastore.backupSchedules.create",
    "firestore_database": "datastore.databases.create",
    "firestore_field": "datastore.indexes.update",
    "firestore_index": "datastore.indexes.create",
    "logging_metric": "logging.logMetrics.create",
    "monitoring_alert_policy": "monitoring.alertPolicies.create",
    "monitoring_dashboard": "monitoring.dashboards.create",
    "monitoring_notification_channel": "monitoring.notificationChannels.create",
    "monitoring_uptime_check_config": "monitoring.uptimeCheckConfigs.create",
    "project_iam_custom_role": "iam.roles.create",
    "project_iam_member": "resourcemanager.projects.setIamPolicy",
    "project_service": "serviceusage.services.enable",
    "project_service_identity": "serviceusage.services.enable",
    "pubsub_subscription": "pubsub.subscriptions.create",
    "pubsub_subscription_iam_member": "pubsub.subscriptions.setIamPolicy",
    "pubsub_topic": "pubsub.topics.create",
    "pubsub_topic_iam_member": "pubsub.topics.setIamPolicy",
    "secret_manager_secret": "secretmanager.secrets.create",
    "secret_manager_secret_iam_member": "secretmanager.secrets.setIamPolicy",
    "secret_manager_secret_version": "secretmanager.versions.add",
    "service_account": "iam.serviceAccounts.create",
    "service_account_iam_member": "iam.serviceAccounts.setIamPolicy",
    "storage_bucket": "storage.buckets.create",
    "storage_bucket_iam_member": "storage.buckets.create",  # who has made one may
    "storage_bucket_object": "storage.buckets.create",
}


def test_the_rights_looked_for_are_those_of_all_that_terraform_makes() -> None:
    files = [path.read_text(encoding="utf-8") for path in (ROOT / "terraform").glob("*.tf")]
    made = {name for text in files for name in re.findall(r'^resource "google_(\w+)"', text, re.MULTILINE)}
    assert made - {"billing_budget"} == set(RIGHT_OF), "a budget belongs to no project"
    assert set(RIGHT_OF.values()) <= set(EVERY_RIGHT)
    assert len(EVERY_RIGHT) <= 100, "more are not answered at once"


def test_it_asks_for_what_terraform_uses() -> None:
    document = hcl2.loads((ROOT / "terraform" / "apis.tf").read_text(encoding="utf-8"))
    text = (ROOT / "terraform" / "apis.tf").read_text(encoding="utf-8")
    assert document["resource"], "it is HCL"
    assert all(f'"{api}"' in text for api in needs.APIS)
    always = text[text.index("apis = concat(") : text.index("var.domain ==")]
    assert {line.strip().split('"')[1] for line in always.splitlines() if line.strip().startswith('"')} <= needs.APIS
    versions = (ROOT / "terraform" / "versions.tf").read_text(encoding="utf-8")
    assert f'">= {".".join(map(str, doctor.TERRAFORM))}"' in versions
    gemini = ROOT / "functions" / "model_serving" / "llm" / "engines" / "gemini" / "model.py"
    assert f'"{needs.GEMINI}"' in gemini.read_text(encoding="utf-8")
