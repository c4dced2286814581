"""Binds Unix sockets in the data folder; called by nudge_socket and ops.desk_proxy.

The kernel limits a Unix socket's path to 107 bytes, and the path of the data folder may be longer. So a socket is
bound by a short path below /proc/self/fd, which leads to the open folder.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path


def bind_in(data: Path, name: str, unbound: socket.socket) -> tuple[Path, int]:
    """Binds ``unbound`` to a new file ``NAME-PID.sock`` in ``data`` with mode 0600.

    Returns the short path, and the file descriptor of ``data`` that the path contains. The path is valid in this
    process until the descriptor is closed. Also removes such files of processes that have ended. Raises OSError.
    """
    for old in data.glob(f"{name}-*.sock"):
        if not Path(f"/proc/{old.stem.removeprefix(f'{name}-')}").exists():
            old.unlink(missing_ok=True)
    folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    path = Path(f"/proc/self/fd/{folder}/{name}-{os.getpid()}.sock")
    path.unlink(missing_ok=True)
    unbound.bind(str(path))
    path.chmod(0o600)
    return path, folder
