"""English translations of what is said about electronic documents (edXML) and refuses them; used by refusals.

The Vietnamese sentences stand in feeds.formats.edxml, server.core.documents, server.documents and worker.
tests/desk/api/test_documents.py checks that each of them is here.
"""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "Văn bản ghi «Lưu hành nội bộ» nên không được niêm yết. Máy chủ không giữ lại gì của văn bản này.": (
        "The document is for internal use only, so it must not be posted. The server keeps nothing of it."
    ),
    "Văn bản đóng dấu «{}» nên không được niêm yết. Máy chủ không giữ lại gì của văn bản này.": (
        "The document is marked as secret ({}), so it must not be posted. The server keeps nothing of it."
    ),
    "Văn bản điện tử lớn quá {} MB.": "The electronic document is larger than {} MB.",
    "Văn bản điện tử có phần đầu lớn quá mức cho phép.": "The head of the electronic document is too large.",
    "Văn bản điện tử có phần khai báo DOCTYPE hay thực thể nên bị từ chối.": (
        "The electronic document declares a DOCTYPE or entities, so it is refused."
    ),
    "Văn bản điện tử bị hỏng hoặc thiếu phần cuối, không đọc được.": (
        "The electronic document is damaged or its end is missing, so it cannot be read."
    ),
    "Tệp kèm văn bản điện tử quá nhiều hoặc quá lớn sau khi giải nén.": (
        "The electronic document has too many attachments, or they are too large when unpacked."
    ),
    "Tệp kèm văn bản điện tử không phải base64 đúng, nên không mở được.": (
        "An attachment of the electronic document is not correct base64, so it cannot be opened."
    ),
    "Tệp nén trong văn bản điện tử có đường dẫn nguy hiểm nên bị từ chối.": (
        "An archive in the electronic document has a dangerous path, so it is refused."
    ),
    "Tệp nén trong văn bản điện tử có quá nhiều tệp nên bị từ chối.": (
        "An archive in the electronic document has too many files, so it is refused."
    ),
    "Tệp nén trong văn bản điện tử dùng kiểu nén lạ, không mở được.": (
        "An archive in the electronic document uses an unusual compression, so it cannot be opened."
    ),
    "Tệp nén trong văn bản điện tử bị hỏng.": "An archive in the electronic document is damaged.",
    "Tệp nén trong văn bản điện tử có mật khẩu, không mở được.": (
        "An archive in the electronic document has a password, so it cannot be opened."
    ),
    "Tệp nén trong văn bản điện tử nở ra quá lớn nên bị từ chối.": (
        "An archive in the electronic document is too large when unpacked, so it is refused."
    ),
    "Tệp này không phải văn bản điện tử edXML: không có phần MessageHeader.": (
        "This file is no electronic document (edXML): it has no MessageHeader."
    ),
    "Gói có {} văn bản; chỉ nhận văn bản đầu tiên.": "The envelope has {} documents; only the first one was taken.",
    "Không hiểu ngày ban hành «{}».": "The date of issue “{}” cannot be understood.",
    "Không hiểu loại nghiệp vụ «{}» của văn bản điện tử.": (
        "The kind of exchange “{}” of the electronic document is unknown."
    ),
    "Văn bản điện tử không có trích yếu và số, ký hiệu.": (
        "The electronic document has neither a subject nor a number."
    ),
    "Máy chủ này không có đơn vị «{}».": "This server has no area “{}”.",
    "Nơi ban hành đã thu hồi văn bản này, nên không nhận nữa.": (
        "The issuer has recalled this document, so it is not taken any more."
    ),
    "Không đọc được tệp «{}» để biết có dấu mật hay không, nên không nhận văn bản.": (
        "The file “{}” cannot be read to see whether it is marked as secret, so the document is not taken."
    ),
    "Gói văn bản có chữ ký nhưng không kiểm được chữ ký gói.": (
        "The envelope of the document is signed, but its signature cannot be checked."
    ),
    "Không tìm thấy văn bản mà văn bản này thay thế hoặc cập nhật.": (
        "The document that this one replaces or updates was not found."
    ),
    "Văn bản không kèm tệp nào bảng tin chiếu được.": "The document has no file that boards can show.",
    "Tệp «{}» không phải PDF nên không kèm theo.": "The file “{}” is no PDF, so it was left out.",
    "Không kèm được tệp «{}»: {}": "The file “{}” was left out: {}",
    "Tệp «{}» không kèm theo, vì quá {} trang.": "The file “{}” was left out, because there are more than {} pages.",
    "Văn bản {} đã thành bản nháp số {}, chờ biên tập viên duyệt.": (
        "Document {} has become draft no. {}, which waits for an editor."
    ),
    "Văn bản {} đã được nhận trước đó, không tạo thêm bản nháp.": (
        "Document {} was taken before; no further draft was made."
    ),
    "Lệnh thu hồi {} đã được nhận trước đó.": "The recall {} was taken before.",
    "Đã gỡ văn bản {} khỏi các bảng tin theo lệnh thu hồi.": "Document {} was taken off the boards, as recalled.",
    "Đã ghi nhận lệnh thu hồi {}; máy chủ này chưa niêm yết văn bản ấy.": (
        "The recall of {} is noted; this server has not posted that document."
    ),
    "Nơi ban hành thu hồi văn bản {}. {}": "The issuer has recalled document {}. {}",
    "Nơi ban hành thu hồi văn bản {}.": "The issuer has recalled document {}.",
    "Văn bản {} đã được nhận trước đó": "Document {} was taken before",
    "Không đọc được chữ ký số của tệp PDF.": "The digital signatures of the PDF file cannot be read.",
}
