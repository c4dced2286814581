"""Views of urgent notices: write or propose, check, send by one or two editors, follow; used by server.desk.app.

new ──> a proposal (operator) ──> an editor sends or signs it
    ──> live (one editor)      ──> counted, corrected, extended, cleared
    ──> signed (four eyes)     ──> a second editor confirms it, or the signer sends it alone 30 s later
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, request

from server.desk.notices import actions, view_model
from server.desk.notices.access import notice_or_404
from server.desk.web.context import desk
from server.desk.web.rights import needs

pages = Blueprint("urgent", __name__, url_prefix="/desk/urgent")


@pages.get("/")
@needs("notice.propose")
def new() -> str:
    """An empty form, or a correction of the notice ``?from=``."""
    form = actions.open_form()
    if request.args.get("from"):
        form.fill(notice_or_404(request.args.get("from", type=int) or 0))
    return view_model.form_page(form)


@pages.post("/")
@needs("notice.propose")
def send() -> actions.Answer:
    """Creates a notice or a correction; 422 with the form if it has errors."""
    form = actions.open_form()
    return actions.post(form) if form.validate() else (view_model.form_page(form), 422)


@pages.post("/check")
@needs("notice.propose")
def check() -> str:
    """The fragment that shows what sending the form would do."""
    return view_model.check_fragment(actions.open_form())


@pages.get("/<int:id>")
@needs("notice.propose")
def one(id: int) -> str:
    """The page of one notice."""
    return view_model.notice_page(notice_or_404(id))


@pages.get("/<int:id>/progress")
@needs("notice.propose")
def progress(id: int) -> str:
    """The fragment that counts the screens that show a live notice."""
    return view_model.progress_fragment(notice_or_404(id))


@pages.route("/<int:id>/edit", methods=["GET", "POST"])
@needs("notice.propose")
def edit(id: int) -> str | actions.Answer:
    """The form of a draft, and saving it."""
    draft = notice_or_404(id)
    form = actions.open_form()
    if request.method == "GET":
        form.fill(draft)
        return view_model.form_page(form, draft)
    return actions.revise(draft, form) if form.validate() else (view_model.form_page(form, draft), 422)


@pages.post("/<int:id>/sign")
@needs("notice.push")
def sign(id: int) -> Response:
    """Signs a draft, which a second editor then confirms."""
    return actions.change(id, "notice.push", actions.sign)


@pages.post("/<int:id>/send")
@needs("notice.push")
def confirm(id: int) -> Response:
    """Sends a draft; ``alone`` in the form breaks the four-eyes rule 30 s after one's own signature."""
    alone = "alone" in request.form
    if asking := desk.ask_factor():
        return asking
    return actions.change(id, "notice.confirm", lambda notice: actions.send(notice, alone=alone))


@pages.post("/<int:id>/extend")
@needs("notice.push")
def extend(id: int) -> Response:
    """Lets a live notice last 1 to 72 hours longer; 400 for any other number."""
    hours = request.form.get("hours", type=int)
    if hours is None or not 1 <= hours <= 72:
        abort(400)
    return actions.change(id, "notice.push", lambda notice: actions.extend(notice, timedelta(hours=hours)))


@pages.post("/<int:id>/clear")
@needs("notice.clear")
def clear(id: int) -> Response:
    """Ends a live notice."""
    return actions.change(id, "notice.clear", actions.clear)


@pages.post("/<int:id>/discard")
@needs("notice.propose")
def discard(id: int) -> Response:
    """Discards a draft."""
    return actions.discard(notice_or_404(id))
