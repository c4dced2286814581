"""Merging areas moves everything that refers to them; undoing it leaves the store as it was but for the audit."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text

from server.core.model import AllowedSender, Board, Lane, MailSettings, OutlinedArea, PlanKind, Point
from server.core.policy import Grant
from server.store import tables
from server.store.announcements import announcements
from server.store.areas import areas, former
from server.store.areas_merge import plans
from server.store.areas_merge.area_columns import KEYED, LEFT, LISTS, OBJECTS, SINGLE, UNIQUE
from server.store.areas_merge.effects import Effect
from server.store.audit import audit
from server.store.boards import boards, panics
from server.store.database.engine import Database
from server.store.database.errors import NotLive
from server.store.notices import notices
from server.store.people import people
from server.store.sources import sources
from server.store.tables import metadata
from tests import cast
from tests.cast import AREAS, BOARDS, DAY, HOUR, MINUTE, NOW, SOURCES
from tests.slow import slow_unless

OLD, NEW = "xa-minh-tan", "xa-dong-hai"
_UNCOUNTED = {"audit", "store", "changes"}  # the audit is kept, and the revision grows


def everything(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows by table as the database stores them, in the order of their keys, but the audit and the revision."""
    with db.read() as conn:
        return {
            table.name: sorted(tuple(map(repr, row)) for row in conn.execute(text(f"SELECT * FROM {table.name}")))  # noqa: S608
            for table in metadata.sorted_tables
            if table.name not in _UNCOUNTED
        }


def merge(db: Database, area: str = OLD, into: str = NEW) -> plans.Plan:
    made = plans.plan(db, "merge", area, into, due=NOW, actor="tuan", now=NOW)
    return plans.run(db, made.id, NOW)


def filled(db: Database, chance: random.Random) -> None:
    """Fills the store with random rows that refer to the areas."""
    slugs = [one.slug for one in AREAS]
    for number in range(chance.randint(1, 3)):
        point = chance.choice([None, Point(20.5, 106)])
        area = OutlinedArea(f"thon-{number}", f"Thôn {number}", chance.choice(slugs), point=point)
        areas.save(db, [areas.AreaChange(None, area)], actor="tuan", now=NOW)
    outline = ((Point(20, 106), Point(20, 107), Point(21, 107), Point(20, 106)),)
    for slug in (OLD, NEW):
        before = areas.get(db, slug)
        after = replace(
            before, codes=tuple(chance.sample(["12274", "12277", "12280"], chance.randint(0, 3))),
            point=chance.choice([None, Point(20.6, 106.1)]), outline=chance.choice([(), outline]),
            former_names=tuple(chance.sample(["Xã Cũ", "Xã Xưa"], chance.randint(0, 2))),
        )  # fmt: skip
        areas.place(db, after, actor="tuan", now=NOW)
    for number in range(chance.randint(0, 4)):
        people.add(db, username=f"p{number}", name=f"P {number}", email=f"p{number}@x.vn", actor="os:root", now=NOW)
        for _ in range(chance.randint(0, 3)):
            given = Grant(chance.choice(["viewer", "operator", "editor", "keeper"]), chance.choice(slugs))
            people.grant(db, f"p{number}", given, by=None, actor="os:root", now=NOW)
    for _ in range(chance.randint(0, 5)):
        where = chance.choice(slugs)
        own = tuple(board.slug for board in BOARDS if board.area == where)
        announcements.post(db, cast.announcement(area=where, boards=chance.choice([(), own])), actor="lan")
    for _ in range(chance.randint(0, 4)):
        to = tuple(chance.sample(slugs, chance.randint(1, 3)))
        notices.post(db, cast.notice(areas=to), actor="lan", now=NOW)
    with db.write() as conn:
        for number in range(3):
            browser = {
                "id": number + 1,
                "digest": f"d{number}",
                "host": "h",
                "endpoint": "e",
                "p256dh": "k",
                "auth": "a",
                "language": "vi",
            }
            conn.execute(insert(tables.push_browsers).values(**browser))
            for slug in chance.sample(slugs, chance.randint(0, 3)):
                row = {"browser": number + 1, "area": slug, "deadlines": chance.random() < 0.5}
                conn.execute(insert(tables.push_choices).values(**row))
        form = {"key": "k", "person": "hoa", "saved": NOW, "form": {"area": chance.choice(slugs), "title": "x"}}
        conn.execute(insert(tables.autosaves).values(**form))


SEEDS = slow_unless(range(6), range(60))


