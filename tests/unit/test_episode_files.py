"""What an episode's files are made of, with titles, names and sources as strangers may write them."""

from __future__ import annotations

import io
import json
import random
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise

import av
import pytest
from markdown_it import MarkdownIt
from PIL import Image

from common.records import Source
from functions.api_gateway.rss import Item, rss
from functions.mastering import chapter_marks, cover_art, show_notes, transcripts
from functions.mastering.captions import captions
from functions.mastering.episode import Episode, Turn
from functions.mastering.mp4_stream import Mp4Stream

MAY = datetime(2026, 5, 4, tzinfo=UTC)
HOSTILE = [
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "*bold* _it_ `code` ![x](y)",
    "1. not a list",
    "# not a heading",
    "a --> b",
    "&amp; &lt;b&gt;",
    "line\nbreak\r\n\r\nand more",
    "\u202eright to left, 潮汐 and 🌊",
    "x" * 500,
]


def episode(title: str, *, url: str = "https://example.com/a?b=1&c=2") -> Episode:
    turns = [
        Turn(title or "Ada", f"{title} was said.", "", None, 0, 20, "0"),
        Turn("Ben", "Then this.", title or "One", 0, 20, 3_600_040, "1"),
    ]
    source: Source = {"title": title, "url": url, "author": title, "date": None}
    return Episode("0" * 32, title, 0, "en", MAY, [source], turns, 312)


def test_clocks_count_hours() -> None:
    assert transcripts.clock(0) == "00:00:00.000"
    assert transcripts.clock(3_600_000 * 100 + 61_020) == "100:01:01.020"
    assert transcripts.clock(59_980, ",") == "00:00:59,980"


@pytest.mark.parametrize("title", HOSTILE, ids=lambda title: ascii(title)[:20])
def test_notes_hold_no_markup_of_strangers(title: str) -> None:
    html = ET.fromstring(f"<notes>{show_notes.html_notes(episode(title))}</notes>")  # noqa: S314 - our own
    assert {element.tag for element in html.iter()} <= {"notes", "p", "h2", "ul", "li", "a"}
    rendered = MarkdownIt().render(show_notes.markdown_notes(episode(title)))
    tree = ET.fromstring(f"<notes>{rendered}</notes>")  # noqa: S314
    assert {element.tag for element in tree.iter()} <= {"notes", "h1", "p", "h2", "ul", "li", "a"}
    for found in (html, tree):
        assert [link.attrib["href"] for link in found.iter("a")] == ["https://example.com/a?b=1&c=2"]


def test_a_link_leads_to_the_web_or_nowhere() -> None:
    for url in ("javascript:alert(1)", "data:text/html,x", "/relative", "https://a b", ""):
        assert "<a" not in show_notes.html_notes(episode("Tides", url=url))
        assert "](" not in show_notes.markdown_notes(episode("Tides", url=url))


@pytest.mark.parametrize("title", HOSTILE, ids=lambda title: ascii(title)[:20])
def test_captions_hold_no_cue_of_strangers(title: str) -> None:
    """Blank lines end a cue and arrows begin one, so neither may come from what is said."""
    script = episode(" ".join(title.split()))
    for told, label in ((transcripts.webvtt(script), False), (transcripts.subrip(script), True)):
        cues = sum(len(list(captions(turn, f"{turn.speaker}: " if label else ""))) for turn in script.turns)
        assert sum("-->" in line for line in told.splitlines()) == cues
        assert told.count("\n\n") <= cues + 1
    assert len(json.loads(transcripts.podcast_json(script))["segments"]) == 2


LONG = (
    "The tide is the rise and fall of the sea, caused by the pull of the Moon; and of the Sun, which pulls less. Twice "
    "a day it comes. In the Bay of Fundy the water rises by 16 metres, more than anywhere else, and falls again within "
    "hours, so that boats lie on the mud where they had been afloat at noon. Why? "
)


@pytest.mark.parametrize("words", [LONG, LONG * 10, "Yes.", "x" * 500, "word " * 300, LONG.replace(" ", "\u2009")])
@pytest.mark.parametrize("a_character_ms", [40, 65, 200])
@pytest.mark.parametrize("label", ["", "Ada: "])
def test_a_caption_is_two_lines_of_42_characters_for_7_seconds_at_most(
    words: str, a_character_ms: int, label: str
) -> None:
    text = " ".join(words.split())
    turn = Turn("Ada", text, "", None, 60_000, 60_750 + a_character_ms * len(text), "0", pause_ms=750)
    found = list(captions(turn, label))
    assert "".join("".join(caption.lines) for caption in found).replace(" ", "") == (label + text).replace(" ", "")
    assert all(len(caption.lines) <= 2 for caption in found)
    assert all(len(line) <= 42 for caption in found for line in caption.lines)
    assert all(0 < caption.end_ms - caption.start_ms <= 7_000 for caption in found)
    assert all(one.end_ms <= other.start_ms for one, other in pairwise(found))
    assert (found[0].start_ms, found[-1].end_ms <= turn.end_ms) == (60_750, True)
    assert found[-1].end_ms == min(turn.end_ms, found[-1].start_ms + 7_000)


def test_captions_end_with_sentences_and_clauses_where_they_can() -> None:
    turn = Turn("Ada", LONG.strip(), "", None, 0, 65 * len(LONG), "0")
    found = [" ".join(caption.lines) for caption in captions(turn)]
    assert len(found) <= 6
    assert sum(caption[-1] in ".,;?" for caption in found) >= len(found) - 1


