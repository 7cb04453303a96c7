"""The default voices: their sound, and their other promises."""

from __future__ import annotations

import builtins
import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from common import languages
from common.errors import EngineBusy, EngineRefused
from common.loudness import TARGET_LUFS, loudness
from common.opus import decode
from functions.model_serving import tts
from functions.model_serving.tts import turns
from functions.model_serving.tts.engines.hibari import lexicon
from functions.model_serving.tts.engines.hibari.engine import LONGEST_PART, HibariEngine
from functions.model_serving.tts.parts import parts_of, sentence_parts
from functions.model_serving.tts.sound import joined
from tests.resampling import resampled

TEXT = (
    "The sea rises and falls twice a day, since the Moon pulls at the water. Sailors have known this for ages! "
    "In 1687, Isaac Newton explained it; most people did not read his book. She sells sea shells by the sea shore, "
    "and the shells she sells are surely seashells."
)
HOSTS = ("first", "second", "third", "fourth")


@pytest.fixture(scope="module")
def engine() -> Iterator[HibariEngine]:
    engine = HibariEngine()
    yield engine
    engine.close()


def said(engine: HibariEngine, text: str, voice: str = "first", language: str = "en") -> bytes:
    return b"".join(engine.synthesize(text, engine.voice(voice, language)))


@pytest.fixture(scope="module")
def heard(engine: HibariEngine) -> dict[str, bytes]:
    """What a listener hears of each host: decoded."""
    return {name: b"".join(decode(tts.speak(engine, TEXT, voice=name, language="en", pause_ms=150))) for name in HOSTS}


@pytest.mark.parametrize("name", HOSTS)
def test_it_is_heard_at_the_common_level_and_clips_nowhere(heard: dict[str, bytes], name: str) -> None:
    assert loudness(heard[name], 48_000) == pytest.approx(TARGET_LUFS, abs=1.0)
    samples = np.frombuffer(heard[name], np.int16).astype(float)
    assert 20 * np.log10(np.abs(resampled(samples, 4, 1)).max() / 32768) <= -1.0


def test_what_else_is_installed_makes_no_other_bytes(engine: HibariEngine) -> None:
    """SciPy is here, for other tests, and not where this is deployed."""
    said(engine, "Yes.")
    import hibari.dsp

    assert hibari.dsp.FFT_BACKEND == "numpy"


def test_words_have_the_phonemes_of_hibaris_own_reader(engine: HibariEngine) -> None:
    """Its dictionaries are read entry by entry here; of each, some are looked up."""
    said(engine, "Yes.")
    from hibari.g2p import ASSETS

    for name in ("lexicon_us_gold", "lexicon_us_silver", "tagger"):
        whole = json.loads(gzip.decompress(Path(ASSETS, f"{name}.json.gz").read_bytes()))
        found = lexicon.read(Path(ASSETS), f"{name}.json.gz")
        if name == "tagger":
            assert {**found, "weights": 0} == {**whole, "weights": 0}
            whole, found = whole["weights"], found["weights"]
        some = list(whole)[::29]
        assert [found.get(key) for key in some] == [whole[key] for key in some]


def test_the_hosts_are_told_apart_by_pitch_the_first_two_most_easily(heard: dict[str, bytes]) -> None:
    pitches = {name: _pitch(np.frombuffer(pcm, np.int16).astype(float)) for name, pcm in heard.items()}
    assert pitches["second"] < 0.7 * pitches["first"]
    assert all(high > 1.15 * low for low, high in pairwise(sorted(pitches.values())))


def _pitch(samples: Any) -> float:
    """The median of the fundamental over frames of 40 ms that are loud enough, in Hz, by autocorrelation."""
    rate, found = 8_000, []
    samples = resampled(samples, 1, 6)
    loud = np.sqrt(np.mean(samples**2))
    for at in range(0, len(samples) - 320, 320):
        frame = samples[at : at + 320]
        if np.sqrt(np.mean(frame**2)) > loud:
            correlation = np.correlate(frame, frame, "full")[319:]
            found.append(rate / (20 + int(np.argmax(correlation[20:110]))))
    return float(np.median(found))


