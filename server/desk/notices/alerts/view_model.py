"""Prepares the list of alerts, and what list and page show of each alert; called by alerts.views and alert_page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask_babel import gettext

from server.core.alerts.languages import languages_of
from server.desk.notices.alerts import wording
from server.desk.notices.alerts.access import access, is_ended_in, sender_of
from server.desk.notices.alerts.alert_map import AlertMap, MapMaker
from server.desk.notices.alerts.replacements import replacements
from server.desk.notices.alerts.source_states import all_known, source_lines
from server.desk.web.alert_wording import level_words, state_words
from server.desk.web.context import desk
from server.desk.web.names import board_name, source_name
from server.desk.web.refusals import said
from server.store.alerts import alert_list
from server.store.alerts.alerts import AlertRow
from server.store.people import people

MOST_MAPS = 6
"""How many maps the list draws; the page of each alert has its own."""
_GROUPS = {"in_force": "in_force", "draft": "drafts", "waiting": "coming", "ended": "ended", "refused": "ended"}


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert as the pages show it.

    ``state`` is (kind of the coloured mark, words). ``level`` says in words how the alert is shown, ``why`` are
    sentences with the reasons for its state, ``boards`` are names. ``start`` and ``until`` are from when to when it
    is or was shown. ``replaced_by`` is the (number, headline) of the document that replaced it, ``ended_by`` the name
    of the editor who ended it.
    """

    row: AlertRow
    sender: str
    state: tuple[str, str]
    level: str
    boards: tuple[str, ...]
    start: datetime | None
    until: datetime | None
    why: tuple[str, ...]
    notes: tuple[str, ...]
    languages: tuple[str, ...]
    replaced_by: tuple[int, str] | None = None
    ended_by: str = ""
    map: AlertMap | None = None

    @property
    def exercise(self) -> bool:
        """True if the alert is an exercise (drill)."""
        return self.row.alert.status == "Exercise"


def list_page() -> str:
    """Returns the HTML page with the state of the sources and the alerts that the user may see.

    The alerts are in four groups: in force, drafts that wait for an editor, those that begin later, and ended ones.
    """
    listed = alert_list.listing(desk.db, desk.now())
    rows = [row for row in listed.rows if access().may_see(row)]
    views = views_of(rows, maps=MOST_MAPS)
    groups: dict[str, list[AlertView]] = {name: [] for name in ("in_force", "drafts", "coming", "ended")}
    for view in views:
        groups[_GROUPS[view.row.state]].append(view)
    lines = source_lines()
    none = not groups["in_force"] and not groups["drafts"]
    known, taken_off = all_known(lines), any(map(_is_only_taken_off, rows))
    return render_template(
        "notices/alerts/index.html",
        **groups,
        lines=lines,
        calm=none and known and listed.whole and not taken_off,
        whole=listed.whole,
        unknown=none and not known,
        taken_off=none and taken_off,
        today=desk.now().astimezone(desk.zone()).date(),
    )


def _is_only_taken_off(row: AlertRow) -> bool:
    """True if an editor ended or discarded the alert here, but it is still in force for its issuer.

    For an alert that has ended, the store sets ``until`` only in this case.
    """
    return row.state == "ended" and row.until is not None and row.until > desk.now()


def views_of(rows: Sequence[AlertRow], *, maps: int) -> list[AlertView]:
    """Returns the views of the alerts ``rows``; only the first ``maps`` of those that have not ended get a map."""
    names, replaced = names_of_people(), replacements(rows)
    maker = MapMaker() if maps else None
    made = []
    for row in rows:
        drawn = None
        if maker is not None and maps and row.state not in ("ended", "refused"):
            drawn, maps = maker.of(row), maps - 1
        made.append(view_of(row, names, replaced, drawn))
    return made


