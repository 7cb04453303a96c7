"""Behavior of every agent given work by a queue, whatever the work.

    1. only the queue's account may call                       -> 401, 403
    2. claim the work, or find it done and tell its events again
    3. do it: the agent's own story, returning an Outcome
    4. commit the Outcome and the record as one, then publish its events
    5. Refused, or the last attempt failed                     -> the agent's `given_up` Outcome, committed the same way
       Busy or Broken before that                              -> release, 5xx: the queue comes back with backoff;
                                                                  Busy is no failure, and bounded by attempts in all;
                                                                  to wait for a service that is away, or for the quota
                                                                  of an engine, is no attempt, and bounded by time
       WorkflowGone: it was deleted meanwhile                  -> the record goes too, 200

Dying between any two of these repeats what is harmless to repeat: a claim runs out, a commit is fenced, an event is
told again from the record. A queue sees 2xx only when the Outcome is stored and told.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from flask import Request, Response

from common import waking
from common.beside import beside
from common.errors import (
    AethercastError,
    BadRequest,
    Broken,
    Busy,
    EngineBusy,
    LeaseLost,
    NotFound,
    Refused,
    ServiceAway,
    WorkflowGone,
)
from common.events import AGENT_FAILED, Event, publish
from common.idempotency import Claim, Outcome, begin
from common.logs import configure_logs, fields, log_context
from common.oidc import require_invoker
from common.policy import PATIENCE, POLICIES, Policy
from common.problems import json_response, problem
from common.readiness import readiness
from common.settings import Settings
from common.store import work as records
from common.tracing import work as work_of

logger = logging.getLogger(__name__)

NEEDS = ("firestore", "events")
"""What every agent needs (common/readiness.py)."""
WAITED_FOR = (ServiceAway, EngineBusy)
"""Nothing was done or paid, and it passes: how often such work was tried says nothing (policy.PATIENCE)."""


@dataclass(frozen=True)
class Task:
    """One piece of work. `attempt` counts from 1; `calls` of an engine are those that the attempts before have cost."""

    key: str
    workflow_id: str
    body: dict[str, Any]
    attempt: int
    calls: int = 0
    found: Future[Any] | None = None
    """What the agent reads first (`run_task`)."""

    def read(self) -> Any:
        """Return the result of the agent's first read. Raises the read's errors."""
        assert self.found  # noqa: S101 - of an agent that reads nothing first, nobody asks
        return self.found.result()


@dataclass(frozen=True)
class _Left:
    """What a policy leaves to an attempt: whether none was to be made any more, whether this is the last allowed to
    fail, and whether the attempt may still wait (WAITED_FOR)."""

    exhausted: bool
    last: bool
    patience: bool

    @staticmethod
    def of(claim: Claim, policy: Policy) -> _Left:
        counted = claim.attempt - claim.waited
        last = claim.failures + 1 >= policy.attempts or counted >= policy.attempts_in_all
        return _Left(counted > policy.attempts_in_all, last, claim.age < PATIENCE)

    def ends_with(self, error: AethercastError) -> bool:
        return self.last and not (self.patience and isinstance(error, WAITED_FOR))


Work = Callable[[Task], Outcome]
Reads = Callable[[str, dict[str, Any]], Any]
"""Of a workflow and a task's body."""
GivenUp = Callable[[Task, AethercastError], Outcome]


def run_task(
    request: Request,
    settings: Settings,
    *,
    agent: str,
    url: str,
    work: Work,
    given_up: GivenUp,
    reads: Reads | None = None,
    prepared: tuple[str, ...] = NEEDS,
) -> Response:
    """Answer whatever an agent is asked. POST: one delivery of a queue, or a call to wake. GET: see `_status`.

    `url` is where this agent is reached, the audience of the queue's token; `prepared`: what is made ready for it.
    `reads`: what the work begins with, read while the work is being claimed. It may be a moment older than the claim:
    good for what a commit is fenced by, or what may just as well have changed a moment later.
    """
    if request.method == "GET":
        return _status(settings, request, agent, url, prepared)
    configure_logs(settings.log_level)
    try:
        if request.path == waking.PATH:
            waking.require_waker(request, settings, url=url)
            return readiness(settings, *prepared)
        require_invoker(request, settings, audience=url, allowed=(settings.tasks_invoker,))
        key, workflow_id, body = _read(request)
    except AethercastError as error:
        return problem(error)
    with log_context(agent=agent, workflow_id=workflow_id), work_of(settings, agent, workflow_id, request.headers):
        try:
            return _run(settings, agent, (key, workflow_id, body), work, given_up, reads)
        except AethercastError as error:
            logger.warning("not done: %s", error)
            return problem(error)


