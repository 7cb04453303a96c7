"""The captions of a YouTube video: what is said in it, as a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import HTTPAdapter
from source import Source

from common.errors import SourceBroken, SourceRefused

if TYPE_CHECKING:
    from youtube_transcript_api import FetchedTranscript

_HOSTS = {"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "youtu.be"}
_PAUSE_S = 2.0


def video_id(url: str) -> str | None:
    """The id of the video that a link leads to, or None where it leads to something else."""
    parts = urlsplit(url)
    if parts.hostname not in _HOSTS:
        return None
    if parts.hostname == "youtu.be":
        found = parts.path.strip("/")
    elif parts.path == "/watch":
        found = parse_qs(parts.query).get("v", [""])[0]
    else:
        found = (re.findall(r"^/(?:shorts|live|embed)/([^/]+)", parts.path) or [""])[0]
    return found if re.fullmatch(r"[\w-]{11}", found) else None


def read_captions(video: str, language: str, *, timeout_s: float, http: requests.Session | None = None) -> Source:
    """What is said in a video, in `language` if it has captions in it, else in any that there is.

    Raises SourceRefused for a video without captions, SourceBroken when YouTube cannot be asked. YouTube turns many
    cloud addresses away; that is a SourceRefused, too.
    """
    from youtube_transcript_api import YouTubeTranscriptApi
    from youtube_transcript_api import _errors as youtube

    http = http or _session(timeout_s)
    try:
        offered = YouTubeTranscriptApi(http_client=http).list(video)
        spoken = [transcript.language_code for transcript in offered]
        captions = offered.find_transcript([language, *spoken]).fetch()
        page = http.get(
            "https://www.youtube.com/oembed",
            params={"format": "json", "url": f"https://www.youtube.com/watch?v={video}"},
        )
        facts = page.json() if page.ok else {}
    except (youtube.TranscriptsDisabled, youtube.NoTranscriptFound):
        raise SourceRefused("source_empty", "This video has no captions.") from None
    except (youtube.RequestBlocked, youtube.PoTokenRequired, youtube.FailedToCreateConsentCookie):
        raise SourceRefused("source_http_error", "YouTube does not give its captions to this server.") from None
    except (youtube.VideoUnavailable, youtube.VideoUnplayable, youtube.InvalidVideoId, youtube.AgeRestricted):
        raise SourceRefused("source_not_found", "There is no such video that everybody may see.") from None
    except (youtube.YouTubeTranscriptApiException, requests.RequestException) as error:
        raise SourceBroken("source_unreachable", "YouTube cannot be asked for this video's captions.") from error
    return Source.of(
        _text(captions),
        title=facts.get("title") or "A video",
        url=f"https://www.youtube.com/watch?v={video}",
        author=facts.get("author_name"),
        date=None,
    )


def _text(captions: FetchedTranscript) -> str:
    """The captions in paragraphs, parted where nothing is said for a while; without [Music] and the like."""
    text, end = "", 0.0
    for snippet in captions:
        text += ("\n\n" if text and snippet.start - end > _PAUSE_S else " ") + snippet.text.replace("\n", " ")
        end = snippet.start + snippet.duration
    return re.sub(r"\[[^\]]{1,30}\]|♪", "", text)


class _Timed(HTTPAdapter):
    """The library sends its requests without a timeout."""

    def __init__(self, timeout_s: float) -> None:
        super().__init__()
        self._timeout_s = timeout_s

    def send(self, request: requests.PreparedRequest, *args: object, **options: object) -> requests.Response:
        options["timeout"] = self._timeout_s
        return super().send(request, *args, **options)  # type: ignore[arg-type]


def _session(timeout_s: float) -> requests.Session:
    session = requests.Session()
    session.mount("https://", _Timed(timeout_s))
    return session
