"""Views of sources of alerts: health, latest alerts, settings, and whether alerts air without approval.

Registered by server.desk.app. The page of a source of alerts is called by `server.desk.sources.views`, which has the
list of all sources and the trials of addresses.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext

from server.core.alerts.polls import silent_since
from server.core.model import AlertSettings, Source
from server.core.sources.health import moment
from server.core.sources.trust import airs_unread, content_mark, held_if_changed
from server.desk.sources.access import area_of, source_or_404
from server.desk.sources.airing import save_airing
from server.desk.sources.alert_form import changed_settings, order_of
from server.desk.sources.navigation import to_source
from server.desk.sources.view_model import source_row
from server.desk.web.alert_wording import state_words
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.alerts import alert_list, polls
from server.store.sources import sources

pages = Blueprint("alert_sources", __name__, url_prefix="/desk/sources")
MOST_ALERTS = 20


def alert_source_page(source: Source, wrong: dict[str, str] | None = None) -> str:
    """Returns the page of a source of alerts; ``wrong`` maps fields of the settings to error messages."""
    now = desk.now()
    poll = next((one for one in polls.states(desk.db) if one.source == source.slug), None)
    rules = desk.config.alert_rules()
    tree = desk.tree()
    area = area_of(source)
    reached = [slug for slug in tree.slugs() if area is not None and tree.covers(area, slug)]
    listed, whole = alert_list.listing(desk.db, now, source=source.slug)
    return render_template(
        "sources/alerts.html",
        row=source_row(source),
        settings=source.cap or AlertSettings(),
        order=order_of(source.cap or AlertSettings()),
        poll=poll,
        silent=silent_since(poll.last_good, poll.first_try, now, rules) if poll else None,
        alerts=listed[:MOST_ALERTS],
        count=len(listed),
        whole=whole,
        wrong=wrong or {},
        manages=desk.may("source.manage", area),
        decides=desk.may("notice.push", area),
        opens=desk.may("notice.propose"),
        areas=[(slug, tree.get(slug).name) for slug in reached],
        mark=content_mark(source),
        moment=moment,
        state_words=state_words,
        now=now,
    )


@pages.post("/<slug>/alerts")
@needs("source.manage", factor="none")
def settings(slug: str) -> Response | tuple[str, int]:
    """Saves how the alerts of a source are read; answers 422 with the page if a setting is invalid.

    If its alerts were shown without approval so far and the change affects what is read, they wait for an editor from
    now on.
    """
    source = source_or_404(slug, "source.manage", kind="cap")
    after, wrong = changed_settings(source, request.form)
    if wrong:
        return alert_source_page(after, wrong), 422
    saved = sources.save(desk.db, held_if_changed(source, after), actor=desk.actor(), now=desk.now())
    sentence = str(gettext("Đã lưu."))
    if airs_unread(source) and not airs_unread(saved):
        held = gettext("Cảnh báo của nguồn này từ nay chờ duyệt, cho đến khi biên tập viên cho lên bảng ngay.")
        sentence = f"{sentence} {held}"
    return to_source(slug, sentence)


@pages.post("/<slug>/airing")
@needs("notice.push", factor="fresh", subject="source/{slug}")
def airing(slug: str) -> Response:
    """Sets how the alerts of a source are treated (form field ``alerts``): "live", "draft" or "none".

    They are shown at once ("live"), wait for an editor ("draft") or are only stored ("none"). "live" is refused if
    the settings have changed since the editor opened the page (form field ``mark``).
    """
    source = source_or_404(slug, "notice.push", kind="cap")
    wanted = save_airing(source)
    if wanted is None:
        return desk.go(url_for("sources.one", slug=slug))
    said = {
        "live": gettext("Từ nay cảnh báo của nguồn này lên bảng ngay, không ai đọc trước."),
        "draft": gettext("Từ nay cảnh báo của nguồn này chờ duyệt."),
        "none": gettext("Từ nay cảnh báo của nguồn này chỉ được lưu, không chiếu."),
    }
    return to_source(slug, said[wanted])
