"""Piper's voices, tested with the voice from a package: real sound through the common engine."""

# ruff: noqa: RUF001 - signs of the International Phonetic Alphabet are meant

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from common.errors import EngineBroken, EngineBusy, EngineRefused
from common.loudness import TARGET_LUFS, loudness
from common.opus import decode
from functions.model_serving import tts
from functions.model_serving.tts import turns
from functions.model_serving.tts.engines.piper import engine as piper
from functions.model_serving.tts.engines.piper.engine import PiperEngine
from tests.packaged_voice import MODEL, packaged_voice
from tests.resampling import resampled

TEXT = "The sea rises and falls twice a day: did you know? In 1687, Isaac Newton explained it. She sells sea shells."
SHORT = "The sea rises, and falls. Twice a day."


@pytest.fixture(scope="module")
def engine() -> Iterator[PiperEngine]:
    with closing(packaged_voice()) as engine:
        yield engine


def said(engine: PiperEngine, text: str, voice: str = "first", language: str = "en") -> bytes:
    return b"".join(engine.synthesize(text, engine.voice(voice, language)))


@pytest.mark.parametrize("name", ["first", "second"])
def test_it_is_heard_at_the_common_level_and_clips_nowhere(engine: PiperEngine, name: str) -> None:
    heard = b"".join(decode(tts.speak(engine, TEXT, voice=name, language="en", pause_ms=150)))
    assert loudness(heard, 48_000) == pytest.approx(TARGET_LUFS, abs=1.0)
    samples = np.frombuffer(heard, np.int16).astype(float)
    assert 20 * np.log10(np.abs(resampled(samples, 4, 1)).max() / 32768) <= -1.0


def test_a_text_is_the_same_bytes_whenever_it_is_voiced_again_beside_others_too(engine: PiperEngine) -> None:
    alone = {name: said(engine, SHORT, name) for name in ("first", "second")}
    with closing(packaged_voice(turns=2)) as other:
        found: dict[str, bytes] = {}
        threads = [
            threading.Thread(target=lambda name=name: found.update({name: said(other, SHORT, name)})) for name in alone
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == alone


def test_a_longer_throat_is_lower_and_takes_as_long(engine: PiperEngine) -> None:
    lengths = {}
    for name in ("first", "second"):
        voice = engine.voice(name, "en")
        lengths[name] = len(said(engine, SHORT, name)) / 2 / engine.describe().rate_of(voice)
    assert lengths["second"] == pytest.approx(lengths["first"], rel=0.2)
    assert engine.voice("second", "en").sample_rate == round(22_050 * 0.84)


def test_its_phonemes_are_espeaks_with_the_pauses_of_the_text(engine: PiperEngine) -> None:
    phonemes = engine._phonemes("Hello there, my friend: is it you?", [], MODEL)
    assert phonemes == "həlˈoʊ ðˈɛɹ, maɪ fɹˈɛnd: ɪz ɪt juː?"
    [spoken] = engine._others.phonemes(["la team du weekend"], "fr")
    assert "(en)" in spoken
    assert "(" not in piper._said(["la team du weekend"], iter([spoken]))


def test_a_word_with_a_sound_of_its_own_has_it(engine: PiperEngine) -> None:
    voice = engine.voice("first", "en")
    assert engine.reads_ipa("ˈɛndʒɪn ˈɛks", voice)
    assert not engine.reads_ipa("ɧ", engine.voice("first", "de"))  # espeak-ng's, which has no such sound
    plain, sounded = (
        b"".join(engine.synthesize("Run Nginx now.", voice, "", sounds)) for sounds in ({}, {"Nginx": "ˈɛndʒɪnˈɛks"})
    )
    assert plain != sounded


def test_a_language_without_a_voice_is_spoken_by_espeak(engine: PiperEngine) -> None:
    german = said(engine, "Das Meer steigt.", language="de")
    assert german == said(engine._others, "Das Meer steigt.", language="de")  # type: ignore[arg-type]
    rates = {voice.language: engine.describe().rate_of(voice) for voice in engine.describe().voices}
    assert rates["de"] == 22_050


def test_no_more_turns_are_spoken_at_a_time_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "WAIT_S", 0.01)
    with closing(packaged_voice(turns=1)) as engine:
        speaking = engine.synthesize("Hello. And again.", engine.voice("first", "en"))
        next(speaking)
        with pytest.raises(EngineBusy):
            said(engine, "Hello.")
        speaking.close()  # type: ignore[attr-defined]
        assert said(engine, "Hello.")


def test_without_its_files_it_says_where_they_are_and_readies_itself_all_the_same(tmp_path: Path) -> None:
    with closing(packaged_voice(tmp_path)) as engine:
        engine.warm_up()
        with pytest.raises(EngineBroken, match=r"https://voices\.example") as raised:
            said(engine, "Hello.")
        assert "SPEECH_ENGINE=hibari" in raised.value.detail


@pytest.mark.parametrize("text", ["潮汐是海水的周期性涨落。", "", "x" * 5_001])
def test_what_it_cannot_speak_is_refused(engine: PiperEngine, text: str) -> None:
    with pytest.raises(EngineRefused):
        said(engine, text)
