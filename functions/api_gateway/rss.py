"""A podcast feed as XML: RSS 2.0 with the namespaces of iTunes and Podcasting 2.0, written by the standard library.

No feed library on PyPI knows the Podcasting 2.0 namespace (transcript, chapters, person, guid), and the rest of a feed
is a few elements; all text goes through ElementTree, which escapes the text.
https://www.rssboard.org/rss-specification, https://podcasters.apple.com/support/823-podcast-requirements,
https://github.com/Podcastindex-org/podcast-namespace
"""

from __future__ import annotations

import re
import uuid
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from common.artifacts import FILES

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
ATOM = "http://www.w3.org/2005/Atom"
_GUIDS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace of podcast:guid, as that specification has it."""
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

for prefix, namespace in (("itunes", ITUNES), ("podcast", PODCAST), ("content", CONTENT), ("atom", ATOM)):
    ET.register_namespace(prefix, namespace)


@dataclass(frozen=True)
class Item:
    """One finished podcast. `notes` is HTML, `file_bytes` the size of each file by its kind."""

    workflow_id: str
    title: str
    language: str
    published: datetime
    changed: datetime
    duration_s: int
    notes: str
    hosts: list[str]
    file_bytes: dict[str, int]


def rss(address: str, items: list[Item]) -> bytes:
    """Return the feed at `address` + "/rss.xml", with its files below `address`."""
    root = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(root, "channel")
    _add(channel, "title", "Aethercast: my podcasts")
    _add(channel, "link", f"{address}/rss.xml")
    _add(channel, "description", "Podcasts about what I asked for, written and voiced by Aethercast.")
    _add(channel, "language", items[0].language if items else "en")
    _add(channel, "generator", "Aethercast")
    ET.SubElement(
        channel, f"{{{ATOM}}}link", {"href": f"{address}/rss.xml", "rel": "self", "type": "application/rss+xml"}
    )
    _add(channel, f"{{{ITUNES}}}author", "Aethercast")
    _add(channel, f"{{{ITUNES}}}explicit", "false")
    _add(channel, f"{{{ITUNES}}}type", "episodic")
    _add(channel, f"{{{ITUNES}}}block", "Yes")  # private: no directory is to list it
    ET.SubElement(channel, f"{{{ITUNES}}}category", {"text": "Education"})
    _add(channel, f"{{{PODCAST}}}locked", "yes")
    _add(channel, f"{{{PODCAST}}}guid", str(uuid.uuid5(_GUIDS, address.partition("://")[2] + "/rss.xml")))
    if items:
        _add(channel, "lastBuildDate", format_datetime(max(item.changed for item in items)))
        ET.SubElement(channel, f"{{{ITUNES}}}image", {"href": _file(address, items[0], "cover")})
    for item in items:
        _add_item(channel, address, item)
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def _add_item(channel: ET.Element, address: str, item: Item) -> None:
    entry = ET.SubElement(channel, "item")
    _add(entry, "title", item.title)
    _add(entry, "guid", item.workflow_id, isPermaLink="false")
    _add(entry, "pubDate", format_datetime(item.published))
    _add(entry, "description", item.notes)
    _add(entry, f"{{{CONTENT}}}encoded", item.notes)
    mp3 = {"url": _file(address, item, "mp3"), "length": str(item.file_bytes["mp3"]), "type": "audio/mpeg"}
    ET.SubElement(entry, "enclosure", mp3)
    _add(entry, f"{{{ITUNES}}}title", item.title)
    _add(entry, f"{{{ITUNES}}}duration", str(item.duration_s))
    _add(entry, f"{{{ITUNES}}}explicit", "false")
    _add(entry, f"{{{ITUNES}}}episodeType", "full")
    ET.SubElement(entry, f"{{{ITUNES}}}image", {"href": _file(address, item, "cover")})
    for kind in ("transcript_vtt", "transcript_srt", "transcript_json"):
        described = {"url": _file(address, item, kind), "type": _type(kind), "language": item.language}
        ET.SubElement(entry, f"{{{PODCAST}}}transcript", described)
    ET.SubElement(entry, f"{{{PODCAST}}}chapters", {"url": _file(address, item, "chapters"), "type": _type("chapters")})
    for host in item.hosts:
        _add(entry, f"{{{PODCAST}}}person", host, role="host")
    for kind, codec in (("audio", "opus"), ("m4a", "mp4a.40.2")):
        if kind in item.file_bytes:
            other = {"type": _type(kind), "length": str(item.file_bytes[kind]), "codecs": codec}
            enclosure = ET.SubElement(entry, f"{{{PODCAST}}}alternateEnclosure", other)
            ET.SubElement(enclosure, f"{{{PODCAST}}}source", {"uri": _file(address, item, kind)})


def _file(address: str, item: Item, kind: str) -> str:
    return f"{address}/{item.workflow_id}/{FILES[kind].name}"


def _type(kind: str) -> str:
    return FILES[kind].content_type.partition(";")[0]


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    """Leave out characters unknown to XML 1.0: a title may hold such characters, no reader could read the feed."""
    ET.SubElement(parent, tag, attributes).text = _NOT_XML.sub("", text)
