"""A stack: the embedded cloud, the functions and the streamer on one machine, as processes with a common end.

Four processes by default: the cloud, the functions, the streamer, and the editions, whose long work has no waiting
caller. With `--isolate` every function is a process of its own, served as the platform serves it (functions-framework
in gunicorn, four threads a core) and with its own service account.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import selectors
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import requests
from google.auth.transport.requests import Request
from google.cloud import firestore, storage
from google.oauth2.service_account import IDTokenCredentials

from common import authenticator, clients
from common.settings import Settings
from common.tokens import new_token, token_hash
from local import iam, keys
from local.cloud import ADMIN_SECRET
from local.endpoints import Endpoints, answers
from local.entry_points import ENTRY_POINTS, UNHURRIED
from local.front_faults import FOLDER_VARIABLE, Fault, Fronts
from local.network import FOLDER_VARIABLE as NETWORK_VARIABLE
from local.network import Network, Reach
from local.processes import Child
from local.provision import provision
from local.silent_proxy import SilentProxy
from local.sockets import free_port, lasting_port, listen
from local.stack_settings import (
    BUCKET,
    LOCATION,
    PROJECT,
    account,
    player_origins,
    settings_of,
    speech_version,
)

READY_TIMEOUT_S = 300.0
"""On a machine that is busy with other things a start takes long; a process that ends is told of at once."""
TELL_EVERY_S = 10.0
"""How often a person is told what a start waits for."""
CALLED = {
    "FIRESTORE_EMULATOR_HOST",
    "PUBSUB_EMULATOR_HOST",
    "CLOUD_TASKS_EMULATOR_HOST",
    "STORAGE_EMULATOR_HOST",
    "MODEL_SERVING_URL",
    "GATEWAY_URL",
}
"""What services call by themselves: the variables that say where it is."""


class StackError(Exception):
    """The stack cannot start or go on; the text says why, for the person at the terminal."""


@dataclass(frozen=True)
class Options:
    """Settings of a stack. A port of 0 stands for any free port; `environment` is added for functions and streamer.

    `disorder` is a seed and a probability: deliveries are late, repeated, their answers lost (emulators/delivery.py).
    `queues_ramp`: new queues, and queues once idle, start slowly, as in the cloud (emulators/tasks/throttle.py).
    `network` has everything take as long as in the cloud (local/network.py).
    `taken_is_forbidden`: creators without the right to delete are answered 403 for a taken name, not 412.
    """

    player_port: int = 0
    api_port: int = 0
    data_dir: Path | None = None
    isolate: bool = False
    private_addresses: bool = False
    streamer: bool = True
    disorder: tuple[int, float] | None = None
    lossy: bool = False
    queues_ramp: bool = False
    taken_is_forbidden: bool = False
    network: Network | None = None
    sweep_every_s: float = 60.0
    environment: tuple[tuple[str, str], ...] = ()
    tell: Callable[[str], None] = lambda _: None
    """Told what a start waits for, should that take long."""


class Stack:
    """A running stack. Use as a context manager: leaving it stops every process."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.children: dict[str, Child] = {}
        self.env: dict[str, str] = {}
        self.proxies: dict[str, SilentProxy] = {}
        """Where connections can be lost, by the variable that tells services of what is behind each."""
        self._proxied: dict[str, str] = {}
        self.reach: Reach | None = None
        """The cloud's delays and cold starts, where the options have a network."""
        self._scratch = contextlib.ExitStack()
        self._tick_token = new_token()

    def __enter__(self) -> Stack:
        try:
            self._start()
        except BaseException as error:
            dead = self._dead()
            why = f"{dead.name} did not start.\n{dead.last_words()}" if dead else ""
            self.__exit__()
            if why and isinstance(error, Exception):  # then this is why nothing answered
                raise StackError(why) from error
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        # The streamer first, so that it can tell its listeners; the cloud last, so that nobody calls into the void
        try:
            for tier in ({"streamer"}, self.children.keys() - {"streamer", "cloud"}, {"cloud"}):
                ending = [self.children[name] for name in sorted(tier & self.children.keys())]
                for child in ending:
                    child.terminate()
                for child in ending:
                    child.await_end()
        finally:  # a second Ctrl-C is for those who cannot wait
            for child in self.children.values():
                child.kill()
            self._scratch.close()

    def front(self, service: str, fault: Fault) -> AbstractContextManager[Callable[[], int]]:
        """Have somebody else answer for a service while the block runs. Gives a function: how many requests were."""
        return self._fronts.before(service, fault)

    def billable(self, containing: str = "") -> dict[str, int]:
        """Return the billable operations so far, for resources with `containing` in their name."""
        answer = requests.get(f"{self.endpoints.admin_url}/billable", params={"containing": containing}, timeout=10)
        return dict(answer.json())

    def billable_by_resource(self, operation: str, containing: str = "") -> dict[str, int]:
        """Return the same for an operation, resource by resource."""
        url = f"{self.endpoints.admin_url}/billable/{operation}"
        return dict(requests.get(url, params={"containing": containing}, timeout=10).json())

    def remains(self, workflow_id: str) -> list[str]:
        """List every document and object of a workflow, by name or by the field `workflow_id`; of all, for ""."""
        db = firestore.Client(project=PROJECT)
        documents = [
            *db.collection_group("segments").stream(),
            *db.collection("workflows").stream(),
            *db.collection("idempotency").stream(),
            *db.collection("streams").stream(),
            *db.collection("removals").stream(),
            *db.collection("places").stream(),
        ]
        objects = storage.Client(project=PROJECT).list_blobs(BUCKET, prefix=f"workflows/{workflow_id}")
        return [
            *(
                document.reference.path
                for document in documents
                if workflow_id in document.reference.path
                or (document.to_dict() or {}).get("workflow_id") == workflow_id
            ),
            *(blob.name for blob in objects),
        ]

    def wait(self) -> None:
        """Return only by an exception: StackError when a process ends that should not, KeyboardInterrupt at Ctrl-C."""
        while not (dead := self._dead()):
            time.sleep(0.5)
        raise StackError(f"{dead.name} ended with status {dead.process.returncode}.\n{dead.last_words()}")

    def _dead(self) -> Child | None:
        """Return a process that is no longer there."""
        return next((child for child in self.children.values() if child.process.poll() is not None), None)

    def _start(self) -> None:
        sockets = {
            "player": self._listen(self.options.player_port),
            "api": self._listen(self.options.api_port or (free_port() if self.options.isolate else 0)),
        }
        player_url, api_url = (f"http://127.0.0.1:{held.getsockname()[1]}" for held in sockets.values())
        self.logs = Path(self._scratch.enter_context(tempfile.TemporaryDirectory(prefix="aethercast-logs-")))
        fronts = Path(self._scratch.enter_context(tempfile.TemporaryDirectory(prefix="aethercast-fronts-")))
        self._fronts = Fronts(fronts)
        if self.options.network:
            folder = Path(self._scratch.enter_context(tempfile.TemporaryDirectory(prefix="aethercast-network-")))
            self.reach = Reach(folder, self.options.network)
        self._start_cloud()
        self.urls = self._function_urls(api_url)
        self.endpoints = Endpoints(
            player_url=player_url,
            api_url=api_url,
            websocket_url=f"ws://{player_url.removeprefix('http://')}/api/v1/podcasts/stream",
            admin_url=self.env.pop("ADMIN_URL"),
            api_key=f"local-{secrets.token_urlsafe(24)}",
            pid=os.getpid(),
        )
        self.env |= settings_of(
            self.endpoints,
            self.urls,
            isolated=self.options.isolate,
            private_addresses=self.options.private_addresses,
            authenticator_key=self._authenticator_key(),
        )
        self.env["TICK_TOKEN_SHA256"] = token_hash(self._tick_token)
        self.env[FOLDER_VARIABLE] = str(fronts)
        if self.reach:
            self.env[NETWORK_VARIABLE] = str(self.reach.folder)
            self.env["STARTS_WITHIN_S"] = str(self.reach.network.starts_within_s)
            self.env["IAM_CREDENTIALS_URL"] = self.env["OIDC_JWKS_URL"].removesuffix(
                "/jwks"
            )  # no key signs in the cloud
        self.env |= dict(self.options.environment)
        self.env["SPEECH_VERSION"] = speech_version(os.environ | self.env)
        if self.options.lossy:
            self._proxied = {name: self._put_proxy(name) for name in self.env if name in CALLED}
        self._start_functions(sockets["api"])
        if self.options.streamer:
            self._start_streamer(sockets["player"])
        self._point_clients_here()
        origins = player_origins(player_url)
        provision(project=PROJECT, location=LOCATION, bucket=BUCKET, cors=origins, env=self.env, urls=self.urls)
        self.schedule_sweeps()
        self._create_key()
        self._wait_until_ready()
        if self.reach:
            self.reach.scale_to_zero()

    def _listen(self, port: int) -> socket.socket:
        try:
            return self._scratch.enter_context(listen(port))
        except OSError as error:
            held = error.errno == errno.EADDRINUSE
            why = "is in use: stop what holds it" if held else f"cannot be used ({error.strerror}): become who may"
            raise StackError(f"port {port} {why}, or choose another with --port") from None

    def _point_clients_here(self) -> None:
        """Have Google's clients in this process talk to this stack, and after it to where they talked before."""
        ours = {name: value for name, value in self.env.items() if name.endswith("_EMULATOR_HOST")}
        self._scratch.callback(clients.forget)
        self._scratch.callback(_set_environment, {name: os.environ.get(name) for name in ours})
        os.environ.update(ours)
        clients.forget()

    def _start_cloud(self) -> None:
        command = [sys.executable, "-m", "local.cloud", "--accounts"]
        if folder := self.options.data_dir:
            try:
                (folder / "accounts").mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StackError(f"nothing can be kept in {folder}: {error.strerror}") from None
            command += ["--data-dir", str(folder.resolve())]
        if self.options.disorder:
            seed, probability = self.options.disorder
            command += ["--seed", str(seed), "--disorder", str(probability)]
        if self.options.queues_ramp:
            command.append("--queues-ramp")
        if self.reach:
            command += ["--network", str(self.reach.folder)]
        if self.options.taken_is_forbidden:
            command.append("--taken-is-forbidden")
        env = {**os.environ, ADMIN_SECRET: secrets.token_urlsafe(16)}
        cloud = Child("cloud", command, env=env, log=self.logs / "cloud.log")
        self.children["cloud"] = cloud
        self.env = dict(json.loads(_first_line(cloud)))

    def _put_proxy(self, name: str) -> str:
        """Put a proxy before what the variable `name` leads to; what it says then."""
        scheme, there, rest = self.env[name].rpartition("://")
        host, slash, path = rest.partition("/")
        self.proxies[name] = self._scratch.enter_context(SilentProxy(host))
        return f"{scheme}{there}{self.proxies[name].address}{slash}{path}"

    def _function_urls(self, api_url: str) -> dict[str, str]:
        """Tell where each function is reached: under the API's address, or at a port of its own, the same in each run
        over the same data."""
        others = [name for name in ENTRY_POINTS if name != "api_gateway"]
        kept = self.options.data_dir and self.options.data_dir / "ports.json"
        return {"api_gateway": api_url} | {
            name: f"http://127.0.0.1:{lasting_port(kept, name)}" if self._alone(name) else f"{api_url}/{name}"
            for name in others
        }

    def _alone(self, name: str) -> bool:
        """Tell whether this function has a process of its own."""
        return self.options.isolate or name in UNHURRIED

    def environment_of(self, name: str) -> dict[str, str]:
        """Return the environment of the service `name`, with the key file of its own service account.

        The client of Cloud Storage shows no token to an emulator, so this emulator is given as an endpoint.
        """
        env = {
            **os.environ,
            **self.env,
            **self._proxied,
            "GOOGLE_APPLICATION_CREDENTIALS": self.key_file(account(name)),
            "PLATFORM_CHECKS_TOKENS": str(name in {"functions", *iam.INVOKERS}).lower(),
        }
        if name != "streamer":
            env["API_ENDPOINT_OVERRIDE"] = env.pop("STORAGE_EMULATOR_HOST")
        return env

    def key_file(self, email: str) -> str:
        """Return the key file of a service account, which there is from then on."""
        answer = requests.post(f"{self.endpoints.admin_url}/service-accounts", json={"email": email}, timeout=10)
        return str(answer.json()["file"])

    def as_invoker(self, service: str) -> dict[str, str]:
        """Return the headers of an operator's request, let pass by the front of `service`."""
        if service not in iam.INVOKERS:
            return {}
        settings = Settings.from_env(env=self.env | self._proxied)
        identity = IDTokenCredentials.from_service_account_file(
            self.key_file(iam.invokers(service, settings)[0]), target_audience=iam.url_of(service, settings)
        )
        identity.refresh(Request())
        return {"Authorization": f"Bearer {identity.token}"}

    def _authenticator_key(self) -> str:
        """Kept with the data: tasks and events signed with this key may be delivered after a restart."""
        if not self.options.data_dir:
            return secrets.token_hex(32)
        kept = self.options.data_dir / "authenticator.key"
        if not kept.exists():
            unfinished = kept.with_suffix(".part")
            unfinished.touch(mode=0o600)
            unfinished.write_text(secrets.token_hex(32))
            unfinished.replace(kept)
        return kept.read_text()

    def _start_functions(self, api: socket.socket) -> None:
        if self.options.isolate:
            api.close()  # the gateway binds it again
        else:
            self._spawn("functions", _gunicorn(f"fd://{api.fileno()}", "local.functions_host:app", threads=64), api)
        for name in filter(self._alone, ENTRY_POINTS):
            bound = self.urls[name].removeprefix("http://")
            app = f"local.front:service_app({name!r})"
            self._spawn(name, [*_gunicorn(bound, app, threads=4 * (os.cpu_count() or 1)), "--preload"])

    def _start_streamer(self, player: socket.socket) -> None:
        command = [sys.executable, "-m", "gunicorn", "-c", "streamer/gunicorn.conf.py"]
        self._spawn("streamer", [*command, "--bind", f"fd://{player.fileno()}", "local.front:streamer_app()"], player)

    def _spawn(self, name: str, command: list[str], *inherited: socket.socket) -> None:
        self.children[name] = Child(
            name,
            command,
            env=self.environment_of(name),
            log=self.logs / f"{name}.log",
            pass_fds=[held.fileno() for held in inherited],
            unhurried=name in UNHURRIED,
        )

    def schedule_sweeps(self) -> None:
        """Have the sweeper called regularly; to be said again to a cloud that was started again."""
        every_s = self.options.sweep_every_s
        job = {
            "url": self.urls["sweeper"],
            "email": account("scheduler-invoker"),
            "every_s": every_s,
            "headers": {authenticator.HEADER: f"tick,{self._tick_token}"},
        }
        requests.post(f"{self.endpoints.admin_url}/jobs", json=job, timeout=10).raise_for_status()

    def _create_key(self) -> None:
        keys.create(Settings.from_env(env=self.env), "local", key=self.endpoints.api_key)

    def _wait_until_ready(self) -> None:
        """Wait for the services of listeners, and say so where the wait is long.

        Those told to give way may start later: on a busy machine their start takes long, and their work waits.
        """
        begun = time.monotonic()
        told = begun
        waiting = {name: (f"{url}/", self.as_invoker(name)) for name, url in self.urls.items() if name not in UNHURRIED}
        if self.options.streamer:
            waiting["streamer"] = (f"{self.endpoints.player_url}/readyz", {})
        while waiting:
            if dead := self._dead():
                raise StackError(f"{dead.name} did not start.\n{dead.last_words()}")
            waiting = {name: where for name, where in waiting.items() if not answers(*where)}
            now = time.monotonic()
            if waiting and now > begun + READY_TIMEOUT_S:
                raise StackError(f"not ready after {READY_TIMEOUT_S:.0f} s: {', '.join(sorted(waiting))}")
            if waiting and now > told + TELL_EVERY_S:
                told = now
                self.options.tell(f"Still waiting for {', '.join(sorted(waiting))} …")
            if waiting:
                time.sleep(0.05)  # no event tells that a server has begun to listen


def _set_environment(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


def _gunicorn(bound: str, app: str, *, threads: int) -> list[str]:
    command = [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", str(threads)]
    return [
        *command,
        "--bind",
        bound,
        "--timeout",
        "0",  # as in the cloud, where the root of each archive says so (terraform/functions.tf)
        "--graceful-timeout",
        "5",
        "--keep-alive",
        "75",  # or a caller may write to a connection in the moment in which it is closed
        "--no-control-socket",
        app,
    ]


def _first_line(child: Child) -> str:
    assert child.process.stdout  # noqa: S101 - the cloud is started with a pipe
    with selectors.DefaultSelector() as selector:
        selector.register(child.process.stdout, selectors.EVENT_READ)
        if not selector.select(READY_TIMEOUT_S):
            raise StackError(f"{child.name} did not start within {READY_TIMEOUT_S:.0f} s.\n{child.last_words()}")
    line = child.process.stdout.readline()
    if not line:
        raise StackError(f"{child.name} did not start.\n{child.last_words()}")
    return line
