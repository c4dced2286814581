"""The English of what the gateway to the source information system refuses; used by refusals."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "Số của bản tin phải có từ 1 đến {} ký tự.": "The number of a bulletin has 1 to {} characters.",
    "Bản tin chưa có tiêu đề.": "The bulletin has no title.",
    "Tên cơ quan ban hành dài quá {} chữ cái.": "The name of the issuing body is longer than {} characters.",
    "Bản tin phải nêu từ 1 đến {} đơn vị.": "A bulletin names 1 to {} areas.",
    "Bản tin không thay được cho chính nó.": "A bulletin cannot replace itself.",
    "Thời hạn của bản tin đã qua.": "The end of the bulletin has passed.",
    "Thời hạn của bản tin ở trước lúc bắt đầu.": "The end of the bulletin is before its beginning.",
    "Bản tin khẩn cấp phải có thời hạn.": "An urgent bulletin needs an end.",
    "Thời hạn của bản tin khẩn cấp phải trong vòng {} ngày.": "The end of an urgent bulletin must be within {} days.",
    "Bản tin khẩn cấp được phát ngay, nên không hẹn được giờ bắt đầu.": (
        "An urgent bulletin is shown at once, so it cannot begin later."
    ),
    "Bản tin khẩn cấp chỉ có chữ, không nhận tệp kèm.": "An urgent bulletin is text alone, without files.",
    "Không có đơn vị nào mang mã {}.": "No area has the code {}.",
    "Tên tệp kèm {} không dùng được: chỉ nhận tên tệp ở cùng thư mục.": (
        "The name {} of an attached file cannot be used: only files in the same folder are taken."
    ),
    "Nhiều nhất {} tệp kèm.": "At most {} attached files.",
    "Tệp lớn quá {} KB; ảnh và tệp kèm phải là tệp riêng.": (
        "The file is larger than {} KB; pictures and attachments must be files of their own."
    ),
    "Tệp không phải JSON trọn vẹn, mã UTF-8.": "The file is no complete JSON in UTF-8.",
    "Tệp phải chứa một đối tượng JSON { … }.": "The file must contain a JSON object { … }.",
    "Không hiểu mục {}.": "Unknown field {}.",
    "Mục {} ghi hai lần dưới hai tên.": "The field {} is given twice, under two names.",
    "Mục {} phải là chữ.": "The field {} must be a text.",
    "Mục {} phải là danh sách chữ.": "The field {} must be a list of texts.",
    "Không hiểu mức ưu tiên {}: hãy ghi 1 (thông thường), 2 (ưu tiên) hoặc 3 (khẩn cấp).": (
        "Unknown priority {}: write 1 (normal), 2 (priority) or 3 (urgent)."
    ),
    "Mục {}: không hiểu thời gian {}.": "The field {}: {} is no time.",
    "Bản tin số {} đã nhận với nội dung khác: hãy gửi số mới, ghi rõ thay cho số này.": (
        "The bulletin {} was taken with another content: send a new number that replaces this one."
    ),
    "Không có bản tin số {}": "There is no bulletin {}",
    "Không có bản tin số {} để thay.": "There is no bulletin {} to replace.",
    "Nơi gửi này không được gửi bản tin cho {}.": "This sender may not send bulletins for {}.",
    "Không có bảng tin nào ở {}.": "There is no board in {}.",
    "Hệ thống thông tin nguồn thu hồi bản tin": "The source information system has recalled the bulletin",
    "Hệ thống thông tin nguồn thay bản tin": "The source information system has replaced the bulletin",
}
