"""The queue: what waits, what is shown, what is over; approved in one press, taken back in another.

Acts on one and on many take the same road: ``id`` is "7:3", the number and the version that was read, so that nobody
approves words that he has not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, flash, render_template, request, session, url_for
from flask_babel import gettext, lazy_gettext, ngettext

from server.core.announcements.parts import CONTENT, FIELD_WORDS, changed, word_diff
from server.core.announcements.search_text import without_marks
from server.core.model import Announcement
from server.core.workflow import ANNOUNCEMENT, NotPossible, Phase, phase
from server.desk.announcements import editorial
from server.desk.announcements.composer_actions import ComposerActions as Composer
from server.desk.web.context import DeskContext
from server.desk.web.rights import needs
from server.store.announcements import announcements, autosave, listings
from server.store.database.errors import Conflict, NotFound, StoreRefusal

SHOWN_AT_ONCE = 40
MOST_DRAWN = 8


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    label: str
    phases: tuple[Phase, ...]
    empty: str


TABS = (
    Tab("submitted", lazy_gettext("Chờ duyệt"), ("submitted",), lazy_gettext("Không có gì chờ duyệt.")),
    Tab("draft", lazy_gettext("Bản nháp"), ("draft", "returned"), lazy_gettext("Không có bản nháp nào.")),
    Tab("scheduled", lazy_gettext("Sắp chiếu"), ("scheduled",), lazy_gettext("Không có gì hẹn giờ.")),
    Tab("on air", lazy_gettext("Đang chiếu"), ("on air",), lazy_gettext("Không có thông báo nào đang chiếu.")),
    Tab("ended", lazy_gettext("Đã xong"), ("ended", "withdrawn"), lazy_gettext("90 ngày qua chưa có gì kết thúc.")),
)
# What each step is called when it is done, and the step that takes it back.
DONE = {
    "approve": lazy_gettext("Đã duyệt"),
    "return": lazy_gettext("Đã trả lại"),
    "withdraw": lazy_gettext("Đã gỡ"),
    "submit": lazy_gettext("Đã trình duyệt"),
    "recall": lazy_gettext("Đã rút về sửa"),
    "restore": lazy_gettext("Đã lấy lại làm bản nháp"),
    "requeue": lazy_gettext("Đã đưa về chờ duyệt"),
    "reinstate": lazy_gettext("Đã chiếu lại"),
}
_BACK = {"approve": "requeue", "return": "requeue", "submit": "recall", "recall": "submit", "restore": "withdraw"}
_BACK_FROM = {"approved": "reinstate", "submitted": "requeue", "draft": "restore", "returned": "restore"}


def queue_pages(desk: DeskContext) -> Blueprint:
    """The pages; lists are cut to the areas in which the reader may write."""
    pages = Blueprint("queue", __name__, url_prefix="/desk/queue")

    @pages.get("/")
    @needs("announcement.write")
    def index() -> str:
        return render_template("announcements/queue/index.html", **_list(desk), undo=session.pop("undo", None))

    @pages.get("/<int:id>")
    @needs("announcement.write")
    def one(id: int) -> str:
        return _one(desk, editorial.mine(desk, id))

    @pages.post("/act")
    @needs("announcement.write")
    def act() -> Response:
        step = request.form.get("step", "")
        if step not in ANNOUNCEMENT.steps:
            abort(400)
        reason = request.form.get("reason", "")
        _report(desk, step, [_taken(desk, each, step, reason) for each in request.form.getlist("id")])
        return desk.go(_ours(request.form.get("back", "")))

    @pages.post("/undo")
    @needs("announcement.write")
    def undo() -> Response:
        done = [_undone(desk, way) for way in request.form.getlist("way")]
        flash(gettext("Đã hoàn tác.") if all(done) else gettext("Có thông báo không hoàn tác được nữa."), "good")
        return desk.go(request.referrer or url_for("queue.index"))

    @pages.post("/order")
    @needs("announcement.approve")
    def order() -> Response:
        ids = [
            editorial.mine(desk, id).id for id in _ordered(request.form.getlist("id"), request.form.get("move", ""))
        ]
        for id in ids:
            desk.require("announcement.approve", announcements.get(desk.db, id).area)
        announcements.reorder(desk.db, ids, actor=desk.actor(), now=desk.now())
        return desk.go(url_for("queue.index", tab=request.form.get("tab", "on air")))

    return pages


def _ours(address: str) -> str:
    """The page that was acted on, never somebody else's."""
    return address if address.startswith("/desk/queue") else url_for("queue.index")


