"""Writes server/core/typesetting/font_metrics.py from the font files.

Run ``python -m tests.core.typesetting.font_table``. ``test_font_metrics.py`` calls `table` to check that the
committed module is up to date.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict

from fontTools.ttLib import TTFont

from tests.paths import ROOT

FILES = ROOT / "node_modules/@fontsource/be-vietnam-pro/files"
TARGET = ROOT / "server/core/typesetting/font_metrics.py"
WEIGHTS = (400, 500, 600, 700)
SUBSETS = ("latin", "vietnamese")
HEAD = '''"""The advance widths of Be Vietnam Pro; read by paging.py, written by tests/core/typesetting/font_table.py.

``ADVANCES[weight][width]`` holds the characters of that width, in hundredths of an em.
"""

from __future__ import annotations

'''


def font(weight: int, subset: str = "latin") -> TTFont:
    """Parses the shipped font file of one weight and one subset of characters, such as latin."""
    return TTFont(FILES / f"be-vietnam-pro-{subset}-{weight}-normal.woff2")


def widths(weight: int) -> dict[str, int]:
    """Each printable character of the subsets -> its advance width in hundredths of an em."""
    found: dict[str, int] = {}
    for subset in SUBSETS:
        face = font(weight, subset)
        advances, upm = face["hmtx"].metrics, face["head"].unitsPerEm
        for code, name in face.getBestCmap().items():
            if chr(code).isprintable() and not unicodedata.combining(chr(code)):
                found[chr(code)] = round(advances[name][0] * 100 / upm)
    return found


def table() -> str:
    """The whole text of the generated module."""
    lines = [HEAD, f"CAP_HEIGHT = {font(400)['OS/2'].sCapHeight / 1000}\n\n"]
    lines.append("ADVANCES: dict[int, dict[int, str]] = {\n")
    for weight in WEIGHTS:
        groups: dict[int, str] = defaultdict(str)
        for character, width in sorted(widths(weight).items()):
            groups[width] += character
        lines.append(f"    {weight}: {{\n")
        lines += [f"        {width}: {_quoted(letters)},\n" for width, letters in sorted(groups.items())]
        lines.append("    },\n")
    return "".join([*lines, "}\n"])


def _quoted(letters: str) -> str:
    mark = "'" if '"' in letters else '"'
    return mark + letters.replace("\\", "\\\\") + mark


if __name__ == "__main__":
    TARGET.write_text(table(), encoding="utf-8")
