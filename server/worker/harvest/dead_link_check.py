"""Checks whether the web pages of stories still exist; called by the harvest each time it has read a source.

If a page responds 404 or 410, its story is removed from all boards, unless so many are gone that the site itself is
probably broken. At most five pages are requested each time, only on the source's own domain: first pages that the
source no longer lists, then the others; of each group those whose last check is longest ago.
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
from server.worker.harvest.source_reader import FeedClient, SourceReader

log = structlog.get_logger("harvest")
PAGES_PER_READING = 5
MAX_AGE = timedelta(days=60)
TIME_LIMIT = timedelta(seconds=20)
_MAX_BYTES = 64 * 1024
_GONE = (404, 410)
ACTOR = "worker"
ALL_GONE = "Hầu hết bài viết của nguồn báo không còn; có thể trang nguồn đang hỏng, nên chưa gỡ tin nào."


def withdraw_dead_links(
    db: Database, reader: FeedClient, source_reader: SourceReader, source: Source, clock: Callable[[], datetime]
) -> str:
    """Withdraws those stories of ``source`` whose web pages are gone.

    If more than two pages and more than half of those checked are gone, the site is probably broken: nothing is
    withdrawn, and a Vietnamese warning for the editor is returned. Otherwise returns "".
    """
    now = clock()
    checked: list[Story] = []
    gone: list[Story] = []
    for story in _candidates(db, source, now):
        if clock() - now > TIME_LIMIT:
            break
        exists = _exists(reader, source_reader, source, story)
        if exists is None:
            break
        checked.append(story)
        if not exists:
            gone.append(story)
    if checked:
        story_queries.checked(db, [story.id for story in checked], now)
    if len(gone) > 2 and len(gone) * 2 > len(checked):
        return ALL_GONE
    for story in gone:
        log.info("article gone", source=source.slug, story=story.id, address=story.link)
        stories.withdraw(db, story.id, actor=ACTOR, now=clock(), everywhere=False)
    return ""


def _candidates(db: Database, source: Source, now: datetime) -> list[Story]:
    if "://" not in source.url:
        return []
    held = story_queries.to_check(db, source.slug, not_before=now - MAX_AGE, most=4 * PAGES_PER_READING)
    return [story for story in held if same_domain(story.link, source.url)][:PAGES_PER_READING]


def _exists(reader: FeedClient, source_reader: SourceReader, source: Source, story: Story) -> bool | None:
    """Whether the page of ``story`` exists: False for the status 404 or 410, True for any other status.

    Also True for a page that is too large. None if the fetch failed without a status.
    """
    try:
        reader.fetch(story.link, source_reader.policy(source, _MAX_BYTES), etag="", last_modified="")
    except HttpStatus as error:
        return error.status not in _GONE
    except TooLarge:
        return True
    except FeedError:
        return None
    return True
