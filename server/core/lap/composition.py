"""Composes a board's lap from its items, and says why; pure, called by the director and by ``run.py show``.

The eight rules are in DESIGN (The lap); where two of them pull apart, the order of force decides, and
docs/decisions/0003-the-lap.md says how. All instants and lengths are whole milliseconds (server.core.times).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from server.core.lap.airing import Airing, Lap, Slot, Span, airing_at, can_air, walk
from server.core.lap.gaps import Unit, smallest_gap, with_repeats
from server.core.lap.order import Waits, by_waiting, interleave
from server.core.lap.panel_hours import is_on, on_spans
from server.core.lap.renewal import renews, stays
from server.core.model import Board

HORIZON = 48 * 3_600_000
NEAR = 2_000
MOST_SLOTS = 200
_LOOK_BACK = 8


@dataclass(frozen=True, slots=True)
class Page:
    """One slide of an item: its body's hash and its dwell (rule 8)."""

    hash: str
    dwell: int


@dataclass(frozen=True, slots=True)
class Item:
    """What the composer places: a story, an announcement or a priority notice, with all its pages.

    ``upper``: it comes from a level above the board's area. ``leaving``: no longer in its lane, but true; it may
    finish what it has begun. ``longest_gap``: of a statutory posting, start to start.
    """

    key: str
    lane: str
    pages: tuple[Page, ...]
    spans: tuple[Span, ...]
    title: str = ""
    source: str = ""
    upper: bool = False
    priority: bool = False
    leaving: bool = False
    longest_gap: int | None = None
    time: int = field(init=False, repr=False, compare=False)
    """Of all its pages, ms; counted once, because a composition asks for it several times."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "time", sum([page.dwell for page in self.pages]))


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item is or is not on the glass at an instant; ``at`` is when that changes, where it is known."""

    key: str
    title: str
    word: Literal["on", "coming", "not yet", "over", "too short", "next laps"]
    at: int | None = None


def cut_spans(spans: Iterable[Span], now: int) -> tuple[Span, ...]:
    """Windows cut to the next 48 h; an open end stays open (rule 1)."""
    horizon = now + HORIZON
    return tuple(
        (begin, None if end is None else min(end, horizon))
        for begin, end in spans
        if begin < horizon and (end is None or end > now)
    )


def _slots(item: Item, now: int) -> list[Slot]:
    spans = cut_spans(item.spans, now)
    return [
        Slot(page.hash, page.dwell, item.title, item.source, spans, item.key, number)
        for number, page in enumerate(item.pages)
    ]


def _usable(items: Sequence[Item], now: int, needed: Collection[str]) -> dict[str, Item]:
    """What may air within the horizon; windows are cut of the ``needed`` and of postings, of others when placed."""
    horizon = now + HORIZON
    usable: dict[str, Item] = {}
    for item in items:
        if item.key in needed or item.longest_gap is not None:
            item = _cut(item, now)
        for begin, end in item.spans:
            if begin < horizon and (end is None or end > now):
                if item.pages:
                    usable[item.key] = item
                break
    return usable


def _cut(item: Item, now: int) -> Item:
    spans = cut_spans(item.spans, now)
    return item if spans == item.spans else replace(item, spans=spans)


@dataclass(frozen=True, slots=True)
class _Lead:
    """The slots that must not move: the running one, the next where it begins too soon, and what they began."""

    start: int
    frozen: list[Slot]
    rest: list[Slot]
    tail: list[Slot]


def _kept(slot: Slot, item: Item) -> Slot:
    """A frozen slot keeps its body, even if the item was edited since, but never outlives the item's windows."""
    return replace(slot, spans=item.spans)


def _lead(previous: Lap | None, live: Mapping[str, Item], now: int) -> _Lead:
    nothing = _Lead(now, [], [], [])
    airing = airing_at(previous, now) if previous else None
    if previous is None or airing is None or airing.index is None or airing.until is None:
        return nothing
    running = previous.slots[airing.index]
    if running.key not in live:
        return nothing
    slot = _kept(running, live[running.key])
    if not can_air(slot, airing.start):
        return nothing
    frozen = [slot]
    if airing.until - now < NEAR:
        after = airing_at(previous, airing.until)
        if after and after.index is not None and previous.slots[after.index].key in live:
            follower = previous.slots[after.index]
            frozen.append(_kept(follower, live[follower.key]))
    begun = _begun(previous, live, airing.start)
    rest, tail = _unfinished(frozen, begun, live, now)
    return _Lead(airing.start, frozen, rest, tail)


def _begun(previous: Lap, live: Mapping[str, Item], now: int) -> list[Slot]:
    """The latest page of stories whose last page is still to come: something of higher force parted them."""
    latest: dict[str, Slot] = {}
    for airing in list(walk(previous, now))[-_LOOK_BACK:]:
        if airing.index is not None:
            latest[previous.slots[airing.index].key] = previous.slots[airing.index]
    return [s for s in latest.values() if s.key in live and s.page < len(live[s.key].pages) - 1]


