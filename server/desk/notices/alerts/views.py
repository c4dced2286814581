"""Views of received alerts: the list, the page of one, and the actions of editors; registered by server.desk.app.

list ──> one ──> approve / reject / choose areas (a draft)
             ──> end (in force or waiting), on all boards or on those of some areas, where it can be shown again
             ──> hold its source, or write an own notice from it (form of urgent notices)
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from server.core.workflow import NotPossible
from server.desk.notices.alerts.access import access, alert_or_404, may_hold
from server.desk.notices.alerts.alert_page import alert_page
from server.desk.notices.alerts.view_model import list_page
from server.desk.web.context import desk
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.store.alerts import alerts, local_ends
from server.store.alerts.alerts import AlertRow
from server.store.database.errors import NotFound, StoreRefusal
from server.store.sources import sources

pages = Blueprint("alerts", __name__, url_prefix="/desk/alerts")


@pages.get("/")
@needs("notice.propose")
def index() -> str:
    """The page with the alerts of the user's areas and the state of their sources."""
    return list_page()


@pages.get("/<int:document>")
@needs("notice.propose")
def one(document: int) -> str:
    """The page of one alert."""
    return alert_page(alert_or_404(document))


@pages.post("/<int:document>/approve")
@needs("notice.push", factor="fresh", subject="alert/{document}")
def approve(document: int) -> Response:
    """Approves a draft, which the worker then puts on air unchanged.

    Answers 403 unless the user may send notices in every area that the alert belongs to.
    """
    row = alert_or_404(document)
    if not access().may_decide(row, "notice.push"):
        abort(403)
    return _act(
        row,
        lambda: alerts.approve(desk.db, document, actor=desk.actor(), now=desk.now()),
        gettext("Đã duyệt. Cảnh báo lên bảng trong vài giây."),
    )


@pages.post("/<int:document>/areas")
@needs("notice.push", factor="fresh", subject="alert/{document}")
def choose(document: int) -> Response:
    """Puts a draft without a place on the boards of the chosen areas (form fields ``areas``).

    Answers 403 unless the user may choose areas for it and send notices in each chosen one.
    """
    row = alert_or_404(document)
    chosen = request.form.getlist("areas")
    if not access().may_choose_areas(row) or set(chosen) - set(desk.areas("notice.push")):
        abort(403)
    if not chosen:
        flash(gettext("Chưa chọn nơi nhận: chưa chiếu ở đâu cả."), "error")
        return _page_of(document)
    return _act(
        row,
        lambda: alerts.choose_areas(desk.db, document, chosen, actor=desk.actor(), now=desk.now()),
        gettext("Đã chọn nơi nhận. Cảnh báo lên bảng ở đó trong vài giây."),
    )


@pages.post("/<int:document>/reject")
@needs("notice.push", factor="none")
def reject(document: int) -> Response:
    """Discards a draft, so that no board shows it; a later document of its source makes a new draft.

    Answers 403 unless the user may send notices in every area that the alert belongs to.
    """
    row = alert_or_404(document)
    if not access().may_decide(row, "notice.push"):
        abort(403)
    return _act(
        row,
        lambda: alerts.reject(desk.db, document, actor=desk.actor(), now=desk.now()),
        gettext("Đã bỏ. Không màn hình nào chiếu cảnh báo này; bản cập nhật của nguồn, nếu có, sẽ hiện ở đây."),
    )


@pages.post("/<int:document>/end")
@needs("notice.clear", factor="none")
def end(document: int) -> Response:
    """Ends an alert on all boards that show it; the issuer's warning stays in force.

    Answers 403 unless the user may clear notices in every area that the alert belongs to.
    """
    row = alert_or_404(document)
    if not access().may_decide(row, "notice.clear"):
        abort(403)
    return _act(
        row,
        lambda: alerts.end(desk.db, document, actor=desk.actor(), now=desk.now()),
        gettext("Đã gỡ khỏi các bảng tin. Cảnh báo của cơ quan ban hành vẫn còn hiệu lực."),
    )


@pages.post("/<int:document>/end-here")
@needs("notice.clear", factor="none")
def end_here(document: int) -> Response:
    """Ends an alert only on the boards of the chosen areas (form fields ``areas``)."""
    row, chosen = _chosen_here(document)
    return _act(
        row,
        lambda: local_ends.end_here(desk.db, document, chosen, desk.tree(), actor=desk.actor(), now=desk.now()),
        gettext("Đã gỡ khỏi bảng tin của các đơn vị đã chọn. Bảng tin ở nơi khác vẫn chiếu."),
    )


@pages.post("/<int:document>/show-here")
@needs("notice.clear", factor="fresh", subject="alert/{document}")
def show_here(document: int) -> Response:
    """Shows an alert again on the boards of the chosen areas (form fields ``areas``) where an editor ended it."""
    row, chosen = _chosen_here(document)
    return _act(
        row,
        lambda: local_ends.show_here(desk.db, document, chosen, actor=desk.actor(), now=desk.now()),
        gettext("Cảnh báo sẽ lại lên bảng tin của các đơn vị đã chọn trong vài giây."),
    )


def _chosen_here(document: int) -> tuple[AlertRow, list[str]]:
    """Returns the alert and the posted areas (slugs).

    Answers 403 if the user may not clear notices in one of the posted areas, or in none of the alert's areas.
    """
    row = alert_or_404(document)
    mine, chosen = access().may_decide_in(row, "notice.clear"), request.form.getlist("areas")
    if not mine or not set(chosen) <= set(mine):
        abort(403)
    return row, chosen


@pages.post("/sources/<slug>/hold")
@needs("notice.clear", factor="none")
def hold(slug: str) -> Response:
    """Holds a source of alerts: its new alerts wait for an editor from now on."""
    return _hold(slug, held=True)


@pages.post("/sources/<slug>/release")
@needs("notice.clear", factor="fresh", subject="source/{slug}")
def release(slug: str) -> Response:
    """Ends the hold of a source, so that its new alerts are treated as its settings say."""
    return _hold(slug, held=False)


def _hold(slug: str, *, held: bool) -> Response:
    try:
        source = sources.get(desk.db, slug)
    except NotFound:
        abort(404)
    if source.kind != "cap":
        abort(404)
    if not may_hold(source):
        abort(403)
    alerts.hold_source(desk.db, slug, held=held, actor=desk.actor(), now=desk.now())
    if held:
        flash(gettext("Đã giữ nguồn này lại: từ nay mọi cảnh báo mới của nguồn chờ duyệt."), "info")
    else:
        flash(gettext("Đã thôi giữ nguồn này."), "info")
    return desk.go(url_for("alerts.index"))


def _act(row: AlertRow, act: Callable[[], None], sentence: str) -> Response:
    """Calls ``act`` and redirects to the alert's page, which shows ``sentence`` or why the store refused."""
    try:
        act()
        flash(sentence, "good")
    except (NotPossible, StoreRefusal, ValueError) as refused:
        flash(said(refused), "error")
    return _page_of(row.document)


def _page_of(document: int) -> Response:
    return desk.go(url_for("alerts.one", document=document))
