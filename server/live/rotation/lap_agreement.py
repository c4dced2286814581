"""Makes all servers show the same lap (slide sequence) of a board, by compare-and-swap in the store.

Owned by the director. A lap is saved only if the store's lap still has the revision that this server knows. If
another server has saved one first, this server takes that lap as the previous one and composes again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime

from server.content.lap_rows import lap_of, row_of
from server.core.lap.airing import Lap
from server.core.lap.anchoring import begun
from server.core.lap.composition import compose
from server.core.lap.renewal import may_continue, renewal_time, same_round
from server.core.times import to_ms
from server.live.loop.offload import Offload
from server.live.rotation.board_isolation import BoardIsolation
from server.live.rotation.live_board import LiveBoard, Proposal
from server.store.boards import laps
from server.store.boards.laps import StoredLap
from server.store.database.engine import Database

# A server that was killed may have sent revisions that it had not saved yet. A server that starts adds this to the
# saved revision, so that its revisions are higher.
RESTART_STEP = 1_000
MOST_TRIES = 3
# How many boards have their laps saved in one transaction; a board waits only for those in its own.
BOARDS_A_TRANSACTION = 50


class LapAgreement:
    """Saves and renews laps. ``offload_write`` runs writes outside the event loop; ``db`` is for short reads on it.

    ``adopt(board, lap)`` is called when a board is to show another lap. ``maybe_yield`` is called between boards, and
    lets other greenlets run. Every public method may raise StoreError; the next call handles the remaining boards.
    """

    def __init__(
        self,
        db: Database,
        clock: Callable[[], datetime],
        isolation: BoardIsolation,
        *,
        offload_write: Offload,
        maybe_yield: Callable[[], object],
        adopt: Callable[[LiveBoard, Lap], None],
    ) -> None:
        self._db, self._clock, self._isolation = db, clock, isolation
        self._offload_write, self._maybe_yield, self._adopt = offload_write, maybe_yield, adopt

    def agree(self, proposals: Sequence[Proposal]) -> None:
        """Saves the proposed laps in one transaction.

        Each board then shows its proposal. If another server was first, it shows that server's lap or a lap that
        follows it.
        """
        if not proposals:
            return
        rows = [one.row for one in proposals]
        saved = [one.live.saved for one in proposals]
        agreed = self._compare_and_swap(list(zip(rows, saved, strict=True)))
        for proposal, row, stored in zip(proposals, rows, agreed, strict=True):
            with self._isolation.isolate(row.board, "agree"):
                self._conclude(proposal, row, stored)

    def _conclude(self, proposal: Proposal, row: StoredLap, stored: StoredLap) -> None:
        """Adopts the proposed lap if it was saved, that is, if ``stored`` is ``row``.

        Otherwise ``stored`` is another server's lap: composes a lap that follows it, and tries to save that. If the
        new lap would only repeat the other server's, that one is adopted.
        """
        live, lap, content = proposal.live, proposal.lap, proposal.content
        for _ in range(MOST_TRIES):
            if stored is row:
                break
            theirs = self._lap_of(stored)
            lap = compose(content.board, content.items, theirs, to_ms(self._clock()), filler=content.filler.hash)
            number = max(stored.revision, live.revision) + 1
            if theirs is not None and same_round(theirs, lap):
                lap, live.revision = theirs, number - 1
                break
            row = row_of(content.board.slug, lap, number)
            (stored,) = self._compare_and_swap([(row, stored.revision)])
        live.content, live.saved = content, stored.revision
        live.revision = max(stored.revision, live.revision + 1)
        self._adopt(live, lap)

    def renew(self, live_boards: Collection[LiveBoard]) -> None:
        """Composes and saves the next lap of every board whose time for that (``renews_at``) has come."""
        now = to_ms(self._clock())
        for chunk in _chunks([live for live in live_boards if live.renews_at <= now]):
            proposals: list[Proposal] = []
            for live in chunk:
                self._maybe_yield()
                with self._isolation.isolate(live.slug, "renew"):
                    proposals.extend(_renewed(live, now))
            self.agree(proposals)

    def save(self, live_boards: Collection[LiveBoard]) -> None:
        """Saves the lap and revision of each board whose revision is higher than the saved one.

        This happens after a notice or a new board: the revision is raised and sent to screens before it is saved.
        """
        for chunk in _chunks([live for live in live_boards if live.revision > live.saved]):
            rows = [row_of(one.slug, one.lap, one.revision) for one in chunk]
            agreed = self._compare_and_swap([(row, one.saved) for row, one in zip(rows, chunk, strict=True)])
            for live, row, stored in zip(chunk, rows, agreed, strict=True):
                with self._isolation.isolate(row.board, "save"):
                    self._take_saved(live, row, stored)

    def _take_saved(self, live: LiveBoard, row: StoredLap, stored: StoredLap) -> None:
        """Records that ``row`` was saved, or adopts another server's lap if ``stored`` is not ``row``."""
        live.saved = stored.revision
        lap = live.lap if stored is row else self._lap_of(stored) or live.lap
        if lap != live.lap or stored.revision > live.revision:
            live.revision = max(stored.revision, live.revision) + 1
            self._adopt(live, lap)

    def catch_up(self, live: LiveBoard, claimed: int, since: int) -> None:
        """Raises a board's revision above the stored one, and above ``claimed``, the revision that a client reports.

        A server that was killed may have sent revisions that it had not saved. ``claimed`` counts only up to
        ``RESTART_STEP`` above the stored revision. ``since`` is the board's revision when the client reported: a
        notice that was sent since then with a revision that the client already had was ignored there.
        """
        stored = laps.load(self._db, live.slug)
        if stored is None:
            return
        known = max(stored.revision, min(claimed, stored.revision + RESTART_STEP))
        if known > live.revision or known == live.revision > since:
            live.revision, live.saved = known + 1, stored.revision
            self._adopt(live, self._lap_of(stored) or live.lap)

    def _lap_of(self, stored: StoredLap) -> Lap | None:
        """The stored lap; None if it cannot be read by this version.

        A lap of a server whose clock is ahead would begin in the future: it is moved to begin now.
        """
        lap = lap_of(stored)
        return begun(lap, to_ms(self._clock())) if lap else None

    def _compare_and_swap(self, wanted: Sequence[tuple[StoredLap, int]]) -> list[StoredLap]:
        """Takes (lap, expected revision) pairs, and saves each lap if the store still has the expected revision.

        Returns the laps that are stored now, in the same order: the same object (compare with ``is``) if it was
        saved, otherwise the lap that another server saved first.
        """
        saved = self._save(wanted)
        return [row if done else self._load(row) for (row, _), done in zip(wanted, saved, strict=True)]

    def _load(self, row: StoredLap) -> StoredLap:
        other = laps.load(self._db, row.board)
        if other is None:
            # The store was restored from a backup that has no lap of this board.
            self._save([(row, 0)])
        return other or row

    def _save(self, wanted: Sequence[tuple[StoredLap, int]]) -> list[bool]:
        return self._offload_write(lambda db: laps.save_all(db, wanted))


def _renewed(live: LiveBoard, now: int) -> Iterator[Proposal]:
    """Yields a proposal of a board's next lap, or nothing if that lap would only repeat the current one.

    If it yields nothing, it moves ``renews_at`` to the time of the next renewal. ``now`` is in ms since 1970 UTC.
    """
    # There may be several renewals to compute if the process was suspended; each is computed for its own time.
    while live.renews_at <= now:
        content = live.content
        lap = compose(content.board, content.items, live.lap, live.renews_at, filler=live.lap.filler)
        if not may_continue(live.lap, lap, live.renews_at):
            yield Proposal(live, lap, content)
            break
        live.renews_at = renewal_time(live.lap, live.renews_at)


def _chunks(live_boards: Sequence[LiveBoard]) -> Iterator[Sequence[LiveBoard]]:
    """The boards in groups, each of which is saved in one transaction."""
    return (live_boards[at : at + BOARDS_A_TRANSACTION] for at in range(0, len(live_boards), BOARDS_A_TRANSACTION))
