"""What the web has about a topic: the links that a SearXNG server finds. https://docs.searxng.org/dev/search_api.html"""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import urlencode

from common.errors import SourceBroken, SourceRefused
from common.settings import Settings
from functions.content_harvester.fetch import Fetcher


def find_links(fetcher: Fetcher, settings: Settings, topic: str, language: str, most: int) -> list[str]:
    """Return the best links for a topic, no more than `most`. They are strangers', and to be fetched as such.

    Raises SourceRefused "topic_not_found" for no links, or SourceBroken when the server cannot be asked.
    """
    # The server's address is a setting and not a stranger's link: one in a private network is fine.
    trusted = replace(fetcher, private=True, bearer=settings.search_api_key)
    query = urlencode({"q": topic, "language": language, "format": "json"})
    document = trusted.fetch(f"{settings.search_base_url.rstrip('/')}/search?{query}", accept="application/json")
    try:
        links = [str(hit["url"]) for hit in json.loads(document.data)["results"]]
    except (ValueError, KeyError, TypeError):
        raise SourceBroken("source_http_error", "The web search's answer cannot be read.") from None
    encyclopedia = f"{settings.wikipedia_url.format(language=language).rstrip('/')}/wiki/"  # which is asked itself
    found = [
        link
        for link in dict.fromkeys(links)
        if link.startswith(("http://", "https://")) and not link.startswith(encyclopedia)
    ]
    if not found:
        raise SourceRefused("topic_not_found", f"The web search found nothing about {topic[:80]!r}.")
    return found[:most]
