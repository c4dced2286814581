"""Commands that run: everything together, the server alone, the worker alone."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from typing import Annotated

import typer

from server.cli.context import Context, fail, prepare_data, say
from server.processes.heartbeat import heartbeat
from server.processes.supervisor import STOP_SECONDS, ChildProcess, end_with_parent, supervise
from server.setup.backup_file import running
from server.setup.store_setup import first_link

GREETED = 10  # boards named on the console; nobody reads thousands
HUNG_SECONDS = 60.0
"""A worker whose harvest has not turned for so long hangs; its leases run out and the next one goes on."""
BEHIND = 5
"""How far (nice) the desk stands back: where many sign in at once (Argon2, four threads each), boards go first."""


def run_all(given: Context) -> None:
    """Server and worker as processes of their own, restarted when they die."""
    given.config()
    prepare_data(given.data)
    commands = {"server": given.command("serve"), "worker": given.command("worker")}
    raise typer.Exit(supervise(commands, silence={"worker": HUNG_SECONDS}))


def serve(context: typer.Context) -> None:
    """Chỉ chạy máy chủ (cho systemd hoặc container)."""
    # Imported here alone: gevent has patched this process (run.py), and no other command wants that.
    import gevent
    import gevent.event

    from server.live.ops.desk_proxy import desk_socket
    from server.live.sockets.wsgi_server import listen
    from server.processes.server import assemble

    given: Context = context.obj
    end_with_parent()
    config = given.config()
    prepare_data(given.data)
    host, port = config.server.host, config.server.port
    try:
        listener = listen(host, port)
    except OSError as error:
        fail(f"Không mở được cổng {port} trên {host}: {error.strerror}. Hãy chọn cổng khác bằng --port.")
    running(given.data)
    stop = gevent.event.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(sign, stop.set)
    desk_listener, desk_address = desk_socket(given.data)
    app = assemble(config, given.data, given.clock, desk_address=desk_address)
    _greet(listener, [board.slug for board in config.boards if board.public])
    _invite(listener, config.server.public_url, first_link(config, given.data, given.clock))
    stopping = threading.Event()
    desk = ChildProcess(
        "desk",
        given.command("desk", str(desk_listener.fileno())),
        stopping,
        files=[desk_listener.fileno()],
        gives_up=False,
    )
    desk.thread.start()
    app.serve(listener, stop)
    stopping.set()
    desk.ask()
    desk.end(time.monotonic() + STOP_SECONDS)


def desk(context: typer.Context, file: Annotated[int, typer.Argument(help="Số của ổ cắm đã mở sẵn")]) -> None:
    """Chỉ chạy bàn biên tập (máy chủ tự gọi)."""
    from server.processes.desk import serve_desk

    given: Context = context.obj
    end_with_parent()
    os.nice(BEHIND)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    listener = socket.socket(fileno=file)
    serve_desk(given.config(), given.config_path.resolve().parent, given.data, given.clock, listener)


def _greet(listener: socket.socket, boards: list[str]) -> None:
    address = f"http://localhost:{listener.getsockname()[1]}"
    say(f"Bảng Tin đang chạy (running): {address}/")
    for slug in boards[:GREETED]:
        say(f"  bảng tin: {address}/board/{slug}")
    if len(boards) > GREETED:
        say(f"  và {len(boards) - GREETED} bảng tin nữa: {address}/")
    sys.stdout.flush()


def _invite(listener: socket.socket, public_url: str, path: str) -> None:
    """Where the newsroom is; and, while nobody has an account, the link that makes the first keeper."""
    address = public_url.rstrip("/") or f"http://localhost:{listener.getsockname()[1]}"
    say(f"  bàn biên tập: {address}/desk/")
    if path:
        say(f"  chưa có ai: mở liên kết này trong 30 phút để làm quản trị đầu tiên: {address}{path}")
    sys.stdout.flush()


def worker(context: typer.Context) -> None:
    """Chỉ chạy bộ đọc nguồn tin."""
    from server.processes.server import start_worker

    given: Context = context.obj
    end_with_parent()
    config = given.config()
    prepare_data(given.data)
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    running(given.data)
    alive = heartbeat(os.environ)
    stop = start_worker(config, given.config_path.resolve().parent, given.data, given.clock, alive=alive)
    while not stopping.wait(0.2):  # with a timeout: see supervise
        pass
    stop()
    # A host that hangs would hold its thread, and so this process, for 15 s; the lease lets the source be read again.
    sys.stdout.flush()
    os._exit(0)
