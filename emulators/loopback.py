"""A check of the callers of a server meant for this machine alone: no web page may call, by any trick of names.

A page may have its own host name resolve to 127.0.0.1 and then read the answers of a server at 127.0.0.1 (DNS
rebinding), so the Host of a request has to be a name of this machine. And a page may send simple requests anywhere
without reading the answers, so requests for a change are closed to browsers, which name the page in `Origin` or say in
`Sec-Fetch-Site` that they come from a page (https://www.w3.org/TR/fetch-metadata/).
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MORE_HOSTS = "LOCAL_HOSTS"
"""The environment variable with further names, parted by commas, of this machine: behind a tunnel, say."""
_HOST = re.compile(r"(?:(?P<name>[A-Za-z0-9._-]+)|\[(?P<address>[0-9A-Fa-f:.]+)\])(?::[0-9]{0,5})?")
"""A name or an IPv4 address, or an IPv6 address in brackets; and a port (RFC 9110, section 7.2). Nothing else may stand
beside them: what a parser of links passes over may be the greater part of a foreign name."""


def is_local(host: str) -> bool:
    """Tell whether the Host of a request names this machine. A request without one is no browser's."""
    if not host:
        return True
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = (found["name"] or found["address"]).lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost") or name in os.environ.get(MORE_HOSTS, "").lower().split(","):
        return bool(name)
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_a_pages(environ: WSGIEnvironment) -> bool:
    """Tell whether a browser sends this request for a page, rather than a program or a person typing an address."""
    return "HTTP_ORIGIN" in environ or environ.get("HTTP_SEC_FETCH_SITE", "none") != "none"


def loopback_only(app: WSGIApplication, *, pages: bool = True) -> WSGIApplication:
    """`app`, for requests to names of this machine; without `pages`, for those of programs alone.

    Others are answered 421 or 403, and `app` learns nothing of them.
    """

    def checked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not is_local(environ.get("HTTP_HOST", "")):
            detail = f"This server answers for localhost alone, and for names in {MORE_HOSTS}."
            return _refusal(start_response, "421 Misdirected Request", detail)
        if not pages and is_a_pages(environ):
            return _refusal(start_response, "403 Forbidden", "This server is for programs, and no page's.")
        return app(environ, start_response)

    return checked


def _refusal(start_response: StartResponse, status: str, detail: str) -> Iterable[bytes]:
    body = f"{detail}\n".encode()
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]
