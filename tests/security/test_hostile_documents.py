"""Documents made to exhaust or break their reader: each is refused within small limits, and does no harm."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import threading
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from common.errors import SourceBroken
from functions.content_harvester.kinds import Kind, kind_of
from functions.content_harvester.sandbox import LIMITS, Limits, read_in_sandbox
from functions.content_harvester.source import Document, Unreadable
from functions.content_harvester.source_text import is_quickly_read
from tests.conftest import PATIENCE_S, eventually
from tests.documents import TIDES, archive, epub, pdf, webpage

TIGHT = Limits(wall_s=PATIENCE_S, cpu_s=1)
HARVESTER_ITSELF = 512 * 2**20


def refusal(document: Document, limits: Limits = TIGHT, owner: str = "") -> str:
    """The code of the refusal. The answer in time is the limits' doing."""
    with pytest.raises(Unreadable) as raised:
        read_in_sandbox(kind_of(document), document, limits, owner=owner, places=2)
    return raised.value.code


BUSY = "<!doctype html><html><body><p " + " ".join(f"a{number}='x'" for number in range(20_000)) + ">"
"""This one keeps a parser busy for minutes."""

HARD_PAGES = {
    "deep": "<!doctype html><html><body>" + "<div>" * 100_000 + "deep" + "</div>" * 100_000,
    "unclosed": "<!doctype html><html><body>" + "<b><i>" * 50_000,
    "attributes": BUSY,
    "tables": "<!doctype html><html><body>" + "<table><tr><td>" * 5_000,
}


@pytest.mark.parametrize("markup", HARD_PAGES.values(), ids=HARD_PAGES.keys())
def test_a_page_made_to_be_hard_is_refused_in_time(markup: str) -> None:
    assert refusal(webpage(markup)) in {"source_empty", "source_unreadable"}


def bomb() -> bytes:
    """A PDF with a single page of 2 GB unpacked."""
    packer = zlib.compressobj(9)
    begin = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(b" " * 2**24) + packer.flush(zlib.Z_FULL_FLUSH)  # refers to nothing before it
    packed = begin + again * 128 + packer.flush()
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    page = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>endobj\n"
    stream = b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n" % (len(packed), packed)
    return head + page + stream + b"trailer<</Root 1 0 R>>"


HOSTILE_PDFS: dict[str, Callable[[], bytes]] = {
    "nothing but a header": lambda: b"%PDF-1.7\n",
    "noise": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 100,
    "truncated": lambda: pdf(list(TIDES)).data[:400],
    "pages that hold themselves": lambda: (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>endobj\ntrailer<</Root 1 0 R>>"
    ),
    "nested without end": lambda: b"%PDF-1.4\n1 0 obj" + b"[" * 200_000 + b"endobj\ntrailer<</Root 1 0 R>>",
    "a bomb": bomb,
}


@pytest.mark.parametrize("name", HOSTILE_PDFS)
def test_a_hostile_pdf_is_refused_in_time(name: str) -> None:
    assert refusal(Document(HOSTILE_PDFS[name](), "application/pdf")) in {"source_unreadable", "source_empty"}


ENTITIES = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "{}">]>'.format("tide " * 10)
HOSTILE_ARCHIVES: dict[str, Callable[[], bytes]] = {
    "truncated": lambda: epub(f"<p>{TIDES[0]}</p>")[:-100],
    "no chapters": lambda: epub(spine="<itemref idref='c9'/>"),
    "a chapter that is not there": lambda: epub("", spine="").replace(b"c0.xhtml", b"c1.xhtml", 1),
    "bomb": lambda: archive({"word/document.xml": " " * 150 * 2**20}),
    "many files": lambda: archive({"word/document.xml": "", **{str(number): "" for number in range(6_000)}}),
    "not a Word document": lambda: archive({"word/document.xml": "<nothing/>"}),
    "entities": lambda: archive({"META-INF/container.xml": ENTITIES + "<x>&a;&b;</x>"}, b"application/epub+zip"),
}


def listing(files: int) -> bytes:
    """An archive that lists as many files, which all are one."""
    whole = archive({"word/document.xml": ""})
    begin = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    entries = whole[begin:end] * files
    return whole[:begin] + entries + whole[end : end + 12] + len(entries).to_bytes(4, "little") + whole[end + 16 :]


