"""English translations of the errors of server.store.duty and of what the worker says is wrong; used by refusals."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "Không có báo động số {}": "There is no alarm number {}",
    "Báo động này đã hết": "This alarm is over",
    "Không có kênh báo số {}": "There is no channel number {}",
    "Không có ca trực số {}": "There is no turn number {}",
    "Không có lần vắng số {}": "There is no absence number {}",
    "Người này đã có ca trực trùng giờ": "This person already has a turn at that time",
    "Người này đã ghi vắng trong những ngày ấy": "This person is already recorded as away on those days",
    "“{}”, {} trong {} màn hình chưa hiện": "“{}”, not shown by {} of {} screens",
    "còn {} MB": "{} MB left",
    "chưa có bản nào": "there is none yet",
    "bản mới nhất từ {}": "the newest one is from {}",
    "hết hạn lúc {}": "expires at {}",
    "đã hết hạn lúc {}": "expired at {}",
    "nhanh {} giây": "{} s fast",
    "chậm {} giây": "{} s slow",
}