@pytest.mark.parametrize("seed", SEEDS)
def test_undone_within_the_hour_a_merger_leaves_no_trace_but_in_the_audit(db: Database, seed: int) -> None:
    chance = random.Random(seed)
    filled(db, chance)
    before, recorded = everything(db), len(audit.all(db))
    area, into = chance.sample([OLD, NEW], 2)
    made = merge(db, area, into)
    assert made.done == NOW
    assert everything(db) != before
    plans.undo(db, made.id, actor="tuan", now=NOW + 59 * MINUTE)
    assert everything(db) == before
    acts = [(one.act, one.subject) for one in audit.all(db)[recorded:]]
    assert acts == [
        ("area.plan_merge", f"area/{area}"),
        ("area.merge", f"area/{area}"), ("area.merge", f"area/{into}"),
        ("area.merge_undo", f"area/{area}"), ("area.merge_undo", f"area/{into}"),
    ]  # fmt: skip


def test_no_column_refers_to_the_merged_area_any_more(db: Database) -> None:
    filled(db, random.Random(3))
    merge(db)
    left = {f"{column.table.name}.{column.name}" for column in LEFT} | {"areas.slug"}
    for table in metadata.sorted_tables:
        if table.name in _UNCOUNTED | {"area_plans"}:
            continue
        with db.read() as conn:
            rows = conn.execute(text(f"SELECT * FROM {table.name}")).mappings().all()  # noqa: S608
        for row in rows:
            found = {
                f"{table.name}.{name}"
                for name, value in row.items()
                if value == OLD or f'"{OLD}"' in str(value) or f"'{OLD}'" in str(value)
            }
            # A board has the slug of its area.
            named = {one for one in found if one != "boards.slug" and not one.endswith(".boards")}
            assert named <= left, f"{table.name}: {dict(row)}"


def test_every_column_that_names_areas_is_listed() -> None:
    known = {column.table.name + "." + column.name for column in (*SINGLE, *LISTS, *LEFT)}
    known |= {f"{column.table.name}.{column.name}" for column, _ in OBJECTS}
    known |= {f"{table.name}.{name}" for table, name in KEYED}
    known |= {f"{column.table.name}.{column.name}" for column, _ in UNIQUE}
    named = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.c
        if column.name in ("area", "areas", "default_area", "merged_into")
        or any(key.column.table.name == "areas" for key in column.foreign_keys)
    }
    assert named <= known


def test_boards_people_and_codes_go_over_and_boards_show_what_they_showed(db: Database) -> None:
    areas.place(db, replace(areas.get(db, OLD), codes=("12274",), point=Point(20.6, 106.1)), actor="tuan", now=NOW)
    people.add(db, username="hoa", name="Hoa", email="hoa@x.vn", actor="os:root", now=NOW)
    people.grant(db, "hoa", Grant("operator", OLD), by=None, actor="os:root", now=NOW)
    mine = announcements.post(db, cast.announcement(area=OLD), actor="lan")
    urgent = notices.post(db, cast.notice(areas=(NEW,)), actor="lan", now=NOW)
    assert plans.effect(db, "merge", OLD, NEW, NOW) == Effect(("xa-minh-tan",), ("Hoa",), 1, 0, 1, 0, 0)
    merge(db)
    moved = boards.get(db, "xa-minh-tan")
    assert (moved.area, moved.point) == (NEW, Point(20.6, 106.1))
    assert sources.get(db, "tin-xa").area == NEW
    assert people.get(db, "hoa").grants == (Grant("operator", NEW),)
    held = announcements.get(db, mine.id)
    assert (held.area, held.boards) == (NEW, ("xa-minh-tan",)), "it is on no further board"
    assert notices.get(db, urgent.id).boards == ("pho-dong-hai",), "an urgent notice does not spread"
    today = areas.get(db, NEW)
    assert today.codes == ("12274",)
    assert today.former_names == ("Xã Minh Tân",)
    assert OLD not in {one.slug for one in sources.areas(db)}
    assert former.heirs(db) == {OLD: NEW}
    assert former.names(db) == {OLD: "Xã Minh Tân"}


def test_senders_of_a_mailbox_go_over_and_come_back(db: Database) -> None:
    allowed = (AllowedSender("lan@xa.vn", OLD), AllowedSender("@tinh.vn", "tinh"))
    sources.save(
        db,
        replace(sources.get(db, "tin-xa"), kind="mail", mail=MailSettings("xa", "mx", allowed)),
        actor="tuan",
        now=NOW,
    )
    before = everything(db)
    plan = merge(db)
    mailbox = sources.get(db, "tin-xa").mail
    assert mailbox is not None
    assert [one.area for one in mailbox.senders] == [NEW, "tinh"]
    plans.undo(db, plan.id, actor="tuan", now=NOW + MINUTE)
    assert everything(db)["sources"] == before["sources"]


