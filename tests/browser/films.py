"""Puts videos and pictures into a station's media folder and posts announcements; for browser tests and bench."""

from __future__ import annotations

import av
from PIL import Image, ImageOps

from server.core.model import Announcement, AnnouncementKind, Attachment, Window
from server.store.announcements import announcements
from tests.paths import ROOT
from tests.station import ACTOR, Station

PICTURE = ROOT / "feeds/samples/pictures/kenh-muong.jpg"
RATE = 25
FASTEST = {"deadline": "realtime", "cpu-used": "16", "threads": "1"}


def post(station: Station, board: str, kind: AnnouncementKind, shown: Attachment) -> Announcement:
    """Posts an approved announcement of the file ``shown`` for the commune of the board."""
    now = station.now(board)
    wanted = Announcement(
        id=0, area=board, title=f"Có hình: {kind}", text="", windows=(Window(now, None),), created=now,
        created_by=ACTOR, kind=kind, attachments=(shown,),
    )  # fmt: skip
    return announcements.post(station.store, wanted, actor=ACTOR)


def picture(station: Station) -> Attachment:
    name = "0" * 15 + "1"
    with Image.open(PICTURE) as found:
        found.save(station.data / "media" / f"{name}.webp")
        return Attachment(name, "Kênh mương", *found.size)


def film(station: Station, seconds: int = 2) -> Attachment:
    """Writes a VP8 video of a rotating gradient into the media folder; returns its attachment."""
    name, (across, down) = "0" * 15 + "2", (960, 540)
    with av.open(str(station.data / "media" / f"{name}.webm"), "w") as made:
        # With the default settings the encoding of seven seconds takes 30 s of processor time.
        stream = made.add_stream("libvpx", rate=RATE, options=FASTEST)
        stream.width, stream.height, stream.pix_fmt = across, down, "yuv420p"
        for at in range(RATE * seconds):
            light = Image.linear_gradient("L").resize((across, down)).rotate(at * 7)
            frame = av.VideoFrame.from_image(ImageOps.colorize(light, "#14213a", "#fbf9f4"))  # type: ignore[no-untyped-call]
            made.mux(stream.encode(frame))
        made.mux(stream.encode())
    return Attachment(name, "Ánh đèn quay", across, down, "video/webm", float(seconds))


def broken_film(station: Station, seconds: int = 8) -> Attachment:
    """Writes a file that begins like WebM but cannot be played into the media folder; returns its attachment."""
    name = "0" * 15 + "3"
    (station.data / "media" / f"{name}.webm").write_bytes(b"\x1aE\xdf\xa3" + b"khong phai phim" * 100)
    return Attachment(name, "Phim hỏng", 960, 540, "video/webm", float(seconds))
