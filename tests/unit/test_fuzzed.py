"""What the fuzzer (tests/fuzz.py) has found, each kept as a case; and a few inputs a target run."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from functions.content_harvester import markdown, markup
from functions.content_harvester.source import Document, Unreadable
from functions.content_harvester.source_feed import read_feed
from tests.fuzz import KEPT, TARGETS, fuzz, main

FEEDS = [
    b'{<?xml version="1.0"?><rss>',
    b"{" * 5_000,
    b"{",
    b'{"items": 1}',
    b'{"items": [1, null, "x"]}',
    b'{"items": [{"authors": "x"}]}',
    b'{"items": [{"content_text": 1}]}',
    b'{"items": [{"title": 1, "url": {"a": 1}, "content_html": [1], "date_published": 7}]}',
]


@pytest.mark.parametrize("feed", FEEDS, ids=lambda feed: str(feed[:30]))
def test_json_that_is_no_feed_is_refused(feed: bytes) -> None:
    with pytest.raises(Unreadable):
        read_feed(Document(feed, "application/feed+json", url="https://feed.example/feed.json"))


@pytest.mark.parametrize("control", ["\x01", "\x0b", "\x1f", "\ufffe", "&#1;", "&#x1f;"])
@pytest.mark.parametrize(
    "text", ["{}$x{}$ tides", "<code>{}a</code>", "<pre>{}a\n\n b</pre>", "```\n{}x\n```", "<h1>{}Tides</h1>"]
)
def test_no_control_character_ends_a_reader(control: str, text: str) -> None:
    shown = text.replace("{}", control)
    assert markdown.blocks_of_markdown(f"The sea.\n\n{shown}\n\nThe moon.").blocks
    assert markup.blocks(markup.parse(f"<body><p>The sea.</p>{shown}</body>")).blocks


@pytest.mark.parametrize("name", TARGETS)
def test_the_fuzzer_runs(name: str) -> None:
    run = fuzz(name, seconds=30.0, examples=5)
    assert run.tried >= 1
    assert run.failed is None, run.failed


def test_what_the_fuzzer_found_is_read_or_refused() -> None:
    for case in KEPT.glob("*.*"):
        reader, _ = TARGETS[case.name.partition(".")[0]]
        reader(case.read_bytes())


class Panic(BaseException):
    """As libraries in other languages end."""


@pytest.mark.parametrize("how", [ValueError, Panic, SystemExit])
@pytest.mark.parametrize("once", [False, True])
def test_whatever_fails_ends_the_fuzzer_with_an_error_and_is_kept(
    how: type[BaseException], once: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it does not fail again."""
    failed: list[bytes] = []

    def reader(data: bytes) -> float:
        if not (once and failed):
            failed.append(data)
            raise how
        return 0.0

    monkeypatch.setattr("tests.fuzz.TARGETS", {"ogg": (reader, [b"OggS"])})
    monkeypatch.setattr("tests.fuzz.KEPT", tmp_path)
    assert main(["ogg"]) == 1
    [case] = tmp_path.iterdir()
    assert case.name.startswith("ogg.")
    assert case.read_bytes() in failed


def test_what_never_ends_is_interrupted_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def reader(data: bytes) -> float:
        while data:
            pass
        return 0.0

    monkeypatch.setattr("tests.fuzz.SLOW_S", 0.02)
    monkeypatch.setattr("tests.fuzz.TARGETS", {"ogg": (reader, [b"OggS"])})
    run = fuzz("ogg", seconds=5.0, examples=20)
    assert run.failed
    assert "takes more than" in str(run.failure)


def test_what_fails_in_the_last_moment_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though its shrinking goes on beyond the stated time."""

    def reader(data: bytes) -> float:
        while time.monotonic() < over:
            pass
        raise ValueError(data)

    monkeypatch.setattr("tests.fuzz.TARGETS", {"ogg": (reader, [b"OggS"])})
    over = time.monotonic() + 0.5
    run = fuzz("ogg", seconds=0.3)
    assert run.failed is not None
    assert isinstance(run.failure, ValueError)


def test_the_end_of_the_time_is_told_as_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["wire", "--seconds", "0.2"]) == 0
    told = capsys.readouterr()
    assert "nothing found" in told.out
    assert "failure" not in told.out + told.err
