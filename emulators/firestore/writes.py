"""What a Write does to a document: preconditions, masks, transforms.

Semantics: https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1#write
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import grpc

from emulators.firestore import fields as fieldpaths
from emulators.firestore.names import check_document
from emulators.firestore.protos import Document, Message, Value, Write, WriteResult, to_micros, to_timestamp
from emulators.firestore.values import NAN, is_number, normalize, number, saturated, sort_key, to_number
from emulators.grpc_service import ApiError, already_exists, invalid, not_found, unimplemented

_MAX_DOCUMENT_BYTES = 1_048_576


class Staging:
    """The writes of one commit, applied in order to copies: nothing is changed until all of them have passed."""

    def __init__(self, read: Callable[[str], Document | None], database: str, version: int) -> None:
        self._read = read
        self._database = database
        self._version = version
        self._staged: dict[str, Document | None] = {}

    def apply(self, writes: Iterable[Write]) -> tuple[dict[str, Document | None], list[WriteResult]]:
        """Return the documents after all writes, by name, and a result for each write. Raises ApiError."""
        applied = [self._apply(write) for write in writes]
        for name, document in self._staged.items():
            self._staged[name] = self._unchanged_or(name, document)
        results = []
        for name, transform_results in applied:
            document = self._staged[name]
            result = WriteResult(transform_results=transform_results)
            if document is not None:
                result.update_time.CopyFrom(document.update_time)
            results.append(result)
        return self._staged, results

    def _unchanged_or(self, name: str, document: Document | None) -> Document | None:
        """Return a write without a change leaves the document, its update time included, as before."""
        before = self._read(name)
        if before is not None and document is not None and before.fields == document.fields:
            return before
        return document

    def _apply(self, write: Write) -> tuple[str, list[Value]]:
        operation = write.WhichOneof("operation")
        if operation == "update":
            name, transforms = write.update.name, write.update_transforms
        elif operation == "transform":
            name, transforms = write.transform.document, write.transform.field_transforms
        elif operation == "delete":
            name, transforms = write.delete, []
        else:
            raise invalid("empty write operation")
        check_document(name, self._database)
        current = self._staged[name] if name in self._staged else self._read(name)
        self._check_precondition(write, name, current)
        if operation == "delete":
            self._staged[name] = None
            return name, []

        document = self._updated(write, current)
        document.name = name
        results = [self._transform(document, transform) for transform in transforms]
        if document.ByteSize() > _MAX_DOCUMENT_BYTES:
            raise invalid(
                f"Document '{name}' cannot be written because its size ({document.ByteSize():,} bytes) exceeds the "
                f"maximum allowed size of {_MAX_DOCUMENT_BYTES:,} bytes."
            )
        self._staged[name] = document
        return name, results

    def _updated(self, write: Write, current: Document | None) -> Document:
        """Return the document with the fields that the write sets, before its transforms."""
        normalize(write.update.fields)
        keeps_fields = write.HasField("update_mask") or write.WhichOneof("operation") == "transform"
        base = current if keeps_fields else write.update
        document = Document()
        if base is not None:
            document.CopyFrom(base)
        now = to_timestamp(self._version)
        document.update_time.CopyFrom(now)
        document.create_time.CopyFrom(now if current is None else current.create_time)
        for path in fieldpaths.parse_mask(write.update_mask.field_paths):
            value = fieldpaths.get(write.update.fields, path)
            if value is None:
                fieldpaths.remove(document.fields, path)
            else:
                fieldpaths.put(document.fields, path, value)
        return document

    def _check_precondition(self, write: Write, name: str, current: Document | None) -> None:
        condition = write.current_document.WhichOneof("condition_type")
        if condition == "exists":
            if write.current_document.exists and current is None:
                raise not_found(f"No document to update: {name}")
            if not write.current_document.exists and current is not None:
                raise already_exists(f"Document already exists: {name}")
        elif condition == "update_time":
            required = to_micros(write.current_document.update_time)
            stored = 0 if current is None else to_micros(current.update_time)
            if stored != required:
                raise ApiError(
                    grpc.StatusCode.FAILED_PRECONDITION,
                    f"the stored version ({stored}) does not match the required base version ({required})",
                )

    def _transform(self, document: Document, transform: Message) -> Value:
        """Apply a FieldTransform to the document; its transform result."""
        path = fieldpaths.parse(transform.field_path)
        current = fieldpaths.get(document.fields, path)
        result = Value(null_value=0)
        match transform.WhichOneof("transform_type"):
            case "set_to_server_value":
                if transform.set_to_server_value != 1:
                    raise unimplemented(f"server value {transform.set_to_server_value}")
                changed = result = Value(timestamp_value=to_timestamp(self._version // 1000 * 1000))
            case "increment":
                changed = result = _increment(current, transform.increment)
            case "maximum":
                changed = result = _extreme(current, transform.maximum, largest=True)
            case "minimum":
                changed = result = _extreme(current, transform.minimum, largest=False)
            case "append_missing_elements":
                changed = _union(current, transform.append_missing_elements.values)
            case "remove_all_from_array":
                changed = _difference(current, transform.remove_all_from_array.values)
            case _:
                raise invalid("A field transform has no type.")
        fieldpaths.put(document.fields, path, changed)
        return result


def _require_number(operand: Value) -> None:
    if not is_number(operand):
        raise invalid("The operand of a numeric transform must be an integer or a double.")


def _increment(current: Value | None, operand: Value) -> Value:
    _require_number(operand)
    if current is None or not is_number(current):
        return operand
    total = number(current) + number(operand)
    return to_number(saturated(total) if isinstance(total, int) else total)


def _extreme(current: Value | None, operand: Value, largest: bool) -> Value:
    """Return the greater or smaller of two numbers; the stored number if equal, and NaN if either is NaN."""
    _require_number(operand)
    if current is None or not is_number(current):
        return operand
    stored, given = sort_key(current), sort_key(operand)
    if NAN in (stored, given):
        return current if stored == NAN else operand
    return operand if (given > stored if largest else given < stored) else current


def _elements(current: Value | None) -> list[Value]:
    is_array = current is not None and current.WhichOneof("value_type") == "array_value"
    return list(current.array_value.values) if current is not None and is_array else []


def _array(elements: Iterable[Value]) -> Value:
    array = Value()
    array.array_value.SetInParent()
    array.array_value.values.extend(elements)
    return array


def _union(current: Value | None, operands: Iterable[Value]) -> Value:
    elements = _elements(current)
    present = {sort_key(element) for element in elements}
    for operand in operands:
        if sort_key(operand) not in present:
            present.add(sort_key(operand))
            elements.append(operand)
    return _array(elements)


def _difference(current: Value | None, operands: Iterable[Value]) -> Value:
    unwanted = {sort_key(operand) for operand in operands}
    return _array(element for element in _elements(current) if sort_key(element) not in unwanted)
