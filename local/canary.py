"""Prove a deployment by one podcast: made, heard, downloaded, and told of, through all of it, as a listener's would be.

    AETHERCAST_API_KEY=… nox -s canary -- --api https://… [--project my-project]

Ends with 1 where a step failed, and says which one and where to look, within an hour whatever happens. With the
project, whose logs and traces are then asked as the operator, it also says what the platform does with the signatures
of tokens, which no emulator can prove, and, where `trace` is set, which service and which call took how long. The
podcast is deleted in the end, unless it is to be kept or something was wrong with it. A key of its own is best:
`nox -s keys -- create --owner canary --project my-project`. In the environment it stands in no list of processes, and
in no log of a pipeline.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import html
import json
import os
import queue
import re
import signal
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from secrets import token_bytes
from typing import Any

import httpx2

from client.aethercast import Aethercast, AethercastError, Podcast
from common.contract import PACKET_MS, StageState
from common.ogg import read_opus
from local import traces
from local.commands import INTERRUPTED, attached, ending, project_id, whole_number
from local.google_apis import Google, LoggedOut, NotAnswered, login
from local.listener import Heard, StreamBroken, listen_through

SAMPLE = Path(__file__).with_name("sample.txt")
COSTS = Path(__file__).parents[1] / "terraform" / "costs.toml"
KEY = "AETHERCAST_API_KEY"
TITLE = "Canary"
FIRST_SOUND_S = 300.0
"""How long the first sound may take: with cold starts of everything, and queues that begin slowly."""
HEARD_S = 1200.0
"""How long all of it may take to be heard."""
MAX_MINUTES = 15
"""Longer ones might not be heard within HEARD_S."""
FILES_S = 600.0
"""How long the finished episode and its MP3 may take once everything has been heard: with cold starts."""
TOLD_S = 120.0
WEBHOOK_BYTES = 1_000_000
TIMEOUT_S = 30.0
STEPS_S = {
    "reach": 60.0,
    "ask": 120.0,
    "hear": HEARD_S + 120.0,
    "finish": FILES_S + 60.0,
    "files": FILES_S + 300.0,
    "feed": 120.0,
    "webhook": TOLD_S + 10.0,
    "delete": 120.0,
}
"""How long each step may take at most, whatever it waits for: a server that sends a byte now and then keeps every other
patience awake."""
CLEANING_S = 30.0
LOOK = {
    "reach": "the address; of a new deployment, wait: a binding may take 7 minutes to be seen, a certificate an hour",
    "ask": "the key (`nox -s keys -- list`), and the gateway's logs",
    "hear": "the logs of the streamer, and whether its address can be reached from here",
    "finish": "the logs of mastering, and what `error` says",
    "files": "the logs of mastering and editions; the bucket's CORS is no matter here",
    "feed": "the gateway's logs",
    "webhook": "the webhooks agent's logs, and whether the address leads here",
    "delete": "the gateway's logs; the podcast is still there",
}


STAGES = {
    "": "whether events arrive: the subscription's push errors, its dead letters, and the orchestrator's logs",
    "harvest": "the harvest queue, and the logs of content-harvester",
    "weave": "the weave queue, and the logs of script-weaver and model-serving",
    "forge": "the forge and urgent queues, and the logs of voice-forge and model-serving",
    "master": "the master queue, and the logs of mastering",
}
"""Stage at which nothing more was heard -> where to look; "" where the streamer told of none."""


class StepFailed(Exception):
    """A step did not come to its end; the text says why. `look_at` is LOOK's, unless more is known."""

    def __init__(self, step: str, why: str, look_at: str = "") -> None:
        super().__init__(why)
        self.step, self.look_at = step, look_at or LOOK[step]


class TooLong(Exception):
    """A step takes longer than any should: no TimeoutError, which connections take for their own, and go on."""


@dataclass
class Run:
    """What is known so far: facts for a program, and when things happened, in seconds after the request."""

    facts: dict[str, Any] = field(default_factory=dict)
    sent: dict[int, float] = field(default_factory=dict)
    """Segment -> when the streamer sent it."""
    clicked: float = 0.0
    clicked_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    trace: list[traces.Work] = field(default_factory=list)


