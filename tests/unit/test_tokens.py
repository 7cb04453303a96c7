"""Tokens pass through people and programs: into headers, addresses and the arguments of commands."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from common.tokens import new_token


def test_no_token_is_taken_for_an_option_of_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: Iterator[str] = iter(("-" + "a" * 42, "--" + "b" * 41, "_" + "c" * 42))
    monkeypatch.setattr(secrets, "token_urlsafe", lambda _: next(drawn))
    assert new_token() == "_" + "c" * 42