def test_what_kind_an_archive_is_of_costs_the_harvester_little() -> None:
    """It is asked outside of the confined process."""
    bomb = archive({"mimetype": " " * 90 * 2**20, "content.xml": "<a/>"})
    with peak_within(20 * 2**20):
        assert kind_of(Document(bomb)) is Kind.FOLDER
    many = Document(listing(200_000), name="a.docx")
    with peak_within(20 * 2**20), pytest.raises(Unreadable, match="more files"):
        kind_of(many)


def test_archives_within_an_archive_count_as_one_file_each() -> None:
    inner = listing(3_000)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as outer:
        outer.writestr("1.docx", inner)
        outer.writestr("2.docx", inner)
    assert kind_of(Document(packed.getvalue())) is Kind.FOLDER


@contextmanager
def peak_within(most: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", HOSTILE_ARCHIVES)
def test_a_hostile_archive_is_refused(name: str) -> None:
    assert refusal(Document(HOSTILE_ARCHIVES[name]())) in {"source_unreadable", "source_empty", "source_too_large"}


def test_no_entity_of_an_ebook_is_resolved() -> None:
    chapter = f"<p>{TIDES[0]} &a;</p>"
    data = archive(
        {
            "META-INF/container.xml": ENTITIES + '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
            '<rootfiles><rootfile full-path="b.opf"/></rootfiles></container>',
            "b.opf": ENTITIES + '<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="c" href="c.html"/>'
            '</manifest><spine><itemref idref="c"/></spine></package>',
            "c.html": f"{ENTITIES}<html><body>{chapter}</body></html>",
        },
        b"application/epub+zip",
    )
    document = Document(data)
    (source,) = read_in_sandbox(kind_of(document), document).sources
    assert source.text.startswith(TIDES[0])
    assert "tide tide" not in source.text


ROW = "|" + "a|" * 400
HOSTILE_TEXTS = {
    "newlines after a header's line": "---" + "\n" * 400_000,
    "blanks and newlines": "---\n" + " \n" * 300_000 + "x",
    "a table": f"{ROW}\n{'|' + '-|' * 400}\n" + f"{ROW}\n" * 8,
    "brackets": "[" * 3_000_000,
    "links in links": "# a\n\n" + "[" * 3_000 + "a" + "](b)" * 3_000,
    "emphasis": "# a\n\n" + "*a _b " * 5_000,
    "speakers": "\n".join(f"Ann {number}: " for number in range(20_000)),
    "cues": "WEBVTT\n\n" + "00:00:01.000 --> 00:00:02.000\n<v " * 20_000,
    "pages": "ab\n\f" * 10_000,
    "dots that lead to pages": f"{'.' * 150} 1\n" * 4_000,
    "tabs": "a\t" * 300_000 + "\n" + "a\t" * 300_000,
    "bars": "|a" * 300_000 + "|\n|" + "a|" * 300_000,
    "names in capitals": "ANN BO CLU. x\n\n" * 4_000,
    "letters encoded twice": "â€™" * 50_000,
    "directives": "a\n===\n\n" + ".. note::\n\n   a\n\n" * 1_000,
    "roles": "a\n===\n\n.. note::\n\n   a\n\n" + ":a:`" * 20_000,
    "JSON": "[" * 1_000_000 + "]" * 1_000_000,
    "JSON in JSON": '{"a":' * 100_000 + "1" + "}" * 100_000,
}


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS.keys())
def test_a_hostile_text_is_answered_in_time(text: str) -> None:
    """Read or refused, whichever; an end within the limits is shown. Most take far less."""
    document = Document(text.encode(), "text/plain", "a.txt")
    with suppress(Unreadable):
        kind = kind_of(document)
        assert not is_quickly_read(document) or len(text) < 500_000
        read_in_sandbox(kind, document, TIGHT)


@pytest.mark.parametrize("line", ["ab-", "tide,"])
def test_a_paragraph_costs_as_much_as_it_is_long(line: str) -> None:
    """Fifty thousand lines without a blank take 0.7 s, on cores that are shared with others some more. What grows with
    the square of their number would take minutes."""
    document = Document(f"{line}\n".encode() * 50_000, "text/plain", "a.txt")
    (source,) = read_in_sandbox(kind_of(document), document, Limits(wall_s=PATIENCE_S, cpu_s=4)).sources
    assert len(source.text) >= 100_000


