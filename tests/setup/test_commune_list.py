"""The list of communes as the installed package has it, checked against facts that are known from elsewhere."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from server.core.alerts.codes import NATION, VIETNAM, code_in, province_code
from server.core.geography.communes import named
from server.core.geography.points import checked
from server.setup import commune_list
from server.setup.commune_list import communes, unit_codes


def test_the_list_has_the_communes_of_all_34_provinces() -> None:
    # Since 1 July 2025: 3,321 units of the commune level, 104 in Hưng Yên (Resolution 1666/NQ-UBTVQH15).
    assert len(communes()) == len({one.code for one in communes()}) == 3321
    by_province = Counter(one.province for one in communes())
    assert len(by_province) == 34
    assert by_province["33"] == 104
    known = {code.value for unit in VIETNAM.units for code in unit.codes}
    assert set(by_province) <= known, "every province is one of ours"


def test_every_commune_has_a_name_a_code_of_five_digits_and_a_place_in_vietnam() -> None:
    for one in communes():
        assert one.name.partition(" ")[0] in ("Xã", "Phường", "Đặc"), one
        assert len(one.code) == 5, one
        assert one.code.isdigit(), one
        assert one.code not in one.old, one
        assert checked(*one.point), one
        # The Spratly and Paracel islands lie far east of the coast.
        assert 7 < one.point.lat < 24, one
        assert 102 < one.point.lon < 116, one


def test_an_alert_for_a_former_commune_reaches_the_one_that_it_is_in_today() -> None:
    (found,) = named(communes(), "Xã Minh Thọ", province_code(["VN-66"]))
    assert found.old, "it was made of several"
    codes = unit_codes().all_codes([code_in(found.code)])
    assert {code_in(one) for one in (*found.old, "33", "34", "VN-66", "VN-20", "VN")} <= codes
    assert unit_codes().all_codes([code_in("VN-66")]) == VIETNAM.all_codes([code_in("VN-66")]), "never below"


def test_codes_of_communes_count_as_unverified() -> None:
    assert not any(one.verified for one in unit_codes().units if one.above not in (None, NATION))


def test_a_damaged_list_leaves_the_provinces(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert commune_list.read_list(tmp_path) == ()
    (tmp_path / "dataset.db").write_bytes(b"no database")
    (tmp_path / "converter_2025.json").write_text("{}")
    assert commune_list.read_list(tmp_path) == ()
    assert capsys.readouterr().out.count("list of communes unreadable") == 2
