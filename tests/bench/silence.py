"""How long anybody waits when connections are lost without a word: nox -s bench -- silence [calls|listener|podcast …].

Proxies lose all connections that are open to something, at random moments; new ones work. Of many losses the longest
wait is told, in seconds:

    calls      of a call, made by several threads again and again, until it is answered (asked again where it fails)
    listener   from a segment's commit until it is heard, by one who has heard all there was; what goes to the streamer
    podcast    in which nothing of a podcast is written, voiced or finished, with a writer of 40 tokens a second and a
               voice of 300 ms to its first sound; in every service, and without a loss for comparison
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import requests

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from common.errors import AethercastError  # noqa: E402 - after the path is laid
from common.services import Service  # noqa: E402
from emulators.identity import Identity  # noqa: E402
from local.podcast import SAMPLE  # noqa: E402
from local.silent_proxy import SilentProxy  # noqa: E402
from local.stack import Stack  # noqa: E402
from tests.bench.pipeline import FIRST_S, SPEED, TOKENS_A_SECOND, engines  # noqa: E402
from tests.conftest import eventually  # noqa: E402
from tests.fakes.language import FakeChatServer  # noqa: E402
from tests.fakes.speech import FakeSpeechServer, Pace  # noqa: E402
from tests.fakes.spoken import spoken  # noqa: E402
from tests.pipeline.callee import Callee, plainly  # noqa: E402
from tests.pipeline.lossy_cloud import CALLS, lossy_cloud  # noqa: E402
from tests.streaming.harness import StreamerHarness  # noqa: E402
from tests.streaming.instances import Instance  # noqa: E402
from tests.streaming.listeners import WebSocketListener, start  # noqa: E402

THREADS = 4
GIVEN_UP_AFTER_S = 90.0
"""Who has waited for so long is told with that: it was longer."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", choices=[[], "calls", "listener", "podcast"], help="all unless named")
    parser.add_argument("--times", type=int, default=5, help="losses of each kind (default 5)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    options = parser.parse_args()
    parts = {"calls": calls, "listener": listener, "podcast": podcast}
    figures: dict[str, dict[str, float]] = {}
    for name in options.what or parts:
        figures[name] = {}
        with tempfile.TemporaryDirectory(prefix="aethercast-silence-") as folder:
            for lost, waited_s in parts[name](Path(folder), Random(options.seed), options.times):
                figures[name][lost] = waited_s
                longer = ">" if waited_s >= GIVEN_UP_AFTER_S else ""
                print(f"{name:<10} {lost:<26} {longer}{waited_s:>6.1f} s", flush=True)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


Waits = Iterator[tuple[str, float]]


def calls(folder: Path, random: Random, times: int) -> Waits:
    """List each kind of call with its longest wait."""
    with lossy_cloud(folder) as cloud:
        for name, (service, make, _) in CALLS.items():
            yield name, _longest(lambda make=make: make(cloud), cloud.proxies[service], random, times)  # type: ignore[misc]
    with _own_service(folder) as (proxy, call):
        yield "own service", _longest(call, proxy, random, times)


@contextmanager
def _own_service(folder: Path) -> Iterator[tuple[SilentProxy, Callable[[], Any]]]:
    identity = Identity(folder)
    identity.start()
    callee = Callee()
    callee.pages["/quick"] = plainly({"ok": True})
    key_file = str(identity.service_account_file("caller@lost.iam.gserviceaccount.com"))
    with SilentProxy(f"127.0.0.1:{callee.server.server_port}") as proxy:
        with mock.patch.dict("os.environ", {"GOOGLE_APPLICATION_CREDENTIALS": key_file}):
            service = Service(f"http://{proxy.address}")
            service.post("/quick", {}, read=dict, timeout=10.0)
        yield proxy, lambda: service.post("/quick", {}, read=dict, timeout=_patience_of_the_streamer())
    callee.close()
    identity.stop()


def _patience_of_the_streamer() -> Any:
    from streamer.catalog import fetch

    return fetch._GATEWAY_TIMEOUT_S


def _longest(call: Callable[[], Any], proxy: SilentProxy, random: Random, times: int) -> float:
    """The longest that any of a few threads has waited for an answer, over so many losses."""
    over = threading.Event()
    waits = [0.0]
    since: dict[int, float] = {}

    def go_on(number: int) -> None:
        while not over.is_set():
            since[number] = began = time.monotonic()
            while not over.is_set():
                try:
                    call()
                    break
                except AethercastError:
                    pass
                except Exception as error:  # noqa: BLE001 - Google's, of which there are many
                    del error
            waits.append(time.monotonic() - began)
            over.wait(0.05)

    threads = [threading.Thread(target=go_on, args=(number,), daemon=True) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for _ in range(times):
        time.sleep(random.uniform(0.3, 1.0))
        proxy.lose()
        lost = time.monotonic()
        while min(since.values()) < lost and time.monotonic() - lost < GIVEN_UP_AFTER_S:
            time.sleep(0.05)
        if time.monotonic() - lost >= GIVEN_UP_AFTER_S:
            waits.append(GIVEN_UP_AFTER_S)
            break
    over.set()
    if waits[-1] < GIVEN_UP_AFTER_S:
        for thread in threads:
            thread.join()
    return max(waits)


def listener(folder: Path, random: Random, times: int) -> Waits:
    """Measure the streamer's calls, and how long its listener waited for sound."""
    with StreamerHarness(folder) as harness, ExitStack() as behind:
        addresses = {
            "Firestore": harness.env["FIRESTORE_EMULATOR_HOST"],
            "Storage": harness.env["STORAGE_EMULATOR_HOST"].removeprefix("http://"),
            "gateway": harness.gateway_url.removeprefix("http://"),
        }
        proxies = {name: behind.enter_context(SilentProxy(address)) for name, address in addresses.items()}
        harness.env = {**harness.env, "STORAGE_EMULATOR_HOST": f"http://{proxies['Storage'].address}"}
        for lost in ({"Firestore"}, {"Storage"}, {"gateway"}, set(proxies)):
            instance = Instance(
                harness,
                folder,
                FIRESTORE_EMULATOR_HOST=proxies["Firestore"].address,
                GATEWAY_URL=f"http://{proxies['gateway'].address}",
            )
            behind.callback(instance.child.kill)
            instance.await_ready()
            waits = [_heard_after(harness, instance, [proxies[name] for name in lost], random) for _ in range(times)]
            yield " and ".join(sorted(lost)), max(waits)


def _heard_after(harness: StreamerHarness, instance: Instance, lost: list[SilentProxy], random: Random) -> float:
    """The longest wait for one of several segments, where connections are lost at a random moment."""
    podcast = harness.podcast(segments=1)
    waits = [0.0]
    with WebSocketListener(instance.stream, start(podcast.ticket())) as listener:
        listener.wait_for_packets(50)
        losing = threading.Timer(random.uniform(0.0, 10.0), _lose, (lost,))
        losing.start()
        until = time.monotonic() + 12.0
        while time.monotonic() < until and waits[-1] < GIVEN_UP_AFTER_S:
            time.sleep(random.uniform(0.1, 1.5))
            podcast.say(10)
            said = time.monotonic()
            try:
                listener.wait_for(lambda: len(listener.heard.packets) >= len(podcast.packets), GIVEN_UP_AFTER_S)
                waits.append(time.monotonic() - said)
            except AssertionError:
                waits.append(GIVEN_UP_AFTER_S)
        losing.join()
        podcast.cancel()
    return max(waits)


def podcast(folder: Path, random: Random, times: int) -> Waits:
    """What all services speak to, and for how long a podcast stood still."""
    pace = Pace(FIRST_S, SPEED)
    with (
        FakeSpeechServer(spoken, pace) as speech,
        FakeChatServer(tokens_per_second=TOKENS_A_SECOND) as language,
        Stack(replace(engines(speech, language), lossy=True, streamer=False)) as stack,
    ):
        calm = max(_standstill(stack, [], 0.0) for _ in range(2))
        yield "nothing", calm
        for lost in [*([name] for name in stack.proxies if name != "GATEWAY_URL"), [*stack.proxies]]:
            name = lost[0] if len(lost) == 1 else "all of these"
            waits = []
            for _ in range(times):
                waits.append(_standstill(stack, [stack.proxies[each] for each in lost], random.uniform(0.5, 15.0)))
                if waits[-1] >= GIVEN_UP_AFTER_S:
                    break
            yield name.removesuffix("_EMULATOR_HOST").removesuffix("_URL").lower(), max(waits)


def _standstill(stack: Stack, lost: list[SilentProxy], after_s: float) -> float:
    """The longest time in which nothing came of a podcast of a minute that connections are lost for, so long after."""
    api = f"{stack.endpoints.api_url}/api/v1/podcasts"
    headers = {"Authorization": f"Bearer {stack.endpoints.api_key}"}
    wanted = {"text": SAMPLE.read_text(), "minutes": 1}
    moments = [time.time()]
    accepted = requests.post(f"{api}/generate", json=wanted, headers=headers, timeout=60).json()
    losing = threading.Timer(after_s, _lose, (lost,))
    losing.start()
    url = f"{api}/{accepted['cpoa_workflow_id']}"
    seen: set[float] = set()

    def came() -> bool:
        segments = requests.get(f"{url}/segments", headers=headers, timeout=60).json()["segments"]
        seen.update(
            _moment(segment[name]) for segment in segments for name in ("scripted_at", "forged_at") if segment.get(name)
        )
        return str(requests.get(url, headers=headers, timeout=60).json()["state"]) != "GENERATING"

    try:
        eventually(came, GIVEN_UP_AFTER_S + 60.0)
    except AssertionError:
        losing.cancel()
        requests.post(f"{url}/cancel", headers=headers, timeout=60)
        return GIVEN_UP_AFTER_S
    losing.cancel()
    moments = sorted([*moments, *seen, time.time()])
    return max(after - before for before, after in pairwise(moments))


def _lose(proxies: list[SilentProxy]) -> None:
    for proxy in proxies:
        proxy.lose()


def _moment(said: str) -> float:
    return datetime.fromisoformat(said).timestamp()


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)  # a thread may still wait for an answer that never comes
