"""The deployment's README agrees with the deployment."""

from __future__ import annotations

import re

from local import canary
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


PAGES = (README, ROOT / "README.md", ROOT / "docs" / "upgrading.md")
COMMANDS = [
    line
    for page in PAGES
    for block in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    for line in block.splitlines()
]


def test_commands_are_run_where_the_noxfile_is() -> None:
    """A shell that has gone elsewhere finds no session, and no path that is named from here."""
    assert not [line for line in COMMANDS if re.match(r"cd\b", line)]
    for line in COMMANDS:
        for path in re.findall(r"(?<![\w/.])(?:terraform|docs|examples)/[\w/.-]+", line.partition("#")[0]):
            assert (ROOT / path).exists() or path == "terraform/terraform.tfvars", line


def test_no_apply_takes_back_what_another_was_told() -> None:
    """Terraform remembers no -var: what is not in a file that every apply reads is undone by the next."""
    told = [line for page in PAGES for line in page.read_text(encoding="utf-8").splitlines()]
    assert not [line for line in told if re.search(r"terraform [^|#`]*(apply|plan|destroy)[^|#`]* -var", line)]


def test_what_it_says_to_set_and_where_it_says_to_look_is_there() -> None:
    """Variables, the canary's steps, and the addresses that resources have in the state."""
    text = README.read_text(encoding="utf-8")
    variables = set(re.findall(r'^variable "(\w+)"', (ROOT / "terraform" / "variables.tf").read_text(), re.MULTILINE))
    said = set(re.findall(r"`(\w+) = ", text))
    for file in ("doctor", "policies"):
        said |= set(re.findall(r"`(\w+) = ", (ROOT / "local" / f"{file}.py").read_text(encoding="utf-8")))
    assert len(said) > 6
    assert said <= variables
    steps = set(re.findall(r"canary (?:may )?fails? at `(\w+)`", text))
    assert steps
    assert steps <= canary.LOOK.keys()
    declared = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "terraform").glob("*.tf"))
    for kind, name in re.findall(r"((?:google|terraform)_\w+)\.(\w+)", text):
        assert f'resource "{kind}" "{name}"' in declared, f"{kind}.{name}"


def test_the_first_minutes_are_no_fewer_than_the_waits_in_them() -> None:
    rows = re.findall(r"^\| (\d+) to (\d+) \| .*`(apis|iam)\.tf`", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert [file for _, _, file in rows] == ["apis", "iam"]
    for begin, end, file in rows:
        text = (ROOT / "terraform" / f"{file}.tf").read_text(encoding="utf-8")
        assert sum(map(int, re.findall(r'create_duration = "(\d+)s"', text))) < 60 * (int(end) - int(begin)), file
