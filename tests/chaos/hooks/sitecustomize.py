"""The fault hook: each Python process of a chaos run imports this module at its start, and production code carries no
trace.

It names the moments before and after each external call of `POINTS`, counts how often all processes together have
passed each, and does there what the folder `CHAOS_DIR` says:

    plan.json          {"seed": 1, "engine": 0.2, "storage": 0.2, "kills": {"voice_forge commit after": [3, 17], …}}
    armed              nothing is done unless it is there
    passed/{point}     one byte for each passage so far
    killed             a line for each process that was killed here, written just before
    outage             while it is there, Firestore and Cloud Storage fail

Python imports a module of this name by itself (https://docs.python.org/3/library/site.html#module-sitecustomize); only
the standard library is used until a hooked module has been imported.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import itertools
import json
import os
import random
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

_FIRESTORE = "google.cloud.firestore_v1.services.firestore.client"

POINTS = {
    # What agents do, in their own words
    "common.idempotency": {"begin": "begin", "Claim.commit": "commit", "at_once": "at once"},
    # What every call of a client comes down to, whichever of its methods was called; over urllib3 they are told apart
    # below: Cloud Storage and our own services
    _FIRESTORE: {
        "FirestoreClient.commit": "write",
        "FirestoreClient.batch_write": "bulk write",
        "FirestoreClient.batch_get_documents": "get",
        "FirestoreClient.run_query": "query",
        "FirestoreClient.run_aggregation_query": "count",
        "FirestoreClient.list_collection_ids": "list",
    },
    "streamer.catalog.watch": {"Watch._open": "listen"},
    "common.events": {"publish": "publish"},
    "common.services": {"Service.post_early": "hand-over"},
    "google.cloud.tasks_v2": {"CloudTasksClient.create_task": "enqueue"},
    "jwt.jwks_client": {"PyJWKClient.fetch_data": "keys"},
    "httpcore2": {"ConnectionPool.handle_request": "web"},
}
"""Module -> what is wrapped in it -> the name of the moment."""


class Faults:
    """What one process does to itself."""

    def __init__(self, folder: Path, service: str) -> None:
        self.folder = folder
        self.service = service
        self.plan = json.loads((folder / "plan.json").read_text())
        self._random = random.Random(f"{self.plan['seed']} {service} {os.getpid()}")

    def pass_by(self, moment: str) -> None:
        """Count a passage, and die here if this passage is among those to die at."""
        if not self.armed:
            return
        point = f"{self.service} {moment}"
        with (self.folder / "passed" / point).open("ab", buffering=0) as passed:
            passed.write(b".")
            number = passed.tell()
        if number in self.plan["kills"].get(point, ()):
            with (self.folder / "killed").open("a") as killed:
                killed.write(f"{point}\n")
            os.kill(os.getpid(), signal.SIGKILL)

    def strikes(self, kind: str) -> bool:
        """Whether a call of this kind is to fail."""
        return self.armed and self._random.random() < self.plan[kind]

    @property
    def armed(self) -> bool:
        return (self.folder / "armed").exists()

    @property
    def outage(self) -> bool:
        return (self.folder / "outage").exists()

    def wrap(self, function: Callable[..., Any], moment: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            self.pass_by(f"{moment} before")
            result = function(*args, **kwargs)
            self.pass_by(f"{moment} after")
            return result

        return wrapped

    # What is done to each module, once it has been imported

    def prepare(self, module: ModuleType) -> None:
        for name, moment in POINTS.get(module.__name__, {}).items():
            if module.__name__ == _FIRESTORE:
                _replace(module, name, self._out_in_outages)
            _replace(module, name, functools.partial(self.wrap, moment=moment))
        match module.__name__:
            case "urllib3.connectionpool":
                _replace(module, "HTTPConnectionPool._make_request", self._http)
            case "functions.model_serving.tts":
                _replace(module, "speak", functools.partial(self._engine, moment="speech"))
            case "functions.model_serving.llm":
                _replace(module, "engine", self._writer)

    def _out_in_outages(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def failing(*args: Any, **kwargs: Any) -> Any:
            from google.api_core.exceptions import ServiceUnavailable

            if self.outage:
                raise ServiceUnavailable("chaos: Firestore is out")
            return function(*args, **kwargs)

        return failing

    def _http(self, make_request: Callable[..., Any]) -> Callable[..., Any]:
        """Requests to Cloud Storage fail; those to others, our own services, do not of themselves."""
        from io import BytesIO

        from urllib3.response import HTTPResponse

        storage = (os.environ.get("API_ENDPOINT_OVERRIDE") or os.environ["STORAGE_EMULATOR_HOST"]).partition("://")[2]

        @functools.wraps(make_request)
        def failing(pool: Any, connection: Any, method: str, *args: Any, **kwargs: Any) -> Any:
            stored = f"{pool.host}:{pool.port}" == storage
            moment = f"{'storage' if stored else 'http'} {method}"
            self.pass_by(f"{moment} before")
            if stored and (self.outage or self.strikes("storage")):
                preload = kwargs.get("preload_content", True)
                return HTTPResponse(BytesIO(b""), {"Content-Length": "0"}, 503, preload_content=preload)
            answer = make_request(pool, connection, method, *args, **kwargs)
            if answer.status < 500:  # of a full disk nothing has come
                self.pass_by(f"{moment} after")
            return answer

        return failing

    def _engine(self, answer: Callable[..., Any], moment: str, piece: str = "") -> Callable[..., Any]:
        """What an engine answers with comes piece by piece, and breaks off before the first or after a few. `piece`
        names the moments before and after each, if they are to have a name."""

        @functools.wraps(answer)
        def failing(*args: Any, **kwargs: Any) -> Iterator[Any]:
            from common.errors import EngineBroken

            self.pass_by(f"{moment} before")
            struck = self.strikes("engine")
            whole = struck and self._random.randrange(4)
            pieces = iter(answer(*args, **kwargs))
            for number in itertools.count():
                if struck and number == whole:
                    break
                if piece:
                    self.pass_by(f"{piece} before")
                try:
                    said = next(pieces)
                except StopIteration:
                    break
                if piece:
                    self.pass_by(f"{piece} after")
                yield said
            if struck:
                self.pass_by(f"{moment} struck")
                raise EngineBroken("engine_failed", "chaos: the engine failed")
            self.pass_by(f"{moment} after")

        return failing

    def _writer(self, engine: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(engine)
        def failing(*args: Any) -> Any:
            writer = engine(*args)
            writer.write = self._engine(writer.write, moment="dialogue", piece="turn")
            return writer

        return failing


def _replace(module: ModuleType, name: str, change: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    owner_name, _, attribute = name.rpartition(".")
    owner = getattr(module, owner_name) if owner_name else module
    setattr(owner, attribute, change(getattr(owner, attribute)))


class Finder(importlib.abc.MetaPathFinder):
    """Finds wanted modules as Python does, and has these prepared right after their run."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._after = {*POINTS, "urllib3.connectionpool", "functions.model_serving.tts", "functions.model_serving.llm"}

    def find_spec(self, name: str, path: Any, target: ModuleType | None = None) -> Any:
        if name not in self._after:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            loader: Any = spec.loader
            exec_module = loader.exec_module

            def exec_and_prepare(module: ModuleType) -> None:
                exec_module(module)
                self._faults.prepare(module)

            loader.exec_module = exec_and_prepare
        return spec


def service() -> str | None:
    """The folder of this process's service, or None for a helper."""
    arguments = sys.orig_argv
    if "local.front:streamer_app()" in arguments:
        return "streamer"
    function = re.search(r"local\.front:service_app\('(\w+)'\)", " ".join(arguments))
    if function is None:
        return None
    from local.entry_points import FOLDERS

    return FOLDERS.get(function[1], function[1])


if "CHAOS_DIR" in os.environ and (found := service()):
    sys.meta_path.insert(0, Finder(Faults(Path(os.environ["CHAOS_DIR"]), found)))
