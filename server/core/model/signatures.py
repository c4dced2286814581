"""What the check of the digital signatures of PDF files has found; read through `server.core.model`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

SignatureState = Literal["good", "altered", "appended", "unknown_root", "revoked", "expired", "unclear"]


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of a PDF file. ``signer`` is the name in the certificate, "" if it cannot be read.

    ``state`` is one of: "good"; "altered" (the signed content was changed); "appended" (content was added after
    signing); "unknown_root" (the certificate leads to none of the roots that the keeper has configured); "revoked";
    "expired" (the certificate was over when it signed); "unclear" (it cannot be decided, such as for a certificate
    that is over and a signature without a trusted timestamp). ``at`` is the time of signing: by a trusted timestamp
    if ``stamped``, otherwise by the signer's own clock; None if unknown. ``whole`` is False for the last signature
    of a file that does not cover the whole file.
    """

    state: SignatureState
    signer: str = ""
    at: datetime | None = None
    stamped: bool = False
    whole: bool = True


@dataclass(frozen=True, slots=True)
class PdfSignatures:
    """The signatures of a PDF file whose pages were drawn as the pictures ``pages`` (hashes of attachments).

    ``checked`` is when they were checked; a certificate can be revoked later. ``name`` is the file's name.
    """

    pages: tuple[str, ...]
    name: str
    checked: datetime
    signatures: tuple[Signature, ...]