def _list(desk: DeskContext) -> dict[str, Any]:
    areas = desk.areas("announcement.write")
    wanted = request.args.get("area", "")
    within = [slug for slug in areas if not wanted or desk.tree().covers(wanted, slug)]
    # What is over grows without end and is looked at rarely: where it is not asked for, it is only counted.
    now, asked, words = desk.now(), request.args.get("tab"), request.args.get("q", "")
    whole = bool(words) or asked == "ended"
    found = [one for one in listings.listed(desk.db, within, now=now, ended=whole) if _matches(one, words)]
    counted = {} if whole else {"ended": listings.count_ended(desk.db, within, now=now)}
    by_tab = _by_tab(found, now)
    tab = next((each for each in TABS if each.name == asked), _first(desk, by_tab))
    page = max(1, request.args.get("page", 1, type=int))
    rows = by_tab[tab.name][(page - 1) * SHOWN_AT_ONCE : page * SHOWN_AT_ONCE]
    return {
        "tabs": [(each, len(by_tab[each.name]) + counted.get(each.name, 0)) for each in TABS],
        "tab": tab,
        "rows": [_row(desk, one, drawn=at < MOST_DRAWN) for at, one in enumerate(rows)],
        "page": page,
        "last": max(1, -(-len(by_tab[tab.name]) // SHOWN_AT_ONCE)),
        "areas": [desk.tree().get(slug) for slug in areas],
        "names": editorial.names(desk),
        "orders": tab.name in ("on air", "scheduled") and desk.may("announcement.approve"),
        "unsent": autosave.of(desk.db, desk.actor()) if tab.name == "draft" else (),
    }


def _by_tab(found: Sequence[Announcement], now: datetime) -> dict[str, list[Announcement]]:
    tab_of = {each: tab.name for tab in TABS for each in tab.phases}
    by_tab: dict[str, list[Announcement]] = {tab.name: [] for tab in TABS}
    for one in found:
        by_tab[tab_of[phase(one, now)]].append(one)
    return by_tab


def _first(desk: DeskContext, by_tab: dict[str, list[Announcement]]) -> Tab:
    """Where nothing waits one sees what is shown; an operator whose work came back sees that first."""
    mine = desk.actor()
    if any(one.state == "returned" and mine in (one.created_by, one.edited_by) for one in by_tab["draft"]):
        return TABS[1]
    return TABS[0] if by_tab["submitted"] else TABS[3]


def _row(desk: DeskContext, one: Announcement, *, drawn: bool) -> dict[str, Any]:
    made = editorial.shown(desk, one)
    seen = Composer(desk).drawn(one, Composer(desk).reached(one))[:1] if drawn else []
    return {**made, "previews": seen, "area": desk.tree().get(one.area).name if one.area in desk.tree() else one.area}


def _one(desk: DeskContext, one: Announcement) -> str:
    composer = Composer(desk)
    reached = composer.reached(one)
    return render_template(
        "announcements/queue/one.html",
        **editorial.shown(desk, one),
        reached=reached,
        previews=composer.drawn(one, reached),
        area=desk.tree().get(one.area).name,
        names=editorial.names(desk),
        history=_history(desk, one),
        undo=session.pop("undo", None),
    )


def _history(desk: DeskContext, one: Announcement) -> list[dict[str, Any]]:
    """Each change, newest first: who, when, and what became of each field, word by word."""
    past = listings.versions(desk.db, one.id)
    after = [*(each.announcement for each in past[1:]), one] if past else []
    return [
        {
            "at": each.replaced,
            "by": each.by,
            "version": new.version,
            "fields": _differences(desk, each.announcement, new),
        }
        for each, new in reversed(list(zip(past, after, strict=True)))
    ]


def _differences(desk: DeskContext, old: Announcement, new: Announcement) -> list[dict[str, Any]]:
    return [
        {
            "label": FIELD_WORDS[name],
            "parts": word_diff(editorial.said(desk, old, name), editorial.said(desk, new, name)),
        }
        for name in changed(old, new)
        if name in CONTENT
    ]


def _taken(desk: DeskContext, named: str, step: str, reason: str) -> tuple[str, str]:
    """What came of it: the way back, or a sentence that says why not."""
    id, _, version = named.partition(":")
    if not id.isdecimal():
        abort(400)
    one = editorial.mine(desk, int(id))
    if not editorial.may_step(desk, one, step):
        abort(403)
    if step in ("approve", "reinstate") and (kept := Composer(desk).no_room(one)):
        return "", f"«{one.title}»: {' '.join(kept)}"
    told = editorial.tell_writer(desk, one, step, reason)
    if step == "submit":
        told = editorial.ask_editors(desk, one)
    try:
        announcements.take(
            desk.db, one.id, step, actor=desk.actor(), now=desk.now(), reason=reason, notify=told,
            version=int(version) if version.isdecimal() else None, rules=editorial.rules(desk),
        )  # fmt: skip
    except Conflict as error:
        return "", gettext("%(error)s: hãy xem lại rồi quyết định.", error=str(error))
    except (NotPossible, StoreRefusal) as error:
        return "", f"«{one.title}»: {error}"
    return f"{one.id}:{_BACK_FROM[one.state] if step == 'withdraw' else _BACK.get(step, '')}", ""


def _report(desk: DeskContext, step: str, results: Sequence[tuple[str, str]]) -> None:
    for sentence in dict.fromkeys(wrong for _, wrong in results if wrong):
        flash(sentence, "error")
    ways = [way for way, wrong in results if not wrong]
    if not ways:
        return
    many = ngettext("%(num)s thông báo", "%(num)s thông báo", len(ways))
    sentence = f"{DONE[step]}: {many}" if len(ways) > 1 else f"{DONE[step]}."
    able = [way for way in ways if not way.endswith(":") and _may_go(desk, way)]
    editorial.offer_undo(sentence, able)


def _may_go(desk: DeskContext, way: str) -> bool:
    id, _, step = way.partition(":")
    return editorial.may_step(desk, announcements.get(desk.db, int(id)), step)


def _undone(desk: DeskContext, way: str) -> bool:
    id, _, step = way.partition(":")
    if not id.isdecimal() or step not in ANNOUNCEMENT.steps:
        abort(400)
    one = editorial.mine(desk, int(id))
    if not editorial.may_step(desk, one, step):
        abort(403)
    try:
        announcements.take(
            desk.db, one.id, step, actor=desk.actor(), now=desk.now(), rules=editorial.rules(desk),
            reason=gettext("hoàn tác"),
        )  # fmt: skip
    except (NotPossible, NotFound, StoreRefusal):
        return False
    return True


def _ordered(ids: Sequence[str], move: str) -> list[int]:
    """The numbers in their new order; ``move`` is "7:up" or "7:down" of a button, empty after a drag."""
    found = [int(id) for id in ids if id.isdecimal()]
    id, _, way = move.partition(":")
    if id.isdecimal() and int(id) in found:
        at = found.index(int(id))
        to = min(max(0, at + (-1 if way == "up" else 1)), len(found) - 1)
        found.insert(to, found.pop(at))
    return found


def _matches(one: Announcement, asked: str) -> bool:
    """With or without diacritics, as people type in a hurry."""
    words = without_marks(asked).split()
    text = without_marks(f"{one.title} {one.text}")
    return all(word in text for word in words)
