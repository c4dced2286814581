"""Keys, certificates and signatures for the tests of signatures; every key is made when the tests run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

from tests.feeds.formats.cap.documents import utc

Kind = Literal["rsa", "ec"]
INCLUSIVE = CanonicalizationMethod.CANONICAL_XML_1_0
EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0


_BEGINS, _ENDS = utc(1, 0), utc(30, 0)


@dataclass(frozen=True)
class Signer:
    """A source's key and its certificate, which is valid in August 2026 unless the test says otherwise."""

    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        """The certificate as a keeper configures it."""
        return self.certificate.public_bytes(Encoding.PEM).decode("ascii")


@cache
def signer(name: str = "nguon", kind: Kind = "rsa", begins: datetime = _BEGINS, ends: datetime = _ENDS) -> Signer:
    """The signer called ``name``: the same at every call."""
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 1)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    return Signer(key, made)


class OldSigner(XMLSigner):
    """A signer that still uses SHA-1, as signxml's documentation describes it, and any letters in names."""

    def check_deprecated_methods(self) -> None:
        """Allows what has been deprecated."""

    def _tostring(self, xml_node: etree._Element, **_: object) -> bytes:
        return etree.tostring(xml_node, encoding="utf-8")


def signed(
    document: str,
    by: Signer,
    *,
    method: str = "",
    digest: str = "sha256",
    form: CanonicalizationMethod = EXCLUSIVE,
    reference: str | None = None,
) -> str:
    """``document`` with a signature at its end, over the whole unless ``reference`` is given."""
    default = "rsa-sha256" if isinstance(by.key, rsa.RSAPrivateKey) else "ecdsa-sha256"
    tool = OldSigner(
        signature_algorithm=method or default, digest_algorithm=digest, c14n_algorithm=form
    )  # fmt: skip
    made = tool.sign(etree.fromstring(document), key=by.key, cert=[by.certificate], reference_uri=reference)
    return etree.tostring(made, encoding="unicode")
