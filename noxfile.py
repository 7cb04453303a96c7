"""Every task a person runs. `nox -l` lists them; what follows `--` is handed on, and `-- --help` explains it.

Each session installs what it needs into an environment of its own, and nothing is needed beforehand but Python.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import nox
from nox.command import CommandFailed

nox.needs_version = ">=2024.4"
nox.options.sessions = ["tests", "lint"]
nox.options.reuse_existing_virtualenvs = True

ROOT = Path(__file__).parent
TYPED = ["client", "common", "emulators", "functions", "local", "streamer", "tests", "noxfile.py"]
NATURAL_VOICES = tuple(f"functions/model_serving/tts/engines/{name}/requirements.txt" for name in ("hibari", "piper"))
"""Have libraries that not every platform has; without them espeak-ng speaks."""
OF_AGENTS = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("functions/*/**/requirements.txt"))
REQUIREMENTS = [
    *(name for name in OF_AGENTS if name not in NATURAL_VOICES),
    "streamer/requirements.txt",
    "local/requirements.txt",
    "emulators/requirements.txt",
    "client/requirements.txt",
]


def install(session: nox.Session, *more: str) -> None:
    """Install everything that runs, and the requirement files of `more`.

    What then runs keeps its compiled modules, even where the environment forbids it, as that of containers often does:
    each worker of pytest would rewrite the assertions of all tests anew, and each process of a stack compile its code.
    """
    session.env["PYTHONDONTWRITEBYTECODE"] = ""
    files = [*REQUIREMENTS, *more]
    session.install(*(part for name in files for part in ("-r", name)))
    try:
        session.install(*(part for name in NATURAL_VOICES for part in ("-r", name)))
    except CommandFailed:
        session.warn("the natural voices cannot be installed here: espeak-ng speaks English, too")


def run(session: nox.Session, module: str) -> None:
    """Run a command of local/. After Ctrl-C it may tell listeners goodbye: nox's own patience is half a second."""
    command = ["python", "-m", module, *session.posargs]
    session.run(*command, env={"PYTHONPATH": str(ROOT)}, interrupt_timeout=30, terminate_timeout=10)


@nox.session
def local(session: nox.Session) -> None:
    """Start everything on this machine and print where the player is; Ctrl-C stops it."""
    install(session)
    run(session, "local.launch")


@nox.session
def keys(session: nox.Session) -> None:
    """Create, list or revoke API keys of a deployment: -- create --owner WHO | list | revoke ID, each --project P."""
    session.install("-r", "local/requirements.txt")
    run(session, "local.keys")


@nox.session
def doctor(session: nox.Session) -> None:
    """Say what stands in the way of a deployment, before it begins, and change nothing: -- --project P [--region R]."""
    session.install("-r", "local/requirements.txt")
    run(session, "local.doctor")


@nox.session
def canary(session: nox.Session) -> None:
    """Prove a deployment by one podcast, made and heard through all of it: -- --api URL [--project P]."""
    session.install("-r", "local/requirements.txt", "-r", "client/requirements.txt")
    run(session, "local.canary")


@nox.session
def generated(session: nox.Session) -> None:
    """Write web/contract.js and web/api_types.d.ts anew, after a change of the contract or of the API."""
    install(session)
    run(session, "local.generated")


@nox.session
def podcast(session: nox.Session) -> None:
    """Make a podcast, hear it while it is made, and save it: -- [--topic T] [--url U] [--text-file F] [--out FILE]."""
    install(session)
    run(session, "local.podcast")


@nox.session
def voices(session: nox.Session) -> None:
    """List the voices that no package carries, or fetch them: -- [download [LANGUAGE …]]."""
    install(session)
    run(session, "local.voices")


@nox.session
def unit(session: nox.Session) -> None:
    """The pure tests, in seconds: no browser, no stack, no system package; arguments go to pytest."""
    install(session, "tests/requirements.txt")
    chosen = session.posargs or ["tests/unit", "-n", "2", "--dist", "loadgroup"]
    session.run("python", "-m", "pytest", "-p", "no:schemathesis", "-m", "unit and not nightly", *chosen)


@nox.session
def tests(session: nox.Session) -> None:
    """All tests but those for the night, on two workers a core; arguments go to pytest."""
    whole_stacks(session, "not nightly")


@nox.session
def nightly(session: nox.Session) -> None:
    """The tests that repeat at length what quicker ones show: whole deployments, further browsers, more examples."""
    whole_stacks(session, "nightly or hypothesis", "--hypothesis-profile", "by-night")


