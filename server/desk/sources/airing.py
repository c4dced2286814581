"""Saves what an editor lets the alerts or notices of a source become; called by alert_views and server_views."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, request
from flask_babel import gettext

from server.core.model import AlertAiring, AlertSettings, Source
from server.core.sources.trust import content_mark
from server.desk.web.context import desk
from server.store.sources import sources


def save_airing(source: Source) -> AlertAiring | None:
    """Saves the choice in the form field ``alerts`` and returns it: "live", "none", or "draft" for anything else.

    "live" is refused, with a message, if the source has changed since the editor opened the page (form field
    ``mark``); then nothing is saved, and None returned.
    """
    chosen = request.form.get("alerts")
    wanted: AlertAiring = "live" if chosen == "live" else "none" if chosen == "none" else "draft"
    if wanted == "live" and request.form.get("mark") != content_mark(source):
        flash(gettext("Địa chỉ hay thiết lập của nguồn vừa đổi. Hãy xem lại rồi bấm lần nữa."), "error")
        return None
    after = replace(source, cap=replace(source.cap or AlertSettings(), alerts=wanted))
    sources.save(desk.db, after, actor=desk.actor(), now=desk.now())
    return wanted
