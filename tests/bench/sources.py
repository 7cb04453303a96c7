"""How well documents are read: nox -s bench -- sources --corpus FOLDER [--json FILE], or -- sources --passages.

Files beside a file of the folder say how to score that file:

- `paper.pdf.txt`: its text. words: F1 of the words, however they are ordered. order: the share of all runs of four
words that were read which stand so in the expected text; what is left out by rule costs words, and not order. Where
tables may be told row by row as well as column by column, `paper.pdf.rows.txt` is the other order, and
`paper.pdf.raw.txt` that in which the file has them, cell by cell; the best counts. Letters are compared in NFKC and
lower case, without soft hyphens. The usual libraries read the same files beside ours.
- `paper.pdf.title`: its title. `paper.pdf.begins`: the words that its text begins with, where addresses and the like
come before.
- `book.epub.unscored`: why its expected text is wrong. The file is named with that, and not scored.
- `letter.txt.letters`: its text in UTF-8, each letter of which has to come out of its bytes, which say no charset.
- Nothing, of a feed in which feedparser finds words or links, and of captions with words: whether it is read, and
without marks, times and programs in its text.

Each reading is a process of its own, as in the harvester; seconds are the processor's, with all imports.

--passages needs no folder: passages of the project's own texts, of 40 to 1,000 letters, in windows-1252 without a word
on it, have to come out as they were written.
"""

from __future__ import annotations

import argparse
import json
import random
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
from functions.content_harvester.charsets import decode  # noqa: E402
from functions.content_harvester.kinds import Kind, kind_of  # noqa: E402
from functions.content_harvester.sandbox import read_in_sandbox  # noqa: E402
from functions.content_harvester.source import Document, Unreadable  # noqa: E402

RUN_OF_WORDS = 4
PEER_TIMEOUT_S = 60.0
_EXPECTED = (".txt", ".title", ".begins", ".letters")
_UNSCORED = ".unscored"
_ORDERS = (".txt", ".rows.txt", ".raw.txt")
_BESIDE = (*_EXPECTED, *_ORDERS[1:], _UNSCORED)
_MARKS = {
    Kind.FEED: re.compile(r"<\w+[^<>]*>|&\w+;|function\s*\("),
    Kind.TRANSCRIPT: re.compile(r"\d\d:\d\d[.,:]\d|-->|<\w|\{\\"),
}
"""What nobody says, in the text of a feed or of captions."""
_WORD = re.compile(r"[^\W\d_]{2}")


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
    begins: bool | None = None


