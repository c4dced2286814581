"""Decides from the polls of alert sources how current a board's data on alerts are; called by live.rotation.

Missing data must not look like "no warning". So a board says that there is no alert only if all alert sources of the
board gave data lately, these data were read completely, no alert from these sources waits for an editor's decision,
and no editor has taken an alert that is in force off the board. display/state/alerts.js applies the same rule on the
screen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from server.core import wire
from server.core.alerts.polls_view import PollView
from server.core.model import Notice
from server.core.notices.order import reaches
from server.core.times import to_ms


def alert_data(
    board: str,
    chain: Collection[str],
    polls: Iterable[PollView],
    drafts: Iterable[Notice],
    now: datetime,
    silent_after: timedelta,
) -> wire.AlertData | None:
    """Returns how current the alert data of the board ``board`` (a slug) are; None if it has no alert source.

    The server sends the result to the board's screens.

    ``chain`` is `AreaTree.chain` of the board's area; ``drafts`` are notices of alerts that an editor has to decide
    on. Data count as missing once a source has had no successful poll for ``silent_after``. They also count as
    missing if its last successful poll lies that far in the future, because a clock was wrong when it was recorded.
    """
    mine = [poll for poll in polls if board in poll.boards]
    if not mine:
        return None
    times = [poll.last_good for poll in mine if poll.last_good is not None]
    known = len(times) == len(mine)
    return wire.AlertData(
        sources=tuple(dict.fromkeys(poll.name for poll in mine)),
        since=to_ms(min(times)) if known else None,
        good=known and all(abs(now - at) < silent_after for at in times),
        waiting=any(poll.waiting or poll.cut or _was_taken_off(poll, board, now) for poll in mine)
        or any(draft.until > now and reaches(draft, board, chain) for draft in drafts),
        silent_after=silent_after // timedelta(milliseconds=1),
    )


def _was_taken_off(poll: PollView, board: str, now: datetime) -> bool:
    return any(now < one.until and board in one.boards for one in poll.taken_off)


def next_change(
    polls: Collection[PollView], drafts: Iterable[Notice], now: datetime, silent_after: timedelta
) -> datetime | None:
    """Returns the next time at which `alert_data` of a board may change without new data; None if there is none.

    The time at which a poll that was recorded too far in the future becomes valid is not considered.
    """
    times = [draft.until for draft in drafts]
    times += [one.until for poll in polls for one in poll.taken_off]
    times += [poll.last_good + silent_after for poll in polls if poll.last_good is not None]
    return min((at for at in times if at > now), default=None)