def prove(api: Aethercast, url: str, options: argparse.Namespace, run: Run) -> None:
    """Take every step. Raises StepFailed."""
    with step("reach"):
        answer = httpx2.get(f"{url}/api/v1/openapi.json", timeout=TIMEOUT_S)
        if answer.is_redirect:
            raise StepFailed("reach", f"It is elsewhere: {answer.headers.get('location')} (with https, mostly).")
        if "openapi" not in answer.raise_for_status().json():
            raise StepFailed("reach", "What answers there is not the API.")
    secret = "whsec_" + base64.b64encode(token_bytes(24)).decode()
    with receiver(options, secret) as told:
        with step("ask"):
            run.clicked, run.clicked_at = time.monotonic(), datetime.now(UTC)
            webhook = {"url": options.webhook_url, "secret": secret} if options.webhook_url else None
            text = SAMPLE.read_text(encoding="utf-8")
            accepted = api.generate(text=text, title=TITLE, minutes=options.minutes, webhook=webhook)
            workflow_id = run.facts["workflow_id"] = accepted.workflow_id
        with step("hear"):
            heard = hear(accepted.websocket_url, accepted.stream_id, run)
        with step("finish"):
            podcast = finished(api, workflow_id, run)
        with step("files"):
            files(api, podcast, heard, run)
        if options.feed:
            with step("feed"):
                feed(api, workflow_id, run)
        if options.webhook_url:
            with step("webhook"):
                run.facts["webhook"] = told.get(timeout=TOLD_S)
                if run.facts["webhook"] != "podcast.completed":
                    raise StepFailed("webhook", f"It told {run.facts['webhook']}.")
    if not options.keep:
        with step("delete"):
            api.delete(workflow_id)


def hear(url: str, stream_id: str, run: Run) -> Heard:
    """Listen to the end, as a player does."""
    heard = Heard()
    for message in _told(url, stream_id, heard):
        now = time.monotonic() - run.clicked
        if message is None:
            run.facts.setdefault("first_sound_ms", round(now * 1000))
        elif message["type"] == "segment":
            run.sent.setdefault(int(message["index"]), now)
        waited_for_more = message is None or message["type"] == "keepalive"  # the streamer has patience without end
        if waited_for_more and now > (HEARD_S if "first_sound_ms" in run.facts else FIRST_SOUND_S):
            what, at = "was not heard to its end" if heard.packets else "made no sound", stage(heard)
            where = f"at stage {at}" if at else "and no stage of its making has begun"
            raise StepFailed("hear", f"It {what} within {now:.0f} s, {where}.", STAGES[at])
    run.facts |= {"packets": len(heard.packets), "heard_s": round(len(heard.packets) * PACKET_MS / 1000, 1)}
    if not heard.packets or not heard.whole():
        raise StepFailed("hear", "The stream ended, but packets are missing or came twice.")
    return heard


def _told(url: str, stream_id: str, heard: Heard) -> Iterator[dict[str, Any] | None]:
    """Yield all that the streamer tells. Raises StepFailed where the streamer tells of a false end, or breaks off for
    good."""
    try:
        yield from listen_through(url, stream_id, heard)
    except StreamBroken as broken:
        raise StepFailed("hear", f"{broken}.", STAGES[stage(heard)] if heard.messages else "") from broken


def stage(heard: Heard) -> str:
    """Return the last stage that had begun and was not done, as far as the streamer told; "" for none."""
    told = {str(one["stage"]): str(one["state"]) for one in heard.messages if one["type"] == "progress"}
    going = [name for name, state in told.items() if state != StageState.DONE]
    return next((name for name in reversed(going or list(told)) if name in STAGES), "")


