"""The costs of a deployment, from counted operations and a price list: python terraform/costs.py rewrites COSTS.md.

Counts are those printed by `nox -s bench -- cost`; prices, assumptions and quotas are settings in costs.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MONTH_S = 30 * 86_400
SIZES = (1_000, 100_000)
_GIB = 2**30
_PAST = {
    "cpu_at_once": "ask for more: every instance that runs in the region counts, of all services together",
    "memory_gib_at_once": "ask for more, with the CPU",
    "chirp3_hd_requests_a_minute": "ask for more, and raise `speech_requests_per_minute`; until then turns wait",
    "chirp3_hd_streams_at_once": "ask for more",
    "cloud_tasks_a_second": "several queues for the forge, by a hash of the workflow",
    "forge_tasks_at_once": "follows `speech_requests_per_minute`",
    "weave_tasks_at_once": "raise `concurrency` of weave, and with it `cpu_quota`",
    "editions_at_once": "raise `concurrency` and `max_instances` of editions; until then MP3s come later",
    "model_serving_instances": "raise `concurrency` of weave and forge, and with them `cpu_quota`",
    "streamer_instances": "raise `streamer.max_instances`; listeners need no particular instance",
    "firestore_writes_a_second": "let traffic grow by no more than half in 5 minutes",
    "firestore_ordered_writes_a_second": "exempt the times of segments from indexes; without that this is a ceiling",
    "bucket_writes_a_second": "let traffic grow; names are spread by the workflow's random id",
    "signatures_a_minute": "ask for more",
}
_COUNTED = "operations as `nox -s bench -- cost` counts them, from opening the page to the last file"
ENGINES = ("embedded", "hosted")
_SOURCES = {
    "operations": f"{_COUNTED}; [Firestore](https://cloud.google.com/firestore/pricing), "
    "[Tasks](https://cloud.google.com/tasks/pricing), [Pub/Sub](https://cloud.google.com/pubsub/pricing), "
    "[Storage](https://cloud.google.com/storage/pricing)",
    "functions": "an instance each, while it has requests, as counted on two busy cores with a cloud's delays "
    "([emulators/delays.py](../emulators/delays.py)); [Cloud Run](https://cloud.google.com/run/pricing)",
    "keeping": "bytes of the podcast and its editions; [Storage](https://cloud.google.com/storage/pricing), "
    "[Firestore](https://cloud.google.com/firestore/pricing), "
    "[Logging](https://cloud.google.com/stackdriver/pricing)",
    "traces": "spans as counted; [Trace](https://cloud.google.com/stackdriver/pricing)",
    "speech": "characters of the dialogue; [Text-to-Speech](https://cloud.google.com/text-to-speech/pricing)",
    "writing": "tokens as assumed; [Gemini](https://cloud.google.com/vertex-ai/generative-ai/pricing)",
    "listening": "a whole instance of the streamer, shared; [Cloud Run](https://cloud.google.com/run/pricing), "
    "[network](https://cloud.google.com/vpc/network-pricing)",
    "rest": "a sweep a minute, images; [Scheduler](https://cloud.google.com/scheduler/pricing), "
    "[Artifact Registry](https://cloud.google.com/artifact-registry/pricing)",
    "watching": "uptime checks (a million a month are free) and alerts; "
    "[Observability](https://cloud.google.com/stackdriver/pricing), "
    "[alerts](https://cloud.google.com/monitoring/alerts/cost-control)",
    "warm": "idle minimum instances; [Cloud Run](https://cloud.google.com/run/pricing)",
    "edge": "two forwarding rules, a policy and its rules; without what goes through them ($ 0.008 a GiB, $ 0.75 a "
    "million requests), about a hundredth of what a podcast costs with embedded engines; "
    "[Load Balancing](https://cloud.google.com/vpc/network-pricing#lb), "
    "[Armor](https://cloud.google.com/armor/pricing)",
}


class Costs:
    """All in US dollars, without free tiers."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.runs, self.assumed, self.price = given["measured"], given["assumed"], given["price"]
        self.size, self.warm_size = given["size"], given["warm"]
        self.quota, self.streamer = given["quota"], given["streamer"]
        self.measured = self.runs["hosted"]

    def operations(self, engines: str) -> float:
        """Database, queues, events and storage, for one podcast."""
        measured, price = self.runs[engines], self.price
        counted = measured["operations"]
        priced = sum(counted[name] * price[name] for name in counted if name in price)
        carried = 2 * counted["pubsub_messages"] * self.assumed["message_bytes"]  # published, and pushed
        requests = counted["tasks"] + 2 * counted["pubsub_messages"] + 2 * measured["segments"]
        expired = counted["firestore_writes"] / 3 * price["firestore_deletes"]  # a document is written about 3 times
        return float(priced + carried / 2**40 * price["pubsub_byte"] + requests * price["request"] + expired)

    def compute(self, engines: str) -> float:
        """Functions, while they have requests, for one podcast."""
        busy = self.runs[engines]["busy_s"]
        return float(sum(seconds * self._second(*self.size[function][:2]) for function, seconds in busy.items()))

    def _second(self, vcpu: float, gib: float) -> float:
        """A second of an instance that is busy."""
        return float(vcpu * self.price["vcpu_second"] + gib * self.price["gib_second"])

    def traces(self) -> float:
        """Spans of one podcast (var.trace)."""
        return float(self.measured["spans"] * self.price["trace_span"])

    def keeping(self) -> float:
        """Audio for a month, as segments (the first ones in their documents, too), as the episode and as its editions;
        and the log."""
        audio = self.measured["audio_bytes"]
        editions = self.measured["seconds"] * self.assumed["edition_bytes_a_second"]
        stored = (2 * audio + editions) / 1e9 * self.price["storage_gb_month"]
        first = self.assumed["segments_in_documents"] / self.measured["segments"] * audio
        stored += first / _GIB * self.price["firestore_gib_month"]
        return float(stored + self.assumed["log_gib_a_podcast"] * self.price["log_gib"])

    def speech(self) -> float:
        return float(self.measured["characters"] * self.price["chirp3_hd_character"])

    def writing(self) -> float:
        price, assumed = self.price, self.assumed
        return float(
            assumed["gemini_input_tokens"] * price["gemini_input_token"]
            + assumed["gemini_output_tokens"] * price["gemini_output_token"]
        )

    def podcast(self, *, cloud_engines: bool) -> float:
        """One podcast of 10 minutes, without a listener."""
        engines = "hosted" if cloud_engines else "embedded"
        paid = self.speech() + self.writing() if cloud_engines else 0.0
        return self.operations(engines) + self.compute(engines) + self.keeping() + paid

    def listener_hour(self, listeners: float, *, production: bool = False) -> float:
        """One of `listeners` on an instance: their share of it, and their bytes."""
        vcpu, gib = self._instance(production=production)
        instance = 3_600 * self._second(vcpu, gib)
        carried = self.measured["audio_bytes"] / self.measured["seconds"] * 3_600 / _GIB
        return float(instance / listeners + carried * self.price["egress_gib"])

    def _instance(self, *, production: bool) -> tuple[float, float]:
        """CPU and GiB of a single instance of the streamer."""
        kind = "production_" if production else ""
        return self.streamer[f"{kind}vcpu"], self.streamer[f"{kind}gib"]

    def rest(self) -> float:
        """A month without any use: the sweeper's query every minute, and the stored data."""
        minutes = MONTH_S / 60
        sweeps = minutes * (self.price["firestore_reads"] + self.price["request"] + 0.1 * self.price["vcpu_second"])
        return float(
            sweeps + self.price["scheduler_job_month"] + self.assumed["image_gb"] * self.price["registry_gb_month"]
        )

    def watching(self, every_s: float) -> float:
        """A month of two uptime checks from everywhere, and of the alerts' conditions, a look a minute."""
        checks = 2 * MONTH_S / every_s * self.assumed["uptime_locations"] * self.price["uptime_check"]
        looks = MONTH_S / 60 * self.price["alert_time_series"]
        return float(checks + self.assumed["alert_conditions"] * (self.price["alert_condition_month"] + looks))

    def warm(self, *, production: bool = False) -> float:
        """A month of minimum instances (var.warm), the streamer's among them."""
        vcpu, gib = self._instance(production=production)
        idle = (self.warm_size["vcpu"] + vcpu) * self.price["idle_vcpu_second"]
        return float(MONTH_S * (idle + (self.warm_size["gib"] + gib) * self.price["idle_gib_second"]))

    def edge(self) -> float:
        """A month of a domain of one's own (var.domain)."""
        return float(self.price["load_balancer_month"] + self.price["cloud_armor_month"])

    def month(self, podcasts_a_day: int, *, cloud_engines: bool) -> float:
        """Podcasts of 10 minutes, each heard whole by so many as is assumed."""
        heard_h = self.assumed["listeners_a_podcast"] * self.measured["seconds"] / 3_600
        one = self.podcast(cloud_engines=cloud_engines)
        together = min(self.assumed["listeners_an_instance"], self.listening(podcasts_a_day))
        one += heard_h * self.listener_hour(together, production=True)
        standing = self.rest() + self.watching(60) + self.warm(production=True) + self.edge()
        return float(30 * podcasts_a_day * one + standing)

    def listening(self, podcasts_a_day: int) -> float:
        """How many listen at the same time, on average; at least one while anybody does."""
        seconds = podcasts_a_day * self.assumed["listeners_a_podcast"] * self.measured["seconds"]
        return max(1.0, float(seconds) / 86_400)

    def at_once(self, podcasts_a_day: int) -> tuple[float, float]:
        """CPU and GiB of all instances in the busiest minute: kept warm, for listeners, and as many as work fills."""
        peak = self.assumed["peak"]
        streamers = max(1.0, self.listening(podcasts_a_day) * peak / self.assumed["listeners_an_instance"])
        instances = {  # of a function that a podcast fills, for a second each
            function: seconds / self.size[function][2] for function, seconds in self.measured["busy_s"].items()
        }
        a_second = podcasts_a_day / 86_400 * peak
        cpu, gib = (
            self.warm_size[unit]
            + streamers * self.streamer[f"production_{unit}"]
            + a_second * sum(seconds * self.size[function][index] for function, seconds in instances.items())
            for index, unit in enumerate(("vcpu", "gib"))
        )
        return float(cpu), float(gib)

    def demands(self, podcasts_a_day: int) -> dict[str, float]:
        """Quota -> the demand of the busiest minute, as a share."""
        a_second = podcasts_a_day / 86_400 * self.assumed["peak"]
        counted = self.measured["operations"]
        making, segments = a_second * self.measured["made_s"], self.measured["segments"]
        cpu, gib = self.at_once(podcasts_a_day)
        asked = {
            "cpu_at_once": cpu,
            "memory_gib_at_once": gib,
            "chirp3_hd_requests_a_minute": a_second * 60 * segments,
            "chirp3_hd_streams_at_once": a_second * segments * self.assumed["voicing_s"],
            "forge_tasks_at_once": a_second * segments * self.assumed["voicing_s"],
            "weave_tasks_at_once": making,
            "editions_at_once": a_second * self.measured["busy_s"]["editions"],
            "bucket_writes_a_second": a_second * counted["storage_writes"],
            "signatures_a_minute": a_second * 60 * segments * self.assumed["signatures_a_segment"],
            "firestore_ordered_writes_a_second": a_second * 3 * segments,  # written, voiced, and when it began
            "cloud_tasks_a_second": a_second * segments,
            "model_serving_instances": making
            * self.assumed["model_calls_at_once"]
            / self.assumed["model_calls_an_instance"],
            "streamer_instances": self.listening(podcasts_a_day)
            * self.assumed["peak"]
            / self.assumed["listeners_an_instance"],
            "firestore_writes_a_second": a_second * counted["firestore_writes"],
        }
        return {name: value / self.quota[name] for name, value in asked.items()}


