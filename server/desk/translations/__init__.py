"""The catalogues: what the desk says, taken from its code and templates, and its English; called by words and make.

``python -m server.desk.translations`` writes what is new into ``en``, empty, and takes out what is gone;
``--check`` only says what is missing, exit code 1. Message ids are the Vietnamese sentences themselves.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).parent
DESK = HERE.parent
ENGLISH = HERE / "en/LC_MESSAGES/messages.po"
_KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}


def said() -> Iterator[tuple[str | tuple[str, ...], str, int]]:
    """Every message of the desk, with the file and the line where it stands."""
    for path in sorted((*DESK.rglob("*.py"), *DESK.rglob("*.html"), *DESK.rglob("*.txt"))):
        method = "python" if path.suffix == ".py" else "jinja2"
        options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
        with path.open("rb") as file:
            for line, message, _, _ in extract(method, file, _KEYWORDS, options=options):
                yield message, str(path.relative_to(DESK)), line


def english() -> Catalog:
    """The English catalogue as it is kept."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def missing() -> list[str]:
    """Vietnamese sentences without their English, in the order of the files."""
    held = english()
    found = []
    for message, _, _ in said():
        first = message if isinstance(message, str) else message[0]
        if first not in found and not _translated(held, first):
            found.append(first)
    return found


def _translated(held: Catalog, sentence: str) -> bool:
    kept = held.get(sentence)
    string = kept.string if kept is not None else None
    return bool(string) if isinstance(string, str) or string is None else all(string)


def update() -> None:
    """Brings the English catalogue to what the desk says now, keeping what is translated."""
    held, made = english(), Catalog(locale="en", charset="utf-8")
    for message, file, _ in said():
        kept = held.get(message if isinstance(message, str) else message[0])
        # Files without lines: they would change with every edit of the code.
        made.add(message, kept.string if kept else None, locations=[(file, 0)])
    made.fuzzy = False
    made.header_comment = "# What the desk says, in English; message ids are the Vietnamese sentences."
    text = io.BytesIO()
    write_po(text, made, width=116, sort_output=True, include_lineno=False, omit_header=False)
    lines = [line for line in text.getvalue().decode().splitlines() if not _changes_always(line)]
    ENGLISH.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _changes_always(line: str) -> bool:
    """Also headers that name nobody."""
    dates = ("POT-Creation-Date", "PO-Revision-Date", "Generated-By")
    headers = (*dates, "Project-Id", "Report-", "Last-Tr", "Language-Team")
    return line.startswith(tuple(f'"{one}' for one in headers))


def compile_all(target: Path) -> None:
    """Writes each .po as .mo under ``target``: only sources are kept."""
    for source in HERE.glob("*/LC_MESSAGES/*.po"):
        made = target / source.relative_to(HERE).with_suffix(".mo")
        made.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as po, made.open("wb") as mo:
            write_mo(mo, read_po(po, locale=source.parts[-3]))
