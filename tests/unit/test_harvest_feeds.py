"""Feeds of every kind: their latest items told whole, or where they are told, or at least by their teasers."""

from __future__ import annotations

import json

import pytest

from functions.content_harvester import sandbox
from functions.content_harvester.kinds import Kind, kind_of
from functions.content_harvester.sandbox import Reading
from functions.content_harvester.source import Document, Source
from tests.documents import TIDES, case

WHOLE = "".join(f"<p>{text}</p>" for text in TIDES * 3)
TEXT = "\n\n".join(TIDES * 3)


def read(
    data: str | bytes, content_type: str = "application/xml", url: str = "https://sea.example/blog/feed"
) -> Reading:
    document = Document(data if isinstance(data, bytes) else data.encode(), content_type, "feed", url)
    assert kind_of(document) is Kind.FEED
    return sandbox.read(Kind.FEED, document)


def only(data: str | bytes, **more: str) -> Source:
    (source,) = read(data, **more).sources
    return source


def rss(*items: str) -> str:
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>Sea</title>{''.join(items)}</channel></rss>"


def item(description: str = "", link: str = "", more: str = "") -> str:
    return (
        f"<item><title>One</title><link>{link}</link><description><![CDATA[{description}]]></description>{more}</item>"
    )


# The handed cases


def test_a_script_and_a_style_are_no_text() -> None:
    text = only(case("feed-script-style.xml")).text
    assert text.startswith("The keeper climbed")
    assert text.endswith("came home.")


def test_a_root_with_a_prefix_is_a_root() -> None:
    assert only(case("feed-prefixed.xml")).title == "One"


def test_a_relative_link_leads_from_the_feeds_site() -> None:
    (lead,) = read(case("feed-relative-link.xml")).leads
    assert lead.url == "https://lamp.example/posts/one"
    assert lead.teaser is not None
    assert (lead.teaser.title, lead.teaser.text) == ("One", "A teaser.")


def test_an_episode_of_a_podcast_keeps_its_notes() -> None:
    (lead,) = read(case("feed-podcast.xml")).leads
    assert lead.teaser is not None
    assert lead.teaser.text.startswith("The keeper climbed")


def test_a_video_of_a_channel_is_led_to() -> None:
    (lead,) = read(case("feed-youtube.xml")).leads
    assert lead.url == "https://www.youtube.com/watch?v=abcdefghijk"


# Kinds


@pytest.mark.parametrize(
    "feed",
    [
        rss(item(WHOLE)),
        rss(item(WHOLE)).replace("<rss", '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x.example/rss.dtd">\n<rss'),
        rss(item(WHOLE)).replace("<rss", '<!DOCTYPE rss [<!ENTITY nbsp "&#160;">]><rss'),
        "<?xml-stylesheet href='a.xsl'?><!-- a feed -->" + rss(item(WHOLE)).partition("?>")[2],
        f"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>{item(WHOLE)}</rdf:RDF>",
        f"<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>{item(WHOLE)}</r:RDF>",
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>One</title><content type='xhtml'>"
        f"<div xmlns='http://www.w3.org/1999/xhtml'>{WHOLE}</div></content></entry></feed>",
        f"<atom:feed xmlns:atom='http://www.w3.org/2005/Atom'><atom:entry><atom:title>One</atom:title>"
        f"<atom:content type='html'><![CDATA[{WHOLE}]]></atom:content></atom:entry></atom:feed>",
        json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Sea",
                    "items": [{"title": "One", "content_html": WHOLE}]}),
        rss(item(WHOLE.replace("<", "&lt;").replace(">", "&gt;"))),
        rss(item("x", more=f"<content:encoded xmlns:content='http://purl.org/rss/1.0/modules/content/'><![CDATA[{WHOLE}]]>"
                           "</content:encoded>")),
    ],
)  # fmt: skip
def test_a_feed_of_any_kind_is_read(feed: str) -> None:
    source = only(feed)
    assert (source.title, source.text) == ("One", TEXT)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_feed_in_any_charset_is_read(encoding: str) -> None:
    text = "La marée monte, l'été comme l'hiver. " * 30
    feed = rss(item(f"<p>{text}</p>")).replace("version='1.0'", f"version='1.0' encoding='{encoding}'")
    assert only(feed.encode(encoding)).text == text.strip()


# Items


def test_the_blocks_of_an_item_stand_apart() -> None:
    body = f"<h2>In</h2><ul><li>one</li><li>two</li></ul>line<br>line<br><br>{WHOLE}<pre><code>x=1</code></pre>"
    source = only(rss(item(body)))
    assert source.text.split("\n\n")[:4] == ["In", "one", "two", "line line"]
    assert source.left_out == {"code": 1}


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "data:text/html,x", "urn:uuid:1", "tag:sea.example,2025:1", "mailto:a@b.example",
     "https://sea.example/" + "x" * 30_000, "https://user:pass@sea.example/", "file:///etc/passwd", "http://[", "  "],
)  # fmt: skip
def test_what_is_no_link_into_the_web_goes_no_further(link: str) -> None:
    reading = read(rss(item(WHOLE, link), item("A teaser.", link)))
    assert [source.url for source in reading.sources] == ["https://sea.example/blog/feed"] * 2
    assert reading.leads == []


def test_an_item_whose_name_is_its_address_is_led_to() -> None:
    guid = "<guid isPermaLink='true'>https://sea.example/1</guid>"
    (lead,) = read(rss(item("A teaser.", more=guid))).leads
    assert lead.url == "https://sea.example/1"


def test_a_link_is_followed_once() -> None:
    (lead,) = read(rss(*[item("A teaser.", "https://sea.example/same")] * 5)).leads
    assert lead.url == "https://sea.example/same"


def test_the_transcript_of_an_episode_is_what_is_read() -> None:
    transcript = (
        "<podcast:transcript xmlns:podcast='https://podcastindex.org/namespace/1.0' url='/1.vtt' type='text/vtt'/>"
    )
    (lead,) = read(rss(item("Notes of it.", "https://sea.example/1.mp3", transcript))).leads
    assert lead.url == "https://sea.example/1.vtt"


def test_a_title_has_no_tags_and_entities() -> None:
    feed = rss(item(WHOLE).replace("One", "<![CDATA[<b>Tides</b> &amp; moons]]>"))
    assert only(feed).title == "Tides & moons"


SOUND = "<enclosure url='https://sea.example/1.mp3' type='audio/mpeg' length='1'/>"
CHAPTERS = "<p>(00:00) Intro<br>(03:10) Tides</p><p>Learn more about your ad choices. Visit megaphone.fm/adchoices</p>"


def test_of_an_episode_neither_its_clock_nor_who_pays_is_told() -> None:
    assert only(rss(item(f"{WHOLE}{CHAPTERS}", more=SOUND))).text == TEXT
    assert "(03:10) Tides" in only(rss(item(f"{WHOLE}{CHAPTERS}"))).text


def test_shortcodes_and_drafts_of_an_export_of_wordpress_are_not_told() -> None:
    draft = item("Not ready.", more="<wp:status>draft</wp:status>")
    picture = item("A lamp.", more="<wp:post_type>attachment</wp:post_type><wp:status>inherit</wp:status>")
    post = item(
        f"{WHOLE}[gallery ids='1,2']<p>[caption id='1']A lamp[/caption]</p>", more="<wp:status>publish</wp:status>"
    )
    export = rss(draft, picture, post).replace("<rss", "<rss xmlns:wp='http://wordpress.org/export/1.2/'")
    assert only(export).text == f"{TEXT}\n\nA lamp"
