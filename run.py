"""Starts Bảng Tin: `python run.py --help` lists the commands; the command line itself is server/main.py."""

import signal
import sys

# Ctrl-C during the imports ends the program without a traceback; the commands set handlers of their own.
signal.signal(signal.SIGINT, signal.SIG_DFL)

if "serve" in sys.argv[1:]:
    # The server runs on gevent, which must patch the standard library before anything else is imported.
    from gevent import monkey

    monkey.patch_all()

from server.main import main  # noqa: E402 - after the patch

if __name__ == "__main__":
    main()
