"""Delays as a cloud has them, put between clients and emulators: lognormal, by kind of operation, from a seed.

An emulator answers in a millisecond; how a program is to call a cloud shows where a commit takes fifty. `CLOUD` is the
one table: the median and the 99th percentile of each kind, with their source, and whether somebody has measured them or
they are a guess. Each drawn delay may be written to a log, a JSON line each, for whoever asks where the time went.

Without a `Delays` no emulator has an interceptor, a wrapped application or a wait.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

import grpc

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class Delay:
    """Median and 99th percentile, in ms. `measured`: the source is of such an operation; else it is a guess."""

    p50_ms: float
    p99_ms: float
    measured: bool
    source: str


CLOUD: Final = {
    "firestore_read": Delay(15, 60, True, "google-cloud-dotnet #5333, from Cloud Run: lookups in 14 to 21 ms"),
    "firestore_query": Delay(20, 80, True, "google-cloud-dotnet #5333, from Cloud Run: queries in 14 to 24 ms"),
    "firestore_commit": Delay(45, 150, True, "google-cloud-dotnet #5333: inserts in 24 to 55 ms, median 47"),
    "firestore_listen": Delay(
        50, 250, False, "from a commit to its listener; about 200 ms over the internet, commit in it"
    ),
    "firestore_target": Delay(60, 250, False, "from a new target to its documents: a query and a stream"),
    "pubsub_publish": Delay(20, 100, True, "google-cloud-go #11449, from Cloud Run: most within 20 ms"),
    "pubsub_push": Delay(60, 400, False, "after the publish, to the endpoint; topics with little traffic take longer"),
    "tasks_create": Delay(25, 120, False, "a durable write"),
    "tasks_dispatch": Delay(
        50, 300, True, "Google Cloud Podcast 7: queues' median 5 ms, p99 300; 20 to 40 to Cloud Run"
    ),
    "storage_write": Delay(
        90, 300, False, "nodejs-storage #2210: 150 to 250 ms from GKE; less in a bucket's own region"
    ),
    "storage_read": Delay(
        45, 190, True, "google-cloud-dotnet #882, Google: p50 62, p99 191 to 320; less in one region"
    ),
    "sign_blob": Delay(60, 300, False, "nodejs-storage #951, #1386: up to 1 s from functions, for bursts"),
    "token": Delay(15, 60, False, "the metadata server, or Google's public keys"),
    "service_hop": Delay(
        22, 60, True, "esp-v2 #237: median 25 ms from Cloud Run to Cloud Run; cloud-run-faq #174: 20 ms"
    ),
    "start_function": Delay(2500, 6000, False, "mikhail.io: 0.5 to 2 s and five times that with many libraries"),
    "start_container": Delay(2000, 5000, False, "the same, of an image with compiled files"),
    "listener": Delay(30, 120, False, "a listener's round trip"),
}
"""Kind of operation -> how long it takes."""

BEFORE: Final = 0.85
"""The share of a call's delay before the call is carried out; the rest is the answer's way back."""

_METHODS: Final = {
    "GetDocument": "firestore_read",
    "BatchGetDocuments": "firestore_read",
    "ListDocuments": "firestore_query",
    "RunQuery": "firestore_query",
    "RunAggregationQuery": "firestore_query",
    "CreateDocument": "firestore_commit",
    "UpdateDocument": "firestore_commit",
    "DeleteDocument": "firestore_commit",
    "Commit": "firestore_commit",
    "BatchWrite": "firestore_commit",
    "Listen": "firestore_listen",
    "Publish": "pubsub_publish",
    "CreateTask": "tasks_create",
}
_TARGET_ADDED: Final = 1
_AT_ONCE_S: Final = 0.001
"""Messages of a Listen stream that are written within so long belong together."""


class Delays:
    """Draws delays, each `stretch` times as long as its kind says, from a seed; thread-safe."""

    def __init__(self, seed: str, *, stretch: float = 1.0, log: Path | None = None) -> None:
        self._random = Random(seed)  # noqa: S311 - repeatable, not secret
        self._stretch = stretch
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600) if log else None

    def draw(self, kind: str, about: str = "") -> float:
        """Seconds that an operation on `about`, which begins now, takes."""
        delay = CLOUD[kind]
        sigma = math.log(delay.p99_ms / delay.p50_ms) / 2.3263  # the 99th percentile of the normal distribution
        seconds = self._random.lognormvariate(math.log(delay.p50_ms / 1000 * self._stretch), sigma)
        if self._log is not None:  # one write each: lines of several processes do not mix
            line = {"kind": kind, "about": about, "at": time.time(), "s": seconds}
            os.write(self._log, (json.dumps(line) + "\n").encode())
        return seconds


class DelayedCalls(grpc.aio.ServerInterceptor):
    """Calls of a gRPC server that take as long as `delays` say."""

    def __init__(self, delays: Delays) -> None:
        self._delays = delays

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        handler: Any = await continuation(handler_call_details)
        kind = _METHODS.get(handler_call_details.method.rpartition("/")[2])
        if kind is None or handler is None:
            return handler  # type: ignore[no-any-return]
        coders = handler.request_deserializer, handler.response_serializer
        if handler.unary_unary:
            return grpc.unary_unary_rpc_method_handler(self._unary(handler.unary_unary, kind), *coders)
        if handler.unary_stream:
            return grpc.unary_stream_rpc_method_handler(self._several(handler.unary_stream, kind), *coders)
        return grpc.stream_stream_rpc_method_handler(self._listen(handler.stream_stream, kind), *coders)

    def _unary(self, serve: Callable[..., Awaitable[Any]], kind: str) -> Callable[..., Any]:
        async def delayed(request: Any, context: Any) -> Any:
            seconds = self._delays.draw(kind, _about(request))
            await asyncio.sleep(seconds * BEFORE)
            response = await serve(request, context)
            await asyncio.sleep(seconds * (1 - BEFORE))
            return response

        return delayed

    def _several(self, serve: Callable[..., AsyncIterator[Any]], kind: str) -> Callable[..., Any]:
        async def delayed(request: Any, context: Any) -> AsyncIterator[Any]:
            seconds = self._delays.draw(kind, _about(request))
            await asyncio.sleep(seconds * BEFORE)
            responses = [response async for response in serve(request, context)]
            await asyncio.sleep(seconds * (1 - BEFORE))
            for response in responses:
                yield response

        return delayed

    def _listen(self, serve: Callable[..., Any], kind: str) -> Callable[..., Any]:
        """Delay a stream: what is written at once comes at once, and everything in order."""

        async def delayed(requests: Any, context: Any) -> AsyncIterator[Any]:
            clock = asyncio.get_running_loop().time
            on_its_way: asyncio.Queue[tuple[float, Any]] = asyncio.Queue()

            async def write() -> None:
                due = written = 0.0
                try:
                    async with aclosing(serve(requests, context)) as responses:
                        async for response in responses:
                            if clock() - written > _AT_ONCE_S:
                                due = max(due, clock() + self._delays.draw(*_told(response, kind)))
                            written = clock()
                            on_its_way.put_nowait((due, response))
                finally:
                    on_its_way.put_nowait((due, None))

            writing = asyncio.create_task(write())
            try:
                while True:
                    due, response = await on_its_way.get()
                    await asyncio.sleep(max(0.0, due - clock()))
                    if response is None:
                        await writing  # raises what has ended the stream
                        return
                    yield response
            finally:
                writing.cancel()

        return delayed


def delayed_app(
    app: WSGIApplication, delays: Delays, kind_of: Callable[[WSGIEnvironment], str | None]
) -> WSGIApplication:
    """`app` with requests that take as long as a cloud's; `kind_of` tells a request's kind, or None for no delay."""

    def delayed(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if (kind := kind_of(environ)) is None:
            return app(environ, start_response)
        about = f"{environ.get('PATH_INFO', '')} {environ.get('QUERY_STRING', '')}"
        seconds = delays.draw(kind, about)
        time.sleep(seconds * BEFORE)
        answer = app(environ, start_response)
        time.sleep(seconds * (1 - BEFORE))
        return answer

    return delayed


def _told(response: Any, kind: str) -> tuple[str, str]:
    """Return the kind of a Listen response's delay, and what it is about."""
    if response.target_change.target_change_type == _TARGET_ADDED:
        return "firestore_target", ""
    return kind, _short(response.document_change.document.name)


def _about(request: Any) -> str:
    """List the names in a request: documents, a task, the ids of events."""
    for field in ("name", "parent"):
        if name := getattr(request, field, ""):
            task = getattr(request, "task", None)
            return str(task.name) if task is not None else _short(str(name))
    if messages := getattr(request, "messages", None):
        return " ".join(message.attributes.get("ce-id", "") for message in messages)
    if documents := getattr(request, "documents", None):
        return " ".join(map(_short, documents))
    writes = getattr(request, "writes", ())
    return " ".join(_short(write.update.name or write.delete or write.transform.document) for write in writes)


def _short(name: str) -> str:
    return name.partition("/documents/")[2] or name
