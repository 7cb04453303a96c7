"""The location of a link's text, when it is not at the link itself: a repository's README, a paper, an export."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from common.errors import SourceRefused
from common.settings import Settings

_GOOGLE_EXPORTS = {"document": "?format=docx", "presentation": "/pptx", "spreadsheets": "?format=xlsx"}
_READMES = ("README.md", "readme.md", "README.rst", "README", "README.txt", "README.adoc", "README.org")
_PAPER = r"((?:[A-Za-z.-]{2,20}/)?\d{4}\.?\d{3,5}(?:v\d{1,2})?)"

_PMC = (r"(?:pmc/)?articles?/(PMC\d{3,9})(?=[/?])", "https://pmc.ncbi.nlm.nih.gov/articles/{}/")
_PREPRINT = r"content/(10\.\d{4,5}/[\d.]{6,30}(?:v\d{1,2})?)(?:\.abstract|\.full)?(?:\.pdf)?(?:\+html)?\?"
_ARCHIVES = {
    "pmc.ncbi.nlm.nih.gov": _PMC,
    "ncbi.nlm.nih.gov": _PMC,
    "europepmc.org": (r"articles?/(?:PMC/)?(PMC\d{3,9})(?=[/?])", _PMC[1]),
    "biorxiv.org": (_PREPRINT, "https://www.biorxiv.org/content/{}.full"),
    "medrxiv.org": (_PREPRINT, "https://www.medrxiv.org/content/{}.full"),
    "openreview.net": (r"(?:forum|pdf)\?(?:.*&)?id=([\w-]{6,20})", "https://openreview.net/pdf?id={}"),
}
"""Where papers are whole, for links to their abstracts, or to PDFs that are kept from programs."""


def places_of(url: str, settings: Settings) -> list[str]:
    """Return the links to try in turn for a link given by a person, the best first and itself last."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    path = parts.path.strip("/")
    found: list[str] = []
    if host == "github.com":
        found = _of_github(path, settings.github_raw_url.rstrip("/"))
    elif host == "gist.github.com" and re.fullmatch(r"[\w-]+/[0-9a-f]{20,40}", path):
        found = [f"https://{host}/{path}/raw"]
    elif paper := _paper_at(host, path):
        found = _of_arxiv(paper, settings.arxiv_url.rstrip("/"))
    elif host in _ARCHIVES and (found_paper := re.match(_ARCHIVES[host][0], f"{path}?{parts.query}")):
        found = [_ARCHIVES[host][1].format(found_paper[1])]
    elif host in {"reddit.com", "old.reddit.com", "new.reddit.com"} and re.match(r"r/\w+/comments/\w+", path):
        found = [f"https://www.reddit.com/{path}.json?raw_json=1"]
    elif host == "news.ycombinator.com" and (item := re.fullmatch(r"(?:.*&)?id=(\d{1,12})(?:&.*)?", parts.query)):
        found = [f"https://hn.algolia.com/api/v1/items/{item[1]}"]
    elif host == "docs.google.com" and (
        document := re.match(r"(document|presentation|spreadsheets)/d/([\w-]{20,})", path)
    ):
        found = [f"https://{host}/{document[0]}/export{_GOOGLE_EXPORTS[document[1]]}"]
    elif host == "drive.google.com" and (file := re.match(r"file/d/([\w-]{20,})", path)):
        found = [f"https://{host}/uc?export=download&id={file[1]}"]
    elif host == "dropbox.com" and path.startswith(("s/", "scl/fi/")):
        kept = [(name, value) for name, value in parse_qsl(parts.query) if name != "dl"]
        return [parts._replace(query=urlencode([*kept, ("dl", "1")])).geturl()]
    return [*found, url]


def check_place(url: str) -> None:
    """Raise SourceRefused for a link whose page says nothing to anybody but its own scripts, with what to hand in."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    if host == "youtube.com" and re.match(r"/(?:@|channel/|c/|user/|playlist|feed/|results|$)", parts.path):
        raise SourceRefused(
            "source_not_text", f"{host}: this is no video, whose captions could be read. Give its link."
        )


def _paper_at(host: str, path: str) -> str | None:
    """Return the number of the paper that a link to an archive's page, to its PDF, or a DOI leads to."""
    if host in {"arxiv.org", "export.arxiv.org", "ar5iv.org", "ar5iv.labs.arxiv.org", "alphaxiv.org"}:
        found = re.fullmatch(rf"(?:abs|pdf|html)/{_PAPER}(?:\.pdf)?", path)
    elif host in {"doi.org", "dx.doi.org"}:
        found = re.fullmatch(rf"10\.48550/arxiv\.{_PAPER}", path, re.IGNORECASE)
    else:
        return None
    return found[1] if found else None


def name_of(url: str) -> str:
    """Return the title of a link's text, where the text itself has none: `owner/name` of a repository."""
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
        case [owner, name, "wiki", *page]:
            return [f"{raw}/wiki/{owner}/{name}/{'/'.join(page) or 'Home'}.md"]
        case [owner, name, "blob" | "raw", branch, *file] if file:
            return ["/".join([raw, owner, name, branch, *file])]
    return []


def _of_arxiv(paper: str, arxiv: str) -> list[str]:
    """https://info.arxiv.org/help/arxiv_identifier.html. Newer papers are available as HTML, with their structure."""
    return [f"{arxiv}/{form}/{paper}" for form in ("html", "pdf")]
