"""The packets of an episode, turn after turn, fetched ahead of need: each from an object or its document."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from common.blobs import read_object
from common.contract import PACKET_MS
from common.errors import ServiceBroken
from common.ogg import OggError, read_opus
from common.settings import Settings
from functions.mastering.episode import Episode, Turn

AHEAD = 12
"""Segments fetched side by side; a few seconds of speech each, tens of kilobytes."""


def packets_of_turns(settings: Settings, episode: Episode) -> Iterator[list[bytes]]:
    """Yield the packets of each turn. Raises ServiceBroken for an object other than the forged sound, NotFound for a
    missing object.

    A file whose transcript, chapters and sound disagree is worse than none, so each turn's length is checked.
    """
    pending: deque[Future[bytes]] = deque()
    with ThreadPoolExecutor(AHEAD, thread_name_prefix="segments") as pool:
        turns = iter(episode.turns)
        try:
            for turn in episode.turns:
                while len(pending) < AHEAD and (following := next(turns, None)):
                    pending.append(pool.submit(_sound, settings, following))
                packets = _packets(pending.popleft().result())
                if len(packets) * PACKET_MS != turn.end_ms - turn.start_ms:
                    raise ServiceBroken("segment_changed", "A segment is not as long as was told.")
                yield packets
        finally:
            for waiting in pending:
                waiting.cancel()


def _sound(settings: Settings, turn: Turn) -> bytes:
    return turn.sound or read_object(settings, turn.object_name)


def _packets(data: bytes) -> list[bytes]:
    try:
        return read_opus(data).packets
    except OggError as error:
        raise ServiceBroken("segment_damaged", "A stored segment cannot be read.") from error
