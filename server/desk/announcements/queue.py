"""Views of the queue: what waits, is on air or has ended, and the workflow steps for it; used by server.desk.app."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext

from server.core.workflow import ANNOUNCEMENT
from server.desk.announcements import queue_actions, undo
from server.desk.announcements.access import announcement_or_404
from server.desk.announcements.history import history
from server.desk.announcements.previews import boards_reached, previews
from server.desk.announcements.queue_list import queue_list
from server.desk.announcements.wording import names_of_people, summary
from server.desk.web.context import desk
from server.desk.web.return_address import referring_page, return_address
from server.desk.web.rights import needs

pages = Blueprint("queue", __name__, url_prefix="/desk/queue")


@pages.get("/")
@needs("announcement.write")
def index() -> str:
    """One tab of the queue."""
    return render_template("announcements/queue/index.html", **queue_list(), undo=undo.take_offer())


@pages.get("/<int:id>")
@needs("announcement.write")
def one(id: int) -> str:
    """The page of one announcement, with previews and history."""
    found = announcement_or_404(id)
    reached = boards_reached(found)
    return render_template(
        "announcements/queue/one.html",
        **summary(found),
        reached=reached,
        previews=previews(found, reached),
        area=desk.tree().get(found.area).name,
        names=names_of_people(),
        history=history(found),
        undo=undo.take_offer(),
    )


@pages.post("/act")
@needs("announcement.write")
def act() -> Response:
    """Takes one step on every announcement that the form names."""
    step = request.form.get("step", "")
    if step not in ANNOUNCEMENT.steps:
        abort(400)
    reason = request.form.get("reason", "")
    results = [queue_actions.take_step(named, step, reason) for named in request.form.getlist("id")]
    queue_actions.report(step, results)
    return desk.go(return_address(request.form.get("back", ""), url_for("queue.index")))


@pages.post("/undo", endpoint="undo")
@needs("announcement.write")
def take_back() -> Response:
    """Undoes the steps that the form names."""
    done = [undo.undo_step(named) for named in request.form.getlist("way")]
    flash(gettext("Đã hoàn tác.") if all(done) else gettext("Có thông báo không hoàn tác được nữa."), "good")
    return desk.go(referring_page(url_for("queue.index")))


@pages.post("/order")
@needs("announcement.approve")
def order() -> Response:
    """Saves the order in which announcements are shown."""
    queue_actions.reorder(request.form.getlist("id"), request.form.get("move", ""))
    return desk.go(url_for("queue.index", tab=request.form.get("tab", "on air")))
