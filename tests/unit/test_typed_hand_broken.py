"""Lines broken by hand: verses, lists without signs, questions above answers, headings above their text."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.text.blocks import Block, BlockKind
from common.text.typed.hand_broken import told_lines

WORD: Final = st.sampled_from(["sea", "tide", "harbour", "lamp", "gull", "rope", "stone", "wind", "light", "bread"])
SHORT: Final = st.lists(WORD, min_size=2, max_size=5).map(" ".join)


@given(st.lists(SHORT, min_size=3, max_size=8), st.integers(1, 900))
def test_amounts_below_each_other_are_a_list(things: list[str], first: int) -> None:
    lines = [f"{first + number} g of {thing}" for number, thing in enumerate(things)]
    prose = ["Put all of it into the pot, and stir until nobody can tell one from the other any more."]
    [found, _] = told_lines([lines, prose])
    assert found == [Block(BlockKind.ITEM, line, 1) for line in lines]


@given(st.lists(st.lists(SHORT, min_size=2, max_size=5), min_size=2, max_size=4))
def test_stanzas_stay_what_they_are(stanzas: list[list[str]]) -> None:
    ends = [[f"{verse}," for verse in stanza[:-1]] + [f"{stanza[-1]}."] for stanza in stanzas]
    assert [block for found in told_lines(ends) for block in found] == [
        Block(BlockKind.VERSE, "\n".join(stanza)) for stanza in ends
    ]


@settings(max_examples=60)
@given(st.lists(WORD, min_size=40, max_size=80), st.integers(52, 100))
def test_prose_folded_at_any_width_is_a_paragraph(words: list[str], width: int) -> None:
    lines, line = [], ""
    for word in words:
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    assert told_lines([[*lines, f"{line}."]]) == [[]]


@given(st.lists(st.tuples(SHORT, SHORT), min_size=2, max_size=5))
def test_questions_above_their_answers_are_parted_from_them(pairs: list[tuple[str, str]]) -> None:
    found = told_lines(
        [[f"Is there {question}?", f"Only {answer}, and no more than that."] for question, answer in pairs]
    )
    assert all([block.kind for block in blocks] == [BlockKind.PARAGRAPH] * 2 for blocks in found)


@given(SHORT, st.lists(SHORT, min_size=3, max_size=6), st.sampled_from("·•|"))
def test_items_on_one_line_are_a_list_under_their_heading(heading: str, things: list[str], sign: str) -> None:
    assert told_lines([[heading.capitalize(), f" {sign} ".join(things)]]) == [
        [Block(BlockKind.HEADING, heading.capitalize(), 3), *(Block(BlockKind.ITEM, thing, 1) for thing in things)]
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["Claire Dubois", "12, rue des Tanneurs", "35000 Rennes"],
        ["Anna Miller", "4b, Mill Lane", "Ashby"],
        ["Karl Weber", "Am Markt 3", "04109 Leipzig"],
        ["Rosa Gil", "28013 Madrid"],
        ["Rui Matos", "1200-195 Lisboa"],
    ],
)
def test_who_wrote_a_letter_and_where_is_no_list(lines: list[str]) -> None:
    assert told_lines([["Yours,"], lines])[1] == []


@pytest.mark.parametrize(
    "lines",
    [["Un saludo,", "Nuria"], ["Best wishes,", "Anna Miller"], ["Viele Grüße,", "Karl Weber"], ["Abraços,", "Rui"]],
)
def test_how_a_letter_ends_heads_nothing(lines: list[str]) -> None:
    assert told_lines([lines]) == [[Block(BlockKind.PARAGRAPH, f"{' '.join(lines)}.")]]


@pytest.mark.parametrize(
    "labels",
    [
        ["Common (up to 1 in 10 people): headache", "Rare (up to 1 in 1,000 people): rash"],
        ["Häufig (kann bis zu 1 von 10 Behandelten betreffen): Müdigkeit", "Selten (bis zu 1 von 1.000): Ausschlag"],
        ["Frecuentes (hasta 1 de cada 10 personas): sueño", "Raros (hasta 1 de cada 1.000 personas): erupción"],
        ["Fréquent (peut affecter jusqu'à 1 personne sur 10) : vertiges", "Rare (moins de 1 sur 1 000) : éruption"],
        ["Comuni (possono interessare fino a 1 persona su 10): sonno", "Rari (fino a 1 persona su 1.000): eruzione"],
        ["Frequentes (podem afetar até 1 em 10 pessoas): sono", "Raros (podem afetar até 1 em 1.000): erupção"],
    ],
)
def test_labels_with_an_explanation_are_rows(labels: list[str]) -> None:
    assert [block.kind for block in told_lines([["Effects", *labels]])[0]] == [
        BlockKind.HEADING, BlockKind.TABLE, BlockKind.TABLE
    ]  # fmt: skip
