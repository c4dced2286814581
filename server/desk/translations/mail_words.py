"""English translations of Vietnamese texts about mailboxes, their trials and their letters.

The texts come from server.core, server.media and server.worker.mailbox, which do not use gettext. ``{}`` stands for a
value, as in refusals.py. Used by refusals.
"""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "Địa chỉ hộp thư phải có dạng imaps://thu.xa.vn/INBOX (hoặc imap:// với STARTTLS).": (
        "The address of a mailbox must be like imaps://mail.commune.vn/INBOX (or imap:// with STARTTLS)."
    ),
    "Địa chỉ hộp thư không được chứa tên đăng nhập hay mật khẩu.": (
        "The address of a mailbox must contain no user name and no password."
    ),
    "Tên thư mục của hộp thư không dùng được.": "The name of the mailbox’s folder cannot be used.",
    "Đây không phải địa chỉ thư như vanphong@xa.vn hay tên miền như @xa.vn.": (
        "This is neither an address like office@commune.vn nor a domain like @commune.vn."
    ),
    "Ai cũng lập được địa chỉ {}, nên không nhận cả tên miền này. Hãy ghi từng địa chỉ thư.": (
        "Anybody can have an address at {}, so the whole domain is not accepted. Enter single addresses."
    ),
    "Thư này đã được xử lý": "This letter has been dealt with",
    "Máy chủ này chưa đọc được tệp Word: hãy lưu thành PDF rồi gửi lại.": (
        "This server cannot read Word files yet: save the file as PDF, then send it again."
    ),
    "Không chuyển được tệp Word: hãy lưu thành PDF rồi gửi lại.": (
        "The Word file could not be converted: save it as PDF, then send it again."
    ),
    "Tệp Word cần quá nhiều thời gian để mở, nên không nhận.": (
        "The Word file takes too much time to open and was not accepted."
    ),
    # what the page of a mailbox says of its condition
    "Chưa khai tên máy chủ xác thực, nên chưa nhận thư của ai.": (
        "No authenticating server has been named, so nobody’s letters are taken."
    ),
    "Chưa khai ai được gửi, nên chưa nhận thư của ai.": "Nobody may send yet, so nobody’s letters are taken.",
    "Chưa có mật khẩu của hộp thư trên máy chủ này.": "This server does not have the mailbox’s password.",
    "Máy chủ thư không nhận tên đăng nhập hay mật khẩu.": "The mail server refused the user name or the password.",
    "Hộp thư không có thư mục «{}».": "The mailbox has no folder “{}”.",
    "Máy chủ thư trả lời quá chậm.": "The mail server answers too slowly.",
    "Chứng thư của máy chủ thư không hợp lệ.": "The mail server’s certificate is not valid.",
    "Kết nối với máy chủ thư bị đứt.": "The connection to the mail server broke.",
    "Không kết nối được với máy chủ thư.": "The mail server cannot be reached.",
    "Hộp thư trả lời không đúng chuẩn IMAP.": "The mail server’s answer does not follow the IMAP standard.",
    # trials
    "Đăng nhập hộp thư": "Sign in to the mailbox",
    "Xem thư đang chờ": "Look at the letters that wait",
    "Có {} thư đang chờ.": "Letters that wait: {}.",
    "(không có tiêu đề)": "(no subject)",
    "sẽ thành thông báo chờ duyệt": "will become an announcement that waits for approval",
    "bỏ qua: thư tự động, thư báo lỗi hoặc thư của danh sách gửi thư": (
        "ignored: an automatic letter, a report of an error, or a mailing list"
    ),
    "không nhận: không rõ ai gửi": "refused: the sender is not clear",
    "đang chờ: chưa khai tên máy chủ xác thực": "waits: no authenticating server has been named",
    "không nhận: máy chủ thư đã khai không ghi kết quả xác thực": (
        "refused: the named server has written no authentication results"
    ),
    "không nhận: kết quả xác thực sai quy cách": "refused: the authentication results are malformed",
    "không nhận: không chứng minh được người gửi là thật": "refused: nothing proves that the sender is genuine",
    "không nhận: người gửi không có trong danh sách": "refused: the sender is not on the list",
    "không nhận: thư quá cũ hoặc sai ngày": "refused: too old, or wrongly dated",
    "không nhận: thư quá lớn": "refused: too large",
    "kết quả xác thực trong thư do «{}» ghi": "its authentication results were written by “{}”",
    # what an editor reads beside an announcement that came by mail
    "Tệp «{}» không nhận được: {}": "The file “{}” was not accepted: {}",
    "Tệp «{}»: {}": "The file “{}”: {}",
    "Tệp «{}» không được dùng, vì một thông báo chỉ có một loại nội dung. Hãy gửi nó bằng thư riêng.": (
        "The file “{}” was not used, because an announcement has one kind of content. Send it in another letter."
    ),
    "Chỉ {} trang đầu được chiếu, trong tất cả {} trang và ảnh.": (
        "Only the first {} pages are shown, of {} pages and pictures in all."
    ),
    "Bảng «{}» chỉ giữ {} dòng và {} cột đầu.": "Of the table “{}” only the first {} rows and {} columns were kept.",
    "Còn {} tệp không được đọc, vì thư có quá nhiều tệp.": (
        "Files that were not read, because the letter has too many: {}."
    ),
    "Thư được mã hóa, nên máy chủ không đọc được nội dung.": "The letter is encrypted, so the server cannot read it.",
    "Đơn vị {} không còn trên máy chủ này.": "The area {} does not exist on this server any more.",
    "Máy chủ này chưa nhận văn bản điện tử (edXML) qua thư.": (
        "This server does not take electronic documents (edXML) by mail yet."
    ),
}
