"""Keeps the English catalogue in step with the texts of code and templates, and compiles catalogues for web.i18n.

``python -m server.desk.translations`` adds new texts to ``en`` without a translation and removes unused ones;
``--check`` (in ``make check``) only lists texts without English, with exit code 1. Message ids are the Vietnamese
sentences.
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


def messages() -> Iterator[tuple[str | tuple[str, ...], str, int]]:
    """Every message in the desk's code and templates (singular and plural as a tuple), with its file and line."""
    for path in sorted((*DESK.rglob("*.py"), *DESK.rglob("*.html"), *DESK.rglob("*.txt"))):
        method = "python" if path.suffix == ".py" else "jinja2"
        options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
        with path.open("rb") as file:
            for line, message, _, _ in extract(method, file, _KEYWORDS, options=options):
                yield message, str(path.relative_to(DESK)), line


def english() -> Catalog:
    """The English catalogue as committed."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def missing() -> list[str]:
    """The Vietnamese sentences without a translation, in the order of the files."""
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
    """Rewrites the English catalogue for the current texts, with the translations that there are."""
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
    """True for header lines to leave out: dates, which change with every run, and placeholders for names."""
    dates = ("POT-Creation-Date", "PO-Revision-Date", "Generated-By")
    headers = (*dates, "Project-Id", "Report-", "Last-Tr", "Language-Team")
    return line.startswith(tuple(f'"{one}' for one in headers))


def compile_all(target: Path) -> None:
    """Writes each .po file as a .mo file under ``target``; compiled files are not committed."""
    for source in HERE.glob("*/LC_MESSAGES/*.po"):
        made = target / source.relative_to(HERE).with_suffix(".mo")
        made.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as po, made.open("wb") as mo:
            write_mo(mo, read_po(po, locale=source.parts[-3]))
