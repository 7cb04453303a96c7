"""A language is one pack: complete, the only place of the language, and all parts of an addition."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from common import languages
from common.cold_open import apology, greeting
from common.languages import LANGUAGES, pack_of
from common.languages.pack import Pack
from common.records import Workflow
from common.settings import Settings
from functions.content_harvester.source import Source as Found
from functions.content_harvester.source_language import language_of
from functions.mastering import show_notes
from functions.model_serving import llm, tts
from functions.model_serving.llm.dialogue.prompting import system
from functions.model_serving.tts.speakable import speakable
from tests.fakes import dutch
from tests.unit.parsed import nodes

pytestmark = pytest.mark.xdist_group("parsed")

ROOT = Path(__file__).resolve().parents[2]


def unfilled(part: Any, name: str = "pack") -> Iterator[str]:
    """The fields of a pack, and of its parts, that have no default and nothing in them."""
    for field in fields(part):
        value = getattr(part, field.name)
        if is_dataclass(value):
            yield from unfilled(value, f"{name}.{field.name}")
        elif field.default is MISSING and field.default_factory is MISSING and not value:
            yield f"{name}.{field.name}"


SETTLING_S = 4.8
"""As long as nearly every service has started in."""


@pytest.fixture(params=[*LANGUAGES, "nl"])
def pack(request: pytest.FixtureRequest) -> Pack:
    return dutch.PACK if request.param == "nl" else pack_of(request.param)


def test_a_pack_fills_every_field(pack: Pack) -> None:
    assert list(unfilled(pack)) == []
    assert pack.locale.startswith(f"{pack.code}-")


def test_a_pack_has_every_blank(pack: Pack) -> None:
    said = "".join(pack.greeting)
    assert all(blank in said for blank in ("{host}", "{title}"))
    assert len(pack.settling) / pack.speaking_rate >= SETTLING_S
    assert "{" not in pack.settling
    assert "{speakers}" in pack.notes.made
    assert all(blank in pack.reading.date for blank in ("{day}", "{month}", "{year}"))
    assert all(noun.count("|") == 1 for noun in pack.reading.currencies.values())
    english = pack_of("en").reading
    assert pack.reading.symbols.keys() == english.symbols.keys()
    assert pack.reading.prefixes.keys() == english.prefixes.keys()
    assert pack.reading.compass.keys() == english.compass.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pack_is_found_by_its_code(language: str) -> None:
    assert pack_of(language).code == language
    with pytest.raises(KeyError):
        pack_of("xx")


def test_the_list_and_the_modules_are_the_same_languages() -> None:
    modules = {path.stem for path in (ROOT / "common" / "languages").glob("??.py")}
    assert modules == set(LANGUAGES)


THE_LIST = "common/contract.py"
EXAMPLES = "functions/api_gateway/answers.py"
OTHERS = "common/languages/others.py"
"""Names languages that there are no podcasts in, and perhaps will be."""


def test_nothing_else_knows_a_language_by_name() -> None:
    """But for English, which whatever has no language yet is in."""
    others = {*LANGUAGES} - {languages.DEFAULT}
    for folder in ("common", "functions", "local", "streamer"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = str(path.relative_to(ROOT))
            if name in {THE_LIST, EXAMPLES, OTHERS} or (path.parent.name == "languages" and len(path.stem) == 2):
                continue
            constants = {node.value for node in nodes(path) if isinstance(node, ast.Constant)}
            assert not constants & others, f"{name} knows {constants & others}: that belongs into their packs"


@pytest.fixture
def seventh(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Dutch, added as a language is: by its pack, and its two letters in the list."""
    monkeypatch.setitem(sys.modules, "common.languages.nl", dutch)
    monkeypatch.setattr(languages, "LANGUAGES", (*LANGUAGES, "nl"))
    yield "nl"
    pack_of.cache_clear()


def script(language: str) -> list[llm.Turn]:
    source = llm.Source(dutch.TEXT, "Twee keer per dag")
    asked = llm.Request("Getijden", language, 1, "conversation", ("Ada", "Ben"), (source,))
    return list(llm.engine(Settings(language_engine="extractive")).write(asked))


def test_a_seventh_language_is_greeted_and_told_in(seventh: str) -> None:
    workflow = Workflow.of({"language": seventh, "title": "Getijden", "request": {}})
    assert greeting(workflow)[1].text == "Welkom bij Aethercast. Ik ben Ada."
    assert apology(workflow) == dutch.PACK.apology
    turns = script(seventh)
    assert turns[0].text == "En ik ben Ben. Wat u hoort, zijn de woorden van de bronnen zelf."
    assert turns[-1].text == dutch.PACK.phrases.close.format(title="Getijden")
    assert any(turn.source == 0 for turn in turns)
    asked = llm.Request("T", seventh, 1, "story", ("Ada",), (llm.Source("x"),))
    assert "Dutch" in system(asked)


def test_a_seventh_language_is_recognized_and_written_up(seventh: str) -> None:
    assert language_of([Found(dutch.TEXT)], asked=None, likely=languages.DEFAULT) == seventh
    episode: Any = SimpleNamespace(language=seventh, title="Getijden", speakers=["Ada"], chapters=[], sources=[])
    assert "## Hoofdstukken" in show_notes.markdown_notes(episode)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Op 3 mei 1999, bijv. om 14:30 uur.",
         "Op drie mei negentien honderd negenennegentig, bijvoorbeeld om veertien uur dertig."),
        ("€ 12,50 is 20 % van 5 km & 1/2.", "twaalf euro vijftig is twintig procent van vijf kilometer en een half."),
    ],
)  # fmt: skip
def test_a_seventh_language_has_its_numbers_read(seventh: str, written: str, said: str) -> None:
    assert speakable(written, seventh) == said


@pytest.mark.parametrize("name", ["espeak", "google", "openai"])
def test_a_seventh_language_has_the_voices_of_every_engine(seventh: str, name: str) -> None:
    engine = tts.engine(Settings(speech_engine=name, speech_base_url="http://127.0.0.1:9"))
    assert seventh in engine.describe().languages
    assert engine.voice("first", seventh).language == seventh
    assert engine.voice("second", seventh).gain_db is None  # its level is measured as it speaks


def test_an_embedded_voice_speaks_a_language_that_it_was_not_tuned_for(seventh: str) -> None:
    engine = tts.engine(Settings(speech_engine="espeak"))
    dutch_pcm, english_pcm = (
        b"".join(engine.synthesize("Goedemorgen", engine.voice("first", language))) for language in (seventh, "en")
    )
    assert len(dutch_pcm) > 10_000
    assert dutch_pcm != english_pcm
