"""A Socket.IO server that echoes messages, with direct or stock fan-out; Echo starts it as a process.

Its events are those of Socket.IO's own protocol tests: ``auth`` on connect, ``message`` answered by ``message-back``,
``message-with-ack`` acknowledged, on the default namespace and on /custom. There are also ``leave`` (the server
disconnects the client), ``many`` (the server sends that number of events ``one``) and ``picture`` (it sends bytes).
The server prints its port. It answers each line of standard input with its state as JSON; with Redis a line may also
be ``nudge REVISION`` or ``emit EVENT WORD``. It ends when standard input is closed.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402 - gevent patches before anything else is imported
import sys  # noqa: E402
from typing import Any  # noqa: E402

import structlog  # noqa: E402
from flask import Flask  # noqa: E402
from flask_socketio import SocketIO  # noqa: E402
from gevent.fileobject import FileObjectThread  # noqa: E402
from socketio.manager import Manager  # noqa: E402
from socketio.server import Server as SocketServer  # noqa: E402

from server.live.broadcast.fanout import DirectManager  # noqa: E402
from server.live.broadcast.redis_bus import DirectRedisBus, RedisBus, RedisChannel  # noqa: E402
from server.live.sockets.websocket_upgrade import WebSocketUpgrade  # noqa: E402
from server.live.sockets.wsgi_server import Server, WebSocket, listen  # noqa: E402

NAMESPACES = ("/", "/custom")


def main(fanout: str, port: int, interval: float, timeout: float, queue: str) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    app = Flask("echo_server")
    looked: list[int] = []
    manager: Any = DirectManager() if fanout == "direct" else Manager()
    if queue:
        manager = (DirectRedisBus if fanout == "direct" else RedisBus)(RedisChannel(queue))
        manager.on_nudge = looked.append
    made: Any = SocketIO(
        app, async_mode="gevent", always_connect=True, cors_allowed_origins="*", max_http_buffer_size=1_000_000,
        ping_interval=interval, ping_timeout=timeout, client_manager=manager,
    )  # fmt: skip
    io = made.server
    io.eio._async = {**io.eio._async, "websocket": WebSocket}
    for namespace in NAMESPACES:
        _listen(io, namespace)
    listener = listen("127.0.0.1", port)
    upgrade = WebSocketUpgrade(io.eio) if fanout == "direct" else None
    Server(listener, app.wsgi_app, error_log=sys.stderr, upgrade=upgrade).start()
    print(listener.getsockname()[1], flush=True)
    if queue:
        io.manager_initialized = True
        manager.initialize()
    for line in FileObjectThread(sys.stdin.fileno(), "rb"):
        words = line.decode().split()
        if words[0] == "nudge":
            manager.nudge(int(words[1]))
        elif words[0] == "emit":
            io.emit(words[1], words[2], namespace="/")
        refused = dict(upgrade.refusals.counts) if upgrade is not None else {}
        print(json.dumps({"connected": len(io.eio.sockets), "looked": looked, "refused": refused}), flush=True)


def _listen(io: SocketServer, space: str) -> None:
    def connect(sid: str, _environ: object, auth: object = None) -> None:
        io.emit("auth", auth or {}, to=sid, namespace=space)

    def message(sid: str, *words: Any) -> None:
        io.emit("message-back", words, to=sid, namespace=space)

    def many(sid: str, count: int) -> None:
        for number in range(count):
            io.emit("one", number, to=sid, namespace=space)

    io.on("connect", connect, namespace=space)
    io.on("message", message, namespace=space)
    io.on("message-with-ack", lambda _sid, *words: words, namespace=space)
    io.on("many", many, namespace=space)
    io.on(
        "picture", lambda sid: io.emit("picture", {"data": b"\x00\xfe\xff"}, to=sid, namespace=space), namespace=space
    )
    io.on("leave", lambda sid: io.disconnect(sid, namespace=space), namespace=space)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), sys.argv[5])
