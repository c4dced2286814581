"""English translations of the Vietnamese messages about received alerts in feeds, core and worker; used by refusals.

``{}`` stands for a name or number. tests/desk/web/test_alert_words.py checks that no message lacks a translation.
"""

from __future__ import annotations

from collections.abc import Mapping

_DRAFTS: Mapping[str, str] = {
    "Tài liệu có chỗ không đúng chuẩn, cần người xem lại.": (
        "The document departs from the standard; somebody must look at it."
    ),
    "Tài liệu ghi là cảnh báo thật nhưng nội dung nói là diễn tập hoặc thử nghiệm.": (
        "The document claims to be real, but its words say that it is a drill or a test."
    ),
    "Không có chữ ký của nguồn.": "It is not signed by the source.",
    "Chữ ký của nguồn dùng thuật toán đã yếu.": "The signature of the source is of a weak kind.",
    "Chữ ký không khớp với nội dung.": "The signature does not match the content.",
    "Nguồn này được đặt ở chế độ chờ duyệt.": "Alerts of this source wait for approval.",
    "Cảnh báo khẩn chưa được ký, cần một biên tập viên xác nhận.": (
        "An urgent alert without a signature: an editor must confirm it."
    ),
    "Nguồn gửi quá nhiều cảnh báo khẩn trong một giờ.": "The source sent too many urgent alerts within an hour.",
    "Tài liệu không có nội dung để hiển thị.": "The document has nothing to show.",
    "Tài liệu hết hiệu lực trước khi bắt đầu.": "The document expires before it begins.",
    "Không đọc được khu vực, cần chọn nơi hiển thị.": "Its area cannot be read: choose where it is shown.",
    "Khu vực nằm ngoài phạm vi của nguồn.": "Its area lies outside the territory of the source.",
    "Không đọc được phạm vi đã khai của nguồn, cần khai lại.": (
        "The territory that is set for the source cannot be read: set it again."
    ),
}
_STATES: Mapping[str, str] = {
    "Nguồn đã hủy cảnh báo này.": "The source cancelled this alert.",
    "Nguồn đã thay bằng bản mới.": "The source replaced it by a new version.",
    "Biên tập viên đã gỡ.": "An editor took it down.",
    "Nguồn không còn nêu cảnh báo này trong danh mục.": "The source no longer lists this alert.",
    "Đã hết thời hạn.": "It has expired.",
    "Biên tập viên đã bỏ cảnh báo này.": "An editor discarded this alert.",
    "Có bản cập nhật đang chờ biên tập viên duyệt.": "An update waits for an editor's approval.",
    "Cảnh báo đã phát quá lâu nên chỉ còn là một trang thường.": (
        "The alert is so old that it is only a normal slide."
    ),
    "Không có bảng tin nào trong khu vực của cảnh báo.": "No board lies in the area of the alert.",
    "Có phần nội dung không đọc được khu vực nên không chiếu ở đâu.": (
        "The area of some of its parts cannot be read, so these are shown nowhere."
    ),
    "Nguồn đã hủy bản cũ nhưng không nêu bản cập nhật này: hãy xem có cần gỡ không.": (
        "The source cancelled the old version without naming this update: see whether it must be taken down."
    ),
    "Không dành cho công chúng, hoặc chỉ là thử nghiệm hay trả lời của nguồn.": (
        "It is not for the public, or only a test or a reply of the source."
    ),
    "Nguồn đã gửi nội dung khác với cùng mã cảnh báo.": "The source sent another content with the same identifier.",
    "Tin hủy không nêu cảnh báo nào đã nhận.": "The cancellation names no alert that was received.",
    "Dẫn chiếu «{}» ghi bên gửi khác.": "The reference “{}” states another sender.",
    "Dẫn chiếu «{}» ghi giờ gửi khác.": "The reference “{}” states another time of sending.",
    "Một đường bao của khu vực «{}» không đọc được.": "An outline of the area “{}” cannot be read.",
    "Một hình tròn của khu vực «{}» không đọc được.": "A circle of the area “{}” cannot be read.",
    "không tên": "without a name",
}
_NOTES: Mapping[str, str] = {
    "Cảnh báo không có phần nội dung nào.": "The alert has no info.",
    "Tiền tố của tài liệu không được khai báo.": "The prefix of the document is not declared.",
    "Không rõ phiên bản CAP.": "The version of CAP is unknown.",
    "Thiếu {}.": "Missing: {}.",
    "Có nhiều giá trị khác nhau cho {}.": "Several different values for {}.",
    "mã cảnh báo": "identifier",
    "bên gửi": "sender",
    "giờ phát": "time of sending",
    "trạng thái": "status",
    "kiểu thông điệp": "kind of message",
    "loại": "category",
    "cách ứng phó": "response",
    "mức độ khẩn": "urgency",
    "mức độ nghiêm trọng": "severity",
    "mức độ chắc chắn": "certainty",
    "giờ hiệu lực": "effective time",
    "giờ bắt đầu": "time of onset",
    "giờ hết hạn": "time of expiry",
    "giờ phát của cảnh báo được dẫn chiếu": "time of sending of a reference",
    "giờ": "time",
    "Mã cảnh báo có dấu cách, dấu phẩy hoặc ký tự không được phép.": (
        "The identifier has a blank, a comma or a sign that is not allowed."
    ),
    "Không ghi phạm vi phổ biến; hiểu là công khai.": "No scope is stated; it is taken as public.",
    "Cảnh báo dẫn chiếu quá nhiều cảnh báo trước; phần còn lại đã bỏ qua.": (
        "The alert refers to too many earlier ones; the rest was ignored."
    ),
    "Dẫn chiếu không đủ ba phần: “{}”.": "A reference has not all three parts: “{}”.",
    "Đường bao có quá nhiều điểm nên đã bỏ qua.": "An outline has too many points and was ignored.",
    "Đường bao có chưa đủ 4 điểm nên đã bỏ qua.": "An outline has fewer than 4 points and was ignored.",
    "Đường bao không khép kín; đã nối điểm cuối với điểm đầu.": "An outline was open; its ends were joined.",
    "Một phần đường bao có chưa đủ 4 điểm nên đã bỏ qua.": (
        "A part of an outline has fewer than 4 points and was ignored."
    ),
    "Đường bao không quây thành vùng nào nên đã bỏ qua.": "An outline encloses nothing and was ignored.",
    "Không đọc được vòng tròn nên đã bỏ qua.": "A circle cannot be read and was ignored.",
    "Bán kính vòng tròn không hợp lý nên đã bỏ qua.": "The radius of a circle is not plausible; it was ignored.",
    "Không đọc được tọa độ của đường bao nên đã bỏ qua.": (
        "The coordinates of an outline cannot be read; it was ignored."
    ),
    "Tọa độ nằm ngoài phạm vi vĩ độ, kinh độ nên đã bỏ qua.": "Coordinates beyond ±90 and ±180 degrees were ignored.",
    "Danh mục có {} mục; chỉ lấy {} mục mới nhất.": "The index has {} entries; only the newest {} were taken.",
    "Có mục chỉ dẫn tới trang web, không dẫn tới cảnh báo CAP.": (
        "Some entries lead to a web page, not to a CAP alert."
    ),
    "Có cảnh báo nhúng trong tài liệu bị hỏng nên không đọc được.": (
        "An alert inside the document is damaged and cannot be read."
    ),
    "Có mục không có liên kết dùng được.": "Some entries have no usable link.",
    "Nội dung quá dài; phần cuối đã bỏ qua.": "A text is too long; its end was left out.",
    "Cảnh báo có hơn {} phần nội dung; phần còn lại đã bỏ qua.": (
        "The alert has more than {} infos; the rest was ignored."
    ),
    "Giờ hết hạn sớm hơn giờ hiệu lực.": "It expires before it is effective.",
    "Không ghi {}.": "Not stated: {}.",
    "Giá trị lạ ở {}: “{}”.": "Unknown value of {}: “{}”.",
    "Cảnh báo có quá nhiều vùng; phần còn lại đã bỏ qua.": "The alert has too many areas; the rest was ignored.",
    "Các đường bao có quá nhiều điểm; một số đường bao đã bỏ qua.": (
        "The outlines have too many points; some outlines were ignored."
    ),
    "Không đọc được {}: “{}”.": "Cannot read the {}: “{}”.",
    "Giờ không ghi múi giờ; đã hiểu theo múi giờ của nguồn.": (
        "A time has no offset; it was read in the zone of the source."
    ),
    "Tài liệu có khai báo kiểu (DTD); phần khai báo đã bị bỏ qua.": "The document has a DTD, which was ignored.",
    "Có ký hiệu thay thế không rõ nghĩa đã bị bỏ khỏi văn bản.": "An unknown entity was left out of a text.",
    "Trước tài liệu có chữ thừa, đã bỏ qua.": "Text before the document was ignored.",
    "Bảng mã khai báo không đúng; đã đọc theo UTF-8.": "The declared encoding is wrong; it was read as UTF-8.",
    "Nội dung được nén mà không khai báo.": "The content was packed without saying so.",
    "Không rõ bảng mã; đã đọc theo {}.": "The encoding is unknown; it was read as {}.",
    "Cảnh báo nằm trong một tài liệu thuộc loại khác.": "The alert stands within a document of another kind.",
    "Tài liệu có hơn {} cảnh báo; chỉ đọc {} cảnh báo đầu.": (
        "The document has more than {} alerts; only the first {} were read."
    ),
    "Gói EDXL ghi rằng nội dung không phải là cảnh báo thật.": (
        "The EDXL envelope says that the content is not real."
    ),
    "Chữ ký điện tử không hợp lệ theo chứng thư đã khai báo cho nguồn.": (
        "The digital signature is not valid by the certificate of the source."
    ),
    "Cảnh báo không có chữ ký điện tử, dù nguồn đã khai báo chứng thư.": (
        "The alert is not signed, although the source has a certificate."
    ),
    "Chữ ký điện tử dùng thuật toán cũ hoặc không được chấp nhận; chỉ nhận SHA-256, SHA-384, SHA-512.": (
        "The digital signature is of an old or unaccepted kind; only SHA-256, SHA-384 and SHA-512 are accepted."
    ),
    # Stored with alerts of former versions.
    "Chứng thư của nguồn không có hiệu lực vào lúc phát cảnh báo.": (
        "The certificate of the source was not valid when the alert was sent."
    ),
    "Có giờ nằm ngoài các năm có thể; giờ ấy không được dùng.": (
        "A time lies beyond all possible years and is not used."
    ),
}
_PICTURES: Mapping[str, str] = {
    "Ảnh «{}» không chiếu được: {}": "The picture “{}” is not shown: {}",
    "Có ảnh không ghi địa chỉ nên không tải về được.": "A picture has no address, so it cannot be fetched.",
    "Địa chỉ ảnh không phải là https.": "Its address is not https.",
    "Địa chỉ ảnh chuyển hướng tới nơi không phải là https.": "Its address redirects to one that is not https.",
    "Mã băm ghi trong cảnh báo không phải là SHA-1 nên không kiểm tra được ảnh.": (
        "The digest in the alert is not SHA-1, so the picture cannot be checked."
    ),
    "Tệp ảnh không khớp mã băm ghi trong cảnh báo.": "The file does not match the digest in the alert.",
    "Cảnh báo có hơn {} ảnh; chỉ chiếu {} ảnh đầu.": (
        "The alert has more than {} pictures; only the first {} are shown."
    ),
}
_POLLS: Mapping[str, str] = {
    "Nội dung cảnh báo lớn quá mức cho phép.": "The alert is too large.",
    "Nguồn cảnh báo trả về nội dung rỗng.": "The source of alerts gave an empty answer.",
    "Nội dung nhận được không phải là cảnh báo CAP.": "What was received is no CAP alert.",
    "Tài liệu cảnh báo bị hỏng hoặc bị cắt cụt nên không đọc được.": (
        "The document is damaged or cut off and cannot be read."
    ),
    "Địa chỉ này là một trang web, không phải cảnh báo CAP.": "This address is a web page, not a CAP alert.",
    "Không đọc được chứng thư đã khai báo cho nguồn.": "The certificate of the source cannot be read.",
    "Không đọc được tệp chứng thư ký cảnh báo của nguồn này.": (
        "The file with the certificate of this source cannot be read."
    ),
    "Nguồn trả lời mà không có dữ liệu cảnh báo (HTTP {}).": "The source answered without alert data (HTTP {}).",
    "Kết nối đứt giữa chừng nên danh mục cảnh báo không trọn vẹn.": (
        "The connection broke off, so the index is not complete."
    ),
    "Kết nối đứt giữa chừng.": "The connection broke off.",
    "Liên kết không dẫn tới cảnh báo CAP.": "The link does not lead to a CAP alert.",
    "Danh mục trên mạng không được dẫn tới tệp trên máy.": (
        "An index on the network must not lead to files of this machine."
    ),
    "Còn {} cảnh báo trong danh mục chưa đọc được.": "{} alerts of the index could not be read yet.",
    "Đường bao cần ít nhất ba điểm «vĩ độ,kinh độ» có thật.": (
        "An outline needs at least three real points “latitude,longitude”."
    ),
    "thiếu tên đơn vị.": "the name of the area is missing.",
    "Dòng {}: mã «{}» đã có ở dòng trên.": "Line {}: the code “{}” stands in a line above.",
    "Dòng {}: {}": "Line {}: {}",
    "Đường bao không đọc được hoặc tự cắt.": "The outline cannot be read or crosses itself.",
    "Tài liệu này không có khu vực đọc được: hãy chọn đơn vị nhận.": (
        "This document has no area that can be read: choose the areas."
    ),
    "Không có cảnh báo số {}": "There is no alert number {}",
    "Không có tài liệu cảnh báo số {}": "There is no document number {} of an alert",
    "Không còn nội dung gốc của tài liệu cảnh báo số {}": "The original of document number {} of an alert is gone",
    "Cảnh báo này không còn ở bước ấy nữa: hãy tải lại trang.": "This alert has moved on: reload the page.",
}
ENGLISH: Mapping[str, str] = {**_DRAFTS, **_STATES, **_NOTES, **_PICTURES, **_POLLS}
