"""Captions and saved chats: as their speakers' words, whatever program was the writer."""

from __future__ import annotations

import json
import re
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


@pytest.mark.parametrize("quoted", ["“{}”", "„{}“", "»{}«", "« {} »", "«{}»", "({})"])
def test_a_paragraph_of_captions_ends_with_what_is_quoted_in_any_language(quoted: str) -> None:
    said_so = quoted.format(COMES)
    captions = f"1\n00:00:01,000 --> 00:00:02,000\n{said_so}\n\n2\n00:00:05,000 --> 00:00:06,000\n{GOES}\n"
    assert said(read(captions, "a.srt")) == [("", said_so), ("", GOES)]


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
    """Each word of both speakers by itself, as speech recognizers give words, and the marks at their ends."""
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


@pytest.mark.parametrize(
    "told",
    [
        {"recognizedPhrases": [{"speaker": n, "offset": f"PT{n}.5S", "nBest": [
            {"display": text, "words": [{"word": word, "offset": "PT1S"} for word in text.split()]}]}
            for n, text in ((1, COMES), (2, GOES))]},
        {"phrases": [{"speaker": n, "offsetMilliseconds": 9, "text": text} for n, text in ((1, COMES), (2, GOES))]},
        [{"RecognitionStatus": "Success", "Offset": 100, "DisplayText": text, "SpeakerId": n,
          "NBest": [{"Lexical": "x", "Display": text}]} for n, text in (("1", COMES), ("2", GOES))],
        {"results": [*({"alternatives": [{"transcript": text}]} for text in (COMES, GOES)), {"alternatives": [
            {"words": [{"word": word, "speakerTag": n} for n, text in ((1, COMES), (2, GOES))
                       for word in text.split()]}]}]},
        {"results": {"channels": [{"alternatives": [{"transcript": f"{COMES} {GOES}", "words": [
            {"word": "x", "punctuated_word": word, "speaker": n} for n, text in ((0, COMES), (1, GOES))
            for word in text.split()]}]}]}},
        {"segments": [{"speaker": f"SPEAKER_0{n}", "start": n, "text": text} for n, text in ((0, COMES), (1, GOES))]},
        {"segments": [{"speaker": f"spk_{n}", "start": n, "text": text} for n, text in ((1, COMES), (2, GOES))]},
    ],
    ids=["Azure", "Azure at once", "Azure live", "Google", "Deepgram", "from zero", "from one"],
)  # fmt: skip
def test_speakers_are_counted_from_one_wherever_a_program_begins(told: Any) -> None:
    assert said(read(told)) == [("Speaker 1", COMES), ("Speaker 2", GOES)]


@pytest.mark.parametrize(
    "segments",
    [
        {"transcription": [{"timestamps": {"from": "00:00:00,000", "to": "00:00:02,000"}, "text": " The tide comes in"},
                           {"timestamps": {"from": "00:00:02,000", "to": "00:00:03,000"}, "text": " twice a day."}]},
        {"chunks": [{"timestamp": [0.0, 2.0], "text": " The tide comes in"},
                    {"timestamp": [2.0, None], "text": " twice a day."}]},
    ],
    ids=["whisper.cpp", "Hugging Face"],
)  # fmt: skip
def test_segments_of_a_sentence_are_one_sentence(segments: Any) -> None:
    assert read(segments).text == COMES


