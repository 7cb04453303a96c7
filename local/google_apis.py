"""Ask Google's APIs as an operator, to read and never to change: what the doctor and the canary look things up with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import google.auth
import requests
from google.auth.credentials import Credentials, CredentialsWithQuotaProject
from google.auth.exceptions import GoogleAuthError, TransportError
from google.auth.transport.requests import AuthorizedSession
from urllib3.util.retry import Retry

TIMEOUT_S = 20.0
PAUSE_S = 0.3
"""Before the second question; then twice as long each time, with jitter."""
SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)


class LoggedOut(Exception):
    """No credentials exist, or none still valid."""


class NotAnswered(Exception):
    """An API gave no answer to a question. `status` is HTTP's, 0 for no answer; `reason` is Google's, such as
    SERVICE_DISABLED; the text is for people."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status, self.reason = status, reason


def address_of(api: str) -> str:
    return f"https://{api}.googleapis.com"


class Google:
    """Google's APIs, asked with `credentials` and counted against the quota of `project`; where an API is not enabled
    in this project yet, again against the quota of the credentials' owner, as some APIs allow.

    Busy APIs are asked three times more, at our own pace; an API silent for TIMEOUT_S is not asked again. `address`
    says where an API is: tests have one of this machine. https://cloud.google.com/docs/quotas/set-quota-project
    """

    def __init__(self, credentials: Credentials, project: str, address: Callable[[str], str] = address_of) -> None:
        self.project = project
        self._address = address
        # What the credentials say of it themselves would come before the header
        bare = _without_quota_project(credentials)
        self._session, self._elsewhere = AuthorizedSession(bare), AuthorizedSession(bare)
        self._session.headers["X-Goog-User-Project"] = project
        retry = Retry(
            3, read=0, backoff_factor=PAUSE_S, backoff_jitter=PAUSE_S, status_forcelist=(429, 500, 502, 503, 504),
            allowed_methods=None, raise_on_status=False, respect_retry_after_header=False,
        )  # fmt: skip
        for session in (self._session, self._elsewhere):
            for scheme in ("http://", "https://"):
                session.mount(scheme, requests.adapters.HTTPAdapter(max_retries=retry))

    def get(self, api: str, path: str, **query: str) -> dict[str, Any]:
        """GET `path` of an API, such as "run". Raises NotAnswered and LoggedOut."""
        return self._ask("GET", api, path, params=query)

    def post(self, api: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST a question: no caller here has a question with side effects. Raises as `get`."""
        return self._ask("POST", api, path, json=body)

    def _ask(self, method: str, api: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            return self._ask_over(self._session, method, api, path, **more)
        except NotAnswered as refused:
            if refused.reason != "SERVICE_DISABLED":
                raise
            return self._ask_over(self._elsewhere, method, api, path, **more)

    def _ask_over(self, session: AuthorizedSession, method: str, api: str, path: str, **more: Any) -> dict[str, Any]:
        try:
            answer = session.request(method, f"{self._address(api)}/{path}", timeout=TIMEOUT_S, **more)
        except TransportError as error:  # of the request for a token
            raise NotAnswered(0, "", f"Google's sign-in did not answer: {error}") from error
        except GoogleAuthError as error:
            raise LoggedOut(str(error)) from error
        except (requests.RequestException, ValueError) as error:
            raise NotAnswered(0, "", f"{api}.googleapis.com did not answer: {error}") from error
        try:
            told = answer.json()
        except ValueError:  # a page of whatever stands between us and Google
            told = None
        if isinstance(told, dict) and answer.ok:
            return told
        status = answer.status_code
        refused = _refusal(status, told.get("error")) if isinstance(told, dict) else None
        if status == 401:
            raise LoggedOut(str(refused or f"HTTP {status}"))
        if refused:
            raise refused
        raise NotAnswered(0 if answer.ok else status, "", f"{api}.googleapis.com answered with no JSON: HTTP {status}.")


def login() -> Credentials:
    """Return the operator's own credentials. Raises LoggedOut.
    https://cloud.google.com/docs/authentication/provide-credentials-adc"""
    try:
        credentials, _ = google.auth.default(scopes=SCOPES)
    except (GoogleAuthError, OSError) as error:  # none were found, or their file cannot be read
        raise LoggedOut(str(error)) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # JSON of something else
        raise LoggedOut(f"what is found are no credentials ({type(error).__name__}: {error})") from error
    return credentials


def _without_quota_project(credentials: Credentials) -> Credentials:
    """Return the same credentials, without the project that `gcloud auth application-default set-quota-project` or
    GOOGLE_CLOUD_QUOTA_PROJECT has noted."""
    if isinstance(credentials, CredentialsWithQuotaProject):
        without: Credentials = credentials.with_quota_project(None)
        return without
    return credentials


def _refusal(status: int, error: Any) -> NotAnswered:
    """Read the words of a `google.rpc.Status`: https://cloud.google.com/apis/design/errors"""
    if not isinstance(error, dict):
        return NotAnswered(status, "", str(error or f"HTTP {status}"))
    reasons = [str(detail.get("reason", "")) for detail in error.get("details") or [] if isinstance(detail, dict)]
    return NotAnswered(status, next(filter(None, reasons), ""), str(error.get("message", f"HTTP {status}")))
