"""Captions and saved chats: as their speakers' words, whatever program was the writer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from common.text.blocks import Block, BlockKind
from functions.content_harvester import sandbox
from functions.content_harvester.kinds import Kind, kind_of
from functions.content_harvester.source import Document, Source, Unreadable
from tests.documents import case

COMES, GOES = "The tide comes in twice a day.", "Who says that?"


def read(data: str | bytes | Any, name: str = "talk.json") -> Source:
    if not isinstance(data, str | bytes):
        data = json.dumps(data)
    document = Document(data if isinstance(data, bytes) else data.encode(), "", name)
    assert kind_of(document) is Kind.TRANSCRIPT
    (source,) = sandbox.read(Kind.TRANSCRIPT, document).sources
    return source


def said(source: Source) -> list[tuple[str, str]]:
    return [(block.speaker, block.text) for block in source.blocks]


# Captions


def test_the_handed_captions_are_their_speakers_words() -> None:
    source = read(case("captions.vtt"), "captions.vtt")
    assert source.title == "The lamp"
    assert source.blocks == (
        Block(BlockKind.LINE, "The keeper climbed the tower each evening and lit the lamp.", speaker="Ann"),
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "captions",
    [
        "1\n00:00:01,000 --> 00:00:02,000\n<i>The tide</i> comes in\n\n"
        "2\n00:00:02,000 --> 00:00:04,000\ntwice a day.\n\n3\n00:00:09,000 --> 00:00:10,000\n{\\an8}Who says that?\n",
        "1\n00:00:01,000 --> 00:00:02,000\nThe tide comes in\n2\n00:00:02,000 --> 00:00:04,000\ntwice a day. [Music]\n"
        "3\n00:00:09,000 --> 00:00:10,000\nWho says that?\n",
        "0:00:01.000,0:00:02.000\nThe tide comes in\n\n0:00:02.000,0:00:04.000\ntwice a day.\n\n"
        "0:00:09.0,0:00:10.0\nWho says that?",
        "WEBVTT\nKind: captions\nLanguage: en\n\n"
        "00:01.000 --> 00:02.000 align:start\nThe<00:01.5><c> tide comes in</c>\n\n"
        "00:02.000 --> 00:02.010\nThe tide comes in\n\n00:02.010 --> 00:04.000\nThe tide comes in\ntwice a day.\n\n"
        "NOTE\nby hand\n\n00:09.000 --> 00:10.000\nWho says that?\n♪ the sea ♪",
    ],
    ids=["srt", "srt without blank lines", "sbv", "vtt that rolls"],
)
def test_captions_are_the_words_alone_in_paragraphs(captions: str, end: str) -> None:
    assert said(read(captions.replace("\n", end), "a.srt")) == [("", COMES), ("", GOES)]


@pytest.mark.parametrize(
    "lines",
    [
        ("ANN: The tide comes in", "twice a day.", "BOB: Who says that?"),
        (">> ANN: The tide comes in", "twice a day.", ">> BOB: Who says that?"),
        ("[Ann] The tide comes in", "twice a day.", "[Bob] Who says that?"),
        ("<v Ann>The tide comes in", "<v.loud Ann>twice a day.</v>", "<v Bob>Who says that?"),
    ],
)
def test_whoever_is_named_in_captions_says_what_follows(lines: tuple[str, ...]) -> None:
    captions = "WEBVTT\n\n" + "\n\n".join(f"00:0{at}.000 --> 00:0{at + 1}.000\n{line}" for at, line in enumerate(lines))
    assert [(who.title(), words) for who, words in said(read(captions, "a.vtt"))] == [("Ann", COMES), ("Bob", GOES)]


@pytest.mark.parametrize(
    "captions",
    [
        {"events": [{"tStartMs": 0, "dDurationMs": 2000, "segs": [{"utf8": "The tide "}, {"utf8": "comes in"}]},
                    {"tStartMs": 2000, "segs": [{"utf8": "\n"}]},
                    {"tStartMs": 2100, "dDurationMs": 900, "segs": [{"utf8": "twice a day."}]},
                    {"tStartMs": 9000, "dDurationMs": 900, "segs": [{"utf8": "Who says that?"}]}]},
        [{"text": "The tide comes in", "start": 0.0, "duration": 2},
         {"text": "twice a day.", "start": 2.0, "duration": 2},
         {"text": GOES, "start": 19.5, "duration": 2}],
        {"text": f"{COMES} {GOES}", "language": "en",
         "segments": [{"id": 0, "seek": 0, "start": 0.0, "end": 2.0, "text": f" {COMES}", "tokens": [1]},
                      {"id": 1, "seek": 0, "start": 9.0, "end": 11.0, "text": f" {GOES}"}]},
    ],
    ids=["youtube", "youtube-transcript-api", "whisper"],
)  # fmt: skip
def test_captions_in_json_are_the_words_alone(captions: Any) -> None:
    assert said(read(captions)) == [("", COMES), ("", GOES)]


@pytest.mark.parametrize(
    "captions",
    [
        {"version": "1.0.0", "segments": [
            {"speaker": "Ann", "startTime": 0.5, "endTime": 2.0, "body": "The tide comes in"},
            {"speaker": "Ann", "startTime": 2.0, "endTime": 3.0, "body": "twice a day."},
            {"speaker": "Bob", "startTime": 3.0, "endTime": 4.0, "body": GOES}]},
        {"utterances": [{"speaker": "Ann", "start": 0, "end": 2, "text": COMES, "words": [{"text": "The"}]},
                        {"speaker": "Bob", "start": 2, "end": 3, "text": GOES}]},
        [{"speaker": "Ann", "text": COMES}, {"speaker": "Bob", "text": GOES}],
    ],
    ids=["podcast namespace", "utterances", "plain"],
)  # fmt: skip
def test_transcripts_in_json_are_their_speakers_words(captions: Any) -> None:
    assert said(read(captions)) == [("Ann", COMES), ("Bob", GOES)]


WORDS = [(who, word) for who, said in (("spk_0", COMES), ("spk_1", GOES)) for word in said[:-1].split()]


def by_words(word: Any, mark: Any, between: Any = None) -> list[Any]:
    """Each word of what both say by itself, as speech recognizers tell them, and the marks that end them."""
    told = []
    for number, (who, text) in enumerate(WORDS):
        told.append(word(who, text, number))
        last = number + 1 == len(WORDS) or WORDS[number + 1][0] != who
        told += [mark(who, (COMES if who == "spk_0" else GOES)[-1])] if last else [between] if between else []
    return told


@pytest.mark.parametrize(
    "told",
    [
        {"results": {"transcripts": [{"transcript": f"{COMES} {GOES}"}], "items": by_words(
            lambda who, text, at: {"speaker_label": who, "start_time": f"{at}.1", "type": "pronunciation",
                                   "alternatives": [{"content": text}]},
            lambda who, text: {"type": "punctuation", "alternatives": [{"content": text}]})}},
        {"results": by_words(
            lambda who, text, at: {"start_time": at, "alternatives": [{"content": text, "speaker": who}]},
            lambda who, text: {"type": "punctuation", "alternatives": [{"content": text, "speaker": who}]})},
        {"text": f"{COMES} {GOES}", "words": by_words(
            lambda who, text, at: {"text": text, "start": at, "type": "word", "speaker_id": who},
            lambda who, text: {"text": text, "speaker_id": who}, {"text": " ", "type": "spacing"})},
        {"monologues": [{"speaker": number, "elements": [
            {"type": "text", "value": said[:-1]}, {"type": "punct", "value": said[-1]}]}
            for number, said in enumerate((COMES, GOES))]},
        {"combinedRecognizedPhrases": [{"display": f"{COMES} {GOES}"}], "recognizedPhrases": [
            {"speaker": number, "nBest": [{"lexical": "x", "display": said}, {"display": "Otherwise."}]}
            for number, said in enumerate((COMES, GOES))]},
    ],
    ids=["Amazon", "Speechmatics", "ElevenLabs", "Rev", "Azure"],
)  # fmt: skip
def test_what_a_speech_recognizer_understood_is_told_by_its_speakers(told: Any) -> None:
    assert said(read(told)) == [("Speaker 1", COMES), ("Speaker 2", GOES)]


def test_of_the_ways_to_understand_something_the_likeliest_is_told() -> None:
    ways = [{"alternatives": [{"transcript": text}, {"transcript": "The tied comb sin."}]} for text in (COMES, GOES)]
    assert read({"results": ways}).text == f"{COMES}\n\n{GOES}"


@pytest.mark.parametrize("sign", ["- ", "– ", ">> "])
def test_a_sign_before_words_says_that_another_speaks(sign: str) -> None:
    lines = [f"ANN: {COMES}", f"{sign}Who?\n{sign}You.", f"BOB: {GOES}"]
    captions = "\n\n".join(f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{line}" for n, line in enumerate(lines))
    assert said(read(captions, "a.srt")) == [("ANN", COMES), ("", "Who?"), ("", "You."), ("BOB", GOES)]


def test_speakers_that_are_numbers_are_told_as_such() -> None:
    told = read(
        {"segments": [{"speaker": "SPEAKER_00", "start": 0, "text": COMES}, {"speaker": 1, "start": 2, "text": GOES}]}
    )
    assert said(told) == [("Speaker 1", COMES), ("Speaker 2", GOES)]


# Chats


def of_tree(*messages: tuple[str, str]) -> dict[str, Any]:
    """A chat as a tree of messages, with a branch that was given up."""
    nodes: dict[str, Any] = {"root": {"message": None, "parent": None}}
    parent = "root"
    for number, (role, text) in enumerate(messages):
        message = {"author": {"role": role}, "content": {"content_type": "text", "parts": [text]}}
        nodes[str(number)] = {"message": message, "parent": parent}
        parent = str(number)
    dropped = {
        "author": {"role": "assistant"},
        "content": {"parts": ["Given up, and longer than all the rest together."]},
    }
    nodes["dropped"] = {"message": dropped, "parent": "root"}
    return {"title": "Of tides", "mapping": nodes, "current_node": parent}


@pytest.mark.parametrize(
    "chat",
    [
        [of_tree(("system", "Be kind."), ("user", GOES), ("assistant", COMES))],
        of_tree(("system", "Be kind."), ("user", GOES), ("assistant", COMES)),
        {"title": "Of tides", "messages": [
            {"role": "system", "content": "Be kind."}, {"role": "user", "content": GOES},
            {"role": "assistant", "content":
                [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": COMES}]}]},
    ],
    ids=["export of trees", "one tree", "messages"],
)  # fmt: skip
def test_a_chat_with_a_program_is_what_both_said(chat: Any) -> None:
    source = read(chat)
    assert source.title == "Of tides"
    assert said(source) == [("User", GOES), ("Assistant", COMES)]


def test_what_a_chat_program_keeps_beside_what_was_said_is_not_heard() -> None:
    chat = of_tree(("user", GOES), ("assistant", f"{COMES}\ue200cite\ue202turn0search1\ue201"))
    nodes = chat["mapping"]
    beside = [
        {"author": {"role": "assistant"}, "recipient": "python", "content": {"content_type": "text", "parts": ["x()"]}},
        {"author": {"role": "assistant"}, "content": {"content_type": "code", "text": "search('tides')"}},
        {"author": {"role": "assistant"}, "content": {"content_type": "thoughts", "parts": ["They want tides."]}},
    ]
    for number, message in enumerate(beside):
        nodes[f"beside {number}"] = {"message": message, "parent": f"beside {number - 1}" if number else "0"}
    nodes["1"]["parent"] = "beside 2"
    assert said(read([chat])) == [("User", GOES), ("Assistant", COMES)]


def test_marks_of_a_chat_between_people_are_their_words() -> None:
    people = {"U1": {"real_name": "Ann"}, "U2": {"real_name": "Ben"}}
    told = [("U1", f"{COMES} <@U2>, see <https://sea.example|the page>"), ("U2", "Salt &amp; water")]
    chat = [{"user": who, "user_profile": people[who], "text": text, "ts": "1.1"} for who, text in told]
    chat.append({"user": "U3", "subtype": "channel_join", "text": "<@U3> has joined the channel", "ts": "1.3"})
    assert said(read(chat)) == [("Ann", f"{COMES} Ben, see the page"), ("Ben", "Salt & water")]


def test_a_notebook_is_its_texts() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# Of tides\n", "\n", COMES]},
        {"cell_type": "code", "source": ["print(1)"], "outputs": []},
        {"cell_type": "markdown", "source": GOES},
    ]
    source = read({"cells": cells, "metadata": {}, "nbformat": 4}, "a.ipynb")
    assert (source.title, source.text, source.left_out) == ("Of tides", f"{COMES}\n\n{GOES}", {"code": 1})


@pytest.mark.parametrize(
    "chat",
    [
        {"name": "Sea", "type": "personal_chat", "messages": [
            {"id": 1, "date": "2025-03-04T10:00:00", "from": "Ann",
             "text": ["The tide comes in ", {"type": "bold", "text": "twice a day."}]},
            {"id": 2, "from": "Bob", "text": GOES}]},
        [{"user": "U1", "user_profile": {"real_name": "Ann"}, "text": COMES, "ts": "1.1"},
         {"user": "U2", "user_profile": {"real_name": "Bob"}, "text": GOES, "ts": "1.2"}],
        {"guild": {"name": "Sea"}, "messages": [{"author": {"id": "1", "name": "Ann"}, "content": COMES},
                                                {"author": {"id": "2", "name": "Bob"}, "content": GOES}]},
        [{"uuid": "1", "name": "Sea", "chat_messages": [
            {"sender": "Ann", "text": COMES, "content": [{"type": "text", "text": COMES}]},
            {"sender": "Bob", "text": GOES}]}],
    ],
)  # fmt: skip
def test_a_chat_between_people_is_what_each_of_them_wrote(chat: Any) -> None:
    assert said(read(chat)) == [("Ann", COMES), ("Bob", GOES)]


def test_several_chats_are_told_one_after_the_other_under_their_titles() -> None:
    chats = [
        {"title": name, "messages": [{"role": "user", "content": words}]}
        for name, words in (("A one", COMES), ("B two", GOES))
    ]
    assert [block.text for block in read(chats).blocks] == ["A one", COMES, "B two", GOES]


def test_code_in_an_answer_is_left_out_and_counted() -> None:
    source = read(
        {"messages": [{"role": "user", "content": GOES}, {"role": "assistant", "content": f"```py\nx=1\n```\n{COMES}"}]}
    )
    assert said(source) == [("User", GOES), ("Assistant", COMES)]
    assert source.left_out == {"code": 1}


def test_a_line_of_json_each_is_json_too() -> None:
    lines = "\n".join(
        json.dumps({"role": role, "content": words}) for role, words in (("user", GOES), ("assistant", COMES))
    )
    assert said(read(lines, "chat.jsonl")) == [("User", GOES), ("Assistant", COMES)]


@pytest.mark.parametrize(
    "data", ['{"a": 1}', "[[1, 2], [3]]", '{"a": {"b": ["c"]}}', '["one", "two"]', "[" * 99_999 + "]"]
)
def test_json_without_anybodys_words_is_called_so(data: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read(data)
    assert raised.value.code in {"source_not_text", "source_empty", "source_unreadable"}


@pytest.mark.parametrize(
    "text", ["[1] is a mark.\n\nThe tide.", "{Tides} are\n\nhigh.", "[Music] plays.", "12:30, 13:45 o'clock"]
)
def test_a_text_that_begins_with_a_bracket_is_a_text(text: str) -> None:
    assert kind_of(Document(text.encode(), "text/plain", "a.txt")) is Kind.TEXT


SCRIPT = """[Script Info]
Title: The lamp
[V4+ Styles]
Format: Name, Fontname
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:00.76,0:00:03.45,Default,Ann,0,0,0,,{\\i1}The tide comes in{\\i0}\\Ntwice a day.
Comment: 0,0:00:03.50,0:00:04.00,Default,,0,0,0,,nobody hears this
Dialogue: 0,0:00:04.00,0:00:05.00,Default,Ben,0,0,0,,Who says that?
Dialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}
"""
TIMED_TEXT = """<?xml version="1.0" encoding="utf-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata"><head><metadata>
<ttm:agent xml:id="a"><ttm:name>Ann</ttm:name></ttm:agent><ttm:agent xml:id="b"><ttm:name>Ben</ttm:name></ttm:agent>
</metadata></head><body><div><p begin="0.76s" end="3.45s" ttm:agent="a">The tide comes in<br/>twice a day.</p>
<p begin="00:00:04.000" end="00:00:05.000"><span ttm:agent="b">Who says that?</span></p></div></body></tt>
"""


@pytest.mark.parametrize(("text", "name"), [(SCRIPT, "lamp.ass"), (TIMED_TEXT, "lamp.ttml")], ids=["script", "ttml"])
def test_captions_of_other_forms_are_their_speakers_words_too(text: str, name: str) -> None:
    assert said(read(text, name)) == [("Ann", COMES), ("Ben", GOES)]


def test_timed_text_that_is_damaged_is_called_so() -> None:
    with pytest.raises(Unreadable) as raised:
        read("<tt xmlns='http://www.w3.org/ns/ttml'><p>The tide", "lamp.ttml")
    assert "damaged" in raised.value.detail
