"""checkov's rules over the plan, in which every loop and variable is resolved. What it finds is explained or mended."""

from __future__ import annotations

import json
import os
import subprocess

from tests.terraform.offline import EVERYTHING, Offline

CHECKOV = os.environ.get("CHECKOV", "checkov")
"""It has an environment of its own, made by `nox -s terraform`: it brings another library of the name of one in use."""

GOOGLE_KEYS = "Google's own keys encrypt it; keys of one's own cost money at rest and protect from nobody else."
NO_ACCESS_LOG = "Access logs fill another bucket at cost; who may read is one line a service in iam.tf."
GOOGLES_AGENTS = "Google grants the same role to the same account by itself, wherever it makes it of its own accord."
EXPLAINED = {
    **{
        ("CKV_GCP_49", f'google_project_iam_member.agent["{service}"]'): GOOGLES_AGENTS
        for service in ("cloudbuild", "cloudscheduler", "cloudtasks", "pubsub")
    },
    ("CKV_GCP_84", "google_artifact_registry_repository.images"): GOOGLE_KEYS,
    ("CKV_GCP_83", "google_pubsub_topic.events"): GOOGLE_KEYS,
    ("CKV_GCP_83", "google_pubsub_topic.dead"): GOOGLE_KEYS,
    ("CKV_GCP_83", "google_pubsub_topic.wakings"): GOOGLE_KEYS,
    ("CKV_GCP_62", "google_storage_bucket.audio"): NO_ACCESS_LOG,
    ("CKV_GCP_62", "google_storage_bucket.source"): NO_ACCESS_LOG,
    ("CKV_GCP_63", "google_storage_bucket.audio"): "Follows from having no access log: it cannot log to itself.",
    ("CKV_GCP_63", "google_storage_bucket.source"): "Follows from having no access log: it cannot log to itself.",
    ("CKV_GCP_78", "google_storage_bucket.audio"): "Objects are written once and never changed: there are no versions.",
    ("CKV_GCP_124", 'google_cloudfunctions2_function.agent["model_serving"]'): (
        "Functions reach each other from outside the project's network; IAM lets two accounts in, and it checks again."
    ),
}


def test_what_checkov_finds_is_explained(terraform: Offline) -> None:
    terraform("plan", "-out=plan", *EVERYTHING)
    plan = terraform.tree / "plan.json"
    plan.write_text(terraform("show", "-json", "plan").stdout, encoding="utf-8")

    command = [
        CHECKOV,
        "--file",
        str(plan),
        "--framework",
        "terraform_plan",
        "--skip-download",
        "--output",
        "json",
    ]
    report = json.loads(subprocess.run(command, capture_output=True, text=True, timeout=300, check=False).stdout)

    assert report["summary"]["passed"] > 50
    assert report["summary"]["parsing_errors"] == 0
    assert {(one["check_id"], one["resource"]) for one in report["results"]["failed_checks"]} == EXPLAINED.keys()
