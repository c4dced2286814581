"""Screenshots that screens send: scales them down in a child process, and stores them as files in the data folder.

Called by server.live.glass (``take``, ``keep``) and server.media.child (``reduced``).
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from feeds.errors import ParseError, PictureError
from feeds.sandbox.isolate import SandboxProcess
from server.media.media_files import write_whole

MOST_PIXELS = 20_000_000
STORED_SIDE = 1_280
SECONDS = 10.0


def folder(data: Path) -> Path:
    """Returns the folder of screenshots in the data folder ``data``; creates it if it does not exist."""
    found = data / "screenshots"
    found.mkdir(parents=True, exist_ok=True)
    return found


def take(body: bytes, sandbox: SandboxProcess) -> bytes:
    """Scales an uploaded screenshot down in a child process; returns WebP.

    ``sandbox`` is made by ``server.media.importer.file_sandbox``. Raises ParseError, with a Vietnamese sentence, if
    ``body`` is not a picture, is too large, or takes too much time or memory.
    """
    try:
        return sandbox.run({"task": "screenshot"}, body, SECONDS)[1]
    except ParseError as error:
        if error.code in ("killed", "memory"):
            raise ParseError("Ảnh chụp cần quá nhiều thời gian hoặc bộ nhớ để mở", error.code) from error
        raise


def reduced(body: bytes) -> bytes:
    """Decodes a picture, and encodes it as WebP of at most ``STORED_SIDE`` pixels per side; called in the child.

    Encoding it anew makes sure that only a picture is stored. Raises PictureError.
    """
    # Imported here, because only the child process needs it.
    from PIL import Image

    from feeds.clean.pictures import DAMAGED

    try:
        with Image.open(io.BytesIO(body), formats=["PNG", "JPEG", "WEBP"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise PictureError("Ảnh chụp có quá nhiều điểm ảnh (hơn 20 triệu)", "picture-too-large")
            picture.thumbnail((STORED_SIDE, STORED_SIDE))
            out = io.BytesIO()
            picture.convert("RGB").save(out, "WEBP", quality=80)
            return out.getvalue()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError("Ảnh chụp có quá nhiều điểm ảnh (hơn 20 triệu)", "picture-too-large") from error
    except DAMAGED as error:
        raise PictureError("Không phải ảnh PNG, JPEG hay WebP", "picture-type") from error


def keep(picture: bytes, data: Path, command: int) -> None:
    """Stores the WebP ``picture``, the screenshot for the command with the id ``command``."""
    write_whole(folder(data) / f"{command}.webp", lambda part: part.write_bytes(picture))


def forget(data: Path, commands: Iterable[int]) -> int:
    """Deletes the screenshots for the commands with these ids; returns the number of deleted files."""
    files = [path for id in commands if (path := folder(data) / f"{id}.webp").exists()]
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)
