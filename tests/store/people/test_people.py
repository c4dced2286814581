"""People in the store: changes of rights are audited, codes and links work once, sign-ins and tokens end.

The hash chain of the audit is verified.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlalchemy import delete, update

from server.core.policy import Grant, Person
from server.store import tables
from server.store.audit import audit, chain
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreRefusal
from server.store.database.locks import advisory_lock
from server.store.people import accounts, one_time_links, passkeys, people, resets, sign_ins, tokens
from tests.cast import DAY, HOUR, MINUTE, NOW

PROVINCE, COMMUNE = "tinh", "xa-minh-tan"
# Seconds, long enough for another thread to start waiting for the lock.
MEANWHILE = 0.3


def somebody(db: Database, username: str, *grants: Grant) -> Person:
    people.add(db, username=username, name=username.title(), email=f"{username}@x.vn", actor="os:root", now=NOW)
    for one in grants:
        people.grant(db, username, one, by=None, actor="os:root", now=NOW)
    return people.get(db, username)


def test_usernames_and_addresses_are_unique_in_any_case(db: Database) -> None:
    somebody(db, "hoa")
    for username, email in (("HOA", "new@x.vn"), ("new", "Hoa@X.vn")):
        with pytest.raises(StoreRefusal, match="đã có người dùng"):
            people.add(db, username=username, name="x", email=email, actor="os:root", now=NOW)


def test_granting_and_revoking_are_audited_and_checked(db: Database) -> None:
    keeper = somebody(db, "tuan", Grant("keeper", PROVINCE))
    somebody(db, "hoa")
    given = Grant("operator", COMMUNE)
    assert people.grant(db, "hoa", given, by=keeper, actor="tuan", now=NOW).grants == (given,)
    assert people.revoke(db, "hoa", given, by=keeper, actor="tuan", now=NOW).grants == ()
    assert [act.act for act in audit.all(db)][-2:] == ["person.grant", "person.revoke"]
    with pytest.raises(people.NotAllowed):
        people.grant(db, "tuan", Grant("editor", COMMUNE), by=keeper, actor="tuan", now=NOW)
    with pytest.raises(ValueError, match="Không có đơn vị"):
        people.grant(db, "hoa", Grant("editor", "xa-khong-co"), by=None, actor="os:root", now=NOW)


def test_a_grant_revoked_while_another_is_given_does_not_return(db: Database) -> None:
    person, given = somebody(db, "hoa", Grant("editor", PROVINCE)), Grant("viewer", COMMUNE)
    with ThreadPoolExecutor(1) as pool:
        with db.write() as conn:
            advisory_lock(conn, "people")
            conn.execute(delete(tables.grants).where(tables.grants.c.person == person.id))
            giving = pool.submit(people.grant, db, "hoa", given, by=None, actor="os:root", now=NOW)
            wait([giving], MEANWHILE)
        assert giving.result().grants == (given,)
    assert people.get(db, "hoa").grants == (given,)


def test_of_two_keepers_who_suspend_each_other_one_stays_active(db: Database) -> None:
    first, second = (somebody(db, name, Grant("keeper", PROVINCE)) for name in ("tuan", "quan"))
    with ThreadPoolExecutor(1) as pool:
        with db.write() as conn:
            advisory_lock(conn, "people")
            conn.execute(update(tables.people).where(tables.people.c.id == first.id).values(active=False))
            closing = pool.submit(people.suspend, db, "quan", active=False, by=first, actor="tuan", now=NOW)
            wait([closing], MEANWHILE)
        with pytest.raises(people.NotAllowed):
            closing.result()
    assert people.get(db, second.username).active


def first_link(db: Database) -> str:
    return one_time_links.make(db, "first", person=None, by="console", now=NOW, lasts=one_time_links.FIRST_LASTS)


def test_the_first_keeper_is_made_once(db: Database) -> None:
    token = first_link(db)
    first = people.first_keeper(db, token, username="thu", name="Thu", email="t@x.vn", password="x", now=NOW)
    assert first.grants == (Grant("keeper", PROVINCE),)
    with pytest.raises(one_time_links.LinkSpent):
        people.first_keeper(db, token, username="hai", name="Hai", email="h@x.vn", password="x", now=NOW)
    again = first_link(db)
    with pytest.raises(StoreRefusal, match="Đã có người quản trị"):
        people.first_keeper(db, again, username="hai", name="Hai", email="h@x.vn", password="x", now=NOW)
    assert [one.username for one in people.all(db)] == ["thu"]
    assert one_time_links.find(db, again, NOW) is not None, "a refusal does not use the link"


def test_a_time_step_is_taken_once_and_never_an_earlier_one(db: Database) -> None:
    id = somebody(db, "hoa").id
    assert [accounts.take_counter(db, id, step) for step in (5, 5, 4, 6)] == [True, False, False, True]


def test_a_recovery_code_is_spent_once(db: Database) -> None:
    id = somebody(db, "hoa").id
    accounts.save(db, id, {"mf_recovery_codes": ["a", "b"]}, actor="hoa", now=NOW, address="")
    assert accounts.spend_recovery_code(db, id, ["a", "b"], ["b"], now=NOW, address="")
    assert not accounts.spend_recovery_code(db, id, ["a", "b"], ["b"], now=NOW, address="")


def test_a_passkey_is_a_second_factor_until_it_is_deleted(db: Database) -> None:
    id = somebody(db, "hoa").id
    row = {
        "id": None, "credential_id": b"c", "public_key": b"p", "name": "USB", "sign_count": 0, "usage": "secondary",
        "device_type": "single_device", "backup_state": False, "transports": ["usb"], "extensions": None,
    }  # fmt: skip
    passkeys.save(db, id, row, now=NOW, address="")
    found = passkeys.find(db, b"c")
    assert found is not None
    passkeys.save(db, id, dict(found) | {"sign_count": 7}, now=NOW, address="")
    assert people.get(db, "hoa").second_factor
    accounts.forget_factors(db, "hoa", actor="os:root", now=NOW)
    assert not people.get(db, "hoa").second_factor
    assert passkeys.find(db, b"c") is None


def test_sign_ins_begin_expire_and_end(db: Database) -> None:
    person = somebody(db, "hoa")
    made = [sign_ins.begin(db, person.id, address="10.0.0.1", agent="x", now=NOW, factor=False).id for _ in range(3)]
    assert len(sign_ins.of(db, person.id, NOW)) == 3
    sign_ins.end(db, made[0], person=person.id + 1, now=NOW)
    assert [sign_ins.alive(db, one, NOW) is None for one in made] == [False, False, False]
    sign_ins.end(db, made[0], person=person.id, now=NOW)
    sign_ins.end_others(db, person.id, but=made[1], now=NOW)
    assert [sign_ins.alive(db, one, NOW) is None for one in made] == [True, False, True]
    kept = sign_ins.alive(db, made[1], NOW)
    assert kept is not None
    assert people.by_id(db, kept.person) == person
    assert sign_ins.alive(db, made[1], NOW + sign_ins.IDLE + MINUTE) is None
    people.suspend(db, "hoa", active=False, actor="os:root", now=NOW)
    assert sign_ins.alive(db, made[1], NOW) is None


def test_a_link_works_once_before_it_expires_and_a_new_one_voids_it(db: Database) -> None:
    id = somebody(db, "hoa").id
    old, new = (one_time_links.make(db, "invite", person=id, by="tuan", now=NOW, lasts=HOUR) for _ in range(2))
    assert one_time_links.find(db, old, NOW) is None
    assert one_time_links.find(db, new, NOW + 2 * HOUR) is None
    with db.write() as conn:
        assert [one_time_links.take(conn, new, NOW) for _ in range(2)] == [True, False]


def test_a_first_factor_is_set_once_and_not_beside_a_passkey(db: Database) -> None:
    lan, minh = somebody(db, "lan").id, somebody(db, "minh").id

    def sets(id: int) -> bool:
        return accounts.set_first_factor(db, id, "authenticator", "bi-mat", now=NOW, address="")

    assert [sets(lan), sets(lan)] == [True, False]
    assert [one.act for one in audit.all(db)].count("person.second_factor") == 1
    key: dict[str, object] = {
        "id": None, "credential_id": b"k", "public_key": b"k", "name": "máy", "sign_count": 0, "usage": "first",
        "device_type": "single_device", "backup_state": False, "transports": [], "extensions": None,
    }  # fmt: skip
    passkeys.save(db, minh, key, now=NOW, address="")
    assert not sets(minh)


def test_two_keepers_reset_a_login(db: Database) -> None:
    one, two = (somebody(db, name, Grant("keeper", PROVINCE)) for name in ("tuan", "quan"))
    lan = somebody(db, "lan", Grant("editor", COMMUNE))
    resets.ask(db, "lan", by=one, now=NOW)
    with pytest.raises(people.NotAllowed):
        resets.confirm(db, "lan", by=one, now=NOW)
    token = resets.confirm(db, "lan", by=two, now=NOW)
    found = one_time_links.find(db, token, NOW)
    assert found is not None
    assert found.person == lan.id
    assert resets.asked(db, lan.id, NOW) is None


def test_a_token_is_valid_until_it_expires_or_is_revoked(db: Database) -> None:
    editor = somebody(db, "lan", Grant("editor", PROVINCE))
    key = tokens.make(db, "Cổng", ["board.view"], [COMMUNE], by=editor, until=NOW + DAY, now=NOW)
    found = tokens.find(db, key, NOW)
    assert found is not None
    assert (found.rights, found.areas, found.actor) == (("board.view",), (COMMUNE,), "token:1")
    assert tokens.find(db, key, NOW + 2 * DAY) is None
    tokens.revoke(db, found.id, actor="lan", now=NOW)
    assert tokens.find(db, key, NOW) is None
    with pytest.raises(NotFound):
        tokens.revoke(db, found.id, actor="lan", now=NOW)


def test_the_last_use_of_a_token_is_right_again_after_the_clock_was_ahead(db: Database) -> None:
    editor = somebody(db, "lan", Grant("editor", PROVINCE))
    key = tokens.make(db, "Cổng", ["board.view"], [COMMUNE], by=editor, until=NOW + 9 * DAY, now=NOW)
    tokens.find(db, key, NOW + 2 * DAY)
    tokens.find(db, key, NOW + MINUTE)
    assert [one.last_used for one in tokens.listed(db)] == [NOW + MINUTE]


def test_the_chain_grows_and_verifies(db: Database) -> None:
    somebody(db, "hoa", Grant("viewer", PROVINCE))
    assert chain.extend(db, NOW + MINUTE) == 2
    somebody(db, "lan")
    assert chain.extend(db, NOW + MINUTE) == 1
    assert chain.broken(db) == ()
    assert chain.extent(db) == (2, 3)


def test_a_clock_correction_does_not_break_the_chain(db: Database) -> None:
    people.add(db, username="hoa", name="Hoa", email="hoa@x.vn", actor="os:root", now=NOW + DAY)
    people.add(db, username="lan", name="Lan", email="lan@x.vn", actor="os:root", now=NOW)
    chain.extend(db, NOW + MINUTE)
    assert chain.broken(db) == ()
    chain.extend(db, NOW + DAY + MINUTE)
    assert chain.broken(db) == ()
    assert chain.extent(db)[1] == len(audit.all(db)) == 2, "the chain covers both once both have settled"
