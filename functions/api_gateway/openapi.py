"""The OpenAPI 3.1 document of the public API, served at /api/v1/openapi.json: a line or two an operation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from common.artifacts import KINDS
from functions.api_gateway.openapi_schemas import SCHEMAS, ref
from functions.api_gateway.requests_schema import ContinueRequest, GenerateRequest, RemakeRequest, RenameRequest

_PROBLEMS = {
    400: "The request is malformed; `errors` names each field that is wrong.",
    401: "No API key, or one that is not known; or an ID token that is not valid here.",
    403: "The API key was revoked.",
    404: "There is nothing of that name of this owner.",
    409: "The podcast's state does not allow it, or the same request is being worked on.",
    413: "The request is too large.",
    422: "The idempotency key was used for another request.",
    429: "The key's quota is used up, or it follows as much as it may; `Retry-After` says for how long.",
    502: "Something that the service depends on failed; ask again.",
    503: "Busy; ask again.",
}
RATE_LIMIT_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")
_ID = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_TOKEN = {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}
_FILE = {"type": "string", "enum": list(KINDS)}
_IN_PATH = {"workflow_id": _ID, "token": _TOKEN, "name": _FILE}
_KEY = {
    "name": "X-Idempotency-Key",
    "in": "header",
    "description": "Makes a repetition of this request the same podcast.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


@dataclass(frozen=True)
class Operation:
    """`answer` is what it gives where all is well: a status, what that means, and the schema or media type of it."""

    method: str
    path: str
    name: str
    summary: str
    answer: tuple[int, str, str | None]
    problems: tuple[int, ...] = ()
    parameters: tuple[dict[str, Any], ...] = ()
    body: str | None = None
    by_key: bool = True


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema}


_PODCAST = "/api/v1/podcasts/{workflow_id}"
OPERATIONS = (
    Operation(
        "post",
        "/api/v1/podcasts/generate",
        "generate",
        "Have a podcast made; listen to it at once over the WebSocket.",
        (202, "The podcast is being made.", "Accepted"),
        (400, 409, 413, 422, 429),
        (_KEY,),
        "GenerateRequest",
    ),
    Operation(
        "get",
        "/api/v1/podcasts",
        "list",
        "Your podcasts, newest first.",
        (200, "A page of them.", "Page"),
        (400, 429),
        (
            _query("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}),
            _query("page_token", {"type": "string"}),
            _query("q", {"type": "string", "description": "Words of the title."}),
        ),
    ),
    Operation("get", _PODCAST, "show", "How a podcast stands.", (200, "The podcast.", "Podcast"), (404,)),
    Operation(
        "patch",
        _PODCAST,
        "rename",
        "Give a podcast another title: lists and feeds show it at once, finished files soon after.",
        (200, "The podcast.", "Podcast"),
        (400, 404, 413, 429),
        body="RenameRequest",
    ),
    Operation(
        "delete", _PODCAST, "delete", "Remove a podcast and everything of it.", (204, "It is gone.", None), (404,)
    ),
    Operation(
        "post", f"{_PODCAST}/cancel", "cancel", "Stop making a podcast.", (200, "The podcast.", "Podcast"), (404, 409)
    ),
    Operation(
        "post",
        f"{_PODCAST}/continue",
        "continue",
        "A new podcast with more about one chapter, from what its sources say and was not told yet.",
        (202, "The podcast is being made.", "Accepted"),
        (400, 404, 409, 413, 422, 429),
        (_KEY,),
        "ContinueRequest",
    ),
    Operation(
        "post",
        f"{_PODCAST}/remake",
        "remake",
        "A new podcast of a finished one's edited script; only what was edited is voiced again.",
        (202, "The podcast is being made.", "Accepted"),
        (400, 404, 409, 413, 422, 429),
        (_KEY,),
        "RemakeRequest",
    ),
    Operation(
        "post",
        f"{_PODCAST}/stream",
        "openStream",
        "A fresh right to hear a podcast.",
        (201, "Where to listen, and with what.", "Stream"),
        (404, 409, 429),
    ),
    Operation(
        "get",
        f"{_PODCAST}/segments",
        "segments",
        "The script, turn by turn.",
        (200, "As far as it is written.", "Script"),
        (404, 429),
    ),
    Operation(
        "get",
        f"{_PODCAST}/events",
        "follow",
        "Progress as server-sent events: `progress` at first and at each change, `end` at last.",
        (200, "Events whose data is the podcast, as in a list.", "text/event-stream"),
        (404, 429),
    ),
    Operation("get", f"{_PODCAST}/audio", "audio", "The finished episode.", (302, "Where it is.", None), (404, 409)),
    Operation(
        "get",
        f"{_PODCAST}/files/{{name}}",
        "file",
        "A file of the finished episode, under an address that stays.",
        (302, "Where it is for now.", None),
        (404, 409),
    ),
    Operation(
        "get",
        "/api/v1/engines",
        "engines",
        "Who may write and speak: what a request can choose from, the default engines first.",
        (200, "Their voices, languages and prices.", "Engines"),
    ),
    Operation(
        "post",
        "/api/v1/feeds",
        "createFeed",
        "A private feed of your podcasts, for any podcast app.",
        (201, "Its address, which is told this once and is a secret.", "Feed"),
        (429,),
    ),
    Operation("delete", "/api/v1/feeds", "revokeFeeds", "Take back all your feeds.", (204, "They are gone.", None)),
    Operation(
        "get",
        "/api/v1/feeds/{token}/rss.xml",
        "feed",
        "The feed: RSS 2.0 with the namespaces of iTunes and Podcasting 2.0. Conditional requests spare its transfer.",
        (200, "The newest hundred podcasts.", "application/rss+xml"),
        (404,),
        by_key=False,
    ),
    Operation(
        "get",
        "/api/v1/feeds/{token}/{workflow_id}/{name}",
        "feedFile",
        "A file of a podcast of the feed.",
        (302, "Where it is for now.", None),
        (404, 409),
        by_key=False,
    ),
)


def document(server: str, *, id_tokens: bool = False) -> dict[str, Any]:
    """The document for the API at `server`, which may take `id_tokens` beside API keys."""
    schemas = dict(SCHEMAS)
    for request in (ContinueRequest, GenerateRequest, RemakeRequest, RenameRequest):
        schema = request.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {})
        schemas[request.__name__] = schema
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
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
        "components": {
            "securitySchemes": security,
            "schemas": schemas,
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    status, meaning, content = operation.answer
    answer: dict[str, Any] = {"description": meaning}
    if 429 in operation.problems and content != "text/event-stream":  # those are counted while they last
        answer["headers"] = {name: {"schema": {"type": "integer"}} for name in RATE_LIMIT_HEADERS}
    if content and "/" in content:
        answer["content"] = {content: {"schema": {"type": "string"}}}
    elif content:
        answer["content"] = {"application/json": {"schema": ref(content)}}
    problems = {*operation.problems, 502, 503} | ({401, 403} if operation.by_key else set())
    told = {
        str(code): {
            "description": _PROBLEMS[code],
            "content": {"application/problem+json": {"schema": ref("Problem")}},
        }
        for code in sorted(problems)
    }
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in _IN_PATH.items()
        if f"{{{name}}}" in operation.path
    ]
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*in_path, *operation.parameters],
        "responses": {str(status): answer, **told},
    }
    if operation.body:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": ref(operation.body)}}}
    if not operation.by_key:
        found["security"] = []
    return found
