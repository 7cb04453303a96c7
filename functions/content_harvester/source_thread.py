"""An issue or a pull request by its link, as the conversation it is, where GitHub's API tells it to anybody.

https://docs.github.com/en/rest/issues
"""

from __future__ import annotations

import json
import re
from typing import Any

from common.errors import SourceRefused
from functions.content_harvester.fetch import Fetcher
from functions.content_harvester.source import Document

_THREAD = re.compile(r"https?://(?:www\.)?github\.com/([\w.-]+/[\w.-]+)/(?:issues|pull)/(\d{1,9})(?:[/?#].*)?")
_COMMENTS = 100


def thread_of(url: str) -> tuple[str, str] | None:
    """Return the repository and the number of an issue or a pull request that a link leads to."""
    found = _THREAD.fullmatch(url)
    return (found[1], found[2]) if found else None


def fetch_thread(fetcher: Fetcher, api: str, thread: tuple[str, str]) -> Document:
    """Return a thread's title and messages, as a chat in JSON. Raises SourceRefused or SourceBroken."""
    at = f"{api.rstrip('/')}/repos/{thread[0]}/issues/{thread[1]}"
    first = _told(fetcher, at)
    if not isinstance(first, dict):
        raise SourceRefused("source_not_text", "GitHub tells nothing of this thread.")
    comments = _told(fetcher, f"{at}/comments?per_page={_COMMENTS}") if first.get("comments") else []
    messages = [first, *(comments if isinstance(comments, list) else [])]
    chat = {
        "title": first.get("title"),
        "messages": [{"user": one.get("user"), "body": one.get("body")} for one in messages if isinstance(one, dict)],
    }
    return Document(json.dumps(chat).encode(), "application/json", f"{thread[0].replace('/', '-')}-{thread[1]}.json")


def _told(fetcher: Fetcher, url: str) -> Any:
    try:
        return json.loads(fetcher.fetch(url, accept="application/vnd.github+json").data)
    except (ValueError, RecursionError):
        raise SourceRefused("source_unreadable", "GitHub's answer is damaged.") from None
