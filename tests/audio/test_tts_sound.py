"""What a listener hears of a voice: level, edges, pauses, and every turn whole in a sequence."""

from __future__ import annotations

import io
import itertools
import math
import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from common.contract import PACKET_MS, PACKET_SAMPLES, SAMPLE_RATE
from common.errors import EngineBroken, EngineRefused
from common.hosts import VOICES
from common.loudness import loudness
from common.ogg import write_opus
from common.opus import decode, encode, lookahead
from common.settings import Settings
from functions.mastering.editions import write_m4a, write_mp3
from functions.mastering.episode import Episode, Turn
from functions.mastering.mp4_stream import Mp4Stream
from functions.model_serving import tts
from functions.model_serving.llm.speaking_rate import seconds
from functions.model_serving.tts.engines.espeak import engine as espeak
from functions.model_serving.tts.engines.espeak.engine import EspeakEngine
from functions.model_serving.tts.level import leveled
from functions.model_serving.tts.overshoot import encode_held_down
from functions.model_serving.tts.protocol import Description, Voice
from functions.model_serving.tts.sound import shaped
from tests.intelligibility import Turn as Said
from tests.intelligibility import heard_samples, intelligibility
from tests.script_figures import TEXTS as TEXTS_OF_ALL_KINDS

TEXTS: Final = {
    "en": "Twice a day, along most coasts, the sea walks up the beach and walks away again. Why is that?",
    "es": "Dos veces al día, en casi todas las costas, el mar sube por la playa y se retira. ¿Por qué?",
    "fr": "Deux fois par jour, sur presque toutes les côtes, la mer monte sur la plage et se retire. Pourquoi ?",
    "de": "Zweimal am Tag steigt an fast allen Küsten das Meer den Strand hinauf und geht zurück. Warum?",
    "pt": "Duas vezes por dia, em quase todas as costas, o mar sobe pela praia e volta atrás. Por quê?",
    "it": "Due volte al giorno, su quasi tutte le coste, il mare sale sulla spiaggia e si ritira. Perché?",
}


SIBILANTS: Final = {
    "en": "She sells sea shells by the sea shore. Six slim, slick, saplings hissed; the mist persists. Success!",
    "es": "Tres tristes tigres tragaban trigo en un trigal. Sus hijas sucias se pasean chillando; ¡qué susto!",
    "fr": "Les chaussettes de l'archiduchesse sont-elles sèches, archisèches ?",
    "de": "Zwischen zwei Zwetschgenzweigen zwitschern zwei Schwalben. Fischers Fritz fischt frische Fische.",
    "pt": "O rato roeu a roupa do rei de Roma. Essas moças estão sempre cheias de sonhos; três pratos de trigo.",
    "it": "Sessantasei assassini si scambiano sassi. Se l'arcivescovo si disarcivescovizzasse? Sciocchezze!",
}
"""What Opus makes the highest peaks of."""


@pytest.fixture(scope="module")
def engine() -> EspeakEngine:
    return EspeakEngine()


def samples(pcm: bytes) -> NDArray[np.int16]:
    return np.frombuffer(pcm, np.int16)


def tone(rate: int, seconds: float, level: float = 0.25) -> bytes:
    at = np.arange(round(rate * seconds)) / rate
    return (level * 32767 * np.sin(2 * math.pi * 220 * at)).astype(np.int16).tobytes()


def ebur128(path: Path) -> tuple[float, float]:
    """Integrated loudness in LUFS and true peak in dBTP, by ffmpeg's own command."""
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"]
    summary = subprocess.run(command, capture_output=True, text=True, check=True).stderr.rpartition("Summary:")[2]
    return float(summary.partition("I:")[2].split()[0]), float(summary.partition("Peak:")[2].split()[0])


def written(packets: list[bytes], folder: Path) -> Path:
    path = folder / "turn.ogg"
    path.write_bytes(write_opus(packets, lookahead(), serial=1))
    return path


EACH_ONCE = {(language, VOICES[at % len(VOICES)]) for at, language in enumerate(TEXTS)}
"""Every language and every voice; the rest of their pairs by night."""


@pytest.mark.parametrize(
    ("language", "voice"),
    [
        pytest.param(*pair, marks=[] if pair in EACH_ONCE else pytest.mark.nightly)
        for pair in itertools.product(TEXTS, VOICES)
    ],
)
def test_every_voice_is_heard_at_one_level_without_clipping(
    engine: EspeakEngine, voice: str, language: str, tmp_path: Path
) -> None:
    text = f"{TEXTS[language]} {SIBILANTS[language]} {TEXTS[language]}"
    packets = [*tts.speak(engine, text, voice=voice, language=language, pause_ms=400)]
    level, peak = ebur128(written(packets, tmp_path))
    assert level == pytest.approx(-16, abs=1)
    assert peak <= -1


