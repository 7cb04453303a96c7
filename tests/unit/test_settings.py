"""Settings are read once, from names that are the fields' own, and a wrong one is told at once."""

from __future__ import annotations

import ast
from dataclasses import fields
from pathlib import Path

import pytest

from common.errors import Misconfigured
from common.settings import Settings
from tests.unit.parsed import nodes


def test_each_kind_of_value_is_read() -> None:
    settings = Settings.from_env(
        env={
            "AUDIO_BUCKET": "audio",
            "SIGNING_CALLERS": "a@example.com, b@example.com",
            "HARVEST_PRIVATE_ADDRESSES": "true",
            "MAX_SOURCE_BYTES": "12",
            "SOURCE_TIMEOUT_S": "1.5",
        }
    )
    assert settings.audio_bucket == "audio"
    assert settings.signing_callers == ("a@example.com", "b@example.com")
    assert settings.harvest_private_addresses is True
    assert settings.max_source_bytes == 12
    assert settings.source_timeout_s == 1.5


def test_private_addresses_are_off_by_default() -> None:
    assert Settings.from_env(env={}).harvest_private_addresses is False


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(Misconfigured, match="AUDIO_BUCKET"):
        Settings.from_env(needs=("audio_bucket",), env={})


@pytest.mark.parametrize(("name", "value"), [("MAX_SOURCE_BYTES", "many"), ("HARVEST_PRIVATE_ADDRESSES", "perhaps")])
def test_a_malformed_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        Settings.from_env(env={name: value})


SEVERAL = {
    "SPEECH_ENGINE": "google",
    "SPEECH_ENGINES": "espeak, openai,google",
    "SPEECH_API_KEY": "of google",
    "SPEECH_VOICES": "Kore,Puck",
    "SPEECH_OPENAI_BASE_URL": "http://voices",
    "LANGUAGE_API_KEY": "of the writer",
    "AUDIO_BUCKET": "audio",
}


def test_the_default_engine_is_offered_first_and_once() -> None:
    assert Settings.from_env(env=SEVERAL).offered("speech") == ("google", "espeak", "openai")
    assert Settings.from_env(env=SEVERAL).offered("language") == ("extractive",)


def test_an_engine_sees_its_own_settings_and_never_the_key_of_another() -> None:
    google, other = (Settings.of_engine("speech", name, SEVERAL) for name in ("google", "openai"))
    assert (google.speech_engine, google.speech_api_key, google.speech_base_url) == ("google", "of google", "")
    assert google.speech_voices == ("Kore", "Puck")
    assert (other.speech_engine, other.speech_api_key, other.speech_base_url) == ("openai", "", "http://voices")
    assert other.speech_voices == ()
    assert other.audio_bucket == "audio"


def test_the_default_engine_may_be_set_by_its_own_name_too() -> None:
    env = {**SEVERAL, "SPEECH_GOOGLE_VOICES": "Leda"}
    assert Settings.of_engine("speech", "google", env).speech_voices == ("Leda",)


def test_keys_of_engines_are_not_shown() -> None:
    assert "hunter2" not in repr(
        Settings(speech_api_key="hunter2", language_api_key="hunter2", search_api_key="hunter2")
    )


def test_every_setting_is_read() -> None:
    """By name, or as the setting for an operation's caller; an agent's need alone is not enough."""
    root = Path(__file__).resolve().parents[2]
    read = {f"{kind}_{name}" for kind in ("speech", "language") for name in ("engine", "engines")}  # by `offered`
    for path in (path for folder in ("common", "functions", "streamer") for path in (root / folder).rglob("*.py")):
        for node in nodes(path):
            match node:
                case ast.Attribute(attr=name):
                    read.add(name)
                case ast.keyword(arg="by", value=ast.Constant(value=str(name))):
                    read.add(name)
    assert {setting.name for setting in fields(Settings)} - read == set()
