"""The deployment's README agrees with the deployment."""

from __future__ import annotations

import re

from tests.terraform.extract_schema import ROOT
from tests.terraform.readme import README, filled


def test_tables_are_those_of_the_hcl() -> None:
    text = README.read_text(encoding="utf-8")
    assert text == filled(text), "run: python -m tests.terraform.readme"


def test_every_file_is_explained_and_there() -> None:
    text = README.read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_]+\.(?:tf|rules))`", text))
    there = {path.name for path in (ROOT / "terraform").iterdir() if path.suffix in {".tf", ".rules"}}
    assert there - named == {"variables.tf", "outputs.tf", "versions.tf"}
    assert named <= there


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README.read_text(encoding="utf-8")):
        assert (README.parent / target).exists(), target
