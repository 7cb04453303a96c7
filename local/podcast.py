"""`nox -s podcast`: have a podcast made, hear the sound over the WebSocket meanwhile, and save the file."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
from rich.console import Console
from rich.live import Live
from rich.table import Table

from client.aethercast import Aethercast, AethercastError, Podcast
from common.contract import LANGUAGES, MAX_MINUTES, MIN_MINUTES, PACKET_MS, StageState, WorkflowState
from common.ogg import write_opus
from local.endpoints import Endpoints, running
from local.listener import Heard, StreamBroken, listen_through
from local.network import add_network_arguments, network_of
from local.stack import Options, Stack, StackError

SAMPLE = Path(__file__).with_name("sample.txt")
BILLABLE = ("firestore_reads", "firestore_writes", "tasks", "pubsub_messages", "storage_reads", "storage_writes")
MASTERING_S = 120.0
"""How long the files may take once everything has been heard."""
HARVEST_S = 300.0
LEFT_OUT_WORDS = {
    "code": ("piece of code", "pieces of code"),
    "copy": ("source with the same text", "sources with the same text"),
    "list of links": ("list of links", "lists of links"),
    "math": ("formula", "formulas"),
    "contents": ("list of contents", "lists of contents"),
    "footnote": ("note", "notes"),
    "front matter": ("line about its authors", "lines about its authors"),
    "part for subscribers": ("part for subscribers", "parts for subscribers"),
}
"""Kinds that people call by another name, or whose plural is not made by an "s"."""
STAGE_WORDS = {"harvest": "reading", "weave": "writing", "forge": "voicing", "master": "mastering"}


class PodcastFailed(Exception):
    """No podcast came of it; the text gives the reason, for the person at the terminal."""


def main() -> int:
    options = _arguments()
    console = Console(stderr=True)
    wanted = _request(options, console)
    try:
        with contextlib.ExitStack() as cleanup:
            endpoints = running()
            if endpoints is None:
                console.print("Starting Aethercast on this machine …")
                wanted_stack = Options(private_addresses=options.allow_private, network=network_of(options))
                stack = cleanup.enter_context(Stack(wanted_stack))
                endpoints = stack.endpoints
            elif options.allow_private or options.network:
                console.print(
                    "A stack runs already: --allow-private and --network, for one that this starts, change nothing."
                )
            result = make(endpoints, wanted, options.out, console)
    except (AethercastError, PodcastFailed, StackError, StreamBroken, TimeoutError, httpx2.HTTPError) as error:
        console.print(f"[red]No podcast:[/red] {error}", highlight=False)
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 130
    print(json.dumps(result))
    return 0 if result["state"] == "COMPLETED" else 1


def make(endpoints: Endpoints, wanted: dict[str, Any], out: Path, console: Console) -> dict[str, Any]:
    """Generate, listen, save. Returns the facts of the run; raises PodcastFailed or StreamBroken."""
    with Aethercast(endpoints.api_url, endpoints.api_key) as api:
        return _make(api, endpoints, wanted, out, console)


def _make(api: Aethercast, endpoints: Endpoints, wanted: dict[str, Any], out: Path, console: Console) -> dict[str, Any]:
    clicked, clicked_at = time.monotonic(), time.time()
    accepted = api.generate(**wanted)
    if "documents" in wanted:
        _show_sources(_harvested(api, accepted.workflow_id), console)
    heard, first_packet = Heard(), 0.0
    with Live(console=console, refresh_per_second=8) as live:
        for message in listen_through(accepted.websocket_url, accepted.stream_id, heard):
            if message is None and not first_packet:
                first_packet = time.monotonic()
            if message and message["type"] == "segment":
                console.print(f"[bold]{message['speaker']}[/bold]  {message['text']}", highlight=False)
            live.update(_status(heard, clicked))
    if not console.is_terminal:
        console.print()  # Live leaves its last line open there, and the result is a line of its own
    if not heard.whole():
        raise PodcastFailed("the stream ended, but packets are missing or came twice")
    packets = [heard.packets[number] for number in range(len(heard.packets))]
    out.write_bytes(write_opus(packets, heard.pre_skip, serial=1))
    podcast = api.wait(accepted.workflow_id, within_s=MASTERING_S, every_s=0.1)
    script = api.segments(accepted.workflow_id)
    first = script[0]
    forging_s = datetime.fromisoformat(str(first.forging_at)).timestamp() - clicked_at
    billable = httpx2.get(f"{endpoints.admin_url}/billable", params={"containing": accepted.workflow_id}).json()
    return {
        "workflow_id": accepted.workflow_id,
        "state": podcast.state,
        "segments": len(heard.segments()),
        "packets": len(packets),
        "duration_s": round(len(packets) * PACKET_MS / 1000, 2),
        "click_to_first_packet_ms": round((first_packet - clicked) * 1000),
        "forge_to_first_packet_ms": round((first_packet - clicked - forging_s) * 1000),
        "wall_s": round(time.monotonic() - clicked, 2),
        "out": str(out),
        "billable": {
            **{operation: billable[operation] for operation in BILLABLE},
            "speech_engine_calls": sum(segment.engine_calls for segment in script),
        },
    }


def _harvested(api: Aethercast, workflow_id: str) -> Podcast:
    """Return the podcast once its sources are read. Raises PodcastFailed where none could be."""
    deadline = time.monotonic() + HARVEST_S
    while True:
        podcast = api.podcast(workflow_id)
        if podcast.stages["harvest"] == StageState.DONE:
            return podcast
        if podcast.error or podcast.state != WorkflowState.GENERATING:
            raise PodcastFailed((podcast.error or {}).get("message", "its making was ended"))
        if time.monotonic() > deadline:
            raise PodcastFailed("its sources took too long to read")
        time.sleep(0.05)


def _show_sources(podcast: Podcast, console: Console) -> None:
    """Show the sources read, the parts of each left out, and the sources that could not be read at all."""
    for source in podcast.sources:
        about = " · ".join(
            filter(None, (source["title"] or source["url"] or "a text", source["author"], source["date"]))
        )
        console.print(f"Read: {about}", highlight=False, markup=False)
        if untold := left_out_words(source["left_out"]):
            console.print(f"      left out: {untold}", highlight=False, markup=False)
    for problem in podcast.source_problems:
        console.print(f"Not read: {problem['message']}", highlight=False, markup=False)


def left_out_words(left_out: dict[str, int]) -> str:
    """{"reference": 31, "table": 1} -> "31 references, 1 table"."""
    return ", ".join(f"{count} {_noun(kind, count)}" for kind, count in left_out.items() if count)


def _noun(kind: str, count: int) -> str:
    one, many = LEFT_OUT_WORDS.get(kind, (kind, f"{kind}s"))
    return one if count == 1 else many


def _status(heard: Heard, clicked: float) -> Table:
    """Write one line: the stages, the sound heard so far, and the lead over a person's ears."""
    stages = {message["stage"]: message["state"] for message in heard.messages if message["type"] == "progress"}
    colors = {"DONE": "green", "RUNNING": "yellow", "FAILED": "red"}
    words = [f"[{colors.get(stages.get(stage, ''), 'dim')}]{word}[/]" for stage, word in STAGE_WORDS.items()]
    buffered = max(0.0, len(heard.packets) * PACKET_MS / 1000 - (time.monotonic() - clicked))
    line = Table.grid(padding=(0, 2))
    line.add_row(" > ".join(words), f"{len(heard.segments())} segments", f"{buffered:.0f} s buffered")
    return line


