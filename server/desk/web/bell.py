"""Makes the messages to people: the list behind the bell icon of every page, and the texts of the mails.

Called by template_globals for the layout, and by the features that send messages. The store keeps a message's
``kind`` (what happened) and ``words`` (names and titles); this module makes sentences of them in the reader's
language.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import force_locale, gettext, lazy_gettext

from server.core.duty.alarms import LOCAL
from server.core.duty.alarms import Kind as AlarmKind
from server.core.policy import Person
from server.desk.web.alarm_names import KIND_NAMES
from server.desk.web.context import desk
from server.desk.web.i18n import LANGUAGES
from server.store.people import messages
from server.store.people.messages import Message

MOST_SHOWN = 20

_ALARMS: Mapping[AlarmKind, object] = {
    "screen_dark": lazy_gettext("Màn hình mất liên lạc: %(area)s"),
    "notice_unconfirmed": lazy_gettext("Tin khẩn chưa hiện trên đủ màn hình: %(area)s"),
    "source_silent": lazy_gettext("Nguồn tin im lặng: %(area)s"),
    "alerts_silent": lazy_gettext("Nguồn cảnh báo không có dữ liệu: %(area)s"),
    **{kind: name for kind, name in KIND_NAMES.items() if kind in LOCAL},
}
_ALARM_TEXT = lazy_gettext("Hãy mở ra xem và bấm «Tôi đã nhận» để người khác biết bạn đang xử lý.")

# Kind -> subject and text. The bell lists messages in this order: announcements returned to their writer, then what
# waits for a decision, then what is only reported.
_SENTENCES: Mapping[str, tuple[object, object]] = {
    "announcement.return": (lazy_gettext("Trả lại: %(title)s"), lazy_gettext("Người quyết định: %(name)s.")),
    "notice.signed": (
        lazy_gettext("Tin khẩn chờ bạn xác nhận: %(headline)s"),
        lazy_gettext("%(actor)s đã ký tin khẩn cho %(where)s và cần một biên tập viên khác xác nhận."),
    ),
    "notice.proposed": (
        lazy_gettext("Đề nghị tin khẩn: %(headline)s"),
        lazy_gettext("%(actor)s đề nghị phát tin khẩn ở %(where)s."),
    ),
    "notice.broken": (
        lazy_gettext("Tin khẩn được phát một mình: %(headline)s"),
        lazy_gettext("%(actor)s đã phát tin khẩn ở %(where)s khi không có người thứ hai xác nhận. Hãy xem lại ngay."),
    ),
    "item.left_out": (
        lazy_gettext("Không chiếu được: %(title)s"),
        lazy_gettext(
            "Nội dung này bị hỏng nên các bảng tin bỏ qua; mọi nội dung khác vẫn chiếu. Hãy mở ra, sửa rồi gửi lại, "
            "hoặc gỡ đi."
        ),
    ),
    "item.left_out_more": (
        lazy_gettext("Còn nhiều nội dung khác không chiếu được"),
        lazy_gettext("Nhiều nội dung cùng hỏng một lúc: hãy báo người quản trị máy chủ xem trước khi sửa từng cái."),
    ),
    "announcement.submit": (
        lazy_gettext("Chờ duyệt: %(title)s"),
        lazy_gettext("%(name)s đã trình duyệt một thông báo của %(area)s."),
    ),
    "webhook.failed": (
        lazy_gettext("Không báo tin được cho %(name)s"),
        lazy_gettext(
            "Bảng Tin đã gửi mười lần trong hơn ba ngày mà nơi nhận không nhận. Hãy xem lý do, rồi bấm gửi lại."
        ),
    ),
    "webhook.gone": (
        lazy_gettext("%(name)s đã thôi nhận tin"),
        lazy_gettext("Nơi nhận trả lời rằng không nhận tin nữa, nên Bảng Tin đã dừng gửi tới đó."),
    ),
    **{f"alarm.{kind}": (subject, _ALARM_TEXT) for kind, subject in _ALARMS.items()},
    "duty_channel.failed": (
        lazy_gettext("Không báo động được qua %(name)s"),
        lazy_gettext("Bảng Tin vẫn giữ tin và gửi lại. Hãy xem lý do."),
    ),
    "bulletin.urgent": (
        lazy_gettext("Bản tin khẩn cấp chờ bạn phát: %(title)s"),
        lazy_gettext(
            "%(name)s gửi bản tin khẩn cấp cho %(area)s qua hệ thống thông tin nguồn. Hãy xem và phát ngay."
        ),
    ),
    "bulletin.priority": (
        lazy_gettext("Bản tin ưu tiên chờ duyệt: %(title)s"),
        lazy_gettext("%(name)s gửi bản tin này cho %(area)s. Bản tin phải vào chương trình; đơn vị xếp thứ tự."),
    ),
    "bulletin.normal": (
        lazy_gettext("Bản tin chờ duyệt: %(title)s"),
        lazy_gettext(
            "%(name)s gửi bản tin này cho %(area)s qua hệ thống thông tin nguồn. Đơn vị chọn đăng hay không."
        ),
    ),
    "bulletin.aired": (
        lazy_gettext("Bản tin của hệ thống thông tin nguồn đã lên bảng: %(title)s"),
        lazy_gettext("%(name)s gửi cho %(area)s. Biên tập viên của đơn vị đã cho phép nguồn này lên bảng ngay."),
    ),
    "document.recall": (
        lazy_gettext("Văn bản bị thu hồi: %(title)s"),
        lazy_gettext("Nơi ban hành đã thu hồi văn bản; bản niêm yết của %(area)s đã được gỡ khỏi các bảng tin."),
    ),
    "document.recall_missing": (
        lazy_gettext("Văn bản bị thu hồi: %(title)s"),
        lazy_gettext(
            "Nơi ban hành đã thu hồi văn bản mà %(area)s chưa niêm yết qua đường này. Nếu văn bản đã được đăng bằng "
            "tay, hãy gỡ."
        ),
    ),
    "document.update": (
        lazy_gettext("Văn bản được cập nhật: %(title)s"),
        lazy_gettext("Hãy xem chỗ khác nhau với bản đang niêm yết của %(area)s, rồi duyệt hoặc bỏ."),
    ),
    "document.replacement": (
        lazy_gettext("Văn bản thay thế: %(title)s"),
        lazy_gettext("Bản nháp của %(area)s sẽ thay văn bản đang niêm yết ngay khi bạn duyệt."),
    ),
    "document.new": (
        lazy_gettext("Văn bản điện tử mới: %(title)s"),
        lazy_gettext("Văn bản đã thành bản nháp niêm yết của %(area)s, chờ bạn xem và duyệt."),
    ),
    "announcement.withdraw": (lazy_gettext("Đã gỡ: %(title)s"), lazy_gettext("Người quyết định: %(name)s.")),
    "announcement.approve": (lazy_gettext("Đã duyệt: %(title)s"), lazy_gettext("Người quyết định: %(name)s.")),
}
KINDS = tuple(_SENTENCES)


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the bell's list shows it, in the reader's language.

    ``first`` is true if it reports an announcement that was returned to its writer; the list highlights these.
    """

    id: int
    subject: str
    text: str
    link: str
    created: datetime | None
    first: bool


