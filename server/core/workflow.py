"""The states of announcements and notices as two state machines; called by store, desk, cli and four_eyes.

    announcement  draft -> submitted -> approved (scheduled, on air, ended by its windows) -> withdrawn
                             |    ^
                             v    |
                           returned
    notice        drafted -> live -> corrected, cleared or expired

Each step names the right that it requires (server/core/policy.py decides who has it). The program itself takes a step
without a right (None) when a time is over. Stories have no state machine: server/store/sources/stories.py holds their
few steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar
from zoneinfo import ZoneInfo

from server.core.model import Announcement, AnnouncementState, NoticeState, Window
from server.core.policy import Right

State = TypeVar("State", bound=str)
Phase = Literal["draft", "submitted", "returned", "scheduled", "on air", "ended", "withdrawn"]


class NotPossible(Exception):  # noqa: N818 - "except NotPossible" reads well
    """The step is not possible in the current state; ``str()`` is a Vietnamese sentence for the user."""


class OwnWork(NotPossible):
    """Approval needs a second person (four-eyes principle), but the approver wrote the announcement."""


@dataclass(frozen=True, slots=True)
class Step(Generic[State]):
    """A transition from any of the states ``sources`` to ``target``. ``reasoned``: a reason has to be given."""

    sources: frozenset[State]
    target: State
    right: Right | None
    reasoned: bool = False


@dataclass(frozen=True, slots=True)
class Machine(Generic[State]):
    """A state machine: its steps by name. ``words`` (of the states) and ``thing`` make the message of NotPossible."""

    steps: Mapping[str, Step[State]]
    words: Mapping[State, str]
    thing: str

    def move(self, state: State, step: str) -> State:
        """The state after ``step``. Raises NotPossible in the wrong state, KeyError for an unknown step."""
        found = self.steps[step]
        if state not in found.sources:
            raise NotPossible(f"{self.thing} {self.words[state]}, không còn làm được việc này.")
        return found.target

    def possible(self, state: State) -> tuple[str, ...]:
        """The names of the steps that are possible in ``state``."""
        return tuple(name for name, step in self.steps.items() if state in step.sources)


def _step(sources: Iterable[State], target: State, right: Right | None, *, reasoned: bool = False) -> Step[State]:
    return Step(frozenset(sources), target, right, reasoned)


ANNOUNCEMENT: Machine[AnnouncementState] = Machine(
    {
        "submit": _step(["draft", "returned"], "submitted", "announcement.write"),
        "recall": _step(["submitted"], "draft", "announcement.write"),
        "return": _step(["submitted"], "returned", "announcement.approve", reasoned=True),
        "approve": _step(["draft", "returned", "submitted"], "approved", "announcement.approve"),
        "requeue": _step(["approved", "returned", "withdrawn"], "submitted", "announcement.approve"),
        "withdraw": _step(["draft", "submitted", "returned", "approved"], "withdrawn", "announcement.write"),
        "restore": _step(["withdrawn"], "draft", "announcement.write"),
        "reinstate": _step(["withdrawn"], "approved", "announcement.approve"),
    },
    {
        "draft": "đang là bản nháp",
        "submitted": "đang chờ duyệt",
        "returned": "đã bị trả lại",
        "approved": "đã được duyệt",
        "withdrawn": "đã bị gỡ",
    },
    "Thông báo",
)

NOTICE: Machine[NoticeState] = Machine(
    {
        # server/core/notices/four_eyes.py decides whether a second person has to send the notice.
        "push": _step(["drafted"], "live", "notice.push"),
        "discard": _step(["drafted"], "cleared", "notice.clear"),
        "correct": _step(["live"], "corrected", "notice.push"),
        "extend": _step(["live"], "live", "notice.push"),
        "clear": _step(["live"], "cleared", "notice.clear"),
        "expire": _step(["drafted", "live"], "expired", None),
    },
    {
        "drafted": "đang là bản nháp",
        "live": "đang phát",
        "corrected": "đã được thay bằng bản đính chính",
        "cleared": "đã được gỡ",
        "expired": "đã hết hạn",
    },
    "Tin khẩn",
)


def is_own_work(announcement: Announcement, actor: str) -> bool:
    """True if ``actor`` created the announcement or edited it last; the audit log marks approvals of own work."""
    return actor in (announcement.created_by, announcement.edited_by)


def check_four_eyes(announcement: Announcement, actor: str, *, four_eyes: bool) -> None:
    """Raises OwnWork if ``four_eyes`` requires a second person to approve and the announcement is ``actor``'s own."""
    if four_eyes and is_own_work(announcement, actor):
        raise OwnWork("Thông báo do chính bạn soạn: cần một biên tập viên khác duyệt.")


def phase(announcement: Announcement, now: datetime) -> Phase:
    """The announcement's state, with "approved" divided by its windows into "scheduled", "on air" and "ended".

    Between two windows it is "scheduled". With a recurrence that has no last day it is never "ended".
    """
    state = announcement.state
    if state != "approved":
        return state
    if any(_open(window, now) for window in announcement.windows):
        return "on air"
    coming = any(window.start > now for window in announcement.windows)
    return "scheduled" if coming or _recurs_after(announcement, now) else "ended"


def _open(window: Window, now: datetime) -> bool:
    return window.start <= now and (window.until is None or now < window.until)


def _recurs_after(announcement: Announcement, now: datetime) -> bool:
    """True if the recurrence has days after today (in its own time zone); ``windows`` contain those of today."""
    rule = announcement.recurrence
    return rule is not None and (rule.last is None or rule.last > now.astimezone(ZoneInfo(rule.zone)).date())
