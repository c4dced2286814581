"""Signs in at the desk again and again; a process of its own for bench/pressure.py.

python -m bench._signers PORT USERNAME PASSWORD AT_ONCE

Runs AT_ONCE threads; each sign-in makes the desk compute an Argon2 hash. For each line on standard input prints the
number of sign-ins so far.
"""

from __future__ import annotations

import http.client
import sys
import threading
from collections import Counter
from urllib.parse import urlencode

from bench._forms import fetch_form

REDIRECTS = (302, 303)
RESULTS: Counter[str] = Counter()


def submitted(port: int, path: str, **fields: str) -> int:
    """Fetches a form of the desk and sends it filled in; returns the status of the response.

    Raises OSError if the desk does not answer.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    named = {"Host": f"localhost:{port}"}
    try:
        token, cookie = fetch_form(connection, path, named)
        form = urlencode({**fields, "csrf_token": token})
        kind = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, form, named | kind)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def choose_password(port: int, token: str, password: str) -> None:
    """Sets an invited person's password; ``token`` is that of the invitation's link. Raises OSError if refused."""
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
