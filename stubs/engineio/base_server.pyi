from collections.abc import Callable, Mapping

from engineio.socket import Socket

class BaseServer:
    class reason:  # noqa: N801 - as the library names it
        CLIENT_DISCONNECT: str
        SERVER_DISCONNECT: str
        PING_TIMEOUT: str
        TRANSPORT_CLOSE: str
        TRANSPORT_ERROR: str

    ping_interval: float
    ping_timeout: float
    max_http_buffer_size: int
    cors_allowed_origins: str | list[str] | None
    sockets: dict[str, Socket]
    handlers: dict[str, Callable[..., object]]
    _async: dict[str, object]
    def on(self, event: str, handler: Callable[..., object]) -> None: ...
    def generate_id(self) -> str: ...
    def _cors_allowed_origins(self, environ: Mapping[str, object]) -> list[str] | None: ...
