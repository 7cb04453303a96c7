"""What the extractive writer's scripts are worth, in figures, over the texts of tests/unit/texts and the sample."""

from __future__ import annotations

import statistics
from collections import Counter
from pathlib import Path

from functions.model_serving.llm.engines.extractive.writer import ExtractiveWriter
from functions.model_serving.llm.material.ranking import terms
from functions.model_serving.llm.protocol import Request, Source, Turn
from functions.model_serving.llm.speaking_rate import seconds
from local.podcast import SAMPLE

TEXTS = {"tides": ("en", SAMPLE.read_text())} | {
    path.name.partition(".")[0]: (path.suffixes[0][1:], path.read_text())
    for path in sorted((Path(__file__).parent / "unit" / "texts").glob("*.txt"))
}
"""News, a technical page, a story, and one in each further language, by name: language and text."""
MAIN_TERMS = 20


def request(
    name: str, minutes: float = 2, style: str = "conversation", hosts: tuple[str, ...] = ("Ada", "Ben")
) -> Request:
    """A podcast about the text of the given name."""
    language, text = TEXTS[name]
    title = text.partition("\n")[0]
    greeting = Turn(hosts[0], f"Hello. Today's subject: {title}.", "", None, "cold_open")
    return Request(title, language, minutes, style, hosts, (Source(text, title),), (greeting,))


def coverage(asked: Request, turns: list[Turn]) -> float:
    """The share of the sources' twenty most frequent terms that the script has."""
    counts = Counter(term for source in asked.sources for term in terms(source.text, asked.language))
    main = {term for term, _ in counts.most_common(MAIN_TERMS)}
    said = {term for turn in turns for term in terms(turn.text, asked.language)}
    return len(main & said) / len(main)


def repetition(turns: list[Turn]) -> float:
    """The share of repeated runs of three words, among quoted text."""
    runs = Counter(
        run
        for turn in turns
        if turn.source is not None
        for words in [turn.text.lower().split()]
        for run in zip(words, words[1:], words[2:], strict=False)
    )
    return sum(times - 1 for times in runs.values()) / max(1, sum(runs.values()))


def script_figures() -> dict[str, float]:
    """Medians over all texts at two minutes."""
    asked = [request(name) for name in TEXTS]
    scripts = [list(ExtractiveWriter().write(each)) for each in asked]
    lengths = [
        sum(seconds(turn.text, each.language) for turn in (*each.said, *turns)) / 60 / each.minutes
        for each, turns in zip(asked, scripts, strict=True)
    ]
    return {
        "coverage": round(statistics.median(map(coverage, asked, scripts)), 3),
        "repetition": round(statistics.median(map(repetition, scripts)), 4),
        "length": round(statistics.median(lengths), 3),
        "turn_characters": round(statistics.median(len(turn.text) for turns in scripts for turn in turns)),
    }
