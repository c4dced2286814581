"""Announcements reach the boards they are addressed to, and no others, until they end or are withdrawn."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace
from datetime import date, time, timedelta

import pytest

from server.content.store_snapshot import read_snapshot
from server.core.model import Announcement, Attachment, Board, Contact, Original, Recurrence, Window
from server.store.announcements import announcements
from server.store.announcements.announcements import Incomplete
from server.store.audit import audit
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.sources import sources
from tests import cast
from tests.cast import (
    AREAS,
    BOARD_MINH_TAN,
    BOARDS,
    DAY,
    EDITOR,
    HOI_TRUONG,
    HOUR,
    NOW,
    OPERATOR,
    PHO_DONG_HAI,
    SOURCES,
)
from tests.store.changed import changed


def post(db: Database, **changes: object) -> Announcement:
    return announcements.post(db, changed(cast.announcement(), **changes), actor=OPERATOR.slug)


def seen(db: Database, board: Board, after: timedelta = timedelta(0)) -> list[int]:
    return [each.id for each in read_snapshot(db, NOW + after).announcements[board.slug]]


def test_every_field_survives(db: Database) -> None:
    posted = post(
        db,
        id=99,
        area="xa-minh-tan",
        windows=(Window(NOW, NOW + HOUR), Window(NOW + DAY)),
        boards=("xa-minh-tan",),
        link="https://minhtan.example.vn/lich",
        table=(("Thứ", "Giờ"), ("Năm", "7:30")),
        longest_gap=timedelta(minutes=90, milliseconds=1),
        state="submitted",
        kind="contact",
        attachments=(
            Attachment("0123456789abcdef", "Trang 1", 1240, 1754),
            Attachment("f" * 16, "", 9, 9, "video/mp4", 1.5),
        ),
        originals=(Original("f" * 16, "Lịch.pdf", "application/pdf", 9),),
        contact=Contact("Trạm y tế", phone="0221 3863 113"),
        sound=True,
        advert=True,
        priority=True,
        position=3,
        recurrence=Recurrence(
            "FREQ=MONTHLY;BYMONTHDAY=15,30",
            time(7),
            time(9),
            date(2026, 3, 1),
            but_holidays=True,
            not_before=NOW,
            not_after=NOW + 99 * DAY,
        ),
        template=True,
        version=4,
        edited=NOW,
        edited_by="hoa",
        decided_by="lan",
        decided=NOW,
        reason="Thiếu ngày",
        replaces=7,
        successor=8,
    )
    assert posted.id == 1
    assert {name for name in fields_of(posted) if getattr(posted, name) == fields_of(posted)[name]} == set()
    assert announcements.get(db, 1) == posted
    assert announcements.all(db) == (posted,)


def fields_of(posted: Announcement) -> dict[str, object]:
    """The dataclass fields of ``posted`` that have a default: name of the field -> its default, not its value."""
    return {each.name: each.default for each in fields(posted) if each.default is not MISSING}


def test_smaller_positions_come_first_and_templates_never(db: Database) -> None:
    first, second = post(db).id, post(db, position=-1).id
    post(db, template=True)
    assert seen(db, HOI_TRUONG) == [second, first]


def test_the_province_reaches_every_board_and_a_commune_its_own(db: Database) -> None:
    everywhere = post(db).id
    commune = post(db, area="xa-minh-tan").id
    assert seen(db, HOI_TRUONG) == [everywhere]
    assert seen(db, BOARD_MINH_TAN) == [everywhere, commune]
    assert seen(db, PHO_DONG_HAI) == [everywhere]


def test_named_boards_only_show_it(db: Database) -> None:
    named = post(db, boards=("pho-dong-hai", "hoi-truong")).id
    assert seen(db, PHO_DONG_HAI) == seen(db, HOI_TRUONG) == [named]
    assert seen(db, BOARD_MINH_TAN) == []


def test_a_board_of_another_area_is_not_reached_by_its_name(db: Database) -> None:
    with pytest.raises(ValueError, match="không thuộc Xã Minh Tân hay cấp dưới: pho-dong-hai"):
        post(db, area="xa-minh-tan", boards=("pho-dong-hai",))
    assert seen(db, PHO_DONG_HAI) == []


def test_no_areas_give_no_announcements(db: Database) -> None:
    post(db)
    assert announcements.shown(db, (), now=NOW) == ()


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "withdrawn"])
def test_only_approved_announcements_are_shown(db: Database, state: str) -> None:
    post(db, state=state)
    assert seen(db, HOI_TRUONG) == []


def test_it_ends_with_its_last_window(db: Database) -> None:
    two = post(db, windows=(Window(NOW + DAY, NOW + 2 * DAY), Window(NOW, NOW + HOUR))).id
    assert seen(db, HOI_TRUONG, 2 * DAY - timedelta(microseconds=1)) == [two]
    assert seen(db, HOI_TRUONG, 2 * DAY) == []


def test_announcements_without_end_or_with_a_later_start_are_listed(db: Database) -> None:
    ids = [post(db, windows=(Window(NOW, NOW + HOUR), Window(NOW + 9 * DAY))).id]
    assert seen(db, HOI_TRUONG) == ids
    assert seen(db, HOI_TRUONG, 999 * DAY) == ids


def test_withdrawing_takes_effect_at_once_and_is_written_once(db: Database) -> None:
    posted = post(db)
    before = revision.current(db)
    for _ in range(2):
        gone = announcements.withdraw(db, posted.id, actor=EDITOR.slug, now=NOW + HOUR)
        assert gone == replace(posted, state="withdrawn")
    assert seen(db, HOI_TRUONG) == []
    assert revision.current(db) == before + 1
    assert [(act.act, act.actor, act.at, act.subject) for act in audit.all(db)] == [
        ("announcement.post", "hoa", NOW, "announcement/1"),
        ("announcement.withdraw", "lan", NOW + HOUR, "announcement/1"),
    ]


def test_an_unknown_announcement_raises_not_found(db: Database) -> None:
    with pytest.raises(NotFound, match="404"):
        announcements.get(db, 404)
    with pytest.raises(NotFound, match="404"):
        announcements.withdraw(db, 404, actor=EDITOR.slug, now=NOW)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"area": "xa-khong-co"}, "xa-khong-co"),
        ({"boards": ("hoi-truong", "bang-khong-co")}, "bang-khong-co"),
        ({"windows": ()}, "Chưa chọn thời gian chiếu"),
    ],
)
def test_unknown_targets_and_missing_windows_are_refused(db: Database, wrong: dict[str, object], says: str) -> None:
    before = revision.current(db)
    with pytest.raises((ValueError, Incomplete), match=says):
        post(db, **wrong)
    assert announcements.all(db) == ()
    assert audit.all(db) == ()
    assert revision.current(db) == before


def test_a_retired_area_is_refused_as_target(db: Database) -> None:
    sources.seed(db, areas=AREAS[:2], sources=SOURCES, boards=BOARDS[:2], now=NOW)
    with pytest.raises(ValueError, match="xa-dong-hai"):
        post(db, area="xa-dong-hai")
