"""Codes of administrative units: schemes, provinces of today, merged ones."""

from __future__ import annotations

import pytest

from server.core.alerts.codes import NATION, NATIONAL, VIETNAM, Code, Unit, UnitCodes, code_in, code_of, scheme_of
from server.core.alerts.document import Geocode

HUNG_YEN, THAI_BINH = code_in("VN-66"), code_in("VN-20")


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
    with pytest.raises(ValueError, match="Không hiểu mã"):
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


def test_a_code_that_now_is_another_unit_s_means_that_one() -> None:
    """Before the mergers 15 was Yên Bái; since then 15 is Lào Cai, which Yên Bái (VN-06) is part of."""
    assert code_in("VN-06") in VIETNAM.all_codes([code_in("15")])
    assert code_in("15") not in VIETNAM.all_codes([code_in("VN-66")])


def test_the_codes_of_an_area_hold_all_others_of_the_same_unit_and_of_those_above() -> None:
    assert VIETNAM.all_codes([HUNG_YEN]) == {HUNG_YEN, THAI_BINH, Code(NATIONAL, "33"), Code(NATIONAL, "34"), NATION}
    assert VIETNAM.all_codes([code_in("12454")]) == {Code(NATIONAL, "12454"), NATION}
    assert VIETNAM.all_codes([code_in("EMMA_ID:FI001")]) == {Code("emmaid", "FI001")}
    assert VIETNAM.all_codes([]) == frozenset()


def test_an_old_code_that_another_unit_bears_today_is_not_an_old_one_any_more() -> None:
    one, other = code_in("99001"), code_in("99002")
    units = UnitCodes([Unit("Xã A", (one,), HUNG_YEN, (other,)), Unit("Xã B", (other,), HUNG_YEN)])
    assert other not in units.all_codes([one])
