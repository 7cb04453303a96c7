"""The admin command for API keys, as an operator runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest
from google.auth.exceptions import DefaultCredentialsError, TransportError

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
    monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", PROJECT)  # which the command sets, and nobody takes back
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

    assert keys.main(["revoke", "abcdef"]) == 1
    assert "0 keys" in capsys.readouterr().err


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


@pytest.mark.parametrize("form", [("--key", "-a-key-of-ours-0123"), ("--key=-a-key-of-ours-0123",)])
def test_a_key_may_begin_with_a_hyphen(form: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert keys.main(["create", "--owner", "ada@example.com", *form]) == 0
    assert "-a-key-of-ours-0123" in capsys.readouterr().out


def test_a_key_that_is_there_is_left_as_it_is_and_a_revoked_one_for_ever(capsys: pytest.CaptureFixture[str]) -> None:
    """Neither is the key of one given to another, nor does a script that makes the same key again bring one back."""
    key, settings = "a-key-of-ours-0123", Settings(google_cloud_project=PROJECT)
    assert keys.main(["create", "--owner", "ada@example.com", "--key", key]) == 0
    assert keys.main(["create", "--owner", "grace@example.com", "--key", key]) == 1
    assert "there already, of ada@example.com" in capsys.readouterr().err
    [of_ada] = api_keys.every(settings)
    assert of_ada.owner == "ada@example.com"
    assert keys.main(["revoke", of_ada.id]) == 0
    assert keys.main(["create", "--owner", "ada@example.com", "--key", key]) == 1
    assert "revoked" in capsys.readouterr().err
    [left] = api_keys.every(settings)
    assert left.revoked_at


def test_a_key_that_is_revoked_twice_was_revoked_the_first_time(capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(google_cloud_project=PROJECT)
    keys.create(settings, "ada@example.com")
    [key] = api_keys.every(settings)
    assert keys.main(["revoke", key.id[:8]]) == 0
    [revoked] = api_keys.every(settings)
    assert keys.main(["revoke", key.id[:8]]) == 0
    assert api_keys.every(settings) == [revoked]
    assert capsys.readouterr().out.splitlines() == [f"revoked {key.id[:12]}"] * 2


class Refusing(grpc.GenericRpcHandler):
    """A Firestore whose answer to everything is an error."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        self._code, self._message = code, message

    def service(self, _: grpc.HandlerCallDetails) -> Any:
        return grpc.unary_unary_rpc_method_handler(lambda _, context: context.abort(self._code, self._message))


@pytest.mark.parametrize("command", [("list",), ("create", "--owner", "ada"), ("revoke", "0123")])
@pytest.mark.parametrize(
    ("code", "message", "words"),
    [
        (grpc.StatusCode.NOT_FOUND, "The database (default) does not exist", "--database"),
        (grpc.StatusCode.PERMISSION_DENIED, "Missing or insufficient permissions.", "roles/datastore.user"),
        (grpc.StatusCode.UNAUTHENTICATED, "invalid credentials", "nox -s doctor"),
    ],
)
def test_whatever_firestore_answers_is_told_in_its_words_with_what_helps(
    command: tuple[str, ...],
    code: grpc.StatusCode,
    message: str,
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not in those for customers, who are asked to try again."""
    server = grpc.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((Refusing(code, message),))
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
    clients.forget()
    server.start()
    try:
        assert keys.main([*command]) == 1
    finally:
        server.stop(None)
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert words in err


REFUSED: dict[str, tuple[str, ...]] = {
    # Argument that is refused -> the command
    "--owner": ("create", "--owner", " "),
    "argument --owner": ("create", "--owner", "a\n0123456789ab  active  default  somebody else"),
    "--owner: a line": ("create", "--owner", "a" * 201),
    "--owner: expected": ("create", "--owner"),
    "--requests-per-minute": ("create", "--owner", "a", "--requests-per-minute", "0"),
    "--requests-per-minute: a whole": ("create", "--owner", "a", "--requests-per-minute", "9" * 20),
    "--key": ("create", "--owner", "a", "--key", ""),
    "--key: expected": ("create", "--owner", "a", "--key", "--database", "(default)"),
    "--key: 16": ("create", "--owner", "a", "--key", "no header holds\nthis"),
    "id": ("revoke", ""),
    "id: at least": ("revoke", "xyz!"),
    "--project": ("list", "--project", "../another"),
    "--database": ("list", "--database", "a/b"),
}


@pytest.mark.parametrize("argument", REFUSED)
def test_what_no_key_can_have_is_refused_and_nothing_is_changed(
    argument: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The empty beginning of an ID above all, which would revoke the only key."""
    assert keys.main(["create", "--owner", "ada@example.com"]) == 0
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        keys.main([*REFUSED[argument]])
    assert ended.value.code == 2
    assert argument in capsys.readouterr().err
    [key] = api_keys.every(Settings(google_cloud_project=PROJECT))
    assert key.revoked_at is None


def test_an_operators_requests_count_against_the_deployments_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person's own credentials have none, and Firestore insists on one; what the environment says stays."""
    for told, counted in ((None, PROJECT), ("another-project", "another-project")):
        monkeypatch.delenv("GOOGLE_CLOUD_QUOTA_PROJECT", raising=False)
        if told:
            monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", told)
        assert keys.main(["list"]) == 0
        assert os.environ["GOOGLE_CLOUD_QUOTA_PROJECT"] == counted


@pytest.mark.parametrize(
    "error", [DefaultCredentialsError("none"), TransportError("no way there"), IsADirectoryError()]
)
def test_who_is_not_signed_in_is_led_to_the_doctor(
    error: Exception, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def signed_out(_: Settings) -> None:
        raise error

    monkeypatch.setattr(api_keys, "every", signed_out)
    assert keys.main(["list", "--project", "my-project"]) == 1
    assert "nox -s doctor -- --project my-project" in capsys.readouterr().err