def finished(api: Aethercast, workflow_id: str, run: Run) -> Podcast:
    podcast = api.wait(workflow_id, within_s=FILES_S)
    if podcast.state != "COMPLETED":
        raise StepFailed("finish", f"It ended as {podcast.state}: {podcast.error}")
    segments = api.segments(workflow_id)
    run.facts |= {"segments": len(segments), "completed_ms": round((time.monotonic() - run.clicked) * 1000)}
    run.facts["waterfall"] = [
        {
            "segment": one.index,
            **{name: _after(run, getattr(one, name)) for name in ("scripted_at", "forging_at", "forged_at")},
            "sent_s": round(run.sent[one.index], 2) if one.index in run.sent else None,
        }
        for one in segments
    ]
    apologies = [one.index for one in segments if one.state != "FORGED"]
    if apologies:
        raise StepFailed("finish", f"Turns {apologies} were not voiced.")
    return podcast


def files(api: Aethercast, podcast: Podcast, heard: Heard, run: Run) -> None:
    """Check the episode's packets against those heard, and find an MP3 of the episode."""
    with tempfile.TemporaryDirectory(prefix="aethercast-canary-") as folder:
        episode, mp3 = Path(folder) / "episode.ogg", Path(folder) / "episode.mp3"
        api.download(podcast.workflow_id, episode)
        packets = len(read_opus(episode.read_bytes()).packets)
        if packets != len(heard.packets):
            raise StepFailed("files", f"The episode has {packets} packets, and {len(heard.packets)} were heard.")
        deadline = time.monotonic() + FILES_S
        while "mp3" not in (api.podcast(podcast.workflow_id).artifacts or {}):
            if time.monotonic() > deadline:
                raise StepFailed("files", "There is no MP3 yet.")
            time.sleep(0.5)
        api.download(podcast.workflow_id, mp3, "mp3")
        content = mp3.read_bytes()
        if not content.startswith((b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3")):
            raise StepFailed("files", "What is called an MP3 is none.")
        run.facts["mp3_bytes"] = len(content)


def feed(api: Aethercast, workflow_id: str, run: Run) -> None:
    """Read a private feed: it has the episode, and its enclosure can be had."""
    try:
        told = httpx2.get(api.new_feed(), timeout=TIMEOUT_S)
        told.raise_for_status()
        links = [html.unescape(link) for link in re.findall(r'<enclosure [^>]*url="([^"]+)"', told.text)]
        mine = [link for link in links if workflow_id in link]
        if not mine:
            raise StepFailed("feed", "The episode is not in the feed.")
        httpx2.get(mine[0], timeout=TIMEOUT_S, follow_redirects=True).raise_for_status()
    finally:
        api.revoke_feeds()
    run.facts["feed"] = "has the episode"


def tokens(google: Google, since: datetime) -> str:
    """Return the platform's treatment of token signatures, in words, out of the services' log entries since then
    (common/oidc.py)."""
    wanted = f'jsonPayload.message="tokens come" AND timestamp>="{since.isoformat()}"'
    asked = {"resourceNames": [f"projects/{google.project}"], "filter": wanted, "pageSize": 1000}
    lines = [one.get("jsonPayload", {}) for one in google.post("logging", "v2/entries:list", asked).get("entries", [])]
    removed = [line for line in lines if line.get("signature") == "removed"]
    kept = [line for line in lines if line.get("signature") == "kept"]
    unchecked = [line for line in lines if not line.get("platform_checks")]
    if not lines:
        return "No service has said anything about tokens since then: no instance of a private one was started."
    if any(not line.get("platform_checks") for line in removed):
        return (
            "WRONG: a service gets tokens without their signature, and is not told that the platform has checked them."
        )
    if unchecked:
        return "Look at iam.tf: a private service is not told that the platform checks who calls it."
    if removed and kept:
        return "The platform takes the signatures of some tokens and leaves those of others; both are believed rightly."
    if removed:
        return (
            "The platform checks tokens and takes their signatures away; services believe it, beside an authenticator."
        )
    return "The platform hands tokens on with their signatures, which services verify in full."


def traced(google: Google, run: Run) -> list[dict[str, Any]] | str:
    """Return the podcast's trace summed up, or why there is none."""
    if "workflow_id" not in run.facts:
        return "No podcast was made."
    try:
        run.trace = traces.trace(google, run.facts["workflow_id"])
    except (LoggedOut, NotAnswered) as error:
        return f"The traces could not be asked: {error}"
    return [asdict(work) for work in run.trace] or "There is none: `trace` is not set, or it is still being written."


def operations(run: Run, admin: str) -> dict[str, Any]:
    """Return the cost of the podcast's operations, in US dollars: of those counted by a local stack, else of a podcast
    with the same number of segments (terraform/costs.toml)."""
    given = tomllib.loads(COSTS.read_text(encoding="utf-8"))
    measured = given["measured"]["hosted"]
    if admin:
        containing = {"containing": run.facts["workflow_id"]}
        counted = httpx2.get(f"{admin}/billable", params=containing, timeout=TIMEOUT_S).json()
        counts, source = {name: float(counted[name]) for name in measured["operations"]}, "counted"
    else:
        share = run.facts["segments"] / measured["segments"]
        counts, source = {name: count * share for name, count in measured["operations"].items()}, "estimated"
    dollars = sum(count * given["price"][name] for name, count in counts.items() if name in given["price"])
    return {"dollars": round(dollars, 6), "source": source, "counts": {name: round(n) for name, n in counts.items()}}


def connected(url: str, key: str) -> Aethercast:
    """Return the API's client. Raises StepFailed for an invalid address, and for a key that no header can hold."""
    with failing_at("reach"):
        httpx2.URL(url)
    with failing_at("ask"):
        return Aethercast(url, key)
    raise AssertionError("a step returns or raises")


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say which step begins, and turn whatever goes wrong within into a StepFailed of that name, its end that does not
    come in STEPS_S included."""
    print(f"  {name} …", file=sys.stderr)
    with failing_at(name), ending_within(STEPS_S[name]):
        yield


@contextmanager
def ending_within(seconds: float) -> Iterator[None]:
    """Raise TooLong in the block after this time, and in its cleaning up after each CLEANING_S again. Of the main
    thread, and not within another such."""

    def too_long(*_: object) -> None:
        raise TooLong(f"it did not end within {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds, min(seconds, CLEANING_S))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def failing_at(name: str) -> Iterator[None]:
    """Turn whatever goes wrong within into a StepFailed of that name."""
    try:
        yield
    except StepFailed:
        raise
    except queue.Empty:
        raise StepFailed(name, f"Nothing came within {TOLD_S:.0f} s.") from None
    except Exception as error:  # of an answer that nobody foresaw, too: a step is what an operator can look at
        raise StepFailed(name, f"{type(error).__name__}: {error}") from error


@contextmanager
def receiver(options: argparse.Namespace, secret: str) -> Iterator[queue.Queue[str]]:
    """Take webhooks on a port of this machine while the block runs: the type of each, in order. Requests not signed
    with `secret` are turned away: the port is open to strangers."""
    told: queue.Queue[str] = queue.Queue()
    if not options.webhook_url:
        yield told
        return

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            body = self.rfile.read(min(int(length), WEBHOOK_BYTES) if re.fullmatch(r"[0-9]{1,9}", length) else 0)
            ours = _is_signed(secret, self.headers, body)
            self.send_response(204 if ours else 401)
            self.end_headers()
            if ours:
                told.put(str(json.loads(body).get("type")))

        def log_message(self, *_: Any) -> None:
            pass

    try:
        server = ThreadingHTTPServer(("", options.webhook_port), Hook)
    except OSError as error:
        raise StepFailed("webhook", f"Nothing can be taken at port {options.webhook_port}: {error.strerror}.") from None
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _is_signed(secret: str, headers: Message, body: bytes) -> bool:
    """Tell whether a webhook is ours: https://www.standardwebhooks.com"""
    parts = [headers.get(f"webhook-{name}", "").encode() for name in ("id", "timestamp")]
    digest = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), b".".join((*parts, body)), "sha256")
    wanted = f"v1,{base64.b64encode(digest).decode()}".encode()
    return hmac.compare_digest(headers.get("webhook-signature", "").encode(), wanted)