QUOTED = ["“{}”", "„{}“", "»{}«", "«{}»", "« {} »", "«\u00a0{}\u00a0»", "‘{}’", '"{}"', "({})"]
"""As each language quotes."""


@pytest.mark.parametrize("quoted", QUOTED)
def test_a_caption_ends_with_what_is_quoted_in_the_quotation_marks_of_any_language(quoted: str) -> None:
    text = " ".join([quoted.format("Two low waters a day are rare, and one is rarer.")] * 4)
    found = [" ".join(caption.lines) for caption in captions(Turn("Ada", text, "", None, 0, 90 * len(text), "0"))]
    assert found == [quoted.format("Two low waters a day are rare, and one is rarer.")] * 4


def test_chapters_are_where_titles_change_and_link_to_their_source() -> None:
    told = json.loads(chapter_marks.podcast_chapters(episode("Tides")))["chapters"]
    assert told == [{"startTime": 0.0, "endTime": 3600.04, "title": "Tides", "url": "https://example.com/a?b=1&c=2"}]


@pytest.mark.parametrize("title", [*HOSTILE, "", "A"], ids=lambda title: ascii(title)[:20])
def test_every_title_has_a_cover_and_always_the_same(title: str) -> None:
    first, second = (cover_art.cover(title, size=300) for _ in range(2))
    assert first == second
    assert Image.open(io.BytesIO(first)).size == (300, 300)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Tides, explained – in 3 steps", "Tides, explained – in 3 steps"),
        ("Cafe\u0301 Şubat, Ποσειδών и море", "Café Şubat, Ποσειδών и море"),
        ("Storms at sea 🌊🌊", "Storms at sea"),
        ("The 👩\u200d🚀astronaut's \u202eday", "The astronaut's day"),
        ("How Tokyo (東京) grew", "How Tokyo grew"),
        ("كيف تعمل المنارات", ""),
        ("איך פועלים מגדלורים, 2026", ""),
        ("प्रकाशस्तंभ कैसे काम करते हैं", ""),
        ("ประภาคารทำงานอย่างไร", ""),
        ("灯台のしくみ: LED と Fresnel", ""),
        ("등대는 어떻게", ""),
        ("🌊", ""),
    ],
    ids=lambda title: ascii(title)[:20],
)
def test_a_cover_shows_no_boxes_in_place_of_letters_that_its_font_lacks(title: str, words: str) -> None:
    assert cover_art.legible(title) == words
    picture = Image.open(io.BytesIO(cover_art.cover(title, size=300))).convert("L").crop((0, 0, 300, 150))
    assert any(picture.histogram()[240:]) == bool(words), "white is the letters' alone"


@pytest.mark.parametrize("title", [*HOSTILE, "control \x00\x08\x1f and \ufffe"], ids=lambda title: ascii(title)[:20])
def test_a_feed_is_xml_whatever_is_in_it(title: str) -> None:
    item = Item("0" * 32, title, "en", MAY, MAY, 60, title, [title], {"mp3": 1})
    channel = ET.fromstring(rss("https://api.example.com/feeds/x", [item])).find("channel")  # noqa: S314
    assert channel is not None
    assert channel.findtext("item/title")


def test_an_mp4_in_two_parts_is_the_one_that_a_muxer_writes_with_a_file_to_seek_in() -> None:
    noise = random.Random(1).randbytes(2 * 48_000)

    def mux(out: object) -> None:
        with av.open(out, "w", format="mp4") as container:
            stream = container.add_stream("aac", rate=48_000)
            assert isinstance(stream, av.AudioStream)
            stream.layout = "mono"
            ms = Fraction(1, 1000)
            container.set_chapters(
                [
                    {"id": 0, "start": 0, "end": 9_000, "time_base": ms, "metadata": {"title": "One"}},
                    {"id": 1, "start": 9_000, "end": 20_000, "time_base": ms, "metadata": {"title": "Two"}},
                ]
            )
            for second in range(20):
                frame = av.AudioFrame(format="s16", layout="mono", samples=48_000)
                frame.planes[0].update(noise)
                frame.sample_rate, frame.pts = 48_000, second * 48_000
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))

    whole, body = io.BytesIO(), io.BytesIO()
    mux(whole)
    parts = Mp4Stream(body)
    mux(parts)
    head = parts.finish()
    assert head + body.getvalue() == whole.getvalue()


def three_hours(chapters: int = 1_200) -> Episode:
    """A turn of nine seconds each, each a chapter of its own."""
    turns = [
        Turn("Ada", f"Turn {number} says that the sea rises, and falls again in the evening, as it always has.",
             f"Chapter {number} & more", 0, 9_000 * number, 9_000 * (number + 1), f"{number}")
        for number in range(chapters)
    ]  # fmt: skip
    source: Source = {"title": "The sea", "url": "https://example.com", "author": None, "date": None}
    return Episode("0" * 32, "Three hours", 0, "en", MAY, [source], turns, 312)


def test_three_hours_in_a_thousand_chapters_have_all_their_files() -> None:
    whole = three_hours()
    assert whole.duration_ms == 3 * 3_600_000
    cues = [line for line in transcripts.webvtt(whole).splitlines() if "-->" in line]
    assert cues[-1].endswith("--> 03:00:00.000")
    assert cues == sorted(cues)
    assert len(json.loads(chapter_marks.podcast_chapters(whole))["chapters"]) == 1_200
    assert len(chapter_marks.ogg_chapters(whole)) == 2 * 1_000  # three digits
    assert len(chapter_marks.id3_chapters(whole)) == 1 + 255  # a byte
    assert len(show_notes.html_notes(whole).encode()) < 200_000  # a document has a megabyte
