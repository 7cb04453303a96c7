"""The admin command for API keys: create, list, revoke.

    nox -s keys -- create --owner ada@example.com [--requests-per-minute 60] [--key KEY] --project my-project
    nox -s keys -- list --project my-project
    nox -s keys -- revoke ID --project my-project

In the cloud it is run with the credentials of an operator (`gcloud auth application-default login`), who needs
roles/datastore.user in the project. Where FIRESTORE_EMULATOR_HOST is set, it manages those of an emulator.

A key is shown once, when it is created; only its hash is stored. The ID of a key is the first characters of the hash.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from datetime import UTC, datetime

from google.api_core import exceptions as google_errors
from google.auth.exceptions import GoogleAuthError

from common.errors import AethercastError
from common.records import ApiKey
from common.settings import Settings
from common.store import api_keys
from common.tokens import new_token, token_hash
from local.commands import attached, database_id, ending, project_id, whole_number

OWNER_CHARACTERS = 200
HELP: dict[type[BaseException], str] = {
    google_errors.NotFound: "Another database is named as Terraform's output `create_api_key` does: --database ID.",
    google_errors.PermissionDenied: "Have roles/datastore.user given to you in the project.",
}
"""What Firestore answers -> what helps."""


def create(settings: Settings, owner: str, requests_per_minute: int | None = None, key: str | None = None) -> str:
    """Store a new key of `owner` and return it. A given key is stored unchanged (for stacks of an hour)."""
    key = key or new_token()
    record = ApiKey(
        id=token_hash(key), owner=owner, created_at=datetime.now(UTC), requests_per_minute=requests_per_minute
    )
    api_keys.put(settings, record)
    return key


def revoke(settings: Settings, key_id: str) -> str:
    """Revoke the key whose hash begins with `key_id`; return the whole hash. Raises LookupError for none or several. A
    revoked key stays revoked since the first time."""
    found = [key for key in api_keys.every(settings) if key.id.startswith(key_id)]
    if len(found) != 1:
        raise LookupError(f"{len(found)} keys have an ID that begins with {key_id!r}")
    if not found[0].revoked_at:
        api_keys.revoke(settings, found[0])
    return found[0].id


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="nox -s keys --", description="Create, list and revoke API keys.")
    commands = parser.add_subparsers(dest="command", required=True)
    creating = commands.add_parser("create", help="make a key and print it, once")
    creating.add_argument("--owner", required=True, type=_named, help="whose podcasts this key may make and hear")
    creating.add_argument(
        "--requests-per-minute", type=whole_number(1, 1_000_000), help="default: the gateway's REQUESTS_PER_MINUTE"
    )
    creating.add_argument("--key", type=_a_key, help="store this key instead of a random one")
    commands.add_parser("list", help="IDs, owners, quotas and states of all keys")
    revoking = commands.add_parser("revoke", help="make a key useless, for ever")
    revoking.add_argument("id", type=_an_id, help="the key's ID, or its first characters")
    for command in commands.choices.values():
        project = os.environ.get("GOOGLE_CLOUD_PROJECT")
        command.add_argument("--project", type=project_id, default=project, help="of the deployment")
        command.add_argument(
            "--database", type=database_id, default="(default)", help="its Firestore database, if it has another"
        )
    options = parser.parse_args(attached(arguments, "--key"))
    if not options.project:
        parser.error("say which deployment: --project PROJECT")

    # Whose quota a person's own credentials count against: they have none by themselves, and Firestore insists on one.
    # https://cloud.google.com/docs/quotas/set-quota-project
    os.environ.setdefault("GOOGLE_CLOUD_QUOTA_PROJECT", options.project)
    settings = Settings(google_cloud_project=options.project, firestore_database=options.database)
    try:
        return _do(settings, options)
    except (AethercastError, GoogleAuthError, OSError) as error:  # of a file of credentials, too
        reason = _reason(error)
        print(f"Firestore of {options.project} could not be asked: {reason}", file=sys.stderr)
        doctor = f"`nox -s doctor -- --project {options.project}` says what is missing."
        print(HELP.get(type(reason), doctor), file=sys.stderr)
        return 1


def _reason(error: BaseException) -> BaseException:
    """Tell what is behind an error of ours, which is in words for customers: Google's own, after all attempts."""
    behind = error.__cause__ or error
    last = getattr(behind, "cause", None)  # of a RetryError
    return last if isinstance(last, BaseException) else behind


def _named(owner: str) -> str:
    """Check an owner, who is told to people in lists."""
    owner = owner.strip()
    if not owner:
        raise argparse.ArgumentTypeError("a key belongs to somebody")
    if not owner.isprintable() or len(owner) > OWNER_CHARACTERS:
        raise argparse.ArgumentTypeError(f"a line of at most {OWNER_CHARACTERS} characters, none of them for control")
    return owner


def _a_key(key: str) -> str:
    """Check an invented key: a header has to hold the key, and guessing has to be hopeless."""
    if not re.fullmatch(r"[\x21-\x7e]{16,256}", key):
        raise argparse.ArgumentTypeError("16 to 256 letters, digits and signs of ASCII, without spaces")
    return key


def _an_id(start: str) -> str:
    """Check the beginning of an ID: an empty beginning, which would revoke the only key, is surely not meant."""
    if not re.fullmatch(r"[0-9a-f]{4,64}", start):
        raise argparse.ArgumentTypeError("at least 4 characters of an ID, as `list` shows it")
    return start


def _do(settings: Settings, options: argparse.Namespace) -> int:
    match options.command:
        case "create":
            there = api_keys.read(settings, token_hash(options.key)) if options.key else None
            if there:
                state = ", and revoked for ever" if there.revoked_at else ""
                print(f"This key is there already, of {there.owner}{state}: choose another.", file=sys.stderr)
                return 1
            print(create(settings, options.owner, options.requests_per_minute, options.key))
        case "list":
            for key in api_keys.every(settings):
                state = "revoked" if key.revoked_at else "active"
                quota = "default" if key.requests_per_minute is None else key.requests_per_minute
                print(f"{key.id[:12]}  {state:8}  {quota:>8}  {key.owner}")
        case "revoke":
            try:
                print(f"revoked {revoke(settings, options.id)[:12]}")
            except LookupError as error:
                print(error, file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(ending(main))
