"""Decides whether an editor may send an urgent notice, alone or as the second editor; called by store, desk and cli.

With ``four_eyes`` (config.toml) one editor signs an urgent notice and another one sends it, so that a single wrong
click does not alarm a province. Without a second editor, the one who signed may send it after 30 s ("break glass");
everyone responsible is then notified.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from server.core.model import Notice
from server.core.workflow import NotPossible

BREAK_GLASS_AFTER = timedelta(seconds=30)


class SecondNeeded(NotPossible):
    """The notice may not be sent yet: a second editor has to send it, or its signer after `time_until_alone`."""


def is_second(notice: Notice, actor: str) -> bool:
    """True if an editor other than ``actor`` has signed the notice, so that ``actor`` may send it."""
    return bool(notice.signed_by) and notice.signed_by != actor


def time_until_alone(notice: Notice, now: datetime) -> timedelta | None:
    """Returns how long the notice's signer must still wait before sending it alone; zero if that is allowed now.

    Returns None if nobody has signed.
    """
    if notice.signed_at is None:
        return None
    return max(timedelta(0), notice.signed_at + BREAK_GLASS_AFTER - now)


def check_send(notice: Notice, actor: str, now: datetime, *, four_eyes: bool, break_glass: bool) -> None:
    """Raises SecondNeeded if ``actor`` may not send the notice now.

    ``break_glass``: the actor wants to send it without a second editor.
    """
    if not four_eyes or is_second(notice, actor):
        return
    wait = time_until_alone(notice, now)
    if wait is None:
        raise SecondNeeded("Cần ký trước, rồi một biên tập viên khác xác nhận.")
    if not break_glass:
        raise SecondNeeded("Cần một biên tập viên khác xác nhận.")
    if wait:
        raise SecondNeeded(f"Chỉ được phát một mình sau {wait.seconds + 1} giây nữa.")
