"""An emulator's gRPC face: the official client's own message types, served from one thread with one event loop.

All state of an emulator lives on its loop, so it needs no locks, and an idle emulator sleeps. Threads of one emulator:
its loop, and while host names are looked up asyncio's few resolver threads; gRPC adds one poller to the whole process.

Generic handlers: https://grpc.github.io/grpc/python/grpc_asyncio.html
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from concurrent.futures import Future
from threading import Thread
from typing import Any, TypeVar

import grpc
from google.protobuf import field_mask_pb2
from google.protobuf.message import Message

from emulators.delays import DelayedCalls, Delays
from emulators.journal import NotKept

T = TypeVar("T")

Context = grpc.aio.ServicerContext
Supported = Mapping[str, frozenset[str]]
"""Message type's short name -> the fields that may be set; types that are not named are supported whole."""

_MAX_MESSAGE_BYTES = 20 * 1024 * 1024
_START_TIMEOUT_S = 60.0
# Clients are told of the end before it comes, and write no complaint to their standard error.
_STOP_GRACE_S = 0.2


class ApiError(Exception):
    """An error seen by a client as a gRPC status."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code


def invalid(message: str) -> ApiError:
    return ApiError(grpc.StatusCode.INVALID_ARGUMENT, message)


def not_found(message: str) -> ApiError:
    return ApiError(grpc.StatusCode.NOT_FOUND, message)


def already_exists(message: str) -> ApiError:
    return ApiError(grpc.StatusCode.ALREADY_EXISTS, message)


def unimplemented(what: str) -> ApiError:
    return ApiError(grpc.StatusCode.UNIMPLEMENTED, f"{what} is not part of this emulator")


def require_supported(message: Message, supported: Supported) -> None:
    """Raise ApiError (UNIMPLEMENTED, naming the field) if a set field of `message`, at any depth, is unsupported."""
    fields = supported.get(message.DESCRIPTOR.name)
    for field, value in message.ListFields():
        if fields is not None and field.name not in fields:
            raise unimplemented(f"{message.DESCRIPTOR.name}.{field.name}")
        if field.message_type is None or field.message_type.GetOptions().map_entry:
            continue
        for part in [value] if isinstance(value, Message) else value:
            require_supported(part, supported)


def merge_masked(mask: field_mask_pb2.FieldMask, source: Message, target: Message) -> None:
    """Copy the fields named by `mask`. Raises ApiError (INVALID_ARGUMENT) for a path that does not exist."""
    try:
        mask.MergeMessage(source, target, replace_message_field=True, replace_repeated_field=True)
    except ValueError as error:
        raise invalid(f"update_mask: {error}") from error


def seconds(duration: Any) -> float:
    """Return the seconds of a set duration field, which the client's types show as a timedelta."""
    return float(duration.total_seconds())


def page(names: Iterable[str], size: int, token: str) -> tuple[list[str], str]:
    """Return the names after `token` in order, at most `size` (0: 1,000), and the token of the next page ("": none)."""
    after = sorted(name for name in names if name > token)
    size = min(size or 1000, 1000)
    return after[:size], after[size - 1] if len(after) > size else ""


async def refuse(context: Context[Any, Any], error: ApiError | NotKept) -> None:
    """End a call with an error's status; data that cannot be kept is refused as by a service away for a while."""
    code = error.code if isinstance(error, ApiError) else grpc.StatusCode.UNAVAILABLE
    await context.abort(code, str(error))


def unary(handler: Callable[[Any], Any], request_type: Any, supported: Supported) -> grpc.RpcMethodHandler[Any, Any]:
    """Return a method whose `handler` takes a request and returns the response, an awaitable of the response, or None
    for Empty."""

    async def serve(request: Any, context: Context[Any, Any]) -> Any:
        try:
            require_supported(request_type.pb(request), supported)
            response = handler(request)
            return await response if isinstance(response, Awaitable) else response
        except (ApiError, NotKept) as error:
            await refuse(context, error)

    return grpc.unary_unary_rpc_method_handler(
        serve,
        request_deserializer=request_type.deserialize,
        response_serializer=lambda response: b"" if response is None else type(response).serialize(response),
    )


