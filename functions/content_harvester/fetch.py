"""Fetching the target of a stranger's link: guarded, bounded in time and size, never asked twice without need.

Redirects are followed by hand, each link taken apart and each connection checked anew. A body is decompressed piece by
piece and dropped at the limit, so that a small bomb stays small. No cookies are kept; a credential is
sent with the first request alone, and only where the link is a setting of ours.
"""

from __future__ import annotations

import re
import ssl
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpcore2
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, stop_before_delay, wait_random_exponential

from common.errors import SourceBroken, SourceRefused
from common.outbound.connections import Resolver, resolve
from common.outbound.links import Link, parse_link
from common.outbound.requests import guarded_requests
from common.settings import Settings
from functions.content_harvester.source import Document

USER_AGENT = "Aethercast/0.1 (reads a page when a person asks for a podcast about it)"
ATTEMPTS = 3
MAX_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_TRY_AGAIN = {408, 425, 429}
_NEVER_TEXT = ("image/svg", "audio/", "video/", "font/")
"""Pictures are fetched: where a program is set for them they are read, and else refused with what to do."""
_SIGN_IN = re.compile(r"(?:accounts?|log-?in|sign-?in|auth|sso|myaccount)\.", re.IGNORECASE)
_SIGN_IN_PATH = re.compile(r"/(?:users/)?(?:log[-_]?in|sign[-_]?in|sso|auth)(?:[/?.]|$)", re.IGNORECASE)
_TO_SIGN_IN = "one has to sign in to see this. Share it with everybody who has its link, or hand in the file."
_PIECE = 64 * 1024


@dataclass(frozen=True)
class Fetcher:
    """Fetches links within `timeout_s` for all attempts together and `max_bytes` of decompressed body."""

    timeout_s: float
    max_bytes: int
    private: bool = False
    bearer: str = field(default="", repr=False)
    resolver: Resolver = resolve
    network: httpcore2.NetworkBackend = field(default_factory=httpcore2.SyncBackend)

    @classmethod
    def of(cls, settings: Settings) -> Fetcher:
        return cls(settings.source_timeout_s, settings.max_source_bytes, settings.harvest_private_addresses)

    def fetch(self, url: str, *, accept: str = "text/html,application/xhtml+xml,*/*;q=0.8") -> Document:
        """Return the document given by a GET of `url`, after redirects.

        Raises SourceRefused for a lasting failure (a bad link, an address that is not public, 404, too large), and
        SourceBroken, after retries, for a possibly transient failure (5xx, no answer, too slow).
        """
        deadline = time.monotonic() + self.timeout_s
        attempts = Retrying(
            retry=retry_if_exception_type(SourceBroken),
            stop=stop_after_attempt(ATTEMPTS) | stop_before_delay(self.timeout_s),
            wait=wait_random_exponential(multiplier=0.2, max=2),
            reraise=True,
        )
        return attempts(self._follow, url, accept, deadline)

    def _follow(self, url: str, accept: str, deadline: float) -> Document:
        link = parse_link(url, any_port=self.private)
        with guarded_requests(deadline, private=self.private, resolver=self.resolver, network=self.network) as http:
            for hop in range(MAX_REDIRECTS + 1):
                sent = _headers(accept)
                if self.bearer and hop == 0:
                    sent["Authorization"] = f"Bearer {self.bearer}"
                with _typed_errors(link), http.send("GET", link, sent) as response:
                    headers = {
                        name.decode().lower(): value.decode(errors="replace") for name, value in response.headers
                    }
                    if response.status in _REDIRECTS:
                        link = parse_link(link.joined(headers.get("location", "")), any_port=self.private)
                        continue
                    _check_status(response.status, link)
                    if hop and (_SIGN_IN.match(link.host) or _SIGN_IN_PATH.match(link.target)):
                        raise SourceRefused(
                            "source_http_error", f"{parse_link(url, any_port=True).host}: {_TO_SIGN_IN}"
                        )
                    return self._document(link, headers, response)
        raise SourceRefused("source_http_error", f"{link.host}: this link is redirected again and again.")

    def _document(self, link: Link, headers: dict[str, str], response: httpcore2.Response) -> Document:
        content_type = headers.get("content-type", "")
        if content_type.strip().lower().startswith(_NEVER_TEXT):
            raise SourceRefused("source_not_text", f"{link.host}: this link leads to {content_type}, not to a text.")
        data = bytearray()
        for piece in _decompressed(response.iter_stream(), headers.get("content-encoding", ""), link):
            data += piece
            if len(data) > self.max_bytes:
                limit = f"{self.max_bytes / 2**20:.3g} MiB"
                raise SourceRefused("source_too_large", f"{link.host}: what is there is larger than {limit}.")
        return Document(bytes(data), content_type, link.target.partition("?")[0].rpartition("/")[2], str(link))


def _headers(accept: str) -> dict[str, str]:
    return {
        "User-Agent": USER_AGENT,
        "Accept": accept,
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }


def _check_status(status: int, link: Link) -> None:
    if 200 <= status < 300:
        return
    if status in {404, 410}:
        raise SourceRefused("source_not_found", f"{link.host}: there is nothing at this link (HTTP {status}).")
    if status == 401:
        raise SourceRefused("source_http_error", f"{link.host}: {_TO_SIGN_IN}")
    detail = f"{link.host}: the server answers with HTTP {status}."
    if status in {402, 403, 451}:
        detail = f"{detail[:-1]}, and turns programs away. Save the page in a browser, and hand in the file."
    if status >= 500 or status in _TRY_AGAIN:
        raise SourceBroken("source_http_error", detail)
    raise SourceRefused("source_http_error", detail)


@contextmanager
def _typed_errors(link: Link) -> Iterator[None]:
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise SourceBroken("source_too_slow", f"{link.host}: the server takes too long.") from error
    except httpcore2.ConnectError as error:
        if isinstance(error.__cause__, ssl.SSLCertVerificationError):
            raise SourceRefused("source_unreachable", f"{link.host}: the server's certificate is not valid.") from error
        raise SourceBroken("source_unreachable", f"{link.host}: the server cannot be reached.") from error
    except (httpcore2.NetworkError, httpcore2.RemoteProtocolError) as error:
        raise SourceBroken(
            "source_http_error", f"{link.host}: the server broke off, or does not speak HTTP."
        ) from error


def _decompressed(pieces: Iterator[bytes], encoding: str, link: Link) -> Iterator[bytes]:
    """Yield the body in pieces of at most 64 KiB, whatever its packed size."""
    match encoding.strip().lower():
        case "" | "identity":
            yield from pieces
            return
        case "gzip" | "x-gzip":
            unpack = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)  # 16: with gzip's header
        case other:
            raise SourceRefused("source_unreadable", f"{link.host}: the server packs its answer as {other[:40]!r}.")
    try:
        for piece in pieces:
            packed = piece
            while packed and not unpack.eof:
                yield unpack.decompress(packed, _PIECE)
                packed = unpack.unconsumed_tail
        yield unpack.flush()
    except zlib.error as error:
        raise SourceRefused("source_unreadable", f"{link.host}: the server's answer cannot be unpacked.") from error
