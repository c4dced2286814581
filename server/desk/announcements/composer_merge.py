"""Renders the page that asks whose text to keep after two people changed an announcement.

Called by composer_actions.
"""

from __future__ import annotations

from dataclasses import replace

from flask import render_template, request

from server.core.announcements.parts import merged
from server.core.model import Announcement
from server.desk.announcements import originals
from server.desk.announcements.composer_form import ComposeForm
from server.desk.announcements.composer_page import open_form
from server.desk.announcements.wording import field_label, field_text, names_of_people
from server.desk.web.context import desk
from server.store.announcements import listings


def merge_question(mine: Announcement, theirs: Announcement) -> str:
    """Returns a page that shows both texts of the fields that both people changed, for the writer to choose from.

    Fields that only one person changed are merged. ``mine`` is the posted announcement, ``theirs`` the stored one.
    """
    base = listings.at_version(desk.db, theirs.id, mine.version) or theirs
    joined, both = merged(base, mine, theirs)
    theirs_first, mine_first = open_form(), open_form()
    theirs_first.fill(joined)
    mine_first.fill(replace(joined, **{name: getattr(mine, name) for name in both}))
    return render_template(
        "announcements/composer/merge.html",
        mine=mine,
        theirs=theirs,
        both=both,
        key=request.form.get("key", ""),
        names=names_of_people(),
        fields=_hidden_fields(theirs_first),
        my_fields=_hidden_fields(mine_first),
        words={name: field_label(name) for name in both},
        do=request.form.get("do", "draft"),
        field_text=field_text,
    )


def _hidden_fields(form: ComposeForm) -> list[tuple[str, str]]:
    """Returns the name and value of each field as a browser would post them, for hidden fields of the page."""
    found: list[tuple[str, str]] = []
    for field in form:
        if field.type == "SelectMultipleField":
            found += [(field.name, str(value)) for value in field.data or ()]
        elif field.type == "BooleanField":
            found += [(field.name, "y")] if field.data else []
        else:
            found.append((field.name, str(field._value()) if hasattr(field, "_value") else str(field.data or "")))
    for file in form.files:
        found += [("file", file.hash), (f"alt-{file.hash}", file.alt)]
    for one in form.originals:
        found += [(originals.FIELD, one.hash), (f"{originals.NAME}{one.hash}", one.name)]
    return found
