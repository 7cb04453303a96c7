"""Feed the readers of strangers' bytes with unforeseen input: `nox -s fuzz -- [--seconds S] [TARGET …]`.

Hypothesis mutates recorded inputs, guided by how far each gets (`target`), for a stated time a target. A reader may
refuse, by its own error alone, and in time. What fails is printed, shrunk, kept as a case in tests/unit/fuzzed/, and
ends the run with status 1, after the other targets.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import signal
import socket
import sys
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from gunicorn.config import Config  # type: ignore[import-untyped]
from gunicorn.http import RequestParser  # type: ignore[import-untyped]
from gunicorn.http.errors import NoMoreData, ParseException  # type: ignore[import-untyped]
from hypothesis import HealthCheck, Phase, Verbosity, given, settings, target
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from common.ogg import OggError, read_opus, write_opus
from common.text.cleaning import clean
from common.wire import WireError, pack_packets, parse_client_message, unpack_packets
from functions.api_gateway.own_script import Line, lines_of
from functions.content_harvester import charsets, markdown
from functions.content_harvester.source import Document, Unreadable
from functions.content_harvester.source_epub import read_epub
from functions.content_harvester.source_feed import read_feed
from streamer.net.admission import handshake_refusal, origin_allowed
from streamer.net.heads import Head

SOURCES = Path(__file__).parent / "unit" / "sources"
KEPT = Path(__file__).parent / "unit" / "fuzzed"
"""Inputs that failed once: `{target}.{hash}`."""
SLOW_S = 5.0
"""No input of a few kilobytes may take its reader this long; after twice as long it is interrupted."""
_PACKETS = [b"\xf8\xff\xfe"] * 3


def _epub() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as book:
        book.writestr("mimetype", "application/epub+zip")
        package = (
            '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" href="a.xhtml"/></manifest>'
            '<spine><itemref idref="a"/></spine></package>'
        )
        rootfile = '<rootfile full-path="b.opf" media-type="application/oebps-package+xml"/>'
        container = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        book.writestr("META-INF/container.xml", f"{container}<rootfiles>{rootfile}</rootfiles></container>")
        book.writestr("b.opf", package)
        book.writestr("a.xhtml", "<html><body><h1>Tides</h1><p>The sea comes and goes.</p></body></html>")
    return held.getvalue()


def _ogg(data: bytes) -> float:
    with suppress(OggError):
        return float(len(read_opus(data).packets))
    return 0.0


def _wire(data: bytes) -> float:
    with suppress(WireError):
        parse_client_message(data)
        return 2.0
    with suppress(WireError):
        parse_client_message(data.decode("utf-8", "replace"))
        return 1.0
    return 0.0


def _sound(data: bytes) -> float:
    with suppress(WireError):
        first, packets = unpack_packets(data)
        assert pack_packets(first, packets) == data
        return float(len(packets))
    return 0.0


def _handshake(data: bytes) -> float:
    """The head of a request as it comes to the streamer in two pieces, up to the WebSocket's opening handshake."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data[: len(data) // 2])
        head = Head()
        done = head.take_from(ours)
        theirs.sendall(data[len(data) // 2 :])
        theirs.shutdown(socket.SHUT_WR)
        assert done or head.take_from(ours)
    with suppress(ParseException, NoMoreData, StopIteration):
        request = next(RequestParser(Config(), iter([bytes(head.data)]), ("127.0.0.1", 1)))
        headers = Headers(request.headers)
        origin_allowed(headers.get("Origin"), headers.get("Host", ""), ())
        return 1.0 if handshake_refusal(headers) else 2.0
    return 0.0


def _charset(data: bytes) -> float:
    with suppress(Unreadable):
        return float(len(clean(charsets.decode(data, None))))
    return 0.0


def _markdown(data: bytes) -> float:
    return float(len(markdown.blocks_of_markdown(data.decode("utf-8", "replace")).blocks))


def _read_epub(data: bytes) -> float:
    with suppress(Unreadable):
        return float(len(read_epub(Document(data, "application/epub+zip", "a.epub")).text))
    return 0.0


def _read_feed(data: bytes) -> float:
    with suppress(Unreadable):
        told, led_to = read_feed(Document(data, "application/rss+xml", url="https://feed.example/rss"))
        return float(len(told) + len(led_to))
    return 0.0


def _script(data: bytes) -> float:
    """A script of a caller's own, whose names, texts and chapters can be stored."""
    lines: list[Line] = []
    with suppress(ValueError):
        lines = lines_of(data.decode("utf-8", "replace"))
    return float(sum(len(f"{line.speaker}{line.text}{line.chapter}".encode()) for line in lines))


def _recorded(*endings: str) -> list[bytes]:
    return [path.read_bytes()[:20_000] for path in sorted(SOURCES.iterdir()) if path.name.endswith(endings)]


TARGETS: dict[str, tuple[Callable[[bytes], float], list[bytes]]] = {
    "ogg": (_ogg, [write_opus(_PACKETS, 312, serial=1)]),
    "wire": (
        _wire,
        [b'{"type":"start","stream_id":"' + b"a" * 43 + b'","window_ms":4000}', b'{"type":"client_metrics"}'],
    ),
    "handshake": (
        _handshake,
        [
            b"GET /api/v1/podcasts/stream HTTP/1.1\r\nHost: here\r\nOrigin: https://here\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ],
    ),
    "sound": (_sound, [pack_packets(7, _PACKETS)]),
    "charsets": (_charset, [b'<meta charset="utf-16">', "Gezeiten für alle".encode("utf-16"), b"\xef\xbb\xbfabc"]),
    "markdown": (
        _markdown,
        [b"# Tides\n\n- one\n  1. two\n\n> ```\n> x\n", b"| a | b |\n|---|---|\n| [c](d) | `e` |\n"],
    ),
    "epub": (_read_epub, [_epub()]),
    "scripts": (
        _script,
        [
            b'[{"speaker": "Ada", "text": "It rises.", "chapter": "The \\u0073ea"}, {"host": 1, "line": "It falls."}]',
            b"# The sea\nAda: It rises.\n\nBen (softly): It falls.\n<Ada>Twice.</Ada>\n[S1] A day.",
        ],
    ),
    "feeds": (_read_feed, _recorded(".xml")),
}
"""Name -> its reader, which says how far it came, and inputs to begin from."""


class _Over(KeyboardInterrupt):
    """The end of the stated time: what Hypothesis takes for no failure, and lets through at once."""


@contextmanager
def _interrupted(after_s: float) -> Iterator[None]:
    """Raise AssertionError in a block that computes for longer: what never ends would never be told."""

    def late(signum: int, frame: FrameType | None) -> None:
        raise AssertionError(f"it takes more than {after_s:.0f} s")

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, after_s, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def mutated(seeds: list[bytes]) -> st.SearchStrategy[bytes]:
    """Recorded inputs with pieces of them replaced, repeated or left out; and any bytes at all."""
    piece = st.tuples(st.integers(0, 2**16), st.integers(0, 64), st.binary(max_size=64), st.integers(1, 200))

    def changed(seed: bytes, pieces: list[tuple[int, int, bytes, int]]) -> bytes:
        data = seed
        for place, length, new, times in pieces:
            at = place % (len(data) + 1)
            data = data[:at] + new * times + data[at + length :]
        return data[:100_000]

    return st.one_of(st.builds(changed, st.sampled_from(seeds), st.lists(piece, max_size=8)), st.binary(max_size=2_000))


@dataclass
class Run:
    """What came of a target: how many inputs were tried, and the shortest that failed, with its failure."""

    tried: int = 0
    failed: bytes | None = None
    failure: BaseException | None = None

    def fails(self, data: bytes, failure: BaseException) -> None:
        if self.failed is None or len(data) <= len(self.failed):
            self.failed, self.failure = data, failure


def fuzz(name: str, seconds: float, examples: int = 1_000_000) -> Run:
    """Run a target for a time, or for so many inputs. What has failed once is found, whatever its repetition does."""
    reader, seeds = TARGETS[name]
    until = time.monotonic() + seconds
    run = Run()

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.target, Phase.shrink),
        verbosity=Verbosity.quiet,  # it would tell of the end of the time as of a failure
    )
    @given(mutated(seeds))
    def read(data: bytes) -> None:
        if time.monotonic() > until and run.failed is None:  # what failed is shrunk, however long that takes
            raise _Over
        run.tried += 1
        began = time.process_time()
        try:
            with _interrupted(2 * SLOW_S):
                reached = reader(data)
            target(reached)
            assert time.process_time() - began < SLOW_S, f"it took {time.process_time() - began:.1f} s"
        except KeyboardInterrupt:
            raise
        except BaseException as failure:  # a reader may be of a language that has others than Exception
            run.fails(data, failure)
            raise AssertionError(name) from failure

    try:
        read()
    except _Over:
        pass
    except Exception:
        if run.failed is None:
            raise
    return run


def keep(name: str, data: bytes) -> Path:
    """Keep an input that failed as a case, which tests/unit/test_fuzzed.py tries from then on."""
    KEPT.mkdir(exist_ok=True)
    case = KEPT / f"{name}.{hashlib.sha256(data).hexdigest()[:12]}"
    case.write_bytes(data)
    return case


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="nox -s fuzz --", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], help="which; all unless named")
    parser.add_argument("--seconds", type=float, default=60.0, help="for each target (default 60)")
    options = parser.parse_args(arguments)
    found = 0
    for name in options.targets or TARGETS:
        run = fuzz(name, options.seconds)
        if run.failed is None:
            print(f"{name}: {run.tried} inputs in {options.seconds:.0f} s, nothing found", flush=True)
            continue
        found += 1
        if run.failure is not None:
            traceback.print_exception(run.failure)
        print(f"{name}: failed after {run.tried} inputs, kept as {keep(name, run.failed)}: {run.failed!r}", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
