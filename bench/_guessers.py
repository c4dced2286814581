"""Guesses passwords from many client addresses at once, without a pause; a process of its own for bench/guessing.py.

python -m bench._guessers PORT ADDRESSES

Runs ADDRESSES threads, each with an address of its own in X-Forwarded-For, until standard input ends; then prints how
many responses had each status code.
"""

from __future__ import annotations

import http.client
import sys
import threading
from collections import Counter
from itertools import count
from urllib.parse import urlencode

from bench._forms import fetch_form

STATUS: Counter[int] = Counter()


def guess_forever(port: int, address: str, numbers: count[int]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    here = {"X-Forwarded-For": address}
    token, cookie = fetch_form(connection, "/desk/login", here)
    kind = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    while True:
        form = {"email": f"nguoi-{next(numbers)}", "password": "một câu đủ dài để băm", "csrf_token": token}
        connection.request("POST", "/desk/login", urlencode(form), here | kind)
        answer = connection.getresponse()
        answer.read()
        STATUS[answer.status] += 1
        if answer.will_close:
            connection.close()


def main(port: int, addresses: int) -> None:
    numbers = count()
    for number in range(addresses):
        address = f"10.0.{number // 250}.{number % 250 + 1}"
        threading.Thread(target=guess_forever, args=(port, address, numbers), daemon=True).start()
    sys.stdin.read()
    print(*(f"{status}: {many}" for status, many in sorted(STATUS.items())), sep=", ", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
