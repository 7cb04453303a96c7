"""Plain text and Markdown: plain text stays, markup goes, and each block has its kind."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import helpers
from markdown_it.rules_inline import StateInline

from common.names import OWN_TEXT
from common.text.blocks import Block, BlockKind
from functions.content_harvester.kinds import Kind, kind_of
from functions.content_harvester.source import Document, Source, Unreadable
from functions.content_harvester.source_text import is_quickly_read, read_text
from tests.documents import case

PLAIN, HEADING, ITEM, LINE = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.ITEM, BlockKind.LINE


def read(text: str | bytes, name: str = "") -> Source:
    document = Document(text if isinstance(text, bytes) else text.encode(), "text/plain", name)
    assert kind_of(document) is Kind.TEXT
    return read_text(document)


def blocks(text: str, name: str = "") -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in read(text, name).blocks]


# What stands for itself


def test_a_number_at_the_beginning_of_a_line_is_told() -> None:
    years = read(case("years.txt")).text.split("\n\n")
    assert [year[:5] for year in years] == ["1936.", "1951.", "1978."]


@pytest.mark.parametrize("name", ["", "a.md"])
@pytest.mark.parametrize(
    "text",
    [
        "1936. The first hangar was built.\n\n1951. The runway was paved.",
        "1936. The first hangar was built.\n1951. The runway was paved.",
        "24. Dezember war es still.\n\nDann kam die Flut.",
        "7. The seventh was the last.\n\nNobody came after it.",
        "It was in the year\n1984. The lamp was lit.",
        "476. Rome fell.\n\n1453. So did the other Rome.",
    ],
)
def test_only_what_counts_from_the_first_on_is_a_list(text: str, name: str) -> None:
    told = read(text, name).text
    assert told.split() == text.split()


@pytest.mark.parametrize("name", ["", "a.md"])
@pytest.mark.parametrize(
    "text",
    [
        "It takes a List<String> and returns a Map<String, Integer>, as was said.",
        "Use the <main> element for the text and the <nav> element for links.",
        "Where 2 < 3 and 5 > 4, x * y * z is zero.",
        "The file __init__.py has to be there, and so has snake_case_name.",
        "He paid 5$ and she 6$ for it, or so #7 said.",
        "A template <typename T> stands in the head.",
    ],
)
def test_signs_that_are_no_markup_stand_for_themselves(text: str, name: str) -> None:
    assert read(text, name).text == text


def test_the_handed_text_with_generics_is_as_it_was() -> None:
    text = case("generics.txt").decode()
    assert read(text).text.split() == text.split()


def test_a_line_that_begins_with_a_tag_nobody_closes_is_text() -> None:
    assert read("# Tags\n\n<main> holds the text, and stays open.\n\nEnd.", "a.md").text.startswith("<main> holds")


# Markdown


def test_an_answer_in_a_fence_is_read_as_what_is_in_it() -> None:
    source = read(case("fenced.md"), "fenced.md")
    assert source.title == "How oysters clean a bay"
    assert [block.text[:10] for block in source.blocks] == ["One oyster", "The bay ha"]
    assert read("~~~\nOnly words here.\n~~~").text == "Only words here."


def test_the_handed_markdown_is_told_with_nothing_lost() -> None:
    source = read(case("markdown-mixed.md"), "a.md")
    assert source.title == "The lamp"
    assert [(block.kind, block.text) for block in source.blocks] == [
        (PLAIN, "The keeper climbed the tower."),
        (HEADING, "More"),
        (PLAIN, "Hidden words."),
        (PLAIN, "A whole paragraph in HTML, as READMEs have it."),
        (BlockKind.TABLE, "a: one, b: two."),
        (ITEM, "trim the wick"),
        (ITEM, "fill the can"),
        (PLAIN, "1984. It was a cold night and the lamp was lit."),
        (PLAIN, "The light is E = I/d^2 and always on."),
        (PLAIN, "An admonition."),
    ]
    assert source.left_out == {"footnote": 1}


def test_markdown_gives_its_blocks_and_counts_what_is_left_out() -> None:
    text = (
        "# Tides\n\nThey come, see [here](http://x.example):\n\n1. in\n2. out\n   - slowly\n\n> Quoted.\n\n"
        "```py\ncode()\n```\n\n## Next\n\n"
        "The rule is $\\frac{a}{b}$ there. It holds.\n\n<!-- aside -->\n> [!NOTE]\n> Mind it.\n"
    )
    source = read(text, "a.md")
    assert source.blocks == (
        Block(PLAIN, "They come, see here:"),
        Block(ITEM, "in", 1, "1."),
        Block(ITEM, "out", 1, "2."),
        Block(ITEM, "slowly", 2),
        Block(BlockKind.QUOTATION, "Quoted."),
        Block(HEADING, "Next", 2),
        Block(PLAIN, "It holds."),
        Block(BlockKind.QUOTATION, "Mind it."),
    )
    assert source.left_out == {"code": 1, "math": 1}


@pytest.mark.parametrize(
    "header",
    [
        "---\ntitle: 'Tides'\nauthor: Jane Doe\ndate: 2025-03-04\n---\n",
        '+++\ntitle = "Tides"\nauthor = "Jane Doe"\ndate = 2025-03-04\n+++\n',
    ],
)
def test_a_header_gives_title_author_and_date(header: str) -> None:
    source = read(header + "\nThe sea walks.\n\nIt walks away.")
    assert (source.title, source.author, source.date, source.text) == (
        "Tides", "Jane Doe", "2025-03-04", "The sea walks.\n\nIt walks away."
    )  # fmt: skip


@pytest.mark.parametrize("day", ["2026-03-04", "2026-03-04 10:11:12 +0000", "2026-03-04T10:11:12Z"])
def test_the_day_of_a_header_is_told_without_its_hour(day: str) -> None:
    assert read(f"---\ntitle: Tides\ndate: {day}\n---\nThe sea rises.").date == "2026-03-04"


@pytest.mark.parametrize(
    "header",
    [
        "---\ntitle: >\n  Of tides\nauthors:\n  - Ann Other\n  - name: Ben\ntags: [a, b]\n---\n",
        "---\ntitle: 'Of tides'\nauthor: [Ann Other, \"Ben\"]\n---\n",
        "+++\ntitle = 'Of tides'\nauthors = ['Ann Other', 'Ben']\n[params]\n  x = 1\n+++\n",
    ],
)
def test_a_header_may_fold_its_title_and_list_its_authors(header: str) -> None:
    source = read(f"{header}\nThe sea walks.", "a.md")
    assert (source.title, source.author, source.text) == ("Of tides", "Ann Other, Ben", "The sea walks.")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("See [[Tides]] and [[Moon#Phases|the Moon]]. ![[sea.png]]", "See Tides and the Moon."),
        ("The ==sea== walks. ^b1f2-a", "The sea walks."),
        ('{{< figure src="x" >}}\n\nThe sea walks.\n\n%% to do: more %%', "The sea walks."),
        ("{% include toc.html %}\nThe sea walks.\n{: .lead }", "The sea walks."),
        ("* TOC\n{:toc}\n\nThe sea walks.", "The sea walks."),
        ("[TOC]\n\nThe sea walks.", "The sea walks."),
        ('import Chart from "./chart";\n\nThe sea walks.', "The sea walks."),
        ("a == b and b == c, 5 %% of 3 %%.", "a == b and b == c, 5 %% of 3 %%."),
    ],
)
def test_what_programs_write_into_markdown_is_not_said(written: str, told: str) -> None:
    assert read(written, "a.md").text == told


def test_a_callout_is_told_with_its_title() -> None:
    told = [("quotation", "Mind the tide"), ("quotation", "It comes twice.")]
    assert blocks("Text.\n\n> [!warning]- Mind the tide\n> It comes twice.\n", "a.md")[1:] == told


def test_a_line_across_the_page_is_no_header() -> None:
    assert read("---\nThe sea walks.\n\nIt walks away.\n---\nEnd.").text == "The sea walks.\n\nIt walks away.\n\nEnd."


def test_a_heading_below_a_header_with_a_title_is_told() -> None:
    assert blocks("---\ntitle: Tides\n---\n# Ebb\n\nIt goes out.") == [(HEADING, "Ebb"), (PLAIN, "It goes out.")]


@pytest.mark.parametrize(
    ("fence", "end"), [("```markdown", "```"), ("```text", "```"), ("```", "```"), ("~~~~~~~~", ""), ("```", "")]
)
def test_a_text_in_a_fence_among_others_is_told(fence: str, end: str) -> None:
    text = f"Here is a text about tides:\n\n{fence}\nThe tide comes in, and nobody owns it.\n\nIt goes out.\n{end}\n"
    assert read(text).text.split("\n\n")[1:] == ["The tide comes in, and nobody owns it.", "It goes out."]
    assert not read(text).left_out


@pytest.mark.parametrize("language", ["python", "", "text"])
def test_a_program_in_a_fence_is_left_out(language: str) -> None:
    source = read(f"To begin with:\n\n```{language}\nimport sea\nsea.walk(1)\nx = 2\n```\n\nThat is all.")
    assert (source.text, source.left_out) == ("To begin with:\n\nThat is all.", {"code": 1})


# Plain text


def test_plain_text_gives_headings_lists_and_stanzas() -> None:
    prose = (
        "The harbour was built in the spring, and whoever saw it then says that it has not changed in all the years."
    )
    text = (
        f"Of harbours\n\n{prose}\n\nWhat they need\n\n{prose} They need:\n- a wall\n  that holds,\n- a light\n\n"
        "(a) a keeper;\n(b) a boat.\n\nThe tide comes in,\nThe tide goes out,\nAnd all who sail\nSail round about.\n"
    )
    source = read(text)
    assert source.title == "Of harbours"
    assert source.blocks[1:] == (
        Block(HEADING, "What they need", 2),
        Block(PLAIN, f"{prose} They need:"),
        Block(ITEM, "a wall that holds,", 1),
        Block(ITEM, "a light", 1),
        Block(ITEM, "a keeper;", 1, "(a)"),
        Block(ITEM, "a boat.", 1, "(b)"),
        Block(BlockKind.VERSE, "The tide comes in,\nThe tide goes out,\nAnd all who sail\nSail round about."),
    )


@pytest.mark.parametrize("sign", ["●", "○", "■", "➤", "✓", "→", "–", "—", "⁃", "👉", "✔️", "o"])  # noqa: RUF001
def test_whatever_sign_an_item_has_it_is_one(sign: str) -> None:
    told = blocks(f"What to take:\n{sign} boots\n{sign} a rope that is\n  long enough\n{sign} a knife")
    assert told == [(PLAIN, "What to take:"), (ITEM, "boots"), (ITEM, "a rope that is long enough"), (ITEM, "a knife")]


def test_dashes_before_what_people_say_and_lone_ones_are_no_bullets() -> None:
    assert ITEM not in dict(blocks("— Who goes there?\n— It is me.\n— Come in, then.\n\nAnd so he came in."))
    assert ITEM not in dict(blocks("o gato dorme\no mar canta\n\nE a noite cai devagar sobre a cidade."))


def test_numbers_within_numbers_begin_clauses() -> None:
    said = read("1. Rules\n1.1 Nobody swims.\n1.2 Nobody dives.\n2. Times\n2.1 From six to nine.").blocks
    assert [(block.kind, block.text) for block in said] == [
        (BlockKind.PARAGRAPH, "1.1 Nobody swims."),
        (BlockKind.PARAGRAPH, "1.2 Nobody dives."),
        (BlockKind.HEADING, "Times"),
        (BlockKind.PARAGRAPH, "2.1 From six to nine."),
    ]
    town = read("The town has\n1.5 Million people and\n2.5 Million sheep.")
    assert not any(block.marker for block in town.blocks)


@pytest.mark.parametrize(
    "table",
    [
        "Tide\tHeight\tTime\nEbb\t0.4 m\t10:12\nFlood\t3.1 m\t16:30",
        "| Tide | Height | Time |\n+===+====+=====+\n| Ebb | 0.4 m | 10:12 |\n| Flood | 3.1 m | 16:30 |\n+---+---+--+",
    ],
)
def test_a_table_set_with_tabs_or_bars_is_told_row_by_row(table: str) -> None:
    assert blocks(table) == [
        (BlockKind.TABLE, "Tide: Ebb, Height: 0.4 m, Time: 10:12."),
        (BlockKind.TABLE, "Tide: Flood, Height: 3.1 m, Time: 16:30."),
    ]


def test_paragraphs_may_begin_with_an_indentation_alone() -> None:
    first = "    The tide comes in twice a day, and everybody on the coast knows it well\nenough."
    second = "    It goes out, too, which is known less well by the people of the city, who\ncome on Sundays."
    assert read(f"{first}\n{second}").text.count("\n\n") == 1
    assert read(f"{first}\n{second}".replace("enough.", "enough")).text.count("\n\n") == 0


@pytest.mark.parametrize("line", ["THE EBB", "Chapter 12", "Capítulo III. El mar", "CHAPTER ONE"])
def test_lines_in_capitals_and_of_chapters_are_headings(line: str) -> None:
    assert blocks(f"It comes in.\n\n{line}\n\nIt goes out.")[1] == (HEADING, line)


@pytest.mark.parametrize("rule", ["---", "====", "~~~~"])
def test_a_rule_below_a_sentence_is_no_underline(rule: str) -> None:
    assert blocks(f"Part one is told here.\n{rule}\nPart two comes then.") == [
        (PLAIN, "Part one is told here."),
        (PLAIN, "Part two comes then."),
    ]


def test_lines_of_comma_separated_values_are_a_table() -> None:
    assert blocks("tide,height,time\nebb,0.4,10:12\nflood,3.1,16:30")[0] == (
        BlockKind.TABLE, "tide: ebb, height: 0.4, time: 10:12."
    )  # fmt: skip
    assert blocks("Red, white, blue\nOne, two, three\nUp, down, left")[0][0] is not BlockKind.TABLE


def test_boxes_to_tick_are_not_said() -> None:
    assert blocks("To take:\n[ ] boots\n[x] a rope")[1:] == [(ITEM, "boots"), (ITEM, "a rope")]


@pytest.mark.parametrize("written", ["It ebbs [@holm2024; @lind2020, p. 4].", "It ebbs [-@holm2024]."])
def test_keys_of_citations_are_not_said(written: str) -> None:
    assert read(f"# Tides\n\n{written}", "a.md").text == "It ebbs."


def test_the_contents_of_a_readme_are_left_out() -> None:
    source = read(
        "# Tides\n\nIt ebbs.\n\n## Contents\n\n- [Use](#use)\n  - [Why](#why)\n\n## Use\n\nAsk the [moon](#moon)."
    )
    assert [block.text for block in source.blocks] == ["It ebbs.", "Use", "Ask the moon."]
    assert source.left_out == {"contents": 1}


# Transcripts that were copied

TURNS = (
    ("Ann Holm", "0:03", "Hi everyone."),
    ("Bo Lind", "0:09", "The ferry is late."),
    ("Ann Holm", "0:15", "As ever."),
)


@pytest.mark.parametrize(
    "copied",
    ["{name}   {time}\n{said}\n", "[{name}] {time}\n{said}\n", "{name}\n  {time} AM\n{said}\n",
     "[{time}] {name}: {said}", "({time}) {name}: {said}", "{time} {name}: {said}"],
)  # fmt: skip
def test_a_transcript_copied_out_of_a_program_is_what_each_said(copied: str) -> None:
    text = "\n".join(copied.format(name=name, time=time, said=said) for name, time, said in TURNS)
    assert [(block.kind, block.speaker, block.text) for block in read(text).blocks] == [
        (LINE, name, said) for name, _, said in TURNS
    ]


def test_two_turns_that_a_program_stamped_are_a_transcript() -> None:
    text = "Ann Holm  0:03\nHi everyone.\n\nBo Lind  0:09\nThe ferry is late.\n\nTranscribed by https://otter.ai\n"
    assert [(block.speaker, block.text) for block in read(text).blocks] == [(name, said) for name, _, said in TURNS[:2]]


def test_two_turns_are_a_transcript_where_the_first_begins_it() -> None:
    turns = "Speaker 1: 00:03\nHi everyone.\n\nSpeaker 2: 00:09\nThe ferry is late."
    assert [(block.kind, block.speaker) for block in read(turns).blocks] == [(LINE, "Speaker 1"), (LINE, "Speaker 2")]
    plan = "Breakfast: 08:00\nWe meet in the hall.\n\nLunch: 12:30\nBring a sandwich."
    assert not [block for block in read(plan).blocks if block.speaker]


@pytest.mark.parametrize(
    "instead",
    [
        "<Media omitted>", "image omitted", "This message was deleted", "Bild weggelassen", "<Medien ausgeschlossen>",
        "Diese Nachricht wurde gelöscht.", "image absente", "Ce message a été supprimé", "imagen omitida",
        "Se eliminó este mensaje.", "imagem ocultada", "Mensagem apagada", "immagine omessa",
        "Questo messaggio è stato eliminato",
    ],
)  # fmt: skip
def test_what_a_chat_has_in_place_of_a_message_is_not_said(instead: str) -> None:
    lines = ["ANN: Where were you?", "BOB: At sea.", f"BOB: {instead}", "ANN: So long? <This message was edited>"]
    chat = "\n".join(f"12.03.21, 10:1{number} - {line}" for number, line in enumerate(lines))
    assert [(block.speaker, block.text) for block in read(chat).blocks] == [
        ("ANN", "Where were you?"), ("BOB", "At sea."), ("ANN", "So long?")
    ]  # fmt: skip


@pytest.mark.parametrize("copied", ["{time}\n{said}", "{time} {said}"])
def test_captions_copied_with_their_times_are_told_without(copied: str) -> None:
    said = ["hello everyone and welcome to", "the harbour at Velm which was", "dug by hand in two years"]
    text = "\n".join(copied.format(time=f"0:{3 * number:02}", said=line) for number, line in enumerate(said))
    assert read(text).text == " ".join(said)


def test_a_schedule_keeps_its_times() -> None:
    text = "9:00 Doors open\n10:30 The harbour, by Ann Holm\n12:00 Fish soup"
    assert all(time in read(text).text for time in ("9:00", "10:30", "12:00"))


@pytest.mark.parametrize(("parted", "whole"), [("har-\nbour", "harbour"), ("well-\nknown", "well-known")])
def test_a_word_that_a_line_parts_is_whole_again(parted: str, whole: str) -> None:
    assert blocks(f"It is a\n{parted} of the\nold time.") == [(PLAIN, f"It is a {whole} of the old time.")]


def test_a_line_with_a_link_or_two_sentences_is_no_title() -> None:
    for line in ("Read https://tides.example/a for more", "It rained. Nobody came", "Tides (see www.a.example)"):
        assert bool(read(f"{line}\n\nThe tide comes in.").title) is line.startswith("Tides")


@pytest.mark.parametrize(
    ("name", "title"),
    [("Notas de marea.txt", "Notas de marea"), ("a.b.md", "a.b"), ("NOTES", "NOTES"), (OWN_TEXT, ""), ("", "")],
)
def test_a_file_without_a_title_is_called_by_its_name_and_a_pasted_text_is_not(name: str, title: str) -> None:
    body = "The sea walks up the beach, twice a day. Then it walks away again."
    assert read(body, name).title == title
    assert read(f"Of tides\n\n{body}", name).title == "Of tides"
    assert not read_text(Document(body.encode(), "text/plain", name, "https://tides.example/a.txt")).title, "its link"


@pytest.mark.parametrize("ending", ["  ", "\\", "<br>", "<br/>"])
@pytest.mark.parametrize("before", ["", "> "])
def test_verses_ended_on_purpose_stay_lines_whatever_they_begin_with(ending: str, before: str) -> None:
    stanzas = [
        ["the sea comes in,", "and goes again;", "it leaves the sand", "as smooth as rain."],
        ["we walked along", "we two, alone,", "and every wave", "was made of stone."],
    ]
    written = [f"{ending}\n{before}".join(stanza) for stanza in stanzas]
    text = f"# Tide\n\n{before}" + f"\n{before}\n{before}".join(written)
    assert read(text, "a.md").blocks[-2:] == tuple(Block(BlockKind.VERSE, "\n".join(stanza)) for stanza in stanzas)


@pytest.mark.parametrize(
    "lines",
    [
        ["harbour office", "12 Quay Street", "Bristol", "United Kingdom"],
        ["Harbour Office", "quay gate", "Bristol"],
        ["We keep the times of the tides", "and we print them for you.", "Come and visit us."],
        [
            "The harbour office keeps the times of all the tides that",
            "come and go along the quay, and it has kept them since",
            "the days of the old bridge, when boats were still towed",
            "by hand.",
        ],
    ],
)
def test_other_lines_with_breaks_are_joined(lines: list[str]) -> None:
    told = read("# Visit\n\nThe office is here.\n\n" + "<br>".join(lines), "a.md").blocks
    assert told[-1] == Block(PLAIN, " ".join(lines))


def test_prose_that_was_folded_is_one_paragraph_whatever_its_lines_begin_with() -> None:
    text = (
        "Das Meer zieht sich zweimal am Tag zurück, und die ganze\n"
        "Küste liegt frei. Dann kommt es wieder, und alle die\n"
        "Boote, die im Schlick lagen, schwimmen von neuem in der\nBucht."
    )
    assert blocks(text) == [(PLAIN, text.replace("\n", " "))]


@pytest.mark.parametrize(
    "text",
    [
        "ANN: Where were you?\nBOB: At sea.\nANN: So long?\nBOB: Longer.",
        "<ANN>Where were you?</ANN>\n<BOB>At sea.</BOB>\n<ANN>So long?</ANN>\n<BOB>Longer.</BOB>",
        "**ANN:** Where were you?\n\n**BOB:** At sea.\n\n**ANN:** So long?\n\n**BOB:** Longer.",
        "[12/03/21, 10:11:12] ANN: Where were you?\n[12/03/21, 10:11:13] BOB: At\nsea.\n"
        "[12/03/21, 10:11:14] ANN: So long?\n[12/03/21, 10:12:12] ANN: <Media omitted>\n"
        "[12/03/21, 10:12:13] BOB: Longer.",
        "12.03.21, 10:11 - ANN: Where were you?\n12.03.21, 10:12 - BOB: At sea.\n12.03.21, 10:13 - ANN: So long?\n"
        "12.03.21, 10:13 - BOB: Longer.",
    ],
)
def test_a_conversation_is_told_by_its_speakers(text: str) -> None:
    told = [(block.kind, block.speaker, block.text) for block in read(text).blocks]
    assert told == [
        (LINE, "ANN", "Where were you?"), (LINE, "BOB", "At sea."), (LINE, "ANN", "So long?"), (LINE, "BOB", "Longer.")
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["", "a.md"])
@pytest.mark.parametrize(
    ("asks", "answers"),
    [
        ("You said:\n", "ChatGPT said:\n"),
        ("## User\n\n", "## Assistant\n\n"),
        ("**User:**\n", "**Claude:**\n"),
        ("Human\n\n", "AI\n\n"),
    ],
)
def test_a_chat_with_a_program_copied_as_text_is_what_both_said(asks: str, answers: str, name: str) -> None:
    rounds = [("How do they burn?", "With oil.\n\nAnd with gas."), ("And today?", "With electricity.")]
    text = "\n\n".join(f"{asks}{asked}\n\n{answers}{answered}" for asked, answered in rounds)
    told = [(block.kind, bool(block.speaker), block.text) for block in read(text, name).blocks]
    heard = ["How do they burn?", "With oil.", "And with gas.", "And today?", "With electricity."]
    assert told == [(LINE, True, words) for words in heard]
    assert len({block.speaker for block in read(text, name).blocks}) == 2


def test_headings_about_people_and_machines_name_no_speakers() -> None:
    text = "# Of minds\n\nOne.\n\nTwo.\n\n## Human\n\nThey dream.\n\n## AI\n\nIt counts.\n"
    assert LINE not in [kind for kind, _ in blocks(text, "a.md")]


def test_a_saved_chat_of_one_paragraph_that_begins_with_a_notice_is_a_conversation() -> None:
    chat = [("", "Messages are encrypted."), ("Ann: ", "The lamp is lit."), ("Ben: ", "Who lit it?"),
            ("Ann: ", "I did."), ("Ben: ", "Good.")]  # fmt: skip
    text = "".join(f"04.03.25, 10:1{at} - {who}{words}\n" for at, (who, words) in enumerate(chat))
    assert [block.speaker for block in read(text).blocks][-4:] == ["Ann", "Ben", "Ann", "Ben"]


def test_what_stands_between_speakers_is_nobodys() -> None:
    text = "A talk.\n\nQ: Who?\n\nA: I.\n\nHe laughs.\n\nQ: Why?\n\nA: Because."
    assert (PLAIN, "He laughs.") in blocks(text)


def test_colons_alone_make_no_conversation() -> None:
    assert {kind for kind, _ in blocks("Note: it rains.\n\nPlace: the sea.\n\nAll went home.")} == {PLAIN}


# Cost


@pytest.mark.parametrize("text", ["Why the sea breathes\n\nTwice a day, it's said, the sea walks.", "It was 1936."])
def test_a_pasted_paragraph_needs_no_process_of_its_own(text: str) -> None:
    assert is_quickly_read(Document(text.encode(), "text/plain; charset=utf-8", "text"))


@pytest.mark.parametrize(
    "text", ["---\n\n\n", "# One", "a | b", "[x](y)", "<p>", "- one\n- two", "`code`", "x" * 200_001]
)
def test_whatever_might_be_markup_does(text: str) -> None:
    assert not is_quickly_read(Document(text.encode(), "text/plain", "text"))


@settings(max_examples=60)
@given(st.text(alphabet="ab1. \n-*(:<>[]#`$|_~+=\t", max_size=80))
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    try:
        source = read_text(Document(text.encode(), "text/plain", "a.txt"))
    except Unreadable:
        return
    assert source.blocks


@pytest.mark.parametrize("depth", [30, 5_000])
def test_what_is_deep_in_lists_and_quotations_is_read(depth: int) -> None:
    items = "".join(f"{'  ' * level}- Item {level} of the keepers.\n" for level in range(min(depth, 300)))
    for text in (f"# Lamps\n\n{items}", f"# Lamps\n\n{'>' * depth} Item {min(depth, 300) - 1} of the keepers."):
        source = read_text(Document(text.encode(), "text/markdown", "lamps.md"))
        assert f"Item {min(depth, 300) - 1} of the keepers." in source.text


# Lines that Markdown joins, and people end


@pytest.mark.parametrize("brackets", ["[", "![", "[a", "[^a", "[a\n", "[[a"])
def test_brackets_that_nothing_ends_cost_no_search_each(brackets: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_for = []
    find = helpers.parseLinkLabel

    def counted(state: StateInline, start: int, disable_nested: bool = False) -> int:
        looked_for.append(start)
        return find(state, start, disable_nested)

    monkeypatch.setattr(helpers, "parseLinkLabel", counted)
    told = read(f"# Lamps\n\nThe [lamp](https://a.example) is [lit][l]. {brackets * 1_000}]\n\n[l]: https://b.example")
    assert told.blocks[0].text.startswith("The lamp is lit. ")
    assert "example" not in told.text
    assert len(looked_for) < 20


def test_links_stay_links_beside_many_brackets() -> None:
    told = read("# Lamps\n\n" + "[a [lamp] ![b](c.png)](https://a.example) " * 60)
    assert "example" not in told.text
    assert told.text.count("a [lamp]") == 60


def test_lines_that_were_ended_on_purpose_stay_apart_in_markdown() -> None:
    text = (
        "# Rules\n\nYou may not:\n• smoke\n• swim\n\n**Quiet hours**\nFrom ten to seven.\n\n"
        "1.1 Guests sign in.\n1.2 Guests may not:\n   (a) stay\n   (b) cook\n\n"
        "**Q: Is there parking?**\nA: Yes.\n\n**Q: For vans?**\nA: No.\n"
    )
    assert blocks(text, "a.md") == [
        (PLAIN, "You may not:"), (ITEM, "smoke"), (ITEM, "swim"),
        (HEADING, "Quiet hours"), (PLAIN, "From ten to seven."),
        (PLAIN, "1.1 Guests sign in."), (PLAIN, "1.2 Guests may not:"), (ITEM, "stay"), (ITEM, "cook"),
        (LINE, "Is there parking?"), (LINE, "Yes."), (LINE, "For vans?"), (LINE, "No."),
    ]  # fmt: skip


def test_a_transcript_is_told_without_the_times_noted_in_it() -> None:
    text = "".join(
        f"**{name}:** \\[0{number}:25\\] So what came of that, number {number}?\n\n"
        for number, name in enumerate(("Ada Stone", "Ben Wood") * 3)
    )
    source = read_text(Document(text.encode(), "text/plain", "talk.md"))
    assert [block.speaker for block in source.blocks] == ["Ada Stone", "Ben Wood"] * 3
    assert source.blocks[1].text == "So what came of that, number 1?"


def test_two_messages_in_a_row_are_not_run_together() -> None:
    text = (
        "[10:02] Mia: did you feed the cat\n[10:03] Tom: not yet\n[10:06] Mia: only the tin\n[10:06] Mia: not the blue"
    )
    source = read_text(Document(text.encode(), "text/plain", "chat.txt"))
    assert [block.text for block in source.blocks] == ["did you feed the cat", "not yet", "only the tin. not the blue"]


def test_rows_with_names_in_bold_type_stay_apart_in_markdown() -> None:
    text = "# Meeting\n\n**Present:** Joan Pike, Lila Das\n**Apologies:** Ted Moss\n\nThe padlock was replaced.\n"
    assert [block for _, block in blocks(text, "a.md")] == [
        "Present: Joan Pike, Lila Das", "Apologies: Ted Moss", "The padlock was replaced.",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["pad.md", "pad.txt"])
def test_items_with_several_stars_are_below_others(name: str) -> None:
    text = "Services:\n\n* Website\n** a wiki\n** a chat\n*** encrypted\n* Mailing list\n"
    items = [block for block in read(text, name).blocks if block.kind == ITEM]
    assert [(block.level, block.text) for block in items] == [
        (1, "Website"), (2, "a wiki"), (2, "a chat"), (3, "encrypted"), (1, "Mailing list"),
    ]  # fmt: skip
