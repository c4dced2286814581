"""Finds words by which a document calls itself a test or a drill; called by `standing`.

Some senders publish tests as `Actual`. Words of many languages are listed, because a server may read the alerts of
neighbouring countries; a word found wrongly only makes the document a draft.
"""

from __future__ import annotations

import re
import unicodedata

from server.core.alerts.document import Alert

# Whole words of event, headline and note. "Exercise caution" is no drill.
_NAMES = (
    r"rwt|rmt|npt|test|tests|testing|drill|drills|exercise(?!\s+(?:\w+\s+)?(?:caution|care))",
    r"diễn tập|thực tập|thử nghiệm|chạy thử|phát thử|tin thử|kiểm tra hệ thống",
    r"essai|exercice|simulation|simulacro|ensayo|prueba|ejercicio|simulado|teste|exercício|esercitazione|prova",
    r"probealarm|probewarnung|testalarm|testwarnung|übung|oefening|proefalarm|øvelse|övning|harjoitus|ćwiczenia",
    r"uji coba|latihan|simulasi|тест|учения|учебная тревога|tatbikat|اختبار|تمرين",
)
# Scripts without blanks between words.
_ANYWHERE = r"演習|訓練|試験|测试|演练|測試|演練|훈련|시험|ทดสอบ|ฝึกซ้อม"
# Sentences of the longer texts, where a single word says nothing ("tests for the virus are free").
_SENTENCES = (
    r"this is (?:only )?a (?:test|drill|monthly test|weekly test)",
    r"đây (?:là|chỉ là) (?:tin |bản tin |nội dung )?(?:diễn tập|thử nghiệm|thử)",
    r"ceci est un (?:test|exercice|essai)|esto es (?:una prueba|un simulacro|un ejercicio)",
)
_CODES = frozenset({"RWT", "RMT", "NPT", "DMO"})
_NAMED = re.compile(rf"(?<!\w)(?:{'|'.join(_NAMES)})(?!\w)|{_ANYWHERE}")
_SAID = re.compile("|".join(_SENTENCES))


def _folded(*texts: str) -> str:
    return unicodedata.normalize("NFC", " ".join("\n".join(texts).split())).casefold()


def names_a_drill(alert: Alert) -> bool:
    """True if the document's own words or event codes say that it is a test or a drill."""
    names = [alert.note, *(text for info in alert.infos for text in (info.event, info.headline))]
    longer = [text for info in alert.infos for text in (info.description, info.instruction)]
    codes = {value.strip().upper() for info in alert.infos for _, value in info.parameters}
    return bool(_NAMED.search(_folded(*names)) or _SAID.search(_folded(*names, *longer)) or _CODES & codes)
