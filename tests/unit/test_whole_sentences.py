"""A formula without words takes its own sentence along, and none of the sentences around, in any language."""

from __future__ import annotations

from collections import Counter

import pytest

from functions.content_harvester import office, pdf_formulas
from functions.content_harvester.markup import formulas, trees
from functions.content_harvester.whole_sentences import sentences

BEFORE = [
    "The sea rises each day.",
    "„Das Meer steigt jeden Tag.“",
    "»Das Meer steigt!«",
    "« La mer monte chaque jour. »",
    "«Il mare sale (ogni giorno).»",
    "Ela disse: “O mar sobe…”",
    "¿Sube el mar?",
    "Sobe e desce…",
]
AFTER = [
    "Nobody minds.",
    "Ändern kann das niemand.",
    "“Nobody minds.”",
    "„Niemand.“",
    "« Personne. »",
    "¿Quién?",
    "À vrai dire, personne.",
    "— Nessuno, disse.",
]
FORMULA_SENTENCES = ["It does so by {} metres.", "Das gilt bzw. über {} hinaus.", "Il y a env. à peu près {} de plus."]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("after", AFTER)
@pytest.mark.parametrize("untold", FORMULA_SENTENCES)
def test_of_three_sentences_the_one_with_a_formula_is_left_out(before: str, after: str, untold: str) -> None:
    office_text = f"{before} {untold.format(office.FORMULA)} {after}"
    assert office.without_formulas(office_text) == (f"{before} {after}", 1)
    left_out = Counter[str]()
    assert (
        formulas.without_formulas(f"{before} {untold.format(trees.FORMULA)} {after}", left_out) == f"{before} {after}"
    )
    printed = f"{before} {untold.format('L = K ≤ M ≈ N ≥ 4')} {after}"
    assert pdf_formulas.without_formulas(printed, left_out) == f"{before} {after}"
    assert left_out == {"math": 2}


@pytest.mark.parametrize("text", [" ".join(BEFORE), " ".join(AFTER), "z. B. „so“ (vgl. S. 3). Und?", ""])
def test_parted_sentences_are_the_text_again(text: str) -> None:
    assert " ".join(sentences(text)) == text
