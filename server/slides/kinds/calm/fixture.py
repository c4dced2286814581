"""Names of areas and boards for calm slides, a usual and a very long one; read by tests and the design gallery."""

from __future__ import annotations

BOARD = "Hội trường xã"
AREA = "Ủy ban nhân dân xã Minh Tân"
LONG_AREA = "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân tỉnh Hưng Yên, Bộ phận một cửa phường Trần Lãm"
