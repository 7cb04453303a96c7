"""The emulator's life, and google.cloud.tasks.v2.CloudTasks: its journal, and its served methods."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

import grpc
from google.cloud import tasks_v2 as t

from emulators.delays import Delays
from emulators.delivery import FaultInjector, IdTokens, PushClient
from emulators.grpc_service import (
    GrpcEmulator,
    already_exists,
    invalid,
    merge_masked,
    not_found,
    page,
    unary,
    unimplemented,
)
from emulators.journal import Journal
from emulators.meter import Meter
from emulators.tasks.configs import SUPPORTED, UPDATABLE, complete_queue, complete_task, view_of
from emulators.tasks.dispatch import Task
from emulators.tasks.names import LOCATION, QUEUE, TASK, Graveyard, parent, require_name
from emulators.tasks.queue import Means, Queue, journal_entry


class TasksEmulator(GrpcEmulator):
    """Serves google.cloud.tasks.v2 CloudTasks.

    A queue's `max_concurrent_dispatches` bounds its open requests; all are made from the one loop thread. `journal`
    is this emulator's alone, and closed by its maker. A task's name is refused until `name_reuse_s` after the task
    succeeded, failed for good or was deleted. `time_scale` is how many seconds a configured second of a deadline or
    backoff lasts: tests shorten it. With `ramps`, queues that are new or were idle start slowly (throttle.py). The name
    of a deleted queue is free at once, which in the cloud takes days.
    """

    def __init__(
        self,
        meter: Meter,
        journal: Journal,
        id_tokens: IdTokens,
        *,
        name_reuse_s: float = 86400.0,
        disorder: FaultInjector | None = None,
        ramps: bool = False,
        time_scale: float = 1.0,
        delays: Delays | None = None,
    ) -> None:
        super().__init__(delays)
        self._meter, self._journal, self._id_tokens = meter, journal, id_tokens
        self._disorder, self._ramps, self._time_scale = disorder, ramps, time_scale
        self._graveyard = Graveyard(journal, name_reuse_s)
        self._queues: dict[str, Queue] = {}
        self._means: Means

    def take(self, queue: str) -> list[t.Task]:
        """Remove a queue's tasks and return them by name, for a caller who delivers them by hand: its queue is paused.

        Raises ApiError for a queue that does not exist.
        """

        def taken() -> list[t.Task]:
            of = self._queue(queue)
            tasks = [of.tasks[name] for name in sorted(of.tasks)]
            for task in tasks:
                of.remove(task)
            return [task.config for task in tasks]

        return self._on_loop(taken)

    def _methods(self) -> Mapping[str, grpc.RpcMethodHandler[Any, Any]]:
        methods: dict[str, tuple[Callable[[Any], Any], Any]] = {
            "CreateQueue": (self._create_queue, t.CreateQueueRequest),
            "GetQueue": (self._get_queue, t.GetQueueRequest),
            "ListQueues": (self._list_queues, t.ListQueuesRequest),
            "UpdateQueue": (self._update_queue, t.UpdateQueueRequest),
            "DeleteQueue": (self._delete_queue, t.DeleteQueueRequest),
            "PauseQueue": (self._pause_queue, t.PauseQueueRequest),
            "ResumeQueue": (self._resume_queue, t.ResumeQueueRequest),
            "PurgeQueue": (self._purge_queue, t.PurgeQueueRequest),
            "CreateTask": (self._create_task, t.CreateTaskRequest),
            "GetTask": (self._get_task, t.GetTaskRequest),
            "ListTasks": (self._list_tasks, t.ListTasksRequest),
            "DeleteTask": (self._delete_task, t.DeleteTaskRequest),
            "RunTask": (self._run_task, t.RunTaskRequest),
        }
        return {
            f"/google.cloud.tasks.v2.CloudTasks/{method}": unary(handler, request_type, SUPPORTED)
            for method, (handler, request_type) in methods.items()
        }

    def _open(self) -> None:
        push_client = PushClient(self._id_tokens)
        self._means = Means(
            self._journal, self._graveyard, push_client, self._disorder, self._time_scale, self._ramps, self._delays
        )
        self._queues.clear()
        kept = [(key.partition("/"), value) for key, value in self._journal.items()]
        for (kind, _, name), value in kept:
            if kind == "queue":
                self._queues[name] = Queue(self._means, t.Queue.deserialize(value))
        for (kind, _, name), value in kept:
            if kind == "task":
                self._queues[parent(name)].add(Task(t.Task.deserialize(value)))
        self._graveyard.load({name: value for (kind, _, name), value in kept if kind == "buried"})

    async def _close(self) -> None:
        for queue in self._queues.values():
            queue.cancel()
        await self._means.push_client.close()

    def _clear(self) -> None:
        for queue in self._queues.values():
            queue.cancel()
        self._queues.clear()
        self._graveyard.clear()
        self._journal.clear()

    def _queue(self, name: str) -> Queue:
        require_name(QUEUE, name)
        if name not in self._queues:
            raise not_found(f"Queue does not exist: {name}")
        return self._queues[name]

    def _create_queue(self, request: t.CreateQueueRequest) -> t.Queue:
        config = request.queue
        require_name(QUEUE, config.name)
        if parent(config.name) != request.parent:
            raise invalid(f"{config.name} is not a queue of {request.parent}")
        if config.name in self._queues:
            raise already_exists(f"Queue already exists: {config.name}")
        return self._configure(
            t.Queue(
                name=config.name,
                rate_limits=config.rate_limits,
                retry_config=config.retry_config,
                state=t.Queue.State.RUNNING,
            )
        )

    def _configure(self, config: t.Queue) -> t.Queue:
        """Create or change a queue."""
        complete_queue(config)
        self._journal.write([(f"queue/{config.name}", t.Queue.serialize(config))])
        if config.name in self._queues:
            self._queues[config.name].configure(config)
        else:
            self._queues[config.name] = Queue(self._means, config)
        return config

    def _get_queue(self, request: t.GetQueueRequest) -> t.Queue:
        return self._queue(request.name).config

    def _list_queues(self, request: t.ListQueuesRequest) -> t.ListQueuesResponse:
        require_name(LOCATION, request.parent)
        if request.filter:
            raise unimplemented("ListQueuesRequest.filter")
        mine = (name for name in self._queues if parent(name) == request.parent)
        names, token = page(mine, request.page_size, request.page_token)
        return t.ListQueuesResponse(queues=[self._queues[name].config for name in names], next_page_token=token)

    def _update_queue(self, request: t.UpdateQueueRequest) -> t.Queue:
        """Change a queue, or create it, as the service does."""
        name = request.queue.name
        require_name(QUEUE, name)
        known = self._queues.get(name)
        config = t.Queue(known.config) if known else t.Queue(name=name, state=t.Queue.State.RUNNING)
        mask = request.update_mask if request.update_mask.paths else UPDATABLE
        for path in mask.paths:
            if path.partition(".")[0] not in UPDATABLE.paths:
                raise invalid(f"update_mask: {path} cannot be updated")
        merge_masked(mask, t.Queue.pb(request.queue), t.Queue.pb(config))
        return self._configure(config)

    def _delete_queue(self, request: t.DeleteQueueRequest) -> None:
        queue = self._queue(request.name)
        gone = [f"queue/{request.name}", *(f"task/{name}" for name in queue.tasks)]
        self._journal.write(deletes=gone + self._graveyard.keys_of(request.name))
        queue.cancel()
        del self._queues[request.name]
        self._graveyard.forget(request.name)

    def _pause_queue(self, request: t.PauseQueueRequest) -> t.Queue:
        return self._set_state(request.name, t.Queue.State.PAUSED)

    def _resume_queue(self, request: t.ResumeQueueRequest) -> t.Queue:
        return self._set_state(request.name, t.Queue.State.RUNNING)

    def _set_state(self, name: str, state: int) -> t.Queue:
        config = t.Queue(self._queue(name).config)
        t.Queue.pb(config).state = state
        return self._configure(config)

    def _purge_queue(self, request: t.PurgeQueueRequest) -> t.Queue:
        queue = self._queue(request.name)
        for task in list(queue.tasks.values()):
            queue.remove(task)
        config = t.Queue(queue.config)
        t.Queue.pb(config).purge_time.GetCurrentTime()
        return self._configure(config)

    def _create_task(self, request: t.CreateTaskRequest) -> t.Task:
        queue = self._queue(request.parent)
        config = request.task
        config.name = config.name or f"{request.parent}/tasks/{secrets.randbelow(10**20):020}"
        require_name(TASK, config.name)
        if parent(config.name) != request.parent:
            raise invalid(f"{config.name} is not a task of {request.parent}")
        complete_task(config)
        if config.name in queue.tasks or self._graveyard.holds(config.name):
            raise already_exists(f"Task name is taken, or was until recently: {config.name}")
        self._journal.write([journal_entry(config)], [f"buried/{config.name}"])
        self._graveyard.release(config.name)
        self._meter.count("tasks", config.name)
        response = view_of(config, request.response_view)
        queue.add(Task(config))
        return response

    def _task(self, name: str) -> tuple[Queue, Task]:
        require_name(TASK, name)
        queue = self._queue(parent(name))
        if name not in queue.tasks:
            raise not_found(f"Task does not exist: {name}")
        return queue, queue.tasks[name]

    def _get_task(self, request: t.GetTaskRequest) -> t.Task:
        _, task = self._task(request.name)
        return view_of(task.config, request.response_view)

    def _list_tasks(self, request: t.ListTasksRequest) -> t.ListTasksResponse:
        queue = self._queue(request.parent)
        names, token = page(queue.tasks, request.page_size, request.page_token)
        tasks = [view_of(queue.tasks[name].config, request.response_view) for name in names]
        return t.ListTasksResponse(tasks=tasks, next_page_token=token)

    def _delete_task(self, request: t.DeleteTaskRequest) -> None:
        queue, task = self._task(request.name)
        queue.remove(task)

    def _run_task(self, request: t.RunTaskRequest) -> t.Task:
        queue, task = self._task(request.name)
        response = view_of(task.config, request.response_view)
        queue.run(task)
        return response
