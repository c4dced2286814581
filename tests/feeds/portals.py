"""List pages with the sample stories, in the forms that Vietnamese portals use; written for the tests, not copied."""

from __future__ import annotations

from collections.abc import Callable

from tests.feeds.stories import STORIES, SampleStory

Page = Callable[[], str]
MENU = (
    '<header><ul class="main-menu">'
    + "".join(
        f'<li class="menu-item"><a href="/muc/{n}">{name}</a></li>'
        for n, name in enumerate(
            (
                "Giới thiệu chung về xã Đông Hải",
                "Cơ cấu tổ chức bộ máy",
                "Văn bản chỉ đạo điều hành",
                "Thủ tục hành chính",
            )
        )
    )
    + "</ul></header>"
)
SIDE = (
    '<aside class="sidebar"><h3>Xem nhiều</h3><ul>'
    + "".join(f'<li><a href="/cu/{n}.html">Tin cũ nhiều người xem số {n} năm ngoái</a></li>' for n in range(5))
    + "</ul></aside>"
)
FOOT = '<footer class="footer"><p>Trụ sở: thôn Đoài</p><a href="/">Trang chủ của xã Đông Hải</a></footer>'


def _day(story: SampleStory) -> str:
    return f"{story.published.day:02}/{story.published.month:02}/{story.published.year}"


def page(*items: str, before: str = "", after: str = "", head: str = "") -> str:
    return (
        f'<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Xã Đông Hải</title>{head}</head><body>'
        f"{MENU}<main>{before}{''.join(items)}{after}</main>{SIDE}{FOOT}"
        "<script>var tin = 'Tin số 1';</script></body></html>"
    )


def cards() -> str:
    """A list of cards: title in a heading, summary, lazily loaded picture, date in a span; link to the next page."""
    return page(
        *(
            f'<div class="news-item col-md-4"><a class="thumb" href="/tin/{n}.html"><img '
            f'src="data:image/gif;base64,AA" data-src="/anh/{n}.jpg" alt="Ảnh {n}"></a><h3 class="title">'
            f'<a href="/tin/{n}.html">{story.title}</a></h3>'
            f'<span class="date"><i></i> {_day(story)} | 08:15</span><p class="sapo">{story.text}</p></div>'
            for n, story in enumerate(STORIES)
        ),
        before='<div class="news-list">',
        after='</div><div class="pager"><a href="?p=1">1</a><a class="page-next" href="?p=2">Trang sau</a></div>',
    )


def links_with_labels() -> str:
    """A list of which each item is one link; the visible titles are shortened, an attribute has the full title."""
    return page(
        '<ul class="list-news">',
        *(
            f'<li><a href="/tin-{n}-post{100 + n}.html" title="{story.title}">{story.title[:30]}…'
            f'<label>({_day(story)} 08:15:00)</label><img src="/anh/{n}.jpg"/></a></li>'
            for n, story in enumerate(STORIES)
        ),
        "</ul>",
    )


def table_of_documents() -> str:
    """A table of documents (number, subject, day) whose rows have no CSS class."""
    return page(
        '<table id="ds-van-ban"><tr><th>Số</th><th>Trích yếu</th><th>Ngày</th></tr>',
        *(
            f'<tr><td>{n + 10}/TB-UBND</td><td><a href="VanBan.aspx?ID={n}">{story.title}</a></td>'
            f"<td>{_day(story)}</td></tr>"
            for n, story in enumerate(STORIES)
        ),
        "</table>",
    )


def bare_blocks() -> str:
    """A list of div elements without CSS classes; the date is plain text beside the link."""
    return page(
        '<div id="noi-dung">',
        *(
            f'<div><b><a href="/bai/{n}">{story.title}</a></b><br>Ngày đăng: {_day(story)} - Lượt xem: {n * 7}</div>'
            for n, story in enumerate(STORIES)
        ),
        "</div>",
    )


PORTALS: tuple[Page, ...] = (cards, links_with_labels, table_of_documents, bare_blocks)
