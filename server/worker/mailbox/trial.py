"""Tries a mailbox once for a keeper at the desk, without changing anything; made by processes.worker.

It signs in, counts the letters that wait, and says what would become of the oldest three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic

from feeds.errors import FeedError
from server.core.model import Source
from server.core.sources.mail.authentication import server_of
from server.core.sources.mail.judgement import Envelope, Reason
from server.core.sources.mail.results_tokens import Malformed
from server.core.sources.trials import Outcome, TrialEntry, TrialReading, TrialStep
from server.worker.mailbox.connection import Folder, opened
from server.worker.mailbox.intake import MailIntake, settings_of, subject_of

SHOWN = 3
NO_SUBJECT = "(không có tiêu đề)"
_MAY_BECOME: dict[Reason, str] = {
    "taken": "sẽ thành thông báo chờ duyệt",
    "loop": "bỏ qua: thư tự động, thư báo lỗi hoặc thư của danh sách gửi thư",
    "from": "không nhận: không rõ ai gửi",
    "no-authserv": "đang chờ: chưa khai tên máy chủ xác thực",
    "no-results": "không nhận: máy chủ thư đã khai không ghi kết quả xác thực",
    "bad-results": "không nhận: kết quả xác thực sai quy cách",
    "failed": "không nhận: không chứng minh được người gửi là thật",
    "not-listed": "không nhận: người gửi không có trong danh sách",
    "stale": "không nhận: thư quá cũ hoặc sai ngày",
    "too-large": "không nhận: thư quá lớn",
}
"""What would become of a letter, as far as its headers say."""


class MailTrial:
    """Runs trials of mailboxes; ``elapsed`` is a monotonic clock in seconds."""

    def __init__(self, intake: MailIntake, elapsed: Callable[[], float] = monotonic) -> None:
        self._intake, self._elapsed = intake, elapsed

    def outcomes(self, source: Source) -> Iterator[Outcome]:
        """Yields the outcome after each step, the last one complete."""
        began, steps = self._elapsed(), []
        try:
            with opened(self._intake.login(source), readonly=True) as folder:
                steps.append(TrialStep("Đăng nhập hộp thư", True, "", self._elapsed() - began, 0))
                yield Outcome(source.url, complete=False, steps=tuple(steps))
                began = self._elapsed()
                found = self._found(folder, source)
            said = f"Có {found.count} thư đang chờ."
            steps.append(TrialStep("Xem thư đang chờ", True, said, self._elapsed() - began, 0))
        except FeedError as error:
            label = "Xem thư đang chờ" if steps else "Đăng nhập hộp thư"
            steps.append(TrialStep(label, False, error.message, self._elapsed() - began, 0))
            yield Outcome(source.url, steps=tuple(steps))
            return
        yield Outcome(source.url, steps=tuple(steps), feed=found)

    def _found(self, folder: Folder, source: Source) -> TrialReading:
        waiting = self._intake.waiting(folder, settings_of(source))
        entries = []
        for uid in waiting[:SHOWN]:
            letter = folder.envelope(uid)
            if letter is None:
                continue
            judged = self._intake.judged(letter, source)
            title = subject_of(letter) or NO_SUBJECT
            notes = [judged.sender, _MAY_BECOME[judged.reason], _written_by(letter)]
            entries.append(TrialEntry(title, letter.arrived, False, False, tuple(filter(None, notes))))
        return TrialReading(source.name, len(waiting), tuple(entries))


def _written_by(letter: Envelope) -> str:
    """Which server wrote the topmost Authentication-Results, so that the keeper can name it; "" if none did."""
    try:
        found = [server_of(header) for header in letter.all("authentication-results")[:1]]
    except Malformed:
        return ""
    return f"kết quả xác thực trong thư do «{found[0]}» ghi" if found else ""
