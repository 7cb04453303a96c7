"""Cloud Storage on this machine: the JSON API for google-cloud-storage, and V4 signed URLs on XML-style paths.

API: https://cloud.google.com/storage/docs/json_api/v1. JSON requests need no token, as with other emulators, unless
accounts are granted roles; XML requests need a signature. Unsupported requests are answered 501, by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from emulators.delays import Delays, delayed_app
from emulators.http_server import HttpServer
from emulators.journal import Journal, NotKept
from emulators.loopback import is_a_pages, loopback_only
from emulators.meter import Meter
from emulators.storage.answers import content, google_headers, json_answer, missing, refusal, require_known, resource
from emulators.storage.links import Links
from emulators.storage.objects import Object, Objects, Preconditions, Replacing, StorageError
from emulators.storage.rights import CREATE, DELETE, GET, LIST, UPDATE, Accounts, Caller, Grants, Rights
from emulators.storage.signed_urls import Verifier
from emulators.storage.uploads import Uploads

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Faults = Callable[[str, str], int | None]
"""Given (method, "bucket/object"), the HTTP status to fail the request with before anything happens, or None."""


class Identity(Verifier, Accounts, Protocol):
    """Knows signatures and access tokens."""


_SERVICE = re.compile(r"/(?:(?P<service>upload|download|batch|resumable/upload)/)?storage/v1(?P<rest>/.*|$)")
_RESOURCE = re.compile(r"/b(?:/(?P<bucket>[^/]+)(?:/(?P<objects>o)(?:/(?P<name>[^/]+)(?P<verb>/compose)?)?)?)?/?")

_COMMON = frozenset({"projection", "prettyPrint", "fields", "alt", "userProject", "project", "quotaUser"})
_CONDITIONS = frozenset(
    {"ifGenerationMatch", "ifGenerationNotMatch", "ifMetagenerationMatch", "ifMetagenerationNotMatch", "generation"}
)
_LIST = frozenset({"prefix", "delimiter", "pageToken", "maxResults", "startOffset", "endOffset"})
_UPLOAD = frozenset({"uploadType", "name", "upload_id"})
_KNOWN_PARAMETERS = _COMMON | _CONDITIONS | _LIST | _UPLOAD
# Hashes are checked; the invocation id is what the client marks its retries with.
_KNOWN_HEADERS = frozenset({"x-goog-hash", "x-goog-api-client", "x-goog-user-project", "x-goog-gcs-idempotency-token"})
_MAX_COMPONENTS = 32


class StorageEmulator:
    """One Cloud Storage. `identity` checks signatures, `clock` tells their expiry, `faults` breaks requests at will.

    With `grants`, each account has the rights of its roles, and requests without a token those of `ANONYMOUS`. Creating
    an object under a taken name is then refused without the right to delete: 412 if the precondition is checked
    first, 403 with `taken_is_forbidden`. Google does not say which it is.
    """

    def __init__(
        self,
        meter: Meter,
        journal: Journal,
        identity: Identity,
        *,
        grants: Grants | None = None,
        taken_is_forbidden: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        faults: Faults | None = None,
        delays: Delays | None = None,
    ) -> None:
        self._meter, self._faults = meter, faults
        self._rights = Rights(grants, identity)
        self._taken_is_forbidden = taken_is_forbidden
        self._objects = Objects(journal)
        self._uploads = Uploads(self._objects, self._put)
        self._links = Links(self._objects, self._put, self._count_read, identity, self._rights, clock)
        app = delayed_app(self._app, delays, _kind) if delays else self._app
        self._server = HttpServer(loopback_only(app), patient=delays is not None)

    def start(self, port: int = 0) -> int:
        """Serve on the loopback interface; the port."""
        return self._server.start(port)

    def stop(self) -> None:
        self._server.stop()

    def reset(self) -> None:
        self._uploads.reset()
        self._objects.reset()

    def _app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        raw = urlsplit(re.sub("^//+", "/", request.environ["REQUEST_URI"]))
        json_api = _SERVICE.fullmatch(raw.path)
        try:
            if json_api and is_a_pages(request.environ):
                raise StorageError(403, "forbidden", "Pages may use signed links, and not this API.")
            if json_api is None:
                self._fail_on_purpose(request.method, unquote(raw.path).lstrip("/"))
                return self._links.answer(request, raw.path, raw.query)
            return self._route(request, json_api["service"], json_api["rest"])
        except StorageError as error:
            return refusal(error, xml=json_api is None)
        except NotKept as error:
            return refusal(StorageError(503, "backendError", str(error)), xml=json_api is None)
        except (HTTPException, KeyError, ValueError) as error:
            return refusal(StorageError(400, "invalid", f"Malformed request: {error}"), xml=json_api is None)

    def _route(self, request: Request, service: str | None, rest: str) -> Response:
        route = _RESOURCE.fullmatch(rest)
        if route is None or service not in {None, "upload", "download"}:
            raise missing(f"{request.method} {service or ''}{rest}")
        require_known("parameter", {key for key in request.args if request.args[key] != "false"}, _KNOWN_PARAMETERS)
        require_known("header", google_headers(request), _KNOWN_HEADERS)
        bucket, name = (unquote(route[group]) if route[group] else None for group in ("bucket", "name"))
        self._fail_on_purpose(request.method, f"{bucket}/{name}")
        caller = self._rights.bearer(request.headers.get("Authorization", ""))
        if service == "upload":
            return self._uploads.answer(caller, request, str(bucket))
        if name is not None:
            return self._on_object(caller, request, str(bucket), name, composing=bool(route["verb"]))
        return self._on_bucket(caller, request, bucket, listing=bool(route["objects"]))

    def _fail_on_purpose(self, method: str, resource: str) -> None:
        status = self._faults(method, resource) if self._faults else None
        if status:
            raise StorageError(status, "backendError", "A fault was ordered.")

    def _on_bucket(self, caller: Caller, request: Request, bucket: str | None, *, listing: bool) -> Response:
        match request.method, bucket:
            case "POST", None:
                caller.require("storage.buckets.create")
                settings = dict(request.json)
                name = settings.pop("name")
                self._count_write(name)
                return json_answer(self._objects.create_bucket(name, settings))
            case "GET", None:
                caller.require("storage.buckets.list")
                self._count_write("")
                return json_answer({"kind": "storage#buckets", "items": self._objects.buckets()})
            case "GET", str() if listing:
                caller.require(LIST)
                return self._list(request, bucket)
            case "GET", str():
                caller.require("storage.buckets.get")
                self._count_read(bucket)
                return json_answer(self._objects.bucket(bucket))
            case "PATCH", str():
                caller.require("storage.buckets.update")
                self._count_write(bucket)
                return json_answer(self._objects.patch_bucket(bucket, _changes(request)))
            case "DELETE", str():
                caller.require("storage.buckets.delete")
                self._objects.delete_bucket(bucket)
                return Response(status=204)
        raise missing(f"{request.method} of a bucket")

    def _list(self, request: Request, bucket: str) -> Response:
        arguments = request.args
        self._count_write(f"{bucket}/{arguments.get('prefix', '')}")
        prefix, delimiter = arguments.get("prefix", ""), arguments.get("delimiter", "")
        start = max(arguments.get("startOffset", ""), arguments.get("pageToken", ""))
        limit = min(int(arguments.get("maxResults", 1000)), 1000)
        items: list[dict[str, Any]] = []
        prefixes: dict[str, None] = {}
        page: dict[str, Any] = {"kind": "storage#objects"}
        for found in self._objects.matching(bucket, prefix, start, arguments.get("endOffset", "")):
            head, cut, _ = found.name[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
            if cut and prefix + head + cut in prefixes:
                continue
            if len(items) + len(prefixes) == limit:
                page["nextPageToken"] = found.name
                break
            if cut:
                prefixes[prefix + head + cut] = None
            else:
                items.append(resource(found))
        return json_answer({**page, "items": items, "prefixes": list(prefixes)})

    def _on_object(self, caller: Caller, request: Request, bucket: str, name: str, *, composing: bool) -> Response:
        preconditions = Preconditions.of(request.args)
        generation = int(request.args["generation"]) if "generation" in request.args else None
        named = f"{bucket}/{name}"
        match request.method:
            case "POST" if composing:
                return self._compose(caller, request, bucket, name)
            case "GET" | "HEAD":
                caller.require(GET)
                self._count_read(named)
                found = self._objects.get(bucket, name, preconditions, generation)
                whole = request.args.get("alt") == "media"
                return content(found, request.headers) if whole else json_answer(resource(found))
            case "PATCH":
                caller.require(UPDATE)
                self._count_write(named)
                patched = self._objects.patch(bucket, name, _changes(request), preconditions, generation)
                return json_answer(resource(patched))
            case "DELETE":
                caller.require(DELETE)
                self._objects.delete(bucket, name, preconditions, generation)
                return Response(status=204)
        raise missing(f"{request.method} of an object")

    def _compose(self, caller: Caller, request: Request, bucket: str, name: str) -> Response:
        caller.require(GET)
        body = request.json
        require_known("compose field", set(body), frozenset({"kind", "sourceObjects", "destination"}))
        if not 1 <= len(body["sourceObjects"]) <= _MAX_COMPONENTS:
            raise StorageError(400, "invalid", f"The number of source components must be from 1 to {_MAX_COMPONENTS}.")
        sources = [self._source(bucket, source) for source in body["sourceObjects"]]
        joined = b"".join(source.content for source in sources)
        components = sum(source.components or 1 for source in sources)
        preconditions = Preconditions.of(request.args)
        made = self._put(caller, bucket, name, joined, body.get("destination", {}), preconditions, components)
        return json_answer(resource(made))

    def _source(self, bucket: str, source: dict[str, Any]) -> Object:
        preconditions = Preconditions.of(source.get("objectPreconditions") or {})
        generation = int(source["generation"]) if source.get("generation") else None
        return self._objects.get(bucket, source["name"], preconditions, generation)

    def _put(
        self,
        caller: Caller,
        bucket: str,
        name: str,
        content: bytes,
        settings: dict[str, Any],
        preconditions: Preconditions,
        components: int = 0,
    ) -> Object:
        caller.require(CREATE)
        self._count_write(f"{bucket}/{name}")
        replacing = Replacing(lambda: caller.require(DELETE), first=self._taken_is_forbidden)
        return self._objects.put(bucket, name, content, settings, preconditions, components, replacing)

    def _count_read(self, named: str) -> None:
        self._meter.count("storage_reads", named)

    def _count_write(self, named: str) -> None:
        self._meter.count("storage_writes", named)


def _kind(environ: WSGIEnvironment) -> str | None:
    """Return the kind of a request's delay; browsers' questions about origins are answered on the way."""
    return {"GET": "storage_read", "HEAD": "storage_read", "OPTIONS": None}.get(
        environ["REQUEST_METHOD"], "storage_write"
    )


def _changes(request: Request) -> dict[str, Any]:
    """Return the body of a PATCH; the client sends none at all where nothing changes."""
    return dict(request.json) if request.content_length else {}
