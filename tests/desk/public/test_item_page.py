"""The public page of an item: it shows the whole content of an item of a public board, and nothing confidential."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from server.core.announcements.recurrence import rule_of
from server.core.model import Announcement, Attachment, Contact, Recurrence, Window
from server.core.screens.proof import Play
from server.core.typesetting.names import keep_names_whole
from server.store import tables
from server.store.announcements import announcements
from server.store.boards import boards, panics
from server.store.database.engine import Database
from server.store.screens import pairing, receipts
from server.store.sources import sources, stories, story_queries
from tests.cast import (
    BOARD_MINH_TAN,
    DAY,
    HOI_TRUONG,
    HOUR,
    NOW,
    OPERATOR,
    PHO_DONG_HAI,
    TIN_TINH,
    TIN_XA,
    announcement,
    entry,
)
from tests.desk.office import Office
from tests.desk.reading import text_of
from tests.store.sources.readings import only, save


def posted(office: Office, **changes: Any) -> Announcement:
    return announcements.post(office.db, announcement(**changes), actor=OPERATOR.slug)


def page(office: Office, one: Announcement) -> tuple[int, str]:
    answer = office.browser().get(f"/item/a{one.id}")
    return answer.status_code, answer.text


def build_of(text: str) -> str:
    """The checksum in the addresses of the page's files."""
    found = re.search(r"/desk/assets/(\w+)/", text)
    assert found is not None
    return found[1]


def linked_data(text: str) -> dict[str, Any]:
    """The JSON-LD of a page."""
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def hide_boards(db: Database) -> None:
    for board in (HOI_TRUONG, BOARD_MINH_TAN, PHO_DONG_HAI):
        boards.save(db, replace(board, public=False), actor="tuan", now=NOW)


def test_everybody_reads_the_whole_text_with_its_shape(office: Office) -> None:
    one = posted(
        office, text="# Thành phần\n- Chủ tịch **xã**\n- Công an xã\n\nMang theo giấy tờ.", area="xa-minh-tan"
    )
    status, text = page(office, one)
    assert status == 200
    assert f"<h1>{keep_names_whole('Lịch tiếp công dân')}</h1>" in text
    assert "<h2>Thành phần</h2>" in text
    assert "<strong>xã</strong>" in text
    assert "<p>Mang theo giấy tờ.</p>" in text
    assert "Xã Minh Tân" in text
    assert "Đăng từ 09/03/2026 đến hết 10/03/2026" in text


def test_the_page_has_no_inline_script_and_sets_no_cookie(office: Office) -> None:
    answer = office.browser().get(f"/item/a{posted(office).id}")
    assert set(re.findall(r"<script ([^>]*)>", answer.text)) == {
        'type="application/ld+json"',
        f'src="/desk/assets/{build_of(answer.text)}/share.js" type="module"',
    }
    assert "Set-Cookie" not in answer.headers


def test_markup_in_a_text_is_shown_as_it_was_written(office: Office) -> None:
    _, text = page(office, posted(office, title="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>"))
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert linked_data(text)["headline"] == "<script>alert(1)</script>"
    assert "<img src=x" not in text


def test_pages_of_a_document_films_tables_and_contacts_are_there(office: Office) -> None:
    pages = tuple(Attachment(digit * 16, f"Nội dung trang {digit}", 1240, 1754) for digit in "12")
    _, text = page(office, posted(office, kind="pdf", text="", attachments=pages))
    assert text.index("/glass/media/" + "1" * 16) < text.index("/glass/media/" + "2" * 16)
    assert 'alt="Nội dung trang 1"' in text
    assert "Trang 2 / 2" in text
    film = Attachment("3" * 16, "Hội làng", 1280, 720, "video/mp4", 12.0)
    assert '<video controls preload="metadata"' in page(office, posted(office, kind="video", attachments=(film,)))[1]
    rows = (("Ngày", "Nơi họp"), ("14/12", "Nhà văn hóa"))
    table = page(office, posted(office, kind="table", text="", table=rows))[1]
    assert '<th scope="col">Nơi họp</th>' in table
    assert "<td>Nhà văn hóa</td>" in table
    card = Contact("Công an xã", phone="0221 000.120", hours="Trực 24/24")
    contact = page(office, posted(office, kind="contact", text="", contact=card))[1]
    assert 'href="tel:0221000120"' in contact
    assert "Gọi 0221 000.120" in contact


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_what_was_not_approved_has_no_page(office: Office, state: str) -> None:
    status, text = page(office, posted(office, state=state))
    assert status == 404
    assert "Lịch tiếp công dân" not in text


def test_what_has_not_begun_has_no_page_yet_and_what_has_ended_has_none_any_more(office: Office) -> None:
    one = posted(office, windows=(Window(NOW + HOUR, NOW + 2 * HOUR),))
    assert page(office, one)[0] == 404
    office.now = NOW + HOUR
    assert page(office, one)[0] == 200
    office.now = NOW + 2 * HOUR
    status, text = page(office, one)
    assert (status, "Tin này đã hết thời gian đăng" in text, one.title in text) == (410, True, False)


