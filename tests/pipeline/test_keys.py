"""The admin command for API keys, as an operator runs it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from google.auth.exceptions import DefaultCredentialsError

from common import clients
from common.settings import Settings
from common.store import api_keys
from emulators.firestore import FirestoreEmulator
from emulators.journal import Journal
from emulators.meter import Meter
from local import keys

PROJECT = "keys-of-the-tests"


@pytest.fixture(autouse=True)
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    firestore = FirestoreEmulator(Meter(), Journal(None))
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{firestore.start()}")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", PROJECT)
    clients.forget()
    yield
    clients.forget()
    firestore.stop()


def test_a_key_is_made_listed_and_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    def told(*arguments: str) -> str:
        assert keys.main([*arguments]) == 0
        return capsys.readouterr().out

    key = told("create", "--owner", "ada@example.com", "--requests-per-minute", "5").strip()
    told("create", "--owner", "grace@example.com")
    assert len(key) == 43
    listed = {line.split()[3]: line.split()[:3] for line in told("list").splitlines()}
    key_id, *facts = listed["ada@example.com"]
    assert facts == ["active", "5"]
    assert listed["grace@example.com"][1:] == ["active", "default"]
    stored = clients.database(Settings(google_cloud_project=PROJECT)).collection("api_keys").stream()
    assert all(key not in f"{snapshot.id} {snapshot.to_dict()}" for snapshot in stored), "only its hash is kept"
    assert key_id in told("revoke", key_id)
    assert f"{key_id}  revoked" in told("list")

    assert keys.main(["revoke", ""]) == 1, "it does not say which"
    assert "2 keys" in capsys.readouterr().err


def test_the_keys_of_a_deployment_are_those_of_its_project_and_database(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT")
    monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "left as it was")
    deployment = ("--project", "another-project", "--database", "podcasts")
    assert keys.main(["create", "--owner", "ada@example.com", *deployment]) == 0
    capsys.readouterr()
    assert keys.main(["list", *deployment]) == 0
    assert "ada@example.com" in capsys.readouterr().out
    assert keys.main(["list", "--project", "another-project"]) == 0
    assert capsys.readouterr().out == ""
    with pytest.raises(SystemExit):
        keys.main(["list"])
    assert "--project" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [("--owner", ""), ("--owner", " "), ("--owner", "a", "--requests-per-minute", "0"), ("--owner",)]
)
def test_a_key_of_nobody_or_for_nothing_is_refused(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        keys.main(["create", *arguments])
    assert ended.value.code == 2
    assert arguments[-1 if arguments[-1] == "--owner" else -2] in capsys.readouterr().err


def test_who_is_not_signed_in_is_led_to_the_doctor(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def signed_out(_: Settings) -> None:
        raise DefaultCredentialsError("none were found")

    monkeypatch.setattr(api_keys, "every", signed_out)
    assert keys.main(["list", "--project", "my-project"]) == 1
    assert "nox -s doctor -- --project my-project" in capsys.readouterr().err
