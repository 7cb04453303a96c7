"""Keep the shared stack's processor for the test that runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def nothing_goes_on_being_made(request: pytest.FixtureRequest) -> Iterator[None]:
    """Delete the podcasts that a test itself has asked for; those of fixtures of its module stay."""
    api_client = request.getfixturevalue("api_client") if "api_client" in request.fixturenames else None
    if api_client:
        api_client.begun.clear()
    yield
    if api_client:
        api_client.delete_begun()
