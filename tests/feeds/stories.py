"""Three sample stories and the feeds that contain them; each test encodes or formats them as it needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from feeds import ParseError, Reading, read_bytes

ADDRESS = "https://xa.example.invalid/rss/tin.xml"
NOW = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class SampleStory:
    """One sample story: the text that a test feed contains, and the values that reading the feed must return."""

    title: str
    text: str
    date_text: str
    published: datetime


STORIES = (
    SampleStory(
        "Thông báo khẩn trương gia cố bờ kè thôn Đoài trước bão số 9",
        "Lực lượng xung kích đã đắp thêm 340 m đê quai. Các hộ ở vùng trũng chuẩn bị sẵn lương thực, nước ngọt.",
        "Fri, 25 Sep 2026 08:15:00 +0700",
        datetime(2026, 9, 25, 1, 15, tzinfo=UTC),
    ),
    SampleStory(
        "Khám mắt miễn phí cho người cao tuổi tại trạm y tế",
        "Bác sĩ của bệnh viện tỉnh khám từ 7 giờ 30. Mỗi người mang theo thẻ bảo hiểm và đơn thuốc cũ.",
        "Thu, 24 Sep 2026 14:00:00 +0700",
        datetime(2026, 9, 24, 7, 0, tzinfo=UTC),
    ),
    SampleStory(
        "Hướng dẫn đăng ký nghĩa vụ quân sự và giấy khai sinh qua mạng",
        "Hồ sơ nộp ở Cổng dịch vụ công được trả lời trong ba ngày làm việc; lệ phí giảm một nửa.",
        "Wed, 23 Sep 2026 09:30:00 +0700",
        datetime(2026, 9, 23, 2, 30, tzinfo=UTC),
    ),
)


def item(story: SampleStory, number: int) -> str:
    return (
        f"<item><title>{story.title}</title><link>https://xa.example.invalid/tin/{number}.html</link>"
        f'<guid isPermaLink="false">xa-{number}</guid><description>{story.text}</description>'
        f"<pubDate>{story.date_text}</pubDate></item>"
    )


def rss(*items: str, title: str = "Trang tin điện tử xã Đông Hải", head: str = "", extra: str = "") -> str:
    """An RSS 2.0 document without an XML declaration.

    ``head`` is put before the root element, ``extra`` into the channel.
    """
    return (
        f'{head}<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>{title}</title>'
        f"<link>https://xa.example.invalid/</link><language>vi</language>{extra}{''.join(items)}</channel></rss>"
    )


def sample_feed(head: str = "") -> str:
    return rss(*(item(story, number) for number, story in enumerate(STORIES)), head=head)


def reading(body: str | bytes, *, address: str = ADDRESS, content_type: str = "") -> Reading:
    whole = body.encode() if isinstance(body, str) else body
    return read_bytes(whole, address=address, content_type=content_type, now=NOW)


def one(markup: str, *, title: str = "Một tin", extra: str = "") -> str:
    """An RSS feed with one item, whose description is ``markup``; ``extra`` is put into the item."""
    return rss(
        f"<item><title>{title}</title><link>https://xa.example.invalid/tin/1.html</link>{extra}"
        f"<description><![CDATA[{markup}]]></description></item>"
    )


def refusal(body: str | bytes) -> ParseError:
    """Reads ``body``, which must fail; returns the ParseError that is raised."""
    with pytest.raises(ParseError) as caught:
        reading(body)
    return caught.value
