"""Groups of Vietnamese expressions that exclude one another in reports of the same event; called by facts.py.

Two stories with different expressions of one group ("cắt điện": power cut, "cắt nước": water cut) are about different
events. The groups cover what communes usually report.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from server.core.sources.spelling import spell

# A group is "WORDS = MEANING; WORDS = MEANING", with "|" between words that mean the same.
_GROUPS = (
    "cắt điện|mất điện|ngừng cấp điện|bị cắt điện = điện; cắt nước|mất nước|ngừng cấp nước|ngừng nước = nước",
    "mở cống|mở cửa cống = mở; đóng cống = đóng",
    "đóng cửa|dừng chạy|ngừng chạy|dừng hoạt động|ngừng hoạt động|tạm ngừng phục vụ = đóng; mở lại|mở cửa trở lại|"
    "hoạt động trở lại|trở lại hoạt động|chạy lại|phục vụ trở lại = mở",
    "mất nước|mất điện = mất; có nước trở lại|có điện trở lại|cấp nước trở lại|cấp điện trở lại = lại",
    "phong tỏa|cách ly = phong tỏa; dỡ phong tỏa|hết cách ly|kết thúc cách ly = hết",
    "cấm|nghiêm cấm = cấm; cho phép|được phép = cho",
    "tạm dừng|hoãn|ngừng tổ chức|dừng tổ chức = dừng; tổ chức lễ hội = có",
    "nghỉ học|được nghỉ học = nghỉ; đi học trở lại|đi học lại|trở lại trường = học",
    "khởi công = đầu; khánh thành|thông xe|nghiệm thu = cuối",
    "khai mạc|khai hội = đầu; bế mạc = cuối",
    "khai giảng = đầu; bế giảng = cuối",
    "tăng = tăng; giảm = giảm",
    "thường trú = thường trú; tạm trú = tạm trú; tạm vắng = tạm vắng",
    "bổ nhiệm = vào; miễn nhiệm|cách chức|bãi nhiệm = ra",
    "khởi tố = khởi tố; truy nã = truy nã; xét xử = xét xử; tuyên án = tuyên án",
    "cấp giấy phép|cấp phép = cấp; thu hồi giấy phép|tước giấy phép = thu hồi",
    "vắc xin sởi|tiêm sởi|phòng sởi = sởi; vắc xin cúm|tiêm cúm|phòng cúm = cúm; phòng dại|vắc xin dại = dại; "
    "tai xanh = tai xanh; lở mồm = lở mồm; viêm da nổi cục = viêm da; uốn ván = uốn ván; bại liệt = bại liệt; "
    "bạch hầu = bạch hầu; viêm não = viêm não; dịch tả = dịch tả; sốt xuất huyết = sốt xuất huyết; "
    "cúm gia cầm = cúm gia cầm",
    "cho chó|chó mèo = chó; cho lợn|con lợn = lợn; trâu bò|cho trâu|cho bò = bò; gia cầm|cho gà|cho vịt = gà",
    "xe tải = xe tải; xe khách = xe khách; xe máy = xe máy; ô tô con = ô tô con; xe buýt = xe buýt",
    "xả lũ|mở cửa xả = xả; đóng cửa xả|ngừng xả = đóng",
    "cảnh báo = có; hết cảnh báo|dỡ bỏ cảnh báo|hủy cảnh báo = hết",
    "lũ quét = lũ quét; sạt lở = sạt lở; ngập úng = ngập úng; cháy rừng = cháy rừng; rét hại = rét hại; "
    "nắng nóng = nắng nóng; lốc xoáy = lốc xoáy; triều cường = triều cường; hạn mặn|xâm nhập mặn = mặn",
    "mẫu giáo|mầm non = mầm non; tiểu học = tiểu học; thcs|trung học cơ sở = thcs; thpt|trung học phổ thông = thpt",
    "lao động nữ|công nhân nữ = nữ; lao động nam|công nhân nam = nam",
    "lương hưu = lương hưu; trợ cấp = trợ cấp",
    "bầu trưởng thôn|bầu trưởng khu = bầu; miễn nhiệm trưởng thôn = miễn",
    "di dời|sơ tán = đi; trở về nhà|về nhà an toàn = về",
    "hỏa táng = hỏa táng; an táng = an táng",
)


@dataclass(frozen=True, slots=True)
class _Group:
    """A group of expressions: a pattern that matches any of them, and the meaning of each."""

    pattern: re.Pattern[str]
    meanings: Mapping[str, str]


@cache  # not at the import, because most processes never compare stories
def _groups() -> tuple[_Group, ...]:
    return tuple(_group(text) for text in _GROUPS)


def _group(text: str) -> _Group:
    parts = (part.partition(" = ") for part in text.split("; "))
    meanings = {spell(term): meaning.strip() for terms, _, meaning in parts for term in terms.split("|")}
    longest_first = sorted(map(re.escape, meanings), key=len, reverse=True)
    return _Group(re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)"), meanings)


def contrasts_in(text: str) -> dict[int, frozenset[str]]:
    """Returns number of a group -> the meanings of its expressions that occur in ``text``.

    Groups without any are left out. ``text`` must be spelled by `spell` and in lower case.
    """
    found = {
        number: frozenset(group.meanings[match[0]] for match in group.pattern.finditer(text))
        for number, group in enumerate(_groups())
    }
    return {number: meanings for number, meanings in found.items() if meanings}
