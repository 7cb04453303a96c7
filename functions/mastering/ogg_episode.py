"""The episode as Ogg Opus: the very packets that were heard live, joined, with tags, chapters and a cover.

https://www.rfc-editor.org/rfc/rfc7845 for the file, https://wiki.xiph.org/VorbisComment for the tags.
"""

from __future__ import annotations

import base64
import zlib

from mutagen.flac import Picture
from mutagen.id3 import PictureType

from common.blob_writer import Writer
from common.ogg import OpusWriter
from common.settings import Settings
from functions.mastering import cover_art
from functions.mastering.chapter_marks import ogg_chapters
from functions.mastering.episode import Episode
from functions.mastering.prefetch import packets_of_turns


def write_ogg(settings: Settings, episode: Episode, out: Writer) -> None:
    """Write the file, a page at a time; memory holds a second of sound, and the turns fetched ahead."""
    serial = zlib.crc32(episode.workflow_id.encode())
    ogg = OpusWriter(out.write, episode.pre_skip, serial=serial, tags=_tags(episode))
    for packets in packets_of_turns(settings, episode):
        for packet in packets:
            ogg.add(packet)
    ogg.close()


def _tags(episode: Episode) -> dict[str, str]:
    return {
        "TITLE": episode.title,
        "ARTIST": ", ".join(episode.speakers),
        "ALBUM": "Aethercast",
        "GENRE": "Podcast",
        "DATE": episode.created_at.date().isoformat(),
        "LANGUAGE": episode.language,
        **ogg_chapters(episode),
        "METADATA_BLOCK_PICTURE": _picture(cover_art.cover(episode.title, size=cover_art.SMALL)),
    }


def _picture(jpeg: bytes) -> str:
    """Return a picture as Vorbis comments carry it: FLAC's block, in base64."""
    picture = Picture()
    picture.data, picture.mime, picture.type = jpeg, "image/jpeg", PictureType.COVER_FRONT
    picture.width = picture.height = cover_art.SMALL
    picture.depth = 24
    return base64.b64encode(picture.write()).decode()
