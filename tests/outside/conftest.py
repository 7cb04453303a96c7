"""What tests of the outside world share: they talk to servers of their own, in plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import certifi
import pytest

from functions.model_serving import engine_calls


@pytest.fixture(scope="session", autouse=True)
def brief_list_of_authorities(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have clients load a single certificate authority: reading all costs 0.05 s of a processor, a client thrice."""
    first, end, _ = Path(certifi.where()).read_text(encoding="utf-8").partition("-----END CERTIFICATE-----\n")
    brief = tmp_path_factory.mktemp("tls") / "authorities.pem"
    brief.write_text(first + end, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(brief))
        yield


@pytest.fixture(autouse=True)
def no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have engines asked again soon after a failure."""
    monkeypatch.setattr(engine_calls, "BACKOFF_S", 0.01)