def test_a_text_is_the_same_bytes_whenever_it_is_voiced_again(engine: HibariEngine) -> None:
    """By another engine, and beside other texts, too."""
    alone = {name: said(engine, TEXT, name) for name in HOSTS}
    other, found = HibariEngine(turns=2), {}
    threads = [threading.Thread(target=lambda n=n: found.update({n: said(other, TEXT, n)})) for n in HOSTS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == alone
    assert alone["first"] != alone["second"]


def test_where_two_sentences_meet_nothing_clicks(engine: HibariEngine) -> None:
    """Each sentence, whatever its ends, is faded: no jump that speech has not."""
    square = np.tile(np.repeat([9000, -9000], 60), 40).astype("<i2").tobytes()
    samples = np.frombuffer(b"".join(joined([[square], [square]], 24_000)), np.int16).astype(int)
    gap = np.flatnonzero(samples[len(square) // 2 - 240 :] == 0)[0] + len(square) // 2 - 240
    assert np.abs(np.diff(samples[gap - 100 : gap + 2])).max() < np.abs(np.diff(samples)).max()
    assert abs(samples[0]) + abs(samples[-1]) + abs(samples[len(square) // 2 - 1]) < 300


def test_its_rate_is_its_own_and_espeaks_is_that_of_the_other_languages(engine: HibariEngine) -> None:
    described = engine.describe()
    assert (described.engine, described.languages) == ("hibari", languages.LANGUAGES)
    rates = {voice.language: described.rate_of(voice) for voice in described.voices}
    assert rates == {language: 24_000 if language == "en" else 22_050 for language in languages.LANGUAGES}


def test_another_language_is_spoken_by_espeak(engine: HibariEngine) -> None:
    german = said(engine, "Das Meer steigt und fällt.", language="de")
    assert german == said(engine._others, "Das Meer steigt und fällt.", language="de")  # type: ignore[arg-type]
    packets = list(tts.speak(engine, "Das Meer steigt und fällt.", voice="first", language="de"))
    assert len(packets) * 0.02 == pytest.approx(len(german) / 2 / 22_050, abs=0.7)  # and at its own rate


def test_where_it_cannot_be_loaded_espeak_speaks_and_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    imported = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] == "hibari":
            raise ImportError("no wheel for this platform")
        return imported(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with closing(HibariEngine()) as engine:
        engine.warm_up()
        assert said(engine, TEXT) == said(engine._others, TEXT)  # type: ignore[arg-type]
        assert {engine.describe().rate_of(voice) for voice in engine.describe().voices} == {22_050}
    assert [record.getMessage() for record in caplog.records] == [
        "espeak-ng speaks English, too: hibari cannot be loaded (no wheel for this platform)"
    ]


def test_no_more_turns_are_spoken_at_a_time_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "WAIT_S", 0.01)
    engine = HibariEngine(turns=1)
    speaking = engine.synthesize(TEXT, engine.voice("first", "en"))
    next(speaking)
    with pytest.raises(EngineBusy):
        said(engine, "Hello.")
    speaking.close()  # type: ignore[attr-defined]
    assert said(engine, "Hello.")


def test_a_text_without_punctuation_is_made_in_parts(engine: HibariEngine) -> None:
    """4,900 characters took 12 s to the first sound."""
    text = ("the tide comes in and goes out again and " * 130)[:4_900]
    made: list[str] = []
    engine_part = HibariEngine._part

    def counted(self: HibariEngine, part: str, voice: Any) -> Iterator[bytes]:
        made.append(part)
        return engine_part(self, part, voice)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HibariEngine, "_part", counted)
        speaking = engine.synthesize(text, engine.voice("first", "en"))
        assert next(speaking)
        speaking.close()  # type: ignore[attr-defined]
    assert sum(map(len, made)) <= 2 * LONGEST_PART


@pytest.mark.parametrize("longest", [40, 100, 330])
@pytest.mark.parametrize("text", [TEXT, TEXT.replace(".", "").replace(",", ""), "x" * 1_000, "Eins. " * 60])
def test_parts_are_the_whole_text_and_none_is_too_long(text: str, longest: int) -> None:
    for parts in (parts_of(text, longest, "en"), list(sentence_parts(text, longest, "en"))):
        assert max(map(len, parts)) <= longest or len(text) <= longest
        assert "".join("".join(parts).split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["潮汐是海水的周期性涨落。", "", "x" * 5_001])
def test_what_it_cannot_speak_is_refused(engine: HibariEngine, text: str) -> None:
    with pytest.raises(EngineRefused):
        said(engine, text)
