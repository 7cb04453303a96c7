"""Chapters, in each form that players read: Podcasting 2.0 JSON, comments of an Ogg file, frames of an ID3 tag.

https://github.com/Podcastindex-org/podcast-namespace/blob/main/chapters/jsonChapters.md,
https://wiki.xiph.org/Chapter_Extension, https://id3.org/id3v2-chapters-1.0
"""

from __future__ import annotations

import json

from mutagen.id3 import CHAP, CTOC, TIT2, CTOCFlags, Encoding, Frame

from functions.mastering.episode import Episode
from functions.mastering.transcripts import clock


def podcast_chapters(episode: Episode) -> str:
    chapters = []
    for chapter in episode.chapters:
        marked = {"startTime": chapter.start_ms / 1000, "endTime": chapter.end_ms / 1000, "title": chapter.title}
        chapters.append(marked | ({"url": chapter.url} if chapter.url else {}))
    body = {"version": "1.2.0", "title": episode.title, "chapters": chapters}
    return json.dumps(body, ensure_ascii=False)


def ogg_chapters(episode: Episode) -> dict[str, str]:
    """Write two comments a chapter. Names have three digits, so a thousand chapters are the most that are marked."""
    comments = {}
    for number, chapter in enumerate(episode.chapters[:1000]):
        comments[f"CHAPTER{number:03}"] = clock(chapter.start_ms)
        comments[f"CHAPTER{number:03}NAME"] = chapter.title
    return comments


def id3_chapters(episode: Episode) -> list[Frame]:
    """Return a frame each chapter, and the table of contents for readers; it counts them in one byte."""
    chapters = episode.chapters[:255]
    names = [f"ch{number}" for number in range(len(chapters))]
    table = CTOC(
        element_id="toc",
        flags=CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED,
        child_element_ids=names,
        sub_frames=[],
    )
    marks = [
        CHAP(
            element_id=name,
            start_time=chapter.start_ms,
            end_time=chapter.end_ms,
            sub_frames=[TIT2(encoding=Encoding.UTF16, text=chapter.title)],
        )
        for name, chapter in zip(names, chapters, strict=True)
    ]
    return [table, *marks]
