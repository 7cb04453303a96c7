"""A web page's facts about itself: its title, its author, and the location of the paper described."""

from __future__ import annotations

import html
import json
import re
from contextlib import suppress
from urllib.parse import urljoin

from lxml import etree

_TITLES = ("citation_title", "og:title", "twitter:title", "dc.title")
_SEPARATORS = re.compile(r"\s+[|–—·•»:-]+\s+|\s*[|»]\s*")
_NOT_FREE = re.compile(r"\"isAccessibleForFree\"\s{0,20}:\s{0,20}\"?false\b", re.IGNORECASE)
_OF_AN_ARTICLE = re.compile(r"\"@type\"\s{0,20}:\s{0,20}\[?\s{0,20}\"\w{0,30}(?:Article|Posting)\"")
_HEADLINE = re.compile(r"\"headline\"\s{0,20}:\s{0,20}\"((?:[^\"\\]|\\.){1,300})\"")
_STYLED = re.compile(r"(?:^|\s)(?:title|MsoTitle)(?:\s|$)", re.IGNORECASE)
"""Google Docs; Word."""
_LONGEST_DESCRIPTION = 200_000
_NO_NAME = re.compile(
    r"\d|https?:|@|\b(share|comments?|subscribe|follow|posted|updated|read|staff only|admin|authority)\b", re.IGNORECASE
)


def title_of(page: etree._Element) -> str:
    """Return the page's own heading where contained in the declared title; else that title, without the name of the
    site."""
    metas = _metas(page)
    named = _line(page.findtext(".//head/title") or page.findtext(".//title"))
    declared = next((metas[name] for name in _TITLES if metas.get(name)), "")
    headings = [text for heading in page.iter("h1") if (text := _text(heading))]
    if not declared and (headline := _headline(page)) and headline in map(_text, page.iter("h1", "h2", "h3")):
        return headline
    for calls_itself in filter(None, (declared, named)):
        for heading in headings:
            if _names(heading, calls_itself, metas):
                return heading
    if declared or named:
        return _without_site(declared or named, metas)
    return _titled(page) or (headings[0] if headings else "")


def _titled(page: etree._Element) -> str:
    """Return the text that an office program has styled as the title of an exported document."""
    styled = (paragraph for paragraph in page.iter("p") if _STYLED.search(paragraph.get("class") or ""))
    return next(filter(None, map(_text, styled)), "")


def _headline(page: etree._Element) -> str:
    """Return the headline of the article that a page describes to search engines. https://schema.org/Article"""
    for script in page.iterfind(".//script[@type='application/ld+json']"):
        told = script.text or ""
        if len(told) <= _LONGEST_DESCRIPTION and _OF_AN_ARTICLE.search(told) and (found := _HEADLINE.search(told)):
            with suppress(ValueError):
                return _line(html.unescape(json.loads(f'"{found[1]}"')))
    return ""


def _names(heading: str, calls_itself: str, metas: dict[str, str]) -> bool:
    """Tell whether a heading is the page's declared title, but for the name of its site or a line more."""
    heading, whole = _same(heading), _same(_without_site(calls_itself, metas))
    parts = [_same(part) for part in _SEPARATORS.split(calls_itself)]
    if not heading or heading not in _same(calls_itself):
        return False
    return len(heading) * 3 > len(whole) or heading in {parts[0], max(parts, key=len)}


def author_of(found: str | None) -> str | None:
    """Return the declared author of a page, unless the value is no name."""
    if not found or len(found) > 200 or _NO_NAME.search(found):
        return None
    return ", ".join(dict.fromkeys(part.strip() for part in found.split(";") if part.strip()))


def site_of(page: etree._Element) -> str | None:
    return _metas(page).get("og:site_name")


def paper_of(page: etree._Element, url: str | None) -> str | None:
    """Return the link of the paper behind the page of a journal or an archive, as given to search engines."""
    link = _metas(page).get("citation_pdf_url")
    return urljoin(url or "", link) if link else None


def is_behind_paywall(page: etree._Element) -> bool:
    """Tell whether a page declares to search engines that parts of the page are not free.

    https://developers.google.com/search/docs/appearance/structured-data/paywalled-content
    """
    if _metas(page).get("article:content_tier") in {"locked", "metered"}:
        return True
    told = page.iterfind(".//script[@type='application/ld+json']")
    return any(_NOT_FREE.search(script.text or "") for script in told)


def _metas(page: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in page.iter("meta"):
        content = _line(meta.get("content"))
        for names in (meta.get("name"), meta.get("property"), meta.get("itemprop")):
            for name in (names or "").lower().split():
                if content:
                    found.setdefault(name, content)
    return found


def _without_site(title: str, metas: dict[str, str]) -> str:
    """Return a title without the name of its site before or after it."""
    site = _same(metas.get("og:site_name", ""))
    parts = [part for part in _SEPARATORS.split(title) if part]
    if len(parts) < 2:
        return title
    cuts = list(_SEPARATORS.finditer(title))
    if site and _same(parts[-1]) == site:
        return title[: cuts[-1].start()].strip()
    if site and _same(parts[0]) == site:
        return title[cuts[0].end() :].strip()
    last = cuts[-1]
    if re.search(r"[|»]", last[0]) and last.start() >= 15 and len(title) - last.end() <= 30:
        return title[: last.start()].strip()
    return title


def _same(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _text(element: etree._Element) -> str:
    return _line("".join(element.itertext()))


def _line(text: str | None) -> str:
    return " ".join((text or "").split())
