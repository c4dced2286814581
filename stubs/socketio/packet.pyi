CONNECT: int
DISCONNECT: int
EVENT: int
ACK: int

class Packet:
    def __init__(
        self,
        packet_type: int = ...,
        data: object = None,
        namespace: str | None = None,
        id: int | None = None,
        binary: bool | None = None,
        encoded_packet: str | None = None,
    ) -> None: ...
    def encode(self) -> str | list[str | bytes]: ...
