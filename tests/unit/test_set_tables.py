"""Tables that are set in plain text: each row a sentence, whatever stands around the table."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from common.text.blocks import BlockKind
from common.text.set_tables import tables_apart
from common.text.typed import typed_blocks

HEARD = ["Name: Ann, Town: Whitby, Age: 34.", "Name: Bob, Town: York, Age: 41.", "Name: Cy, Town: Hull, Age: 29."]
PEOPLE = {
    "psql": " Name | Town   | Age\n------+--------+----\n Ann  | Whitby |  34\n Bob  | York   |  41\n"
    " Cy   | Hull   |  29",
    "dashes": "Name  Town     Age\n----  -------  ---\nAnn   Whitby    34\nBob   York      41\nCy    Hull      29",
    "rst": "====  ======  ===\nName  Town    Age\n====  ======  ===\nAnn   Whitby  34\nBob   York    41\n"
    "Cy    Hull    29\n====  ======  ===",
    "grid": "+-----+------+---+\n|Name |Town  |Age|\n+=====+======+===+\n|Ann  |Whitby|34 |\n+-----+------+---+\n"
    "|Bob  |York  |41 |\n+-----+------+---+\n|Cy   |Hull  |29 |\n+-----+------+---+",
    "bars": "Name | Town | Age\nAnn | Whitby | 34\nBob | York | 41\nCy | Hull | 29",
    "semicolons": "Name;Town;Age\nAnn;Whitby;34\nBob;York;41\nCy;Hull;29",
    "among": "They are these:\nName   Town     Age\nAnn    Whitby   34\nBob    York     41\nCy     Hull     29\n"
    "That is all.",
}


@pytest.mark.parametrize("table", PEOPLE.values(), ids=PEOPLE)
def test_a_table_is_told_row_by_row_however_it_is_set(table: str) -> None:
    rows = [block.text for block in typed_blocks(f"Who is here\n\n{table}\n\nThey meet on Monday.")]
    assert [row for row in rows if row.startswith("Name:")] == HEARD
    assert rows[-1] == "They meet on Monday."


@pytest.mark.parametrize(
    ("table", "heard"),
    [
        ("Name    What they do\nAnn     She climbs the tower\n        and lights the lamp.\nBob     He rows.\n"
         "Cy      She cooks.",
         ["Name: Ann, What they do: She climbs the tower and lights the lamp.", "Name: Bob, What they do: He rows.",
          "Name: Cy, What they do: She cooks."]),
        ("Day       Morning   Evening\nMonday    Ann       Bob\nTuesday             Cy\nFriday    Bob       Ann",
         ["Day: Monday, Morning: Ann, Evening: Bob.", "Day: Tuesday, Evening: Cy.",
          "Day: Friday, Morning: Bob, Evening: Ann."]),
        ("Season\tFee\tNote\nSummer\t4\nWinter\t2\tcold",
         ["Season: Summer, Fee: 4.", "Season: Winter, Fee: 2, Note: cold."]),
        ("Team W D Pts\nWhitby 2 1 7\nHull City 1 1 4\nYork 0 0 0",
         ["Team: Whitby, W: 2, D: 1, Pts: 7.", "Team: Hull City, W: 1, D: 1, Pts: 4.",
          "Team: York, W: 0, D: 0, Pts: 0."]),
        ("Soup of the day ........ 4.50\nFish cakes . . . . . . . 6.00",
         ["Soup of the day: 4.50.", "Fish cakes: 6.00."]),
        ("Income      2023     2024\nFees        1,200    1,400\nGifts       300      150",
         ["Income: Fees, 2023: 1,200, 2024: 1,400", "Income: Gifts, 2023: 300, 2024: 150"]),
    ],
    ids=["a cell goes on", "a hole", "tabs", "single spaces", "dots", "years"],
)  # fmt: skip
def test_a_row_is_below_the_names_of_its_columns(table: str, heard: list[str]) -> None:
    blocks = typed_blocks(f"What there is in the harbour.\n\n{table}\n\nThat is all there is.")
    assert [block.text for block in blocks if block.kind is BlockKind.TABLE] == heard


@pytest.mark.parametrize(
    "text",
    [
        "The keeper climbed the tower.  He lit the lamp.  Nobody else\nhad the key.  The stair was steep.",
        "Whether it rains | or snows, the boats\nlie still.",
        "She said: wait; he said: go;\nand both stayed; for it was\nlate; very late.",
        "In 1936 the fee was 4 or 5\nand in 1937 it was 3 or 4\nas the book of 1938 says.",
        "Wait ....... he said\nand left.",
    ],
)
def test_prose_with_such_signs_is_no_table(text: str) -> None:
    assert tables_apart(text, Counter()) == (text, [])


def test_sentences_go_on_over_ends_that_a_hand_set() -> None:
    text = (
        "The keeper climbed the tower. He lit the lamp. Nobody else\n"
        "had the key. The stair was steep. It was cold, and it\n"
        "rained. The harbour slept. The boats lay still. All was well."
    )
    (block,) = typed_blocks(text)
    assert block.text == text.replace("\n", " ")


@pytest.mark.parametrize(
    "line",
    ["--- ---\n", "a  b  c\n--- ---\n", "a\tb\n", "a  b\n  x y  z\n", "|a|b\n", "a....1\n", "a b c\nx 1 2\n", "a;b;c\n",
     "-- " * 90 + "\n",
     "[", "a  " * 100 + "\n", "a" + " ." * 80 + "\n"],
)  # fmt: skip
def test_no_lines_take_long(line: str) -> None:
    begun = time.process_time()
    tables_apart(line * (100_000 // len(line)), Counter())
    assert time.process_time() - begun < 1.5
