"""Reading a stranger's document in a process of its own, unable to do harm.

The parsers for PDF, HTML and archives are large, partly written in C, and a document may be made to exhaust or break
them: fifty thousand attributes keep libxml2's HTML parser busy for minutes. So the process has little time and memory,
may write no file, holds none of the harvester's secrets (its environment is empty), and answers in JSON: a Reading, or
the reason for having none.
"""

from __future__ import annotations

import base64
import json
import logging
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any

from common.errors import SourceBroken
from common.text.blocks import Block
from functions.content_harvester.kinds import Kind
from functions.content_harvester.source import Document, Lead, Source, Unreadable
from functions.content_harvester.turns import Turns

logger = logging.getLogger(__name__)

PATIENCE_S = 120.0
"""How long a document waits for its turn before the task is left to be tried again."""


@dataclass(frozen=True)
class Reading:
    """What a document gave: sources, and leads to more."""

    sources: list[Source] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)


@dataclass(frozen=True)
class Limits:
    """What reading one document may take: seconds of a core, seconds on the wall, and bytes of address space.

    Time of the processor is the document's doing. Time on the wall is ours, on a busy machine.
    """

    wall_s: float = 45.0
    cpu_s: int = 10
    memory_bytes: int = 768 * 2**20


LIMITS = dict.fromkeys(Kind, Limits()) | dict.fromkeys((Kind.PDF, Kind.FOLDER), Limits(wall_s=90.0, cpu_s=40))
"""About 40 ms for each page of a PDF."""


@cache
def turns(places: int) -> Turns:
    """Return this process's places for readers; with 0 one more than the number of its processors.

    Each takes memory of its own up to its limit, so that an instance has to be as large as all places together.
    """
    return Turns(places or (os.cpu_count() or 1) + 1)


def read_in_sandbox(
    kind: Kind,
    document: Document,
    limits: Limits | None = None,
    *,
    owner: str = "",
    places: int = 0,
    ocr_command: str = "",
) -> Reading:
    """Read a document of `owner` in a confined process, when it is their turn; with `ocr_command` as pictures.

    Raises Unreadable, also for a document too much for the process; and SourceBroken where no time was left.
    """
    limits = limits or LIMITS[kind]
    try:
        with turns(places).turn(owner, PATIENCE_S):
            done = _run(kind, document, limits, ocr_command)
    except (TimeoutError, subprocess.TimeoutExpired):
        raise SourceBroken("source_too_slow", "There was no time to read this document; others took it all.") from None
    if done.stderr:
        logger.warning("the reader of a %s: %s", kind, done.stderr[-2000:].decode(errors="replace"))
    if done.returncode == -signal.SIGKILL:  # by the system, which had no memory left: there were others, too
        raise SourceBroken("source_too_slow", "This document's reader was stopped; there was too much to do.")
    if done.returncode < 0:  # by another signal: out of time, or a parser that broke
        raise Unreadable("source_unreadable", "This document takes more than may be spent on reading it.")
    done.check_returncode()  # anything else is a fault of ours
    answer = json.loads(done.stdout)
    if "code" in answer:
        raise Unreadable(answer["code"], answer["detail"])
    leads = [Lead(lead["url"], lead["teaser"] and _source(lead["teaser"])) for lead in answer["leads"]]
    return Reading([_source(source) for source in answer["sources"]], leads)


def _run(kind: Kind, document: Document, limits: Limits, ocr_command: str) -> subprocess.CompletedProcess[bytes]:
    request = {**asdict(document), "data": base64.b64encode(document.data).decode()}
    path = {"PATH": os.environ.get("PATH", os.defpath)} if ocr_command else {}
    return subprocess.run(  # noqa: S603 - our own interpreter and file
        [sys.executable, "-m", __spec__.name, kind, str(limits.cpu_s), str(limits.memory_bytes), ocr_command],
        input=json.dumps(request).encode(),
        capture_output=True,
        timeout=limits.wall_s,
        check=False,
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **path},
    )


