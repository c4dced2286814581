"""Every kind of slide in a format, and whole pages of the glass around it; called by test_layout and shots."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from server.core.model import Board, Format, Slide
from server.slides.announcement import fixture as announcements
from server.slides.contact import fixture as contacts
from server.slides.link import fixture as links
from server.slides.notice import fixture as notices
from server.slides.pdf import fixture as pdfs
from server.slides.pictures import fixture as galleries
from server.slides.render import Renderer
from server.slides.story import fixture as stories
from server.slides.video import fixture as films

ROOT = Path(__file__).resolve().parents[2]
BUILD = "b"
ZONE = "Asia/Ho_Chi_Minh"
AREA = "Ủy ban nhân dân xã Minh Tân"
LONG_AREA = "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân tỉnh Hưng Yên, Bộ phận một cửa phường Trần Lãm"
LONG_NEXT = "Kế hoạch triển khai chính sách hỗ trợ sản xuất nông nghiệp ứng dụng công nghệ cao gắn với nông thôn mới"
COMING = (
    LONG_NEXT,
    "Lịch tiếp công dân định kỳ của Chủ tịch Ủy ban nhân dân xã",
    "Cắt điện thôn Đông",
    "NGHIÊNG NGẪM VỀ NHỮNG TRẬN LŨ, ĐỂ CÙNG GIỮ ĐỒNG RUỘNG",
    "Thu gom rác thải cồng kềnh vào sáng thứ Bảy",
    "Giải bóng chuyền hơi người cao tuổi toàn xã",
)
PAGES = Environment(
    loader=FileSystemLoader(ROOT / "server/glass/templates"), autoescape=True, undefined=StrictUndefined
)


@dataclass(frozen=True, slots=True)
class Case:
    """One page of one slide on one board: ``name`` says which, ``slide`` is what stands on the stage."""

    name: str
    format: Format
    slide: Slide
    area: str = AREA

    @property
    def urgent(self) -> bool:
        return 'class="slide notice urgent' in self.slide.html


@cache
def slides(format: Format) -> dict[str, tuple[Slide, ...]]:
    """All kinds at all edges, drawn once for a format, by name."""
    made: dict[str, tuple[Slide, ...]] = {}
    draw = Renderer()
    for name, story in stories.ITEMS.items():
        made[f"story-{name}"] = draw.story(
            story, label="Tin của xã", source_name="Cổng thông tin điện tử", zone=ZONE, format=format
        )
    others = galleries.ITEMS | pdfs.ITEMS | films.ITEMS | links.ITEMS | contacts.ITEMS
    for name, announcement in (announcements.ITEMS | others).items():
        made[f"announcement-{name}"] = draw.announcement(announcement, area_name=AREA, zone=ZONE, format=format)
    for name, notice in notices.ITEMS.items():
        made[f"notice-{name}"] = (draw.notice(notice, zone=ZONE, format=format),)
    made["calm-empty"] = (draw.empty("Hội trường xã", AREA, format),)
    made["calm-safe"] = (draw.safe("Hội trường xã", LONG_AREA, format),)
    return made


def cases(format: Format) -> list[Case]:
    """Each different slide of a format, of longer ones the first and the last; the colours of risk once."""
    found = []
    for name, pages in slides(format).items():
        if name.startswith("notice-risk") and format.size != "S":
            continue
        for at in sorted({0, len(pages) - 1}):
            area = LONG_AREA if name in ("story-longest", "calm-safe") else AREA
            found.append(Case(f"{name}-{at + 1}", format, pages[at], area))
    return found


def with_clock(html: str) -> str:
    """A notice with the time of day in the place where display/frame.js writes it."""
    return html.replace("data-clock></span>", "data-clock>14:05</span>")


def page(case: Case, *, viewer: str = "screen", theme: str = "province") -> str:
    """board.html with a filled frame and the slide where the display's code would put it."""
    board = Board("hoi-truong", "Hội trường xã", "xa-minh-tan", format=case.format, theme=theme)
    html = PAGES.get_template("board.html").render(board=board, area_name=case.area, build=BUILD, viewer=viewer)
    layer = '<section class="layer" aria-hidden="true"></section>'
    shown = Markup(with_clock(case.slide.html))  # noqa: S704 - our own template's output
    if case.urgent:
        html = html.replace('role="alert" hidden>', f'role="alert"><section data-notice="1">{shown}</section>')
    else:
        html = html.replace(
            layer, f'<section class="layer" data-slide="{case.slide.hash}" aria-hidden="false">{shown}</section>', 1
        )
    filled = {
        '<p id="date-solar">': "Chủ nhật, 22/11/2026",
        '<p id="date-lunar">': "Âm lịch: 14 tháng Mười, Bính Ngọ",
        '<p id="date-lunar-short">': "14 tháng Mười âm lịch",
        '<span id="clock-minutes">': "14:05",
        '<span id="clock-seconds">': ":32",
        '<span id="next-title">': LONG_NEXT,
        '<ol id="coming">': "".join(f"<li>{title}</li>" for title in COMING),
        '<span id="ticker-text">': "   •   ".join(COMING),
        '<p id="count">': "4 / 12",
        '<ol id="progress" aria-hidden="true">': "".join(
            f"<li{' class=past' if n < 3 else ' class=now' if n == 3 else ''}></li>" for n in range(12)
        ),
    }
    for tag, text in filled.items():
        assert tag in html, tag
        html = html.replace(tag, tag + text)
    return html
