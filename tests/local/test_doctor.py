"""The doctor: each obstacle to a deployment is found, reported with its mend, and left alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import hcl2
import pytest
from google import genai
from google.oauth2.credentials import Credentials

from common.settings import Settings
from local import doctor
from local.commands import INTERRUPTED, REGION, ending
from local.commands import PROJECT as PROJECT_ID
from local.doctor import GOOD, LOOK, UNKNOWN, WRONG
from local.google_apis import Google, LoggedOut, address_of
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
    monkeypatch.delenv("GOOGLE_CLOUD_QUOTA_PROJECT", raising=False)
    return folder


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGoogle]:
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
    cloud: FakeGoogle, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = examined(cloud, capsys, "--var-file", str(PRODUCTION))
    assert status == 0
    assert {one["level"] for one in found} == {GOOD}
    assert {one["about"] for one in found} >= {"project", "billing", "rights", "policies", "CPU", "Gemini", "Chirp"}
    assert all(headers["X-Goog-User-Project"] == PROJECT for _, _, headers in cloud.asked)
    questions = (":testIamPermissions", ":countTokens")
    assert all(method == "GET" or name.endswith(questions) for method, name, _ in cloud.asked)


def only(value: str) -> dict[str, Any]:
    """A policy that allows one value."""
    return {"spec": {"rules": [{"values": {"allowedValues": [value]}}]}}


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
        {f"{POLICIES}/iam.allowedPolicyMemberDomains:getEffectivePolicy": only("C0")},
        *(WRONG, "allUsers", "domain_restricted = true"),
    ),
    "no accounts": (
        {f"{POLICIES}/iam.disableServiceAccountCreation:getEffectivePolicy": {"spec": {"rules": [{"enforce": True}]}}},
        *(WRONG, "No service account", "disableServiceAccountCreation"),
    ),
    "other places": (
        {f"{POLICIES}/gcp.resourceLocations:getEffectivePolicy": only("europe-west1")},
        *(WRONG, "europe-west1 only", "region"),
    ),
    "a place whose name begins alike": (
        {f"{POLICIES}/gcp.resourceLocations:getEffectivePolicy": only("in:us-central12-locations")},
        *(LOOK, "in:us-central12-locations only", "region"),
    ),
    "forbidden place": (
        {
            f"{POLICIES}/gcp.resourceLocations:getEffectivePolicy": {
                "spec": {"rules": [{"values": {"deniedValues": ["in:us-central1-locations"]}}]}
            }
        },
        *(WRONG, "None may be in us-central1", "region"),
    ),
    "no calls from outside": (
        {f"{POLICIES}/run.allowedIngress:getEffectivePolicy": only("is:internal-and-cloud-load-balancing")},
        *(WRONG, "from outside", "run.allowedIngress"),
    ),
    "forbidden APIs": (
        {
            f"{POLICIES}/gcp.restrictServiceUsage:getEffectivePolicy": {
                "spec": {"rules": [{"values": {"deniedValues": ["aiplatform.googleapis.com"]}}]}
            }
        },
        *(WRONG, "not be used: aiplatform.", "gcp.restrictServiceUsage"),
    ),
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
    "few requests": (
        {f"{QUOTAS}/texttospeech.googleapis.com/quotaInfos/Chirp3RequestsPerMinutePerProject": quota(100)},
        *(LOOK, "takes 100 requests", "speech_requests_per_minute = 100"),
    ),
    "no such model": (
        {f"aiplatform/v1/{HERE}/locations/global/publishers/google/models/{doctor.GEMINI}:countTokens": refusal(404)},
        *(WRONG, "not offered in global", "vertex_location"),
    ),
    "a database": (
        {f"firestore/v1/{HERE}/databases/(default)": {"locationId": "nam5"}},
        *(LOOK, "there already, in nam5", "database"),
    ),
    "queues": (
        {f"cloudtasks/v2/{HERE}/locations/us-central1/queues": {"queues": [{"name": "p/queues/forge"}]}},
        *(LOOK, "forge are there", "queue_suffix"),
    ),
    "not to be seen": ({f"cloudtasks/v2/{HERE}/locations/us-central1/queues": refusal(403)}, UNKNOWN, "looked at", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_stands_in_the_way_is_found_and_told_with_its_mend(
    case: str, cloud: FakeGoogle, capsys: pytest.CaptureFixture[str]
) -> None:
    answers, level, found, mend = CASES[case]
    cloud.answers |= answers
    status, findings = examined(cloud, capsys, "--var-file", str(PRODUCTION))
    [told] = [one for one in findings if one["level"] != GOOD]
    assert (told["level"], status) == (level, int(level == WRONG))
    assert found in told["found"]
    assert mend in told["mend"]


def test_in_a_project_without_any_api_all_that_can_be_known_is(
    cloud: FakeGoogle, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.answers = {
        name: answer if name.startswith(("cloudresourcemanager", "cloudbilling")) else DISABLED
        for name, answer in cloud.answers.items()
    } | {f"firestore/v1/{HERE}/databases/(default)": DISABLED}
    for name in ("iam.managed.allowedPolicyMembers", "run.managed.requireInvokerIam"):
        cloud.answers[f"{POLICIES}/{name}:getEffectivePolicy"] = DISABLED
    status, found = examined(cloud, capsys)
    assert status == 0
    assert {one["about"] for one in found if one["level"] == GOOD} == {
        *("project", "billing", "rights"),
        *("database", "queues"),
    }
    assert all("not enabled yet" in one["found"] for one in found if one["level"] == UNKNOWN)


def test_a_quota_without_a_bound_is_in_nobodys_way(cloud: FakeGoogle, capsys: pytest.CaptureFixture[str]) -> None:
    for service, name in (("run", "CpuAllocPerProjectRegion"), ("texttospeech", "Chirp3RequestsPerMinutePerProject")):
        cloud.answers[f"{QUOTAS}/{service}.googleapis.com/quotaInfos/{name}"] = quota(-1, "us-central1")
    status, found = examined(cloud, capsys, "--var-file", str(PRODUCTION))
    assert status == 0
    assert {one["level"] for one in found} == {GOOD}


def test_what_variables_ask_for_is_enabled_besides(
    cloud: FakeGoogle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "my.tfvars"
    path.write_text(
        'domain = "a.example.com"\ntrace = true\ngoogle_engines = ["text_to_speech", "vertex_ai"]\n'
        f'billing_account = "{ACCOUNT}"\n'
    )
    _, found = examined(cloud, capsys, "--var-file", str(path))
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
    location: str, cloud: FakeGoogle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    client = genai.Client(vertexai=True, project=PROJECT, location=location, credentials=Credentials(token="t"))
    path = tmp_path / "my.tfvars"
    path.write_text(f'language_engine = "gemini"\ngoogle_engines = ["vertex_ai"]\nvertex_location = "{location}"\n')
    examined(cloud, capsys, "--var-file", str(path))
    [asked] = [name for _, name, _ in cloud.asked if name.endswith(":countTokens")]
    assert address_of(asked.partition("/")[0]) + "/" == client._api_client._http_options.base_url


@pytest.mark.parametrize(
    ("told", "model"),
    [
        ('language_engine = "gemini"\nengine_settings = { LANGUAGE_MODEL = "a", LANGUAGE_GEMINI_MODEL = "b" }', "b"),
        ('language_engine = "gemini"\nengine_settings = { LANGUAGE_MODEL = "a" }', "a"),
        (
            'language_engine = "openai"\nmore_language_engines = ["gemini"]\n'
            'engine_settings = { LANGUAGE_MODEL = "a" }',
            doctor.GEMINI,
        ),
        ('language_engine = "gemini"\nengine_keys = ["language"]', None),
        ('more_language_engines = ["gemini"]\nengine_keys = ["language_gemini"]', None),
        ('language_engine = "openai"\nengine_settings = { LANGUAGE_MODEL = "a" }', None),
    ],
)
def test_the_model_looked_for_is_the_one_that_model_serving_will_ask(
    told: str, model: str | None, cloud: FakeGoogle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another engine's model is none of Gemini's, and with a key of its own Vertex AI is not asked at all."""
    path = tmp_path / "my.tfvars"
    path.write_text(f'google_engines = ["vertex_ai"]\n{told}\n')
    examined(cloud, capsys, "--var-file", str(path))
    asked = [name for _, name, _ in cloud.asked if name.endswith(":countTokens")]
    assert [name.rpartition("/")[2] for name in asked] == ([f"{model}:countTokens"] if model else [])
    variables = doctor.VARIABLES | doctor.read_variables(path)
    env = {
        "LANGUAGE_ENGINE": variables["language_engine"],
        "LANGUAGE_ENGINES": ",".join(variables["more_language_engines"]),
    }
    settings = Settings.of_engine("language", "gemini", env | variables["engine_settings"])
    assert model in {settings.language_model or doctor.GEMINI, None}


