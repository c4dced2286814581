"""Decodes and unpacks the attachments of an edXML document; called by reader.

An attachment is base64 of a file, or base64 of a ZIP whose entries are named by the ContentId of the manifest.
Nothing is written to disk here, and names of entries are never used as paths.
"""

from __future__ import annotations

import base64
import binascii
import zipfile
from collections.abc import Iterator, Mapping

from lxml import etree

from feeds.errors import ParseError
from feeds.formats.edxml import mapping
from feeds.formats.edxml.document import EdxmlFile
from feeds.formats.edxml.nodes import all_named, children, first_text, name_of
from feeds.formats.edxml.prepass import Markup
from feeds.formats.edxml.zip_entries import chunks, is_zip, open_zip

MOST_FILES = 40
MOST_UNPACKED = 100 * 2**20
"""Bytes of all files of a document, unpacked."""
MOST_RATIO = 200
"""A file of more than a megabyte that was compressed more than so many times is taken for a bomb."""
_SPACE = b" \t\r\n\x0b\x0c"
_OFFICE = "[Content_Types].xml"


def files_in(markup: Markup) -> tuple[EdxmlFile, ...]:
    """The attachments of the document, in its order. Raises ParseError if one is damaged, too large or dangerous."""
    names = _names(markup.root)
    found: list[EdxmlFile] = []
    left = MOST_UNPACKED
    for id, name, packed in _packed(markup):
        for file in _unpacked(id, name, packed, names, left):
            left -= len(file.body)
            found.append(file)
            if left < 0 or len(found) > MOST_FILES:
                raise ParseError("Tệp kèm văn bản điện tử quá nhiều hoặc quá lớn sau khi giải nén.", "zip-bomb")
    return tuple(found)


def _names(root: etree._Element) -> Mapping[str, str]:
    """ContentId -> file name, from the manifest."""
    found = {}
    for node in all_named(root, mapping.REFERENCE):
        id = _id(first_text(node, mapping.CONTENT_ID))
        if id:
            found[id] = first_text(node, mapping.FILE_NAME)
    return found


def _packed(markup: Markup) -> Iterator[tuple[str, str, bytes]]:
    """Yields ContentId, name and decoded bytes of each attachment."""
    for group in all_named(markup.root, mapping.ATTACHMENTS):
        single = [node for node in children(group) if name_of(node) == mapping.ATTACHMENT]
        for node in single or [group]:
            content = _content_node(node)
            body = markup.content(content).strip(_SPACE)
            if body:
                yield (_id(first_text(node, mapping.CONTENT_ID)), first_text(node, mapping.FILE_NAME), _decoded(body))


def _content_node(node: etree._Element) -> etree._Element:
    wanted = [name.lower() for name in mapping.CONTENT]
    return next((child for child in children(node) if name_of(child) in wanted), node)


def _decoded(body: bytes) -> bytes:
    try:
        return base64.b64decode(body.translate(None, _SPACE), validate=True)
    except binascii.Error as error:
        raise ParseError("Tệp kèm văn bản điện tử không phải base64 đúng, nên không mở được.", "base64") from error


def _unpacked(id: str, name: str, body: bytes, names: Mapping[str, str], left: int) -> Iterator[EdxmlFile]:
    archive = _archive(body)
    if archive is None:
        yield EdxmlFile(_plain(name or names.get(id, "") or id or "tep"), body)
        return
    with archive:
        for entry in archive.infolist():
            if entry.filename.endswith("/"):  # a folder; ZipInfo.is_dir raises IndexError for an empty name
                continue
            path = entry.filename.replace("\\", "/")
            if path.startswith("/") or ":" in path or ".." in path.split("/"):
                raise ParseError("Tệp nén trong văn bản điện tử có đường dẫn nguy hiểm nên bị từ chối.", "zip-slip")
            known = names.get(_id(path)) or names.get(_id(path.rsplit(".", 1)[0]))
            content = _entry(archive, entry, left)
            left -= len(content)
            yield EdxmlFile(_plain(known or path), content)


def _archive(body: bytes) -> zipfile.ZipFile | None:
    """The ZIP archive in ``body``; None for another file, also for one of an office program."""
    archive = open_zip(body) if is_zip(body) else None
    return None if archive is None or _OFFICE in archive.namelist() else archive


def _entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in chunks(archive, entry):
        size += len(part)
        ratio = size / max(1, entry.compress_size)
        if size > left or (size > 2**20 and ratio > MOST_RATIO):
            raise ParseError("Tệp nén trong văn bản điện tử nở ra quá lớn nên bị từ chối.", "zip-bomb")
        parts.append(part)
    return b"".join(parts)


def _id(text: str) -> str:
    """A ContentId without the prefix "cid:" and angle brackets, in lower case."""
    text = text.strip().strip("<>").lower()
    for prefix in mapping.CID_PREFIXES:
        text = text.removeprefix(prefix)
    return text


def _plain(name: str) -> str:
    """The last part of a file's name, without folders and control characters, at most 120 characters."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return "".join(character for character in last if character.isprintable()).strip()[:120] or "tep"