def _unfinished(
    frozen: Sequence[Slot], begun: Sequence[Slot], live: Mapping[str, Item], now: int
) -> tuple[list[Slot], list[Slot]]:
    """The later pages of what has begun, to follow now, and the earlier ones, to stand at the end of the round."""
    rest: list[Slot] = []
    tail: list[Slot] = []
    latest = {slot.key: slot for slot in (*begun, *frozen)}
    pages = {(slot.key, slot.page) for slot in frozen}
    last = frozen[-1].key
    for slot in sorted(latest.values(), key=lambda slot: slot.key != last):
        others = [s for s in _slots(live[slot.key], now) if (s.key, s.page) not in pages]
        rest += [s for s in others if s.page > slot.page]
        if not live[slot.key].leaving:
            tail += [s for s in others if s.page <= slot.page]
    return rest, tail


def _history(previous: Lap | None, live: Mapping[str, Item], board: Board, before: int) -> dict[str, int]:
    """Start of each item's latest airing before ``before``; of statutory ones only while the panel was on."""
    if previous is None:
        return {}
    last = {key: at for key, at in previous.last.items() if key in live}
    airings = [a for a in walk(previous, before - 1) if a.index is not None]
    spans = on_spans(board.hours, board.zone, airings[0].start, before) if airings else []
    for airing in airings:
        slot = previous.slots[airing.index or 0]
        item = live.get(slot.key)
        if item is None or (item.longest_gap is not None and not is_on(spans, airing.start)):
            continue
        if slot.page == 0 or slot.key not in last:
            last[slot.key] = airing.start
    return last


def _chosen(board: Board, items: Sequence[Item], first: Sequence[Item], led: _Lead, live: Mapping[str, Item],
            waits: Waits) -> list[Item]:  # fmt: skip
    """Own items all; of those above, the longest waiting up to their share (rules 4 and 5)."""
    own = [item for item in (*items, *first) if not item.upper]
    upper = [item for item in items if item.upper]
    patience = sum([item.time for item in items])
    if upper and (own or any(not live[slot.key].upper for slot in led.frozen)):
        upper = _within_share(board, own, by_waiting(upper, waits, patience), led, live)
    kept = {item.key for item in upper}
    in_order = [item for item in items if not item.upper or item.key in kept]
    return by_waiting(in_order, waits, sum([item.time for item in in_order]))


def _within_share(board: Board, own: Sequence[Item], waiting: Sequence[Item], led: _Lead,
                  live: Mapping[str, Item]) -> list[Item]:  # fmt: skip
    lead = [*led.frozen, *led.rest, *led.tail]
    led_upper = sum(slot.dwell for slot in lead if live[slot.key].upper)
    own_time = sum(item.time for item in own) + sum(slot.dwell for slot in lead) - led_upper
    share = board.upper_share
    # With U/(U+O) <= share the budget is U <= share/(1-share) * O.
    budget = float("inf") if share >= 1 else share / (1 - share) * own_time
    taken: list[Item] = []
    time = led_upper
    for item in waiting:
        # An item longer than the whole budget would never be seen: where nothing else from above is in the
        # lap, one is let in (docs/decisions/0003).
        alone = not taken and not led_upper and share > 0
        if item.longest_gap is not None or time + item.time <= budget or alone:
            taken.append(item)
            time += item.time
    return taken


def _capped(items: Sequence[Item], room: int) -> list[Item]:
    """At most ``room`` slots; what did not fit comes in the following laps, as it will have waited longer."""
    kept = []
    for item in items:
        if item.longest_gap is None and len(item.pages) > room:
            continue
        room -= len(item.pages)
        kept.append(item)
    return kept


