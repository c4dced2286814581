"""A public key infrastructure made in the test, and PDF files signed with it; used by tests of signatures."""

from __future__ import annotations

import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import CertificateRegistry

from tests.media import made

FIRST, LAST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
NAME = "Ủy ban nhân dân xã Minh Tân"


T = TypeVar("T")
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate with its private key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def asn1(self) -> Any:  # asn1crypto carries no types
        return asn1_x509.Certificate.load(self.certificate.public_bytes(serialization.Encoding.DER))

    @property
    def asn1_key(self) -> Any:
        return keys.PrivateKeyInfo.load(
            self.key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


def root(name: str = "CA thử nghiệm") -> Identity:
    """A certificate of an authority, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    return _issued(name, key, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key, LAST, authority=True)


def issued(
    by: Identity, name: str = NAME, *, last: datetime = LAST, stamping: bool = False, declares: bool = True
) -> Identity:
    """A certificate for signing, or for a timestamp authority, valid until ``last``.

    With ``declares`` it says where the list of revoked certificates is, as real ones do.
    """
    # pyHanko's timestamp authority for tests has an RSA key; other keys are cheaper.
    key: Key = rsa.generate_private_key(65537, 2048) if stamping else ec.generate_private_key(ec.SECP256R1())
    return _issued(name, key, by.certificate.subject, by.key, last, stamping=stamping, declares=declares)


def revocations(by: Identity, *revoked: Identity, at: datetime) -> bytes:
    """A list of revoked certificates (CRL), made at ``at``, by which they are revoked an hour before."""
    builder = x509.CertificateRevocationListBuilder(by.certificate.subject, at, at + timedelta(days=400))
    for one in revoked:
        entry = x509.RevokedCertificateBuilder(one.certificate.serial_number, at - timedelta(hours=1))
        builder = builder.add_revoked_certificate(entry.build())
    key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
    listed = builder.add_extension(key_id, critical=False).add_extension(x509.CRLNumber(1), critical=False)
    return listed.sign(by.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


class _At(PdfSigner):
    """Signs at a given time instead of the system's clock."""

    def __init__(self, at: datetime, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._at = at

    def init_signing_session(self, *arguments: Any, **options: Any) -> Any:
        session = super().init_signing_session(*arguments, **options)
        session.system_time = self._at
        return session


def signed(body: bytes, by: Identity, at: datetime, *, field: str = "ChuKy1", stamp: Identity | None = None) -> bytes:
    """The PDF file with one more signature, in a field of its own; ``stamp`` is a timestamp authority."""
    out = io.BytesIO()
    signer = SimpleSigner(by.asn1, by.asn1_key, CertificateRegistry())
    stamper = DummyTimeStamper(stamp.asn1, stamp.asn1_key, fixed_dt=at) if stamp else None
    writer = IncrementalPdfFileWriter(io.BytesIO(body), strict=False)
    metadata = PdfSignatureMetadata(field_name=field)
    pdf_signer = _At(at, metadata, signer, timestamper=stamper, new_field_spec=SigFieldSpec(field))
    in_thread(lambda: pdf_signer.sign_pdf(writer, output=out))
    return out.getvalue()


def in_thread(work: Callable[[], T]) -> T:
    """The result of ``work``, called in a thread of its own.

    pyHanko starts an event loop, and the thread of the tests has one already while Playwright is in use.
    """
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(work).result()


def plain(folder: Path, words: str = "Quyet dinh 15") -> bytes:
    """A PDF file of one page, not signed."""
    return made.pdf(folder / "chua-ky.pdf", words=words).read_bytes()


def altered(body: bytes) -> bytes:
    """The file with one byte of its signed content changed."""
    at = body.index(b"MediaBox")
    at = body.index(b"5", at)
    return body[:at] + b"6" + body[at + 1 :]


def appended(body: bytes) -> bytes:
    """The file with a page's content replaced by an update after the signature."""
    writer: Any = IncrementalPdfFileWriter(io.BytesIO(body), strict=False)
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = page["/MediaBox"][0]
    writer.update_container(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _issued(
    name: str,
    key: Key,
    issuer: x509.Name,
    by: Key,
    last: datetime,
    *,
    authority: bool = False,
    stamping: bool = False,
    declares: bool = False,
) -> Identity:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(FIRST).not_valid_after(last)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .add_extension(_usage(authority), critical=True)
    )  # fmt: skip
    if declares:
        place = x509.DistributionPoint([x509.UniformResourceIdentifier("http://ca.invalid/a.crl")], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([place]), critical=False)
    if stamping:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Identity(builder.sign(by, hashes.SHA256()), key)


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=authority, crl_sign=authority,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
