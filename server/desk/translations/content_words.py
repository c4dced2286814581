"""English translations of Vietnamese texts about sources, hazards and fields of announcements.

The texts come from server.core and feeds, which do not use gettext. ``{}`` stands for a value, as in refusals.py.
Used by server.desk.web.refusals.
"""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "Có ảnh chưa có lời mô tả: người khiếm thị không biết ảnh nói gì.": (
        "A picture has no description: who cannot see does not learn what it says."
    ),
    "Dài {} trang, {} giây ở «{}»: người đi qua khó đọc hết. Hãy rút gọn, hoặc để mã QR dẫn đến bài đầy đủ.": (
        "{} pages long, {} s on “{}”: who passes by can hardly read all of it. Shorten it, or let a QR code lead to "
        "the whole text."
    ),
    "{} được xem từ xa: chữ trong trang PDF sẽ nhỏ hơn cỡ đọc được. Nên dùng loại Chữ hoặc Bảng.": (
        "{} is read from afar: words in PDF pages will be too small. Better use the kind Text or Table."
    ),
    "{} được xem từ xa: chữ trong ảnh sẽ nhỏ hơn cỡ đọc được. Nên dùng loại Chữ hoặc Bảng.": (
        "{} is read from afar: words in pictures will be too small. Better use the kind Text or Table."
    ),
    "Ảnh chỉ rộng {} điểm: phóng lên màn hình sẽ mờ.": (
        "The picture is only {} pixels wide: on a screen it will be blurred."
    ),
    "Ô {}": "{}",
    "Ô {} và {} ô khác": "{} and {} more cells",
    "{} cột ẩn": "hidden columns: {}",
    "{} dòng ẩn": "hidden rows: {}",
    "{} cột ẩn và {} dòng ẩn": "hidden columns: {}, hidden rows: {}",
    "Không đưa vào bảng {} của bảng tính.": "Left out of the table: {}.",
    "Không đưa vào bảng phần «{}» ở trên dòng tên cột; nếu cần, hãy ghi nó ở ô Tiêu đề.": (
        "Left out of the table: “{}”, which stands above the head row; if it is needed, write it into the title."
    ),
    "Chỉ lấy trang tính «{}»; không lấy {}.": "Only the sheet “{}” was taken, not {}.",
    "{} hiện lỗi của bảng tính.": "An error of the spreadsheet is shown: {}.",
    "{} bị gạch bỏ, nên không đưa vào bảng.": "Struck out, so left out of the table: {}.",
    "{} có chữ cùng màu với nền, nên không đưa vào bảng.": (
        "Text in the colour of its background, so left out of the table: {}."
    ),
    "{} có định dạng số mà chương trình chưa biết, nên hiện số gốc.": (
        "Unknown number format, so the plain number is shown: {}."
    ),
    "chưa đọc lần nào": "never read yet",
    "tốt": "well",
    "cần xem lại": "needs a look",
    "đang lỗi": "failing",
    "đã ngừng": "ended",
    "chưa có": "none yet",
    "Nguồn không được đọc nữa cho tới khi đổi địa chỉ hoặc bấm thử lại.": (
        "The source is not read any more until its address is changed or somebody tries it again."
    ),
    "Lần đọc được gần nhất: {}.": "Last read well: {}.",
    "Trang nguồn báo đã chuyển hẳn tới {}.": "The portal says that it has moved for good to {}.",
    "Im lặng từ {}.": "Silent since {}.",
    "Máy chủ này chưa được nói thay cho đơn vị nào ở đây: hãy nối đơn vị của nó với đơn vị của mình.": (
        "This server may not speak for any area here yet: link its area with yours."
    ),
    "Ở địa chỉ này nay là một máy chủ khác. Nếu đúng là vậy, hãy bỏ nguồn này rồi thêm lại.": (
        "There is another server at this address now. If that is right, remove this source and add it again."
    ),
    "Địa chỉ này là của chính máy chủ này.": "This is the address of this very server.",
    "Máy chủ này nói thay cho quá nhiều đơn vị ở đây: còn {} nguồn của nó chưa được đọc.": (
        "This server speaks for too many areas here: {} of its feeds are not read."
    ),
    "Có mục của máy chủ kia chưa nhận được; sẽ đọc lại.": (
        "Some items of the other server could not be received yet; it will be read again."
    ),
    "Ở địa chỉ này không có máy chủ Bảng Tin nào, hoặc câu trả lời không đọc được.": (
        "There is no Bảng Tin server at this address, or its answer cannot be read."
    ),
    "Máy chủ kia dùng bản mới hơn: hãy nâng cấp máy chủ này rồi đọc lại.": (
        "The other server runs a newer version: upgrade this server, then read it again."
    ),
    "Hầu hết bài viết của nguồn báo không còn; có thể trang nguồn đang hỏng, nên chưa gỡ tin nào.": (
        "The portal says that most articles of the source are gone; it may be out of order, so none was taken down."
    ),
    "Trang này đang được đọc bằng bộ chọn tự đề xuất; hãy xem lại và chốt bộ chọn.": (
        "This page is read with proposed selectors; look at them and save them."
    ),
    "Kết nối với máy chủ nguồn đứt giữa chừng; chỉ đọc được phần đã nhận.": (
        "The connection to the source broke off; only what had arrived was read."
    ),
    "Tệp không phải là ảnh JPEG, PNG, WebP hay GIF.": "The file is no picture in JPEG, PNG, WebP or GIF.",
    "Tệp ảnh bị hỏng.": "The picture is damaged.",
    "Tệp ảnh lớn quá 10 MiB.": "The picture is larger than 10 MiB.",
    "Ảnh có quá nhiều điểm ảnh (hơn 40 triệu).": "The picture has too many pixels (more than 40 million).",
    "Ảnh quá nhỏ: biểu tượng hoặc ảnh đếm lượt xem.": "The picture is too small: an icon, or one that counts visits.",
    "Mọi mục của nguồn tin đều bị mất chữ thành dấu hỏi.": (
        "In every item of the source letters have become question marks."
    ),
    "bỏ một mục bị mất chữ thành dấu hỏi: {}": "left out an item whose letters have become question marks: {}",
    "bỏ một mục trùng định danh với mục khác: {}": "left out an item with the identity of another one: {}",
    "bỏ một mục trống": "left out an empty item",
    "chữ cũ đã chuyển sang Unicode ({})": "old letters were converted to Unicode ({})",
    "không có tiêu đề lẫn nội dung": "neither title nor text",
    "không có tiêu đề, lấy từ nội dung": "no title, taken from the text",
    "múi giờ không rõ ({}), hiểu là giờ của nguồn tin": "unknown time zone ({}), taken for the source's own",
    "nguồn có {} mục, chỉ lấy {} mục mới nhất": "the source has {} items, only the newest {} were taken",
    "ngày viết theo lối lạ ({}), giờ có thể sai": "an unusual way to write a date ({}), the time may be wrong",
    "ngày không dùng được: {}": "a date that cannot be used: {}",
    "nội dung quá dài đã được cắt bớt": "a text that was too long was cut",
    "thân bài chỉ có thông báo lỗi của trang nguồn": "the body is only an error message of the portal",
    "Không tìm thấy danh sách tin nào trên trang này.": "No list of stories was found on this page.",
    "Không kết nối được với máy chủ nguồn trong thời gian cho phép.": (
        "No connection to the source's server within the time allowed."
    ),
    "Không kết nối được với máy chủ nguồn.": "No connection to the source's server.",
    "Không tra được tên máy {} trong thời gian cho phép.": (
        "The host name {} was not resolved within the time allowed."
    ),
    "Không tìm thấy máy chủ {}. Hãy kiểm tra lại địa chỉ.": "There is no host {}. Please check the address.",
    "Máy chủ nguồn trả lời quá chậm.": "The source's server answers too slowly.",
    "Tên máy {} có địa chỉ không hợp lệ.": "The host name {} has an address that is not valid.",
    "Địa chỉ {} thuộc mạng nội bộ nên không được phép truy cập.": (
        "The address {} is of an internal network, so it must not be fetched."
    ),
    "Không mở được tệp {}.": "The file {} cannot be opened.",
    "Không đọc được thư mục {}.": "The folder {} cannot be read.",
    "Thư mục {} chưa có tệp nguồn tin nào ({}).": "The folder {} has no file of a source yet ({}).",
    "Tệp {} lớn quá mức cho phép.": "The file {} is larger than allowed.",
    "Chỉ lấy được tin từ địa chỉ http hoặc https.": "Stories are fetched from http and https addresses only.",
    "Chứng thư bảo mật của máy chủ nguồn không hợp lệ.": "The certificate of the source's server is not valid.",
    "Không còn trang này ở máy chủ nguồn.": "The source's server does not have this page any more.",
    "Không đọc được tệp chứng thư (ca_bundle) của nguồn này.": (
        "The certificate file (ca_bundle) of this source cannot be read."
    ),
    "Kết nối với máy chủ nguồn bị gián đoạn.": "The connection to the source's server was interrupted.",
    "Máy chủ nguồn báo lỗi.": "The source's server reports an error.",
    "Máy chủ nguồn trả lời sai giao thức HTTP.": "The source's server does not answer by the rules of HTTP.",
    "Trang nguồn chuyển hướng quá nhiều lần.": "The portal redirects too many times.",
    "Trang nguồn chuyển hướng tới địa chỉ không hợp lệ.": "The portal redirects to an address that is not valid.",
    "Trang nguồn từ chối truy cập.": "The portal refuses access.",
    "Trang nguồn yêu cầu hỏi thưa hơn.": "The portal wants to be asked less often.",
    "Trang nguồn đang tạm ngừng phục vụ.": "The portal is out of service for the moment.",
    "Trang nguồn đã được gỡ bỏ vĩnh viễn.": "The page was removed for good.",
    "Trang nguồn đòi đăng nhập.": "The portal asks for a sign-in.",
    "Máy chủ nguồn dùng kiểu nén không hỗ trợ: {}.": (
        "The source's server uses a compression that is not supported: {}."
    ),
    "Nội dung nén từ máy chủ nguồn bị hỏng.": "The compressed content of the source's server is damaged.",
    "Nội dung từ máy chủ nguồn lớn quá mức cho phép.": "The content of the source's server is larger than allowed.",
    "Không trích được nội dung bài viết.": "The text of the article could not be found.",
    "Nội dung giải nén lớn quá mức cho phép.": "The unpacked content is larger than allowed.",
    "Nội dung nén bị hỏng, không giải nén được.": "The compressed content is damaged and cannot be unpacked.",
    "nội dung nén gzip mà không khai báo": "content compressed with gzip without saying so",
    "Trang không còn mục nào khớp với bộ chọn {}; trang có thể đã đổi giao diện.": (
        "Nothing on the page fits the selector {} any more; the page may have a new layout."
    ),
    "Nguồn JSON bị hỏng, không đọc được.": "The JSON source is damaged and cannot be read.",
    "Nội dung JSON nhận được không phải là nguồn tin (JSON Feed).": "The JSON received is no feed (JSON Feed).",
    "Danh sách OPML bị hỏng, không đọc được.": "The OPML list is damaged and cannot be read.",
    "Nội dung lớn quá mức cho phép.": "The content is larger than allowed.",
    "Tệp này không phải là danh sách nguồn tin OPML.": "This file is no OPML list of sources.",
    "Tài liệu XML chứa “bom thực thể” nên bị từ chối.": (
        "The XML document expands entities without end, so it is refused."
    ),
    "Nguồn tin bị hỏng đến mức không đọc được.": "The feed is too damaged to be read.",
    "Nguồn tin trả về nội dung rỗng.": "The feed is empty.",
    "Nội dung nhận được không phải là nguồn tin RSS hay Atom.": "What was received is no RSS or Atom feed.",
    "Trang nguồn chặn truy cập tự động nên không lấy được tin.": (
        "The portal blocks automatic access, so no story can be fetched."
    ),
    "nguồn tin bị cắt cụt; mục dở dang cuối cùng đã bỏ": (
        "the feed was cut off; its last, unfinished item was left out"
    ),
    "Địa chỉ này là một trang web, không phải nguồn tin RSS hay Atom.": (
        "This address is a web page, no RSS or Atom feed."
    ),
    "Chỉ đọc được địa chỉ http, https hoặc tệp trên máy.": (
        "Only http and https addresses and files on the machine can be read."
    ),
    "Nội dung cần quá nhiều bộ nhớ để đọc.": "The content needs too much memory to be read.",
    "Nội dung nguồn làm quá tải bộ đọc nên đã bị dừng.": "The content overloaded the reader, so reading was stopped.",
    "Bộ chọn {} không hợp lệ: {}.": "The selector {} is not valid: {}.",
    "Bảo mật (TLS)": "Security (TLS)",
    "Tra tên máy chủ": "Resolving the host name",
    "chuyển tới {}": "moved to {}",
    "{} giây": "{} seconds",
    "{} phút": "{} minutes",
    "{} giờ": "{} hours",
    "{} ngày": "{} days",
    "{} ảnh; ảnh đầu: {}": "{} pictures; the first: {}",
    "không rõ kiểu": "unknown type",
    "{} ảnh; ảnh đầu {}×{}, còn {} KiB": "{} pictures; the first {}×{}, now {} KiB",
    "Bão": "Storm",
    "Lũ": "Flood",
    "Ngập lụt": "Inundation",
    "Sự cố đê điều": "Dyke failure",
    "Lũ quét, sạt lở đất": "Flash flood, landslide",
    "Mưa lớn": "Heavy rain",
    "Dông, lốc, sét, mưa đá": "Thunderstorm, whirlwind, lightning, hail",
    "Nước dâng, triều cường": "Storm surge, high tide",
    "Gió mạnh trên biển": "Strong wind at sea",
    "Nắng nóng": "Heat",
    "Rét hại, sương muối": "Severe cold, frost",
    "Hạn hán, xâm nhập mặn": "Drought, salt water intrusion",
    "Động đất, sóng thần": "Earthquake, tsunami",
    "Cháy, nổ": "Fire, explosion",
    "Sự cố hóa chất, khí độc": "Chemicals, toxic gas",
    "Dịch bệnh": "Epidemic",
    "Nước sinh hoạt không an toàn": "Unsafe tap water",
    "Việc khẩn khác": "Other emergency",
    "Loại": "Kind",
    "Tiêu đề": "Title",
    "Nội dung": "Text",
    "Bảng": "Table",
    "Tệp": "Files",
    "Liên hệ": "Contact",
    "Địa chỉ mã QR": "Address of the QR code",
    "Đơn vị": "Area",
    "Bảng tin": "Boards",
    "Thời gian chiếu": "Times on the air",
    "Lặp lại": "Repetition",
    "Ưu tiên": "Priority",
    "Niêm yết": "Statutory posting",
    "Tiếng": "Sound",
}
"""Vietnamese text -> English text; the values ``{}`` come in the same order in both."""
