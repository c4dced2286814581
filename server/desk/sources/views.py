"""Views of sources: health, settings, boards, and trial reads; registered by server.desk.app.

index ──> one (health, settings, boards, stories) ──> try
      ──> adding_views
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext

from server.core.model import PageRules, Source, Trust
from server.core.sources.health import moment, span
from server.core.sources.trust import airs_unread, areas_that_agree, content_mark, held_if_changed
from server.desk.sources import trials
from server.desk.sources.access import area_of, source_or_404
from server.desk.sources.alert_views import alert_source_page
from server.desk.sources.form import changed_source, page_rules, renamed_source
from server.desk.sources.mail_views import mail_source_page
from server.desk.sources.navigation import to_source
from server.desk.sources.server_views import server_source_page
from server.desk.sources.source_boards import (
    DAYS,
    MOST,
    boards_before,
    choices,
    chosen_boards,
    refusal,
    show_on,
    shown_boards,
    shown_text,
    suggested,
)
from server.desk.sources.view_model import (
    MOST_STORIES,
    count_held,
    source_row,
    source_rows,
)
from server.desk.web.context import desk
from server.desk.web.names import source_name
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.setup import mailbox_passwords
from server.store.boards import boards
from server.store.database.errors import StoreRefusal
from server.store.sources import sources, story_queries

pages = Blueprint("sources", __name__, url_prefix="/desk/sources")


def _render(template: str, **context: object) -> str:
    now = desk.now()
    return render_template(
        f"sources/{template}.html", moment=moment, span=span, now=now, area_of=area_of, mark=content_mark, **context
    )


def _source_page(source: Source, rules: PageRules, **context: object) -> str:
    found = story_queries.of_source(desk.db, source.slug, most=MOST_STORIES)
    return _render(
        "one",
        row=source_row(source),
        stories=found,
        rules=rules,
        choices=choices(source),
        usual=(MOST, DAYS),
        suggested=suggested(source),
        **context,
    )


def _save(before: Source, after: Source, sentence: str) -> Response:
    """Saves a changed source and redirects to its page with the message ``sentence``.

    If the change makes it read something else (another address or other selectors), its stories wait for approval
    from now on, even if they did not before.
    """
    saved = sources.save(desk.db, held_if_changed(before, after), actor=desk.actor(), now=desk.now())
    if airs_unread(before) and not airs_unread(saved):
        sentence += " " + gettext("Tin của nguồn này từ nay chờ duyệt, cho đến khi biên tập viên cho lên bảng ngay.")
    return to_source(before.slug, sentence)


@pages.get("/")
@needs("source.view")
def index() -> str:
    """The list of the sources that the user may see, with their health."""
    return _render("index", rows=source_rows(), held=count_held() if desk.may("story.approve") else 0)


@pages.post("/<slug>/boards")
@needs("source.manage", factor="none")
def show(slug: str) -> Response:
    """Adds the source to the boards that are newly ticked, and removes it from those that are no longer ticked.

    The form field ``before`` says which were ticked when the page was made. Boards whose box the user has not changed
    keep their lanes, because somebody else may have changed them meanwhile.
    """
    source = source_or_404(slug, "source.manage")
    wanted, before = chosen_boards(), boards_before()
    problem = refusal(source, wanted - before)
    try:
        if not problem:
            show_on(source, wanted - before, before - wanted)
    except StoreRefusal as refused:
        problem = said(refused)
    if problem:
        return to_source(slug, problem, kind="error", anchor="boards")
    shown = shown_boards(slug)
    sentence = gettext("Đã lưu.") + " " + shown_text(shown)
    return to_source(slug, sentence, kind="good" if shown else "error", anchor="boards")


@pages.get("/<slug>")
@needs("source.view")
def one(slug: str) -> str:
    """The page of one source with its health, settings, selectors and stories.

    ``?trial=KEY`` shows the outcome of a trial of other selectors.
    """
    source = source_or_404(slug)
    if source.kind == "cap":
        return alert_source_page(source)
    if source.kind == "mail":
        return mail_source_page(source)
    if source.kind == "server":
        return server_source_page(source)
    trial = trials.asked_for("selectors", source)
    waits, tried = trial is not None and trial.waits(desk.now()), trials.outcome_of(trial)
    rules = (trial.page if trial else source.page) or PageRules()
    if tried is not None and tried.feed is not None and tried.feed.selectors is not None:
        # Selectors that the trial proposes are filled into the form, so that the user can save them.
        rules = replace(tried.feed.selectors, pages=rules.pages)
    return _source_page(source, rules, wrong={}, tried=None if waits else tried, waits=waits)


def _tried_source(slug: str) -> Source:
    """Returns the source; answers 403 for a mailbox that the user does not manage, because a trial shows letters."""
    source = source_or_404(slug)
    if source.kind == "mail":
        desk.require("source.manage", area_of(source))
    return source


@pages.post("/<slug>/try")
@needs("source.view", factor="none")
def try_now(slug: str) -> Response:
    """Starts a trial in which the worker reads the source once without storing any stories."""
    source = _tried_source(slug)
    try:
        key = trials.ask("try", source.url, source=source)
    except StoreRefusal as refusal:
        return to_source(slug, said(refusal), kind="error")
    return desk.go(url_for("sources.tried", slug=slug, trial=key))


@pages.get("/<slug>/try")
@needs("source.view")
def tried(slug: str) -> str | Response:
    """The page with the finished steps of a trial; it reloads itself until all steps are finished."""
    source = _tried_source(slug)
    trial = trials.asked_for("try", source)
    if trial is None:
        return desk.go(url_for("sources.one", slug=slug))
    return _render("try", source=source, outcome=trials.outcome_of(trial), waits=trial.waits(desk.now()))


@pages.post("/<slug>/read")
@needs("source.view", factor="none")
def read(slug: str) -> Response:
    """Marks the source as due, so that the worker reads it within seconds."""
    source_or_404(slug)
    sources.due_now(desk.db, slug, now=desk.now())
    return to_source(slug, gettext("Nguồn tin sẽ được đọc trong vài giây nữa."))


@pages.post("/<slug>/settings")
@needs("source.manage", factor="none")
def settings(slug: str) -> Response:
    """Saves the interval of reading and other settings; the form can make the source's stories wait for approval."""
    source = source_or_404(slug, "source.manage")
    return _save(source, changed_source(source, request.form), gettext("Đã lưu."))


