"""HCL and code name the same: entry points, queues, topics, settings, routes, log lines and metrics, both ways."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from common import authenticator
from common.policy import PATIENCE, POLICIES
from common.settings import Settings
from common.store import paths
from common.waking import PATH as WAKE
from common.waking import WOKEN
from emulators.delivery import backoff_s
from emulators.firestore.indexes import Index
from functions.api_gateway.operations import OPERATIONS
from local import iam
from local.cloud import INDEXES, SINGLE_FIELDS, TTL_FIELDS
from local.entry_points import ENTRY_POINTS, source_of
from local.provision import DEAD_TOPIC, EVENTS_TOPIC, PUSHES, QUEUES, WAKINGS_TOPIC
from streamer.metrics import Counts, Gauges, registry
from tests.terraform.extract_schema import ROOT
from tests.terraform.offline import Offline

pytestmark = pytest.mark.xdist_group("deployment")

PREFIX = "aethercast-"

LEFT_AT_THEIR_DEFAULTS = {
    "CLOUD_TASKS_EMULATOR_HOST",  # for a laptop
    "IAM_CREDENTIALS_URL",  # Google's
    "OIDC_ISSUERS",
    "OIDC_JWKS_URL",
    "HARVEST_PRIVATE_ADDRESSES",  # never in the cloud
    "OCR_COMMAND",  # no such program is in the image of a function
    "PLAYER_API_KEY",  # the listener has one
    "SIGN_IN_URL",  # Google's
    "WEB_ROOT",
}

KEYS = {
    **{name: {"AUTHENTICATOR_KEY", "AUTHENTICATOR_OTHER_KEY"} for name in ENTRY_POINTS},
    "model_serving": {
        *("AUTHENTICATOR_KEY", "AUTHENTICATOR_OTHER_KEY"),
        *("SPEECH_API_KEY", "LANGUAGE_API_KEY", "SPEECH_OPENAI_API_KEY"),
    },
    "content_harvester": {"AUTHENTICATOR_KEY", "AUTHENTICATOR_OTHER_KEY", "SEARCH_API_KEY"},
}
"""Kept in Secret Manager, and whose they are."""


@pytest.fixture(scope="module")
def functions(deployment: Offline) -> dict[str, dict[str, Any]]:
    """Service -> its Cloud Function as applied."""
    return {_service(function): function for function in deployment.cloud.of_type("google_cloudfunctions2_function")}


@pytest.fixture(scope="module")
def streamer(deployment: Offline) -> dict[str, Any]:
    [service] = deployment.cloud.of_type("google_cloud_run_v2_service")
    return dict(service["template"][0]["containers"][0])


def test_every_entry_point_is_deployed(functions: dict[str, dict[str, Any]]) -> None:
    deployed = {name: function["build_config"][0]["entry_point"] for name, function in functions.items()}
    assert deployed == ENTRY_POINTS


def test_every_entry_point_is_defined_where_its_archive_comes_from(functions: dict[str, dict[str, Any]]) -> None:
    for name, function in functions.items():
        [source] = function["build_config"][0]["source"]
        folder = source["storage_source"][0]["object"].removeprefix("functions/").rpartition("-")[0]
        assert source_of(name) == ROOT / "functions" / folder / "main.py"
        defined = {
            node.name for node in ast.parse(source_of(name).read_text()).body if isinstance(node, ast.FunctionDef)
        }
        assert function["build_config"][0]["entry_point"] in defined


def test_queues_are_those_of_the_policy(deployment: Offline) -> None:
    provisioned = {queue["name"] for queue in deployment.cloud.of_type("google_cloud_tasks_queue")}
    assert provisioned == {name for policy in POLICIES.values() for name in policy.queues} == QUEUES.keys()


def test_events_and_tasks_are_delivered_for_as_long_as_work_is_waited_for(deployment: Offline) -> None:
    subscriptions = deployment.cloud.of_type("google_pubsub_subscription")
    [events] = [subscription for subscription in subscriptions if subscription["dead_letter_policy"]]
    assert events["dead_letter_policy"][0]["max_delivery_attempts"] == PUSHES
    backoff = [
        float(events["retry_policy"][0][bound].removesuffix("s")) for bound in ("minimum_backoff", "maximum_backoff")
    ]
    minimum_s, maximum_s = backoff
    assert sum(backoff_s(push, minimum_s, maximum_s) for push in range(1, PUSHES)) > PATIENCE.total_seconds()
    for queue in deployment.cloud.of_type("google_cloud_tasks_queue"):
        lasts_s = float(queue["retry_config"][0]["max_retry_duration"].removesuffix("s"))
        assert lasts_s > 2 * PATIENCE.total_seconds()


def test_what_expires_in_the_cloud_expires_on_a_laptop(deployment: Offline) -> None:
    fields = deployment.cloud.of_type("google_firestore_field")
    assert {field["collection"]: field["field"] for field in fields if field.get("ttl_config")} == TTL_FIELDS


def test_an_agent_may_run_as_long_as_its_policy_says(functions: dict[str, dict[str, Any]]) -> None:
    for agent, policy in POLICIES.items():
        assert functions[agent]["service_config"][0]["timeout_seconds"] == policy.deadline.total_seconds(), agent


def test_topics_and_where_they_push(deployment: Offline, functions: dict[str, dict[str, Any]]) -> None:
    assert {topic["name"] for topic in deployment.cloud.of_type("google_pubsub_topic")} == {
        EVENTS_TOPIC,
        DEAD_TOPIC,
        WAKINGS_TOPIC,
    }
    pushes = {
        subscription["name"]: subscription["push_config"][0]
        for subscription in deployment.cloud.of_type("google_pubsub_subscription")
        if subscription["push_config"]
    }
    urls = {name: function["url"] for name, function in functions.items()} | {"streamer": _streamer_url(deployment)}
    for name in WOKEN:
        waking = pushes.pop(f"{WAKINGS_TOPIC}-{name.replace('_', '-')}")
        assert waking["push_endpoint"] == f"{urls[name]}{WAKE}"
        assert waking["oidc_token"][0]["audience"] == urls[name]
    assert {name: push["push_endpoint"] for name, push in pushes.items()} == {
        f"{EVENTS_TOPIC}-orchestrator": functions["orchestrator"]["url"],
        f"{DEAD_TOPIC}-burial": functions["dead_letters"]["url"],
    }
    for push in pushes.values():
        assert push["oidc_token"][0]["audience"] == push["push_endpoint"]
        assert push["no_wrapper"][0]["write_metadata"]


def test_every_setting_that_is_given_exists(functions: dict[str, dict[str, Any]], streamer: dict[str, Any]) -> None:
    known = {field.name.upper() for field in fields(Settings)}
    for function in functions.values():
        assert _environment(function).keys() <= known | {"THREADS"}  # which Functions Framework reads
        assert (
            int(_environment(function)["THREADS"]) == function["service_config"][0]["max_instance_request_concurrency"]
        )
    assert _container_environment(streamer).keys() <= known


def test_every_setting_that_exists_is_given_or_can_be_or_is_left_on_purpose(
    functions: dict[str, dict[str, Any]], streamer: dict[str, Any]
) -> None:
    given = set(_container_environment(streamer)).union(*map(_environment, functions.values()), *KEYS.values())
    given.remove("THREADS")
    engine, limit = _names_that_may_be_set()
    settings = {field.name.upper() for field in fields(Settings)}
    engines = {name for name in settings if engine.fullmatch(name)}
    assert limit.isdisjoint(given | engines), "a limit would take the place of what is given"
    assert (given & settings) | engines | limit | LEFT_AT_THEIR_DEFAULTS == settings
    assert LEFT_AT_THEIR_DEFAULTS.isdisjoint(given | engines | limit)


def test_what_may_be_set_of_an_engine_is_a_setting() -> None:
    engine, _ = _names_that_may_be_set()
    settings = {field.name.upper() for field in fields(Settings)}
    parts = re.findall(r"(SPEECH|LANGUAGE)_\(\[A-Z\]\+_\)\?\(([A-Z_|]+)\)", engine.pattern)
    assert len(parts) == 2
    for kind, names in parts:
        assert {f"{kind}_{name}" for name in names.split("|")} <= settings
    assert not engine.fullmatch("SPEECH_API_KEY")
    assert not engine.fullmatch("VERTEX_LOCATION")


def test_every_setting_that_is_needed_is_given(functions: dict[str, dict[str, Any]]) -> None:
    for name, function in functions.items():
        environment = _environment(function)
        for needed in _needs(source_of(name)):
            assert needed.upper() in KEYS[name] or environment.get(needed.upper()), f"{name} needs {needed}"


def test_the_streamer_is_given_what_it_needs(streamer: dict[str, Any]) -> None:
    environment = _container_environment(streamer)
    needed = [name for file in (ROOT / "streamer").rglob("*.py") for name in _needs(file)]
    assert needed
    assert [name for name in needed if not environment.get(name.upper())] == []


def test_keys_reach_those_alone_who_use_them(functions: dict[str, dict[str, Any]]) -> None:
    secrets = {
        name: {secret["key"] for secret in function["service_config"][0]["secret_environment_variables"]}
        for name, function in functions.items()
    }
    assert {name: keys for name, keys in secrets.items() if keys} == KEYS


def test_requests_may_choose_the_engines_that_were_named(functions: dict[str, dict[str, Any]]) -> None:
    settings = Settings.from_env(env=_environment(functions["api_gateway"]))
    assert settings.offered("speech") == ("google", "openai", "espeak")
    assert settings.offered("language") == ("gemini",)


def test_services_know_who_may_call_them(deployment: Offline, functions: dict[str, dict[str, Any]]) -> None:
    """The application's own check and the platform's are two locks of one key."""
    callers: dict[str, set[str]] = {}
    for binding in deployment.cloud.of_type("google_cloud_run_v2_service_iam_binding"):
        callers[_service(binding)] = {member.removeprefix("serviceAccount:") for member in binding["members"]}
    public = {name: {"allUsers"} for name in ("api_gateway", "streamer")}
    private = {
        name: set(iam.invokers(name, Settings.from_env(env=_environment(functions[name])))) for name in iam.INVOKERS
    }
    assert callers == public | private, "and the front of a laptop lets in whom the platform does"
    environment = _environment(functions["api_gateway"])
    assert environment["SIGNING_CALLERS"].startswith(f"{PREFIX}streamer@")
    assert environment["REMOVAL_CALLERS"].startswith(f"{PREFIX}orchestrator@")


def test_a_service_is_told_that_the_platform_checks_where_it_does(
    functions: dict[str, dict[str, Any]], streamer: dict[str, Any]
) -> None:
    told = {name for name, function in functions.items() if _settings(function).platform_checks_tokens}
    assert told == iam.INVOKERS.keys()
    assert not Settings.from_env(env=_container_environment(streamer)).platform_checks_tokens


def test_the_sweeper_knows_the_tick_of_the_scheduler(deployment: Offline, functions: dict[str, dict[str, Any]]) -> None:
    """And is given no more than its hash."""
    [job] = deployment.cloud.of_type("google_cloud_scheduler_job")
    headers = job["http_target"][0]["headers"]
    request = Request(EnvironBuilder(method="POST", headers=headers).get_environ())
    assert authenticator.holds(request, _settings(functions["sweeper"]), caller="scheduler", target=authenticator.TICKS)
    token = headers[authenticator.HEADER].partition(",")[2]
    assert len(token) > 64
    assert token not in json.dumps(list(functions.values()))


def test_what_we_sign_is_good_for_as_long_as_it_may_wait(deployment: Offline) -> None:
    """An event first in its subscription, then among the dead letters; a task as long as its queue tries."""
    subscriptions = deployment.cloud.of_type("google_pubsub_subscription")
    kept = {one["name"]: _seconds(one["message_retention_duration"]) for one in subscriptions}
    events = kept[f"{EVENTS_TOPIC}-orchestrator"] + kept[f"{DEAD_TOPIC}-burial"]
    tries = [queue["retry_config"][0] for queue in deployment.cloud.of_type("google_cloud_tasks_queue")]
    tasks = [_seconds(one["max_retry_duration"]) + one["max_attempts"] * _seconds(one["max_backoff"]) for one in tries]
    assert max(events, *tasks) < authenticator.MESSAGE_LIFETIME.total_seconds()


def test_somebody_is_woken_when_a_private_service_is_opened(deployment: Offline) -> None:
    [watched] = [
        condition["condition_matched_log"][0]["filter"]
        for policy in deployment.cloud.of_type("google_monitoring_alert_policy")
        for condition in policy["conditions"]
        if condition["condition_matched_log"]
    ]
    [names] = re.findall(r'resourceName=~"([^"]+)"', watched)
    for service in ENTRY_POINTS:
        name = f"{PREFIX}{service.replace('_', '-')}"
        resources = (f"namespaces/p/services/{name}", f"projects/p/locations/r/services/{name}")
        assert all(bool(re.search(names, one)) == (service in iam.INVOKERS) for one in resources), service
    assert '"allUsers"' in watched
    assert '"allAuthenticatedUsers"' in watched


def test_indexes_are_those_that_the_embedded_firestore_insists_on(deployment: Offline) -> None:
    """So that a query without its index, which production refuses, fails on a laptop too."""
    provisioned: dict[str, list[Index]] = {}
    for index in deployment.cloud.of_type("google_firestore_index"):
        described = tuple((one["field_path"], one["order"] == "DESCENDING") for one in index["fields"])
        provisioned.setdefault(index["collection"], []).append(described)
    assert {name: sorted(indexes) for name, indexes in provisioned.items()} == INDEXES


def test_nothing_is_indexed_by_itself_but_what_the_embedded_firestore_insists_on_too(deployment: Offline) -> None:
    """All our queries go to the emulator with these indexes, in all other tests."""
    found = deployment.cloud.of_type("google_firestore_field")
    exempt = {one["collection"] for one in found if one["field"] == "*" and not one["index_config"][0]["indexes"]}
    indexed: dict[str, list[str]] = {collection: [] for collection in exempt}
    for one in found:
        if one["index_config"][0]["indexes"]:
            indexed[one["collection"]].append(one["field"])
    assert {name: tuple(sorted(fields)) for name, fields in indexed.items()} == SINGLE_FIELDS


def test_every_collection_says_what_is_indexed_of_it() -> None:
    named = {path[-1] for name, path in vars(paths).items() if name.isupper()} | {paths.segments("w")[-1]}
    assert named == SINGLE_FIELDS.keys()


def test_the_edge_routes_what_the_gateway_serves(deployment: Offline) -> None:
    [services] = [url_map for url_map in deployment.cloud.of_type("google_compute_url_map") if url_map["path_matcher"]]
    routed = [path for rule in services["path_matcher"][0]["path_rule"] for path in rule["paths"]]
    served = [operation.path for operation in OPERATIONS if operation.path.startswith(("/api/", "/internal/"))]
    assert {f"/{path.split('/')[1]}/*" for path in served} == {path for path in routed if path.endswith("*")}
    assert "/api/v1/podcasts/stream" in routed
    assert "/api/v1/podcasts/stream" in _source("streamer")


def test_all_of_it_stands_in_the_region(deployment: Offline) -> None:
    """Secrets, too: those that are replicated everywhere are refused where an organization keeps to some places."""
    resources = deployment.cloud.resources.values()
    places = {
        values[name] for values in resources for name in ("location", "location_id", "region") if values.get(name)
    }
    assert places == {"us-central1"}
    for secret in deployment.cloud.of_type("google_secret_manager_secret"):
        [replication] = secret["replication"]
        [managed] = replication["user_managed"]
        assert ([one["location"] for one in managed["replicas"]], replication["auto"]) == (["us-central1"], [])


def test_the_certificate_is_named_after_the_domain(deployment: Offline) -> None:
    """Another name is another certificate, which takes an hour."""
    [certificate] = deployment.cloud.of_type("google_compute_managed_ssl_certificate")
    assert certificate["name"] == "aethercast-podcasts-example-com"


def test_the_streamer_answers_its_probes(streamer: dict[str, Any]) -> None:
    for probe in ("startup_probe", "liveness_probe"):
        assert f'"{streamer[probe][0]["http_get"][0]["path"]}"' in _source("streamer")


def test_the_streamer_runs_in_a_whole_linux_behind_as_many_proxies_as_it_trusts(
    deployment: Offline, streamer: dict[str, Any]
) -> None:
    """Sockets are told how long to wait (TCP_USER_TIMEOUT), which the first generation does not pass on. With a domain,
    the load balancer adds an address to X-Forwarded-For, and Cloud Run that of the load balancer (tests/streaming)."""
    [service] = deployment.cloud.of_type("google_cloud_run_v2_service")
    assert service["template"][0]["execution_environment"] == "EXECUTION_ENVIRONMENT_GEN2"
    assert _container_environment(streamer)["TRUSTED_PROXIES"] == "2"


def test_an_uptime_check_is_counted_by_the_share_of_those_that_passed(deployment: Offline) -> None:
    """They say true or false, which has no mean: https://cloud.google.com/monitoring/alerts/uptime-checks"""
    conditions = [
        condition["condition_threshold"][0]
        for policy in deployment.cloud.of_type("google_monitoring_alert_policy")
        for condition in policy["conditions"]
        if condition["condition_threshold"]
    ]
    assert len(conditions) == len(deployment.cloud.of_type("google_monitoring_uptime_check_config"))
    for condition in conditions:
        assert 'metric.type="monitoring.googleapis.com/uptime_check/check_passed"' in condition["filter"]
        assert condition["aggregations"][0]["per_series_aligner"] == "ALIGN_FRACTION_TRUE"
        assert (condition["comparison"], 0 < condition["threshold_value"] < 1) == ("COMPARISON_LT", True)


