"""Makes uploaded documents for the tests of public pages."""

from __future__ import annotations

from dataclasses import replace

from server.core.model import Attachment, Original
from server.media.media_files import save_file
from server.store.media import originals
from tests.desk.office import Office

PDF = "application/pdf"


def keep(office: Office, word: str, name: str = "Quyết định.pdf", type: str = PDF) -> Original:
    """Keeps a document whose content is ``word``, as the worker does after an upload."""
    media = office.folder / "media"
    media.mkdir(exist_ok=True)
    sent = office.folder / "sent"
    sent.write_text(word, encoding="utf-8")
    one = Original(save_file(sent, media, type), "", type, sent.stat().st_size)
    originals.put(office.db, one, [Attachment("1" * 16, "Trang 1", 9, 9)], ())
    return replace(one, name=name)
