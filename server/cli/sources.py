"""Commands about sources: sources (prints their health), opml (exports or imports them); listed in cli.commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from feeds import FeedError
from feeds.download.files import open_file
from feeds.formats.opml import Outline, parse_opml, write_opml
from feeds.limits import MAX_BYTES
from server.cli.context import Context, actor, fail, hint, say
from server.cli.stores import acting_store, reading_store
from server.core.model import Source
from server.core.sources.health import health, moment, span
from server.store.sources import sources, story_queries
from server.store.sources.unknown_sources import unknown_sources


def list_sources(context: typer.Context) -> None:
    """Tình trạng từng nguồn tin: đọc được lúc nào, lỗi gì, mỗi ngày bao nhiêu tin, lần đọc tới."""
    given: Context = context.obj
    with reading_store(given) as (_, db, _tree):
        now = given.clock()
        states = {state.slug: state for state in sources.states(db)}
        daily = story_queries.per_day(db, now)
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
    with reading_store(given) if file is None else acting_store(given, for_boards=False) as (config, db, tree):
        if file is None:
            outlines = [
                _outline(one, tree.get(one.area).name if one.area else "")
                for one in sources.all(db)
                if "://" in one.url
            ]
            sys.stdout.buffer.write(write_opml("Bảng Tin", outlines))
            return
        try:
            found = parse_opml(open_file(file, MAX_BYTES))
        except FeedError as error:
            fail(f"{file}: {error.message}", 1)
        made = unknown_sources(db, found, zone=config.timezone)
        fresh = {one.url for one in made}
        for outline in found:
            if outline.address not in fresh:
                hint(f"đã có: {outline.address}")
        for one in made:
            sources.save(db, one, actor=actor(), now=given.clock())
            say(f"{one.slug}\t{one.url}")


def _outline(source: Source, area: str) -> Outline:
    return Outline(source.name, source.url, groups=(area,) if area else ())
