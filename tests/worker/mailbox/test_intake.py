"""Letters of a real mailbox become announcements that wait for an editor, once each, and only those of the list."""

from __future__ import annotations

import pytest

from feeds.errors import FeedError
from server.core.model import AllowedSender, MailSettings
from server.core.sources.mail.judgement import LARGEST
from server.setup import mailbox_passwords
from server.store.announcements import announcements, letters
from server.store.announcements.letters import Finished
from server.store.people import messages
from server.worker.mailbox.intake import MOST_TRIES, NO_AUTHSERV, NO_SENDERS
from server.worker.mailbox.taking import MOST_ANSWERS
from tests.cast import DAY, NOW
from tests.worker.mailbox.post import LAN, MX, SLUG, Post, letter


def test_a_letter_becomes_an_announcement_that_waits(post: Post) -> None:
    post.put(letter())
    post.poll()
    (made,) = post.announcements()
    assert (made.title, made.text) == ("Mời họp thôn", "19 giờ tối nay, tại nhà văn hóa.")
    assert (made.state, made.area, made.created_by) == ("submitted", "xa-minh-tan", f"mail:{LAN}")
    assert (made.windows[0].start, made.windows[0].until) == (NOW, NOW + 7 * DAY)
    told = [one for one in messages.due(post.office.db, NOW) if one.person]
    assert {(one.person, one.kind) for one in told} == {
        ("lan", "announcement.submit"),
        ("minh", "announcement.submit"),
    }
    assert told[0].link == f"/desk/queue/{made.id}"


def test_its_sender_is_told_what_who_and_where(post: Post) -> None:
    post.put(letter())
    post.poll()
    (answer,) = post.mails()
    assert (answer.address, answer.in_reply_to) == (LAN, "<thu-1@minhtan.vn>")
    assert answer.subject == "Đã nhận, chờ duyệt: Mời họp thôn"
    assert "Người duyệt: Lê Quang Minh, Trần Ngọc Lan." in answer.text
    assert "Bảng tin: Trụ sở xã Minh Tân." in answer.text
    assert "từ 07:30 ngày 09/03/2026 đến 07:30 ngày 16/03/2026" in answer.text


def test_a_letter_is_read_once_and_marked(post: Post) -> None:
    post.put(letter())
    post.poll()
    post.poll()
    assert len(post.announcements()) == 1
    (flags,) = post.imap.flags(post.user)
    assert "\\Seen" in flags
    assert "BangTin" in flags


def test_a_worker_killed_before_the_mark_does_not_double_it(post: Post) -> None:
    post.put(letter())
    post.poll()
    with post.imap.client(post.user) as client:
        client.uid("STORE", "1", "-FLAGS", "(\\Seen BangTin)")
    post.poll()
    assert len(post.announcements()) == 1
    assert "BangTin" in post.imap.flags(post.user)[0]


def test_the_same_letter_twice_makes_one_announcement_and_one_answer(post: Post) -> None:
    post.put(letter(), letter())
    post.poll()
    assert post.reasons() == ["taken", "duplicate"]
    assert len(post.mails()) == 1


def test_a_forged_letter_with_the_same_id_does_not_keep_the_true_one_out(post: Post) -> None:
    post.put(letter(proof=f"{MX}; dmarc=fail header.from=minhtan.vn"), letter())
    post.poll()
    assert post.reasons() == ["failed", "taken"]


