"""Sample alerts outside the repository, in the folder that BANGTIN_SAMPLES names, against values read by hand."""

from __future__ import annotations

import os
from base64 import b64decode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate
from lxml import etree

from feeds.formats.cap.document import CapReference
from tests.feeds.formats.cap.cases import Case, value_at
from tests.feeds.formats.cap.documents import one, utc

FOLDER = Path(os.environ["BANGTIN_SAMPLES"]) / "cap"
COAST = "Vùng biển và ven biển phía nam đồng bằng Bắc Bộ"
VN66 = (("ISO 3166-2", "VN-66"),)
STORM = {
    "sender": "sample@example.invalid",
    "scope": "Public",
    "version": "1.2",
    "signature": "unsigned",
    "infos.len": 2,
    "infos.0.language": "vi-VN",
    "infos.1.language": "en-US",
    "infos.0.severity": "Severe",
    "infos.0.certainty": "Likely",
    "infos.0.sender_name": "Sample centre (synthetic)",
    "infos.0.areas.0.description": COAST,
    "infos.0.areas.0.codes": VN66,
    "infos.0.areas.0.polygons": (((20.1, 106.2), (20.1, 106.9), (20.8, 106.9), (20.8, 106.2), (20.1, 106.2)),),
}
ALDABRA = {
    "identifier": "urn:oid:2.49.0.0.690.0.2024.5.19.13.18.0",
    "sender": "info@meteo.gov.sc",
    "sent": utc(19, 13, 18, month=5, year=2024),
    "status": "Actual",
    "kind": "Alert",
    "version": "1.2",
    "infos.len": 1,
    "infos.0.language": "en",
    "infos.0.event": "Strong Winds",
    "infos.0.urgency": "Immediate",
    "infos.0.severity": "Moderate",
    "infos.0.certainty": "Observed",
    "infos.0.audience": "General Public",
    "infos.0.onset": utc(19, 13, 30, month=5, year=2024),
    "infos.0.expires": utc(19, 19, 30, month=5, year=2024),
    "infos.0.contact": "info@meteo.gov.sc",
    "infos.0.areas.0.description": "Aldabra area",
    "infos.0.areas.0.polygons.0.len": 14,
    "infos.0.areas.0.polygons.0.0": (-9.186965, 46.078276),
}

