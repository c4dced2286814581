"""Every address of the desk and the API answers hostile values in path, query and form without a server error.

The addresses come from the application's rules, the parameter names from the desk's code, so new ones are included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_from_bytes

import pytest
from werkzeug.routing import Rule

from server.store.announcements import announcements
from server.store.notices import notices
from tests import cast
from tests.cast import NOW
from tests.desk.api.programs import program
from tests.desk.office import EVERYTHING, Office, add_everything, office_on
from tests.desk.web.rights_table import VALUES
from tests.paths import ROOT
from tests.slow import slow_unless

HOSTILE = {
    "a number of 30 digits": quote("9" * 30),
    "a number of 5,000 digits": "9" * 5000,
    "minus one": "-1",
    "zero": "0",
    "the largest id": str(2**63 - 1),
    "one more than the largest id": str(2**63),
    "Arabic digits": quote("١٢"),
    "a superscript": quote("²"),
    "the year 1": "0001-01-01",
    "the year 9999": "9999-12-31T23:59",
    "NUL": "a%00b",
    "no UTF-8": quote_from_bytes(b"\xed\xa0\x80\xff"),
    "an override of direction": quote("a\u202eb"),
    "a template": quote("{{7*7}}"),
    "a word": "khong-co",
}
# The other values have found no further errors; they are tried only in the long suites.
IN_THE_GATE = {"a number of 30 digits", "a superscript", "the year 9999", "NUL"}
VALUES_OF_FORMS = [
    "9" * 30,
    "a\x00b",
    "9999-12-31T23:59",
    "-1",
    str(2**31),
    str(2**63 - 1),
    "²",
    "0001-01-01",
    "\ud800",
]
# Finds the names of parameters that the code reads from query or form.
_READ = re.compile(r'(?:args|form|query)\.(?:get|getlist)\(\s*"(\w+)"|(?:args|form)\["(\w+)"\]')
# With a value for "address" the desk would contact other machines; tests/feeds/download tests such values.
_LEFT_OUT = {"address"}


def parameters() -> list[str]:
    found = {"page", "endpoint", "_external", "_anchor", "_scheme", "_method", "from", "until", "to"}
    for path in (ROOT / "server/desk").rglob("*.py"):
        found |= {one or other for one, other in _READ.findall(path.read_text(encoding="utf-8"))}
    return sorted(found - _LEFT_OUT)


@pytest.fixture(scope="module")
def walked(office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with a person who holds every right, an announcement and a notice."""
    office = office_on(office_template, tmp_path_factory.mktemp("hostile"))
    add_everything(office.db)
    announcements.post(office.db, cast.announcement(), actor="lan")
    notices.post(office.db, cast.notice(), actor="lan", now=NOW)
    yield office
    office.db.close()


def rules(office: Office) -> list[tuple[str, Rule]]:
    return [
        (method, rule)
        for rule in office.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def filled(rule: Rule, hostile: str | None) -> str:
    """The address of a rule: each parameter is ``hostile``, or has its value in VALUES where ``hostile`` is None."""
    values = VALUES.get(rule.rule, {})
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: hostile or str(values[part[1]]), rule.rule)


def faults(office: Office, method: str, address: str, form: dict[str, object] | None = None) -> list[str]:
    browser = office.browser(EVERYTHING)
    try:
        answer = browser.get(address) if method == "GET" else browser.post(address, form)
    except Exception as error:  # noqa: BLE001 - under test the application raises every exception
        return [f"{method} {address[:120]}: {error!r}"]
    # 501 is what oEmbed wants as the answer to a format that is not offered.
    fault = answer.status_code >= 500 and answer.status_code != 501
    return [f"{method} {address[:120]}: {answer.status_code}"] if fault else []


@pytest.mark.parametrize("what", slow_unless(IN_THE_GATE, HOSTILE))
def test_no_part_of_an_address_makes_a_fault(walked: Office, what: str) -> None:
    parted = [(method, rule) for method, rule in rules(walked) if "<" in rule.rule]
    found = [fault for method, rule in parted for fault in faults(walked, method, filled(rule, HOSTILE[what]))]
    assert found == []


@pytest.mark.parametrize("what", slow_unless(IN_THE_GATE, HOSTILE))
def test_no_query_makes_a_fault(walked: Office, what: str) -> None:
    query = "&".join(f"{name}={HOSTILE[what]}" for name in parameters())
    gets = [rule for method, rule in rules(walked) if method == "GET"]
    assert [fault for rule in gets for fault in faults(walked, "GET", f"{filled(rule, None)}?{query}")] == []


@pytest.mark.parametrize("value", slow_unless(VALUES_OF_FORMS[:3], VALUES_OF_FORMS))
def test_no_form_makes_a_fault(walked: Office, value: str) -> None:
    form: dict[str, object] = dict.fromkeys(parameters(), value.encode("utf-8", "surrogatepass"))
    posts = [rule for method, rule in rules(walked) if method == "POST"]
    assert [fault for rule in posts for fault in faults(walked, "POST", filled(rule, None), form)] == []


@pytest.mark.parametrize("disposition", ["form-data", 'form-data; filename="a"', 'form-data; name=""', "attachment"])
@pytest.mark.parametrize("path", ["/desk/login", "/api/v1/files"])
def test_a_part_of_a_form_without_a_name_is_no_error(office: Office, path: str, disposition: str) -> None:
    body = f"--x\r\nContent-Disposition: {disposition}\r\n\r\nvalue\r\n--x--\r\n"
    held = {"Authorization": f"Bearer {program(office).key}"}
    answer = office.app.test_client().post(
        path, data=body, content_type="multipart/form-data; boundary=x", headers=held
    )
    assert answer.status_code < 500