def bidirectional(
    handler: Callable[[AsyncIterator[Any]], AsyncIterator[Any]], request_type: Any
) -> grpc.RpcMethodHandler[Any, Any]:
    """Return a method whose `handler` takes the stream of requests and yields responses."""

    async def serve(requests: AsyncIterator[Any], context: Context[Any, Any]) -> AsyncIterator[Any]:
        try:
            async for response in handler(requests):
                yield response
        except (ApiError, NotKept) as error:
            await refuse(context, error)

    return grpc.stream_stream_rpc_method_handler(
        serve,
        request_deserializer=request_type.deserialize,
        response_serializer=lambda response: type(response).serialize(response),
    )


class _Methods(grpc.GenericRpcHandler):
    def __init__(self, handlers: Mapping[str, grpc.RpcMethodHandler[Any, Any]]) -> None:
        self._handlers = handlers

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[Any, Any]:
        async def refuse_unknown(_request: bytes, context: Context[Any, Any]) -> None:
            error = unimplemented(details.method.rpartition("/")[2])
            await context.abort(error.code, str(error))

        return self._handlers.get(details.method) or grpc.unary_unary_rpc_method_handler(refuse_unknown)


class GrpcEmulator(ABC):
    """Lifecycle of an emulator: `start`, `reset` any number of times, `stop`; then it may be started again."""

    def __init__(self, delays: Delays | None = None) -> None:
        self._delays = delays
        self._thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop
        self._stopping: asyncio.Event

    def start(self, port: int = 0) -> int:
        """Serve on 127.0.0.1 and return the port (0 picks a free port). Raises RuntimeError if binding fails."""
        if self._thread is not None:
            raise RuntimeError(f"{type(self).__name__} is already running")
        bound: Future[int] = Future()
        self._thread = Thread(
            target=lambda: asyncio.run(self._serve(port, bound)), name=type(self).__name__, daemon=True
        )
        self._thread.start()
        try:
            return bound.result(_START_TIMEOUT_S)
        except BaseException:
            self._thread = None
            raise

    def stop(self) -> None:
        """Stop serving; requests being made are abandoned, and made again after a start with the journal."""
        if self._thread is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
            self._thread = None

    def reset(self) -> None:
        """Forget everything, in the journal too."""
        if self._thread is None:
            self._clear()
        else:
            self._on_loop(self._clear)

    def _on_loop(self, call: Callable[[], T]) -> T:
        """Run `call` on the loop and wait for the result."""

        async def run() -> T:
            return call()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()

    async def _serve(self, port: int, bound: Future[int]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        # Without this option Linux lets two servers share a port, and each would get half of the calls.
        server = grpc.aio.server(
            interceptors=[DelayedCalls(self._delays)] if self._delays else [],
            options=(("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES)),
        )
        server.add_generic_rpc_handlers((_Methods(self._methods()),))
        try:
            actual_port = server.add_insecure_port(f"127.0.0.1:{port}")
            self._open()
            await server.start()
        except Exception as error:  # noqa: BLE001 - raised again by start(), in the caller's thread
            bound.set_exception(error)
            return
        bound.set_result(actual_port)
        await self._stopping.wait()
        await server.stop(_STOP_GRACE_S)
        await self._close()

    @abstractmethod
    def _methods(self) -> Mapping[str, grpc.RpcMethodHandler[Any, Any]]:
        """Full method name ("/package.Service/Method") -> its handler."""

    @abstractmethod
    def _open(self) -> None:
        """Load the journal and go on from its content; on the loop, before the first call is served."""

    @abstractmethod
    async def _close(self) -> None:
        """End every delivery; on the loop, after the last call."""

    @abstractmethod
    def _clear(self) -> None:
        """Forget everything; on the loop, or without one when stopped."""
