"""Rights: every route is requested with every role, and the result compared with a table written by hand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from server.core.policy import Grant
from server.desk.web import rights
from server.store.people import people
from tests.cast import NOW, Person
from tests.desk.office import Office, office_on
from tests.desk.web.rights_table import EVENTS, ROUTES, VALUES
from tests.paths import ROOT

LETTERS = {"v": "viewer", "o": "operator", "e": "editor", "k": "keeper"}
WALKERS = {
    letter: Person(f"walker-{role}", f"Người {role}", role, "xa-minh-tan")  # type: ignore[arg-type] # a viewer too
    for letter, role in LETTERS.items()
}


def add_walkers(office: Office) -> None:
    """Adds a person of each role in one commune."""
    for person in WALKERS.values():
        people.add(
            office.db, username=person.slug, name=person.name, email=f"{person.slug}@x.vn", actor="os:root", now=NOW
        )
        grant = Grant(person.role, person.area)
        people.grant(office.db, person.slug, grant, by=None, actor="os:root", now=NOW)


@pytest.fixture(scope="module")
def walked(office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for all tests of the module, with a person of each role in one commune."""
    office = office_on(office_template, tmp_path_factory.mktemp("walk"))
    add_walkers(office)
    yield office
    office.db.close()


def _rules(office: Office) -> dict[str, Rule]:
    return {
        f"{method} {rule.rule}": rule
        for rule in office.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


def test_no_route_is_without_a_declared_right(walked: Office) -> None:
    assert rights.undeclared(walked.app) == []


def test_every_route_has_its_row_and_every_row_its_route(walked: Office) -> None:
    assert set(_rules(walked)) == set(ROUTES)


def _answer(office: Office, named: str, who: Person | None) -> tuple[int, str]:
    method, rule = named.split(" ", 1)
    path = rule
    for name, value in VALUES.get(rule, {}).items():
        for kind in ("", "int:", "path:"):
            path = path.replace(f"<{kind}{name}>", str(value))
    assert "<" not in path, f"{rule}: its parameters have no values in VALUES"
    browser = office.browser(who)
    answer = browser.get(path) if method == "GET" else browser.post(path)
    return answer.status_code, answer.headers.get("Location", "")


def _is_let_in(office: Office, named: str, who: Person | None) -> bool:
    status, where = _answer(office, named, who)
    # Flask-Security redirects a signed-in user from its login page to the desk: that is no refusal.
    return status not in (401, 403) and "/desk/login?next=" not in where


@pytest.mark.parametrize("named", sorted(ROUTES))
def test_the_roles_of_the_table_are_let_in_and_no_others(walked: Office, named: str) -> None:
    wanted = ROUTES[named]
    expected = {letter for letter in LETTERS if wanted in ("all", "in") or letter in wanted}
    assert {letter for letter, person in WALKERS.items() if _is_let_in(walked, named, person)} == expected
    assert _is_let_in(walked, named, None) == (wanted == "all")


def _events() -> set[str]:
    """Namespace and name of every event that the hub handles, read from its code: ``on("want", …)``."""
    tree = ast.parse((ROOT / "server/live/broadcast/hub.py").read_text(encoding="utf-8"))
    found = set()
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "on"):
            continue
        name = call.args[0]
        namespace = next((word.value for word in call.keywords if word.arg == "namespace"), None)
        assert isinstance(name, ast.Constant)
        found.add(f"{namespace.id if isinstance(namespace, ast.Name) else '/'} {name.value!s}")
    return found


def test_every_socket_event_has_its_row() -> None:
    assert _events() == set(EVENTS)


def test_only_the_hub_handles_socket_events() -> None:
    said = re.compile(r"\.on_event\(|\.server\.on\(|@\w+\.on\(|on_namespace\(")
    others = [path for path in (ROOT / "server").rglob("*.py") if said.search(path.read_text(encoding="utf-8"))]
    assert [path.name for path in others] == []
