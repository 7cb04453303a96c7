"""Pictures: one podcast's timeline, and the pipeline's figures: nox -s bench -- --plot [--pipeline FILE].

The timeline is of a podcast made now, with engines as slow as hosted ones (tests/bench/pipeline.py): a row a segment,
from the moment it was written over its wait, its voicing and its way to the listener, until its sound is due. The other
picture is of what `nox -s bench -- pipeline --json FILE` measured; `cloud --plot` draws its ways here, too.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import matplotlib as mpl

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
mpl.use("Agg")
mpl.rcParams.update(
    {
        "svg.hashsalt": "aethercast",  # the same figures give the same file
        "svg.fonttype": "none",
        "font.family": "sans-serif",
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlelocation": "left",
        "axes.titleweight": "bold",
    }
)

from matplotlib import pyplot as plt  # noqa: E402 - after the backend is chosen

from client.aethercast import Aethercast, Segment  # noqa: E402
from common.contract import PACKET_MS  # noqa: E402
from local.listener import Heard, listen_through  # noqa: E402
from local.podcast import SAMPLE  # noqa: E402
from local.stack import Stack  # noqa: E402
from tests.bench.pipeline import FIRST_S, SPEED, TOKENS_A_SECOND, engines  # noqa: E402
from tests.fakes.language import FakeChatServer  # noqa: E402
from tests.fakes.speech import FakeSpeechServer, Pace  # noqa: E402
from tests.fakes.spoken import spoken  # noqa: E402

MINUTES = 3
QUEUED, VOICED, STORED, AHEAD = "#d9cfc0", "#b4540a", "#0f766e", "#e8efe9"
SPEAKERS = {"Ada": "#b4540a", "Ben": "#0f766e"}


@dataclass(frozen=True)
class Row:
    """A segment's moments, in seconds since the click; `due` is when its sound is due, for an immediate player."""

    speaker: str
    written: float
    voicing: float
    voiced: float
    sent: float
    due: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plot", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--pipeline", type=Path, metavar="FILE", help="what `pipeline --json FILE` wrote")
    parser.add_argument("--folder", type=Path, default=ROOT / "docs", help="where the pictures go (default docs/)")
    options = parser.parse_args()
    options.folder.mkdir(exist_ok=True)
    _draw_timeline(_rows(), options.folder / "timeline.svg")
    if options.pipeline:
        _draw_pipeline(json.loads(options.pipeline.read_text()), options.folder / "first_sound.svg")
    return 0


def _rows() -> list[Row]:
    """Have a podcast made and hear it; where the time of each of its segments went."""
    with (
        FakeSpeechServer(spoken, Pace(FIRST_S, SPEED)) as speech,
        FakeChatServer(tokens_per_second=TOKENS_A_SECOND) as language,
        Stack(engines(speech, language)) as stack,
    ):
        endpoints = stack.endpoints
        with Aethercast(endpoints.api_url, endpoints.api_key) as api:
            _heard(api)  # what a first podcast loads, no later one waits for
            return _heard(api)


def _heard(api: Aethercast) -> list[Row]:
    clicked = time.time()
    made = api.generate(text=SAMPLE.read_text(), minutes=MINUTES)
    heard, arrived = Heard(), list[float]()
    for message in listen_through(made.websocket_url, made.stream_id, heard):
        if message is None:
            arrived += [time.time()] * (len(heard.packets) - len(arrived))
    firsts = [message["firstPacket"] for message in heard.segments()]
    return [
        Row(
            segment.speaker,
            written=_moment(segment, "scripted_at") - clicked,
            voicing=_moment(segment, "forging_at") - clicked,
            voiced=_moment(segment, "forged_at") - clicked,
            sent=arrived[first] - clicked,
            due=arrived[0] - clicked + first * PACKET_MS / 1000,
        )
        for segment, first in zip(api.segments(made.workflow_id), firsts, strict=True)
    ]


def _moment(segment: Segment, name: str) -> float:
    return datetime.fromisoformat(getattr(segment, name)).timestamp()


