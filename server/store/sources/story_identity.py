"""Finds stories whose entry id has changed, and duplicates in other sources; called by stories and story_intake.

An entry with an unknown id is the same story as a stored one if it has its address, or its headline and day. So a
withdrawn story stays withdrawn even if its id changes. An article that two sources have is shown once, with the names
of both sources. Two stories that name different places, days or numbers are never duplicates, even with one address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, func, or_, select, update

from feeds.entry import Entry
from feeds.limits import DEFAULT_ZONE
from server.core.sources.similarity import WITHIN, Headlines, Telling, contradicts, headline_key, same_story
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.sources import story_changes
from server.store.tables import stories

_RECENT = 2_000  # the most stories of the source that are compared with entries whose id is unknown
_MANY = 20_000  # the most stories of other sources that are compared
_LEAST_TITLE = 12  # characters; a shorter headline ("Thông báo") does not identify a story
_SAME_MOMENT = timedelta(hours=1)
_HEAD = 200  # characters of the text that are searched, with the headline, for stories to compare
# The zone that decides which day "hôm nay" (today) in a text means, even if the source's own zone is another one.
_ZONE = ZoneInfo(DEFAULT_ZONE)
_C = stories.c


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The stored stories of an article that another source has published too.

    ``original`` is the id of the first of them, ``withdrawn`` says whether any of them was withdrawn.
    """

    original: int
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """The columns of a stored story that identify it."""

    id: int
    identity: str
    title: str
    canonical: str
    published: datetime
    same_as: int | None


@dataclass(frozen=True, slots=True)
class _HeadedRow(_Row):
    """The columns of `_Row` and ``head``, the first 200 characters of the story's text."""

    head: str


@dataclass(frozen=True, slots=True)
class _Text:
    """The columns of a stored story from which a `Telling` (title, text and day, to be compared) is made."""

    title: str
    summary: str
    published: datetime


_KNOWN = select(_C.id, _C.identity, _C.title, _C.canonical, _C.published, _C.same_as)


def match_changed_ids(
    conn: Connection, source: str, missing: Sequence[Entry], listed: Collection[str], now: datetime
) -> dict[str, int]:
    """Return entry id -> id of the stored story, for those entries of ``missing`` whose id has changed.

    ``missing`` are entries whose ids are not stored. ``listed`` are the ids of all entries of this fetch: a story
    that is still listed under its stored id cannot match another entry.
    """
    if not missing:
        return {}
    rows = _read(conn, _KNOWN.where(_C.source == source).order_by(_C.id.desc()).limit(_RECENT))
    links = Counter(row.canonical for row in rows)
    listings = Counter(story_changes.article_key(entry.link) for entry in missing)
    free = [row for row in rows if row.identity not in listed]
    by_link = {row.canonical: row for row in reversed(free) if row.canonical and links[row.canonical] == 1}
    by_title: dict[str, list[_Row]] = {}
    for row in free:
        by_title.setdefault(headline_key(row.title), []).append(row)
    found: dict[str, int] = {}
    for entry in missing:
        link = story_changes.article_key(entry.link)
        moved = by_link.get(link) if listings[link] == 1 else None
        known = moved or _same_headline_and_day(entry, by_title.get(headline_key(entry.title), ()), now)
        if known is not None and known.id not in found.values():
            found[entry.id] = known.id
    return found


def _read(conn: Connection, wanted: Select[*tuple[object, ...]]) -> list[_Row]:
    return list(as_values(_Row, conn.execute(wanted)))


def _same_headline_and_day(entry: Entry, rows: Sequence[_Row], now: datetime) -> _Row | None:
    if len(entry.title) < _LEAST_TITLE:
        return None
    moment = story_changes.published_at(entry, now)
    within = WITHIN if entry.published is None else _SAME_MOMENT
    return next((row for row in rows if abs(row.published - moment) <= within), None)


@dataclass(frozen=True, slots=True)
class Recognised:
    """How the entries of one fetch relate to the stories of other sources.

    ``originals``: entry id -> id of the first story of the same article. ``contradicting``: ids of entries that have
    the address of another source's story, but contradict it. ``separated``: ids of stored duplicates that will
    contradict their original when these entries are saved, because the source has edited one of the two.
    """

    originals: Mapping[str, int]
    contradicting: frozenset[str] = frozenset()
    separated: frozenset[int] = frozenset()


def recognise(db: Database, source: str, entries: Sequence[Entry], now: datetime) -> Recognised:
    """Compare the entries of one fetch of ``source`` with stories of other sources, by address and by text.

    It reads many rows, so it is called before the write transaction begins.
    """
    wanted = select(_C.identity, _C.id, _C.title, _C.summary, _C.same_as)
    with db.read() as conn:
        known = {
            row.identity: row
            for row in conn.execute(
                wanted.where(_C.source == source, _C.identity.in_([entry.id for entry in entries]))
            )
        }
        tellings = _Tellings(conn)
        edited = {
            row.id: (row.same_as, _telling(entry.title, entry.summary, story_changes.published_at(entry, now)))
            for entry in entries
            if (row := known.get(entry.id)) is not None and (entry.title, entry.summary) != (row.title, row.summary)
        }
        separated = frozenset(_separated(conn, edited, tellings))
        fresh = [(entry, story_changes.published_at(entry, now)) for entry in entries if entry.id not in known]
        if not fresh:
            return Recognised({}, separated=separated)
        shared = story_changes.shared_addresses(entries)
        links = {entry.id: story_changes.article_key(entry.link) for entry, _ in fresh}
        links = {id: link for id, link in links.items() if link and link not in shared}
        rows, heads = _of_others(conn, source, links.values(), [moment for _, moment in fresh])
        originals, contradicting = _originals(fresh, links, rows, heads, tellings)
        return Recognised(originals, contradicting, separated)


