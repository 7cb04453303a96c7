"""Piper's voices that speak here (voices.toml): their files, licences, and the hosts made of them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from functions.model_serving.tts.weights import File

ADDRESS: Final = "https://huggingface.co/rhasspy/piper-voices/resolve/{revision}"


@dataclass(frozen=True)
class Model:
    """A voice of Piper's: `rate` in Hz, `phonemes` by espeak-ng's name of the language. `unsettled`: nobody knows for
    sure whether its weights may be used commercially."""

    name: str
    rate: int
    phonemes: str
    weights: File
    settings: File
    licence: str
    recordings: str
    trained: str
    unsettled: bool

    @property
    def files(self) -> tuple[File, File]:
        return self.settings, self.weights


@dataclass(frozen=True)
class Host:
    """A host: `throat` and `pace` as parts of the model's own."""

    model: Model
    speaker: int = 0
    throat: float = 1.0
    pace: float = 1.0

    @property
    def rate(self) -> int:
        """The rate in Hz at which the samples of the model sound like this host: played faster, a longer throat is a
        shorter one. The model speaks slower by as much."""
        return round(self.model.rate * self.throat)


@dataclass(frozen=True)
class Catalogue:
    """All hosts by language, two letters, and name; `address` is where the files are published."""

    address: str
    models: tuple[Model, ...]
    hosts: dict[str, dict[str, Host]]

    @classmethod
    def read(cls) -> Self:
        table = tomllib.loads(Path(__file__).with_name("voices.toml").read_text(encoding="utf-8"))
        models = {name: _model(name, told) for name, told in table["models"].items()}
        hosts = {
            language: {name: Host(**(told | {"model": models[told["model"]]})) for name, told in named.items()}
            for language, named in table["hosts"].items()
        }
        return cls(ADDRESS.format(revision=table["revision"]), tuple(models.values()), hosts)

    def settled(self) -> Catalogue:
        """Return the catalogue without whatever is unsettled."""
        hosts = {
            language: named
            for language, named in self.hosts.items()
            if not any(host.model.unsettled for host in named.values())
        }
        return Catalogue(self.address, tuple(model for model in self.models if not model.unsettled), hosts)

    def models_of(self, language: str) -> tuple[Model, ...]:
        """Return the models that the hosts of a language are made of, each once."""
        return tuple(dict.fromkeys(host.model for host in self.hosts.get(language, {}).values()))


def _model(name: str, told: dict[str, Any]) -> Model:
    weights, settings = (
        File(f"{told['path']}/{name}{ending}", size, sha256)
        for ending, (size, sha256) in ((".onnx", told["model"]), (".onnx.json", told["settings"]))
    )
    return Model(
        name=name,
        rate=told["rate"],
        phonemes=told["phonemes"],
        weights=weights,
        settings=settings,
        licence=told["licence"],
        recordings=told["recordings"],
        trained=told["trained"],
        unsettled=told.get("unsettled", False),
    )
