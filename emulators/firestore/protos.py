"""The official client's protobuf messages, bare.

The client wraps each message in a proto-plus class that converts at every access; here the underlying generated
classes are used, as they come off the wire. They carry no types, hence the stand-ins for the type checker.

Messages: https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.cloud.firestore_v1 import types as t
from google.protobuf.timestamp_pb2 import Timestamp

if TYPE_CHECKING:
    from google.protobuf import message

    class Message(message.Message):
        def __init__(self, **fields: Any) -> None: ...
        def __getattr__(self, name: str) -> Any: ...
        def __setattr__(self, name: str, value: Any) -> None: ...

    class AggregationResult(Message): ...

    class Document(Message): ...

    class DocumentChange(Message): ...

    class DocumentDelete(Message): ...

    class DocumentRemove(Message): ...

    class ExistenceFilter(Message): ...

    class ListenResponse(Message): ...

    class StructuredQuery(Message):
        FieldFilter: Any
        UnaryFilter: Any
        CompositeFilter: Any

    class TargetChange(Message): ...

    class Value(Message): ...

    class Write(Message): ...

    class WriteResult(Message): ...

else:
    from google.protobuf.message import Message

    AggregationResult = t.AggregationResult.pb()
    Document = t.Document.pb()
    DocumentChange = t.DocumentChange.pb()
    DocumentDelete = t.DocumentDelete.pb()
    DocumentRemove = t.DocumentRemove.pb()
    ExistenceFilter = t.ExistenceFilter.pb()
    ListenResponse = t.ListenResponse.pb()
    StructuredQuery = t.StructuredQuery.pb()
    TargetChange = t.TargetChange.pb()
    Value = t.Value.pb()
    Write = t.Write.pb()
    WriteResult = t.WriteResult.pb()


def message_class(name: str) -> Any:
    """Return the bare class of a message of google.firestore.v1."""
    return getattr(t, name).pb()


def to_timestamp(micros: int) -> Timestamp:
    """Return a version (microseconds since 1970) as a protobuf timestamp."""
    seconds, micros = divmod(micros, 1_000_000)
    return Timestamp(seconds=seconds, nanos=micros * 1000)


def to_micros(timestamp: Timestamp) -> int:
    """Return a protobuf timestamp as microseconds since 1970; what is finer is cut off, as Firestore does."""
    return timestamp.seconds * 1_000_000 + timestamp.nanos // 1000