CASES = (
    Case(
        "cap_vi_1_alert.xml",
        "",
        STORM
        | {
            "identifier": "sample-1",
            "sent": utc(25, 9),
            "status": "Actual",
            "kind": "Alert",
            "references": (),
            "infos.0.event": "Tin bão khẩn cấp",
            "infos.0.responses": ("Prepare",),
            "infos.0.urgency": "Expected",
            "infos.0.effective": utc(25, 9),
            "infos.0.onset": None,
            "infos.0.expires": utc(25, 12, 30),
            "infos.0.description": "Hồi 16 giờ, tâm bão cách bờ khoảng 150 km, sức gió cấp 10, giật cấp 13.",
        },
    ),
    Case(
        "cap_vi_2_update.xml",
        "",
        STORM
        | {
            "identifier": "sample-2",
            "sent": utc(25, 12),
            "kind": "Update",
            "references": (CapReference("sample@example.invalid", "sample-1", utc(25, 9)),),
            "infos.0.expires": utc(25, 22, 30),
        },
    ),
    Case(
        "cap_vi_3_cancel.xml",
        "",
        STORM
        | {
            "identifier": "sample-3",
            "sent": utc(25, 22),
            "kind": "Cancel",
            "references": (
                CapReference("sample@example.invalid", "sample-1", utc(25, 9)),
                CapReference("sample@example.invalid", "sample-2", utc(25, 12)),
            ),
            "infos.0.responses": ("AllClear",),
            "infos.0.urgency": "Past",
            "infos.0.expires": utc(26, 1),
        },
    ),
    Case(
        "cap_vi_4_exercise.xml",
        "",
        STORM | {"identifier": "sample-4", "status": "Exercise", "note": "Diễn tập phòng chống thiên tai"},
    ),
    Case(
        "google_australia.cap",
        "",
        {
            "identifier": "tag:www.rfs.nsw.gov.au2011-10-06:40184",
            "sent": utc(5, 13, 4, month=10, year=2011),
            "codes": ("urn:oasis:names:tc:emergency:cap:1.2:profile:CAP-AU:1.0",),
            "infos.len": 2,
            "infos.0.language": "en-AU",
            "infos.0.categories": ("Fire", "Met"),
            "infos.0.responses": ("Evacuate",),
            "infos.0.severity": "Minor",
            "infos.0.event_codes.1": ("non-standard secondary event code", "structure_fire"),
            "infos.0.instruction": "Not Applicable",
            "infos.0.parameters.5": ("AllocatedResources", ""),
            "infos.0.parameters.6": ("ControlAuthority", "Rural Fire Service"),
            "infos.0.resources.0.mime": "text/html",
            "infos.0.areas.0.circles": ((-35.3888, 147.0598, 25.0),),
            "infos.1.areas.0.codes": (("http://www.psma.com.au/?product=postcode-boundaries", "2642"),),
        },
    ),
    Case(
        "google_canada.cap",
        "",
        {
            "identifier": "2.49.0.1.124.6bddbc91.2012",
            "sent": utc(2, 23, 21, month=5, year=2012).replace(second=4),
            "kind": "Update",
            "restriction": "",
            "addresses": (),
            "note": "",
            "incidents": (),
            "codes": ("profile:CAP-CP:0.4", "layer:EC-MSC-SMC:1.0", "layer:SOREM:1.0"),
            "references.len": 2,
            "references.1.identifier": "2.49.0.1.124.60f31a3a.2012",
            "references.1.sent": utc(2, 21, 55, month=5, year=2012).replace(second=21),
            "infos.0.language": "en-CA",
            "infos.1.language": "fr-CA",
            "infos.1.headline": "veille d'orages violents",
            "infos.0.responses": ("AllClear",),
            "infos.0.urgency": "Past",
            "infos.0.areas.len": 2,
            "infos.0.areas.0.codes.len": 10,
            "infos.0.areas.1.polygons.0.0": (42.3564, -81.5498),
        },
    ),
    Case(
        "google_earthquake-iso8859-1.cap",
        "",
        {
            "sent": utc(14, 22, 53, month=10, year=2012).replace(second=4),
            "addresses": ("0",),
            "signature": "unchecked",
            "infos.0.language": "",
            "infos.0.urgency": "Past",
            "infos.0.severity": "Unknown",
            "infos.0.effective": None,
            "infos.0.onset": utc(14, 22, 40, month=10, year=2012).replace(second=56),
            "infos.0.headline": "EQ 4.6 Usulután, Usulután, El Salvador - PRELIMINARY REPORT",
            "infos.0.parameters.3": ("Magnitude", "4.6"),
            "infos.0.areas.0.circles": ((12.747, -88.783, 0.0),),
        },
    ),
    Case(
        "google_no_optional_fields.cap",
        "",
        {
            "version": "1.1",
            "sender": "http://earthquake.usgs.gov/research/monitoring/anss/neic/",
            "sent": utc(31, 5, 9, year=2010).replace(second=25),
            "infos": (),
        },
        notes=("Cảnh báo không có phần nội dung nào.",),
    ),
    Case(
        "google_weather.cap",
        "",
        {
            "version": "1.1",
            "sent": utc(30, 10, 7, year=2010),
            "infos.0.event": "Flash Flood Watch",
            "infos.0.certainty": "Possible",
            "infos.0.effective": utc(30, 10, 7, year=2010),
            "infos.0.expires": utc(30, 18, year=2010),
            "infos.0.parameters.0": ("WMOHEADER", ""),
            "infos.0.parameters.2": (
                "VTEC",
                "/O.CON.KTFX.FF.A.0003.000000T0000Z-100830T1800Z/\n"
                "/00000.0.ER.000000T0000Z.000000T0000Z.000000T0000Z.OO/",
            ),
            "infos.0.areas.0.codes": (("FIPS6", "030049"), ("UGC", "MTZ014")),
            "infos.0.areas.0.polygons": (),
        },
    ),
    Case(
        "google_xee.cap",
        "",
        {
            "identifier": "KSTO1055887203",
            "sent": utc(17, 21, 57, month=6, year=2003),
            "infos.0.sender_name": "NATIONAL WEATHER SERVICE SACRAMENTO CA",
            "infos.0.headline": "SEVERE THUNDERSTORM WARNING",
            "infos.0.contact": "BARUFFALDI/JUSKIE",
            "infos.0.areas.0.polygons.0.1": (38.34, -119.95),
            "infos.0.areas.0.codes.2": ("SAME", "006003"),
        },
        notes=(
            "Tài liệu có khai báo kiểu (DTD); phần khai báo đã bị bỏ qua.",
            "Có ký hiệu thay thế không rõ nghĩa đã bị bỏ khỏi văn bản.",
        ),
        draft_only=True,
    ),
    Case("wmo_seychelles_no_signature.xml", "", ALDABRA | {"signature": "unsigned"}),
    Case("wmo_seychelles_valid.xml", "", ALDABRA | {"signature": "unchecked"}),
    Case("wmo_seychelles_invalid_digest.xml", "", ALDABRA | {"signature": "unchecked"}),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_sample_is_read_as_it_is_meant(case: Case) -> None:
    got = one((FOLDER / case.name).read_bytes())
    assert {path: value_at(got, path) for path in case.expected} == case.expected
    assert (got.notes, got.draft_only) == (case.notes, case.draft_only)


def test_every_sample_has_its_values_here() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {case.name for case in CASES}


def certificate() -> str:
    """The certificate that the signed samples bring along."""
    found = etree.parse(FOLDER / "wmo_seychelles_valid.xml").findtext(".//{*}X509Certificate")
    return load_der_x509_certificate(b64decode(found or "")).public_bytes(Encoding.PEM).decode("ascii")


@pytest.mark.parametrize(
    ("name", "sent", "signature"),
    [
        ("no_signature", "2024-05-19", "missing"),
        # The samples were sent six weeks before the certificate with which they are signed began to be valid.
        ("valid", "2024-05-19", "broken"),
        ("invalid_digest", "2024-05-19", "broken"),
    ],
)
def test_the_signatures_of_samples_by_their_own_certificate(name: str, sent: str, signature: str) -> None:
    body = (FOLDER / f"wmo_seychelles_{name}.xml").read_bytes()
    assert sent.encode() in body
    got = one(body, certificate=certificate())
    assert (got.signature, got.draft_only) == (signature, True)
