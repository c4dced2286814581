"""Takes a letter apart: its text, its files, and what of it nobody can read; called by the intake.

Only letters of authenticated senders come here. Their size is limited before they are fetched, their parts here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from pathlib import PurePosixPath

from feeds.clean.plain_text import text_of
from server.core.sources.mail.letter_text import unflowed
from server.core.text_input import cleaned
from server.worker.mailbox.words import body_text, words_text

MOST_PARTS = 200
MOST_FILES = 20
_SMALL_PICTURE = 30 * 1024
"""A picture inside the text that is smaller is the logo of a signature."""
_UNNAMED = {"application/pdf": "tệp.pdf", "text/csv": "bảng.csv", "text/html": "trang.html"}
_ENCRYPTED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted")
_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")


class Unreadable(ValueError):  # noqa: N818 - "except Unreadable" reads well
    """The letter cannot be taken apart: it has too many parts, or they are nested too deeply."""


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A file of a letter: its name, without a path, and its content."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Parts:
    """What a letter contains. ``text`` is plain text, "" for none.

    ``winmail``: it has a file that only Outlook can read. ``encrypted``: its content is encrypted. ``left_out`` is
    how many files were not read, because there are too many.
    """

    text: str = ""
    files: tuple[LetterFile, ...] = ()
    winmail: bool = False
    encrypted: bool = False
    left_out: int = 0


def parts_of(raw: bytes) -> Parts:
    """Takes a whole letter apart. Raises Unreadable."""
    try:
        leaves = list(_leaves(message_from_bytes(raw, policy=compat32)))
    except RecursionError as error:
        raise Unreadable("nested too deeply") from error
    plain = next((leaf for leaf in leaves if _is_text(leaf, "text/plain")), None)
    markup = next((leaf for leaf in leaves if _is_text(leaf, "text/html")), None)
    text = _plain(plain) if plain is not None else ""
    if not text.strip() and markup is not None:
        text = text_of(_decoded(markup))
    found = [leaf for leaf in leaves if _is_file(leaf)]
    outlook = [leaf for leaf in found if _is_winmail(leaf)]
    files = [leaf for leaf in found if leaf not in outlook]
    return Parts(
        text,
        tuple(LetterFile(_name(leaf), _content(leaf)) for leaf in files[:MOST_FILES]),
        bool(outlook),
        any(leaf.get_content_type() in _ENCRYPTED for leaf in leaves),
        max(0, len(files) - MOST_FILES),
    )


def _leaves(message: Message) -> Iterator[Message]:
    """The parts that have no further parts, those of attached letters too, and encrypted ones. Raises Unreadable."""
    for number, part in enumerate(message.walk()):
        if number >= MOST_PARTS:
            raise Unreadable("too many parts")
        if not part.is_multipart() or part.get_content_type() in _ENCRYPTED:
            yield part


def _is_text(leaf: Message, kind: str) -> bool:
    return leaf.get_content_type() == kind and not _attached(leaf)


def _attached(leaf: Message) -> bool:
    return leaf.get_content_disposition() == "attachment" or bool(leaf.get_filename())


def _is_file(leaf: Message) -> bool:
    kind = leaf.get_content_type()
    if kind in _SIGNATURES or leaf.is_multipart():
        return False
    if leaf.get_content_maintype() == "text" and not _attached(leaf):
        return False
    inside = leaf.get_content_maintype() == "image" and bool(leaf.get("Content-ID"))
    return not (inside and leaf.get_content_disposition() != "attachment" and len(_content(leaf)) < _SMALL_PICTURE)


def _is_winmail(leaf: Message) -> bool:
    return leaf.get_content_type() in ("application/ms-tnef", "application/vnd.ms-tnef") or _name(
        leaf
    ).lower() in ("winmail.dat", "win.dat")  # fmt: skip


def _content(leaf: Message) -> bytes:
    found = leaf.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _decoded(leaf: Message) -> str:
    return body_text(_content(leaf), str(leaf.get_content_charset() or ""))


def _plain(leaf: Message) -> str:
    text = _decoded(leaf)
    flowed = str(leaf.get_param("format", "")).lower() == "flowed"
    return unflowed(text, delete_space=str(leaf.get_param("delsp", "")).lower() == "yes") if flowed else text


def _name(leaf: Message) -> str:
    """The name of a file without its folder, at most 120 characters; a plain one if it has none."""
    found = cleaned(words_text(leaf.get_filename() or "")).replace("\\", "/").replace("\n", " ")
    name = PurePosixPath(found).name.strip()[:120]
    return name or _UNNAMED.get(leaf.get_content_type(), "ảnh" if leaf.get_content_maintype() == "image" else "tệp")