def test_log_metrics_count_lines_that_are_written(deployment: Offline) -> None:
    written = _source("functions") + _source("common")
    for metric in deployment.cloud.of_type("google_logging_metric"):
        [message] = re.findall(r'jsonPayload\.message=~?"\^?([^"]+)"', metric["filter"])
        assert f'"{message}' in written, f"{metric['name']} waits for a line that nobody writes: {message!r}"


def test_charts_and_alerts_ask_for_metrics_that_are_kept(deployment: Offline) -> None:
    nothing_yet = Gauges(*[0] * len(fields(Gauges)))
    families = list(registry(Counts(), lambda: nothing_yet).collect())
    kept = {sample.name for family in families for sample in family.samples}
    kept |= {f"{family.name}_total" for family in families if family.type == "counter"}  # by reason: none so far
    log_metrics = {metric["name"].replace("/", "_") for metric in deployment.cloud.of_type("google_logging_metric")}
    queries = "".join(
        [dashboard["dashboard_json"] for dashboard in deployment.cloud.of_type("google_monitoring_dashboard")]
        + [
            query["query"]
            for policy in deployment.cloud.of_type("google_monitoring_alert_policy")
            for query in policy["conditions"][0]["condition_prometheus_query_language"]
        ]
    )
    assert set(re.findall(r"\basf_\w+", queries)) <= kept
    asked = {name.removesuffix("_sum") for name in re.findall(r"logging_googleapis_com:user_(\w+)", queries)}
    assert asked <= log_metrics


