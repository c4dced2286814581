"""Mails at the desk: a mail is pending until the mail server accepts it; failed mails are listed with a reason."""

from __future__ import annotations

import re
import smtplib

from server.notifications.mailer import said
from server.store.people import messages
from tests.cast import KEEPER, OPERATOR
from tests.desk.office import Office

INVITED = {"name": "Bùi Hà", "username": "ha", "email": "ha@example.vn", "role": "operator", "area": "xa-minh-tan"}


def test_an_invitation_is_on_its_way_and_says_how_long_its_link_is_valid(mailing: Office) -> None:
    keeper = mailing.browser(KEEPER)
    page = keeper.post("/desk/people/new", INVITED).text
    assert "Đang gửi thư cho ha@example.vn" in page
    assert "Đang gửi</span>" in page
    (mail,) = messages.due(mailing.db, mailing.now)
    assert re.search(r"http://bangtin\.example\.vn/desk/welcome/\S+", mail.text)
    assert "trong 72 giờ" in mail.text
    messages.sent(mailing.db, mail.id)
    assert "Đã gửi</span>" in keeper.get("/desk/people/ha").text


def test_a_mail_that_failed_is_listed_for_keepers_and_tried_again(mailing: Office) -> None:
    keeper = mailing.browser(KEEPER)
    keeper.post("/desk/people/new", INVITED)
    (mail,) = messages.due(mailing.db, mailing.now)
    refused = smtplib.SMTPRecipientsRefused({"ha@example.vn": (550, b"no such user")})
    for _ in range(messages.MOST_TRIES):
        messages.failed(mailing.db, mail.id, f"recipient: {said(refused)}", mailing.now)
    assert "Có 1 thư chưa gửi được" in keeper.get("/desk/people/").text
    page = keeper.get("/desk/mails/").text
    for words in (
        "Bùi Hà",
        "ha@example.vn",
        "không nhận thư cho địa chỉ này",
        "550 no such user",
        "không gửi lại nữa",
    ):
        assert words in page
    assert "{" not in page.split("Chi tiết kỹ thuật")[1].split("</details>")[0]
    assert "Không gửi được" in keeper.get("/desk/people/ha").text
    assert messages.due(mailing.db, mailing.now) == ()
    keeper.post(f"/desk/mails/{mail.id}/resend")
    assert [one.id for one in messages.due(mailing.db, mailing.now)] == [mail.id]
    assert mailing.browser(OPERATOR).get("/desk/mails/").status_code == 403
