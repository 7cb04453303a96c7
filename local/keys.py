"""The admin command for API keys: create, list, revoke. Run with the credentials of an operator.

    nox -s keys -- create --owner ada@example.com [--requests-per-minute 60] [--key KEY]
    nox -s keys -- list
    nox -s keys -- revoke ID

A key is shown once, when it is created; only its hash is stored. The ID of a key is the first characters of the hash.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from common.errors import AethercastError
from common.records import ApiKey
from common.settings import Settings
from common.store import api_keys
from common.tokens import new_token, token_hash


def create(settings: Settings, owner: str, requests_per_minute: int | None = None, key: str | None = None) -> str:
    """Store a new key of `owner` and return it. A given key is stored unchanged (for stacks of an hour)."""
    key = key or new_token()
    record = ApiKey(
        id=token_hash(key), owner=owner, created_at=datetime.now(UTC), requests_per_minute=requests_per_minute
    )
    api_keys.put(settings, record)
    return key


def revoke(settings: Settings, key_id: str) -> str:
    """Revoke the key whose hash begins with `key_id`; return the whole hash. Raises LookupError for none or several."""
    found = [key for key in api_keys.every(settings) if key.id.startswith(key_id)]
    if len(found) != 1:
        raise LookupError(f"{len(found)} keys have an ID that begins with {key_id!r}")
    api_keys.revoke(settings, found[0])
    return found[0].id


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="nox -s keys --", description="Create, list and revoke API keys.")
    commands = parser.add_subparsers(dest="command", required=True)
    creating = commands.add_parser("create", help="make a key and print it, once")
    creating.add_argument("--owner", required=True, help="whose podcasts this key may make and hear")
    creating.add_argument("--requests-per-minute", type=int, help="default: the gateway's REQUESTS_PER_MINUTE")
    creating.add_argument("--key", help="store this key instead of a random one")
    commands.add_parser("list", help="IDs, owners, quotas and states of all keys")
    revoking = commands.add_parser("revoke", help="make a key useless, for ever")
    revoking.add_argument("id", help="the key's ID, or its first characters")
    options = parser.parse_args(arguments)

    settings = Settings.from_env(needs=("google_cloud_project",))
    try:
        match options.command:
            case "create":
                print(create(settings, options.owner, options.requests_per_minute, options.key))
            case "list":
                for key in api_keys.every(settings):
                    state = "revoked" if key.revoked_at else "active"
                    quota = "default" if key.requests_per_minute is None else key.requests_per_minute
                    print(f"{key.id[:12]}  {state:8}  {quota:>8}  {key.owner}")
            case "revoke":
                print(f"revoked {revoke(settings, options.id)[:12]}")
    except (LookupError, AethercastError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
