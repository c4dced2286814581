"""The bell tells editors that boards leave out a damaged item; the message disappears when the item is repaired."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from server.core.model import Window
from server.core.policy import Grant, Role
from server.store.announcements import announcements
from server.store.people import messages, people
from server.store.people.messages import Message
from tests import cast
from tests.station import Station, config_text, until

BOARD = "hoi-truong"


def told(station: Station, person: str) -> list[Message]:
    return [one for one in messages.unseen(station.store, person) if one.kind == "item.left_out"]


def change(station: Station, windows: str, id: int) -> None:
    """Changes a row of the announcements by SQL, unnoticed by the program, like a damaged disk or a manual repair."""
    with sqlite3.connect(station.data / "bangtin.db", timeout=30) as raw:
        raw.execute("UPDATE announcements SET windows = ? WHERE id = ?", (windows, id))
    raw.close()


def test_the_editor_hears_of_a_damaged_announcement_until_it_is_mended(tmp_path: Path) -> None:
    station = Station.of(tmp_path, config_text([BOARD])).start(worker=False)
    try:
        now = station.now(BOARD)
        people_here: tuple[tuple[str, Role], ...] = (("lan", "editor"), ("hoa", "operator"))
        for name, role in people_here:
            people.add(station.store, username=name, name=name, email=f"{name}@x.vn", actor="os:root", now=now)
            people.grant(station.store, name, Grant(role, BOARD), by=None, actor="os:root", now=now)
        made = announcements.post(
            station.store, cast.announcement(area=BOARD, windows=(Window(now),), created=now), actor="hoa"
        )
        with sqlite3.connect(station.data / "bangtin.db") as raw:
            (sound,) = raw.execute("SELECT windows FROM announcements WHERE id = ?", (made.id,)).fetchone()
        raw.close()
        change(station, "[[5]]", made.id)
        (message,) = until(lambda: told(station, "lan"), "a message to the editor", 40)
        assert message.words == {"title": made.title}
        assert message.link == f"/desk/queue/?damaged={made.id}"
        assert told(station, "hoa") == [], "only who can decide about it"
        change(station, sound, made.id)
        until(lambda: not told(station, "lan"), "no message any more", 40)
    finally:
        station.close()
