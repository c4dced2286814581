"""Re-encodes untrusted pictures as WebP: decodes them, turns them upright and scales them down.

Called in child processes (feeds.sandbox.child, server.media.child), because a malicious file may exploit a decoder.
Only the pixels of the original file are kept: no metadata, and nothing else that is hidden in the file.
"""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageOps, UnidentifiedImageError

from feeds.entry import Picture
from feeds.errors import PictureError
from feeds.limits import PICTURE_BYTES, PICTURE_PIXELS

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_TALLEST = 8_000
_QUALITY = 82
_ORIENTATION = 0x0112
_SIDEWAYS = {5, 6, 7, 8}
DAMAGED = (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, struct.error, zlib.error)
"""What Pillow's decoders are known to raise on damaged files."""


def picture(body: bytes, *, max_width: int = 1920, least: int = 1) -> Picture:
    """Returns the picture in ``body`` re-encoded as WebP, at most ``max_width`` pixels wide.

    ``body`` may be JPEG, PNG, WebP or GIF, which is detected by content. Raises PictureError (codes
    "picture-too-large", "picture-type", "picture-damaged", and "picture-too-small" if a side has fewer than ``least``
    pixels).
    """
    if len(body) > PICTURE_BYTES:
        raise PictureError("Tệp ảnh lớn quá 10 MiB.", "picture-too-large")
    try:
        with Image.open(io.BytesIO(body), formats=_FORMATS) as source:
            if source.width * source.height > PICTURE_PIXELS:
                raise PictureError("Ảnh có quá nhiều điểm ảnh (hơn 40 triệu).", "picture-too-large")
            if min(source.width, source.height) < least:
                raise PictureError("Ảnh quá nhỏ: biểu tượng hoặc ảnh đếm lượt xem.", "picture-too-small")
            return _encoded(_upright(source, max_width))
    except UnidentifiedImageError as error:
        raise PictureError("Tệp không phải là ảnh JPEG, PNG, WebP hay GIF.", "picture-type") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError("Ảnh có quá nhiều điểm ảnh (hơn 40 triệu).", "picture-too-large") from error
    except DAMAGED as error:
        raise PictureError("Tệp ảnh bị hỏng.", "picture-damaged") from error


def _upright(source: Image.Image, max_width: int) -> Image.Image:
    """Returns the picture turned upright, at most ``max_width`` pixels wide.

    It is scaled before it is turned, because turning makes a copy, and two copies in full size need too much memory.
    """
    sideways = source.getexif().get(_ORIENTATION) in _SIDEWAYS
    source.thumbnail((_TALLEST, max_width) if sideways else (max_width, _TALLEST))
    upright: Image.Image = ImageOps.exif_transpose(source)
    return upright


def _encoded(image: Image.Image) -> Picture:
    transparent = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    pixels = image.convert("RGBA" if transparent else "RGB")
    out = io.BytesIO()
    pixels.save(out, "WEBP", quality=_QUALITY, method=4, icc_profile=b"", exif=b"", xmp=b"")
    return Picture(out.getvalue(), pixels.width, pixels.height)