def _source(fields: dict[str, Any]) -> Source:
    return Source(**{**fields, "blocks": tuple(map(Block.from_json, fields["blocks"]))})


def read(kind: Kind, document: Document) -> Reading:
    """Read a document here and now. Raises Unreadable, and whatever a parser comes upon."""
    return _reader(kind)(document)


def main() -> None:
    kind, cpu_s, memory_bytes, ocr_command = sys.argv[1:]
    reader = (
        _recogniser(ocr_command) if ocr_command else _reader(Kind(kind))
    )  # first, as what is imported is ours, and its memory no fault of the document's
    request = json.load(sys.stdin.buffer)
    document = Document(**{**request, "data": base64.b64decode(request["data"])})
    tempfile.tempdir = os.sep  # nothing is written there; to find a better place Python would try to write
    _confine(int(cpu_s), int(memory_bytes))
    answer: dict[str, Any]
    try:
        answer = asdict(reader(document))
    except Unreadable as error:
        answer = {"code": error.code, "detail": error.detail}
    except MemoryError:
        answer = {"code": "source_unreadable", "detail": "This document takes more than may be spent on reading it."}
    except Exception as error:  # noqa: BLE001 - a parser may fail in any way at all; it must not be silent about it
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        answer = {"code": "source_unreadable", "detail": "This document is damaged, and cannot be read."}
    json.dump(answer, sys.stdout)


def _reader(kind: Kind) -> Callable[[Document], Reading]:
    """Return the reader of a kind. The libraries are imported here, each only where it is used."""
    match kind:
        case Kind.WEBPAGE:
            from functions.content_harvester.source_webpage import read_webpage

            return lambda document: Reading(*read_webpage(document))
        case Kind.FEED:
            from functions.content_harvester.source_feed import read_feed

            return lambda document: Reading(*read_feed(document))
        case Kind.FOLDER:
            from functions.content_harvester.source_folder import read_folder

            return lambda document: Reading(read_folder(document, read))
    read_one = _reader_of_one(kind)
    if kind not in {Kind.DOCX, Kind.PPTX, Kind.ODT}:
        return lambda document: Reading([read_one(document)])
    from functions.content_harvester.source_scan import read_or_tell_of_pictures

    return lambda document: Reading([read_or_tell_of_pictures(read_one, document)])


def _reader_of_one(kind: Kind) -> Callable[[Document], Source]:
    """Find the reader of a kind whose documents are a single source each."""
    match kind:
        case Kind.TRANSCRIPT:
            from functions.content_harvester.source_transcript import read_transcript as read_one
        case Kind.PDF:
            from functions.content_harvester.source_pdf import read_pdf as read_one
        case Kind.DOCX:
            from functions.content_harvester.source_docx import read_docx as read_one
        case Kind.EPUB:
            from functions.content_harvester.source_epub import read_epub as read_one
        case Kind.PPTX:
            from functions.content_harvester.source_pptx import read_pptx as read_one
        case Kind.ODT:
            from functions.content_harvester.source_odt import read_odt as read_one
        case Kind.RTF:
            from functions.content_harvester.source_rtf import read_rtf as read_one
        case Kind.TABLE:
            from functions.content_harvester.source_table import read_table as read_one
        case Kind.EMAIL:
            from functions.content_harvester.source_email import read_email as read_one
        case _:
            from functions.content_harvester.source_text import read_text as read_one
    return read_one


def _recogniser(ocr_command: str) -> Callable[[Document], Reading]:
    from functions.content_harvester.source_scan import read_scan

    return lambda document: Reading([read_scan(document, ocr_command)])


def _confine(cpu_s: int, memory_bytes: int) -> None:
    limits = {
        resource.RLIMIT_AS: (memory_bytes, memory_bytes),
        resource.RLIMIT_CPU: (cpu_s, cpu_s + 1),  # at the first a signal that tells this from being killed for memory
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, most)


if __name__ == "__main__":
    main()
