"""The posting record of an announcement and the proof of an urgent notice, which offices print and file."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pypdfium2
import pytest
from playwright.sync_api import Browser

from server.content.board_content import announcement_item, story_slides, with_story_link
from server.content.store_snapshot import StoreSnapshot
from server.core.areas import AreaTree
from server.core.model import Announcement, Notice
from server.core.screens.proof import NoticeReceipt, Play
from server.core.screens.screens import Screen
from server.desk.records.posting import document, number_in
from server.desk.web import slide_preview
from server.store.announcements import announcements
from server.store.notices import notices
from server.store.screens import receipts
from server.store.sources import sources, stories, story_queries
from server.store.tables import outages
from tests import cast
from tests.browser.glass import settled
from tests.cast import AREAS, BOARD_MINH_TAN, EDITOR, MINUTE, NOW, OPERATOR, TIN_XA
from tests.desk.looks import axe, context, served
from tests.desk.office import Office
from tests.desk.reading import text_of
from tests.store.screens.test_screens import paired

BOARD = BOARD_MINH_TAN.slug
DAY = "from=2026-03-09&to=2026-03-09"


def posted(office: Office, screen: Screen, times: int = 3) -> Announcement:
    """An announcement of the commune that ``screen`` has shown ``times`` times; its record includes an outage."""
    made = announcements.post(
        office.db,
        cast.announcement(
            area="xa-minh-tan", title="Thông báo số 12/TB-UBND về lịch tiếp công dân", decided_by=EDITOR.slug
        ),
        actor=OPERATOR.slug,
    )
    played = [
        Play(screen.id, BOARD, screen.slot, f"announcement:{made.id}", made.title, "ab" * 8, NOW + n * MINUTE,
             "2026-03-09", 7)
        for n in range(times)
    ]  # fmt: skip
    receipts.save(office.db, played, [], [])
    with office.db.write() as conn:
        conn.execute(
            outages.insert().values(
                screen=screen.id, board=BOARD, begun=NOW + timedelta(seconds=30), ended=NOW + timedelta(seconds=90)
            )
        )
    office.later(minutes=times)
    return made


def test_the_record_has_what_an_office_files(office: Office) -> None:
    screen, _ = paired(office.db, BOARD, name="Sảnh tầng 1")
    made = posted(office, screen)
    page = office.browser(EDITOR).get(f"/desk/proof/item/announcement:{made.id}?{DAY}").text
    read = text_of(page)
    for said in ("Biên bản", "Tỉnh Hưng Yên Xã Minh Tân", "Minh Tân, ngày 09 tháng 3 năm 2026", made.title,
                 "Số, ký hiệu 12/TB-UBND", "Cơ quan ban hành Xã Minh Tân", "Người soạn Nguyễn Thị Hoa",
                 "Người duyệt Trần Ngọc Lan", "Trụ sở xã Minh Tân", "09/03/2026 07:30", "09/03/2026 07:32",
                 "Sảnh tầng 1", "Người lập biên bản", "Thủ trưởng đơn vị"):  # fmt: skip
        assert said in read, said
    assert "<iframe" in page, "a picture of the content"
    assert "announcement:" not in read
    english = office.browser(EDITOR)
    english.post("/desk/language/en")
    assert "Issuing authority" in english.get(f"/desk/proof/item/announcement:{made.id}?{DAY}").text


def test_the_record_says_whether_the_picture_is_of_what_was_shown(office: Office) -> None:
    screen, _ = paired(office.db, BOARD, name="Sảnh tầng 1")
    made = posted(office, screen)
    item = f"announcement:{made.id}"
    with office.app.test_request_context():
        nothing = StoreSnapshot(AreaTree(AREAS), (), {}, {}, {}, ())
        _, slides = announcement_item(slide_preview.renderer(), nothing, BOARD_MINH_TAN, made)
        shown = {slide.hash for slide in slides}
        assert document(item, "", [BOARD_MINH_TAN], shown).same is True
        assert document(item, "", [BOARD_MINH_TAN], {"0" * 16}).same is False


def test_a_record_made_before_all_pages_were_shown_does_not_say_that_the_content_was_changed(office: Office) -> None:
    long = announcements.post(
        office.db, cast.announcement(area="xa-minh-tan", text="Một câu vừa phải. " * 150), actor=OPERATOR.slug
    )
    with office.app.test_request_context():
        nothing = StoreSnapshot(AreaTree(AREAS), (), {}, {}, {}, ())
        _, slides = announcement_item(slide_preview.renderer(), nothing, BOARD_MINH_TAN, long)
        assert len(slides) > 1
        first = {slides[0].hash}
        found = document(f"announcement:{long.id}", "", [BOARD_MINH_TAN], first)
        mixed = document(f"announcement:{long.id}", "", [BOARD_MINH_TAN], first | {"0" * 16})
    assert (found.same, found.missing) == (True, len(slides) - 1)
    assert mixed.same is False


def test_a_record_shows_nothing_that_nobody_approved(office: Office) -> None:
    screen, _ = paired(office.db, BOARD, name="Sảnh tầng 1")
    made = posted(office, screen)
    item = f"announcement:{made.id}"
    with office.app.test_request_context():
        nothing = StoreSnapshot(AreaTree(AREAS), (), {}, {}, {}, ())
        _, slides = announcement_item(slide_preview.renderer(), nothing, BOARD_MINH_TAN, made)
    shown = {slide.hash for slide in slides}
    back = announcements.take(office.db, made.id, "requeue", actor=EDITOR.slug, now=office.now)
    secret = replace(back, title="Chưa ai duyệt", text="Còn bí mật 99/QĐ-UBND")
    announcements.revise(office.db, secret, actor=OPERATOR.slug, now=office.now)
    page = office.browser(EDITOR).get(f"/desk/proof/item/{item}?{DAY}").text
    assert made.title in page
    assert not any(said in page for said in ("Chưa ai duyệt", "bí mật", "99/QĐ-UBND", "<iframe"))
    with office.app.test_request_context():
        found = document(item, made.title, [BOARD_MINH_TAN], shown)
    assert (found.title, found.number, found.same) == (made.title, "12/TB-UBND", True), "the version that was shown"
    assert len(found.pictures) == len(slides)


def test_a_record_of_a_story_that_changed_since_shows_the_former_one(office: Office) -> None:
    entries = [cast.entry("tin-1", title="Đã duyệt", link="https://x.vn/1")]
    source = sources.get(office.db, TIN_XA.slug)
    stories.save(office.db, source, entries, images={}, now=office.now)
    (one,) = story_queries.of_source(office.db, TIN_XA.slug, most=9)
    stories.approve(office.db, one.id, actor=EDITOR.slug, now=office.now)
    item = f"story:{one.id}"
    with office.app.test_request_context():
        label = source.label or source.name
        linked = with_story_link(slide_preview.renderer(), BOARD_MINH_TAN, stories.get(office.db, one.id))
        slides = slide_preview.renderer().story(
            linked, label=label, source_name=source.name, zone=BOARD_MINH_TAN.zone, format=BOARD_MINH_TAN.format
        )
        shown = {slide.hash for slide in slides}
    changed = [replace(entries[0], title="Chưa ai đọc")]
    stories.save(office.db, replace(source, trust="hold"), changed, images={}, now=office.now)
    assert stories.get(office.db, one.id).state == "held"
    with office.app.test_request_context():
        former = document(item, "Đã duyệt", [BOARD_MINH_TAN], shown)
        nothing = document(item, "Đã duyệt", [BOARD_MINH_TAN], {"0" * 16})
    assert (former.title, former.same) == ("Đã duyệt", True)
    assert (nothing.title, nothing.pictures, nothing.same) == ("Đã duyệt", (), None)


def test_a_record_finds_the_sources_that_were_named_with_a_story_whatever_became_of_them(office: Office) -> None:
    text = "Xã Minh Tân tiêm phòng dại cho chó mèo ngày 28/11 tại nhà văn hóa thôn Đoài."
    told = [replace(TIN_XA, trust="auto"), *(cast.source(name, name=f"Đài {name}", trust="auto") for name in "bcd")]
    titles = ("Tiêm phòng dại", "Tiêm phòng dại cho chó", "Tiêm phòng dại cho chó mèo", "Tiêm phòng dại chó mèo")
    for source, title in zip(told, titles, strict=True):
        sources.save(office.db, source, actor="tuan", now=NOW)
        entry = cast.entry(source.slug, title=title, summary=text, link="")
        stories.save(office.db, sources.get(office.db, source.slug), [entry], images={}, now=office.now)
        office.later(minutes=1)
    (one,) = story_queries.of_source(office.db, TIN_XA.slug, most=9)
    known = {each.slug: each for each in sources.all(office.db)}
    # No source but its own is in a lane of the board today, b is removed, and the copy of c is withdrawn.
    assert not {lane.source for lane in BOARD_MINH_TAN.lanes} & {"b", "c", "d"}
    sources.remove(office.db, "b", actor="tuan", now=office.now)
    (copy,) = story_queries.of_source(office.db, "c", most=9)
    stories.withdraw(office.db, copy.id, actor=EDITOR.slug, now=office.now, everywhere=False)
    with office.app.test_request_context():
        for also in ((), ("b",), ("c",), ("b", "c"), ("c", "d"), ("b", "c", "d")):
            named = replace(one, also=also)
            slides = story_slides(slide_preview.renderer(), known, BOARD_MINH_TAN, named)
            found = document(f"story:{one.id}", "", [BOARD_MINH_TAN], {slide.hash for slide in slides})
            assert found.same is True, also
        other = replace(one, title="Tin khác")
        slides = story_slides(slide_preview.renderer(), known, BOARD_MINH_TAN, other)
        assert document(f"story:{one.id}", "", [BOARD_MINH_TAN], {one.hash for one in slides}).same is False


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Thông báo số 12/TB-UBND về lịch", "12/TB-UBND"),
        ("Quyết định 05/2026/QĐ-UBND", "05/2026/QĐ-UBND"),
        ("Họp lúc 7/3 ở nhà văn hóa", ""),
        ("Đợt 2/2026", ""),
    ],
)
def test_the_number_of_a_document_is_read_from_its_title(text: str, number: str) -> None:
    assert number_in("", text) == number


@pytest.mark.browser
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_record_prints_on_a4_and_nothing_is_cut(browser: Browser, office: Office, language: str) -> None:
    screen, _ = paired(office.db, BOARD, name="Sảnh tầng 1")
    made = posted(office, screen)
    with served(office) as address:
        opened = context(browser, office, address, EDITOR, viewport={"width": 390, "height": 844})
        opened.add_cookies([{"name": "language", "value": language, "url": address}])
        page = opened.new_page()
        page.goto(f"/desk/proof/item/announcement:{made.id}?{DAY}")
        settled(page)
        assert axe(page) == []
        printed = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
        opened.close()
    assert 1 <= len(printed) <= 2, "the picture and the signatures may need a second page"
    text = ""
    for number, sheet in enumerate(printed, start=1):
        assert [round(side) for side in sheet.get_size()] == [595, 842]
        words = sheet.get_textpage()
        text += words.get_text_bounded()
        assert f"{number}/{len(printed)}" in words.get_text_bounded()
        for at in range(words.count_chars()):
            left, _, right, _ = words.get_charbox(at)
            assert right <= 595 - 50
            assert left >= 50
    assert "12/TB-UBND" in text
    assert "Trần Ngọc Lan" in text
    assert ("THỦ TRƯỞNG ĐƠN VỊ" if language == "vi" else "HEAD OF THE OFFICE") in text
    printed.close()


# urgent notices


def shown_by_one_of_two(office: Office) -> Notice:
    """An urgent notice for two screens of one board: the first has shown it, the second never did."""
    first, _ = paired(office.db, BOARD, name="Sảnh tầng 1")
    paired(office.db, BOARD, name="Cổng sau")
    made = notices.post(office.db, cast.notice(areas=("xa-minh-tan",), issued=office.now), actor="lan", now=NOW)
    told = [NoticeReceipt(made.id, first.id, kind, NOW + MINUTE) for kind in ("received", "shown")]
    receipts.save(office.db, [], told, [])
    office.later(minutes=5)
    return made


def test_an_urgent_notice_is_in_the_proof_with_who_never_showed_it(office: Office) -> None:
    made = shown_by_one_of_two(office)
    editor = office.browser(EDITOR)
    listed = text_of(editor.get(f"/desk/proof/?{DAY}").text)
    assert f"{made.headline} phát lúc 09/03/2026 07:30 1/2 màn hình 1 màn hình 09/03/2026 07:31" in listed
    record = text_of(editor.get(f"/desk/proof/item/notice:{made.id}?{DAY}").text)
    assert "Cổng sau Trụ sở xã Minh Tân — chưa hiện lần nào" in record
    assert "Sảnh tầng 1 Trụ sở xã Minh Tân 09/03/2026 07:31 09/03/2026 07:31" in record
    table = editor.get(f"/desk/proof/proof.csv?{DAY}").get_data().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table), delimiter=";"))
    (row,) = [row for row in rows if row["Loại"] == "Tin khẩn"]
    assert (row["Tin"], row["Số màn hình"], row["Chưa hiện"]) == (made.headline, "1", "1")


def test_a_draft_of_a_notice_has_no_record_and_a_foreign_one_is_not_shown(office: Office) -> None:
    made = shown_by_one_of_two(office)
    draft = notices.post(office.db, cast.notice(state="drafted", headline="Chưa phát"), actor="hoa", now=NOW)
    assert "Chưa phát" not in office.browser(EDITOR).get(f"/desk/proof/item/notice:{draft.id}?{DAY}").text
    other = cast.notice(areas=("xa-dong-hai",), headline="Của xã khác")
    foreign = notices.post(office.db, other, actor="lan", now=NOW)
    operator = office.browser(OPERATOR)
    assert made.headline in operator.get(f"/desk/proof/item/notice:{made.id}?{DAY}").text
    for path in (
        f"/desk/proof/item/notice:{foreign.id}?{DAY}",
        f"/desk/proof/?{DAY}",
        f"/desk/proof/proof.csv?{DAY}",
    ):
        assert "Của xã khác" not in operator.get(path).text
