"""The process that meets foreign bytes, so that nothing else has to: ``python -m feeds.sandbox.child MEBIBYTES``.

Started and killed by feeds.sandbox.isolate. It reads one task after the other from standard input and answers on
standard output (shapes in feeds.sandbox.pack). Its memory is limited for good, its processor time anew for each task.
"""

from __future__ import annotations

import json
import math
import os
import resource
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from time import monotonic
from typing import Any, BinaryIO

from feeds.clean.pictures import picture
from feeds.discover.survey import survey_bytes
from feeds.errors import FeedError, ParseError
from feeds.read import read_bytes
from feeds.sandbox import pack
from feeds.selectors import selectors_from

Answer = tuple[dict[str, Any], bytes]
BEHIND = 5
"""How far (nice) a child stands back where the processor is short: whoever asked has more urgent things to do."""
_EXHAUSTED = ParseError("Nội dung cần quá nhiều bộ nhớ để đọc.", "memory")


def _read(task: dict[str, Any], body: bytes) -> Answer:
    spent: dict[str, float] = {}
    begun = monotonic()

    def done(stage: str) -> None:
        spent[stage] = monotonic() - begun - sum(spent.values())

    reading = read_bytes(
        body,
        address=task["address"],
        content_type=task["content_type"],
        zone=task["zone"],
        now=datetime.fromisoformat(task["now"]),
        page=selectors_from(task["page"]),
        done=done,
    )
    return {"reading": pack.reading_to_json(reading), "spent": spent}, b""


def _survey(task: dict[str, Any], body: bytes) -> Answer:
    found = survey_bytes(
        body,
        address=task["address"],
        content_type=task["content_type"],
        zone=task["zone"],
        now=datetime.fromisoformat(task["now"]),
    )
    return {"survey": pack.survey_to_json(found)}, b""


def _article(task: dict[str, Any], body: bytes) -> Answer:
    # Imported here: its libraries are large, and most children never see an article.
    from feeds.formats.article import article_bytes

    found = article_bytes(body, address=task["address"], content_type=task["content_type"])
    return {"text": found.text, "image": found.image, "image_alt": found.image_alt}, b""


def _picture(task: dict[str, Any], body: bytes) -> Answer:
    made = picture(body, max_width=task["max_width"])
    return {"width": made.width, "height": made.height}, made.body


Task = Callable[[dict[str, Any], bytes], Answer]
_TASKS: dict[str, Task] = {
    "read": _read,
    "survey": _survey,
    "article": _article,
    "picture": _picture,
}


def serve(source: BinaryIO, sink: BinaryIO, tasks: Mapping[str, Task] = _TASKS) -> None:
    """Say that it is ready, then answer tasks until ``source`` ends.

    Out of memory ends the process after its answer: the heap is in pieces.
    """
    sink.write(pack.line({"ready": True}))
    sink.flush()
    while head := source.readline():
        task = json.loads(head)
        limit_processor(task["seconds"])
        body = source.read(task["bytes"])
        exhausted = False
        try:
            answer, made = tasks[task["task"]](task, body)
        except FeedError as error:
            answer, made = {"error": pack.error_to_json(error)}, b""
        except MemoryError:
            exhausted = True
            answer, made = {"error": pack.error_to_json(_EXHAUSTED), "last": True}, b""
        sink.write(pack.line(answer, made))
        sink.flush()
        if exhausted:
            return


def limit_processor(seconds: float) -> None:
    """``seconds`` more than this process has used so far; then the kernel ends it, even with its parent gone."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime + seconds) + 1, hard))


def limit_memory(mebibytes: int) -> None:
    """Address space of this process, libraries included; core files would be as large, so there are none."""
    resource.setrlimit(resource.RLIMIT_AS, (mebibytes * 2**20, mebibytes * 2**20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(tasks: Mapping[str, Task] = _TASKS) -> None:
    """Limits this process by its argument, then serves until whoever started it is gone."""
    limit_memory(int(sys.argv[1]))
    os.nice(BEHIND)
    # A library that prints must not garble the answers: what it writes goes to the log instead.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        serve(sys.stdin.buffer, answers, tasks)
    except BrokenPipeError:
        # Whoever asked is gone: nobody is left to be told, and the unsent rest must not be tried again at exit.
        os._exit(0)


if __name__ == "__main__":
    main()
