"""The OpenAPI document is valid by an independent validator, names every operation, and each of them keeps to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from server.desk.api.page import TITLES
from server.store.announcements import announcements
from server.store.notices import notices
from tests import cast
from tests.desk.api.programs import UNLIMITED, Program, program
from tests.desk.office import Office, office_on

load_all_checks()
CHECKED: list[Any] = [  # schemathesis has no one type for checks that are functions and those that are classes
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    )
]
USUAL_CASES, ALL_CASES = 10, 2000
# Operations that answer without a key: they are not in the document.
WITHOUT_KEY = {"/api/", "/api/openapi.json"}


@pytest.fixture(scope="module")
def office(office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = office_on(office_template, tmp_path_factory.mktemp("openapi"))
    made.config = UNLIMITED
    announcements.post(made.db, cast.announcement(area="xa-minh-tan"), actor="lan")
    notices.post(made.db, cast.notice(areas=("xa-minh-tan",)), actor="lan", now=cast.NOW)
    yield made
    made.db.close()


@pytest.fixture(scope="module")
def client(office: Office) -> Program:
    return program(office)


@pytest.fixture(scope="module")
def schema(office: Office) -> Any:
    """The document as schemathesis reads it; once, because reading it takes as long as ten cases."""
    return schemathesis.openapi.from_wsgi("/api/openapi.json", office.app)


@pytest.fixture(scope="module")
def document(office: Office) -> Any:
    return office.app.test_client().get("/api/openapi.json").get_json()


def test_the_document_is_valid(document: Any) -> None:
    validate(document)
    assert document["openapi"] == "3.1.0"


def test_the_document_names_every_route_and_the_page_every_operation(office: Office, document: Any) -> None:
    routes = {
        (method.lower(), re.sub(r"<(?:int:)?(\w+)>", r"{\1}", rule.rule))
        for rule in office.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/")
    }
    described = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert described == routes
    assert {(method, f"/api/v1{path}") for method, path in TITLES} == routes


def test_what_answers_without_a_key_is_in_a_list(office: Office) -> None:
    client, open_to_all = office.app.test_client(), set()
    for rule in office.app.url_map.iter_rules():
        if rule.rule.startswith("/api/"):
            path = re.sub(r"<int:\w+>", "1", re.sub(r"<\w+>", "x", rule.rule))
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                if client.open(path, method=method).status_code != 401:
                    open_to_all.add(rule.rule)
    assert open_to_all == WITHOUT_KEY


def test_every_name_in_the_document_is_used(document: Any) -> None:
    text = str(document)
    schemas = document["components"]["schemas"]
    assert [name for name in schemas if f"#/components/schemas/{name}'" not in text] == []
    assert not [name for name in schemas if name.endswith("Shape")]
    assert "nullable" not in text


OPERATIONS = sorted((method, f"/api/v1{path}") for method, path in TITLES)


def _call(schema: Any, key: str, method: str, path: str, cases: int) -> None:
    """Sends many valid and invalid requests to one operation; each answer must be one that the document describes."""
    operation = schema[path][method.upper()]
    held = {"Authorization": f"Bearer {key}"}
    kinds = operation.as_strategy() | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @settings(max_examples=cases, database=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))
    @given(case=kinds)
    def every(case: schemathesis.Case[Any]) -> None:
        answer = case.call(headers=held)
        case.validate_response(answer, checks=CHECKED)

    every()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_operation_answers_as_described(schema: Any, client: Program, method: str, path: str) -> None:
    _call(schema, client.key, method, path, USUAL_CASES)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_operation_answers_2000_requests_as_described(
    schema: Any, client: Program, method: str, path: str
) -> None:
    _call(schema, client.key, method, path, ALL_CASES)
