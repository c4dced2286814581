"""Mailboxes at the desk: keepers add them and say who may send; the password is never stored or shown."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from server.core.model import AllowedSender, Announcement, MailSettings, Source, Window
from server.setup import mailbox_passwords
from server.store import tables
from server.store.announcements import letters
from server.store.announcements.announcements import Rules
from server.store.announcements.letters import Letter
from server.store.sources import sources
from tests.cast import DAY, EDITOR, KEEPER, NOW, OPERATOR
from tests.desk.office import Browser, Office

SECRET = "ngựa đứng ven sông"
FORM = {
    "name": "Thư của các xã", "url": "imaps://thu.tinh.vn", "user": "bangtin@tinh.vn", "password": SECRET,
    "area": "tinh", "authserv": "mx.tinh.vn", "shown_days": "7", "oldest_days": "3",
}  # fmt: skip
PAGE = "/desk/sources/thu-cua-cac-xa"


@pytest.fixture
def keeper(office: Office) -> Browser:
    return office.browser(KEEPER)


def added(office: Office, keeper: Browser) -> Source:
    answer = keeper.post("/desk/sources/new-mailbox", FORM)
    assert answer.headers["Location"].endswith(PAGE), answer.text
    return sources.get(office.db, "thu-cua-cac-xa")


def received(office: Office) -> Announcement:
    """An announcement that came by mail, with the row of its letter."""
    row = Letter("thu-cua-cac-xa", 1, 1, "<1@minhtan.vn>", "lan@minhtan.vn", "Fwd: Họp thôn", NOW, NOW)
    made = Announcement(
        0,
        "xa-minh-tan",
        "Họp thôn",
        "19 giờ",
        (Window(NOW, NOW + DAY),),
        NOW,
        "mail:lan@minhtan.vn",
        state="submitted",
    )
    begun = letters.begin(office.db, row)
    return letters.take(
        office.db, begun, made, detail="Tệp «a.exe» không nhận được: Ảnh lớn quá 10 MB.", rules=Rules(), notify=(),
        answers=lambda _: (),
    )  # fmt: skip


def test_a_new_mailbox_accepts_nobody_yet(office: Office, keeper: Browser) -> None:
    made = added(office, keeper)
    assert (made.kind, made.url, made.area) == ("mail", "imaps://thu.tinh.vn/INBOX", "tinh")
    assert made.mail == MailSettings("bangtin@tinh.vn", "mx.tinh.vn")
    page = keeper.get(PAGE).text
    assert "Chưa ai được gửi thư vào đây." in page
    assert (
        "Không bảng nào hiện nguồn này" not in keeper.get("/desk/sources/").text.partition("Thư của các xã")[2][:900]
    )


def test_the_password_is_in_a_file_and_nowhere_else(office: Office, keeper: Browser) -> None:
    added(office, keeper)
    path = mailbox_passwords.path_of(office.folder, "thu-cua-cac-xa")
    assert (path.read_text("utf-8"), path.stat().st_mode & 0o777) == (SECRET, 0o600)
    assert SECRET not in keeper.get(PAGE).text
    with office.db.read() as conn:
        for table in (tables.sources, tables.audit):
            rows = conn.execute(select(table)).all()
            assert rows
            assert all(SECRET not in str(row) for row in rows)
    keeper.post(f"{PAGE}/remove")
    assert not path.exists()


def test_another_server_or_user_needs_the_password_again(office: Office, keeper: Browser) -> None:
    added(office, keeper)
    for change in ({"url": "imaps://ke-xau.vn/INBOX"}, {"user": "khac"}, {"url": "imap://thu.tinh.vn/INBOX"}):
        answer = keeper.post(f"{PAGE}/mailbox", FORM | {"password": ""} | change)
        assert answer.status_code == 422
        assert "Hãy gõ lại mật khẩu" in answer.text
    assert keeper.post(f"{PAGE}/mailbox", FORM | {"password": "", "shown_days": "9"}).status_code == 303
    assert mailbox_passwords.password(office.folder, "thu-cua-cac-xa", {}) == SECRET
    assert (sources.get(office.db, "thu-cua-cac-xa").mail or MailSettings("")).shown_days == 9


def test_settings_are_saved_where_the_password_is_in_the_workers_environment(office: Office, keeper: Browser) -> None:
    added(office, keeper)
    mailbox_passwords.forget(office.folder, "thu-cua-cac-xa")
    assert "Chưa có mật khẩu nào được gõ ở đây." in keeper.get(PAGE).text
    assert keeper.post(f"{PAGE}/mailbox", FORM | {"password": "", "shown_days": "9"}).status_code == 303
    assert (sources.get(office.db, "thu-cua-cac-xa").mail or MailSettings("")).shown_days == 9
    answer = keeper.post(f"{PAGE}/mailbox", FORM | {"password": "", "url": "imaps://ke-xau.vn/INBOX"})
    assert "Hãy gõ lại mật khẩu" in answer.text


def test_the_hint_to_the_authenticating_server_names_a_button_that_is_there(office: Office, keeper: Browser) -> None:
    assert "thêm hộp thư xong, bấm «Đọc thử»" in keeper.get("/desk/sources/new-mailbox").text
    added(office, keeper)
    assert "Bấm «Đọc thử» để xem tên ấy." in keeper.get(PAGE).text


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"url": "https://thu.tinh.vn"}, "Địa chỉ hộp thư phải có dạng imaps://"),
        ({"url": "imaps://ten:matkhau@thu.tinh.vn"}, "không được chứa tên đăng nhập hay mật khẩu"),
        ({"password": ""}, "Mục này chưa có gì"),
        ({"authserv": "mx tinh"}, "Tên này không dùng được"),
        ({"shown_days": "0"}, "1"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(keeper: Browser, change: dict[str, str], sentence: str) -> None:
    answer = keeper.post("/desk/sources/new-mailbox", FORM | change)
    assert answer.status_code == 422
    assert sentence in re.sub(r"<p class=\"help\".*?</p>", "", answer.text)


def test_an_empty_form_says_each_missing_field_once(keeper: Browser) -> None:
    empty = dict.fromkeys(FORM, "") | {"area": "tinh", "shown_days": "7", "oldest_days": "3"}
    page = keeper.post("/desk/sources/new-mailbox", empty).text
    assert page.count("Mục này chưa có gì") == 4  # name, address, login name, password
    assert "phải có dạng" not in page


def test_senders_are_added_for_an_area_or_single_boards_and_removed(office: Office, keeper: Browser) -> None:
    added(office, keeper)

    def listed() -> tuple[AllowedSender, ...]:
        return (sources.get(office.db, "thu-cua-cac-xa").mail or MailSettings("")).senders

    keeper.post(f"{PAGE}/senders", {"sender": "Lan@MinhTan.vn", "place": "xa-minh-tan/xa-minh-tan"})
    keeper.post(f"{PAGE}/senders", {"sender": "@donghai.vn", "place": "xa-dong-hai/"})
    assert listed() == (
        AllowedSender("@donghai.vn", "xa-dong-hai"),
        AllowedSender("lan@minhtan.vn", "xa-minh-tan", ("xa-minh-tan",)),
    )
    page = keeper.get(PAGE).text
    assert "Xã Minh Tân: Trụ sở xã Minh Tân" in page
    assert "Xã Đông Hải: mọi bảng tin" in page
    keeper.post(f"{PAGE}/senders/remove", {"address": "@donghai.vn"})
    assert [one.address for one in listed()] == ["lan@minhtan.vn"]
    for wrong in ("lan", "Lan <lan@minhtan.vn>", "@vn"):
        answer = keeper.post(f"{PAGE}/senders", {"sender": wrong, "place": "xa-dong-hai/"})
        assert "Đây không phải địa chỉ thư" in answer.text
    assert keeper.post(f"{PAGE}/senders", {"sender": "a@b.vn", "place": "nuoc-ngoai/"}).status_code == 422


def test_everybody_at_a_free_provider_is_not_a_sender(office: Office, keeper: Browser) -> None:
    added(office, keeper)
    answer = keeper.post(f"{PAGE}/senders", {"sender": "@gmail.com", "place": "xa-minh-tan/"})
    assert answer.status_code == 422
    assert "Ai cũng lập được địa chỉ @gmail.com" in answer.text
    keeper.client.set_cookie("language", "en")
    answer = keeper.post(f"{PAGE}/senders", {"sender": "@gmail.com", "place": "xa-minh-tan/"})
    assert "Anybody can have an address at @gmail.com" in answer.text
    keeper.post(f"{PAGE}/senders", {"sender": "xaminhtan@gmail.com", "place": "xa-minh-tan/"})
    assert keeper.get(PAGE).text.count("xaminhtan@gmail.com") > 0


def test_letters_are_listed_with_what_became_of_them_for_those_concerned(office: Office, keeper: Browser) -> None:
    added(office, keeper)
    made = received(office)
    page = keeper.get(PAGE).text
    assert "Đã thành thông báo" in page
    assert "Fwd: Họp thôn" in page
    assert f'href="/desk/queue/{made.id}"' not in page, "a keeper has no right over content"
    assert f'href="/desk/queue/{made.id}"' in office.browser(EDITOR).get(PAGE).text


def test_the_queue_says_who_sent_it_by_mail(office: Office, keeper: Browser) -> None:
    added(office, keeper)
    made = received(office)
    editor = office.browser(EDITOR)
    assert "Thư của lan@minhtan.vn" in editor.get("/desk/queue/").text
    page = editor.get(f"/desk/queue/{made.id}").text
    assert "Thư của lan@minhtan.vn" in page
    assert "«Fwd: Họp thôn»" in page
    assert "Tệp «a.exe» không nhận được" in page
    assert "Thư của lan@minhtan.vn" in editor.get("/desk/audit/").text
    editor.client.set_cookie("language", "en")
    english = editor.get(f"/desk/queue/{made.id}").text
    assert "By mail: lan@minhtan.vn" in english
    assert "The file “a.exe” was not accepted" in english


def test_only_keepers_try_a_mailbox(office: Office, keeper: Browser) -> None:
    added(office, keeper)
    for person in (OPERATOR, EDITOR):
        assert office.browser(person).post(f"{PAGE}/try").status_code in (403, 404)
    assert keeper.post(f"{PAGE}/try").status_code == 303


def test_boards_are_not_offered_a_mailbox(office: Office, keeper: Browser) -> None:
    added(office, keeper)
    page = keeper.get("/desk/screens/boards/hoi-truong").text
    assert "Cổng thông tin tỉnh" in page
    assert "Thư của các xã" not in page