@dataclass(frozen=True, slots=True)
class Bell:
    """What the bell icon shows: ``count`` is how many messages the user has not seen.

    ``shown`` are the most urgent of them, at most MOST_SHOWN.
    """

    count: int
    shown: tuple[Shown, ...]


def bell() -> Bell:
    """Returns the messages that the signed-in person has not seen yet; empty before sign-in."""
    if desk.maybe_person() is None:
        return Bell(0, ())
    found = messages.unseen(desk.db, desk.actor(), most=100)
    count = len(found) if len(found) < 100 else messages.count_unseen(desk.db, desk.actor())
    ordered = sorted(found, key=lambda one: KINDS.index(one.kind) if one.kind in KINDS else len(KINDS))
    return Bell(count, tuple(_shown(one) for one in ordered[:MOST_SHOWN]))


def message(kind: str, words: Mapping[str, object], to: Person, link: str, *, mail: bool = True) -> Message:
    """Returns a new message to the person ``to``, with a mail in that person's language unless ``mail`` is false.

    ``words`` are the names and titles for the sentences of ``kind``; ``link`` is the path of the page to which the
    message leads.
    """
    made = Message(to.username, "", "", link, to.email if mail else "", kind=kind, words=words)
    return in_language_of(to, made)


def in_language_of(person: Person, one: Message) -> Message:
    """Returns a copy of the message with the subject and text of its mail in the person's language."""
    with language_of(person):
        subject, text = _worded(one)
    return replace(one, subject=subject, text=text)


@contextmanager
def language_of(person: Person) -> Iterator[None]:
    """A context in which gettext uses the language of ``person``, the reader, instead of the current user's."""
    wanted = person.language or desk.config.language
    with force_locale(wanted if wanted in LANGUAGES else "vi"):
        yield


def _shown(one: Message) -> Shown:
    subject, text = _worded(one)
    return Shown(one.id, subject, text, one.link, one.created, one.kind == "announcement.return")


def _worded(one: Message) -> tuple[str, str]:
    sentences = _SENTENCES.get(one.kind)
    if sentences is None:
        return one.subject, one.text
    known = defaultdict(str, {name: str(value) for name, value in one.words.items()})
    subject, text = (str(sentence) % known for sentence in sentences)
    if known["reason"]:
        text += "\n" + gettext("Lý do: %(reason)s", reason=known["reason"])
    return subject, text
