"""Opens the composer's form and renders its page and its preview; called by the composer's views and actions."""

from __future__ import annotations

import secrets

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from server.core.announcements.parts import FIELD_WORDS, copied
from server.core.model import Announcement, Attachment
from server.core.typesetting.legibility import warnings
from server.desk.announcements.access import announcement_or_404
from server.desk.announcements.composer_form import ComposeForm
from server.desk.announcements.previews import boards_reached, gap_problems, previews
from server.desk.web.context import desk
from server.store.announcements import autosave, listings
from server.store.announcements.autosave import Autosave
from server.store.boards import boards
from server.store.database.errors import NotFound
from server.store.media import library

_MOST_FILES_NAMED = 200


def open_form(formdata: MultiDict[str, str] | None = None) -> ComposeForm:
    """The form, filled from ``formdata``, else from the request if it posts one."""
    if formdata is None and request.method == "POST":
        formdata = request.form
    return ComposeForm(
        desk.tree(), desk.areas("announcement.write"), boards.all(desk.db), desk.zone(), desk.now(),
        _files(formdata), formdata,
    )  # fmt: skip


def _files(formdata: MultiDict[str, str] | None) -> tuple[Attachment, ...]:
    """The stored files that the form names; those that are not in the library are left out."""
    if formdata is None:
        return ()
    found = []
    for hash in formdata.getlist("file")[:_MOST_FILES_NAMED]:
        try:
            file = library.get(desk.db, hash)
        except NotFound:
            continue
        alt = formdata.get(f"alt-{hash}") or ""
        found.append(Attachment(hash, alt[:500], file.width, file.height, file.type, file.seconds))
    return tuple(found)


def new_page() -> str:
    """The page of a new announcement: empty, from a template, a copy, or an autosave that was not sent."""
    if (key := request.args.get("typed")) and (unsent := autosave.get(desk.db, key, desk.actor())):
        return _autosaved_page(unsent)
    form = open_form()
    form.until.data = form.usual_end()
    original = request.args.get("template", type=int) or request.args.get("copy", type=int)
    if original is not None:
        form.fill(copied(announcement_or_404(original), actor=desk.actor(), now=desk.now()))
    elif request.args.get("kind"):
        form.kind.data = request.args["kind"]
    return form_page(form, None)


def _autosaved_page(unsent: Autosave) -> str:
    form = open_form(MultiDict([(name, value) for name, values in unsent.form.items() for value in _listed(values)]))
    base = announcement_or_404(unsent.announcement) if unsent.announcement else None
    return form_page(form, base, key=unsent.key, version=unsent.version)


def _listed(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list) else [str(values)]


def edit_page(one: Announcement) -> str:
    """The page on which an announcement is changed."""
    form = open_form()
    form.fill(one)
    return form_page(form, one)


def form_page(form: ComposeForm, base: Announcement | None, *, key: str = "", version: int | None = None) -> str:
    """The form as it stands, with its errors.

    ``base`` is the announcement that it changes, None for a new one. ``key`` names the autosave (32 hex, made if
    empty); ``version`` is the one that was read, by default that of ``base``.
    """
    key = key or request.form.get("key", "") or secrets.token_hex(16)
    areas = desk.areas("announcement.write")
    return render_template(
        "announcements/composer/new.html",
        form=form,
        base=base,
        key=key,
        version=version or (base.version if base else 0),
        replacing=base is not None and base.state == "approved",
        approves=desk.may("announcement.approve"),
        four_eyes=desk.config.announcements.four_eyes,
        templates=listings.templates(desk.db, areas) if base is None else (),
        unsent=[one for one in autosave.of(desk.db, desk.actor()) if one.key != key] if base is None else (),
        words=FIELD_WORDS,
    )


def preview_fragment() -> str:
    """The slides of the posted form as it stands, the boards reached, and warnings."""
    form = open_form()
    form.validate()
    one = form.announcement(desk.actor())
    reached = boards_reached(one)
    page = request.form.get("page", 0, type=int)
    drawn = previews(one, reached, page) if _has_content(one) else []
    return render_template(
        "announcements/composer/preview.html",
        reached=reached,
        somewhere=bool(one.area),
        places=sorted({desk.tree().get(board.area).name for board in reached}),
        previews=drawn,
        warnings=warnings(one, [each["drawn"] for each in drawn]),
        gap_problems=gap_problems(one) if one.longest_gap else [],
        at=page,
    )


def _has_content(one: Announcement) -> bool:
    return bool(one.title or one.text or one.table or one.attachments or (one.contact and one.contact.name))
