"""Signs in at the desk again and again, which costs Argon2 each time; a process of its own for pressure.py.

python -m bench._signers PORT USERNAME PASSWORD AT_ONCE     for each line on standard input prints the sign-ins so far
"""

from __future__ import annotations

import http.client
import re
import sys
import threading
from collections import Counter
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
REDIRECTS = (302, 303)
RESULTS: Counter[str] = Counter()


def submitted(port: int, path: str, **fields: str) -> int:
    """Fetches a form of the desk and sends it filled in; returns the status of the response.

    Raises OSError if the desk does not answer (yet).
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    named = {"Host": f"localhost:{port}"}
    try:
        connection.request("GET", path, headers=named)
        answer = connection.getresponse()
        token = _TOKEN.search(answer.read().decode())
        if answer.status != 200 or token is None:
            raise ConnectionError(f"{path} answers {answer.status}")
        cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        form = urlencode({**fields, "csrf_token": token[1]})
        kind = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, form, named | kind)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def choose_password(port: int, token: str, password: str) -> None:
    """Sets the password by an invitation's link. Raises OSError if it is not accepted."""
    status = submitted(port, f"/desk/welcome/{token}", password=password, again=password)
    if status not in REDIRECTS:
        raise ConnectionError(f"the link answers {status}")


def main(port: int, username: str, password: str, at_once: int) -> None:
    def sign_in_forever() -> None:
        while True:
            status = submitted(port, "/desk/login", email=username, password=password)
            RESULTS["in" if status in REDIRECTS else f"status {status}"] += 1

    for _ in range(at_once):
        threading.Thread(target=sign_in_forever, daemon=True).start()
    for _line in sys.stdin:
        print(RESULTS["in"], *(f"({name}: {many})" for name, many in RESULTS.items() if name != "in"), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
