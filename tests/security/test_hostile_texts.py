"""Texts made to keep a reader busy: marks again and again, in each kind of text, take as long as they are, and no more.

Each reader has a process of its own besides, with an end to its time (`test_hostile_documents.py`).
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.content_harvester.kinds import kind_of
from functions.content_harvester.sandbox import read
from functions.content_harvester.source import Document, Unreadable

LENGTH = 6_000
ALLOWED_S = 1.0
HEADS = {
    "a.rst": "Tides\n=====\n\n.. note:: x\n\n",
    "a.adoc": "= Tides\n\n:toc:\n\n",
    "a.org": "#+TITLE: Tides\n* Ebb\n",
    "a.wiki": "'''Tides''' [[sea]]\n== Ebb ==\n",
    "a.md": "# Tides\n\n",
    "a.txt": "Tides\n\n",
    "stamped.txt": "0:00\nThe tide\n0:02\ncomes in\n0:04\ntwice\n",
    "My Clippings.txt": "Tides (Ann)\n- Your Highlight on page 1\n\nThe tide\n==========\n",
    "a.srt": "1\n00:00:01,000 --> 00:00:03,000\n",
    "a.ass": "[Script Info]\n[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,",
    "a.smi": "<SAMI><SYNC Start=1><P>",
    "a.lrc": "[00:01.00]The tide\n",
    "a.sub": "{1}{2}The tide\n",
    "a.mbox": "From ann Mon Jan  1 10:00:00 2024\nFrom: a@b.example\nTo: b@b.example\nSubject: x\n\n",
}
MARKS = (
    *("[", "(", "{{", "[[", "<", "|", "`", "*", "_", "'''", ":a:`", "..\n", ".. a::\n", "\n", "- a\n", "== a ==\n"),
    *("{|\n", "<ref>", "<!--", ";", "> ", "\r", "[00:01.00]", "{1}{2}", "<SYNC Start=1>", "==========\n", "$$", "\\("),
    *("&", "\t", "#", "Ann 10:00\n", "Q: a\n", "ANN. ", "a  b\n", "a;b;c\n", "-- --\n", "....", "1.1 a\n"),
    *("+--+\n|a|\n", "[^1]: ", "![", "](", "<a ", "::: \n", "---\n", "%%", ".. |a| replace:: b\n", "`a`_ ", "(("),
    *("#+BEGIN_SRC\n", "From a\n", "--b\n", "[source]\n", "\u266a", "a "),
)
FEW = {"a.rst": 2_000}
"""docutils takes a tenth of a millisecond for each line of a list."""


def took_s(document: Document) -> float:
    begun = time.process_time()
    with suppress(Unreadable):
        read(kind_of(document), document)
    return time.process_time() - begun


@given(name=st.sampled_from(sorted(HEADS)), marks=st.lists(st.sampled_from(MARKS), min_size=1, max_size=2))
@example(name="a.srt", marks=["#"])
def test_no_mark_keeps_a_reader_of_texts_busy(name: str, marks: list[str]) -> None:
    mark = "".join(marks)
    repeated = mark * (FEW.get(name, LENGTH) // len(mark))
    assert took_s(Document(f"{HEADS[name]}{repeated}".encode(), "", name)) < ALLOWED_S


def nested(name: str, depth: int, inside: Any) -> Any:
    for _ in range(depth):
        inside = {name: inside}
    return inside


SAID = {"author": "Ann", "body": "The tide comes in."}
MANY = 400
JSON = {
    "replies": {**SAID, "children": nested("children", 300, [SAID])},
    "a listing": [{"kind": "Listing", "data": {"children": [{"kind": "t1", "data": SAID}] * MANY}}] * 2,
    "messages in messages": [nested("message", 300, SAID)] * 50,
    "words": {
        "results": [{"alternatives": [{"transcript": "a", "words": [{"word": "a", "speakerTag": 1}] * MANY}]}] * 2
    },
    "phrases": {"recognizedPhrases": [{"speaker": 1, "nBest": [{"display": "The tide."}] * 9}] * MANY},
    "segments": {"segments": [{"start": 0, "text": "[ ( ♪"}] * MANY},
    "issues": [{"user": {"login": "ann"}, "body": "> " * 300 + "[" * 300}] * 10,
    "lists": nested("a", 200, [[[SAID] * MANY]]),
}


@pytest.mark.parametrize("told", JSON.values(), ids=JSON)
def test_no_json_keeps_a_reader_busy(told: Any) -> None:
    assert took_s(Document(json.dumps(told).encode(), "", "a.json")) < ALLOWED_S


@pytest.mark.parametrize("sign", ["[", '{"a":', '[{"text":'])
def test_json_without_end_is_refused(sign: str) -> None:
    with pytest.raises(Unreadable):
        read(kind_of(Document(b"[]", "", "a.json")), Document((sign * 200_000).encode(), "", "a.json"))
