"""English translations of the error messages of server.core, server.media and server.store.

These packages do not use gettext: their errors are Vietnamese sentences that contain names and numbers, for which
``{}`` stands here. tests/desk/web/test_refusals.py checks that every message in their code is translated. Used by
server.desk.web.refusals.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.desk.translations import (
    alert_words,
    area_refusals,
    document_refusals,
    duty_words,
    mail_words,
    place_refusals,
    source_system_refusals,
)

ENGLISH: Mapping[str, str] = {
    **duty_words.ENGLISH,
    **place_refusals.ENGLISH,
    **area_refusals.ENGLISH,
    **alert_words.ENGLISH,
    **mail_words.ENGLISH,
    **source_system_refusals.ENGLISH,
    **document_refusals.ENGLISH,
    "Bảng tin «{}» hiện nhiều nhất {} nguồn tin. Hãy bỏ bớt nguồn ở bảng ấy rồi làm lại.": (
        "The board “{}” shows at most {} sources. Remove a source from that board, then do it again."
    ),
    "Quyền hiện lời nhắn hoặc số thứ tự cần nêu rõ bảng tin nào, và chỉ hai quyền ấy cần bảng tin": (
        "The rights to show messages or numbers need the names of boards, and only these two rights need them"
    ),
    "Số thứ tự của một bảng tin được gửi nhiều nhất một lần một giây": (
        "The numbers of a board may be sent at most once a second"
    ),
    "Không có nơi nhận số {}": "There is no receiver number {}",
    "Không có lần báo số {}": "There is no delivery number {}",
    "Nơi nhận cần tên và ít nhất một việc cần báo": "A receiver needs a name and at least one event",
    "Máy chủ này báo tin cho nhiều nhất {} nơi nhận: hãy dừng một nơi không dùng nữa trước": (
        "This server reports to at most {} receivers: first switch off one that is no longer used"
    ),
    "Nơi nhận này đang dừng: hãy bật lại trước": "This receiver is switched off: switch it on first",
    "Việc này đã có tin mới hơn, nên không gửi lại tin cũ": (
        "There is newer news of this, so the old one is not sent again"
    ),
    "Bảng tin không thuộc đơn vị của khóa máy: {}": "Not boards of the areas of the key: {}",
    "Chưa có tiêu đề.": "There is no title yet.",
    "Tiêu đề dài quá {} chữ cái.": "The title is longer than {} letters.",
    "Nội dung dài quá {} chữ cái.": "The text is longer than {} letters.",
    "Bảng có quá {} dòng hoặc {} cột.": "The table has more than {} rows or {} columns.",
    "Quá {} trang hoặc ảnh.": "There are more than {} pages or pictures.",
    "Thời gian chiếu phải {}.": "The times on the air must be {}.",
    "Ngày đầu và ngày cuối của lịch lặp lại phải {}.": "The first and the last day of the repetition must be {}.",
    "trong khoảng từ năm {} đến năm {}": "between the years {} and {}",
    "Ngày lặp lại cuối cùng đã qua.": "The last day of the repetition is over.",
    "Chưa chọn thời gian chiếu.": "No time on the air has been chosen.",
    "Thời gian chiếu đã qua.": "The time on the air is over.",
    "Lúc kết thúc phải ở sau lúc bắt đầu.": "The end must be after the start.",
    "Ngày cuối ở trước ngày đầu, nên sẽ không chiếu lần nào.": (
        "The last day is before the first, so it would never be shown."
    ),
    "Mọi lần chiếu đều đã qua.": "All of its times have passed.",
    "Từ ngày đầu đến ngày cuối không có lần chiếu nào theo lịch lặp lại này.": (
        "This rule has no time between the first and the last day."
    ),
    "Thông báo số {} mà bản này thay đã bị gỡ: hãy xem vì sao rồi quyết định": (
        "Announcement number {}, which this version replaces, was withdrawn: see why, then decide"
    ),
    "Bản khác của thông báo này (số {}) đang được chiếu: hãy xem chỗ khác nhau rồi quyết định": (
        "Another version of this announcement (number {}) is on the air: look at what differs, then decide"
    ),
    "Đã gửi rồi: thông báo số {}": "Sent already: announcement number {}",
    "Thay bằng thông báo số {}": "Replaced by announcement number {}",
    "Chưa có ảnh nào.": "There is no picture yet.",
    "Chưa có tệp PDF.": "There is no PDF file yet.",
    "Bảng cần một dòng tên cột và ít nhất một dòng nội dung.": (
        "The table needs a row of column names and at least one row of content."
    ),
    "Đây là tệp chữ không có bảng (cần một dòng tên cột và ít nhất một dòng nội dung). Nếu là văn bản, hãy dán "
    "chữ vào ô Nội dung.": (
        "This is a text file without a table (a row of column names and at least one row of content are needed). "
        "If it is a text, paste it into the field Text."
    ),
    "Cần đúng một video.": "Exactly one video is needed.",
    "Cần một địa chỉ bắt đầu bằng http:// hoặc https://.": (
        "An address that begins with http:// or https:// is needed."
    ),
    "Thẻ liên hệ cần tên và ít nhất một cách liên hệ.": (
        "The contact card needs a name and at least one way of contact."
    ),
    "Chỉ chọn theo ngày trong tuần hoặc theo ngày trong tháng.": (
        "Choose days of the week or days of the month, not both."
    ),
    "Không hiểu cách lặp lại {}.": "The repetition {} was not understood.",
    "Bảng có quá nhiều cột: {}; nhận nhiều nhất {} cột.": (
        "The table has too many columns: {}; at most {} are accepted."
    ),
    "Bảng có quá nhiều dòng: {}; nhận nhiều nhất {} dòng.": (
        "The table has too many rows: {}; at most {} are accepted."
    ),
    "Không hiểu bảng: có lẽ thiếu một dấu ngoặc kép.": (
        "The table was not understood: a quotation mark may be missing."
    ),
    "Ô «{}…» ở dòng {} của bảng dài {} chữ cái; mỗi ô dài nhiều nhất {} chữ cái.": (
        "The cell “{}…” in row {} of the table has {} letters; a cell has at most {}."
    ),
    "Chỉ được phát một mình sau {} giây nữa.": "It may be sent by you alone in {} seconds.",
    "Cần ký trước, rồi một biên tập viên khác xác nhận.": (
        "It must be signed first, and then confirmed by another editor."
    ),
    "Cần một biên tập viên khác xác nhận.": "Another editor must confirm it.",
    "{}: năm {} nằm ngoài khoảng từ {} đến {}": "{}: the year {} lies outside {} to {}",
    "Thời hạn của tin": "End of the notice",
    "Thông báo do chính bạn soạn: cần một biên tập viên khác duyệt.": (
        "You wrote this announcement yourself: another editor must approve it."
    ),
    "Thông báo {}, không còn làm được việc này.": "The announcement {}; this cannot be done any more.",
    "Tin khẩn {}, không còn làm được việc này.": "The urgent notice {}; this cannot be done any more.",
    "{} {}, không còn làm được việc này.": "{} {}; this cannot be done any more.",
    "Thông báo": "The announcement",
    "Tin khẩn": "The urgent notice",
    "đang là bản nháp": "is a draft",
    "đang chờ duyệt": "is waiting for approval",
    "đã bị trả lại": "was returned",
    "đã được duyệt": "was approved",
    "đã bị gỡ": "was withdrawn",
    "đang phát": "is on the air",
    "đã được thay bằng bản đính chính": "was replaced by a correction",
    "đã được gỡ": "was removed",
    "đã hết hạn": "has expired",
    "Tệp cần quá nhiều thời gian hoặc bộ nhớ để mở, nên không nhận.": (
        "The file needs too much time or memory to open, so it is not accepted."
    ),
    "Chỉ nhận ảnh JPEG, PNG, WebP, GIF; PDF; video MP4, WebM; bảng XLSX, CSV.": (
        "Only pictures (JPEG, PNG, WebP, GIF), PDF, videos (MP4, WebM) and tables (XLSX, CSV) are accepted."
    ),
    "Tệp Office đời cũ: hãy lưu lại thành .xlsx hoặc PDF rồi gửi.": (
        "This is a file of an old Office: save it as .xlsx or PDF and send that."
    ),
    "{} lớn quá {} MB.": "{} is larger than {} MB.",
    "Ảnh": "The picture",
    "Tệp PDF": "The PDF file",
    "Video": "The video",
    "Bảng tính": "The spreadsheet",
    "Tệp CSV": "The CSV file",
    "Ảnh HEIC của điện thoại: hãy lưu lại thành JPEG rồi gửi.": (
        "This is a HEIC picture of a telephone: save it as JPEG and send that."
    ),
    "Không vẽ được trang {} của tệp PDF.": "Page {} of the PDF file cannot be drawn.",
    "Trang {} của tệp PDF có khổ quá lớn.": "Page {} of the PDF file is too large.",
    "Trang {} của tệp PDF quá hẹp để đọc được.": "Page {} of the PDF file is too narrow to be read.",
    "Tệp PDF bị hỏng.": "The PDF file is damaged.",
    "Tệp PDF có mật khẩu: hãy gỡ mật khẩu rồi gửi lại.": (
        "The PDF file has a password: remove it and send the file again."
    ),
    "Tệp PDF có {} trang; nhận từ 1 đến {} trang.": "The PDF file has {} pages; 1 to {} are accepted.",
    "Tệp PDF là biểu mẫu động (XFA): hãy in ra tệp PDF thường rồi gửi lại.": (
        "The PDF file is a dynamic form (XFA): print it to a plain PDF file and send that."
    ),
    "Không phải ảnh PNG, JPEG hay WebP": "This is no picture in PNG, JPEG or WebP",
    "Ảnh chụp có quá nhiều điểm ảnh (hơn 20 triệu)": "The screenshot has too many pixels (more than 20 million)",
    "Ảnh chụp cần quá nhiều thời gian hoặc bộ nhớ để mở": "The screenshot needs too much time or memory to open",
    "Bảng tính không có ô nào có chữ ở trang tính không bị ẩn.": (
        "The spreadsheet has no cell with text on a sheet that is not hidden."
    ),
    "Bảng tính mở ra quá lớn.": "The spreadsheet is too large when it is opened.",
    "Không đọc được bảng tính; hãy lưu lại thành .xlsx hoặc dán thẳng vào ô bảng.": (
        "The spreadsheet cannot be read; save it as .xlsx, or paste the cells into the field of the table."
    ),
    "Không nhận tệp Word, PowerPoint hay LibreOffice: hãy lưu thành PDF (bảng tính: thành .xlsx) rồi gửi.": (
        "Word, PowerPoint and LibreOffice files are not accepted: save the file as PDF (a spreadsheet as .xlsx) and "
        "send that."
    ),
    "Tệp nén này không phải bảng tính .xlsx.": "This archive is no .xlsx spreadsheet.",
    "{} có công thức mà tệp không ghi kết quả; hãy mở bằng Excel hoặc LibreOffice, lưu lại rồi gửi.": (
        "Formula without a stored result: {}; open the file with Excel or LibreOffice, save it and send it again."
    ),
    "{} dài quá {} chữ cái.": "{} is longer than {} letters.",
    "Tiếng của video nén kiểu mà màn hình không phát được; hãy dùng AAC hoặc Opus.": (
        "The sound of the video is encoded in a way that screens cannot play; use AAC or Opus."
    ),
    "Tệp cần có đúng một đường hình.": "The file must have exactly one picture track.",
    "Tệp video không ghi thời điểm của hình, nên không biết dài bao lâu.": (
        "The video file does not say when its pictures are shown, so its length is unknown."
    ),
    "Video bị hỏng hoặc không phải MP4, WebM.": "The video is damaged, or is neither MP4 nor WebM.",
    "Video có màu kiểu mà màn hình không phát được; hãy xuất lại H.264 8 bit 4:2:0.": (
        "The video has colours that screens cannot play; export it as H.264, 8 bit 4:2:0."
    ),
    "Video dài {} giây; nhận từ {} đến {} giây.": "The video lasts {} seconds; {} to {} seconds are accepted.",
    "Video không có hình nào.": "The video has no picture.",
    "Video khổ {}×{}; nhận nhiều nhất 1920×1080.": "The video measures {}×{}; at most 1920×1080 is accepted.",
    "Video nén kiểu {}; màn hình chỉ phát được H.264 và VP9.": (
        "The video is encoded as {}; screens play only H.264 and VP9."
    ),
    "Bảng tin không thuộc {} hay cấp dưới: {}": "These boards are not of {} or an area below: {}",
    "Hãy nói rõ lý do, để người soạn biết cần sửa gì.": "Say why, so that the writer knows what to correct.",
    "Không có thông báo hỏng số {}": "There is no damaged announcement number {}",
    "Thông báo chưa có thời gian chiếu nào, nên sẽ không chiếu ở đâu": (
        "The announcement has no time on the air yet, so it would be shown nowhere"
    ),
    "Thông báo số {} {}: hãy sửa trên một bản sao": "Announcement number {} {}: change a copy of it",
    "Bản đang soạn này là của người khác": "This unsaved text belongs to somebody else",
    "Nội dung đang soạn quá dài để lưu tạm": "The text is too long to be saved while you write",
    "{} đã sửa «{}» trong lúc bạn soạn": "{} changed “{}” while you were writing",
    "Không có thông báo số {}": "There is no announcement number {}",
    "Không có bảng tin: {}": "There is no board: {}",
    "Không có bảng tin {}": "There is no board {}",
    "Đơn vị {} không ở trạng thái an toàn": "The area {} does not show the safe page",
    "Dữ liệu đã lưu không đọc được ({})": "The stored data cannot be read ({})",
    "Bản sao hỏng: {}": "The copy is damaged: {}",
    "Chưa có cơ sở dữ liệu {}": "There is no database {} yet",
    "{} chưa xong sau {} phút nên đã dừng": "{} had not finished after {} minutes and was stopped",
    "Cần chương trình {} của PostgreSQL (apt install postgresql-client)": (
        "The program {} of PostgreSQL is needed (apt install postgresql-client)"
    ),
    "Không ghi được {}: {}": "{} cannot be written: {}",
    "Không ghi được vào thư mục dữ liệu {}: {}": "The data folder {} cannot be written: {}",
    "{}, có lẽ do bản mới hơn tạo ra: {}": "{}, a newer version may have made it: {}",
    "Giá trị không lưu được: {}": "The value cannot be stored: {}",
    "Cơ sở dữ liệu đang bận, xin thử lại": "The database is busy, please try again",
    "{}: hết kết nối": "{}: no connection is free",
    "Không dùng được cơ sở dữ liệu": "The database cannot be used",
    "Chưa chọn đơn vị nhận": "No area has been chosen",
    "Không có đơn vị: {}": "There is no area: {}",
    "Không có nguồn tin: {}": "There is no source: {}",
    "Biểu mẫu này là của người khác: hãy mở lại trang soạn": (
        "This form belongs to somebody else: open the composer again"
    ),
    "Không có bảng tin đã bỏ {}": "There is no removed board {}",
    "Địa chỉ {} là của bảng tin «{}» đã bỏ": "The address {} is that of the removed board “{}”",
    "Màn hình {} đều tắt vào các giờ đã chọn, nên sẽ không ai thấy.": (
        "The screens {} are all off at the chosen hours, so nobody would see it."
    ),
    "{} và {} màn hình khác": "{} and {} other screens",
    "Nơi đã chọn không có bảng tin nào, nên sẽ không ai thấy.": (
        "There is no board at the chosen place, so nobody would see it."
    ),
    "Mỗi dòng của thẻ liên hệ dài nhiều nhất {} chữ cái.": "Each line of the contact card has at most {} letters.",
    "Số phút của niêm yết phải từ 1 đến 1440.": "The minutes of a statutory posting must be from 1 to 1440.",
    "Địa chỉ mã QR phải bắt đầu bằng http:// hoặc https://.": (
        "The address of the QR code must begin with http:// or https://."
    ),
    "Địa chỉ mã QR dài quá {} chữ cái.": "The address of the QR code is longer than {} letters.",
    "Không có tệp này trong kho": "There is no such file in the library",
    "Tệp đang được dùng trong một thông báo, nên chưa xóa được": (
        "An announcement uses this file, so it cannot be deleted yet"
    ),
    "Không có tệp này": "There is no such file",
    "Không có địa chỉ nhận tin này": "There is no such address of a browser",
    "Người khác vừa sửa bản nháp này: hãy so hai bản rồi lưu lần nữa.": (
        "Somebody else has just changed this draft: compare the two and save again."
    ),
    "Thời hạn của tin đã qua": "The end of the notice is over",
    "Thời hạn của tin đã qua: hãy sửa thời hạn trước khi phát.": (
        "The end of the notice is over: change it before you send."
    ),
    "Thời hạn mới phải ở sau bây giờ": "The new end must be later than now",
    "Tin khẩn đã hết hạn: hãy phát tin mới.": "The urgent notice has expired: send a new one.",
    "Không có tin khẩn số {}": "There is no urgent notice number {}",
    "Tin khẩn số {} không còn hiệu lực hoặc chưa phát": "Urgent notice number {} is over or has not been sent",
    "Họ và tên «{}» không hợp lệ: cần từ 1 đến {} chữ": "The name “{}” is not valid: 1 to {} letters are needed",
    "Thư điện tử «{}» không đúng dạng": "“{}” is no mail address",
    "Tên đăng nhập «{}» không hợp lệ: cần 2 đến 40 chữ thường không dấu, số, dấu chấm hay gạch, bắt đầu bằng chữ": (
        "The username “{}” is not valid: 2 to 40 small letters without marks, digits, dots or dashes, "
        "beginning with a letter"
    ),
    "Liên kết này vừa được dùng rồi": "This link has just been used",
    "Bạn không quản trị đơn vị này": "You do not administer this area",
    "Không ai tự sửa quyền của mình; hãy nhờ một người quản trị khác": (
        "Nobody changes their own rights; ask another administrator"
    ),
    "Tên đăng nhập {} đã có người dùng": "The username {} is taken",
    "Địa chỉ thư {} đã có người dùng": "The mail address {} is taken",
    "{} {} đã có người dùng": "{} {} is taken",
    "Đã có người quản trị, liên kết này không còn dùng được": (
        "There is an administrator already, so this link is no longer valid"
    ),
    "Bạn không quản trị mọi đơn vị của người này": "You do not administer all areas of this person",
    "Chưa có ai đề nghị đặt lại, hoặc đề nghị đã quá một ngày": (
        "Nobody has asked for a reset, or it was asked more than a day ago"
    ),
    "Cần một người quản trị khác xác nhận": "Another administrator must confirm it",
    "Người này đã có mật khẩu": "This person has a password already",
    "Không có người dùng {}": "There is no person {}",
    "Khóa máy cần tên, việc, đơn vị và thời hạn ở sau bây giờ": (
        "A key needs a name, acts, areas and an end later than now"
    ),
    "Khóa máy không làm được nhiều hơn người tạo ra nó": "A key cannot do more than whoever made it",
    "Không có khóa máy số {}": "There is no key number {}",
    "Một chương trình khác đang mở {}: hãy dừng nó rồi khôi phục. Chưa đổi gì.": (
        "Another program has {} open: stop it, then restore. Nothing has been changed."
    ),
    "Mã ghép đã hết hạn": "The pairing code has expired",
    "Mã không đúng hoặc đã hết hạn; hãy đọc lại mã trên màn hình (mã đổi sau mười phút)": (
        "The code is wrong or has expired; read it again on the screen (it changes after ten minutes)"
    ),
    "Quá nhiều thiết bị đang chờ ghép, hãy thử lại sau ít phút": (
        "Too many devices are waiting to be paired, try again in a few minutes"
    ),
    "Đã gõ sai mã năm lần; hãy chờ mười phút rồi thử lại": (
        "Five wrong codes were typed; wait ten minutes and try again"
    ),
    "Không có màn hình số {}": "There is no screen number {}",
    "Màn hình số {} đã bị thu hồi": "Screen number {} was revoked",
    "Không ai hỏi ảnh số {} của màn hình này": "Nobody asked this screen for picture number {}",
    "Không có nguồn tin {}": "There is no source {}",
    (
        "config.toml không còn đơn vị mà bảng tin sửa ở bàn biên tập vẫn thuộc về: {}. Hãy ghi lại đơn "
        "vị ấy vào config.toml, chạy lại, chuyển các bảng tin ấy sang đơn vị khác ở bàn biên tập rồi mới"
        " bỏ."
    ): (
        "config.toml no longer has an area to which boards changed at the desk still belong: {}. Write "
        "that area into config.toml again, restart, move those boards to another area at the desk, and "
        "only then remove it."
    ),
    "Không có tin số {}": "There is no story number {}",
    "Nguồn vừa sửa tin số {}": "The source has just changed story number {}",
    "Tin số {} đã bị gỡ": "Story number {} was withdrawn",
    "Bạn đang chờ nhiều địa chỉ chưa đọc xong; hãy đợi chúng trả lời": (
        "You are waiting for several addresses that have not been read yet; wait for their answers"
    ),
    "Không có lần thử này": "There is no such trial",
}
"""Vietnamese sentence -> English sentence; the values ``{}`` come in the same order in both."""
