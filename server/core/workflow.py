"""What may become of an announcement, a story and a notice, as three state machines; called by store and desk.

    announcement  draft -> submitted -> approved (scheduled, on air, ended by its windows) -> withdrawn
                             |    ^
                             v    |
                           returned
    story         held <-> approved, both -> withdrawn
    notice        drafted -> live -> corrected, cleared or expired

Who may take a step is decided by server/core/policy.py: each step names the right that it needs, None where
the clock takes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar

from server.core.model import Announcement, AnnouncementState, NoticeState, StoryState, Window
from server.core.policy import Right

State = TypeVar("State", bound=str)
Phase = Literal["draft", "submitted", "returned", "scheduled", "on air", "ended", "withdrawn"]


class NotPossible(Exception):  # noqa: N818 - says what is the matter, reads as such in except
    """The step does not lead on from where the thing is; ``str()`` is a Vietnamese sentence."""


class OwnWork(NotPossible):
    """Four eyes are asked for, and whoever would approve has written it."""


@dataclass(frozen=True, slots=True)
class Step(Generic[State]):
    """One move: from any of ``sources`` to ``target``. ``reasoned``: only with a reason for whoever wrote it."""

    sources: frozenset[State]
    target: State
    right: Right | None
    reasoned: bool = False


@dataclass(frozen=True, slots=True)
class Machine(Generic[State]):
    """The steps by name; ``words`` are the states in Vietnamese, for the sentence that refuses."""

    steps: Mapping[str, Step[State]]
    words: Mapping[State, str]
    thing: str

    def move(self, state: State, step: str) -> State:
        """Where ``step`` leads from ``state``. Raises NotPossible; KeyError for a step that there is not."""
        found = self.steps[step]
        if state not in found.sources:
            raise NotPossible(f"{self.thing} {self.words[state]}, không còn làm được việc này.")
        return found.target

    def possible(self, state: State) -> tuple[str, ...]:
        """The steps that lead on from ``state``."""
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

STORY: Machine[StoryState] = Machine(
    {
        "approve": _step(["held"], "approved", "story.approve"),
        "hold": _step(["approved"], "held", "story.approve"),
        "withdraw": _step(["held", "approved"], "withdrawn", "story.approve"),
        "restore": _step(["withdrawn"], "held", "story.approve"),
    },
    {"held": "đang chờ duyệt", "approved": "đã được duyệt", "withdrawn": "đã bị gỡ"},
    "Tin",
)

NOTICE: Machine[NoticeState] = Machine(
    {
        # Whether a second person has to be the one who pushes is asked of four_eyes.py.
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


def own_work(announcement: Announcement, actor: str) -> bool:
    """True where ``actor`` has queued it or edited it last: approving that is marked in the audit."""
    return actor in (announcement.created_by, announcement.edited_by)


def check_eyes(announcement: Announcement, actor: str, *, four_eyes: bool) -> None:
    """Raises OwnWork where a second person has to approve."""
    if four_eyes and own_work(announcement, actor):
        raise OwnWork("Thông báo do chính bạn soạn: cần một biên tập viên khác duyệt.")


def phase(announcement: Announcement, now: datetime) -> Phase:
    """Where it stands for people: its state, and of what is approved whether it is to come, on air or over.

    Between two windows it is scheduled; what comes back by a rule for good never ends.
    """
    state = announcement.state
    if state != "approved":
        return state
    if any(_open(window, now) for window in announcement.windows):
        return "on air"
    coming = any(window.start > now for window in announcement.windows)
    return "scheduled" if coming or _comes_back(announcement, now) else "ended"


def phases_of(announcements: Collection[Announcement], now: datetime) -> Mapping[Phase, int]:
    """How many stand where; every phase has its number."""
    counts: dict[Phase, int] = dict.fromkeys(PHASES, 0)
    for one in announcements:
        counts[phase(one, now)] += 1
    return counts


PHASES: tuple[Phase, ...] = ("draft", "submitted", "returned", "scheduled", "on air", "ended", "withdrawn")


def _open(window: Window, now: datetime) -> bool:
    return window.start <= now and (window.until is None or now < window.until)


def _comes_back(announcement: Announcement, now: datetime) -> bool:
    rule = announcement.recurrence
    return rule is not None and (rule.last is None or rule.last >= now.date())
