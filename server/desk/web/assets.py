"""Files that the desk's pages are made of, from an allow-list, under one checksum; called by desk_app.

Nothing of npm is committed: htmx and sortablejs are read from node_modules, where `make setup` put them. A page's
scripts and styles stand in the ``static`` folder of its feature; the page names them by ``asset("name.js")``.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from server.setup.store_setup import SetupError
from server.slides import styles
from server.static_files import joined

ROOT = Path(__file__).parents[3]
DESK = Path(__file__).parents[1]
_FONTS = ROOT / "node_modules/@fontsource/be-vietnam-pro/files"
_VENDOR = {
    "vendor/htmx.js": "htmx.org/dist/htmx.min.js",
    "vendor/sortable.js": "sortablejs/modular/sortable.esm.js",
    "vendor/socket.io.js": "socket.io-client/dist/socket.io.esm.min.js",
    "vendor/chart.js": "chart.js/dist/chart.umd.min.js",
}
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Assets:
    """Name (as in /desk/assets/BUILD/NAME) -> bytes; ``build`` is 12 hex of SHA-256 over all of them."""

    build: str
    files: dict[str, bytes]

    def type_of(self, name: str) -> str:
        return TYPES[Path(name).suffix]


def joined_sheet(name: str) -> str:
    """The text of NAME.css: NAME/NAME.css of a feature with its parts, also of other features. Raises OSError."""
    (sheet,) = DESK.glob(f"*/static/{name}/{name}.css")
    return joined(sheet, {path.name: path for path in DESK.glob("*/static/*.css")})


def load() -> Assets:
    """Reads every file once. Raises SetupError."""
    found = {path.name: path for path in sorted(DESK.glob("*/static/*")) if path.suffix in TYPES}
    # The glass draws the miniatures and previews too: its sheets are the same files.
    display = ROOT / "display/css"
    found |= {f"css/{path.name}": path for path in display.glob("*.css")}
    fonts = re.findall(r"\.\./fonts/([a-z0-9-]+\.woff2)", (display / "fonts.css").read_text(encoding="utf-8"))
    found |= {f"fonts/{name}": _FONTS / name for name in sorted(set(fonts))}
    found |= {name: ROOT / "node_modules" / path for name, path in _VENDOR.items()}
    files: dict[str, bytes] = {}
    for name, path in found.items():
        try:
            files[name] = path.read_bytes()
        except OSError as error:
            raise SetupError(f"Thiếu tệp {path.name} cho bàn biên tập; hãy chạy: make setup") from error
    files |= {f"{part.name}.css": joined_sheet(part.name).encode() for part in DESK.glob("*/static/*/")}
    files["css/board.css"] = joined(display / "board.css").encode()
    # At the desk words stand there at once, in another letter until the right one has come.
    files["css/fonts.css"] = files["css/fonts.css"].replace(b"font-display: block", b"font-display: swap")
    files["css/slides.css"] = styles.stylesheet().encode()
    checksum = hashlib.sha256(b"".join(name.encode() + body for name, body in sorted(files.items())))
    return Assets(checksum.hexdigest()[:12], files)
