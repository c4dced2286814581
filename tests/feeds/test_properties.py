"""Properties of reading arbitrary bytes: the result is a Reading or a FeedError, and no text contains markup."""

from __future__ import annotations

import random
import unicodedata
import zlib
from collections.abc import Iterable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import FeedError, Reading
from feeds.clean.elements import TAG
from feeds.download.unpack import Unpacker
from feeds.errors import ParseError, TooLarge, Unreachable
from feeds.formats.decode import decode
from tests.feeds.formats.test_decode import BYTES
from tests.feeds.stories import NOW, one, reading, sample_feed

ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/tin/"><title type="html">T</title><entry><id>1</id>'
    '<link href="a"/><content type="html">&lt;table>&lt;tr>&lt;td>1&lt;td>2&lt;tr>&lt;td>3&lt;/table></content>'
    "<updated>2026-09-01T00:00:00Z</updated></entry></feed>"
)
SEEDS = [sample_feed().encode(), ATOM.encode(), one('<p>Tin</p><img src="a.jpg">').encode(), *BYTES.values()]


def shown(got: Reading) -> list[str]:
    return [got.title, *(text for e in got.entries for text in (e.title, e.summary, e.image_alt))]


def check(body: bytes, content_type: str = "") -> None:
    try:
        got = reading(body, content_type=content_type)
    except FeedError:
        return
    for text in shown(got):
        assert TAG.search(text) is None
        assert unicodedata.is_normalized("NFC", text)
        assert not {c for c in text if unicodedata.category(c) in ("Cc", "Cs")} - {"\n"}
    assert len({entry.id for entry in got.entries}) == len(got.entries)
    for entry in got.entries:
        assert entry.id
        assert entry.title
        assert entry.link == "" or entry.link.startswith(("http://", "https://"))
        assert entry.image is None or entry.image.startswith(("http://", "https://"))
        assert entry.published is None or entry.published <= NOW.replace(day=29)


@given(st.binary(max_size=400), st.sampled_from(["", "text/xml", "text/html; charset=utf-16", "; charset=\x00"]))
def test_any_bytes(body: bytes, content_type: str) -> None:
    check(body, content_type)


@given(st.sampled_from(SEEDS), st.integers(0, 2**32), st.integers(1, 12))
def test_any_damage_to_a_feed(seed: bytes, luck: int, times: int) -> None:
    dice, body = random.Random(luck), bytearray(seed)
    for _ in range(times):
        at, kind = dice.randrange(len(body) or 1), dice.randrange(4)
        if kind == 0:
            del body[at : at + dice.randrange(1, 40)]
        elif kind == 1:
            body[at:at] = bytes(dice.randrange(256) for _ in range(dice.randrange(1, 8)))
        elif kind == 2:
            body[at:at] = body[at : at + 60]
        else:
            body[at:at] = dice.choice(
                [b"<", b">", b"]]>", b"<![CDATA[", b"&#x", b"&a;", b"<!DOCTYPE x [", b"</item>"]
            )
    check(bytes(body))


MARKUP = st.lists(
    st.sampled_from(
        ["<table>", "<tr>", "<td rowspan=9999>", "<td colspan='x'>", "</table>", "<img src=//[>",
         "<img src='a b' alt='&lt;b>'>", "<a href=", "<div><b>Ảnh:</b>", "<div><b>Nội dung:</b>", "&#55296;",
         "&#x110000;", "&nbsp", "tin", "<script>", "</p>", "]]", "\x00", "\u0338", "<", "\u0081", "\u00ad",
         "/b>", "&#129;"]
    ),
    max_size=25,
).map("".join)  # fmt: skip


@given(MARKUP, MARKUP)
def test_any_markup_in_a_field(title: str, body: str) -> None:
    check(one(body, title=title).encode())
    check(one("", title="Tin").replace("<link>", f"<link>{body}").encode())


@given(st.text(max_size=300))
def test_text_in_utf_8_is_decoded_as_it_is(text: str) -> None:
    got = decode(b"\xef\xbb\xbf" + text.encode("utf-8", "ignore")).text
    assert unicodedata.is_normalized("NFC", got)
    assert "\x00" not in got


def unpack(pieces: Iterable[bytes], encoding: str, max_bytes: int) -> bytes:
    unpacker = Unpacker(encoding, max_bytes)
    for piece in pieces:
        unpacker.feed(piece)
    return unpacker.body()


@given(st.binary(max_size=2000), st.lists(st.integers(1, 50), max_size=20), st.sampled_from([31, 15, -15]))
def test_a_compressed_body_in_any_pieces_is_unpacked(body: bytes, cuts: list[int], kind: int) -> None:
    packer = zlib.compressobj(wbits=kind)
    packed = packer.compress(body) + packer.flush()
    pieces, at = [], 0
    for cut in cuts:
        pieces.append(packed[at : at + cut])
        at += cut
    pieces.append(packed[at:])
    assert unpack(pieces, "gzip" if kind == 31 else "deflate", 2000) == body


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "identity"]))
def test_any_compressed_bytes_end_in_a_body_or_an_error_of_ours(body: bytes, kind: str) -> None:
    with suppress(Unreachable, TooLarge):
        assert len(unpack([body], kind, 1000)) <= 1000


@pytest.mark.parametrize(
    "piece", ["<", "<a ", "&", "<!--", "<item>", "</item>", "<![CDATA[", "<title>", "<b>", "&#x41;"]
)
def test_thousands_of_one_piece_are_read(piece: str) -> None:
    """A document that repeats one piece 3,000 times is read. The sandbox protects against millions of them."""
    check((sample_feed().replace("</channel></rss>", "") + piece * 3000).encode())
    check(one(piece * 3000).encode())


def test_a_parse_error_is_a_feed_error() -> None:
    with pytest.raises(FeedError) as caught:
        reading(b"")
    assert isinstance(caught.value, ParseError)
