"""Verifies one XML signature with one certificate by signxml; imported only by feeds.formats.cap.signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, VerifyResult, XMLVerifier

_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_METHODS = frozenset({
    SignatureMethod.RSA_SHA256.value, SignatureMethod.RSA_SHA384.value, SignatureMethod.RSA_SHA512.value,
    SignatureMethod.SHA256_RSA_MGF1.value, SignatureMethod.SHA384_RSA_MGF1.value,
    SignatureMethod.SHA512_RSA_MGF1.value, SignatureMethod.ECDSA_SHA256.value, SignatureMethod.ECDSA_SHA384.value,
    SignatureMethod.ECDSA_SHA512.value,
})  # fmt: skip
_DIGESTS = frozenset({DigestAlgorithm.SHA256.value, DigestAlgorithm.SHA384.value, DigestAlgorithm.SHA512.value})
# What signxml and the libraries below it raise for signatures that are wrong or no signatures at all. signxml reads
# the parts of a signature without checking that they are there, hence the errors that look like faults of our own.
_FAILURES = (
    SignXMLException, InvalidSignature, UnsupportedAlgorithm, etree.LxmlError, ValueError, LookupError, TypeError,
    AttributeError, ArithmeticError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and the first and last instant at which it is valid."""

    value: x509.Certificate
    begins: datetime
    ends: datetime

    @property
    def may_sign(self) -> bool:
        """Whether the certificate's key can sign alerts: it is RSA or ECDSA, and may be used for signatures."""
        try:
            if not isinstance(self.value.public_key(), rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
                return False
            usage = self.value.extensions.get_extension_for_class(x509.KeyUsage).value
        except x509.ExtensionNotFound:
            return True
        except (ValueError, UnsupportedAlgorithm):
            return False
        return usage.digital_signature or usage.content_commitment


@dataclass(frozen=True, slots=True)
class Verified:
    """A document whose signature is valid; ``weak``: it is not by RSA or ECDSA with SHA-256, SHA-384 or SHA-512."""

    body: bytes
    weak: bool


def load(pem: str) -> list[Certificate]:
    """Returns all certificates in PEM text. Raises ValueError if there is none."""
    found = x509.load_pem_x509_certificates(pem.encode("utf-8"))
    return [Certificate(one, one.not_valid_before_utc, one.not_valid_after_utc) for one in found]


def verified(document: bytes, certificate: Certificate, around: tuple[bytes, bytes]) -> Verified | None:
    """Returns the document that the first signature below the root of ``document`` covers; None if it is not valid.

    The signature must be valid with the key of ``certificate``. ``around`` are the processing instructions before and
    after the root. By the standard they are signed too, but some signers leave them out, so both ways are tried.
    """
    for before, after in dict.fromkeys([(b"", b""), around]):
        try:
            result = _whole(_verify(document, certificate, before, after))
        except _FAILURES:
            continue
        if result is not None:
            return result
    return None


def _verify(document: bytes, certificate: Certificate, before: bytes, after: bytes) -> list[VerifyResult]:
    verifier = _Verifier()
    verifier.before, verifier.after = before, after
    results = verifier.verify(
        document,
        x509_cert=certificate.value,
        expect_config=SignatureConfiguration(
            location="./",
            expect_references=False,
            signature_methods=frozenset(SignatureMethod),
            digest_algorithms=frozenset(DigestAlgorithm),
            ignore_ambiguous_key_info=True,
            verification_time=certificate.begins,  # feeds.formats.cap.signature compares the time
        ),
    )
    return results if isinstance(results, list) else [results]


def _whole(results: list[VerifyResult]) -> Verified | None:
    """Returns the verified content of the signature's reference to the whole document.

    Returns None if the signature has no such reference.
    """
    signature = results[0].signature_xml
    references = signature.findall(f"{_DS}SignedInfo/{_DS}Reference")
    for reference, found in zip(references, results, strict=True):
        if reference.get("URI") == "":
            method = _algorithm(signature, f"{_DS}SignedInfo/{_DS}SignatureMethod")
            digest = _algorithm(reference, f"{_DS}DigestMethod")
            return Verified(found.signed_data, method not in _METHODS or digest not in _DIGESTS)
    return None


def _algorithm(element: etree._Element, path: str) -> str | None:
    node = element.find(path)
    return None if node is None else node.get("Algorithm")


class _Verifier(XMLVerifier):
    """signxml's verifier with three corrections, each needed for signatures of other programs.

    libxml2 writes ``xmlns=""`` into elements that are canonicalized in the middle of a document with a default
    namespace, so each element is first parsed again as a document. The processing instructions ``before`` and
    ``after`` the root are added to the signed document. Elements that are parsed again are written in UTF-8: in
    ASCII, names with other letters could not be read any more.
    """

    before = b""
    after = b""

    def _tostring(self, xml_node: etree._Element, **_: object) -> bytes:
        return etree.tostring(xml_node, with_tail=False, encoding="utf-8")

    def _c14n(
        self, nodes: etree._Element, algorithm: CanonicalizationMethod, inclusive_ns_prefixes: list[str] | None = None
    ) -> bytes:
        alone = etree.fromstring(self._tostring(nodes), etree.XMLParser(resolve_entities=False, no_network=True))
        made = etree.tostring(
            alone,
            method="c14n",
            exclusive="exc-c14n" in algorithm.value,
            with_comments=algorithm.value.endswith("#WithComments"),
            inclusive_ns_prefixes=inclusive_ns_prefixes,
        )
        return made if alone.tag == f"{_DS}SignedInfo" else self.before + made + self.after
