"""Pictures are re-encoded as WebP: turned upright, scaled down, without any other data of the original file."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from feeds.clean.pictures import picture
from feeds.entry import Picture
from feeds.errors import PictureError


def drawn(width: int, height: int, kind: str = "PNG", mode: str = "RGB", **how: object) -> bytes:
    """An encoded picture of the format ``kind``; in mode RGB its left half is red and its right half blue.

    ``how`` are options of Pillow's ``Image.save``.
    """
    image = Image.new(mode, (width, height))
    if mode == "RGB":
        image.paste((255, 0, 0), (0, 0, width // 2, height))
        image.paste((0, 0, 255), (width // 2, 0, width, height))
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def opened(made: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(made.body))
    assert (image.format, image.width, image.height) == ("WEBP", made.width, made.height)
    return image


def pixel(image: Image.Image, at: tuple[int, int]) -> tuple[float, ...]:
    """Red, green and blue of one pixel."""
    colour = image.convert("RGB").getpixel(at)
    assert isinstance(colour, tuple)
    return colour


def refusal(body: bytes) -> str:
    with pytest.raises(PictureError) as caught:
        picture(body)
    return caught.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_formats_that_browsers_show_are_re_encoded(kind: str) -> None:
    made = picture(drawn(60, 40, kind))
    red, _, blue = pixel(opened(made), (5, 20))
    assert (made.width, made.height) == (60, 40)
    assert red > 200 > 60 > blue


def test_it_is_made_smaller_never_larger() -> None:
    assert (picture(drawn(3000, 1500)).width, picture(drawn(3000, 1500)).height) == (1920, 960)
    assert picture(drawn(100, 50), max_width=400).width == 100
    assert picture(drawn(100, 50), max_width=40).width == 40
    assert picture(drawn(10, 20_000)).height <= 8_000


def test_a_photograph_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = picture(drawn(600, 300, "JPEG", exif=exif), max_width=150)
    image = opened(made)
    assert (made.width, made.height) == (150, 300)
    top, bottom = pixel(image, (75, 10)), pixel(image, (75, 290))
    assert top[0] > 200 > bottom[0]


def test_nothing_hidden_in_the_file_survives() -> None:
    exif = Image.Exif()
    exif[0x010E] = "<?php system($_GET[0]); ?>"
    body = drawn(50, 50, "JPEG", exif=exif, comment=b"<?php evil", icc_profile=b"<?php profile") + b"<?php tail"
    assert b"<?php" in body
    assert b"<?php" not in picture(body).body


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16", "CMYK"])
def test_every_mode_can_be_shown(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = opened(picture(drawn(30, 20, kind, mode)))
    assert image.mode == ("RGBA" if mode in ("RGBA", "LA") else "RGB")


def test_the_first_frame_of_an_animation_is_used() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "lime")]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    image = opened(picture(out.getvalue()))
    assert not getattr(image, "is_animated", False)


def png_that_says(width: int, height: int) -> bytes:
    """A small PNG whose header claims the given size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(7000, 7000), (12_000, 12_000), (60_000, 60_000)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    assert refusal(png_that_says(*size)) == "picture-too-large"


def test_a_file_that_is_too_long_is_refused() -> None:
    assert refusal(b"\xff\xd8\xff" + b"\0" * (10 * 2**20)) == "picture-too-large"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>404</html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"II*\0" + b"\0" * 50,
        drawn(9, 9, "BMP"),
    ],
    ids=["nothing", "html", "svg", "pdf", "tiff", "bmp"],
)
def test_the_type_is_found_by_content(body: bytes) -> None:
    assert refusal(body) == "picture-type"


def test_a_cut_off_picture_is_refused() -> None:
    whole = drawn(400, 400, "JPEG", quality=95)
    assert refusal(whole[: len(whole) // 2]) == "picture-damaged"


@given(st.sampled_from([drawn(20, 20, kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")]), st.data())
def test_any_damage_ends_in_a_picture_or_an_error_of_ours(body: bytes, data: st.DataObject) -> None:
    damaged = bytearray(body)
    for at in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=6)):
        damaged[at] = data.draw(st.integers(0, 255))
    with suppress(PictureError):
        assert picture(bytes(damaged)).width <= 1920
