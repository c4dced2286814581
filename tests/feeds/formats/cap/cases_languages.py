"""Documents in many languages and in the encodings that their sources still use."""

from __future__ import annotations

from tests.feeds.formats.cap.cases import Case
from tests.feeds.formats.cap.documents import CAP12, IDENTITY, utc


def document(language: str, event: str, place: str, encoding: str = "utf-8", more: str = "") -> str:
    """An alert in one language with its declaration."""
    identity = "".join(f"<{name}>{value}</{name}>" for name, value in IDENTITY.items())
    return (
        f'<?xml version="1.0" encoding="{encoding}"?><alert xmlns="{CAP12}">{identity}<info><language>{language}'
        f"</language><category>Met</category><event>{event}</event><urgency>Expected</urgency>"
        f"<severity>Severe</severity><certainty>Likely</certainty>{more}<area><areaDesc>{place}</areaDesc></area>"
        "</info></alert>"
    )


# language, event, place, the encoding that is declared, the encoding of the bytes
_WRITTEN = (
    ("vi-VN", "Bão rất mạnh", "Hưng Yên, Thái Bình", "UTF-8", "utf-8"),
    ("en-US", "Tornado — take cover", "Cañon City", "ISO-8859-1", "cp1252"),
    ("fr-FR", "Crues soudaines à l'œuvre", "Hérault", "ISO-8859-15", "iso8859-15"),
    ("es-MX", "Niños: evacúen", "Michoacán", "iso-8859-1", "latin-1"),
    ("pt-BR", "Perigo: inundações", "São Paulo, Maranhão", "ISO-8859-1", "latin-1"),
    ("de-AT", "Überflutung, Böen", "Kärnten", "windows-1252", "cp1252"),
    ("pl-PL", "Silny wiatr i śnieżyce", "Łódź", "ISO-8859-2", "iso8859-2"),
    ("tr-TR", "Şiddetli yağış", "Iğdır", "ISO-8859-9", "iso8859-9"),
    ("el-GR", "Πυρκαγιά", "Αττική", "ISO-8859-7", "iso8859-7"),
    ("ru-RU", "Сильный ветер", "Хабаровск", "windows-1251", "cp1251"),
    ("uk-UA", "Сильна злива", "Львів", "KOI8-U", "koi8-u"),
    ("ar-SA", "سيول جارفة", "مكة", "windows-1256", "cp1256"),
    ("he-IL", "שיטפונות", "הנגב", "windows-1255", "cp1255"),
    ("zh-CN", "台风红色预警", "广东", "gb2312", "gb18030"),
    ("zh-TW", "颱風警報", "花蓮", "Big5", "big5"),
    ("ja-JP", "大雨特別警報", "熊本県", "Shift_JIS", "shift_jis"),
    ("ja-JP", "津波警報", "岩手県", "EUC-JP", "euc-jp"),
    ("ko-KR", "호우 경보", "부산", "EUC-KR", "euc-kr"),
    ("th-TH", "พายุโซนร้อน", "เชียงใหม่", "windows-874", "cp874"),
    ("hi-IN", "भारी वर्षा", "उत्तराखंड", "UTF-8", "utf-8"),
    ("km-KH", "ព្យុះ", "ភ្នំពេញ", "UTF-16", "utf-16"),
    ("lo-LA", "ນ້ຳຖ້ວມ", "ວຽງຈັນ", "UTF-16LE", "utf-16-le"),
    ("my-MM", "မုန်တိုင်း", "ရခိုင်", "UTF-8", "utf-8-sig"),
    ("id-ID", "Hujan lebat", "Jawa Barat", "us-ascii", "ascii"),
)

LANGUAGES = (
    *(
        Case(
            f"{language} in {declared}",
            document(language, event, place, declared),
            {"infos.0.language": language, "infos.0.event": event, "infos.0.areas.0.description": place},
            encoding=encoding,
        )
        for language, event, place, declared, encoding in _WRITTEN
    ),
    Case(
        "Vietnamese letters in parts, as some systems write them",
        document("vi", "Ba\u0303o va\u0300 lu\u0303", "Hu\u031bng Ye\u0302n"),
        {"infos.0.event": "Bão và lũ", "infos.0.areas.0.description": "Hưng Yên"},
    ),
    Case(
        "Vietnamese in UTF-8 that calls itself Latin-1",
        document("vi", "Lũ quét", "Lào Cai", "ISO-8859-1"),
        {"infos.0.event": "Lũ quét"},
        notes=("Bảng mã khai báo không đúng; đã đọc theo UTF-8.",),
    ),
    Case(
        "French entities escaped twice",
        document("fr", "Temp&amp;ecirc;te &amp;amp; gr&amp;#234;le", "Nice"),
        {"infos.0.event": "Tempête & grêle"},
    ),
    Case(
        "German times in a zone of their own, without an offset, in summer",
        document("de", "Gewitter", "Bremen", more="<expires>2026-08-25T20:00:00</expires>"),
        {"infos.0.expires": utc(25, 18), "sent": utc(25, 9)},
        zone="Europe/Berlin",
        notes=("Giờ không ghi múi giờ; đã hiểu theo múi giờ của nguồn.",),
    ),
    Case(
        "Persian with its joiners, Arabic with marks of direction",
        document("fa-IR", "می\u200cبارد", "\u200fتهران\u200e"),
        {"infos.0.event": "می\u200cبارد", "infos.0.areas.0.description": "\u200fتهران\u200e"},
    ),
)
