"""The three ways to upload: media (the content alone), multipart (with a description), resumable (in pieces).

https://cloud.google.com/storage/docs/uploads-downloads
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from werkzeug.wrappers import Request, Response

from emulators.storage.answers import json_answer, missing, resource
from emulators.storage.objects import Object, Objects, Preconditions, StorageError
from emulators.storage.rights import CREATE, Caller

Put = Callable[[Caller, str, str, bytes, dict[str, Any], Preconditions], Object]
"""Writes an object: who does, bucket, name, content, settings, preconditions."""

_STATUS_CANCELLED = 499
_REMEMBERED = 200
"""Finished uploads."""


@dataclass
class _Session:
    """A resumable upload on its way; it ends with the process."""

    caller: Caller
    name: str
    settings: dict[str, Any]
    preconditions: Preconditions
    content: bytearray = field(default_factory=bytearray)

    def take(self, content_range: str | None, data: bytes) -> int | None:
        """Add a piece; the total size once that is known. Repeated pieces are recognized by their offsets."""
        if content_range is None:
            self.content = bytearray(data)
            return len(data)
        found = re.fullmatch(r"bytes (?:(\d+)-(\d+)|\*)/(?:(\d+)|\*)", content_range)
        if found is None:
            raise StorageError(400, "invalid", f"Content-Range {content_range!r} is malformed.")
        if found[1] is not None:
            start = int(found[1])
            if start > len(self.content):
                raise StorageError(400, "invalid", "A piece of the upload is missing before this one.")
            if int(found[2]) - start + 1 != len(data):
                raise StorageError(400, "invalid", "Content-Range and the body differ in length.")
            self.content[start:] = data
        return int(found[3]) if found[3] is not None else None


class Uploads:
    """Serves /upload/storage/v1/b/{bucket}/o; what has arrived whole goes to `put`."""

    def __init__(self, objects: Objects, put: Put) -> None:
        self._objects, self._put = objects, put
        self._sessions: dict[str, _Session] = {}
        self._finished: dict[str, dict[str, Any]] = {}
        """What was made of the latest uploads, by their id: a client whose last answer was lost asks again."""

    def reset(self) -> None:
        self._sessions.clear()
        self._finished.clear()

    def answer(self, caller: Caller, request: Request, bucket: str) -> Response:
        match request.method, request.args.get("uploadType"):
            case "POST", "media":
                settings: dict[str, Any] = {"contentType": request.content_type}
                return self._whole(caller, request, bucket, settings, request.get_data())
            case "POST", "multipart":
                return self._whole(caller, request, bucket, *_parts(request))
            case "POST", "resumable":
                return self._begin(caller, request, bucket)
            case (("PUT" | "DELETE"), "resumable"):
                return self._continue(request, bucket)
            case method, kind:
                raise missing(f"{method} with uploadType={kind}")

    def _whole(
        self, caller: Caller, request: Request, bucket: str, settings: dict[str, Any], content: bytes
    ) -> Response:
        name = settings.get("name") or request.args["name"]
        made = self._put(caller, bucket, name, content, settings, Preconditions.of(request.args))
        return json_answer(resource(made))

    def _begin(self, caller: Caller, request: Request, bucket: str) -> Response:
        caller.require(CREATE)
        settings = request.get_json(silent=True) or {}
        settings.setdefault("contentType", request.headers.get("X-Upload-Content-Type", ""))
        self._objects.bucket(bucket)
        upload_id = uuid.uuid4().hex
        name = settings.get("name") or request.args["name"]
        self._sessions[upload_id] = _Session(caller, name, settings, Preconditions.of(request.args))
        return Response(headers={"Location": f"{request.base_url}?uploadType=resumable&upload_id={upload_id}"})

    def _continue(self, request: Request, bucket: str) -> Response:
        upload_id = request.args.get("upload_id", "")
        if upload_id in self._finished:
            return json_answer(self._finished[upload_id])
        session = self._sessions.get(upload_id)
        if session is None:
            raise StorageError(404, "notFound", "There is no such upload.")
        if request.method == "DELETE":
            del self._sessions[upload_id]
            return Response(status=_STATUS_CANCELLED)
        total = session.take(request.headers.get("Content-Range"), request.get_data())
        if total is None or len(session.content) < total:
            headers = {"Range": f"bytes=0-{len(session.content) - 1}"} if session.content else {}
            return Response(status=308, headers=headers)
        settings = session.settings | _hashes(request.headers.get("X-Goog-Hash", ""))
        made = self._put(session.caller, bucket, session.name, bytes(session.content), settings, session.preconditions)
        self._sessions.pop(upload_id, None)
        self._finished[upload_id] = resource(made)
        while len(self._finished) > _REMEMBERED:
            del self._finished[next(iter(self._finished))]
        return json_answer(self._finished[upload_id])


def _hashes(header: str) -> dict[str, str]:
    """X-Goog-Hash as the fields of an object: `crc32c=…,md5=…`."""
    pairs = (part.strip().partition("=") for part in header.split(",") if part)
    fields = {"crc32c": "crc32c", "md5": "md5Hash"}
    return {fields[kind]: value for kind, _, value in pairs if kind in fields}


def _parts(request: Request) -> tuple[dict[str, Any], bytes]:
    """Return the two parts of a multipart/related upload: what is said about the object, and its content."""
    try:
        boundary = request.mimetype_params["boundary"].encode()
        _, about, content, *_ = request.get_data().split(b"--" + boundary)
        settings = json.loads(about.lstrip(b"\r\n").partition(b"\r\n\r\n")[2])
    except (KeyError, ValueError):
        raise StorageError(400, "badContent", "The multipart body is malformed.") from None
    headers, _, media = content.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    media_type = BytesParser(policy=HTTP).parsebytes(headers + b"\r\n\r\n").get("content-type")
    settings.setdefault("contentType", media_type)
    return settings, media.removesuffix(b"\r\n")
