"""Takes the documents that the composer's form names as an announcement's originals; called by composer_page."""

from __future__ import annotations

from dataclasses import replace

from werkzeug.datastructures import MultiDict

from server.core.announcements.originals import MOST, file_name, is_whole
from server.core.model import Announcement, Original
from server.desk.web.context import desk
from server.media.media_files import SUFFIX
from server.store.media import originals

FIELD = originals.FIELD
NAME = "original-name-"
"""With the hash of an original: the field of its name."""


def named_in(formdata: MultiDict[str, str] | None) -> tuple[Original, ...]:
    """Returns the originals that the form names by their hash, in order; those that are not kept are left out."""
    if formdata is None:
        return ()
    hashes = list(dict.fromkeys(formdata.getlist(FIELD)))[:MOST]
    kept = originals.known(desk.db, hashes)
    return tuple(
        Original(one.hash, file_name(formdata.get(f"{NAME}{one.hash}") or "", SUFFIX[one.type]), one.type, one.size)
        for one in (kept[hash] for hash in hashes if hash in kept)
    )


def only_whole(one: Announcement) -> Announcement:
    """Returns the announcement without the originals of which its writer has left something out.

    Otherwise people would read in the file what the writer has taken out of the text.
    """
    kept = originals.known(desk.db, [file.hash for file in one.originals])
    whole = tuple(
        file
        for file in one.originals
        if (known := kept.get(file.hash)) and is_whole(known.pages, known.rows, one.attachments, one.table)
    )
    return replace(one, originals=whole)