def stopped(api: Aethercast, run: Run, *, keep: bool) -> None:
    """After Ctrl-C: the rest of an unjudged podcast costs nothing."""
    workflow_id = run.facts.get("workflow_id")
    if workflow_id is None:
        print("\nStopped. If a podcast was asked for, it goes on being made.", file=sys.stderr)
        return
    left = "kept, and goes on being made"
    if not keep:
        try:
            with ending_within(CLEANING_S):
                api.delete(workflow_id)
            left = "deleted"
        except (AethercastError, TooLong) as error:
            left = f"still there, as it could not be deleted: {error}"
    print(f"\nStopped. The podcast {workflow_id} is {left}.", file=sys.stderr)


def waterfall(run: Run) -> Iterator[str]:
    """Yield a line a turn: when it was written, voiced and sent, in seconds after the request."""
    yield "  turn  written  voicing   voiced     sent"
    for row in run.facts.get("waterfall", [])[:20]:
        cells = (row[name] for name in ("scripted_at", "forging_at", "forged_at", "sent_s"))
        yield f"  {row['segment']:4}" + "".join(f"{'–' if cell is None else format(cell, '.2f'):>9}" for cell in cells)


def _after(run: Run, moment: str | None) -> float | None:
    """Seconds from the request to a moment of the API's; the clocks are two."""
    return None if moment is None else round((datetime.fromisoformat(moment) - run.clicked_at).total_seconds(), 2)