def _run(
    settings: Settings,
    agent: str,
    delivery: tuple[str, str, dict[str, Any]],
    work: Work,
    given_up: GivenUp,
    reads: Reads | None,
) -> Response:
    key, workflow_id, body = delivery
    found = beside(reads, workflow_id, body) if reads else None
    claim = begin(settings, agent, key, body, calls=POLICIES[agent].calls_an_attempt, named=True)
    if isinstance(claim, Outcome):
        publish(settings, *claim.events)
        return json_response({"state": "FAILED" if claim.failed else "COMPLETED", "result": claim.result})
    task = Task(key, workflow_id, body, claim.attempt, claim.calls, found)
    left = _Left.of(claim, POLICIES[agent])
    try:
        with claim.kept():
            outcome = _outcome(task, left, work, given_up)
        _commit(claim, outcome)
    except WorkflowGone as error:  # it was deleted: there is nothing to mark, and nobody to tell
        logger.warning("gone: %s", error)
        claim.forget()
        return json_response({"state": "GONE"})
    except WAITED_FOR as error:
        claim.release(failed=not left.patience, waited=left.patience, calls=error.calls)
        raise
    except BaseException as error:
        calls = error.calls if isinstance(error, AethercastError) else None
        claim.release(failed=not isinstance(error, Busy), calls=calls)
        raise
    publish(settings, *outcome.events)
    outcome.settle()
    logger.info("done", extra=fields(task=key, attempt=task.attempt, failed=outcome.failed))
    return json_response({"state": "FAILED" if outcome.failed else "COMPLETED", "result": outcome.result})


def _commit(claim: Claim, outcome: Outcome) -> None:
    try:
        claim.commit(outcome)
    except BaseException:
        outcome.settle()  # before the claim is let go of: the next attempt builds on what that leaves
        raise


def _outcome(task: Task, left: _Left, work: Work, given_up: GivenUp) -> Outcome:
    """Return the work's own Outcome, or the Outcome of giving up. Raises Busy or Broken where the work is to be tried
    again, NotFound where something is missing: whether the workflow has gone, too, the next attempt looks up."""
    try:
        if left.exhausted:  # every allowed attempt ended in a crash, without a word
            return given_up(task, Broken("attempts_exhausted", "This was tried several times and never finished."))
        return work(task)
    except (LeaseLost, WorkflowGone):
        raise
    except (Busy, Broken, NotFound) as error:
        if not left.ends_with(error):
            raise
        logger.exception("given up")
        return given_up(task, error)
    except Refused as error:
        logger.warning("refused: %s", error)
        return given_up(task, error)
    except Exception as error:
        logger.exception("unexpected error")
        unexpected = Broken("internal", "An unexpected error occurred; it has been logged.")
        if not left.ends_with(unexpected):
            raise unexpected from error
        return given_up(task, unexpected)


def agent_failed(agent: str, workflow_id: str, error: AethercastError, **data: Any) -> Event:
    """Return the event to the orchestrator about given-up work."""
    subject = "/".join((agent, *(str(value) for value in data.values())))
    return Event(
        AGENT_FAILED, workflow_id, {"agent": agent, "code": error.code, "message": error.detail, **data}, subject
    )


def _status(settings: Settings, request: Request, agent: str, url: str, prepared: tuple[str, ...]) -> Response:
    """`GET /`: whether this agent is ready. `GET /v1/tasks/{task_id}`: IN_PROGRESS, COMPLETED with its result, or
    FAILED, from the idempotency record."""
    if request.path == "/":
        return readiness(settings, *prepared)
    prefix, _, task_id = request.path.rpartition("/")
    try:
        require_invoker(request, settings, audience=url, allowed=(settings.tasks_invoker,))
        if prefix != "/v1/tasks" or not task_id:
            raise NotFound("address_unknown", "The status of work is at /v1/tasks/{task_id}.")
        record = records.read(settings, records.record_id(agent, task_id))
        if record is None:
            raise NotFound("task_unknown", "No work of that name has begun.")
    except AethercastError as error:
        return problem(error)
    result = {"result": record.result} if record.ended else {}
    return json_response({"task_id": task_id, "state": record.state, "attempt": record.attempt, **result})


def _read(request: Request) -> tuple[str, str, dict[str, Any]]:
    body = request.get_json(silent=True)
    key = request.headers.get("X-Idempotency-Key", "")
    workflow_id = request.headers.get("X-Workflow-ID", "")
    if not isinstance(body, dict) or not key or not workflow_id:
        raise BadRequest("task_malformed", "A task has a JSON body, an X-Idempotency-Key and an X-Workflow-ID.")
    return key, workflow_id, body


__all__ = ["NEEDS", "Outcome", "Task", "agent_failed", "run_task"]
