"""The location of a link's text, when the text is not at the link itself: a repository's README, a paper."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from common.settings import Settings

_READMES = ("README.md", "readme.md", "README.rst", "README", "README.txt")
_PAPER = r"((?:[a-z.-]{2,20}/)?\d{4}\.?\d{3,5}(?:v\d{1,2})?)"


def places_of(url: str, settings: Settings) -> list[str]:
    """The links to try in turn for a link given by a person, the best first and itself last."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    path = parts.path.strip("/")
    found: list[str] = []
    if host == "github.com":
        found = _of_github(path, settings.github_raw_url.rstrip("/"))
    elif (
        host in {"arxiv.org", "export.arxiv.org"}
        and (paper := re.fullmatch(rf"(?:abs|pdf|html)/{_PAPER}(?:\.pdf)?", path))
    ) or (
        host in {"doi.org", "dx.doi.org"}
        and (paper := re.fullmatch(rf"10\.48550/arxiv\.{_PAPER}", path, re.IGNORECASE))
    ):
        found = _of_arxiv(paper[1], settings.arxiv_url.rstrip("/"))
    return [*found, url]


def name_of(url: str) -> str:
    """The title of a link's text, where the text itself has none: `owner/name` of a repository."""
    parts = urlsplit(url)
    if (parts.hostname or "").removeprefix("www.") == "github.com":
        return "/".join(parts.path.strip("/").split("/")[:2]).removesuffix(".git")
    return ""


def _of_github(path: str, raw: str) -> list[str]:
    """https://docs.github.com/en/repositories/working-with-files/using-files/viewing-and-understanding-files"""
    match path.split("/"):
        case [owner, name] if owner not in {"orgs", "topics", "sponsors", "features", "collections", "settings"}:
            return [f"{raw}/{owner}/{name.removesuffix('.git')}/HEAD/{readme}" for readme in _READMES]
        case [owner, name, "tree", branch, *folders]:
            folder = "/".join([owner, name, branch, *folders])
            return [f"{raw}/{folder}/{readme}" for readme in _READMES[:2]]
        case [owner, name, "blob" | "raw", branch, *file] if file:
            return ["/".join([raw, owner, name, branch, *file])]
    return []


def _of_arxiv(paper: str, arxiv: str) -> list[str]:
    """https://info.arxiv.org/help/arxiv_identifier.html. Newer papers are available as HTML, with their structure."""
    return [f"{arxiv}/{form}/{paper}" for form in ("html", "pdf")]
