"""The writer without a model: quotations, transitions, and no invention."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Final

import pytest

from common.contract import STYLES
from common.errors import EngineRefused
from common.languages import LANGUAGES, pack_of
from common.languages.pack import Phrases
from functions.model_serving.llm.engines.extractive.writer import ExtractiveWriter
from functions.model_serving.llm.material.context_dependence import depends_on_context
from functions.model_serving.llm.material.paragraphs import Paragraph, Shape
from functions.model_serving.llm.material.sentences import passages, said_list
from functions.model_serving.llm.material.topics import names, nouns
from functions.model_serving.llm.material.transitions import Transitions, opening_words
from functions.model_serving.llm.protocol import Request, Source, Turn
from functions.model_serving.llm.speaking_rate import seconds
from tests.script_figures import TEXTS, coverage, repetition, request

STORIES: Final = {"lighthouse"}
"""They are read on, with nothing between."""
BANKS: Final = ("source", "chapter", "moving_on", "about_name", "about_word", "why", "figures", "on", "lead_in", "last")


def script(asked: Request) -> list[Turn]:
    return list(ExtractiveWriter().write(asked))


def phrases_of(language: str) -> list[str]:
    """All that a host may say without a source, blanks as patterns; longest first, so that none is hidden by
    another."""
    phrases: Phrases = pack_of(language).phrases
    said = [phrase for bank in BANKS for phrase in getattr(phrases, bank)]
    said += [
        phrases.begin,
        phrases.close,
        phrases.unfinished,
        phrases.introduction,
        phrases.opening,
        phrases.opening_alone,
    ]
    return sorted(
        patterns(said), key=lambda pattern: ("[" in pattern, -len(pattern))
    )  # "And then?" is no "And {term}?"


def patterns(phrases: Iterable[str]) -> list[str]:
    return [re.sub(r"\\\{\w+\\\}", "[^.:]{1,90}?", re.escape(phrase)) for phrase in phrases]


def parted(turn: Turn, language: str) -> tuple[str, list[str]]:
    """The quotation of a turn, and the phrases before and after."""
    quoted, found = turn.text, []
    for edge in (r"^{}(?:\s|$)", r"(?:^|\s){}$"):
        for pattern in phrases_of(language):
            rest = re.sub(edge.format(pattern), "", quoted)
            if rest != quoted:
                quoted = rest
                found.append(pattern)
                break
    return quoted, found


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", TEXTS)
def test_all_that_is_said_is_quoted_or_a_known_phrase(name: str, style: str) -> None:
    asked = request(name, style=style)
    source = squeezed(asked.sources[0].text)
    for turn in script(asked):
        rest, _ = parted(turn, asked.language)
        assert rest in source, turn
        assert (turn.source == 0) == bool(rest), turn


@pytest.mark.parametrize("name", TEXTS)
def test_it_reads_as_a_conversation(name: str) -> None:
    asked = request(name)
    turns = script(asked)
    phrases = pack_of(asked.language).phrases
    assert turns[0].text == f"{phrases.introduction} {phrases.opening}".format(other="Ben")
    assert [turn.kind for turn in turns] == ["turn"] * (len(turns) - 1) + ["close"]
    assert all(one.speaker != other.speaker for one, other in pairwise(turns))
    asking = patterns(
        phrase for bank in ("about_name", "about_word", "why", "figures", "on") for phrase in getattr(phrases, bank)
    )
    asked_for = set(asking) & {bridge for turn in turns for bridge in parted(turn, asked.language)[1]}
    assert bool(asked_for) == (name not in STORIES)
    chapters = list(dict.fromkeys(turn.chapter for turn in turns[1:]))
    assert len(chapters) > 1
    assert all(chapters)
    assert all(len(turn.text) < 700 for turn in turns)


@pytest.mark.parametrize("minutes", [2, 6])
@pytest.mark.parametrize("name", TEXTS)
def test_no_bridge_is_heard_twice_in_a_row_and_no_sentence_twice(name: str, minutes: float) -> None:
    asked = request(name, minutes)
    turns = script(asked)
    used = [bridge for turn in turns for bridge in parted(turn, asked.language)[1]]
    assert all(one != other for one, other in pairwise(used))
    quoted = [turn.text for turn in turns if turn.source is not None]
    sentences = [sentence for text in quoted for sentence in re.findall(r"[A-ZÀ-Þ][^.!?]{40,}[.!?]", text)]
    assert len(sentences) == len(set(sentences))


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_is_quoted_that_leans_on_what_was_left_out(name: str) -> None:
    asked = request(name)
    source = squeezed(asked.sources[0].text)
    ends_at = -1
    for turn in script(asked):
        if turn.source is None:
            continue
        quoted, _ = parted(turn, asked.language)
        starts_at = source.index(quoted)
        assert starts_at <= ends_at + 2 or not depends_on_context(quoted, asked.language), quoted
        ends_at = starts_at + len(quoted)


@pytest.mark.parametrize("name", TEXTS)
def test_the_same_request_makes_the_same_script_and_it_is_continued_anywhere(name: str) -> None:
    asked = request(name)
    whole = script(asked)
    assert script(asked) == whole
    for at in range(len(whole)):
        assert script(replace(asked, said=(*asked.said, *whole[:at]))) == whole[at:]


def test_a_turn_replaced_by_an_apology_is_not_written_again() -> None:
    asked = request("tides")
    whole = script(asked)
    said = (*asked.said, *whole[:3], replace(whole[3], text="I'm sorry, we lost a passage here."))
    assert script(replace(asked, said=said)) == whole[4:]


@pytest.mark.parametrize("name", TEXTS)
def test_the_main_points_are_covered_and_hardly_anything_is_said_twice(name: str) -> None:
    turns = script(request(name))
    assert coverage(request(name), turns) >= 0.7
    assert repetition(turns) < 0.03


@pytest.mark.parametrize("minutes", [2, 3])
def test_the_length_asked_for_is_kept_where_the_source_has_enough(minutes: float) -> None:
    asked = request("tides", minutes)
    length_s = sum(seconds(turn.text, "en") for turn in (*asked.said, *script(asked)))
    assert length_s == pytest.approx(60 * minutes, rel=0.1)


def test_one_host_alone_asks_nobody() -> None:
    turns = script(request("tides", hosts=("Ada",)))
    assert {turn.speaker for turn in turns} == {"Ada"}
    assert not any(turn.text.endswith("?") for turn in turns)


@pytest.mark.parametrize("language", sorted({request(name).language for name in TEXTS}))
def test_three_and_four_hosts_say_who_they_are_and_all_speak(language: str) -> None:
    hosts = ("Ada", "Ben", "Cleo", "Dan")
    name = next(name for name in TEXTS if request(name).language == language)
    for count in (3, 4):
        turns = script(replace(request(name, minutes=4), hosts=hosts[:count]))
        introduced = turns[: count - 1]
        assert [turn.speaker for turn in introduced] == list(hosts[1:count])
        assert all(turn.speaker in turn.text for turn in introduced)
        assert introduced[-1].text.endswith(pack_of(language).phrases.opening)
        assert {turn.speaker for turn in turns[count - 1 :]} == set(hosts[:count])


def test_every_source_is_told_and_named() -> None:
    asked = request("tides", minutes=4)
    second = Source(TEXTS["tram"][1], "A new tram line")
    turns = script(replace(asked, sources=(*asked.sources, second)))
    assert {turn.source for turn in turns} == {None, 0, 1}
    assert any("A new tram line" in turn.text for turn in turns)


def test_a_language_without_phrases_and_a_text_without_sentences_are_refused() -> None:
    asked = request("tides")
    with pytest.raises(EngineRefused, match="engine_language_unknown"):
        script(replace(asked, language="tlh"))
    with pytest.raises(EngineRefused, match="engine_text_empty"):
        script(replace(asked, sources=(Source("A | B\n\n1 | 2"),)))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", TEXTS)
def test_no_language_is_read_by_the_voice_of_another(name: str, language: str) -> None:
    asked = replace(request(name), language=language)
    if language == request(name).language:
        assert script(asked)
        return
    with pytest.raises(EngineRefused, match="engine_language_other") as refused:
        next(ExtractiveWriter().write(asked))
    assert pack_of(language).name in str(refused.value)
    assert pack_of(request(name).language).name in str(refused.value)


def test_of_sources_in_two_languages_those_in_the_podcast_s_are_told() -> None:
    asked = request("tides", minutes=4)
    text, french = TEXTS["tides"][1], TEXTS["wolves"][1].partition("\n\n")[2]
    mixed = f"{text[:1200]}\n\n{french}\n\n{text[1200:]}"
    turns = script(replace(asked, sources=(Source(TEXTS["bread"][1], "Brot"), Source(mixed, "Tides"))))
    assert {turn.source for turn in turns} == {None, 1}
    assert not any("loup" in turn.text for turn in turns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_phrase_and_its_blanks(language: str) -> None:
    phrases = pack_of(language).phrases
    assert all(len(set(getattr(phrases, bank))) == len(getattr(phrases, bank)) > 1 for bank in BANKS)
    assert all("{title}" in phrase for phrase in (*phrases.source, *phrases.chapter, phrases.close))
    assert all("{term}" in phrase for phrase in (*phrases.about_name, *phrases.about_word))
    assert "{other}" in phrases.introduction


def test_what_is_asked_after_is_a_name_or_a_noun_as_the_text_has_it() -> None:
    text = "It follows the Moon, which pulls the water. The high water comes late, and the largest clock is the Moon."
    assert names(text, "en") == ["the Moon"]
    assert nouns(text, "en") == ["the water"]
    assert names("Er lief über den Hof, und der Hof war leer.", "de") == ["Hof"]
    assert names("Vive en el siglo XIX, cerca del Ebro, y admira el Teide.", "es") == ["el Teide"]
    assert not names("We met in January, on Monday.", "en")


@pytest.mark.parametrize(
    ("heard", "told", "bank"),
    [
        ("The bridge cost 12 million euros.", "The bridge weighs 900 tonnes and carries 14,000 cars.", "figures"),
        ("The bridge fell because nobody had painted it.", "The bridge is shut because the water rose.", "why"),
        ("A fog lay on the water.", "The bridge weighs 900 tonnes and carries 14,000 cars.", "figures"),
        ("Then the fog came.", "The bridge was shut because nobody could see.", "why"),
    ],
)
def test_reasons_and_figures_are_asked_for_of_what_was_told_and_only_once(heard: str, told: str, bank: str) -> None:
    phrases = getattr(pack_of("en").phrases, bank)
    before, other, following = (
        next(passages(Paragraph(text, 0, ""), "en")) for text in (heard, "Nobody crosses the bridge in winter.", told)
    )
    asked = {Transitions("en", "", random.Random(seed)).question(following, after=other) for seed in range(20)}
    assert asked & set(phrases)
    for seed in range(20):
        assert Transitions("en", "", random.Random(seed)).question(following, after=before) not in phrases


@pytest.mark.parametrize(
    ("language", "heard", "told"),
    [
        ("en", "The hirer pays the fee.", "The hirer is liable for damage caused by negligence."),
        ("en", "The hirer pays the fee.", "The hirer pays the sums due to the owner within a week."),
        ("es", "El cliente paga la cuota.", "El cliente paga el precio debido en una semana."),
        ("pt", "O cliente paga a quota.", "O cliente paga o valor devido numa semana."),
    ],
)
def test_nobody_asks_for_the_reason_of_what_gives_none(language: str, heard: str, told: str) -> None:
    before, following = (next(passages(Paragraph(text, 0, ""), language)) for text in (heard, told))
    asked = {Transitions(language, "", random.Random(seed)).question(following, after=before) for seed in range(20)}
    assert not asked & set(pack_of(language).phrases.why)


def test_nobody_asks_about_what_is_mentioned_in_passing() -> None:
    text = "Every morning for nine days nobody could see the railing of it from the lane. Then the fog went away again."
    before, passage = (next(passages(Paragraph(each, 0, ""), "en")) for each in ("It was late in October.", text))
    assert nouns(passage.text, "en")
    assert not Transitions("en", "", random.Random(1)).question(passage, after=before)


def test_a_chapter_is_named_by_what_it_is_about() -> None:
    chosen = [
        next(passages(Paragraph(text, 0, ""), "en"))
        for text in (
            "Sailors like the compass best. Most of them trust the compass more than the coast of any land.",
            "On it Greenland looks as large as Africa, although Africa is larger.",
            "Nobody else does.",
        )
    ]
    assert Transitions("en", "", random.Random(1)).topic(chosen) == "The compass"


@pytest.mark.parametrize(
    ("language", "word", "sentences"),
    [
        ("en", "MAX", ["Never fill it above MAX before use.", "Turn it to MAX, and wait."]),
        ("de", "Zucker", ["Den Zucker mit der Butter verrühren.", "Zum Schluss den Zucker, fein gesiebt, zugeben."]),
        ("fr", "Sucre", ["Ajoutez le sucre puis les œufs.", "Faites chauffer le jus et le sucre."]),
        ("es", "Fruto", ["Se corta el fruto, ya maduro.", "Se guarda el fruto en la sombra."]),
        ("it", "Forno", ["Scaldare il forno, se serve.", "Lasciare il forno aperto."]),
        ("pt", "Fruto", ["Corta-se o fruto, já maduro.", "Guarda-se o fruto à sombra."]),
    ],
)
def test_a_word_of_a_few_sentences_names_no_chapter(language: str, word: str, sentences: list[str]) -> None:
    """It does where the sentences are about little else."""
    others = ["Xo yo zo wo.", "Qo vo lo ko.", "Ro to po jo.", "Do fo go ho."]

    def topic(*texts: str) -> str:
        chosen = [next(passages(Paragraph(text, 0, ""), language)) for text in (*texts, "Xa ya za wa.")]
        return Transitions(language, "", random.Random(1)).topic(chosen)

    assert topic(*sentences, *others) == ""
    assert word in topic(*sentences)


@pytest.mark.parametrize("minutes", [1, 3, 8])
@pytest.mark.parametrize("name", TEXTS)
def test_a_chapter_s_title_is_whole_or_cut_where_it_can_be(name: str, minutes: float) -> None:
    asked = request(name, minutes)
    known = pack_of(asked.language)
    open_ended = known.stop_words | known.nouns.function_words | known.nouns.articles
    for title in {turn.chapter for turn in script(asked)} - {""}:
        assert len(title) <= 80
        assert title[-1].isalnum() or title[-1] in "…?!\"”»“)'", title
        assert title.count("(") == title.count(")"), title
        assert title.count('"') % 2 == 0 or title[0] == '"', title
        if title.endswith("…"):
            assert title.rstrip("…").split()[-1].lower() not in open_ended, title


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (
            'This Agreement is made between Harlow Tool Hire Ltd ("the Owner") and whoever hires a tool ("the Hirer").',
            'This Agreement is made between Harlow Tool Hire Ltd ("the Owner")…',
        ),
        (
            'This Agreement is made between the Harlow Tool Hire Company and all ("the Hirers") who hire a tool.',
            "This Agreement is made between the Harlow Tool Hire Company…",
        ),
        (
            "The tower, which was begun in 1173 on soft ground, leans by four degrees to the south and no further.",
            "The tower, which was begun in 1173 on soft ground…",
        ),
        ("All notable changes to this project will be documented in this file and in no other place.",
         "All notable changes to this project will be documented in this file…"),
        ("Kiel. The council has met.", "The council has met"),
        ("Who pays?", "Who pays?"),
    ],
)  # fmt: skip
def test_a_long_first_sentence_is_cut_at_a_clause_or_a_word_that_can_stand_last(text: str, title: str) -> None:
    assert opening_words(next(passages(Paragraph(text, 0, ""), "en")), "en") == title


def test_the_beginning_of_a_text_without_headings_is_called_as_the_podcast_is() -> None:
    text = "Every flat map of the earth is wrong. A sphere cannot be flattened without stretching. " * 2
    asked = Request("Why maps lie", "en", 2, "conversation", ("Ada", "Ben"), (Source(text),))
    assert {turn.chapter for turn in script(asked) if turn.source is not None} == {"Why maps lie"}


def test_nobody_asks_about_the_columns_of_a_table() -> None:
    rows = tuple(f"Option: {name}, Default: {size} MB, Description: a size." for name, size in {"a": 2, "b": 4}.items())
    [table] = passages(Paragraph("", 0, "", Shape.ROWS, rows), "en")
    assert table.listed


def test_a_podcast_begins_with_one_sentence_and_goes_on_with_more() -> None:
    text = (
        "Every flat map of the earth is wrong. A sphere cannot be flattened without stretching. An orange peel tears. "
        "The question is only what a map gets wrong."
    )
    turns = list(ExtractiveWriter().write(Request("Maps", "en", 2, "conversation", ("Ada", "Ben"), (Source(text),))))
    told = [turn.text for turn in turns if turn.source is not None]
    assert len(told) == 2
    assert told[0].endswith("Every flat map of the earth is wrong.")


def test_a_bank_of_phrases_is_used_up_before_any_comes_back() -> None:
    transitions = Transitions("en", "", random.Random(1))
    bank = pack_of("en").phrases.on
    drawn = [transitions.on() for _ in range(5 * len(bank))]
    assert all(one != other for one, other in pairwise(drawn))
    assert all(set(drawn[at : at + len(bank)]) == set(bank) for at in range(0, len(drawn), len(bank)))


@pytest.mark.parametrize(
    ("items", "said"),
    [
        (("Engine: 40,000", "Radar: 12,000", "Nothing else"), "Engine: 40,000; Radar: 12,000; Nothing else."),
        (("Berlin, Bonn", "Paris, Nice", "Rome"), "Berlin, Bonn; Paris, Nice; Rome."),
        (("smoke in the flat; or", "keep snakes"), "smoke in the flat; or keep snakes."),
        (("rauchen, oder", "Schlangen halten;"), "rauchen; oder Schlangen halten."),
    ],
)
def test_items_of_a_list_are_said_as_they_are_written(items: tuple[str, ...], said: str) -> None:
    assert said_list("", items) == said
