"""Rights and factors of every route, compared with rights_table.py.

Each route is requested with every role, with and without a fresh second factor.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.routing import Rule

from server.core.policy import Grant
from server.desk.auth.reauthenticate import STATUS
from server.desk.web import rights
from server.live.broadcast import event_rules
from server.store.people import accounts, people
from tests.cast import NOW, Person
from tests.desk.office import Office, office_on
from tests.desk.web.rights_table import EVENTS, ROUTES, VALUES
from tests.desk.webhooks.logged import add_logged
from tests.paths import ROOT

_FACTOR = ("tf_primary_method", "tf_totp_secret")
LETTERS = {"v": "viewer", "o": "operator", "e": "editor", "k": "keeper"}
WALKERS = {
    letter: Person(f"walker-{role}", f"Người {role}", role, "xa-minh-tan")  # type: ignore[arg-type] # a viewer too
    for letter, role in LETTERS.items()
}


def add_walkers(office: Office) -> None:
    """Adds a person of each role, all in one commune."""
    for person in WALKERS.values():
        people.add(
            office.db, username=person.slug, name=person.name, email=f"{person.slug}@x.vn", actor="os:root", now=NOW
        )
        grant = Grant(person.role, person.area)
        people.grant(office.db, person.slug, grant, by=None, actor="os:root", now=NOW)


@pytest.fixture(scope="module")
def walked(office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The office that all tests of the module share, with a person of each role in one commune."""
    office = office_on(office_template, tmp_path_factory.mktemp("walk"))
    add_walkers(office)
    add_logged(office.db)
    yield office
    office.db.close()


def _rules(office: Office) -> dict[str, Rule]:
    return {
        f"{method} {rule.rule}": rule
        for rule in office.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


def test_no_route_is_without_a_declared_right_and_factor(walked: Office) -> None:
    assert rights.undeclared(walked.app) == []


def test_every_route_has_its_row_and_every_row_its_route(walked: Office) -> None:
    assert set(_rules(walked)) == set(ROUTES)


def _answer(office: Office, named: str, who: Person | None, *, factor: bool = True) -> tuple[int, str]:
    method, rule = named.split(" ", 1)
    path = rule
    for name, value in VALUES.get(rule, {}).items():
        for kind in ("", "int:", "path:"):
            path = path.replace(f"<{kind}{name}>", str(value))
    assert "<" not in path, f"{rule}: its parameters have no values in VALUES"
    browser = office.browser(who, factor=factor)
    if method in ("DELETE", "PUT"):
        answer = browser.client.open(path, method=method)
    else:
        answer = browser.get(path) if method == "GET" else browser.post(path)
    return answer.status_code, answer.headers.get("Location", "")


def _is_let_in(office: Office, named: str, who: Person | None) -> bool:
    status, where = _answer(office, named, who)
    # Flask-Security redirects a signed-in user from its login page to the desk; that is not a refusal.
    return status not in (401, 403) and "/desk/login?next=" not in where


@pytest.mark.parametrize("named", sorted(ROUTES))
def test_the_roles_of_the_table_are_let_in_and_no_others(walked: Office, named: str) -> None:
    wanted = ROUTES[named].partition(" ")[0]
    expected = {letter for letter in LETTERS if wanted in ("all", "in") or letter in wanted}
    assert {letter for letter, person in WALKERS.items() if _is_let_in(walked, named, person)} == expected
    assert _is_let_in(walked, named, None) == (wanted == "all")


@pytest.mark.parametrize("named", sorted(route for route in ROUTES if route.startswith("POST ")))
def test_an_act_asks_every_role_for_a_fresh_factor_where_the_table_says_so(walked: Office, named: str) -> None:
    wanted, _, factor = ROUTES[named].partition(" ")
    let_in = [letter for letter in LETTERS if wanted in ("all", "in") or letter in wanted]
    for letter in let_in:
        person = WALKERS[letter]
        _hold_factor(walked, person, factor == "held")
        asked = _answer(walked, named, person, factor=False)[0] == STATUS
        _hold_factor(walked, person, False)
        assert asked == bool(factor), person.role
        if factor == "held":
            assert _answer(walked, named, person, factor=False)[0] != STATUS, "nobody can show a factor not set up"


def _hold_factor(office: Office, person: Person, held: bool) -> None:
    id = people.get(office.db, person.slug).id
    values = {"tf_primary_method": "authenticator", "tf_totp_secret": "x"} if held else dict.fromkeys(_FACTOR)
    accounts.save(office.db, id, values, actor="os:root", now=NOW, address="")


def test_the_description_of_the_api_names_the_right_of_each_operation(walked: Office) -> None:
    described = json.loads(walked.browser().get("/api/openapi.json").text)["paths"]
    told = {
        (method.upper(), path): operation
        for path, methods in described.items()
        for method, operation in methods.items()
    }
    rules = [(named, rule) for named, rule in _rules(walked).items() if rule.rule.startswith("/api/v1/")]
    assert len(rules) == len(told)
    for named, rule in rules:
        need = rights.need_of(walked.app, rule.endpoint)
        assert need is not None
        path = re.sub(r"<(?:int:)?(\w+)>", r"{\1}", rule.rule)
        operation = told[named.partition(" ")[0], path]
        assert operation["x-right"] == need.right
        assert operation["responses"]["403"]["description"] == f"the key has not {need.right}"


def _registered_by_name() -> set[str]:
    """The names of the events that server/live/broadcast/hub.py registers by a literal name: ``on("connect", …)``."""
    tree = ast.parse((ROOT / "server/live/broadcast/hub.py").read_text(encoding="utf-8"))
    calls = [call for call in ast.walk(tree) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)]
    names = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "on"]
    return {str(name.value) for name in names if isinstance(name, ast.Constant)}


def test_every_socket_event_has_its_row() -> None:
    assert _registered_by_name() == {"connect", "disconnect"}
    declared = {f"{rule.namespace} {rule.name}": set(rule.senders) for rule in event_rules.EVENTS}
    assert declared == EVENTS


def test_only_the_hub_handles_socket_events() -> None:
    said = re.compile(r"\.on_event\(|\.server\.on\(|@\w+\.on\(|on_namespace\(")
    others = [path for path in (ROOT / "server").rglob("*.py") if said.search(path.read_text(encoding="utf-8"))]
    assert [path.name for path in others] == []
