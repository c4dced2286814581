"""Writes edXML documents as a foreign program would, well and badly formed; used by tests of documents.

Written from the published excerpts of the format, apart from the reader's code: it imports nothing of it.
"""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
ID = "000.00.13.H31,2026/03/05,15/QĐ-UBND"
USUAL = {
    "id": ID,
    "organ": "000.00.13.H31",
    "issuer": "Ủy ban nhân dân xã Minh Tân",
    "number": "15",
    "notation": "QĐ-UBND",
    "place": "Minh Tân",
    "date": "2026/03/05",
    "type": "Quyết định",
    "subject": "Về việc phê duyệt kế hoạch sử dụng đất năm 2026",
    "competence": "TM. ỦY BAN NHÂN DÂN",
    "position": "Chủ tịch",
    "name": "Nguyễn Văn Bình",
}


def archive(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file with these entries."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, body in files.items():
            made.writestr(name, body)
    return out.getvalue()


def document(
    files: Mapping[str, bytes] | None = None,
    *,
    kind: str = "0",
    earlier: str = "",
    inside: str = "",
    signature: str = "",
    zipped: bool = False,
    **other: str,
) -> bytes:
    """A well-formed document; ``other`` are values instead of those of USUAL.

    ``earlier`` is the id of the document that it replaces, recalls or updates. ``inside`` is put into the header as
    it is. With ``zipped`` all files are in one ZIP, whose entries are named by ContentId.
    """
    sent = dict(files or {})
    ids = {name: f"cid:tep-{number}" for number, name in enumerate(sent)}
    manifest = "".join(
        f"<edXML:Reference><edXML:ContentId>{ids[name]}</edXML:ContentId>"
        f"<edXML:Description>{escape(name)}</edXML:Description></edXML:Reference>"
        for name in sent
    )
    if zipped:
        packed = archive({ids[name].removeprefix("cid:"): body for name, body in sent.items()})
        attached = wrapped(packed)
    else:
        attached = "".join(
            f"<edXML:Attachment><edXML:ContentId>{ids[name]}</edXML:ContentId>"
            f"<edXML:AttachmentName>{escape(name)}</edXML:AttachmentName>{wrapped(body)}</edXML:Attachment>"
            for name, body in sent.items()
        )
    header = message_header(kind, earlier, inside, {**USUAL, **other})
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<edXML:edXML xmlns:edXML="{NAMESPACE}"><edXML:edXMLEnvelope><edXML:edXMLHeader>{header}'
        f"{signature}</edXML:edXMLHeader><edXML:edXMLBody><edXML:edXMLManifest>{manifest}</edXML:edXMLManifest>"
        f"</edXML:edXMLBody></edXML:edXMLEnvelope><edXML:AttachmentEncoded>{attached}</edXML:AttachmentEncoded>"
        "</edXML:edXML>"
    ).encode()


def sloppy(files: Mapping[str, bytes], **other: str) -> bytes:
    """A document as a known program writes it: undeclared prefixes, attachments after the root, lines ended by CR."""
    whole = document(files, zipped=True, **other).decode()
    whole = (
        whole.replace(f' xmlns:edXML="{NAMESPACE}"', "").replace("<edXML:edXML>", "").replace("</edXML:edXML>", "")
    )
    return whole.replace("\n", "&#13;\n").replace("?>&#13;", "?>").replace(" & ", " &amp; ").encode()


def message_header(kind: str, earlier: str, inside: str, values: Mapping[str, str]) -> str:
    """The text of the header with the kind of exchange after it, in the format's spelling "Bussiness"."""
    v = {name: escape(value) for name, value in values.items()}
    parts: Sequence[str] = (
        f"<edXML:From><edXML:OrganId>{v['organ']}</edXML:OrganId><edXML:OrganName>{v['issuer']}</edXML:OrganName>"
        "</edXML:From><edXML:To><edXML:OrganId>000.00.01.H31</edXML:OrganId></edXML:To>",
        f"<edXML:DocumentId>{v['id']}</edXML:DocumentId>",
        f"<edXML:Code><edXML:CodeNumber>{v['number']}</edXML:CodeNumber><edXML:CodeNotation>{v['notation']}"
        "</edXML:CodeNotation></edXML:Code>",
        f"<edXML:PromulgationInfo><edXML:Place>{v['place']}</edXML:Place><edXML:PromulgationDate>{v['date']}"
        "</edXML:PromulgationDate></edXML:PromulgationInfo>",
        f"<edXML:DocumentType><edXML:Type>2</edXML:Type><edXML:TypeName>{v['type']}</edXML:TypeName>"
        f"</edXML:DocumentType><edXML:Subject>{v['subject']}</edXML:Subject>",
        f"<edXML:SignerInfo><edXML:Competence>{v['competence']}</edXML:Competence><edXML:Position>{v['position']}"
        f"</edXML:Position><edXML:FullName>{v['name']}</edXML:FullName></edXML:SignerInfo>{inside}",
    )
    named = f"<edXML:DocumentId>{escape(earlier)}</edXML:DocumentId>" if earlier else ""
    return (
        f"<edXML:MessageHeader>{''.join(parts)}</edXML:MessageHeader><edXML:TraceHeaderList><edXML:Bussiness>"
        f"<edXML:BussinessDocType>{kind}</edXML:BussinessDocType>{named}</edXML:Bussiness></edXML:TraceHeaderList>"
    )


def wrapped(body: bytes) -> str:
    """Base64 in lines of 76 letters."""
    return base64.encodebytes(body).decode().strip()
