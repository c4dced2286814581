from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

class Vapid02:
    def __init__(self, private_key: EllipticCurvePrivateKey | None = None) -> None: ...
    def sign(self, claims: Mapping[str, object]) -> dict[str, str]: ...
