"""Whether there are data on alerts for a board, from the polls of its sources; called by live.rotation.

No data is never "no warning": a board says that there is no alert only if all sources that count on it gave data
lately and these were read wholly, no alert of them waits for an editor, and none that is in force was taken off the
board by one.
display/state/alerts.js has the screen's part.
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
    """What the board with this slug is told; None if no source of alerts counts on it.

    ``chain`` is `AreaTree.chain` of its area; ``drafts`` are notices of alerts that an editor has to decide on.
    ``silent_after``: after this time without a good poll there are no data. A poll as far in the future was noted
    while a clock was wrong, and says nothing either.
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
    """When time alone may change `alert_data` of a board next; None: never. Polls of the future are left out."""
    times = [draft.until for draft in drafts]
    times += [one.until for poll in polls for one in poll.taken_off]
    times += [poll.last_good + silent_after for poll in polls if poll.last_good is not None]
    return min((at for at in times if at > now), default=None)
