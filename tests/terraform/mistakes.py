"""Mistakes that people make in HCL, to be planted into a copy of the deployment: each must be found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mistake:
    """Replacing `right` by `wrong` in `file` must be found, and be told in words that hold `told`."""

    name: str
    file: str
    right: str
    wrong: str
    told: str

    @contextmanager
    def planted(self, folder: Path) -> Iterator[None]:
        """Make the mistake for as long as the block runs."""
        file = folder / self.file
        text = file.read_text(encoding="utf-8")
        assert self.right in text, f"{self.right!r} is no longer in {self.file}"
        file.write_text(text.replace(self.right, self.wrong, 1), encoding="utf-8")
        try:
            yield
        finally:
            file.write_text(text, encoding="utf-8")


MISTAKES = [
    Mistake("misspelled argument", "storage.tf", "force_destroy ", "force_destory ", "force_destory"),
    Mistake(
        "misspelled argument in a nested block",
        "functions.tf",
        "timeout_seconds ",
        "timeout_secs ",
        "timeout_secs",
    ),
    Mistake("misspelled block", "queues.tf", "rate_limits {", "rate_limit {", "rate_limit"),
    Mistake("misspelled generated block", "streamer.tf", 'dynamic "env"', 'dynamic "envs"', "envs"),
    Mistake("required argument left out", "queues.tf", "  location = var.region\n", "", "location"),
    Mistake(
        "required argument of a block left out",
        "events.tf",
        "      service_account_email",
        "      # ",
        "service_account_email",
    ),
    Mistake(
        *("required block left out", "secrets.tf"),
        *("      replicas {\n        location = var.region\n      }\n", "", "replicas"),
    ),
    Mistake(
        "argument that only the provider sets", "accounts.tf", "  account_id ", '  email = "x"\n  account_id ', "email"
    ),
    Mistake(
        "unknown resource type",
        "queues.tf",
        '"google_cloud_tasks_queue"',
        '"google_cloud_task_queue"',
        "google_cloud_task",
    ),
    Mistake("reference to nothing", "sweeper.tf", '["scheduler_invoker"].email', '["scheduler_invoker"].mail', "mail"),
    Mistake(
        "reference to an undeclared resource",
        "events.tf",
        "google_pubsub_topic.dead.id",
        "google_pubsub_topic.death.id",
        "death",
    ),
    Mistake("reference to an undeclared variable", "storage.tf", "var.retention_days", "var.retention", "retention"),
    Mistake("reference to an undeclared local", "outputs.tf", "local.player_url", "local.players_url", "players_url"),
]