def _of_others(
    conn: Connection, source: str, links: Collection[str], moments: Sequence[datetime]
) -> tuple[list[_Row], dict[int, str]]:
    """The stories of other sources to compare with entries that have these addresses or publication times.

    Returns (their rows, newest first; id -> headline and first characters of the text).
    """
    near = or_(_C.published.between(min(moments) - WITHIN, max(moments) + WITHIN), _C.canonical.in_(sorted(links)))
    wanted = _KNOWN.add_columns(func.substr(_C.summary, 1, _HEAD).label("head"))
    rows = conn.execute(wanted.where(_C.source != source, near).order_by(_C.id.desc()).limit(_MANY))
    found = as_values(_HeadedRow, rows)
    return list(found), {row.id: f"{row.title} {row.head}" for row in found}


def _separated(
    conn: Connection, edited: Mapping[int, tuple[int | None, Telling]], tellings: _Tellings
) -> Iterator[int]:
    """Yield the ids of stored duplicates that contradict their original if ``edited`` stories get their new texts.

    ``edited``: id of a story -> (id of its original or None, its new text). A duplicate is found if it is edited
    itself, or if its original is.
    """
    for id, (original, telling) in edited.items():
        if original is not None and contradicts(telling, tellings.of(original)):
            yield id
    copies = conn.execute(select(_C.id, _C.same_as).where(_C.same_as.in_(edited))) if edited else ()
    for copy, original in copies:
        if contradicts(tellings.of(copy), edited[original][1]):
            yield copy


def _originals(
    fresh: Sequence[tuple[Entry, datetime]],
    links: Mapping[str, str],
    rows: Sequence[_Row],
    heads: Mapping[int, str],
    tellings: _Tellings,
) -> tuple[dict[str, int], frozenset[str]]:
    """Returns (entry id -> id of the first story of the same article, ids of contradicting entries).

    An entry contradicts if a story of another source has its address, but names other places, days or numbers.
    ``fresh`` are pairs of an entry and its time of publication; ``links``: entry id -> canonical address; ``rows``
    are stories of other sources; ``heads``: id of a row -> headline and first characters of its text.
    """
    rows_of = {row.id: row for row in rows}
    by_link = {row.canonical: row.id for row in rows if row.canonical}
    index = Headlines(heads)
    found: dict[str, int] = {}
    contradicting: set[str] = set()
    for entry, moment in fresh:
        mine = _telling(entry.title, entry.summary, moment)
        at = by_link.get(links.get(entry.id, ""))
        if at is not None and contradicts(mine, tellings.of(at)):
            contradicting.add(entry.id)
            at = None
        if at is None:
            head = f"{entry.title} {entry.summary[:_HEAD]}"
            near = [key for key in index.matches(head) if abs(rows_of[key].published - moment) <= WITHIN]
            at = next((key for key in near if same_story(mine, tellings.of(key))), None)
        if at is not None:
            found[entry.id] = rows_of[at].same_as or at
    return found, frozenset(contradicting)


class _Tellings:
    """A cache of the tellings (title, text and date) of stored stories."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._read: dict[int, Telling] = {}

    def of(self, id: int) -> Telling:
        """The telling of the story with this id; an empty one if its row cannot be read."""
        if id not in self._read:
            rows = self._conn.execute(select(_C.title, _C.summary, _C.published).where(_C.id == id))
            text = next(iter(as_values(_Text, rows)), None)
            # An empty telling contradicts no story, and is a duplicate of none.
            self._read[id] = _telling(text.title, text.summary, text.published) if text else Telling("", "")
        return self._read[id]


def _telling(title: str, summary: str, published: datetime) -> Telling:
    return Telling(title, summary, published.astimezone(_ZONE).date())


def separate(conn: Connection, ids: Collection[int]) -> None:
    """Store that the stories ``ids`` are no duplicates; so boards show each of them and its former original."""
    if ids:
        conn.execute(update(stories).where(_C.id.in_(list(ids))).values(same_as=None, canonical=""))


def duplicates(conn: Connection, originals: Mapping[str, int]) -> dict[str, Duplicate]:
    """Return entry id -> `Duplicate`; ``originals`` maps these entry ids to the id of the article's first story.

    Called in the write transaction, so that a story that an editor has just withdrawn counts as withdrawn.
    """
    if not originals:
        return {}
    wanted = sorted(set(originals.values()))
    rows = conn.execute(
        select(_C.id, _C.same_as).where(_C.state == "withdrawn", or_(_C.id.in_(wanted), _C.same_as.in_(wanted)))
    )
    withdrawn = {row.same_as or row.id for row in rows}
    return {id: Duplicate(original, original in withdrawn) for id, original in originals.items()}
