"""Whether an urgent notice may go out on this person's word; pure, asked by the store and shown by the desk.

In 2018 one person's click sent a missile alert, and 38 minutes passed until the correction (TRUST). Where two people
are asked for, the one who signs and the one who sends are different; whoever is alone waits 30 s and is seen by all.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from server.core.model import Notice
from server.core.workflow import NotPossible

BREAK_GLASS_AFTER = timedelta(seconds=30)


class SecondNeeded(NotPossible):
    """Somebody else has to send it, or the same person a little later; how long is in ``alone_in``."""


def is_second(notice: Notice, actor: str) -> bool:
    """True where another editor has signed it: ``actor`` is the second pair of eyes."""
    return bool(notice.signed_by) and notice.signed_by != actor


def alone_in(notice: Notice, now: datetime) -> timedelta | None:
    """How long until whoever signed may break the glass, zero when it is time; None where nobody has signed."""
    if notice.signed_at is None:
        return None
    return max(timedelta(0), notice.signed_at + BREAK_GLASS_AFTER - now)


def check_send(notice: Notice, actor: str, now: datetime, *, four_eyes: bool, break_glass: bool) -> None:
    """Raises SecondNeeded where ``actor`` may not send it now."""
    if not four_eyes or is_second(notice, actor):
        return
    wait = alone_in(notice, now)
    if wait is None:
        raise SecondNeeded("Cần ký trước, rồi một biên tập viên khác xác nhận.")
    if not break_glass:
        raise SecondNeeded("Cần một biên tập viên khác xác nhận.")
    if wait:
        raise SecondNeeded(f"Chỉ được phát một mình sau {wait.seconds + 1} giây nữa.")
