"""Vietnamese translations of WTForms' error messages, which the library does not contain; used by web.request.

tests/desk/web/test_i18n.py checks that they are complete.
"""

from __future__ import annotations

from collections.abc import Mapping

VIETNAMESE: Mapping[str, str] = {
    "Invalid field name '%s'.": "Không có ô '%s'.",
    "Field must be equal to %(other_name)s.": "Phải giống ô %(other_name)s.",
    "Field must be at least %(min)d character long.": "Cần ít nhất %(min)d chữ.",
    "Field must be at least %(min)d characters long.": "Cần ít nhất %(min)d chữ.",
    "Field cannot be longer than %(max)d character.": "Dài nhất là %(max)d chữ.",
    "Field cannot be longer than %(max)d characters.": "Dài nhất là %(max)d chữ.",
    "Field must be exactly %(max)d character long.": "Phải đúng %(max)d chữ.",
    "Field must be exactly %(max)d characters long.": "Phải đúng %(max)d chữ.",
    "Field must be between %(min)d and %(max)d characters long.": "Phải từ %(min)d đến %(max)d chữ.",
    "Number must be at least %(min)s.": "Số nhỏ nhất là %(min)s.",
    "Number must be at most %(max)s.": "Số lớn nhất là %(max)s.",
    "Number must be between %(min)s and %(max)s.": "Phải là số từ %(min)s đến %(max)s.",
    "Date must be at least %(min)s.": "Ngày sớm nhất là %(min)s.",
    "Date must be at most %(max)s.": "Ngày muộn nhất là %(max)s.",
    "Date must be between %(min)s and %(max)s.": "Phải là ngày từ %(min)s đến %(max)s.",
    "This field is required.": "Mục này chưa có gì.",
    "Invalid input.": "Không đúng dạng.",
    "Invalid email address.": "Không phải địa chỉ thư điện tử.",
    "Invalid IP address.": "Không phải địa chỉ IP.",
    "Invalid Mac address.": "Không phải địa chỉ MAC.",
    "Invalid URL.": "Không phải địa chỉ trang.",
    "Invalid UUID.": "Không phải mã UUID.",
    "Invalid value, must be one of: %(values)s.": "Phải là một trong: %(values)s.",
    "Invalid value, can't be any of: %(values)s.": "Không được là: %(values)s.",
    "This field cannot be edited.": "Mục này không sửa được.",
    "This field is disabled and cannot have a value.": "Mục này đang tắt, không nhận giá trị.",
    "Invalid CSRF Token.": "Trang đã mở quá lâu, hãy tải lại.",
    "CSRF token missing.": "Trang đã mở quá lâu, hãy tải lại.",
    "CSRF failed.": "Trang đã mở quá lâu, hãy tải lại.",
    "CSRF token expired.": "Trang đã mở quá lâu, hãy tải lại.",
    "Invalid Choice: could not coerce.": "Không có lựa chọn này.",
    "Choices cannot be None.": "Chưa có gì để chọn.",
    "Not a valid choice.": "Không có lựa chọn này.",
    "Invalid choice(s): one or more data inputs could not be coerced.": "Có lựa chọn không hợp lệ.",
    "'%(value)s' is not a valid choice for this field.": "Không có lựa chọn «%(value)s».",
    "'%(value)s' are not valid choices for this field.": "Không có các lựa chọn «%(value)s».",
    "Not a valid datetime value.": "Không phải ngày giờ.",
    "Not a valid date value.": "Không phải ngày.",
    "Not a valid time value.": "Không phải giờ.",
    "Not a valid week value.": "Không phải tuần.",
    "Not a valid integer value.": "Không phải số nguyên.",
    "Not a valid decimal value.": "Không phải số.",
    "Not a valid float value.": "Không phải số.",
}
"""English sentence of WTForms -> Vietnamese sentence."""


class FormSentences:
    """The translations object that Flask-WTF takes from the request (``CleanRequest.wtforms_translations``).

    ``language`` is "vi" or "en".
    """

    def __init__(self, language: str) -> None:
        self._known: Mapping[str, str] = {} if language == "en" else VIETNAMESE

    def ugettext(self, sentence: str) -> str:
        """Returns the translation of an English message; the message itself if there is none."""
        return self._known.get(sentence, sentence)

    def ungettext(self, singular: str, plural: str, number: int) -> str:
        """Returns the translation of the singular if ``number`` is 1, else of the plural."""
        return self.ugettext(singular if number == 1 else plural)
