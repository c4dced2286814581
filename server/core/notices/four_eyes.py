"""Decides whether an editor may send an urgent notice, alone or as the second one; called by store and desk.

In 2018 one person's click sent a missile alert, and the correction took 38 minutes (TRUST). Under four eyes the
editor who signs and the editor who sends are two people. An editor acting alone waits 30 s, and everyone responsible
is notified.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from server.core.model import Notice
from server.core.workflow import NotPossible

BREAK_GLASS_AFTER = timedelta(seconds=30)


class SecondNeeded(NotPossible):
    """A second editor has to send it, or the same one after `time_until_alone`."""


def is_second(notice: Notice, actor: str) -> bool:
    """True if another editor has signed it, so that ``actor`` is the second one."""
    return bool(notice.signed_by) and notice.signed_by != actor


def time_until_alone(notice: Notice, now: datetime) -> timedelta | None:
    """How long until the editor who signed may send it alone, zero if now; None if nobody has signed."""
    if notice.signed_at is None:
        return None
    return max(timedelta(0), notice.signed_at + BREAK_GLASS_AFTER - now)


def check_send(notice: Notice, actor: str, now: datetime, *, four_eyes: bool, break_glass: bool) -> None:
    """Raises SecondNeeded if ``actor`` may not send it now; ``break_glass``: they insist on sending it alone."""
    if not four_eyes or is_second(notice, actor):
        return
    wait = time_until_alone(notice, now)
    if wait is None:
        raise SecondNeeded("Cần ký trước, rồi một biên tập viên khác xác nhận.")
    if not break_glass:
        raise SecondNeeded("Cần một biên tập viên khác xác nhận.")
    if wait:
        raise SecondNeeded(f"Chỉ được phát một mình sau {wait.seconds + 1} giây nữa.")
