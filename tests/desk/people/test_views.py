"""People: keepers grant roles in their areas, but never to themselves; resetting an account needs two keepers."""

from __future__ import annotations

import re

import pytest

from server.core.areas import AreaTree
from server.core.policy import CONTENT, Grant, may
from server.desk.auth.reauthenticate import STATUS
from server.store.audit import audit
from server.store.database.errors import StoreRefusal
from server.store.people import accounts, people, resets
from tests.cast import AREAS, EDITOR, KEEPER, NOW, OPERATOR, SECOND_EDITOR, Person
from tests.desk.office import Office

COMMUNE_KEEPER = Person("thao", "Đỗ Thảo", "keeper", "xa-dong-hai")
SECOND_KEEPER = Person("quan", "Vũ Quân", "keeper", "tinh")


@pytest.fixture
def staffed(office: Office) -> Office:
    """The office with a second keeper of the province and one keeper of a commune."""
    for person in (COMMUNE_KEEPER, SECOND_KEEPER):
        people.add(office.db, username=person.slug, name=person.name, email=f"{person.slug}@x.vn", actor="r", now=NOW)
        given = Grant(person.role, person.area)
        people.grant(office.db, person.slug, given, by=None, actor="os:root", now=NOW)
    return office


INVITED = {"name": "Bùi Hà", "username": "ha", "email": "ha@example.vn", "role": "operator", "area": "xa-minh-tan"}


def grants(office: Office, person: Person) -> set[Grant]:
    return set(people.get(office.db, person.slug).grants)


def test_a_keeper_invites_and_the_link_works_once(staffed: Office) -> None:
    page = staffed.browser(KEEPER).post("/desk/people/new", INVITED)
    link = re.search(r"http://localhost(/desk/welcome/[^<]+)", page.text)
    assert link is not None, page.text
    assert people.get(staffed.db, "ha").grants == (Grant("operator", "xa-minh-tan"),)
    password = "một câu đủ dài để nhớ"
    browser = staffed.browser()
    assert browser.post(link[1], {"password": password, "again": password}).status_code == 303
    assert "Bùi Hà" in browser.get("/desk/security/").text


def test_only_a_keeper_of_all_the_persons_areas_makes_a_link(staffed: Office) -> None:
    given = Grant("editor", COMMUNE_KEEPER.area)
    people.grant(staffed.db, EDITOR.slug, given, by=None, actor="os:root", now=NOW)
    mine = staffed.browser(COMMUNE_KEEPER)
    assert mine.get(f"/desk/people/{EDITOR.slug}").status_code == 200, "shown, for they share a commune"
    answer = mine.post(f"/desk/people/{EDITOR.slug}/link")
    assert answer.status_code == 403
    assert "/desk/welcome/" not in answer.text
    assert "person.link" not in {act.act for act in audit.all(staffed.db)}
    assert "/desk/welcome/" in staffed.browser(KEEPER).post(f"/desk/people/{EDITOR.slug}/link").text
    last = audit.all(staffed.db)[-1]
    assert (last.act, last.actor, last.subject) == ("person.link", KEEPER.slug, f"person/{EDITOR.slug}")


def test_a_person_with_a_password_gets_no_link(staffed: Office) -> None:
    id = people.get(staffed.db, OPERATOR.slug).id
    accounts.save(staffed.db, id, {"password": "x"}, actor=OPERATOR.slug, now=NOW, address="")
    page = staffed.browser(KEEPER).post(f"/desk/people/{OPERATOR.slug}/link", follow_redirects=True).text
    assert "Người này đã có mật khẩu" in page
    assert "/desk/welcome/" not in page


def test_a_taken_username_is_reported_at_its_field(staffed: Office) -> None:
    page = staffed.browser(KEEPER).post("/desk/people/new", INVITED | {"username": "hoa"})
    assert "Tên đăng nhập hoa đã có người dùng" in page.text


def test_a_keeper_grants_and_revokes_a_role(staffed: Office) -> None:
    browser = staffed.browser(KEEPER)
    browser.post(f"/desk/people/{OPERATOR.slug}/grant", {"role": "viewer", "area": "xa-dong-hai"})
    assert Grant("viewer", "xa-dong-hai") in grants(staffed, OPERATOR)
    browser.post(f"/desk/people/{OPERATOR.slug}/revoke", {"grant": "viewer xa-dong-hai"})
    assert grants(staffed, OPERATOR) == {Grant("operator", "xa-minh-tan")}


@pytest.mark.parametrize("role", ["editor", "operator", "viewer", "keeper"])
def test_nobody_grants_a_role_to_themself(staffed: Office, role: str) -> None:
    before = grants(staffed, KEEPER)
    staffed.browser(KEEPER).post(f"/desk/people/{KEEPER.slug}/grant", {"role": role, "area": "xa-minh-tan"})
    assert grants(staffed, KEEPER) == before


def test_a_keeper_may_not_edit_content(staffed: Office) -> None:
    held = people.get(staffed.db, KEEPER.slug).grants
    assert not [right for right in CONTENT if may(held, right, None, AreaTree(AREAS))]


