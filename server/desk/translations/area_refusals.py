"""English of the sentences with which lists of areas and changes of their tree are refused; used by refusals."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "Hai cột cùng nghĩa: «{}» và «{}».": "Two columns mean the same: “{}” and “{}”.",
    "Không thấy cột tên đơn vị. Dòng đầu phải là tên các cột, trong đó có cột «Tên».": (
        "There is no column with the names of areas. The first row must have the headings, among them “Name”."
    ),
    "Thiếu tên đơn vị.": "The name of the area is missing.",
    "Mỗi đơn vị chỉ có một mã; hãy ghi các mã khác vào cột «Mã cũ».": (
        "An area has one code only; write the others into the column “Former codes”."
    ),
    "Dài quá {} chữ cái.": "Longer than {} letters.",
    "Không hiểu loại «{}». Ghi: Trung ương, Tỉnh, Xã, Phường, Thôn hoặc Tổ dân phố.": (
        "The level “{}” is not known. Write: Central, Province, Commune, Ward or Hamlet."
    ),
    "Nhiều nhất {} tên cũ.": "At most {} former names.",
    "Đây không phải số điện thoại. Hãy ghi như 0221 3863 456, không kèm chữ.": (
        "This is not a telephone number. Write it like 0221 3863 456, without letters."
    ),
    "Đơn vị này đã có ở một dòng trên.": "This area is in a line above already.",
    "Bạn không quản trị đơn vị này.": "You do not manage this area.",
    "Mã {} là mã cũ của «{}».": "The code {} is a former one of “{}”.",
    "Có {} đơn vị tên «{}». Hãy ghi mã, hoặc ghi cột «Thuộc».": (
        "There are {} areas named “{}”. Write the code, or fill in the column “Part of”."
    ),
    "Chưa ghi đơn vị cấp trên.": "The area above is missing.",
    "Bạn không quản trị đơn vị cấp trên này.": "You do not manage this area above.",
    "Đơn vị cấp trên ở một dòng sai, hoặc nằm trong nó.": "The area above is in a wrong line, or within this one.",
    "Có {} đơn vị tên «{}». Hãy ghi mã của đơn vị cấp trên.": (
        "There are {} areas named “{}”. Write the code of the area above."
    ),
    "Không có đơn vị «{}», trong tệp cũng như ở bàn biên tập.": (
        "There is no area “{}”, neither in the file nor at the desk."
    ),
    "Chỉ nhận bảng tính .xlsx hoặc tệp .csv.": "Only workbooks (.xlsx) and .csv files are accepted.",
    "Chưa chọn tệp.": "No file has been chosen.",
    "Chưa biết đơn vị này là tỉnh nào: hãy ghi mã của tỉnh, như VN-66, ở trang của đơn vị.": (
        "It is not known which province this area is: write the province's code, such as VN-66, on the area's page."
    ),
    "Không đọc được danh sách. Hãy chọn lại tệp.": "The list could not be read. Choose the file again.",
    "«{}» vừa được người khác sửa. Hãy xem lại rồi lưu.": (
        "Somebody else has just changed “{}”. Look at it again before you save."
    ),
    "«{}» không thể thuộc đơn vị đã chọn: đơn vị ấy không còn, hoặc nằm trong nó.": (
        "“{}” cannot belong to the chosen area: that area is gone, or lies within it."
    ),
    "Ngày thực hiện xa quá: nhiều nhất 5 năm nữa.": "The date is too far away: at most 5 years from now.",
    "Việc này đã làm rồi, không bỏ kế hoạch được nữa": "This has been done; the plan can no longer be cancelled",
    "Chỉ hoàn tác được trong một giờ sau khi thực hiện": "It can be undone only within an hour",
    "Sau đó còn một thay đổi khác của các đơn vị này. Hãy hoàn tác thay đổi ấy trước": (
        "These areas were changed again after that. Undo that change first"
    ),
    "Không có kế hoạch này": "There is no such plan",
    "Một trong hai đơn vị không còn.": "One of the two areas is gone.",
    "Đơn vị nhận phải nằm ngoài đơn vị được chuyển.": "The receiving area must lie outside the area that is moved.",
    "Đơn vị đã thuộc nơi này rồi.": "The area belongs there already.",
    "Đơn vị cao nhất không nhập vào đơn vị khác được.": "The topmost area cannot be merged into another one.",
    "Một trong hai đơn vị đang có kế hoạch khác. Hãy bỏ kế hoạch ấy trước.": (
        "There is another plan for one of the two areas. Cancel that plan first."
    ),
    "Đơn vị đang bật màn hình an toàn. Hãy tắt màn hình an toàn thì việc này mới làm được.": (
        "The area is in panic mode. End panic mode, and this will be done."
    ),
}
