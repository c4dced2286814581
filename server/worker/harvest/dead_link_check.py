"""Asks the pages of stories whether they are still there; after each reading of a source, by the harvest.

A page that answers 404 or 410 takes its story from every board. Politely: a handful at a time, those first that the
source names no longer, then those that were not asked for longest; only pages of the source's own domain.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from feeds import FeedError
from feeds.download.links import same_domain
from feeds.errors import HttpStatus, TooLarge
from server.core.model import Source, Story
from server.store.database.engine import Database
from server.store.sources import stories, story_queries
from server.worker.harvest.source_reader import Reader, SourceReader

log = structlog.get_logger("harvest")
MOST = 5
OLDEST = timedelta(days=60)
TIME = timedelta(seconds=20)
_HEAD = 64 * 1024
_GONE = (404, 410)
ACTOR = "worker"
ALL_GONE = "Hầu hết bài viết của nguồn báo không còn; có thể trang nguồn đang hỏng, nên chưa gỡ tin nào."


def look_back(
    db: Database, reader: Reader, source_reader: SourceReader, source: Source, clock: Callable[[], datetime]
) -> str:
    """Withdraw what is gone; what an editor should know, or "".

    Where of several pages most are gone, the site is broken rather than its news: nothing is withdrawn.
    """
    now = clock()
    asked: list[Story] = []
    gone: list[Story] = []
    for story in _candidates(db, source, now):
        if clock() - now > TIME:
            break
        there = _is_there(reader, source_reader, source, story)
        if there is None:
            break
        asked.append(story)
        if not there:
            gone.append(story)
    if asked:
        story_queries.checked(db, [story.id for story in asked], now)
    if len(gone) > 2 and len(gone) * 2 > len(asked):
        return ALL_GONE
    for story in gone:
        log.info("article gone", source=source.slug, story=story.id, address=story.link)
        stories.withdraw(db, story.id, actor=ACTOR, now=clock(), everywhere=False)
    return ""


def _candidates(db: Database, source: Source, now: datetime) -> list[Story]:
    if "://" not in source.url:
        return []
    held = story_queries.to_check(db, source.slug, not_before=now - OLDEST, most=4 * MOST)
    return [story for story in held if same_domain(story.link, source.url)][:MOST]


def _is_there(reader: Reader, source_reader: SourceReader, source: Source, story: Story) -> bool | None:
    """None where the host does not say: then it is left in peace."""
    try:
        reader.fetch(story.link, source_reader.policy(source, _HEAD), etag="", last_modified="")
    except HttpStatus as error:
        return error.status not in _GONE
    except TooLarge:
        return True
    except FeedError:
        return None
    return True
