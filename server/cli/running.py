"""Commands that run: everything together, the server alone, the worker alone."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from pathlib import Path

import typer

from server.cli.context import Context, fail, prepare_data, say
from server.supervise import end_with_parent, supervise

RUN = Path(__file__).parents[2] / "run.py"


def run_all(given: Context) -> None:
    """Server and worker as processes of their own, restarted when they die."""
    given.config()
    prepare_data(given.data)
    base = [sys.executable, str(RUN), "--config", str(given.config_path), "--data", str(given.data)]
    if given.port is not None:
        base += ["--port", str(given.port)]
    raise typer.Exit(supervise({"server": [*base, "serve"], "worker": [*base, "worker"]}))


def serve(context: typer.Context) -> None:
    """Chỉ chạy máy chủ (cho systemd hoặc container)."""
    # Imported here alone: gevent has patched this process (run.py), and no other command wants that.
    import gevent
    import gevent.event

    from server.assembly import assemble
    from server.live.transport import listen

    given: Context = context.obj
    end_with_parent()
    config = given.config()
    prepare_data(given.data)
    host, port = config.server.host, config.server.port
    try:
        listener = listen(host, port)
    except OSError as error:
        fail(f"Không mở được cổng {port} trên {host}: {error.strerror}. Hãy chọn cổng khác bằng --port.")
    stop = gevent.event.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, stop.set)
    station = assemble(config, given.data, given.clock)
    _greet(listener, [board.slug for board in config.boards if board.public])
    station.serve(listener, stop)


def _greet(listener: socket.socket, boards: list[str]) -> None:
    address = f"http://localhost:{listener.getsockname()[1]}"
    say(f"Bảng Tin đang chạy (running): {address}/")
    for slug in boards:
        say(f"  bảng tin: {address}/board/{slug}")
    sys.stdout.flush()


def worker(context: typer.Context) -> None:
    """Chỉ chạy bộ đọc nguồn tin."""
    from server.assembly import start_worker

    given: Context = context.obj
    end_with_parent()
    config = given.config()
    prepare_data(given.data)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    stop = start_worker(config, given.config_path.resolve().parent, given.data, given.clock)
    while not stopping.wait(0.2):  # with a timeout: see supervise
        pass
    stop()
    # A host that hangs would hold its thread, and so this process, for 15 s; the lease lets the source be read again.
    sys.stdout.flush()
    os._exit(0)
