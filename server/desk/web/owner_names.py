"""The names of the classes of boards' owners; called by boards.form and web.source_tables."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext

OWNER_NAMES: Mapping[str, str] = {
    "state": lazy_gettext("Nhà nước"),
    "company_ads": lazy_gettext("Doanh nghiệp, chỉ quảng cáo"),
    "company_shared": lazy_gettext("Doanh nghiệp, có tin tuyên truyền"),
}
