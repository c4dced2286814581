"""Every operation to which something is sent answers any JSON and any bytes with JSON and a status below 500."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.desk.api.page import TITLES
from server.store.announcements import announcements
from tests.desk.api.programs import UNLIMITED, program
from tests.desk.api.test_v1 import WANTED
from tests.desk.office import Office, office_on

EXAMPLES = 25
TEXT = st.text(st.characters(), max_size=30)
WORDS = TEXT | st.sampled_from(["\x00", "\ud800", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00Z", "xa-minh-tan"])
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
ANY = st.recursive(LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4))
FIELDS = ("area", "title", "text", "from", "until", "boards", "link")
# Almost valid bodies: all fields of the schema, some of them with arbitrary values.
NEARLY = st.dictionaries(st.sampled_from(FIELDS), ANY).map(lambda some: {**WANTED, **some})
OPERATIONS = [(f"/api/v1{path}", method) for method, path in TITLES if method != "get"]


@pytest.fixture(scope="module")
def office(office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = office_on(office_template, tmp_path_factory.mktemp("fuzz"))
    made.config = UNLIMITED
    yield made
    made.db.close()


@pytest.fixture(scope="module")
def token(office: Office) -> str:
    return program(office).key


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda one: str(one))
def test_any_json_is_answered(office: Office, token: str, path: str, method: str, data: st.DataObject) -> None:
    body: Any = data.draw(NEARLY | ANY | st.binary(max_size=60), "body")
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    id = data.draw(st.integers(0, 2**70).map(str) | st.text(min_size=1, max_size=8), "id") if "{id}" in path else ""
    address = path.replace("{id}", quote(id.encode("utf-8", "surrogatepass"), safe="")).replace(
        "{board}", "xa-minh-tan"
    )
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = office.app.test_client().open(address, method=method.upper(), data=sent, headers=headers)
    assert answer.status_code < 500
    assert answer.is_json or answer.status_code < 400  # a redirect to the address with a final slash is not JSON


@pytest.mark.parametrize("field", ["from", "until"])
@pytest.mark.parametrize("time", ["9999-12-31T23:59:59+07:00", "0001-01-01T00:00:00Z", "2101-01-01T00:00:00Z"])
def test_a_time_of_another_century_is_refused_by_the_name_of_its_field(
    office: Office, token: str, field: str, time: str
) -> None:
    client, headers = office.app.test_client(), {"Authorization": f"Bearer {token}"}
    before = len(announcements.all(office.db))
    answer = client.post("/api/v1/announcements", headers=headers, json={**WANTED, field: time})
    assert answer.status_code == 422
    assert answer.get_json()["error"].startswith(f"{field}: ")
    assert len(announcements.all(office.db)) == before


def test_control_characters_leave_the_text(office: Office, token: str) -> None:
    client, headers = office.app.test_client(), {"Authorization": f"Bearer {token}"}
    sent = {**WANTED, "title": "Cắt\x00 điện\u202e", "text": "Một\u2028hai"}
    answer = client.post("/api/v1/announcements", headers=headers, json=sent)
    assert (answer.status_code, answer.get_json()["title"]) == (201, "Cắt điện")
    assert announcements.get(office.db, answer.get_json()["id"]).text == "Một\nhai"