def main(arguments: list[str] | None = None, connect: Callable[[str], Google] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="nox -s canary --", description=__doc__.partition("\n")[0])
    parser.add_argument("--api", required=True, help="where the API is: Terraform's output api_url")
    parser.add_argument(
        "--key",
        default=os.environ.get(KEY, ""),
        help=f"an API key, best one of its own; default: {KEY} of the environment",
    )
    parser.add_argument(
        "--minutes", type=whole_number(1, MAX_MINUTES), default=1, help="how long the podcast is to be (default 1)"
    )
    parser.add_argument(
        "--project", type=project_id, help="ask the logs of that project what became of tokens, and its traces"
    )
    parser.add_argument("--feed", action="store_true", help="read a feed, too; takes back all of the key's owner's")
    parser.add_argument("--webhook-url", default="", help="have the end told to this address, which leads to …")
    parser.add_argument(
        "--webhook-port",
        type=whole_number(1, 65_535),
        default=8099,
        help="… this port of this machine (default 8099)",
    )
    parser.add_argument("--keep", action="store_true", help="do not delete the podcast")
    parser.add_argument("--admin", default="", help=argparse.SUPPRESS)  # of a local stack, which counts operations
    options = parser.parse_args(attached(arguments, "--key"))
    if not options.key:
        parser.error(f"say with which key: {KEY}=… in the environment, or --key KEY")
    url, run, status = options.api.rstrip("/"), Run(), 0
    try:
        with connected(url, options.key) as api:
            try:
                prove(api, url, options, run)
                run.facts["operations"] = operations(run, options.admin)
            except KeyboardInterrupt:
                stopped(api, run, keep=options.keep)
                return INTERRUPTED
    except StepFailed as failed:
        status = 1
        run.facts["failed"] = {"step": failed.step, "why": str(failed), "look_at": failed.look_at}
        print(f"FAILED at `{failed.step}`: {failed}\nLook at {failed.look_at}.", file=sys.stderr)
        if options.project and "workflow_id" in run.facts:
            lines = f'jsonPayload.workflow_id="{run.facts["workflow_id"]}"'
            print(f"gcloud logging read '{lines}' --project={options.project} --order=asc", file=sys.stderr)
    if options.project:
        try:
            google = connect(options.project) if connect else Google(login(), options.project)
            run.facts["tokens"] = tokens(google, datetime.now(UTC) - timedelta(days=1))
        except (LoggedOut, NotAnswered) as error:
            run.facts["tokens"] = f"The logs could not be asked: {error}"
        else:
            run.facts["trace"] = traced(google, run)
        status = 1 if run.facts["tokens"].startswith("WRONG") else status
    else:
        run.facts["tokens"] = "Not looked at: that takes --project."
    print("\n".join([*waterfall(run), *traces.told(run.trace)]), file=sys.stderr)
    print(f"  tokens: {run.facts['tokens']}", file=sys.stderr)
    print(json.dumps(run.facts))
    return status


if __name__ == "__main__":
    raise SystemExit(ending(main))
