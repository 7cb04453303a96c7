"""Discussions kept as trees of replies: JSON of Reddit and Hacker News, as the messages in a reader's order.

https://www.reddit.com/dev/api/ and https://hn.algolia.com/api. Each message comes before the replies to it.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

_NOBODYS = frozenset(["[deleted]", "[removed]", "[gelöscht]"])
_PROGRAMS = frozenset(["AutoModerator"])
_DEPTH = 200


def discussions(told: Any) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the title and the messages of each discussion that has any; nothing for anything else."""
    if isinstance(told, dict) and isinstance(told.get("children"), list) and "author" in told:
        roots = [told]
    else:
        roots = [post for listing in (told if isinstance(told, list) else [told]) for post in _listed(listing)]
    found: list[tuple[str, list[dict[str, Any]]]] = []
    for root in roots:
        title = html.unescape(str(root.get("title") or ""))
        if title or not found:
            found.append((title, []))
        found[-1][1].extend(_messages(root, 0))
    return [(title, messages) for title, messages in found if messages]


def _listed(thing: Any) -> list[dict[str, Any]]:
    """Return the posts of one of Reddit's listings."""
    if not isinstance(thing, dict) or thing.get("kind") != "Listing" or not isinstance(thing.get("data"), dict):
        return []
    children = thing["data"].get("children")
    found = [child.get("data") for child in children if isinstance(child, dict)] if isinstance(children, list) else []
    return [post for post in found if isinstance(post, dict)]


def _messages(post: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    """Yield a post and the replies to it, in the order of reading."""
    author = post.get("author") or ""
    said = next((text for name in ("selftext", "body") if isinstance(text := post.get(name), str)), None)
    text = html.unescape(said) if said is not None else str(post.get("text") or "").replace("<p>", "\n\n")
    if text.strip() and text.strip() not in _NOBODYS and author not in _PROGRAMS:
        yield {"author": "" if author in _NOBODYS else author, "body": text}
    children = post.get("children")
    replies = [reply for reply in children if isinstance(reply, dict)] if isinstance(children, list) else []
    for reply in [*_listed(post.get("replies")), *replies] if depth < _DEPTH else ():
        yield from _messages(reply, depth + 1)
