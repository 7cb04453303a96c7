"""Google Cloud Text-to-Speech: Chirp 3 HD and Gemini-TTS streamed, every other voice of the catalogue in one piece.

https://cloud.google.com/text-to-speech/docs/chirp3-hd, .../gemini-tts and .../create-audio-text-streaming. Asked for
PCM at the voices' own 24,000 Hz, not for OGG_OPUS: turns are trimmed and leveled here, and would otherwise be encoded
twice.
"""

from __future__ import annotations

import io
import logging
import wave
from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING, Final

from common import languages
from common.errors import AethercastError, EngineBroken, EngineRefused
from common.hosts import VOICES
from common.languages import pack_of
from common.logs import fields
from common.pronunciations import unguarded
from common.settings import Settings
from functions.model_serving.engine_calls import Throttled, begun
from functions.model_serving.tts.protocol import NO_SOUNDS, Description, Voice, require_known
from functions.model_serving.tts.speakable import require_latin_script

if TYPE_CHECKING:
    from google.cloud import texttospeech

logger = logging.getLogger(__name__)

SAMPLE_RATE: Final = 24_000
MAX_BYTES: Final = 5_000
"""Of UTF-8 in one request: https://cloud.google.com/text-to-speech/quotas"""
_PRICE: Final = 30.0
"""US dollars per million characters of Chirp 3 HD: https://cloud.google.com/text-to-speech/pricing"""
_HOSTS: Final = dict(zip(VOICES, ("Aoede", "Charon", "Kore", "Puck"), strict=True))
_CHIRP: Final = (
    "Achernar", "Achird", "Algenib", "Algieba", "Alnilam", "Aoede", "Autonoe", "Callirrhoe", "Charon",
    "Despina", "Enceladus", "Erinome", "Fenrir", "Gacrux", "Iapetus", "Kore", "Laomedeia", "Leda", "Orus",
    "Pulcherrima", "Puck", "Rasalgethi", "Sadachbia", "Sadaltager", "Schedar", "Sulafat", "Umbriel",
    "Vindemiatrix", "Zephyr", "Zubenelgenubi",
)  # fmt: skip
"""Each speaks every language here, and goes by the same name with SPEECH_MODEL, which is a Gemini-TTS model. Only these
can be told how to speak; for Chirp 3 HD and older voices a prompt is an invalid argument."""
_TIMEOUT_S: Final = 45.0
"""For one turn from the first byte to the last."""


