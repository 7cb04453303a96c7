"""Typed texts as blocks, a group of cases for each module of `common/text/typed/`."""

from __future__ import annotations

import pytest

from common.text.typed import typed_blocks


def shown(text: str) -> list[str]:
    """List the blocks of a text, each as "kind: text", its level and marker in front."""
    return [
        f"{block.kind}{block.level or ''}: {' '.join(filter(None, (block.marker, block.text)))}"
        for block in typed_blocks(text)
    ]


CASES = {
    "items": [
        ("1. Melt\n2. Add", ["item1: 1. Melt", "item1: 2. Add"]),
        ("They met at ten,\nall\n7. of them.", ["paragraph: They met at ten, all 7. of them."]),
        (
            "1 Melt the butter.\n2 Add the sugar.\n3 Stir it all.",
            ["item1: 1 Melt the butter.", "item1: 2 Add the sugar.", "item1: 3 Stir it all."],
        ),
        ("– bread\n– milk", ["item1: bread", "item1: milk"]),
        ("– Come in!\n– Why?", ["paragraph: – Come in! – Why?"]),
        ("Bring:\no a rope\no a lamp", ["paragraph: Bring:", "item1: a rope", "item1: a lamp"]),
        ("o mar\no vento", ["paragraph: o mar o vento"]),
        ("🔵 one thing\n🔵 another", ["item1: one thing", "item1: another"]),
        ("✗ No dogs\n✗ No fires", ["item1: ✗ No dogs", "item1: ✗ No fires"]),
        ("- here - there - everywhere", ["paragraph: - here - there - everywhere"]),
    ],
    "clauses": [
        ("2.1 The rent is due\n2.2 The rent is paid", ["item2: 2.1 The rent is due", "item2: 2.2 The rent is paid"]),
        ("2.5 percent of all.\n\nMore.", ["paragraph: 2.5 percent of all.", "paragraph: More."]),
        (
            "3 Faults\n3.1 Call us.\n3.2 Wait.",
            ["heading2: Faults", "paragraph: 3.1 Call us.", "paragraph: 3.2 Wait."],
        ),
        ("Art. 4\nOpening\nIt opens at nine.", ["heading2: Opening", "paragraph: It opens at nine."]),
        ("Artigo 5.º\nA biblioteca fecha.", ["heading2: Artigo 5.º", "paragraph: A biblioteca fecha."]),
    ],
    "tables": [
        (
            "Name,Town,Age\nAnn,Whitby,34\nBob,York,41",
            ["table: Name: Ann, Town: Whitby, Age: 34.", "table: Name: Bob, Town: York, Age: 41."],
        ),
        ("| Town | Age |\n|---|---|\n| York | 41 |", ["table: Town: York, Age: 41."]),
        (
            "Town     Pop    Area\nYork     2      3\nHull     4      5",
            ["table: Town: York, Pop: 2, Area: 3", "table: Town: Hull, Pop: 4, Area: 5"],
        ),
    ],
    "poems": [
        (
            "Chorus:\nO sea, O sea,\nI come to thee,\n\nVerse 1: O land,\nI know thy sand,",
            ["verse: O sea, O sea,\nI come to thee,", "verse: O land,\nI know thy sand,"],
        ),
        (
            "1. O sea, O sea,\nI come to thee,\n\n2. O land, O land,\nI know thy sand,",
            ["verse: O sea, O sea,\nI come to thee,", "verse: O land, O land,\nI know thy sand,"],
        ),
        ("Bridge\n\nIt is shut until May.", ["paragraph: Bridge", "paragraph: It is shut until May."]),
    ],
    "headings": [
        ("Tides\n=====\nThey rise.", ["heading1: Tides", "paragraph: They rise."]),
        ("THE RULES\nNo one may swim here.", ["heading3: THE RULES", "paragraph: No one may swim here."]),
        ("Chapter one\n\nThe sea rose.", ["heading2: Chapter one", "paragraph: The sea rose."]),
        ("You may not\n\nThe sea rose.", ["paragraph: You may not", "paragraph: The sea rose."]),
    ],
    "lists": [
        (
            "Bring:\n- a rope\n- a lamp\n  with oil\nThen go on.",
            ["paragraph: Bring:", "item1: a rope", "item1: a lamp with oil", "paragraph: Then go on."],
        ),
        (
            "1. Cars\n  a) red\n  b) blue\n2. Boats",
            ["item1: 1. Cars", "item2: a) red", "item2: b) blue", "item1: 2. Boats"],
        ),
        (
            "Which is red?\na) cars\nb) boats\n\nAnswer: b)",
            ["paragraph: Which is red?", "item1: a) a) cars", "item1: b) b) boats", "paragraph: Answer: b)"],
        ),
    ],
    "signs": [
        ("Sea\n\nLand\n-----\n\nAir", ["paragraph: Sea", "heading2: Land", "paragraph: Air"]),
        ("A harbour¹ is deep.\n\n¹ Twelve fathoms.", ["paragraph: A harbour is deep.", "footnote: ¹ Twelve fathoms."]),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "blocks"),
    [pytest.param(*case, id=f"{module}-{at}") for module, cases in CASES.items() for at, case in enumerate(cases)],
)
def test_each_line_becomes_the_block_that_its_layout_shows(text: str, blocks: list[str]) -> None:
    assert shown(text) == blocks
