"""What an apply asks of Google's APIs by itself, with a shell and curl or wget: a build, and a public gateway."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.terraform.extract_schema import ROOT
from tests.terraform.google_apis import BUILD, google_apis
from tests.terraform.offline import Offline

pytestmark = pytest.mark.xdist_group("deployment")

BUILDS = "v1/projects/p/locations/r/builds"


def call(url: str, *arguments: str, tools: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run call.sh, with no programs but those in the folder `tools` if one is given."""
    environment = {
        **{"GOOGLE_API_URL": url, "POLL_S": "0", "TOKEN": "secret-token", "PROJECT": "p", "BODY": '{"x": "$1 y"}'},
        "PATH": str(tools) if tools else os.environ["PATH"],
    }
    command = [shutil.which("sh") or "sh", str(ROOT / "terraform" / "call.sh"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def only(folder: Path, *programs: str) -> Path:
    """A folder with these programs of the system's, and what a shell has anyway."""
    for name in ("sh", "printf", "tr", "sed", "tail", "sleep", *programs):
        (folder / name).symlink_to(found if (found := shutil.which(name)) else pytest.skip(f"there is no {name}"))
    return folder


@pytest.mark.parametrize("program", ["curl", "wget"])
def test_a_build_is_begun_and_waited_for(program: str, tmp_path: Path) -> None:
    with google_apis() as (url, asked):
        done = call(url, "cloudbuild", "POST", BUILDS, tools=only(tmp_path, program))
    assert (done.returncode, done.stderr) == (0, "")
    begun, *questions = asked
    assert (begun.method, begun.path, begun.body) == ("POST", f"/{BUILDS}", {"x": "$1 y"})
    assert [one.path for one in questions] == [f"/{BUILDS}/{BUILD}"] * 3
    assert all(one.headers["Authorization"] == "Bearer secret-token" for one in asked)
    assert all(one.headers["X-Goog-User-Project"] == "p" for one in asked)
    assert "secret-token" not in done.stdout


def test_a_build_that_fails_fails_the_apply_and_says_where_its_log_is() -> None:
    with google_apis(("WORKING", "FAILURE")) as (url, _):
        done = call(url, "cloudbuild", "POST", BUILDS)
    assert done.returncode == 1
    assert f"Build {BUILD} ended as FAILURE. Its log: https://logs.test/{BUILD}?project=1" in done.stderr


def test_what_is_refused_fails_with_what_was_said() -> None:
    with google_apis(refused=403) as (url, _):
        done = call(url, "cloudbuild", "POST", BUILDS)
    assert done.returncode == 1
    assert "HTTP 403" in done.stderr
    assert "refused" in done.stderr
    assert "secret-token" not in done.stderr + done.stdout


def test_without_a_program_to_call_with_it_says_so(tmp_path: Path) -> None:
    done = call("http://127.0.0.1:9", "cloudbuild", "POST", BUILDS, tools=only(tmp_path))
    assert done.returncode == 1
    assert "install curl" in done.stderr


def test_the_streamer_is_built_of_what_is_uploaded_for_it(deployment: Offline) -> None:
    """By the builder's account, from three archives with the files copied by its Dockerfile."""
    [build] = deployment.builds()
    uploaded = {
        one["name"]: deployment.configuration / one["source"]
        for one in deployment.cloud.of_type("google_storage_bucket_object")
        if one["name"].startswith("streamer/")
    }
    [folder] = {name.rpartition("/")[0] for name in uploaded}
    assert f"/{folder}/*.zip" in build["steps"][0]["args"][1]
    assert build["serviceAccount"].endswith("/serviceAccounts/aethercast-builder@my-project.iam.gserviceaccount.com")
    for name, archive in uploaded.items():
        part = name.rpartition("/")[2].removesuffix(".zip")
        there = {
            str(file.relative_to(deployment.tree / part))
            for file in (deployment.tree / part).rglob("*")
            if file.is_file() and not file.name.startswith(".")
        }
        with zipfile.ZipFile(archive) as opened:
            assert set(opened.namelist()) == {file for file in there if not file.startswith("tests/")}
    assert {name.rpartition("/")[2] for name in uploaded} == {"common.zip", "streamer.zip", "web.zip"}


@pytest.mark.nightly
def test_a_companys_gateway_is_public_by_having_no_check(again: Offline) -> None:
    [patched] = [one for one in again.asked if one.method == "PATCH"]
    service = "/v2/projects/my-project/locations/us-central1/services/aethercast-api-gateway"
    assert (patched.path, patched.body) == (f"{service}?updateMask=invokerIamDisabled", {"invokerIamDisabled": True})
    everybody = [
        binding
        for binding in again.cloud.of_type("google_cloud_run_v2_service_iam_binding")
        if "allUsers" in binding["members"]
    ]
    assert everybody == []
