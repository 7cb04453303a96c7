"""The harvester as the queue meets it: in the real framework, with Google's own clients and real web servers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore, pubsub_v1, storage
from werkzeug.test import Client, TestResponse

from common import authenticator, clients
from common.names import input_object, sources_object
from common.settings import Settings
from local.cloud import Cloud
from local.front import service_app
from tests.documents import TIDES, pdf
from tests.websites import Website, answer, article, redirect, website

pytestmark = pytest.mark.filterwarnings("ignore:The return_immediately flag:DeprecationWarning")

URL = "http://harvester.test"
INVOKER = "tasks-invoker@project.iam.gserviceaccount.com"
SUBSCRIPTION = "projects/project/subscriptions/heard"
TOPIC = "projects/project/topics/agent-events"


@dataclass
class Harvester:
    """The running agent and its surroundings."""

    app: Client
    cloud: Cloud
    db: firestore.Client
    bucket: storage.Bucket
    site: Website
    heard: Callable[[], list[tuple[str, dict[str, Any]]]]

    def request(self, workflow_id: str = "w", *, state: str = "GENERATING", **asked: Any) -> None:
        """A workflow as the gateway leaves it."""
        request = {"topic": None, "urls": [], "inputs": [], "title": None, "minutes": 5, "language": None} | asked
        self.db.document(f"workflows/{workflow_id}").set(
            {
                "state": state,
                "title": "as requested",
                "language": "en",
                "request": request,
                "stages": {"harvest": "RUNNING"},
            }
        )

    def give(self, number: int, data: bytes, name: str, content_type: str, workflow_id: str = "w") -> dict[str, str]:
        """An input that came with the request."""
        stored = input_object(workflow_id, number)
        self.bucket.blob(stored).upload_from_string(data, content_type=content_type)
        return {"object": stored, "name": name, "content_type": content_type}

    def run(self, workflow_id: str = "w", *, token: str | None = None) -> TestResponse:
        """One delivery by the queue."""
        token = token or self.cloud.identity.id_token(INVOKER, URL)
        headers = {"X-Idempotency-Key": f"{workflow_id}-harvest", "X-Workflow-ID": workflow_id}
        body = json.dumps({"workflow_id": workflow_id}).encode()
        signature = authenticator.sign(
            Settings.from_env(),
            caller=INVOKER,
            target=URL,
            headers=headers,
            body=body,
            lifetime=authenticator.MESSAGE_LIFETIME,
        )
        headers |= {"Authorization": f"Bearer {token}", authenticator.HEADER: signature}
        return self.app.post("/", data=body, headers=headers, content_type="application/json")

    def run_to_the_end(self) -> TestResponse:
        """As the queue does: again, until an outcome is reported."""
        for _ in range(10):
            response = self.run()
            if response.status_code == 200:
                return response
        pytest.fail(f"no outcome after ten deliveries: {response.text}")

    def workflow(self, workflow_id: str = "w") -> dict[str, Any]:
        return self.db.document(f"workflows/{workflow_id}").get().to_dict() or {}

    def material(self, workflow_id: str = "w") -> dict[str, Any]:
        return dict(json.loads(self.bucket.blob(sources_object(workflow_id)).download_as_bytes()))


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cloud, pytest.MonkeyPatch]]:
    running = Cloud(None, tmp_path_factory.mktemp("cloud"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in running.start().items():
            patch.setenv(name, value)
        settings = {
            "GOOGLE_CLOUD_PROJECT": "project",
            "AUDIO_BUCKET": "bucket",
            "CONTENT_HARVESTER_URL": URL,
            "TASKS_INVOKER": INVOKER,
            "EVENTS_INVOKER": "events-invoker@project.iam.gserviceaccount.com",
            "PLATFORM_CHECKS_TOKENS": "true",
            "AUTHENTICATOR_KEY": "the-key-of-our-services",
            "HARVEST_PRIVATE_ADDRESSES": "true",
            "SOURCE_TIMEOUT_S": "2",
            "MAX_SOURCE_BYTES": "200000",
            "GOOGLE_APPLICATION_CREDENTIALS": str(running.identity.service_account_file("harvester@project.iam")),
        }
        for name, value in settings.items():
            patch.setenv(name, value)
        clients.forget()
        yield running, patch
        clients.forget()
    running.stop()


@pytest.fixture
def harvester(cloud: tuple[Cloud, pytest.MonkeyPatch], monkeypatch: pytest.MonkeyPatch) -> Iterator[Harvester]:
    running, _ = cloud
    running.reset()
    with website() as site:
        monkeypatch.setenv("WIKIPEDIA_URL", f"{site.url}/{{language}}")
        storage_client = storage.Client(project="project", credentials=AnonymousCredentials())
        bucket = storage_client.create_bucket("bucket")
        publisher, subscriber = pubsub_v1.PublisherClient(), pubsub_v1.SubscriberClient()
        publisher.create_topic(name=TOPIC)
        subscriber.create_subscription(name=SUBSCRIPTION, topic=TOPIC)

        def heard() -> list[tuple[str, dict[str, Any]]]:
            pulled = subscriber.pull(subscription=SUBSCRIPTION, max_messages=10, return_immediately=True)
            return [
                (item.message.attributes["ce-type"], json.loads(item.message.data)) for item in pulled.received_messages
            ]

        with publisher, subscriber:
            database = firestore.Client(project="project", credentials=AnonymousCredentials())
            yield Harvester(Client(service_app("content_harvester")), running, database, bucket, site, heard)


def test_everything_a_request_names_becomes_sources_in_its_order(harvester: Harvester) -> None:
    site = harvester.site
    code = "<pre><code>x = 1</code></pre>"
    site.pages["/a"] = answer(article("Why the sea breathes", *TIDES).replace("</article>", f"{code}</article>"))
    site.pages["/en/w/api.php"] = wikipedia
    text = harvester.give(
        0, b"The moon and us\n\nThe Moon has moved people for as long as there were people.", "text", "text/plain"
    )
    report = harvester.give(
        1, pdf(["A report tells of mills that the tide drove, long before steam did."]).data, "report.pdf", ""
    )
    harvester.request(inputs=[text, report], urls=[f"{site.url}/a", f"{site.url}/a#again"], topic="tide mills")

    answered = harvester.run()

    assert (answered.status_code, answered.get_json()["state"]) == (200, "COMPLETED")
    material = harvester.material()
    assert [source["title"] for source in material["sources"]] == [
        "The moon and us",
        "report",
        "Why the sea breathes",
        "Tide mill",
    ]
    assert material["sources"][2]["text"].split("\n\n") == list(TIDES)
    workflow = harvester.workflow()
    assert (workflow["title"], workflow["language"], workflow["stages"]["harvest"]) == ("tide mills", "en", "DONE")
    assert workflow["sources"][2] == {
        "title": "Why the sea breathes", "url": f"{site.url}/a", "author": "Jane Doe", "date": "2025-03-04",
        "left_out": {"code": 1},
    }  # fmt: skip
    assert workflow["source_problems"] == []
    characters = sum(len(source["text"]) for source in material["sources"])
    assert harvester.heard() == [("content.harvested", {"object": sources_object("w"), "characters": characters})]
    assert site.asked.count("/a") == 1


def wikipedia(handler: Any) -> None:
    found = {"search": [{"pageid": 1, "title": "Tide mill"}]}
    page = {"pageid": 1, "title": "Tide mill", "extract": "A tide mill is driven by the rise and fall of the sea. " * 6}
    query = found if "list=search" in handler.path else {"pages": [page]}
    answer(json.dumps({"query": query}), "application/json")(handler)


def test_a_delivery_that_is_repeated_tells_the_same_event_and_fetches_nothing(harvester: Harvester) -> None:
    harvester.site.pages["/a"] = answer(article("Tides", *TIDES))
    harvester.request(urls=[f"{harvester.site.url}/a"])
    harvester.run()
    harvester.run()
    assert [event for event, _ in harvester.heard()] == ["content.harvested"] * 2
    assert harvester.site.asked == ["/a"]


def test_an_attempt_that_died_after_storing_the_sources_is_taken_up_with_them(harvester: Harvester) -> None:
    stored = {
        "language": "it", "title": "as stored", "problems": [],
        "sources": [{"title": "one", "url": None, "author": None, "date": None, "text": "Il mare sale."}],
    }  # fmt: skip
    harvester.bucket.blob(sources_object("w")).upload_from_string(json.dumps(stored))
    harvester.site.pages["/a"] = answer(article("Tides", *TIDES))
    harvester.request(urls=[f"{harvester.site.url}/a"])
    harvester.run()
    assert harvester.material() == stored
    assert (harvester.workflow()["title"], harvester.workflow()["language"]) == ("as stored", "it")


def test_the_language_is_heard_from_the_sources_and_the_title_taken_from_the_first(harvester: Harvester) -> None:
    text = "Warum das Meer atmet\n\nZweimal am Tag läuft das Meer den Strand hinauf und wieder hinab."
    harvester.request(inputs=[harvester.give(0, text.encode(), "text", "text/plain; charset=utf-8")])
    harvester.run()
    assert (harvester.workflow()["language"], harvester.workflow()["title"]) == ("de", "Warum das Meer atmet")


def test_a_title_leads_nowhere(harvester: Harvester) -> None:
    """The title becomes the podcast's own, is spoken, and shown to all listing the podcast."""
    harvester.site.pages["/a"] = answer(article("Tides, by https://evil.example/win", *TIDES))
    harvester.request(urls=[f"{harvester.site.url}/a"])
    harvester.run()
    assert harvester.workflow()["title"] == harvester.workflow()["sources"][0]["title"] == "Tides, by"


