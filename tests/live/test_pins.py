"""Digests of library code whose private names this project uses, so that a change in the library must be reviewed.

If a test fails after an upgrade: compare the new source with the module named in the table, then write the new
digest.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import engineio.async_drivers._websocket_wsgi as wrapper
import engineio.async_drivers.gevent as driver
import pytest
import simple_websocket.ws as websocket
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from engineio.base_server import BaseServer
from engineio.base_socket import BaseSocket
from engineio.server import Server
from engineio.socket import Socket
from gevent import pywsgi
from gevent import socket as gevent_socket
from gevent.baseserver import BaseServer as GeventServer
from gevent.server import StreamServer
from socketio.base_manager import BaseManager
from socketio.manager import Manager
from socketio.packet import Packet
from socketio.pubsub_manager import PubSubManager
from socketio.server import Server as SocketServer

TRANSPORT, HUB = "server/live/sockets/wsgi_server.py", "server/live/broadcast/hub.py"
FANOUT, ROOMS, QUEUE = (
    "server/live/broadcast/fanout.py",
    "server/live/broadcast/rooms.py",
    "server/live/broadcast/redis_bus.py",
)
JOBS = "server/processes/jobs.py"
EVENTS, UPGRADE = "server/live/sockets/event_socket.py", "server/live/sockets/websocket_upgrade.py"

# What the project uses -> the library's code, the digest of its source, and the module that uses it.
PINNED: dict[str, tuple[Callable[..., Any] | type, str, str]] = {
    "engineio Socket: queue, closed, close, writer": (Socket, "275926e457711513", HUB),
    "engineio Server: sockets, run_handler": (Server, "1cf0c6912bb1cc60", HUB),
    "engineio Socket and its base: what a socket is asked": (BaseSocket, "d787ee3666d08b7a", EVENTS),
    "engineio Server: _trigger_event, _handle_connect": (Server, "1cf0c6912bb1cc60", UPGRADE),
    "engineio BaseServer: _cors_allowed_origins, generate_id": (BaseServer, "27e032583a2425bf", UPGRADE),
    "engineio BaseServer: handlers, _async": (BaseServer, "27e032583a2425bf", HUB),
    "engineio gevent driver: Thread": (driver.Thread, "bbc392b7a010a8aa", TRANSPORT),
    "engineio WebSocket wrapper": (wrapper.SimpleWebSocketWSGI, "ef4f852b672632e5", TRANSPORT),
    "simple_websocket Base: sock.send, max_message_size": (websocket.Base, "7789d27313e5e8fb", TRANSPORT),
    "simple_websocket Server: werkzeug.socket, extensions": (websocket.Server, "70af74069d01f671", TRANSPORT),
    "socketio: _handle_eio_message": (SocketServer._handle_eio_message, "65f309c138d634eb", HUB),
    "socketio Manager: emit": (Manager, "cfeabf92435f1208", FANOUT),
    "socketio BaseManager: rooms, pending, callbacks": (BaseManager, "b393b4c05dbd88e2", ROOMS),
    "socketio Packet: encode": (Packet, "e1660ba64e4e31fc", FANOUT),
    "socketio: _send_eio_packet": (SocketServer._send_eio_packet, "5fa452fb118c3565", FANOUT),
    "socketio PubSubManager: _handle_emit, _publish, _listen": (PubSubManager, "b9cf26076393a922", QUEUE),
    "socketio: manager_initialized": (SocketServer._handle_eio_connect, "4be135c046ed6bcc", HUB),
    "gevent socket: send with a timeout of none": (gevent_socket.socket.send, "2debaeee798921d7", TRANSPORT),
    "gevent pywsgi: get_environ": (pywsgi.WSGIHandler.get_environ, "fbd39b74e42d7dbf", TRANSPORT),
    "gevent pywsgi: run_application": (pywsgi.WSGIHandler.run_application, "46cef793ff43fe1a", TRANSPORT),
    "gevent pywsgi: handle, and who closes": (pywsgi.WSGIHandler.handle, "9e7238affc125354", TRANSPORT),
    "gevent pywsgi: handle_one_request": (pywsgi.WSGIHandler.handle_one_request, "14e946e9fb33cbb8", TRANSPORT),
    "gevent: do_read": (StreamServer.do_read, "6cb23b7571a826b5", TRANSPORT),
    "apscheduler: _process_jobs, how long to wait": (BaseScheduler._process_jobs, "efd3944de4e2c69e", JOBS),
    "apscheduler: _main_loop": (BlockingScheduler._main_loop, "e21b0684f3caa8f3", JOBS),
    "gevent: do_handle": (GeventServer.do_handle, "a7060ef181a224fe", TRANSPORT),
}


@pytest.mark.parametrize("name", PINNED)
def test_the_source_of_a_private_name_is_the_reviewed_one(name: str) -> None:
    code, digest, user = PINNED[name]
    found = sha256(inspect.getsource(code).encode()).hexdigest()[:16]
    assert found == digest, f"{name} has changed: compare it with {user}"
