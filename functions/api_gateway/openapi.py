"""The OpenAPI 3.1 document of the public API, served at /api/v1/openapi.json: made of a table of operations."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from common.artifacts import KINDS
from common.contract import MAX_KEY_CHARACTERS, MAX_SEGMENT
from functions.api_gateway.answers import ListedPodcast, Problem
from functions.api_gateway.operation import EVERYBODY, Operation

PROBLEMS = {
    HTTPStatus.BAD_REQUEST: "The request is malformed; `errors` names each field that is wrong.",
    HTTPStatus.UNAUTHORIZED: "No API key, or one that is not known; or an ID token that is not valid here.",
    HTTPStatus.FORBIDDEN: "The API key was revoked.",
    HTTPStatus.NOT_FOUND: "There is nothing of that name of this owner.",
    HTTPStatus.CONFLICT: "The podcast's state does not allow it, or the same request is being worked on.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request is too large.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "The idempotency key was used for another request, or an engine turns this one "
    "down.",
    HTTPStatus.TOO_MANY_REQUESTS: "The key's quota is used up, or it follows as much as it may; `Retry-After` says for "
    "how long.",
    HTTPStatus.BAD_GATEWAY: "Something that the service depends on failed; ask again.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Busy; ask again.",
}
RATE_LIMIT_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
QUOTA_HEADERS = ("RateLimit", "RateLimit-Policy")
"""Every quota that the request has met, as structured fields of the IETF's draft."""
_IN_PATH = {
    "workflow_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "segment": {"type": "integer", "minimum": 0, "maximum": MAX_SEGMENT},
    "share_id": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
    "token": {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"},
    "name": {"type": "string", "enum": list(KINDS)},
}
_KEY = {
    "name": "X-Idempotency-Key",
    "in": "header",
    "description": "Makes a repetition of this request the same podcast.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARACTERS},
}


class _Untitled(GenerateJsonSchema):
    """Schemas without the titles made of names by pydantic: such titles say nothing more than the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def document(operations: Iterable[Operation], server: str, *, id_tokens: bool = False) -> dict[str, Any]:
    """Describe the API of `operations` at `server`, which may take `id_tokens` beside API keys."""
    documented = [operation for operation in operations if operation.name]
    paths: dict[str, dict[str, Any]] = {}
    for operation in documented:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    security: dict[str, Any] = {"apiKey": {"type": "http", "scheme": "bearer"}}
    if id_tokens:
        told = "An ID token of Google, made out to this deployment's OAuth client."
        security["idToken"] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": told}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Aethercast",
            "version": "1.0",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            "description": "Podcasts about a topic, links, documents or a text, heard while they are being made.",
        },
        "servers": [{"url": server}],
        "security": [{name: []} for name in security],
        "paths": paths,
        "components": {"securitySchemes": security, "schemas": _schemas(documented)},
    }


def _schemas(documented: list[Operation]) -> dict[str, Any]:
    """Describe every model of requests and answers, and the models of their parts, by name."""
    asked = {operation.asks for operation in documented if operation.asks}
    answered = {body for operation in documented if isinstance(body := operation.answer.body, type)}
    wanted: dict[type[BaseModel], JsonSchemaMode] = dict.fromkeys(asked, "validation")
    wanted |= dict.fromkeys({*answered, Problem, ListedPodcast}, "serialization")  # the latter in events
    named = sorted(wanted.items(), key=lambda one: one[0].__name__)
    _, found = models_json_schema(named, ref_template="#/components/schemas/{model}", schema_generator=_Untitled)
    schemas: dict[str, Any] = found["$defs"]
    for schema in schemas.values():
        schema.pop("title", None)
    return schemas


def _described(operation: Operation) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": operation.answer.meaning}
    if operation.counted:
        answer["headers"] = {name: {"schema": {"type": "integer"}} for name in RATE_LIMIT_HEADERS}
        answer["headers"] |= {name: {"schema": {"type": "string"}} for name in QUOTA_HEADERS}
    match operation.answer.body:
        case str(media_type):
            answer["content"] = {media_type: {"schema": {"type": "string"}}}
        case type() as model:
            answer["content"] = {"application/json": {"schema": _ref(model)}}
    told = {
        str(status.value): {
            "description": PROBLEMS[status],
            "content": {"application/problem+json": {"schema": _ref(Problem)}},
        }
        for status in sorted(operation.problems)
    }
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in _IN_PATH.items()
        if f"{{{name}}}" in operation.path
    ]
    parameters += [{"name": name, "in": "query", "schema": schema} for name, schema in operation.query.items()]
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*parameters, *([_KEY] if operation.once else [])],
        "responses": {str(operation.answer.status.value): answer, **told},
    }
    if operation.asks:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(operation.asks)}}}
    if operation.by == EVERYBODY:
        found["security"] = []
    return found


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
