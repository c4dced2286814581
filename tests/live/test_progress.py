"""Nobody has to guess whether a notice is up: each board says so, and names whom to call where it is not."""

from __future__ import annotations

from server.core.proof import Said
from server.core.screens import Link
from server.live.progress import Missing, notice_progress
from server.store import notices, receipts, screens
from tests.cast import BOARD_MINH_TAN, EDITOR, MINUTE, NOW, TINH, notice
from tests.live.studio import Studio
from tests.store.test_screens import HALL, paired


def test_each_board_says_how_far_a_notice_has_come_and_whom_to_call(house: Studio) -> None:
    shown, _ = paired(house.db, name="Sảnh")
    heard, _ = paired(house.db, name="Phòng họp", phone="0912 345 678")
    away, _ = paired(house.db, BOARD_MINH_TAN.slug, name="Cổng xã")
    gone, _ = paired(house.db, BOARD_MINH_TAN.slug)
    screens.revoke(house.db, gone.id, actor=EDITOR.slug, now=NOW)
    posted = notices.post(house.db, notice(areas=("tinh",)), actor=EDITOR.slug, now=NOW)
    words = [Said(posted.id, one.id, kind, NOW) for one in (shown, heard) for kind in ("sent", "received")]
    words.append(Said(posted.id, shown.id, "shown", NOW))
    links = [Link(shown.id, True, NOW), Link(heard.id, True, NOW), Link(away.id, True, NOW - 2 * MINUTE)]
    receipts.save(house.db, [], words, links)
    found = {one.board: one for one in notice_progress(house.db, posted.id, NOW)}
    hall, commune = found[HALL], found[BOARD_MINH_TAN.slug]
    assert (hall.screens, hall.live, hall.sent, hall.received, hall.shown, hall.ended) == (2, 2, 2, 2, 1, 0)
    assert hall.missing == (Missing(heard.id, "Phòng họp", "0912 345 678", True, True, NOW),)
    assert (commune.screens, commune.live, commune.shown) == (1, 0, 0)
    assert commune.missing == (Missing(away.id, "Cổng xã", TINH.phone, False, False, NOW - 2 * MINUTE),)


def test_a_notice_of_one_commune_is_nothing_to_others(house: Studio) -> None:
    posted = notices.post(house.db, notice(areas=("xa-dong-hai",)), actor=EDITOR.slug, now=NOW)
    assert [one.board for one in notice_progress(house.db, posted.id, NOW)] == ["pho-dong-hai"]
