"""What the composer's pages do, at one desk: fill, keep, draw, refuse, send; called by composer."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Response, abort, flash, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from server.content.board_content import read_snapshot
from server.content.gap_promise import infeasible_gaps
from server.core.announcements.parts import FIELD_WORDS, copied, merged, problems_of
from server.core.model import Announcement, Attachment, Board, Format
from server.core.typesetting.legibility import Rendering, warnings
from server.core.workflow import NotPossible
from server.desk.announcements import editorial
from server.desk.announcements.composer_form import ComposeForm
from server.desk.web import slide_preview as preview
from server.desk.web.context import DeskContext
from server.media.kinds import LARGEST_OF_ALL
from server.store.announcements import announcements, autosave, listings
from server.store.announcements.announcements import Incomplete
from server.store.announcements.autosave import Autosave
from server.store.boards import boards
from server.store.database.errors import Conflict, NotFound, StoreRefusal
from server.store.media import library as gallery
from server.store.media import uploads
from server.store.media.library import LibraryFile
from server.store.media.uploads import Upload

SAMPLES = (Format("landscape", "S"), Format("portrait", "S"), Format("landscape", "L"))
MOST_PREVIEWS = 4
_KEY = re.compile(r"[0-9a-f]{32}")
_STEPS = {"submit": "submit", "approve": "approve"}


class ComposerActions:
    """What the routes do, with the desk they do it at."""

    def __init__(self, desk: DeskContext) -> None:
        self.desk = desk

    # opening

    def begin(self) -> str:
        """A new announcement: blank, of a template, a copy, or what was typed before and not sent."""
        desk = self.desk
        kept = self._typed()
        if kept is not None:
            form = self._form(formdata=_as_form(kept))
            base = editorial.mine(desk, kept.announcement) if kept.announcement else None
            return self.page(form, base, key=kept.key, version=kept.version)
        form = self._form()
        form.until.data = form.usual_end()
        source = request.args.get("template", type=int) or request.args.get("copy", type=int)
        if source is not None:
            form.fill(copied(editorial.mine(desk, source), actor=desk.actor(), now=desk.now()))
        elif request.args.get("kind"):
            form.kind.data = request.args["kind"]
        return self.page(form, None)

    def edit(self, one: Announcement) -> str:
        form = self._form()
        form.fill(one)
        return self.page(form, one)

    def page(self, form: ComposeForm, base: Announcement | None, *, key: str = "", version: int | None = None) -> str:
        desk = self.desk
        areas = desk.areas("announcement.write")
        key = key or request.form.get("key", "") or secrets.token_hex(16)
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

    # sending

    def send(self, base: Announcement | None) -> Response | str | tuple[str, int]:
        """Save as a draft, or submit, or approve; what is typed comes back with every complaint."""
        desk, form = self.desk, self._form()
        do = request.form.get("do", "draft")
        if not form.validate():
            return self.page(form, base), 422
        wanted = form.announcement(desk.actor(), base)
        wanted = replace(wanted, version=request.form.get("version", type=int) or wanted.version)
        if not wanted.area:
            form.complain("area", gettext("Chưa chọn đơn vị"))
            return self.page(form, base), 422
        desk.require("announcement.write", wanted.area)
        if do in _STEPS and not self._ready(form, wanted):
            return self.page(form, base), 422
        try:
            saved = self._saved(wanted, base, template=do == "template")
        except Conflict as error:
            return self._ask(wanted, error.theirs), 409
        except (StoreRefusal, ValueError) as error:
            form.form_errors.append(str(error))
            return self.page(form, base), 422
        autosave.drop(desk.db, request.form.get("key", ""), desk.actor())
        return self._step(saved, do, form)

    def _saved(self, wanted: Announcement, base: Announcement | None, *, template: bool) -> Announcement:
        desk, now = self.desk, self.desk.now()
        if base is None or template:
            fresh = copied(wanted, actor=desk.actor(), now=now, template=template)
            return announcements.post(desk.db, replace(fresh, windows=wanted.windows), actor=desk.actor())
        if base.state in ("approved", "withdrawn"):
            fresh = copied(wanted, actor=desk.actor(), now=now)
            replaces = base.id if base.state == "approved" else None
            fresh = replace(fresh, windows=wanted.windows, replaces=replaces)
            return announcements.post(desk.db, fresh, actor=desk.actor())
        return announcements.revise(desk.db, wanted, actor=desk.actor(), now=now, rules=editorial.rules(desk))

    def _step(self, saved: Announcement, do: str, form: ComposeForm) -> Response | tuple[str, int]:
        desk = self.desk
        if do == "template":
            flash(gettext("Đã lưu làm mẫu."), "good")
            return desk.go(url_for("composer.new"))
        if do not in _STEPS or (do == "submit" and saved.state == "submitted"):
            flash(gettext("Đã lưu bản nháp."), "good")
            return desk.go(url_for("queue.one", id=saved.id))
        if do == "approve":
            desk.require("announcement.approve", saved.area)
        told = editorial.ask_editors(desk, saved) if do == "submit" else editorial.tell_writer(desk, saved, do, "")
        try:
            announcements.take(
                desk.db, saved.id, do, actor=desk.actor(), now=desk.now(), version=saved.version,
                rules=editorial.rules(desk), notify=told,
            )  # fmt: skip
        except (Incomplete, NotPossible, StoreRefusal) as error:
            form.form_errors.append(str(error))
            return self.page(form, saved), 422
        words = gettext("Đã trình duyệt.") if do == "submit" else gettext("Đã duyệt, sẽ chiếu theo giờ đã hẹn.")
        editorial.offer_undo(words, [f"{saved.id}:{'recall' if do == 'submit' else 'requeue'}"])
        return desk.go(url_for("queue.index", tab="submitted" if do == "submit" else "on air"))

    def _ready(self, form: ComposeForm, wanted: Announcement) -> bool:
        """False where something keeps it from an editor or the glass; each complaint stands at its field."""
        for lack in problems_of(wanted, self.desk.now()):
            form.complain(lack.field, lack.sentence)
        for sentence in self.no_room(wanted):
            form.complain("gap" if wanted.longest_gap else "", sentence)
        return not form.errors

    def no_room(self, wanted: Announcement) -> list[str]:
        """Why it cannot be shown as it asks: a board that could not keep its longest gap, or that of another one."""
        desk, now = self.desk, self.desk.now()
        if not wanted.area or (wanted.longest_gap is None and not listings.any_promise(desk.db, now)):
            return []
        found = infeasible_gaps(preview.renderer(), read_snapshot(desk.db, now), wanted)
        return [
            gettext(
                "«%(board)s» không chiếu lại kịp: nhỏ nhất là %(minutes)s phút%(kept)s.",
                board=one.board.name,
                minutes=-(-one.smallest // 60_000),
                kept=gettext(", vì còn giữ nhịp của: %(others)s", others="; ".join(one.broken)) if one.broken else "",
            )
            for one in found
        ]

    def _ask(self, wanted: Announcement, theirs: Announcement) -> str:
        """The merge question: what only one has changed is taken over, of what both changed the writer chooses."""
        desk = self.desk
        base = listings.at_version(desk.db, theirs.id, wanted.version) or theirs
        joined, both = merged(base, wanted, theirs)
        theirs_first, mine_first = self._form(), self._form()
        theirs_first.fill(joined)
        mine_first.fill(replace(joined, **{name: getattr(wanted, name) for name in both}))
        return render_template(
            "announcements/composer/merge.html",
            mine=wanted,
            theirs=theirs,
            both=both,
            key=request.form.get("key", ""),
            names=editorial.names(desk),
            fields=_fields(theirs_first),
            my_fields=_fields(mine_first),
            words=FIELD_WORDS,
            do=request.form.get("do", "draft"),
            said=lambda one, field: editorial.said(desk, one, field),
        )

    # keeping what is typed

    def keep(self) -> tuple[str, int]:
        """The form as it stands, for its writer alone; no rule is asked."""
        key = request.form.get("key", "")
        if not _KEY.fullmatch(key):
            abort(400)
        form = {name: request.form.getlist(name) for name in request.form if name not in ("csrf_token", "key", "do")}
        about = request.form.get("id", type=int)
        kept = Autosave(key, self.desk.actor(), about, request.form.get("version", type=int), self.desk.now(), form)
        autosave.keep(self.desk.db, kept)
        return "", 204

    def forget(self) -> Response:
        autosave.drop(self.desk.db, request.form.get("key", ""), self.desk.actor())
        return self.desk.go(url_for("composer.new"))

    def _typed(self) -> Autosave | None:
        key = request.args.get("typed", "")
        return autosave.get(self.desk.db, key, self.desk.actor()) if key else None

    # seeing it

    def preview(self) -> str:
        form = self._form()
        form.validate()
        wanted = form.announcement(self.desk.actor())
        reached = self.reached(wanted)
        drawn = self.drawn(wanted, reached) if _says_anything(wanted) else []
        return render_template(
            "announcements/composer/preview.html",
            reached=reached,
            somewhere=bool(wanted.area),
            places=sorted({self.desk.tree().get(board.area).name for board in reached}),
            drawn=drawn,
            warnings=warnings(wanted, [one["drawn"] for one in drawn]),
            no_room=self.no_room(wanted) if wanted.longest_gap else [],
            at=request.form.get("page", 0, type=int),
            previews=drawn,
        )

    def reached(self, one: Announcement) -> list[Board]:
        """The boards on which it will be shown."""
        tree = self.desk.tree()
        return [
            board
            for board in boards.all(self.desk.db)
            if one.area in tree.chain(board.area) and (not one.boards or board.slug in one.boards)
        ]

    def drawn(self, one: Announcement, reached: Sequence[Board]) -> list[dict[str, Any]]:
        """The slide itself on a board of each format that it reaches; three sizes at least."""
        desk, tree, draw = self.desk, self.desk.tree(), preview.renderer()
        area = tree.get(one.area).name if one.area in tree else ""
        at = request.form.get("page", 0, type=int)
        made: list[dict[str, Any]] = []
        for board in _of_each_format(reached):
            slides = draw.announcement(one, area_name=area, zone=board.zone, format=board.format)
            if not slides:
                continue
            slide = slides[min(max(at, 0), len(slides) - 1)]
            name = tree.get(board.area).name if board.area in tree else area
            made.append({
                "board": board,
                "page": preview.document(slide, board, name, desk.now()),
                "shape": board.format.layout,
                "pages": len(slides),
                "drawn": Rendering(board.format, board.name, tuple(one.dwell for one in slides)),
            })  # fmt: skip
        return made

    # files

    def upload(self) -> tuple[str, int]:
        """A file, as it came, into the folder that only the worker opens."""
        area, sent = request.form.get("area", ""), request.files.get("file")
        if not area or sent is None or not sent.filename:
            abort(400)
        self.desk.require("media.write", area)
        key = secrets.token_hex(16)
        path = self._folder() / key
        name = Path(sent.filename.replace("\\", "/")).name[:120]
        refused = ""
        try:
            sent.save(path)
            size = path.stat().st_size
            if size > LARGEST_OF_ALL:
                refused = gettext("Tệp lớn quá %(most)s MB.", most=LARGEST_OF_ALL // 2**20)
        except OSError:
            refused = gettext("Máy chủ không ghi được tệp, có lẽ đã hết chỗ. Hãy báo người quản trị.")
        if refused:
            path.unlink(missing_ok=True)
            return render_template("announcements/composer/upload.html", upload=None, name=name, refused=refused), 200
        one = Upload(key, self.desk.actor(), area, name, size, self.desk.now())
        uploads.add(self.desk.db, one)
        return render_template("announcements/composer/upload.html", upload=one, name=name, refused=""), 200

    def uploaded(self, key: str) -> str:
        try:
            one = uploads.get(self.desk.db, key, self.desk.actor())
        except NotFound:
            abort(404)
        return render_template("announcements/composer/upload.html", upload=one, name=one.name, refused=one.reason)

    def library(self, kind: str) -> list[LibraryFile]:
        """Of the reader's areas, what suits the kind."""
        begins = "video/" if kind == "video" else "image/"
        found = gallery.listed(self.desk.db, self.desk.areas("media.write"))
        return [one for one in found if one.type.startswith(begins)]

    def _folder(self) -> Path:
        folder = self.desk.data / "uploads"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder

    def _form(self, formdata: MultiDict[str, str] | None = None) -> ComposeForm:
        desk = self.desk
        said = formdata if formdata is not None else (request.form if request.method == "POST" else None)
        more: dict[str, Any] = {"meta": {"csrf": False}}  # checked for every form of the desk by one extension
        if said is not None:
            more["formdata"] = said
        return ComposeForm(
            desk.tree(), desk.areas("announcement.write"), boards.all(desk.db), desk.zone(), desk.now(),
            self._files(said), **more,
        )  # fmt: skip

    def _files(self, said: MultiDict[str, str] | None) -> tuple[Attachment, ...]:
        """The stored files that the form names; what is not in the library is left out."""
        found = []
        for hash in (said.getlist("file") if said is not None else ())[:200]:
            try:
                kept = gallery.get(self.desk.db, hash)
            except NotFound:
                continue
            alt = (said.get(f"alt-{hash}") if said is not None else None) or ""
            found.append(Attachment(hash, alt[:500], kept.width, kept.height, kept.type, kept.seconds))
        return tuple(found)


