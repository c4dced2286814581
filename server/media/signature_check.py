"""Has a PDF file's signatures checked in the child process; called by server.documents and worker.imported_files.

This module imports no library of signatures: server.media.signatures, which the child imports, does.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from types import NoneType
from typing import get_args

from feeds.errors import ParseError
from feeds.sandbox.isolate import SandboxProcess
from feeds.sandbox.pack import field
from server.core.model import Signature, SignatureState

SECONDS = 30.0


def check_signatures(
    path: Path, roots: Path | None, now: datetime, *, sandbox: SandboxProcess
) -> tuple[Signature, ...]:
    """The signatures of the PDF file at ``path``, in the order of signing; () if it has none.

    ``roots`` is the folder of trusted certificates. A file whose signatures cannot be read has one that is "unclear".
    """
    task = {"task": "signatures", "path": str(path), "roots": str(roots) if roots else "", "now": now.isoformat()}
    try:
        answer, _ = sandbox.run(task, b"", SECONDS)
        return tuple(_signature(one) for one in field(answer, "signatures", list))
    except ParseError:
        return (Signature("unclear"),)


def _signature(one: object) -> Signature:
    state: SignatureState = "unclear"
    for known in get_args(SignatureState):
        if known == field(one, "state", str):
            state = known
    at = field(one, "at", str, NoneType)
    return Signature(
        state, field(one, "signer", str), datetime.fromisoformat(at) if at else None, field(one, "stamped", bool),
        field(one, "whole", bool),
    )  # fmt: skip
