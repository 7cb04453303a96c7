"""Deleting a podcast, so that nothing of it is left: its objects, its documents, its rights to listen.

It is removed twice. Whoever was at work on it when it was deleted may store one more thing that they had begun, an
object or a turn, and no agent may delete anything. Work that begins afterwards finds no podcast, and stores nothing. So
once everything that was under way must have ended, the sweeper has the gateway remove it again, and that is all of it.
A note in `removals` says so; it is made first, so that a deletion that breaks off is completed, too.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Request, Response
from google.api_core import exceptions as google_errors
from google.cloud.firestore_v1 import FieldFilter
from google.cloud.firestore_v1.field_path import FieldPath

from common.blobs import delete_objects
from common.clients import RETRY, TIMEOUT, database
from common.documents import removal_ref, workflow_ref
from common.errors import ServiceBroken
from common.idempotency import record_prefixes
from common.names import workflow_prefix
from common.policy import POLICIES
from common.problems import json_response
from common.settings import Settings
from functions.api_gateway.ownership import cancelled
from functions.api_gateway.requests_schema import RemovalRequest


def delete(settings: Settings, request: Request, owner: str, workflow_id: str) -> Response:
    """Remove a podcast. Its making is stopped first."""
    cancelled(settings, owner, workflow_id)
    due = datetime.now(UTC) + timedelta(seconds=settings.removed_again_after_s)
    try:
        removal_ref(database(settings), workflow_id).set({"due": due}, retry=RETRY, timeout=TIMEOUT)
        # The gateway's own record stays for now: a request that is repeated late is to find that this was deleted
        _remove(settings, workflow_id, records_of=tuple(POLICIES))
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "Not everything could be deleted; ask again.") from error
    return Response(status=204)


def remove_again(settings: Settings, request: Request, asked: RemovalRequest) -> Response:
    """Remove what came to be after a deletion. Of podcasts that nobody deleted, nothing."""
    workflow_id = asked.workflow_id
    try:
        removal = removal_ref(database(settings), workflow_id)
        due: bool = removal.get(retry=RETRY, timeout=TIMEOUT).exists
        if due:
            _remove(settings, workflow_id, records_of=(*POLICIES, "api_gateway"))
            removal.delete(retry=RETRY, timeout=TIMEOUT)
    except google_errors.GoogleAPIError as error:
        raise ServiceBroken("store_unreachable", "Not everything could be removed; ask again.") from error
    return json_response({"removed": due})


def _remove(settings: Settings, workflow_id: str, records_of: tuple[str, ...]) -> None:
    db = database(settings)
    delete_objects(settings, workflow_prefix(workflow_id))
    streams = db.collection("streams").where(filter=FieldFilter("workflow_id", "==", workflow_id))
    for stream in streams.stream(retry=RETRY, timeout=TIMEOUT):
        stream.reference.delete(retry=RETRY, timeout=TIMEOUT)
    records = db.collection("idempotency")
    for prefix in record_prefixes(workflow_id, records_of):
        first, past = records.document(prefix), records.document(prefix + "\uf8ff")
        query = records.where(filter=FieldFilter(FieldPath.document_id(), ">=", first))
        query = query.where(filter=FieldFilter(FieldPath.document_id(), "<", past))
        for record in query.stream(retry=RETRY, timeout=TIMEOUT):
            record.reference.delete(retry=RETRY, timeout=TIMEOUT)
    db.recursive_delete(workflow_ref(db, workflow_id))
