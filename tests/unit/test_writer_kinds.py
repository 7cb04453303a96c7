"""The writer is true to texts of every kind: quotations are verbatim and whole, and nothing is parted from its sense.

The texts in tests/unit/kinds are of ten kinds in six languages, and some more that went wrong once. Each is given as it
is typed, as it is when its lines were joined, and in blocks; the units are found here from the lines alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from pathlib import Path
from typing import Final, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.contract import STYLES
from common.errors import EngineRefused
from common.languages import pack_of
from common.text.blocks import Block, BlockKind
from common.text.cleaning import clean
from common.text.plain import blocks_of
from common.text.sentences import ended
from functions.model_serving.llm.engines.extractive.writer import ExtractiveWriter
from functions.model_serving.llm.material.paragraphs import paragraphs
from functions.model_serving.llm.protocol import Request, Source, Turn
from tests.script_figures import coverage

KINDS: Final = Path(__file__).parent / "kinds"
NAMES: Final = sorted(path.name.removesuffix(".txt") for path in KINDS.glob("*.txt"))
Form = Literal["typed", "joined", "blocks"]
FORMS: Final[tuple[Form, ...]] = ("typed", "joined", "blocks")
READ_ON: Final = ("story", "poem", "play")
ASKED: Final = ("interview", "faq")
MARKER = re.compile(
    r"^\s*(?:#+ |[-*•] |\(?\d{1,2}[.)] |\(?[a-z][.)] |\(\d\) |\d\.\d\.? |§ \d |Article \d\. |<\w+>)"
    r"|^\s*(?:[QAPR]|Frage|Wenzel|Person\d): |</\w+>$|\*\*|(?: \(#\d+\))|```\w*|`"
)


@dataclass(frozen=True)
class Line:
    """A line of a text, in letters and digits alone, and its place among all of these."""

    key: str
    begins: int
    is_item: bool
    has_end: bool


def key(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def text_of(name: str) -> str:
    return (KINDS / f"{name}.txt").read_text()


def kind_of(name: str) -> str:
    return re.split(r"[._]", name)[0]


def parts(name: str) -> tuple[str, str]:
    """The title and the text; of those without a title, the text."""
    if kind_of(name) == "play":
        return "The ferry", text_of(name)
    title, _, text = text_of(name).partition("\n\n")
    return title.lstrip("# "), text


@cache
def lines(name: str) -> list[Line]:
    found: list[Line] = []
    at = 0
    for line in parts(name)[1].splitlines():
        words = line
        while (shorter := MARKER.sub("", words)) != words:
            words = shorter
        if key(words):
            is_item = re.match(r"\s*(?:[-*] |\(?[a-z]\) |\d\. \w)", line) is not None and words[-1] != ":"
            found.append(Line(key(words), at, is_item, ended(words)))
            at += len(key(words))
    return found


@cache
def script(name: str, form: Form, minutes: float = 3) -> tuple[Turn, ...]:
    language = name.rpartition(".")[2]
    title, text = parts(name)
    source = {
        "typed": Source(text, title),
        "joined": Source(clean(text), title),
        "blocks": Source(clean(text), title, blocks=tuple(blocks_of(text, language))),
    }[form]
    greeting = Turn("Ada", f"Hello. Today's subject: {title}.", "", None, "cold_open")
    request = Request(title, language, minutes, "conversation", ("Ada", "Ben"), (source,), (greeting,))
    return tuple(ExtractiveWriter().write(request))


@cache
def bridges(language: str) -> list[re.Pattern[str]]:
    """What a host may say without a source, blanks as patterns; longest first, so that none is hidden by another."""
    phrases = pack_of(language).phrases
    banks = ("source", "chapter", "moving_on", "about_name", "about_word", "why", "figures", "on", "lead_in", "last")
    said = [phrase for bank in banks for phrase in getattr(phrases, bank)] + [phrases.begin, phrases.unfinished]
    blanks = [re.sub(r"\\\{\w+\\\}", "[^.:]{1,90}?", re.escape(phrase)) for phrase in sorted(said, key=len)[::-1]]
    return [re.compile(rf"^{blank}(?:\s|$)|(?:^|\s){blank}$") for blank in blanks]


def quoted(turn: Turn, language: str) -> str:
    """A turn without what the host says before and after."""
    text = turn.text
    for _ in range(2):
        text = next((rest for bridge in bridges(language) if (rest := bridge.sub("", text, count=1)) != text), text)
    return text


def quotes(name: str, form: Form, minutes: float = 3) -> list[str]:
    language = name.rpartition(".")[2]
    return [
        text for turn in script(name, form, minutes) if turn.source is not None and (text := quoted(turn, language))
    ]


each_text = pytest.mark.parametrize("name", NAMES)


def test_there_are_forty_texts_of_ten_kinds_in_six_languages() -> None:
    forty = [name for name in NAMES if "_" not in name]
    assert len(forty) == 40
    assert len({kind_of(name) for name in forty}) == 10
    assert {name.rpartition(".")[2] for name in forty} == {"de", "en", "es", "fr", "it", "pt"}


@each_text
def test_each_quoted_unit_stands_in_the_source_as_a_unit(name: str) -> None:
    """It begins where a line or a sentence does and ends where a sentence, a paragraph or a whole list does."""
    found = lines(name)
    whole = "".join(line.key for line in found)
    begins = {line.begins: number for number, line in enumerate(found)}
    ends = {line.begins + len(line.key): number for number, line in enumerate(found)}
    for text in (text for form in FORMS for text in quotes(name, form)):
        at = whole.find(key(text))
        assert at >= 0, text
        first, last = begins.get(at), ends.get(at + len(key(text)))
        assert first is not None or re.search(r"[.!?…»\"”—]\s*$", before(name, text)), text
        if first is not None and found[first].is_item and kind_of(name) not in READ_ON:
            led = first > 0 and (found[first - 1].is_item or not found[first - 1].has_end)
            assert not led or found[first].has_end or "?" in parts(name)[1], text  # or it answers a question
        if last is not None and last + 1 < len(found) and found[last + 1].is_item:
            assert found[last].has_end or not found[last].is_item, text


def before(name: str, text: str) -> str:
    """The typed text before the first words of a quotation."""
    words = re.escape(" ".join(text.split()[:4])).replace(r"\ ", r"\s+")
    found = re.search(rf"(.{{0,40}}){words}", " ".join(re.sub(r"[*#>]", "", parts(name)[1]).split()))
    return found[1] if found else ""


TOGETHER: Final = {
    "law.en": [
        ("burn garden waste", "A member shall not"),
        ("A member shall not", "unless the warden has given leave"),
        ("hand a plot on", "However, the committee must agree"),
        ("Guests may enter", "if a member is with them"),
        ("water from the well", "are included in the rent"),
    ],
    "law.de": [
        ("warme Speisen", "nicht gestattet"),
        ("Für jede angefangene Woche", "Ausgenommen sind Kinder"),
    ],
    "law.es": [("vender la cosecha", "No está permitido"), ("36 euros", "Sin embargo")],
    "law.fr": [("fumer dans l'enceinte", "Il est interdit"), ("La douche est obligatoire", "Toutefois")],
    "law_rules.en": [("keep snakes", "shall not"), ("smoke in the flat", "shall not")],
    "law_bicycles.en": [("take part in races", "the Lessee shall not"), ("carry persons", "prior written consent")],
    "news.de": [("begrüßte die Ankündigung", "Allerdings")],
    "readme.fr": [("afficher des images", "ne fait pas"), ("synchroniser les appareils", "ne fait pas")],
    "readme.en": [("It warns when", "does not replace")],
    "recipe.en": [("2 carrots", "Ingredients"), ("Fry them in the oil", "Do not let them brown")],
    "recipe.fr": [("5 pommes", "Pour la garniture"), ("Ajoutez l'eau", "Ne travaillez pas trop")],
    "release.en": [("the oldest tablets", "Known problems")],
    "release.it": [("calendario lunare per", "Novità"), ("le foto non", "Correzioni")],
    "minutes.de": [("Telefone bleiben", "Ausgenommen sind"), ("Herr Demir sammelt", "ist zu erledigen")],
    "faq.en": [("Yes, if they are older", "not even with their parents"), ("You can, but", "we give it away")],
}
"""What is true only together: whoever says the first says the second in the same breath."""


@pytest.mark.parametrize("name", TOGETHER)
def test_nothing_is_parted_from_what_it_depends_on(name: str) -> None:
    for form, minutes in product(FORMS, (1, 3, 5)):
        for turn, (said, needed) in product(script(name, form, minutes), TOGETHER[name]):
            assert said not in turn.text or needed in turn.text, turn.text


@each_text
def test_turns_end_as_sentences_and_nothing_is_told_twice(name: str) -> None:
    for form in FORMS:
        turns = script(name, form)
        assert all(ended(turn.text) for turn in turns)
        assert turns[-1].kind == "close"
        sentences = [
            key(sentence)
            for text in quotes(name, form)
            for sentence in re.split(r"(?<=[.!?])\s+", text)
            if len(key(sentence)) > 15
        ]
        assert len(sentences) == len(set(sentences))


@each_text
def test_the_main_points_are_covered(name: str) -> None:
    language = name.rpartition(".")[2]
    title, text = parts(name)
    source = Source(re.sub(r"```.*?```", "", text, flags=re.DOTALL), title)
    minutes = 6 if name in {"story_clocks.en", "law_bicycles.en", "interview_ice.en"} else 3
    request = Request(title, language, minutes, "conversation", ("Ada", "Ben"), (source,))
    assert all(coverage(request, list(script(name, form, minutes))) >= 0.7 for form in FORMS)


@pytest.mark.parametrize("name", [name for name in NAMES if kind_of(name) in {"recipe", "release"}])
def test_every_item_of_a_recipe_and_of_release_notes_is_said(name: str) -> None:
    for form in FORMS:
        said = key(" ".join(quotes(name, form)))
        assert all(line.key in said for line in lines(name) if line.is_item)


@pytest.mark.parametrize("name", [name for name in NAMES if kind_of(name) in READ_ON])
def test_stories_poems_and_plays_are_read_on(name: str) -> None:
    """From their first word on, without a gap and without anything between."""
    whole = "".join(line.key for line in lines(name))
    for form in FORMS:
        turns = script(name, form)
        if form == "joined" and kind_of(name) == "poem":
            continue  # lines that were joined are prose, as far as anybody can tell
        assert whole.startswith(key("".join(quotes(name, form))))
        phrases = pack_of(name.rpartition(".")[2]).phrases
        between = [turn.text for turn in turns[1:-1] if turn.source is None]
        assert between in ([], [phrases.unfinished])
        assert (between == []) == (key("".join(quotes(name, form))) == whole)


@pytest.mark.parametrize("name", [name for name in NAMES if kind_of(name) in ASKED])
def test_one_host_asks_and_the_other_answers(name: str) -> None:
    for form in FORMS:
        turns = [turn for turn in script(name, form) if turn.source is not None]
        questions = [number for number, turn in enumerate(turns) if turn.text.endswith("?")]
        assert len(questions) >= 3
        assert len({turns[number].speaker for number in questions}) == 1
        for number, following in pairwise([*questions, len(turns)]):
            assert following > number + 1, turns[number].text
            assert turns[number + 1].speaker != turns[number].speaker
        assert not any(re.search(r"(?:^|\s)(?:[QAPR]|Frage|Wenzel|Person\d):", turn.text) for turn in turns)


@each_text
def test_numbers_of_clauses_code_and_marks_are_not_read(name: str) -> None:
    said = " ".join(turn.text for form in FORMS for turn in script(name, form))
    assert not re.search(r"\(\d\)|\([a-d]\)|(?:^|[.!?:;] )\d\.\d? [A-Z]|§", said)
    assert not re.search(r"`|\*|#|--|pip install|git clone|frosch start|TIDE_DIR", said)


@each_text
def test_the_same_request_makes_the_same_script_whatever_was_said_already(name: str) -> None:
    language = name.rpartition(".")[2]
    title, text = parts(name)
    request = Request(title, language, 2, "debate", ("Ada", "Ben"), (Source(text, title),))
    whole = list(ExtractiveWriter().write(request))
    for at in (1, len(whole) // 2, len(whole) - 1):
        rest = Request(title, language, 2, "debate", ("Ada", "Ben"), (Source(text, title),), tuple(whole[:at]))
        assert list(ExtractiveWriter().write(rest)) == whole[at:]


def test_nobody_who_is_asked_says_what_the_editor_says_of_them() -> None:
    for form in FORMS:
        [turn] = [turn for turn in script("interview_ice.en", form, 6) if "Fjell Press" in turn.text]
        assert "I am not a pessimist" not in turn.text


LISTS: Final = {
    "of lines": "Milk\n\nEggs\n\nFlour for the bread\n\nTwo lemons",
    "of items": "- milk\n- eggs\n- flour for the bread",
    "one line": "Milk eggs flour and two lemons",
    "definitions": "Ebb: the water goes out\n\nFlow: the water comes in\n\nSlack: the water stands still",
    "slides": "Results\n\nRevenue up 12 percent\n\nCosts down 3 percent\n\nOutlook\n\nNo new debt\n\nThank you",
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_a_text_of_lists_alone_is_told(text: str) -> None:
    turns = list(ExtractiveWriter().write(Request("Notes", "en", 1, "conversation", ("Ada", "Ben"), (Source(text),))))
    said = key(" ".join(turn.text for turn in turns if turn.source is not None))
    assert all(key(re.sub(r"^- ", "", line)) in said for line in text.splitlines())
    assert all(ended(turn.text) for turn in turns)


def test_a_list_longer_than_the_podcast_is_told_whole_or_not_at_all() -> None:
    items = [Block(BlockKind.ITEM, f"enter room {number} with shoes on;", level=1) for number in range(80)]
    blocks = (Block(BlockKind.PARAGRAPH, "Guests may not"), *items)
    more = Block(BlockKind.PARAGRAPH, "The house has eighty rooms and a garden. It is open from May to October.")
    for told in (blocks, (*blocks, more)):
        source = Source("Guests may not enter.", blocks=told)
        turns = list(ExtractiveWriter().write(Request("House", "en", 1, "briefing", ("Ada", "Ben"), (source,))))
        said = " ".join(turn.text for turn in turns if turn.source is not None)
        assert said.lower().count("enter room") in {0, 80}
        assert ("enter room" in said.lower()) == ("Guests may not:" in said)
        assert said


def of_one(source: Source, minutes: float = 2) -> list[Turn]:
    return list(ExtractiveWriter().write(Request("A text", "en", minutes, "conversation", ("Ada", "Ben"), (source,))))


def test_definitions_tables_and_quotations_are_told_as_what_they_are() -> None:
    blocks = (
        Block(BlockKind.TERM, "Ebb"),
        Block(BlockKind.DEFINITION, "The water goes out."),
        Block(BlockKind.TERM, "Slack"),
        Block(BlockKind.DEFINITION, "the water stands still"),
        Block(BlockKind.PARAGRAPH, "The harbour master wrote to the council:"),
        Block(BlockKind.QUOTATION, "We have not seen such a tide in forty years."),
        Block(BlockKind.TABLE, "Monday: high water at six"),
        Block(BlockKind.CAPTION, "The harbour in 1901."),
        Block(BlockKind.FOOTNOTE, "See the almanac of that year."),
        Block(BlockKind.REFERENCE, "Darwin, G. H. (1898). The Tides."),
        Block(BlockKind.CODE, "print('tide')"),
    )
    source = Source("Ebb", blocks=blocks)
    turns = list(ExtractiveWriter().write(Request("Tides", "en", 2, "story", ("Ada", "Ben"), (source,))))
    said = " ".join(turn.text for turn in turns)
    assert "Ebb: The water goes out. Slack: the water stands still." in said
    assert "The harbour master wrote to the council: We have not seen such a tide in forty years." in said
    assert "Monday: high water at six." in said
    assert not re.search("1901|almanac|Darwin|print", said)


@pytest.mark.parametrize(
    "below",
    [
        [Block(BlockKind.TABLE, "Aspirin: 75 mg"), Block(BlockKind.TABLE, "Warfarin: any dose")],
        [Block(BlockKind.TERM, "Aspirin"), Block(BlockKind.DEFINITION, "75 mg"),
         Block(BlockKind.TERM, "Warfarin"), Block(BlockKind.DEFINITION, "any dose")],
    ],
    ids=["a table", "definitions"],
)  # fmt: skip
def test_rows_are_told_with_what_leads_into_them(below: list[Block]) -> None:
    blocks = (Block(BlockKind.PARAGRAPH, "It relieves pain. Do not take it together with:"), *below)
    source = Source("\n\n".join(block.text for block in blocks), blocks=blocks)
    [*_, last] = [turn.text for turn in of_one(source) if turn.source is not None]
    assert last.endswith("Do not take it together with: Aspirin: 75 mg; Warfarin: any dose.")


def test_an_answer_is_told_without_its_directions() -> None:
    text = "How did it begin?\n\n(laughs) By accident, in (a wet) May.\n\n" + "".join(
        f"And what came in year {year}?\n\nA great deal of rain, and little else.\n\n" for year in range(3)
    )
    assert "By accident, in (a wet) May." in [turn.text for turn in of_one(Source(text))]


def test_a_release_is_called_by_its_version_and_not_by_a_link() -> None:
    blocks = tuple(
        Block(kind, text, level)
        for release in ("[3.2.0] - 2025-04-11", "[3.1.0] - 2025-02-02")
        for kind, text, level in (
            (BlockKind.HEADING, release, 2),
            (BlockKind.HEADING, "Fixed", 3),
            (BlockKind.ITEM, f"A crash of the server on Windows before {release[1:6]}", 1),
        )
    )
    turns = of_one(Source("\n\n".join(block.text for block in blocks), "Changes", blocks=blocks))
    assert not [turn for turn in turns if "[" in turn.text or "[" in turn.chapter]
    assert [turn for turn in turns if "3.2.0 - 2025-04-11. Fixed: A crash" in turn.text]


def test_headings_of_the_same_name_are_told_apart_by_the_headings_above() -> None:
    """And so are the headings beside, which would be taken for parts of the list before."""
    blocks: list[Block] = []
    items = iter((
        "A light mode for bridges at night.", "The alarm rings once only.", "Heights have their sign again.",
        "The clock needs a calibrated sensor.", "Its window remembers the second screen.",
    ))  # fmt: skip
    for release, changes in {"2.1.0": ("Added", "Fixed"), "2.0.1": ("Fixed",), "2.0.0": ("Changed", "Fixed")}.items():
        blocks.append(Block(BlockKind.HEADING, release, 2))
        for change in changes:
            blocks.append(Block(BlockKind.HEADING, change, 3))
            blocks.append(Block(BlockKind.ITEM, next(items), 1))
    source = Source("Changes", "Clock", blocks=tuple(blocks))
    turns = list(ExtractiveWriter().write(Request("Clock", "en", 3, "briefing", ("Ada", "Ben"), (source,))))
    told = [turn for turn in turns if turn.source is not None]
    assert [turn.chapter for turn in told] == [
        "2.1.0, Added", "2.1.0, Fixed", "2.0.1, Fixed", "2.0.0, Changed", "2.0.0, Fixed",
    ]  # fmt: skip
    for release in ("2.0.1", "2.0.0"):
        first = next(turn.text for turn in told if turn.chapter.startswith(release))
        assert re.search(rf"{release}\. (?:Fixed|Changed): (?:Heights|The clock)", first)
    assert sum(turn.text.count("2.0.0. ") for turn in told) == 1


def test_every_change_is_told_with_its_version() -> None:
    """Though no two releases have changes of the same kind, and no words of their own."""
    blocks = tuple(
        Block(kind, text, level)
        for release, change, item in (
            ("2.4.0 - 2025-05-01", "Added", "A dark mode for bridges at night"),
            ("2.3.9 - 2025-03-11", "Fixed", "A crash of the server on the second Tuesday"),
        )
        for kind, text, level in (
            (BlockKind.HEADING, release, 2), (BlockKind.HEADING, change, 3), (BlockKind.ITEM, item, 1),
        )
    )  # fmt: skip
    said = " ".join(turn.text for turn in of_one(Source("\n\n".join(block.text for block in blocks), blocks=blocks)))
    assert "2.4.0 - 2025-05-01. Added: A dark" in said
    assert "2.3.9 - 2025-03-11. Fixed: A crash" in said


@pytest.mark.parametrize("second", ["Use", "How is it used?"])
def test_headings_that_nothing_confuses_stay_as_they_are(second: str) -> None:
    headings = (("Old", 2), ("History", 3), (second, 3), ("New", 2), ("Plans", 3), ("How is it used?", 3))
    blocks = [
        each
        for number, (text, level) in enumerate(headings)
        for each in (
            Block(BlockKind.HEADING, text, level),
            Block(BlockKind.PARAGRAPH, f"The bridge of section {'abcdef'[number]} carries a railway and a road today."),
        )
    ]
    found = paragraphs("", 0, "Bridges", language="en", blocks=blocks)
    assert not any(", " in paragraph.heading or paragraph.above for paragraph in found)


WORDS: Final = st.sampled_from(
    (
        *("The sea comes in twice a day.", "However, it does not rise.", "Who are you?", "(a) smoke; (b) sleep", "x"),
        *("", "—", "You may not:", "milk", "1.", "2.1 The sea is cold.", "Note: it", "`rm -rf /`", "**Bold?**", "No."),
        *("See https://a.example/x now.", '"Come in," she said.', "it is so. And yet it is not.", "a tail without end"),
        *("Der Hund und die Katze sind nicht im Haus.", "Ann: hello", "A. Yes", "\n", "word " * 200),
    )
)
ANY_BLOCK: Final = st.builds(
    Block,
    st.sampled_from(BlockKind),
    st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
    st.integers(0, 3),
    st.sampled_from(("", "(1)", "a)", "1.")),
    st.sampled_from(("", "ANN", "Bob")),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(ANY_BLOCK, max_size=10), st.sampled_from(STYLES), st.sampled_from((("Ada",), ("Ada", "Ben"))))
def test_whatever_a_reader_hands_over_is_told_in_sentences_or_refused(
    blocks: list[Block], style: str, hosts: tuple[str, ...]
) -> None:
    source = Source("\n\n".join(block.text for block in blocks), blocks=tuple(blocks))
    try:
        turns = list(ExtractiveWriter().write(Request("Sea", "en", 2, style, hosts, (source,))))
    except EngineRefused:
        return
    assert all(ended(turn.text) for turn in turns)
    assert any(turn.source == 0 for turn in turns)


THINGS: Final = (
    "anchor", "beacon", "cable", "dredger", "engine", "ferry", "gauge", "hoist", "island", "jetty", "keel", "lantern",
    "mooring", "needle", "oar", "pump", "quay", "rudder", "sluice", "tiller", "valve", "winch", "yard", "bucket",
)  # fmt: skip
"""A thing a unit, so that each unit is told from every other by its words."""
HAVE: Final = {
    "en": ("The {0} of sector {1} was painted in the {1}th week.", "However, nobody may use the {0} {1} in a storm.",
           "Members shall not", "bring the {0} {1} into the hall", "move the {0} {1} at night"),
    "de": ("In Halle {1} steht der {0} seit der {1}. Woche.", "Allerdings darf den {0} {1} bei Sturm keiner nutzen.",
           "Mitglieder dürfen nicht", "den {0} {1} in die Halle bringen", "den {0} {1} bei Nacht bewegen"),
    "fr": ("Dans le hall {1} se trouve le {0} de la ville.", "Toutefois, nul ne doit utiliser le {0} {1} par tempête.",
           "Il est interdit aux membres de", "porter le {0} {1} dans la salle", "bouger le {0} {1} la nuit"),
}  # fmt: skip
"""A statement, what takes it back, what governs a list, and items of such a list."""
UNITS: Final = ("plain", "limited", "limited apart", "list", "quotation", "heading", "code", "again")


def unit(kind: str, number: int, language: str) -> tuple[list[Block], list[str]]:
    """The blocks of a unit, and its sentences: statements true only together stay in a single quotation."""
    plain, limit, lead, *items = (said.format(THINGS[number], number + 20) for said in HAVE[language])
    match kind:
        case "plain":
            return [Block(BlockKind.PARAGRAPH, plain)], [plain]
        case "limited":
            return [Block(BlockKind.PARAGRAPH, f"{plain} {limit}")], [f"{plain} {limit}"]
        case "limited apart":
            return [Block(BlockKind.PARAGRAPH, plain), Block(BlockKind.PARAGRAPH, limit)], [f"{plain} {limit}"]
        case "list":
            listed = [Block(BlockKind.ITEM, f"{item};", 1) for item in items]
            return [Block(BlockKind.PARAGRAPH, lead), *listed], [f"{lead}: {'; '.join(items)}."]
        case "quotation":
            return [Block(BlockKind.QUOTATION, plain)], [plain]
        case "code":
            return [Block(BlockKind.CODE, plain)], []
        case _:
            return [Block(BlockKind.HEADING, f"{THINGS[number].title()} {number}", 2)], []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(UNITS), min_size=1, max_size=24),
    st.sampled_from(sorted(HAVE)),
    st.sampled_from(STYLES),
    st.sampled_from((1.0, 3.0)),
)
def test_of_any_text_whole_units_are_told_each_once_and_in_order(
    kinds: list[str], language: str, style: str, minutes: float
) -> None:
    """A retraction, and the head of a list, are said with the affected statement; code and headings are no
    sentences."""
    blocks: list[Block] = []
    known: list[str] = []
    for number, kind in enumerate(kinds):
        before = kinds[:number].index("plain") if kind == "again" and "plain" in kinds[:number] else None
        made, units = unit("plain" if before is not None else kind, number if before is None else before, language)
        blocks += made
        known += units if before is None else []
    source = Source("\n\n".join(block.text for block in blocks), "Harbour", blocks=tuple(blocks))
    try:
        turns = list(ExtractiveWriter().write(Request("Harbour", language, minutes, style, ("Ada", "Ben"), (source,))))
    except EngineRefused:
        assert not known
        return
    told = key("".join(quoted(turn, language) for turn in turns if turn.source is not None))
    places = [told.find(key(said)) for said in known]
    found = [place for place in places if place >= 0]
    assert found
    assert found == sorted(found)
    rest = told
    for said in known:
        assert told.count(key(said)) <= 1
        rest = rest.replace(key(said), "")
    assert not rest, rest
