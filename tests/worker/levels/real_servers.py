"""The configuration of real servers that read each other, and what they hold; used by slow tests and bench/levels.py.

All have the areas of one province. Sources of the kind "server" show and post at once what they bring.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from server.core.model import Announcement, Notice, Window
from server.store.announcements import announcements
from server.store.levels import peers
from server.store.levels.peers import AreaLink
from server.store.notices import notices
from server.store.sources import sources, story_queries
from tests.station import ACTOR, Station, until

AREAS = (("tinh", "Tỉnh Hưng Yên", 'codes = ["VN-66"]'), ("xa", "Xã Minh Tân", ""), ("xa-hai", "Xã Đông Hải", ""))
LONG = 180.0  # seconds: a source that failed for a minute is asked again only after another one


@dataclass(frozen=True, slots=True)
class Reading:
    """A source ``slug`` of the area ``area``: the server at ``address``, read every ``minutes``."""

    slug: str
    address: str
    area: str
    minutes: float = 0.1


@dataclass(frozen=True, slots=True)
class Shown:
    """A board's area, and the sources whose stories it shows."""

    area: str
    lanes: tuple[str, ...] = ()


def config(
    address: str,
    boards: Mapping[str, Shown],
    readings: Iterable[Reading] = (),
    *,
    networks: tuple[str, ...] = ("127.0.0.0/8", "::1/128"),
    areas: tuple[tuple[str, str, str], ...] = AREAS,
    server: str = "",
    more: str = "",
) -> str:
    """The text of config.toml for the server at ``address``; the servers of ``networks`` may be read.

    ``areas`` are (slug, name, further lines); all but the first belong to the first. ``server`` are further lines of
    the section [server], ``more`` further sections.
    """
    allowed = ", ".join(f'"{one}"' for one in networks)
    lines = [
        f'[server]\nport = 0\npublic_url = "{address}"\nuncapped = [{allowed}]\n{server}',
        f"[fetch]\nallow_private = [{allowed}]",
    ]
    top = areas[0][0]
    for slug, name, words in areas:
        parent = "" if slug == top else f'parent = "{top}"'
        lines.append(f'[[areas]]\nslug = "{slug}"\nname = "{name}"\n{words}\n{parent}')
    for slug, board in boards.items():
        lanes = ", ".join(f'{{ source = "{one}", most = 50, newest_days = 30 }}' for one in board.lanes)
        lines.append(
            f'[[boards]]\nslug = "{slug}"\nname = "Bảng {slug}"\narea = "{board.area}"\npublic = true\n'
            f"upper_share = 1.0\nlanes = [{lanes}]"
        )
    lines += [
        f'[[sources]]\nslug = "{one.slug}"\nname = "Máy chủ {one.slug}"\nkind = "server"\nurl = "{one.address}/"\n'
        f'area = "{one.area}"\ntrust = "auto"\nalerts = "live"\nevery_minutes = {one.minutes}'
        for one in readings
    ]
    return "\n\n".join([*lines, more]) + "\n"


def start_all(stations: Iterable[Station]) -> None:
    """Starts all servers at once, then their workers, so that no worker asks a server that is not there yet."""
    listed = tuple(stations)
    with ThreadPoolExecutor(len(listed)) as pool:
        for _ in pool.map(Station.restart, listed):
            pass
    for one in listed:
        one.work()


def link(one: Station, source: str, remote: str, local: str) -> None:
    """Links, as an editor does, the area ``remote`` of the server behind ``source``, once that has been read."""
    until(lambda: peers.peer(one.store, source), f"{source} has been read", seconds=LONG)
    now = one.now("bang")
    peers.link(one.store, AreaLink(source, remote, local, "Xã", ACTOR, now), actor=ACTOR, now=now)


def titles(one: Station) -> list[str]:
    """The titles of the announcements that are approved, sorted."""
    return sorted(found.title for found in announcements.all(one.store) if found.state == "approved")


def live(one: Station) -> list[str]:
    """The headlines of the live notices, sorted."""
    return sorted(found.headline for found in notices.live(one.store, one.now("bang")))


def rows(one: Station) -> Counter[str]:
    """How often each title is in the store: of announcements, notices and stories, also those that have ended."""
    found = Counter(row.title for row in announcements.all(one.store))
    found += Counter(
        row.headline for row in notices.all(one.store, states=("drafted", "live", "cleared", "expired", "corrected"))
    )
    for source in sources.all(one.store):
        found += Counter(story.title for story in story_queries.of_source(one.store, source.slug, most=500))
    return found


def post(one: Station, title: str, area: str, **changes: Any) -> Announcement:
    """Posts an approved statutory posting for three days."""
    now = one.now("bang")
    window = Window(now, now + timedelta(days=3))
    given: dict[str, Any] = {"text": "Nội dung.", "longest_gap": timedelta(hours=1)} | changes
    made = Announcement(0, area, title, windows=(window,), created=now, created_by=ACTOR, **given)
    return announcements.post(one.store, made, actor=ACTOR)


def urgent(one: Station, headline: str, area: str) -> Notice:
    """Posts a live urgent notice for an hour."""
    return notices.post(one.store, urgent_notice(one, headline, area), actor=ACTOR, now=one.now("bang"))


def urgent_notice(one: Station, headline: str, area: str) -> Notice:
    now = one.now("bang")
    return Notice(0, "urgent", headline, (area,), now, now + timedelta(hours=1), created_by=ACTOR)
