"""While a process is built, nothing is collected; afterwards garbage collection works as before."""

from __future__ import annotations

import gc

import pytest

from server.processes.garbage_collection import collection_suspended


def _fails_without_collection() -> None:
    with collection_suspended():
        assert not gc.isenabled()
        raise ZeroDivisionError


def test_collection_is_suspended_in_the_block_alone() -> None:
    kept = gc.get_freeze_count()
    try:
        with pytest.raises(ZeroDivisionError):
            _fails_without_collection()
        assert gc.isenabled()
        assert gc.get_freeze_count() > kept
    finally:
        gc.enable()
