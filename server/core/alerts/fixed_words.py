"""Fixed instructions for people, for alerts that state what to do only by a CAP response code; called by `texts`."""

from __future__ import annotations

from collections.abc import Iterable

# CAP's responseType -> Vietnamese, English. Most pressing first: that is also the order in which several are told.
WORDS: dict[str, tuple[str, str]] = {
    "evacuate": (
        "Rời khỏi khu vực nguy hiểm theo hướng dẫn của chính quyền.",
        "Leave the dangerous area as the authorities direct.",
    ),
    "shelter": (
        "Ở trong nhà hoặc đến nơi trú ẩn an toàn gần nhất.",
        "Stay indoors or go to the nearest safe shelter.",
    ),
    "avoid": ("Tránh xa khu vực nguy hiểm.", "Keep away from the dangerous area."),
    "execute": (
        "Làm theo phương án ứng phó đã được hướng dẫn.",
        "Act according to the response plan for your area.",
    ),
    "prepare": (
        "Chuẩn bị sẵn sàng và theo dõi thông báo của chính quyền.",
        "Make preparations and follow the announcements of the authorities.",
    ),
    "monitor": ("Theo dõi các thông báo tiếp theo.", "Follow further announcements."),
    "assess": (
        "Xem xét tình hình nơi mình ở; không làm gì thêm nếu an toàn.",
        "Check the situation around you; do nothing more if you are safe.",
    ),
    "allclear": ("Nguy hiểm đã qua.", "The danger is over."),
}
UNSAID = ("Theo dõi thông báo của chính quyền địa phương.", "Follow the announcements of the local authorities.")
"""For alerts without a response, or with one that says nothing (None)."""


def fixed_instruction(responses: Iterable[str], language: str) -> str:
    """Returns what people should do by the codes ``responses`` (CAP's responseType), one sentence or more for each.

    They are Vietnamese for "vi", English for every other language. With "AllClear" the other codes do not count:
    nobody is told to flee from a danger that is over. Without a known code the result is `UNSAID`.
    """
    codes = {response.strip().casefold() for response in responses}
    codes &= {"allclear"} if "allclear" in codes else codes
    column = 0 if language == "vi" else 1
    found = [words[column] for code, words in WORDS.items() if code in codes]
    return " ".join(found) or UNSAID[column]
