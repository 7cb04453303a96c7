"""One queue: its tasks, sent when they are scheduled, within rate and concurrency, and again if they fail."""

from __future__ import annotations

import time
from dataclasses import dataclass

from google.cloud import tasks_v2 as t

from emulators.delays import Delays
from emulators.delivery import Answer, DispatchQueue, FaultInjector, PushClient, backoff_s
from emulators.grpc_service import seconds
from emulators.journal import Journal
from emulators.tasks.configs import schedule_time
from emulators.tasks.dispatch import Task, headers_of
from emulators.tasks.names import Graveyard
from emulators.tasks.throttle import OVERLOADED, Throttle


@dataclass(frozen=True)
class Means:
    """What all queues dispatch with."""

    journal: Journal
    graveyard: Graveyard
    push_client: PushClient
    disorder: FaultInjector | None
    time_scale: float
    ramps: bool
    delays: Delays | None


class Queue:
    """The tasks of one queue: sent when scheduled, within the queue's rate and concurrency, and again if they fail."""

    def __init__(self, means: Means, config: t.Queue) -> None:
        self.config = config
        self.tasks: dict[str, Task] = {}
        self._means = means
        self._throttle = Throttle(means.time_scale, ramps=means.ramps)
        self._dispatches = DispatchQueue(
            self._send, self._limit, lambda: self._throttle.hold_s(self.config.rate_limits)
        )

    def add(self, task: Task) -> None:
        self.tasks[task.config.name] = task
        means = self._means
        way_s = means.disorder.delay_s() if means.disorder else 0.0
        if means.delays:
            way_s += means.delays.draw("tasks_dispatch", task.config.name)
        wait_s = schedule_time(task.config).ToNanoseconds() / 1e9 - time.time()
        self._dispatches.put(task, max(0.0, wait_s) + way_s)

    def remove(self, task: Task) -> None:
        """Forget the task, but for its name; an attempt that is under way goes on, for the last time."""
        self._dispatches.discard(task)
        del self.tasks[task.config.name]
        self._means.graveyard.bury(task.config.name)

    def run(self, task: Task) -> None:
        """Send the task now, whatever the queue's state and limits."""
        self._dispatches.send_now(task)

    def configure(self, config: t.Queue) -> None:
        self.config = config
        self._dispatches.pump()

    def cancel(self) -> None:
        self._dispatches.cancel()

    def _keep(self, task: Task) -> None:
        """Write the task's present state to the journal, if it still exists."""
        if self.tasks.get(task.config.name) is task:
            self._means.journal.write_if_possible([journal_entry(task.config)])

    def _limit(self) -> int:
        return self.config.rate_limits.max_concurrent_dispatches if self.config.state == t.Queue.State.RUNNING else 0

    async def _send(self, task: Task) -> None:
        config = task.config
        attempt = t.Attempt(schedule_time=config.schedule_time)
        t.Attempt.pb(attempt).dispatch_time.GetCurrentTime()
        headers = headers_of(task, self.config)
        config.dispatch_count += 1
        config.last_attempt = attempt
        if config.dispatch_count == 1:
            config.first_attempt = t.Attempt(dispatch_time=attempt.dispatch_time)
        self._keep(task)

        request = config.http_request
        deadline_s = seconds(config.dispatch_deadline) * self._means.time_scale
        answer = await self._means.push_client.send(
            t.HttpMethod(request.http_method).name,
            request.url,
            headers.items(),
            request.body,
            deadline_s,
            oidc=request.oidc_token,
        )

        if self.tasks.get(config.name) is not task:
            return  # deleted, purged or done by another attempt meanwhile
        disorder = self._means.disorder
        if answer.ok and disorder and disorder.loses_answer():
            answer = Answer(None, "UNAVAILABLE")
        if answer.ok:
            self._throttle.speed_up()
            if disorder:
                self._throttle.rest(disorder.rest_s())
            if disorder and disorder.repeats():
                self._dispatches.put(task)
            else:
                self.remove(task)
        else:
            self._failed(task, answer)

    def _failed(self, task: Task, answer: Answer) -> None:
        config, retry, scale = task.config, self.config.retry_config, self._means.time_scale
        task.previous = answer
        if answer.status is not None:
            config.response_count += 1
            t.Attempt.pb(config.last_attempt).response_time.GetCurrentTime()
        if answer.status in OVERLOADED:
            self._throttle.slow_down()

        if self._exhausted(config):
            self.remove(task)
            return
        delay_s = backoff_s(
            config.dispatch_count, seconds(retry.min_backoff), seconds(retry.max_backoff), retry.max_doublings
        )
        delay_s = max(delay_s, answer.retry_after_s) * scale
        schedule_time(config).FromNanoseconds(time.time_ns() + int(delay_s * 1e9))
        self._keep(task)
        self._dispatches.put(task, delay_s)

    def _exhausted(self, config: t.Task) -> bool:
        """Both limits must be reached; an unset limit (-1 attempts, 0 seconds) leaves the decision to the other."""
        retry = self.config.retry_config
        limit_s = seconds(retry.max_retry_duration) * self._means.time_scale
        started = t.Attempt.pb(config.first_attempt).dispatch_time.ToNanoseconds() / 1e9
        in_time = time.time() - started < limit_s
        if retry.max_attempts == -1:
            return limit_s > 0 and not in_time
        return config.dispatch_count >= retry.max_attempts and not in_time


def journal_entry(config: t.Task) -> tuple[str, bytes]:
    return f"task/{config.name}", t.Task.serialize(config)
