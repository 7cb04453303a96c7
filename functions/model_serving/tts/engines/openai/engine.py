"""Any server of OpenAI's `/v1/audio/speech`: OpenAI, Kokoro-FastAPI, Speaches, vLLM and others, at SPEECH_BASE_URL.

https://platform.openai.com/docs/api-reference/audio/createSpeech. Asked for `pcm`, the only format which costs no
second lossy encoding and which most servers can send while they still speak; for `wav`, then `mp3`, where a server has
no such format. Any answer is read by its actual format (answered.py).

Servers differ in how much they say at once: a turn refused as too long is said in parts, sentence by sentence, and the
server's limit is remembered.
"""

from __future__ import annotations

import logging
import math
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, cycle
from typing import Final
from urllib.parse import urlsplit

import requests

from common import languages
from common.contract import MAX_TURN_CHARACTERS
from common.errors import AethercastError, EngineBroken, EngineRefused, Misconfigured
from common.hosts import VOICES
from common.logs import fields
from common.policy import POLICIES
from common.pools import FreshAdapter
from common.settings import Settings
from common.text.sentences import sentences
from functions.model_serving.engine_calls import TurnedDown, begun, broke_off, current_calls, post
from functions.model_serving.silence import Patience
from functions.model_serving.tts.engines.openai.answered import SAMPLE_RATE, pcm_of, stated_rate
from functions.model_serving.tts.parts import parts_of
from functions.model_serving.tts.protocol import Description, Voice, require_known
from functions.model_serving.tts.sound import joined
from functions.model_serving.tts.speakable import require_latin_script

logger = logging.getLogger(__name__)

MAX_CHARACTERS: Final = 4_096
"""OpenAI's own limit for one request."""
_NUMBER: Final = re.compile(r"(?<![\d.,-])\d{2,5}(?![\d.,-]\d|\d)")
_LEAST_CHARACTERS: Final = 40
"""A part as short as this is not too long for any server that is of use: it is turned down for another reason."""
_DEFAULT_VOICES: Final = ("nova", "onyx", "shimmer", "echo")
_DEFAULT_MODEL: Final = "tts-1"
SILENCE_S: Final = 20.0
"""Between two pieces of sound: past this, the server hangs."""
ANSWER_S: Final = POLICIES["voice_forge"].deadline.total_seconds() - 30
"""For all of a turn: past this, who has it voiced gives up, however much comes now and then."""
_CHUNK: Final = 4_800
"""Bytes, 100 ms: small enough for the encoder to begin at once."""
_FORMATS: Final = ("pcm", "wav", "mp3")
_ABOUT_FORMAT: Final = re.compile(r"format\b|formats\b|media type|codec|encoding|\bpcm\b|\bwav\b", re.IGNORECASE)
_ABOUT_LENGTH: Final = re.compile(
    r"too (?:long|large|big|many)|length|limit|exceed|maximum|\bmax\b|at most|up to|no more than|(?:less|fewer) than"
    r"|shorte[rn]"
    r"|(?:longer|larger|greater|more) than|\b(?:under|below|over|above) \d",
    re.IGNORECASE,
)
"""What servers say of a request that they turn down."""
PROBE: Final = "Here is what we found out today."
_PROBE_S: Final = 2.0
"""How long voices take to say that, on average."""
_USUAL_RATES: Final = (24_000, 22_050, 16_000, 44_100, 48_000)


def _shorter(text: str, language: str, told: str) -> int:
    """Tell how much to say at once where `text` is too long: as much as the server tells; else a third, but whole
    sentences.

    Each guess that is too long again costs a request, as does each needless part after too short a guess.
    """
    allowed = [int(number) for number in _NUMBER.findall(told) if _LEAST_CHARACTERS <= int(number) < len(text)]
    if allowed:
        return max(allowed)
    longest = max((len(sentence) for sentence in sentences(text, language)), default=0)
    third = math.ceil(len(text) / 3) + max(map(len, text.split()))  # parts are cut between words
    return max(third, longest) if longest < len(text) / 2 else third


