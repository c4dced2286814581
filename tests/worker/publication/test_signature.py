"""Signatures of our alerts: valid for our own reader and for xmlsec1, void after any change."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from feeds.formats.cap.conformance import faults_in
from feeds.formats.cap.reader import read_alerts
from server.core.alerts.publication import Step, content_of
from server.core.alerts.publication_document import render
from server.worker.publication.signature import KeyUnusable, load
from tests.core.alerts.publishing import head, live
from tests.feeds.formats.cap.keys import signer
from tests.worker.publication.keys import CERTIFICATE, KEY, own, pem_of, put

DOCUMENT = render(Step("Alert", content_of(live(headline="Bão “số 3” & mưa <lớn>"))), head())


def signed(folder: Path) -> bytes:
    put(folder)
    return load(folder / KEY, folder / CERTIFICATE)(DOCUMENT)


def seen_by_xmlsec(folder: Path, document: bytes) -> bool:
    """Whether xmlsec1 finds the document signed by our certificate."""
    (folder / "alert.xml").write_bytes(document)
    command = ["xmlsec1", "--verify", "--enabled-key-data", "x509,rsa", "--pubkey-cert-pem", CERTIFICATE, "alert.xml"]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=30, check=False).returncode == 0


def test_our_own_reader_finds_a_signed_document_valid_and_the_same(tmp_path: Path) -> None:
    (found,) = read_alerts(signed(tmp_path), address="", certificate=own().pem)
    (plain,) = read_alerts(DOCUMENT, address="")
    assert (found.signature, found.draft_only, found.notes) == ("valid", False, ())
    assert (found.infos, found.identifier, found.sent) == (plain.infos, plain.identifier, plain.sent)


def test_xmlsec1_verifies_a_signed_document_and_refuses_a_changed_one(tmp_path: Path) -> None:
    document = signed(tmp_path)
    assert seen_by_xmlsec(tmp_path, document)
    assert not seen_by_xmlsec(tmp_path, document.replace("Bão".encode(), "Gió".encode()))


def test_a_signed_document_still_conforms(tmp_path: Path) -> None:
    assert [faults for _, faults in faults_in(signed(tmp_path))] == [()]


def test_the_signature_is_rsa_and_sha256_in_exclusive_canonical_xml(tmp_path: Path) -> None:
    document = signed(tmp_path).decode()
    assert 'SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"' in document
    assert 'DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"' in document
    assert 'CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"' in document
    assert 'Reference URI=""' in document


def test_unusable_keys_are_refused_with_a_sentence(tmp_path: Path) -> None:
    key, certificate = tmp_path / KEY, tmp_path / CERTIFICATE
    with pytest.raises(KeyUnusable, match="Không đọc được"):
        load(key, certificate)
    put(tmp_path)
    key.write_bytes(b"x")
    with pytest.raises(KeyUnusable, match="không phải là tệp PEM"):
        load(key, certificate)
    key.write_bytes(pem_of(signer("ec", "ec")))
    with pytest.raises(KeyUnusable, match="cần khóa RSA"):
        load(key, certificate)
    key.write_bytes(pem_of(signer("khac")))
    with pytest.raises(KeyUnusable, match="không phải là chứng thư của khóa"):
        load(key, certificate)
