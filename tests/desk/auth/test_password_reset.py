"""Resetting a forgotten password by mail."""

from __future__ import annotations

import re

from server.store.people import messages
from tests.cast import OPERATOR
from tests.desk.auth.signing_in import set_password, sign_in
from tests.desk.office import PASSWORD, Office


def test_a_forgotten_password_is_reset_by_mail(mailing: Office) -> None:
    set_password(mailing, OPERATOR)
    there, _ = sign_in(mailing, OPERATOR.slug)
    browser = mailing.browser()
    answer = browser.post("/desk/reset", {"email": f"{OPERATOR.slug}@example.vn"})
    (mail,) = messages.due(mailing.db, mailing.now)
    assert mail.address == f"{OPERATOR.slug}@example.vn"
    link = re.search(r"http://bangtin\.example\.vn(/desk/reset/\S+)", mail.text)
    assert link is not None, mail.text
    assert mail.subject == "Đặt lại mật khẩu Bảng Tin"
    new = "một câu khác cũng rất dài"
    done = browser.post(link[1], {"password": new, "password_confirm": new})
    assert done.status_code == 302, done.text
    assert sign_in(mailing, OPERATOR.slug, new)[1].status_code == 302
    assert "/desk/login" in there.get("/desk/security/").headers["Location"], "other sign-ins have ended"
    again = browser.post(link[1], {"password": PASSWORD, "password_confirm": PASSWORD})
    assert sign_in(mailing, OPERATOR.slug)[1].status_code == 200, f"the link worked twice: {again.status_code}"
    messages.sent(mailing.db, mail.id)
    stranger = mailing.browser().post("/desk/reset", {"email": "khong-co@example.vn"})
    assert stranger.status_code == answer.status_code
    assert len(messages.due(mailing.db, mailing.now)) <= 1, "no mail to an unknown address"


def test_a_mail_links_to_the_public_address_and_a_forged_host_gets_none(mailing: Office) -> None:
    set_password(mailing, OPERATOR)
    client = mailing.app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/desk/reset").text)
    assert token is not None
    form = {"email": f"{OPERATOR.slug}@example.vn", "csrf_token": token[1]}
    assert client.post("/desk/reset", data=form, base_url="http://xau.example").status_code == 400
    assert client.post("/desk/reset", data=form, headers={"X-Forwarded-Host": "xau.example"}).status_code == 400
    assert messages.due(mailing.db, mailing.now) == ()
    client.post("/desk/reset", data=form)
    (mail,) = messages.due(mailing.db, mailing.now)
    assert "http://bangtin.example.vn/desk/reset/" in mail.text
    # The request came under another of the server's own names; the link still leads to the public address.
    assert "localhost" not in mail.text
