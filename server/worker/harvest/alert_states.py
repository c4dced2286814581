"""Makes the state of each document of a source, with its reason, which the desk shows; called by alert_reconciler."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from server.core.alerts.document import Alert, Key
from server.core.alerts.placement import Placement
from server.core.alerts.standing import REASONS, Reason
from server.core.alerts.state import AlertState, Draft, Ended, EndReason, InForce
from server.core.alerts.wanted import Wanted
from server.store.alerts.decisions import Decision
from server.store.alerts.documents import StoredAlert
from server.store.alerts.showing import DocumentState

OVER: Mapping[EndReason, str] = {
    "cancelled": "Nguồn đã hủy cảnh báo này.",
    "replaced": "Nguồn đã thay bằng bản mới.",
    "editor": "Biên tập viên đã gỡ.",
    "missing": "Nguồn không còn nêu cảnh báo này trong danh mục.",
    "expired": "Đã hết thời hạn.",
}
REJECTED = "Biên tập viên đã bỏ cảnh báo này."
WAITS_FOR = "Có bản cập nhật đang chờ biên tập viên duyệt."
IS_OLD = "Cảnh báo đã phát quá lâu nên chỉ còn là một trang thường."
NOBODY = "Không có bảng tin nào trong khu vực của cảnh báo."
UNPLACED = "Có phần nội dung không đọc được khu vực nên không chiếu ở đâu."
ASKED = "Nguồn đã hủy bản cũ nhưng không nêu bản cập nhật này: hãy xem có cần gỡ không."
IGNORED = "Không dành cho công chúng, hoặc chỉ là thử nghiệm hay trả lời của nguồn."
SAME_NAME = "Nguồn đã gửi nội dung khác với cùng mã cảnh báo."
_LEVELS = {"normal": 0, "priority": 1, "urgent": 2}


def document_states(
    state: AlertState,
    stored: Mapping[Key, Sequence[StoredAlert]],
    placed: Mapping[Key, Placement],
    wanted: Iterable[Wanted],
    decided: Mapping[Key, Decision],
    ended_in: Mapping[Key, tuple[str, ...]],
    odd: Mapping[Key, tuple[str, ...]],
) -> tuple[DocumentState, ...]:
    """The state of each document in ``stored``; of contents under the same key only the last one is not "ignored".

    ``wanted`` are the notices made of the documents; they give the levels. ``placed`` maps a document to its boards,
    without the boards of ``ended_in``, the areas in which an editor ended it. ``odd`` has the sentences on its
    pictures that are not shown.
    """
    return _States(state, stored, placed, wanted, decided, ended_in, odd).all()


class _States:
    def __init__(
        self,
        state: AlertState,
        stored: Mapping[Key, Sequence[StoredAlert]],
        placed: Mapping[Key, Placement],
        wanted: Iterable[Wanted],
        decided: Mapping[Key, Decision],
        ended_in: Mapping[Key, tuple[str, ...]],
        odd: Mapping[Key, tuple[str, ...]],
    ) -> None:
        self._state, self._stored, self._placed, self._decided = state, stored, placed, decided
        self._ended_in = ended_in
        self._levels: dict[Key, str] = {}
        for one in wanted:
            known = self._levels.get(one.key, "normal")
            self._levels[one.key] = max(known, one.notice.level, key=lambda level: _LEVELS[level])
        self._notes: dict[Key, list[str]] = {}
        for key, note in state.notes:
            self._notes.setdefault(key, []).append(note)
        for key, notes in odd.items():
            self._notes.setdefault(key, []).extend(notes)

    def all(self) -> tuple[DocumentState, ...]:
        found: list[DocumentState] = []
        for draft in self._state.drafts:
            why = self._why_draft(draft)
            found += self._made(draft.alert, "draft", why, since=draft.alert.received, until=draft.until)
        for one in self._state.in_force:
            found += self._made(one.alert, "in_force", self._why_in_force(one), since=one.since, until=one.until)
        for waiting in self._state.waiting:
            nobody = self._nobody(waiting.alert)
            found += self._made(waiting.alert, "waiting", nobody, since=waiting.start, until=waiting.until)
        for over in self._state.ended:
            found += self._made(over.alert, "ended", (self._why_ended(over),), until=over.until, ended=over.at)
        for alert in self._state.refused:
            found += self._made(alert, "refused", (REASONS["broken-signature"],))
        for alert in self._state.ignored:
            found += self._made(alert, "ignored", (IGNORED,))
        known = {one.document for one in found}
        for versions in self._stored.values():
            newest = versions[-1].id
            found += [DocumentState(newest, "done")] if newest not in known else []
            found += [DocumentState(one.id, "ignored", (SAME_NAME,)) for one in versions[:-1]]
        return tuple(found)

    def _why_draft(self, draft: Draft) -> tuple[str, ...]:
        reasons: tuple[Reason, ...] = draft.reasons
        return (*(REASONS[one] for one in dict.fromkeys(reasons)), *self._nobody(draft.alert))

    def _why_in_force(self, one: InForce) -> tuple[str, ...]:
        found = [WAITS_FOR] if one.updates else []
        found += [IS_OLD] if one.old else []
        if any(question.update == one.alert.key for question in self._state.questions):
            found.append(ASKED)
        return (*found, *self._nobody(one.alert))

    def _nobody(self, alert: Alert) -> tuple[str, ...]:
        placement = self._placed.get(alert.key)
        nobody = placement is not None and placement.readable and not placement.boards
        return (NOBODY,) if nobody and not self._ended_in.get(alert.key) else ()

    def _why_ended(self, over: Ended) -> str:
        decision = self._decided.get(over.alert.key)
        if over.reason == "editor" and decision is not None and decision.rejected:
            return REJECTED
        return OVER[over.reason]

    def _made(
        self,
        alert: Alert,
        state: str,
        why: tuple[str, ...],
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        ended: datetime | None = None,
    ) -> list[DocumentState]:
        key = alert.key
        versions = self._stored.get(key)
        if not versions:
            return []
        placement = self._placed.get(key, Placement())
        notes = [*alert.notes, *placement.notes, *self._notes.get(key, ())]
        notes += [UNPLACED] if placement.unplaced and placement.boards else []
        return [
            DocumentState(
                versions[-1].id,
                state,
                why,
                tuple(dict.fromkeys(notes)),
                tuple(placement.boards),
                self._levels.get(key, ""),
                self._ended_in.get(key, ()),
                since,
                until,
                ended,
            )
        ]
