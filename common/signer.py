"""Signatures of a service account without a private key: IAM's signBlob, over connections that are kept.

google-cloud-storage signs so, too, but over a new TLS session each time, for which it loads the authorities'
certificates anew.
https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signBlob
"""

from __future__ import annotations

import base64
import threading
from functools import cache
from typing import Any, Final

import google.auth
import requests
from google.auth.credentials import Signing
from google.auth.exceptions import TransportError
from google.auth.transport.requests import Request
from urllib3.util.retry import Retry

from common.contract import MAX_SIGNED_URLS
from common.pools import FreshAdapter
from common.settings import Settings

IAM: Final = "https://iamcredentials.googleapis.com"
_SCOPE: Final = "https://www.googleapis.com/auth/cloud-platform"
_TIMEOUT: Final = (3.0, 4.0)
"""Seconds to connect, and for the answer."""
# To sign once more repeats nothing that matters.
_RETRIES: Final = Retry(
    total=3,
    allowed_methods=None,
    status_forcelist=(429, 500, 502, 503, 504),
    backoff_factor=0.1,
    backoff_jitter=0.1,
    raise_on_status=False,
)


def signer(settings: Settings) -> Signing:
    """Tell who signs for this service: a private key at hand, or IAM. Raises GoogleAuthError where nobody can."""
    return signer_at(settings.iam_credentials_url)


@cache
def signer_at(iam_url: str) -> Signing:
    """Make what signs once a process. Raises GoogleAuthError where nobody can."""
    credentials, _ = google.auth.default(scopes=[_SCOPE])
    if isinstance(credentials, Signing) and not iam_url:
        return credentials
    return IamSigner(credentials, iam_url or IAM)


class IamSigner(Signing):
    """Signs as the account of `credentials`, over a session of its own; may be used by several threads at once."""

    def __init__(self, credentials: Any, url: str) -> None:
        self._credentials, self._url = credentials, url
        self._fresh = threading.Lock()
        self._session = requests.Session()
        self._session.trust_env = False
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, FreshAdapter(pool_maxsize=2 * MAX_SIGNED_URLS, max_retries=_RETRIES))

    @property
    def signer_email(self) -> str:
        self._token()  # whose account it is, the metadata server says with the first token
        return str(self._credentials.service_account_email)

    @property
    def signer(self) -> Signing:
        return self

    def sign_bytes(self, message: bytes) -> bytes:
        """Return the signature. Raises TransportError for an answer other than one, or none (requests' errors)."""
        answer = self._session.post(
            f"{self._url}/v1/projects/-/serviceAccounts/{self.signer_email}:signBlob",
            json={"payload": base64.b64encode(message).decode()},
            headers={"Authorization": f"Bearer {self._token()}"},
            timeout=_TIMEOUT,
        )
        try:
            answer.raise_for_status()
            return base64.b64decode(answer.json()["signedBlob"])
        except (KeyError, TypeError, ValueError, OSError) as error:  # requests' errors are OSErrors
            raise TransportError(f"signBlob was answered {answer.status_code}") from error

    def _token(self) -> str:
        with self._fresh:
            if not self._credentials.valid:
                self._credentials.refresh(Request())
            return str(self._credentials.token)
