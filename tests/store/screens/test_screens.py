"""Screens in the store: a pairing code and a key are given out once, and a successor takes over a screen's slot.

Also tests commands, which revoked screens do not get, and panic mode.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from server.core.screens.screens import LETTERS, CommandName, Screen, hash_of
from server.store import tables
from server.store.audit import audit
from server.store.boards import panics
from server.store.database.engine import Database
from server.store.database.errors import NotFound, NotLive
from server.store.database.locks import advisory_lock
from server.store.screens import pairing, screens
from server.store.tables import pairings
from tests.cast import EDITOR, HOI_TRUONG, KEEPER, MINUTE, NOW

HALL, SQUARE = HOI_TRUONG.slug, "pho-dong-hai"


def paired(
    db: Database, board: str = HALL, *, name: str = "", phone: str = "", replaces: int | None = None
) -> tuple[Screen, str]:
    """A screen that has fetched its key, and that key; ``replaces`` is the number of the screen that it replaces."""
    code, secret, _ = pairing.open_code(db, NOW)
    made = pairing.claim(db, code, board, actor=EDITOR.slug, now=NOW, name=name, phone=phone, replaces=replaces)
    got = pairing.collect(db, code, secret, NOW)
    assert got is not None
    return screens.get(db, made.id), got.key


def test_a_code_is_eight_of_twenty_letters_and_lives_ten_minutes(db: Database) -> None:
    code, secret, expires = pairing.open_code(db, NOW)
    assert len(code) == 8
    assert set(code) <= set(LETTERS)
    assert len(set(LETTERS)) == 20
    assert expires == NOW + 10 * MINUTE
    with pytest.raises(NotFound):
        pairing.claim(db, code, HALL, actor=EDITOR.slug, now=expires)
    with pytest.raises(NotFound):
        pairing.collect(db, code, secret, expires)


def test_the_key_is_handed_out_once_and_stored_as_a_hash_only(db: Database) -> None:
    code, secret, _ = pairing.open_code(db, NOW)
    assert pairing.collect(db, code, secret, NOW) is None
    made = pairing.claim(db, f" {code[:4].lower()}-{code[4:]} ", HALL, actor=EDITOR.slug, now=NOW, name="Sảnh")
    assert (made.name, made.board, made.slot, made.key_hash) == ("Sảnh", HALL, 0, None)
    got = pairing.collect(db, code, secret, NOW)
    assert got is not None
    assert (got.screen, got.board) == (made.id, HALL)
    assert len(got.key) >= 43
    with pytest.raises(NotFound):
        pairing.collect(db, code, secret, NOW)
    assert screens.get(db, made.id).key_hash == hash_of(got.key)
    assert all(got.key not in str(act) and hash_of(got.key) not in str(act) for act in audit.all(db))


def test_a_code_is_claimed_once(db: Database) -> None:
    code, _, _ = pairing.open_code(db, NOW)
    pairing.claim(db, code, HALL, actor=EDITOR.slug, now=NOW)
    with pytest.raises(NotFound):
        pairing.claim(db, code, SQUARE, actor=KEEPER.slug, now=NOW)


def test_five_wrong_codes_block_one_person_for_ten_minutes(db: Database) -> None:
    code, _, _ = pairing.open_code(db, NOW)
    for _ in range(5):
        with pytest.raises(NotFound):
            pairing.claim(db, "BBBBBBBB" if code != "BBBBBBBB" else "CCCCCCCC", HALL, actor=EDITOR.slug, now=NOW)
    with pytest.raises(pairing.TooMany):
        pairing.claim(db, code, HALL, actor=EDITOR.slug, now=NOW)
    assert pairing.claim(db, code, HALL, actor=KEEPER.slug, now=NOW).board == HALL
    fresh, _, _ = pairing.open_code(db, NOW + 10 * MINUTE)
    assert pairing.claim(db, fresh, HALL, actor=EDITOR.slug, now=NOW + 10 * MINUTE).slot == 1


def _fill(db: Database, address: str, count: int) -> list[str]:
    """Inserts ``count`` pairing codes of a client's address; returns them, oldest first."""
    codes = [f"{address}-{number:05}" for number in range(count)]
    rows = [
        {
            "code": code,
            "secret_hash": "x",
            "address": address,
            "expires": NOW + MINUTE + at * timedelta(milliseconds=1),
        }
        for at, code in enumerate(codes)
    ]
    with db.write() as conn:
        conn.execute(insert(pairings), rows)
    return codes


