"""Random sequences of actions and faults on a real server with paired screens.

After each step no screen shows anything unapproved, expired or of another area. When server and link work, all
screens soon show what the store says. Every acknowledged notice is in the store, and each screen that it addresses
has shown it or is listed as missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from time import CLOCK_REALTIME, clock_gettime
from typing import ClassVar

import pytest
from hypothesis import Phase, Verbosity, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from server.core.model import Announcement, Notice, Window
from server.core.notices.four_eyes import SecondNeeded
from server.core.notices.progress import PATIENCE, progress
from server.core.workflow import NotPossible
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.notices import actions, notices
from server.store.screens import receipts, screens
from tests.faults.paired_screens import BOARDS, PairedScreens
from tests.figures import Figure

LAN, MINH = "lan", "minh"
SHORT = timedelta(seconds=2)
LONG = timedelta(hours=1)
AREAS = ("tinh", *BOARDS)


class Province(RuleBasedStateMachine):
    """The state machine. All examples share its server and screens (``made``), because starting them is slow.

    Each example begins and ends with a running server, an uncut link and no live notice.
    """

    made: ClassVar[PairedScreens]

    drafts: Bundle[int] = Bundle("drafts")
    on_air: Bundle[int] = Bundle("on_air")
    submitted: Bundle[int] = Bundle("submitted")

    def __init__(self) -> None:
        super().__init__()
        self.store = self.made.station.store
        self.posted: dict[int, Notice] = {}
        self.cleared: set[int] = set()
        self.approved: dict[str, str] = {}  # the titles of approved announcements and their areas
        self.secret: set[str] = set()  # titles that nobody has approved
        self.up, self.whole = True, True
        self.ahead = timedelta(0)
        self.count = 0

    # actions, as the desk carries them out: one transaction each

    def _notice(self, area: str, lasts: timedelta) -> Notice:
        self.count += 1
        now = self._now()
        return Notice(
            id=0, level="urgent", headline=f"Tin khẩn số {self.count}", areas=(area,), issued=now, until=now + lasts,
            acts=("Ở trong nhà",), sender="Xã", created_by=LAN,
        )  # fmt: skip

    @rule(target=on_air, area=st.sampled_from(AREAS), lasts=st.sampled_from((LONG, LONG, SHORT)))
    def post(self, area: str, lasts: timedelta) -> int:
        return self._acknowledged(notices.post(self.store, self._notice(area, lasts), actor=LAN, now=self._now()))

    @rule(target=drafts, area=st.sampled_from(AREAS))
    def sign_a_draft(self, area: str) -> int:
        draft = replace(self._notice(area, LONG), state="drafted")
        made = notices.post(self.store, draft, actor=LAN, now=self._now())
        actions.sign(self.store, made.id, actor=LAN, now=self._now())
        with pytest.raises(SecondNeeded):
            actions.send(self.store, made.id, actor=LAN, now=self._now(), four_eyes=True)
        return made.id

    @rule(target=on_air, draft=consumes(drafts))
    def confirm(self, draft: int) -> int | MultipleResults[int]:
        if notices.get(self.store, draft).until <= self._now():  # the clock was moved past its end
            with pytest.raises(NotPossible):
                actions.send(self.store, draft, actor=MINH, now=self._now(), four_eyes=True)
            return multiple()
        return self._acknowledged(actions.send(self.store, draft, actor=MINH, now=self._now(), four_eyes=True))

    @rule(target=on_air, id=consumes(on_air))
    def clear(self, id: int) -> MultipleResults[int]:
        if self.posted[id].until > self._now():
            notices.clear(self.store, id, actor=LAN, now=self._now())
            self.cleared.add(id)
        return multiple()

    @rule(target=submitted, board=st.sampled_from(BOARDS))
    def submit_an_announcement(self, board: str) -> int:
        self.count += 1
        now = self._now()
        wanted = Announcement(
            id=0, area=board, title=f"Thông báo số {self.count}", text="Mời bà con theo dõi.",
            windows=(Window(now, None),), created=now, created_by="hoa", state="submitted",
        )  # fmt: skip
        self.secret.add(wanted.title)
        return announcements.post(self.store, wanted, actor="hoa").id

    @rule(id=consumes(submitted))
    def approve(self, id: int) -> None:
        taken = announcements.take(self.store, id, "approve", actor=LAN, now=self._now())
        self.secret.remove(taken.title)
        self.approved[taken.title] = taken.area

    # faults

    @precondition(lambda self: self.up)
    @rule()
    def kill_the_server(self) -> None:
        self.made.station.kill9_server()
        self.up = False

    @precondition(lambda self: not self.up)
    @rule()
    def start_the_server(self) -> None:
        self.made.meanwhile(self.made.station.restart)
        self.up = True

    @precondition(lambda self: self.whole)
    @rule()
    def cut_the_link(self) -> None:
        self.made.link.cut()
        self.whole = False

    @precondition(lambda self: not self.whole)
    @rule()
    def heal_the_link(self) -> None:
        self.made.link.heal()
        self.whole = True

    def set_clock(self, seconds: int) -> None:
        """Sets the clock of the server and of this test's actions to the true time plus ``seconds``."""
        self.made.station.step(seconds)
        self.ahead = timedelta(seconds=seconds)

    # the invariants

    @invariant()
    def nothing_unapproved_expired_or_foreign_is_shown(self) -> None:
        self.made.run_for(0.2)
        for screen in self.made.crowd.screens:
            allowed = self._ever_of(screen.who.board)
            assert set(screen.notices) <= allowed, f"{screen.who.board} shows {set(screen.notices) - allowed}"
            titles = {slot.title for slot in screen.lap.slots} if screen.lap else set()
            assert not titles & self.secret
            foreign = {title for title, area in self.approved.items() if area != screen.who.board}
            assert not titles & foreign

    @precondition(lambda self: self.up and self.whole)
    @rule()
    def come_to_rest(self) -> None:
        self.made.run_until(lambda: self.made.agreed(self._live_of, self._now()), "screens show what the store says")
        for board in BOARDS:
            mine = {title for title, area in self.approved.items() if area == board}
            self.made.run_until(partial(self._airs, board, mine), f"{mine} on {board}")
        self._everyone_is_accounted_for()

    def _airs(self, board: str, titles: set[str]) -> bool:
        return titles <= set(self.made.station.titles(board))

    def _everyone_is_accounted_for(self) -> None:
        links = receipts.links(self.store)
        everything = boards.all(self.store)
        for id, notice in self.posted.items():
            assert notices.get(self.store, id).headline == notice.headline
            reached = [one for one in everything if one.slug in BOARDS and self._reaches(notice, one.slug)]
            of_notice, now = receipts.of_notice(self.store, id), self._now()
            found = progress(notice.issued, reached, screens.all(self.store), links, of_notice, now)
            for board in found.boards:
                if now - notice.issued > PATIENCE:
                    assert board.shown + len(board.missing) == board.screens

    def teardown(self) -> None:
        if not self.whole:
            self.heal_the_link()
        if not self.up:
            self.start_the_server()
        self.set_clock(0)
        try:
            self.come_to_rest()
        finally:
            # This runs after a failed example too, because hypothesis then repeats it from the beginning.
            now = self._now()
            for one in notices.live(self.store, now):
                notices.clear(self.store, one.id, actor=LAN, now=now)
            for sent in announcements.all(self.store):
                announcements.withdraw(self.store, sent.id, actor=LAN, now=now)
            self.made.run_until(lambda: self.made.agreed(lambda _: set(), self._now()), "nothing is left")

    # the model

    def _acknowledged(self, notice: Notice) -> int:
        self.posted[notice.id] = notice
        return notice.id

    def _now(self) -> datetime:
        return datetime.fromtimestamp(clock_gettime(CLOCK_REALTIME), UTC) + self.ahead

    def _reaches(self, notice: Notice, board: str) -> bool:
        return notice.areas[0] in ("tinh", board)

    def _ever_of(self, board: str) -> set[str]:
        return {str(id) for id, notice in self.posted.items() if self._reaches(notice, board)}

    def _live(self) -> set[int]:
        now = self._now()
        return {id for id, notice in self.posted.items() if id not in self.cleared and notice.until > now}

    def _live_of(self, board: str) -> set[str]:
        return {str(id) for id in self._live() if self._reaches(self.posted[id], board)}


