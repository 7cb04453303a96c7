"""How methods over protobuf's own messages are served: unsupported fields are refused by name, errors are statuses."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import Any

import grpc

from emulators.firestore.protos import Message
from emulators.grpc_service import ApiError, Context, Supported, refuse, require_supported
from emulators.journal import NotKept

_SUPPORTED: Supported = {
    "GetDocumentRequest": frozenset({"name", "mask", "transaction", "read_time", "request_options"}),
    "RunQueryRequest": frozenset(
        {"parent", "structured_query", "transaction", "new_transaction", "read_time", "request_options"}
    ),
    "RunAggregationQueryRequest": frozenset(
        {"parent", "structured_aggregation_query", "transaction", "new_transaction", "read_time", "request_options"}
    ),
    "ListDocumentsRequest": frozenset(
        {
            *("parent", "collection_id", "page_size", "page_token", "mask", "show_missing"),
            *("read_time", "request_options"),
        }
    ),
}


def unary(handler: Callable[[Any], Any], request_type: Any) -> grpc.RpcMethodHandler[Any, Any]:
    """Return a method with a single message for an answer."""

    async def serve(request: Any, context: Context[Any, Any]) -> Any:
        try:
            require_supported(request, _SUPPORTED)
            return handler(request)
        except (ApiError, NotKept) as error:
            await refuse(context, error)

    return grpc.unary_unary_rpc_method_handler(serve, request_type.FromString, _serialize)


def streaming(handler: Callable[[Any], Iterator[Any]], request_type: Any) -> grpc.RpcMethodHandler[Any, Any]:
    """Return a method with several messages for an answer."""

    async def serve(request: Any, context: Context[Any, Any]) -> AsyncIterator[Any]:
        try:
            require_supported(request, _SUPPORTED)
            # All of it before the first is sent: what is read must be of one moment.
            for response in list(handler(request)):
                yield response
        except (ApiError, NotKept) as error:
            await refuse(context, error)

    return grpc.unary_stream_rpc_method_handler(serve, request_type.FromString, _serialize)


def bidirectional(
    handler: Callable[[AsyncIterator[Any]], AsyncGenerator[Any, None]], request_type: Any
) -> grpc.RpcMethodHandler[Any, Any]:
    """Return a method with answers while requests go on."""

    async def serve(requests: AsyncIterator[Any], context: Context[Any, Any]) -> AsyncIterator[Any]:
        try:
            async with aclosing(handler(requests)) as responses:
                async for response in responses:
                    yield response
        except (ApiError, NotKept) as error:
            await refuse(context, error)

    return grpc.stream_stream_rpc_method_handler(serve, request_type.FromString, _serialize)


def _serialize(message: Message) -> bytes:
    content: bytes = message.SerializeToString()
    return content
