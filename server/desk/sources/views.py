"""The desk's Sources: how each is, tried step by step, added by pasting an address, and what waits of them.

index ──> one (health, settings, its stories) ──> try
      ──> look (paste an address) ──> add
      ──> held (edits side by side) ──> approve, withdraw
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import timedelta

from flask import Blueprint, Response, abort, flash, render_template, request, stream_template, url_for
from flask_babel import gettext

from feeds import ParseError, Selectors
from feeds.formats.opml import parse_opml, write_opml
from feeds.limits import MAX_BYTES
from server.core.model import PageRules, Source
from server.core.sources.health import moment, span
from server.core.sources.naming import new_source
from server.desk.sources.view_model import (
    area_of,
    differences,
    how_many_wait,
    look,
    mine,
    new_ones,
    outlines,
    policy,
    reread,
    row_of,
    rows,
    story_of,
    trial,
    waiting,
)
from server.desk.web.context import DeskContext
from server.desk.web.rights import needs
from server.store.database.errors import Conflict, NotLive
from server.store.sources import sources, stories, story_queries

SELECTORS = ("item", "title", "link", "date", "picture", "summary", "next")
MOST_STORIES = 40


def sources_pages(desk: DeskContext) -> Blueprint:
    """The pages; every list is cut to the areas in which the reader has the right."""
    pages = Blueprint("sources", __name__, url_prefix="/desk/sources")

    def show(template: str, **more: object) -> str:
        told = {"moment": moment, "span": span, "now": desk.now(), "area_of": lambda one: area_of(desk, one)}
        return render_template(f"sources/{template}.html", **told, **more)

    def back(slug: str, sentence: str) -> Response:
        flash(sentence, "info")
        return desk.go(url_for("sources.one", slug=slug))

    @pages.get("/")
    @needs("source.view")
    def index() -> str:
        return show("index", rows=rows(desk), held=how_many_wait(desk) if desk.may("story.approve") else 0)

    @pages.get("/look")
    @needs("source.manage")
    def look_at() -> str:
        address, page = request.args.get("address", "").strip(), _asked_selectors()
        found = look(desk, address, page) if address else None
        fragment = bool(request.headers.get("HX-Request"))
        return show("preview" if fragment else "look", address=address, found=found, page=page, selectors=SELECTORS)

    @pages.post("/add")
    @needs("source.manage")
    def add() -> Response:
        area = request.form.get("area", "")
        if area not in desk.areas("source.manage"):
            abort(400)
        made = _made(desk, area)
        sources.save(desk.db, made, actor=desk.actor(), now=desk.now())
        return back(made.slug, gettext("Đã thêm nguồn tin. Tin của nguồn này chờ duyệt trước khi lên bảng."))

    @pages.get("/nguon-tin.opml")
    @needs("source.view")
    def opml() -> Response:
        answer = Response(write_opml("Bảng Tin", outlines(desk)), mimetype="text/x-opml")
        answer.headers["Content-Disposition"] = "attachment"
        return answer

    @pages.post("/opml")
    @needs("source.manage")
    def take_opml() -> Response:
        area, sent = request.form.get("area", ""), request.files.get("file")
        if area not in desk.areas("source.manage") or sent is None:
            abort(400)
        try:
            found = parse_opml(sent.read(MAX_BYTES + 1))
        except ParseError as error:
            flash(error.message, "error")
            return desk.go(url_for("sources.look_at"))
        made = new_ones(desk, found, area)
        for source in made:
            sources.save(desk.db, source, actor=desk.actor(), now=desk.now())
        flash(gettext("Đã thêm %(count)s nguồn tin; tin của chúng chờ duyệt.", count=len(made)), "info")
        return desk.go(url_for("sources.index"))

    @pages.get("/held")
    @needs("story.approve")
    def held() -> str:
        after = request.args.get("after", type=int)
        found = waiting(desk, after=None if after is None else story_of(desk, after), most=MOST_STORIES + 1)
        more = found[MOST_STORIES - 1].story.id if len(found) > MOST_STORIES else None
        return show("held", held=found[:MOST_STORIES], more=more, differences=differences)

    @pages.post("/stories/<int:id>/approve")
    @needs("story.approve")
    def approve(id: int) -> Response:
        story = story_of(desk, id)
        # Without a version nobody can say what was read: none is 0.
        read = request.form.get("version", 0, type=int)
        try:
            aired = stories.approve(desk.db, story.id, actor=desk.actor(), now=desk.now(), version=read)
            flash(gettext("Đã duyệt: %(title)s", title=aired.title), "info")
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
        story = story_of(desk, id)
        stories.withdraw(desk.db, story.id, actor=desk.actor(), now=desk.now())
        flash(gettext("Đã gỡ khỏi mọi bảng tin: %(title)s", title=story.title), "info")
        one = url_for("sources.one", slug=story.source)
        return desk.go(one if request.form.get("from") == "source" else url_for("sources.held"))

    @pages.get("/<slug>")
    @needs("source.view")
    def one(slug: str) -> str:
        source = mine(desk, slug)
        told = story_queries.of_source(desk.db, slug, most=MOST_STORIES)
        return show("one", row=row_of(desk, source), stories=told, rules=source.page or PageRules(), wrong={})

    @pages.post("/<slug>/try")
    @needs("source.view")
    def try_now(slug: str) -> Response:
        source = mine(desk, slug)
        # Step by step to the browser, as each is done.
        return Response(stream_template("sources/try.html", source=source, steps=trial(desk, source)))

    @pages.post("/<slug>/read")
    @needs("source.view")
    def read(slug: str) -> Response:
        mine(desk, slug)
        sources.due_now(desk.db, slug, now=desk.now())
        return back(slug, gettext("Nguồn tin sẽ được đọc trong vài giây nữa."))

    @pages.post("/<slug>/settings")
    @needs("source.manage")
    def settings(slug: str) -> Response:
        source = mine(desk, slug, "source.manage")
        changed = _changed(source)
        sources.save(desk.db, changed, actor=desk.actor(), now=desk.now())
        return back(slug, gettext("Đã lưu."))

    @pages.post("/<slug>/selectors")
    @needs("source.manage")
    def selectors(slug: str) -> Response | str | tuple[str, int]:
        """Tries the selectors of a list page, or keeps them."""
        source = mine(desk, slug, "source.manage")
        if source.kind != "page":
            abort(404)
        rules, wrong = _rules(request.form)
        if not wrong and request.form.get("do") != "try":
            sources.save(desk.db, replace(source, page=rules), actor=desk.actor(), now=desk.now())
            return back(slug, gettext("Đã lưu bộ chọn. Trang được đọc lại trong vài giây nữa."))
        tried = None if wrong else reread(desk, source, Selectors(**_texts(rules)))
        if tried is not None and tried.feed is not None and tried.feed.selectors is not None:
            # What was proposed stands in the fields, to be kept.
            rules = replace(rules, **asdict(tried.feed.selectors))
        told = story_queries.of_source(desk.db, slug, most=MOST_STORIES)
        page = show("one", row=row_of(desk, source), stories=told, rules=rules, wrong=wrong, tried=tried)
        return (page, 422) if wrong else page

    @pages.post("/<slug>/move")
    @needs("source.manage")
    def move(slug: str) -> Response:
        source = mine(desk, slug, "source.manage")
        state = row_of(desk, source).state
        if not state.moved_to:
            abort(409)
        sources.save(desk.db, replace(source, url=state.moved_to), actor=desk.actor(), now=desk.now())
        return back(slug, gettext("Từ nay nguồn tin được đọc ở địa chỉ mới."))

    @pages.post("/<slug>/remove")
    @needs("source.manage")
    def remove(slug: str) -> Response:
        mine(desk, slug, "source.manage")
        sources.remove(desk.db, slug, actor=desk.actor(), now=desk.now())
        flash(gettext("Đã bỏ nguồn tin. Tin của nguồn này không còn trên bảng nào."), "info")
        return desk.go(url_for("sources.index"))

    return pages


def _asked_selectors() -> Selectors | None:
    """None where the address alone is asked about."""
    told = {name: request.args.get(name, "").strip() for name in SELECTORS}
    return Selectors(**told) if told["item"] else None


def _texts(rules: PageRules) -> dict[str, str]:
    return {name: getattr(rules, name) for name in SELECTORS}


def _rules(form: Mapping[str, str]) -> tuple[PageRules, dict[str, str]]:
    """What was typed, and what is the matter with it by the name of its field."""
    told = {name: form.get(name, "").strip()[:300] for name in SELECTORS}
    wrong: dict[str, str] = {}
    for name, text in told.items():
        try:
            Selectors(**{name: text}).check()
        except ParseError as error:
            wrong[name] = error.message
    pages = form.get("pages", "").strip() or "1"
    if not re.fullmatch(r"[1-9]|10", pages):
        wrong["pages"], pages = gettext("Số trang từ 1 đến 10"), "1"
    return PageRules(**told, pages=int(pages)), wrong


def _made(desk: DeskContext, area: str) -> Source:
    form = request.form
    address = form.get("address", "").strip()
    title = form.get("name", "").strip() or address
    if not address.startswith(("http://", "https://")):
        abort(400)
    taken = {one.slug for one in sources.all(desk.db)}
    made = new_source(title, address, taken, desk.config.timezone)
    made = replace(made, area=area, user_agent=policy(desk).user_agent if desk.config.fetch.user_agent else "")
    if not form.get("item", "").strip():
        return made
    rules, wrong = _rules(form)
    if wrong:
        abort(400)
    return replace(made, kind="page", page=rules)


def _changed(source: Source) -> Source:
    form = request.form
    trust = form.get("trust", source.trust)
    minutes = form.get("minutes", "").strip()
    if trust not in ("auto", "hold", "alerts") or (minutes and not minutes.isdigit()):
        abort(400)
    every = timedelta(minutes=min(max(int(minutes), 1), 1440)) if minutes else source.every
    return replace(
        source,
        name=form.get("name", "").strip()[:120] or source.name,
        label=form.get("label", source.label).strip()[:60],
        trust=trust,  # type: ignore[arg-type] # checked above
        every=every,
        adaptive=not minutes,
        full_text="full_text" in form,
    )
