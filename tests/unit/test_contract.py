"""The contract is one: codes, limits and rhythms elsewhere agree with common/contract.py."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from common import contract, errors
from common.contract import ERRORS, INTERNAL_ERRORS, SourceKind
from local import generated, listener
from tests.unit.parsed import nodes

pytestmark = pytest.mark.xdist_group("parsed")

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = [path for folder in ("common", "functions", "streamer") for path in sorted((ROOT / folder).rglob("*.py"))]
RAISED_AS = {
    **{name: 0 for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)},
    "Unreadable": 0,  # a document's (content_harvester/source.py)
    "WireError": 0,
    "Failure": 0,  # what a listener is told (streamer/)
    "__init__": 0,  # of such a class of its own
    "error_from": 1,
    "failure": 1,  # with which a connection is closed (streamer/net/ending.py)
    "fail": 2,  # a podcast, in the orchestrator
}
"""What makes an error of a code, and which of its arguments the code is."""


def codes_in(path: Path) -> Iterator[str]:
    """The error codes that a file names: where raised, and in objects standing for an error."""
    for node in nodes(path):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=given) if name in RAISED_AS:
                for argument in given[RAISED_AS[name] :][:1]:
                    yield from texts(argument)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == "code":
                        yield from texts(value)


def texts(node: ast.expr) -> Iterator[str]:
    """The possible values of an expression, as far as literal."""
    match node:
        case ast.Constant(value=str(text)) if re.fullmatch(r"[a-z]+(_[a-z]+)*", text):
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from (*texts(one), *texts(other))
        case ast.BoolOp(values=several) | ast.Call(func=ast.Name(id="str"), args=several):
            for one in several:
                yield from texts(one)


def test_a_code_is_public_or_internal() -> None:
    assert not ERRORS & INTERNAL_ERRORS


def test_every_code_that_is_raised_is_in_the_contract_and_the_other_way_round() -> None:
    raised = {code: path.relative_to(ROOT) for path in PRODUCT for code in codes_in(path)}
    unknown = {code: path for code, path in raised.items() if code not in ERRORS | INTERNAL_ERRORS}
    assert not unknown, "say in common/contract.py whether these reach callers"
    assert not (ERRORS | INTERNAL_ERRORS) - raised.keys(), "nobody raises these"


def test_a_fresh_stream_mends_what_is_said_of_stream_ids_and_tokens_alone() -> None:
    said = set(codes_in(ROOT / "streamer" / "tickets.py"))
    assert said - {"store_unreachable", "key_revoked", "share_revoked"} == contract.STREAM_TOKEN_ERRORS


# What is made of it for the player


@pytest.mark.parametrize("path", generated.FILES, ids=lambda path: path.name)
def test_what_is_generated_is_of_this_contract(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == generated.FILES[path](), "run nox -s generated"


def test_the_player_imports_all_that_is_made_for_it() -> None:
    imported = set()
    for path in (ROOT / "web").rglob("*.js"):
        if not {"node_modules", "tests"} & set(path.parts):
            for names in re.findall(r"import \{([^}]*)\} from \"[./]*/contract\.js\"", path.read_text()):
                imported |= set(re.findall(r"\w+", names))
    made = set(re.findall(r"export const (\w+)", generated.contract_module()))
    assert imported == made


def test_what_the_page_itself_finds_wrong_is_found_by_one_of_its_scripts() -> None:
    words = ROOT / "web" / "page" / "plain_words.js"
    [declared] = re.findall(r"@typedef \{([^}]*)\} PageCode", words.read_text(encoding="utf-8"))
    codes = set(re.findall(r'"(\w+)"', declared))
    scripts = [path for path in (ROOT / "web").rglob("*.js") if not {"node_modules", "tests"} & set(path.parts)]
    named = {code for path in scripts if path != words for code in re.findall(r'"(\w+)"', path.read_text())}
    assert codes
    assert codes - named == set()
    assert codes & (ERRORS | INTERNAL_ERRORS) == set()


def test_every_kind_of_document_can_be_chosen_in_the_dialog() -> None:
    assert set(contract.FILE_ENDINGS.values()) == set(SourceKind) - {SourceKind.FEED}


# Rhythms that depend on each other


def test_a_player_reports_before_it_is_pinged_and_hears_of_the_streamer_before_it_loses_patience() -> None:
    assert contract.REPORT_EVERY_S < contract.KEEPALIVE_S
    assert contract.KEEPALIVE_S * 1.5 < contract.PLAYER_PATIENCE_S < listener.QUIET_TIMEOUT_S


RHYTHM = re.compile(
    r"\b(?:players? reports?|(?:streamer|server) says something)\b[^.\n]*\b(?:every|each) \d+ s\b", re.IGNORECASE
)


def test_no_comment_says_in_seconds_how_often_players_report_and_the_streamer_speaks() -> None:
    """It would be wrong as soon as the contract says otherwise, as three were."""
    files = [path for path in PRODUCT if path.name != "watch.py"]  # which tells of Firestore's server
    files += [*(ROOT / "local").glob("*.py"), *(ROOT / "web").glob("*.js"), *(ROOT / "web" / "stream").glob("*.js")]
    assert {path.name: found for path in files if (found := RHYTHM.findall(path.read_text()))} == {}
