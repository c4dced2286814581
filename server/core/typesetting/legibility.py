"""Warnings for the author of an announcement that is hard to read on a board; called by the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.core.model import Announcement, Format

LONGEST_READ = 60
"""The longest time in seconds for all pages of one item: people who pass by do not stay longer."""
MOST_PAGES = 4
FAR: tuple[str, ...] = ("L", "XL", "LED")
LEAST_PICTURE = 960
"""The least width of a picture in pixels: a narrower one is blurred when it fills half of a 1080p panel."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """An announcement rendered in one format: ``board`` is a board's name, ``dwell`` has the ms of each page."""

    format: Format
    board: str
    dwell: tuple[int, ...]

    @property
    def seconds(self) -> int:
        """The time for all pages in seconds, rounded."""
        return round(sum(self.dwell) / 1000)


def warnings(one: Announcement, drawn: Sequence[Rendering]) -> tuple[str, ...]:
    """Returns Vietnamese warnings about the announcement, each once; it can be submitted in spite of them."""
    found = [*_long(one, drawn), *_small(one, drawn), *_blurred(one)]
    if any(not file.alt.strip() for file in one.attachments if file.type.startswith("image/")):
        found.append("Có ảnh chưa có lời mô tả: người khiếm thị không biết ảnh nói gì.")
    return tuple(dict.fromkeys(found))


def _long(one: Announcement, drawn: Sequence[Rendering]) -> list[str]:
    if one.kind in ("pdf", "video", "pictures"):
        return []
    long = [each for each in drawn if len(each.dwell) > MOST_PAGES or each.seconds > LONGEST_READ]
    if not long:
        return []
    worst = max(long, key=lambda each: each.seconds)
    return [
        f"Dài {len(worst.dwell)} trang, {worst.seconds} giây ở «{worst.board}»: người đi qua khó đọc hết. "
        "Hãy rút gọn, hoặc để mã QR dẫn đến bài đầy đủ."
    ]


def _small(one: Announcement, drawn: Sequence[Rendering]) -> list[str]:
    """Returns a warning if PDF pages or pictures go to distant boards, because text within them is not enlarged."""
    if one.kind not in ("pdf", "pictures"):
        return []
    far = [each.board for each in drawn if each.format.size in FAR]
    what = "trang PDF" if one.kind == "pdf" else "ảnh"
    named = ", ".join(f"«{board}»" for board in dict.fromkeys(far))
    return (
        [f"{named} được xem từ xa: chữ trong {what} sẽ nhỏ hơn cỡ đọc được. Nên dùng loại Chữ hoặc Bảng."]
        if far
        else []
    )


def _blurred(one: Announcement) -> list[str]:
    small = [file for file in one.attachments if file.type == "image/webp" and file.width < LEAST_PICTURE]
    return (
        [f"Ảnh chỉ rộng {small[0].width} điểm: phóng lên màn hình sẽ mờ."] if small and one.kind == "pictures" else []
    )
