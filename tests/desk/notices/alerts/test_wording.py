"""Words for the codes of alerts: languages by their names, in the language of who reads."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from server.desk.notices.alerts.wording import language_name
from tests.desk.office import Office


@pytest.mark.parametrize(
    ("code", "vietnamese", "english"),
    [
        ("vi", "Tiếng Việt", "Vietnamese"),
        ("th", "Tiếng Thái", "Thai"),
        ("my", "Tiếng Miến Điện", "Burmese"),
        ("zh-hans", "Tiếng Trung (Giản thể)", "Chinese (Simplified)"),
        ("xx", "Ngôn ngữ «xx»", "Language “xx”"),
        ("a b", "Ngôn ngữ «a b»", "Language “a b”"),
    ],
)
def test_a_language_is_called_by_its_name(office: Office, code: str, vietnamese: str, english: str) -> None:
    for language, name in (("vi", vietnamese), ("en", english)):
        with office.app.test_request_context(), force_locale(language):
            assert language_name(code) == name
