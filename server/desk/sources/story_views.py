"""Views in which editors see, approve and reject the stories that wait for approval; registered by server.desk.app.

held (list, by source) ──> one (every page, large) ──> approve, withdraw
                      └──> decide (several at once)
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.exceptions import NotFound as PageNotFound

from server.core.announcements.word_difference import word_difference
from server.core.model import Story
from server.core.sources.health import moment
from server.core.text_input import whole_number
from server.desk.sources.access import approvable_sources, story_or_404
from server.desk.sources.story_previews import all_pages, boards_of
from server.desk.sources.view_model import MOST_STORIES, held_stories, held_story
from server.desk.web.context import desk
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.store.boards import boards
from server.store.database.errors import Conflict, NotLive, StoreError, StoreRefusal
from server.store.sources import stories

pages = Blueprint("stories", __name__, url_prefix="/desk/sources")


@pages.get("/held")
@needs("story.approve")
def held() -> str:
    """The list of the stories that wait for approval, MOST_STORIES a page.

    ``?source=SLUG`` shows those of one source; ``?after=ID`` is the last story of the previous page.
    """
    after = request.args.get("after", type=whole_number)
    known, chosen = approvable_sources(), request.args.get("source", "")
    if chosen and chosen not in known:
        abort(404)
    of = {chosen: known[chosen]} if chosen else known
    found = held_stories(of, after=None if after is None else story_or_404(after), most=MOST_STORIES + 1)
    more = found[MOST_STORIES - 1].story.id if len(found) > MOST_STORIES else None
    return _render("held", held=found[:MOST_STORIES], more=more, known=known, chosen=chosen)


@pages.get("/stories/<int:id>")
@needs("story.approve")
def one(id: int) -> str:
    """The page of one story, with all its pages drawn on one board of each format that shows its source."""
    item = held_story(story_or_404(id))
    previews = all_pages(item.story, item.source, boards_of(item.source.slug, boards.all(desk.db)))
    return _render("story", item=item, previews=previews)


def _render(template: str, **context: object) -> str:
    return render_template(
        f"sources/{template}.html", moment=moment, now=desk.now(), word_difference=word_difference, **context
    )


@pages.post("/stories/<int:id>/approve")
@needs("story.approve", factor="none")
def approve(id: int) -> Response:
    """Approves a story in the version that the form names; refused if the source has edited the story since."""
    story = story_or_404(id)
    # Version 0 does not exist, so a form without a version is refused: it is unknown which text the user has read.
    version = request.form.get("version", 0, type=whole_number)
    try:
        approved = stories.approve(desk.db, story.id, actor=desk.actor(), now=desk.now(), version=version)
        flash(gettext("Đã duyệt: %(title)s", title=approved.title), "info")
    except Conflict:
        flash(gettext("Nguồn vừa sửa tin này, chưa duyệt. Hãy đọc lại rồi bấm lần nữa."), "error")
        return _back(story, again=True)
    except NotLive as error:
        flash(said(error), "error")
    return _back(story)


@pages.post("/stories/<int:id>/withdraw")
@needs("story.approve", factor="none")
def withdraw(id: int) -> Response:
    """Removes a story permanently from every board, whatever its version."""
    story = story_or_404(id)
    stories.withdraw(desk.db, story.id, actor=desk.actor(), now=desk.now())
    flash(gettext("Đã gỡ khỏi mọi bảng tin: %(title)s", title=story.title), "info")
    return _back(story)


@pages.post("/stories/decide")
@needs("story.approve", factor="none")
def decide() -> Response:
    """Approves or rejects the ticked stories.

    Each value of the form field ``story`` is "ID:VERSION" with the version that the user has read. A story that has
    changed since or is withdrawn is left out. If the store fails, the remaining ones are left out, too. Messages name
    the stories that are left out. Answers 503 if the store fails before any story was approved or rejected.
    """
    approves = request.form.get("do") == "approve"
    if not approves and request.form.get("do") != "withdraw":
        abort(400)
    ticked = [_ticked(text) for text in request.form.getlist("story")[:MOST_STORIES]]
    if not ticked:
        flash(gettext("Chưa chọn tin nào."), "error")
        return _back_to_list()
    told = _Told(unknown=sum(story is None for story, _ in ticked))
    known = [(story, version) for story, version in ticked if story is not None]
    for at, (story, version) in enumerate(known):
        try:
            told.add(story, decided=_decided(story, version, approves=approves))
        except StoreError:
            if not told.done:
                raise
            # The others are not tried, because each would wait for the store until it times out.
            told.undone = [one.title for one, _ in known[at:]]
            break
    _say(told, approves=approves)
    return _back_to_list()


@dataclass(slots=True)
class _Told:
    """The result of deciding on the ticked stories.

    ``done`` is how many were approved or rejected. ``left`` are the titles of stories that have changed or are
    withdrawn, ``undone`` the titles of stories that were not tried after the store failed. ``unknown`` is how many do
    not exist or belong to other areas.
    """

    unknown: int
    done: int = 0
    left: list[str] = field(default_factory=list)
    undone: list[str] = field(default_factory=list)

    def add(self, story: Story, *, decided: bool) -> None:
        if decided:
            self.done += 1
        else:
            self.left.append(story.title)


def _ticked(text: str) -> tuple[Story | None, int]:
    """Returns the story and the version in the value "ID:VERSION" of a ticked box; answers 400 for any other text.

    The story is None if it does not exist or the user may not approve it.
    """
    id, _, version = text.partition(":")
    try:
        number, read = whole_number(id), whole_number(version)
    except ValueError:
        abort(400)
    try:
        return story_or_404(number), read
    except (PageNotFound, StoreRefusal):
        return None, read


def _decided(story: Story, version: int, *, approves: bool) -> bool:
    """Approves or rejects one story; False if its version has changed or it is withdrawn already."""
    act = stories.approve if approves else stories.withdraw
    try:
        act(desk.db, story.id, actor=desk.actor(), now=desk.now(), version=version)
    except StoreRefusal:
        return False
    return True


def _say(told: _Told, *, approves: bool) -> None:
    """Flashes messages that say how many stories were approved or rejected, and which were left out and why."""
    if told.done and approves:
        flash(ngettext("Đã duyệt %(num)s tin.", "Đã duyệt %(num)s tin.", told.done), "good")
    elif told.done:
        flash(ngettext("Đã gỡ %(num)s tin.", "Đã gỡ %(num)s tin.", told.done), "good")
    if told.left:
        titles = _quoted(told.left)
        flash(gettext("Để lại, vì nguồn vừa sửa hoặc đã bị gỡ: %(titles)s. Hãy đọc lại.", titles=titles), "error")
    if told.undone:
        titles = _quoted(told.undone)
        flash(gettext("Chưa làm, vì cơ sở dữ liệu không nhận nữa: %(titles)s. Hãy chọn lại.", titles=titles), "error")
    if told.unknown:
        flash(
            ngettext("Để lại %(num)s tin không còn ở đây.", "Để lại %(num)s tin không còn ở đây.", told.unknown),
            "error",
        )


def _quoted(titles: list[str]) -> str:
    return ", ".join(f"«{title}»" for title in titles)


def _back(story: Story, *, again: bool = False) -> Response:
    """Returns a redirect to the page with the form in which the user approved or rejected the story.

    ``again``: scrolls to the story, or opens its page again, because the user must read it again.
    """
    anchor = f"story-{story.id}" if again else None
    if request.form.get("from") == "source":
        return desk.go(url_for("sources.one", slug=story.source, _anchor=anchor))
    if again and request.form.get("from") == "story":
        return desk.go(url_for("stories.one", id=story.id))
    return _back_to_list(anchor)


def _back_to_list(anchor: str | None = None) -> Response:
    """Returns a redirect to the page of the list that contained the form."""
    after, source = request.args.get("after", type=whole_number), request.args.get("source") or None
    return desk.go(url_for("stories.held", after=after, source=source, _anchor=anchor))