def test_a_keeper_of_one_commune_grants_nothing_in_another(staffed: Office) -> None:
    browser = staffed.browser(COMMUNE_KEEPER)
    assert browser.get(f"/desk/people/{OPERATOR.slug}").status_code == 404
    page = browser.post("/desk/people/new", INVITED)
    assert page.status_code == 200
    assert "ha" not in {one.username for one in people.all(staffed.db)}
    keeper, given = people.get(staffed.db, COMMUNE_KEEPER.slug), Grant("editor", "xa-minh-tan")
    with pytest.raises(people.NotAllowed):
        people.grant(staffed.db, OPERATOR.slug, given, by=keeper, actor="thao", now=NOW)


def test_a_keeper_of_one_commune_sees_nobody_of_another(staffed: Office) -> None:
    page = staffed.browser(COMMUNE_KEEPER).get("/desk/people/")
    assert COMMUNE_KEEPER.name in page.text
    for other in (OPERATOR, EDITOR, SECOND_EDITOR, KEEPER):
        assert other.name not in page.text


def test_a_suspended_keeper_grants_nothing(staffed: Office) -> None:
    keeper = people.get(staffed.db, SECOND_KEEPER.slug)
    people.suspend(staffed.db, SECOND_KEEPER.slug, active=False, actor="tuan", now=NOW)
    with pytest.raises(people.NotAllowed):
        people.grant(staffed.db, OPERATOR.slug, Grant("editor", "tinh"), by=keeper, actor="quan", now=NOW)


def test_a_keeper_suspends_others_but_not_themself(staffed: Office) -> None:
    browser = staffed.browser(KEEPER)
    browser.post(f"/desk/people/{OPERATOR.slug}/suspend")
    browser.post(f"/desk/people/{KEEPER.slug}/suspend")
    assert not people.get(staffed.db, OPERATOR.slug).active
    assert people.get(staffed.db, KEEPER.slug).active
    browser.post(f"/desk/people/{OPERATOR.slug}/open")
    assert people.get(staffed.db, OPERATOR.slug).active


def test_granting_a_role_asks_for_a_fresh_factor(staffed: Office) -> None:
    browser = staffed.browser(KEEPER, factor=False)
    answer = browser.post(f"/desk/people/{OPERATOR.slug}/grant", {"role": "editor", "area": "tinh"})
    assert answer.status_code == STATUS
    assert grants(staffed, OPERATOR) == {Grant("operator", "xa-minh-tan")}


# resetting an account


def test_a_reset_needs_two_keepers(staffed: Office) -> None:
    accounts.save(
        staffed.db, people.get(staffed.db, EDITOR.slug).id, {"password": "x", "tf_totp_secret": "y"},
        actor=EDITOR.slug, now=NOW, address="",
    )  # fmt: skip
    first, second = staffed.browser(KEEPER), staffed.browser(SECOND_KEEPER)
    first.post(f"/desk/people/{EDITOR.slug}/ask-reset")
    alone = first.post(f"/desk/people/{EDITOR.slug}/confirm-reset")
    assert alone.status_code == 303
    assert "/desk/welcome/" not in alone.text
    page = second.post(f"/desk/people/{EDITOR.slug}/confirm-reset")
    assert "/desk/welcome/" in page.text
    account = accounts.find(staffed.db, "username", EDITOR.slug)
    assert account is not None
    assert (account["password"], account["tf_totp_secret"]) == (None, None)


def test_a_reset_without_a_recent_request_is_refused(staffed: Office) -> None:
    one, two = (people.get(staffed.db, person.slug) for person in (KEEPER, SECOND_KEEPER))
    with pytest.raises(StoreRefusal):
        resets.confirm(staffed.db, EDITOR.slug, by=two, now=NOW)
    resets.ask(staffed.db, EDITOR.slug, by=one, now=NOW)
    with pytest.raises(StoreRefusal):
        resets.confirm(staffed.db, EDITOR.slug, by=two, now=NOW + 2 * resets.LASTS)


def test_withdrawing_a_reset_is_recorded_only_where_one_was_requested(staffed: Office) -> None:
    keeper = people.get(staffed.db, KEEPER.slug)

    def recorded() -> int:
        return sum(act.act == "person.reset_cancel" for act in audit.all(staffed.db))

    resets.cancel(staffed.db, EDITOR.slug, by=keeper, now=NOW)
    assert recorded() == 0
    resets.ask(staffed.db, EDITOR.slug, by=keeper, now=NOW)
    resets.cancel(staffed.db, EDITOR.slug, by=keeper, now=NOW)
    resets.cancel(staffed.db, EDITOR.slug, by=keeper, now=NOW)
    assert recorded() == 1


def test_a_keeper_of_a_commune_cannot_reset_a_person_of_the_province(staffed: Office) -> None:
    keeper = people.get(staffed.db, COMMUNE_KEEPER.slug)
    with pytest.raises(people.NotAllowed):
        resets.ask(staffed.db, EDITOR.slug, by=keeper, now=NOW)
    with pytest.raises(people.NotAllowed):
        resets.ask(staffed.db, COMMUNE_KEEPER.slug, by=keeper, now=NOW)