def page(costs: Costs) -> str:
    """COSTS.md."""
    return "\n".join(_lines(costs)) + "\n"


def _lines(costs: Costs) -> Iterator[str]:
    measured = costs.measured
    yield "# What it costs"
    yield ""
    yield "Written by `python terraform/costs.py` out of [costs.toml](costs.toml): operations as counted on a run of"
    yield "the whole system, list prices in US dollars without any free tier, and assumptions. What differs for you is"
    yield "changed there."
    yield ""
    yield f"One podcast of 10 minutes has {measured['segments']} segments and {measured['audio_bytes'] / 1e6:.1f} MB."
    yield ""
    yield "| | embedded engines (`espeak`) | Chirp 3 HD and Gemini Flash-Lite | out of |"
    yield "| --- | ---: | ---: | --- |"
    both = [
        [costs.operations(engines) for engines in ENGINES],
        [costs.compute(engines) for engines in ENGINES],
        [costs.keeping()] * 2,
    ]
    names = ("database, queues, events, storage", "functions, at most", "keeping it for a month, and logs")
    for name, (embedded, cloud), source in zip(names, both, ("operations", "functions", "keeping"), strict=True):
        yield f"| {name} | {_dollars(embedded)} | {_dollars(cloud)} | {_SOURCES[source]} |"
    yield f"| speech | – | {_dollars(costs.speech())} | {_SOURCES['speech']} |"
    yield f"| writing | – | {_dollars(costs.writing())} | {_SOURCES['writing']} |"
    yield f"| with `trace`, more | {_dollars(costs.traces())} | {_dollars(costs.traces())} | {_SOURCES['traces']} |"
    totals = [_dollars(costs.podcast(cloud_engines=cloud)) for cloud in (False, True)]
    yield f"| **one podcast** | **{totals[0]}** | **{totals[1]}** | |"
    yield ""
    yield "| | | out of |"
    yield "| --- | ---: | --- |"
    shared = costs.assumed["listeners_an_instance"]
    yield f"| an hour of one listener, who is alone | {_dollars(costs.listener_hour(1))} | {_SOURCES['listening']} |"
    yield f"| an hour of one of {shared} | {_dollars(costs.listener_hour(shared))} | likewise |"
    yield f"| a month at rest | {_dollars(costs.rest())} | {_SOURCES['rest']} |"
    yield f"| and watched, every 15 minutes | {_dollars(costs.watching(900))} | {_SOURCES['watching']} |"
    yield f"| a month of `warm`, more | {_dollars(costs.warm())} | {_SOURCES['warm']} |"
    yield f"| and watched every minute, more | {_dollars(costs.watching(60) - costs.watching(900))} | as above |"
    yield f"| a month of a `domain`, more | {_dollars(costs.edge())} | {_SOURCES['edge']} |"
    yield ""
    yield "A month of the production example, each podcast heard by one listener; its streamer of 2 CPU, the collector"
    yield "beside it and what watches it are included:"
    yield ""
    yield "| podcasts a day | embedded engines | Chirp 3 HD and Gemini Flash-Lite |"
    yield "| ---: | ---: | ---: |"
    for size in SIZES:
        months = [_dollars(costs.month(size, cloud_engines=cloud)) for cloud in (False, True)]
        yield f"| {size:,} | {months[0]} | {months[1]} |"
    yield ""
    yield "## Which limit comes first"
    yield ""
    yield f"In the busiest minute, taken as {costs.assumed['peak']} times the day's average. costs.toml names where"
    yield "each limit is said."
    yield ""
    yield f"| | {' | '.join(f'{size:,} a day' for size in SIZES)} | the way past it |"
    yield "| --- | ---: | ---: | --- |"
    demands = [costs.demands(size) for size in SIZES]
    for name in sorted(costs.quota, key=lambda name: -demands[0][name]):
        shares = " | ".join(f"{demand[name]:.0%}" for demand in demands)
        yield f"| {name.replace('_', ' ')}: {costs.quota[name]:,} | {shares} | {_PAST[name]} |"


def _dollars(amount: float) -> str:
    """Two significant digits, and no more."""
    if amount >= 100:
        return f"$ {round(amount, -1 if amount < 1_000 else -2):,.0f}"
    if amount >= 1:
        return f"$ {amount:.2f}"
    return f"$ {amount:.2g}" if amount >= 0.001 else f"$ {amount:.5f}"


def main() -> None:
    costs = Costs(tomllib.loads((HERE / "costs.toml").read_text(encoding="utf-8")))
    (HERE / "COSTS.md").write_text(page(costs), encoding="utf-8")


if __name__ == "__main__":
    main()