@pages.post("/<slug>/words")
@needs("story.approve", factor="none")
def words(slug: str) -> Response:
    """Saves the name and the label of a source.

    Boards show both, so this requires the right to approve stories, not the right to manage sources.
    """
    source = source_or_404(slug, "story.approve")
    return _save(source, renamed_source(source, request.form), gettext("Đã lưu."))


@pages.post("/<slug>/trust")
@needs("story.approve", factor="fresh", subject="source/{slug}")
def trust(slug: str) -> Response:
    """Sets whether the source's stories are shown without approval ("auto") or wait for it ("hold").

    Answers 403 to "auto" unless the user may approve stories in the area of the source and of every board that shows
    it. For another server, "auto" needs the right to approve announcements as well. "auto" is refused, too, if the
    address or the selectors have changed since the editor opened the page (form field ``mark``).
    """
    source = source_or_404(slug, "story.approve")
    wanted: Trust = "hold" if request.form.get("trust") == "hold" else "auto"
    if wanted == "auto":
        if source.kind == "server":  # its announcements and postings air unread, too
            desk.require("announcement.approve", area_of(source) or "")
        for area in areas_that_agree(source, area_of(source) or "", boards.all(desk.db), desk.tree()):
            desk.require("story.approve", area)
        if request.form.get("mark") != content_mark(source):
            sentence = gettext("Địa chỉ hay bộ chọn của nguồn vừa đổi. Hãy xem lại rồi bấm lần nữa.")
            return to_source(slug, sentence, kind="error")
    sources.save(desk.db, replace(source, trust=wanted), actor=desk.actor(), now=desk.now())
    if wanted == "auto":
        return to_source(slug, gettext("Từ nay tin của nguồn này lên bảng ngay, không ai đọc trước."))
    return to_source(slug, gettext("Từ nay tin của nguồn này chờ duyệt."))


@pages.post("/<slug>/selectors")
@needs("source.manage", factor="none")
def selectors(slug: str) -> Response | str | tuple[str, int]:
    """Saves the selectors of a list page, or starts a trial of them if the form field ``do`` is "try".

    Answers 422 with the page if a selector is invalid, 404 if the source is not a list page.
    """
    source = source_or_404(slug, "source.manage")
    if source.kind != "page":
        abort(404)
    rules, errors = page_rules(request.form)
    if errors:
        return _source_page(source, rules, wrong=errors), 422
    if request.form.get("do") != "try":
        return _save(
            source, replace(source, page=rules), gettext("Đã lưu bộ chọn. Trang được đọc lại trong vài giây nữa.")
        )
    try:
        key = trials.ask("selectors", source.url, source=source, page=rules)
    except StoreRefusal as refusal:
        return to_source(slug, said(refusal), kind="error")
    return desk.go(url_for("sources.one", slug=slug, trial=key, _anchor="selectors"))


@pages.post("/<slug>/move")
@needs("source.manage", factor="none")
def move(slug: str) -> Response:
    """Replaces the address of a source by the target of the permanent redirect that the worker has found.

    Answers 409 if there was no such redirect.
    """
    source = source_or_404(slug, "source.manage")
    state = source_row(source).state
    if not state.moved_to:
        abort(409)
    return _save(source, replace(source, url=state.moved_to), gettext("Từ nay nguồn tin được đọc ở địa chỉ mới."))


@pages.post("/<slug>/remove")
@needs("source.manage", factor="none")
def remove(slug: str) -> Response:
    """Removes the source; its stories leave every board, and the password of a mailbox is deleted."""
    source = source_or_404(slug, "source.manage")
    name = source_name(slug)
    if source.kind == "mail":
        mailbox_passwords.forget(desk.data, slug)
    sources.remove(desk.db, slug, actor=desk.actor(), now=desk.now())
    flash(gettext("Đã bỏ nguồn tin «%(name)s». Tin của nguồn này không còn trên bảng nào.", name=name), "info")
    return desk.go(url_for("sources.index"))
