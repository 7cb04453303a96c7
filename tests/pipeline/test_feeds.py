"""Private feeds, files under stable addresses, and progress, as seen by their readers."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from xml.etree import ElementTree

import feedparser
import podcastparser
import pytest
import requests
from google.cloud import firestore

from common.artifacts import FILES
from common.settings import Settings
from common.tokens import token_hash
from functions.api_gateway import following
from local import keys
from local.stack_settings import PROJECT
from tests.conftest import PATIENCE_S, ApiClient, editions, eventually

TEXT = "The tide rises and falls twice a day. The moon is the main reason for it. The sun helps a little."
TITLES = ("Tides & <tales>", "Neap tides and spring tides")
PODCAST = "{https://podcastindex.org/namespace/1.0}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"


class Subscriber:
    """A caller with podcasts of their own, and the address of a private feed."""

    def __init__(self, api_client: ApiClient) -> None:
        self.api = api_client.stack.endpoints.api_url + "/api/v1"
        self.http = api_client.another("reader")
        self.ids: list[str] = []
        answer = self.http.post(f"{self.api}/feeds", timeout=30)
        assert answer.status_code == 201, answer.text
        self.url: str = answer.json()["url"]

    def show(self, workflow_id: str) -> dict[str, Any]:
        return dict(self.http.get(f"{self.api}/podcasts/{workflow_id}", timeout=30).json())

    def generate(self, **body: Any) -> str:
        answer = self.http.post(f"{self.api}/podcasts/generate", json={"minutes": 1, **body}, timeout=30)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["cpoa_workflow_id"])


@pytest.fixture(scope="module")
def subscriber(api_client: ApiClient) -> Subscriber:
    """Two finished podcasts, and a cancelled podcast."""
    made = Subscriber(api_client)
    with editions(api_client.stack):
        made.ids = [made.generate(text=TEXT, title=title) for title in TITLES]
        cancelled = made.generate(text=TEXT * 100, minutes=30, title="Never heard")
        made.http.post(f"{made.api}/podcasts/{cancelled}/cancel", timeout=30)
        for workflow_id in made.ids:
            eventually(lambda: "m4a" in (made.show(workflow_id)["artifacts"] or {}), PATIENCE_S)  # noqa: B023 - called at once
    return made


def test_the_feed_is_for_whoever_has_its_address_alone(subscriber: Subscriber) -> None:
    assert requests.get(subscriber.url, timeout=30).status_code == 200
    answer = requests.get(f"{subscriber.api}/feeds/{'x' * 43}/rss.xml", timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (404, "feed_unknown")
    assert requests.post(f"{subscriber.api}/feeds", timeout=30).status_code == 401


def test_feedparser_reads_it_without_a_complaint(subscriber: Subscriber) -> None:
    feed = feedparser.parse(requests.get(subscriber.url, timeout=30).content)
    assert not feed.bozo, feed.get("bozo_exception")
    assert [entry.id for entry in feed.entries] == subscriber.ids[::-1]
    assert feed.entries[-1].title == "Tides & <tales>"
    for entry in feed.entries:
        [enclosure] = entry.enclosures
        assert enclosure.type == "audio/mpeg"
        audio = requests.get(enclosure.href, timeout=30)
        assert len(audio.content) == int(enclosure.length)
        assert audio.content.startswith(b"ID3")
        assert "<tales>" not in entry.content[0].value


def test_podcastparser_reads_it_too(subscriber: Subscriber) -> None:
    feed = podcastparser.parse(subscriber.url, io.BytesIO(requests.get(subscriber.url, timeout=30).content))
    assert feed["type"] == "episodic"
    assert {episode["guid"] for episode in feed["episodes"]} == set(subscriber.ids)
    for episode in feed["episodes"]:
        shown = subscriber.show(episode["guid"])
        assert episode["total_time"] == pytest.approx(shown["duration_ms"] / 1000, abs=1)
        assert episode["episode_art_url"].endswith("/cover.jpg")


def test_what_its_namespaces_name_is_there_under_the_type_they_say(subscriber: Subscriber) -> None:
    channel = ElementTree.fromstring(requests.get(subscriber.url, timeout=30).content).find("channel")  # noqa: S314
    assert channel is not None
    assert len(channel.findtext(f"{PODCAST}guid") or "") == 36
    assert channel.findtext(f"{ITUNES}block") == "Yes"
    for item in channel.findall("item"):
        transcripts, chapters = item.findall(f"{PODCAST}transcript"), item.find(f"{PODCAST}chapters")
        assert chapters is not None
        for element in (*transcripts, chapters):
            answer = requests.get(element.attrib["url"], timeout=30)
            assert answer.status_code == 200
            assert answer.headers["Content-Type"].partition(";")[0] == element.attrib["type"]
        assert {element.attrib["type"] for element in transcripts} == {
            "text/vtt",
            "application/x-subrip",
            "application/json",
        }
        assert [person.text for person in item.findall(f"{PODCAST}person")] == ["Ada", "Ben"]
        for other in item.findall(f"{PODCAST}alternateEnclosure"):
            source = other.find(f"{PODCAST}source")
            assert source is not None
            answer = requests.get(source.attrib["uri"], timeout=30)
            assert len(answer.content) == int(other.attrib["length"])


def test_an_app_can_seek_and_ask_for_a_head(subscriber: Subscriber) -> None:
    enclosure = feedparser.parse(requests.get(subscriber.url, timeout=30).content).entries[0].enclosures[0]
    part = requests.get(enclosure.href, headers={"Range": "bytes=1000-1999"}, timeout=30)
    assert (part.status_code, len(part.content)) == (206, 1000)
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{enclosure.length}"
    head = requests.head(enclosure.href, allow_redirects=True, timeout=30)
    assert head.status_code == 200
    assert head.headers["Content-Length"] == enclosure.length


def test_a_reader_that_has_it_is_spared_it(subscriber: Subscriber) -> None:
    first = requests.get(subscriber.url, timeout=30)
    again = requests.get(subscriber.url, headers={"If-None-Match": first.headers["ETag"]}, timeout=30)
    assert (again.status_code, again.content) == (304, b"")
    other = requests.get(subscriber.url, headers={"If-None-Match": '"other"'}, timeout=30)
    assert other.content == first.content


def test_a_podcast_is_renamed_in_lists_and_feeds(subscriber: Subscriber) -> None:
    address = f"{subscriber.api}/podcasts/{subscriber.ids[1]}"
    before = requests.get(subscriber.url, timeout=30)
    renamed = subscriber.http.patch(address, json={"title": "Spring tides"}, timeout=30)
    assert (renamed.status_code, renamed.json()["title"]) == (200, "Spring tides")
    after = requests.get(subscriber.url, headers={"If-None-Match": before.headers["ETag"]}, timeout=30)
    assert feedparser.parse(after.content).entries[0].title == "Spring tides"
    for body in ({}, {"title": ""}, {"title": "x" * 201}, {"title": "a", "state": "COMPLETED"}, {"title": "潮汐"}):
        refused = subscriber.http.patch(address, json=body, timeout=30)
        assert (refused.status_code, refused.json()["code"]) == (400, "request_invalid")


def test_every_file_has_an_address_that_stays(subscriber: Subscriber) -> None:
    for file in FILES.values():
        answer = subscriber.http.get(f"{subscriber.api}/podcasts/{subscriber.ids[0]}/files/{file.name}", timeout=30)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].replace('"', "") == file.content_type
    unknown = subscriber.http.get(f"{subscriber.api}/podcasts/{subscriber.ids[0]}/files/secrets.txt", timeout=30)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "file_unknown")


def events(answer: requests.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events of a stream, as the standard has them read: their type and their data."""
    kind, data = "", ""
    for line in answer.iter_lines(decode_unicode=True):
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            data = value
        elif not line and kind:
            yield kind, json.loads(data)
            kind, data = "", ""


