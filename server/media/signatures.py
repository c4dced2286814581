"""Checks the digital signatures of a PDF file with pyHanko; called only in the child process (server.media.child).

Only the roots that the keeper has configured are trusted; none are shipped, and nothing is fetched. pyHanko's
functions call asyncio.run, which must not happen in a process with gevent.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import crl, pem, x509
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from feeds.errors import ParseError
from server.core.model import Signature, SignatureState

MOST_SIGNATURES = 40
MOST_ROOT_FILES = 200
MOST_ROOT_BYTES = 5 * 2**20
_CERTIFICATES = frozenset({".pem", ".crt", ".cer", ".der"})
_LISTS = frozenset({".crl"})
# pyHanko walks structures that a stranger made; these are what it and asn1crypto raise on damaged ones.
_ERRORS = (
    PdfError, SignatureValidationError, ValidationError, PathError, ValueError, KeyError, TypeError, IndexError,
    AttributeError, NotImplementedError, RecursionError,
)  # fmt: skip
_EXPIRED = frozenset(
    {
        AdESIndeterminate.EXPIRED,
        AdESIndeterminate.OUT_OF_BOUNDS_NO_POE,
        AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED,
        AdESIndeterminate.NO_POE,
    }
)
# Certificates for signing documents have one of these usages, not always both.
_USAGE = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)
_REVOKED = frozenset({AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE})


def check(path: Path, roots: Path | None, now: datetime) -> tuple[Signature, ...]:
    """The signatures of the PDF file, in the order of signing; () if it has none.

    ``roots`` is the folder with the trusted certificates (PEM or DER) and lists of revoked ones (.crl), None or empty
    for none; ``now`` the time for which certificates are judged. Raises ParseError if the file is damaged.
    """
    # The library logs whole certificates of strangers; what it finds is in its answer.
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    trusted, revoked = _trusted(roots)
    try:
        with path.open("rb") as file:
            reader = PdfFileReader(file, strict=False)
            embedded = reader.embedded_regular_signatures[:MOST_SIGNATURES]
            last = len(embedded) - 1
            return tuple(
                _checked(reader, one, trusted, revoked, now, last=number == last)
                for number, one in enumerate(embedded)
            )
    except _ERRORS as error:
        raise ParseError("Không đọc được chữ ký số của tệp PDF.", "pdf-signatures") from error


def _checked(
    reader: PdfFileReader,
    one: EmbeddedPdfSignature,
    trusted: Sequence[x509.Certificate],
    revoked: Sequence[crl.CertificateList],
    now: datetime,
    *,
    last: bool,
) -> Signature:
    signer = ""
    try:
        signer = _name(one.signer_cert)
        status = _validated(reader, one, trusted, revoked, now)
        whole = not last or status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        stamp = status.timestamp_validity
        stamped = stamp is not None and stamp.trusted
        at = stamp.timestamp if stamp is not None and stamped else status.signer_reported_dt
        state = _state(status, one.signer_cert, at)
        if state == "unclear" and stamped and at is not None and _was_valid(one.signer_cert, at):
            # The certificate is over, but a trusted timestamp proves that it was valid when it signed.
            state = _state(_validated(reader, one, trusted, revoked, at), one.signer_cert, at)
        if state == "good" and _is_listed(one.signer_cert, revoked, at if stamped and at is not None else now):
            state = "revoked"
        return Signature(state, signer, at, stamped, whole)
    except _ERRORS:
        return Signature("unclear", signer, whole=not last)


def _validated(
    reader: PdfFileReader,
    one: EmbeddedPdfSignature,
    trusted: Sequence[x509.Certificate],
    revoked: Sequence[crl.CertificateList],
    moment: datetime,
) -> PdfSignatureStatus:
    def context() -> ValidationContext:
        settings: dict[str, Any] = {  # the keyword arguments of ValidationContext
            "trust_roots": list(trusted),
            "crls": list(revoked),
            "moment": moment,
            "allow_fetching": False,
            "revocation_mode": "soft-fail",
            "retroactive_revinfo": True,
        }
        try:
            return DocumentSecurityStore.read_dss(reader).as_validation_context(settings)
        except NoDSSFoundError:
            return ValidationContext(**settings)

    return validate_pdf_signature(one, context(), context(), key_usage_settings=_USAGE)


def _state(status: PdfSignatureStatus, certificate: x509.Certificate, at: datetime | None) -> SignatureState:
    if not (status.intact and status.valid):
        return "altered"
    if status.modification_level in (None, ModificationLevel.OTHER) or status.docmdp_ok is False:
        return "appended"
    if status.trusted:
        return "good"
    problem = status.trust_problem_indic
    if status.revoked or problem in _REVOKED:
        return "revoked"
    if problem is AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND:
        return "unknown_root"
    if problem in _EXPIRED and at is not None and at > certificate.not_valid_after:
        return "expired"
    return "unclear"


def _is_listed(certificate: x509.Certificate, lists: Iterable[crl.CertificateList], moment: datetime) -> bool:
    """True if the keeper's lists have the certificate, revoked by ``moment``.

    pyHanko looks at lists only for certificates that say where such a list is.
    """
    return any(
        entry["user_certificate"].native == certificate.serial_number and entry["revocation_date"].native <= moment
        for one in lists
        if one.issuer == certificate.issuer
        for entry in one["tbs_cert_list"]["revoked_certificates"]
    )


def _was_valid(certificate: x509.Certificate, at: datetime) -> bool:
    return bool(certificate.not_valid_before <= at <= certificate.not_valid_after)


def _name(certificate: x509.Certificate) -> str:
    subject = certificate.subject.native
    found = subject.get("common_name") or subject.get("organization_name") or ""
    return " ".join(str(found if isinstance(found, str) else found[0]).split())[:200] if found else ""


def _trusted(folder: Path | None) -> tuple[list[x509.Certificate], list[crl.CertificateList]]:
    """The certificates and lists of revoked ones in the folder; a file that is neither is left out."""
    roots: list[x509.Certificate] = []
    lists: list[crl.CertificateList] = []
    for path in _files(folder):
        try:
            body = path.read_bytes()
            if path.suffix.lower() in _LISTS:
                lists.append(crl.CertificateList.load(pem.unarmor(body)[2] if pem.detect(body) else body))
            else:
                roots.extend(load_certs_from_pemder_data(body))
        except (OSError, ValueError, TypeError):
            continue
    return roots, lists


def _files(folder: Path | None) -> Iterable[Path]:
    if folder is None or not folder.is_dir():
        return []
    listed = sorted(path for path in folder.iterdir() if path.suffix.lower() in _CERTIFICATES | _LISTS)
    return [path for path in listed[:MOST_ROOT_FILES] if path.is_file() and path.stat().st_size <= MOST_ROOT_BYTES]
