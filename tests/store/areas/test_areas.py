"""Places of areas come from config.toml until the desk sets them; outlines are read back exactly."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, event, text

from server.core.model import Area, OutlinedArea, Point
from server.store.areas import areas
from server.store.audit import audit
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.sources import sources
from tests.cast import BOARDS, DONG_HAI, KEEPER, MINH_TAN, NOW, SOURCES, TINH

RING = (Point(20.0, 106.0), Point(20.0, 106.1), Point(20.1, 106.123456789012), Point(20.0, 106.0))
PLACED = OutlinedArea(MINH_TAN.slug, MINH_TAN.name, "tinh", ("12274",), point=Point(20.05, 106.05), outline=(RING,))


def seed(db: Database, *listed: Area) -> None:
    sources.seed(db, areas=listed, sources=SOURCES, boards=BOARDS, now=NOW)


def place(db: Database, wanted: OutlinedArea) -> OutlinedArea:
    return areas.place(db, wanted, actor=KEEPER.slug, now=NOW)


def test_a_place_from_config_is_read_back_and_follows_the_file(db: Database) -> None:
    seed(db, TINH, PLACED, DONG_HAI)
    assert areas.get(db, MINH_TAN.slug) == PLACED
    assert areas.outlines(db) == {MINH_TAN.slug: (RING,)}
    assert areas.outlined(db) == {MINH_TAN.slug}
    before = revision.current(db)
    seed(db, TINH, PLACED, DONG_HAI)
    assert revision.current(db) == before, "the same place is no change"
    seed(db, TINH, replace(PLACED, point=None, outline=()), DONG_HAI)
    assert areas.get(db, MINH_TAN.slug) == replace(PLACED, point=None, outline=())
    assert areas.outlines(db) == {}


def test_the_list_of_areas_has_points_and_no_outlines(db: Database) -> None:
    seed(db, TINH, PLACED, DONG_HAI)
    listed = {one.slug: one for one in sources.areas(db)}
    assert listed[MINH_TAN.slug] == replace(MINH_TAN, codes=("12274",), point=Point(20.05, 106.05))


def test_what_the_desk_placed_stays_and_the_file_changes_the_rest(db: Database) -> None:
    before = revision.current(db)
    assert place(db, PLACED) == PLACED
    assert revision.current(db) == before + 1
    place(db, PLACED)
    assert revision.current(db) == before + 1, "the same place again is no change"
    seed(db, TINH, replace(MINH_TAN, name="Xã Tân Minh", phone="0221 1", point=Point(1.0, 2.0)), DONG_HAI)
    assert areas.get(db, MINH_TAN.slug) == replace(PLACED, name="Xã Tân Minh", phone="0221 1")


def test_only_the_place_is_set(db: Database) -> None:
    saved = place(db, replace(PLACED, name="Tên khác", parent=None, phone="113"))
    assert saved == PLACED == areas.get(db, MINH_TAN.slug)


def test_the_audit_holds_the_measure_of_an_outline_instead_of_its_points(db: Database) -> None:
    place(db, PLACED)
    place(db, replace(PLACED, outline=(RING[::-1],)))
    first, second = audit.all(db)
    assert (first.actor, first.act, first.subject) == ("tuan", "area.place", "area/xa-minh-tan")
    assert first.before is not None
    assert first.after is not None
    assert (first.before["point"], first.before["outline"]) == (None, None)
    assert (first.after["point"], first.after["codes"]) == ([20.05, 106.05], ["12274"])
    measure, turned = first.after["outline"], (second.after or {})["outline"]
    assert isinstance(measure, dict)
    assert isinstance(turned, dict)
    assert (measure["rings"], measure["points"], len(measure["digest"])) == (1, 4, 16)
    assert measure["digest"] != turned["digest"]


def test_an_unknown_or_retired_area_has_no_place(db: Database) -> None:
    with pytest.raises(NotFound, match="khong-co"):
        place(db, replace(PLACED, slug="khong-co"))
    seed(db, TINH, PLACED, DONG_HAI, Area("xa-cu", "Xã cũ", "tinh"))
    seed(db, TINH, PLACED, DONG_HAI)
    with pytest.raises(NotFound):
        areas.get(db, "xa-cu")


def test_a_damaged_place_is_unknown_and_the_area_stays(db: Database) -> None:
    seed(db, TINH, PLACED, DONG_HAI)
    with db.write() as conn:
        conn.execute(text("UPDATE areas SET outline = '{', point = '[200, 5]' WHERE slug = 'xa-minh-tan'"))
    assert areas.get(db, MINH_TAN.slug) == replace(PLACED, point=None, outline=())
    assert areas.outlines(db) == {}
    assert MINH_TAN.slug in {one.slug for one in sources.areas(db)}


def test_a_long_list_is_compared_and_stored_in_few_statements(db: Database) -> None:
    new = [areas.AreaChange(None, OutlinedArea(f"xa-{at}", f"Xã {at}", "tinh")) for at in range(50)]
    areas.save(db, new, actor="tuan", now=NOW)
    again = [areas.AreaChange(one.after, replace(one.after, owner="UBND")) for one in new]
    sent: list[str] = []

    def note(*call: object) -> None:
        sent.append(str(call[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert areas.save(db, again, actor="tuan", now=NOW) == 50
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(sent) <= 15
    assert [one.subject for one in audit.all(db)][-50:] == [f"area/xa-{at}" for at in range(50)]
    with pytest.raises(areas.StaleChange, match="Xã 0"):
        areas.save(db, again, actor="tuan", now=NOW)
    with pytest.raises(areas.StaleChange, match="Xã 0"):
        areas.save(db, new, actor="tuan", now=NOW)
