"""Urgent notices at the desk: written or asked for, checked, sent by one or by two, followed until they end.

new ──> a proposal (operator) ──> an editor sends or signs it
    ──> live (one editor)      ──> counted, corrected, extended, cleared
    ──> signed (four eyes)     ──> a second editor confirms it, or 30 s later the glass is broken
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, render_template, request

from server.core.notices.progress import phone_of
from server.desk.notices.actions import NoticeActions
from server.desk.web.context import DeskContext
from server.desk.web.rights import needs


def urgent_pages(desk: DeskContext) -> Blueprint:
    """The pages; every one is cut to the areas in which the reader has the right."""
    pages = Blueprint("urgent", __name__, url_prefix="/desk/urgent")
    acts = NoticeActions(desk)

    @pages.get("/")
    @needs("notice.propose")
    def new() -> str:
        form = acts.form()
        if request.args.get("from"):
            form.fill(acts.mine(request.args.get("from", type=int) or 0))
        return acts.page(form)

    @pages.post("/")
    @needs("notice.propose")
    def send() -> Response | str | tuple[str, int]:
        form = acts.form()
        if not form.validate():
            return acts.page(form), 422
        return acts.begin(form)

    @pages.post("/check")
    @needs("notice.propose")
    def check() -> str:
        return acts.check(acts.form())

    @pages.get("/<int:id>")
    @needs("notice.propose")
    def one(id: int) -> str:
        return acts.follow(acts.mine(id))

    @pages.get("/<int:id>/progress")
    @needs("notice.propose")
    def progress(id: int) -> str:
        return render_template("notices/progress.html", progress=acts.progress(acts.mine(id)), phone_of=phone_of)

    @pages.route("/<int:id>/edit", methods=["GET", "POST"])
    @needs("notice.propose")
    def edit(id: int) -> Response | str | tuple[str, int]:
        found = acts.mine(id)
        form = acts.form()
        if request.method == "GET":
            form.fill(found)
            return acts.page(form, found)
        return acts.change(found, form) if form.validate() else (acts.page(form, found), 422)

    @pages.post("/<int:id>/sign")
    @needs("notice.push")
    def sign(id: int) -> Response:
        return acts.act(id, "notice.push", acts.sign)

    @pages.post("/<int:id>/send")
    @needs("notice.push")
    def confirm(id: int) -> Response:
        return desk.ask_factor() or acts.send(id, break_glass="alone" in request.form)

    @pages.post("/<int:id>/extend")
    @needs("notice.push")
    def extend(id: int) -> Response:
        hours = request.form.get("hours", type=int)
        if hours is None or not 1 <= hours <= 72:
            abort(400)
        return acts.act(id, "notice.push", lambda n: acts.extend(n, timedelta(hours=hours)))

    @pages.post("/<int:id>/clear")
    @needs("notice.clear")
    def clear(id: int) -> Response:
        return acts.act(id, "notice.clear", acts.clear)

    @pages.post("/<int:id>/discard")
    @needs("notice.propose")
    def discard(id: int) -> Response:
        return acts.discard(id)

    return pages
