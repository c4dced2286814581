"""Collects the static files of the desk's pages; loaded by server.desk.app.

Their addresses contain a checksum over all of them, so that browsers may cache them for ever.

Only the files collected here are served. Packages of npm are not committed: htmx, sortablejs and others are read from
node_modules, where `make setup` installs them. A page's scripts and styles are in the ``static`` folder of its
feature; templates name them by ``asset("name.js")``.
"""

from __future__ import annotations

import re
from pathlib import Path

from server.setup.errors import SetupError
from server.slides import styles
from server.static_files import CONTENT_TYPES, Assets, joined, unreadable_text

ROOT = Path(__file__).parents[3]
DESK = Path(__file__).parents[1]
_FONTS = "@fontsource/be-vietnam-pro/files"
_VENDOR = {
    "vendor/htmx.js": "htmx.org/dist/htmx.min.js",
    "vendor/sortable.js": "sortablejs/modular/sortable.esm.js",
    "vendor/socket.io.js": "socket.io-client/dist/socket.io.esm.min.js",
    "vendor/chart.js": "chart.js/dist/chart.umd.min.js",
}


def joined_sheet(name: str) -> str:
    """Returns the text of the style sheet ``FEATURE/static/NAME/NAME.css``, with the sheets that it imports inserted.

    Raises OSError if a sheet cannot be read.
    """
    (sheet,) = DESK.glob(f"*/static/{name}/{name}.css")
    return joined(sheet, {path.name: path for path in DESK.glob("*/static/*.css")})


def load(root: Path = ROOT) -> Assets:
    """Reads all static files into memory and returns them. Raises SetupError if one cannot be read.

    ``root`` is the folder that contains the folders display and node_modules.
    """
    try:
        return _load(root)
    except OSError as error:
        raise SetupError(unreadable_text(error, "bàn biên tập")) from error


def _load(root: Path) -> Assets:
    found = {path.name: path for path in sorted(DESK.glob("*/static/*")) if path.suffix in CONTENT_TYPES}
    # Previews of slides use the same style sheets as the screens.
    display, packages = root / "display/css", root / "node_modules"
    found |= {f"css/{path.name}": path for path in display.glob("*.css")}
    fonts = re.findall(r"\.\./fonts/([a-z0-9-]+\.woff2)", (display / "fonts.css").read_text(encoding="utf-8"))
    found |= {f"fonts/{name}": packages / _FONTS / name for name in sorted(set(fonts))}
    found |= {name: packages / path for name, path in _VENDOR.items()}
    files = {name: path.read_bytes() for name, path in found.items()}
    files |= {f"{part.name}.css": joined_sheet(part.name).encode() for part in DESK.glob("*/static/*/")}
    files["css/board.css"] = joined(display / "board.css").encode()
    # The desk shows text at once, in a fallback font until the web font has loaded.
    files["css/fonts.css"] = files["css/fonts.css"].replace(b"font-display: block", b"font-display: swap")
    files["css/slides.css"] = styles.stylesheet().encode()
    return Assets.of(files)
