"""What each service may do with the bucket, as terraform/iam.tf has it (tests/terraform/test_rights.py compares)."""

from __future__ import annotations

from emulators.storage.rights import ANONYMOUS, Grants
from local.stack_settings import account

BUCKET_ROLES = {
    "api_gateway": ("objectUser",),
    "content_harvester": ("objectViewer", "objectCreator"),
    "script_weaver": ("objectViewer",),
    "model_serving": ("objectViewer", "objectCreator"),
    "mastering": ("objectViewer", "objectCreator"),
    "editions": ("objectViewer", "objectCreator"),
}
"""Service -> its roles; the others have none."""


def bucket_grants() -> Grants:
    """The accounts of a stack and their roles.

    In one process all functions share an account, which may do what any of them may. Who shows no token is whoever runs
    the stack, and may do everything: what provisions it, and what looks into it from a terminal or a test.
    """
    of_services = {account(service): roles for service, roles in BUCKET_ROLES.items()}
    shared = sorted({role for roles in BUCKET_ROLES.values() for role in roles})
    return {**of_services, account("functions"): shared, ANONYMOUS: ("admin",)}
