"""The captions of a YouTube video: the words said in the video, as a text."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import ParseError

import requests
import urllib3
from requests.adapters import HTTPAdapter

from common.errors import SourceBroken, SourceRefused
from common.text.blocks import Block
from functions.content_harvester.cues import Cue, blocks_of_cues, cues_of_lines
from functions.content_harvester.source import Source

if TYPE_CHECKING:
    from youtube_transcript_api import FetchedTranscript

_HOSTS = {
    *("youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com", "youtu.be"),
    *("youtube-nocookie.com", "www.youtube-nocookie.com"),
}
_PIECE = 64 * 1024


def video_id(url: str) -> str | None:
    """Return the id of the video at a link, or None where the link leads to something else."""
    parts = urlsplit(url)
    if parts.hostname not in _HOSTS:
        return None
    if parts.hostname == "youtu.be":
        found = parts.path.strip("/")
    elif parts.path == "/watch":
        found = parse_qs(parts.query).get("v", [""])[0]
    else:
        found = (re.findall(r"^/(?:shorts|live|embed|v)/([^/]+)", parts.path) or [""])[0]
    return found if re.fullmatch(r"[\w-]{11}", found) else None


def read_captions(video: str, language: str, http: requests.Session) -> Source:
    """Return the words of a video, in `language` if the video has captions in `language`, else in any other language.

    Raises SourceRefused for a video without captions, or too large an answer, SourceBroken when YouTube cannot be
    asked, or answers incomprehensibly. YouTube turns many cloud addresses away, which is a SourceRefused, too.
    """
    from youtube_transcript_api import YouTubeTranscriptApi
    from youtube_transcript_api import _errors as youtube

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
    except (ParseError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise SourceBroken("source_unreadable", "YouTube's answer is none that can be read.") from error
    return Source.of_blocks(
        _blocks(captions),
        title=facts.get("title") or "A video",
        url=f"https://www.youtube.com/watch?v={video}",
        author=facts.get("author_name"),
        date=None,
    )


def _blocks(captions: FetchedTranscript) -> list[Block]:
    """Return the captions in paragraphs, by their speakers where those are named."""
    cues: list[Cue] = []
    for snippet in captions:
        cues += cues_of_lines(snippet.text.splitlines(), snippet.start, snippet.start + snippet.duration)
    return blocks_of_cues(cues)


class Bounded(HTTPAdapter):
    """Sends requests with all their answers in within `timeout_s`, and none of more than `max_bytes`.

    The library asking for captions bounds neither.
    """

    def __init__(self, timeout_s: float, max_bytes: int) -> None:
        super().__init__()
        self._deadline = time.monotonic() + timeout_s
        self._max_bytes = max_bytes

    def send(self, request: requests.PreparedRequest, *args: object, **options: object) -> requests.Response:
        response = super().send(request, **{**options, "stream": True, "timeout": self._left_s()})  # type: ignore[arg-type]
        with response:
            response._content = self._body(response.raw)  # as requests itself keeps what it has read
        return response

    def _body(self, answer: urllib3.HTTPResponse) -> bytes:
        body = bytearray()
        try:
            while piece := answer.read1(_PIECE, decode_content=True):
                body += piece
                if len(body) > self._max_bytes:
                    limit = f"{self._max_bytes / 2**20:.3g} MiB"
                    raise SourceRefused("source_too_large", f"What YouTube answers is larger than {limit}.")
                self._left_s()
        except urllib3.exceptions.HTTPError as error:
            raise requests.ConnectionError(error) from error
        return bytes(body)

    def _left_s(self) -> float:
        left_s = self._deadline - time.monotonic()
        if left_s <= 0:
            raise SourceBroken("source_too_slow", "YouTube takes too long.")
        return left_s


def session(timeout_s: float, max_bytes: int) -> requests.Session:
    """Open a session for one video; over HTTPS alone, wherever it is redirected."""
    bounded = requests.Session()
    bounded.adapters.clear()
    bounded.mount("https://", Bounded(timeout_s, max_bytes))
    return bounded
