"""What a deployment costs, out of counted operations and a price list: python terraform/costs.py rewrites COSTS.md.

Counts are those that `nox -s podcast` prints; prices, assumptions and quotas are settings in costs.toml.
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
    "chirp3_hd_requests_a_minute": "ask for more; until then segments wait in the queue, and none is lost",
    "cloud_tasks_a_second": "several queues for the forge, by a hash of the workflow",
    "model_serving_instances": "raise `concurrency` of weave and forge",
    "streamer_instances": "raise `streamer.max_instances`; listeners need no particular instance",
    "firestore_writes_a_second": "let traffic grow by no more than half in 5 minutes; there is no ceiling above",
}


class Costs:
    """All in US dollars, without free tiers."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.measured, self.assumed, self.price = given["measured"], given["assumed"], given["price"]
        self.warm_size, self.quota = given["warm"], given["quota"]

    def operations(self) -> float:
        """Database, queues, events and storage, for one podcast."""
        counted, price = self.measured["operations"], self.price
        priced = sum(counted[name] * price[name] for name in counted if name in price)
        carried = 2 * counted["pubsub_messages"] * self.assumed["message_bytes"]  # published, and pushed
        requests = counted["tasks"] + 2 * counted["pubsub_messages"] + 2 * self.measured["segments"]
        expired = counted["firestore_writes"] / 3 * price["firestore_deletes"]  # a document is written about 3 times
        return float(priced + carried / 2**40 * price["pubsub_byte"] + requests * price["request"] + expired)

    def compute(self, seconds: float) -> float:
        """Functions, busy for so long."""
        price, assumed = self.price, self.assumed
        return float(
            seconds * (assumed["busy_vcpu"] * price["vcpu_second"] + assumed["busy_gib"] * price["gib_second"])
        )

    def keeping(self) -> float:
        """Audio for a month, as segments, as the episode and as its editions; and the log."""
        editions = self.measured["seconds"] * self.assumed["edition_bytes_a_second"]
        stored = (2 * self.measured["audio_bytes"] + editions) / 1e9 * self.price["storage_gb_month"]
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
        """One podcast of 10 minutes, not heard by anybody."""
        made_in = self.assumed["cloud_made_in_s"] if cloud_engines else self.measured["made_in_s"]
        engines = self.speech() + self.writing() if cloud_engines else 0.0
        return self.operations() + self.compute(made_in) + self.keeping() + engines

    def listener_hour(self, listeners: float) -> float:
        """One of `listeners` on an instance: their share of it, and their bytes."""
        instance = 3_600 * (self.price["vcpu_second"] + 0.5 * self.price["gib_second"])
        carried = self.measured["audio_bytes"] / self.measured["seconds"] * 3_600 / _GIB
        return float(instance / listeners + carried * self.price["egress_gib"])

    def rest(self) -> float:
        """A month in which nobody comes: the sweeper's query every minute, and what is stored."""
        minutes = MONTH_S / 60
        sweeps = minutes * (self.price["firestore_reads"] + self.price["request"] + 0.1 * self.price["vcpu_second"])
        return float(
            sweeps + self.price["scheduler_job_month"] + self.assumed["image_gb"] * self.price["registry_gb_month"]
        )

    def warm(self) -> float:
        """A month of minimum instances (var.warm)."""
        idle = self.warm_size["vcpu"] * self.price["idle_vcpu_second"]
        return float(MONTH_S * (idle + self.warm_size["gib"] * self.price["idle_gib_second"]))

    def edge(self) -> float:
        """A month of a domain of one's own (var.domain)."""
        return float(self.price["load_balancer_month"] + self.price["cloud_armor_month"])

    def month(self, podcasts_a_day: int, *, cloud_engines: bool) -> float:
        """Podcasts of 10 minutes, each heard whole by so many as is assumed."""
        heard_h = self.assumed["listeners_a_podcast"] * self.measured["seconds"] / 3_600
        one = self.podcast(cloud_engines=cloud_engines)
        one += heard_h * self.listener_hour(min(self.assumed["listeners_an_instance"], self.listening(podcasts_a_day)))
        return float(30 * podcasts_a_day * one + self.rest() + self.warm() + self.edge())

    def listening(self, podcasts_a_day: int) -> float:
        """How many listen at the same time, on average; at least one while anybody does."""
        seconds = podcasts_a_day * self.assumed["listeners_a_podcast"] * self.measured["seconds"]
        return max(1.0, float(seconds) / 86_400)

    def demands(self, podcasts_a_day: int) -> dict[str, float]:
        """Quota -> what the busiest minute asks of it, as a share."""
        a_second = podcasts_a_day / 86_400 * self.assumed["peak"]
        counted = self.measured["operations"]
        making = a_second * self.assumed["cloud_made_in_s"]
        asked = {
            "chirp3_hd_requests_a_minute": a_second * 60 * self.measured["segments"],
            "cloud_tasks_a_second": a_second * self.measured["segments"],
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
    yield "| | embedded engines | Chirp 3 HD and Gemini Flash |"
    yield "| --- | ---: | ---: |"
    busy = [costs.compute(seconds) for seconds in (measured["made_in_s"], costs.assumed["cloud_made_in_s"])]
    yield f"| database, queues, events, storage | {_dollars(costs.operations())} | {_dollars(costs.operations())} |"
    yield f"| functions, at most | {_dollars(busy[0])} | {_dollars(busy[1])} |"
    yield f"| keeping it for a month, and logs | {_dollars(costs.keeping())} | {_dollars(costs.keeping())} |"
    yield f"| speech | – | {_dollars(costs.speech())} |"
    yield f"| writing | – | {_dollars(costs.writing())} |"
    totals = [_dollars(costs.podcast(cloud_engines=cloud)) for cloud in (False, True)]
    yield f"| **one podcast** | **{totals[0]}** | **{totals[1]}** |"
    yield ""
    yield "| | |"
    yield "| --- | ---: |"
    yield f"| an hour of one listener, who is alone | {_dollars(costs.listener_hour(1))} |"
    shared = costs.assumed["listeners_an_instance"]
    yield f"| an hour of one of {shared} | {_dollars(costs.listener_hour(shared))} |"
    yield f"| a month at rest | {_dollars(costs.rest())} |"
    yield f"| a month of `warm`, more | {_dollars(costs.warm())} |"
    yield f"| a month of a `domain`, more | {_dollars(costs.edge())} |"
    yield ""
    yield "A month of the production example, each podcast heard by one listener:"
    yield ""
    yield "| podcasts a day | embedded engines | Chirp 3 HD and Gemini Flash |"
    yield "| ---: | ---: | ---: |"
    for size in SIZES:
        months = [_dollars(costs.month(size, cloud_engines=cloud)) for cloud in (False, True)]
        yield f"| {size:,} | {months[0]} | {months[1]} |"
    yield ""
    yield "## Which limit comes first"
    yield ""
    yield f"In the busiest minute, taken as {costs.assumed['peak']} times the day's average:"
    yield ""
    yield f"| | {' | '.join(f'{size:,} a day' for size in SIZES)} | the way past it |"
    yield "| --- | ---: | ---: | --- |"
    demands = [costs.demands(size) for size in SIZES]
    for name in sorted(costs.quota, key=lambda name: -demands[0][name]):
        shares = " | ".join(f"{demand[name]:.0%}" for demand in demands)
        yield f"| {name.replace('_', ' ')}: {costs.quota[name]:,} | {shares} | {_PAST[name]} |"


def _dollars(amount: float) -> str:
    """Two digits that mean something, and no more."""
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
