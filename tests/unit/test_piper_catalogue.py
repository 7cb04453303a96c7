"""The catalogue of Piper's voices: hosts in every language, verifiable files, named licences."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest

from common import languages
from common.hosts import VOICES
from common.settings import Settings
from functions.model_serving.tts.engines.piper import catalogue_of
from functions.model_serving.tts.engines.piper.catalogue import Catalogue, Model
from local import voices
from tests.conftest import ROOT

EVERY = Catalogue.read()


def test_every_host_of_every_language_has_a_voice_and_no_two_are_the_same() -> None:
    """But of a language that Piper has no voice for, which espeak-ng speaks."""
    assert EVERY.hosts.keys() <= set(languages.LANGUAGES)
    for hosts in EVERY.hosts.values():
        assert tuple(hosts) == VOICES
        for one, other in combinations(hosts.values(), 2):
            same_speaker = (one.model, one.speaker) == (other.model, other.speaker)
            assert not same_speaker or abs(one.throat / other.throat - 1) > 0.12


def test_every_file_is_known_by_its_length_and_checksum_at_one_revision() -> None:
    files = [file for model in EVERY.models for file in model.files]
    assert len({file.sha256 for file in files}) == len({file.name for file in files}) == 2 * len(EVERY.models)
    assert all(re.fullmatch("[0-9a-f]{64}", file.sha256) and file.size > 1_000 for file in files)
    assert re.search("/resolve/[0-9a-f]{40}$", EVERY.address)


@pytest.mark.parametrize("model", EVERY.models, ids=lambda model: model.name)
def test_every_voice_is_named_with_licence_and_source_in_the_notice(model: Model) -> None:
    notice = " ".join((ROOT / "NOTICE").read_text().split())
    for told in (model.name, model.licence, model.recordings.rpartition(", ")[2]):
        assert told in notice
    assert not re.search(r"\bNC\b|\bSA\b", model.licence)


def test_whatever_is_unsettled_speaks_only_where_that_is_asked_for() -> None:
    settled, every = catalogue_of(Settings()), catalogue_of(Settings(speech_unsettled=True))
    assert every == EVERY
    assert {model.trained.removeprefix("from ") for model in settled.models} == {"scratch", "kristin"}
    assert EVERY.hosts.keys() - settled.hosts.keys() == {"pt"}


def test_the_command_lists_what_is_here_and_says_what_cannot_be_had(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VOICE_WEIGHTS", "none")
    monkeypatch.setenv("VOICE_WEIGHTS_FOLDER", str(tmp_path))
    monkeypatch.setattr(voices.CONSOLE, "_width", 160)
    assert voices.main([]) == 0
    assert "de_DE-mls-medium" in capsys.readouterr().err
    assert voices.main(["download", "it"]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "it_IT-riccardo-x_low.onnx" in told
    assert "SPEECH_ENGINE=hibari" in told
    with pytest.raises(SystemExit):
        voices.main(["download", "xx"])
