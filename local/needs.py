"""What a deployment asks of a project, by its variables: APIs, and the model that Vertex AI is asked for."""

from __future__ import annotations

from local.findings import Plan

APIS = frozenset(
    {
        *("artifactregistry", "cloudbuild", "cloudfunctions", "cloudresourcemanager", "cloudscheduler", "cloudtasks"),
        *("firebaserules", "firestore", "iam", "iamcredentials", "logging", "monitoring", "pubsub", "run"),
        *("secretmanager", "serviceusage", "storage"),
    }
)
"""What every deployment uses: terraform/apis.tf."""
GEMINI = "gemini-3.5-flash-lite"
"""functions/model_serving/llm/engines/gemini/model.py"""


def apis(plan: Plan) -> set[str]:
    """Name the APIs in use: terraform/apis.tf."""
    engines = {"text_to_speech": "texttospeech", "vertex_ai": "aiplatform"}
    return {
        *APIS,
        *(["compute"] if plan.variable("domain") else []),
        *(["billingbudgets"] if plan.variable("billing_account") else []),
        *(["cloudtrace", "telemetry"] if plan.variable("trace") else []),
        *(engines[one] for one in plan.variable("google_engines") if one in engines),
    }


def gemini(plan: Plan) -> str:
    """Name the model that Vertex AI will be asked for; "" for none."""
    by_default = plan.variable("language_engine") == "gemini"
    offered = by_default or "gemini" in plan.variable("more_language_engines")
    with_a_key = {"language_gemini", *(["language"] if by_default else [])} & set(plan.variable("engine_keys"))
    if "vertex_ai" not in plan.variable("google_engines") or not offered or with_a_key:
        return ""
    settings = plan.variable("engine_settings")
    shared = settings.get("LANGUAGE_MODEL", "") if by_default else ""  # else it is another engine's
    return str(settings.get("LANGUAGE_GEMINI_MODEL", shared) or GEMINI)
