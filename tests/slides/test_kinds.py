"""Every kind of announcement: no text is lost, every file has a slide, and each slide has the right dwell."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest

from server.core.model import Announcement, AnnouncementKind, Format, Slide
from server.slides.kinds.announcement import fixture as announcements
from server.slides.kinds.calm.fixture import AREA
from server.slides.kinds.contact import fixture as contacts
from server.slides.kinds.link import fixture as links
from server.slides.kinds.pdf import fixture as pdfs
from server.slides.kinds.pictures import fixture as galleries
from server.slides.kinds.video import fixture as films
from server.slides.render import KINDS, Renderer
from server.slides.specimens import ZONE

FORMATS = [
    Format("landscape", "S"),
    Format("landscape", "XL"),
    Format("portrait", "M"),
    Format("classic", "L"),
    Format("landscape", "LED"),
]
FRAMED = FORMATS[:-1]
RENDERER = Renderer()


def drawn(announcement: Announcement, format: Format) -> tuple[Slide, ...]:
    return RENDERER.announcement(announcement, area_name=AREA, zone=ZONE, format=format)


def words(text: str) -> set[str]:
    return set(unescape(text).split())


def seen(slides: tuple[Slide, ...]) -> set[str]:
    """The set of all words on the slides and in their alternative texts; pages may split a text between words."""
    html = " ".join(slide.html for slide in slides)
    alts = " ".join(re.findall(r'(?:alt|aria-label)="([^"]*)"', html))
    return words(re.sub(r"<(?!/?b>)[^>]*>", " ", html).replace("<b>", "").replace("</b>", "") + " " + alts)


def test_every_kind_of_the_model_has_its_folder() -> None:
    assert set(KINDS) == {"text", "pictures", "pdf", "table", "video", "link", "contact"}


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
@pytest.mark.parametrize(
    "announcement",
    [*galleries.ITEMS.values(), *films.ITEMS.values(), *links.ITEMS.values()],
    ids=lambda a: a.title[:9],
)
def test_title_and_text_are_shown(announcement: Announcement, format: Format) -> None:
    slides = drawn(announcement, format)
    shown = [one.alt for one in announcement.attachments if announcement.kind == "pictures" or format.size != "LED"]
    assert words(" ".join([announcement.text, *shown])) <= seen(slides)
    assert all(slide.title == announcement.title for slide in slides)


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
def test_each_picture_and_each_film_has_one_slide(format: Format) -> None:
    for announcement in (*galleries.ITEMS.values(), *films.ITEMS.values()):
        named = [slide.media for slide in drawn(announcement, format) if slide.media]
        assert named == [(one.hash,) for one in announcement.attachments]


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
def test_a_video_stays_for_its_length_and_a_pdf_page_for_fifteen_seconds(format: Format) -> None:
    assert [slide.dwell for slide in drawn(films.LONGEST, format) if slide.media] == [12_500]
    assert {slide.dwell for slide in drawn(pdfs.USUAL, format) if slide.media} == {15_000}


def test_a_video_is_muted_unless_the_announcement_has_sound() -> None:
    assert " muted" in drawn(films.USUAL, FRAMED[0])[-1].html
    assert " muted" not in drawn(replace(films.USUAL, sound=True), FRAMED[0])[-1].html


@pytest.mark.parametrize("format", FORMATS, ids=lambda format: format.name)
@pytest.mark.parametrize("announcement", contacts.ITEMS.values(), ids=list(contacts.ITEMS))
def test_a_contact_card_shows_all_known_fields(announcement: Announcement, format: Format) -> None:
    contact = announcement.contact
    assert contact is not None
    slides = seen(drawn(announcement, format))
    for value in (contact.name, contact.role, contact.phone, contact.address, contact.hours, contact.email):
        assert words(value) <= slides


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
def test_a_link_shows_its_qr_code(format: Format) -> None:
    for announcement in links.ITEMS.values():
        assert any("code large" in slide.html for slide in drawn(announcement, format))


@pytest.mark.parametrize("format", FRAMED, ids=lambda format: format.name)
def test_bold_text_headings_and_lists_of_markdown_are_kept(format: Format) -> None:
    html = " ".join(slide.html for slide in drawn(announcements.MARKDOWN, format))
    assert html.count("<b>phân loại</b>") == 1
    assert '<p class="item">' in html
    assert '<p class="heading">' in html
    assert "**" not in html
    assert "#" not in re.sub(r'="[^"]*"', "", html)


def test_markup_in_titles_and_alt_texts_is_escaped() -> None:
    evil = '"><script>alert(1)</script>'
    one = replace(galleries.WIDE, alt=evil)
    html = drawn(replace(galleries.USUAL, attachments=(one,), title=evil), FRAMED[0])[0].html
    assert "<script" not in html


@pytest.mark.parametrize("kind", ["pictures", "pdf", "video", "link", "contact"])
def test_a_kind_without_its_files_or_link_still_shows_its_text(kind: AnnouncementKind) -> None:
    bare = replace(announcements.SHORT, kind=kind, link="")
    for format in FORMATS:
        assert words(bare.text) <= seen(drawn(bare, format))