def test_progress_is_told_as_it_happens_and_ends_with_the_podcast(subscriber: Subscriber) -> None:
    workflow_id = subscriber.generate(text=TEXT)
    with subscriber.http.get(f"{subscriber.api}/podcasts/{workflow_id}/events", stream=True, timeout=60) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        told = list(events(answer))
    assert {kind for kind, _ in told[:-1]} <= {"progress"}
    assert told[-1][0] == "end"
    assert told[-1][1]["state"] == "COMPLETED"
    assert set(told[-1][1]["stages"].values()) == {"DONE"}


@pytest.fixture
def endless() -> Iterator[str]:
    """A podcast in the making and never done."""
    found = firestore.Client(project=PROJECT).document(f"workflows/{'e' * 32}")
    facts = ("title", "language", "stages", "duration_ms", "error", "sources", "request")
    now = datetime.now(UTC)
    found.set({"owner": "follower", "state": "GENERATING", "created_at": now, **dict.fromkeys(facts)})
    yield found.id
    found.delete()


def test_a_key_follows_a_few_podcasts_at_a_time_and_others_as_ever(api_client: ApiClient, endless: str) -> None:
    url = f"{api_client.api}/{endless}/events"
    mine, another = (api_client.another("follower") for _ in range(2))

    def follow(caller: requests.Session) -> requests.Response:
        return caller.get(url, stream=True, timeout=60)

    with ExitStack() as followed:
        first, *_ = [followed.enter_context(follow(mine)) for _ in range(following.AT_ONCE)]
        assert {kind for kind, _ in islice(events(first), 1)} == {"progress"}
        refused = follow(mine)
        assert (refused.status_code, refused.json()["code"]) == (429, "events_too_many")
        assert int(refused.headers["Retry-After"]) <= 60
        with follow(another) as answer:
            assert answer.status_code == 200
        first.close()

        def let_in() -> bool:
            with follow(mine) as answer:
                return answer.status_code == 200

        eventually(let_in, PATIENCE_S)  # once it is known that one has left


