"""Measures how long the feeds library takes to read a feed of 2,000 entries, against feedparser alone; `make bench`.

Both read the same bytes, in turns. The feeds library decodes, repairs and parses the text, cleans each entry, parses
its date and removes duplicates; feedparser alone parses, sanitizes and resolves addresses, as is its default.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from statistics import median
from time import process_time

import feedparser

from bench._figures import table
from bench._marks import mark
from feeds import read_bytes

ENTRIES = 2_000
ROUNDS = 7
NOW = datetime(2026, 11, 24, tzinfo=UTC)
TARGET = 1.3
_TEXT = (
    "<p>Lực lượng xung kích đã đắp thêm <b>340 m</b> đê quai; các hộ ở vùng trũng chuẩn bị sẵn lương thực.</p>"
    '<p><img src="/anh/{n}.jpg" alt="Đê"/> Chi tiết tại <a href="https://xa.example.vn/{n}">trang tin</a>.</p>'
)


def feed(entries: int = ENTRIES, *, pictures: bool = True) -> bytes:
    """An RSS 2.0 document with this number of entries, whose bodies are HTML in CDATA sections."""
    body = _TEXT if pictures else _TEXT.replace("<img", "<b")
    items = []
    for n in range(entries):
        when = (NOW - timedelta(minutes=30 * n)).strftime("%a, %d %b %Y %H:%M:%S +0000")
        items.append(
            f"<item><title>Tin số {n}: xã Minh Tân hoàn thành nạo vét kênh mương</title><guid>tin-{n}</guid>"
            f"<link>https://xa.example.vn/{n}</link><pubDate>{when}</pubDate>"
            f"<description><![CDATA[{body.format(n=n)}]]></description></item>"
        )
    head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Xã</title>'
    return f"{head}<link>https://xa.example.vn/</link>{''.join(items)}</channel></rss>".encode()


def run() -> str:
    body = feed()
    ours, theirs = [], []
    for _ in range(ROUNDS):
        begun = process_time()
        feedparser.parse(body)
        middle = process_time()
        reading = read_bytes(body, address="https://xa.example.vn/rss", zone="Asia/Ho_Chi_Minh", now=NOW)
        theirs.append(middle - begun)
        ours.append(process_time() - middle)
    ratio = median(ours) / median(theirs)
    mark("feed", f"{ratio:.2f} x", met=ratio <= TARGET)
    rows = [
        ["feedparser alone", median(theirs) * 1000, "1.00"],
        ["ours", median(ours) * 1000, f"{ratio:.2f}"],
    ]
    head = ("", "ms of processor", "ratio")
    title = f"## A feed of {ENTRIES:,} entries ({len(body) // 1024:,} KiB), {len(reading.entries)} kept"
    return f"{title}\n\nMedian of {ROUNDS} in turns; the ratio should be at most {TARGET}.\n\n" + table(head, rows)


if __name__ == "__main__":
    print(run())
