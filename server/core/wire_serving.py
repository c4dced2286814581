"""The numbers of a hall's counters in the messages between server and screen; called by live and core.wire.

As in wire.py, messages are plain dictionaries, and instants are whole milliseconds since 1970 UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.core.model import NowServing, Slide
from server.core.times import to_ms


@dataclass(frozen=True, slots=True)
class Serving:
    """The numbers of a hall's counters as its board shows them: ``slide`` is drawn from ``state``.

    ``place`` is the hash of a slide of the lap; the numbers are shown instead of that slide. ``always``: they are
    shown instead of the whole lap. ``chime``: two tones announce a new number.
    """

    state: NowServing
    slide: Slide
    place: str
    always: bool
    chime: bool


def serving_body(serving: Serving | None) -> dict[str, Any] | None:
    """Returns the numbers of a hall's counters and their slide in the form that `state` and `serving` contain."""
    if serving is None:
        return None
    state = serving.state
    return {
        "hash": serving.place,
        "html": serving.slide.html,
        "version": state.version,
        "at": to_ms(state.at),
        "until": to_ms(state.until),
        "always": serving.always,
        "chime": serving.chime,
        "counters": [{"name": one.name, "number": one.number} for one in state.counters],
    }


def serving(shown: Serving | None, *, epoch: str) -> dict[str, Any]:
    """Returns the payload of `serving`; its member "serving" is null if the board shows no numbers any more."""
    return {"epoch": epoch, "serving": serving_body(shown)}


def lacks_serving(message: Mapping[str, object], shown: Serving | None) -> bool:
    """Whether a screen's `sync` names other numbers than those ``shown``, or none; older screens never name any."""
    version = shown.state.version if shown else None
    return "serving" in message and message["serving"] != version
