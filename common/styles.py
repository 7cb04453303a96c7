"""The styles of podcasts, a row each: instructions to language models and voices, and the extractive writer's mix.

A new style takes a row here; no other module knows styles by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class DialogueMix:
    """How often the extractive writer puts a question or a lead-in before a passage, from 0 to 1, and who reads."""

    question: float
    lead_in: float
    both_read: bool = True
    """Both hosts read passages, rather than the first alone."""


@dataclass(frozen=True)
class Style:
    """One way to make a podcast. `$first` and `$second` are the hosts' names."""

    two_hosts: str
    """Tells a language model how it sounds."""
    one_host: str
    """The same, for one host who is alone."""
    speech: str
    """Tells a voice that can be told how to speak."""
    mix: DialogueMix
    more_hosts: str = "Also there: $more, each with something of their own to say."
    """What a language model is told besides where there are more than two; `$more` are the others' names."""
    verbatim: bool = False
    """Every sentence of the sources is read, in order, and nothing is written, whatever engine is asked for."""


STYLES: Final[Mapping[str, Style]] = {
    "conversation": Style(
        "A lively conversation: $first knows the subject and explains, $second is curious, asks what a listener would "
        "ask, and sums up now and then.",
        "$first talks to the listener as to a friend: asks what the listener would ask, and answers.",
        "Speak as in a lively conversation between friends: warm, natural, at an easy pace.",
        DialogueMix(0.55, 0.25),
    ),
    "briefing": Style(
        "A briefing: $first and $second take turns with the points that matter, plainly and without small talk, the "
        "most important first.",
        "A briefing: $first gives the points that matter, plainly, the most important first.",
        "Speak as a news presenter: clear, calm, matter-of-fact, without haste.",
        DialogueMix(0.1, 0.3),
    ),
    "debate": Style(
        "A debate in good faith: $first argues for, $second against, each only with what the sources give them, and "
        "each grants the other a good point.",
        "$first weighs the arguments for and against, each only with what the sources give.",
        "Speak as in a fair debate: engaged and convinced, never heated.",
        DialogueMix(0.65, 0.15),
    ),
    "lecture": Style(
        "A lecture: $first explains step by step with examples; $second asks short questions where it gets difficult.",
        "A lecture: $first explains step by step, with examples.",
        "Speak as a good teacher: clear and patient, with weight on the words that matter.",
        DialogueMix(0.35, 0.2, both_read=False),
    ),
    "story": Style(
        "A story told by two: $first narrates in order, scene by scene; $second adds what happens elsewhere and says "
        "what it means.",
        "$first tells a story in order, scene by scene.",
        "Speak as a storyteller: vivid, with room for suspense, in the mood of what is told.",
        DialogueMix(0.2, 0.1),
    ),
    "narration": Style(
        "$first and $second read the text aloud, word for word.",
        "$first reads the text aloud, word for word.",
        "Speak as a narrator of audio books: clear, unhurried, in the mood of what is told.",
        DialogueMix(0.0, 0.0, both_read=False),
        verbatim=True,
    ),
}
"""By the name that requests have; the first is the default."""