def test_others_go_on_while_one_owner_hands_in_what_takes_long() -> None:
    slow = Limits(wall_s=PATIENCE_S, cpu_s=1)
    hostile = [threading.Thread(target=refusal, args=(webpage(BUSY), slow, "hostile")) for _ in range(3)]
    for thread in hostile:
        thread.start()
    eventually(lambda: any(str(Kind.WEBPAGE) in line for line in _readers()), PATIENCE_S)
    document = Document(b"# Tides\n\nThey come.", "text/markdown")
    (source,) = read_in_sandbox(Kind.TEXT, document, owner="other", places=2).sources
    assert source.text == "They come."
    assert any(thread.is_alive() for thread in hostile)  # most of them have not even begun
    for thread in hostile:
        thread.join()


def _readers() -> list[list[str]]:
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            found.append(child.cmdline())
    return found


def test_readers_fit_into_an_instance_together() -> None:
    """One document ends no instance, nor do as many as are read at once: terraform gives the memory and the places."""
    services = (Path(__file__).parents[2] / "terraform" / "services.tf").read_text()
    memory = re.search(r'content_harvester = \{[^}]*?memory = "(\d+)Gi"', services)
    places = re.search(r'SOURCE_READERS\s*= "(\d+)"', services)
    assert memory is not None
    assert places is not None
    readers = int(places[1]) * max(limits.memory_bytes for limits in LIMITS.values())
    assert readers + HARVESTER_ITSELF <= int(memory[1]) * 2**30


# The confinement itself


def test_a_reader_that_had_no_time_is_stopped_and_tried_again() -> None:
    """Time on the wall is the machine's fault, and may be there the next time."""
    with pytest.raises(SourceBroken) as raised:
        read_in_sandbox(Kind.PDF, pdf(list(TIDES)), Limits(wall_s=0.01))
    assert raised.value.code == "source_too_slow"


def test_a_reader_that_the_system_stopped_is_tried_again() -> None:
    """As the kernel kills out of memory, not always the process at fault."""
    outcome: list[Exception] = []

    def read() -> None:
        try:
            read_in_sandbox(Kind.WEBPAGE, webpage(BUSY), Limits(wall_s=PATIENCE_S))
        except SourceBroken as error:
            outcome.append(error)

    reading = threading.Thread(target=read)
    reading.start()
    eventually(_killed_one, PATIENCE_S)
    reading.join()
    assert len(outcome) == 1


def _killed_one() -> bool:
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            if str(Kind.WEBPAGE) in child.cmdline():
                child.kill()
                return True
    return False


def test_a_reader_that_computes_too_much_is_stopped_long_before_that() -> None:
    with pytest.raises(Unreadable, match="more than may be spent"):
        read_in_sandbox(Kind.WEBPAGE, webpage(BUSY), Limits(wall_s=PATIENCE_S, cpu_s=1))


def test_a_reader_writes_no_file(tmp_path: Path) -> None:
    writing = (
        "import sys; from functions.content_harvester.sandbox import _confine; _confine(10, 2**30); "
        "print('harm', file=open(sys.argv[1], 'w'), flush=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", writing, str(tmp_path / "file")],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
    )
    assert b"File too large" in done.stderr
    assert (tmp_path / "file").read_bytes() == b""


def test_a_reader_that_wants_too_much_memory_gets_none() -> None:
    large = Document(epub(f"<p>{'tide ' * 2**22}</p>"))
    assert refusal(large, Limits(memory_bytes=64 * 2**20)) == "source_unreadable"
    assert refusal(large, Limits()) == "source_empty"  # with memory enough, so long a paragraph is left out


def test_a_reader_holds_no_secret_of_the_harvester(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE_API_KEY", "a secret")
    reading = threading.Thread(target=refusal, args=(webpage(BUSY), Limits()))
    reading.start()
    environments: list[dict[str, str]] = []

    def found() -> bool:
        for child in psutil.Process().children():
            with suppress(psutil.Error):  # not quite there yet
                if str(Kind.WEBPAGE) in child.cmdline():
                    environments.append(child.environ())
                    child.terminate()  # seen enough
        return bool(environments)

    eventually(found, PATIENCE_S)
    reading.join()
    assert "PYTHONPATH" in environments[0]
    assert "secret" not in str(environments[0])
