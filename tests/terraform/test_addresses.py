"""Each service has two run.app addresses: the player works at either, and tokens are for a single audience."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.terraform.facts import HASH, PROJECT_NUMBER
from tests.terraform.offline import Offline, offline

pytestmark = pytest.mark.xdist_group("deployment")

STREAMER = f"aethercast-streamer-{PROJECT_NUMBER}.us-central1.run.app"
WOKEN = ("content-harvester", "script-weaver", "voice-forge", "model-serving", "streamer")
HASHED = f"aethercast-streamer-{HASH}-uc.a.run.app"


@pytest.fixture(scope="module")
def without_domain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Offline]:
    with offline(tmp_path_factory.mktemp("without_domain")) as applied:
        applied("apply", "-auto-approve")
        yield applied


def test_functions_and_the_bucket_know_both_addresses_of_the_player(without_domain: Offline) -> None:
    origins = [f"https://{STREAMER}", f"https://{HASHED}"]
    for function in without_domain.cloud.of_type("google_cloudfunctions2_function"):
        given = function["service_config"][0]["environment_variables"]
        assert given["CORS_ORIGINS"].split(",") == origins
        assert given["WEBSOCKET_URL"] == f"wss://{STREAMER}/api/v1/podcasts/stream"
        assert given["MORE_WEBSOCKET_URLS"] == f"wss://{HASHED}/api/v1/podcasts/stream"
    [audio] = [bucket for bucket in without_domain.cloud.of_type("google_storage_bucket") if bucket["cors"]]
    assert audio["cors"][0]["origin"] == origins


def test_without_a_domain_one_proxy_is_trusted_and_gemini_asked_where_all_of_it_is(without_domain: Offline) -> None:
    """Cloud Run's own; and of Gemini's newer models, regions have none."""
    [service] = without_domain.cloud.of_type("google_cloud_run_v2_service")
    environment = {one["name"]: one["value"] for one in service["template"][0]["containers"][0]["env"]}
    assert (environment["TRUSTED_PROXIES"], environment["VERTEX_LOCATION"]) == ("1", "global")


def test_every_token_is_made_out_to_the_address_that_is_known_beforehand(without_domain: Offline) -> None:
    """The audience checked by a service (common/oidc.py), and the called address."""
    [service] = without_domain.cloud.of_type("google_cloud_run_v2_service")
    environment = {one["name"]: one["value"] for one in service["template"][0]["containers"][0]["env"]}
    for name, url in environment.items():
        if name.endswith("_URL") and name not in {"WEBSOCKET_URL", "SEARCH_BASE_URL"}:
            assert url.endswith(f"-{PROJECT_NUMBER}.us-central1.run.app"), name
    audiences = [
        subscription["push_config"][0]["oidc_token"][0]["audience"]
        for subscription in without_domain.cloud.of_type("google_pubsub_subscription")
        if subscription["push_config"]
    ]
    [job] = without_domain.cloud.of_type("google_cloud_scheduler_job")
    audiences.append(job["http_target"][0]["oidc_token"][0]["audience"])
    assert set(audiences) == {environment[f"{name}_URL"] for name in ("ORCHESTRATOR", "DEAD_LETTERS", "SWEEPER")} | {
        f"https://aethercast-{name}-{PROJECT_NUMBER}.us-central1.run.app" for name in WOKEN
    }
