"""Makes an announcement of a letter that is taken, or refuses it with an answer to its sender; called by the intake.

The announcement, the row of the letter, the answer and the messages to editors are written in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from server.core.areas import AreaTree
from server.core.model import AllowedSender, Announcement, MailSettings
from server.core.policy import nearest_editors
from server.core.showing import reached
from server.core.sources.mail.composition import ACTOR, CheckedFile, announcement, compose
from server.core.sources.mail.letter_text import body_of, is_forwarded, title_of
from server.notifications.mail_answers import REFUSALS, editors_messages, received, refused
from server.store.announcements import letters
from server.store.announcements.letters import Finished, Letter
from server.store.boards import boards
from server.store.database.engine import Database
from server.store.database.errors import StoreRefusal
from server.store.people import people
from server.store.people.messages import Message
from server.store.sources import sources
from server.worker.mailbox.files import FileChecker, is_edxml
from server.worker.mailbox.parts import Parts, Unreadable, parts_of
from server.worker.mailbox.rules import MailRules

log = structlog.get_logger("mailbox")

MOST_ANSWERS = 20
"""How many refused letters of one sender are answered within a day."""
_WINMAIL = (
    "Thư có tệp winmail.dat, là dạng mà riêng Outlook mở được, nên tệp trong đó không nhận được. Trong Outlook, hãy "
    "chọn định dạng HTML hoặc văn bản thường cho thư, rồi gửi lại."
)
_ENCRYPTED = "Thư được mã hóa, nên máy chủ không đọc được nội dung."


class LetterTaker:
    """Takes and refuses letters; ``files`` checks what is attached to them."""

    def __init__(self, db: Database, files: FileChecker, rules: MailRules, clock: Callable[[], datetime]) -> None:
        self._db, self._files, self._rules, self._clock = db, files, rules, clock

    def refuse(self, row: Letter, reason: str, notes: Sequence[str] = (), *, hide_subject: bool = False) -> None:
        """Finishes a letter that becomes no announcement; answers it if its sender may be told. Raises Finished.

        ``hide_subject`` deletes its subject: that of a secret document must be kept nowhere.
        """
        now = self._clock()
        shown = replace(row, subject="") if hide_subject else row
        answers = refused(shown, reason, notes) if self._may_answer(row, now) else ()
        letters.refuse(
            self._db, row.id, reason, answers, now, detail=" ".join(notes), hide_subject=hide_subject
        )  # fmt: skip
        log.info("letter not taken", source=row.source, uid=row.uid, reason=reason)

    def take(self, raw: bytes, row: Letter, allowed: AllowedSender, settings: MailSettings) -> None:
        """Makes an announcement of a whole letter, ``raw``, or refuses it. Raises Finished."""
        try:
            parts = parts_of(raw)
        except Unreadable:
            self.refuse(row, "unreadable")
            return
        actor, now = ACTOR + row.sender, self._clock()
        checked = self._files.check(parts.files, area=allowed.area, actor=actor, now=now)
        content = compose(checked)
        notes = [*content.notes, *_notes(parts)]
        if any(is_edxml(file) for file in parts.files):
            taken = any(one.taken for one in checked)
            self.refuse(row, "document" if taken else "document-refused", notes, hide_subject=not taken)
            return
        text = body_of(parts.text, forwarded=is_forwarded(row.subject))
        title = title_of(row.subject, text, _first_name(checked))
        bare = not text and content.kind == "text"
        if not title or (bare and (checked or parts.winmail or parts.encrypted)):
            winmail = parts.winmail and not checked
            self.refuse(row, "winmail" if winmail else "empty", content.notes if winmail else notes)
            return
        made = announcement(
            title, text, content, sender=row.sender, allowed=allowed, days=settings.shown_days, now=now
        )  # fmt: skip
        self._post(made, row, notes)

    def _may_answer(self, row: Letter, now: datetime) -> bool:
        """False if no mail can be sent, or if this sender has got many answers within a day."""
        day = now - timedelta(days=1)
        return self._rules.answers and letters.count_from(self._db, row.sender, REFUSALS, since=day) < MOST_ANSWERS

    def _post(self, made: Announcement, row: Letter, notes: Sequence[str]) -> None:
        tree, everybody = AreaTree(sources.areas(self._db)), people.all(self._db)
        if made.area not in tree:
            self.refuse(row, "not-shown", [f"Đơn vị {made.area} không còn trên máy chủ này."])
            return
        shown = [board.name for board in reached(made, boards.all(self._db), tree)]
        editors = [one.name for one in nearest_editors(everybody, made.area, tree)]
        area = tree.get(made.area).name

        def answers(posted: Announcement) -> list[Message]:
            if not self._rules.answers:
                return []
            return [received(posted, row, shown, editors, area, notes, self._rules.zone)]

        try:
            letters.take(
                self._db, row, made, detail=" ".join(notes), rules=self._rules.rules,
                notify=editors_messages(made, row.sender, everybody, tree), answers=answers,
            )  # fmt: skip
        except Finished:
            raise
        except (StoreRefusal, ValueError) as error:
            self.refuse(row, "not-shown", [str(error)])
            return
        log.info("letter taken", source=row.source, uid=row.uid)


def _first_name(checked: Sequence[CheckedFile]) -> str:
    """The name of the first file that is shown; "" if there is none."""
    return next((one.name for one in checked if one.kind), "")


def _notes(parts: Parts) -> list[str]:
    notes = [_WINMAIL] if parts.winmail else []
    notes += [_ENCRYPTED] if parts.encrypted else []
    notes += [f"Còn {parts.left_out} tệp không được đọc, vì thư có quá nhiều tệp."] if parts.left_out else []
    return notes