def test_a_template_and_an_item_of_no_public_board_have_no_page(office: Office) -> None:
    assert page(office, posted(office, template=True, state="draft"))[0] == 404
    one = posted(office)
    assert page(office, one)[0] == 200
    hide_boards(office.db)
    assert page(office, one)[0] == 404


def test_an_item_for_named_boards_has_a_page_if_one_of_them_is_public(office: Office) -> None:
    boards.save(office.db, replace(PHO_DONG_HAI, public=False), actor="tuan", now=NOW)
    hidden = posted(office, boards=("pho-dong-hai",))
    shown = posted(office, boards=("pho-dong-hai", "hoi-truong"))
    assert (page(office, hidden)[0], page(office, shown)[0]) == (404, 200)


def test_a_withdrawn_item_is_gone(office: Office) -> None:
    one = posted(office)
    assert page(office, one)[0] == 200
    announcements.withdraw(office.db, one.id, actor="lan", now=NOW)
    status, text = page(office, one)
    assert status == 410
    assert "Tin này không còn được đăng" in text
    assert "Lịch tiếp công dân" not in text


def test_what_was_replaced_leads_to_what_is_shown_now(office: Office) -> None:
    one = posted(office)
    newer = posted(office, title="Lịch tiếp công dân, đã sửa", replaces=one.id)
    answer = office.browser().get(f"/item/a{one.id}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/item/a{newer.id}")


@pytest.mark.parametrize("area", ["xa-minh-tan", "tinh"])
def test_what_panic_hides_has_no_page(office: Office, area: str) -> None:
    one = posted(office, area="xa-minh-tan")
    panics.begin(office.db, area, actor="lan", now=NOW)
    assert page(office, one)[0] == 404
    panics.end(office.db, area, actor="lan", now=NOW)
    assert page(office, one)[0] == 200


@pytest.mark.parametrize("link", ["javascript:alert(1)", "intent://x", "//la.example"])
def test_a_link_that_is_no_web_address_is_not_offered(office: Office, link: str) -> None:
    one = posted(office, link="https://la.example/a")
    with office.db.write() as conn:
        conn.execute(update(tables.announcements).values(link=link))
    assert link not in page(office, one)[1]


def test_a_repeated_item_says_its_first_and_last_day(office: Office) -> None:
    first = (NOW - 10 * DAY).date()
    repeat = Recurrence(rule_of((0, 3)), time(7), time(9), first, first + timedelta(days=30))
    _, text = page(office, posted(office, windows=(), recurrence=repeat, decided=NOW - 9 * DAY))
    assert "Đăng từ 27/02/2026 đến hết 29/03/2026" in text


def test_a_rule_has_no_page_before_its_first_time(office: Office) -> None:
    # The rule's first day is a Saturday; it first applies on the Thursday after that.
    first = (NOW - 2 * DAY).date()
    repeat = Recurrence(rule_of((3,)), time(7), time(9), first, first + timedelta(days=30))
    one = posted(office, windows=(), recurrence=repeat)
    assert page(office, one)[0] == 404
    office.now = NOW + 3 * DAY
    assert page(office, one)[0] == 200


def test_a_rule_approved_after_its_first_days_has_no_page_before_its_next_time(office: Office) -> None:
    repeat = Recurrence(rule_of((3,)), time(7), time(9), (NOW - 30 * DAY).date())
    one = posted(office, windows=(), recurrence=repeat, decided=NOW)
    assert page(office, one)[0] == 404
    office.now = NOW + 3 * DAY
    assert page(office, one)[0] == 200


def test_a_story_of_a_public_board_has_a_page_while_it_is_approved(office: Office) -> None:
    save(office.db, entry("bai-1", summary="Đoạn một.\nĐoạn hai."), source=TIN_TINH)
    save(office.db, entry("bai-2", title="Tin chờ duyệt"), source=TIN_XA)
    shown, (held,) = only(office.db), story_queries.waiting(office.db, [TIN_XA.slug])
    answer = office.browser().get(f"/item/s{shown.id}")
    assert answer.status_code == 200
    assert "<p>Đoạn một.</p>" in answer.text
    assert f'href="{shown.link}"' in answer.text
    assert "TIN TỈNH" in answer.text
    assert office.browser().get(f"/item/s{held.id}").status_code == 404
    stories.withdraw(office.db, shown.id, actor="lan", now=NOW)
    assert office.browser().get(f"/item/s{shown.id}").status_code == 410


def test_a_story_of_a_removed_source_has_no_page(office: Office) -> None:
    save(office.db, entry("bai-1"), source=TIN_TINH)
    id = only(office.db).id
    sources.remove(office.db, TIN_TINH.slug, actor="tuan", now=NOW)
    assert office.browser().get(f"/item/s{id}").status_code == 404