def test_what_opus_makes_no_peak_of_is_encoded_as_ever_and_what_it_does_is_lowered_there_alone() -> None:
    rng = np.random.default_rng(3)
    quiet = tone(SAMPLE_RATE, 0.33, 0.3)
    for soft in (quiet, quiet[:1_000], b""):
        assert list(encode_held_down([soft[:700], soft[700:]])) == list(encode([soft]))
    hiss = (rng.standard_normal(SAMPLE_RATE // 4).clip(-1, 1) * 26_000).astype("<i2").tobytes()
    plain = samples(b"".join(decode(encode([quiet + hiss + quiet]))))
    lowered = samples(b"".join(decode(encode_held_down([quiet + hiss + quiet]))))
    assert np.abs(plain.astype(int)).max() > 32_000
    assert np.abs(lowered.astype(int)).max() < 32_768 * 10 ** (-1.2 / 20)
    before = len(quiet) // 2 - 2 * PACKET_SAMPLES
    assert np.array_equal(plain[:before], lowered[:before])
    hissed = slice(len(quiet) // 2 + 2_000, len(quiet) // 2 + len(hiss) // 2 - 2_000)
    lost_db = 20 * np.log10(np.std(plain[hissed].astype(float)) / np.std(lowered[hissed].astype(float)))
    assert lost_db < 4


def test_a_podcast_of_hosted_voices_is_at_one_level_from_its_first_turn_on(
    engine: EspeakEngine, tmp_path: Path
) -> None:
    """Whichever instance voices which turn: a turn's level is made of nothing but the turn."""
    hosted = Description("hosted", (), ("en",), espeak.SAMPLE_RATE, True, None)
    packets: list[bytes] = []
    for voice, level_db in (("first", -9.0), ("second", 3.0), ("first", 0.0), ("second", -3.0)):
        pcm = b"".join(engine.synthesize(TEXTS["en"], engine.voice(voice, "en")))
        recorded = (samples(pcm) * 10 ** (level_db / 20)).clip(-32768, 32767).astype(np.int16).tobytes()
        pieces = [recorded[at : at + 4410] for at in range(0, len(recorded), 4410)]
        turn = list(encode(leveled(hosted, Voice(voice, "en"), pieces, 400)))
        own, peak = ebur128(written(turn, tmp_path))
        assert own == pytest.approx(-16, abs=1)
        assert peak <= -1
        packets += turn
    podcast, peak = ebur128(written(packets, tmp_path))
    assert podcast == pytest.approx(-16, abs=1)
    assert peak <= -1


@pytest.mark.parametrize("kind", ["mp3", "m4a"])
def test_the_editions_are_as_loud_as_podcasts_are(engine: EspeakEngine, kind: str, tmp_path: Path) -> None:
    turns, at = list[Turn](), 0
    for voice in VOICES[:2]:
        packets = [*tts.speak(engine, TEXTS["en"], voice=voice, language="en", pause_ms=400)]
        until = at + len(packets) * PACKET_MS
        sound = write_opus(packets, lookahead(), serial=1)
        turns.append(Turn(voice, TEXTS["en"], "Tides", None, at, until, "not stored", sound))
        at = until
    episode = Episode("0" * 32, "Tides", 0, "en", datetime(2026, 5, 1, tzinfo=UTC), [], turns, lookahead())
    path, out = tmp_path / f"episode.{kind}", io.BytesIO()
    if kind == "mp3":
        write_mp3(Settings(), episode, out)
        path.write_bytes(out.getvalue())
    else:
        write_m4a(Settings(), episode, stream := Mp4Stream(out))
        path.write_bytes(stream.finish() + out.getvalue())
    level, peak = ebur128(path)
    assert level == pytest.approx(-16, abs=1)
    assert peak <= -1


def test_a_turn_of_one_word_is_leveled_too_and_silence_is_left_alone() -> None:
    hosted = Description("hosted", (), ("en",), 24_000, True, None)
    word = b"".join(leveled(hosted, Voice("v", "en"), [tone(24_000, 0.3, 0.08)], 0))
    assert loudness(word * 4, SAMPLE_RATE) == pytest.approx(-16, abs=1)
    assert not any(b"".join(leveled(hosted, Voice("v", "en"), [bytes(48_000)], 100)))
    assert not any(b"".join(leveled(hosted, Voice("v", "en"), [], 100)))


@pytest.mark.parametrize(("gain_db", "within_s"), [(6.0, 0.3), (None, 3.5)])
def test_a_turn_is_encoded_from_its_beginning_while_the_engine_still_speaks(
    gain_db: float | None, within_s: float
) -> None:
    """From the first sound on where the voice's level is known, else from when enough was heard to tell."""
    hosted = Description("hosted", (), ("en",), 24_000, True, None)
    pulled: list[int] = []

    def spoken() -> Iterator[bytes]:
        for number in range(100):
            pulled.append(number)
            yield tone(24_000, 0.1, 0.08)

    assert next(encode(leveled(hosted, Voice("v", "en", gain_db), spoken(), 0)))
    assert len(pulled) <= 10 * within_s


def test_the_engines_own_silence_is_replaced_by_the_pause_that_was_asked_for() -> None:
    silence = bytes(2 * 24_000 // 2)
    turn = samples(b"".join(shaped([silence, tone(24_000, 1), silence], rate=24_000, gain_db=0, pause_ms=300)))
    loud = np.flatnonzero(np.abs(turn) > 200)
    assert loud[0] / SAMPLE_RATE == pytest.approx(0.02, abs=0.012)
    assert (len(turn) - loud[-1]) / SAMPLE_RATE == pytest.approx(0.3 + 0.02, abs=0.012)
    assert not turn[-SAMPLE_RATE * 300 // 1000 :].any()


def test_a_turn_cut_within_a_wave_begins_and_ends_without_a_click() -> None:
    turn = samples(b"".join(shaped([tone(24_000, 1)[24:-24]], rate=24_000, gain_db=0, pause_ms=100))).astype(int)
    step = np.abs(np.diff(turn))
    steepest = 2 * math.pi * 220 / SAMPLE_RATE * np.abs(turn).max()
    assert step.max() < 1.5 * steepest


def test_turns_one_after_the_other_are_heard_whole_by_one_decoder(engine: EspeakEngine) -> None:
    """Not a sample is lost or added at a boundary, and none is a click: each turn is where its packets say."""
    packets: list[bytes] = []
    shaped_turns, starts = [], []
    voices = [("first", "en"), ("second", "en"), ("first", "de"), ("second", "it")]
    for number, (voice, language) in enumerate(voices):
        spoken_by = engine.voice(voice, language)
        pcm = list(engine.synthesize(TEXTS[language], spoken_by))
        shaped_turns.append(samples(b"".join(leveled(engine.describe(), spoken_by, pcm, 40 * number))))
        starts.append(len(packets))
        packets += tts.speak(engine, TEXTS[language], voice=voice, language=language, pause_ms=40 * number)
    heard = heard_samples(packets, lookahead())
    for turn, start, end in zip(shaped_turns, starts, [*starts[1:], len(packets)], strict=True):
        part = heard[start * PACKET_SAMPLES : end * PACKET_SAMPLES]
        assert 0 <= (end - start) * PACKET_SAMPLES - len(turn) < PACKET_SAMPLES + lookahead()
        agreement = [float(np.corrcoef(turn[100:-100], _shift(part, by, len(turn)))[0, 1]) for by in range(-48, 49)]
        assert abs(int(np.argmax(agreement)) - 48) <= 4  # a codec's own phase, less than 0.1 ms
        assert max(agreement) > 0.95
    for boundary in (PACKET_SAMPLES * start for start in starts[1:]):
        assert np.abs(heard[boundary - 240 : boundary + 240]).max() < 64  # -54 dB, for 5 ms before it and after


def _shift(part: NDArray[np.float64], by: int, length: int) -> NDArray[np.float64]:
    return part[100 + by : length - 100 + by]


def test_a_podcast_is_as_intelligible_to_a_listener_as_its_voices_were(engine: EspeakEngine) -> None:
    packets: list[bytes] = []
    turns = []
    for voice in ("first", "second", "first", "second"):
        pcm = b"".join(engine.synthesize(TEXTS["en"], engine.voice(voice, "en")))
        spoken = list(tts.speak(engine, TEXTS["en"], voice=voice, language="en", pause_ms=400))
        turns.append(Said(pcm, espeak.SAMPLE_RATE, len(packets), len(spoken)))
        packets += spoken
    assert intelligibility(turns, heard_samples(packets, lookahead())) >= 0.985


def test_the_measure_of_intelligibility_notices_what_is_lost(engine: EspeakEngine) -> None:
    pcm = b"".join(engine.synthesize(TEXTS["en"], engine.voice("first", "en")))
    spoken = list(tts.speak(engine, TEXTS["en"], voice="first", language="en"))
    turn = Said(pcm, espeak.SAMPLE_RATE, 0, len(spoken))
    gaps = [packet if at % 5 else b"\xf8\xff\xfe" for at, packet in enumerate(spoken)]  # every fifth one silent
    assert intelligibility([turn], heard_samples(gaps, lookahead())) < 0.95


@pytest.mark.parametrize("name", TEXTS_OF_ALL_KINDS)
def test_turns_take_as_long_as_writers_reckon_with(engine: EspeakEngine, name: str) -> None:
    """The measure behind a podcast's length; the pauses are the average pauses of turns."""
    language, text = TEXTS_OF_ALL_KINDS[name]
    turns = [" ".join(turn.split()) for turn in text.split("\n\n") if 40 < len(turn) < 1200][:6]
    spoken_s = 0.0
    for number, turn in enumerate(turns):
        voice = engine.voice(("first", "second")[number % 2], language)
        spoken_s += len(b"".join(engine.synthesize(turn, voice))) / 2 / espeak.SAMPLE_RATE + 0.4
    assert sum(seconds(turn, language) for turn in turns) == pytest.approx(spoken_s, rel=0.07)


def test_the_hosts_are_told_apart_by_pitch_the_first_two_most_easily(engine: EspeakEngine) -> None:
    pitches = [_pitch(b"".join(engine.synthesize(TEXTS["en"], engine.voice(name, "en")))) for name in VOICES]
    assert pitches[0] > 1.5 * pitches[1]
    assert all(high > 1.15 * low for low, high in itertools.pairwise(sorted(pitches)))


def _pitch(pcm: bytes) -> float:
    """The median fundamental of the loud frames, in Hz, by autocorrelation."""
    rate = espeak.SAMPLE_RATE
    signal = samples(pcm).astype(float)
    found = []
    for start in range(0, len(signal) - 2048, 2048):
        frame = signal[start : start + 2048]
        if np.abs(frame).max() > 3000:
            wave = np.correlate(frame, frame, "full")[2047:]
            shortest, longest = rate // 400, rate // 60
            found.append(rate / (shortest + int(np.argmax(wave[shortest:longest]))))
    return float(np.median(found))


def test_sound_comes_before_the_text_has_been_spoken(engine: EspeakEngine) -> None:
    pieces = [len(piece) for piece in engine.synthesize(TEXTS["en"] * 5, engine.voice("first", "en"))]
    assert len(pieces) > 10
    assert pieces[0] < sum(pieces) / 10


@pytest.mark.parametrize("voice", ["first", "second"])
def test_a_text_is_the_same_bytes_whatever_was_said_before(engine: EspeakEngine, voice: str) -> None:
    fresh = EspeakEngine(workers=1)
    try:
        for language, text in TEXTS.items():
            said = [list(one.synthesize(text, one.voice(voice, language))) for one in (fresh, engine, engine)]
            assert b"".join(said[0]) == b"".join(said[1]) == b"".join(said[2])
    finally:
        fresh.close()


def test_a_turn_made_again_is_the_same_packets(engine: EspeakEngine) -> None:
    takes = [list(tts.speak(engine, TEXTS["en"], voice="first", language="en", pause_ms=400)) for _ in "12"]
    assert takes[0] == takes[1]


def test_a_voice_that_dies_breaks_its_own_text_and_no_other(engine: EspeakEngine) -> None:
    speaking = engine.synthesize(TEXTS["en"] * 20, engine.voice("first", "en"))
    next(speaking)
    workers = children(os.getpid())  # of other engines too, which are idle
    [speaker] = [speaker for worker in workers for speaker in children(worker)]
    os.kill(speaker, signal.SIGKILL)
    with pytest.raises(EngineBroken):
        list(speaking)
    assert list(engine.synthesize("Again.", engine.voice("first", "en")))


def children(parent: int) -> list[int]:
    """The espeak-ng processes started by this process."""
    found = subprocess.run(["pgrep", "-P", str(parent), "-f", "espeak/worker.py"], check=False, capture_output=True)
    return [int(line) for line in found.stdout.split()]


@pytest.mark.parametrize(
    ("text", "code"),
    [("潮汐是海水。", "engine_script_unreadable"), ("word " * 2000, "engine_text_long"), ("…", "engine_text_empty")],
    ids=["script", "long", "empty"],
)  # fmt: skip
def test_what_cannot_be_spoken_is_refused(engine: EspeakEngine, text: str, code: str) -> None:
    with pytest.raises(EngineRefused, match=code):
        list(engine.synthesize(text, engine.voice("first", "en")))
    with pytest.raises(EngineRefused, match="engine_voice_unknown"):
        engine.voice("fifth", "en")


def test_a_turn_is_heard_between_the_pauses_that_were_asked_for(engine: EspeakEngine) -> None:
    packets = [*tts.speak(engine, TEXTS["en"], voice="first", language="en", pause_before_ms=500, pause_ms=300)]
    heard = heard_samples(packets, lookahead())
    loud = np.flatnonzero(np.abs(heard) > 400)
    assert loud[0] / SAMPLE_RATE == pytest.approx(0.5, abs=0.05)
    assert (len(heard) - loud[-1]) / SAMPLE_RATE == pytest.approx(0.3, abs=0.12)
