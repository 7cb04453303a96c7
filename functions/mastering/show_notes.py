"""Show notes: the speakers, the chapters with their times, and the sources. HTML for readers of feeds, and Markdown.

Titles and authors were written by strangers, so both forms escape all that could be markup, and a link leads to the
web or nowhere.
"""

from __future__ import annotations

import html
import re

from common.languages import pack_of
from common.records import Source
from functions.mastering.episode import Episode
from functions.mastering.transcripts import clock


def html_notes(episode: Episode) -> str:
    """Return a fragment without scripts or styles, for feeds."""
    words = pack_of(episode.language).notes
    chapters = "".join(
        f"<li>{clock(chapter.start_ms).partition('.')[0]} {html.escape(chapter.title)}</li>\n"
        for chapter in episode.chapters
    )
    sources = "".join(f"<li>{_html_source(source)}</li>\n" for source in episode.sources)
    return f"<p>{html.escape(_made(episode))}</p>\n<h2>{words.chapters}</h2>\n<ul>\n{chapters}</ul>\n" + (
        f"<h2>{words.sources}</h2>\n<ul>\n{sources}</ul>\n" * bool(sources)
    )


def markdown_notes(episode: Episode) -> str:
    words = pack_of(episode.language).notes
    lines = [f"# {_markdown(episode.title)}", "", _markdown(_made(episode)), "", f"## {words.chapters}", ""]
    lines += [
        f"- {clock(chapter.start_ms).partition('.')[0]} {_markdown(chapter.title)}" for chapter in episode.chapters
    ]
    if episode.sources:
        lines += ["", f"## {words.sources}", "", *(f"- {_markdown_source(source)}" for source in episode.sources)]
    return "\n".join(lines) + "\n"


def _made(episode: Episode) -> str:
    words = pack_of(episode.language).notes
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
    """Describe a source: its name, its link if on the web, and its other known facts."""
    url = source.get("url") or ""
    if not re.fullmatch(r"https?://\S+", url):
        url = ""
    more = "".join(f", {part}" for part in (source.get("author"), source.get("date")) if part)
    return source.get("title") or url or "–", url, more


def _markdown(text: str) -> str:
    """Text without meaning to Markdown, at any place in a line."""
    inline = re.sub(r"([\\`*_\[\]<>|~&])", r"\\\1", " ".join(text.split()))
    return re.sub(r"^(\d+(?=[.)])|(?=[#+=-]))(.)", r"\1\\\2", inline)
