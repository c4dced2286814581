"""Writes the answers to people who post by mail, and the messages to their editors; called by worker.mailbox.

Only senders who are authenticated and on the mailbox's list get an answer. Texts are Vietnamese.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from server.core.areas import AreaTree
from server.core.model import Announcement
from server.core.policy import Person, nearest_editors
from server.core.showing import Showing
from server.core.sources.mail.judgement import LARGEST, MEBIBYTE
from server.store.announcements.letters import Letter
from server.store.people.messages import Message

MOST_NAMED = 8
_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_END = "Đây là thư tự động của Bảng Tin, xin đừng trả lời thư này."

REFUSALS: Mapping[str, str] = {
    "too-large": f"Thư lớn quá {LARGEST // MEBIBYTE} MB nên không nhận. Hãy gửi tệp nhỏ hơn hoặc chia ra nhiều thư.",
    "empty": "Thư không có chữ và không có tệp nào dùng được, nên chưa thành thông báo.",
    "unreadable": "Máy chủ không mở được thư này. Hãy soạn một thư mới và gửi lại.",
    "winmail": (
        "Thư chỉ có tệp winmail.dat, là dạng mà riêng Outlook mở được. Trong Outlook, hãy chọn định dạng HTML hoặc "
        "văn bản thường cho thư, rồi gửi lại."
    ),
    "not-shown": "Thư chưa thành thông báo được:",
    "document": "Văn bản điện tử trong thư đã được chuyển cho biên tập viên. Chữ trong thư không thành thông báo.",
    "document-refused": "Văn bản điện tử trong thư không được nhận, nên không gì trong thư được giữ lại.",
}
"""Reason (core.sources.mail.judgement) -> what the sender is told. For other reasons he gets no answer."""


def thread_id(text: str) -> str:
    """The Message-ID in a header, "" if it is not a plain one, which might add headers to the answer."""
    found = _ID.search(text)
    return found[0] if found else ""


def received(one: Announcement, letter: Letter, boards: Sequence[str], editors: Sequence[str], area: str,
             notes: Sequence[str], zone: ZoneInfo) -> Message:  # fmt: skip
    """The answer that a letter has become the announcement ``one``, which waits for an editor.

    ``boards`` and ``editors`` are names, ``area`` the area's name, ``notes`` Vietnamese sentences on what was left
    out and what the sender should check.
    """
    lines = [
        f"Bảng Tin đã nhận thư của bạn. Thông báo «{one.title}» của {area} đang chờ duyệt.",
        f"Người duyệt: {', '.join(editors[:MOST_NAMED])}." if editors else "Chưa có ai duyệt cho đơn vị này.",
        f"Bảng tin: {_listed(boards)}.",
        f"Thời gian chiếu nếu được duyệt: {_span(one, zone)}. Biên tập viên có thể đổi.",
        *notes,
    ]
    return _answer(letter, f"Đã nhận, chờ duyệt: {one.title}", lines)


def refused(letter: Letter, reason: str, notes: Sequence[str] = ()) -> tuple[Message, ...]:
    """The answer that a letter did not become an announcement; none for a reason about which nobody is told."""
    sentence = REFUSALS.get(reason)
    if sentence is None:
        return ()
    head = "Đã nhận văn bản" if reason == "document" else "Chưa nhận được"
    return (_answer(letter, f"{head}: {letter.subject or 'thư của bạn'}", [sentence, *notes]),)


def decided(one: Announcement, letter: Letter, shown: Showing, replaced: str, zone: ZoneInfo) -> Message:
    """The answer about what became of the announcement: approved, returned, withdrawn, or waiting once more.

    ``shown`` is when and where it will be seen, ``replaced`` the title of the version that took its place, "" if none
    did.
    """
    if one.state == "approved":
        boards = [board.name for board in shown.boards]
        first = f" Lần chiếu đầu tiên: {_moment(shown.first, zone)}." if shown.first else ""
        lines = [
            f"Thông báo «{one.title}» đã được duyệt.{first}",
            f"Bảng tin: {_listed(boards)}.",
            f"Thời gian chiếu: {_span(one, zone)}.",
        ]
        return _answer(letter, f"Đã duyệt: {one.title}", lines)
    if one.state == "returned":
        lines = [f"Thông báo «{one.title}» bị trả lại. Lý do: {one.reason}", "Hãy sửa rồi gửi một thư mới."]
        return _answer(letter, f"Trả lại: {one.title}", lines)
    if one.state == "withdrawn" and replaced:
        lines = [f"Thông báo «{one.title}» đã được thay bằng bản mới: «{replaced}»."]
        return _answer(letter, f"Đã thay bằng bản mới: {one.title}", lines)
    if one.state == "withdrawn":
        reason = f" Lý do: {one.reason}" if one.reason else ""
        return _answer(letter, f"Đã gỡ: {one.title}", [f"Thông báo «{one.title}» đã được gỡ khỏi bảng tin.{reason}"])
    lines = [f"Thông báo «{one.title}» đang được xem lại, nên chưa chiếu."]
    return _answer(letter, f"Chờ duyệt lại: {one.title}", lines)


def editors_messages(one: Announcement, sender: str, people: Iterable[Person], tree: AreaTree) -> tuple[Message, ...]:
    """The messages to the nearest editors that an announcement came by mail; "{id}" stands for its id."""
    words = {"title": one.title, "name": sender, "area": tree.get(one.area).name}
    return tuple(
        Message(
            editor.username, f"Chờ duyệt: {one.title}",
            f"{sender} đã gửi qua thư điện tử một thông báo của {words['area']}.", "/desk/queue/{id}", editor.email,
            kind="announcement.submit", words=words,
        )
        for editor in nearest_editors(people, one.area, tree)
    )  # fmt: skip


def _answer(letter: Letter, subject: str, lines: Sequence[str]) -> Message:
    text = "\n\n".join([*lines, _END])
    return Message("", subject[:200], text, "", letter.sender, in_reply_to=thread_id(letter.message_id))


def _listed(names: Sequence[str]) -> str:
    more = f" và {len(names) - MOST_NAMED} bảng khác" if len(names) > MOST_NAMED else ""
    return (", ".join(names[:MOST_NAMED]) + more) or "chưa có bảng nào"


def _span(one: Announcement, zone: ZoneInfo) -> str:
    if not one.windows:
        return "theo lịch lặp lại của biên tập viên"
    first = one.windows[0]
    until = f"đến {_moment(first.until, zone)}" if first.until else "đến khi gỡ"
    more = f", và {len(one.windows) - 1} khoảng nữa" if len(one.windows) > 1 else ""
    return f"từ {_moment(first.start, zone)} {until}{more}"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M ngày %d/%m/%Y}"
