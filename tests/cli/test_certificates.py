"""run.py check on files of certificates: unreadable, of the wrong kind, not valid yet, expired or about to be."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from server.cli.certificates import certificate_remarks
from server.setup.config import Config
from tests.cli.test_notices import Run, run
from tests.feeds.formats.cap.documents import utc
from tests.feeds.formats.cap.keys import signer

__all__ = ["run"]  # a fixture that pytest finds by its name here
NOW = utc(25, 9)


def remarks(tmp_path: Path, pem: str | bytes, now: datetime = NOW) -> list[str]:
    """What is said of a source's certificate with the text ``pem``, without the path of the file."""
    (tmp_path / "nguon.pem").write_bytes(pem.encode() if isinstance(pem, str) else pem)
    found = certificate_remarks(_config(certificate="nguon.pem"), tmp_path, tmp_path / "data", now)
    return [line.replace(f" {tmp_path}/", " ") for line in found]


def _config(**keys: str) -> Config:
    source = {"slug": "dai", "kind": "cap", "url": "https://dai.example.invalid/a.atom", **keys}
    return Config.model_validate({"timezone": "Asia/Ho_Chi_Minh", "sources": (source,)})


def made(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, usage: x509.KeyUsage | None) -> bytes:
    """A certificate of ``key``, valid in August 2026, for ``usage``."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dai")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, utc(1, 0), utc(1, 0, month=12))
    if usage is not None:
        builder = builder.add_extension(usage, critical=True)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(Encoding.PEM)


def usage(*, signature: bool = False, commitment: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signature, content_commitment=commitment, key_encipherment=not signature,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip


KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize("given", [None, usage(signature=True), usage(commitment=True)])
def test_nothing_is_said_of_a_certificate_that_can_be_used(tmp_path: Path, given: x509.KeyUsage | None) -> None:
    assert remarks(tmp_path, made(KEY, given)) == []


@pytest.mark.parametrize(
    ("pem", "said"),
    [
        ("chứng thư", "nguon.pem không phải là tệp PEM có chứng thư"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "nguon.pem không phải là tệp PEM"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "nguon.pem không phải là tệp PEM"),
        (made(ed25519.Ed25519PrivateKey.generate(), None), "chứng thư trong nguon.pem không dùng để ký được"),
        (made(KEY, usage()), "chứng thư trong nguon.pem không dùng để ký được"),
    ],
)
def test_a_file_of_the_wrong_kind_is_named(tmp_path: Path, pem: str | bytes, said: str) -> None:
    (line,) = remarks(tmp_path, pem)
    assert line.startswith(f"sources[0].certificate: {said}")


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (utc(30, 1), "chứng thư trong nguon.pem đã hết hạn ngày 30/08/2026"),
        (utc(25, 0), "chứng thư trong nguon.pem sắp hết hạn, ngày 30/08/2026"),
        (utc(31, 0, month=7), "chứng thư trong nguon.pem đến ngày 01/08/2026 mới có hiệu lực"),
    ],
)
def test_a_certificate_out_of_date_is_named(tmp_path: Path, now: datetime, said: str) -> None:
    assert remarks(tmp_path, signer().pem, now) == [f"sources[0].certificate: {said}"]


def test_of_several_certificates_the_one_that_lasts_longest_counts(tmp_path: Path) -> None:
    pem = signer().pem + made(KEY, None).decode()
    assert remarks(tmp_path, pem, utc(30, 1)) == []
    assert remarks(tmp_path, pem, utc(30, 1, month=11)) == [
        "sources[0].certificate: chứng thư trong nguon.pem sắp hết hạn, ngày 01/12/2026"
    ]


def test_files_that_are_not_there_are_named_by_check(run: Run, tmp_path: Path) -> None:
    more = """
[alerts]
signing_key = "khoa.pem"
certificate = "cua-ta.pem"
[[sources]]
slug = "dai"
kind = "cap"
url = "https://dai.example.invalid/a.atom"
certificate = "cua-dai.pem"
ca_bundle = "/khong/co/ca.pem"
"""
    done = run("check", more=more)
    assert done.exit_code == 0, done.output
    assert f"alerts.certificate: không đọc được {tmp_path / 'data/cua-ta.pem'}" in done.output
    assert f"sources[0].certificate: không đọc được {tmp_path / 'cua-dai.pem'}" in done.output
    assert "sources[0].ca_bundle: không đọc được tệp chứng thư /khong/co/ca.pem" in done.output
