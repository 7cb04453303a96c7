"""The files of finished podcasts, an hour after the last title: what is missing is asked for again, as a task or an
event may have been lost; then what nothing leads to any more is removed, the files of earlier titles above all.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from common.artifacts import FILES
from common.names import episode_file, gs_uri
from common.records import Workflow
from common.services import service
from common.settings import Settings
from common.states import WorkflowState, WorkState
from common.store import work, workflows
from common.store.access import Changed
from functions.orchestrator import pipeline
from functions.orchestrator.pipeline import Told

logger = logging.getLogger(__name__)

EDITIONS = ("mp3", "m4a")


def look_after(settings: Settings, workflow: Workflow, now: datetime) -> str | None:
    """Ask for missing files again, and look once more later; or have leftovers removed, and that is the end."""
    done, due = None, None
    if workflow.state == WorkflowState.COMPLETED:
        later = timedelta(seconds=settings.removed_again_after_s)
        told: Told = {"renames": workflow.renames, "again": f"files-{int(now.timestamp())}"}
        if _missing(settings, workflow, "mastering", "master", set(FILES) - {*EDITIONS}):
            logger.warning("files of workflow %s are asked for again", workflow.id)
            pipeline.renamed(settings, workflow.id, told)
            done, due = "asked_again", now + later
        elif _missing(settings, workflow, "editions", "editions", EDITIONS):
            logger.warning("editions of workflow %s are asked for again", workflow.id)
            pipeline.make_editions(settings, workflow.id, told)
            done, due = "asked_again", now + later
        elif _removed_leftovers(settings, workflow.id):
            done = "tidied"
    try:
        workflows.change(settings, workflow, replace(workflow, files_due=due))
    except Changed:
        return None  # it is being renamed, or a file comes: the next sweep looks again
    return done


def _missing(settings: Settings, workflow: Workflow, agent: str, what: str, kinds: set[str] | tuple[str, ...]) -> bool:
    """Tell whether files of the present title are not there, and not given up either."""
    artifacts = workflow.artifacts or {}

    def there(kind: str) -> bool:
        name = episode_file(workflow.id, workflow.renames, FILES[kind].name)
        return artifacts.get(kind) == gs_uri(settings.audio_bucket, name)

    if all(map(there, kinds)):
        return False
    key = pipeline.titled(f"{workflow.id}-{what}", {"renames": workflow.renames})
    record = work.read(settings, work.record_id(agent, key))
    return record is None or record.state != WorkState.FAILED


def _removed_leftovers(settings: Settings, workflow_id: str) -> bool:
    """Have the gateway delete objects, which nobody else may."""
    return service(settings.gateway_url).post(
        "/internal/v1/leftovers", {"workflow_id": workflow_id}, read=lambda answer: bool(answer["removed"]), timeout=60
    )
