"""Connections: WSGI server, WebSocket upgrade, frames, backlog, pings."""
