"""Documents in the manner of warning services: NWS, ECCC, MeteoAlarm, DWD, BoM, Mexico, Macau, Sweden, Vietnam."""

from __future__ import annotations

from tests.feeds.formats.cap.cases import Case
from tests.feeds.formats.cap.documents import CAP11, CAP12, utc

NO_OFFSET = "Giờ không ghi múi giờ; đã hiểu theo múi giờ của nguồn."


def head(identifier: str, sender: str, sent: str, kind: str = "Alert", status: str = "Actual", more: str = "") -> str:
    """The head of an alert for everybody."""
    return (
        f"<identifier>{identifier}</identifier><sender>{sender}</sender><sent>{sent}</sent><status>{status}</status>"
        f"<msgType>{kind}</msgType><scope>Public</scope>{more}"
    )


def referring(*references: str) -> str:
    """The field ``references``, one a line."""
    return f"<references>{'&#10;'.join(references)}</references>"


def levels(urgency: str, severity: str, certainty: str) -> str:
    """The three levels of an info."""
    return f"<urgency>{urgency}</urgency><severity>{severity}</severity><certainty>{certainty}</certainty>"


def named(element: str, name: str, value: str) -> str:
    """An element of a name and a value."""
    return f"<{element}><valueName>{name}</valueName><value>{value}</value></{element}>"


