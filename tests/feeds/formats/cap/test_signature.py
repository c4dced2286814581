"""Signatures: only the key of the source's certificate counts, only what it signed is read."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from lxml import etree
from signxml.algorithms import CanonicalizationMethod
from signxml.signer import XMLSigner

from feeds import ParseError
from feeds.formats.cap.document import CapAlert
from feeds.formats.cap.signature import XMLDSIG, certificates_from, check
from tests.feeds.formats.cap.documents import alert, atom, entry, info, one, utc, whole
from tests.feeds.formats.cap.keys import EXCLUSIVE, INCLUSIVE, Kind, Signer, signed, signer

XMLSEC = Path(__file__).with_name("xmlsec")
STORM = alert(info("<headline>Bão số 9 &amp; mưa lớn</headline>"))


def checked(body: str | bytes, by: Signer | None = None) -> CapAlert:
    return one(body, certificate=(by or signer()).pem)


@pytest.mark.parametrize("form", [INCLUSIVE, EXCLUSIVE, CanonicalizationMethod.CANONICAL_XML_1_1])
@pytest.mark.parametrize(
    ("kind", "method", "digest"),
    [
        ("rsa", "rsa-sha256", "sha256"),
        ("rsa", "rsa-sha384", "sha384"),
        ("rsa", "rsa-sha512", "sha512"),
        ("rsa", "sha256-rsa-MGF1", "sha256"),
        ("rsa", "sha384-rsa-MGF1", "sha384"),
        ("rsa", "sha512-rsa-MGF1", "sha512"),
        ("ec", "ecdsa-sha256", "sha256"),
        ("ec", "ecdsa-sha384", "sha384"),
        ("ec", "ecdsa-sha512", "sha512"),
    ],
)
def test_a_signature_by_the_key_of_the_source_is_valid(
    kind: Kind, method: str, digest: str, form: CanonicalizationMethod
) -> None:
    by = signer("nguon", kind)
    got = checked(signed(STORM, by, method=method, digest=digest, form=form), by)
    assert (got.signature, got.draft_only, got.notes) == ("valid", False, ())
    assert got.infos == one(STORM).infos


@pytest.mark.parametrize("name", ["inclusive", "exclusive", "prefixed"])
def test_signatures_of_another_program_are_valid(name: str) -> None:
    body, certificate = (XMLSEC / f"{name}.xml").read_bytes(), (XMLSEC / "certificate.pem").read_text()
    got = one(body, certificate=certificate)
    assert (got.signature, got.draft_only, got.identifier, got.infos[0].event) == ("valid", False, "urn:x:1", "Bão")
    for old, new in (("Bão", "Gió"), ("kieu.xsl", "khac.xsl")):
        changed = one(body.replace(old.encode(), new.encode()), certificate=certificate)
        assert (changed.signature, changed.draft_only) == ("broken", True)


def test_without_a_certificate_a_signature_is_only_recorded() -> None:
    assert [one(body).signature for body in (STORM, signed(STORM, signer()))] == ["unsigned", "unchecked"]
    assert not one(signed(STORM, signer())).draft_only


def test_with_a_certificate_an_unsigned_alert_is_a_draft() -> None:
    got = checked(STORM)
    assert (got.signature, got.draft_only, got.infos[0].event) == ("missing", True, "Bão")
    assert got.notes == ("Cảnh báo không có chữ ký điện tử, dù nguồn đã khai báo chứng thư.",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Bão số 9", "Bão số 8"),
        ("<status>Actual</status>", "<status>Test</status>"),
        ("<scope>", "<note>thêm</note><scope>"),
        ("106.9", "107.9"),
        ("DigestValue>", "DigestValue>AAAA"),
        ("SignatureValue>", "SignatureValue>AAAA"),
        ('URI=""', 'URI="#khac"'),
        ("rsa-sha256", "hmac-sha256"),
        ("xmlenc#sha256", "xmlenc#sha512"),
        ("enveloped-signature", "base64"),
        ("SignedInfo", "SignedThing"),
        ("<ds:SignatureValue>", "<ds:SignatureValue/><ds:SignatureValue>"),
    ],
)
def test_a_changed_alert_is_broken(old: str, new: str) -> None:
    body = signed(STORM, signer())
    assert old in body
    got = checked(body.replace(old, new))
    assert (got.signature, got.draft_only) == ("broken", True)
    assert got.notes[0] == "Chữ ký điện tử không hợp lệ theo chứng thư đã khai báo cho nguồn."


def test_a_key_that_the_document_brings_along_proves_nothing() -> None:
    stranger = signer("ke-la")
    assert checked(signed(STORM, stranger)).signature == "broken"
    assert checked(signed(STORM, stranger), stranger).signature == "valid"


@pytest.mark.parametrize(
    ("kind", "method", "digest"),
    [
        ("rsa", "rsa-sha1", "sha256"),
        ("rsa", "rsa-sha256", "sha1"),
        ("rsa", "rsa-sha1", "sha1"),
        ("rsa", "sha1-rsa-MGF1", "sha256"),
        ("rsa", "rsa-sha224", "sha256"),
        ("rsa", "sha224-rsa-MGF1", "sha256"),
        ("rsa", "rsa-sha256", "sha224"),
        ("rsa", "sha3-256-rsa-MGF1", "sha256"),
        ("rsa", "rsa-sha256", "sha3-256"),
        ("ec", "ecdsa-sha1", "sha256"),
        ("ec", "ecdsa-sha224", "sha256"),
    ],
)
def test_another_algorithm_than_those_accepted_is_weak_and_makes_a_draft(
    kind: Kind, method: str, digest: str
) -> None:
    by = signer("nguon", kind)
    body = signed(STORM, by, method=method, digest=digest)
    got = checked(body, by)
    assert (got.signature, got.draft_only) == ("weak", True)
    assert got.notes == (
        "Chữ ký điện tử dùng thuật toán cũ hoặc không được chấp nhận; chỉ nhận SHA-256, SHA-384, SHA-512.",
    )
    assert checked(body.replace("Bão số 9", "Bão số 8"), by).signature == "broken"


@pytest.mark.parametrize(
    ("name", "begins", "ends"), [("sau", utc(25, 9, 1), utc(30, 0)), ("truoc", utc(1, 0), utc(25, 8, 59))]
)
def test_the_certificate_has_to_be_valid_when_the_alert_was_sent(name: str, begins: datetime, ends: datetime) -> None:
    by = signer(name, "rsa", begins, ends)
    got = checked(signed(STORM, by), by)
    assert (got.signature, got.draft_only) == ("broken", True)
    assert got.notes == ("Chứng thư của nguồn không có hiệu lực vào lúc phát cảnh báo.",)


def test_an_alert_without_a_time_of_sending_cannot_be_valid() -> None:
    assert checked(signed(alert(without="sent"), signer())).signature == "broken"


def test_of_two_signatures_the_one_of_the_source_counts() -> None:
    """The second signer of such an alert signs the first signature too."""
    first, second = signer(), signer("trung-tam", "ec")
    body = signed(signed(STORM, first), second)
    assert len(etree.fromstring(body).findall(f"{{{XMLDSIG}}}Signature")) == 2
    assert [checked(body, by).signature for by in (first, second, signer("ke-la"))] == ["valid", "valid", "broken"]
    changed = body.replace("Bão số 9", "Bão số 8")
    assert {checked(changed, by).signature for by in (first, second)} == {"broken"}


def test_signatures_that_do_not_know_of_one_another_are_valid() -> None:
    first, second = signer(), signer("trung-tam", "ec")
    root = etree.fromstring(signed(STORM, first))
    root.append(etree.fromstring(signed(STORM, second))[-1])
    body = etree.tostring(root)
    assert [checked(body, by).signature for by in (first, second)] == ["valid", "valid"]


def test_an_alert_that_was_indented_after_signing_is_valid() -> None:
    root = etree.fromstring(signed(STORM, signer()))
    etree.indent(root, "    ")
    body = etree.tostring(root, encoding="unicode")
    assert "\n    <identifier>" in body
    assert checked(body).signature == "valid"
    assert checked(body.replace("Bão số 9", "Bão  số 9")).signature == "broken"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_encoding_does_not_matter(encoding: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?>\r\n<?a b?>{signed(STORM, signer())}'
    assert checked(body.encode(encoding)).signature == "valid"


def test_letters_that_are_not_composed_are_verified_as_written() -> None:
    got = checked(signed(alert(info(event="Ba\u0303o")), signer()))
    assert (got.signature, got.infos[0].event) == ("valid", "Bão")


def test_names_with_letters_beyond_ascii_are_verified_as_written() -> None:
    """If lxml wrote ASCII, such letters would become character references, which no parser accepts in names."""
    body = STORM.replace("</alert>", '<Ghi_chú xmlns="urn:x" số="1">a</Ghi_chú></alert>')
    for sound in (signed(body, signer()), f"<?Kiểu số?>{signed(body, signer())}"):
        assert checked(sound).signature == "valid"
        assert checked(sound.replace('số="1"', 'số="2"')).signature == "broken"
    assert checked(body).signature == "missing"
    assert checked(signed(STORM, signer()).replace("CanonicalizationMethod", "Canoÿþnicalization")).draft_only


def test_a_comment_cannot_change_what_is_read() -> None:
    body = signed(STORM, signer()).replace("<status>Actual", "<status><!-- Test -->Act<!-- x -->ual")
    got = checked(body)
    assert (got.signature, got.status) == ("valid", "Actual")


def test_only_what_was_signed_is_left_to_read() -> None:
    root = etree.fromstring(signed(STORM, signer()).replace("<info>", "<!-- x --><info>"))
    verdict = check(root, certificates_from(signer().pem), lambda _: utc(25, 9))
    assert verdict.signature == "valid"
    assert b"Signature" not in verdict.body
    assert b"<!--" not in verdict.body
    assert check(root, certificates_from(signer().pem), lambda _: utc(30, 1)).signature == "broken"


def test_a_secret_that_everybody_knows_proves_nothing() -> None:
    """A code computed with the public certificate as its secret."""
    tool = XMLSigner(signature_algorithm="hmac-sha256", c14n_algorithm=EXCLUSIVE)
    body = etree.tostring(tool.sign(etree.fromstring(STORM), key=signer().pem.encode()))
    assert b"hmac-sha256" in body
    assert checked(body).signature == "broken"


def test_a_signature_over_a_part_is_broken() -> None:
    part = STORM.replace("<info>", '<info Id="phan">')
    body = signed(part, signer(), reference="#phan")
    assert 'URI="#phan"' in body
    assert checked(body).signature == "broken"


def test_a_signature_elsewhere_than_under_the_alert_is_none() -> None:
    root = etree.fromstring(signed(STORM, signer()))
    signature = root[-1]
    root.findall("{*}info")[0].append(signature)
    assert checked(etree.tostring(root)).signature == "missing"


def test_a_signed_alert_wrapped_in_a_forged_one_proves_nothing() -> None:
    root = etree.fromstring(signed(STORM, signer()))
    forged = etree.fromstring(alert(changes={"identifier": "gia"}))
    signature = root[-1]
    forged.append(root)
    forged.append(signature)
    got = checked(etree.tostring(forged))
    assert (got.identifier, got.signature) == ("gia", "broken")


def test_each_alert_of_a_document_is_judged_by_itself() -> None:
    first = signed(STORM, signer())
    forged = alert(changes={"identifier": "gia", "sent": "2026-08-25T17:00:00+07:00"})
    for body in (
        f"<alerts>{first}{forged}</alerts>",
        atom(entry("", inside=f"<content>{first}</content>"), entry("", inside=forged)),
        f'<k:alerts xmlns:k="urn:khac">{first}{forged}</k:alerts>',
    ):
        got = whole(body, certificate=signer().pem).alerts
        assert [(one.identifier, one.signature) for one in got] == [("gia", "missing"), ("vn-1", "valid")]


@pytest.mark.parametrize("form", [INCLUSIVE, EXCLUSIVE])
def test_an_alert_in_a_feed_with_prefixes_of_its_own_is_valid(form: CanonicalizationMethod) -> None:
    body = atom(entry("", inside=f"<content>{signed(STORM, signer(), form=form)}</content>"))
    (got,) = whole(body.replace("<feed ", '<feed xmlns:k="urn:khac" '), certificate=signer().pem).alerts
    assert got.signature == "valid"


def test_several_certificates_may_be_set_while_a_source_changes_its_key() -> None:
    old, new = signer("cu"), signer("moi", "ec")
    for by in (old, new):
        assert one(signed(STORM, by), certificate=old.pem + new.pem).signature == "valid"


def test_a_certificate_that_cannot_be_read_is_an_error() -> None:
    for pem in ("chứng thư", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        with pytest.raises(ParseError) as caught:
            whole(STORM, certificate=pem)
        assert caught.value.code == "certificate"


def test_an_alert_that_is_too_large_when_it_is_written_anew_is_refused_before_anything_is_verified() -> None:
    many = "<![CDATA[" + "&" * 2_000_000 + "]]>"
    root = etree.fromstring(signed(STORM, signer()).replace("<scope>", f"<note>{many}</note><scope>"))

    def never(_: bytes) -> datetime:
        raise AssertionError("verified")

    with pytest.raises(ParseError) as caught:
        check(root, (), never)
    assert caught.value.code == "too-large"


def test_the_libraries_of_signatures_are_loaded_only_for_a_certificate() -> None:
    code = "import sys, feeds.sandbox.child; sys.exit('signxml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
