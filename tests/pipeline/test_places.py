"""Where an owner has come to in a podcast: kept for all devices, for nobody else, and no longer than the podcast."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.conftest import ApiClient


@pytest.fixture(scope="module")
def listener(api_client: ApiClient) -> requests.Session:
    return api_client.another("listener on the way")


@pytest.fixture
def draft(api_client: ApiClient, listener: requests.Session) -> str:
    body = {"script": "Ada: What is a tide?\nBen: The sea.", "draft": True}
    return str(listener.post(f"{api_client.api}/generate", json=body, timeout=30).json()["cpoa_workflow_id"])


def places(api_client: ApiClient, listener: requests.Session) -> dict[str, int]:
    return dict(listener.get(api_client.api, timeout=30).json()["places"])


def test_a_place_is_found_on_another_device_and_goes_with_the_podcast(
    api_client: ApiClient, listener: requests.Session, draft: str
) -> None:
    place = f"{api_client.api}/{draft}/place"
    assert listener.get(place, timeout=30).json() == {"position_ms": 0, "moments": []}
    assert draft not in places(api_client, listener)
    for position_ms in (64_000, 12_000):  # back, too: the last one counts
        assert listener.put(place, json={"position_ms": position_ms}, timeout=30).status_code == 200
        other = api_client.another("listener on the way")
        assert other.get(place, timeout=30).json() == {"position_ms": position_ms, "moments": []}
        assert places(api_client, other)[draft] == position_ms
    listener.delete(f"{api_client.api}/{draft}", timeout=30)
    assert listener.get(place, timeout=30).status_code == 404


def test_moments_of_two_devices_are_all_kept_and_a_place_leaves_them(
    api_client: ApiClient, listener: requests.Session, draft: str
) -> None:
    podcast, other = f"{api_client.api}/{draft}", api_client.another("listener on the way")
    for device, segment in ((listener, 1), (other, 0), (listener, 2), (other, 1)):
        assert device.put(f"{podcast}/moments/{segment}", timeout=30).status_code == 204
    for _ in range(2):  # once more changes nothing
        assert other.delete(f"{podcast}/moments/2", timeout=30).status_code == 204
    listener.put(f"{podcast}/place", json={"position_ms": 5}, timeout=30)
    assert other.get(f"{podcast}/place", timeout=30).json() == {"position_ms": 5, "moments": [0, 1]}


@pytest.mark.parametrize("segment", ["-1", "x", "1.5", "100000", "%D9%A3"])
def test_no_other_moment_is_taken(api_client: ApiClient, listener: requests.Session, draft: str, segment: str) -> None:
    assert listener.put(f"{api_client.api}/{draft}/moments/{segment}", timeout=30).status_code == 404


def test_a_place_is_one_write(api_client: ApiClient, listener: requests.Session, draft: str) -> None:
    listener.put(f"{api_client.api}/{draft}/place", json={"position_ms": 5}, timeout=30)
    written = api_client.stack.billable_by_resource("firestore_writes", f"places/{draft}")
    assert sum(written.values()) == 1


@pytest.mark.parametrize("position", [-1, 10**9, 1.5, "64", None])
def test_no_other_place_is_taken(api_client: ApiClient, listener: requests.Session, draft: str, position: Any) -> None:
    answer = listener.put(f"{api_client.api}/{draft}/place", json={"position_ms": position}, timeout=30)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "position_ms")