def whole_stacks(session: nox.Session, chosen: str, *options: str) -> None:
    """Run the tests with the marks `chosen`, with all that stacks and browsers need."""
    install(session, "tests/requirements.txt")
    session.run("python", "-m", "tests.system_packages", env={"PYTHONPATH": str(ROOT)})
    workers = min(8, 2 * (os.cpu_count() or 1))  # half of the time a test waits; each worker has a stack of its own
    command = ["python", "-m", "pytest", "-n", str(workers), "--dist", "loadgroup", "-m", chosen]
    session.run(*command, *options, *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Formatting, lint and types."""
    install(session, "tests/requirements.txt")
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("mypy", *TYPED)
    # Ruff has bandit's checks, too, and its exceptions, line by line; what bandit itself holds for serious has none
    rooms = ("client", "common", "functions", "streamer")
    session.run("bandit", "--quiet", "--recursive", "--severity-level", "medium", *rooms)
    audit(session)


def audit(session: nox.Session) -> None:
    """Look everything installed up among the known vulnerabilities; without the network, say so and go on."""
    command = ("pip-audit", "--local", "--progress-spinner", "off", "--format", "json", "--timeout", "10")
    told = session.run(*command, silent=True, success_codes=[0, 1], stderr=None)
    try:
        found = [package for package in json.loads(str(told))["dependencies"] if "vulns" in package]
    except ValueError:
        found = []
    if not found:
        session.warn("nothing was audited: the list of known vulnerabilities cannot be reached from here")
    if vulnerable := [package["name"] for package in found if package["vulns"]]:
        session.error(f"known vulnerabilities (pip-audit tells more): {', '.join(vulnerable)}")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure: -- cloud|cold_start|cost|embedded|load|pipeline|player|silence|sources|streamer|voice; -- --plot."""
    listens = session.posargs[:1] == ["voice"]
    install(session, "tests/requirements.txt", *(["tests/bench/requirements.txt"] if listens else []))
    known = sorted(path.stem for path in (ROOT / "tests" / "bench").glob("*.py"))
    if session.posargs[:1] == ["--plot"]:
        session.posargs.insert(0, "plot")
    if not session.posargs or session.posargs[0] not in known:
        session.error(f"say what to measure: nox -s bench -- {'|'.join(known)} [--json FILE]")
    name, *arguments = session.posargs
    session.run("python", f"tests/bench/{name}.py", *arguments, env={"PYTHONPATH": str(ROOT)})


@nox.session
def terraform(session: nox.Session) -> None:
    """The deployment, offline: Terraform itself, its agreement with the code, its policies, the streamer's image."""
    install(session, "tests/requirements.txt")
    checkov = Path(session.virtualenv.location) / "checkov"  # it cannot share: its hcl2 is another than the tests'
    session.run("python", "-m", "venv", str(checkov), silent=True)
    session.run(str(checkov / "bin" / "pip"), "install", "--quiet", "checkov==3.3.30", external=True)
    session.run(
        *("python", "-m", "pytest", *(session.posargs or ["tests/terraform"])),
        env={"CHECKOV": str(checkov / "bin" / "checkov")},
    )


@nox.session
def lock(session: nox.Session) -> None:
    """Write the requirements.lock of each agent and of the streamer anew: every package by the hash of its file."""
    session.install("uv==0.13.8")
    constraints = [part for name in OF_AGENTS for part in ("-c", name)]
    agents = sorted(path.parent for path in ROOT.glob("functions/*/main.py"))
    for room in [*agents, ROOT / "streamer"]:
        requirements = sorted(str(path.relative_to(ROOT)) for path in room.rglob("requirements.txt"))
        session.run(
            *("uv", "pip", "compile", "--quiet", "--upgrade", "--generate-hashes", "--no-annotate", *constraints),
            *("--python-version", "3.12", "--python-platform", "x86_64-manylinux_2_36"),
            *("--custom-compile-command", "nox -s lock"),
            *(*requirements, "--output-file", str((room / "requirements.lock").relative_to(ROOT))),
        )


@nox.session
def fuzz(session: nox.Session) -> None:
    """Feed the readers of strangers' bytes what nobody thought of: -- [--seconds S] [ogg|wire|epub|feeds|…]."""
    install(session, "tests/requirements.txt")
    session.run("python", "-m", "tests.fuzz", *session.posargs, env={"PYTHONPATH": str(ROOT)})


@nox.session
def chaos(session: nox.Session) -> None:
    """Kill, delay and fail everything, and count what is left: -- [--workflows N] [--seed S] [--soak MINUTES]."""
    install(session, "tests/requirements.txt")
    session.run("python", "-m", "tests.chaos.run", *session.posargs, env={"PYTHONPATH": str(ROOT)})
