"""The rights of each service on the bucket, as in terraform/iam.tf (tests/terraform/test_rights.py compares)."""

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
    """Return the accounts of a stack and their roles.

    In a shared process all functions share an account, with the rights of all. Requests without a token are the
    operator's, with all rights: provisioning, and looks into the cloud from a terminal or a test.
    """
    of_services = {account(service): roles for service, roles in BUCKET_ROLES.items()}
    shared = sorted({role for roles in BUCKET_ROLES.values() for role in roles})
    return {**of_services, account("functions"): shared, ANONYMOUS: ("admin",)}