def test_what_was_asked_for_is_kept(harvester: Harvester) -> None:
    given = harvester.give(
        0, "Das Meer\n\nZweimal am Tag läuft das Meer den Strand hinauf.".encode(), "text", "text/plain"
    )
    harvester.request(inputs=[given], title="My title", language="fr")
    harvester.run()
    assert (harvester.workflow()["language"], harvester.workflow()["title"]) == ("fr", "My title")


def test_a_source_that_fails_is_noted_and_the_others_are_told(harvester: Harvester) -> None:
    site = harvester.site
    site.pages["/a"] = answer(article("Tides", *TIDES))
    site.pages["/ru"] = answer(
        article("Прилив", *(f"{n}: приливы и отливы вызваны притяжением Луны." for n in range(9)))
    )
    urls = [f"{site.url}{path}" for path in ("/missing", "/a", "/ru")]
    harvester.request(urls=urls)
    harvester.run()
    assert [source["url"] for source in harvester.workflow()["sources"]] == [urls[1]]
    problems = [(problem["url"], problem["code"]) for problem in harvester.workflow()["source_problems"]]
    assert problems == [(urls[0], "source_not_found"), (urls[2], "script_unreadable")]


def test_the_items_of_a_feed_are_read_where_they_are_told(harvester: Harvester) -> None:
    site = harvester.site
    items = "".join(f"<item><title>{n}</title><link>{site.url}/{n}</link></item>" for n in ("a", "gone"))
    site.pages["/feed"] = answer(f"<rss version='2.0'><channel>{items}</channel></rss>", "application/rss+xml")
    site.pages["/a"] = answer(article("Tides", *TIDES))
    harvester.request(urls=[f"{site.url}/feed"])
    harvester.run()
    assert [source["title"] for source in harvester.workflow()["sources"]] == ["Tides"]


