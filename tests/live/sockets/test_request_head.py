"""The head of a request: long lines are refused in linear time."""

from __future__ import annotations

from io import BytesIO
from time import process_time

import pytest

from server.live.sockets.request_head import LONGEST_LINE, BadRequestError, read_head

WORST = {
    "blanks": b"A:" + b" " * (LONGEST_LINE - 5) + b"\x01\r\n",
    "tabs": b"A:" + b"\t " * ((LONGEST_LINE - 6) // 2) + b"\x7f\r\n",
    "a name without a colon": b"A" * (LONGEST_LINE - 2) + b"\r\n",
}


@pytest.mark.parametrize("name", WORST)
def test_a_long_line_is_refused_in_a_time_that_grows_with_its_length_alone(name: str) -> None:
    began = process_time()
    for _ in range(20):
        with pytest.raises(BadRequestError):
            read_head(b"GET / HTTP/1.1\r\n", BytesIO(WORST[name] + b"\r\n"))
    assert process_time() - began < 2, "0.01 s; read in the square of its length, 15 s"


def test_blanks_around_a_value_are_no_part_of_it() -> None:
    head = b"Host: \t localhost \t\r\nContent-Length:\t 12 \r\n\r\n"
    assert read_head(b"POST / HTTP/1.1\r\n", BytesIO(head)) == head
    with pytest.raises(BadRequestError, match="not a length"):
        read_head(b"POST / HTTP/1.1\r\n", BytesIO(b"Host: a\r\nContent-Length: 1 2\r\n\r\n"))
