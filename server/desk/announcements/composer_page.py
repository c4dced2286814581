"""Opens the composer's form and renders its page and its preview; called by composer and composer_actions."""

from __future__ import annotations

import secrets

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from server.core.announcements.parts import FIELD_WORDS, copied
from server.core.model import Announcement, Attachment
from server.core.text_input import number_or_none, whole_number
from server.core.typesetting.legibility import warnings
from server.desk.announcements import originals, seen
from server.desk.announcements.access import announcement_or_404
from server.desk.announcements.composer_form import ComposeForm
from server.desk.announcements.documents import document_facts
from server.desk.announcements.previews import bounded, gap_problems, previews
from server.desk.announcements.wording import field_label
from server.desk.web.context import desk
from server.store.announcements import autosave, listings
from server.store.announcements.autosave import Autosave
from server.store.boards import boards
from server.store.database.errors import NotFound
from server.store.media import library

_MOST_FILES_NAMED = 200
TIMES = ("since", "until", "opens", "closes", "first", "last", "weekdays", "month_days")


def open_form(formdata: MultiDict[str, str] | None = None) -> ComposeForm:
    """Returns the composer's form for the signed-in person, filled from ``formdata``, by default from a posted form.

    The form is empty if there is neither.
    """
    if formdata is None and request.method == "POST":
        formdata = request.form
    return ComposeForm(
        desk.tree(), desk.areas("announcement.write"), boards.all(desk.db), desk.zone(), desk.now(),
        _files(formdata), formdata, originals.named_in(formdata),
    )  # fmt: skip


def new_key() -> str:
    """Returns a random key of 32 hex digits, which identifies an open form: its autosave and a repeated submit."""
    return secrets.token_hex(16)


def _files(formdata: MultiDict[str, str] | None) -> tuple[Attachment, ...]:
    """Returns the attachments that the form names by their hash, in order.

    Files that are not in the library are left out.
    """
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
    """Returns the page with the form of a new announcement: empty, or filled from a template, a copy or an autosave.

    The query chooses which (see the view `composer.new`).
    """
    if unsent := _asked_autosave():
        return _autosaved_page(unsent)
    form = open_form()
    form.until.data = form.usual_end()
    original = request.args.get("template", type=whole_number) or request.args.get("copy", type=whole_number)
    if original is not None:
        form.fill(copied(announcement_or_404(original), actor=desk.actor(), now=desk.now()))
        form.original.data = str(original)
    elif request.args.get("kind"):
        form.kind.data = request.args["kind"]
    return form_page(form, None)


def _asked_autosave() -> Autosave | None:
    """Returns the signed-in person's autosave with the key in ``?typed=``; None if there is none."""
    key = request.args.get("typed")
    return autosave.get(desk.db, key, desk.actor()) if key else None


def _autosaved_page(unsent: Autosave) -> str:
    form = open_form(MultiDict([(name, value) for name, values in unsent.form.items() for value in _listed(values)]))
    base = announcement_or_404(unsent.announcement) if unsent.announcement else None
    return form_page(form, base, key=unsent.key, version=unsent.version)


def _listed(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list) else [str(values)]


def edit_page(one: Announcement) -> str:
    """Returns the page with the form of an existing announcement.

    ``?typed=KEY`` fills the form from an autosave of its change.
    """
    if (unsent := _asked_autosave()) and unsent.announcement == one.id:
        return _autosaved_page(unsent)
    form = open_form()
    form.fill(one)
    return form_page(form, one)


def form_page(form: ComposeForm, base: Announcement | None, *, key: str = "", version: int | None = None) -> str:
    """Returns the page of the composer with ``form`` and its errors.

    ``base`` is the announcement that the form changes, None for a new one. ``key`` is the form's key (32 hex digits),
    by default the posted key or a new one. ``version`` is the version of the announcement that the writer has read,
    by default the version of ``base``.
    """
    key = key or request.form.get("key", "") or new_key()
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
        words={name: field_label(name) for name in FIELD_WORDS},
        **document_facts(base),
        one=base,
    )


def entered_in(form: ComposeForm, base: Announcement | None) -> Announcement:
    """Returns the announcement in the form: a changed ``base``, or a new one.

    A new one may be a copy of another announcement. Used for saving and for the preview, so that both have the same
    times.
    """
    original = None if base else number_or_none(form.original.data or "")
    copy_of = None if original is None else announcement_or_404(original)
    return originals.only_whole(form.announcement(desk.actor(), base, copy_of))


def preview_fragment() -> str:
    """Returns an HTML fragment with the slides that the posted form would make, their boards, and warnings."""
    form = open_form()
    form.validate()
    id = request.form.get("id", type=whole_number)
    one = bounded(entered_in(form, announcement_or_404(id) if id else None))
    reached = seen.boards_reached(one)
    page = request.form.get("page", 0, type=whole_number)
    drawn = previews(one, reached, page) if _has_content(one) else []
    return render_template(
        "announcements/composer/preview.html",
        reached=reached,
        somewhere=bool(one.area),
        places=sorted({desk.tree().get(board.area).name for board in reached}),
        previews=drawn,
        warnings=warnings(one, [each["drawn"] for each in drawn if each["board"] in reached or not reached]),
        gap_problems=gap_problems(one) if one.longest_gap else [],
        at=page,
        never=seen.never_seen(one) if one.area else (),
        when=seen.sentence(one),
        occurrences=seen.occurrences(seen.showing_of(one)) if one.recurrence else [],
        wrong_times=[error for name in TIMES for error in form[name].errors],
    )


def _has_content(one: Announcement) -> bool:
    return bool(one.title or one.text or one.table or one.attachments or (one.contact and one.contact.name))
