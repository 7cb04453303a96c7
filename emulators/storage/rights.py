"""Who may do what: accounts, their roles on all buckets, and the rights of each role.

https://cloud.google.com/storage/docs/access-control/iam-roles. Refusals are worded as Google words them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from emulators.storage.objects import StorageError

GET, LIST, CREATE, DELETE, UPDATE = (
    f"storage.objects.{what}" for what in ("get", "list", "create", "delete", "update")
)
_BUCKETS = frozenset(f"storage.buckets.{what}" for what in ("get", "list", "create", "delete", "update"))
ROLES: Mapping[str, frozenset[str]] = {
    "objectViewer": frozenset({GET, LIST}),
    "objectCreator": frozenset({CREATE}),
    "objectUser": frozenset({GET, LIST, CREATE, DELETE, UPDATE}),
    "admin": frozenset({GET, LIST, CREATE, DELETE, UPDATE}) | _BUCKETS,
}
ANONYMOUS = "Anonymous caller"
"""Who shows no token, as grants and refusals name them."""

Grants = Mapping[str, Collection[str]]
"""Account -> its roles."""


class Accounts(Protocol):
    def account_of(self, access_token: str) -> str | None:
        """Whom an access token was given to; None for one that is not valid."""


@dataclass(frozen=True)
class Caller:
    """The caller of a request, and the caller's rights; None: whatever they like."""

    name: str = ANONYMOUS
    permissions: frozenset[str] | None = None

    def require(self, permission: str) -> None:
        """Raise StorageError 403 for a right not granted, 401 for a caller without a token."""
        if self.permissions is None or permission in self.permissions:
            return
        kind = "bucket" if permission in _BUCKETS else "object"
        message = (
            f"{self.name} does not have {permission} access to the Google Cloud Storage {kind}. "
            f"Permission '{permission}' denied on resource (or it may not exist)."
        )
        if self.name == ANONYMOUS:
            raise StorageError(401, "required", message)
        raise StorageError(403, "forbidden", message)


class Rights:
    """The rights of each account, by its `grants`; without any, everybody may do everything."""

    def __init__(self, grants: Grants | None, accounts: Accounts) -> None:
        self._grants, self._accounts = grants, accounts

    def bearer(self, authorization: str) -> Caller:
        """Tell who shows that header. Raises StorageError 401 for an invalid token."""
        if self._grants is None:
            return Caller()
        _, _, token = authorization.partition(" ")
        if not token:
            return self.of(ANONYMOUS)
        account = self._accounts.account_of(token)
        if account is None:
            raise StorageError(401, "authError", "Invalid Credentials")
        return self.of(account)

    def of(self, account: str) -> Caller:
        if self._grants is None:
            return Caller(account)
        return Caller(account, frozenset().union(*(ROLES[role] for role in self._grants.get(account, ()))))
