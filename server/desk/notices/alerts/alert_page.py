"""Renders the page of one alert: its text by language, and the history of its documents; called by views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template

from server.core.alerts.document import Alert, Info
from server.core.alerts.languages import languages_of
from server.core.alerts.rules import AlertRules
from server.core.alerts.texts import ShownText, shown_text
from server.desk.notices.alerts import wording
from server.desk.notices.alerts.access import access
from server.desk.notices.alerts.alert_map import MapMaker
from server.desk.notices.alerts.replacements import is_replaced, replacements
from server.desk.notices.alerts.view_model import acts_of, names_of_people, view_of
from server.desk.web.alert_wording import state_words
from server.desk.web.context import desk
from server.store.alerts import alerts, polls, timeline
from server.store.alerts.alerts import AlertRow
from server.store.alerts.timeline import TimelineEntry
from server.store.notices import notices


@dataclass(frozen=True, slots=True)
class InfoText:
    """One ``info`` element of an alert (its text in one language), with its codes in words.

    ``web`` is an https address that the page may link, else "".
    """

    text: ShownText
    severity: str
    urgency: str
    certainty: str
    info: Info
    web: str


@dataclass(frozen=True, slots=True)
class LanguageText:
    """The ``info`` elements of an alert in one language; ``code`` is the tag for the HTML attribute ``lang``."""

    code: str
    name: str
    infos: tuple[InfoText, ...]


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document in the history of an alert, with its codes in words. ``here``: the page is about this document."""

    entry: TimelineEntry
    kind: str
    signature: str
    state: tuple[str, str]
    here: bool


def alert_page(row: AlertRow) -> str:
    """Returns the HTML page of an alert; the caller checks that the signed-in person may see it."""
    names, found = names_of_people(), timeline.timeline(desk.db, row.document)
    view = view_of(row, names, _replaced(row, found), MapMaker().of(row))
    held = next((one for one in polls.states(desk.db) if one.source == row.source and one.held_since), None)
    return render_template(
        "notices/alerts/one.html",
        view=view,
        row=row,
        acts=acts_of(row),
        texts=texts_of(row.alert, access().rules_of(row.source)),
        documents=_documents(row, found),
        notices=[notices.get(desk.db, number) for number in row.notices],
        held=held,
        names=names,
    )


def texts_of(alert: Alert, rules: AlertRules) -> tuple[LanguageText, ...]:
    """Returns the texts of an alert, grouped by language in the order of the document."""
    return tuple(
        LanguageText(code, wording.language_name(code), tuple(_info_text(alert, number, rules) for number in numbers))
        for code, numbers in languages_of(alert, rules).items()
    )


def _info_text(alert: Alert, number: int, rules: AlertRules) -> InfoText:
    info = alert.infos[number]
    return InfoText(
        shown_text(alert, info, desk.now(), rules),
        wording.severity(info.severity),
        wording.urgency(info.urgency),
        wording.certainty(info.certainty),
        info,
        info.web if info.web.startswith("https://") else "",
    )


def _documents(row: AlertRow, found: Sequence[TimelineEntry]) -> list[DocumentLine]:
    return [
        DocumentLine(
            entry,
            str(wording.KINDS[entry.alert.kind]),
            str(wording.SIGNATURES[entry.alert.signature]),
            state_words(entry.state),
            entry.document == row.document,
        )
        for entry in found
    ]


def _replaced(row: AlertRow, found: Sequence[TimelineEntry]) -> dict[int, tuple[int, str]]:
    """Returns number -> (number, headline) of the document that replaced this one; empty if none did.

    It is the argument ``replaced`` of `view_of`.
    """
    if not is_replaced(row):
        return {}
    others = (one.document for one in found if one.document != row.document and one.state)
    return replacements([row, *(alerts.get(desk.db, number) for number in others)])
