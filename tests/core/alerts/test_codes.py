"""Codes of administrative units: schemes, provinces of today, merged ones, a keeper's file of communes."""

from __future__ import annotations

import pytest

from server.core.alerts.codes import (
    NATION,
    NATIONAL,
    VIETNAM,
    Code,
    Unit,
    code_in,
    code_of,
    scheme_of,
    units_from_csv,
    with_units,
)
from server.core.alerts.document import Geocode

HUNG_YEN, THAI_BINH = code_in("VN-66"), code_in("VN-20")
# Data of our own: these communes and codes stand for real ones.
FILE = """code,name,above,old
99001,Xã Minh Tân,VN-66,99011 99012
99002,Xã Đông Hải,VN-66,99012
"""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("VN", NATION),
        ("vn-66", Code("iso3166", "VN-66")),
        (" 33 ", Code(NATIONAL, "33")),
        ("12454", Code(NATIONAL, "12454")),
        ("ISO 3166-2:VN-66", Code("iso3166", "VN-66")),
        ("EMMA_ID:FI001", Code("emmaid", "FI001")),
    ],
)
def test_codes_as_the_configuration_writes_them(text: str, code: Code) -> None:
    assert code_in(text) == code


@pytest.mark.parametrize("text", ["", "Hưng Yên", "123", "VN_66", ":", "ISO 3166-2:"])
def test_what_is_no_code_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="Không hiểu mã đơn vị hành chính"):
        code_in(text)


def test_schemes_are_compared_without_case_blanks_and_signs() -> None:
    assert scheme_of("ISO 3166-2") == scheme_of("iso3166_2") == scheme_of("ISO3166-1")
    assert scheme_of("GSO") == scheme_of("Mã xã") == scheme_of("QĐ 19/2025/QĐ-TTg") == NATIONAL
    assert scheme_of("SAME") == "same"
    assert code_of(Geocode("", "VN-66")) is code_of(Geocode("ISO 3166-2", " ")) is None


def test_vietnam_has_34_provinces_made_of_63() -> None:
    provinces = [unit for unit in VIETNAM.units if unit.above == NATION]
    assert len(provinces) == 34
    iso = [code for unit in provinces for code in (*unit.codes, *unit.old) if code.scheme == "iso3166"]
    national = [code for unit in provinces for code in (*unit.codes, *unit.old) if code.scheme == NATIONAL]
    assert len(iso) == len(set(iso)) == len(national) == len(set(national)) == 63
    assert sum(unit.verified for unit in provinces) == 11, "the others have an ISO code that is assumed"


def test_a_merged_province_is_part_of_the_one_of_today() -> None:
    unit = VIETNAM.unit_of("ISO 3166-2", "VN-20")
    assert unit is VIETNAM.unit_of("ISO 3166-2", "vn-66") is VIETNAM.unit_of("GSO", "34")
    assert unit is not None
    assert unit.name == "Tỉnh Hưng Yên"
    assert VIETNAM.old_codes_of(HUNG_YEN) == (THAI_BINH, Code(NATIONAL, "34"))
    assert VIETNAM.old_codes_of(THAI_BINH) == ()
    assert VIETNAM.unit_of("ISO 3166-2", "VN-99") is VIETNAM.unit_of("SAME", "66") is None


def test_a_code_that_now_is_another_unit_s_means_that_one() -> None:
    """Before the mergers 15 was Yên Bái and 10 Lào Cai; since then 15 is Lào Cai, which both are part of."""
    for old in ("10", "15"):
        unit = VIETNAM.unit_of("GSO", old)
        assert unit is not None
        assert unit.name == "Tỉnh Lào Cai"


def test_the_codes_of_an_area_hold_all_others_of_the_same_unit_and_of_those_above() -> None:
    assert VIETNAM.all_codes([HUNG_YEN]) == {HUNG_YEN, THAI_BINH, Code(NATIONAL, "33"), Code(NATIONAL, "34"), NATION}
    assert VIETNAM.all_codes([code_in("12454")]) == {Code(NATIONAL, "12454"), NATION}
    assert VIETNAM.all_codes([code_in("EMMA_ID:FI001")]) == {Code("emmaid", "FI001")}
    assert VIETNAM.all_codes([]) == frozenset()


def test_communes_come_from_a_file_of_the_keeper() -> None:
    units = with_units(units_from_csv(FILE))
    minh_tan = units.unit_of("GSO", "99011")
    assert minh_tan == Unit(
        "Xã Minh Tân", (code_in("99001"),), HUNG_YEN, (code_in("99011"), code_in("99012")), verified=False
    )
    assert units.all_codes([code_in("99001")]) >= {code_in("99012"), HUNG_YEN, THAI_BINH, NATION}
    divided = [unit.name for unit in units.units if code_in("99012") in unit.old]
    assert divided == ["Xã Minh Tân", "Xã Đông Hải"]


def test_an_old_code_that_another_unit_bears_today_is_not_an_old_one_any_more() -> None:
    units = with_units(units_from_csv("code;name;above;old\n99001;Xã A;VN-66;99002\n99002;Xã B;VN-66;\n"))
    assert code_in("99002") not in units.all_codes([code_in("99001")])


def test_a_file_may_lack_columns_that_it_does_not_need_and_begin_with_a_byte_order_mark() -> None:
    assert units_from_csv("\ufeffCode, Name\n99001, Xã A \n") == (Unit("Xã A", (code_in("99001"),)),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Dòng đầu phải là: code,name,above,old."),
        ("name,code\n", "Dòng đầu phải là"),
        ("code,name,colour\n", "Dòng đầu phải là"),
        ("code,name\nxa,Xã A\n", "Dòng 2: Không hiểu mã"),
        ("code,name\n99001,\n", "Dòng 2: thiếu tên đơn vị."),
        ("code,name,above,old\n99001,Xã A,VN-66,99002 x\n", "Dòng 2: Không hiểu mã"),
        ("code,name\n99001,Xã A\n99001,Xã B\n", "Dòng 3: mã «99001» đã có ở dòng trên."),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_line(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        units_from_csv(text)
