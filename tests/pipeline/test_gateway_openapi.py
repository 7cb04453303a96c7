"""The OpenAPI document tells the truth: every generated request is answered as described, and never with a 5xx."""

from __future__ import annotations

import re

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, assume, settings
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from functions.api_gateway import openapi
from functions.api_gateway.operations import OPERATIONS
from tests.conftest import ApiClient

load_all_checks()
EXAMPLES = settings().max_examples // 5
"""Requests for each operation: by day few, the same in every run, by night ten times as many."""

SERVER = "https://api.example.com"


@pytest.fixture(params=["drawn", pytest.param("at every bound", marks=pytest.mark.nightly)])
def document(request: pytest.FixtureRequest) -> schemathesis.BaseSchema:
    """By night with each value that is the least, the most, or one too many."""
    request.node._nodeid = request.node.nodeid  # schemathesis adds each operation to the name that pytest had for it
    schema = schemathesis.openapi.from_dict(openapi.document(OPERATIONS, SERVER))
    schema.config.phases.coverage.enabled = request.param != "drawn"
    return schema


# Loaded by the test and not while tests are collected, which each worker does: it takes seconds
@schemathesis.pytest.from_fixture("document").parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_every_operation_answers_as_its_document_says(case: schemathesis.Case, api_client: ApiClient) -> None:
    """All of schemathesis' checks but one: a valid topic may still be in a script that no voice here can read.

    An address with a line break is answered by functions-framework, before the gateway. Each accepted podcast is
    deleted at once: some are to be an hour long.
    """
    assume(not re.search("\n|%0A", "".join(map(str, (case.path_parameters or {}).values()))))
    answer = case.call_and_validate(
        base_url=api_client.stack.endpoints.api_url,
        headers={"Authorization": str(api_client.http.headers["Authorization"])},
        excluded_checks=[positive_data_acceptance],
        allow_redirects=False,
        timeout=30,
    )
    if answer.status_code == 202:
        api_client.http.delete(f"{api_client.api}/{answer.json()['cpoa_workflow_id']}", timeout=60).raise_for_status()


def test_the_document_that_is_served_is_the_one_that_is_tested(api_client: ApiClient) -> None:
    url = api_client.stack.endpoints.api_url
    assert requests.get(f"{url}/api/v1/openapi.json", timeout=30).json() == openapi.document(OPERATIONS, url)


def test_every_example_of_a_request_is_accepted(api_client: ApiClient) -> None:
    for example in openapi.document(OPERATIONS, SERVER)["components"]["schemas"]["GenerateRequest"]["examples"]:
        workflow_id = api_client.generate(**example)["cpoa_workflow_id"]
        api_client.http.delete(f"{api_client.api}/{workflow_id}", timeout=60)