def test_who_is_not_signed_in_is_told_how(cloud: FakeGoogle, capsys: pytest.CaptureFixture[str]) -> None:
    def signed_out(_: str) -> Any:
        raise LoggedOut("no credentials")

    assert doctor.main(["--project", PROJECT], connect=signed_out) == 1
    assert "gcloud auth application-default login" in capsys.readouterr().out
    cloud.answers[f"cloudresourcemanager/v3/{HERE}"] = refusal(401, message="expired")
    status, found = examined(cloud, capsys)
    assert (status, found[-1]["about"]) == (1, "login")


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


@pytest.mark.parametrize("content", [None, b"project = {", b"\xff\xfe", b"[1, 2"])
def test_a_tfvars_file_that_is_none_is_told_in_a_line(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "my.tfvars"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SystemExit) as ended:
        doctor.main(["--project", PROJECT, "--var-file", str(path)])
    assert ended.value.code == 2
    assert f"{path} " in capsys.readouterr().err.splitlines()[-1]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("cpu_quota", '"many"'),
        ("cpu_quota", "[1]"),
        ("speech_requests_per_minute", "-1"),
        ("google_engines", '"vertex_ai"'),
        ("google_engines", "[[1]]"),
        ("engine_settings", "[1]"),
        ("engine_settings", "{ LANGUAGE_MODEL = [1] }"),
        ("domain_restricted", '"perhaps"'),
        ("vertex_location", '"example.com/"'),
        ("billing_account", '"../.."'),
        ("database", '"a/b"'),
        ("queue_suffix", '"/"'),
        ("region", "{}"),
    ],
)
def test_a_value_that_terraform_would_not_take_is_told_by_its_variable_and_nobody_is_asked(
    variable: str, value: str, cloud: FakeGoogle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "my.tfvars"
    path.write_text(f"{variable} = {value}\n")
    with pytest.raises(SystemExit) as ended:
        doctor.main(["--project", PROJECT, "--var-file", str(path)], connect=cloud.google)
    assert ended.value.code == 2
    assert f"wrong about {variable}" in capsys.readouterr().err
    assert not cloud.asked


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("my.tfvars", 'project = "my-project"\ncpu_quota = "8"\ndomain_restricted = "false"\n'),
        ("my.tfvars", 'project = "my-project"\ncpu_quota = 8.0\ndomain_restricted = "false"\n'),
        ("my.tfvars", 'project = "my-project"\ncpu_quota = 7.5\ndomain_restricted = false\n'),
        ("my.auto.tfvars.json", '{"project": "my-project", "cpu_quota": "8", "domain_restricted": "false"}'),
    ],
)
def test_values_are_converted_as_terraform_converts_them(
    name: str, content: str, cloud: FakeGoogle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.answers[f"{POLICIES}/iam.allowedPolicyMemberDomains:getEffectivePolicy"] = only("C0")
    path = tmp_path / name
    path.write_text(content)
    assert doctor.main(["--var-file", str(path), "--json"], connect=cloud.google) == 1
    found = {one["about"]: one["found"] for one in json.loads(capsys.readouterr().out) if one["level"] == WRONG}
    assert list(found) == ["policies"], "a text that says false is false, and 8 of 20 CPU are fine"


def test_what_terraform_reads_by_itself_is_read_in_its_order(
    cloud: FakeGoogle, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def cpu_found(*arguments: str) -> str:
        doctor.main(["--json", *arguments], connect=cloud.google)
        return str(next(one["found"] for one in json.loads(capsys.readouterr().out) if one["about"] == "CPU"))

    (folder / "terraform.tfvars").write_text(f'project = "{PROJECT}"\ncpu_quota = 11\n')
    assert "11 are" in cpu_found()
    (folder / "b.auto.tfvars.json").write_text('{"cpu_quota": 13}')
    (folder / "a.auto.tfvars").write_text("cpu_quota = 12\n")
    assert "13 are" in cpu_found()
    given = [tmp_path / "first.tfvars", tmp_path / "second.tfvars"]
    for number, path in enumerate(given, 14):
        path.write_text(f"cpu_quota = {number}\n")
    assert "15 are" in cpu_found("--var-file", str(given[0]), "--var-file", str(given[1]))


def test_a_quota_project_of_the_environment_is_told_for_terraform_takes_it(
    cloud: FakeGoogle, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes before the project that the provider is told: terraform/README.md."""
    for project, levels in ((PROJECT, []), ("another-project", [LOOK])):
        monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", project)
        _, found = examined(cloud, capsys)
        told = [one for one in found if one["about"] == "environment"]
        assert [one["level"] for one in told] == levels
        assert all("another-project" in one["found"] for one in told)


def test_a_slip_of_the_pen_is_told_for_terraform_only_warns_of_it(
    cloud: FakeGoogle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "my.tfvars"
    path.write_text("cpu_qouta = 200\nretention_days = 7\n")
    status, found = examined(cloud, capsys, "--var-file", str(path))
    [told] = [one for one in found if one["level"] == LOOK]
    assert (status, told["about"], told["found"].split(":")[0]) == (0, "variables", "cpu_qouta")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
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
    def stopped(*_: object) -> Iterator[doctor.Finding]:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "CHECKS", (*doctor.CHECKS[:2], stopped))
    assert ending(partial(doctor.main, ["--project", PROJECT], connect=cloud.google)) == INTERRUPTED
    out, err = capsys.readouterr()
    assert [line.split()[:2] for line in out.splitlines()] == [["good", "project"], ["good", "billing"]]
    assert err == "\nStopped.\n"


def test_it_looks_at_variables_as_terraform_does() -> None:
    document = hcl2.loads((ROOT / "terraform" / "variables.tf").read_text(encoding="utf-8"))
    variables = {name.strip('"'): one for entry in document["variable"] for name, one in entry.items()}
    for name, default in doctor.VARIABLES.items():
        given = variables[name].get("default", "")
        assert (given.strip('"') if isinstance(given, str) else given) == default, name
    text = (ROOT / "terraform" / "variables.tf").read_text(encoding="utf-8")
    patterns = dict(re.findall(r'regex\("\^(.*)\$", var\.(\w+)\)', text))
    terraforms = {name: pattern for pattern, name in patterns.items()}
    assert terraforms["project"] == PROJECT_ID
    assert terraforms["region"] == REGION
    for name, pattern in doctor.PATTERNS.items():
        alternatives = {"database": r"\(default\)|", "billing_account": ""}.get(name, "")
        ours = pattern.removeprefix(alternatives)
        assert re.sub(r"^\((.*)\)\??$", r"\1", ours) in terraforms[name], name


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
    assert all(f'"{api}"' in text for api in doctor.APIS)
    always = text[text.index("apis = concat(") : text.index("var.domain ==")]
    assert {line.strip().split('"')[1] for line in always.splitlines() if line.strip().startswith('"')} <= doctor.APIS
    versions = (ROOT / "terraform" / "versions.tf").read_text(encoding="utf-8")
    assert f'">= {".".join(map(str, doctor.TERRAFORM))}"' in versions
    gemini = ROOT / "functions" / "model_serving" / "llm" / "engines" / "gemini" / "model.py"
    assert f'"{doctor.GEMINI}"' in gemini.read_text(encoding="utf-8")
