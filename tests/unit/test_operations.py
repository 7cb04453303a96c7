"""The table of operations holds together: each row has one address, right and answer, and no model is over."""

from __future__ import annotations

import inspect
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from types import ModuleType

import pytest
from flask import Request
from pydantic import BaseModel

from common import contract
from common.settings import Settings
from functions.api_gateway import answers, generating, openapi, requests_schema
from functions.api_gateway.operation import EVERYBODY, OWNER, Operation
from functions.api_gateway.operations import OPERATIONS, show_document
from functions.api_gateway.requests_schema import GenerateRequest, InvalidRequest, parse
from functions.content_harvester.source import Source, Unreadable

each = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")


def test_no_address_and_no_name_stands_twice() -> None:
    addresses = Counter((operation.method, operation.path) for operation in OPERATIONS)
    names = Counter(operation.name for operation in OPERATIONS if operation.name)
    assert {what for what, times in (addresses + names).items() if times > 1} == set()


@each
def test_a_right_is_that_of_owners_of_everybody_or_a_setting(operation: Operation) -> None:
    of_our_own = {setting.name for setting in fields(Settings) if setting.name.endswith("_callers")}
    assert operation.by in {OWNER, EVERYBODY, *of_our_own}


@each
def test_whatever_the_public_may_call_is_documented_or_none_of_its_concern(operation: Operation) -> None:
    documented = operation.path.startswith("/api/") and operation.path != "/api/v1/openapi.json"
    assert bool(operation.name and operation.summary) == documented


@each
def test_a_handler_takes_what_its_row_gives(operation: Operation) -> None:
    """Settings, request and owner by their places, what the path holds and what is asked by their names."""
    parameters = [*inspect.signature(operation.handler).parameters]
    by_place = ["settings", "request", *(["owner"] if operation.by == OWNER else [])]
    by_name = [*re.findall(r"{(\w+)}", operation.path), *(["asked"] if operation.asks else [])]
    assert parameters == by_place + by_name


@each
def test_a_quota_is_of_those_who_have_a_key(operation: Operation) -> None:
    assert operation.by == OWNER or not operation.counted


@pytest.mark.parametrize(("module", "base"), [(answers, answers.Answer), (requests_schema, requests_schema.Model)])
def test_no_model_is_left_over(module: ModuleType, base: type[BaseModel]) -> None:
    """Each is a request or an answer, or a part of either."""
    rows = {model for row in OPERATIONS for model in (row.asks, row.answer.body) if isinstance(model, type)}
    used: set[str] = set(openapi.document(OPERATIONS, "https://api.example.com")["components"]["schemas"])
    for model in rows:
        schema = model.model_json_schema()
        used |= {model.__name__, *schema.get("$defs", {})}
    defined = {name for name, kind in vars(module).items() if isinstance(kind, type) and issubclass(kind, base)}
    assert defined - used <= {base.__name__, "OfOurOwn"}


def test_the_document_which_anybody_may_ask_for_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make = openapi.document

    def counted(operations: Iterable[Operation], server: str, **how: bool) -> dict[str, object]:
        made.append(server)
        return make(operations, server, **how)

    monkeypatch.setattr(openapi, "document", counted)
    settings = Settings(gateway_url="https://once.example.com")
    answered = {show_document(settings, Request({})).get_data() for _ in range(3)}
    assert answered == {json.dumps(make(OPERATIONS, "https://once.example.com")).encode()}
    assert made == ["https://once.example.com"]


def test_stages_are_those_of_the_contract() -> None:
    assert tuple(answers.Stages.model_fields) == contract.STAGES


def test_every_problem_that_may_come_has_a_meaning() -> None:
    assert {status for operation in OPERATIONS for status in operation.problems} == openapi.PROBLEMS.keys()


def test_every_vocabulary_is_the_contracts() -> None:
    schema = openapi.document(OPERATIONS, "https://api.example.com")["components"]["schemas"]
    asked = schema["GenerateRequest"]["properties"]
    assert asked["language"]["anyOf"][0]["enum"] == list(contract.LANGUAGES)
    assert asked["style"]["enum"] == list(contract.STYLES)
    for state in (contract.WorkflowState, contract.StageState, contract.SegmentState, contract.SegmentKind):
        assert schema[state.__name__]["enum"] == list(state)


# One limit of a text: what is let in can be read


LONGEST = contract.MAX_TEXT_CHARACTERS
LONGEST_WORDS = LONGEST // 3
COMPOSED_AWAY = "\u2adc"
"""One character that normalization makes two of."""


@pytest.mark.parametrize(
    "text",
    ["tide " * (LONGEST // 5), "word" * (LONGEST // 4), "ab" + "e\u0301" * (LONGEST - 2), "so \n" * LONGEST_WORDS],
)
def test_the_longest_text_is_let_in_and_read(text: str) -> None:
    assert parse(GenerateRequest, {"text": text}).text is not None
    Source.of(text, title="", url=None, author=None, date=None)


@pytest.mark.parametrize("text", ["word" * (LONGEST // 4) + "s", "x" * 5_000_000, "ab" + COMPOSED_AWAY * (LONGEST - 2)])
def test_a_longer_text_is_refused_at_once_and_told_how_long_it_may_be(text: str) -> None:
    with pytest.raises(Unreadable, match="source_too_large"):
        Source.of(text, title="", url=None, author=None, date=None)
    with pytest.raises(InvalidRequest) as refused:
        parse(GenerateRequest, {"text": text})
    [error] = refused.value.errors
    assert error["field"] == "text"
    assert re.fullmatch(r"has [\d,]+ characters; 2,000,000 is the most", error["message"])


@pytest.mark.parametrize(
    ("name", "shown"),
    [("Ti\x00de\u202es\u200b.pdf", "Tides.pdf"), (" The\ntide \x1b.txt", "The tide .txt"), ("Marée.pdf", "Marée.pdf")],
)
def test_the_name_of_a_file_has_nothing_unseen_in_it(name: str, shown: str) -> None:
    """It is the podcast's title until the file is read."""
    [document] = parse(GenerateRequest, {"documents": [{"name": name, "data": "VGlkZXM="}]}).documents
    assert document.name == shown


def test_a_title_that_is_a_host_has_nothing_unseen_in_it_and_an_end() -> None:
    for link in ("http://\u202eti\x00des\u2028/sea", f"http://{'tides' * 300}/sea"):
        title = generating._title(parse(GenerateRequest, {"urls": [link]}), "en")
        assert title.startswith("tides")
        assert len(title) <= contract.MAX_TITLE_CHARACTERS


@pytest.mark.parametrize(
    "document",
    [{"name": "\u200b\u202e"}, {"name": "\x00"}, {"content_type": "text/plain\r\nX-More: y"}, {"content_type": "é"}],
    ids=ascii,
)
def test_a_file_without_a_name_or_a_type_that_is_more_than_one_is_refused(document: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        parse(GenerateRequest, {"documents": [{"name": "a", "data": "VGlkZXM=", **document}]})