def _codes(db: Database) -> set[str]:
    with db.read() as conn:
        return set(conn.execute(select(pairings.c.code)).scalars())


def test_an_address_with_too_many_codes_loses_its_oldest_one(db: Database) -> None:
    (other,), mine = _fill(db, "b", 1), _fill(db, "a", pairing.MOST_AN_ADDRESS)
    code, _, _ = pairing.open_code(db, NOW, "a")
    assert _codes(db) == {code, other, *mine[1:]}


def test_where_all_codes_are_taken_a_new_device_of_another_address_gets_one(db: Database) -> None:
    many, (single,), half = _fill(db, "a", 6_000), _fill(db, "b", 1), _fill(db, "c", 3_999)
    fresh, _, _ = pairing.open_code(db, NOW, "d")
    assert _codes(db) == {fresh, single, *many[1:], *half}
    # A client that has codes of its own loses one of these, not another client's.
    again, _, _ = pairing.open_code(db, NOW, "b")
    assert _codes(db) == {again, fresh, *many[1:], *half}


def test_a_claimed_code_is_never_dropped(db: Database) -> None:
    code, secret, _ = pairing.open_code(db, NOW, "a")
    pairing.claim(db, code, HALL, actor=EDITOR.slug, now=NOW)
    _fill(db, "a", pairing.MOST_AN_ADDRESS)
    pairing.open_code(db, NOW, "a")
    assert pairing.collect(db, code, secret, NOW) is not None


def test_old_tries_codes_and_commands_are_forgotten(db: Database) -> None:
    screen, _ = paired(db)
    pairing.open_code(db, NOW)
    with pytest.raises(NotFound):
        pairing.claim(db, "BBBBBBBB", HALL, actor=EDITOR.slug, now=NOW)
    asked: tuple[tuple[CommandName, int], ...] = (("screenshot", 1), ("reload", 1), ("screenshot", 60))
    for name, minutes in asked:
        screens.send(db, [screen.id], name, until=NOW + minutes * MINUTE, actor=EDITOR.slug, now=NOW)
    old, new = NOW, NOW + 30 * MINUTE
    assert (pairing.forget_tries(db, before=old), pairing.forget_tries(db, before=new)) == (0, 1)
    assert (pairing.forget_codes(db, before=old), pairing.forget_codes(db, before=new)) == (0, 1)
    assert (screens.forget_commands(db, before=old), screens.forget_commands(db, before=new)) == (0, 2)
    assert [one.name for one in screens.commands_since(db, 0, NOW)] == ["screenshot"]


def test_five_wrong_secrets_invalidate_a_code(db: Database) -> None:
    code, secret, _ = pairing.open_code(db, NOW)
    for _ in range(5):
        with pytest.raises(NotFound):
            pairing.collect(db, code, "sai", NOW)
    with pytest.raises(NotFound):
        pairing.collect(db, code, secret, NOW)
    with pytest.raises(NotFound):
        pairing.claim(db, code, HALL, actor=EDITOR.slug, now=NOW)


def test_an_unknown_board_pairs_nothing(db: Database) -> None:
    code, secret, _ = pairing.open_code(db, NOW)
    with pytest.raises(ValueError, match="khong-co"):
        pairing.claim(db, code, "khong-co", actor=EDITOR.slug, now=NOW)
    assert pairing.collect(db, code, secret, NOW) is None
    assert screens.all(db) == ()


def test_a_successor_takes_over_the_slot_and_the_old_screen_is_revoked(db: Database) -> None:
    old, _ = paired(db, name="Sảnh tầng 1", phone="0221 3863 200")
    neighbour, _ = paired(db)
    code, secret, _ = pairing.open_code(db, NOW)
    made = pairing.claim(db, code, "", actor=EDITOR.slug, now=NOW, replaces=old.id)
    assert pairing.collect(db, code, secret, NOW) is not None
    assert (made.name, made.phone, made.board, made.slot) == (old.name, old.phone, HALL, old.slot)
    gone = screens.get(db, old.id)
    assert (gone.replaced_by, gone.revoked) == (made.id, NOW)
    assert [one.id for one in screens.all(db, [HALL])] == [made.id, neighbour.id]
    with pytest.raises(NotLive):
        screens.revoke(db, old.id, actor=EDITOR.slug, now=NOW)


