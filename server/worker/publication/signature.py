"""Signs CAP documents with the private key that config.toml names; called by the publisher and cli.inspect.

The signature is enveloped, over the whole document (URI=""), in exclusive canonical XML, with RSA and SHA-256.
"""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureConstructionMethod, SignatureMethod
from signxml.signer import XMLSigner

LEAST_BITS = 2048


class KeyUnusable(Exception):  # noqa: N818 - the name says what has happened
    """The key or the certificate cannot be used; the message is a Vietnamese sentence."""


class Signer:
    """Signs documents with one key and its certificates. Calling it returns the signed bytes of a document."""

    def __init__(self, key: RSAPrivateKey, certificates: list[x509.Certificate]) -> None:
        self._key, self._certificates = key, certificates
        self._xml = XMLSigner(
            method=SignatureConstructionMethod.enveloped,
            signature_algorithm=SignatureMethod.RSA_SHA256,
            digest_algorithm=DigestAlgorithm.SHA256,
            c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        )

    def __call__(self, document: bytes) -> bytes:
        root = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
        signed = self._xml.sign(root, key=self._key, cert=self._certificates)
        return etree.tostring(signed, encoding="utf-8", xml_declaration=True)


def load(key: Path, certificate: Path) -> Signer:
    """Makes the signer from two PEM files: ``key`` (RSA, without a password) and ``certificate``.

    Raises KeyUnusable if a file cannot be read, the key is too short, or the certificate belongs to another key.
    """
    try:
        secret = load_pem_private_key(key.read_bytes(), password=None)
        certificates = x509.load_pem_x509_certificates(certificate.read_bytes())
    except OSError as error:
        raise KeyUnusable(f"Không đọc được {error.filename}: {error.strerror}.") from error
    except (ValueError, TypeError) as error:
        raise KeyUnusable(f"{key} hoặc {certificate} không phải là tệp PEM dùng được.") from error
    if not isinstance(secret, RSAPrivateKey) or secret.key_size < LEAST_BITS:
        raise KeyUnusable(f"{key}: cần khóa RSA từ {LEAST_BITS} bit.")
    if certificates[0].public_key() != secret.public_key():
        raise KeyUnusable(f"{certificate} không phải là chứng thư của khóa {key}.")
    return Signer(secret, certificates)
