"""The variables of a deployment, as Terraform itself reads and checks them.

From files, environment and command line, in its order, by its language, and held to the conditions of variables.tf
(https://developer.hashicorp.com/terraform/language/values/variables). Nothing else is planned, no provider is asked,
and nothing is left behind.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TIMEOUT_S = 60.0
READ_BY_ITSELF = ("terraform.tfvars", "terraform.tfvars.json", "*.auto.tfvars", "*.auto.tfvars.json")
NOT_HANDED_ON = ("TF_CLI_ARGS", "TF_DATA_DIR", "TF_LOG", "TF_WORKSPACE")
"""Beginnings of variables of the environment: what they say of a real plan, such as paths, is none of this one's."""


@dataclass(frozen=True)
class Diagnostic:
    """Words of Terraform's about a variable; `fatal` where it would plan nothing."""

    fatal: bool
    text: str


@dataclass(frozen=True)
class Variables:
    """`values` by name, of the types that they are declared with; None where Terraform takes none of them."""

    values: dict[str, Any] | None
    diagnostics: tuple[Diagnostic, ...] = ()


def read(names: Sequence[str], options: Sequence[str], folder: Path) -> Variables:
    """Read the variables `names` of the configuration in `folder`, given `options` such as -var-file=PATH besides."""
    with tempfile.TemporaryDirectory(prefix="aethercast-variables-") as place:
        # The declarations look for the engines' folders beside their own
        (Path(place) / "functions").symlink_to(ROOT / "functions")
        work = Path(place) / "terraform"
        work.mkdir()
        (work / "variables.tf").symlink_to(ROOT / "terraform" / "variables.tf")
        for path in (path for pattern in READ_BY_ITSELF for path in folder.glob(pattern)):
            (work / path.name).symlink_to(path.resolve())
        told = "".join(f'output "{name}" {{\n  value = var.{name}\n}}\n' for name in names)
        (work / "read.tf").write_text(told, encoding="utf-8")
        planned, said = terraform(work, "plan", "-json", "-input=false", "-lock=false", "-out=plan", *options)
        diagnostics = tuple(_diagnostics(said))
        if planned:
            _, shown = terraform(work, "show", "-json", "plan")
            outputs = json.loads(shown)["planned_values"]["outputs"]
            given = {name: outputs.get(name, {}).get("value") for name in names}
            values = {name: value for name, value in given.items() if value is not None}
            nothing = [Diagnostic(True, f"{name} is null: leave it out.") for name in names if name not in values]
            return Variables(values, (*diagnostics, *nothing))
        return Variables(None, diagnostics or (Diagnostic(True, said.strip() or "Terraform did not say why."),))


def terraform(work: Path, *arguments: str) -> tuple[bool, str]:
    """Tell whether a command of Terraform's succeeded in the folder `work`, and its standard output."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(NOT_HANDED_ON)}
    try:
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=work,
            env=environment | {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return False, str(error)
    return done.returncode == 0, done.stdout or done.stderr


def _diagnostics(said: str) -> Iterator[Diagnostic]:
    """Out of its lines of JSON: https://developer.hashicorp.com/terraform/internals/machine-readable-ui"""
    for line in said.splitlines():
        try:
            told = json.loads(line).get("diagnostic")
        except (ValueError, AttributeError):
            continue
        if told:
            yield Diagnostic(told["severity"] == "error", " ".join(_words(told)))


def _words(told: dict[str, Any]) -> Iterator[str]:
    """Cut a complaint to its place and fault, without Terraform's additions for authors of configurations."""
    if place := told.get("range"):
        yield f"{place['filename']}, line {place['start']['line']}:"
    yield from (f"{value['traversal']}:" for value in (told.get("snippet") or {}).get("values") or [])
    yield f"{told['summary']}:"
    yield told["detail"].partition("\n\n")[0].replace("\n", " ")
