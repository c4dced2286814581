"""What the pages of an urgent notice do, at one desk: who may, what is shown, what is written; called by urgent.

Rights are asked for every area of a notice: whoever holds one of three communes sends to none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from flask import Response, abort, flash, render_template, request, url_for
from flask_babel import gettext

from server.core.areas import AreaTree
from server.core.model import Board, Format, Notice, NoticeState
from server.core.notices.four_eyes import is_second, time_until_alone
from server.core.notices.hazards import HAZARDS
from server.core.notices.order import TURN_SECONDS, reached, turns
from server.core.notices.progress import Progress, phone_of, progress
from server.core.policy import Right
from server.core.workflow import NotPossible
from server.desk.notices.form import AT, UrgentForm
from server.desk.web import slide_preview
from server.desk.web.context import DeskContext
from server.notifications.recipients import Why, notice_messages
from server.store.boards import boards
from server.store.database.errors import Conflict, NotFound, StoreRefusal
from server.store.notices import actions as notice_acts
from server.store.notices import notices
from server.store.people import people
from server.store.people.messages import Message
from server.store.screens import receipts, screens

# A second press, a reload or a telephone that tries again within this time sends nothing twice.
SAME_WITHIN = timedelta(minutes=2)
MOST_PREVIEWS = 3
_DRAFTS: tuple[NoticeState, ...] = ("drafted",)


class NoticeActions:
    """What the routes do, with the desk they do it at."""

    def __init__(self, desk: DeskContext) -> None:
        self.desk = desk

    # who may

    def areas(self) -> tuple[str, ...]:
        """Where the reader may send; where he may not, he asks."""
        return self.desk.areas("notice.push") or self.desk.areas("notice.propose")

    def pushes(self, notice: Notice | None = None) -> bool:
        """True where the reader may put it on the glass himself, in each of its areas."""
        if notice is None:
            return self.desk.may("notice.push")
        return all(self.desk.may("notice.push", area) for area in notice.areas)

    def mine(self, id: int) -> Notice:
        """404 where there is no such notice or none of its areas is the reader's."""
        try:
            found = notices.get(self.desk.db, id)
        except NotFound:
            abort(404)
        if not any(self.desk.may("notice.propose", area) for area in self._concerned(found)):
            abort(404)
        return found

    def _concerned(self, notice: Notice) -> set[str]:
        """Its areas and those above and below: whoever answers for one of them may see it."""
        tree = self.desk.tree()
        below = {slug for slug in tree.slugs() if set(tree.chain(slug)).intersection(notice.areas)}
        return below | set(notice.areas)

    # writing

    def form(self) -> UrgentForm:
        return UrgentForm(self.desk.tree(), self.areas(), self.desk.zone(), self.desk.now())

    def page(self, form: UrgentForm, notice: Notice | None = None, theirs: Notice | None = None) -> str:
        """The form; ``theirs`` is what somebody else has made of the draft meanwhile, told beside it."""
        tree = self.desk.tree()
        topmost = [slug for slug in form.mine if not any(tree.is_above(other, slug) for other in form.mine)]
        if not form.is_submitted() and len(form.mine) == 1 and not form.areas.data:
            form.areas.data = list(form.mine)
        return render_template(
            "notices/new.html",
            form=form,
            notice=notice,
            seen=notice_acts.mark(notice) if notice else "",
            theirs=theirs,
            pushes=self.pushes(),
            four_eyes=self.desk.config.notices.four_eyes,
            prepared=[asdict(one) for one in HAZARDS],
            place=tree.get(topmost[0]).name if len(topmost) == 1 else "",
            depth=_depth(tree, form.mine),
            going=self._going(),
        )

    def _going(self) -> list[Notice]:
        """Those on air and those that wait, of the reader's areas, the most pressing first."""
        found = [
            *notices.live(self.desk.db, self.desk.now()),
            *notices.all(self.desk.db, states=_DRAFTS, most=50),
        ]
        return [n for n in found if any(self.desk.may("notice.propose", area) for area in self._concerned(n))]

    def check(self, form: UrgentForm) -> str:
        """Whom it reaches, what it looks like there, and with what it would share the glass."""
        notice = replace(form.notice(self.desk.actor()), state="live", id=0)
        found = reached(boards.all(self.desk.db), self.desk.tree(), notice.areas)
        live = notices.live(self.desk.db, self.desk.now())
        return render_template(
            "notices/check.html",
            notice=notice,
            target=self.target(notice, found),
            turns=turns(notice, found, self.desk.tree(), live),
            turn_seconds=TURN_SECONDS,
            previews=self.previews(notice, found) if notice.headline else [],
        )

    def target(self, notice: Notice, found: Sequence[Board]) -> dict[str, Any]:
        """The target named and counted: ``{boards, areas, names}``; ``found`` are the boards it reaches."""
        tree = self.desk.tree()
        return {
            "boards": found,
            "areas": sorted({tree.get(board.area).name for board in found}),
            "names": [tree.get(slug).name for slug in notice.areas if slug in tree],
        }

    def previews(self, notice: Notice, found: Sequence[Board]) -> list[dict[str, Any]]:
        """The slide itself on one board of each format that it reaches."""
        by_format: dict[Format, Board] = {}
        for board in found:
            by_format.setdefault(board.format, board)
        tree, draw = self.desk.tree(), slide_preview.renderer()
        made = []
        for board in list(by_format.values())[:MOST_PREVIEWS]:
            slide = draw.notice(notice, zone=board.zone, format=board.format)
            covers = notice.level == "urgent"
            page = slide_preview.document(slide, board, tree.get(board.area).name, self.desk.now(), covers=covers)
            made.append({"board": board, "page": page, "shape": board.format.layout})
        return made

    def begin(self, form: UrgentForm) -> Response | tuple[str, int]:
        """A proposal, a signed draft or a live notice, by what the reader may do and whether two are asked for."""
        desk, now = self.desk, self.desk.now()
        notice = form.notice(desk.actor())
        if not reached(boards.all(desk.db), desk.tree(), notice.areas):
            form.areas.errors = [gettext("Không có bảng tin nào ở đó: tin không được gửi")]
            return self.page(form), 422
        replaces = request.form.get("replaces", type=int)
        if again := self._sent_before(form, notice, replaces):
            return self.go(again)
        if replaces is not None:
            return self._correct(self.mine(replaces), notice, form)
        if not self.pushes(notice):
            made = notices.post(desk.db, notice, actor=desk.actor(), now=now, notify=self._told("proposed", notice))
            flash(gettext("Đã gửi đề nghị. Biên tập viên của đơn vị thấy ngay."), "good")
        elif desk.config.notices.four_eyes:
            signed = replace(notice, signed_by=desk.actor(), signed_at=now)
            made = notices.post(desk.db, signed, actor=desk.actor(), now=now, notify=self._told("signed", notice))
        else:
            made = notices.post(desk.db, replace(notice, state="live"), actor=desk.actor(), now=now)
        return self.go(made)

    def _correct(self, old: Notice, words: Notice, form: UrgentForm) -> Response | tuple[str, int]:
        if not (self.pushes(old) and self.pushes(words)):
            abort(403)
        desk = self.desk
        try:
            made = notice_acts.correct(
                desk.db, old.id, words, actor=desk.actor(), now=desk.now(),
                four_eyes=desk.config.notices.four_eyes, notify=self._told("signed", words),
            )  # fmt: skip
        except NotPossible as error:
            flash(str(error), "error")
            return self.page(form), 409
        return self.go(made)

    def _sent_before(self, form: UrgentForm, notice: Notice, replaces: int | None) -> Notice | None:
        """The very same form by the same person a moment ago; a correction is only ever the same correction."""
        since = self.desk.now() - SAME_WITHIN
        # Hours count from each press: the same ones end a little later the second time.
        apart = timedelta(0) if form.hours.data == AT else SAME_WITHIN
        for one in notices.all(self.desk.db, states=("live", "drafted"), most=20):
            mine = one.created_by == notice.created_by and one.issued >= since
            same = _says(one) == _says(notice) and abs(one.until - notice.until) <= apart
            if mine and same and replaces in (None, one.replaces):
                return one
        return None

    def change(self, before: Notice, form: UrgentForm) -> Response | tuple[str, int]:
        """Other words for a draft: the writer's own, or an editor's."""
        words = replace(form.notice(before.created_by), id=before.id, replaces=before.replaces)
        if before.created_by != self.desk.actor() and not (self.pushes(before) and self.pushes(words)):
            abort(403)
        seen = request.form.get("seen")
        try:
            made = notice_acts.revise(self.desk.db, words, actor=self.desk.actor(), now=self.desk.now(), seen=seen)
        except Conflict as changed:
            flash(str(changed), "error")
            return self.page(form, changed.theirs, theirs=changed.theirs), 409
        except NotPossible as error:
            flash(str(error), "error")
            return self.page(form, before), 409
        return self.go(made)

    # afterwards

    def follow(self, notice: Notice) -> str:
        """The page on which a notice is followed from draft to end."""
        desk, now = self.desk, self.desk.now()
        wait = time_until_alone(notice, now)
        found = reached(boards.all(desk.db), desk.tree(), notice.areas)
        return render_template(
            "notices/one.html",
            notice=notice,
            seen=notice_acts.mark(notice),
            stands="over" if notice.state == "live" and notice.until <= now else notice.state,
            target=self.target(notice, found),
            previews=self.previews(notice, found),
            progress=self._progress(notice, found),
            phone_of=phone_of,
            pushes=self.pushes(notice),
            clears=all(desk.may("notice.clear", area) for area in notice.areas),
            four_eyes=desk.config.notices.four_eyes,
            second=is_second(notice, desk.actor()),
            wait=None if wait is None else int(wait.total_seconds()),
            late=notice.until <= now,
            name=self._names(),
        )

    def _told(self, why: Why, notice: Notice) -> tuple[Message, ...]:
        return notice_messages(why, notice, self.desk.actor(), people.all(self.desk.db), self.desk.tree())

    def _names(self) -> Callable[[str], str]:
        """Who an actor of the audit is, as people call him; whoever acted from a shell keeps his system's name."""
        known = {person.username: person.name for person in people.all(self.desk.db)}
        return lambda actor: known.get(actor, actor)

    def progress(self, notice: Notice) -> Progress:
        """How far it has come on the screens of the boards it is for."""
        return self._progress(notice, reached(boards.all(self.desk.db), self.desk.tree(), notice.areas))

    def _progress(self, notice: Notice, found: Sequence[Board]) -> Progress:
        desk = self.desk
        return progress(
            notice.issued,
            found,
            screens.all(desk.db, [board.slug for board in found]),
            receipts.links(desk.db),
            receipts.of_notice(desk.db, notice.id),
            desk.now(),
        )

    def act(self, id: int, right: Right, do: Callable[[Notice], object]) -> Response:
        """One act on a notice in all areas of which ``right`` is held; a refusal becomes a sentence on its page."""
        notice = self.mine(id)
        for area in notice.areas:
            self.desk.require(right, area)
        try:
            do(notice)
        except Conflict:
            flash(gettext("Tin này vừa được sửa, chưa gửi gì cả. Hãy đọc lại rồi bấm lần nữa."), "error")
        except (StoreRefusal, NotPossible, ValueError) as error:
            flash(str(error), "error")
        return self.go(notice)

    def send(self, id: int, *, break_glass: bool) -> Response:
        desk = self.desk

        def do(notice: Notice) -> None:
            notice_acts.send(
                desk.db, notice.id, actor=desk.actor(), now=desk.now(),
                four_eyes=desk.config.notices.four_eyes, break_glass=break_glass, seen=_seen(),
                notify_if_alone=self._told("broken", notice),
            )  # fmt: skip

        return self.act(id, "notice.confirm", do)

    def sign(self, notice: Notice) -> None:
        notify = self._told("signed", notice)
        desk = self.desk
        notice_acts.sign(desk.db, notice.id, actor=desk.actor(), now=desk.now(), seen=_seen(), notify=notify)

    def clear(self, notice: Notice) -> None:
        notices.clear(self.desk.db, notice.id, actor=self.desk.actor(), now=self.desk.now())

    def extend(self, notice: Notice, by: timedelta) -> None:
        notice_acts.extend(self.desk.db, notice.id, notice.until + by, actor=self.desk.actor(), now=self.desk.now())

    def discard(self, id: int) -> Response:
        notice = self.mine(id)
        if notice.created_by != self.desk.actor() and not self.pushes(notice):
            abort(403)
        try:
            notice_acts.discard(self.desk.db, id, actor=self.desk.actor(), now=self.desk.now())
            flash(gettext("Đã bỏ bản nháp. Không màn hình nào chiếu nó."), "good")
        except (StoreRefusal, NotPossible) as error:
            flash(str(error), "error")
        return self.desk.go(url_for("urgent.new"))

    def go(self, notice: Notice) -> Response:
        return self.desk.go(url_for("urgent.one", id=notice.id))


def _says(notice: Notice) -> tuple[object, ...]:
    """All that a form says but the end."""
    said = (notice.headline, notice.acts, notice.areas, notice.level, notice.exercise)
    return (*said, notice.danger, notice.risk, notice.sender)


def _seen() -> str:
    """The mark of what was read before a press that puts it on the glass; without one nothing was read."""
    return request.form.get("seen", "")


def _depth(tree: AreaTree, areas: Sequence[str]) -> Mapping[str, int]:
    """How far each is below the topmost of ``areas``, for the list that is indented."""
    levels = {slug: len(tree.chain(slug)) for slug in areas}
    return {slug: level - min(levels.values()) for slug, level in levels.items()}