class GoogleEngine:
    """A single gRPC channel for all threads, dialed at the first text."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._hosts = _HOSTS | dict(zip(_HOSTS, settings.speech_voices, strict=False))

    def describe(self) -> Description:
        known = languages.LANGUAGES
        voices = tuple(Voice(name, language) for name in (*_HOSTS, *_CHIRP) for language in known)
        price = None if self._settings.speech_model else _PRICE
        return Description("google", voices, known, SAMPLE_RATE, True, price, more_voices=True)

    def voice(self, name: str, language: str) -> Voice:
        """`first` to `fourth` and single names such as "Kore" are Chirp 3 HD, or the configured model's; a full name
        is a voice of any family."""
        require_known(language)
        name = self._hosts.get(name, name)
        whole = "-" in name or self._settings.speech_model
        return Voice(name if whole else f"{pack_of(language).locale}-Chirp3-HD-{name}", language)

    def reads_ipa(self, ipa: str, voice: Voice) -> bool:
        """Gemini-TTS takes no pronunciations, and Google none of more than a word:
        https://cloud.google.com/text-to-speech/docs/chirp3-hd#custom_pronunciations"""
        return not self._by_model(voice) and " " not in ipa

    def synthesize(
        self, text: str, voice: Voice, style: str = "", sounds: Mapping[str, str] = NO_SOUNDS
    ) -> Iterator[bytes]:
        text = unguarded(text)
        require_latin_script(text)
        if len(text.encode()) > MAX_BYTES:
            raise EngineRefused("engine_text_long", f"One turn has at most {MAX_BYTES} bytes.")
        streamed = self._by_model(voice) or "Chirp3-HD" in voice.name
        told = style if self._by_model(voice) else ""
        yield from begun(
            lambda: self._streamed(text, voice, told, sounds) if streamed else self._whole(text, voice, sounds)
        )
        logger.info("speech billed", extra=fields(engine="google", voice=voice.name, characters=len(text)))

    def _by_model(self, voice: Voice) -> bool:
        return bool(self._settings.speech_model) and "-" not in voice.name

    @cached_property
    def _client(self) -> texttospeech.TextToSpeechClient:
        from google.auth.exceptions import GoogleAuthError
        from google.cloud import texttospeech
        from google.cloud.texttospeech_v1.services.text_to_speech.transports import TextToSpeechGrpcTransport

        endpoint = self._settings.speech_base_url
        if endpoint.startswith("http://"):  # a server of this machine, in tests
            import grpc

            channel = grpc.insecure_channel(endpoint.removeprefix("http://"))
            return texttospeech.TextToSpeechClient(transport=TextToSpeechGrpcTransport(channel=channel))
        from common.grpc_channels import renewing

        options = {"api_endpoint": endpoint.removeprefix("https://")} if endpoint else {}
        if self._settings.speech_api_key:
            options["api_key"] = self._settings.speech_api_key
        transport = partial(TextToSpeechGrpcTransport, channel=renewing(TextToSpeechGrpcTransport.create_channel))
        try:
            return texttospeech.TextToSpeechClient(client_options=options, transport=transport)
        except GoogleAuthError:
            raise EngineBroken("engine_no_identity", "This service cannot say who it is to Google's voices.") from None

    def warm_up(self) -> None:
        """Load the library, which takes longer than a first sound; nobody is asked anything."""
        from google.cloud import texttospeech  # noqa: F401

    def _streamed(self, text: str, voice: Voice, style: str, sounds: Mapping[str, str]) -> Iterator[bytes]:
        from google.api_core import exceptions as google_errors
        from google.auth.exceptions import GoogleAuthError
        from google.cloud import texttospeech

        config = texttospeech.StreamingSynthesizeConfig(
            voice=self._selection(voice),
            streaming_audio_config=texttospeech.StreamingAudioConfig(
                audio_encoding=texttospeech.AudioEncoding.PCM, sample_rate_hertz=SAMPLE_RATE
            ),
            custom_pronunciations=_pronunciations(sounds),
        )
        requests = (
            texttospeech.StreamingSynthesizeRequest(streaming_config=config),
            texttospeech.StreamingSynthesizeRequest(
                input=texttospeech.StreamingSynthesisInput(text=text, prompt=style or None)
            ),
        )
        heard = False
        try:
            for answer in self._client.streaming_synthesize(iter(requests), timeout=_TIMEOUT_S):
                if answer.audio_content:
                    heard = True
                    yield answer.audio_content
        except (google_errors.GoogleAPICallError, GoogleAuthError) as error:
            raise _error_of(error) from None
        if not heard:
            raise EngineBroken("engine_broken", "Google's voice answered without sound.")

    def _whole(self, text: str, voice: Voice, sounds: Mapping[str, str]) -> Iterator[bytes]:
        from google.api_core import exceptions as google_errors
        from google.auth.exceptions import GoogleAuthError
        from google.cloud import texttospeech

        try:
            answer = self._client.synthesize_speech(
                input=texttospeech.SynthesisInput(text=text, custom_pronunciations=_pronunciations(sounds)),
                voice=self._selection(voice),
                audio_config=texttospeech.AudioConfig(
                    audio_encoding=texttospeech.AudioEncoding.LINEAR16, sample_rate_hertz=SAMPLE_RATE
                ),
                timeout=_TIMEOUT_S,
                retry=None,  # one policy for all engines: engine_calls.begun
            )
        except (google_errors.GoogleAPICallError, GoogleAuthError) as error:
            raise _error_of(error) from None
        yield _samples(answer.audio_content)

    def _selection(self, voice: Voice) -> texttospeech.VoiceSelectionParams:
        from google.cloud import texttospeech

        if self._by_model(voice):
            return texttospeech.VoiceSelectionParams(
                name=voice.name, language_code=pack_of(voice.language).locale, model_name=self._settings.speech_model
            )
        return texttospeech.VoiceSelectionParams(name=voice.name, language_code="-".join(voice.name.split("-")[:2]))


def _pronunciations(sounds: Mapping[str, str]) -> texttospeech.CustomPronunciations | None:
    """Sounds as Google is told them: beside the text, which stays plain and is read as no markup."""
    from google.cloud import texttospeech

    if not sounds:
        return None
    ipa = texttospeech.CustomPronunciationParams.PhoneticEncoding.PHONETIC_ENCODING_IPA
    return texttospeech.CustomPronunciations(
        pronunciations=[
            texttospeech.CustomPronunciationParams(phrase=word, phonetic_encoding=ipa, pronunciation=sound)
            for word, sound in sounds.items()
        ]
    )


def _samples(linear16: bytes) -> bytes:
    """Return the samples of an answer in LINEAR16, which is a WAV file. Raises EngineBroken for anything but a WAV file
    at our rate."""
    try:
        with wave.open(io.BytesIO(linear16)) as file:
            if (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (SAMPLE_RATE, 1, 2):
                return bytes(file.readframes(file.getnframes()))
    except (wave.Error, EOFError):
        pass
    raise EngineBroken("engine_broken", "Google's voice answered with no sound that can be read.")


def _error_of(error: Exception) -> AethercastError:
    """Return the typed error of one of google-api-core's. Its own text is not handed on: it names projects and
    accounts."""
    from google.api_core import exceptions as google_errors

    match error:
        case google_errors.ResourceExhausted() | google_errors.TooManyRequests():
            return Throttled("The quota of Google's voices is used up for now.")
        case google_errors.NotFound():
            return EngineRefused("engine_voice_unknown", "Google has no voice of this name.")
        case google_errors.InvalidArgument() | google_errors.OutOfRange() | google_errors.FailedPrecondition():
            return EngineRefused("engine_text_refused", "Google's voice turned the text down.")
        case google_errors.PermissionDenied() | google_errors.Unauthenticated():
            return EngineRefused("engine_key_refused", "Google does not let this service speak with its voices.")
        case google_errors.DeadlineExceeded():
            return EngineBroken("engine_slow", "Google's voice did not finish in time.")
        case google_errors.ServiceUnavailable():
            return EngineBroken("engine_unreachable", "Google's voices cannot be reached.")
    return EngineBroken("engine_failed", "Google's voice failed.")
