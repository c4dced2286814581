"""Views of webhooks: receivers of events, with their log; registered by server.desk.app.

Keepers manage the webhooks of their areas. The desk sends nothing itself: it writes what the worker sends.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, render_template, url_for
from flask_babel import gettext

from server.desk.web.context import desk
from server.desk.web.event_names import EVENT_NAMES
from server.desk.web.found import managed_or_404, may_manage
from server.desk.web.pagination import requested_page
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.desk.webhooks.form import WebhookForm
from server.desk.webhooks.log_lines import is_soon, log_line
from server.notifications.webhooks import body_of, new_secret
from server.notifications.webhooks_messages import link_of
from server.store.database.errors import NotFound, StoreRefusal
from server.store.notifications import webhooks, webhooks_deliveries
from server.store.notifications.webhooks import Webhook
from server.store.notifications.webhooks_deliveries import TEST
from server.store.notifications.webhooks_distribution import Report
from server.store.people import messages

pages = Blueprint("webhooks", __name__, url_prefix="/desk/webhooks")
SHOWN = 50
MOST = 2000
"""How many of the newest deliveries the pages of the log show."""


@pages.get("/")
@needs("webhook.manage")
def index() -> str:
    """The page with the receivers that the user may manage, and with the form of a new one."""
    return _list(WebhookForm().with_choices())


@pages.post("/")
@needs("webhook.manage", factor="fresh")
def make() -> str:
    """Adds a receiver; the page shows its secret, which is the only time that anybody can read it."""
    form = WebhookForm().with_choices()
    wanted = form.wanted()
    if wanted is None:
        return _list(form)
    for area in wanted.areas:
        desk.require("webhook.manage", area)
    secret = new_secret()
    try:
        made = webhooks.make(desk.db, wanted, secret, actor=desk.actor(), now=desk.now())
    except (StoreRefusal, ValueError) as error:
        form.name.errors = [said(error)]
        return _list(form)
    return _page(made, WebhookForm.of(made), secret)


@pages.get("/<int:id>")
@needs("webhook.manage")
def one(id: int) -> str:
    """The page of a receiver: its log, and the form with its settings."""
    hook = _webhook_or_404(id)
    return _page(hook, WebhookForm.of(hook))


@pages.post("/<int:id>")
@needs("webhook.manage", factor="fresh", subject="webhook/{id}")
def change(id: int) -> Response | str:
    """Changes name, address, areas and events of a receiver."""
    hook = _webhook_or_404(id)
    form = WebhookForm.of(hook)
    wanted = form.wanted()
    if wanted is None:
        return _page(hook, form)
    for area in wanted.areas:
        desk.require("webhook.manage", area)
    try:
        webhooks.change(desk.db, id, wanted, actor=desk.actor(), now=desk.now())
    except (StoreRefusal, ValueError) as error:
        form.name.errors = [said(error)]
        return _page(hook, form)
    flash(gettext("Đã lưu."), "info")
    return _go(id)


@pages.post("/<int:id>/secret")
@needs("webhook.manage", factor="fresh", subject="webhook/{id}")
def renew(id: int) -> str:
    """Makes a new secret and shows it; the old one is used beside it for a day."""
    _webhook_or_404(id)
    secret = new_secret()
    webhooks.renew(desk.db, id, secret, actor=desk.actor(), now=desk.now())
    hook = _webhook_or_404(id)
    return _page(hook, WebhookForm.of(hook), secret)


@pages.post("/<int:id>/test")
@needs("webhook.manage", factor="none")
def test(id: int) -> Response:
    """Has the worker send a test to the receiver."""
    hook = _webhook_or_404(id)
    data = {"message": gettext("Bảng Tin gửi thử."), "webhook": hook.name}
    try:
        report = Report("", body_of(TEST, desk.now(), data))
        webhooks_deliveries.test(desk.db, id, report, desk.now())
    except StoreRefusal as error:
        flash(said(error), "error")
    return _go(id)


@pages.post("/<int:id>/off")
@needs("webhook.manage", factor="none")
def off(id: int) -> Response:
    """Switches a receiver off, so that it gets no further reports."""
    hook = _webhook_or_404(id)
    webhooks.switch_off(desk.db, id, actor=desk.actor(), now=desk.now())
    flash(gettext("Đã dừng báo cho %(name)s.", name=hook.name), "info")
    return _go(id)


@pages.post("/<int:id>/on")
@needs("webhook.manage", factor="fresh", subject="webhook/{id}")
def on(id: int) -> Response:
    """Switches a receiver on again; it gets reports of events from now on."""
    hook = _webhook_or_404(id)
    try:
        webhooks.switch_on(desk.db, id, actor=desk.actor(), now=desk.now())
    except StoreRefusal as error:
        flash(said(error), "error")
        return _go(id)
    messages.done(desk.db, link_of(id))
    flash(gettext("Từ giờ lại báo cho %(name)s.", name=hook.name), "info")
    return _go(id)


@pages.post("/<int:id>/remove")
@needs("webhook.manage", factor="fresh", subject="webhook/{id}")
def remove(id: int) -> Response:
    """Deletes a receiver with its log."""
    hook = _webhook_or_404(id)
    webhooks.remove(desk.db, id, actor=desk.actor(), now=desk.now())
    messages.done(desk.db, link_of(id))
    flash(gettext("Đã xóa %(name)s.", name=hook.name), "info")
    return desk.go(url_for("webhooks.index"))


@pages.post("/<int:id>/deliveries/<int:delivery>/resend")
@needs("webhook.manage", factor="none")
def resend(id: int, delivery: int) -> Response:
    """Has the worker send a delivery once more; answers 404 if the receiver has no such delivery."""
    _webhook_or_404(id)
    try:
        webhooks_deliveries.resend(desk.db, id, delivery, actor=desk.actor(), now=desk.now())
    except NotFound:
        abort(404)
    except StoreRefusal as error:
        flash(said(error), "error")
    return _go(id)


def _list(form: WebhookForm) -> str:
    mine = [one for one in webhooks.listed(desk.db) if may_manage(one, "webhook.manage")]
    counts = webhooks_deliveries.counts(desk.db, [one.id for one in mine])
    return render_template("webhooks/index.html", form=form, webhooks=mine, counts=counts, names=EVENT_NAMES)


def _page(hook: Webhook, form: WebhookForm, secret: str = "") -> str:
    found = webhooks_deliveries.log(desk.db, hook.id, most=MOST)
    page = requested_page(found, SHOWN)
    return render_template(
        "webhooks/one.html", hook=hook, form=form, secret=secret, page=page, now=desk.now(),
        lines=[log_line(one, in_use=hook.off is None) for one in page.items],
        waits=any(is_soon(one, desk.now()) for one in found[:SHOWN]),
    )  # fmt: skip


def _go(id: int) -> Response:
    return desk.go(url_for("webhooks.one", id=id))


def _webhook_or_404(id: int) -> Webhook:
    return managed_or_404(webhooks.get, id, "webhook.manage")
