"""Links of people, taken apart once, so the checked link is the requested link."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote, urljoin, urlsplit

import idna

from common.errors import SourceRefused
from common.text.cleaning import seen

_PORTS = {"http": 80, "https": 443}
_KEPT_IN_TARGETS = "%/:=&?~+!$,;'@()*[]|"


@dataclass(frozen=True)
class Link:
    """The address to connect to, and the target to request. `host` is ASCII, an IPv6 address without brackets."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The Host header's value."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"

    def joined(self, location: str) -> str:
        """Tell where a `Location` leads from here. Raises SourceRefused as parse_link does."""
        shown = _shown(location)
        _check_characters(location, shown)  # before urljoin, which leaves some of them out
        try:
            return urljoin(str(self), location)
        except ValueError:
            raise _invalid(shown, "is malformed") from None


def parse_link(url: str, *, any_port: bool = False) -> Link:
    """Take a link apart. Raises SourceRefused "source_url_invalid" for anything but a plain http or https link.

    Two parsers in disagreement about the host are a way past every guard, so a link with two possible readings is
    refused: a link with a user name, a backslash, blanks, or a number in disguise as its host.
    """
    shown = _shown(url)
    _check_characters(url, shown)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _invalid(shown, "is malformed") from None
    if parts.scheme not in _PORTS:
        raise _invalid(shown, "does not begin with http:// or https://")
    if "@" in parts.netloc:
        raise _invalid(shown, "has a user name in it")
    port = port or _PORTS[parts.scheme]
    if port not in _PORTS.values() and not any_port:
        raise _invalid(shown, "leads to a port other than 80 and 443")
    path = quote(parts.path or "/", safe=_KEPT_IN_TARGETS)
    query = "?" + quote(parts.query, safe=_KEPT_IN_TARGETS) if parts.query else ""
    return Link(parts.scheme, _host(parts.hostname or "", shown), port, path + query)


def _check_characters(url: str, shown: str) -> None:
    if re.search(r"[\s\\\x00-\x20\x7f]", url):
        raise _invalid(shown, "has characters in it that no link has")


def _host(host: str, shown: str) -> str:
    host = host.removesuffix(".")
    try:
        if "%" in host:
            raise ValueError("an escape, or a zone that means something on one machine only")
        if ":" in host:
            return str(IPv6Address(host))
        if re.search(r"(^|\.)(0[xX][0-9a-fA-F]*|\d+)$", host):  # by WHATWG's rules, such a host is an IPv4 address
            return str(IPv4Address(host))
        if re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", host):  # idna would refuse the underscores that some have
            return host
        return idna.encode(host, uts46=True).decode()
    except ValueError:  # idna's own errors are ValueErrors, too
        raise _invalid(shown, "has no valid host name in it") from None


def _invalid(shown: str, why: str) -> SourceRefused:
    return SourceRefused("source_url_invalid", f"{shown}: this link {why}.")


def _shown(url: str) -> str:
    """Return a link in the form told and logged: without what nobody sees, and without parts possibly in confidence, a
    password or the values of a query."""
    url = re.sub(r"^(\w*:?[/\\]*)[^/\\?#]*@", r"\1…@", url)
    url = re.sub(r"\?.+", "?…", url, flags=re.DOTALL)
    url = seen(url)
    return url if len(url) <= 80 else url[:79] + "…"
