"""Fixtures of the operators' commands' tests."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator

import pytest

from tests.terraform.offline import TERRAFORM


@pytest.fixture(scope="session")
def terraform_is_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """As a command, which it may be as a package alone."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "terraform").write_text(f'#!/bin/sh\nexec {shlex.join(TERRAFORM)} "$@"\n')
    (folder / "terraform").chmod(0o755)
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PATH", str(folder), prepend=os.pathsep)
        yield
