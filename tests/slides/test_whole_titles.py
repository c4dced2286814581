"""Names, compounds and numbers of documents in titles and headings stay on one line in every kind of slide."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

import pytest

from server.core.model import Announcement, AnnouncementKind, Format, Size, Slide
from server.core.typesetting.names import tidy_title
from server.core.typesetting.paging import JOINER, NO_BREAK
from server.slides.kinds.announcement import fixture as announcements
from server.slides.render import Renderer
from server.slides.specimens import KINDS, ZONE
from tests import cast

RENDERER = Renderer()
LANDSCAPE = Format("landscape", "S")
TITLE = "Xã Minh Tân trao học bổng theo Thông báo số 12/TB-UBND"
WHOLE = tidy_title(TITLE).replace(f"12/TB-{JOINER}UBND", '<span class="kept">12/TB-UBND</span>')


def posted(announcement: Announcement, format: Format = LANDSCAPE) -> tuple[Slide, ...]:
    return RENDERER.announcement(announcement, area_name="Xã Minh Tân", zone=ZONE, format=format)


def told(title: str, format: Format = LANDSCAPE, summary: str = "Sáng 29/11.") -> tuple[Slide, ...]:
    story = replace(cast.story(), title=title, summary=summary, image=None)
    return RENDERER.story(story, label="Tin của xã", source_name="Cổng", zone=ZONE, format=format)


def of_kind(kind: AnnouncementKind) -> Announcement:
    items = KINDS["announcement" if kind == "text" else kind].values()
    return next(replace(item, title=TITLE) for item in items if isinstance(item, Announcement))


@pytest.mark.parametrize("format", [LANDSCAPE, Format("portrait", "M")], ids=lambda format: format.name)
@pytest.mark.parametrize("kind", ["story", *get_args(AnnouncementKind)])
def test_every_kind_of_slide_keeps_its_title_whole(kind: AnnouncementKind | Literal["story"], format: Format) -> None:
    slides = told(TITLE, format) if kind == "story" else posted(of_kind(kind), format)
    html = "".join(slide.html for slide in slides)
    assert WHOLE in html
    assert JOINER not in html
    assert {slide.title for slide in slides} == {TITLE}


@pytest.mark.parametrize("size", [size for size in get_args(Size) if size != "LED"])
def test_a_name_that_is_wider_than_its_column_is_broken_rather_than_cut(size: Size) -> None:
    name = f"Trường{'-tiểu-học-và-trung-học-cơ-sở' * 4} Nguyễn{'-Thị-Minh-Khai' * 8}"
    assert NO_BREAK in tidy_title(name)
    for slide in told(name, Format("landscape", size), summary=""):
        assert NO_BREAK not in slide.html.split("<h2")[1].split("</h2>")[0]


def test_a_heading_in_a_text_is_kept_whole_like_a_title() -> None:
    text = "## Theo Quyết định 5/QĐ-UBND của Hưng Yên\nHưng Yên chào mừng"
    html = posted(replace(announcements.MARKDOWN, text=text))[0].html
    heading, paragraph = (part.split("</p>")[0] for part in html.split('<div class="text')[1].split("<p ")[1:3])
    assert f'Theo{NO_BREAK}Quyết{NO_BREAK}định <span class="kept">5/QĐ-UBND</span> của Hưng{NO_BREAK}Yên' in heading
    assert NO_BREAK not in paragraph