@pytest.mark.parametrize("key", ["a0", "a01", "x1", "a", "1", "a-1", "a1234567890123456789", "a٣", "a999999", "a1/x"])
def test_an_address_that_is_no_item_is_not_found(office: Office, key: str) -> None:
    assert office.browser().get(f"/item/{key}").status_code == 404


def test_the_page_speaks_english_to_who_chose_it(office: Office) -> None:
    reader = office.browser()
    reader.client.set_cookie("language", "en")
    assert "Posted from 09/03/2026 to 10/03/2026" in reader.get(f"/item/a{posted(office).id}").text


def shown(office: Office, board: str, one: Announcement, *hours: int) -> None:
    """Stores that a paired screen of the board painted the announcement at these hours of the day."""
    code, *_ = pairing.open_code(office.db, NOW)
    screen = pairing.claim(office.db, code, board, actor="tuan", now=NOW)
    plays = [
        Play(screen.id, board, screen.slot, f"announcement:{one.id}", one.title, "0a1b2c3d4e5f6071",
             NOW + hour * HOUR, "2026-03-09", 7 + hour)
        for hour in hours
    ]  # fmt: skip
    receipts.save(office.db, plays, (), ())


def test_the_page_says_which_boards_have_shown_the_item_since_when_and_under_which_hash(office: Office) -> None:
    one = posted(office)
    assert "Chưa có màn hình nào báo đã hiện tin này." in page(office, one)[1]
    shown(office, "hoi-truong", one, 1, 3)
    boards.save(office.db, replace(PHO_DONG_HAI, public=False), actor="tuan", now=NOW)
    shown(office, "pho-dong-hai", one, 2)
    said = text_of(page(office, one)[1])
    assert "Đúng tin của tỉnh Hưng Yên" in said
    assert "Đã hiện trên 1 bảng Hội trường tỉnh : từ 08:30 09/03/2026, gần nhất 10:30 09/03/2026" in said
    assert "mã nội dung 0a1b2c3d4e5f6071" in said
    assert PHO_DONG_HAI.name not in said


def test_what_replaces_another_says_that_it_is_corrected(office: Office) -> None:
    one = posted(office)
    newer = posted(office, title="Lịch tiếp công dân, đã sửa", replaces=one.id, decided=NOW)
    assert "Bản đã sửa, thay bản trước từ 07:30 09/03/2026." in page(office, newer)[1]
    assert "Bản đã sửa" not in page(office, posted(office))[1]


def test_a_story_whose_text_its_source_has_changed_says_so(office: Office) -> None:
    save(office.db, entry("bai-1", summary="Mười cây số."), source=TIN_TINH)
    path = f"/item/s{only(office.db).id}"
    assert "Bản đã sửa" not in office.browser().get(path).text
    save(office.db, entry("bai-1", summary="Mười hai cây số."), source=TIN_TINH, after=HOUR)
    office.now = NOW + 2 * HOUR
    assert "Bản đã sửa, thay bản trước từ 08:30 09/03/2026." in office.browser().get(path).text


def test_a_story_too_old_for_every_board_is_gone(office: Office) -> None:
    save(office.db, entry("bai-1"), source=TIN_TINH)
    path = f"/item/s{only(office.db).id}"
    office.now = NOW + 29 * DAY
    assert office.browser().get(path).status_code == 200
    office.now = NOW + 31 * DAY
    answer = office.browser().get(path)
    assert (answer.status_code, "Tin này đã hết thời gian đăng" in answer.text) == (410, True)


def test_programs_read_what_a_page_is_about(office: Office) -> None:
    picture = Attachment("1" * 16, "Cầu mới", 1280, 720)
    one = posted(office, kind="pictures", text="", attachments=(picture,), area="xa-minh-tan")
    _, text = page(office, one)
    assert '<meta property="og:title" content="Lịch tiếp công dân">' in text
    assert f'<meta property="og:image" content="http://localhost/glass/media/{"1" * 16}">' in text
    assert f'<link rel="canonical" href="http://localhost/item/a{one.id}">' in text
    found = linked_data(text)
    assert (found["@context"], found["@type"]) == ("https://schema.org", "NewsArticle")
    assert found["publisher"] == {"@type": "GovernmentOrganization", "name": "Xã Minh Tân"}
    assert (found["datePublished"], found["expires"]) == ("2026-03-09", "2026-03-10")


def test_a_citizen_can_share_the_page_and_be_reminded(office: Office) -> None:
    one = posted(office)
    _, text = page(office, one)
    assert f'href="/item/a{one.id}.ics" download' in text
    assert f"body=http%3A//localhost/item/a{one.id}" in text
    assert "ngày thứ 1" in text
    assert "còn 1 ngày" in text
