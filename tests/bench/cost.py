"""The operations and the instances' time that a podcast is paid for: nox -s bench -- cost [--json FILE].

The whole system on this machine with the delays of emulators/delays.py: a page is opened, a podcast of ten minutes is
made out of LICENSE and heard to its end, and its files are made. `embedded` engines, or `hosted` ones as those of
`bench -- cloud`. An earlier podcast has loaded and voiced before what is loaded and voiced once. Counted is everything
that the cloud was asked for meanwhile, but for the sweeper; what is told goes into terraform/costs.toml.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from common.contract import PACKET_MS  # noqa: E402 - after the path is laid
from local.listener import Heard, listen, start  # noqa: E402
from local.network import Network  # noqa: E402
from local.podcast import SAMPLE  # noqa: E402
from local.stack import Options, Stack  # noqa: E402
from tests.bench.pipeline import FIRST_S, SPEED, TOKENS_A_SECOND, engines  # noqa: E402
from tests.fakes.language import FakeChatServer  # noqa: E402
from tests.fakes.speech import FakeSpeechServer, Pace  # noqa: E402
from tests.fakes.spoken import spoken  # noqa: E402

MINUTES = 10
FILES_S = 300.0
CHARACTERS_A_TOKEN = 4


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engines", choices=("embedded", "hosted"), default="embedded")
    parser.add_argument("--seed", type=int, default=0, help="of the delays")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    options = parser.parse_args()
    with contextlib.ExitStack() as cleanup:
        wanted, language = Options(isolate=True), None
        if options.engines == "hosted":
            speech = cleanup.enter_context(FakeSpeechServer(spoken, Pace(FIRST_S, SPEED)))
            language = cleanup.enter_context(FakeChatServer(tokens_per_second=TOKENS_A_SECOND))
            wanted = engines(speech, language)
        spans = Path(cleanup.enter_context(TemporaryDirectory(prefix="aethercast-cost-"))) / "spans"
        wanted = replace(
            wanted,
            environment=(*wanted.environment, ("TRACES_TO", str(spans))),
            network=Network(options.seed, warm=True),
            sweep_every_s=3600.0,
        )
        stack = cleanup.enter_context(Stack(wanted))
        _podcast(stack, SAMPLE.read_text(), 1)
        before = _lines(spans)
        figures = _measured(stack, language) | {"spans": _lines(spans) - before}
    print(json.dumps(figures, indent=2))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def _measured(stack: Stack, language: FakeChatServer | None) -> dict[str, Any]:
    assert stack.reach
    before, clicked, asked = stack.billable(), time.time(), len(language.prompts) if language else 0
    heard, made_s, workflow_id = _podcast(stack, (ROOT / "LICENSE").read_text(), MINUTES)
    billable = stack.billable()  # before anything more is asked for
    segments = _api(stack).get(f"{stack.endpoints.api_url}/api/v1/podcasts/{workflow_id}/segments", timeout=60).json()
    figures = {
        "made_s": round(made_s, 1),
        "seconds": round(len(heard.packets) * PACKET_MS / 1000, 1),
        "segments": len(segments["segments"]),
        "audio_bytes": sum(map(len, heard.packets.values())),
        "characters": sum(len(segment["text"]) for segment in segments["segments"]),
    }
    if language:
        figures["prompt_tokens"] = sum(map(len, language.prompts[asked:])) // CHARACTERS_A_TOKEN
    return figures | {
        "operations": {name: count - before[name] for name, count in billable.items()},
        "busy_s": {name: round(s, 1) for name, s in sorted(stack.reach.busy_s(clicked).items()) if name != "streamer"},
    }


def _lines(file: Path) -> int:
    return file.read_bytes().count(b"\n") if file.exists() else 0


def _podcast(stack: Stack, text: str, minutes: int) -> tuple[Heard, float, str]:
    """Have a page opened, a podcast made, heard and its files made: the sound, how long its making took in seconds, and
    its id."""
    session, api = _api(stack), f"{stack.endpoints.api_url}/api/v1"
    for url in (f"{stack.endpoints.player_url}/", f"{api}/engines", f"{api}/podcasts"):
        session.get(url, timeout=60).raise_for_status()
    clicked = time.monotonic()
    answer = session.post(f"{api}/podcasts/generate", json={"text": text, "minutes": minutes}, timeout=120)
    answer.raise_for_status()
    accepted, heard = answer.json(), Heard()
    for _ in listen(accepted["websocket_url"], heard, start(accepted["stream_id"])):
        pass
    if not heard.whole():
        raise SystemExit("the stream was not whole")
    made_s = time.monotonic() - clicked
    workflow_id = accepted["cpoa_workflow_id"]
    while not all(any(one.endswith(end) for one in _objects(stack, workflow_id)) for end in (".mp3", ".m4a")):
        if time.monotonic() > clicked + made_s + FILES_S:
            raise SystemExit("its files were not made")
        time.sleep(1)
    time.sleep(3)  # what was in the making is written down
    return heard, made_s, workflow_id


def _objects(stack: Stack, workflow_id: str) -> dict[str, int]:
    """Names of what was written into the bucket, told by the meter: to look costs nothing."""
    return stack.billable_by_resource("storage_writes", workflow_id)


def _api(stack: Stack) -> requests.Session:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {stack.endpoints.api_key}"
    return session


if __name__ == "__main__":
    sys.exit(main())