def test_a_stranger_follows_nothing(api_client: ApiClient, subscriber: Subscriber) -> None:
    answer = api_client.http.get(f"{api_client.api}/{subscriber.ids[0]}/events", timeout=30)
    assert (answer.status_code, answer.json()["code"]) == (404, "podcast_unknown")


def test_a_feed_can_be_taken_back(api_client: ApiClient) -> None:
    leaver = Subscriber(api_client)
    leaver.http = api_client.another("leaver")
    feed = leaver.http.post(f"{leaver.api}/feeds", timeout=30).json()
    url = feed["url"]
    assert feed["qr"].startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    empty = feedparser.parse(requests.get(url, timeout=30).content)
    assert not empty.bozo
    assert empty.entries == []
    assert leaver.http.delete(f"{leaver.api}/feeds", timeout=30).status_code == 204
    assert requests.get(url, timeout=30).status_code == 404
    assert requests.get(leaver.url, timeout=30).status_code == 200


def test_feeds_are_listed_and_end_with_the_key_they_were_made_with(api_client: ApiClient) -> None:
    api = api_client.stack.endpoints.api_url + "/api/v1/feeds"
    kept, taken = (api_client.another("two-keys") for _ in range(2))
    ids = [token_hash(str(caller.headers["Authorization"]).removeprefix("Bearer ")) for caller in (kept, taken)]
    urls = [caller.post(api, timeout=30).json()["url"] for caller in (kept, taken)]
    listed = kept.get(api, timeout=30).json()["feeds"]
    assert [feed["key"] for feed in listed] == [key_id[:12] for key_id in ids]
    assert listed[0]["created_at"] <= listed[1]["created_at"]
    keys.revoke(Settings(google_cloud_project=PROJECT), ids[1])
    assert [requests.get(url, timeout=30).status_code for url in urls] == [200, 404]
