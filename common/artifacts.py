"""The files of a finished episode: the name of each, wherever stored, linked or listed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class File:
    name: str
    content_type: str


FILES = {
    "audio": File("episode.ogg", "audio/ogg"),
    "mp3": File("episode.mp3", "audio/mpeg"),
    "m4a": File("episode.m4a", "audio/mp4"),
    "cover": File("cover.jpg", "image/jpeg"),
    "cover_small": File("cover-600.jpg", "image/jpeg"),
    "transcript_vtt": File("transcript.vtt", "text/vtt; charset=utf-8"),
    "transcript_srt": File("transcript.srt", "application/x-subrip; charset=utf-8"),
    "transcript_json": File("transcript.json", "application/json"),
    "chapters": File("chapters.json", "application/json+chapters"),
    "notes_html": File("notes.html", "text/html; charset=utf-8"),
    "notes_md": File("notes.md", "text/markdown; charset=utf-8"),
}
"""By kind, as in the `artifacts` of a workflow. `mp3` and `m4a` come some time after the others."""

KINDS = {file.name: kind for kind, file in FILES.items()}