def test_letters_without_an_id_are_told_apart(post: Post) -> None:
    post.put(letter(id=""), letter("Tiêm chủng", id=""), letter(id=""))
    post.poll()
    assert post.reasons() == ["taken", "taken", "duplicate"]


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (letter(proof=""), "no-results"),
        (letter(proof="mx.khac.vn; dmarc=pass header.from=minhtan.vn"), "no-results"),
        (letter(proof=f"{MX}; dmarc=fail (dmarc=pass) header.from=minhtan.vn"), "failed"),
        (letter(proof=f"{MX}; dmarc=pass (never closed"), "bad-results"),
        (letter(sender="ai@khac.vn"), "not-listed"),
        (letter(age=5 * DAY), "stale"),
        (letter(Auto_Submitted="auto-replied"), "loop"),
        (letter(List_Id="<tin.minhtan.vn>"), "loop"),
        (letter(X_Loop="bangtin@tinh.vn"), "loop"),
        (letter(sender="bangtin@tinh.vn"), "loop"),
    ],
)
def test_what_is_not_proven_or_not_wanted_is_listed_and_never_answered(post: Post, made: object, reason: str) -> None:
    post.put(made)  # type: ignore[arg-type]
    post.poll()
    assert post.reasons() == [reason]
    assert post.announcements() == []
    assert messages.due(post.office.db, NOW) == ()


def test_without_a_server_or_a_list_nobody_is_accepted_and_the_health_says_so(post: Post) -> None:
    post.use(MailSettings("", "", (AllowedSender(LAN, "xa-minh-tan"),)))
    post.put(letter())
    assert post.poll().warning == NO_AUTHSERV
    post.use(MailSettings("", MX))
    assert post.poll().warning == NO_SENDERS
    assert post.letters() == []
    assert "\\Seen" not in post.imap.flags(post.user)[0]
    # The letter was left for the mailbox that is set up completely.
    post.use(MailSettings("", MX, (AllowedSender(LAN, "xa-minh-tan"),)))
    post.poll()
    assert post.reasons() == ["taken"]


def test_a_letter_of_fifty_megabytes_is_not_fetched_and_answered(post: Post) -> None:
    head = letter().as_bytes()
    post.put(head + b"x" * 998 * 52_000)
    post.poll()
    (row,) = post.letters()
    assert (row.reason, row.told) == ("too-large", "answered")
    (answer,) = post.mails()
    assert f"lớn quá {LARGEST // 2**20} MB" in answer.text


def test_old_letters_of_a_new_mailbox_are_not_even_listed(post: Post) -> None:
    post.put(letter(age=60 * DAY), at=NOW - 60 * DAY)
    post.poll()
    assert post.letters() == []


def test_a_letter_that_ends_the_worker_is_given_up(post: Post) -> None:
    post.put(letter())
    with post.imap.client(post.user) as client:
        validity = int(client.response("UIDVALIDITY")[1][0] or 0)
    row = letters.Letter(SLUG, validity, 1, "<thu-1@minhtan.vn>", LAN, "Mời họp thôn", NOW, NOW)
    for _ in range(MOST_TRIES):
        letters.begin(post.office.db, row)
    post.poll()
    assert post.reasons() == ["unreadable"]
    assert "không mở được" in post.mails()[0].text


def test_two_workers_finish_a_letter_once(post: Post) -> None:
    post.put(letter())
    post.poll()
    (row,) = post.letters()
    with pytest.raises(Finished):
        letters.refuse(post.office.db, row.id, "empty", [], NOW)
    assert post.reasons() == ["taken"]


def test_refused_letters_of_one_sender_are_not_answered_without_end(post: Post) -> None:
    post.put(*(letter("", "", id=f"<{number}@minhtan.vn>") for number in range(MOST_ANSWERS + 2)))
    post.poll()
    assert post.reasons() == ["empty"] * (MOST_ANSWERS + 2)
    assert len(post.mails()) == MOST_ANSWERS


def test_an_area_without_boards_is_answered_with_the_reason(post: Post) -> None:
    post.use(MailSettings("", MX, (AllowedSender(LAN, "xa-minh-tan", ("hoi-truong",)),)))
    post.put(letter())
    post.poll()
    assert post.reasons() == ["not-shown"]
    assert "Bảng tin không thuộc Xã Minh Tân" in post.mails()[0].text


