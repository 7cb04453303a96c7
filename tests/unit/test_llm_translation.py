"""A podcast in another language than its sources', by a model: told to translate, shown the whole task, and held to the
wanted language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.errors import EngineRefused
from common.languages import LANGUAGES, pack_of
from common.settings import Settings
from common.text.detection import is_foreign
from functions.model_serving.llm.dialogue.condense import shortened
from functions.model_serving.llm.dialogue.language_model import Prompt
from functions.model_serving.llm.dialogue.prompting import system
from functions.model_serving.llm.dialogue.writer import DialogueWriter
from functions.model_serving.llm.material.foreign import has_words_of_another
from functions.model_serving.llm.protocol import Request, Source, Turn

TEXTS = Path(__file__).parent / "texts"
WOLVES = (TEXTS / "wolves.fr.txt").read_text()
DUTCH = (
    "De wolf is terug in het land, en dat is niet ieder naar de zin. In het voorjaar werden er zeven jongen geboren. "
    "De boeren zetten hogere hekken, en sommige nemen een hond die bij de schapen blijft. "
) * 20
SPANISH = (
    "Los lobos han vuelto a las montañas, y no todo el mundo está contento con ello.",
    "En la primera primavera nacieron siete crías en un valle que nadie visita.",
    "Los pastores vigilan sus ovejas con perros grandes que duermen entre el rebaño.",
    "Quien los ha visto dice que prefieren la noche y los caminos que los hombres dejan.",
    "Nadie sabe todavía cuántos quedarán cuando llegue otra vez el invierno.",
    "Y sin embargo cada año se cuentan algunos más en las laderas del norte.",
)


def request(language: str, *sources: Source, minutes: float = 2) -> Request:
    greeting = Turn("Ada", "Hola.", "", None, "cold_open")
    return Request("Lobos", language, minutes, "conversation", ("Ada", "Ben"), sources, (greeting,))


class Translator:
    """A model asked for Spanish, which begins with the source's own French where told to."""

    def __init__(self, *, lapses: int = 0) -> None:
        self.prompts: list[str] = []
        self._lapses = lapses
        self._said = 0

    def stream(self, prompt: Prompt) -> Iterator[str]:
        self.prompts.append(prompt.user)
        if "Plan these" in prompt.user or "Condense it" in prompt.user:
            return iter([""])
        french = list(filter(None, WOLVES.split("\n")))[1:]
        lines = french if self._lapses > 0 else SPANISH
        self._lapses -= 1
        return iter(json.dumps({"speaker": "Ada", "text": line[:300], "source": 1}) + "\n" for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_is_told_to_translate_whatever_it_is_shown(language: str) -> None:
    rules = system(request(language, Source(WOLVES)))
    assert re.search(rf"in {pack_of(language).name}, whatever languages the sources are in: .* translate", rules)


def test_a_turn_in_the_source_s_language_is_never_spoken() -> None:
    turns = list(DialogueWriter(Translator(lapses=2), Settings()).write(request("es", Source(WOLVES, "Les loups"))))
    assert len(turns) > 4
    assert not [turn.text for turn in turns if is_foreign(turn.text, "es")]


def test_a_model_that_cannot_translate_is_given_up_in_a_word() -> None:
    with pytest.raises(EngineRefused) as failed:
        list(DialogueWriter(Translator(lapses=99), Settings()).write(request("es", Source(WOLVES, "Les loups"))))
    assert failed.value.code == "engine_language_wrong"
    assert "Spanish" in failed.value.detail


@pytest.mark.parametrize("text", [WOLVES * 3, DUTCH, "Loup. " * 2_000], ids=["French", "Dutch", "a word"])
def test_of_a_long_source_in_another_language_the_most_telling_is_shown(text: str) -> None:
    (source,) = shortened([Source(text)], 2_000, request("es", Source(text)))
    assert 150 < len(source.text) < 3_000


def test_a_piece_that_the_model_does_not_condense_is_shown_in_its_own_language() -> None:
    model = Translator()
    settings = Settings(language_context_characters=3_000)
    list(DialogueWriter(model, settings).write(request("es", Source(WOLVES * 3, "Les loups"))))
    chapters = [prompt for prompt in model.prompts if "Write this chapter" in prompt]
    assert chapters
    assert all(prompt.partition("The sources for this chapter")[2].count("loup") > 3 for prompt in chapters)


def test_a_turn_with_the_frequent_words_of_another_language_is_found_out_by_less() -> None:
    """A name, or a word that two languages have, makes the detector doubt."""
    text = "Salt marshes trap the mud that every flood brings in, layer upon layer, note 18."
    assert not is_foreign(text, "de")
    assert is_foreign(text, "de", suspected=has_words_of_another(text, "de"))
    assert not has_words_of_another("Salzwiesen halten den Schlamm fest, den jede Flut bringt.", "de")
    assert not has_words_of_another(text, "en")