def _streamer_url(deployment: Offline) -> str:
    """The deterministic address, the audience of its tokens."""
    [service] = deployment.cloud.of_type("google_cloud_run_v2_service")
    environment = _container_environment(service["template"][0]["containers"][0])
    return environment["ORCHESTRATOR_URL"].replace("-orchestrator-", "-streamer-")


def _service(resource: dict[str, Any]) -> str:
    return str(resource["name"]).removeprefix(PREFIX).replace("-", "_")


def _environment(function: dict[str, Any]) -> dict[str, str]:
    return dict(function["service_config"][0]["environment_variables"])


def _settings(function: dict[str, Any]) -> Settings:
    return Settings.from_env(env=_environment(function))


def _seconds(duration: str) -> float:
    return float(duration.removesuffix("s"))


def _container_environment(container: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["value"] for one in container["env"]}


def _names_that_may_be_set() -> tuple[re.Pattern[str], set[str]]:
    """The names of var.engine_settings, and those of var.limits, as their validations have them."""
    text = (ROOT / "terraform" / "variables.tf").read_text()
    [engine] = re.findall(r'keys\(var\.engine_settings\) : can\(regex\("([^"]+)"', text)
    [limits] = re.findall(r"keys\(var\.limits\), \[(.*?)\]", text, re.DOTALL)
    return re.compile(engine), set(re.findall(r'"(\w+)"', limits))


def _needs(file: Path) -> list[str]:
    """The settings required by a file's `Settings.from_env(needs=(…))`, named in place or in a constant."""
    module = ast.parse(file.read_text())
    constants = {
        target.id: node.value
        for node in module.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    given = [node.value for node in ast.walk(module) if isinstance(node, ast.keyword) and node.arg == "needs"]
    tuples = [constants[one.id] if isinstance(one, ast.Name) else one for one in given]
    return [str(name) for one in tuples for name in ast.literal_eval(one)]


def _source(folder: str) -> str:
    return "\n".join(file.read_text() for file in sorted((ROOT / folder).rglob("*.py")))
