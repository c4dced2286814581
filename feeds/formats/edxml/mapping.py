"""The names that edXML documents use, as data: which element holds which field, and what codes mean.

UNVERIFIED. The annexes of QCVN 102:2016/BTTTT and of its amendment 1:2022 could not be read, nor a document of a real
exchange. The names below come from published excerpts of programs that speak the format. A correction needs a change
of this file only. Used by reader and files.

Names are compared without namespace prefix and without regard to upper and lower case. A path is written from the
element MessageHeader; "A/B" is an element B directly in A. Of several paths, the first one with a text is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

EdxmlKind = Literal["new", "replacement", "recall", "update"]

ENVELOPES = frozenset({"edxmlenvelope", "edxml", "envelope"})
"""Names of the element that holds header and body."""
HEADER = "messageheader"
FIELDS: Mapping[str, tuple[str, ...]] = {
    "id": ("DocumentId",),
    "number": ("Code/CodeNumber",),
    "symbol": ("Code/CodeNotation",),
    "date": ("PromulgationInfo/PromulgationDate",),
    "place": ("PromulgationInfo/Place",),
    "issuer": ("From/OrganName",),
    "issuer_code": ("From/OrganId",),
    "type": ("DocumentType/TypeName",),
    "subject": ("Subject",),
    "summary": ("Content",),
    "signer": ("SignerInfo/FullName",),
    "position": ("SignerInfo/Position",),
    "authority": ("SignerInfo/Competence",),
}
DATE_FORMATS = ("%Y/%m/%d", "%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y")
"""Also accepted with a time of day after the date, which is ignored."""

KIND_PATHS = ("Bussiness/BussinessDocType", "Business/BusinessDocType")
"""Where the kind of exchange stands; searched in the whole header. The misspelling is that of the format."""
KIND_CODES: Mapping[str, EdxmlKind] = {
    "0": "new",
    "1": "recall",
    "2": "update",
    "3": "replacement",
    "new": "new",
    "edoc": "new",
    "revocation": "recall",
    "revoke": "recall",
    "recall": "recall",
    "thu hồi": "recall",
    "update": "update",
    "cập nhật": "update",
    "replacement": "replacement",
    "replace": "replacement",
    "thay thế": "replacement",
}
REASON_PATHS = ("Bussiness/BussinessDocReason", "Business/BusinessDocReason")
REFERENCES = ("ReplacementInfo", "DocumentInfo", "RecallInfo", "RevocationInfo", "UpdateInfo", "ResponseFor")
"""Elements that name an earlier document; searched in the whole header. They also exist in lists of these."""
REFERENCE_ID = ("DocumentId", "DocumentInfo")
"""Elements with the id of an earlier document, within one of REFERENCES."""
REFERENCE_NUMBER = FIELDS["number"]
REFERENCE_SYMBOL = ("Code/CodeNotation", "Code")
REFERENCE_DATE = ("PromulgationInfo/PromulgationDate", "PromulgationDate")
EXCHANGES = frozenset({"bussiness", "business"})
"""Names of elements with the kind of exchange, which may have the id of an earlier document, as in FIELDS, too."""

PROSE = frozenset({"subject", "content"})
"""Names of elements that speak of the matter itself; a word such as "mật" in a sentence of theirs is no mark."""

SECRECY = frozenset(
    {"secrecy", "secrecylevel", "securitylevel", "secretlevel", "security", "confidentiality", "domat"}
)
"""Names of elements that say how secret the document is."""
NOT_SECRET = frozenset({"", "0", "thường", "bình thường", "không", "không mật", "normal", "none", "public", "false"})
"""Values of these elements that mean that the document is not secret; any other one means that it is."""

SIGNATURE = "signature"
ATTACHMENTS = "attachmentencoded"
ATTACHMENT = "attachment"
REFERENCE = "reference"
CONTENT_ID = ("ContentId", "ContentID", "Id")
FILE_NAME = ("AttachmentName", "FileName", "Name", "Description")
CONTENT = ("AttachmentContent", "ContentTransfer", "Content", "Data", "Value")
CID_PREFIXES = ("cid:", "mid:")
