"""Screenshots are scaled down in a child process, refused if they are too large, and stored and deleted as files."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from feeds.errors import ParseError, PictureError
from server.media import screenshots
from server.media.importer import file_sandbox


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, kind)
    return out.getvalue()


def test_a_screenshot_comes_back_from_the_child_reduced() -> None:
    sandbox = file_sandbox()
    try:
        with Image.open(io.BytesIO(screenshots.take(picture(1080, 1920, "JPEG"), sandbox))) as made:
            assert (made.format, made.size) == ("WEBP", (720, 1280))
        with pytest.raises(ParseError, match="20 triệu"):
            screenshots.take(picture(5_000, 4_001), sandbox)
    finally:
        sandbox.close()


@pytest.mark.parametrize("body", [b"", b"x" * 500, picture(9, 9, "GIF"), picture(400, 400)[:200]])
def test_what_is_no_picture_is_refused(body: bytes) -> None:
    with pytest.raises(PictureError):
        screenshots.reduced(body)


def test_the_screenshots_of_old_commands_are_deleted(tmp_path: Path) -> None:
    for command in (1, 2, 3):
        screenshots.keep(b"webp", tmp_path, command)
    assert screenshots.forget(tmp_path, [1, 3, 9]) == 2
    assert [one.name for one in screenshots.folder(tmp_path).iterdir()] == ["2.webp"]