class ProvinceWithClocks(Province):
    """The same state machine, with one more rule that sets the clock."""

    @rule(seconds=st.sampled_from((-86_400, -60, 0, 60, 86_400)))
    def move_the_clock(self, seconds: int) -> None:
        self.set_clock(seconds)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PairedScreens]:
    found = PairedScreens(tmp_path_factory.mktemp("machine"))
    yield found
    found.close()


def _play(kind: type[Province], made: PairedScreens, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        type("Here", (kind,), {"made": made}),
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None, print_blob=True,
            # verbose: pytest shows every step of a run that failed.
            phases=(Phase.explicit, Phase.generate), verbosity=Verbosity.verbose,
        ),
    )  # fmt: skip


@pytest.mark.timeout(300)
def test_a_few_acts_and_faults_leave_screens_and_store_in_agreement(made: PairedScreens) -> None:
    _play(Province, made, examples=2, steps=8)


@pytest.mark.slow
def test_any_sequence_of_acts_and_faults_leaves_screens_and_store_in_agreement(
    made: PairedScreens, figure: Figure
) -> None:
    _play(ProvinceWithClocks, made, examples=40, steps=30)
    broken = sum(made.crowd.report.broken.values())
    figure("sequences of 30 acts and faults", 40, "runs")
    figure("breaches of the wire's rules", broken, "messages")
    assert broken == 0, made.crowd.report.examples
