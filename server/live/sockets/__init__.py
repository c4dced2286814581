"""The network side of the server: WSGI server, limits of connections, WebSocket upgrade, frames, pings."""
