"""The client's types are those of the OpenAPI document: every field of an answer, with its type in the document."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from client import aethercast
from client.aethercast import Aethercast
from functions.api_gateway import openapi
from functions.api_gateway.operations import OPERATIONS

SCHEMAS: dict[str, Any] = openapi.document(OPERATIONS, "https://api.example.com")["components"]["schemas"]
READ_AS = {
    "Accepted": aethercast.Accepted,
    "Stream": aethercast.Stream,
    "Podcast": aethercast.Podcast,
    "ListedPodcast": aethercast.Podcast,
    "Segment": aethercast.Segment,
    "Share": aethercast.Share,
    "SpeechEngine": aethercast.Engine,
    "LanguageEngine": aethercast.Engine,
    "Usage": aethercast.Usage,
}
"""What the client reads each answer as."""
NOT_TOLD = {("Accepted", "status")}
"""What says nothing to a program."""
OF_THE_CALL = {"self", "workflow_id", "idempotency_key", "with_sound", "more", "edits"}
"""Arguments that are no field of a request by their own name: parts of the address, headers and all others."""
ASKED: dict[str, Callable[..., Any]] = {
    "generate": Aethercast.generate,
    "rename": Aethercast.rename,
    "share": Aethercast.share,
    "continue": Aethercast.more_about,
    "remake": Aethercast.remake,
}


def holds(hint: Any, schema: dict[str, Any]) -> bool:
    """Whether whatever is of this schema is of this type."""
    if hint is Any:
        return True
    if "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return all(holds(hint, kind) for kind in schema["anyOf"])
    if get_origin(hint) in {Union, UnionType}:
        return any(holds(kind, schema) for kind in get_args(hint))
    match schema:
        case {"type": "array", "items": items}:
            return get_origin(hint) is list and holds(get_args(hint)[0], items)
        case {"type": "object"}:
            values = [*schema.get("properties", {}).values()] or [schema["additionalProperties"]]
            return get_origin(hint) is dict and all(holds(get_args(hint)[1], value) for value in values)
    kinds = {"string": str, "integer": int, "number": float, "boolean": bool, "null": NoneType}
    return hint is kinds.get(schema.get("type", "string"))


@pytest.mark.parametrize("name", READ_AS)
def test_a_type_has_every_field_of_the_answer(name: str) -> None:
    hints = get_type_hints(READ_AS[name])
    told = {field for field in SCHEMAS[name]["properties"] if (name, field) not in NOT_TOLD}
    assert told <= hints.keys()
    assert {field for field in told if not holds(hints[field], SCHEMAS[name]["properties"][field])} == set()


@pytest.mark.parametrize("kind", dict.fromkeys(READ_AS.values()), ids=lambda kind: kind.__name__)
def test_a_type_has_no_field_that_is_never_answered(kind: type) -> None:
    told = {field for name, read_as in READ_AS.items() if read_as is kind for field in SCHEMAS[name]["properties"]}
    assert set(get_type_hints(kind)) <= told


@pytest.mark.parametrize("name", ASKED)
def test_what_can_be_asked_for_by_name_is_a_field_of_the_request(name: str) -> None:
    [operation] = [one for one in OPERATIONS if one.name == name]
    assert operation.asks is not None
    given = set(inspect.signature(ASKED[name]).parameters) - OF_THE_CALL
    assert given <= set(SCHEMAS[operation.asks.__name__]["properties"])


def test_every_address_that_the_client_asks_is_one_of_the_api() -> None:
    """By their last part, and by the method."""
    source = inspect.getsource(aethercast)
    asked = set(
        re.findall(r'_ask\(\s*"([A-Z]+)", (?:f"\{_PODCASTS\}/\{workflow_id\}(/\w+)?"|_PODCASTS|_FEEDS)', source)
    )
    served = {(one.method, "/" + one.path.rpartition("/")[2]) for one in OPERATIONS if one.name}
    assert len(asked) > 5
    assert {(method, part) for method, part in asked if part} <= served
