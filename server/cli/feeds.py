"""Commands about sources: how each is, and lists of them for other programs (OPML)."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Collection
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.table import Table

from feeds import FeedError
from feeds.limits import MAX_BYTES
from feeds.local import open_file
from feeds.opml import Outline, parse_opml, write_opml
from server.cli.context import Context, actor, fail, hint, say
from server.core.health import health, moment, span
from server.core.model import Source
from server.store import sources, stories


def list_sources(context: typer.Context) -> None:
    """Tình trạng từng nguồn tin: đọc được lúc nào, lỗi gì, mỗi ngày bao nhiêu tin, lần đọc tới."""
    given: Context = context.obj
    with given.store() as (_, db, _tree):
        now = given.clock()
        states = {state.slug: state for state in sources.states(db)}
        daily = stories.per_day(db, now)
        table = Table("Nguồn", "Tình trạng", "Đọc được", "Tin/ngày", "Đến sau", "Lần tới", "Cần biết")
        for source in sources.all(db):
            state = states[source.slug]
            found = health(source, state, now, daily.get(source.slug, 0.0))
            table.add_row(
                source.slug,
                found.word,
                moment(state.last_good, source, now),
                f"{found.per_day:.1f}",
                span(state.age),
                "" if state.gone else moment(state.next_fetch_at, source, now),
                found.sentence,
            )
        Console().print(table)


def opml(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Danh sách OPML để thêm; bỏ trống: in danh sách ra")] = None,
) -> None:
    """Danh sách nguồn tin theo chuẩn OPML: in ra stdout, hoặc thêm từ một tệp (chờ biên tập duyệt tin)."""
    given: Context = context.obj
    with given.store() as (config, db, tree):
        known = sources.all(db)
        if file is None:
            outlines = [
                _outline(one, tree.get(one.area).name if one.area else "") for one in known if "://" in one.url
            ]
            sys.stdout.buffer.write(write_opml("Bảng Tin", outlines))
            return
        try:
            found = parse_opml(open_file(file, MAX_BYTES))
        except FeedError as error:
            fail(f"{file}: {error.message}", 1)
        addresses, slugs = {one.url for one in known}, {one.slug for one in known}
        for outline in found:
            if outline.address in addresses:
                hint(f"đã có: {outline.address}")
                continue
            made = source_of(outline, slugs, config.timezone)
            slugs.add(made.slug)
            sources.save(db, made, actor=actor(), now=given.clock())
            say(f"{made.slug}\t{made.url}")


def _outline(source: Source, area: str) -> Outline:
    return Outline(source.name, source.url, groups=(area,) if area else ())


def source_of(outline: Outline, taken: Collection[str], zone: str) -> Source:
    """A source that waits for an editor; its short name is made of its title, and is no other's."""
    name = slug_of(outline.title) or slug_of(urlsplit(outline.address).hostname or "") or "nguon"
    slug, number = name, 2
    while slug in taken:
        slug, number = f"{name}-{number}", number + 1
    return Source(slug, outline.title, "feed", outline.address, trust="hold", zone=zone, adaptive=True)


def slug_of(title: str) -> str:
    """Letters without marks, digits and hyphens, at most 50."""
    plain = unicodedata.normalize("NFD", title.casefold().replace("đ", "d"))
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", kept)[:50].strip("-")
