"""Views of the queue, the list of announcements that wait, are on air or have ended, and of their workflow steps.

Registered by server.desk.app.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext

from server.core.text_input import whole_number
from server.core.workflow import ANNOUNCEMENT
from server.desk.announcements import queue_actions, seen, undo
from server.desk.announcements.access import announcement_or_404
from server.desk.announcements.documents import document_facts
from server.desk.announcements.history import field_changes, history, withdrawal
from server.desk.announcements.origins import origins
from server.desk.announcements.previews import previews
from server.desk.announcements.queue_list import queue_list
from server.desk.announcements.wording import names_of_people, summary
from server.desk.web.context import desk
from server.desk.web.names import area_name
from server.desk.web.original_files import original_answer
from server.desk.web.return_address import referring_page, return_address
from server.desk.web.rights import needs
from server.store.announcements import announcements, letters, listings
from server.store.source_system import bulletins

pages = Blueprint("queue", __name__, url_prefix="/desk/queue")


@pages.get("/")
@needs("announcement.write")
def index() -> str:
    """The page with the announcements of one tab of the queue."""
    return render_template("announcements/queue/index.html", **queue_list(), undo=undo.take_offer())


@pages.get("/<int:id>")
@needs("announcement.write")
def one(id: int) -> str:
    """The page of one announcement, with previews and history."""
    found = announcement_or_404(id)
    reached = seen.boards_reached(found)
    waits = found.state in ("draft", "submitted", "returned")
    other = announcements.current_version(desk.db, found, now=desk.now()) if waits else None
    gone = announcements.taken_off_version(desk.db, found, now=desk.now()) if waits else None
    return render_template(
        "announcements/queue/one.html",
        **summary(found),
        reached=reached,
        letter=letters.of_announcement(desk.db, id),
        previews=previews(found, reached),
        area=area_name(found.area),
        names=names_of_people(),
        origin=origins([id]).get(id, ""),
        history=history(found),
        other=other,
        gone=gone,
        withdrawal=withdrawal(gone) if gone else None,
        compared=field_changes(other, found) if other else [],
        when=seen.sentence(found) if found.state != "withdrawn" else "",
        never=seen.never_seen(found) if waits else (),
        undo=undo.take_offer(),
        bulletin=bulletins.of_item(desk.db, f"announcement:{id}"),
        **document_facts(found),
    )


@pages.get("/<int:id>/original/<hash>")
@needs("announcement.write")
def original(id: int, hash: str) -> Response:
    """An uploaded document of an announcement, so that whoever approves it sees what everybody will get."""
    found = next((file for file in announcement_or_404(id).originals if file.hash == hash), None)
    if found is None:
        abort(404)
    return original_answer(found)


@pages.post("/act")
@needs("announcement.write", factor="none")
def act() -> Response:
    """Takes one workflow step on every announcement that the form names.

    Redirects to the list, or to the page of the announcement if the user must compare it with another version.
    """
    step = request.form.get("step", "")
    if step not in ANNOUNCEMENT.steps:
        abort(400)
    reason = request.form.get("reason", "")
    instead_of, named = request.form.get("instead_of", type=whole_number), request.form.getlist("id")
    results = queue_actions.take_steps(named, step, reason, instead_of)
    queue_actions.report(step, results)
    if len(results) == 1 and results[0].compare is not None:
        return desk.go(url_for("queue.one", id=results[0].compare))
    return desk.go(return_address(request.form.get("back", ""), url_for("queue.index")))


@pages.post("/<int:id>/set-aside")
@needs("announcement.write", factor="none")
def set_aside(id: int) -> Response:
    """Withdraws an announcement whose stored row is damaged and which therefore has no page; 404 for any other."""
    if all(one.key != str(id) for one in listings.damaged(desk.db, desk.areas("announcement.write"), now=desk.now())):
        abort(404)
    announcements.withdraw_damaged(desk.db, id, actor=desk.actor(), now=desk.now())
    flash(gettext("Đã gỡ thông báo hỏng số %(id)s.", id=id), "good")
    return desk.go(url_for("queue.index"))


@pages.post("/undo", endpoint="undo")
@needs("announcement.write", factor="none")
def take_back() -> Response:
    """Undoes the workflow steps that the form names, and reports those that cannot be undone any more."""
    refusals = [refusal for named in request.form.getlist("way") if (refusal := undo.undo_step(named))]
    for refusal in dict.fromkeys(refusals):
        flash(gettext("Không hoàn tác được: %(reason)s", reason=refusal), "error")
    if not refusals:
        flash(gettext("Đã hoàn tác."), "good")
    return desk.go(referring_page(url_for("queue.index")))


@pages.post("/order")
@needs("announcement.approve", factor="none")
def order() -> Response:
    """Saves the posted order in which boards show announcements."""
    queue_actions.reorder(request.form.getlist("id"), request.form.get("move", ""))
    return desk.go(url_for("queue.index", tab=request.form.get("tab", "on air")))
