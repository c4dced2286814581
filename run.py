"""Starts Bảng Tin: `python run.py --help` lists what it can do; the command line itself is server/main.py."""

import signal
import sys

# Until somebody asks for more, Ctrl-C simply ends the program: no traceback out of an import.
signal.signal(signal.SIGINT, signal.SIG_DFL)

if "serve" in sys.argv[1:]:
    # The server lives on gevent, which must patch the standard library before anything else is imported.
    from gevent import monkey

    monkey.patch_all()

from server.main import main  # noqa: E402 - after the patch

if __name__ == "__main__":
    main()
