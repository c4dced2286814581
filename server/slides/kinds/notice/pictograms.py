"""Chooses the pictogram of a notice's hazard; called by the notice kind. pictograms.html has the drawings."""

from __future__ import annotations

import re
import unicodedata

# Pictogram and words. The first entry with a word that is in the hazard's text is taken, so "lũ quét, sạt lở đất" is
# a landslide and not a flood.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("landslide", ("sạt lở", "lũ quét", "sụt lún", "trượt đất")),
    ("dike", ("đê", "vỡ đập", "hồ chứa", "xả lũ", "đập")),
    ("surge", ("nước dâng", "triều cường", "sóng thần", "sóng lớn")),
    ("sea", ("trên biển", "gió mạnh")),
    ("lightning", ("dông", "lốc", "sét", "mưa đá", "giông")),
    ("salt", ("xâm nhập mặn", "hạn hán", "nước mặn")),
    ("water", ("nước sinh hoạt", "nước sạch", "nước máy", "nước bẩn")),
    ("chemical", ("hóa chất", "hoá chất", "khí độc", "phóng xạ", "bức xạ")),
    ("fire", ("cháy", "nổ", "hỏa hoạn", "hoả hoạn")),
    ("epidemic", ("dịch", "bệnh")),
    ("heat", ("nắng nóng",)),
    ("cold", ("rét", "sương muối", "băng giá")),
    ("earthquake", ("động đất",)),
    ("flood", ("lũ", "ngập", "lụt")),
    ("rain", ("mưa",)),
    ("storm", ("bão", "áp thấp")),
)
GENERAL = "general"


def pictogram(hazard: str) -> str:
    """The name of the pictogram for a hazard as people write it ("Bão số 3"); ``GENERAL`` if no word is known."""
    words_of = re.findall(r"\w+", unicodedata.normalize("NFC", hazard).casefold())
    text = f" {' '.join(words_of)} "
    return next((name for name, words in _WORDS if any(f" {word} " in text for word in words)), GENERAL)
