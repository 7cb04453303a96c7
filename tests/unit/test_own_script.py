"""Scripts of the caller's own: every speaker's lines, in any notation, and no reported speech."""

from __future__ import annotations

import json

import pytest

from common import contract
from functions.api_gateway.own_script import Line, cast, lines_of, parted
from functions.api_gateway.requests_schema import GenerateRequest, InvalidRequest, parse

SAID = [("Ada", "What is a tide?"), ("Ben", "The sea that rises. Remember: it falls, too."), ("Ada", "Why?")]
OBJECTS = [{"speaker": speaker, "text": text} for speaker, text in SAID]
WRITTEN = {
    "names": "\n".join(f"{speaker}: {text}" for speaker, text in SAID),
    "bold names": "\n\n".join(f"**{speaker}:** {text}" for speaker, text in SAID),
    "names with directions": "\n".join(f"{speaker} (softly): {text}" for speaker, text in SAID),
    "lines that go on": "Ada: What is\na tide?\nBen: The sea that rises.\n\nRemember: it falls, too.\nAda: Why?",
    "tags": "".join(f"<{speaker}>{text}</{speaker}>\n" for speaker, text in SAID),
    "tags and names": "".join(f"<{speaker}>{speaker}: {text}</{speaker}>\n" for speaker, text in SAID),
    "brackets": "\n".join(f"[{speaker}] {text}" for speaker, text in SAID),
    "a list": json.dumps(OBJECTS),
    "an object with a list": json.dumps({"turns": OBJECTS}),
    "objects in lines": "\n".join(map(json.dumps, OBJECTS)),
    "objects of other fields": json.dumps([{"host": speaker, "line": text} for speaker, text in SAID]),
    "line ends of windows": "\r\n".join(f"{speaker}: {text}" for speaker, text in SAID),
    "a mark of byte order": "\ufeff" + "\n".join(f"{speaker}: {text}" for speaker, text in SAID),
}


@pytest.mark.parametrize("script", WRITTEN.values(), ids=WRITTEN)
def test_a_script_is_read_however_it_tells_its_speakers(script: str) -> None:
    assert [(line.speaker, line.text) for line in lines_of(script)] == SAID


def test_headings_begin_chapters_and_are_not_said() -> None:
    lines = lines_of("# The sea\nAda: It rises.\n## And falls\nBen: Twice a day.\nIt does.")
    assert lines == [Line("Ada", "It rises.", "The sea"), Line("Ben", "Twice a day. It does.", "And falls")]


UNSEEN = "\x00\u202e\u2066\u200b\x1b\ud800"
"""NUL, overrides of the direction, nothing at all, a control, half of a pair: what escapes of JSON can bring."""


@pytest.mark.parametrize(
    "script",
    [
        json.dumps([{"speaker": f"A{UNSEEN}da", "text": "It rises.", "chapter": f"{UNSEEN}The\n\tsea"}]),
        f"# {UNSEEN}The \tsea\nA{UNSEEN}da: It rises.\nAda: It falls.",
        f"# The sea\nAda{UNSEEN}: It rises.\nAda: It falls.",
    ],
    ids=["JSON", "names", "ends of names"],
)
def test_names_and_chapters_have_nothing_unseen_in_them(script: str) -> None:
    for line in lines_of(script):
        assert (line.speaker, line.chapter) == ("Ada", "The sea")


def test_names_and_chapters_of_json_are_as_long_as_others_may_be_and_texts() -> None:
    [line] = lines_of(json.dumps([{"speaker": "A" * 999, "text": "It rises.", "chapter": "x" * 9_999}]))
    assert (len(line.speaker), len(line.chapter)) == (contract.MAX_HOST_NAME_CHARACTERS, contract.MAX_TITLE_CHARACTERS)
    [line] = lines_of(json.dumps([{"speaker": {"a": ["b"]}, "text": "It rises.", "chapter": ["c"]}]))
    assert line == Line("", "It rises.")


def test_a_text_that_names_nobody_is_one_speakers_a_paragraph_a_turn() -> None:
    lines = lines_of("The sea rises.\n\nNote: it falls, too.\nTwice.")
    assert lines == [Line("", "The sea rises."), Line("", "Note: it falls, too. Twice.")]
    assert cast(lines, []) == {"": "Ada"}
    assert cast(lines, ["Zoe"]) == {"": "Zoe"}


@pytest.mark.parametrize(
    ("speakers", "hosts", "parts"),
    [
        (["A", "B", "C", "D"], [], ["A", "B", "C", "D"]),
        (["Speaker 3", "Cleo", "Dan"], ["Ada", "Ben", "Cleo"], ["Cleo", "Cleo", "Ada"]),
        (["Ada", "Ben"], [], ["Ada", "Ben"]),
        (["ADA", "Ben"], ["Ben", "Ada"], ["Ada", "Ben"]),
        (["Person2", "Person1"], ["Zoe", "Max"], ["Max", "Zoe"]),
        (["S1", "S2"], ["Zoe", "Max"], ["Zoe", "Max"]),
        (["Q", "A"], ["Zoe", "Max"], ["Zoe", "Max"]),
        (["Q", "Max"], ["Zoe", "Max"], ["Zoe", "Max"]),
        (["Q", "A"], ["Zoe"], ["Zoe", "A"]),
    ],
)
def test_speakers_are_the_hosts_of_their_name_or_number_or_the_next(
    speakers: list[str], hosts: list[str], parts: list[str]
) -> None:
    found = cast([Line(speaker, "Yes.") for speaker in speakers], hosts)
    assert [found[speaker] for speaker in speakers] == parts


def test_very_long_lines_are_parted_where_sentences_end_and_nothing_is_lost() -> None:
    text = " ".join(f"This is sentence number {number} of a long speech." for number in range(200))
    turns = list(parted(Line("Ada", text, "One"), "en"))
    assert " ".join(turn.text for turn in turns) == text
    assert all(len(turn.text) <= 1_200 and turn.text.endswith(".") for turn in turns)
    assert {(turn.speaker, turn.chapter) for turn in turns} == {("Ada", "One")}
    assert [turn.text for turn in parted(Line("Ada", "Short."), "en")] == ["Short."]
    assert all(len(turn.text) <= contract.MAX_TURN_CHARACTERS for turn in parted(Line("Ada", "x" * 20_000), "en"))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"script": ""}, "nothing in it"),
        ({"script": "# Only a heading"}, "nothing in it"),
        ({"script": []}, "nothing in it"),
        ({"script": "Ada: ..."}, "nothing in it"),
        ({"script": "\n".join(f"S{number}: Yes.\nS{number}: No." for number in range(9))}, "9 speakers"),
        ({"script": "Ada: " + "x" * 300_001}, "300,000 is the most"),
        ({"script": "Ada: Hi.\n" * 5_001}, "5,000 is the most"),
        ({"script": "潮汐是海水的周期性涨落。"}, "Latin"),
        ({"script": "Ada: Yes.", "topic": "tides"}, "beside it"),
        ({}, "or a script"),
    ],
    ids=str,
)
def test_what_cannot_be_voiced_is_told(body: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidRequest, match=told):
        parse(GenerateRequest, body)


@pytest.mark.parametrize("before", ["", "{}\n"], ids=["one value", "a value a line"])
def test_brackets_without_end_are_no_json(before: str) -> None:
    with pytest.raises(InvalidRequest, match="nothing in it"):
        parse(GenerateRequest, {"script": before + "[" * 100_000})