def _request(options: argparse.Namespace, console: Console) -> dict[str, Any]:
    wanted: dict[str, Any] = {"minutes": options.minutes}
    if options.language:
        wanted["language"] = options.language
    if options.topic:
        wanted["topic"] = options.topic
    if options.url:
        wanted["urls"] = options.url
    if options.file:
        wanted["documents"] = options.file
    if options.text_file:
        wanted["text"] = options.text_file.read_text()
    if not (options.topic or options.url or options.file or options.text_file):
        console.print(
            f"No topic, link, file or text was given: this podcast is about the bundled sample, {SAMPLE.name}."
        )
        wanted["text"] = SAMPLE.read_text()
    return wanted


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nox -s podcast --", description=__doc__)
    parser.add_argument("--topic", help="what to talk about; looked up in Wikipedia")
    parser.add_argument("--url", action="append", help="a page to talk about; may be given several times")
    parser.add_argument(
        "--file",
        type=_file,
        action="append",
        help="a PDF, book, page, chat, … to talk about; may be given several times",
    )
    parser.add_argument("--text-file", type=_readable_file, help="a text to talk about")
    parser.add_argument(
        "--minutes", type=_minutes, default=5, help=f"how long it should be, {MIN_MINUTES} to {MAX_MINUTES} (default 5)"
    )
    parser.add_argument("--language", choices=LANGUAGES, help="default: the sources' own")
    parser.add_argument("--out", type=_writable_file, default=Path("podcast.ogg"), help="default: podcast.ogg")
    parser.add_argument("--allow-private", action="store_true", help="let links lead to this machine")
    add_network_arguments(parser)
    return parser.parse_args()


def _minutes(text: str) -> int:
    if not text.isdecimal() or not MIN_MINUTES <= int(text) <= MAX_MINUTES:
        raise argparse.ArgumentTypeError(f"{text} is not a number from {MIN_MINUTES} to {MAX_MINUTES}")
    return int(text)


def _file(name: str) -> Path:
    path = Path(name)
    try:
        with path.open("rb") as opened:
            if not opened.read(1):
                raise argparse.ArgumentTypeError(f"there is nothing in {name}")
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{name} cannot be read: {error.strerror}") from None
    return path


def _readable_file(name: str) -> Path:
    path = Path(name)
    try:
        text = path.read_text()
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise argparse.ArgumentTypeError(f"{name} is not a text file (in UTF-8)") from None
    if not text.strip():
        raise argparse.ArgumentTypeError(f"there is nothing in {name}")
    return path


def _writable_file(name: str) -> Path:
    path = Path(name)
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}")
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{name} cannot be written to")
    return path


if __name__ == "__main__":
    sys.exit(main())
