"""Plans the changes that make notices match the alerts; called by store.alerts.showing and the worker.

existing notices + wanted notices + which alerts are over
    -> notices to create, change and end; notices "no longer in effect" where an alert was shown; editors' approvals
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from server.core.alerts.document import Key
from server.core.alerts.state import EndReason
from server.core.alerts.wanted import Wanted, over_text
from server.core.model import Notice

Given = Literal["live", "drafted", "ended"]
"""The state that the worker gave a notice last; where the notice has another one, an editor changed it."""
_OPEN = ("live", "drafted")


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice that was made from info number ``info`` of the document ``key``.

    ``given`` is the state that the worker gave it last. ``told``: its boards have been told that the alert is over.
    """

    notice: Notice
    key: Key
    info: int
    given: Given
    told: bool = False

    @property
    def identity(self) -> tuple[Key, int, str]:
        """(document, info, level), which identify the notice: with another level it is a new notice, a new alarm."""
        return (self.key, self.info, self.notice.level)


@dataclass(frozen=True, slots=True)
class Over:
    """Why a document is over; ``by`` is the document that replaced or cancelled it, None if no document did."""

    reason: EndReason
    by: Key | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a notice from ``before`` to ``after``; ``before`` None creates it. ``act`` names it in the audit.

    ``wanted`` is what a new or changed notice shows; None for a notice that ends and for one that says that an alert
    is over. ``given`` is the state that the worker gives the notice.
    """

    act: str
    before: Notice | None
    after: Notice
    wanted: Wanted | None = None
    given: Given = "live"


@dataclass(frozen=True, slots=True)
class Plan:
    """The changes to make: ``steps`` in this order.

    ``approved`` maps the documents whose draft an editor has put on the boards to the time of the approval. ``told``
    are the ids of notices whose end the boards need not be told again. ``outdated``: nothing was done, because an
    editor decided something after the wanted notices were found.
    """

    steps: tuple[Step, ...] = ()
    approved: Mapping[Key, datetime] = field(default_factory=dict)
    told: tuple[int, ...] = ()
    outdated: bool = False


def hidden_in(shown: Iterable[Shown]) -> dict[Key, frozenset[tuple[int, str]]]:
    """Returns document -> (info, board) of those of its notices in ``shown`` that an editor took off or discarded.

    The same document does not make these notices again.
    """
    found: dict[Key, set[tuple[int, str]]] = {}
    for one in shown:
        if one.given in _OPEN and one.notice.state in ("cleared", "corrected"):
            found.setdefault(one.key, set()).update((one.info, board) for board in one.notice.boards)
    return {key: frozenset(pairs) for key, pairs in found.items()}


def plan(
    shown: Sequence[Shown], wanted: Sequence[Wanted], over: Mapping[Key, Over], now: datetime, told_for: timedelta
) -> Plan:
    """Returns the changes that make the notices ``shown`` match ``wanted`` at ``now``.

    ``over`` maps ended documents to the reason. Boards say for the time ``told_for`` that an alert is over.
    """
    return _Planner(shown, wanted, over, now, told_for).plan()


class _Planner:
    def __init__(
        self,
        shown: Sequence[Shown],
        wanted: Sequence[Wanted],
        over: Mapping[Key, Over],
        now: datetime,
        told_for: timedelta,
    ) -> None:
        self._shown, self._wanted, self._over, self._now, self._told_for = shown, wanted, over, now, told_for
        self._open = {one.identity: one for one in shown if self._is_open(one)}
        self._airing: dict[Key, set[str]] = {}
        for one in wanted:
            if one.notice.state == "live":
                self._airing.setdefault(one.key, set()).update(one.notice.boards)

    def _is_open(self, one: Shown) -> bool:
        return one.notice.state in _OPEN and one.notice.until > self._now

    def plan(self) -> Plan:
        approved: dict[Key, datetime] = {}
        steps: list[Step] = []
        new: list[Wanted] = []
        kept: set[int] = set()
        for one in self._wanted:
            there = self._open.get((one.key, one.info, one.notice.level))
            if there is None:
                new.append(one)
                continue
            kept.add(there.notice.id)
            if there.notice.state == "live" and there.given == "drafted":
                approved[one.key] = there.notice.issued
            step = self._changed(there, one)
            if step is not None:
                steps.append(step)
        left = [one for one in self._open.values() if one.notice.id not in kept]
        steps += [self._created(one, left) for one in new]
        steps += [self._ended(one, new) for one in left]
        gone = [one for one in left if one.notice.state == "live" and not self._goes_on(one, new)]
        expired = [one for one in self._shown if self._has_expired(one)]
        steps += self._over_notices([*gone, *expired])
        return Plan(tuple(steps), approved, tuple(one.notice.id for one in expired))

    def _changed(self, there: Shown, one: Wanted) -> Step | None:
        before = there.notice
        # What is on air stays on air although its document would now be a draft: only its end takes it down.
        state = "live" if before.state == "live" else one.notice.state
        begins = before.state == "drafted" and state == "live"
        after = replace(
            one.notice,
            id=before.id,
            state=state,
            issued=before.issued,
            holds_until=one.notice.holds_until if state == one.notice.state else before.holds_until,
            signed_by=before.signed_by,
            signed_at=before.signed_at,
            confirmed_by=before.confirmed_by,
            broke_glass=before.broke_glass,
            replaces=before.replaces,
        )
        if after == before and there.given == state:
            return None
        return Step("notice.post" if begins else "notice.follow", before, after, one, _given(after))

    def _created(self, one: Wanted, left: Iterable[Shown]) -> Step:
        old = [each for each in left if each.notice.state == "live" and self._follows(one, each)]
        boards = set(one.notice.boards)
        best = max(old, key=lambda each: len(boards & set(each.notice.boards)), default=None)
        after = replace(one.notice, replaces=best.notice.id if best is not None else None)
        return Step("notice.post" if after.state == "live" else "notice.draft", None, after, one, _given(after))

    def _follows(self, one: Wanted, old: Shown) -> bool:
        return (one.key == old.key and one.info == old.info) or one.key in self._successors(old.key)

    def _goes_on(self, old: Shown, new: Iterable[Wanted]) -> bool:
        """True if the document and info of ``old`` go on in a new live notice, so that only the level changes."""
        return any(one.key == old.key and one.info == old.info and one.notice.state == "live" for one in new)

    def _ended(self, old: Shown, new: Iterable[Wanted]) -> Step:
        before = old.notice
        if before.state == "drafted":
            return Step(
                "notice.discard", before, replace(before, state="cleared", ended=before.issued), None, "ended"
            )
        over = self._over.get(old.key)
        corrected = self._goes_on(old, new) or (over is not None and over.reason == "replaced")
        state: Literal["corrected", "cleared"] = "corrected" if corrected else "cleared"
        act = "notice.correct" if corrected else "notice.source_end"
        return Step(act, before, replace(before, state=state, ended=self._now), None, "ended")

    def _has_expired(self, one: Shown) -> bool:
        """True for a notice that expired less than ``told_for`` ago and whose boards have not been told yet."""
        if one.told or one.given != "live" or one.notice.state not in ("live", "expired"):
            return False
        return one.notice.until <= self._now < one.notice.until + self._told_for

    def _over_notices(self, gone: Iterable[Shown]) -> list[Step]:
        """Returns steps that create notices "no longer in effect", one for each headline and group of boards.

        These notices are ``calm``. Boards on which a successor of the alert is shown are left out. A notice that
        itself says that a danger is over ends without such a notice.
        """
        found: dict[tuple[str, tuple[str, ...]], Step] = {}
        for one in gone:
            if one.key not in self._over or not self._told_for or one.notice.calm:
                continue
            followed = set().union(*(self._airing.get(key, set()) for key in self._successors(one.key)))
            boards = tuple(slug for slug in one.notice.boards if slug not in followed)
            if boards:
                after = self._over_notice(one, boards)
                found.setdefault((after.headline, boards), Step("notice.post", None, after, None, "live"))
        return list(found.values())

    def _over_notice(self, one: Shown, boards: tuple[str, ...]) -> Notice:
        old = one.notice
        left = min(old.until, self._now) + self._told_for
        return replace(
            old,
            id=0,
            level="priority",
            headline=over_text(old.headline, old.language),
            boards=boards,
            issued=self._now,
            until=max(left, self._now + timedelta(seconds=1)),
            acts=(),
            danger="",
            risk=0,
            calm=True,
            state="live",
            signed_by="",
            signed_at=None,
            confirmed_by="",
            broke_glass=False,
            replaces=None,
            ended=None,
            holds_until=None,
            description="",
            link="",
            pictures=(),
        )

    def _successors(self, key: Key) -> set[Key]:
        """Returns the documents that took the place of ``key`` or ended it, and in turn their successors."""
        found: set[Key] = set()
        over = self._over.get(key)
        while over is not None and over.by is not None and over.by not in found:
            found.add(over.by)
            over = self._over.get(over.by)
        return found


def _given(notice: Notice) -> Given:
    return "live" if notice.state == "live" else "drafted"
