"""The provinces of Vietnam since 1 July 2025 with their codes and those of the merged ones; called by `codes`.

Which provinces were merged: Resolution 202/2025/QH15. National codes: Decision 19/2025/QĐ-TTg; before it Decision
124/2004/QĐ-TTg. ISO 3166-2 still listed the 63 former provinces when this was written. It is an assumption that a
merged province keeps the ISO code of the former province whose name it bears.
"""

from __future__ import annotations

# ISO 3166-2, national code, name, merged: ISO 3166-2, merged: national codes that are not its own.
PROVINCES: tuple[tuple[str, str, str, str, str], ...] = (
    ("VN-HN", "01", "Thành phố Hà Nội", "", ""),
    ("VN-04", "04", "Tỉnh Cao Bằng", "", ""),
    ("VN-07", "08", "Tỉnh Tuyên Quang", "VN-03", "02"),
    ("VN-71", "11", "Tỉnh Điện Biên", "", ""),
    ("VN-01", "12", "Tỉnh Lai Châu", "", ""),
    ("VN-05", "14", "Tỉnh Sơn La", "", ""),
    ("VN-02", "15", "Tỉnh Lào Cai", "VN-06", "10"),
    ("VN-69", "19", "Tỉnh Thái Nguyên", "VN-53", "06"),
    ("VN-09", "20", "Tỉnh Lạng Sơn", "", ""),
    ("VN-13", "22", "Tỉnh Quảng Ninh", "", ""),
    ("VN-56", "24", "Tỉnh Bắc Ninh", "VN-54", "27"),
    ("VN-68", "25", "Tỉnh Phú Thọ", "VN-14 VN-70", "17 26"),
    ("VN-HP", "31", "Thành phố Hải Phòng", "VN-61", "30"),
    ("VN-66", "33", "Tỉnh Hưng Yên", "VN-20", "34"),
    ("VN-18", "37", "Tỉnh Ninh Bình", "VN-63 VN-67", "35 36"),
    ("VN-21", "38", "Tỉnh Thanh Hóa", "", ""),
    ("VN-22", "40", "Tỉnh Nghệ An", "", ""),
    ("VN-23", "42", "Tỉnh Hà Tĩnh", "", ""),
    ("VN-25", "44", "Tỉnh Quảng Trị", "VN-24", "45"),
    ("VN-26", "46", "Thành phố Huế", "", ""),
    ("VN-DN", "48", "Thành phố Đà Nẵng", "VN-27", "49"),
    ("VN-29", "51", "Tỉnh Quảng Ngãi", "VN-28", "62"),
    ("VN-30", "52", "Tỉnh Gia Lai", "VN-31", "64"),
    ("VN-34", "56", "Tỉnh Khánh Hòa", "VN-36", "58"),
    ("VN-33", "66", "Tỉnh Đắk Lắk", "VN-32", "54"),
    ("VN-35", "68", "Tỉnh Lâm Đồng", "VN-40 VN-72", "60 67"),
    ("VN-39", "75", "Tỉnh Đồng Nai", "VN-58", "70"),
    ("VN-SG", "79", "Thành phố Hồ Chí Minh", "VN-43 VN-57", "74 77"),
    ("VN-37", "80", "Tỉnh Tây Ninh", "VN-41", "72"),
    ("VN-45", "82", "Tỉnh Đồng Tháp", "VN-46", "87"),
    ("VN-49", "86", "Tỉnh Vĩnh Long", "VN-50 VN-51", "83 84"),
    ("VN-44", "91", "Tỉnh An Giang", "VN-47", "89"),
    ("VN-CT", "92", "Thành phố Cần Thơ", "VN-52 VN-73", "93 94"),
    ("VN-59", "96", "Tỉnh Cà Mau", "VN-55", "95"),
)
