"""Views of a source that is another Bảng Tin server: who it is, for whom it may speak here, and what it may show.

Registered by server.desk.app. The page is called by `server.desk.sources.views`.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext

from server.core.announcements.search_text import without_marks
from server.core.levels.area_links import Target, speakers
from server.core.levels.items import RemoteArea
from server.core.model import AlertSettings, Source
from server.core.sources.health import moment
from server.core.sources.trust import content_mark
from server.desk.sources.access import area_of, source_or_404
from server.desk.sources.airing import save_airing
from server.desk.sources.navigation import to_source
from server.desk.sources.source_boards import DAYS, MOST, choices
from server.desk.sources.view_model import source_row
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.levels import peers, pushes
from server.store.levels.peers import AreaLink
from server.store.people import people
from server.store.sources import sources

pages = Blueprint("server_sources", __name__, url_prefix="/desk/sources")
MOST_OTHERS = 50
BY_CODE = "*"
"""The value of the form for an area that no editor has linked: its codes decide."""


@dataclass(frozen=True, slots=True)
class AreaRow:
    """An area of the other server, the editor's link if there is one, and where its items go (None: nowhere)."""

    remote: RemoteArea
    link: AreaLink | None
    target: Target | None

    @property
    def chosen(self) -> str:
        """The value of the form: a local area, "" for none, or `BY_CODE`."""
        return self.link.local if self.link else BY_CODE

    def has(self, words: str) -> bool:
        """True if the area's name or codes contain ``words``, with or without Vietnamese marks."""
        return without_marks(words) in without_marks(" ".join((self.remote.name, *self.remote.codes)))


def server_source_page(source: Source) -> str:
    """Returns the page of a source that is another server.

    Of its areas that may not speak here at most `MOST_OTHERS` are listed; ``?q=`` looks for others by name or code.
    """
    now, area, tree = desk.now(), area_of(source), desk.tree()
    peer = peers.peer(desk.db, source.slug)
    rows = _rows(source, peer.document.areas if peer else ())
    home = area or ""
    others = [one for one in rows if not one.target and not one.link]
    words = " ".join(request.args.get("q", "").split())[:100]
    found = [one for one in others if one.has(words)]
    near = [slug for slug in tree.slugs() if tree.covers(slug, home) or tree.covers(home, slug)]
    return render_template(
        "sources/server.html",
        row=source_row(source),
        home=home,
        peer=peer,
        settings=source.cap or AlertSettings(),
        spoken=[one for one in rows if one.target or one.link],
        others=found[:MOST_OTHERS],
        count=len(others),
        left_out=len(found[MOST_OTHERS:]),
        words=words,
        locals=[(slug, tree.get(slug).name) for slug in near],
        pushes=pushes.all(desk.db, source.slug),
        choices=choices(source),
        usual=(MOST, DAYS),
        mark=content_mark(source),
        manages=desk.may("source.manage", area),
        decides=desk.may("notice.push", area),
        approves=desk.may("announcement.approve", area) and desk.may("story.approve", area),
        by_code=BY_CODE,
        names={one.username: one.name for one in people.all(desk.db)},
        moment=moment,
        now=now,
    )


def _rows(source: Source, remote: tuple[RemoteArea, ...]) -> list[AreaRow]:
    links = {one.remote: one for one in peers.links(desk.db, source.slug)}
    linked = {slug: one.local for slug, one in links.items()}
    targets = speakers(remote, linked, area_of(source) or "", desk.tree())
    return [AreaRow(one, links.get(one.slug), targets.get(one.slug)) for one in remote]


@pages.post("/<slug>/areas")
@needs("notice.push", factor="fresh", subject="source/{slug}")
def link(slug: str) -> Response:
    """Saves for which local areas the areas of the other server may speak; only those that the form changes."""
    source = source_or_404(slug, "notice.push", kind="server")
    peer = peers.peer(desk.db, slug)
    known = {row.remote.slug: row for row in _rows(source, peer.document.areas if peer else ())}
    tree, count = desk.tree(), 0
    for remote, row in known.items():
        wanted = request.form.get(f"area:{remote}", row.chosen)
        if wanted == row.chosen or (wanted not in ("", BY_CODE) and wanted not in tree):
            continue
        made = AreaLink(slug, remote, wanted, row.remote.name, desk.actor(), desk.now())
        if wanted == BY_CODE:
            peers.unlink(desk.db, made, actor=desk.actor(), now=desk.now())
        else:
            peers.link(desk.db, made, actor=desk.actor(), now=desk.now())
        count += 1
    if count:
        sources.due_now(desk.db, slug, now=desk.now())
    saved = gettext("Đã lưu. Máy chủ kia được đọc lại trong vài giây nữa.")
    return to_source(slug, saved if count else gettext("Không có gì đổi."))


@pages.post("/<slug>/notices")
@needs("notice.push", factor="fresh", subject="source/{slug}")
def airing(slug: str) -> Response:
    """Sets what urgent and priority notices of the other server become (form field ``alerts``).

    They are shown at once ("live"), wait for an editor ("draft") or are not taken ("none"). "live" is refused if the
    address has changed since the editor opened the page (form field ``mark``).
    """
    source = source_or_404(slug, "notice.push", kind="server")
    wanted = save_airing(source)
    if wanted is None:
        return desk.go(url_for("sources.one", slug=slug))
    peers.read_from_anew(desk.db, slug)
    said = {
        "live": gettext("Từ nay tin khẩn của máy chủ này lên bảng ngay."),
        "draft": gettext("Từ nay tin khẩn của máy chủ này chờ duyệt."),
        "none": gettext("Từ nay không nhận tin khẩn của máy chủ này."),
    }
    return to_source(slug, said[wanted])
