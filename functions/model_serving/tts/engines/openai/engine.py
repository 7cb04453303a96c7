"""Any server of OpenAI's `/v1/audio/speech`: OpenAI, Kokoro-FastAPI, Speaches, vLLM and others, at SPEECH_BASE_URL.

https://platform.openai.com/docs/api-reference/audio/createSpeech. Asked for `pcm`, the one format that all of them can
send while they still speak, and the only one that costs no second lossy encoding: 16-bit mono at 24,000 Hz unless the
answer says otherwise.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from email.message import Message
from typing import Final

import requests

from common import languages
from common.errors import EngineBroken, EngineRefused, Misconfigured
from common.logs import fields
from common.pools import FreshAdapter
from common.settings import Settings
from functions.model_serving.engine_calls import begun, broke_off, post
from functions.model_serving.tts.protocol import Description, Voice, require_known
from functions.model_serving.tts.speakable import require_latin_script

logger = logging.getLogger(__name__)

SAMPLE_RATE: Final = 24_000
MAX_CHARACTERS: Final = 4_096
"""OpenAI's own limit for one request."""
_DEFAULT_VOICES: Final = ("nova", "onyx")
_DEFAULT_MODEL: Final = "tts-1"
SILENCE_S: Final = 20.0
"""Between two pieces of sound: past this, the server hangs."""
_CHUNK: Final = 4_800
"""Bytes, 100 ms: small enough for the encoder to begin at once."""
_MAX_BYTES: Final = 2 * SAMPLE_RATE * 60 * 15
_PCM_TYPES: Final = frozenset(
    {"audio/pcm", "audio/x-pcm", "audio/l16", "audio/raw", "application/octet-stream", "binary/octet-stream"}
)
"""What servers call PCM, or anything at all."""


class OpenAIEngine:
    """One session for all threads, its connections kept open from turn to turn."""

    def __init__(self, settings: Settings) -> None:
        if not settings.speech_base_url:
            raise Misconfigured("setting_missing", "set SPEECH_BASE_URL, such as https://api.openai.com")
        self._url = settings.speech_base_url.rstrip("/").removesuffix("/v1") + "/v1/audio/speech"
        self._model = settings.speech_model or _DEFAULT_MODEL
        self._hosts = dict(zip(("first", "second"), settings.speech_voices or _DEFAULT_VOICES, strict=False))
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, FreshAdapter(pool_maxsize=32))
        if settings.speech_api_key:
            self._session.headers["Authorization"] = f"Bearer {settings.speech_api_key}"

    def describe(self) -> Description:
        known = languages.LANGUAGES
        voices = tuple(Voice(name, language) for name in ("first", "second") for language in known)
        return Description("openai", voices, known, SAMPLE_RATE, True, None, more_voices=True)

    def voice(self, name: str, language: str) -> Voice:
        """`first` and `second` as SPEECH_VOICES has them; any other name is the server's own, and its to refuse."""
        require_known(language)
        return Voice(self._hosts.get(name, name), language)

    def synthesize(self, text: str, voice: Voice, style: str = "") -> Iterator[bytes]:
        require_latin_script(text)
        if len(text) > MAX_CHARACTERS:
            detail = f"One turn of {len(text)} characters is more than the {MAX_CHARACTERS} that can be spoken at once."
            raise EngineRefused("engine_text_long", detail)
        body = {"model": self._model, "input": text, "voice": voice.name, "response_format": "pcm"}
        if style and not self._model.startswith("tts-1"):  # OpenAI's own first models cannot be told how to speak
            body["instructions"] = style
        yield from begun(lambda: self._spoken(body))
        logger.info("speech billed", extra=fields(engine="openai", model=self._model, characters=len(text)))

    def _spoken(self, body: dict[str, str]) -> Iterator[bytes]:
        total = 0
        with post(self._session, self._url, body, engine="The speech server", timeout_s=SILENCE_S) as response:
            self._require_pcm(response)
            try:
                for chunk in response.iter_content(_CHUNK):
                    total += len(chunk)
                    if total > _MAX_BYTES:
                        raise EngineBroken("engine_broken", "The speech server does not stop speaking.")
                    yield chunk
            except requests.RequestException as error:
                raise broke_off("The speech server", error) from None
        if total < 2 * SAMPLE_RATE // 50:
            raise EngineBroken("engine_broken", "The speech server answered without sound.")

    @staticmethod
    def _require_pcm(response: requests.Response) -> None:
        """Raise EngineBroken for an answer that is no PCM, or PCM of another rate: it would be noise to the ear."""
        told = Message()
        told["Content-Type"] = response.headers.get("Content-Type") or "application/octet-stream"
        kind = told.get_content_type()
        if kind not in _PCM_TYPES:
            raise EngineBroken("engine_broken", f"The speech server answered with {kind}, not with PCM.")
        rate = str(told.get_param("rate") or response.headers.get("X-Sample-Rate", ""))
        if rate and rate != str(SAMPLE_RATE):
            raise EngineBroken("engine_broken", f"The speech server speaks at {rate[:10]} Hz, not at {SAMPLE_RATE}.")
