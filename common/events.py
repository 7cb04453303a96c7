"""What happened, told once and heard at least once: CloudEvents on the topic `agent-events`.

Published in the CloudEvents Pub/Sub binding (attributes `ce-*`, https://github.com/cloudevents/spec) and delivered with
payload unwrapping, so that a push arrives as a binary-mode CloudEvent that functions-framework reads by itself. One
more attribute is an authenticator of ours (common/authenticator.py), which a push brings as a header.
An event's id is made of its content, so repetitions are recognisable.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from google.api_core import exceptions as google_errors

from common import authenticator, tracing
from common.clients import RETRY, TIMEOUT, publisher_client
from common.errors import ServiceBroken
from common.records import StoredEvent
from common.settings import Settings

PODCAST_REQUESTED = "podcast.requested"
CONTENT_HARVESTED = "content.harvested"
SCRIPT_SEGMENT_READY = "script.segment_ready"
SCRIPT_COMPLETED = "script.completed"
PODCAST_WANTED = "podcast.wanted"
"""Somebody is about to hear the first `segments` of a podcast, or asks for all of it (then there is no such field)."""
PODCAST_AWAITED = "podcast.awaited"
"""A listener has heard nearly all that is voiced of a podcast: turns below `segments` are the next they will hear."""
VOICE_SEGMENT_READY = "voice.segment_ready"
PODCAST_MASTERED = "podcast.mastered"
PODCAST_RENAMED = "podcast.renamed"
"""It has another title, its `renames`-th, that is to be in its files, too."""
AGENT_FAILED = "agent.failed"
"""An agent gave its work up: data holds `agent`, `code`, `message`, and `index` where it was a segment's."""

PUBLISHED_WITHIN_S = 30.0
"""Longer than all attempts at it take."""


@dataclass(frozen=True)
class Event:
    """One thing that happened to a workflow. `subject` tells events of one type apart (a segment's index, an agent)."""

    type: str
    workflow_id: str
    data: dict[str, Any] = field(default_factory=dict)
    subject: str = ""

    @classmethod
    def of(cls, stored: StoredEvent) -> Event:
        """Return an event as stored, by this version or by a later version with more fields."""
        return cls(stored["type"], stored["workflow_id"], stored.get("data", {}), stored.get("subject", ""))

    def stored(self) -> StoredEvent:
        """Return the event as records keep it."""
        return {"type": self.type, "workflow_id": self.workflow_id, "data": self.data, "subject": self.subject}


def publish(settings: Settings, *events: Event) -> None:
    """Publish all events and wait until Pub/Sub has them. Raises ServiceBroken for an event not taken."""
    publisher = publisher_client()
    topic = publisher.topic_path(settings.google_cloud_project, settings.events_topic)
    pending = []
    for event in events:
        data = json.dumps(event.data).encode()
        attributes = _attributes(event) | tracing.carrier(tracing.EVENT_ATTRIBUTE)
        attributes[authenticator.HEADER] = authenticator.sign(
            settings,
            caller=settings.events_invoker,
            target=settings.events_topic,
            headers=attributes,
            body=data,
            lifetime=authenticator.MESSAGE_LIFETIME,
        )
        pending.append(publisher.publish(topic, data, retry=RETRY, timeout=TIMEOUT, **attributes))
    try:
        with tracing.call("Publish"):
            for future in pending:
                future.result(timeout=PUBLISHED_WITHIN_S)
    except (google_errors.GoogleAPIError, TimeoutError) as error:
        raise ServiceBroken("events_unreachable", "An event could not be published.") from error


def _attributes(event: Event) -> dict[str, str]:
    return {
        "ce-specversion": "1.0",
        "ce-id": "/".join(filter(None, (event.workflow_id, event.type, event.subject))),
        "ce-type": event.type,
        "ce-source": f"//aethercast/workflows/{event.workflow_id}",
        "ce-subject": event.subject or event.workflow_id,
        "Content-Type": "application/json",  # spelled so, or it becomes a second one beside Pub/Sub's own
    }