class OpenAIEngine:
    """A single session for all threads, its connections kept open from turn to turn."""

    def __init__(self, settings: Settings) -> None:
        if not settings.speech_base_url:
            raise Misconfigured("setting_missing", "set SPEECH_BASE_URL, such as https://api.openai.com")
        self._url = settings.speech_base_url.rstrip("/").removesuffix("/v1") + "/v1/audio/speech"
        self._model = settings.speech_model or _DEFAULT_MODEL
        self._hosts = dict(zip(VOICES, cycle(settings.speech_voices or _DEFAULT_VOICES), strict=False))
        self._longest = MAX_CHARACTERS
        self._format = _FORMATS[0]
        ours = urlsplit(self._url).hostname == "api.openai.com"  # which documents its rate, and states it nowhere
        self._set_rate = settings.speech_sample_rate or (SAMPLE_RATE if ours else 0)
        self._rates: dict[str, int] = {}
        self._probing = threading.Lock()
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, FreshAdapter(pool_maxsize=32))
        if settings.speech_api_key:
            self._session.headers["Authorization"] = f"Bearer {settings.speech_api_key}"

    def describe(self) -> Description:
        known = languages.LANGUAGES
        voices = tuple(Voice(name, language) for name in VOICES for language in known)
        return Description("openai", voices, known, SAMPLE_RATE, True, None, more_voices=True)

    def voice(self, name: str, language: str) -> Voice:
        """`first` to `fourth` as SPEECH_VOICES has them; any other name is the server's own, and its to refuse."""
        require_known(language)
        return Voice(self._hosts.get(name, name), language)

    def synthesize(self, text: str, voice: Voice, style: str = "") -> Iterator[bytes]:
        require_latin_script(text)
        if len(text) > MAX_TURN_CHARACTERS:
            raise EngineRefused("engine_text_long", f"One turn has at most {MAX_TURN_CHARACTERS} characters.")
        body = {"model": self._model, "voice": voice.name}
        if style and not self._model.startswith("tts-1"):  # OpenAI's own first models cannot be told how to speak
            body["instructions"] = style
        yield from self._said(text, voice.language, body)
        logger.info("speech billed", extra=fields(engine="openai", model=self._model, characters=len(text)))

    def _said(self, text: str, language: str, body: dict[str, str]) -> Iterator[bytes]:
        """Yield the text, in as many parts as the server wants."""
        longest = self._longest
        parts = parts_of(text, longest, language)
        if len(parts) > 1:
            current_calls().allow(len(parts) - 1)  # it takes so many
            yield from joined((self._said(part, language, body) for part in parts), SAMPLE_RATE)
            return
        pieces = begun(lambda: self._spoken({**body, "input": text}))
        try:
            first = next(pieces)
        except TurnedDown as error:
            if len(text) <= _LEAST_CHARACTERS or not _ABOUT_LENGTH.search(error.told):
                raise
            self._longest = min(self._longest, max(_LEAST_CHARACTERS, _shorter(text, language, error.told)))
            yield from self._said(text, language, body)
            return
        yield from chain([first], pieces)

    def _spoken(self, body: dict[str, str]) -> Iterator[bytes]:
        with self._asked(body) as response, Patience(response, ANSWER_S, ANSWER_S) as patience:
            try:
                yield from pcm_of(response.headers, response.iter_content(_CHUNK), lambda: self._rate(body))
            except requests.RequestException as error:
                if not patience.lost:
                    raise broke_off("The speech server", error) from None
            except EngineRefused:
                if not patience.lost:  # else it is of what came until then
                    raise
            if patience.lost:
                raise EngineBroken("engine_slow", f"The speech server's answer did not end in {ANSWER_S:.0f} s.")

    def _asked(self, body: dict[str, str]) -> requests.Response:
        """Ask in the first format not yet refused by the server while taking another."""
        for wanted in _FORMATS[_FORMATS.index(self._format) :]:
            try:
                response = self._post({**body, "response_format": wanted})
            except TurnedDown as error:
                if wanted == _FORMATS[-1] or not _ABOUT_FORMAT.search(error.told):
                    raise
            else:
                self._format = wanted
                break
        return response

    def _post(self, body: dict[str, str]) -> requests.Response:
        return post(self._session, self._url, body, engine="The speech server", timeout_s=SILENCE_S)

    def _rate(self, body: dict[str, str]) -> int:
        """Return the Hz of a voice whose server states none: as set, or as measured by a known sentence, asked for
        once."""
        if self._set_rate:
            return self._set_rate
        with self._probing:
            voice = body["voice"]
            if voice not in self._rates:
                self._rates[voice] = self._probed(body)
                logger.warning(
                    "the speech server does not state its rate; SPEECH_SAMPLE_RATE would",
                    extra=fields(voice=voice, rate=self._rates[voice]),
                )
            return self._rates[voice]

    def _probed(self, body: dict[str, str]) -> int:
        """Return the rate stated by a WAV file of the voice; for samples once more, the rate at which the sentence
        takes its time."""
        current_calls().made += 1
        with suppress(AethercastError, requests.RequestException):
            with self._post({**body, "input": PROBE, "response_format": "wav"}) as response:
                rate, samples = stated_rate(response.headers, response.iter_content(_CHUNK))
            if rate:
                return rate
            if samples:
                return min(_USUAL_RATES, key=lambda rate: abs(math.log(samples / rate / _PROBE_S)))
        return SAMPLE_RATE
