"""All emulators as one embedded cloud, as a process (emulators/__main__.py) or within a test's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from emulators.delays import Delays
from emulators.delivery import FaultInjector
from emulators.firestore import FirestoreEmulator
from emulators.firestore.indexes import Indexes
from emulators.identity import Identity
from emulators.journal import Journal, hold
from emulators.meter import Meter
from emulators.pubsub import PubSubEmulator
from emulators.scheduler import Scheduler
from emulators.storage import StorageEmulator
from emulators.storage.rights import Grants
from emulators.tasks import TasksEmulator

SERVICES = ("firestore", "pubsub", "tasks", "storage", "identity")
"""Every service with a port of its own."""


class EmbeddedCloud:
    """Firestore, Pub/Sub, Cloud Tasks, Cloud Storage, Cloud Scheduler and the token service.

    State is kept in `directory`, which is this process's alone until it stops (Unusable is raised for one in use);
    without it, nothing outlives the process, and keys are written to `scratch`.
    `ttl_fields`, by collection id, and `indexes` are Firestore's. `disorder` is the trouble with deliveries;
    `queues_ramp`: new and idle queues start slowly. With `grants`, accounts are refused all but their rights on
    buckets, and a taken name by a 403 if `taken_is_forbidden`. With `delays`, all of them answer as late as a cloud.
    """

    def __init__(
        self,
        directory: Path | None,
        scratch: Path,
        *,
        ttl_fields: Mapping[str, str] | None = None,
        indexes: Indexes | None = None,
        disorder: FaultInjector | None = None,
        queues_ramp: bool = False,
        grants: Grants | None = None,
        taken_is_forbidden: bool = False,
        delays: Delays | None = None,
    ) -> None:
        self.meter = Meter()
        self._held = hold(directory) if directory else None

        def journal(name: str) -> Journal:
            return Journal(directory / f"{name}.sqlite" if directory else None)

        self.identity = Identity(directory or scratch, delays=delays)
        self.firestore = FirestoreEmulator(
            self.meter, journal("firestore"), ttl_fields=ttl_fields, indexes=indexes, delays=delays
        )
        self.pubsub = PubSubEmulator(self.meter, journal("pubsub"), self.identity, disorder=disorder, delays=delays)
        self.tasks = TasksEmulator(
            self.meter, journal("tasks"), self.identity, disorder=disorder, ramps=queues_ramp, delays=delays
        )
        self.scheduler = Scheduler(self.identity)
        self.storage = StorageEmulator(
            self.meter,
            journal("storage"),
            self.identity,
            grants=grants,
            taken_is_forbidden=taken_is_forbidden,
            delays=delays,
        )

    def start(self, **ports: int) -> dict[str, str]:
        """Start every emulator; return the addresses by the environment variable of each.

        `ports` are those of SERVICES; by default, any free ones. Raises RuntimeError or OSError for a port in use.
        """
        identity = f"http://127.0.0.1:{self.identity.start(ports.get('identity', 0))}"
        return {
            "FIRESTORE_EMULATOR_HOST": f"127.0.0.1:{self.firestore.start(ports.get('firestore', 0))}",
            "PUBSUB_EMULATOR_HOST": f"127.0.0.1:{self.pubsub.start(ports.get('pubsub', 0))}",
            "CLOUD_TASKS_EMULATOR_HOST": f"127.0.0.1:{self.tasks.start(ports.get('tasks', 0))}",
            "STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{self.storage.start(ports.get('storage', 0))}",
            "OIDC_JWKS_URL": f"{identity}/jwks",
        }

    def reset(self) -> None:
        """Empty every emulator and the meter."""
        for emulator in (self.tasks, self.pubsub, self.storage, self.firestore, self.meter):
            emulator.reset()

    def stop(self) -> None:
        """Stop every emulator, started or not."""
        for emulator in (self.scheduler, self.tasks, self.pubsub, self.storage, self.firestore, self.identity):
            emulator.stop()
        if self._held:
            self._held.close()