REFUSED = {
    "source_not_found": answer("", status=404),
    "source_http_error": answer("", status=403),
    "source_empty": answer("<html><body></body></html>"),
    "source_too_large": answer("x" * 200_001),
    "source_not_text": answer(b"\x89PNG\r\n\x1a\n\0", "application/octet-stream"),
    "source_unreadable": answer(b"%PDF-1.7 and nothing else", "application/pdf"),
    "script_unreadable": answer("Приливы и отливы вызваны притяжением Луны.", "text/plain; charset=utf-8"),
    "language_unsupported": answer(
        "De getijden worden veroorzaakt door de zwaartekracht van de maan en in mindere mate van de zon.", "text/plain"
    ),
    "source_url_invalid": redirect("ftp://127.0.0.1/"),
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_request_that_gives_nothing_fails_with_its_reason(harvester: Harvester, code: str) -> None:
    harvester.site.pages["/"] = REFUSED[code]
    harvester.request(urls=[harvester.site.url])
    answered = harvester.run()
    assert (answered.status_code, answered.get_json()["state"]) == (200, "FAILED")
    ((event, data),) = harvester.heard()
    assert (event, data["agent"], data["code"]) == ("agent.failed", "content_harvester", code)
    assert data["message"].startswith(("127.0.0.1: ", "ftp://", "The sources seem to be in Dutch"))


def test_a_topic_that_is_not_found_fails_with_its_reason(harvester: Harvester) -> None:
    harvester.site.pages["/en/w/api.php"] = answer('{"query": {"search": []}}', "application/json")
    harvester.request(topic="xyzzy")
    harvester.run()
    assert harvester.heard()[0][1]["code"] == "topic_not_found"


def test_a_server_that_is_down_is_tried_again_by_the_queue_and_then_given_up(harvester: Harvester) -> None:
    harvester.site.pages["/"] = answer("", status=503)
    harvester.request(urls=[harvester.site.url])
    assert harvester.run().status_code == 502
    assert harvester.heard() == []
    assert harvester.run_to_the_end().get_json()["state"] == "FAILED"
    assert harvester.heard()[0][1]["code"] == "source_http_error"


def test_a_server_that_comes_back_is_read_at_the_next_attempt(harvester: Harvester) -> None:
    harvester.site.pages["/"] = answer("", status=503)
    harvester.request(urls=[harvester.site.url])
    harvester.run()
    harvester.site.pages["/"] = answer(article("Tides", *TIDES))
    assert harvester.run().get_json()["state"] == "COMPLETED"


def test_a_workflow_that_has_ended_is_left_alone(harvester: Harvester) -> None:
    harvester.request(urls=[harvester.site.url], state="CANCELLED")
    assert harvester.run().get_json() == {"state": "COMPLETED", "result": {"skipped": "CANCELLED"}}
    assert harvester.site.asked == []
    assert harvester.heard() == []


def test_only_the_queue_may_call(harvester: Harvester) -> None:
    harvester.request(urls=[harvester.site.url])
    tokens = {
        harvester.cloud.identity.id_token("somebody@else.iam.gserviceaccount.com", URL): 403,
        harvester.cloud.identity.id_token(INVOKER, "http://other.test"): 401,
        "no token": 401,
    }
    assert {token: harvester.run(token=token).status_code for token in tokens} == tokens
    assert harvester.site.asked == []
