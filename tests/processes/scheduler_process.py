"""The server's scheduler on a gevent loop, with one job that never ends; test_jobs starts it as a process.

When another job has run twenty times, it prints "ticks" and how often the endless job was started.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import gevent.event  # noqa: E402 - gevent patches before anything else is imported

from server.processes.jobs import Job, start_in_server  # noqa: E402


def main() -> None:
    stuck, enough = gevent.event.Event(), gevent.event.Event()
    begun, ticks = [], []

    def refresh() -> None:
        begun.append(1)
        stuck.wait()

    def tick() -> None:
        ticks.append(1)
        if begun and len(ticks) >= 20:
            enough.set()

    def breaks() -> None:
        raise RuntimeError("a job that breaks")

    stop = start_in_server(Job("tick", 0.01, tick), Job("refresh", 0.01, refresh), Job("breaks", 0.01, breaks))
    enough.wait(60)
    print("ticks" if enough.is_set() else "no ticks", len(begun), flush=True)
    stop()
    stuck.set()


if __name__ == "__main__":
    main()
