"""Show notes: who speaks, what is told when, and the sources it is from. HTML for readers of feeds, and Markdown.

Titles and authors were written by strangers, so both forms escape all that could be markup, and a link leads to the
web or nowhere.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple

from common.records import Source
from functions.mastering.episode import Episode
from functions.mastering.transcripts import clock


class _Words(NamedTuple):
    made: str
    chapters: str
    sources: str


_WORDS = {
    "en": _Words("With {speakers}. Written and voiced by Aethercast, from the sources below.", "Chapters", "Sources"),
    "es": _Words(
        "Con {speakers}. Escrito y locutado por Aethercast, a partir de las fuentes indicadas.", "Capítulos", "Fuentes"
    ),
    "fr": _Words(
        "Avec {speakers}. Écrit et dit par Aethercast, d'après les sources ci-dessous.", "Chapitres", "Sources"
    ),
    "de": _Words(
        "Mit {speakers}. Geschrieben und gesprochen von Aethercast, nach diesen Quellen.", "Kapitel", "Quellen"
    ),
    "pt": _Words(
        "Com {speakers}. Escrito e narrado pelo Aethercast, a partir das fontes abaixo.", "Capítulos", "Fontes"
    ),
    "it": _Words("Con {speakers}. Scritto e letto da Aethercast, dalle fonti qui sotto.", "Capitoli", "Fonti"),
}


def html_notes(episode: Episode) -> str:
    """A fragment without scripts or styles, as feeds carry it."""
    words = _WORDS.get(episode.language, _WORDS["en"])
    chapters = "".join(
        f"<li>{clock(chapter.start_ms).partition('.')[0]} {html.escape(chapter.title)}</li>\n"
        for chapter in episode.chapters
    )
    sources = "".join(f"<li>{_html_source(source)}</li>\n" for source in episode.sources)
    return f"<p>{html.escape(_made(episode))}</p>\n<h2>{words.chapters}</h2>\n<ul>\n{chapters}</ul>\n" + (
        f"<h2>{words.sources}</h2>\n<ul>\n{sources}</ul>\n" * bool(sources)
    )


def markdown_notes(episode: Episode) -> str:
    words = _WORDS.get(episode.language, _WORDS["en"])
    lines = [f"# {_markdown(episode.title)}", "", _markdown(_made(episode)), "", f"## {words.chapters}", ""]
    lines += [
        f"- {clock(chapter.start_ms).partition('.')[0]} {_markdown(chapter.title)}" for chapter in episode.chapters
    ]
    if episode.sources:
        lines += ["", f"## {words.sources}", "", *(f"- {_markdown_source(source)}" for source in episode.sources)]
    return "\n".join(lines) + "\n"


def _made(episode: Episode) -> str:
    words = _WORDS.get(episode.language, _WORDS["en"])
    return words.made.format(speakers=", ".join(episode.speakers))


def _html_source(source: Source) -> str:
    name, url, more = _source(source)
    linked = (
        f'<a href="{html.escape(url)}" rel="noopener nofollow">{html.escape(name)}</a>' if url else html.escape(name)
    )
    return linked + html.escape(more)


def _markdown_source(source: Source) -> str:
    name, url, more = _source(source)
    # In <…> a destination may hold anything but line breaks and angle brackets (CommonMark 0.31, section 6.3)
    linked = f"[{_markdown(name)}](<{url.replace('<', '%3C').replace('>', '%3E')}>)" if url else _markdown(name)
    return linked + _markdown(more)


def _source(source: Source) -> tuple[str, str, str]:
    """Its name, its link where that leads to the web, and what else is known of it."""
    url = source.get("url") or ""
    if not re.fullmatch(r"https?://\S+", url):
        url = ""
    more = "".join(f", {part}" for part in (source.get("author"), source.get("date")) if part)
    return source.get("title") or url or "–", url, more


def _markdown(text: str) -> str:
    """Text that Markdown takes as it is, wherever in a line it stands."""
    inline = re.sub(r"([\\`*_\[\]<>|~&])", r"\\\1", " ".join(text.split()))
    return re.sub(r"^(\d+(?=[.)])|(?=[#+=-]))(.)", r"\1\\\2", inline)
