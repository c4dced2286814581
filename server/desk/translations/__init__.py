"""Updates the English gettext catalogue from the texts in code and templates, and compiles catalogues for web.i18n.

The message ids are the Vietnamese sentences. ``python -m server.desk.translations`` adds new texts, untranslated, to
the catalogue ``en`` and removes unused ones. With ``--check`` (as in ``make check``) it changes nothing. Both list
the texts without an English translation and exit with code 1 if there are any.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cache
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


def messages() -> Iterator[tuple[str | tuple[str, ...], str, int]]:
    """Yields every message in the desk's code and templates, as (message, file, line).

    A message with a plural is a tuple (singular, plural). The file is relative to the folder of the desk.
    """
    for path in sorted((*DESK.rglob("*.py"), *DESK.rglob("*.html"), *DESK.rglob("*.txt"))):
        method = "python" if path.suffix == ".py" else "jinja2"
        options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
        with path.open("rb") as file:
            for line, message, _, _ in extract(method, file, _KEYWORDS, options=options):
                yield message, str(path.relative_to(DESK)), line


def english() -> Catalog:
    """Reads the English catalogue from its .po file."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def missing() -> list[str]:
    """Returns the Vietnamese sentences without an English translation, in the order of the files."""
    catalogue = english()
    found = []
    for message, _, _ in messages():
        first = message if isinstance(message, str) else message[0]
        if first not in found and not _is_translated(catalogue, first):
            found.append(first)
    return found


def _is_translated(catalogue: Catalog, sentence: str) -> bool:
    message = catalogue.get(sentence)
    string = message.string if message is not None else None
    return bool(string) if isinstance(string, str) or string is None else all(string)


def update() -> None:
    """Rewrites the English catalogue: it contains exactly the current texts, and keeps existing translations."""
    old, made = english(), Catalog(locale="en", charset="utf-8")
    for message, file, _ in messages():
        translated = old.get(message if isinstance(message, str) else message[0])
        # No line numbers: they would change with every edit of the code.
        made.add(message, translated.string if translated else None, locations=[(file, 0)])
    made.fuzzy = False
    made.header_comment = "# What the desk says, in English; message ids are the Vietnamese sentences."
    text = io.BytesIO()
    write_po(text, made, width=116, sort_output=True, include_lineno=False, omit_header=False)
    lines = [line for line in text.getvalue().decode().splitlines() if not _is_volatile_header(line)]
    ENGLISH.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _is_volatile_header(line: str) -> bool:
    """True for header lines that are not committed: dates, which change with every run, and empty placeholders."""
    dates = ("POT-Creation-Date", "PO-Revision-Date", "Generated-By")
    headers = (*dates, "Project-Id", "Report-", "Last-Tr", "Language-Team")
    return line.startswith(tuple(f'"{one}' for one in headers))


def compile_all(target: Path) -> None:
    """Compiles each .po file to a .mo file below the folder ``target``."""
    for source in HERE.glob("*/LC_MESSAGES/*.po"):
        made = target / source.relative_to(HERE).with_suffix(".mo")
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_bytes(_compiled(source))


@cache
def _compiled(source: Path) -> bytes:
    """Returns the content of the .mo file for a .po file; cached, because tests make many desks in one process."""
    compiled = io.BytesIO()
    with source.open("rb") as po:
        write_mo(compiled, read_po(po, locale=source.parts[-3]))
    return compiled.getvalue()
