"""What a process with ten thousand sockets needs of the system and of Python; called by assembly at the start."""

from __future__ import annotations

import gc
import resource

import structlog

log = structlog.get_logger("assembly")
FILES_WANTED = 65_536


def raise_file_limit() -> None:
    """Every screen is an open file: asks for as many as the system allows, and says so where that is few."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_WANTED if hard == resource.RLIM_INFINITY else min(FILES_WANTED, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    if wanted < FILES_WANTED:
        log.warning("few open files allowed", allowed=wanted, wanted=FILES_WANTED, remedy="LimitNOFILE in the unit")


def settle_memory() -> None:
    """What lives from here on is short-lived messages: the collector need not look at the rest again.

    Measured: a message costs 0.86 times as much, and 1.4 times as many clients connect in a second (PERFORMANCE).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)
