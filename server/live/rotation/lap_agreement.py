"""Keeps the laps of boards on air agreed in the store, by compare-and-swap, many boards at a time; the director's.

A lap is proposed and saved; where another server was first, one is composed on what that one agreed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime

from server.content.lap_rows import lap_of, row_of
from server.core.lap.airing import Lap
from server.core.lap.composition import compose
from server.core.lap.renewal import may_continue, renewal_time, same_round
from server.core.times import to_ms
from server.live.loop.offload import Offload
from server.live.rotation.board_isolation import BoardIsolation
from server.live.rotation.live_board import LiveBoard, Proposal
from server.store.boards import laps
from server.store.boards.laps import StoredLap
from server.store.database.engine import Database

# A server that was killed may have sent revisions that it had not yet saved: it goes on well above them.
RESTART_STEP = 1_000
MOST_TRIES = 3
# So many boards' laps are saved in one transaction; a board waits for no more than these.
TOGETHER = 50


class LapAgreement:
    """Saves laps through ``offload_write``, the one writer; ``follow`` is told which lap a channel shows from now on.

    ``breathe`` is called between boards. Every method may raise StoreError; what it has not done by then is done when
    it is called again.
    """

    def __init__(
        self,
        db: Database,
        clock: Callable[[], datetime],
        boundary: BoardIsolation,
        *,
        offload_write: Offload,
        breathe: Callable[[], object],
        follow: Callable[[LiveBoard, Lap], None],
    ) -> None:
        self._db, self._clock, self._isolation = db, clock, boundary
        self._offload_write, self._breathe, self._follow = offload_write, breathe, follow

    def agree(self, proposals: Sequence[Proposal]) -> None:
        """Saves laps; where another server was first, composes on what that one agreed."""
        if not proposals:
            return
        wanted = [one.wanted for one in proposals]
        saved = [one.channel.saved for one in proposals]
        settled = self._settle(list(zip(wanted, saved, strict=True)))
        for proposal, mine, found in zip(proposals, wanted, settled, strict=True):
            with self._isolation.alone(mine.board, "agree"):
                self._conclude(proposal, mine, found)

    def _conclude(self, proposal: Proposal, wanted: StoredLap, settled: StoredLap) -> None:
        channel, lap, made = proposal.channel, proposal.lap, proposal.made
        for _ in range(MOST_TRIES):
            if settled is wanted:
                break
            theirs = lap_of(settled)
            lap = compose(made.board, made.items, theirs, to_ms(self._clock()), filler=made.filler.hash)
            number = max(settled.revision, channel.revision) + 1
            if theirs is not None and same_round(theirs, lap):
                lap, channel.revision = theirs, number - 1
                break
            wanted = row_of(made.board.slug, lap, number)
            (settled,) = self._settle([(wanted, settled.revision)])
        channel.content, channel.saved = made, settled.revision
        channel.revision = max(settled.revision, channel.revision + 1)
        self._follow(channel, lap)

    def renew(self, channels: Collection[LiveBoard]) -> None:
        """Composes anew where a lap's end comes."""
        now = to_ms(self._clock())
        for some in _parts([channel for channel in channels if channel.renews_at <= now]):
            proposals: list[Proposal] = []
            for channel in some:
                self._breathe()
                with self._isolation.alone(channel.slug, "renew"):
                    proposals.extend(_renewed(channel, now))
            self.agree(proposals)

    def save(self, channels: Collection[LiveBoard]) -> None:
        """Notices went out, and boards on air, before their revision was saved; it is saved now, with the lap."""
        for some in _parts([channel for channel in channels if channel.revision > channel.saved]):
            wanted = [row_of(one.slug, one.lap, one.revision) for one in some]
            settled = self._settle([(row, one.saved) for row, one in zip(wanted, some, strict=True)])
            for channel, mine, found in zip(some, wanted, settled, strict=True):
                with self._isolation.alone(mine.board, "save"):
                    self._take_saved(channel, mine, found)

    def _take_saved(self, channel: LiveBoard, wanted: StoredLap, settled: StoredLap) -> None:
        channel.saved = settled.revision
        theirs = channel.lap if settled is wanted else lap_of(settled) or channel.lap
        if theirs != channel.lap or settled.revision > channel.revision:
            channel.revision = max(settled.revision, channel.revision) + 1
            self._follow(channel, theirs)

    def catch_up(self, channel: LiveBoard, claimed: int) -> None:
        """Goes on above what the store knows, and above ``claimed`` as far as a server that died may have come."""
        stored = laps.load(self._db, channel.slug)
        if stored is None:
            return
        known = max(stored.revision, min(claimed, stored.revision + RESTART_STEP))
        if known > channel.revision:
            channel.revision, channel.saved = known + 1, stored.revision
            self._follow(channel, lap_of(stored) or channel.lap)

    def _settle(self, wanted: Sequence[tuple[StoredLap, int]]) -> list[StoredLap]:
        """What the store holds after trying to save each lap over the revision beside it, in their order.

        That very lap, or the one that another server saved first.
        """
        saved = self._save(wanted)
        return [lap if mine else self._theirs(lap) for (lap, _), mine in zip(wanted, saved, strict=True)]

    def _theirs(self, lap: StoredLap) -> StoredLap:
        other = laps.load(self._db, lap.board)
        if other is None:
            # The store was put back to a time when there was none.
            self._save([(lap, 0)])
        return other or lap

    def _save(self, wanted: Sequence[tuple[StoredLap, int]]) -> list[bool]:
        return self._offload_write(lambda db: laps.save_all(db, wanted))


def _renewed(channel: LiveBoard, now: int) -> Iterator[Proposal]:
    # More than once where the loop was away for a while, so that the laps are those of a forecast.
    while channel.renews_at <= now:
        made = channel.content
        lap = compose(made.board, made.items, channel.lap, channel.renews_at, filler=channel.lap.filler)
        if not may_continue(channel.lap, lap, channel.renews_at):
            yield Proposal(channel, lap, made)
            break
        channel.renews_at = renewal_time(channel.lap, channel.renews_at)


def _parts(channels: Sequence[LiveBoard]) -> Iterator[Sequence[LiveBoard]]:
    """As many boards at a time as are saved together."""
    return (channels[at : at + TOGETHER] for at in range(0, len(channels), TOGETHER))
