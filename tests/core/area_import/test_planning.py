"""Importing a list of areas adds and changes areas, never doubles them, and names each wrong line and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from server.core.area_import import columns, listing, planning
from server.core.area_import.planning import ImportPlan, Known, slug_for
from server.core.geography.communes import Commune
from server.core.model import OutlinedArea, Point

TINH = OutlinedArea("tinh", "Tỉnh Hưng Yên", codes=("VN-66",), kind="province")
MINH_TAN = OutlinedArea("xa-minh-tan", "Xã Minh Tân", "tinh", ("12274", "12277"), kind="commune")
HERE = {one.slug: one for one in (TINH, MINH_TAN)}
HEAD = ("Mã", "Tên", "Loại", "Thuộc", "Tên cũ", "Điện thoại trực", "Vị trí")


def planned(
    *rows: tuple[str, ...], head: tuple[str, ...] = HEAD, areas: Mapping[str, OutlinedArea] = HERE, **known: bool
) -> ImportPlan:
    found = columns.read([head, *rows])
    return planning.plan(found, Known(areas, tuple(areas), "tinh", set(areas), **known))


def stored(plan: ImportPlan, areas: Mapping[str, OutlinedArea] = HERE) -> dict[str, OutlinedArea]:
    return {**areas, **{one.after.slug: one.after for one in plan.areas}}


@pytest.mark.parametrize(
    "head",
    [
        ("Mã", "Tên", "Loại", "Thuộc"), ("MA SO", "tên đơn vị", "Cấp", "Đơn vị cấp trên"),
        ("Code", "Name", "Level", "Part of"), ("mã_đơn_vị", " Tên  gọi ", "loại đơn vị", "Trực thuộc"),
    ],
)  # fmt: skip
def test_headings_are_recognised_in_both_languages(head: tuple[str, ...]) -> None:
    plan = planned(("12300", "Xã Đông Hải", "xã", "Tỉnh Hưng Yên"), head=head)
    (made,) = plan.added
    assert made.after == OutlinedArea("xa-dong-hai", "Xã Đông Hải", "tinh", ("12300",), kind="commune")


def test_the_same_list_again_changes_nothing() -> None:
    rows = (
        ("12300", "Xã Đông Hải", "Xã", "", "Xã An Ninh, huyện Quỳnh Phụ; Xã Đông Trà", "0227 1", "20,5 106,4"),
        ("", "Thôn Đoài", "Thôn", "Xã Đông Hải", "", "", ""),
        ("", "Thôn Đoài", "", "Xã Minh Tân", "", "", ""),
    )
    first = planned(*rows)
    assert [one.after.slug for one in first.added] == ["xa-dong-hai", "thon-doai", "thon-doai-2"]
    assert [one.after.parent for one in first.added] == ["tinh", "xa-dong-hai", "xa-minh-tan"]
    again = planned(*rows, areas=stored(first))
    assert (again.added, again.changed, again.same, again.bad) == ((), (), 3, ())


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_export_imports_again_without_a_change(language: str) -> None:
    other = OutlinedArea("xa-khac", "Xã Khác", "tinh", owner="=UBND", answerable="Ông A", telephone="+84 221")
    areas = {
        **HERE, "xa-khac": other, "a": OutlinedArea("a", "Thôn Một", "xa-khac", point=Point(20.5, 106.25)),
        "b": OutlinedArea("b", "Thôn Một", "xa-minh-tan", former_names=("Thôn Nhất", "Xóm 1, huyện Cũ")),
    }  # fmt: skip
    rows = listing.rows_of(areas, areas, language)
    again = planned(*rows, head=listing.head(language), areas=areas)
    assert (again.added, again.changed, again.bad) == ((), (), ())
    assert again.same == 5


def test_a_code_finds_an_area_that_is_named_otherwise_now() -> None:
    (changed,) = planned(("12274", "Phường Minh Tân", "Phường", "", "Xã Minh Tân", "", "")).changed
    assert changed.after == replace(MINH_TAN, name="Phường Minh Tân", former_names=("Xã Minh Tân",))


@pytest.mark.parametrize(("listed", "former"), [("", ("Xã Minh Tân",)), ("Xã Cũ", ("Xã Cũ", "Xã Minh Tân"))])
def test_an_area_that_a_list_renames_is_still_found_by_its_name(listed: str, former: tuple[str, ...]) -> None:
    row = ("12274", "Phường Minh Tân", "Phường", "", listed, "", "")
    (changed,) = planned(row).changed
    assert changed.after.former_names == former


def test_a_name_that_an_area_has_again_is_no_former_one() -> None:
    renamed = replace(MINH_TAN, name="Phường Minh Tân", former_names=("Xã Minh Tân", "Xã Cũ"))
    (changed,) = planned(
        ("12274", "Xã Minh Tân", "", "", "", "", ""), areas={"tinh": TINH, renamed.slug: renamed}
    ).changed
    assert changed.after.former_names == ("Xã Cũ", "Phường Minh Tân")


def test_another_way_to_write_a_name_is_no_former_name() -> None:
    area = replace(MINH_TAN, name="Xã Hoà Bình")
    (changed,) = planned(("12274", "Xã Hòa Bình", "", "", "", "", ""), areas={"tinh": TINH, area.slug: area}).changed
    assert (changed.after.name, changed.after.former_names) == ("Xã Hòa Bình", ())


def test_what_a_line_leaves_empty_stays() -> None:
    area = replace(MINH_TAN, telephone="0221 1", owner="UBND", point=Point(20.5, 106))
    plan = planned(("12274", "Xã Minh Tân", "", "", "", "", ""), areas={"tinh": TINH, area.slug: area})
    assert plan.same == 1


def test_districts_become_names_without_power() -> None:
    plan = planned(
        ("", "Xã Kiến Thọ", "Xã", "Huyện Kiến Xương", "", "", ""),
        ("", "Huyện Kiến Xương", "Huyện", "Tỉnh Hưng Yên", "", "", ""),
    )
    (made,) = plan.areas
    assert made.after.parent == "tinh"
    assert made.after.former_names == ("Xã Kiến Thọ, huyện Kiến Xương",)


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (("", "", "Xã", "", "", "", ""), "name", "Thiếu tên"),
        (("HY", "Xã Ba", "", "", "", "", ""), "code", "Không hiểu mã «HY»"),
        (("12277", "Xã Ba", "", "", "", "", ""), "code", "mã cũ của «Xã Minh Tân»"),
        (("", "Xã Ba", "Liên bang", "", "", "", ""), "kind", "Không hiểu loại «Liên bang»"),
        (("", "Xã Ba", "", "Tỉnh Xa", "", "", ""), "parent", "Không có đơn vị «Tỉnh Xa»"),
        (("", "Xã Ba", "", "", "", "0" * 41, ""), "telephone", "không phải số điện thoại"),
        (("", "Xã Ba", "", "", "", "", "chợ"), "point", "Không hiểu vị trí"),
        (("", "X" * 121, "", "", "", "", ""), "name", "Dài quá 120"),
        (("", "Thôn Ba", "", "Thôn Ba", "", "", ""), "parent", "Không có đơn vị «Thôn Ba»"),
    ],
)
def test_a_wrong_line_is_named_with_its_place_and_reason(row: tuple[str, ...], column: str, words: str) -> None:
    plan = planned(("12300", "Xã Đông Hải", "", "", "", "", ""), row)
    (bad,) = plan.bad
    assert (bad.line, bad.column) == (3, column)
    assert words in bad.reason
    assert [one.after.name for one in plan.areas] == ["Xã Đông Hải"], "the other line is imported"


def test_a_second_line_for_one_area_is_wrong() -> None:
    plan = planned(("12274", "Xã Minh Tân", "", "", "", "", ""), ("", "Xã Minh Tân", "", "", "", "", ""))
    assert [(one.line, one.reason) for one in plan.bad] == [(3, "Đơn vị này đã có ở một dòng trên.")]


@pytest.mark.parametrize("codes", [("12301", "12301"), ("", ""), ("12301", ""), ("", "12301")])
def test_a_new_area_that_a_list_names_twice_is_made_once(codes: tuple[str, str]) -> None:
    plan = planned(*[(code, "Xã Thử", "Xã", "", "", "", "") for code in codes])
    assert [one.after.slug for one in plan.added] == ["xa-thu"]
    assert [(one.line, one.reason) for one in plan.bad] == [(3, "Đơn vị này đã có ở một dòng trên.")]


def test_two_areas_of_one_name_with_two_codes_are_both_made() -> None:
    plan = planned(*[(code, "Xã Thử", "Xã", "", "", "", "") for code in ("12301", "12302")])
    assert [one.after.slug for one in plan.added] == ["xa-thu", "xa-thu-2"]


def test_what_is_below_a_wrong_line_is_not_imported() -> None:
    plan = planned(
        ("", "Xã Ba", "", "Tỉnh Xa", "", "", ""), ("", "Thôn Ba", "", "Xã Ba", "", "", ""),
        ("", "Xóm A", "", "Xóm B", "", "", ""), ("", "Xóm B", "", "Xóm A", "", "", ""),
    )  # fmt: skip
    assert plan.areas == ()
    assert [one.line for one in plan.bad] == [2, 3, 4, 5]


def test_two_possible_parents_ask_for_a_code() -> None:
    twins = {f"{at}": OutlinedArea(f"{at}", "Xã Tân", "tinh", (f"1240{at}",)) for at in (1, 2)}
    areas = HERE | twins
    (bad,) = planned(("", "Thôn Ba", "", "Xã Tân", "", "", ""), areas=areas).bad
    assert "Có 2 đơn vị tên «Xã Tân»" in bad.reason
    (made,) = planned(("", "Thôn Ba", "", "12402", "", "", ""), areas=areas).added
    assert made.after.parent == "2"


def test_areas_of_others_are_refused() -> None:
    found = columns.read(
        [HEAD, ("12274", "Xã Minh Tân", "", "", "", "", ""), ("", "Thôn A", "", "Tỉnh Hưng Yên", "", "", "")]
    )
    plan = planning.plan(found, Known(HERE, (), "tinh", set(HERE)))
    assert [one.reason for one in plan.bad] == [
        "Bạn không quản trị đơn vị này.",
        "Bạn không quản trị đơn vị cấp trên này.",
    ]


def test_the_shipped_list_only_fills_in() -> None:
    communes = (
        Commune("12274", "Xã Minh Tân", "33", Point(20.7, 106.1), ("12999",), ("Xã Cũ, huyện Hưng Hà",)),
        Commune("12400", "Xã Mới", "33", Point(20.8, 106.2)), Commune("00001", "Xã Ngoài", "01", Point(21, 105)),
    )  # fmt: skip
    head, *rows = listing.shipped(communes, "33")
    mine = replace(MINH_TAN, name="Xã Minh Tân", point=Point(20.5, 106))
    plan = planned(*rows, head=head, areas={"tinh": TINH, mine.slug: mine}, only_fill=True)
    (changed,), (added,) = plan.changed, plan.added
    assert changed.after == replace(
        mine, codes=("12274", "12277", "12999"), former_names=("Xã Cũ, huyện Hưng Hà",)
    ), "the place that the desk has set stays"
    assert added.after == OutlinedArea(
        "xa-moi", "Xã Mới", "tinh", ("12400",), point=Point(20.8, 106.2), kind="commune"
    )


def test_a_table_without_names_is_refused() -> None:
    with pytest.raises(ValueError, match="Không thấy cột tên"):
        columns.read([("Mã", "Loại"), ("1", "2")])
    with pytest.raises(ValueError, match="Hai cột cùng nghĩa"):
        columns.read([("Tên", "Tên đơn vị"), ("1", "2")])
    assert columns.read([("Tên", "Diện tích"), ("Xã A", "2")]).unknown == ("Diện tích",)


def test_a_new_area_never_gets_the_address_of_another() -> None:
    assert slug_for("Xã Minh Tân", {"xa-minh-tan", "xa-minh-tan-2"}) == "xa-minh-tan-3"
    assert slug_for("???", ()) == "don-vi"
    assert slug_for("Import", ()) == "don-vi-import"
