"""Writes the messages about alerts that wait for an editor; called by alert_reconciler."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from server.core.alerts.document import Alert
from server.core.alerts.origin import origin_of
from server.core.alerts.texts import one_line
from server.core.areas import AreaTree
from server.core.model import Notice, Source
from server.core.policy import Person
from server.notifications.recipients import notice_messages
from server.store.alerts.placeless import alert_link
from server.store.people.messages import Message


def about_draft(draft: Notice, source: Source, people: Iterable[Person], tree: AreaTree) -> tuple[Message, ...]:
    """The messages that ask people to decide on ``draft``, a notice made of an alert of ``source``.

    They go to everybody who may publish that notice.
    """
    return notice_messages("proposed", draft, source.name, people, tree)


def about_place(
    alert: Alert, document: int, source: Source, people: Iterable[Person], tree: AreaTree
) -> tuple[Message, ...]:
    """The messages that ask editors to choose areas for an alert whose own areas could not be read.

    They go to the editors of the area in charge of ``source``, because only they may choose. Returns () if no area is
    in charge. ``document`` is the id of the alert's document in the store.
    """
    area = tree.in_charge(source.area)
    if area is None:
        return ()
    named = (one_line(info.headline or info.event) for info in alert.infos)
    headline = next(filter(None, named), alert.identifier)
    asked = Notice(0, "priority", headline, (area,), alert.sent, alert.sent, origin=origin_of(alert))
    return tuple(replace(one, link=alert_link(document)) for one in about_draft(asked, source, people, tree))