def listing(*posts: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": [{"kind": "t1", "data": post} for post in posts]}}


HELLO = {"author": "AutoModerator", "body": "Read the rules."}
GONE = {"author": "[deleted]", "body": "[removed]", "replies": listing({"author": "Cy", "body": "Indeed &amp; so."})}
THREAD = [
    listing({"title": "Tides &amp; waves", "selftext": COMES, "author": "Ann"}),
    listing(HELLO, {"author": "Bob", "body": GOES, "replies": listing({"author": "Ann", "body": "I do."})}, GONE),
]
ITEM = {"author": "Ann", "title": "Tides & waves", "text": COMES, "children": [
    {"author": "Bob", "text": GOES, "children": [{"author": "Ann", "text": "I do.", "children": []}]},
    {"author": None, "text": None, "children": [{"author": "Cy", "text": "Indeed &amp; so."}]}]}  # fmt: skip


@pytest.mark.parametrize("told", [THREAD, ITEM], ids=["Reddit", "Hacker News"])
def test_a_discussion_is_its_messages_each_before_its_replies(told: Any) -> None:
    source = read(told)
    assert source.title == "Tides & waves"
    assert said(source) == [("Ann", COMES), ("Bob", GOES), ("Ann", "I do."), ("Cy", "Indeed & so.")]


def test_of_a_list_of_discussions_each_is_told_below_its_title() -> None:
    posts = ({"title": title, "author": "Ann", "selftext": text} for title, text in (("One", COMES), ("Two", GOES)))
    blocks = read(listing(*posts)).blocks
    assert [block.text for block in blocks] == ["One", COMES, "Two", GOES]


@pytest.mark.parametrize(
    "told",
    [
        {"post_stream": {"posts": [{"username": "Ann", "cooked": f"<p>{COMES}</p>"},
                                   {"username": "Bob", "cooked": f"<p>{GOES}</p>"}]}},
        {"items": [{"owner": {"display_name": name}, "body": text} for name, text in (("Ann", COMES), ("Bob", GOES))]},
        {"comments": [{"comment": {"content": COMES}, "creator": {"name": "Ann"}},
                      {"comment": {"content": GOES}, "creator": {"name": "Bob"}}]},
        {"value": [{"from": {"user": {"displayName": name}}, "body": {"content": text}}
                   for name, text in (("Ann", COMES), ("Bob", GOES))]},
    ],
    ids=["Discourse", "Stack Exchange", "Lemmy", "Teams"],
)  # fmt: skip
def test_whoever_wrote_is_named_however_deep_the_name_is(told: Any) -> None:
    assert said(read(told)) == [("Ann", COMES), ("Bob", GOES)]


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


SUBRIP = (
    f"1\n00:00:01,000 --> 00:00:03,000\nThe tide comes in\ntwice a day.\n\n2\n00:00:09,500 --> 00:00:15,000\n{GOES}\n"
)


@pytest.mark.parametrize(
    "captions",
    [
        *(f"\ufeff{SUBRIP}".encode(encoding) for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")),
        re.sub(r",\d{3}", "", SUBRIP),
        re.sub(r",(\d\d)\d", r":\1", SUBRIP),
        f"{{1}}{{1}}25.000\n{{25}}{{75}}{{y:i}}The tide comes in|twice a day.\n{{225}}{{375}}{GOES}",
        f"[10][30]/The tide comes in|twice a day.\n[90][150]{GOES}",
        "<SAMI><HEAD><STYLE>P {}</STYLE></HEAD><BODY>\n<SYNC Start=100><P Class=DECC>x<P Class=ENCC>The tide comes "
        "in<br>twice a day.\n<SYNC Start=3000><P Class=ENCC>&nbsp;\n"
        f"<SYNC Start=9000><P Class=ENCC>{GOES}</BODY></SAMI>",
    ],
    ids=["UTF-16", "UTF-16, big", "UTF-32", "UTF-32, big", "seconds", "frames", "MicroDVD", "MPL2", "SAMI"],
)
def test_captions_are_their_words_however_they_are_stored_and_timed(captions: bytes | str) -> None:
    assert said(read(captions, "a.srt")) == [("", COMES), ("", GOES)]


def test_the_words_of_a_song_are_its_stanzas() -> None:
    song = "[ti:Tides]\n[ar:Ann]\n[00:01.00]The tide\n[00:02.50]<00:02.50>comes <00:03.00>in\n[00:05.00]\n"
    song += f"[00:06.00]{GOES}"
    source = read(song, "tides.lrc")
    assert (source.title, source.author) == ("Tides", "Ann")
    assert [(block.kind, block.text) for block in source.blocks] == [
        (BlockKind.VERSE, "The tide\ncomes in"), (BlockKind.VERSE, GOES)]  # fmt: skip


@pytest.mark.parametrize(
    "credit",
    [
        *("Downloaded From www.AllSubs.org", "www.titlovi.com", "Subtitles by the Amara.org community"),
        *("Sous-titres réalisés par la communauté d'Amara.org", "Untertitelung des ZDF, 2020", "Sync: by n17t01"),
        *("Subtítulos realizados por la comunidad de Amara.org", "Legendas pela comunidade Amara.org"),
        "Sottotitoli creati dalla comunità Amara.org",
    ],
)
def test_who_made_captions_is_not_said(credit: str) -> None:
    lines = [credit, COMES, GOES, credit]
    captions = "\n\n".join(f"00:00:0{n},000 --> 00:00:0{n},900\n{line}" for n, line in enumerate(lines))
    assert read(captions, "a.srt").text == f"{COMES} {GOES}"


@pytest.mark.parametrize("line", ["Find more at www.tides.org.", "Subtitles help.", "Translated, it means a wave."])
def test_what_is_said_at_the_end_of_captions_is_heard(line: str) -> None:
    captions = f"00:00:00,000 --> 00:00:00,900\n{COMES}\n\n00:00:01,000 --> 00:00:02,000\n{line}"
    assert read(captions, "a.srt").text == f"{COMES} {line}"


@pytest.mark.parametrize(
    ("line", "heard"), [("-No.\n-Yes.", ["No.", "Yes."]), ("It was -5\n-or so.", ["It was -5 -or so."])]
)
def test_a_dash_right_before_a_word_is_a_turn_where_the_word_begins_a_sentence(line: str, heard: list[str]) -> None:
    assert [text for _, text in said(read(f"1\n00:00:00,000 --> 00:00:01,000\n{line}\n", "a.srt"))] == heard


# Chats saved as text, and as pages


HEADED = [
    "10:11:12\t From  Ann Miller : {}\n10:12:12\t From  Ben Stone  to  Ann Miller(Direct Message) : {}\n",
    "10:11:12 From Ann Miller to Everyone:\n\t{}\n10:12:12 From Ben Stone to Everyone:\n\t{}\n",
    "==============\nGuild: Harbour\n==============\n\n[03/03/2025 10:11] Ann Miller\n{}\n\n"
    "[3/3/2025 10:12 PM] Ben Stone\n{}\n\n"
    "==============\nExported 2 message(s)\n==============\n",
    "[2025-03-03 10:11] Ann Miller: {}\n[2025-03-03 10:12] Ben Stone: {}\n",
    "Mar 03, 2025 10:11:12 AM\nAnn Miller\n{}\n\nMar 03, 2025 10:12:12 AM (Read by them)\nBen Stone\n{}\n",
    "From: Ann Miller (+44123)\nType: incoming\nSent: Mon, 3 Mar 2025\n\n{}\n\n"
    "From: Ben Stone\nType: outgoing\nSent: Mon\n\n{}\n",
    "Lamp meeting (2025-03-03) - Transcript\nAttendees\nAnn, Ben\nTranscript\nAnn Miller: {}\nBen Stone: {}\n"
    "Meeting ended after 00:10:22\n",
    "Ann Miller (00:03):\n{}\n\nBen Stone (00:06):\n{}\n\nAnn Miller (01:02):\n[inaudible 00:01:03]\n",
    "<html><head><script src='a.js'></script></head><body><div class='page_body chat_page'>"
    "<div class='message default'>"
    "<div class='from_name'>\nAnn Miller </div><div class='text'>\n{}</div></div><div class='message default'>"
    "<div class='pull_right date details'>10:12</div><div class='from_name'>Ben Stone</div>"
    "<div class='text'>{}</div></div></div>",
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("chat", HEADED)
def test_a_chat_saved_by_a_program_is_what_each_wrote(chat: str, name: str, end: str) -> None:
    document = Document(chat.format(COMES, GOES).replace("\n", end).encode(), "", name)
    (source,) = sandbox.read(kind_of(document), document).sources
    assert said(source) == [("Ann Miller", COMES), ("Ben Stone", GOES)]


def test_a_thread_of_mails_that_was_pasted_is_no_chat() -> None:
    head = "From: Ben Stone\nSent: Monday, 3 March 2025 09:00\nTo: Ann\nSubject: The tide\n\n"
    document = Document(f"Dear Ben,\n\n{COMES}\n\n{head}{GOES}\n\n{head}{COMES}\n".encode(), "", "a.txt")
    (source,) = sandbox.read(kind_of(document), document).sources
    assert not any(block.speaker for block in source.blocks)


def test_times_before_what_is_said_are_not_said_in_markdown() -> None:
    text = f"# Talk\n\n**Ann:** [00:00:03] {COMES}\n\n**Ben:** [00:00:06] {GOES}\n\n" * 2
    (source,) = sandbox.read(Kind.TEXT, Document(text.encode(), "", "a.md")).sources
    assert "00:0" not in source.text


def test_who_comes_to_a_server_says_nothing() -> None:
    ann = {"name": "ann", "nickname": "Ann"}
    told = [{"type": "Default", "content": f"{COMES} <@123456789012345678>", "author": ann},
            {"type": "GuildMemberJoin", "content": "Joined the server.", "author": {"name": "carl"}},
            {"type": "Reply", "content": GOES, "author": {"name": "Ben"}}]  # fmt: skip
    assert said(read({"messages": told})) == [("Ann", COMES), ("Ben", GOES)]


def test_guests_are_called_by_their_names() -> None:
    captions = f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann (Guest)>{COMES}</v>\n\n"
    captions += f"00:03.000 --> 00:04.000\n<v Ben>{GOES}</v>\n"
    assert said(read(captions, "a.vtt")) == [("Ann", COMES), ("Ben", GOES)]