def test_without_a_mail_server_nobody_is_answered(post: Post) -> None:
    post.answers = False
    post.put(letter(), letter("", "", id="<2@minhtan.vn>"))
    post.poll()
    post.tell()
    assert post.reasons() == ["taken", "empty"]
    assert post.mails() == []


def test_wrong_passwords_and_folders_are_told(post: Post) -> None:
    mailbox_passwords.keep(post.office.folder, SLUG, "sai")
    with pytest.raises(FeedError, match="không nhận tên đăng nhập hay mật khẩu"):
        post.poll()
    mailbox_passwords.forget(post.office.folder, SLUG)
    with pytest.raises(FeedError, match="Chưa có mật khẩu"):
        post.poll()


def test_each_decision_is_told_once_after_it_can_be_undone(post: Post) -> None:
    post.put(letter())
    post.poll()
    (made,) = post.announcements()
    db, office = post.office.db, post.office
    announcements.take(db, made.id, "approve", actor="lan", now=office.now)
    post.tell(minutes=0.1)
    announcements.take(db, made.id, "requeue", actor="lan", now=office.now)
    post.tell()
    assert len(post.mails()) == 1, "an approval that was undone is not told"
    announcements.take(db, made.id, "return", actor="lan", now=office.now, reason="Thiếu ngày họp")
    post.tell()
    post.tell()
    announcements.take(db, made.id, "approve", actor="lan", now=office.now)
    post.tell()
    announcements.take(db, made.id, "withdraw", actor="lan", now=office.now, reason="Hoãn họp")
    post.tell()
    assert [one.subject.partition(":")[0] for one in post.mails()] == [
        "Đã nhận, chờ duyệt", "Trả lại", "Đã duyệt", "Đã gỡ",
    ]  # fmt: skip
    _, returned, approved, withdrawn = post.mails()
    assert "Thiếu ngày họp" in returned.text
    assert "Bảng tin: Trụ sở xã Minh Tân." in approved.text
    assert "đến 07:30 ngày 16/03/2026" in approved.text
    assert "Hoãn họp" in withdrawn.text
    assert {one.in_reply_to for one in post.mails()} == {"<thu-1@minhtan.vn>"}


def test_a_trial_shows_what_would_become_of_letters_and_changes_nothing(post: Post) -> None:
    post.put(letter(), letter("Lạ", sender="ai@khac.vn"), letter(proof=""), letter("Thứ tư"))
    outcome = list(post.trial.outcomes(post.source))[-1]
    assert [step.ok for step in outcome.steps] == [True, True]
    assert outcome.steps[1].message == "Có 4 thư đang chờ."
    assert outcome.feed is not None
    assert [entry.title for entry in outcome.feed.entries] == ["Mời họp thôn", "Lạ", "Mời họp thôn"]
    notes = [entry.notes for entry in outcome.feed.entries]
    assert notes[0] == (LAN, "sẽ thành thông báo chờ duyệt", f"kết quả xác thực trong thư do «{MX}» ghi")
    assert notes[1][:2] == ("ai@khac.vn", "không nhận: người gửi không có trong danh sách")
    assert all("Seen" not in flags for flags in post.imap.flags(post.user))
    assert post.letters() == []
    post.use(MailSettings("", "", (AllowedSender(LAN, "xa-minh-tan"),)))
    feed = list(post.trial.outcomes(post.source))[-1].feed
    assert feed is not None
    assert "đang chờ: chưa khai tên máy chủ xác thực" in feed.entries[0].notes
    assert f"kết quả xác thực trong thư do «{MX}» ghi" in feed.entries[0].notes


def test_a_trial_says_at_which_step_it_failed(post: Post) -> None:
    mailbox_passwords.keep(post.office.folder, SLUG, "sai")
    outcome = list(post.trial.outcomes(post.source))[-1]
    assert [(step.label, step.ok) for step in outcome.steps] == [("Đăng nhập hộp thư", False)]