def view_of(
    row: AlertRow,
    names: Mapping[str, str],
    replaced: Mapping[int, tuple[int, str]],
    drawn: AlertMap | None,
) -> AlertView:
    """Returns the view of one alert, with the map ``drawn``.

    ``names`` maps usernames to names, ``replaced`` the number of a document to the (number, headline) of the one that
    replaced it.
    """
    own = access().rules_of(row.source)
    decision = row.decision
    return AlertView(
        row=row,
        sender=sender_of(row.alert),
        state=state_words(row.state),
        level=level_words(row.level) if row.state != "ended" else "",
        boards=tuple(sorted(map(board_name, row.boards))),
        start=row.since if row.state != "draft" else row.info.effective or row.alert.sent,
        until=row.until or row.info.expires,
        why=_reasons(row),
        notes=tuple(said(note) for note in row.notes),
        languages=tuple(wording.language_name(code) for code in languages_of(row.alert, own)),
        replaced_by=replaced.get(row.document),
        ended_by=names.get(decision.ended_by, decision.ended_by) if decision and decision.ended else "",
        map=drawn,
    )


def _reasons(row: AlertRow) -> tuple[str, ...]:
    """Returns the reasons for the alert's state, in sentences of the user's language.

    If an editor has just decided on the alert and the worker has not acted yet, a single sentence says so.
    """
    decision = row.decision
    if row.state in ("draft", "in_force", "waiting") and decision is not None and decision.ended is not None:
        return (str(gettext("Vừa được gỡ hay bỏ; có hiệu lực trong vài giây.")),)
    if row.state == "draft" and decision is not None and decision.approved is not None:
        return (str(gettext("Vừa được duyệt; lên bảng trong vài giây.")),)
    return tuple(said(one) for one in row.why)


def names_of_people() -> dict[str, str]:
    """Returns username -> name of every person."""
    return {one.username: one.name for one in people.all(desk.db)}


@dataclass(frozen=True, slots=True)
class Acts:
    """What the signed-in person may do with an alert now; the page shows a button for each.

    ``choose`` are the (slug, name) of areas that may be chosen for a draft without a place. ``end_here`` and
    ``show_here`` are the (slug, name) of areas on whose boards alone the person may end the alert, or show it again.
    ``compose``: write an own notice from it. ``hold`` is the name of the source if the person may hold it, else "".
    ``urgent``: the alert is shown as an urgent notice.
    """

    approve: bool
    reject: bool
    choose: tuple[tuple[str, str], ...]
    end: bool
    end_here: tuple[tuple[str, str], ...]
    show_here: tuple[tuple[str, str], ...]
    compose: bool
    hold: str
    urgent: bool


def acts_of(row: AlertRow) -> Acts:
    """Returns the actions that the signed-in person may take on the alert now."""
    decided = row.decision is not None and (row.decision.ended is not None or row.decision.approved is not None)
    draft = row.state == "draft" and not decided
    shown = row.state in ("in_force", "waiting") and not (row.decision and row.decision.ended)
    labels = desk.tree().labels()

    def named(slugs: Iterable[str]) -> tuple[tuple[str, str], ...]:
        return tuple((slug, labels[slug]) for slug in slugs)

    here = access().may_decide_in(row, "notice.clear") if shown else ()
    chooses = draft and access().may_choose_areas(row)
    editor = any(desk.may("notice.clear", area) for area in access().area_of_source(row.source))
    return Acts(
        approve=draft and not row.placeless and bool(row.boards) and access().may_decide(row, "notice.push"),
        reject=draft and access().may_decide(row, "notice.push"),
        choose=named(desk.areas("notice.push")) if chooses else (),
        end=shown and access().may_decide(row, "notice.clear"),
        end_here=named(one for one in here if not is_ended_in(row, one)) if len(access().areas_of(row)) > 1 else (),
        show_here=named(one for one in here if one in row.ended_in),
        compose=desk.may("notice.propose") and row.state != "refused" and bool(row.alert.infos),
        hold=source_name(row.source) if editor else "",
        urgent=row.level == "urgent",
    )
