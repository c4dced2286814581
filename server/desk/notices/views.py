"""Views of urgent notices: write or propose, check, send by one or two editors, watch; registered by server.desk.app.

new ──> a proposal (by an operator)        ──> an editor sends or signs it
    ──> live (one editor suffices)         ──> its screens are counted; an editor corrects, extends or clears it
    ──> signed (two editors are required)  ──> a second editor confirms it, or the signer sends it alone after 30 s
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, request

from server.core.text_input import whole_number
from server.desk.notices import actions, strips, view_model
from server.desk.notices.access import notice_or_404, own_notice_or_404
from server.desk.notices.alerts.taking_over import copy_of
from server.desk.web.rights import needs

pages = Blueprint("urgent", __name__, url_prefix="/desk/urgent")


@pages.get("/")
@needs("notice.propose")
def new() -> str:
    """The page with the form of a new notice.

    ``?from=ID`` fills it from a notice that is to be corrected, ``?alert=NUMBER`` with a copy of a received alert.
    """
    form = actions.open_form()
    if request.args.get("from"):
        form.fill(own_notice_or_404(request.args.get("from", type=whole_number) or 0))
    elif (document := actions.asked_alert()) is not None:
        form.fill(copy_of(document))
    return view_model.form_page(form)


@pages.post("/")
@needs("notice.propose", factor="none")
def send() -> actions.Answer:
    """Creates a notice, or corrects one, from the posted form; answers 422 with the form if it has errors."""
    form = actions.open_form()
    if not form.validate() or view_model.refuse_long_headline(form):
        return view_model.form_page(form), 422
    return actions.post(form)


@pages.post("/check")
@needs("notice.propose", factor="none")
def check() -> str:
    """An HTML fragment that shows what sending the posted form would do."""
    return view_model.check_fragment(actions.open_form())


@pages.get("/<int:id>")
@needs("notice.propose")
def one(id: int) -> str:
    """The page of one notice."""
    return view_model.notice_page(notice_or_404(id))


@pages.get("/<int:id>/progress")
@needs("notice.propose")
def progress(id: int) -> str:
    """An HTML fragment with how many screens show a live notice; the page requests it repeatedly."""
    return view_model.progress_fragment(notice_or_404(id))


@pages.get("/strips")
@needs("screen.view")
def live_strips() -> str:
    """An HTML fragment with the strips of live notices, which every page of the desk requests repeatedly."""
    return strips.fragment()


@pages.route("/<int:id>/edit", methods=["GET", "POST"])
@needs("notice.propose", factor="none")
def edit(id: int) -> str | actions.Answer:
    """GET: the page with the form of a draft. POST: saves it; answers 422 with the form if it has errors."""
    draft = own_notice_or_404(id)
    form = actions.open_form()
    if request.method == "GET":
        form.fill(draft)
        return view_model.form_page(form, draft)
    if not form.validate() or view_model.refuse_long_headline(form):
        return view_model.form_page(form, draft), 422
    return actions.revise(draft, form)


@pages.post("/<int:id>/sign")
@needs("notice.push", factor="none")
def sign(id: int) -> Response:
    """Signs a draft, which a second editor then confirms."""
    return actions.change(id, "notice.push", actions.sign)


@pages.post("/<int:id>/send")
@needs("notice.push", factor="fresh", subject="notice/{id}")
def confirm(id: int) -> Response:
    """Puts a draft on air; the user confirms it as its second editor, or alone if no second editor is required.

    With the form field ``alone``, the editor who has signed it sends it without a second editor, at least 30 s after
    signing.
    """
    alone = "alone" in request.form
    return actions.change(id, "notice.confirm", lambda notice: actions.send(notice, alone=alone))


@pages.post("/<int:id>/extend")
@needs("notice.push", factor="none")
def extend(id: int) -> Response:
    """Moves the end of a live notice by 1 to 72 hours (form field ``hours``); 400 for any other number."""
    hours = request.form.get("hours", type=whole_number)
    if hours is None or not 1 <= hours <= 72:
        abort(400)
    return actions.change(id, "notice.push", lambda notice: actions.extend(notice, timedelta(hours=hours)))


@pages.post("/<int:id>/clear")
@needs("notice.clear", factor="none")
def clear(id: int) -> Response:
    """Ends a live notice."""
    return actions.change(id, "notice.clear", actions.clear)


@pages.post("/<int:id>/discard")
@needs("notice.propose", factor="none")
def discard(id: int) -> Response:
    """Discards a draft."""
    return actions.discard(own_notice_or_404(id))
