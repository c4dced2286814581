from collections.abc import Callable, Sequence

from socketio.base_manager import BaseManager

class Manager(BaseManager):
    def emit(
        self,
        event: str,
        data: object,
        namespace: str | None = None,
        room: str | list[str] | None = None,
        skip_sid: str | list[str] | None = None,
        callback: Callable[..., object] | None = None,
        to: str | list[str] | None = None,
        **kwargs: object,
    ) -> None: ...
    def disconnect(self, sid: str, namespace: str, **kwargs: object) -> None: ...
    def enter_room(self, sid: str, namespace: str, room: str, eio_sid: str | None = None) -> None: ...
    def trigger_callback(self, sid: str, id: int, data: Sequence[object]) -> None: ...