def test_config_toml_still_names_the_old_area_and_means_the_new_one(db: Database) -> None:
    merge(db)
    before = everything(db)
    sources.seed(db, areas=AREAS, sources=SOURCES, boards=BOARDS, now=NOW)
    assert everything(db) == before
    more = Board("nha-van-hoa", "Nhà văn hóa", OLD, lanes=(Lane("tin-tinh"),))
    sources.seed(db, areas=AREAS, sources=SOURCES, boards=(*BOARDS, more), now=NOW)
    assert boards.get(db, "nha-van-hoa").area == NEW


def test_two_mergers_lead_to_the_area_of_today(db: Database) -> None:
    areas.save(db, [areas.AreaChange(None, OutlinedArea("xa-ba", "Xã Ba", "tinh"))], actor="tuan", now=NOW)
    first = merge(db)
    second = plans.plan(db, "merge", NEW, "xa-ba", due=NOW, actor="tuan", now=NOW + MINUTE)
    plans.run(db, second.id, NOW + MINUTE)
    assert former.heirs(db) == {OLD: "xa-ba", NEW: "xa-ba"}
    assert areas.get(db, "xa-ba").former_names == ("Xã Đông Hải", "Xã Minh Tân")
    with pytest.raises(NotLive, match="Hãy hoàn tác thay đổi ấy trước"):
        plans.undo(db, first.id, actor="tuan", now=NOW + MINUTE)


def test_a_plan_waits_for_its_date_and_for_the_end_of_panic_mode(db: Database) -> None:
    made = plans.plan(db, "merge", OLD, NEW, due=NOW + DAY, actor="tuan", now=NOW)
    assert plans.run_due(db, NOW + 23 * HOUR) == ()
    panics.begin(db, OLD, actor="lan", now=NOW)
    assert plans.run_due(db, NOW + DAY) == ()
    assert "màn hình an toàn" in plans.waiting(db)[0].obstacle
    panics.end(db, OLD, actor="lan", now=NOW + DAY)
    assert [one.id for one in plans.run_due(db, NOW + DAY + MINUTE)] == [made.id]
    assert plans.waiting(db) == ()


def test_what_is_kept_for_undoing_goes_after_an_hour(db: Database) -> None:
    made = merge(db)
    with pytest.raises(NotLive, match="một giờ"):
        plans.undo(db, made.id, actor="tuan", now=NOW + HOUR)
    plans.run_due(db, NOW + HOUR)
    with db.read() as conn:
        assert conn.execute(select(tables.area_plans.c.changes)).scalar_one() is None
    assert plans.undoable(db, NOW + HOUR) == ()


def test_what_others_changed_meanwhile_stays(db: Database) -> None:
    made = merge(db)
    boards.save(db, replace(boards.get(db, "xa-minh-tan"), area="tinh", name="Tên mới"), actor="tuan", now=NOW)
    joined = areas.get(db, NEW)
    areas.place(db, replace(joined, former_names=(*joined.former_names, "Xã Thêm")), actor="tuan", now=NOW)
    plans.undo(db, made.id, actor="tuan", now=NOW + MINUTE)
    assert boards.get(db, "xa-minh-tan").area == "tinh"
    assert areas.get(db, NEW).former_names == ("Xã Thêm",)
    assert areas.get(db, OLD).name == "Xã Minh Tân"


def test_a_move_gives_another_parent_and_is_undone(db: Database) -> None:
    areas.save(db, [areas.AreaChange(None, OutlinedArea("thon-ba", "Thôn Ba", OLD))], actor="tuan", now=NOW)
    before = everything(db)
    made = plans.plan(db, "move", "thon-ba", NEW, due=NOW, actor="tuan", now=NOW)
    assert plans.run(db, made.id, NOW).done == NOW
    assert areas.get(db, "thon-ba").parent == NEW
    plans.undo(db, made.id, actor="tuan", now=NOW + timedelta(minutes=5))
    assert everything(db) == before


@pytest.mark.parametrize(
    ("kind", "area", "target", "words"),
    [
        ("merge", "tinh", OLD, "nằm ngoài"),
        ("move", OLD, OLD, "nằm ngoài"),
        ("move", OLD, "tinh", "đã thuộc nơi này"),
        ("merge", "khong-co", OLD, "không còn"),
    ],
)
def test_an_impossible_change_is_refused(db: Database, kind: PlanKind, area: str, target: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        plans.plan(db, kind, area, target, due=NOW, actor="tuan", now=NOW)


def test_a_second_plan_for_the_same_area_is_refused(db: Database) -> None:
    made = plans.plan(db, "merge", OLD, NEW, due=NOW + DAY, actor="tuan", now=NOW)
    with pytest.raises(ValueError, match="kế hoạch khác"):
        plans.plan(db, "merge", NEW, OLD, due=NOW + DAY, actor="tuan", now=NOW)
    plans.cancel(db, made.id, actor="tuan", now=NOW)
    assert plans.plan(db, "merge", NEW, OLD, due=NOW + DAY, actor="tuan", now=NOW).area == NEW