@dataclass(frozen=True)
class Look:
    """A file that is right or wrong as a whole; `fault` says what is wrong."""

    file: str
    kind: str
    fault: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, help="a folder of files, with what is expected of them beside them")
    parser.add_argument("--passages", action="store_true", help="passages of our own texts, in windows-1252")
    parser.add_argument("--json", type=Path, help="write the score of each file here as well")
    parser.add_argument("--peer", choices=PEERS, help=argparse.SUPPRESS)  # a process of this bench's own
    parser.add_argument("file", nargs="?", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer and options.file:
        sys.stdout.buffer.write(PEERS[options.peer](options.file).encode(errors="replace"))
        return 0
    if options.corpus is None and not options.passages:
        parser.error("say where the files are: --corpus FOLDER")
    paths = list(_files(options.corpus)) if options.corpus else []
    for path in paths:
        if (why := _beside(path, _UNSCORED)) is not None:
            print(f"not scored: {path.name}: {why.strip()}")
    paths = [path for path in paths if _beside(path, _UNSCORED) is None]
    scores = [score for path in paths if _beside(path, ".txt") for score in _scores(path)]
    looks = [look for path in paths if (look := _looked_at(path))] + list(_passages() if options.passages else ())
    if not scores and not looks:
        parser.error(f"there is nothing in {options.corpus} to be scored: FILE.txt beside FILE, a feed, captions")
    if scores:
        _report(scores)
    _report_looks(looks)
    if options.json:
        told = [*map(asdict, scores), *map(asdict, looks)]
        options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 0


def _files(folder: Path) -> Iterator[Path]:
    """The files to read: without files of expectations."""
    for path in sorted(folder.rglob("*")):
        of_another = any(
            path.name.endswith(end) and path.with_name(path.name.removesuffix(end)).is_file() for end in _BESIDE
        )
        if path.is_file() and not of_another:
            yield path


def _beside(path: Path, ending: str) -> str | None:
    """What is expected of a file."""
    expected = path.with_name(f"{path.name}{ending}")
    return expected.read_bytes().decode(errors="replace") if expected.is_file() else None


def _looked_at(path: Path) -> Look | None:
    """Whether a file's letters are right, or a feed or captions are read clean; None for anything else."""
    data = path.read_bytes()
    if (letters := _beside(path, ".letters")) is not None:
        return Look(path.name, "letters", _other_letters(data, letters))
    if any(_beside(path, ending) is not None for ending in _EXPECTED):
        return None
    document = Document(data, "", path.name, "https://site.example/feed.xml")
    try:
        kind = kind_of(document)
    except Unreadable as error:
        feed = path.suffix in {".xml", ".rss", ".atom", ".rdf"} and _is_told_by_feedparser(data)
        return Look(path.name, Kind.FEED, str(error)) if feed else None
    if kind not in _MARKS or not (_is_told_by_feedparser(data) if kind is Kind.FEED else _has_cues(data)):
        return None
    try:
        reading = read_in_sandbox(kind, document)
    except (Unreadable, AethercastError) as error:
        return Look(path.name, kind, str(error))
    text = "\n".join(
        source.text for source in [*reading.sources, *(lead.teaser for lead in reading.leads if lead.teaser)]
    )
    mark = _MARKS[kind].search(text)
    return Look(path.name, kind, f"told: {mark[0]}" if mark else "")


def _other_letters(data: bytes, letters: str) -> str:
    """Find faults in the text of bytes without a charset."""
    try:
        return "" if decode(data, None).lstrip("\ufeff") == letters.lstrip("\ufeff") else "other letters"
    except Unreadable as error:
        return str(error)


def _is_told_by_feedparser(data: bytes) -> bool:
    import feedparser

    entries = feedparser.parse(data).entries
    texts = [str(part.get("value") or "") for entry in entries for part in entry.get("content", [])]
    texts += [str(entry.get("summary") or "") for entry in entries]
    links = any(str(entry.get("link") or "").startswith("http") for entry in entries)
    return links or any(_WORD.search(re.sub(r"<[^<>]*>", "", text)) for text in texts)


def _has_cues(data: bytes) -> bool:
    """Whether captions have a word beside their times, marks and headers."""
    lines = data.decode("utf-8", "replace").splitlines()
    timed = [at for at, line in enumerate(lines) if re.search(r"\d\d:\d\d|\"(?:start|text|body|content)\"", line)]
    return any(_WORD.search(re.sub(r"<[^<>]*>", "", line)) for at in timed for line in lines[at : at + 2])


def _passages() -> Iterator[Look]:
    random.seed(4)
    for path in sorted([*ROOT.glob("tests/unit/texts/*.txt"), *ROOT.glob("tests/unit/kinds/*.txt")]):
        text = path.read_text(encoding="utf-8")
        for _ in range(36):
            length = random.choice([40, 80, 150, 300, 1000])
            begin = random.randrange(max(1, len(text) - length))
            data = text[begin : begin + length].encode("cp1252", "ignore")
            passage = data.decode("cp1252")
            if not passage.isascii():
                yield Look(f"{path.name}:{begin}", "passages", _other_letters(data, passage))


def _scores(path: Path) -> Iterator[Score]:
    expected = [
        _words(order.read_text(encoding="utf-8", errors="replace"))
        for order in (path.with_name(f"{path.name}{ending}") for ending in _ORDERS)
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
        titled, begun = _beside(path, ".title"), _beside(path, ".begins")
        title = _words(titled) == _words(sources[0].title) if titled is not None else None
        first = _words(begun) if begun is not None else []
        begins = _words(sources[0].text)[: len(first)] == first if first else None
        yield Score(path.name, kind, "aethercast", words, order, _processor_s() - before, title, begins=begins)
    for peer in PEERS_OF.get(kind, ()):
        before = _processor_s()
        told = _peer(peer, path)
        words, order = _compared(_words(told), expected) if told is not None else (0.0, 0.0)
        refused = "" if told and told.strip() else "nothing was read"
        yield Score(path.name, kind, peer, words, order, _processor_s() - before, refused=refused)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text.replace("\u00ad", "")).lower())


def _compared(told: list[str], expected: list[list[str]]) -> tuple[float, float]:
    """F1 of the words, and the share of word runs found in any expected order."""
    words = expected[0]
    common = (Counter(told) & Counter(words)).total()
    f1 = 2 * common / (len(told) + len(words)) if told or words else 1.0
    runs = Counter(_runs(told))
    right = max((runs & Counter(_runs(order))).total() for order in expected)
    return f1, right / runs.total() if runs else 0.0


def _runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(RUN_OF_WORDS)), strict=False)


def _processor_s() -> float:
    """The cost of all ended processes so far, in seconds of a core."""
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
    columns = f"{'words':>14}{'order':>14}{'title':>10}{'begins':>10}{'s a file':>10}"
    print(f"{'kind':6}{'reader':14}{'files':>6}{'refused':>9}{columns}")
    for kind, reader in dict.fromkeys((score.kind, score.reader) for score in scores):
        mine = [score for score in scores if (score.kind, score.reader) == (kind, reader)]
        read = [score for score in mine if not score.refused]
        titles = _share([score.title for score in read])
        begins = _share([score.begins for score in read])
        words, order = _middle([score.words for score in read]), _middle([score.order for score in read])
        seconds = statistics.fmean(score.seconds for score in mine)
        refused = len(mine) - len(read)
        row = f"{kind:6}{reader:14}{len(mine):6}{refused:9}{words:>14}{order:>14}"
        print(f"{row}{titles:>10}{begins:>10}{seconds:10.2f}")
    print("words and order: median and mean of what was read")
    for score in scores:
        if score.refused and score.reader == "aethercast":
            print(f"  refused: {score.file}: {score.refused}")


def _report_looks(looks: list[Look]) -> None:
    for kind in dict.fromkeys(look.kind for look in looks):
        mine = [look for look in looks if look.kind == kind]
        print(f"{kind}: {sum(not look.fault for look in mine)} of {len(mine)} right")
        for look in mine:
            if look.fault:
                print(f"  {look.file}: {look.fault}")


def _share(right: list[bool | None]) -> str:
    known = [one for one in right if one is not None]
    return f"{sum(known)}/{len(known)}" if known else "-"


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
