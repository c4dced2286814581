"""Makes an editor's own notice from a received alert, to fill the form with; called by notices.views and actions.

The copy is the editor's own notice from then on: it does not change with the alert. Its field `origin` holds the key
of the alert, so that it is not published as a warning of this office.
"""

from __future__ import annotations

from server.core.alerts.origin import origin_of
from server.core.alerts.texts import ShownText, shown_text
from server.core.alerts.wanted import sentences
from server.core.model import Level, Notice
from server.core.notices.hazards import HAZARDS
from server.desk.notices.alerts.access import access, alert_or_404
from server.desk.web.context import desk
from server.store.alerts.alerts import AlertRow

MOST_ACTS = 3


def copy_of(document: int) -> Notice:
    """Returns a notice with the words of an alert, for the form; answers 404 if the person may not see the alert.

    Its instructions are whole sentences, at most MOST_ACTS. One may be longer than the form allows; then the editor
    has to shorten it.
    """
    row = alert_or_404(document)
    text = _text(row)
    acts = tuple(filter(None, (part.strip(" -•.") for part in sentences(text.instruction))))
    level: Level = "urgent" if row.level == "urgent" else "priority"
    return Notice(
        id=0,
        level=level,
        headline=text.headline,
        areas=access().areas_of_boards(row.boards),
        issued=desk.now(),
        until=max(row.until or text.until, desk.now()),
        acts=acts[:MOST_ACTS],
        danger=_hazard(f"{text.event} {text.headline}"),
        risk=text.risk,
        sender=text.sender_name,
        exercise=text.drill,
        origin=origin_of(row.alert),
    )


def origin_of_document(document: int) -> str:
    """Returns the key of an alert, for ``origin`` of its copy; answers 404 if the person may not see the alert."""
    return origin_of(alert_or_404(document).alert)


def _text(row: AlertRow) -> ShownText:
    """Returns the text of the alert in Vietnamese, the desk's first language; without one, its first text."""
    rules = access().rules_of(row.source)
    texts = [shown_text(row.alert, info, desk.now(), rules) for info in row.alert.infos or (row.info,)]
    return next((one for one in texts if one.language == "vi"), texts[0])


def _hazard(words: str) -> str:
    """Returns the name of one of the desk's hazards that occurs in ``words``, the longest one; "" if none does."""
    folded = words.casefold()
    named = sorted((hazard.name for hazard in HAZARDS if hazard.headline), key=len, reverse=True)
    return next((name for name in named if name.casefold() in folded), "")
