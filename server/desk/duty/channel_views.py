"""Views of the channels of alarms: Telegram, Zalo OA and mailboxes; registered by server.desk.app.

Keepers manage the channels of their areas. The desk sends nothing itself: it writes what the worker sends.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, flash, render_template, url_for
from flask_babel import gettext

from server.core.duty.plan import Channel, able_people
from server.core.policy import Person
from server.desk.duty.channel_form import ChannelForm
from server.desk.duty.words import failure
from server.desk.web.alarm_names import CHANNEL_NAMES
from server.desk.web.context import desk
from server.desk.web.found import managed_or_404, may_manage
from server.desk.web.rights import needs
from server.store.duty import channels, deliveries
from server.store.duty.channels import target_of
from server.store.duty.deliveries import TargetState
from server.store.people import people

pages = Blueprint("duty_channels", __name__, url_prefix="/desk/duty/channels")


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel as the pages show it: how it is doing, how much waits, and why it fails ("" if it does not)."""

    channel: Channel
    state: TargetState
    waiting: int
    why: str


@pages.get("/")
@needs("webhook.manage")
def index() -> str:
    """The channels that the user may manage, and the form of a new one."""
    return _list(ChannelForm().offer(_people(), new=True))


@pages.post("/")
@needs("webhook.manage", factor="fresh")
def make() -> Response | str:
    """Adds a channel."""
    form = ChannelForm().offer(_people(), new=True)
    wanted, secrets = form.wanted(), form.secrets(needed=True)
    if wanted is None or secrets is None or form.is_wrong():
        return _list(form)
    for area in wanted.areas:
        desk.require("webhook.manage", area)
    made = channels.make(desk.db, wanted, secrets, actor=desk.actor(), now=desk.now())
    flash(gettext("Đã thêm %(name)s. Hãy bấm «Gửi thử».", name=made.name), "info")
    return _go(made.id)


@pages.get("/<int:id>")
@needs("webhook.manage")
def one(id: int) -> str:
    """The page of a channel: how it is doing, and the form with its settings."""
    channel = _channel_or_404(id)
    return _page(channel, ChannelForm.of(channel, _people(channel.person)))


@pages.post("/<int:id>")
@needs("webhook.manage", factor="fresh", subject="duty_channel/{id}")
def change(id: int) -> Response | str:
    """Changes a channel; secrets that are not typed stay."""
    channel = _channel_or_404(id)
    form = ChannelForm.of(channel, _people(channel.person))
    # Another kind of channel has secrets of its own.
    wanted, secrets = form.wanted(), form.secrets(needed=form.kind.data != channel.kind)
    if wanted is None or form.is_wrong():
        return _page(channel, form)
    for area in wanted.areas:
        desk.require("webhook.manage", area)
    channels.change(desk.db, id, wanted, secrets, actor=desk.actor(), now=desk.now())
    flash(gettext("Đã lưu."), "info")
    return _go(id)


@pages.post("/<int:id>/test")
@needs("webhook.manage", factor="none")
def test(id: int) -> Response:
    """Has the worker send a trial to the channel."""
    channel = _channel_or_404(id)
    if channel.off is not None:
        flash(gettext("Kênh này đang dừng: hãy bật lại trước."), "error")
    else:
        deliveries.trial(desk.db, target_of(id), desk.now())
    return _go(id)


@pages.post("/<int:id>/off")
@needs("webhook.manage", factor="none")
def off(id: int) -> Response:
    """Switches a channel off: what waits for it is not sent any more."""
    channel = _channel_or_404(id)
    channels.switch(desk.db, id, on=False, actor=desk.actor(), now=desk.now())
    flash(gettext("Đã dừng báo qua %(name)s.", name=channel.name), "info")
    return _go(id)


@pages.post("/<int:id>/on")
@needs("webhook.manage", factor="fresh", subject="duty_channel/{id}")
def on(id: int) -> Response:
    """Switches a channel on again."""
    channel = _channel_or_404(id)
    channels.switch(desk.db, id, on=True, actor=desk.actor(), now=desk.now())
    flash(gettext("Từ giờ lại báo qua %(name)s.", name=channel.name), "info")
    return _go(id)


@pages.post("/<int:id>/remove")
@needs("webhook.manage", factor="fresh", subject="duty_channel/{id}")
def remove(id: int) -> Response:
    """Deletes a channel with its secrets."""
    channel = _channel_or_404(id)
    channels.remove(desk.db, id, actor=desk.actor(), now=desk.now())
    flash(gettext("Đã xóa %(name)s.", name=channel.name), "info")
    return desk.go(url_for("duty_channels.index"))


def _list(form: ChannelForm) -> str:
    mine = [one for one in channels.listed(desk.db) if may_manage(one, "webhook.manage")]
    return render_template(
        "duty/channels.html",
        rows=_rows(mine),
        form=form,
        kinds=CHANNEL_NAMES,
        names=_names(),
        beat=bool(desk.config.duty.beat_url),
        mail=bool(desk.config.mail.host),
    )


def _page(channel: Channel, form: ChannelForm) -> str:
    (row,) = _rows([channel])
    waits = row.waiting > 0 and not row.why
    return render_template("duty/channel.html", row=row, form=form, kinds=CHANNEL_NAMES, names=_names(), waits=waits)


def _rows(listed: list[Channel]) -> list[ChannelRow]:
    targets = [target_of(one.id) for one in listed]
    states, counts = deliveries.states(desk.db, targets), deliveries.counts(desk.db, targets)
    found = []
    for one, target in zip(listed, targets, strict=True):
        state = states.get(target, TargetState(target))
        found.append(ChannelRow(one, state, counts.get(target, 0), failure(state.error) if state.error else ""))
    return found


def _people(person: str = "") -> list[Person]:
    """The active people who can take on alarms of the areas whose channels the user manages, and ``person``.

    A channel stays that of its ``person``, who may have lost the right: else saving it would make it the group's.
    """
    tree = desk.tree()
    mine = desk.areas("webhook.manage")
    return [
        one
        for one in people.all(desk.db)
        if one.username == person or any(able_people([one], area, tree) for area in mine)
    ]


def _names() -> dict[str, str]:
    return {one.username: one.name for one in people.all(desk.db)}


def _go(id: int) -> Response:
    return desk.go(url_for("duty_channels.one", id=id))


def _channel_or_404(id: int) -> Channel:
    return managed_or_404(channels.get, id, "webhook.manage")
