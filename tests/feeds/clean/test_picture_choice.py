"""Choosing an item's picture: lazily loaded and responsive pictures are found, counters and icons are skipped."""

from __future__ import annotations

import pytest

from feeds.clean.picture_choice import in_markup, is_story_picture
from feeds.errors import PictureError
from feeds.limits import PICTURE_LEAST
from feeds.sandbox.isolate import SandboxProcess
from tests.feeds.clean.test_pictures import drawn
from tests.feeds.stories import one, reading

PHOTO = '<img src="https://x.invalid/anh/ruong.jpg">'
NONE = [
    '<img src="https://dem.invalid/p.gif" width="1" height="1">',
    '<img src="https://dem.invalid/p.gif" style="width:1px; height:1px">',
    '<img src="https://dem.invalid/mat.png" style="height:1em;max-height:1em">',
    '<img src="https://dem.invalid/nut.png" width="24px">',
    '<img src="https://s.w.org/images/core/emoji/15.0.3/72x72/1f389.png">',
    '<img src="/forum/smilies/cuoi.gif">',
    '<img class="wp-smiley" src="/a/b.png">',
    '<img class="share-icon" src="/a/b.png">',
    '<img src="https://www.facebook.com/tr?id=1&ev=PageView">',
    '<img src="https://pixel.wp.com/g.gif?x=1">',
    '<img src="/images/blank.gif">',
    '<img src="/images/icon-facebook.png">',
    '<img src="/images/zalo.png">',
    '<img src="/images/logo.svg">',
    '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">',
    '<img src="cid:image001.png@01DB">',
    '<img src="file:///C:/Anh/hop.jpg">',
    '<img src="blob:https://x.invalid/1">',
    '<img src="/Content/images/icon_new.gif">',
    '<img src="/images/pdf.png">',
    '<img src="/_layouts/15/images/icdocx.png">',
    '<img src="/thong-ke/counter.php?id=12">',
    '<img hidden src="/anh/cu.jpg">',
    '<div style="display: none"><p><img src="/anh/cu.jpg"></p></div>',
]
FOUND = [
    ('<img src="data:image/gif;base64,AA" data-lazy-src="/1.jpg">', "/1.jpg"),
    ('<img src="/images/loading.gif" data-original="/2.jpg">', "/2.jpg"),
    ('<img src="/nho.jpg" data-src="/3.jpg">', "/3.jpg"),
    ('<img data-lazy="/4.jpg" src="/spacer.gif">', "/4.jpg"),
    ('<img srcset="/s.jpg 300w, /m.jpg 1200w, /xl.jpg 4000w" src="/s.jpg">', "/m.jpg"),
    ('<img srcset="/xl.jpg 4000w, /xxl.jpg 6000w">', "/xl.jpg"),
    ('<img srcset="/mot.jpg 1x, /hai.jpg 2x">', "/hai.jpg"),
    ('<img data-srcset="/a,b.jpg 640w">', "/a,b.jpg"),
    ('<picture><source type=image/avif srcset="/a.avif 9w"><source srcset="/a.webp 9w"><img src="/a.jpg"></picture>',
     "/a.jpg"),
    ('<picture><source srcset="/b-1200.webp 1200w"><img alt="" srcset="/b.jpg 1x"></picture>', "/b.jpg"),
    ('<picture><source type=image/avif srcset="/c.avif"><source srcset="/c.jpg 1x, /c2.jpg 2x"><img></picture>',
     "/c2.jpg"),
    ('<picture><source data-srcset="/d.jpg 800w"><img src="/d-20.jpg"></picture>', "/d.jpg"),
    ('<picture><source srcset="/e.webp"><img src="data:image/gif;base64,AA" data-src="/e.jpg"></picture>', "/e.jpg"),
    ('<picture><source srcset="/f.webp"><img src="/images/blank.gif"></picture>', "/f.webp"),
    ('<img data-lazyload="/g.jpg" src="/images/loading.gif">', "/g.jpg"),
    ('<img lazy-src="/h.jpg?v=2" src="/images/grey.gif">', "/h.jpg?v=2"),
    ('<img nitro-lazy-src="/i.webp" data-pin-url="/tin/9.html">', "/i.webp"),
    ('<img data-original-src="/j.png" data-caption="/x.txt">', "/j.png"),
    ('<img srcset="/k.jpg, /k15.jpg 1.5x, /k3.jpg 3x" src="/k.jpg">', "/k3.jpg"),
    ('<img class=lazy src="/images/loading.gif"><noscript><img src="/l.jpg"></noscript>', "/l.jpg"),
    ('<amp-img src="/m.jpg" width="600" height="400"></amp-img>', "/m.jpg"),
    ('<video src="/n.mp4" poster="/n.jpg"></video>', "/n.jpg"),
    ('<img src="/anh/bao-so-9/new-town.png">', "/anh/bao-so-9/new-town.png"),
    ('<img width="640" height="420" src="/thong-ke/share/5.jpg">', "/thong-ke/share/5.jpg"),
    ('<img width="100%" style="max-width:100%; height:auto" src="/6.jpg">', "/6.jpg"),
]  # fmt: skip


@pytest.mark.parametrize("markup", NONE)
def test_what_is_no_picture_of_a_story_is_passed_over(markup: str) -> None:
    assert reading(one(f"{markup}Lời {PHOTO}")).entries[0].image == "https://x.invalid/anh/ruong.jpg"


@pytest.mark.parametrize(("markup", "address"), FOUND)
def test_a_picture_is_found_in_its_best_size(markup: str, address: str) -> None:
    assert [picture.address for picture in in_markup(markup)] == [address]


def test_a_counter_that_is_enclosed_is_passed_over() -> None:
    counter = '<enclosure type="image/gif" url="https://pixel.wp.com/g.gif" length="43"/>'
    assert reading(one(PHOTO, extra=counter)).entries[0].image == "https://x.invalid/anh/ruong.jpg"


@pytest.mark.parametrize(
    "extra",
    [
        "<media:content medium='image' url='https://dem.invalid/x.jpg' width='1' height='1'/>",
        "<media:thumbnail url='https://x.invalid/nho.jpg' width='16' height='16'/>",
        "<media:content medium='image' url='https://secure.gravatar.com/avatar/1?s=96'/>",
    ],
)
def test_a_counter_an_icon_and_a_portrait_of_the_author_are_no_picture(extra: str) -> None:
    assert reading(one(PHOTO, extra=extra)).entries[0].image == "https://x.invalid/anh/ruong.jpg"


def test_the_portal_of_the_statistics_office_has_pictures() -> None:
    assert is_story_picture("https://thongke.hungyen.gov.vn/anh/dan-so.jpg")


def test_a_file_too_small_for_a_picture_is_refused() -> None:
    sandbox = SandboxProcess()
    try:
        with pytest.raises(PictureError) as caught:
            sandbox.picture(drawn(PICTURE_LEAST - 1, 400))
        assert caught.value.code == "picture-too-small"
        assert sandbox.picture(drawn(PICTURE_LEAST, 400)).height == 400
    finally:
        sandbox.close()
