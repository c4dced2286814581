"""Digital signatures of PDF files are told apart: good, altered, appended, of a foreign root, revoked, expired."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from server.core.model import Signature
from server.media.importer import file_sandbox
from server.media.signature_check import check_signatures
from server.media.signatures import check
from tests import signing
from tests.cast import NOW
from tests.signing import NAME, Identity, altered, appended, in_thread, issued, plain, revocations, signed

SIGNED = NOW - timedelta(days=4)


@pytest.fixture(scope="module")
def authority() -> Identity:
    return signing.root()


@pytest.fixture
def roots(authority: Identity, tmp_path: Path) -> Path:
    folder = tmp_path / "roots"
    folder.mkdir()
    (folder / "goc.pem").write_bytes(authority.pem)
    (folder / "doc.txt").write_text("không phải chứng thư", encoding="utf-8")
    (folder / "hong.crt").write_bytes(b"khong phai chung thu")
    return folder


def checked(body: bytes, roots: Path | None) -> tuple[Signature, ...]:
    path = (roots or Path()).parent / "signed.pdf"
    path.write_bytes(body)
    return in_thread(lambda: check(path, roots, NOW))


def states(body: bytes, roots: Path) -> list[str]:
    return [one.state for one in checked(body, roots)]


def test_a_good_signature_has_its_signer_and_covers_the_file(
    authority: Identity, roots: Path, tmp_path: Path
) -> None:
    (found,) = checked(signed(plain(tmp_path), issued(authority), SIGNED), roots)
    assert (found.state, found.signer, found.whole, found.stamped) == ("good", NAME, True, False)
    assert found.at == SIGNED


def test_a_file_without_signature_has_none(roots: Path, tmp_path: Path) -> None:
    assert checked(plain(tmp_path), roots) == ()


def test_an_altered_file_is_told(authority: Identity, roots: Path, tmp_path: Path) -> None:
    assert states(altered(signed(plain(tmp_path), issued(authority), SIGNED)), roots) == ["altered"]


def test_content_that_was_appended_after_signing_is_told(authority: Identity, roots: Path, tmp_path: Path) -> None:
    (found,) = checked(appended(signed(plain(tmp_path), issued(authority), SIGNED)), roots)
    assert (found.state, found.whole) == ("appended", False)


def test_a_second_signature_is_no_change_and_the_last_one_covers_the_file(
    authority: Identity, roots: Path, tmp_path: Path
) -> None:
    once = signed(plain(tmp_path), issued(authority), SIGNED)
    twice = signed(once, issued(authority, "Văn thư"), SIGNED, field="ChuKy2")
    found = checked(twice, roots)
    assert [(one.state, one.signer, one.whole) for one in found] == [("good", NAME, True), ("good", "Văn thư", True)]


def test_a_foreign_root_and_no_root_at_all_are_unknown(authority: Identity, roots: Path, tmp_path: Path) -> None:
    foreign = signed(plain(tmp_path), issued(signing.root("CA lạ")), SIGNED)
    assert states(foreign, roots) == ["unknown_root"]
    (roots / "goc.pem").unlink()
    assert states(signed(plain(tmp_path), issued(authority), SIGNED), roots) == ["unknown_root"]


@pytest.mark.parametrize("declares", [True, False])
def test_a_revoked_certificate_is_told(authority: Identity, roots: Path, tmp_path: Path, declares: bool) -> None:
    signer, other = issued(authority, declares=declares), issued(authority, "Văn thư")
    (roots / "thu-hoi.crl").write_bytes(revocations(authority, signer, at=NOW - timedelta(days=1)))
    assert states(signed(plain(tmp_path), signer, SIGNED), roots) == ["revoked"]
    assert states(signed(plain(tmp_path), other, SIGNED), roots) == ["good"]


def test_a_certificate_that_was_over_when_it_signed_is_expired(
    authority: Identity, roots: Path, tmp_path: Path
) -> None:
    late = signed(plain(tmp_path), issued(authority, last=SIGNED - timedelta(days=30)), SIGNED)
    assert states(late, roots) == ["expired"]


def test_an_expired_certificate_is_unclear_unless_a_trusted_timestamp_proves_when_it_signed(
    authority: Identity, roots: Path, tmp_path: Path
) -> None:
    signer = issued(authority, last=NOW - timedelta(days=1))
    assert states(signed(plain(tmp_path), signer, SIGNED), roots) == ["unclear"]
    stamped = signed(plain(tmp_path), signer, SIGNED, stamp=issued(authority, "TSA", stamping=True))
    (found,) = checked(stamped, roots)
    assert (found.state, found.stamped, found.at) == ("good", True, SIGNED)
    foreign = signed(plain(tmp_path), signer, SIGNED, stamp=issued(signing.root("CA lạ"), "TSA", stamping=True))
    assert states(foreign, roots) == ["unclear"]


def test_the_child_process_checks_within_its_memory(authority: Identity, roots: Path, tmp_path: Path) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(signed(plain(tmp_path), issued(authority), SIGNED))
    sandbox = file_sandbox()
    try:
        (found,) = check_signatures(path, roots, NOW, sandbox=sandbox)
        assert (found.state, found.at) == ("good", SIGNED)
        path.write_bytes(b"%PDF-1.4 hong")
        assert check_signatures(path, roots, NOW, sandbox=sandbox) == (Signature("unclear"),)
    finally:
        sandbox.close()
