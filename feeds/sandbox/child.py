"""Parses untrusted bytes in a process of its own: ``python -m feeds.sandbox.child MEBIBYTES``.

Started and killed by feeds.sandbox.isolate. It reads one task after the other from standard input and answers on
standard output (messages of feeds.sandbox.pack). Its address space is limited to MEBIBYTES for its whole life, its
CPU time anew for each task.
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
from typing import BinaryIO

from feeds.clean.pictures import picture
from feeds.discover.survey import survey_bytes
from feeds.errors import FeedError, ParseError
from feeds.formats.cap.conformance import faults_in
from feeds.formats.cap.reader import read_cap
from feeds.limits import PICTURE_LEAST
from feeds.reader import read_bytes
from feeds.sandbox import pack
from feeds.sandbox.cap_answer import cap_to_bytes
from feeds.sandbox.pack import Answer, Message, field

NICE = 5
"""Increment of the child's nice value, because the process that waits for the child has more urgent work."""
_OUT_OF_MEMORY = ParseError("Nội dung cần quá nhiều bộ nhớ để đọc.", "memory")


def _read(task: Message, body: bytes) -> Answer:
    spent: dict[str, float] = {}
    begun = monotonic()

    def on_stage(stage: str) -> None:
        spent[stage] = monotonic() - begun - sum(spent.values())

    reading = read_bytes(
        body,
        address=field(task, "address", str),
        content_type=field(task, "content_type", str),
        zone=field(task, "zone", str),
        now=datetime.fromisoformat(field(task, "now", str)),
        page=pack.selectors_of(task, "page"),
        on_stage=on_stage,
    )
    return {"reading": pack.reading_to_json(reading), "spent": spent}, b""


def _cap(task: Message, body: bytes) -> Answer:
    found = read_cap(
        body,
        address=field(task, "address", str),
        content_type=field(task, "content_type", str),
        zone=field(task, "zone", str),
        certificate=field(task, "certificate", str),
    )
    return {}, cap_to_bytes(found)


def _cap_faults(task: Message, body: bytes) -> Answer:
    return {"alerts": [[name, list(found)] for name, found in faults_in(body, field(task, "content_type", str))]}, b""


def _survey(task: Message, body: bytes) -> Answer:
    found = survey_bytes(
        body,
        address=field(task, "address", str),
        content_type=field(task, "content_type", str),
        zone=field(task, "zone", str),
        now=datetime.fromisoformat(field(task, "now", str)),
    )
    return {"survey": pack.survey_to_json(found)}, b""


def _article(task: Message, body: bytes) -> Answer:
    # Imported here: its libraries are large, and most children never read an article.
    from feeds.formats.article import article_bytes

    found = article_bytes(body, address=field(task, "address", str), content_type=field(task, "content_type", str))
    return {"text": found.text, "image": found.image, "image_alt": found.image_alt}, b""


def _picture(task: Message, body: bytes) -> Answer:
    made = picture(body, max_width=field(task, "max_width", int), least=PICTURE_LEAST)
    return {"width": made.width, "height": made.height}, made.body


Task = Callable[[Message, bytes], Answer]
_TASKS: dict[str, Task] = {
    "read": _read,
    "cap": _cap,
    "cap faults": _cap_faults,
    "survey": _survey,
    "article": _article,
    "picture": _picture,
}


def serve(source: BinaryIO, sink: BinaryIO, tasks: Mapping[str, Task] = _TASKS) -> None:
    """Sends a ready message, then answers tasks until ``source`` ends; ``tasks`` maps names to functions.

    After a MemoryError it answers with an error and returns, which ends the process, because its heap is fragmented.
    """
    sink.write(pack.line({"ready": True}))
    sink.flush()
    while head := source.readline():
        task = json.loads(head)
        limit_cpu(task["seconds"])
        body = source.read(task["bytes"])
        out_of_memory = False
        try:
            answer, made = tasks[task["task"]](task, body)
        except FeedError as error:
            answer, made = {"error": pack.error_to_json(error)}, b""
        except MemoryError:
            out_of_memory = True
            answer, made = {"error": pack.error_to_json(_OUT_OF_MEMORY), "last": True}, b""
        sink.write(pack.line(answer, made))
        sink.flush()
        if out_of_memory:
            return


def limit_cpu(seconds: float) -> None:
    """Allows this process ``seconds`` more of CPU time, or up to 2 s longer, because the kernel counts whole seconds.

    When the time is used up, the kernel ends the process, even if the parent is gone.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime + seconds) + 1, hard))


def limit_memory(mebibytes: int) -> None:
    """Limits the address space of this process, libraries included, and switches core files off."""
    resource.setrlimit(resource.RLIMIT_AS, (mebibytes * 2**20, mebibytes * 2**20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(tasks: Mapping[str, Task] = _TASKS) -> None:
    """Limits the memory of this process to its command-line argument, then serves until its parent is gone."""
    limit_memory(int(sys.argv[1]))
    os.nice(NICE)
    # A library that prints must not corrupt the answers, so descriptor 1 is redirected to standard error.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        serve(sys.stdin.buffer, answers, tasks)
    except BrokenPipeError:
        # The parent is gone. Exit at once: a normal exit would try to write the unsent rest again.
        os._exit(0)


if __name__ == "__main__":
    main()