SERVICES = (
    Case(
        "Vietnam's centre: no offsets, no scope, markup in texts, commune codes, the risk level as a parameter",
        f'<?xml version="1.0" encoding="utf-8"?><alert xmlns="{CAP12}">'
        "<identifier>2.49.0.1.704.1.VN.20260825.01</identifier><sender>dubao@nchmf.example.invalid</sender>"
        "<sent>2026-08-25T16:00:00</sent><status>Actual</status><msgType>Alert</msgType><info>"
        "<language>vi</language><category>Met</category><event>Mưa lớn</event>"
        f"{levels('Expected', 'Severe', 'Likely')}<expires>2026-08-26T07:00:00</expires>"
        "<headline>MƯA LỚN Ở ĐỒNG BẰNG BẮC BỘ</headline>"
        "<description>&lt;p&gt;Mưa phổ biến 100 &amp;ndash; 150 mm.&lt;/p&gt;&lt;p&gt;Có nơi trên 200 mm.&lt;/p&gt;"
        f"</description>{named('parameter', 'Cấp độ rủi ro thiên tai', '2')}<area><areaDesc>Hưng Yên</areaDesc>"
        f"{named('geocode', 'ISO 3166-2', 'VN-66')}{named('geocode', 'ma_xa', '11953')}</area></info></alert>",
        {
            "sent": utc(25, 9),
            "scope": "Public",
            "infos.0.language": "vi",
            "infos.0.expires": utc(26, 0),
            "infos.0.description": "Mưa phổ biến 100 – 150 mm.\nCó nơi trên 200 mm.",
            "infos.0.parameters": (("Cấp độ rủi ro thiên tai", "2"),),
            "infos.0.areas.0.codes": (("ISO 3166-2", "VN-66"), ("ma_xa", "11953")),
        },
        notes=(NO_OFFSET, "Không ghi phạm vi phổ biến; hiểu là công khai."),
    ),
    Case(
        "Vietnam, a drill that calls itself real",
        f'<alert xmlns="{CAP12}">{head("vn-2", "a@x.example", "2026-08-25T16:00:00+07:00")}'
        "<info><event>Diễn tập ứng phó lũ</event><headline>TIN DIỄN TẬP</headline>"
        f"{levels('Immediate', 'Extreme', 'Observed')}</info></alert>",
        {"status": "Actual", "infos.0.event": "Diễn tập ứng phó lũ", "infos.0.headline": "TIN DIỄN TẬP"},
    ),
    Case(
        "NWS: begins after it ends, VTEC over two lines, codes without outlines, an empty instruction",
        f'<alert xmlns="{CAP12}">'
        + head("urn:oid:2.49.0.1.840.0.ab12.001.1", "w-nws@noaa.example", "2026-08-25T03:12:00-05:00", "Update")
        + "<code>IPAWSv1.0</code>"
        + referring("w-nws@noaa.example,urn:oid:2.49.0.1.840.0.ab11.001.1,2026-08-24T14:05:00-05:00")
        + f"<info><language>en-US</language><category>Met</category><event>Flood Watch</event>"
        f"<responseType>Prepare</responseType>{levels('Future', 'Severe', 'Possible')}"
        f"{named('eventCode', 'NationalWeatherService', 'FAA')}<effective>2026-08-25T03:12:00-05:00</effective>"
        "<onset>2026-08-26T13:00:00-05:00</onset><expires>2026-08-25T15:15:00-05:00</expires>"
        "<headline>Flood Watch issued August 25</headline><description>* WHAT...Flooding.\n\n* WHERE...The valley."
        f"</description><instruction></instruction>{named('parameter', 'VTEC', '/O.CON.KTFX.FA.A.1/&#10;/00000.0/')}"
        f"<area><areaDesc>Cascade; Teton</areaDesc><polygon/>{named('geocode', 'SAME', '030013')}"
        f"{named('geocode', 'UGC', 'MTZ301')}</area></info></alert>",
        {
            "kind": "Update",
            "references.0.identifier": "urn:oid:2.49.0.1.840.0.ab11.001.1",
            "references.0.sent": utc(24, 19, 5),
            "infos.0.onset": utc(26, 18),
            "infos.0.expires": utc(25, 20, 15),
            "infos.0.description": "* WHAT...Flooding.\n\n* WHERE...The valley.",
            "infos.0.instruction": "",
            "infos.0.parameters.0": ("VTEC", "/O.CON.KTFX.FA.A.1/\n/00000.0/"),
            "infos.0.areas.0.polygons": (),
            "infos.0.areas.0.codes": (("SAME", "030013"), ("UGC", "MTZ301")),
        },
    ),
    Case(
        "NWS: the weekly test is sent as real",
        f'<alert xmlns="{CAP12}">{head("t-1", "w-nws.webmaster@noaa.gov", "2026-08-26T11:00:00-05:00")}'
        f"<info><event>Required Weekly Test</event>{levels('Unknown', 'Unknown', 'Unknown')}"
        f"{named('eventCode', 'SAME', 'RWT')}</info></alert>",
        {"status": "Actual", "infos.0.event_codes": (("SAME", "RWT"),), "infos.0.language": ""},
    ),
    Case(
        "ECCC: both languages, two signatures under the root, zero offset written -00:00",
        f'<alert xmlns="{CAP12}">{head("2.49.0.1.124.1", "cap-pac@canada.ca", "2026-08-25T10:00:00-00:00")}'
        f"<info><language>en-CA</language><event>tornado</event>{levels('Immediate', 'Extreme', 'Observed')}"
        "<area><areaDesc>Essex County</areaDesc></area></info>"
        f"<info><language>fr-CA</language><event>tornade</event>{levels('Immediate', 'Extreme', 'Observed')}"
        f"{named('parameter', 'layer:SOREM:1.0:Broadcast_Immediately', 'Yes')}"
        "<area><areaDesc>comté d'Essex</areaDesc></area></info>"
        '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="a"><SignedInfo/></Signature>'
        '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#" Id="b"><SignedInfo/></Signature></alert>',
        {
            "sent": utc(25, 10),
            "signature": "unchecked",
            "infos.0.language": "en-CA",
            "infos.1.language": "fr-CA",
            "infos.1.areas.0.description": "comté d'Essex",
            "infos.1.parameters": (("layer:SOREM:1.0:Broadcast_Immediately", "Yes"),),
        },
    ),
    Case(
        "MeteoAlarm: Italian and English, the awareness level as a parameter, regions as codes",
        f'<alert xmlns="{CAP12}">{head("2.49.0.0.380.0.IT.1", "meteo@am.example.it", "2026-08-25T09:00:00+02:00")}'
        + "".join(
            f"<info><language>{language}</language><event>{event}</event>{levels('Future', 'Moderate', 'Likely')}"
            f"<onset>2026-08-26T00:00:00+02:00</onset><expires>2026-08-26T23:59:59+02:00</expires>"
            f"{named('parameter', 'awareness_level', '2; yellow; Moderate')}"
            f"{named('parameter', 'awareness_type', '3; Thunderstorm')}<area><areaDesc>Veneto</areaDesc>"
            f"{named('geocode', 'EMMA_ID', 'IT014')}</area></info>"
            for language, event in (("it-IT", "Temporali gialli"), ("en-GB", "Yellow Thunderstorm Warning"))
        )
        + "</alert>",
        {
            "infos.len": 2,
            "infos.0.event": "Temporali gialli",
            "infos.1.language": "en-GB",
            "infos.1.onset": utc(25, 22),
            "infos.1.expires": utc(26, 21, 59).replace(second=59),
            "infos.0.parameters.0": ("awareness_level", "2; yellow; Moderate"),
            "infos.0.areas.0.codes": (("EMMA_ID", "IT014"),),
        },
    ),
    Case(
        "DWD: heights, several references over lines, an outline with two rings",
        f'<alert xmlns="{CAP12}">'
        + head("2.49.0.0.276.0.DWD.PVW.2.MUL", "opendata@dwd.example", "2026-08-25T12:00:00+02:00", "Update")
        + "<source>PVW</source>"
        + referring(
            "opendata@dwd.example,2.49.0.0.276.0.DWD.PVW.1.MUL,2026-08-25T10:00:00+02:00",
            "opendata@dwd.example,2.49.0.0.276.0.DWD.PVW.0.MUL,2026-08-25T08:00:00+02:00",
        )
        + f"<info><language>de-DE</language><event>STURMBÖEN</event>{levels('Immediate', 'Moderate', 'Likely')}"
        f"{named('eventCode', 'GROUP', 'WIND')}<headline>Amtliche WARNUNG vor STURMBÖEN</headline><area>"
        "<areaDesc>Kreis Börde</areaDesc><polygon>52.0,11.0 52.0,11.5 52.3,11.5 52.0,11.0 53.0,12.0 53.0,12.5 "
        f"53.3,12.5 53.0,12.0</polygon>{named('geocode', 'WARNCELLID', '115083000')}<altitude>0</altitude>"
        "<ceiling>9842.5197</ceiling></area></info></alert>",
        {
            "source": "PVW",
            "references.len": 2,
            "references.1.sent": utc(25, 6),
            "infos.0.event": "STURMBÖEN",
            "infos.0.areas.0.polygons.len": 2,
            "infos.0.areas.0.polygons.1.0": (53.0, 12.0),
            "infos.0.areas.0.altitude": 0.0,
            "infos.0.areas.0.ceiling": 9842.5197,
        },
    ),
    Case(
        "BoM: another prefix, every level unknown, the text in a resource",
        f'<cap:alert xmlns:cap="{CAP12}"><cap:identifier>IDQ20030</cap:identifier>'
        "<cap:sender>bom@x.example</cap:sender>"
        "<cap:sent>2026-08-25T16:00:00+10:00</cap:sent><cap:status>Actual</cap:status><cap:msgType>Alert</cap:msgType>"
        "<cap:scope>Public</cap:scope><cap:code>urn:oasis:names:tc:emergency:cap:1.2:profile:CAP-AU:1.0</cap:code>"
        "<cap:info><cap:language>en-AU</cap:language><cap:event>Flood</cap:event><cap:urgency>Unknown</cap:urgency>"
        "<cap:severity>Unknown</cap:severity><cap:certainty>Unknown</cap:certainty><cap:resource>"
        "<cap:resourceDesc>Full text</cap:resourceDesc><cap:mimeType>text/plain</cap:mimeType>"
        "<cap:uri>/fwo/IDQ20030.txt</cap:uri></cap:resource><cap:area><cap:areaDesc>Herbert River</cap:areaDesc>"
        "</cap:area></cap:info></cap:alert>",
        {
            "version": "1.2",
            "infos.0.severity": "Unknown",
            "infos.0.resources.0.uri": "https://canh-bao.example.invalid/fwo/IDQ20030.txt",
            "infos.0.areas.0.description": "Herbert River",
            "infos.0.areas.0.codes": (),
        },
    ),
    Case(
        "Mexico: a seismic alert with nothing known but the place, the sender written as a name",
        f'<alert xmlns="{CAP12}">{head("SASMEX-1", "sasmex.net", "2026-08-25T10:00:00-06:00")}'
        "<info><language>es-MX</language><category>Geo</category><event>Sismo</event>"
        "<responseType>None</responseType>"
        f"{levels('Immediate', 'Unknown', 'Unknown')}<expires>2026-08-25T10:01:00-06:00</expires>"
        f"{named('parameter', 'EAS', '1')}<area><areaDesc>Ciudad de México</areaDesc>"
        "<circle>19.43,-99.13 250</circle>"
        "</area></info></alert>",
        {
            "sender": "sasmex.net",
            "infos.0.responses": ("None",),
            "infos.0.urgency": "Immediate",
            "infos.0.expires": utc(25, 16, 1),
            "infos.0.areas.0.circles": ((19.43, -99.13, 250.0),),
        },
    ),
    Case(
        "Macau: names itself among its references",
        f'<alert xmlns="{CAP12}">'
        + head("mo-7", "smg@x.example.mo", "2026-08-25T16:00:00+08:00", "Update")
        + referring(
            "",
            "  smg@x.example.mo,mo-6,2026-08-25T12:00:00+08:00",
            "smg@x.example.mo,mo-7,2026-08-25T16:00:00+08:00",
            "",
        )
        + f"<info><language>zh-MO</language><event>八號風球</event>{levels('Immediate', 'Severe', 'Observed')}</info>"
        f"<info><language>pt-MO</language><event>Sinal n.º 8</event>"
        f"{levels('Immediate', 'Severe', 'Observed')}</info>"
        "</alert>",
        {
            "references.0.identifier": "mo-6",
            "references.1.identifier": "mo-7",
            "infos.0.event": "八號風球",
            "infos.1.event": "Sinal n.º 8",
        },
    ),
    Case(
        "Sweden: every level unknown and an end that never comes",
        f'<alert xmlns="{CAP12}">{head("vma-1", "vma@x.example.se", "2026-08-25T10:00:00+02:00")}'
        "<info><language>sv-SE</language><event>Viktigt meddelande till allmänheten</event>"
        f"{levels('Unknown', 'Unknown', 'Unknown')}<expires>9999-12-31T23:59:59+00:00</expires></info></alert>",
        {"infos.0.event": "Viktigt meddelande till allmänheten", "infos.0.expires": None},
        notes=("Không đọc được giờ hết hạn: “9999-12-31T23:59:59+00:00”.",),
    ),
    Case(
        "USGS: an earthquake at a place, which is a circle of no kilometres; CAP 1.1",
        f'<alert xmlns="{CAP11}">{head("us-1", "http://earthquake.example/", "2026-08-25T00:00:00+00:00")}'
        f"<info><category>Geo</category><event>Earthquake</event>{levels('Past', 'Unknown', 'Observed')}"
        "<area><areaDesc>76 km SSW of Usulután</areaDesc><circle>12.747,-88.783 0.0</circle></area></info></alert>",
        {"version": "1.1", "infos.0.language": "", "infos.0.areas.0.circles": ((12.747, -88.783, 0.0),)},
    ),
    Case(
        "Bangladesh: a storm at latitude 0, longitude 0",
        f'<alert xmlns="{CAP12}">{head("bd-1", "bmd@x.example.bd", "2026-08-25T12:00:00+06:00")}'
        f"<info><language>bn</language><event>ঘূর্ণিঝড়</event>{levels('Future', 'Severe', 'Possible')}<area>"
        "<areaDesc>কক্সবাজার</areaDesc><circle>0,0 10</circle></area></info></alert>",
        {"infos.0.event": "ঘূর্ণিঝড়", "infos.0.areas.0.circles": ((0.0, 0.0, 10.0),)},
    ),
    Case(
        "Fiji: an outline over the antimeridian",
        f'<alert xmlns="{CAP12}">{head("fj-1", "fms@x.example.fj", "2026-08-25T12:00:00+12:00")}'
        f"<info><language>en-FJ</language><event>Cyclone</event>{levels('Expected', 'Extreme', 'Likely')}<area>"
        "<areaDesc>Taveuni, Lau</areaDesc><polygon>-16,179 -19,179 -19,-178.5 -16,-178.5 -16,179</polygon></area>"
        "</info></alert>",
        {
            "infos.0.areas.0.polygons.0": (
                (-16.0, 179.0),
                (-19.0, 179.0),
                (-19.0, -178.5),
                (-16.0, -178.5),
                (-16.0, 179.0),
            )
        },
    ),
)