def _says_anything(one: Announcement) -> bool:
    return bool(one.title or one.text or one.table or one.attachments or (one.contact and one.contact.name))


def _of_each_format(reached: Sequence[Board]) -> list[Board]:
    """One board of each format that is reached, and samples of the usual three where there are fewer."""
    found: dict[Format, Board] = {}
    for board in reached:
        found.setdefault(board.format, board)
    names = {"landscape": gettext("Màn ngang"), "portrait": gettext("Màn dọc"), "classic": gettext("Màn 4:3")}
    for format in SAMPLES:
        if len(found) < len(SAMPLES) and format not in found:
            far = gettext(", xem từ xa") if format.size == "L" else ""
            name = gettext("Mẫu: %(shape)s%(far)s", shape=names[format.layout], far=far)
            found[format] = Board("mau", name, "", format=format)
    return list(found.values())[:MOST_PREVIEWS]


def _as_form(kept: Autosave) -> MultiDict[str, str]:
    return MultiDict([(name, value) for name, values in kept.form.items() for value in _listed(values)])


def _listed(values: object) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list) else [str(values)]


def _fields(form: ComposeForm) -> list[tuple[str, str]]:
    """Every answer of a form as hidden fields send it."""
    found: list[tuple[str, str]] = []
    for field in form:
        if field.type in ("CSRFTokenField", "SubmitField"):
            continue
        if field.type == "SelectMultipleField":
            found += [(field.name, str(value)) for value in field.data or ()]
        elif field.type == "BooleanField":
            found += [(field.name, "y")] if field.data else []
        else:
            found.append((field.name, str(field._value()) if hasattr(field, "_value") else str(field.data or "")))
    for file in form.files:
        found += [("file", file.hash), (f"alt-{file.hash}", file.alt)]
    return found
