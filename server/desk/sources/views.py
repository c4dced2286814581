"""Views of sources: their health, trials step by step, new ones, stories that wait; used by server.desk.app.

index ──> one (health, settings, stories) ──> try
      ──> look (paste an address) ──> add
      ──> held (edits side by side) ──> approve, withdraw
"""

from __future__ import annotations

from dataclasses import asdict, replace

from flask import Blueprint, Response, abort, flash, render_template, request, stream_template, url_for
from flask_babel import gettext

from feeds import ParseError
from feeds.formats.opml import parse_opml, write_opml
from feeds.limits import MAX_BYTES
from server.core.announcements.word_difference import word_difference
from server.core.model import PageRules, Source
from server.core.sources.health import moment, span
from server.desk.sources import reading
from server.desk.sources.access import area_of, source_or_404, story_or_404
from server.desk.sources.form import SELECTORS, added_source, changed_source, page_rules, selectors_in, selectors_of
from server.desk.sources.view_model import (
    count_held,
    held_stories,
    outlines,
    source_row,
    source_rows,
    unknown_sources,
)
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.database.errors import Conflict, NotLive
from server.store.sources import sources, stories, story_queries

pages = Blueprint("sources", __name__, url_prefix="/desk/sources")

MOST_STORIES = 40


def _render(template: str, **context: object) -> str:
    now = desk.now()
    return render_template(f"sources/{template}.html", moment=moment, span=span, now=now, area_of=area_of, **context)


def _source_page(source: Source, rules: PageRules, **context: object) -> str:
    found = story_queries.of_source(desk.db, source.slug, most=MOST_STORIES)
    return _render("one", row=source_row(source), stories=found, rules=rules, **context)


def _back_to(slug: str, sentence: str) -> Response:
    flash(sentence, "info")
    return desk.go(url_for("sources.one", slug=slug))


@pages.get("/")
@needs("source.view")
def index() -> str:
    """Every source with its health."""
    return _render("index", rows=source_rows(), held=count_held() if desk.may("story.approve") else 0)


@pages.get("/look")
@needs("source.manage")
def look_at() -> str:
    """What a pasted address offers; only the fragment for htmx, when a selector was changed."""
    address, page = request.args.get("address", "").strip(), selectors_in(request.args)
    found = reading.inspect(address, page) if address else None
    template = "preview" if request.headers.get("HX-Request") else "look"
    return _render(template, address=address, found=found, page=page, selectors=SELECTORS)


@pages.post("/add")
@needs("source.manage")
def add() -> Response:
    """Adds a source whose address was pasted; its stories wait for approval."""
    area = request.form.get("area", "")
    if area not in desk.areas("source.manage"):
        abort(400)
    made = added_source(request.form, area)
    sources.save(desk.db, made, actor=desk.actor(), now=desk.now())
    return _back_to(made.slug, gettext("Đã thêm nguồn tin. Tin của nguồn này chờ duyệt trước khi lên bảng."))


@pages.get("/nguon-tin.opml")
@needs("source.view")
def opml() -> Response:
    """The feeds of one's areas as an OPML file."""
    answer = Response(write_opml("Bảng Tin", outlines()), mimetype="text/x-opml")
    answer.headers["Content-Disposition"] = "attachment"
    return answer


@pages.post("/opml")
@needs("source.manage")
def take_opml() -> Response:
    """Adds the feeds of an OPML file to the area that the form names, except those that are there already."""
    area, sent = request.form.get("area", ""), request.files.get("file")
    if area not in desk.areas("source.manage") or sent is None:
        abort(400)
    try:
        found = parse_opml(sent.read(MAX_BYTES + 1))
    except ParseError as error:
        flash(error.message, "error")
        return desk.go(url_for("sources.look_at"))
    made = unknown_sources(found, area)
    for source in made:
        sources.save(desk.db, source, actor=desk.actor(), now=desk.now())
    flash(gettext("Đã thêm %(count)s nguồn tin; tin của chúng chờ duyệt.", count=len(made)), "info")
    return desk.go(url_for("sources.index"))


@pages.get("/held")
@needs("story.approve")
def held() -> str:
    """The stories that wait, MOST_STORIES a page; ``?after=`` is the last story of the page before."""
    after = request.args.get("after", type=int)
    found = held_stories(after=None if after is None else story_or_404(after), most=MOST_STORIES + 1)
    more = found[MOST_STORIES - 1].story.id if len(found) > MOST_STORIES else None
    return _render("held", held=found[:MOST_STORIES], more=more, word_difference=word_difference)


