"""How well documents are read: nox -s bench -- sources --corpus FOLDER [--json FILE].

Every file of the folder with its expected text beside it is scored: `paper.pdf` with `paper.pdf.txt`, and with the
title in `paper.pdf.title` where that is to be scored, too. The libraries that one would reach for otherwise read the
same files beside ours. Each reading is a process of its own, as in the harvester; its seconds are the processor's,
with all that it imports.

words: F1 of the words, however they are ordered. order: the share of all runs of four words that were read which stand
so in the expected text; what is left out by rule costs words, and not order. Where tables may be told row by row as
well as column by column, `paper.pdf.rows.txt` is the other order, and the better of the two counts. Letters are
compared in NFKC and lower case.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from common.errors import AethercastError  # noqa: E402 - after the path is laid
from functions.content_harvester.kinds import kind_of  # noqa: E402
from functions.content_harvester.sandbox import read_in_sandbox  # noqa: E402
from functions.content_harvester.source import Document, Unreadable  # noqa: E402

RUN_OF_WORDS = 4
PEER_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Score:
    """One file read by one reader. `refused` says why there is no text; `title` is None where none is expected."""

    file: str
    kind: str
    reader: str
    words: float
    order: float
    seconds: float
    title: bool | None = None
    refused: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, help="a folder of files with FILE.txt, and FILE.title, beside them")
    parser.add_argument("--json", type=Path, help="write the score of each file here as well")
    parser.add_argument("--peer", choices=PEERS, help=argparse.SUPPRESS)  # a process of this bench's own
    parser.add_argument("file", nargs="?", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer and options.file:
        sys.stdout.buffer.write(PEERS[options.peer](options.file).encode(errors="replace"))
        return 0
    if options.corpus is None:
        parser.error("say where the files are: --corpus FOLDER")
    scores = [score for path in _files(options.corpus) for score in _scores(path)]
    if not scores:
        parser.error(f"no file in {options.corpus} has its expected text, FILE.txt, beside it")
    _report(scores)
    if options.json:
        options.json.write_text(json.dumps(list(map(asdict, scores)), indent=2) + "\n", encoding="utf-8")
    return 0


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.with_name(f"{path.name}.txt").is_file():
            yield path


def _scores(path: Path) -> Iterator[Score]:
    expected = [
        _words(order.read_text(encoding="utf-8", errors="replace"))
        for order in (path.with_name(f"{path.name}.txt"), path.with_name(f"{path.name}.rows.txt"))
        if order.is_file()
    ]
    kind = path.suffix.lower().lstrip(".") or "none"
    before = _processor_s()
    try:
        document = Document(path.read_bytes(), "", path.name)
        sources = read_in_sandbox(kind_of(document), document).sources
    except (Unreadable, AethercastError) as error:
        yield Score(path.name, kind, "aethercast", 0.0, 0.0, _processor_s() - before, refused=str(error))
    else:
        text = "\n\n".join([*(source.title for source in sources[:1]), *(source.text for source in sources)])
        words, order = _compared(_words(text), expected)
        titled = path.with_name(f"{path.name}.title")
        title = _words(titled.read_text(encoding="utf-8")) == _words(sources[0].title) if titled.is_file() else None
        yield Score(path.name, kind, "aethercast", words, order, _processor_s() - before, title)
    for peer in PEERS_OF.get(kind, ()):
        before = _processor_s()
        told = _peer(peer, path)
        words, order = _compared(_words(told), expected) if told is not None else (0.0, 0.0)
        refused = "" if told and told.strip() else "nothing was read"
        yield Score(path.name, kind, peer, words, order, _processor_s() - before, refused=refused)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower())


def _compared(told: list[str], expected: list[list[str]]) -> tuple[float, float]:
    """F1 of the words, and the share of runs of words that stand so in one of the orders that are expected."""
    words = expected[0]
    common = (Counter(told) & Counter(words)).total()
    f1 = 2 * common / (len(told) + len(words)) if told or words else 1.0
    runs = Counter(_runs(told))
    right = max((runs & Counter(_runs(order))).total() for order in expected)
    return f1, right / runs.total() if runs else 0.0


def _runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(RUN_OF_WORDS)), strict=False)


def _processor_s() -> float:
    """What all processes that ended have cost so far, in seconds of a core."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _peer(name: str, path: Path) -> str | None:
    command = [sys.executable, __file__, "--peer", name, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=PEER_TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None


def _report(scores: list[Score]) -> None:
    print(f"{'kind':6}{'reader':14}{'files':>6}{'refused':>9}{'words':>14}{'order':>14}{'title':>10}{'s a file':>10}")
    for kind, reader in dict.fromkeys((score.kind, score.reader) for score in scores):
        mine = [score for score in scores if (score.kind, score.reader) == (kind, reader)]
        read = [score for score in mine if not score.refused]
        titles = [score.title for score in read if score.title is not None]
        words, order = _middle([score.words for score in read]), _middle([score.order for score in read])
        seconds = statistics.fmean(score.seconds for score in mine)
        title = f"{sum(titles)}/{len(titles)}" if titles else "-"
        refused = len(mine) - len(read)
        print(f"{kind:6}{reader:14}{len(mine):6}{refused:9}{words:>14}{order:>14}{title:>10}{seconds:10.2f}")
    print("words and order: median and mean of what was read")
    for score in scores:
        if score.refused and score.reader == "aethercast":
            print(f"  refused: {score.file}: {score.refused}")


def _middle(figures: list[float]) -> str:
    return f"{statistics.median(figures):.3f} {statistics.fmean(figures):.3f}" if figures else "-"


# The libraries beside, each as its documentation shows it


def _pypdf(path: Path) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def _pypdfium2(path: Path) -> str:
    import pypdfium2

    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(path))


def _python_docx(path: Path) -> str:
    import docx

    return "\n".join(paragraph.text for paragraph in docx.Document(str(path)).paragraphs)


def _trafilatura(path: Path) -> str:
    import trafilatura

    return trafilatura.extract(path.read_bytes()) or ""


def _striprtf(path: Path) -> str:
    from striprtf.striprtf import rtf_to_text

    return str(rtf_to_text(path.read_bytes().decode("latin-1"), errors="ignore"))


PEERS: dict[str, Callable[[Path], str]] = {
    "pypdf": _pypdf,
    "pypdfium2": _pypdfium2,
    "python-docx": _python_docx,
    "trafilatura": _trafilatura,
    "striprtf": _striprtf,
}
PEERS_OF = {
    "pdf": ("pypdf", "pypdfium2"),
    "docx": ("python-docx",),
    "html": ("trafilatura",),
    "htm": ("trafilatura",),
    "rtf": ("striprtf",),
}

if __name__ == "__main__":
    sys.exit(main())
