"""Interface of every speech engine: a description, and the way from text to PCM piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, Protocol, runtime_checkable

from common import languages
from common.errors import EngineRefused

NO_SOUNDS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class Voice:
    """A voice of an engine. `gain_db` brings the voice to -16 LUFS where measured; None has the gain found out.
    `sample_rate` in Hz of its PCM; None: the engine's."""

    name: str
    language: str
    gain_db: float | None = None
    sample_rate: int | None = None


@dataclass(frozen=True)
class Description:
    """An engine's offer. `sample_rate` in Hz of the PCM of its voices, but for those with another; `languages` as two
    letters.

    `streams`: sound begins before the whole text is synthesized. `price_per_million_characters` in US dollars, None
    where unknown. `more_voices`: others than those listed may be asked for, under the engine's own names.
    """

    engine: str
    voices: tuple[Voice, ...]
    languages: tuple[str, ...]
    sample_rate: int
    streams: bool
    price_per_million_characters: float | None
    more_voices: bool = False
    given: Literal["words", "writing"] = "writing"
    """What its voices are handed: the words of speakable.py alone, or the text as it is written (but for links), as
    suits voices that know how to read numbers, dates and signs."""

    def rate_of(self, voice: Voice) -> int:
        """Return the Hz of the PCM given out by a voice."""
        return voice.sample_rate or self.sample_rate


def require_known(language: str) -> None:
    """Raise EngineRefused for a language without podcasts, which no engine is asked to speak."""
    if language not in languages.LANGUAGES:
        known = ", ".join(languages.LANGUAGES)
        raise EngineRefused("engine_voice_unknown", f"There are voices for {known} only.")


@runtime_checkable
class Warmable(Protocol):
    """An engine able to get something ready ahead of the first text, without asking anyone or costing anything."""

    def warm_up(self) -> None: ...


@runtime_checkable
class Phonetic(Protocol):
    """An engine with control over the sound of words: its `synthesize` takes `sounds`, IPA by the words of the text."""

    def reads_ipa(self, ipa: str, voice: Voice) -> bool:
        """Tell whether this voice can make these sounds."""
        ...

    def synthesize(
        self, text: str, voice: Voice, style: str = "", sounds: Mapping[str, str] = NO_SOUNDS
    ) -> Iterator[bytes]: ...


class SpeechEngine(Protocol):
    """The names of common/hosts.py, `first` to `fourth`, are known to every engine, in every language: voices easily
    told apart, the first two most easily."""

    def describe(self) -> Description:
        """Return the engine's offer, without asking anyone over the network."""
        ...

    def voice(self, name: str, language: str) -> Voice:
        """Return the voice of this name in this language. Raises EngineRefused where there is none."""
        ...

    def synthesize(self, text: str, voice: Voice, style: str = "") -> Iterator[bytes]:
        """Speak: signed 16-bit little-endian mono PCM at the voice's rate, in pieces, as the engine makes them.

        `style` says in words how to speak, for engines open to instructions. Raises EngineRefused for a permanently
        unusable text or voice, EngineBusy when a quota is used up, EngineBroken for everything else.
        """
        ...
