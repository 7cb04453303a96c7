"""Cloud Tasks on this machine: queues of HTTP tasks, each sent until its target answers 2xx, for the official client.

API: https://cloud.google.com/tasks/docs/reference/rpc/google.cloud.tasks.v2
"""

from emulators.tasks.emulator import TasksEmulator

__all__ = ["TasksEmulator"]
