"""The program of the child process that opens uploaded files: ``python -m server.media.child MEBIBYTES``.

Started by server.media.importer. It is feeds.sandbox.child with other tasks; MEBIBYTES limits its address space, and
the CPU time of each task is limited too. A task contains the path of its file, because a video is too large for a
pipe. A screenshot is not stored as a file yet, so it is passed through the pipe.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from feeds.clean.pictures import picture
from feeds.sandbox.child import Task, main
from feeds.sandbox.pack import Answer, Message, field


def _picture(task: Message, _body: bytes) -> Answer:
    made = picture(Path(field(task, "path", str)).read_bytes(), max_width=field(task, "max_width", int))
    return {"width": made.width, "height": made.height}, made.body


# Libraries are imported where they are used, because each is large and counts towards the limit of address space.
def _pdf(task: Message, _body: bytes) -> Answer:
    from server.media.pdf import count_pages

    return {"pages": count_pages(Path(field(task, "path", str)))}, b""


def _page(task: Message, _body: bytes) -> Answer:
    from server.media.pdf import draw_page

    made = draw_page(Path(field(task, "path", str)), field(task, "number", int))
    return {"width": made.width, "height": made.height, "text": made.text}, made.body


def _head(task: Message, _body: bytes) -> Answer:
    from server.media.pdf import head_text

    return {"text": head_text(Path(field(task, "path", str)))}, b""


def _signatures(task: Message, _body: bytes) -> Answer:
    from server.media.signatures import check

    roots = field(task, "roots", str)
    now = datetime.fromisoformat(field(task, "now", str))
    found = check(Path(field(task, "path", str)), Path(roots) if roots else None, now)
    return {"signatures": [asdict(one) | {"at": one.at.isoformat() if one.at else None} for one in found]}, b""


def _video(task: Message, _body: bytes) -> Answer:
    from server.media.video import probe

    return asdict(probe(Path(field(task, "path", str)), field(task, "kind", str))), b""


def _sheet(task: Message, _body: bytes) -> Answer:
    from server.core.announcements.table_text import TableLimits
    from server.media.sheet import rows

    limits = TableLimits(field(task, "rows", int), field(task, "columns", int), field(task, "cell", int))
    table = rows(Path(field(task, "path", str)), limits)
    return {"rows": table.rows, "notes": table.notes, "is_whole": table.is_whole}, b""


def _screenshot(_task: Message, body: bytes) -> Answer:
    from server.media.screenshots import reduced

    return {}, reduced(body)


TASKS: dict[str, Task] = {
    "picture": _picture,
    "pdf": _pdf,
    "page": _page,
    "head": _head,
    "signatures": _signatures,
    "video": _video,
    "sheet": _sheet,
    "screenshot": _screenshot,
}

if __name__ == "__main__":
    main(TASKS)