def compose(board: Board, items: Sequence[Item], previous: Lap | None, now: int, *, filler: str | None = None) -> Lap:
    """The board's next lap as seen at ``now``.

    It begins with what is running (rule 2), so it may replace ``previous`` at any moment without a jump. The
    result depends on the arguments alone: servers that see the same store agree, and a preview is this call.
    Costs n log n for n items.
    """
    live = _usable(items, now, {slot.key for slot in previous.slots} if previous else ())
    led = _lead(previous, live, now)
    last = _history(previous, live, board, led.start)
    before = previous.seen if previous else {}
    seen = {key: before.get(key, now) for key in live if key not in last}
    in_lead = {slot.key for slot in (*led.frozen, *led.rest, *led.tail)}
    free = [item for item in live.values() if item.key not in in_lead and not item.leaving]
    first = [item for item in free if item.priority and item.key not in last]
    other = [item for item in free if not (item.priority and item.key not in last)] if first else free
    chosen = _chosen(board, other, first, led, live, Waits(last, seen, now))
    lead_size = len(led.frozen) + len(led.rest) + len(led.tail)
    chosen = _capped(chosen, MOST_SLOTS - lead_size - sum(len(item.pages) for item in first))
    body = [*first, *interleave(chosen)]
    statutory = {item.key: item for item in live.values() if item.longest_gap is not None}
    opening = [Unit.of(slot) for slot in led.frozen]
    # A priority item does not wait for the pages of what it follows; anything else does.
    middle = [*_units(first, statutory, now), *map(Unit.of, led.rest), *_units(body[len(first) :], statutory, now)]
    units = [*middle, *map(Unit.of, led.tail)]
    if statutory:
        on = on_spans(board.hours, board.zone, now - HORIZON, now + HORIZON)
        postings = {
            key: Unit(tuple(_slots(item, now)))
            for key, item in statutory.items()
            if any(begin <= now for begin, _ in item.spans)
        }
        gaps = {key: statutory[key].longest_gap or 0 for key in postings}
        units = with_repeats(opening, units, postings, gaps, {**seen, **last}, led.start, on)
    slots = [slot for unit in (*opening, *units) for slot in unit.slots]
    slots += _successor(slots, live, now)
    number = previous.number + 1 if previous else 1
    return Lap(number, led.start, tuple(slots), filler, last, seen)


def _successor(slots: Sequence[Slot], live: Mapping[str, Item], now: int) -> list[Slot]:
    """What follows the only slide of a lap where its item was edited since: it would be its own last for ever."""
    if len(slots) != 1 or live[slots[0].key].leaving:
        return []
    own = _slots(live[slots[0].key], now)
    return [] if slots[0].hash in {slot.hash for slot in own} else own


def _units(items: Iterable[Item], statutory: Mapping[str, Item], now: int) -> list[Unit]:
    """Pages of a posting stay together; those of other items may be parted for one (rule 3)."""
    units: list[Unit] = []
    for item in items:
        slots = _slots(item, now)
        units += [Unit(tuple(slots))] if item.key in statutory else [Unit.of(slot) for slot in slots]
    return units


def smallest_possible_gap(items: Sequence[Item], posting: Item) -> int:
    """The smallest longest-gap (ms) that can be promised for ``posting`` beside ``items`` on one board."""
    others = [item for item in items if item.key != posting.key]
    pages = [page.dwell for item in others if item.longest_gap is None for page in item.pages]
    return smallest_gap(posting.time, [i.time for i in others if i.longest_gap is not None], pages)


def forecast(board: Board, items: Sequence[Item], lap: Lap, until: int) -> Lap:
    """The lap that will run at ``until`` if nothing changes."""
    *_, last = coming_laps(board, items, lap, until)
    return last


def coming_laps(board: Board, items: Sequence[Item], lap: Lap, until: int) -> Iterator[Lap]:
    """``lap`` and those that follow it by ``until`` if nothing changes: renewed as the director does."""
    yield lap
    at = renews(lap, lap.start)
    while at <= until:
        renewed = compose(board, items, lap, at, filler=lap.filler)
        if not stays(lap, renewed, at):
            lap = renewed
            yield lap
        at = renews(lap, at)


def why(items: Sequence[Item], lap: Lap, instant: int) -> list[Reason]:
    """For every item, in the lap's order where it is in it: what it is doing at ``instant`` and until when."""
    airing = airing_at(lap, instant)
    running = lap.slots[airing.index].key if airing and airing.index is not None else None
    coming: dict[str, int] = {}
    for later in walk(lap, instant + sum(slot.dwell for slot in lap.slots), since=instant):
        if later.index is not None and later.start >= instant:
            coming.setdefault(lap.slots[later.index].key, later.start)
    order = {slot.key: place for place, slot in reversed(list(enumerate(lap.slots)))}
    placed = sorted(items, key=lambda item: order.get(item.key, len(order) + len(lap.slots)))
    return [_reason(item, running, airing, coming, instant) for item in placed]


def _reason(item: Item, running: str | None, airing: Airing | None, coming: Mapping[str, int],
            instant: int) -> Reason:  # fmt: skip
    if item.key == running and airing:
        return Reason(item.key, item.title, "on", airing.until)
    if item.key in coming:
        return Reason(item.key, item.title, "coming", coming[item.key])
    opening = [begin for begin, _ in item.spans if begin > instant]
    is_open = any(begin <= instant and (end is None or instant < end) for begin, end in item.spans)
    if is_open and not any(end is None or end - instant >= item.time for _, end in item.spans):
        return Reason(item.key, item.title, "too short")
    if is_open:
        return Reason(item.key, item.title, "next laps")
    if opening:
        return Reason(item.key, item.title, "not yet", min(opening))
    ends = [end for _, end in item.spans if end is not None]
    return Reason(item.key, item.title, "over", max(ends, default=None))
