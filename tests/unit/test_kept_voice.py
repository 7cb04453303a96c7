"""The voice of tests remembers its own sayings, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from tests.fakes.kept_voice import keeping


class EspeakEngine:
    """Stands for the engine whose turns are kept."""


class Another(EspeakEngine):
    """Stands for an engine that a test has made its own."""


def test_a_turn_is_voiced_once_as_long_as_all_that_it_depends_on_is_the_same() -> None:
    asked: list[tuple[Any, ...]] = []

    def speak(engine: Any, text: str, **how: Any) -> Iterator[bytes]:
        asked.append((engine, text, how))
        yield from (b"first", str(len(asked)).encode())

    module = ModuleType("engine")
    vars(module).update(EspeakEngine=EspeakEngine, speakable=str)
    kept, engine = keeping(speak, module), EspeakEngine()
    told: dict[str, Any] = {"voice": "first", "pronunciations": ({"written": "a", "said": "b"},)}
    assert list(kept(engine, "Tides.", **told)) == list(kept(EspeakEngine(), "Tides.", **told)) == [b"first", b"1"]
    for text, how in (("Tide.", told), ("Tides.", {**told, "voice": "second"}), ("Tides.", {"voice": "first"})):
        assert list(kept(engine, text, **how)) == [b"first", str(len(asked)).encode()]
    assert len(asked) == 4
    module.speakable = str.lower  # type: ignore[attr-defined]
    assert list(kept(engine, "Tides.", **told)) == [b"first", b"5"], "what shortens it is another"
    for number in (6, 7):
        assert list(kept(Another(), "Tides.", **told)) == [b"first", str(number).encode()]