@pages.post("/stories/<int:id>/approve")
@needs("story.approve")
def approve(id: int) -> Response:
    """Approves the version that the form names; refused if the source has edited the story since."""
    story = story_or_404(id)
    version = request.form.get("version", 0, type=int)  # no version is 0: without one it is unknown what was read
    try:
        approved = stories.approve(desk.db, story.id, actor=desk.actor(), now=desk.now(), version=version)
        flash(gettext("Đã duyệt: %(title)s", title=approved.title), "info")
    except Conflict:
        flash(gettext("Nguồn vừa sửa tin này, chưa duyệt. Hãy đọc lại rồi bấm lần nữa."), "error")
        page = request.args.get("after", type=int)
        return desk.go(url_for("sources.held", after=page, _anchor=f"story-{id}"))
    except NotLive as error:
        flash(str(error), "error")
    return desk.go(url_for("sources.held"))


@pages.post("/stories/<int:id>/withdraw")
@needs("story.approve")
def withdraw(id: int) -> Response:
    """Removes a story from every board, for good."""
    story = story_or_404(id)
    stories.withdraw(desk.db, story.id, actor=desk.actor(), now=desk.now())
    flash(gettext("Đã gỡ khỏi mọi bảng tin: %(title)s", title=story.title), "info")
    source_page = url_for("sources.one", slug=story.source)
    return desk.go(source_page if request.form.get("from") == "source" else url_for("sources.held"))


@pages.get("/<slug>")
@needs("source.view")
def one(slug: str) -> str:
    """The page of one source: health, settings, selectors, its stories."""
    source = source_or_404(slug)
    return _source_page(source, source.page or PageRules(), wrong={})


@pages.post("/<slug>/try")
@needs("source.view")
def try_now(slug: str) -> Response:
    """Streams each step to the browser as it is done."""
    source = source_or_404(slug)
    return Response(stream_template("sources/try.html", source=source, steps=reading.try_source(source)))


@pages.post("/<slug>/read")
@needs("source.view")
def read(slug: str) -> Response:
    """Makes the source due, so that the worker reads it within seconds."""
    source_or_404(slug)
    sources.due_now(desk.db, slug, now=desk.now())
    return _back_to(slug, gettext("Nguồn tin sẽ được đọc trong vài giây nữa."))


@pages.post("/<slug>/settings")
@needs("source.manage")
def settings(slug: str) -> Response:
    """Saves name, label, trust and interval."""
    source = source_or_404(slug, "source.manage")
    sources.save(desk.db, changed_source(source, request.form), actor=desk.actor(), now=desk.now())
    return _back_to(slug, gettext("Đã lưu."))


@pages.post("/<slug>/selectors")
@needs("source.manage")
def selectors(slug: str) -> Response | str | tuple[str, int]:
    """Tries the selectors of a list page or saves them, by the field ``do``; 422 if one is wrong."""
    source = source_or_404(slug, "source.manage")
    if source.kind != "page":
        abort(404)
    rules, errors = page_rules(request.form)
    if errors:
        return _source_page(source, rules, wrong=errors), 422
    if request.form.get("do") != "try":
        sources.save(desk.db, replace(source, page=rules), actor=desk.actor(), now=desk.now())
        return _back_to(slug, gettext("Đã lưu bộ chọn. Trang được đọc lại trong vài giây nữa."))
    tried = reading.read_with(source, selectors_of(rules))
    if tried.feed is not None and tried.feed.selectors is not None:
        rules = replace(rules, **asdict(tried.feed.selectors))  # proposed ones fill the fields, ready to be saved
    return _source_page(source, rules, wrong={}, tried=tried)


@pages.post("/<slug>/move")
@needs("source.manage")
def move(slug: str) -> Response:
    """Follows a permanent redirect that the worker has seen; 409 if there was none."""
    source = source_or_404(slug, "source.manage")
    state = source_row(source).state
    if not state.moved_to:
        abort(409)
    sources.save(desk.db, replace(source, url=state.moved_to), actor=desk.actor(), now=desk.now())
    return _back_to(slug, gettext("Từ nay nguồn tin được đọc ở địa chỉ mới."))


@pages.post("/<slug>/remove")
@needs("source.manage")
def remove(slug: str) -> Response:
    """Removes the source; its stories leave every board."""
    source_or_404(slug, "source.manage")
    sources.remove(desk.db, slug, actor=desk.actor(), now=desk.now())
    flash(gettext("Đã bỏ nguồn tin. Tin của nguồn này không còn trên bảng nào."), "info")
    return desk.go(url_for("sources.index"))
