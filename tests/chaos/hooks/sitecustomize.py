"""The fault hook: each Python process of a chaos run imports this as it starts, and production code carries none of it.

It names the moments before and after each external call of `POINTS`, counts how often all processes together have
passed each, and does there what the folder `CHAOS_DIR` says:

    plan.json          {"seed": 1, "engine": 0.2, "storage": 0.2, "kills": {"voice_forge commit after": [3, 17], …}}
    armed              nothing is done unless it is there
    passed/{point}     one byte for each passage so far
    killed             a line for each process that was killed here, written just before
    outage             while it is there, Firestore and Cloud Storage fail

Python imports a module of this name by itself (https://docs.python.org/3/library/site.html#module-sitecustomize); it
uses nothing but the standard library until something it is after has been imported.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import json
import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

POINTS = {
    "common.idempotency": {"begin": "begin", "Claim.commit": "commit"},
    "common.events": {"publish": "publish"},
    "common.tasks": {"enqueue": "enqueue"},
    "common.blobs": {"create_object": "store", "read_object": "read"},
    "common.services": {"Service.post": "call", "Service.stream": "call"},
    "google.cloud.firestore_v1.document": {"DocumentReference.create": "create", "DocumentReference.update": "update"},
}
"""Module -> what is wrapped in it -> the name of the moment."""

_FIRESTORE = "google.cloud.firestore_v1.services.firestore.client"
_FIRESTORE_CALLS = ("commit", "batch_get_documents", "run_query", "run_aggregation_query")


class Faults:
    """What one process does to itself."""

    def __init__(self, folder: Path, service: str) -> None:
        self.folder = folder
        self.service = service
        self.plan = json.loads((folder / "plan.json").read_text())
        self._random = random.Random(f"{self.plan['seed']} {service} {os.getpid()}")

    def pass_by(self, moment: str) -> None:
        """Count a passage, and die here if this is one to die at."""
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
            owner, attribute = _owner(module, name)
            setattr(owner, attribute, self.wrap(getattr(owner, attribute), moment))
        match module.__name__:
            case "google.cloud.firestore_v1.services.firestore.client":
                for name in _FIRESTORE_CALLS:
                    self._fail_in_outages(module.FirestoreClient, name)
            case "urllib3.connectionpool":
                self._fail_storage(module)
            case "tts":
                self._fail_speech(module)

    def _fail_in_outages(self, client: Any, name: str) -> None:
        function = getattr(client, name)

        @functools.wraps(function)
        def failing(*args: Any, **kwargs: Any) -> Any:
            from google.api_core.exceptions import ServiceUnavailable

            if self.outage:
                raise ServiceUnavailable("chaos: Firestore is out")
            return function(*args, **kwargs)

        setattr(client, name, failing)

    def _fail_storage(self, module: ModuleType) -> None:
        from io import BytesIO

        from urllib3.response import HTTPResponse

        pool: Any = module.HTTPConnectionPool
        make_request = pool._make_request
        host = os.environ["STORAGE_EMULATOR_HOST"].partition("://")[2]

        @functools.wraps(make_request)
        def failing(self_: Any, connection: Any, *args: Any, **kwargs: Any) -> Any:
            if f"{self_.host}:{self_.port}" == host and (self.outage or self.strikes("storage")):
                preload = kwargs.get("preload_content", True)
                return HTTPResponse(BytesIO(b""), {"Content-Length": "0"}, 503, preload_content=preload)
            return make_request(self_, connection, *args, **kwargs)

        pool._make_request = failing

    def _fail_speech(self, module: Any) -> None:
        speak = module.speak

        @functools.wraps(speak)
        def failing(engine: Any, text: str, **more: Any) -> Any:
            from common.errors import EngineBroken

            self.pass_by("speech")
            if self.strikes("engine"):
                raise EngineBroken("engine_failed", "chaos: the engine failed")
            return speak(engine, text, **more)

        module.speak = failing


def _owner(module: ModuleType, name: str) -> tuple[Any, str]:
    owner, _, attribute = name.rpartition(".")
    return (getattr(module, owner) if owner else module), attribute


class Finder(importlib.abc.MetaPathFinder):
    """Finds the modules it is after as Python does, and has them prepared right after they have run."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._after = {*POINTS, _FIRESTORE, "urllib3.connectionpool", "tts"}

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
    """Which service this process is, or None for a helper of one."""
    arguments = sys.orig_argv
    if "streamer.main:app" in arguments:
        return "streamer"
    if "--source" in arguments and any("functions_framework" in argument for argument in arguments):
        return Path(arguments[arguments.index("--source") + 1]).parent.name
    return None


if "CHAOS_DIR" in os.environ and (found := service()):
    sys.meta_path.insert(0, Finder(Faults(Path(os.environ["CHAOS_DIR"]), found)))