def test_the_number_of_changes_gives_every_change_once(db: Database) -> None:
    screen, _ = paired(db)
    seen = screens.current(db)
    assert screens.changed_since(db, seen) == ()
    moved = screens.move(db, screen.id, SQUARE, actor=EDITOR.slug, now=NOW)
    assert screens.changed_since(db, seen) == (moved,)
    assert (moved.board, moved.slot) == (SQUARE, 0)
    asked = screens.send(db, [screen.id], "reload", until=NOW + MINUTE, actor=EDITOR.slug, now=NOW)
    assert screens.commands_since(db, seen, NOW) == asked
    assert screens.commands_since(db, seen, NOW + MINUTE) == ()
    gone = screens.revoke(db, screen.id, actor=EDITOR.slug, now=NOW)
    assert screens.changed_since(db, screens.current(db) - 1) == (gone,)
    acts = [act.act for act in audit.all(db)]
    assert acts[-4:] == ["screen.join", "screen.move", "screen.reload", "screen.revoke"]


def test_a_slot_is_never_reused(db: Database) -> None:
    first, _ = paired(db)
    screens.revoke(db, first.id, actor=EDITOR.slug, now=NOW)
    second, _ = paired(db)
    assert (first.slot, second.slot) == (0, 1)


def test_no_screen_gets_a_command_if_one_is_revoked(db: Database) -> None:
    here, _ = paired(db)
    gone, _ = paired(db)
    screens.revoke(db, gone.id, actor=EDITOR.slug, now=NOW)
    with pytest.raises(NotLive):
        screens.send(db, [here.id, gone.id], "identify", until=NOW + MINUTE, actor=EDITOR.slug, now=NOW)
    assert screens.commands_since(db, 0, NOW) == ()


def test_a_screen_is_handed_over_and_taken_back(db: Database) -> None:
    screen, _ = paired(db)
    end = NOW + timedelta(hours=2)
    assert screens.hand_over(db, screen.id, end, actor=EDITOR.slug, now=NOW).handed_until == end
    assert [one.name for one in screens.commands_since(db, 0, NOW)] == ["handover"]
    assert screens.hand_over(db, screen.id, None, actor=EDITOR.slug, now=NOW).handed_until is None


def test_only_the_screen_that_was_asked_answers_a_screenshot(db: Database) -> None:
    asked_for, _ = paired(db)
    other, _ = paired(db)
    command = screens.send(db, [asked_for.id], "screenshot", until=NOW + MINUTE, actor=EDITOR.slug, now=NOW)[0]
    assert screens.screenshots(db, [asked_for.id]) == {asked_for.id: (command.id, None)}
    with pytest.raises(NotFound):
        screens.mark_answered(db, command.id, other.id, now=NOW)
    screens.mark_answered(db, command.id, asked_for.id, now=NOW)
    assert screens.screenshots(db, [asked_for.id]) == {asked_for.id: (command.id, NOW)}


def test_panic_lasts_until_ended_and_is_written_once(db: Database) -> None:
    begun = panics.begin(db, "tinh", actor=KEEPER.slug, now=NOW)
    assert panics.begin(db, "tinh", actor=EDITOR.slug, now=NOW + MINUTE) == begun
    assert panics.on(db) == (begun,)
    ended = panics.end(db, "tinh", actor=EDITOR.slug, now=NOW + MINUTE)
    assert ended == replace(begun, ended=NOW + MINUTE, ended_by=EDITOR.slug)
    assert panics.on(db) == ()
    with pytest.raises(NotLive):
        panics.end(db, "tinh", actor=EDITOR.slug, now=NOW)
    with pytest.raises(ValueError, match="khong-co"):
        panics.begin(db, "khong-co", actor=KEEPER.slug, now=NOW)
    assert [act.act for act in audit.all(db)] == ["area.panic", "area.calm"]


def test_two_concurrent_begins_make_one_panic(db: Database) -> None:
    with ThreadPoolExecutor(1) as pool:
        with db.write() as conn:
            advisory_lock(conn, "panics")
            conn.execute(insert(tables.panics).values(area="tinh", begun=NOW, begun_by=EDITOR.slug))
            pressing = pool.submit(panics.begin, db, "tinh", actor=KEEPER.slug, now=NOW)
            wait([pressing], 0.3)  # long enough for it to wait for the lock
        assert panics.on(db) == (pressing.result(),)


def test_end_ends_every_panic_of_the_area(db: Database) -> None:
    with db.write() as conn:
        for who in (EDITOR, KEEPER):
            conn.execute(insert(tables.panics).values(area="tinh", begun=NOW, begun_by=who.slug))
    panics.end(db, "tinh", actor=KEEPER.slug, now=NOW + MINUTE)
    assert panics.on(db) == ()
