"""The streamer's image as far as it can be made without a container engine: its Dockerfile, carried out in a folder.

COPY, RUN, ENV, USER, WORKDIR and CMD do what they say, with the paths of the image moved into the folder. The
difference from a real image is the system around the files: this machine's libraries, and its Python where the image's
is missing.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

from tests.pipeline.archives import linked
from tests.terraform.extract_schema import ROOT

DOCKERFILE = ROOT / "streamer" / "Dockerfile"
IGNORED = DOCKERFILE.with_name("Dockerfile.dockerignore")

_OF_THE_IMAGE = re.compile(r"(?<![\w.$-])/(?=venv|app|requirements\.lock)")


@dataclass
class Stage:
    """One FROM and what follows: (instruction, its arguments)."""

    base: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, instruction: str) -> list[str]:
        return [arguments for name, arguments in self.instructions if name == instruction]


def stages(text: str) -> list[Stage]:
    """https://docs.docker.com/reference/dockerfile/#format, as far as used here."""
    found: list[Stage] = []
    arguments: dict[str, str] = {}
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    for line in filter(None, joined.splitlines()):
        instruction, _, rest = line.partition(" ")
        if instruction == "FROM":
            found.append(Stage(re.sub(r"\$\{(\w+)\}", lambda name: arguments[name[1]], rest)))
        elif instruction == "ARG":
            name, _, value = rest.partition("=")
            arguments[name] = value
        else:
            found[-1].instructions.append((instruction, rest))
    return found


def context(root: Path = ROOT) -> list[str]:
    """The files that Docker is sent: those that Dockerfile.dockerignore lets through, in order."""
    rules = [line for line in IGNORED.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    allowed = [rule.removeprefix("!/") for rule in rules if rule.startswith("!")]
    anywhere = {rule.removeprefix("**/") for rule in rules if rule.startswith("**/")}
    below = [rule.removeprefix("/") for rule in rules if rule.startswith("/") and rule != "/*"]
    return sorted(
        name
        for folder in allowed
        for path in (root / folder).rglob("*")
        if path.is_file()
        for name in [path.relative_to(root).as_posix()]
        if not any(fnmatch(part, pattern) for part in Path(name).parts for pattern in anywhere)
        and not name.startswith(tuple(f"{folder}/" for folder in below))
    )


class Image:
    """The image, made in `folder`, which everybody may enter.

    With `linked` packages the installing instruction is not carried out: they are links to those of the running Python,
    of the same versions, which takes a tenth of the time.
    """

    def __init__(self, folder: Path, *, linked: bool = False) -> None:
        self.folder = folder
        self._linked = linked
        self.workdir = "/"
        self.environment: dict[str, str] = {}
        self.user = ""
        self.command: list[str] = []

    def build(self) -> None:
        """Carry out every instruction. Raises AssertionError with the output of a failed command."""
        for stage in stages(DOCKERFILE.read_text(encoding="utf-8")):
            for instruction, arguments in stage.instructions:
                getattr(self, f"_{instruction.lower()}")(arguments)

    def start(self, environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
        """The server, under the image's own command and user, in the image's environment and the given one."""
        given = {
            name: self._moved(value.replace("$PATH", os.environ["PATH"])) for name, value in self.environment.items()
        }
        script = self.command[0]
        program = ["-m", script] if self._linked else [str(self.folder / "venv/bin" / script)]  # a link has no scripts
        command = [str(self.folder / "venv/bin/python"), *program]
        with log.open("wb") as output:
            return subprocess.Popen(
                [*self._as_user(), *command, *self.command[1:]],
                cwd=self.folder / self.workdir.lstrip("/"),
                env={"HOME": "/nonexistent", **given, **environment},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def _copy(self, arguments: str) -> None:
        *sources, target = arguments.split()
        if sources[0].startswith("--from="):
            return  # one folder stands for all stages: it is there already
        place = self.folder / (target.lstrip("/") if target.startswith("/") else f"{self.workdir.lstrip('/')}/{target}")
        sent = context()
        for source in sources:
            files = [name for name in sent if name == source or name.startswith(source)]
            assert files, f"COPY {source}: there is nothing to copy"
            for name in files:
                to = place if name == source else place / name.removeprefix(source)
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, to)

    def _run(self, arguments: str) -> None:
        if self._linked and "pip install" in arguments:
            linked(ROOT / "streamer" / "requirements.txt", self.folder / "venv")
            return
        if self._linked:
            arguments = arguments.replace(" /venv/lib ", " ")  # they are compiled where they lie
        command = self._moved(re.sub(r"\bpython -m venv\b", f"{shlex.quote(interpreter())} -m venv", arguments))
        cwd = self.folder / self.workdir.lstrip("/")
        done = subprocess.run(
            ["sh", "-euc", command], cwd=cwd, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, f"RUN {arguments}\n{done.stdout}{done.stderr}"

    def _workdir(self, arguments: str) -> None:
        self.workdir = arguments
        (self.folder / arguments.lstrip("/")).mkdir(parents=True, exist_ok=True)

    def _env(self, arguments: str) -> None:
        self.environment |= dict(pair.split("=", 1) for pair in shlex.split(arguments))

    def _user(self, arguments: str) -> None:
        self.user = arguments

    def _expose(self, arguments: str) -> None:
        assert arguments.isdecimal()

    def _cmd(self, arguments: str) -> None:
        self.command = [str(part) for part in json.loads(arguments)]

    def _moved(self, text: str) -> str:
        return _OF_THE_IMAGE.sub(f"{self.folder}/", text)

    def _as_user(self) -> Iterator[str]:
        """Run by root, this becomes the image's user, with leave to read everything and write nothing."""
        if os.geteuid() == 0 and shutil.which("setpriv"):
            uid, gid = self.user.split(":")
            yield from ("setpriv", "--reuid", uid, "--regid", gid, "--clear-groups", "--no-new-privs")
            yield from ("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search")


def interpreter() -> str:
    """The image's Python, or else the running Python."""
    [version] = {re.findall(r"python:(\d+\.\d+)", stage.base)[0] for stage in stages(DOCKERFILE.read_text("utf-8"))}
    found = shutil.which(f"python{version}")
    works = found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0
    return str(found) if works else sys.executable
