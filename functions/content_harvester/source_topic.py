"""A topic's articles in Wikipedia. https://www.mediawiki.org/wiki/API:Search, .../Extension:TextExtracts"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from common.errors import SourceBroken, SourceRefused
from common.languages import pack_of
from functions.content_harvester.fetch import Fetcher
from functions.content_harvester.source import Source

AUTHOR = "Wikipedia contributors (CC BY-SA 4.0)"
MINUTES_AN_ARTICLE = 15
MAX_ARTICLES = 3
_CANDIDATES = 6
_MIN_CHARACTERS = 200


def read_topic(fetcher: Fetcher, base_url: str, topic: str, language: str, minutes: int) -> list[Source]:
    """Return the articles about `topic` in the Wikipedia of `language`, as many as so long a podcast needs.

    Raises SourceRefused "topic_not_found", or SourceBroken when Wikipedia cannot be asked.
    """
    wikipedia = _Wikipedia(fetcher, base_url.format(language=language), pack_of(language).untold_sections)
    wanted = min(1 + minutes // MINUTES_AN_ARTICLE, MAX_ARTICLES)
    found: list[Source] = []
    for page_id in wikipedia.search(topic):
        if article := wikipedia.article(page_id):
            found.append(article)
        if len(found) == wanted:
            break
    if not found:
        raise SourceRefused("topic_not_found", f"Wikipedia ({language}) has no article about {topic[:80]!r}.")
    return found


class _Wikipedia:
    def __init__(self, fetcher: Fetcher, base_url: str, untold_sections: frozenset[str]) -> None:
        # Its address is a setting and not a stranger's link: a mirror in a private network is fine.
        self._fetcher = replace(fetcher, private=True)
        self._api = f"{base_url.rstrip('/')}/w/api.php"
        self._untold_sections = untold_sections

    def search(self, topic: str) -> list[int]:
        """Ids of the articles about a topic, the best first; about the topic probably meant, if none are found."""
        answer = self._ask(list="search", srsearch=topic, srlimit=_CANDIDATES, srinfo="suggestion", srprop="")
        meant = answer.get("searchinfo", {}).get("suggestion")
        if not answer["search"] and meant:
            answer = self._ask(list="search", srsearch=meant, srlimit=_CANDIDATES, srinfo="", srprop="")
        return [int(hit["pageid"]) for hit in answer["search"]]

    def article(self, page_id: int) -> Source | None:
        """Return an article's text, or None for a list of meanings and for a mere stub."""
        answer = self._ask(
            prop="extracts|info|pageprops|revisions",
            pageids=page_id,
            explaintext=1,
            exsectionformat="wiki",
            inprop="url",
            ppprop="disambiguation",
            rvprop="timestamp",
        )
        page = answer["pages"][0]
        text = "\n\n".join(_told(page.get("extract", ""), self._untold_sections))
        if "disambiguation" in page.get("pageprops", {}) or len(text) < _MIN_CHARACTERS:
            return None
        edited = [revision["timestamp"] for revision in page.get("revisions", [])]
        date = edited[0][:10] if edited else None
        return Source.of(text, title=page["title"], url=page.get("fullurl"), author=AUTHOR, date=date)

    def _ask(self, **query: Any) -> dict[str, Any]:
        parameters = {"action": "query", "format": "json", "formatversion": 2, "redirects": 1, **query}
        document = self._fetcher.fetch(f"{self._api}?{urlencode(parameters)}", accept="application/json")
        try:
            return dict(json.loads(document.data)["query"])
        except (ValueError, KeyError, TypeError):
            raise SourceBroken("source_http_error", "Wikipedia's answer cannot be read.") from None


def _told(extract: str, untold_sections: frozenset[str]) -> Iterator[str]:
    """Find the paragraphs and headings of an extract, but for formulas and for `untold_sections`, in lower case."""
    untold_level = 0
    for line in extract.splitlines():
        if heading := re.fullmatch(r"(=+)\s*(.+?)\s*=+", line.strip()):
            level = len(heading[1])
            if untold_level and level > untold_level:
                continue
            untold_level = level if heading[2].lower() in untold_sections else 0
            if not untold_level:
                yield heading[2]
        elif not untold_level and "\\displaystyle" not in line:
            yield line
