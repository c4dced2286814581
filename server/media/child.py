"""The process that meets people's files: ``python -m server.media.child MEBIBYTES``, started by take.

It is feeds.sandbox.child with other tasks: limited memory for good, limited processor time for each task. Files are
named by their path, because a video would not fit through a pipe.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from feeds.clean.pictures import picture
from feeds.sandbox.child import Answer, main


def _picture(task: dict[str, Any], _body: bytes) -> Answer:
    made = picture(Path(task["path"]).read_bytes(), max_width=task["max_width"])
    return {"width": made.width, "height": made.height}, made.body


# Imported where they are used: each of these libraries is large, and its address space is counted.
def _pdf(task: dict[str, Any], _body: bytes) -> Answer:
    from server.media.pdf import count_pages

    return {"pages": count_pages(Path(task["path"]))}, b""


def _page(task: dict[str, Any], _body: bytes) -> Answer:
    from server.media.pdf import draw_page

    made = draw_page(Path(task["path"]), task["number"])
    return {"width": made.width, "height": made.height, "text": made.text}, made.body


def _video(task: dict[str, Any], _body: bytes) -> Answer:
    from server.media.video import look

    return asdict(look(Path(task["path"]), task["kind"])), b""


def _sheet(task: dict[str, Any], _body: bytes) -> Answer:
    from server.media.sheet import rows

    return {"rows": rows(Path(task["path"]))}, b""


TASKS = {"picture": _picture, "pdf": _pdf, "page": _page, "video": _video, "sheet": _sheet}

if __name__ == "__main__":
    main(TASKS)