def _draw_timeline(rows: list[Row], to: Path) -> None:
    figure, axes = plt.subplots(figsize=(9, 0.24 * len(rows) + 1.3), layout="constrained")
    places = range(len(rows))
    for label, colour, begins, ends in (
        ("written, waiting for a voice", QUEUED, "written", "voicing"),
        ("being voiced", VOICED, "voicing", "voiced"),
        ("stored and sent", STORED, "voiced", "sent"),
        ("at the listener, ahead of the ear", AHEAD, "sent", "due"),
    ):
        starts = [getattr(row, begins) for row in rows]
        lengths = [max(0.0, getattr(row, ends) - start) for row, start in zip(rows, starts, strict=True)]
        axes.barh(places, lengths, left=starts, height=0.7, color=colour, label=label)
    axes.scatter([row.due for row in rows], places, s=14, color="#1c1830", zorder=3, label="heard")
    axes.set_yticks(places, [f"{row.speaker} {place}" for place, row in enumerate(rows)], fontsize=8)
    for tick, row in zip(axes.get_yticklabels(), rows, strict=True):
        tick.set_color(SPEAKERS.get(row.speaker, "black"))
    axes.invert_yaxis()
    axes.set_xlabel("seconds after the click")
    axes.set_title(f"One podcast, turn by turn: first sound after {rows[0].sent:.2f} s")
    axes.legend(frameon=False, fontsize=8, loc="upper right")
    _save(figure, to)


def _draw_pipeline(figures: dict[str, Any], to: Path) -> None:
    lengths = {name: found for name, found in figures.items() if "first_sound_ms" in found}
    measured, places = list(lengths.values()), range(len(lengths))
    figure, axes = plt.subplots(figsize=(8, 0.7 * len(lengths) + 1.2), layout="constrained")
    for offset, label, colour, name, unit_s in (
        (-0.26, "the engine's own first sound", QUEUED, "engine_first_ms", 0.001),
        (0.0, "first sound at the listener", VOICED, "first_sound_ms", 0.001),
        (0.26, "all made, then played", STORED, "all_made_s", 1.0),
    ):
        values = [found[name] * unit_s for found in measured]
        bars = axes.barh([place + offset for place in places], values, height=0.24, color=colour, label=label)
        axes.bar_label(bars, [f" {value:.2f} s" if value < 10 else f" {value:.0f} s" for value in values], fontsize=8)
    axes.set_yticks(places, list(lengths))
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlim(left=0.1)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("seconds after the click")
    axes.set_title("The first sound does not wait for the last word")
    axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    _save(figure, to)


def draw_ways(figures: dict[str, Any], to: Path) -> None:
    """Draw the ways to the first packet that `cloud` has measured, operation by operation, and the shares of kinds."""
    rows = {name: found for name, found in figures.items() if "way" in found}
    heights = [max(4, len(found["way"]["steps"])) for found in rows.values()]
    size = (10, 0.21 * sum(heights) + 1.1 * len(rows))
    figure, places = plt.subplots(len(rows), figsize=size, height_ratios=heights, layout="constrained", squeeze=False)
    for axes, (name, found) in zip(places[:, 0], rows.items(), strict=True):
        steps = found["way"]["steps"]
        for place, (kind, about, begin_ms, length_ms) in enumerate(steps):
            axes.barh(place, length_ms, left=begin_ms, height=0.75, color=_colour(kind))
            words = f" {kind.replace('_', ' ')} {length_ms:.0f}  {_subject(about)}"
            axes.text(begin_ms + length_ms, place, words, fontsize=6.5, va="center")
        shares = ", ".join(
            f"{kind.replace('_', ' ')} {share:.0%}" for kind, share in found["shares"].items() if share > 0.02
        )
        spread, last = found["first_packet_ms"], found["way"]["first_packet_ms"]
        axes.axvline(last, color="#1c1830", linewidth=0.8)
        axes.set_xlim(0, 1.3 * last)
        axes.set_yticks([])
        axes.invert_yaxis()
        axes.set_title(f"{name}: first packet after {spread['p50']} ms (p95 {spread['p95']})\n{shares}", fontsize=8)
        axes.set_xlabel("ms after the click", fontsize=7)
        axes.tick_params(labelsize=7)
    _save(figure, to)


def _colour(kind: str) -> str:
    """Operations of a kind, by purpose."""
    colours = {
        "firestore": "#0f766e",
        "pubsub": "#6d5bd0",
        "tasks": "#2f6db5",
        "storage": "#8a6d3b",
        "start": "#b91c1c",
    }
    return {"engine": VOICED}.get(kind) or colours.get(kind.partition("_")[0], QUEUED)


def _subject(about: str) -> str:
    """The subject of an operation, without unreadable ids."""
    about = about.partition(" ")[0] if about.startswith("/") else about  # without the query of an address
    words = re.sub(r"[0-9a-f]{8}-?[0-9a-f-]{20,}|[\w-]{30,}", "…", about.rpartition("/queues/")[2])
    return words if len(words) < 70 else f"{words[:69]}…"


def _save(figure: Any, to: Path) -> None:
    figure.savefig(to, metadata={"Date": None})
    plt.close(figure)
    print(to)


if __name__ == "__main__":
    sys.exit(main())
